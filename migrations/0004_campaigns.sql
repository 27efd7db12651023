-- Campaigns and the packs that say what they are about. A pack's version never changes: what changes is a new version.

create table packs (
    code text not null,
    version bigint not null,
    digest text not null,
    zh text not null,
    en text not null,
    content text not null,
    added_at bigint not null,
    added_by text not null,
    primary key (code, version)
);

create table campaigns (
    id text primary key,
    code text not null,
    zh text not null,
    en text not null,
    pack_code text not null,
    pack_version bigint not null,
    starts text not null,
    ends text not null,
    state text not null check (state in ('draft', 'open', 'closed', 'archived')),
    -- who runs it; the columns of the levels say where that office stands
    office text not null references offices (id),
    province text references offices (id),
    city text references offices (id),
    county text references offices (id),
    station text references offices (id),
    -- digest of what was asked for when it was made: the same request twice is one campaign
    made text not null,
    created_at bigint not null,
    version bigint not null,
    foreign key (pack_code, pack_version) references packs (code, version)
);
create unique index campaigns_office_code on campaigns (office, code);
create index campaigns_starts on campaigns (starts, id);
create index campaigns_state on campaigns (state, ends);
