-- The ladder over lower offices: each step proposed, decided, answered; and the letters that it needs.

create table reminders (
    id text primary key,
    campaign text not null,
    -- the lower office it is addressed to, and the office above that decides
    office text not null references offices (id),
    above text not null references offices (id),
    -- code of the rule of the pack, and what it measures
    rule text not null,
    measure text not null check (measure in ('overdue', 'undecided', 'look_back', 'visits', 'closing', 'plan',
        'unaccepted', 'undivided', 'silent', 'sent_back')),
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
