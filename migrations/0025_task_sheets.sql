-- Tasks by spreadsheet: where an assignment came from a file, what each row asked for by itself, and the file as it was sent
-- with what was wrong beside its rows.

-- name of the file
alter table assignments add column file text;
-- of a row of a file: its own due date, the products to look at (a JSON list)
alter table assignment_rows add column due text;
alter table assignment_rows add column products text not null default '[]';

create table assignment_sheet_rows (
    assignment text not null references assignments (id),
    -- the row's number in the file
    line bigint not null,
    -- a JSON list of texts
    cells text not null,
    wrong_zh text,
    wrong_en text,
    primary key (assignment, line)
);
