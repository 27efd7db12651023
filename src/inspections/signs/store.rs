//! Every statement that touches `signs`, `sign_traces` and `sign_photos`. Nobody else writes one.

use super::{
    Kind, Sign, State,
    rules::{Point, Stay},
};
use crate::{
    kernel::{
        AccountId, CampaignId, EnterpriseId, InspectionId, Moment, Result, SignId,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, inspection, number, party, kind, amount, reason_zh, reason_en, other, people, state, why, decided_by,
             decided_at, found_at, campaign, enterprise, province, city, county, station, version from signs ",
            $rest
        )
    };
}

macro_rules! select_trace {
    ($rest:literal) => {
        concat!(
            "select account, started_at, inspection, ended_at, enterprise, number, lon, lat, pattern from sign_traces ",
            $rest
        )
    };
}

/// By what the list can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    #[param(inline)]
    pub state: Option<State>,
    #[param(inline)]
    pub kind: Option<Kind>,
}

/// Orders in which signs can be listed.
pub const ORDERS: &[Order] = &[order!("found", "found_at")];

pub fn find(tx: &mut Tx, id: SignId) -> Result<Option<Sign>> {
    tx.one(select!("where id = $1"), args![id])
}

pub fn of_visit(tx: &mut Tx, id: InspectionId) -> Result<Vec<Sign>> {
    tx.all(select!("where inspection = $1 order by kind"), args![id])
}

/// The signs within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Sign>> {
    ask.list(tx, query(scope, filter), ORDERS)
}

/// The statement of the list, so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter) -> Query {
    let query = scope.over_offices().within(Query::new(select!("where 1 = 1")));
    query.maybe(" and state = ?", filter.state).maybe(" and kind = ?", filter.kind)
}

/// How many signs within `scope` nobody has looked at; `most` when there are more.
pub fn count_open(tx: &mut Tx, scope: Scope, most: i64) -> Result<i64> {
    let query = Query::new("select count(*) from (select id from signs where state = 'open'");
    let counted = tx.query(&scope.over_offices().within(query).add(" limit ?) as counted", &[most.into()]))?;
    Ok(counted.into_iter().next().unwrap_or(0))
}

/// How many visits of a campaign within `scope` had been found doubtful by a moment, whoever still stands by it.
pub fn count_pursued(tx: &mut Tx, scope: Scope, campaign: CampaignId, until: Moment) -> Result<i64> {
    let query = Query::new("select count(distinct inspection) from signs where state = 'pursued'")
        .add(" and campaign = ? and decided_at <= ?", &[campaign.into(), until.into()]);
    Ok(tx.query(&scope.over_offices().within(query))?.into_iter().next().unwrap_or(0))
}

/// The signs within `scope` that nobody has looked at, and whether there are more.
pub fn first_open(tx: &mut Tx, scope: Scope, ask: &Ask) -> Result<(Vec<Sign>, bool)> {
    let query = scope.over_offices().within(Query::new(select!("where state = 'open'")));
    let listed = ask.list(tx, query, ORDERS)?;
    Ok((listed.items, listed.next.is_some()))
}

/// Adds a sign unless the visit has one of its kind.
pub fn add(tx: &mut Tx, s: &Sign) -> Result<u64> {
    tx.run(
        "insert into signs (id, inspection, number, party, kind, amount, reason_zh, reason_en, other, people, state, why,
         decided_by, decided_at, found_at, campaign, enterprise, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)
         on conflict (inspection, kind) do nothing",
        args![
            s.id, s.inspection, &s.number, &s.party, s.kind, s.amount, &s.reason_zh, &s.reason_en, s.other, &s.people,
            s.state, &s.why, s.decided_by, s.decided_at, s.found_at, s.campaign, s.enterprise, s.province, s.city, s.county,
            s.station
        ],
    )
}

/// Saves what was decided; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, s: &Sign) -> Result<()> {
    tx.run_one(
        "update signs set state = $1, why = $2, decided_by = $3, decided_at = $4, version = version + 1
         where id = $5 and version = $6",
        args![s.state, &s.why, s.decided_by, s.decided_at, s.id, s.version],
    )
}

row! {
    /// Where an inspector was on a visit, and a mark of what they answered.
    #[derive(Debug, Clone)]
    pub struct Trace {
        pub account: AccountId,
        pub started_at: Moment,
        pub inspection: InspectionId,
        pub ended_at: Moment,
        pub enterprise: EnterpriseId,
        pub number: String,
        pub lon: Option<i64>,
        pub lat: Option<i64>,
        pub pattern: Option<String>,
    }
}

impl Trace {
    /// As the rules see it.
    pub fn stay(&self) -> Stay {
        Stay {
            inspection: self.inspection,
            number: self.number.clone(),
            from: self.started_at,
            to: self.ended_at,
            at: self.lon.zip(self.lat).map(|(lon, lat)| Point { lon, lat }),
        }
    }
}

/// Whether a visit has been looked into.
pub fn is_traced(tx: &mut Tx, id: InspectionId) -> Result<bool> {
    Ok(tx.one::<i64>("select 1 from sign_traces where inspection = $1 limit 1", args![id])?.is_some())
}

pub fn add_trace(tx: &mut Tx, t: &Trace) -> Result<()> {
    tx.run_one(
        "insert into sign_traces (account, started_at, inspection, ended_at, enterprise, number, lon, lat, pattern)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![t.account, t.started_at, t.inspection, t.ended_at, t.enterprise, &t.number, t.lon, t.lat, &t.pattern],
    )
}

/// The visits of an inspector before and after one.
pub fn neighbours(tx: &mut Tx, t: &Trace) -> Result<Vec<Trace>> {
    let mut found: Vec<Trace> = tx.all(
        select_trace!(
            "where account = $1 and started_at <= $2 and inspection <> $3 order by started_at desc, inspection desc limit 1"
        ),
        args![t.account, t.started_at, t.inspection],
    )?;
    found.extend(tx.all::<Trace>(
        select_trace!("where account = $1 and started_at > $2 order by started_at, inspection limit 1"),
        args![t.account, t.started_at],
    )?);
    Ok(found)
}

/// The visits of an inspector to other enterprises with the same answers, since a moment and until this one, last first.
pub fn same_answers(tx: &mut Tx, t: &Trace, since: Moment) -> Result<Vec<Trace>> {
    tx.all(
        select_trace!(
            "where account = $1 and pattern = $2 and started_at >= $3 and started_at <= $4 and inspection <> $5
             and enterprise <> $6 order by started_at desc limit 100"
        ),
        args![t.account, &t.pattern, since, t.started_at, t.inspection, t.enterprise],
    )
}

/// Keeps a photograph of a visit by the quarters of its mark; by its name alone when it has none.
pub fn add_photo(tx: &mut Tx, file: &str, visit: InspectionId, likeness: &str, quarter: i64) -> Result<u64> {
    tx.run(
        "insert into sign_photos (quarter, file, inspection, likeness) values ($1, $2, $3, $4)
         on conflict (quarter, file, inspection) do nothing",
        args![quarter, file, visit, likeness],
    )
}

/// The other visits that use the same file.
pub fn visits_with(tx: &mut Tx, file: &str, but: InspectionId) -> Result<Vec<InspectionId>> {
    tx.all(
        "select distinct inspection from sign_photos where file = $1 and inspection <> $2 order by inspection limit 100",
        args![file, but],
    )
}

/// The photographs of other visits that have a quarter in common: file, visit, mark.
pub fn with_quarter(tx: &mut Tx, quarter: i64, but: InspectionId) -> Result<Vec<(String, InspectionId, String)>> {
    tx.all(
        "select file, inspection, likeness from sign_photos where quarter = $1 and inspection <> $2
         order by inspection desc limit 500",
        args![quarter, but],
    )
}
