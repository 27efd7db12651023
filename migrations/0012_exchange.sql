-- What devices have sent, item by item, as it came and with its seal; kept for good. And what each was given to work with.

create table sync_items (
    -- made by the device
    id text primary key,
    account text not null references accounts (id),
    device text not null references devices (id),
    kind text not null,
    -- id of the thing it is about
    about text not null,
    content text not null,
    -- of the content
    sha256 text not null,
    -- hashes of the files it lists, a space between
    files text not null,
    -- what was signed, and the signature
    statement text not null,
    signature text not null,
    -- who says to have sent it, when and where: claims
    client text not null,
    received_at bigint not null,
    state text not null check (state in ('held', 'ready', 'stored', 'refused')),
    -- when a ready one is tried
    due_at bigint not null,
    settled_at bigint,
    -- the version of the thing after it
    version bigint,
    code text,
    field text,
    detail_zh text,
    detail_en text,
    -- the enterprise it names, and where whoever sent it works: who supervises there sees what waits
    enterprise text,
    province text,
    city text,
    county text,
    station text
);
create index sync_items_about on sync_items (about, received_at, id);
create index sync_items_held on sync_items (account, received_at, id) where state = 'held';
create index sync_items_held_at on sync_items (received_at, id) where state = 'held';
create index sync_items_held_province on sync_items (province, received_at, id) where state = 'held';
create index sync_items_held_city on sync_items (city, received_at, id) where state = 'held';
create index sync_items_held_county on sync_items (county, received_at, id) where state = 'held';
create index sync_items_held_station on sync_items (station, received_at, id) where state = 'held';
create index sync_items_ready on sync_items (due_at, id) where state = 'ready';

-- What a held item waits for: a file by its hash, or another item by its id.
create table sync_waits (
    what text not null,
    item text not null references sync_items (id),
    primary key (what, item)
);
create index sync_waits_item on sync_waits (item, what);

-- What a device was given: so that the next time it gets what has changed, and is told what is gone.
create table sync_manifests (
    id text primary key,
    account text not null references accounts (id),
    device text not null,
    made_at bigint not null,
    -- every thing with a mark of what it was, a line each
    things text not null,
    -- the things to be sent, in this order, a line each, with the enterprise it is read with
    send text not null,
    -- the things that are no longer the device's, a line each
    gone text not null
);
create index sync_manifests_account on sync_manifests (account, device, made_at, id);
