-- A pack in the making: its files as they are and as they were when the draft began. What is published goes to `packs`.

create table pack_drafts (
    id text primary key,
    code text not null,
    zh text not null,
    en text not null,
    -- the version of which it is a copy; null: it came as a file
    from_code text,
    from_version bigint,
    state text not null check (state in ('open', 'published', 'dropped')),
    -- the version that it became
    published bigint,
    office text not null references offices (id),
    province text references offices (id),
    city text references offices (id),
    county text references offices (id),
    station text references offices (id),
    -- hash of the request that made it: the same one again answers as the first time
    made text not null,
    made_by text not null references accounts (id),
    made_at bigint not null,
    changed_at bigint not null,
    version bigint not null
);
create index pack_drafts_changed on pack_drafts (changed_at, id);
create index pack_drafts_state on pack_drafts (state, changed_at, id);
create index pack_drafts_province on pack_drafts (province, changed_at, id);
create index pack_drafts_province_state on pack_drafts (province, state, changed_at, id);
create index pack_drafts_city on pack_drafts (city, changed_at, id);
create index pack_drafts_city_state on pack_drafts (city, state, changed_at, id);
create index pack_drafts_county on pack_drafts (county, changed_at, id);
create index pack_drafts_county_state on pack_drafts (county, state, changed_at, id);
create index pack_drafts_station on pack_drafts (station, changed_at, id);
create index pack_drafts_station_state on pack_drafts (station, state, changed_at, id);

create table pack_draft_files (
    draft text not null references pack_drafts (id),
    file text not null,
    -- tables as CSV, pictures in base 64; null: the file is not there
    content text,
    first text,
    primary key (draft, file)
);
