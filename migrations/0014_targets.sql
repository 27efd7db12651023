-- Targets: the share of each office in what a campaign wants done, and how it is divided over the offices below.

create table targets (
    id text primary key,
    campaign text not null references campaigns (id),
    measure text not null check (measure in ('inspect', 'sample', 'look_back')),
    -- codes of the pack; empty for all
    product text not null,
    focus text not null,
    name text not null,
    office text not null references offices (id),
    level text not null,
    parent text references targets (id),
    -- what is divided over children and what is not yet make up the total
    total bigint not null check (total >= 0),
    undivided bigint not null check (undivided >= 0),
    state text not null check (state in ('assigned', 'accepted', 'returned', 'withdrawn')),
    reason text,
    due text not null,
    made_at bigint not null,
    -- since when it stands so: since its last step, or its last change of total
    since bigint not null,
    province text references offices (id),
    city text references offices (id),
    county text references offices (id),
    station text references offices (id),
    version bigint not null
);
-- an office has one share of a thing: a decomposition that is begun again makes none twice
create unique index targets_campaign_measure_product_focus_office on targets (campaign, measure, product, focus, office);
-- who has not accepted, and who has not divided
create index targets_campaign_level_state on targets (campaign, level, state, since);
-- the desks of who has to accept, and of who has to decide on what was sent back
create index targets_office_assigned on targets (office, made_at, id) where state = 'assigned';
create index targets_parent_returned on targets (parent, made_at, id) where state = 'returned';
create index targets_made on targets (made_at, id);
create index targets_province_made on targets (province, made_at, id);
create index targets_city_made on targets (city, made_at, id);
create index targets_county_made on targets (county, made_at, id);
create index targets_station_made on targets (station, made_at, id);
create index targets_campaign_made on targets (campaign, made_at, id);
create index targets_office_made on targets (office, made_at, id);
create index targets_parent_made on targets (parent, made_at, id);

-- Decompositions of everything that an office has in a campaign, down to the county: how far each has come.
create table decompositions (
    campaign text not null references campaigns (id),
    office text not null references offices (id),
    account text not null,
    key text not null check (key in ('even', 'enterprises')),
    begun_at bigint not null,
    finished_at bigint,
    divided bigint not null,
    remaining bigint not null,
    -- what the present pass has divided, and the target behind which it goes on
    fresh bigint not null,
    after text,
    primary key (campaign, office)
);
create index decompositions_running on decompositions (begun_at) where finished_at is null;
