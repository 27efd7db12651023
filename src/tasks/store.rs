//! Every statement that touches the table `tasks`. Nobody else writes one.

use super::{Kind, State, Task, Way};
use crate::{
    kernel::{
        AccountId, AssignmentId, CampaignId, EnterpriseId, Error, InspectionId, MeetingId, OfficeId, Result, TaskId,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
        sheet,
    },
    people::{Actor, Scope, store as offices},
    record::{self, Look},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column, in one place for all selects.
macro_rules! columns {
    () => {
        "select id, campaign, kind, way, assignment, target, meeting, enterprise, products, visit, title, what, reasons, office,
         owner, due, state, from_office, made_at, made_by, result, reason, finished_at, reopened_at, digest, province, city,
         county, station, version"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(columns!(), " from tasks ", $rest)
    };
}

/// By what tasks can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Where it stands.
    pub state: Option<State>,
    /// What is to be done.
    pub kind: Option<Kind>,
    /// How the enterprise was chosen.
    pub way: Option<Way>,
    /// Id of an office: its tasks and those of all below it.
    pub office: Option<OfficeId>,
    /// Id of who has to do it.
    pub owner: Option<AccountId>,
    /// Id of the campaign.
    pub campaign: Option<String>,
    /// Id of the enterprise.
    pub enterprise: Option<String>,
    /// Id of the assignment.
    pub assignment: Option<String>,
    /// Id of the share of a target.
    pub target: Option<String>,
    /// Id of the meeting.
    pub meeting: Option<String>,
    /// Due on this day or earlier.
    pub due_by: Option<Date>,
    /// `1`: past its due date and still to be done.
    pub overdue: Option<String>,
}

/// Orders in which tasks can be listed.
pub const ORDERS: &[Order] = &[order!("made", "made_at"), order!("due", "due")];

pub fn find(tx: &mut Tx, id: TaskId) -> Result<Option<Task>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The task `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: TaskId) -> Result<Task> {
    let task: Task = tx.get(select!("where id = $1"), args![id])?;
    scope.over_offices().check(&task.place(), None)?;
    Ok(task)
}

/// Tasks within `scope`; `today` decides what is overdue.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, today: Date) -> Result<Listed<Task>> {
    let scope = narrowed(tx, scope, filter)?;
    let look = record::look(tx, &record::TASKS, scope, ask.q.as_deref())?;
    ask.list(tx, query(scope, filter, &look, today), ORDERS)
}

/// The part of the reader's scope that a filter asks for.
fn narrowed(tx: &mut Tx, scope: Scope, filter: &Filter) -> Result<Scope> {
    let scope = scope.over_offices();
    let Some(office) = filter.office else { return Ok(scope) };
    match offices::office_within(tx, scope, office) {
        Ok(office) => Ok(office.scope()),
        Err(Error::NotFound) => Ok(Scope::Nothing),
        Err(error) => Err(error),
    }
}

/// The statement of [`list`], so that a test can ask the engine for its plan. `coalesce` hides the due date: an engine would
/// sort what it finds by that, where the list's own order stands in an index.
pub fn query(scope: Scope, filter: &Filter, look: &Look, today: Date) -> Query {
    let late = (filter.overdue.as_deref() == Some("1")).then_some(today);
    scope
        .over_offices()
        .within(record::search(columns!(), &record::TASKS, look))
        .maybe(" and state <> 'done' and state = ?", filter.state.filter(|s| *s != State::Done))
        .maybe(" and state = ?", filter.state.filter(|s| *s == State::Done))
        .maybe(" and state <> 'done' and state <> 'withdrawn' and coalesce(due, '') < ?", late)
        .maybe(" and coalesce(due, '') <= ?", filter.due_by)
        .maybe(" and kind = ?", filter.kind)
        .maybe(" and way = ?", filter.way)
        .maybe(" and owner = ?", filter.owner)
        .maybe(" and campaign = ?", filter.campaign.clone())
        .maybe(" and enterprise = ?", filter.enterprise.clone())
        .maybe(" and assignment = ?", filter.assignment.clone())
        .maybe(" and target = ?", filter.target.clone())
        .maybe(" and meeting = ?", filter.meeting.clone())
}

/// The whole list within `scope`, for exports.
pub fn all(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, today: Date) -> Result<Vec<Task>> {
    let scope = narrowed(tx, scope, filter)?;
    let look = record::look(tx, &record::TASKS, scope, ask.q.as_deref())?;
    tx.query(&ask.whole(query(scope, filter, &look, today), ORDERS, sheet::ROWS)?)
}

/// What waits for somebody beside visits, which wait as planned visits: the own tasks and those of the own office for
/// which nobody is named, the most urgent first.
pub fn waiting(tx: &mut Tx, actor: &Actor, most: i64) -> Result<Vec<Task>> {
    let mut waiting: Vec<Task> = tx.query(&of_owner_query(actor.account, most))?;
    let unnamed: Vec<Task> = tx.query(&of_office_query(actor.office.id, most))?;
    waiting.extend(unnamed);
    waiting.sort_by_key(|t| (t.due, t.id));
    Ok(waiting)
}

/// The statement of the own tasks, so that a test can ask the engine for its plan.
pub fn of_owner_query(owner: AccountId, most: i64) -> Query {
    Query::new(select!("where state <> 'done' and state = 'assigned' and kind <> 'visit'"))
        .add(" and owner = ? order by due, id limit ?", &[owner.into(), most.into()])
}

/// The statement of the office's tasks without an owner, so that a test can ask the engine for its plan.
pub fn of_office_query(office: OfficeId, most: i64) -> Query {
    Query::new(select!("where state <> 'done' and state = 'assigned' and kind <> 'visit' and owner is null"))
        .add(" and office = ? order by due, id limit ?", &[office.into(), most.into()])
}

/// What was returned within `scope` and waits to be handed to somebody else, the most urgent first.
pub fn returned(tx: &mut Tx, scope: Scope, most: i64) -> Result<Vec<Task>> {
    tx.query(&returned_query(scope, most))
}

/// The statement of [`returned`], so that a test can ask the engine for its plan.
pub fn returned_query(scope: Scope, most: i64) -> Query {
    let query = Query::new(select!("where state <> 'done' and state = 'returned'"));
    scope.over_offices().within(query).add(" order by due, id limit ?", &[most.into()])
}

/// What is past its day within `scope`, the longest overdue first.
pub fn overdue(tx: &mut Tx, scope: Scope, today: Date, most: i64) -> Result<Vec<Task>> {
    tx.query(&overdue_query(scope, today, most))
}

/// The statement of [`overdue`], so that a test can ask the engine for its plan.
pub fn overdue_query(scope: Scope, today: Date, most: i64) -> Query {
    let query = Query::new(select!("where state <> 'done' and state = 'assigned'"));
    scope.over_offices().within(query).add(" and due < ? order by due, id limit ?", &[today.into(), most.into()])
}

/// The open visit tasks of a campaign for these records of one enterprise.
pub fn open_for(tx: &mut Tx, campaign: CampaignId, enterprises: &[Value]) -> Result<Vec<Task>> {
    let query = Query::new(select!("where kind = 'visit' and state in ('assigned', 'returned')"));
    tx.query(&query.among(" and enterprise", enterprises).add(" and campaign = ?", &[campaign.into()]))
}

/// Which of these enterprises have a visit task of the campaign that was not withdrawn.
pub fn tasked(tx: &mut Tx, campaign: CampaignId, enterprises: &[Value]) -> Result<Vec<EnterpriseId>> {
    tx.query(&tasked_query(campaign, enterprises))
}

/// The statement of `tasked`, so that a test can ask the engine for its plan.
pub fn tasked_query(campaign: CampaignId, enterprises: &[Value]) -> Query {
    Query::new("select enterprise from tasks where kind = 'visit' and state in ('assigned', 'returned')")
        .among(" and enterprise", enterprises)
        .add(" and campaign = ?", &[campaign.into()])
}

/// How many tasks of an assignment stand where.
pub fn progress(tx: &mut Tx, assignment: AssignmentId) -> Result<Vec<(State, i64)>> {
    tx.all("select state, count(*) from tasks where assignment = $1 group by state order by state", args![assignment])
}

/// What a meeting decided, in the order in which it was put on record.
pub fn of_meeting(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Task>> {
    tx.all(select!("where meeting = $1 order by id"), args![meeting])
}

/// The task for which a visit was planned.
pub fn of_visit(tx: &mut Tx, visit: InspectionId) -> Result<Option<Task>> {
    tx.one(select!("where visit = $1 order by made_at desc limit 1"), args![visit])
}

pub fn add(tx: &mut Tx, t: &Task) -> Result<()> {
    tx.run_one(
        "insert into tasks (id, campaign, kind, way, assignment, target, meeting, enterprise, products, visit, title, what,
         reasons, office, owner, due, state, from_office, made_at, made_by, result, reason, finished_at, reopened_at, digest,
         province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, 1)",
        args![
            t.id, t.campaign, t.kind, t.way, t.assignment, t.target, t.meeting, t.enterprise, &t.products, t.visit, &t.title,
            &t.what, &t.reasons, t.office, t.owner, t.due, t.state, t.from_office, t.made_at, t.made_by, &t.result, &t.reason,
            t.finished_at, t.reopened_at, &t.digest, t.province, t.city, t.county, t.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, t: &Task) -> Result<()> {
    tx.run_one(
        "update tasks set visit = $1, office = $2, owner = $3, due = $4, state = $5, result = $6, reason = $7,
         finished_at = $8, reopened_at = $9, province = $10, city = $11, county = $12, station = $13, version = version + 1
         where id = $14 and version = $15",
        args![
            t.visit, t.office, t.owner, t.due, t.state, &t.result, &t.reason, t.finished_at, t.reopened_at, t.province,
            t.city, t.county, t.station, t.id, t.version
        ],
    )
}
