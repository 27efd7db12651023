-- What an office reports for a period, every table that it has ever submitted, and what was adjusted by hand.

create table returns (
    id text primary key,
    campaign text not null,
    office text not null,
    office_zh text not null,
    office_en text not null,
    -- code of the period, such as monthly-2023-07
    period text not null,
    period_zh text not null,
    period_en text not null,
    begins text not null,
    -- the last day that counts
    ends text not null,
    due text not null,
    -- the lowest level that reports
    level text not null,
    state text not null check (state in ('draft', 'submitted', 'returned', 'accepted', 'locked')),
    -- whether it says that there is nothing to report
    nil bigint not null,
    note text,
    prepared_by text not null,
    submitted_by text,
    submitted_at bigint,
    accepted_by text,
    accepted_at bigint,
    -- the table that stands, and its SHA-256
    edition bigint not null,
    digest text,
    -- under which number the document exchange took the bundle, and when
    receipt text,
    delivered_on text,
    -- offices below without which it goes on, and why: JSON
    gaps text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create unique index returns_campaign_office_period on returns (campaign, office, period);
create index returns_office on returns (office, due, id);
create index returns_campaign_due on returns (campaign, due, id);
create index returns_due on returns (due, id);
create index returns_province_due on returns (province, due, id);
create index returns_city_due on returns (city, due, id);
create index returns_county_due on returns (county, due, id);
create index returns_station_due on returns (station, due, id);

-- A table as it was submitted or revised. None is ever changed.
create table return_sheets (
    of_return text not null references returns (id),
    edition bigint not null,
    digest text not null,
    content text not null,
    frozen_at bigint not null,
    -- why it was revised; none when it was submitted
    why text,
    primary key (of_return, edition)
);

-- Amounts that somebody added to a figure by hand, each with its reason.
create table return_adjustments (
    id text primary key,
    of_return text not null references returns (id),
    campaign text not null,
    office text not null,
    -- the last day of the return's period, on which it counts
    day text not null,
    figure text not null,
    product text,
    field text,
    amount bigint not null,
    why text not null,
    by_name text not null,
    made_at bigint not null,
    province text,
    city text,
    county text,
    station text
);
create index return_adjustments_return on return_adjustments (of_return, id);
create index return_adjustments_campaign on return_adjustments (campaign, day);
create index return_adjustments_province on return_adjustments (province, campaign, day);
create index return_adjustments_city on return_adjustments (city, campaign, day);
create index return_adjustments_county on return_adjustments (county, campaign, day);
create index return_adjustments_station on return_adjustments (station, campaign, day);
