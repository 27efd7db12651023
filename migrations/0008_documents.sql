-- Numbered official documents, and the words by which offices number them.

-- A word stays with its office when the office takes another one: numbers that bear it exist. The last turn is in force.
create table document_words (
    word text primary key,
    office text not null references offices (id),
    turn bigint not null
);
create unique index document_words_office_turn on document_words (office, turn);

create table documents (
    id text primary key,
    form text not null check (form in ('on_site_record', 'correction_order', 'rectification_report', 'recheck_record',
        'close_out_approval', 'supervised_handling', 'reminder_letter', 'circular', 'talk_notice', 'talk_record',
        'meeting_minutes')),
    number text not null,
    series text not null,
    serial bigint not null,
    year bigint not null,
    office text not null references offices (id),
    issuer text not null,
    kind text not null,
    thing text not null,
    title text not null,
    party text not null,
    -- an office's own paper, which the enterprise it concerns does not see
    internal bigint not null,
    digest text not null,
    state text not null check (state in ('issued', 'voided')),
    reason text,
    dated text not null,
    issued_at bigint not null,
    issued_by text not null,
    sha256 text,
    served_at bigint,
    service text check (service in ('direct', 'left', 'electronic', 'mail', 'entrusted', 'forwarded', 'announced')),
    recipient text,
    service_note text,
    enterprise text,
    campaign text,
    province text,
    city text,
    county text,
    station text,
    version bigint not null,
    -- what is printed, as JSON; never changed; last, so that a row is read without its pages
    data text not null
);
create unique index documents_number on documents (number);
create unique index documents_series_serial on documents (series, serial);

-- A list goes by scope, then by what it is filtered by, then by its order: each page is read off an index.
create index documents_issued on documents (issued_at, id);
create index documents_province_issued on documents (province, issued_at, id);
create index documents_city_issued on documents (city, issued_at, id);
create index documents_county_issued on documents (county, issued_at, id);
create index documents_station_issued on documents (station, issued_at, id) where station is not null;
create index documents_enterprise_issued on documents (enterprise, issued_at, id);
-- Most documents are on-site records: who asks for those reads them off the indexes above. Only the others have their own.
create index documents_form_issued on documents (form, issued_at, id) where form <> 'on_site_record';
create index documents_province_form on documents (province, form, issued_at, id) where form <> 'on_site_record';
create index documents_city_form on documents (city, form, issued_at, id) where form <> 'on_site_record';
create index documents_county_form on documents (county, form, issued_at, id) where form <> 'on_site_record';
create index documents_station_form on documents (station, form, issued_at, id) where form <> 'on_site_record';
create index documents_thing on documents (thing, issued_at, id);
-- what has not been printed yet
create index documents_unprinted on documents (issued_at, id) where sha256 is null;
