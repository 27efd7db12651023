-- Scoring sheets as they were fixed on a day, and what was said about their lines afterwards.

create table assessments (
    id text primary key,
    campaign text not null,
    -- the office that is judged, and the one above it that judges
    office text not null references offices (id),
    office_zh text not null,
    office_en text not null,
    above text not null references offices (id),
    -- the last day that counts
    day text not null,
    -- until the end of this day the office may object
    due text not null,
    state text not null check (state in ('published', 'objected', 'agreed', 'final', 'withdrawn')),
    -- of a hundred points, in hundredths: as fixed, and after corrections; none where nothing could be scored
    scored bigint,
    total bigint,
    -- the sheet as it was fixed, which never changes, and its SHA-256
    digest text not null,
    content text not null,
    fixed_by text not null,
    fixed_at bigint not null,
    confirmed_by text,
    confirmed_at bigint,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
-- an office has one sheet of a day
create unique index assessments_campaign_office_day on assessments (campaign, office, day) where state <> 'withdrawn';
create index assessments_day on assessments (day, id);
create index assessments_campaign_day on assessments (campaign, day, id);
create index assessments_office_day on assessments (office, day, id);
create index assessments_above_day on assessments (above, day, id);
create index assessments_province_day on assessments (province, day, id);
create index assessments_city_day on assessments (city, day, id);
create index assessments_county_day on assessments (county, day, id);
create index assessments_station_day on assessments (station, day, id);

-- Objections to lines, corrections and refusals, each with its reason. None is ever changed.
create table assessment_remarks (
    assessment text not null references assessments (id),
    number bigint not null,
    -- code of the line
    line text not null,
    verb text not null check (verb in ('object', 'correct', 'reject')),
    -- what the line has from then on, in hundredths of points
    mark bigint,
    why text not null,
    by_name text not null,
    said_at bigint not null,
    primary key (assessment, number)
);

-- few enterprises lack the code by which they are known
create index enterprises_unnamed on enterprises (province, city, county, station, registered_at)
    where merged_into is null and uscc is null and person is null;
