-- How often somebody has knocked at the door of late; counted here so that all processes count together.
create table knocks (
    -- a mark of the address, or of the address with a login, that only this installation can make
    mark text primary key,
    -- when all knocks so far are forgiven
    calm_at bigint not null
);
create index knocks_calm on knocks (calm_at);
