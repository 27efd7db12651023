-- Whom we supervise: subjects and their sites, their licences and certificates, and the files they are imported from.

create table enterprises (
    id text primary key,
    -- the record that stands for it: itself, or the one it was merged into in the end
    enterprise text not null,
    -- hash of what was registered: the same id with other content is refused
    digest text not null,
    name text not null,
    -- the name without what spelling changes: brackets, legal form, spaces
    plain_name text not null,
    name_en text,
    aliases text not null,
    uscc text,
    registration_no text,
    person text,
    person_id text,
    kind text not null check (kind in ('producer', 'seller', 'both', 'online_shop', 'platform', 'user')),
    size text not null check (size in ('large', 'medium', 'small', 'micro', 'unknown')),
    legal_person text,
    phone text,
    address text not null,
    region text not null,
    lon bigint,
    lat bigint,
    state text not null check (state in ('active', 'suspended', 'closed', 'deregistered', 'merged')),
    tags text not null,
    made text not null,
    sold text not null,
    platform text,
    shop_url text,
    merged_into text references enterprises (id),
    resumes text,
    registered_at bigint not null,
    registered_by text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
-- a code stands for one subject; what was merged away keeps its code without standing for anything
create unique index enterprises_uscc on enterprises (uscc) where merged_into is null;
create index enterprises_code on enterprises (uscc);
create index enterprises_registration_no on enterprises (registration_no);
create index enterprises_plain_name on enterprises (plain_name, region);
create index enterprises_enterprise on enterprises (enterprise);
-- partial, because a list asks for `merged_into is null` and must not be read off this one
create index enterprises_merged_into on enterprises (merged_into) where merged_into is not null;

-- A list goes by scope, then by its order: each page is read off an index.
create index enterprises_registered on enterprises (registered_at, id);
create index enterprises_province_registered on enterprises (province, registered_at, id);
create index enterprises_city_registered on enterprises (city, registered_at, id);
create index enterprises_county_registered on enterprises (county, registered_at, id);
create index enterprises_station_registered on enterprises (station, registered_at, id);
create index enterprises_name on enterprises (name, id);
create index enterprises_province_name on enterprises (province, name, id);
create index enterprises_city_name on enterprises (city, name, id);
create index enterprises_county_name on enterprises (county, name, id);
create index enterprises_station_name on enterprises (station, name, id);

-- One subject has several addresses of production and shops; each stands where it stands.
create table enterprise_sites (
    id text primary key,
    enterprise text not null references enterprises (id),
    name text not null,
    kind text not null check (kind in ('production', 'shop', 'warehouse', 'office')),
    address text not null,
    region text not null,
    lon bigint,
    lat bigint,
    active bigint not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create index enterprise_sites_enterprise on enterprise_sites (enterprise, id);
create index enterprise_sites_province on enterprise_sites (province, enterprise);
create index enterprise_sites_city on enterprise_sites (city, enterprise);
create index enterprise_sites_county on enterprise_sites (county, enterprise);
create index enterprise_sites_station on enterprise_sites (station, enterprise);

-- Tags and products, for filters: `office:tag:complaints`, `office:product:0301`. Made again from the subject whenever
-- it is saved.
create table enterprise_marks (
    key text not null,
    enterprise text not null references enterprises (id),
    primary key (key, enterprise)
);
create index enterprise_marks_enterprise on enterprise_marks (enterprise);

-- A hazard was struck off because the enterprise had stopped: whether it goes on is watched. The id is the hazard's.
create table enterprise_watches (
    id text primary key,
    enterprise text not null references enterprises (id),
    name text not null,
    product text not null,
    ground_zh text not null,
    ground_en text not null,
    since bigint not null,
    state text not null check (state in ('watching', 'resumed', 'ended')),
    -- what showed it at work again, and when
    sign text,
    sign_at bigint,
    province text,
    city text,
    county text,
    station text
);
create index enterprise_watches_enterprise on enterprise_watches (enterprise, since, id);
create index enterprise_watches_state on enterprise_watches (state, since, id);
create index enterprise_watches_province on enterprise_watches (province, state, since, id);
create index enterprise_watches_city on enterprise_watches (city, state, since, id);
create index enterprise_watches_county on enterprise_watches (county, state, since, id);
create index enterprise_watches_station on enterprise_watches (station, state, since, id);

create table certificates (
    id text primary key,
    enterprise text not null references enterprises (id),
    digest text not null,
    kind text not null check (kind in ('licence', 'ccc')),
    number text not null,
    holder text not null,
    products text not null,
    scope text not null,
    address text not null,
    body text not null,
    issued text not null,
    expires text not null,
    state text not null check (state in ('valid', 'suspended', 'cancelled', 'withdrawn', 'revoked', 'recalled', 'expired')),
    registered_at bigint not null,
    registered_by text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create unique index certificates_number on certificates (number);
create index certificates_enterprise on certificates (enterprise, expires, id);
create index certificates_expires on certificates (expires, id);
create index certificates_province_expires on certificates (province, expires, id);
create index certificates_city_expires on certificates (city, expires, id);
create index certificates_county_expires on certificates (county, expires, id);
create index certificates_station_expires on certificates (station, expires, id);
create index certificates_state_expires on certificates (state, expires, id);

-- What a certificate was from which day on, and who decided so.
create table certificate_history (
    certificate text not null references certificates (id),
    line bigint not null,
    since text not null,
    state text not null,
    verb text,
    authority text,
    document text,
    why text,
    expires text not null,
    primary key (certificate, line)
);

create table imports (
    id text primary key,
    name text not null,
    digest text not null,
    state text not null check (state in ('loading', 'preview', 'running', 'done', 'cancelled')),
    header bigint not null,
    mapping text not null,
    total bigint not null,
    problem text,
    account text not null,
    account_name text not null,
    office text not null,
    created_at bigint not null,
    finished_at bigint,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create index imports_created on imports (created_at, id);
create index imports_province_created on imports (province, created_at, id);
create index imports_city_created on imports (city, created_at, id);
create index imports_county_created on imports (county, created_at, id);
create index imports_station_created on imports (station, created_at, id);
create index imports_state on imports (state, created_at);

-- The file, row by row as it came (locked up: it holds telephones), and what became of each. A row is worked off once: `stage` says how far it is.
create table import_rows (
    import text not null references imports (id),
    line bigint not null,
    cells text not null,
    stage bigint not null,
    identity text,
    twin text,
    digest text,
    licence text,
    ccc text,
    whole text,
    target text,
    outcome text,
    field text,
    sentence_zh text,
    sentence_en text,
    primary key (import, line)
);
create index import_rows_stage on import_rows (import, stage, line);
create index import_rows_outcome on import_rows (import, outcome, line);
create index import_rows_identity on import_rows (import, identity, line);
create index import_rows_twin on import_rows (import, twin, line);
create index import_rows_licence on import_rows (import, licence, line);
create index import_rows_ccc on import_rows (import, ccc, line);
create index import_rows_target on import_rows (import, target, line);

-- the office of an imported row is found by its region
create index offices_region on offices (region, level);
