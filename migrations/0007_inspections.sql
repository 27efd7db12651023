-- Visits. The answers stand in the row as they were submitted: they are read whole and never changed.

create table inspections (
    id text primary key,
    number text,
    digest text,
    campaign text not null,
    enterprise text not null,
    party text not null,
    field text not null check (field in ('production', 'circulation', 'online', 'rural')),
    source text not null check (source in ('planned', 'unplanned', 'special', 'look_back')),
    state text not null check (state in ('planned', 'done', 'cancelled')),
    planned_for text,
    lead text not null,
    inspectors text not null,
    pack_version bigint not null,
    checklist text,
    checklist_version bigint,
    products text not null,
    regimes text not null,
    started_at bigint,
    ended_at bigint,
    hazards bigint not null,
    sorted_at text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null,
    -- last, so that a row is read without its pages
    sheet text
);
create unique index inspections_number on inspections (number);
create index inspections_sorted on inspections (sorted_at, id);
create index inspections_province_sorted on inspections (province, sorted_at, id);
create index inspections_city_sorted on inspections (city, sorted_at, id);
create index inspections_county_sorted on inspections (county, sorted_at, id);
create index inspections_station_sorted on inspections (station, sorted_at, id) where station is not null;
create index inspections_enterprise_sorted on inspections (enterprise, sorted_at, id);
-- Nearly all visits are done: who asks for those reads them off the indexes above. Only the others have their own.
create index inspections_province_state on inspections (province, state, sorted_at, id) where state <> 'done';
create index inspections_city_state on inspections (city, state, sorted_at, id) where state <> 'done';
create index inspections_county_state on inspections (county, state, sorted_at, id) where state <> 'done';
create index inspections_station_state on inspections (station, state, sorted_at, id) where state <> 'done';
create index inspections_lead on inspections (lead, state, sorted_at, id);
