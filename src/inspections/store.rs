//! Every statement that touches the table `inspections`. Nobody else writes one.

use super::{Inspection, Source, State};
use crate::{
    kernel::{
        AccountId, CampaignId, EnterpriseId, InspectionId, Moment, OfficeId, Result,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
        sheet,
    },
    people::{Level, Place, Scope},
    record::{self, Field, Look},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column but the sheet, in one place for all selects: a list is read without the answers.
macro_rules! columns {
    ($sheet:literal) => {
        concat!(
            "select id, number, digest, campaign, enterprise, party, field, source, state, planned_for, lead, inspectors,
             pack_version, checklist, checklist_version, products, regimes, started_at, ended_at, hazards, sorted_at,
             province, city, county, station, version, ",
            $sheet
        )
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(columns!("sheet"), " from inspections ", $rest)
    };
}

/// By what visits can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Where it stands.
    pub state: Option<State>,
    /// Id of the enterprise.
    pub enterprise: Option<String>,
    /// Id of who leads it.
    pub lead: Option<AccountId>,
}

/// Orders in which visits can be listed.
pub const ORDERS: &[Order] = &[order!("date", "sorted_at", text)];

pub fn find(tx: &mut Tx, id: InspectionId) -> Result<Option<Inspection>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The visit `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: InspectionId) -> Result<Inspection> {
    let visit: Inspection = tx.get(select!("where id = $1"), args![id])?;
    scope.check(&visit.place(), Some(visit.enterprise))?;
    Ok(visit)
}

/// Visits within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Inspection>> {
    let look = record::look(tx, &record::INSPECTIONS, scope, ask.q.as_deref())?;
    ask.list(tx, query(scope, filter, &look), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter, look: &Look) -> Query {
    scope
        .within(record::search(columns!("cast(null as text) as sheet"), &record::INSPECTIONS, look))
        .maybe(" and state <> 'done' and state = ?", filter.state.filter(|s| *s != State::Done))
        .maybe(" and state = ?", filter.state.filter(|s| *s == State::Done))
        .maybe(" and enterprise = ?", filter.enterprise.clone())
        .maybe(" and lead = ?", filter.lead)
}

/// How many visits are planned within `scope`; `most` when there are more.
pub fn count_planned(tx: &mut Tx, scope: Scope, most: i64) -> Result<i64> {
    let query =
        Query::new("select count(*) from (select id from inspections where state <> 'done' and state = 'planned'");
    let counted = tx.query(&scope.within(query).add(" limit ?) as counted", &[most.into()]))?;
    Ok(counted.into_iter().next().unwrap_or(0))
}

/// How many planned visits of a campaign were to be made before a day, for each office of a level that has some.
pub fn laggards(tx: &mut Tx, campaign: CampaignId, level: Level, before: Date) -> Result<Vec<(OfficeId, i64)>> {
    tx.query(&laggards_query(campaign, level, before))
}

/// The statement of [`laggards`], so that a test can ask the engine for its plan.
pub fn laggards_query(campaign: CampaignId, level: Level, before: Date) -> Query {
    let column = level.column();
    Query::new("select ")
        .add(column, &[])
        .add(", count(*) from inspections where state = 'planned' and ", &[])
        .add(column, &[])
        .add(" is not null and campaign = ? and planned_for < ? group by ", &[campaign.into(), before.into()])
        .add(column, &[])
        .add(" order by ", &[])
        .add(column, &[])
}

/// The planned visits of a campaign within `scope` that were to be made before a day, the first first.
pub fn waiting_since(
    tx: &mut Tx,
    before: Date,
    campaign: CampaignId,
    scope: Scope,
    most: i64,
) -> Result<Vec<Inspection>> {
    let query = scope.within(Query::new(select!("where state = 'planned'")));
    tx.query(&query.add(
        " and campaign = ? and planned_for < ? order by planned_for, id limit ?",
        &[campaign.into(), before.into(), most.into()],
    ))
}

/// The planned visits within `scope` that `lead` leads, the soonest first: what a device is given to work with.
pub fn assigned(tx: &mut Tx, scope: Scope, lead: AccountId, most: i64) -> Result<Vec<Inspection>> {
    let mut assigned: Vec<Inspection> = tx.query(&assigned_query(lead, most))?;
    assigned.retain(|visit| scope.holds(&visit.place(), Some(visit.enterprise)));
    Ok(assigned)
}

/// The statement of `assigned`, so that a test can ask the engine for its plan. The scope is not in it: one person's
/// visits are a handful, those of the area are not.
pub fn assigned_query(lead: AccountId, most: i64) -> Query {
    let query = Query::new(select!("where state = 'planned'"));
    query.add(" and lead = ? order by sorted_at, id limit ?", &[lead.into(), most.into()])
}

/// The visits within `scope` that are planned until `until`, the soonest first.
pub fn due_query(scope: Scope, until: Date, most: i64) -> Query {
    let query = scope.within(Query::new(select!("where state <> 'done' and state = 'planned'")));
    query.add(" and sorted_at <= ? order by sorted_at, id limit ?", &[until.into(), most.into()])
}

row! {
    /// A visit that was made, without what was answered.
    #[derive(Debug, Clone)]
    pub struct Past {
        pub id: InspectionId,
        pub number: Option<String>,
        pub campaign: CampaignId,
        pub enterprise: EnterpriseId,
        pub field: Field,
        pub source: Source,
        pub lead: AccountId,
        pub checklist: Option<String>,
        pub products: String,
        pub started_at: Option<Moment>,
        pub ended_at: Option<Moment>,
        pub hazards: i64,
        pub sorted_at: String,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

impl Past {
    fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }
}

/// The visits within `scope` that were made to these enterprises since a day.
pub fn past(tx: &mut Tx, scope: Scope, enterprises: &[Value], since: Date) -> Result<Vec<Past>> {
    let mut past: Vec<Past> = tx.query(&past_query(enterprises, since))?;
    past.retain(|visit| scope.holds(&visit.place(), Some(visit.enterprise)));
    Ok(past)
}

/// The statement of `past`, so that a test can ask the engine for its plan. The scope is not in it, and `coalesce` hides
/// state and day: an engine would walk through the whole area, where these enterprises have a handful.
pub fn past_query(enterprises: &[Value], since: Date) -> Query {
    let query = Query::new(
        "select id, number, campaign, enterprise, field, source, lead, checklist, products, started_at, ended_at, hazards,
         sorted_at, province, city, county, station, version from inspections where coalesce(state, '') = 'done'",
    );
    query.among(" and enterprise", enterprises).add(" and coalesce(sorted_at, '') >= ?", &[since.into()])
}

row! {
    /// When an enterprise was visited last, and whether it was or is to be visited in a campaign.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Seen {
        pub enterprise: EnterpriseId,
        /// The day of the last visit, whatever for.
        pub last: Option<Date>,
        /// The day of the last visit in the campaign.
        pub here: Option<Date>,
        /// For when a visit in the campaign is planned.
        pub planned: Option<Date>,
    }
}

/// When these enterprises were visited, each that ever was or is to be once.
pub fn seen(tx: &mut Tx, campaign: CampaignId, enterprises: &[Value]) -> Result<Vec<Seen>> {
    tx.query(&seen_query(campaign, enterprises))
}

/// The statement of [`seen`], so that a test can ask the engine for its plan.
pub fn seen_query(campaign: CampaignId, enterprises: &[Value]) -> Query {
    let query = Query::new(
        "select enterprise, max(done) as last, max(case when ours = 1 then done end) as here,
         max(case when ours = 1 then planned end) as planned
         from (select enterprise, case when state = 'done' then sorted_at end as done,
         case when state = 'planned' then sorted_at end as planned, case when campaign = ",
    );
    let query = query.add("? then 1 else 0 end as ours from inspections where 1 = 1", &[campaign.into()]);
    query.among(" and enterprise", enterprises).add(") as visits group by enterprise", &[])
}

/// The whole list within `scope`, for exports.
pub fn all(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Vec<Inspection>> {
    let look = record::look(tx, &record::INSPECTIONS, scope, ask.q.as_deref())?;
    tx.query(&ask.whole(query(scope, filter, &look), ORDERS, sheet::ROWS)?)
}

pub fn add(tx: &mut Tx, v: &Inspection) -> Result<()> {
    tx.run_one(
        "insert into inspections (id, number, digest, campaign, enterprise, party, field, source, state, planned_for, lead,
         inspectors, pack_version, checklist, checklist_version, products, regimes, started_at, ended_at, sheet, hazards,
         sorted_at, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, 1)",
        args![
            v.id, &v.number, &v.digest, v.campaign, v.enterprise, &v.party, v.field, v.source, v.state, v.planned_for, v.lead,
            &v.inspectors, v.pack_version, &v.checklist, v.checklist_version, &v.products, &v.regimes, v.started_at,
            v.ended_at, &v.sheet, v.hazards, &v.sorted_at, v.province, v.city, v.county, v.station
        ],
    )
}

/// Saves what a submission or an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, v: &Inspection) -> Result<()> {
    tx.run_one(
        "update inspections set number = $1, digest = $2, field = $3, source = $4, state = $5, planned_for = $6, lead = $7,
         inspectors = $8, pack_version = $9, checklist = $10, checklist_version = $11, products = $12, regimes = $13,
         started_at = $14, ended_at = $15, sheet = $16, hazards = $17, sorted_at = $18, version = version + 1
         where id = $19 and version = $20",
        args![
            &v.number, &v.digest, v.field, v.source, v.state, v.planned_for, v.lead, &v.inspectors, v.pack_version,
            &v.checklist, v.checklist_version, &v.products, &v.regimes, v.started_at, v.ended_at, &v.sheet, v.hazards,
            &v.sorted_at, v.id, v.version
        ],
    )
}
