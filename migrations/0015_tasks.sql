-- Tasks with owner and due date, how they were chosen and handed out, and who runs the campaign: task forces, meetings.

create table tasks (
    id text primary key,
    campaign text not null,
    kind text not null check (kind in ('visit', 'decision', 'other')),
    -- how the enterprise of a visit was chosen: never counted as one another
    way text check (way in ('full', 'list', 'risk', 'draw')),
    assignment text,
    target text,
    meeting text,
    enterprise text,
    products text not null,
    -- the visit that is planned for it, or that finished it
    visit text,
    title text not null,
    what text,
    -- why this enterprise: a JSON list
    reasons text not null,
    -- whose it is: an office, and somebody there once one is named
    office text not null,
    owner text,
    due text not null,
    state text not null check (state in ('assigned', 'returned', 'done', 'withdrawn')),
    -- the office that handed it out
    from_office text not null,
    made_at bigint not null,
    made_by text not null,
    result text,
    reason text,
    finished_at bigint,
    reopened_at bigint,
    digest text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
-- nobody is sent twice to one enterprise for one campaign, however many ask for it at once
create unique index tasks_campaign_enterprise on tasks (campaign, enterprise)
    where kind = 'visit' and state in ('assigned', 'returned');
create unique index tasks_target_enterprise on tasks (target, enterprise) where target is not null and state <> 'withdrawn';

-- A list goes by scope, then by its order: each page is read off an index. Most tasks are done in the end: whoever asks for
-- others has indexes without those.
create index tasks_made on tasks (made_at, id);
create index tasks_province_made on tasks (province, made_at, id);
create index tasks_city_made on tasks (city, made_at, id);
create index tasks_county_made on tasks (county, made_at, id);
create index tasks_station_made on tasks (station, made_at, id) where station is not null;
create index tasks_due on tasks (due, id);
create index tasks_province_due on tasks (province, due, id);
create index tasks_city_due on tasks (city, due, id);
create index tasks_county_due on tasks (county, due, id);
create index tasks_station_due on tasks (station, due, id) where station is not null;
create index tasks_open on tasks (due, id) where state <> 'done';
create index tasks_province_open on tasks (province, due, id) where state <> 'done';
create index tasks_city_open on tasks (city, due, id) where state <> 'done';
create index tasks_county_open on tasks (county, due, id) where state <> 'done';
create index tasks_station_open on tasks (station, due, id) where state <> 'done';
create index tasks_owner on tasks (owner, due, id) where state <> 'done';
create index tasks_office on tasks (office, due, id) where state <> 'done';
create index tasks_of_owner on tasks (owner, made_at, id);
create index tasks_enterprise on tasks (enterprise, made_at, id) where enterprise is not null;
create index tasks_assignment on tasks (assignment, id) where assignment is not null;
create index tasks_target on tasks (target, id) where target is not null;
create index tasks_meeting on tasks (meeting, id) where meeting is not null;
create index tasks_visit on tasks (visit) where visit is not null;

-- Tasks handed out together: by what they were asked for, from which list, by which seed.
create table assignments (
    id text primary key,
    -- hash of what was asked for: the same id with other content is refused
    digest text not null,
    campaign text not null,
    target text,
    products text not null,
    -- code of the pack's targeting
    tag text,
    way text not null check (way in ('full', 'list', 'risk', 'draw')),
    -- how many were wanted, where not all
    wanted bigint,
    sharing text not null check (sharing in ('turn', 'station')),
    owners text not null,
    due text not null,
    -- of a draw: any text, published before or made by chance
    seed text,
    -- SHA-256 of the ids that could be chosen, a line each, in order
    list_digest text not null,
    listed bigint not null,
    chosen bigint not null,
    left_out bigint not null,
    -- how many of the chosen have become tasks
    made bigint not null,
    state text not null check (state in ('making', 'made', 'stopped')),
    office text not null,
    made_at bigint not null,
    made_by text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create index assignments_made on assignments (made_at, id);
create index assignments_province on assignments (province, made_at, id);
create index assignments_city on assignments (city, made_at, id);
create index assignments_county on assignments (county, made_at, id);
create index assignments_station on assignments (station, made_at, id);
create index assignments_making on assignments (made_at) where state = 'making';

-- Every enterprise that came into question, and what became of it. The ids of task and visit are made with the list, so
-- that what is begun anew makes nothing twice.
create table assignment_rows (
    assignment text not null references assignments (id),
    line bigint not null,
    enterprise text,
    party text not null,
    outcome text not null check (outcome in ('chosen', 'made', 'not_reached', 'visited', 'planned', 'tasked', 'stopped', 'unknown')),
    points bigint not null,
    reasons text not null,
    owner text,
    planned_for text,
    task text,
    visit text,
    primary key (assignment, line)
);
create index assignment_rows_outcome on assignment_rows (assignment, outcome, line);

-- Who runs a campaign in an office: one task force each.
create table task_forces (
    id text primary key,
    campaign text not null,
    office text not null,
    name text not null,
    duty text,
    state text not null check (state in ('active', 'disbanded')),
    made_at bigint not null,
    made_by text not null,
    digest text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create unique index task_forces_campaign_office on task_forces (campaign, office) where state = 'active';
create index task_forces_made on task_forces (made_at, id);
create index task_forces_province on task_forces (province, made_at, id);
create index task_forces_city on task_forces (city, made_at, id);
create index task_forces_county on task_forces (county, made_at, id);
create index task_forces_station on task_forces (station, made_at, id);

-- People of the office and of others. Telephones are locked up; every look at them is recorded.
create table task_force_members (
    id text primary key,
    force text not null references task_forces (id),
    post text not null check (post in ('leader', 'deputy', 'member', 'liaison')),
    account text,
    name text not null,
    unit text not null,
    duty text,
    phone text,
    active bigint not null
);
create index task_force_members_force on task_force_members (force, id);

create table meetings (
    id text primary key,
    digest text not null,
    campaign text not null,
    office text not null,
    title text not null,
    held_at bigint not null,
    venue text not null,
    presiding text not null,
    participants text not null,
    discussed text not null,
    decisions bigint not null,
    state text not null check (state in ('recorded', 'issued')),
    -- the minutes as a document
    minutes text,
    made_at bigint not null,
    made_by text not null,
    province text,
    city text,
    county text,
    station text,
    version bigint not null
);
create index meetings_held on meetings (held_at, id);
create index meetings_province on meetings (province, held_at, id);
create index meetings_city on meetings (city, held_at, id);
create index meetings_county on meetings (county, held_at, id);
create index meetings_station on meetings (station, held_at, id);
