//! Every statement that touches `reminders` and `ladder_looks`. Nobody else writes one.

use super::{Reminder, Rung, State};
use crate::{
    campaigns::Campaign,
    kernel::{
        CampaignId, OfficeId, ReminderId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, campaign, office, above, rule, measure, rung, state, amount, limit_amount, limit_days, ground_zh,
             ground_en, items, previous, proposed_at, demand, talk_at, talk_place, due, issued_at, issued_by, answer,
             participants, answered_at, answered_by, why, decided_at, decided_by, province, city, county, station, version
             from reminders ",
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
    pub rung: Option<Rung>,
    /// Id of the office it is addressed to.
    pub office: Option<OfficeId>,
}

/// Orders in which steps can be listed.
pub const ORDERS: &[Order] = &[order!("proposed", "proposed_at")];

pub fn find(tx: &mut Tx, id: ReminderId) -> Result<Option<Reminder>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The steps within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Reminder>> {
    ask.list(tx, query(scope, filter), ORDERS)
}

/// The statement of the list, so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter) -> Query {
    scope
        .over_offices()
        .within(Query::new(select!("where 1 = 1")))
        .maybe(" and state = ?", filter.state)
        .maybe(" and rung = ?", filter.rung)
        .maybe(" and office = ?", filter.office)
}

/// Whose desk a step lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// Of the office above: to decide on a proposal or an answer, or to hold a talk.
    Decide,
    /// Of the addressee: to answer.
    Answer,
}

fn at(desk: Desk, office: OfficeId, select: &'static str) -> Query {
    let query = Query::new(select);
    match desk {
        Desk::Decide => query.add(
            " from reminders where above = ? and (state in ('proposed', 'answered')
             or rung = 'talk' and state in ('issued', 'unanswered'))",
            &[office.into()],
        ),
        Desk::Answer => query.add(
            " from reminders where office = ? and state in ('issued', 'unanswered', 'rejected')",
            &[office.into()],
        ),
    }
}

/// The first steps on a desk of `office`, the oldest first, and whether there are more.
pub fn first_at(tx: &mut Tx, desk: Desk, office: OfficeId, most: i64) -> Result<(Vec<Reminder>, bool)> {
    let columns = "select id, campaign, office, above, rule, measure, rung, state, amount, limit_amount, limit_days,
         ground_zh, ground_en, items, previous, proposed_at, demand, talk_at, talk_place, due, issued_at, issued_by, answer,
         participants, answered_at, answered_by, why, decided_at, decided_by, province, city, county, station, version";
    let query = at(desk, office, columns).add(" order by proposed_at, id limit ?", &[(most + 1).into()]);
    let mut found: Vec<Reminder> = tx.query(&query)?;
    let more = found.len() as i64 > most;
    found.truncate(usize::try_from(most).unwrap_or(0));
    Ok((found, more))
}

/// How many steps lie on a desk of `office`; `most` when there are more.
pub fn count_at(tx: &mut Tx, desk: Desk, office: OfficeId, most: i64) -> Result<i64> {
    let query = at(desk, office, "select count(*) from (select id");
    let counted = tx.query(&query.add(" limit ?) as counted", &[most.into()]))?;
    Ok(counted.into_iter().next().unwrap_or(0))
}

/// The step that came last on one ground.
pub fn last(tx: &mut Tx, campaign: CampaignId, office: OfficeId, rule: &str) -> Result<Option<Reminder>> {
    tx.one(
        select!("where campaign = $1 and office = $2 and rule = $3 order by proposed_at desc, id desc limit 1"),
        args![campaign, office, rule],
    )
}

/// What was proposed by a rule and waits for a decision.
pub fn proposed(tx: &mut Tx, campaign: CampaignId, rule: &str) -> Result<Vec<Reminder>> {
    tx.all(select!("where campaign = $1 and rule = $2 and state = 'proposed' order by id"), args![campaign, rule])
}

/// What was to be answered before `today` and was not.
pub fn unanswered(tx: &mut Tx, today: Date, most: i64) -> Result<Vec<Reminder>> {
    tx.all(select!("where state = 'issued' and due < $1 order by due, id limit $2"), args![today, most])
}

pub fn add(tx: &mut Tx, r: &Reminder) -> Result<()> {
    tx.run_one(
        "insert into reminders (id, campaign, office, above, rule, measure, rung, state, amount, limit_amount, limit_days,
         ground_zh, ground_en, items, previous, proposed_at, demand, talk_at, talk_place, due, issued_at, issued_by, answer,
         participants, answered_at, answered_by, why, decided_at, decided_by, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, null, null, null, null, null, null,
         null, null, null, null, null, null, null, $17, $18, $19, $20, 1)",
        args![
            r.id, r.campaign, r.office, r.above, &r.rule, r.measure, r.rung, r.state, r.amount, r.limit_amount,
            r.limit_days, &r.ground_zh, &r.ground_en, &r.items, r.previous, r.proposed_at, r.province, r.city, r.county,
            r.station
        ],
    )
}

/// Saves what has become of a step; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, r: &Reminder) -> Result<()> {
    tx.run_one(
        "update reminders set state = $1, demand = $2, talk_at = $3, talk_place = $4, due = $5, issued_at = $6,
         issued_by = $7, answer = $8, participants = $9, answered_at = $10, answered_by = $11, why = $12, decided_at = $13,
         decided_by = $14, province = $15, city = $16, county = $17, station = $18, version = version + 1
         where id = $19 and version = $20",
        args![
            r.state, &r.demand, r.talk_at, &r.talk_place, r.due, r.issued_at, r.issued_by, &r.answer, &r.participants,
            r.answered_at, r.answered_by, &r.why, r.decided_at, r.decided_by, r.province, r.city, r.county, r.station,
            r.id, r.version
        ],
    )
}

/// Those of `campaigns` whose ladder nobody has looked at today.
pub fn to_look_at(tx: &mut Tx, campaigns: Vec<Campaign>, today: Date) -> Result<Vec<Campaign>> {
    let looked: Vec<String> = tx.all("select campaign from ladder_looks where day >= $1", args![today])?;
    Ok(campaigns.into_iter().filter(|c| !looked.contains(&c.id.to_string())).collect())
}

pub fn looked(tx: &mut Tx, campaign: CampaignId, day: Date) -> Result<()> {
    tx.run(
        "insert into ladder_looks (campaign, day) values ($1, $2)
         on conflict (campaign) do update set day = excluded.day where ladder_looks.day < excluded.day",
        args![campaign, day],
    )
    .map(|_| ())
}
