-- Evidence: what was uploaded, by whom, and what it is evidence of. The bytes lie in the vault, under their hash.

create table files (
    sha256 text primary key,
    bytes bigint not null,
    media text not null,
    -- of a picture, as it is to be looked at
    width bigint,
    height bigint,
    thumb bigint not null,
    -- what the file says of its own origin: claims, never trusted; degrees in millionths
    claimed_at text,
    claimed_latitude bigint,
    claimed_longitude bigint,
    scanned text not null check (scanned in ('off', 'clean')),
    created_at bigint not null,
    created_by text not null
);

create table file_uploads (
    file text not null references files (sha256),
    account text not null,
    at bigint not null,
    primary key (file, account)
);

create table file_links (
    thing text not null,
    file text not null references files (sha256),
    role text not null,
    kind text not null,
    note text,
    linked_at bigint not null,
    linked_by text not null,
    linked_by_name text not null,
    enterprise text,
    province text,
    city text,
    county text,
    station text,
    -- a file that was attached by mistake is withdrawn; the line stays
    withdrawn_at bigint,
    withdrawn_by_name text,
    withdrawn_why text,
    primary key (thing, file, role)
);
create index file_links_file on file_links (file);
