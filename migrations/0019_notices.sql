-- What somebody is to read: one row for each reader and thing, replaced by what is newer. The record of what happened is
-- `events`; this only says who has not seen it yet.

create table notices (
    id text primary key,
    account text not null references accounts (id),
    kind text not null,
    thing text not null,
    -- what the thing was called then, and what was done to it by whom
    name text not null,
    verb text not null,
    note text,
    actor_name text not null,
    at bigint not null,
    -- `in_work`: the thing stands in the reader's own list of work, where the notice is its news
    state text not null check (state in ('unread', 'in_work', 'read'))
);
create unique index notices_account_kind_thing on notices (account, kind, thing);
create index notices_account_at on notices (account, at, id);
create index notices_account_state on notices (account, state, at, id);
create index notices_open on notices (thing) where state <> 'read';

-- Where somebody wants the daily digest; the address is locked up.
create table mailboxes (
    account text primary key references accounts (id),
    address text not null,
    digest bigint not null,
    -- when the next digest is due, or the next try
    next_at bigint not null,
    tries bigint not null,
    trouble text,
    sent_at bigint
);
create index mailboxes_due on mailboxes (next_at, account) where digest = 1;

-- Who is told what concerns an enterprise.
create index accounts_enterprise on accounts (enterprise) where enterprise is not null;

-- Nearly all signs have been looked at: who asks for the others finds them at once.
create index signs_open on signs (found_at, id) where state = 'open';
create index signs_province_open on signs (province, found_at, id) where state = 'open';
create index signs_city_open on signs (city, found_at, id) where state = 'open';
create index signs_county_open on signs (county, found_at, id) where state = 'open';
create index signs_station_open on signs (station, found_at, id) where state = 'open';

-- Hazards whose extension waits for a decision are few: each scope finds its own at once.
create index hazards_extension on hazards (due, id) where extension is not null;
create index hazards_province_extension on hazards (province, due, id) where extension is not null;
create index hazards_city_extension on hazards (city, due, id) where extension is not null;
create index hazards_county_extension on hazards (county, due, id) where extension is not null;
create index hazards_station_extension on hazards (station, due, id) where extension is not null;
