-- The hazard ledger. One row per hazard; what happened to it stands in events.

create table hazards (
    id text primary key,
    number text not null,
    digest text not null,
    campaign text not null,
    enterprise text not null,
    party text not null,
    product text not null,
    made_on text,
    field text not null check (field in ('production', 'circulation', 'online', 'rural')),
    problem text not null,
    clause text not null,
    what text not null,
    severity text not null check (severity in ('minor', 'general', 'major')),
    origin text not null,
    origin_id text,
    state text not null check (state in ('registered', 'ordered', 'rectifying', 'submitted', 'verified', 'closed',
        'looking_back', 'confirmed', 'repeat_checking', 'reopened', 'not_established')),
    found_at bigint not null,
    found_by text not null,
    handler text not null,
    due text,
    orders bigint not null,
    measure text,
    rectified_by text,
    reason text,
    verified_by text,
    handling text,
    case_number text,
    closed_by text,
    closed_at bigint,
    supervised bigint not null,
    overdue bigint not null,
    extension text,
    extension_why text,
    look_back_due text,
    look_backs bigint not null,
    look_backs_passed bigint not null,
    repeat_checks bigint not null,
    repeat_checks_passed bigint not null,
    reopenings bigint not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create unique index hazards_number on hazards (number);

-- A list goes by scope, then by what it is filtered by, then by its order: each page is read off an index.
create index hazards_found on hazards (found_at, id);
create index hazards_province_found on hazards (province, found_at, id);
create index hazards_city_found on hazards (city, found_at, id);
create index hazards_county_found on hazards (county, found_at, id);
create index hazards_station_found on hazards (station, found_at, id);
create index hazards_enterprise_found on hazards (enterprise, found_at, id);
create index hazards_state_found on hazards (state, found_at, id);
create index hazards_province_state_found on hazards (province, state, found_at, id);
create index hazards_city_state_found on hazards (city, state, found_at, id);
create index hazards_county_state_found on hazards (county, state, found_at, id);
create index hazards_station_state_found on hazards (station, state, found_at, id);
create index hazards_by_due on hazards (due, id) where due is not null;
create index hazards_province_due on hazards (province, due, id) where due is not null;
create index hazards_city_due on hazards (city, due, id) where due is not null;
create index hazards_county_due on hazards (county, due, id) where due is not null;
create index hazards_station_due on hazards (station, due, id) where due is not null;
create index hazards_state_due on hazards (state, due, id) where due is not null;
create index hazards_province_state_due on hazards (province, state, due, id) where due is not null;
create index hazards_city_state_due on hazards (city, state, due, id) where due is not null;
create index hazards_county_state_due on hazards (county, state, due, id) where due is not null;
create index hazards_station_state_due on hazards (station, state, due, id) where due is not null;
create index hazards_origin on hazards (origin_id);
-- the clock follower asks what has become due
create index hazards_due on hazards (due, state) where overdue = 0 and due is not null;
