-- What happened: one event per act, the facts it adds to figures, and what waits for followers.

create table events (
    id text primary key,
    at bigint not null,
    actor text not null,
    actor_name text not null,
    office text not null,
    kind text not null,
    thing text not null,
    name text not null,
    verb text not null,
    note text,
    client text,
    campaign text,
    enterprise text,
    province text,
    city text,
    county text,
    station text,
    change text not null
);
create index events_thing on events (thing, at, id);
create index events_province on events (province, at, id);
create index events_city on events (city, at, id);
create index events_county on events (county, at, id);
create index events_station on events (station, at, id) where station is not null;
create index events_at on events (at, id);

create table facts (
    event text not null references events (id),
    line bigint not null,
    at bigint not null,
    figure text not null,
    amount bigint not null,
    campaign text,
    product text,
    field text,
    -- of a hazard that was found; of one that was closed
    problem text,
    days bigint,
    enterprise text,
    thing text not null,
    -- the county, or the higher office, whose fact it is
    area text not null,
    province text,
    city text,
    county text,
    station text,
    primary key (event, line)
);
-- what a figure counts is read thing by thing, area by area
create index facts_area on facts (area, figure, thing);
-- an enterprise counts once as inspected, from the first of its visits on
create index facts_visits on facts (enterprise) where figure = 'visits';

-- Facts folded: for each office above them, as a whole and by what they can be broken down by (src/record/sums). The
-- nation has no office; `*` is all campaigns taken together.
create table sums (
    office text not null,
    cut text not null,
    campaign text not null,
    figure text not null,
    part text not null,
    amount bigint not null,
    primary key (office, cut, campaign, figure, part)
) /* without rowid */;

create table sums_by_day (
    office text not null,
    cut text not null,
    campaign text not null,
    figure text not null,
    part text not null,
    -- days of UTC+8 since 1970
    day bigint not null,
    amount bigint not null,
    primary key (office, cut, campaign, figure, part, day)
) /* without rowid */;

create table outbox (
    event text not null references events (id),
    follower text not null,
    due_at bigint not null,
    tries bigint not null,
    trouble text,
    primary key (follower, due_at, event)
) /* without rowid */;

-- What things are found by: a piece of text on a shelf (src/record/search.rs), and what stands under it.
create table words (
    -- the first 64 bits of the SHA-256 of shelf and piece
    key bigint not null,
    thing text not null,
    primary key (key, thing)
) /* without rowid */;

-- Under which texts a thing was put last, so that it can be taken away again.
create table word_entries (
    thing text primary key,
    entry text not null
) /* without rowid */;

create table series (
    name text primary key,
    last bigint not null
) /* without rowid */;
