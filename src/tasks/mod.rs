//! Tasks (工作任务): what somebody has to do for a campaign by a day; task forces and the meetings that decide.
//!
//! Read `life.rs` first: [`State::step`] is the whole life of a task. Visits to enterprises are handed out together, by
//! [`assignments`]; decisions come from [`meetings`]; anything else from [`make`]. A visit task and its planned visit are
//! one thing to do, not two: see `visits.rs`. Clauses: S-1a, S-2b, T1-2.

pub mod assignments;
pub mod force;
mod forms;
mod life;
pub mod meetings;
mod model;
mod new;
mod pages;
mod rules;
mod store;
mod table;
mod visits;
mod web;

pub use life::{HEADS, OWNERS, State, Verb};
pub use model::{Act, Kind, New, Reason, Task, Way, line};
pub use store::{
    Filter, ORDERS, all, find, list, of_office_query, of_owner_query, overdue, overdue_query, query, returned,
    returned_query, tasked_query, waiting,
};
pub use table::table;
pub use visits::{follow_visit, planned_visit};
pub use web::routes;

use crate::{
    accounts, campaigns,
    enterprises::List,
    files,
    kernel::{CampaignId, Error, Lang, NOT_A_CHOICE, Refusal, Result, TaskId, db::Tx, on_taken, secret, text},
    people::{Actor, By, Office, store as offices},
    record,
};
use jiff::civil::Date;
use rules::{DUE_PAST, Facts};

/// Longest title, in characters; and description.
const TITLE: usize = 120;
const LONGEST: usize = 4000;

refusals! {
    NOT_NOW "tasks.not_now" "该任务目前为“{state_zh}”，不能办理“{verb_zh}”。" "This task is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "tasks.other_content" "同一编号已用于内容不同的任务，请核对。" "This id was used for a task with other content; please compare.";
    TASKED_ALREADY "tasks.tasked_already" "该企业在本次行动中已有未完成的检查任务。" "The enterprise has an open visit task in this campaign already.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [REFUSALS, rules::REFUSALS, assignments::REFUSALS, assignments::SHEET_REFUSALS, force::REFUSALS, meetings::REFUSALS]
        .into_iter()
        .flatten()
        .cloned()
}

/// Hands out a task that is no visit. The same id with the same content answers as the first time; other content is
/// refused.
pub fn make(tx: &mut Tx, by: &By, id: TaskId, new: &New) -> Result<Task> {
    by.actor.must_be(HEADS)?;
    let digest = secret::sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), None)?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let task = Task { digest, ..drafted(tx, by, id, new)? };
    store::add(tx, &task)?;
    record::began(tx, by, &task, "make", None)?;
    Ok(task)
}

/// The task as it would be handed out.
fn drafted(tx: &mut Tx, by: &By, id: TaskId, new: &New) -> Result<Task> {
    let campaign = open_campaign(tx, by, new.campaign)?;
    let (office, owner) = whose(tx, by, new)?;
    if new.due < by.at.date() {
        return DUE_PAST.at("due");
    }
    let what = new.what.as_deref().filter(|w| !w.trim().is_empty()).map(|w| text::said("what", w, LONGEST));
    let task = Task {
        title: text::said("title", &new.title, TITLE)?,
        what: what.transpose()?,
        owner: owner.map(|o| o.account),
        ..blank(by, id, campaign, &office, new.due)
    };
    Ok(task.at(office.place()))
}

/// A campaign that the actor works for.
fn open_campaign(tx: &mut Tx, by: &By, id: CampaignId) -> Result<CampaignId> {
    let campaign =
        campaigns::find(tx, &by.actor, id).map_err(|_| Error::invalid("campaign", NOT_A_CHOICE.with("value", id)))?;
    Ok(campaign.id)
}

/// The office that has to do it, and the person, where one is named.
fn whose(tx: &mut Tx, by: &By, new: &New) -> Result<(Office, Option<Actor>)> {
    let owner = new.owner.map(|id| accounts::colleague(tx, by.scope(), id).map_err(|_| no_owner(id))).transpose()?;
    if let Some(owner) = &owner {
        let elsewhere = new.office.is_some_and(|office| office != owner.office.id);
        if elsewhere || !rules::can_do(Kind::Other, owner) {
            return Err(no_owner(owner.account));
        }
    }
    let office = match (new.office, &owner) {
        (Some(id), _) => offices::office_within(tx, by.scope(), id)
            .map_err(|_| Error::invalid("office", NOT_A_CHOICE.with("value", id)))?,
        (None, Some(owner)) => owner.office.clone(),
        (None, None) => by.actor.office.clone(),
    };
    Ok((office, owner))
}

fn no_owner(id: crate::kernel::AccountId) -> Error {
    Error::invalid("owner", NOT_A_CHOICE.with("value", id))
}

/// A task of `office` with nothing in it.
fn blank(by: &By, id: TaskId, campaign: CampaignId, office: &Office, due: Date) -> Task {
    Task {
        id,
        campaign,
        kind: Kind::Other,
        way: None,
        assignment: None,
        target: None,
        meeting: None,
        enterprise: None,
        products: List::default(),
        visit: None,
        title: String::new(),
        what: None,
        reasons: List::default(),
        office: office.id,
        owner: None,
        due,
        state: State::Assigned,
        from_office: by.actor.office.id,
        made_at: by.at,
        made_by: by.actor.account,
        result: None,
        reason: None,
        finished_at: None,
        reopened_at: None,
        digest: String::new(),
        province: None,
        city: None,
        county: None,
        station: None,
        version: 1,
    }
}

/// Does `act` to the task `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: TaskId, act: &Act) -> Result<Task> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| Error::Refused(not_now(&before, act.verb())))?;
    by.actor.must_be(who)?;
    files::link_all(tx, by, act.evidence(), &before, act.verb().code())?;
    let named = named(tx, by, act)?;
    let facts = Facts { actor: &by.actor, at: by.at, above: above(tx, by, &before)?, named: named.as_ref() };
    let mut after = before.clone().after(act, to, &facts)?;
    visits::arrange(tx, by, &mut after, act)?;
    on_taken(store::save(tx, &after), "tasks_campaign_enterprise", "verb", TASKED_ALREADY)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), act.said().map(|(_, said)| said)))?;
    Ok(Task { version: after.version + 1, ..after })
}

/// Whether the actor stands at or above the office that handed the task out.
fn above(tx: &mut Tx, by: &By, task: &Task) -> Result<bool> {
    let from = offices::office(tx, task.from_office)?;
    Ok(by.scope().holds(&from.place(), None))
}

/// Who is named by an act.
fn named(tx: &mut Tx, by: &By, act: &Act) -> Result<Option<Actor>> {
    match act {
        Act::Reassign { owner, .. } | Act::VisitMoved { owner } => {
            accounts::colleague(tx, by.scope(), *owner).map(Some).map_err(|_| no_owner(*owner))
        }
        _ => Ok(None),
    }
}

/// The task `id`, for who may see it.
pub fn get(tx: &mut Tx, by: &By, id: TaskId) -> Result<Task> {
    store::get(tx, by.scope(), id)
}

/// What a task is found by. A visit is found by its enterprise.
pub fn entry(tx: &mut Tx, id: &str) -> Result<Option<record::Entry>> {
    let task = store::find(tx, TaskId::parse(id)?)?;
    Ok(task.map(|t| record::Entry {
        shelves: record::shelves(&t.place()),
        texts: if t.kind == Kind::Visit { Vec::new() } else { std::iter::once(t.title).chain(t.what).collect() },
        numbers: Vec::new(),
    }))
}

fn not_now(task: &Task, verb: Verb) -> Refusal {
    use Lang::{En, Zh};
    NOT_NOW
        .with("state_zh", task.state.label(Zh))
        .with("state_en", task.state.label(En))
        .with("verb_zh", verb.label(Zh))
        .with("verb_en", verb.label(En))
}
