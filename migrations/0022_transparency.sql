-- The sealed record (src/transparency): a transparency log over all events.

create table log_head (
    id bigint primary key check (id = 1),
    -- how many leaves there are; whoever appends one changes this row first, so that one at a time does
    size bigint not null,
    -- the log's name and public key, from its first checkpoint on
    origin text,
    public_key text,
    -- when all was last verified, up to which size, and how much was found
    verified_at bigint,
    verified_size bigint,
    faults bigint
);
insert into log_head (id, size) values (1, 0);

create table log_leaves (
    -- the place in the tree, from 0 on without gaps
    seq bigint primary key,
    event text not null,
    leaf text not null
);
create unique index log_leaves_event on log_leaves (event);

-- Salts of what a leaf commits to. One that is null was deleted together with its value.
create table log_salts (
    event text primary key,
    actor text,
    actor_name text,
    name text,
    note text,
    change text,
    client text,
    state text
) /* without rowid */;

-- 256 hashes of one height beside each other; the last of each level is not full yet
create table log_tiles (
    level bigint not null,
    n bigint not null,
    hashes text not null,
    primary key (level, n)
) /* without rowid */;

create table log_checkpoints (
    size bigint primary key,
    at bigint not null,
    note text not null,
    cosigned bigint not null
);

-- what had happened before there was a log is sealed as the first
insert into outbox (event, follower, due_at, tries, trouble) select id, 'seal', at, 0, null from events;
