//! Every statement that touches `assignments` and `assignment_rows`. Nobody else writes one.

use super::model::{Assignment, Line, Outcome};
use crate::{
    enterprises::List,
    kernel::{
        AssignmentId, Result,
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
            "select id, digest, campaign, target, products, tag, way, wanted, sharing, owners, due, seed, file, list_digest,
             listed, chosen, left_out, made, state, office, made_at, made_by, province, city, county, station, version
             from assignments ",
            $rest
        )
    };
}

macro_rules! select_row {
    ($rest:literal) => {
        concat!(
            "select line, enterprise, party, outcome, points, reasons, owner, planned_for, due, products, task,
             visit from assignment_rows ",
            $rest
        )
    };
}

/// By what assignments can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// How enterprises were chosen.
    pub way: Option<crate::tasks::Way>,
    /// Id of the campaign.
    pub campaign: Option<String>,
}

/// Orders in which assignments can be listed.
pub const ORDERS: &[Order] = &[order!("made", "made_at")];

pub fn find(tx: &mut Tx, id: AssignmentId) -> Result<Option<Assignment>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The assignment `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: AssignmentId) -> Result<Assignment> {
    let assignment: Assignment = tx.get(select!("where id = $1"), args![id])?;
    scope.over_offices().check(&assignment.place(), None)?;
    Ok(assignment)
}

pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Assignment>> {
    ask.list(tx, query(scope, filter), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter) -> Query {
    let query = scope.over_offices().within(Query::new(select!("where 1 = 1")));
    query.maybe(" and way = ?", filter.way).maybe(" and campaign = ?", filter.campaign.clone())
}

/// The oldest assignment that is not made yet.
pub fn unfinished(tx: &mut Tx) -> Result<Option<Assignment>> {
    tx.one(select!("where state = 'making' order by made_at limit 1"), &[])
}

pub fn add(tx: &mut Tx, a: &Assignment) -> Result<()> {
    tx.run_one(
        "insert into assignments (id, digest, campaign, target, products, tag, way, wanted, sharing, owners, due, seed,
         file, list_digest, listed, chosen, left_out, made, state, office, made_at, made_by, province, city, county, station,
         version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
         $22, $23, $24, $25, $26, 1)",
        args![
            a.id, &a.digest, a.campaign, a.target, &a.products, &a.tag, a.way, a.wanted, a.sharing, &a.owners, a.due, &a.seed,
            &a.file, &a.list_digest, a.listed, a.chosen, a.left_out, a.made, a.state, a.office, a.made_at, a.made_by,
            a.province, a.city, a.county, a.station
        ],
    )
}

/// Saves how far an assignment is; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, a: &Assignment) -> Result<()> {
    tx.run_one(
        "update assignments set made = $1, chosen = $2, left_out = $3, state = $4, version = version + 1
         where id = $5 and version = $6",
        args![a.made, a.chosen, a.left_out, a.state, a.id, a.version],
    )
}

pub fn add_line(tx: &mut Tx, id: AssignmentId, l: &Line) -> Result<()> {
    tx.run_one(
        "insert into assignment_rows (assignment, line, enterprise, party, outcome, points, reasons, owner, planned_for, due,
         products, task, visit) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            id, l.line, l.enterprise, &l.party, l.outcome, l.points, &l.reasons, l.owner, l.planned_for, l.due, &l.products,
            l.task, l.visit
        ],
    )
}

/// The next of the chosen that are no tasks yet.
pub fn to_make(tx: &mut Tx, id: AssignmentId, most: i64) -> Result<Vec<Line>> {
    tx.all(
        select_row!("where assignment = $1 and outcome = $2 order by line limit $3"),
        args![id, Outcome::Chosen, most],
    )
}

/// The lines of an assignment, some from `after` on.
pub fn lines(tx: &mut Tx, id: AssignmentId, after: i64, most: i64) -> Result<Vec<Line>> {
    tx.all(select_row!("where assignment = $1 and line > $2 order by line limit $3"), args![id, after, most])
}

/// Notes what became of a line; [`Error::Stale`](crate::kernel::Error::Stale) when somebody else has done so.
pub fn settle(tx: &mut Tx, id: AssignmentId, line: i64, outcome: Outcome) -> Result<()> {
    tx.run_one(
        "update assignment_rows set outcome = $1 where assignment = $2 and line = $3 and outcome = 'chosen'",
        args![outcome, id, line],
    )
}

/// The list that was chosen from: a line for each id, in order.
pub fn list_of(tx: &mut Tx, id: AssignmentId) -> Result<String> {
    let mut text = String::new();
    tx.each(
        "select enterprise from assignment_rows where assignment = $1 and (task is not null or outcome = 'not_reached')
         order by enterprise",
        args![id],
        |enterprise: String| {
            text.push_str(&enterprise);
            text.push('\n');
            Ok(())
        },
    )?;
    Ok(text)
}

row! {
    /// A row of the table by which tasks were handed out, as it was sent.
    #[derive(Debug, Clone)]
    pub struct SheetRow {
        pub line: i64,
        pub cells: List<String>,
        /// What was wrong with it, where something was.
        pub wrong_zh: Option<String>,
        pub wrong_en: Option<String>,
        /// What became of it, where it was right.
        pub outcome: Option<Outcome>,
    }
}

pub fn add_sheet_row(tx: &mut Tx, id: AssignmentId, r: &SheetRow) -> Result<()> {
    tx.run_one(
        "insert into assignment_sheet_rows (assignment, line, cells, wrong_zh, wrong_en) values ($1, $2, $3, $4, $5)",
        args![id, r.line, &r.cells, &r.wrong_zh, &r.wrong_en],
    )
}

/// The table by which an assignment was handed out, row by row.
pub fn sheet_rows(tx: &mut Tx, id: AssignmentId) -> Result<Vec<SheetRow>> {
    tx.all(
        "select sent.line, sent.cells, sent.wrong_zh, sent.wrong_en, made.outcome from assignment_sheet_rows sent
         left join assignment_rows made on made.assignment = sent.assignment and made.line = sent.line
         where sent.assignment = $1 order by sent.line",
        args![id],
    )
}

/// How many rows of its table were refused.
pub fn count_wrong(tx: &mut Tx, id: AssignmentId) -> Result<i64> {
    tx.get("select count(*) from assignment_sheet_rows where assignment = $1 and wrong_zh is not null", args![id])
}
