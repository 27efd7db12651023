-- Draws of look-backs and of repeat checks: from which list, by which seed, what came out. Anybody can repeat one.

create table look_backs (
    id text primary key,
    kind text not null check (kind in ('look_back', 'repeat_check')),
    campaign text not null,
    office text not null,
    seed text not null,
    due text not null,
    -- the frozen list, a line `id severity` each, in the order of ids
    candidates text not null,
    -- SHA-256 of that list
    digest text not null,
    -- ids that were drawn, a space between, in the order of the draw
    drawn text not null,
    drawn_at bigint not null,
    drawn_by text not null,
    province text,
    city text,
    county text,
    station text
);
create index look_backs_drawn on look_backs (drawn_at, id);
create index look_backs_province on look_backs (province, drawn_at, id);
create index look_backs_city on look_backs (city, drawn_at, id);
create index look_backs_county on look_backs (county, drawn_at, id);
create index look_backs_station on look_backs (station, drawn_at, id);
