-- What was sent and refused, whole. It is no record of what happened: figures and events know nothing of it.

create table refused (
    id text primary key,
    kind text not null,
    thing text not null,
    code text not null,
    field text,
    detail_zh text not null,
    detail_en text not null,
    digest text not null,
    content text not null,
    account text not null,
    account_name text not null,
    at bigint not null,
    enterprise text,
    province text,
    city text,
    county text,
    station text
);
-- a client that tries again fills no cupboard
create unique index refused_thing_account_code_digest on refused (thing, account, code, digest);
create index refused_at on refused (at, id);
create index refused_province_at on refused (province, at, id);
create index refused_city_at on refused (city, at, id);
create index refused_county_at on refused (county, at, id);
create index refused_station_at on refused (station, at, id);
create index refused_account_at on refused (account, at, id);
