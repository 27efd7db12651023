//! My work (我的工作): the first page of everybody, and the one search box.
//!
//! It owns nothing: it asks the capabilities what waits for whoever is signed in, most urgent first. Clause: S-2b.

mod events;
mod web;

pub use events::READERS;
pub use web::routes;

use crate::{
    enterprises::watches::{self, Watch},
    hazards::{self, Hazard, State},
    inspections::{self, Inspection},
    kernel::{Lang, Result, db::Tx, list::Ask},
    people::{By, Role},
    reports::returns,
    tasks::{self, Task},
};
use jiff::civil::Date;

/// Things of one list on the page.
const SHOWN: i64 = 20;

/// A heading with what waits under it.
#[derive(Debug, Clone)]
pub struct Group {
    pub title: String,
    pub jobs: Vec<Job>,
    /// Where the whole list stands.
    pub all: String,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub struct Job {
    /// Colour of its edge: red is late, orange due soon, blue under way.
    pub kind: &'static str,
    pub href: String,
    pub title: String,
    pub chip: String,
    pub meta: String,
}

/// What waits for `by`, by role, most urgent first. Groups with nothing in them are left out.
pub fn waiting(tx: &mut Tx, by: &By, lang: Lang) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    let actor = &by.actor;
    if actor.is(Role::Inspector) {
        groups.push(visits(tx, by, lang)?);
        groups.push(ledger(tx, by, lang, State::Submitted, lang.say("待复查", "To be re-checked"))?);
        groups.push(ledger(tx, by, lang, State::LookingBack, lang.say("待回头看", "To be looked back at"))?);
        groups.push(ledger(tx, by, lang, State::RepeatChecking, lang.say("待反复查", "To be checked again"))?);
        groups.push(ledger(tx, by, lang, State::Registered, lang.say("待责令改正", "To be ordered"))?);
        groups.push(ledger(tx, by, lang, State::Reopened, lang.say("重新立账待处置", "Reopened"))?);
    }
    if actor.is(Role::Supervisor) {
        groups.push(ledger(tx, by, lang, State::Verified, lang.say("待审批销号", "Awaiting close-out"))?);
        groups.push(overdue(tx, by, lang)?);
    } else if actor.is(Role::Coordinator) {
        groups.push(overdue(tx, by, lang)?);
    }
    if actor.is(Role::Enterprise) {
        groups.push(ledger(tx, by, lang, State::Ordered, lang.say("待整改", "To be rectified"))?);
        groups.push(ledger(tx, by, lang, State::Rectifying, lang.say("整改中", "Being rectified"))?);
        groups.push(ledger(
            tx,
            by,
            lang,
            State::Submitted,
            lang.say("已提交，等待复查", "Submitted, awaiting re-check"),
        )?);
    }
    if [Role::Inspector, Role::Supervisor, Role::Coordinator].into_iter().any(|role| actor.is(role)) {
        groups.push(leads(tx, by, lang)?);
    }
    if actor.must_be(tasks::OWNERS).is_ok() {
        groups.push(own_tasks(tx, by, lang)?);
    }
    if actor.must_be(tasks::HEADS).is_ok() {
        groups.push(returned_tasks(tx, by, lang)?);
        groups.push(overdue_tasks(tx, by, lang)?);
    }
    groups.extend(reports(tx, by, lang)?);
    groups.retain(|group| !group.jobs.is_empty());
    Ok(groups)
}

fn ask(sort: &str) -> Ask {
    Ask { sort: Some(sort.to_owned()), limit: Some(SHOWN), ..Ask::default() }
}

fn visits(tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
    let filter = inspections::Filter { state: Some(inspections::State::Planned), ..Default::default() };
    let listed = inspections::list(tx, by.scope(), &filter, &ask("date"))?;
    Ok(Group {
        title: lang.say("待检查企业", "Visits to make").to_owned(),
        jobs: listed.items.iter().map(|visit| visit_job(visit, by, lang)).collect(),
        all: "/inspections?state=planned".to_owned(),
    })
}

fn ledger(tx: &mut Tx, by: &By, lang: Lang, state: State, title: &str) -> Result<Group> {
    let filter = hazards::Filter { state: Some(state), ..Default::default() };
    let listed = hazards::list(tx, by.scope(), &filter, &ask("found"))?;
    let mut items = listed.items;
    items.sort_by_key(|h| (!h.overdue, wanted_by(h).unwrap_or(Date::MAX), h.found_at));
    Ok(Group {
        title: title.to_owned(),
        jobs: items.iter().map(|h| hazard_job(h, by, lang)).collect(),
        all: format!("/hazards?state={state}"),
    })
}

fn overdue(tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
    let filter = hazards::Filter { overdue: Some("1".into()), ..Default::default() };
    let listed = hazards::list(tx, by.scope(), &filter, &ask("due"))?;
    Ok(Group {
        title: lang.say("逾期未整改", "Overdue").to_owned(),
        jobs: listed.items.iter().map(|h| hazard_job(h, by, lang)).collect(),
        all: "/hazards?overdue=1&sort=due".to_owned(),
    })
}

/// Returns that the own office has to submit, and those of offices below that it has to accept.
fn reports(tx: &mut Tx, by: &By, lang: Lang) -> Result<[Group; 2]> {
    let (own, below): (Vec<_>, Vec<_>) = returns::waiting(tx, by, lang)?.into_iter().partition(|w| w.own);
    let job = |w: returns::Waiting| Job {
        kind: urgency(Some(w.due), by),
        href: w.href,
        title: w.title,
        chip: w.state.map_or_else(|| lang.say("未建立", "Not begun"), |s| s.label(lang)).to_owned(),
        meta: format!("{} {}", lang.say("期限", "due"), lang.date(w.due)),
    };
    let group = |title: &str, waiting: Vec<returns::Waiting>| Group {
        title: title.to_owned(),
        jobs: waiting.into_iter().map(job).collect(),
        all: "/returns".to_owned(),
    };
    Ok([
        group(lang.say("待报送统计报表", "Returns to submit"), own),
        group(lang.say("待审核统计报表", "Returns to accept"), below),
    ])
}

/// Enterprises that had stopped, for which a hazard was closed, and that were seen at work again.
fn leads(tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
    let job = |w: Watch| Job {
        kind: "orange",
        href: format!("/enterprises/{}", w.enterprise),
        title: w.name,
        chip: w.sign.map_or_else(String::new, |sign| sign.label(lang).to_owned()),
        meta: format!(
            "{} · {} {}",
            lang.say(&w.ground_zh, &w.ground_en),
            lang.say("销号于", "closed on"),
            lang.date(w.since.date())
        ),
    };
    Ok(Group {
        title: lang.say("疑似恢复生产经营，待核查", "Seem to have resumed: to be looked at").to_owned(),
        jobs: watches::leads(tx, by.scope(), SHOWN)?.into_iter().map(job).collect(),
        all: "/enterprises".to_owned(),
    })
}

/// What is to be done beside visits: a visit task waits as its planned visit.
fn own_tasks(tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
    let waiting = tasks::waiting(tx, &by.actor, SHOWN)?;
    Ok(Group {
        title: lang.say("待办任务", "Tasks to do").to_owned(),
        jobs: waiting.iter().map(|task| task_job(task, by, lang)).collect(),
        all: format!("/tasks?state=assigned&sort=due&owner={}", by.actor.account),
    })
}

fn returned_tasks(tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
    let returned = tasks::returned(tx, by.scope(), SHOWN)?;
    Ok(Group {
        title: lang.say("退回待改派", "Returned, to be reassigned").to_owned(),
        jobs: returned.iter().map(|task| task_job(task, by, lang)).collect(),
        all: "/tasks?state=returned&sort=due".to_owned(),
    })
}

/// What others are late with. What waits for the reader stands above already, as a task or as a visit.
fn overdue_tasks(tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
    let mut late = tasks::overdue(tx, by.scope(), by.at.date(), SHOWN)?;
    late.retain(|task| match task.kind {
        tasks::Kind::Visit => !by.actor.is(Role::Inspector),
        _ => !task.is_of(&by.actor),
    });
    Ok(Group {
        title: lang.say("逾期任务", "Overdue tasks").to_owned(),
        jobs: late.iter().map(|task| task_job(task, by, lang)).collect(),
        all: "/tasks?overdue=1&sort=due".to_owned(),
    })
}

fn task_job(task: &Task, by: &By, lang: Lang) -> Job {
    let due = format!("{} {}", lang.say("期限", "Due"), lang.date(task.due));
    let why = task.reason.as_deref().map(|reason| format!(" · {reason}")).unwrap_or_default();
    Job {
        kind: urgency(Some(task.due), by),
        href: task.href(),
        title: task.title.clone(),
        chip: task.kind.label(lang).to_owned(),
        meta: format!("{due}{why}"),
    }
}

fn visit_job(visit: &Inspection, by: &By, lang: Lang) -> Job {
    let day = visit.planned_for;
    let mine = visit.lead == by.actor.account;
    Job {
        kind: urgency(day, by),
        href: format!("/inspections/{}", visit.id),
        title: visit.party.clone(),
        chip: if mine { lang.say("由我牵头", "I lead").to_owned() } else { String::new() },
        meta: day.map_or_else(String::new, |d| format!("{} {}", lang.say("计划", "Planned"), lang.date(d))),
    }
}

fn hazard_job(hazard: &Hazard, by: &By, lang: Lang) -> Job {
    let wanted = wanted_by(hazard);
    let due = wanted.map(|d| format!(" · {} {}", lang.say("期限", "due"), lang.date(d))).unwrap_or_default();
    Job {
        kind: if hazard.overdue { "red" } else { urgency(wanted, by) },
        href: format!("/hazards/{}", hazard.id),
        title: hazard.what.clone(),
        chip: hazard.severity.label(lang).to_owned(),
        meta: format!("{} · {}{due}", hazard.party, hazard.number),
    }
}

/// The day that counts where it stands: for rectifying, or for looking back; what waits for us has none.
const fn wanted_by(hazard: &Hazard) -> Option<Date> {
    match hazard.state {
        State::Ordered | State::Rectifying => hazard.due,
        State::LookingBack | State::RepeatChecking => hazard.look_back_due,
        _ => None,
    }
}

fn urgency(day: Option<Date>, by: &By) -> &'static str {
    let today = by.at.date();
    match day {
        Some(day) if day < today => "red",
        Some(day) if day.since(today).is_ok_and(|left| left.get_days() <= 3) => "orange",
        _ => "blue",
    }
}
