//! Every statement that touches `targets` and `decompositions`. Nobody else writes one.

use super::{
    State,
    model::{Measure, Target},
    run::Decomposition,
};
use crate::{
    kernel::{
        CampaignId, Moment, OfficeId, Result, TargetId,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
    },
    people::{Level, Office, Scope},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column, in one place for all selects.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, campaign, measure, product, focus, name, office, level, parent, total, undivided, state, reason, due,
             made_at, since, province, city, county, station, version from targets ",
            $rest
        )
    };
}

/// Offices asked for in one statement.
const CHUNK: usize = 200;

/// By what targets can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Id of the campaign.
    pub campaign: Option<CampaignId>,
    /// Id of the office that has it.
    pub office: Option<OfficeId>,
    /// Id of the target of which it is a part.
    pub parent: Option<TargetId>,
    /// What is asked for.
    #[param(inline)]
    pub measure: Option<Measure>,
    /// Code of the product.
    pub product: Option<String>,
    /// Where it stands.
    #[param(inline)]
    pub state: Option<State>,
}

/// Orders in which targets can be listed.
pub const ORDERS: &[Order] = &[order!("made", "made_at")];

pub fn find(tx: &mut Tx, id: TargetId) -> Result<Option<Target>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The target `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: TargetId) -> Result<Target> {
    let target: Target = tx.get(select!("where id = $1"), args![id])?;
    scope.over_offices().check(&target.place(), None)?;
    Ok(target)
}

/// Targets within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Target>> {
    ask.list(tx, query(scope, filter), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter) -> Query {
    let all = Query::new(select!("where 1 = 1"));
    scope
        .over_offices()
        .within(all)
        .maybe(" and campaign = ?", filter.campaign)
        .maybe(" and office = ?", filter.office)
        .maybe(" and parent = ?", filter.parent)
        .maybe(" and measure = ?", filter.measure)
        .maybe(" and product = ?", filter.product.clone())
        .maybe(" and state = ?", filter.state)
}

/// What an office has in a campaign, by measure, product and kind of targets.
pub fn of_office(tx: &mut Tx, campaign: CampaignId, office: OfficeId) -> Result<Vec<Target>> {
    tx.all(select!("where office = $1 and campaign = $2 order by measure, product, focus"), args![office, campaign])
}

/// What these offices have in a campaign and nobody has taken back.
pub fn of_offices(tx: &mut Tx, campaign: CampaignId, offices: &[OfficeId]) -> Result<Vec<Target>> {
    let mut found = Vec::new();
    for offices in offices.chunks(CHUNK) {
        let ids: Vec<Value> = offices.iter().map(Value::from).collect();
        let query = Query::new(select!("where state <> 'withdrawn'")).add(" and campaign = ?", &[campaign.into()]);
        found.extend(
            tx.query::<Target>(&query.among(" and office", &ids).add(" order by measure, product, focus", &[]))?,
        );
    }
    Ok(found)
}

/// Whose desk a target lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// Of the office that has it: to accept or to send back.
    Accept,
    /// Of the office that gave it: to decide on what was sent back.
    Decide,
}

fn at(desk: Desk, office: OfficeId, select: &'static str) -> Query {
    let query = Query::new(select);
    match desk {
        Desk::Accept => query.add(" from targets where state = 'assigned' and office = ?", &[office.into()]),
        Desk::Decide => query.add(
            " from targets where state = 'returned'
             and parent in (select id from targets given where given.office = ?)",
            &[office.into()],
        ),
    }
}

/// The first targets on a desk of `office`, the oldest first, and whether there are more.
pub fn first_at(tx: &mut Tx, desk: Desk, office: OfficeId, most: i64) -> Result<(Vec<Target>, bool)> {
    let columns = "select id, campaign, measure, product, focus, name, office, level, parent, total, undivided, state,
         reason, due, made_at, since, province, city, county, station, version";
    let query = at(desk, office, columns).add(" order by made_at, id limit ?", &[(most + 1).into()]);
    let mut found: Vec<Target> = tx.query(&query)?;
    let more = found.len() as i64 > most;
    found.truncate(usize::try_from(most).unwrap_or(0));
    Ok((found, more))
}

/// The statement of [`count_at`], so that a test can ask the engine for its plan.
pub fn count_query(desk: Desk, office: OfficeId, most: i64) -> Query {
    at(desk, office, "select count(*) from (select id").add(" limit ?) as counted", &[most.into()])
}

/// How many targets lie on a desk of `office`; `most` when there are more.
pub fn count_at(tx: &mut Tx, desk: Desk, office: OfficeId, most: i64) -> Result<i64> {
    let counted = tx.query(&count_query(desk, office, most))?;
    Ok(counted.into_iter().next().unwrap_or(0))
}

/// What an office leaves undone with its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// It has not accepted them, nor sent them back.
    Unaccepted,
    /// It has not divided them to the end.
    Undivided,
}

fn undone(query: Query, wait: Wait, before: Date) -> Query {
    let query = match wait {
        Wait::Unaccepted => query.add(" and state = 'assigned'", &[]),
        Wait::Undivided => query.add(" and state = 'accepted' and undivided > 0", &[]),
    };
    query.add(" and since < ?", &[Moment::start_of(before).into()])
}

/// How many targets of a campaign the offices of a level have left undone since before a day.
pub fn laggards(
    tx: &mut Tx,
    wait: Wait,
    campaign: CampaignId,
    level: Level,
    before: Date,
) -> Result<Vec<(OfficeId, i64)>> {
    tx.query(&laggards_query(wait, campaign, level, before))
}

/// The statement of [`laggards`], so that a test can ask the engine for its plan.
pub fn laggards_query(wait: Wait, campaign: CampaignId, level: Level, before: Date) -> Query {
    let query = Query::new("select office, count(*) from targets where campaign = ")
        .add("? and level = ?", &[campaign.into(), level.into()]);
    undone(query, wait, before).add(" group by office order by office", &[])
}

/// The targets that an office has left undone since before a day.
pub fn waiting_since(
    tx: &mut Tx,
    (wait, before): (Wait, Date),
    campaign: CampaignId,
    office: OfficeId,
    most: i64,
) -> Result<Vec<Target>> {
    let query = Query::new(select!("where office = ")).add("? and campaign = ?", &[office.into(), campaign.into()]);
    tx.query(&undone(query, wait, before).add(" order by made_at, id limit ?", &[most.into()]))
}

/// The share of another office in the same thing.
pub fn twin(tx: &mut Tx, of: &Target, office: OfficeId) -> Result<Option<Target>> {
    let sql = select!("where campaign = $1 and measure = $2 and product = $3 and focus = $4 and office = $5");
    tx.one(sql, args![of.campaign, of.measure, &of.product, &of.focus, office])
}

/// The parts of a target, just below.
pub fn children(tx: &mut Tx, parent: TargetId) -> Result<Vec<Target>> {
    tx.all(select!("where parent = $1 order by made_at, id"), args![parent])
}

/// A target and all that it is divided into, down to the last office.
pub fn whole(tx: &mut Tx, of: &Target) -> Result<Vec<Target>> {
    let id = of.place().at(of.level).unwrap_or(of.office);
    let query = Query::new(select!("where 1 = 1")).add(
        " and campaign = ? and measure = ? and product = ? and focus = ?",
        &[of.campaign.into(), of.measure.into(), of.product.as_str().into(), of.focus.as_str().into()],
    );
    tx.query(&Scope::Office { level: of.level, id }.within(query))
}

/// How the parts of these targets stand: target, state, how many.
pub fn standing(tx: &mut Tx, parents: &[Value]) -> Result<Vec<(TargetId, State, i64)>> {
    let query = Query::new("select parent, state, count(*) as many from targets where").among(" parent", parents);
    tx.query(&query.add(" group by parent, state", &[]))
}

/// Targets within `scope` that nobody has divided, of offices that have others below, in the order of ids behind `after`:
/// what is divided makes targets with greater ids, so that one way through all finds those, too.
pub fn whole_ones(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    (after, most): (Option<TargetId>, i64),
) -> Result<Vec<Target>> {
    let query = Query::new(select!(
        "where total > 0 and level in ('nation', 'province', 'city')
         and not exists (select 1 from targets part where part.parent = targets.id and part.total > 0)"
    ));
    let query = scope.over_offices().within(query).add(" and campaign = ?", &[campaign.into()]);
    tx.query(&query.maybe(" and id > ?", after).add(" order by id limit ?", &[most.into()]))
}

/// How the targets of the offices just below `office` and of all below those stand: office, state, how many, and how many
/// of them, above the county, are not divided to the end.
pub fn missing(tx: &mut Tx, office: &Office, campaign: CampaignId, due: Option<Date>) -> Result<Vec<Missing>> {
    let query = match office.level {
        Level::Nation => Query::new("select coalesce(province, city, county, station) as office, state, "),
        Level::Province => Query::new("select coalesce(city, county, station) as office, state, "),
        Level::City => Query::new("select coalesce(county, station) as office, state, "),
        Level::County => Query::new("select station as office, state, "),
        Level::Station => return Ok(Vec::new()),
    };
    let counted = "count(*) as many, cast(sum(case when undivided > 0 and level in ('nation', 'province', 'city')
         then 1 else 0 end) as bigint) as loose from targets where state <> 'withdrawn' and office <> ? and campaign = ?";
    let query = query.add(counted, &[office.id.into(), campaign.into()]);
    tx.query(&office.scope().within(query).maybe(" and due = ?", due).add(" group by 1, 2", &[]))
}

row! {
    /// How the targets of an office and of all below it stand.
    #[derive(Debug, Clone)]
    pub struct Missing {
        pub office: Option<OfficeId>,
        pub state: State,
        pub many: i64,
        pub loose: i64,
    }
}

row! {
    /// An office with shares that do not fit the tree of offices: it is closed, or its shares are parts of those of another
    /// office than the one above it.
    #[derive(Debug, Clone)]
    pub struct Misfit {
        pub office: OfficeId,
        pub active: bool,
        /// The office above it.
        pub parent: Option<OfficeId>,
        /// The office of whose shares its own are parts.
        pub above: OfficeId,
        pub many: i64,
    }
}

/// The offices within `scope` whose shares in a campaign do not fit the tree of offices any more. Only an office that was
/// changed since it was founded can be one.
pub fn misfits(tx: &mut Tx, scope: Scope, campaign: CampaignId) -> Result<Vec<Misfit>> {
    let query = Query::new(
        "select share.office as office, moved.active as active, moved.parent as parent, above.office as above, count(*) as many
         from offices moved join targets share on share.office = moved.id join targets above on above.id = share.parent
         where moved.version > 1 and share.total > 0 and (moved.active = 0 or moved.parent <> above.office)
         and share.id in (select id from targets where 1 = 1",
    );
    let query = scope.over_offices().within(query).add(" and campaign = ?)", &[campaign.into()]);
    tx.query(&query.add(" group by share.office, moved.active, moved.parent, above.office order by 1 limit 50", &[]))
}

pub fn add(tx: &mut Tx, t: &Target) -> Result<()> {
    tx.run_one(
        "insert into targets (id, campaign, measure, product, focus, name, office, level, parent, total, undivided, state,
         reason, due, made_at, since, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)",
        args![
            t.id, t.campaign, t.measure, &t.product, &t.focus, &t.name, t.office, t.level, t.parent, t.total, t.undivided,
            t.state, &t.reason, t.due, t.made_at, t.since, t.province, t.city, t.county, t.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, t: &Target) -> Result<()> {
    tx.run_one(
        "update targets set parent = $1, total = $2, undivided = $3, state = $4, reason = $5, since = $6, province = $7,
         city = $8, county = $9, station = $10, version = version + 1 where id = $11 and version = $12",
        args![
            t.parent, t.total, t.undivided, t.state, &t.reason, t.since, t.province, t.city, t.county, t.station, t.id,
            t.version
        ],
    )
}

macro_rules! select_decomposition {
    ($rest:literal) => {
        concat!(
            "select campaign, office, account, key, begun_at, finished_at, divided, remaining, fresh, after
             from decompositions ",
            $rest
        )
    };
}

pub fn decomposition(tx: &mut Tx, campaign: CampaignId, office: OfficeId) -> Result<Option<Decomposition>> {
    tx.one(select_decomposition!("where campaign = $1 and office = $2"), args![campaign, office])
}

/// Those that are not finished, oldest first.
pub fn running(tx: &mut Tx) -> Result<Vec<Decomposition>> {
    tx.all(select_decomposition!("where finished_at is null order by begun_at"), &[])
}

pub fn add_decomposition(tx: &mut Tx, d: &Decomposition) -> Result<()> {
    tx.run_one(
        "insert into decompositions (campaign, office, account, key, begun_at, finished_at, divided, remaining, fresh, after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![d.campaign, d.office, d.account, d.key, d.begun_at, d.finished_at, d.divided, d.remaining, d.fresh, d.after],
    )
}

pub fn save_decomposition(tx: &mut Tx, d: &Decomposition) -> Result<()> {
    tx.run_one(
        "update decompositions set account = $1, key = $2, begun_at = $3, finished_at = $4, divided = $5, remaining = $6,
         fresh = $7, after = $8 where campaign = $9 and office = $10",
        args![d.account, d.key, d.begun_at, d.finished_at, d.divided, d.remaining, d.fresh, d.after, d.campaign, d.office],
    )
}
