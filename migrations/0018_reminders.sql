-- The ladder over lower offices: each step proposed, decided, answered; and the letters that it needs.

create table reminders (
    id text primary key,
    campaign text not null,
    -- the lower office it is addressed to, and the office above that decides
    office text not null references offices (id),
    above text not null references offices (id),
    -- code of the rule of the pack, and what it measures
    rule text not null,
    measure text not null check (measure in ('overdue', 'undecided', 'look_back', 'visits', 'closing')),
    rung text not null check (rung in ('reminder', 'talk', 'circular')),
    state text not null check (state in ('proposed', 'dismissed', 'vanished', 'issued', 'unanswered', 'answered',
        'rejected', 'ended', 'lifted', 'climbed')),
    -- what was measured, beside the limit of the rule then
    amount bigint not null,
    limit_amount bigint not null,
    limit_days bigint not null,
    ground_zh text not null,
    ground_en text not null,
    -- ids of what was measured, a space between, the first of them when there are many
    items text not null,
    -- the lower rung that was not answered or did not help
    previous text references reminders (id),
    proposed_at bigint not null,
    demand text,
    talk_at bigint,
    talk_place text,
    due text,
    issued_at bigint,
    issued_by text,
    answer text,
    participants text,
    answered_at bigint,
    answered_by text,
    why text,
    decided_at bigint,
    decided_by text,
    -- where it stands: with the office above until it is issued, with the addressee from then on
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
-- of one ground there is one step at a time
create unique index reminders_campaign_office_rule on reminders (campaign, office, rule)
    where state in ('proposed', 'issued', 'unanswered', 'answered', 'rejected');
create index reminders_ground on reminders (campaign, office, rule, proposed_at, id);
create index reminders_proposed on reminders (proposed_at, id);
create index reminders_province_proposed on reminders (province, proposed_at, id);
create index reminders_city_proposed on reminders (city, proposed_at, id);
create index reminders_county_proposed on reminders (county, proposed_at, id);
create index reminders_station_proposed on reminders (station, proposed_at, id);
create index reminders_due on reminders (due, id) where state = 'issued';
create index reminders_above on reminders (above, proposed_at, id)
    where state in ('proposed', 'issued', 'unanswered', 'answered');
create index reminders_office on reminders (office, proposed_at, id) where state in ('issued', 'unanswered', 'rejected');

-- The last day on which the ladder of a campaign was looked at.
create table ladder_looks (
    campaign text primary key,
    day text not null
) /* without rowid */;

-- What laggards are counted by: few of all hazards are overdue, few of all visits still to be made.
create index hazards_overdue on hazards (campaign, due) where overdue = 1;
create index inspections_planned on inspections (campaign, planned_for) where state = 'planned';

-- Documents may have two forms more. A rule of a column cannot be changed in place on both engines: the table is made anew.
alter table documents rename to documents_before;

create table documents (
    id text primary key,
    form text not null check (form in ('on_site_record', 'correction_order', 'rectification_report', 'recheck_record',
        'close_out_approval', 'supervised_handling', 'reminder_letter', 'circular', 'talk_notice', 'talk_record', 'meeting_minutes')),
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
insert into documents (
    id, form, number, series, serial, year, office, issuer, kind, thing, title, party, internal, digest, state,
    reason, dated, issued_at, issued_by, sha256, served_at, service, recipient, service_note, enterprise,
    campaign, province, city, county, station, version, data
)
select
    id, form, number, series, serial, year, office, issuer, kind, thing, title, party, internal, digest, state,
    reason, dated, issued_at, issued_by, sha256, served_at, service, recipient, service_note, enterprise,
    campaign, province, city, county, station, version, data
from documents_before;
drop table documents_before;
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
