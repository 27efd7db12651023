//! Every statement that touches `assessments` and `assessment_remarks`. Nobody else writes one.

use super::{Assessment, Remark, State};
use crate::{
    kernel::{
        AssessmentId, CampaignId, OfficeId, Result,
        db::{Query, Row, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column but the content, in one place for all selects.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, campaign, office, office_zh, office_en, above, day, due, state, scored, total, digest, fixed_by, fixed_at,
             confirmed_by, confirmed_at, province, city, county, station, version from assessments ",
            $rest
        )
    };
}

/// By what fixed sheets can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Id of the campaign.
    pub campaign: Option<CampaignId>,
    /// Id of the office that is judged.
    pub office: Option<OfficeId>,
    /// Where it stands.
    #[param(inline)]
    pub state: Option<State>,
}

/// Orders in which fixed sheets can be listed.
pub const ORDERS: &[Order] = &[order!("day", "day")];

pub fn find(tx: &mut Tx, id: AssessmentId) -> Result<Option<Assessment>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The sheet of an office of a day.
pub fn of_day(tx: &mut Tx, campaign: CampaignId, office: OfficeId, day: Date) -> Result<Option<Assessment>> {
    tx.one(
        select!("where campaign = $1 and office = $2 and day = $3 and state <> 'withdrawn'"),
        args![campaign, office, day],
    )
}

/// The fixed sheets within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Assessment>> {
    ask.list(tx, query(scope, filter), ORDERS)
}

/// The statement of `list`, so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter) -> Query {
    scope
        .over_offices()
        .within(Query::new(select!("where 1 = 1")))
        .maybe(" and campaign = ?", filter.campaign)
        .maybe(" and office = ?", filter.office)
        .maybe(" and state = ?", filter.state)
}

/// The sheets that wait for the office that is judged, or for the one that judges: `most` of them, the oldest first.
pub fn waiting(tx: &mut Tx, office: OfficeId, judges: bool, today: Date, most: i64) -> Result<Vec<Assessment>> {
    if judges {
        let sql = select!(
            "where above = $1 and (state in ('objected', 'agreed') or state = 'published' and due < $2)
             order by day, id limit $3"
        );
        tx.all(sql, args![office, today, most])
    } else {
        let sql = select!("where office = $1 and state = 'published' and due >= $2 order by day, id limit $3");
        tx.all(sql, args![office, today, most])
    }
}

pub fn add(tx: &mut Tx, a: &Assessment, content: &str) -> Result<()> {
    tx.run_one(
        "insert into assessments (id, campaign, office, office_zh, office_en, above, day, due, state, scored, total, digest,
         content, fixed_by, fixed_at, confirmed_by, confirmed_at, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)",
        args![
            a.id,
            a.campaign,
            a.office,
            &a.office_zh,
            &a.office_en,
            a.above,
            a.day,
            a.due,
            a.state,
            a.scored,
            a.total,
            &a.digest,
            content,
            a.fixed_by,
            a.fixed_at,
            a.confirmed_by,
            a.confirmed_at,
            a.province,
            a.city,
            a.county,
            a.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, a: &Assessment) -> Result<()> {
    tx.run_one(
        "update assessments set state = $1, total = $2, confirmed_by = $3, confirmed_at = $4, version = version + 1
         where id = $5 and version = $6",
        args![a.state, a.total, a.confirmed_by, a.confirmed_at, a.id, a.version],
    )
}

/// The sheet as it was fixed, and its digest.
pub fn content(tx: &mut Tx, id: AssessmentId) -> Result<(String, String)> {
    let mut row: Row = tx.get("select content, digest from assessments where id = $1", args![id])?;
    Ok((row.take("content")?, row.take("digest")?))
}

/// What was said about a sheet, in order.
pub fn remarks(tx: &mut Tx, id: AssessmentId) -> Result<Vec<Remark>> {
    tx.all(
        "select number, line, verb, mark, why, by_name, said_at from assessment_remarks where assessment = $1
         order by number",
        args![id],
    )
}

pub fn add_remark(tx: &mut Tx, id: AssessmentId, r: &Remark) -> Result<()> {
    tx.run_one(
        "insert into assessment_remarks (assessment, number, line, verb, mark, why, by_name, said_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, r.number, &r.line, r.verb, r.mark, &r.why, &r.by_name, r.said_at],
    )
}
