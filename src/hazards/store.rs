//! Every statement that touches the table `hazards`. Nobody else writes one.

use super::{Hazard, LookBack, Origin, State};
use crate::{
    campaigns::Severity,
    kernel::{
        CampaignId, EnterpriseId, HazardId, LookBackId, Moment, OfficeId, Result,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
        sheet,
    },
    people::{Level, Scope},
    record::{self, Look},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column, in one place for all selects.
macro_rules! columns {
    () => {
        "select id, number, digest, campaign, enterprise, party, product, made_on, field, problem, clause, what, severity,
         origin, origin_id, state, found_at, found_by, handler, due, orders, measure, rectified_by, reason, verified_by,
         handling, case_number, closed_by, closed_at, supervised, overdue, extension, extension_why, look_back_due,
         look_backs, look_backs_passed, repeat_checks, repeat_checks_passed, reopenings, province, city, county, station, version"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(columns!(), " from hazards ", $rest)
    };
}

/// By what the ledger can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Where it stands.
    pub state: Option<State>,
    /// `1`: past its due date; `0`: not.
    pub overdue: Option<String>,
    /// Code of the severity.
    pub severity: Option<Severity>,
    /// Code of the product, or of its category.
    pub product: Option<String>,
    /// Id of the enterprise.
    pub enterprise: Option<String>,
    /// Id of what it comes from.
    pub origin_id: Option<String>,
    /// `1`: the enterprise asks for more time, and nobody has decided yet.
    pub extension: Option<String>,
}

/// Orders in which the ledger can be listed.
pub const ORDERS: &[Order] = &[order!("found", "found_at"), order!("due", "due")];

pub fn find(tx: &mut Tx, id: HazardId) -> Result<Option<Hazard>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The hazard `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: HazardId) -> Result<Hazard> {
    let hazard: Hazard = tx.get(select!("where id = $1"), args![id])?;
    scope.check(&hazard.place(), Some(hazard.enterprise))?;
    Ok(hazard)
}

pub fn of_origin(tx: &mut Tx, origin: Origin, id: &str) -> Result<Vec<Hazard>> {
    tx.all(select!("where origin_id = $1 and origin = $2 order by number"), args![id, origin])
}

/// The ledger within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Hazard>> {
    let look = record::look(tx, &record::HAZARDS, scope, ask.q.as_deref())?;
    ask.list(tx, query(scope, filter, &look), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter, look: &Look) -> Query {
    narrowed(record::search(columns!(), &record::HAZARDS, look), scope, filter)
}

/// How many hazards there are within `scope`; `most` when there are more, so that a country's are not all counted.
pub fn count(tx: &mut Tx, scope: Scope, filter: &Filter, most: i64) -> Result<i64> {
    let counted = tx.query(&count_query(scope, filter, most))?;
    Ok(counted.into_iter().next().unwrap_or(0))
}

/// The statement of [`count`], so that a test can ask the engine for its plan.
pub fn count_query(scope: Scope, filter: &Filter, most: i64) -> Query {
    let query = record::search("select count(*) from (select id", &record::HAZARDS, &Look::All);
    narrowed(query, scope, filter).add(" limit ?) as counted", &[most.into()])
}

fn narrowed(query: Query, scope: Scope, filter: &Filter) -> Query {
    let asked = filter.extension.as_deref() == Some("1");
    scope
        .within(query)
        .add(if asked { " and extension is not null" } else { "" }, &[])
        .maybe(" and state = ?", filter.state)
        .maybe(" and severity = ?", filter.severity)
        .maybe(" and overdue = ?", filter.overdue.as_ref().map(|o| i64::from(o == "1")))
        .maybe(" and (product = ?", filter.product.clone())
        .maybe(" or product like ?)", filter.product.as_ref().map(|p| format!("{p}__")))
        .maybe(" and enterprise = ?", filter.enterprise.clone())
        .maybe(" and origin_id = ?", filter.origin_id.clone())
}

/// What keeps a hazard waiting at an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// It is overdue since the day it was to be rectified by.
    Overdue,
    /// It was found and nothing has been decided.
    Undecided,
    /// It was drawn for a look-back or repeat check, and nobody went.
    LookBack,
}

/// How many hazards of a campaign have waited since before a day, for each office of a level that has some.
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
    let column = level.column();
    let query = Query::new("select ").add(column, &[]).add(", count(*) from hazards where ", &[]).add(column, &[]);
    waiting(query.add(" is not null and campaign = ?", &[campaign.into()]), wait, before)
        .add(" group by ", &[])
        .add(column, &[])
        .add(" order by ", &[])
        .add(column, &[])
}

/// The hazards of a campaign within `scope` that have waited since before a day, the first found first.
pub fn waiting_since(
    tx: &mut Tx,
    (wait, before): (Wait, Date),
    campaign: CampaignId,
    scope: Scope,
    most: i64,
) -> Result<Vec<Hazard>> {
    let query = scope.within(Query::new(select!("where 1 = 1"))).add(" and campaign = ?", &[campaign.into()]);
    tx.query(&waiting(query, wait, before).add(" order by found_at, id limit ?", &[most.into()]))
}

fn waiting(query: Query, wait: Wait, before: Date) -> Query {
    match wait {
        Wait::Overdue => query.add(" and overdue = 1 and due < ?", &[before.into()]),
        Wait::Undecided => query.add(" and state = 'registered' and found_at < ?", &[Moment::start_of(before).into()]),
        Wait::LookBack => {
            query.add(" and state in ('looking_back', 'repeat_checking') and look_back_due < ?", &[before.into()])
        }
    }
}

/// What stands open within `scope` at these enterprises.
pub fn open_at(tx: &mut Tx, scope: Scope, enterprises: &[Value]) -> Result<Vec<Hazard>> {
    let mut open: Vec<Hazard> = tx.query(&open_query(enterprises))?;
    open.retain(|h| h.state.is_open() && scope.holds(&h.place(), Some(h.enterprise)));
    Ok(open)
}

/// The statement of [`open_at`], so that a test can ask the engine for its plan. State and scope are not in it: an engine
/// would walk through all that stands open in the area, where these enterprises have a handful.
pub fn open_query(enterprises: &[Value]) -> Query {
    Query::new(select!("where 1 = 1")).among(" and enterprise", enterprises)
}

row! {
    /// What the ledger holds of an enterprise.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Standing {
        pub enterprise: EnterpriseId,
        /// Not struck off yet, of these major ones, of these overdue ones.
        pub open: i64,
        pub major: i64,
        pub overdue: i64,
        /// All that were ever found and established.
        pub found: i64,
    }
}

/// What the ledger holds of these enterprises, each that is on it once.
pub fn standing_of(tx: &mut Tx, enterprises: &[Value]) -> Result<Vec<Standing>> {
    tx.query(&standing_query(enterprises))
}

/// The statement of [`standing_of`], so that a test can ask the engine for its plan. Open are the states of
/// [`State::is_open`].
pub fn standing_query(enterprises: &[Value]) -> Query {
    let query = Query::new(
        "select enterprise, cast(sum(open) as bigint) as open, cast(sum(open * major) as bigint) as major,
         cast(sum(open * overdue) as bigint) as overdue, cast(sum(found) as bigint) as found
         from (select enterprise, overdue, case when severity = 'major' then 1 else 0 end as major,
         case when state in ('registered', 'ordered', 'rectifying', 'submitted', 'verified', 'reopened') then 1 else 0 end as open,
         case when state = 'not_established' then 0 else 1 end as found from hazards where 1 = 1",
    );
    query.among(" and enterprise", enterprises).add(") as ledger group by enterprise", &[])
}

/// The whole ledger within `scope`, each entry made into what `make` makes of it: for exports.
pub fn all<T>(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, make: impl Fn(Hazard) -> T) -> Result<Vec<T>> {
    let look = record::look(tx, &record::HAZARDS, scope, ask.q.as_deref())?;
    let mut rows = Vec::new();
    tx.query_each(&ask.whole(query(scope, filter, &look), ORDERS, sheet::ROWS)?, |h| {
        rows.push(make(h));
        Ok(())
    })?;
    Ok(rows)
}

/// Open hazards whose due date is before `today` and that are not marked so yet.
pub fn lapsed(tx: &mut Tx, today: Date) -> Result<Vec<HazardId>> {
    tx.all(
        "select id from hazards where overdue = 0 and due is not null and due < $1 and state in ('ordered', 'rectifying')
         order by due limit 500",
        args![today],
    )
}

pub fn add(tx: &mut Tx, h: &Hazard) -> Result<()> {
    tx.run_one(
        "insert into hazards (id, number, digest, campaign, enterprise, party, product, made_on, field, problem, clause,
         what, severity, origin, origin_id, state, found_at, found_by, handler, due, orders, measure, rectified_by, reason,
         verified_by, handling, case_number, closed_by, closed_at, supervised, overdue, extension, extension_why,
         look_back_due, look_backs, look_backs_passed, repeat_checks, repeat_checks_passed, reopenings, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, 1)",
        args![
            h.id, &h.number, &h.digest, h.campaign, h.enterprise, &h.party, &h.product, h.made_on, h.field, &h.problem,
            &h.clause, &h.what, h.severity, h.origin, &h.origin_id, h.state, h.found_at, h.found_by, h.handler, h.due,
            h.orders, &h.measure, h.rectified_by, &h.reason, h.verified_by, h.handling, &h.case_number, h.closed_by,
            h.closed_at, h.supervised, h.overdue, h.extension, &h.extension_why, h.look_back_due, h.look_backs,
            h.look_backs_passed, h.repeat_checks, h.repeat_checks_passed, h.reopenings, h.province, h.city, h.county, h.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, h: &Hazard) -> Result<()> {
    tx.run_one(
        "update hazards set state = $1, handler = $2, due = $3, orders = $4, measure = $5, rectified_by = $6, reason = $7,
         verified_by = $8, handling = $9, case_number = $10, closed_by = $11, closed_at = $12, supervised = $13,
         overdue = $14, extension = $15, extension_why = $16, look_back_due = $17, look_backs = $18,
         look_backs_passed = $19, repeat_checks = $20, repeat_checks_passed = $21, reopenings = $22, province = $23,
         city = $24, county = $25, station = $26, version = version + 1 where id = $27 and version = $28",
        args![
            h.state, h.handler, h.due, h.orders, &h.measure, h.rectified_by, &h.reason, h.verified_by, h.handling,
            &h.case_number, h.closed_by, h.closed_at, h.supervised, h.overdue, h.extension, &h.extension_why,
            h.look_back_due, h.look_backs, h.look_backs_passed, h.repeat_checks, h.repeat_checks_passed, h.reopenings,
            h.province, h.city, h.county, h.station, h.id, h.version
        ],
    )
}

/// The hazards of a campaign in the state from which a draw takes, in the order of ids.
pub fn candidates(tx: &mut Tx, scope: Scope, campaign: CampaignId, state: State) -> Result<Vec<(HazardId, Severity)>> {
    let query = Query::new("select id, severity from hazards where state = ").add("?", &[state.into()]);
    tx.query(&scope.within(query).add(" and campaign = ? order by id", &[campaign.into()]))
}

macro_rules! select_look_back {
    ($rest:literal) => {
        concat!(
            "select id, kind, campaign, office, seed, due, candidates, digest, drawn, drawn_at, drawn_by, province, city, county,
             station from look_backs ",
            $rest
        )
    };
}

pub fn look_back(tx: &mut Tx, id: LookBackId) -> Result<Option<LookBack>> {
    tx.one(select_look_back!("where id = $1"), args![id])
}

/// The draws within `scope`, newest first.
pub fn look_backs(tx: &mut Tx, scope: Scope, ask: &Ask) -> Result<Listed<LookBack>> {
    ask.list(tx, draw_query(scope), DRAW_ORDERS)
}

/// Orders in which draws can be listed.
pub const DRAW_ORDERS: &[Order] = &[order!("drawn", "drawn_at")];

/// The statement of `look_backs`, so that a test can ask the engine for its plan.
pub fn draw_query(scope: Scope) -> Query {
    scope.within(Query::new(select_look_back!("where 1 = 1")))
}

pub fn add_look_back(tx: &mut Tx, l: &LookBack) -> Result<()> {
    tx.run_one(
        "insert into look_backs (id, kind, campaign, office, seed, due, candidates, digest, drawn, drawn_at, drawn_by,
         province, city, county, station) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            l.id,
            l.kind,
            l.campaign,
            l.office,
            &l.seed,
            l.due,
            &l.candidates,
            &l.digest,
            &l.drawn,
            l.drawn_at,
            l.drawn_by,
            l.province,
            l.city,
            l.county,
            l.station
        ],
    )
}
