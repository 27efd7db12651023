//! A visit task and its planned visit are one: what becomes of the one, the other follows.
//!
//! Acts on a task arrange its visit in the same transaction ([`arrange`]). What happens to visits comes back through a
//! follower ([`follow_visit`]): any visit to the enterprise finishes the task, so that nobody goes twice; a cancelled one
//! returns it.

use super::{Act, Kind, State, Task, act, store};
use crate::{
    enterprises,
    inspections::{self, Inspection, Plan, Source},
    kernel::{CampaignId, EnterpriseId, InspectionId, Result, db::Tx, db::Value},
    people::By,
    record::store as events,
};
use jiff::civil::Date;

/// The visit that is planned for an open task at an enterprise.
pub fn planned_visit(tx: &mut Tx, campaign: CampaignId, enterprise: EnterpriseId) -> Result<Option<InspectionId>> {
    let open = store::open_for(tx, campaign, &[enterprise.into()])?;
    Ok(open.into_iter().find_map(|task| task.visit))
}

/// Plans the visit `id` for a task.
pub(super) fn plan(tx: &mut Tx, by: &By, task: &Task, id: InspectionId, day: Date) -> Result<()> {
    let Some(enterprise) = task.enterprise else { return Ok(()) };
    let wanted =
        Plan { campaign: task.campaign, enterprise, planned_for: day, lead: task.owner, source: Some(Source::Planned) };
    inspections::plan(tx, by, id, &wanted)?;
    Ok(())
}

/// Arranges the visit of a task as an act wants it: it goes along to another inspector, is put off, cancelled or planned
/// anew.
pub(super) fn arrange(tx: &mut Tx, by: &By, task: &mut Task, act: &Act) -> Result<()> {
    if task.kind != Kind::Visit {
        return Ok(());
    }
    let planned = planned(tx, by, task)?;
    match (act, planned) {
        (Act::Reassign { .. }, Some(visit)) if Some(visit.lead) != task.owner => {
            let planned_for = visit.planned_for.unwrap_or(task.due);
            inspections::act(tx, by, visit.id, &inspections::Act::Move { planned_for, lead: task.owner })?;
        }
        (Act::Reassign { .. } | Act::Reopen { .. }, None) => {
            let id = InspectionId::new(by.at);
            plan(tx, by, task, id, task.due.max(by.at.date()))?;
            task.visit = Some(id);
        }
        (Act::Extend { due, .. }, Some(visit)) => {
            let fits = visit.planned_for.is_some_and(|day| (by.at.date()..=*due).contains(&day));
            if !fits {
                inspections::act(tx, by, visit.id, &inspections::Act::Move { planned_for: *due, lead: None })?;
            }
        }
        (Act::Withdraw { why }, Some(visit)) => cancel(tx, by, &visit, why)?,
        _ => {}
    }
    Ok(())
}

/// The visit of a task that still lies ahead.
fn planned(tx: &mut Tx, by: &By, task: &Task) -> Result<Option<Inspection>> {
    let Some(id) = task.visit else { return Ok(None) };
    let visit = inspections::get(tx, by.scope(), id)?;
    Ok(Some(visit).filter(|v| v.state == inspections::State::Planned))
}

fn cancel(tx: &mut Tx, by: &By, visit: &Inspection, why: &str) -> Result<()> {
    inspections::act(tx, by, visit.id, &inspections::Act::Cancel { why: why.to_owned() })?;
    Ok(())
}

/// What an event on a visit means for tasks. A follower calls this.
pub fn follow_visit(tx: &mut Tx, by: &By, thing: &str) -> Result<()> {
    let visit = inspections::get(tx, by.scope(), InspectionId::parse(thing)?)?;
    match visit.state {
        inspections::State::Done => finish(tx, by, &visit),
        inspections::State::Planned => hand_over(tx, by, &visit),
        inspections::State::Cancelled => give_back(tx, by, &visit),
    }
}

/// Whoever went there, and whatever for: the enterprise was visited in this campaign, and nobody else goes.
fn finish(tx: &mut Tx, by: &By, visit: &Inspection) -> Result<()> {
    let ids: Vec<Value> = enterprises::store::ids_of(tx, visit.enterprise)?.into_iter().map(Value::from).collect();
    for task in store::open_for(tx, visit.campaign, &ids)? {
        // after a reopening, what was seen before does not count
        if task.reopened_at.is_some_and(|since| visit.ended_at.is_none_or(|ended| ended < since)) {
            continue;
        }
        let needless = planned(tx, by, &task)?.filter(|other| other.id != visit.id);
        act(tx, by, task.id, &Act::Visited { visit: visit.id })?;
        if let Some(other) = needless {
            cancel(tx, by, &other, "企业已由其他检查完成，无需重复检查 · Visited already on another occasion")?;
        }
    }
    Ok(())
}

/// Somebody else leads the visit now: the task goes along.
fn hand_over(tx: &mut Tx, by: &By, visit: &Inspection) -> Result<()> {
    match store::of_visit(tx, visit.id)? {
        Some(task) if task.state.is_open() && task.owner != Some(visit.lead) => {
            act(tx, by, task.id, &Act::VisitMoved { owner: visit.lead }).map(drop)
        }
        _ => Ok(()),
    }
}

/// The visit was cancelled: the task waits to be handed out again.
fn give_back(tx: &mut Tx, by: &By, visit: &Inspection) -> Result<()> {
    match store::of_visit(tx, visit.id)? {
        Some(task) if task.state == State::Assigned => {
            let told = events::timeline(tx, &visit.id.to_string())?.into_iter().find_map(|event| event.note);
            let why = told.unwrap_or_else(|| "检查已取消".to_owned());
            act(tx, by, task.id, &Act::VisitCancelled { why }).map(drop)
        }
        _ => Ok(()),
    }
}
