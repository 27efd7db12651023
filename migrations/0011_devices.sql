-- Keys of devices: what is recorded in the field is sealed with one. A key is never exchanged, only revoked.

create table devices (
    id text primary key,
    account text not null references accounts (id),
    name text not null,
    -- the public key: SubjectPublicKeyInfo of an ECDSA P-256 key, base64url
    key text not null,
    -- its SHA-256
    fingerprint text not null,
    registered_at bigint not null,
    revoked_at bigint,
    revoked_by text,
    why text
);
create index devices_account on devices (account, registered_at, id);
