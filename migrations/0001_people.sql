-- Who acts: offices in their reporting tree, accounts, sessions, tokens.

create table offices (
    id text primary key,
    code text not null,
    name text not null,
    name_en text not null,
    level text not null check (level in ('nation', 'province', 'city', 'county', 'station')),
    parent text references offices (id),
    -- the office of each level above, and the office itself at its own level: a scope is an equality on one of them
    province text references offices (id),
    city text references offices (id),
    county text references offices (id),
    station text references offices (id),
    region text not null,
    active bigint not null,
    version bigint not null
);
create unique index offices_code on offices (code);
create index offices_parent on offices (parent, code);
create index offices_province on offices (province, code, id);
create index offices_city on offices (city, code, id);
create index offices_county on offices (county, code, id);
create index offices_station on offices (station, code, id);
create index offices_by_code on offices (code, id);
create index offices_name on offices (name, id);
create index offices_province_name on offices (province, name, id);
create index offices_city_name on offices (city, name, id);
create index offices_county_name on offices (county, name, id);
create index offices_station_name on offices (station, name, id);

create table accounts (
    id text primary key,
    login text not null,
    name text not null,
    office text not null references offices (id),
    -- where the office stands, repeated so that a list within a scope needs no join
    province text,
    city text,
    county text,
    station text,
    enterprise text,
    roles text not null,
    badge text,
    lang text not null,
    password text not null,
    password_at bigint not null,
    must_change bigint not null,
    totp text,
    totp_step bigint,
    recovery text not null,
    external text,
    active bigint not null,
    failures bigint not null,
    locked_until bigint not null,
    created_at bigint not null,
    version bigint not null
);
create unique index accounts_login on accounts (login);
create unique index accounts_external on accounts (external);
create index accounts_office on accounts (office, login, id);
create index accounts_province on accounts (province, login, id);
create index accounts_city on accounts (city, login, id);
create index accounts_county on accounts (county, login, id);
create index accounts_station on accounts (station, login, id);
-- PostgreSQL does not see that what is unique needs no second key to be in order
create index accounts_by_login on accounts (login, id);
create index accounts_name on accounts (name, id);
create index accounts_province_name on accounts (province, name, id);
create index accounts_city_name on accounts (city, name, id);
create index accounts_county_name on accounts (county, name, id);
create index accounts_station_name on accounts (station, name, id);
create index accounts_created on accounts (created_at, id);
create index accounts_province_created on accounts (province, created_at, id);
create index accounts_city_created on accounts (city, created_at, id);
create index accounts_county_created on accounts (county, created_at, id);
create index accounts_station_created on accounts (station, created_at, id);

create table sessions (
    token text primary key,
    account text not null references accounts (id),
    kind text not null check (kind in ('browser', 'token', 'pending')),
    proof text not null check (proof in ('password', 'external')),
    label text not null,
    created_at bigint not null,
    used_at bigint not null,
    ends_at bigint not null
);
create index sessions_account on sessions (account, created_at);
create index sessions_ends on sessions (ends_at);
