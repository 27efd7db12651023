//! Every statement that touches `returns`, `return_sheets` and `return_adjustments`. Nobody else writes one.

use super::{Adjustment, Return, State};
use crate::{
    kernel::{
        CampaignId, Moment, OfficeId, Result, ReturnId,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Every column, in one place for all selects.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, campaign, office, office_zh, office_en, period, period_zh, period_en, begins, ends, due, level, state,
             nil, note, prepared_by, submitted_by, submitted_at, accepted_by, accepted_at, edition, digest, receipt,
             delivered_on, gaps, province, city, county, station, version from returns ",
            $rest
        )
    };
}

macro_rules! select_adjustments {
    ($rest:literal) => {
        concat!(
            "select id, of_return, campaign, office, day, figure, product, field, amount, why, by_name, made_at, province,
             city, county, station from return_adjustments ",
            $rest
        )
    };
}

/// By what returns can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Id of the campaign.
    pub campaign: Option<CampaignId>,
    /// Code of the period, such as monthly-2023-07.
    pub period: Option<String>,
    /// Id of the office that reports.
    pub office: Option<OfficeId>,
    /// Where it stands.
    #[param(inline)]
    pub state: Option<State>,
}

/// Orders in which returns can be listed.
pub const ORDERS: &[Order] = &[order!("due", "due")];

/// Returns within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Return>> {
    ask.list(tx, query(scope, filter), ORDERS)
}

/// The statement of `list`, so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter) -> Query {
    scope
        .over_offices()
        .within(Query::new(select!("where 1 = 1")))
        .maybe(" and campaign = ?", filter.campaign)
        .maybe(" and period = ?", filter.period.clone())
        .maybe(" and office = ?", filter.office)
        .maybe(" and state = ?", filter.state)
}

pub fn find(tx: &mut Tx, id: ReturnId) -> Result<Option<Return>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The return of an office for a period.
pub fn of_office(tx: &mut Tx, campaign: CampaignId, office: OfficeId, period: &str) -> Result<Option<Return>> {
    tx.one(select!("where campaign = $1 and office = $2 and period = $3"), args![campaign, office, period])
}

/// The returns of these offices in a campaign, for every period.
pub fn of_offices(tx: &mut Tx, campaign: CampaignId, offices: &[OfficeId]) -> Result<Vec<Return>> {
    tx.query(&offices_query(campaign, offices))
}

/// The statement of `of_offices`, so that a test can ask the engine for its plan.
pub fn offices_query(campaign: CampaignId, offices: &[OfficeId]) -> Query {
    let ids: Vec<Value> = offices.iter().map(Value::from).collect();
    Query::new(select!("where campaign = ")).add("?", &[campaign.into()]).among(" and office", &ids)
}

/// When each return of a campaign within `scope` was first submitted, up to a moment, with its period; those that have
/// been sent back or taken back are left out.
pub fn first_submitted(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    until: Moment,
) -> Result<Vec<(String, Moment)>> {
    let query = Query::new(
        "select r.period, s.frozen_at from returns r join return_sheets s on s.of_return = r.id and s.edition = 1
         where r.state in ('submitted', 'accepted', 'locked')",
    );
    let query = query.add(" and r.campaign = ? and s.frozen_at <= ?", &[campaign.into(), until.into()]);
    tx.query(&scope.over_offices().within(query))
}

pub fn add(tx: &mut Tx, r: &Return) -> Result<()> {
    tx.run_one(
        "insert into returns (id, campaign, office, office_zh, office_en, period, period_zh, period_en, begins, ends, due,
         level, state, nil, note, prepared_by, submitted_by, submitted_at, accepted_by, accepted_at, edition, digest, receipt,
         delivered_on, gaps, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, 1)",
        args![
            r.id,
            r.campaign,
            r.office,
            &r.office_zh,
            &r.office_en,
            &r.period,
            &r.period_zh,
            &r.period_en,
            r.begins,
            r.ends,
            r.due,
            r.level,
            r.state,
            r.nil,
            &r.note,
            r.prepared_by,
            r.submitted_by,
            r.submitted_at,
            r.accepted_by,
            r.accepted_at,
            r.edition,
            &r.digest,
            &r.receipt,
            r.delivered_on,
            &r.gaps,
            r.province,
            r.city,
            r.county,
            r.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, r: &Return) -> Result<()> {
    tx.run_one(
        "update returns set state = $1, nil = $2, note = $3, submitted_by = $4, submitted_at = $5, accepted_by = $6,
         accepted_at = $7, edition = $8, digest = $9, receipt = $10, delivered_on = $11, gaps = $12, version = version + 1
         where id = $13 and version = $14",
        args![
            r.state,
            r.nil,
            &r.note,
            r.submitted_by,
            r.submitted_at,
            r.accepted_by,
            r.accepted_at,
            r.edition,
            &r.digest,
            &r.receipt,
            r.delivered_on,
            &r.gaps,
            r.id,
            r.version
        ],
    )
}

row! {
    /// A table that was submitted, without its content.
    #[derive(Debug, Clone, Serialize, ToSchema)]
    #[schema(as = ReturnEdition)]
    pub struct Edition {
        pub edition: i64,
        /// SHA-256 of the content.
        pub digest: String,
        pub frozen_at: Moment,
        /// Why it was revised; none when it was submitted.
        pub why: Option<String>,
    }
}

pub fn editions(tx: &mut Tx, id: ReturnId) -> Result<Vec<Edition>> {
    tx.all(
        "select edition, digest, frozen_at, why from return_sheets where of_return = $1 order by edition desc",
        args![id],
    )
}

/// Content and digest of an edition.
pub fn sheet(tx: &mut Tx, id: ReturnId, edition: i64) -> Result<(String, String)> {
    let mut row: crate::kernel::db::Row =
        tx.get("select content, digest from return_sheets where of_return = $1 and edition = $2", args![id, edition])?;
    Ok((row.take("content")?, row.take("digest")?))
}

pub fn add_sheet(tx: &mut Tx, id: ReturnId, e: &Edition, content: &str) -> Result<()> {
    tx.run_one(
        "insert into return_sheets (of_return, edition, digest, content, frozen_at, why) values ($1, $2, $3, $4, $5, $6)",
        args![id, e.edition, &e.digest, content, e.frozen_at, &e.why],
    )
}

/// What was adjusted within `scope` up to `day`: in accepted returns, and in the return `own`.
pub fn adjustments(
    tx: &mut Tx,
    scope: Scope,
    campaign: CampaignId,
    day: Date,
    own: ReturnId,
) -> Result<Vec<Adjustment>> {
    tx.query(&adjustments_query(scope, campaign, day, own))
}

/// The statement of `adjustments`, so that a test can ask the engine for its plan.
pub fn adjustments_query(scope: Scope, campaign: CampaignId, day: Date, own: ReturnId) -> Query {
    scope
        .within(Query::new(select_adjustments!("where 1 = 1")))
        .add(" and campaign = ? and day <= ?", &[campaign.into(), day.into()])
        .add(
            " and (of_return = ? or exists (select 1 from returns r where r.id = of_return and r.state in ('accepted', 'locked')))
             order by day, id",
            &[own.into()],
        )
}

pub fn add_adjustment(tx: &mut Tx, a: &Adjustment) -> Result<()> {
    tx.run_one(
        "insert into return_adjustments (id, of_return, campaign, office, day, figure, product, field, amount, why, by_name,
         made_at, province, city, county, station)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        args![
            &a.id,
            a.of_return,
            a.campaign,
            a.office,
            a.day,
            &a.figure,
            &a.product,
            a.field,
            a.amount,
            &a.why,
            &a.by_name,
            a.made_at,
            a.province,
            a.city,
            a.county,
            a.station
        ],
    )
}
