-- Signs that a visit was not made as it was recorded, and what they are found from.

-- a mark of what a photograph shows: two of one view have nearly the same
alter table files add column likeness text;
-- pictures at which nobody has looked closer
create index files_new on files (created_at) where thumb = 1 and likeness is null;

create table signs (
    id text primary key,
    inspection text not null,
    number text not null,
    party text not null,
    kind text not null,
    -- what was measured
    amount bigint not null,
    reason_zh text not null,
    reason_en text not null,
    -- the other visit, where there is one
    other text,
    -- who made the visit: ids with a space between; none of them decides on it
    people text not null,
    state text not null check (state in ('open', 'pursued', 'explained')),
    why text,
    decided_by text,
    decided_at bigint,
    found_at bigint not null,
    campaign text not null,
    enterprise text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create unique index signs_inspection_kind on signs (inspection, kind);
create index signs_found on signs (found_at, id);
create index signs_province_found on signs (province, found_at, id);
create index signs_city_found on signs (city, found_at, id);
create index signs_county_found on signs (county, found_at, id);
create index signs_station_found on signs (station, found_at, id);

-- Where each inspector was, when, and what they answered.
create table sign_traces (
    account text not null,
    started_at bigint not null,
    inspection text not null,
    ended_at bigint not null,
    enterprise text not null,
    number text not null,
    lon bigint,
    lat bigint,
    -- of answers and remarks, where they say more than that all is well
    pattern text,
    primary key (account, started_at, inspection)
);
create index sign_traces_inspection on sign_traces (inspection);
create index sign_traces_pattern on sign_traces (account, pattern, started_at) where pattern is not null;

-- The marks of photographs of visits by their four quarters: two that differ little have a quarter in common.
create table sign_photos (
    quarter bigint not null,
    file text not null,
    inspection text not null,
    likeness text not null,
    primary key (quarter, file, inspection)
);
create index sign_photos_file on sign_photos (file, inspection);
