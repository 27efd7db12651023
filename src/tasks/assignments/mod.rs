//! Assignments (任务派发): tasks for many enterprises at once, chosen by full coverage, by a list, by risk or by lot.
//!
//! Read `choose.rs`: it is pure and says who is chosen, why, and who goes there when. [`preview`] shows what an
//! assignment would be; [`assign`] freezes it, line by line, with the ids of everything that it will make; [`go_on`] makes
//! the tasks and their planned visits, a batch at a time. Killed between two batches it goes on where it was, and asked
//! for twice under one id it makes nothing twice. Clauses: T1-2, S-2b.

mod candidates;
mod choose;
mod model;
mod pages;
mod sheet;
mod sheet_web;
pub mod store;
mod web;

pub use choose::{Candidate, Known, Owner, choose, digest, list_of, risks, share, spread};
pub use model::{Assignment, Line, New, Outcome, Preview, Sharing, State};
pub use sheet::{REFUSALS as SHEET_REFUSALS, SheetPreview, Wanted, assign_sheet, preview_sheet};
pub use store::{Filter, ORDERS, list, query};
pub(super) use web::routes;
pub use web::run;

use super::{HEADS, Kind, Task, Way, blank, open_campaign, rules, visits};
use crate::{
    accounts,
    campaigns::{self, targets},
    enterprises,
    kernel::{
        AssignmentId, CampaignId, Error, InspectionId, NOT_A_CHOICE, REQUIRED, Result, TargetId, TaskId, db::Tx, lots,
        secret, text,
    },
    people::{By, Office, store as offices},
    record,
};
use std::collections::BTreeMap;

/// Tasks of one transaction.
const BATCH: i64 = 50;
/// Enterprises that can come into question at once.
const MOST: usize = 20_000;
/// Lines of a preview.
const SHOWN: usize = 500;
/// Longest seed, in characters.
const SEED: usize = 200;

refusals! {
    OTHER_CONTENT "assignments.other_content" "同一编号已用于另一次任务派发。" "This id was used for another assignment.";
    NOBODY "assignments.nobody" "没有可以派发的企业：请调整产品、重点对象或者名单。" "There is nobody to assign: change products, target group or list.";
    ALL_OF_THEM "assignments.all_of_them" "全覆盖和名单检查不限数量，请删除数量，或者改为按风险、随机抽取。" "Full coverage and lists have no number: leave it out, or choose by risk or by draw.";
    TOO_MANY "assignments.too_many" "涉及 {many} 家，超过一次 {most} 家的上限，请按产品或者重点对象分次派发。" "That concerns {many} enterprises, more than {most} at once: assign by product or target group.";
}

/// What an assignment would be. Nothing is changed; a draw is not drawn yet.
pub fn preview(tx: &mut Tx, by: &By, new: &New) -> Result<Preview> {
    by.actor.must_be(HEADS)?;
    let draft = draft(tx, by, new, None)?;
    let drawn = new.wanted.filter(|_| new.way == Way::Draw).map(|wanted| wanted.min(draft.listed));
    Ok(Preview { chosen: drawn.unwrap_or(draft.chosen), ..draft.preview() })
}

/// Freezes who gets which task: made by [`go_on`]. The same id with the same content answers as the first time.
pub fn assign(tx: &mut Tx, by: &By, id: AssignmentId, new: &New) -> Result<Assignment> {
    by.actor.must_be(HEADS)?;
    let asked = secret::sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = known(tx, by, id, &asked)? {
        return Ok(known);
    }
    let seed = seed(new)?;
    let draft = draft(tx, by, new, seed.as_deref())?;
    if draft.chosen == 0 {
        return NOBODY.refuse();
    }
    let assignment = assignment(by, id, new, (asked, seed), &draft);
    freeze(tx, by, &assignment, draft.lines)?;
    Ok(assignment)
}

/// The assignment `id`, if it was asked for already; refused when it was another one.
fn known(tx: &mut Tx, by: &By, id: AssignmentId, asked: &str) -> Result<Option<Assignment>> {
    let Some(known) = store::find(tx, id)? else { return Ok(None) };
    by.scope().check(&known.place(), None)?;
    if known.digest == asked { Ok(Some(known)) } else { Err(Error::Conflict(OTHER_CONTENT)) }
}

/// Keeps who gets which task, with the ids of everything that will be made.
fn freeze(tx: &mut Tx, by: &By, assignment: &Assignment, lines: Vec<Line>) -> Result<()> {
    store::add(tx, assignment)?;
    for mut line in lines {
        if line.outcome == Outcome::Chosen {
            line.task = Some(TaskId::new(by.at));
            line.visit = Some(InspectionId::new(by.at));
        }
        store::add_line(tx, assignment.id, &line)?;
    }
    record::began(tx, by, assignment, "assign", None)?;
    Ok(())
}

/// The seed of a draw: as given, or by chance.
fn seed(new: &New) -> Result<Option<String>> {
    match (new.way, &new.seed) {
        (Way::Draw, Some(seed)) => text::said("seed", seed, SEED).map(Some),
        (Way::Draw, None) => lots::chance().map(Some),
        _ => Ok(None),
    }
}

/// Who would get what.
struct Draft {
    list_digest: String,
    listed: i64,
    chosen: i64,
    left_out: i64,
    lines: Vec<Line>,
}

impl Draft {
    fn of(list_digest: String, lines: Vec<Line>) -> Self {
        let count = |of: fn(Outcome) -> bool| lines.iter().filter(|l| of(l.outcome)).count() as i64;
        let left_out = count(Outcome::is_left_out);
        let chosen = count(|o| o == Outcome::Chosen);
        Self { list_digest, listed: lines.len() as i64 - left_out, chosen, left_out, lines }
    }

    /// What a reader decides on: the first lines, those for whom there is no place behind the others.
    fn preview(mut self) -> Preview {
        self.lines.sort_by_key(|l| (l.outcome == Outcome::NotReached, l.line));
        self.lines.truncate(SHOWN);
        let Self { list_digest, listed, chosen, left_out, lines } = self;
        Preview { list_digest, listed, chosen, left_out, lines }
    }
}

fn draft(tx: &mut Tx, by: &By, new: &New, seed: Option<&str>) -> Result<Draft> {
    check(new, by)?;
    let campaign = open_campaign(tx, by, new.campaign)?;
    let (_, pack) = campaigns::of(tx, campaign)?;
    new.target.map_or(Ok(()), |target| serves(tx, by, campaign, target))?;
    let unknown = new.products.0.iter().find(|code| pack.product(code).is_none());
    if let Some(code) = unknown {
        return NOT_A_CHOICE.with("value", code).at("products");
    }
    let owners = owners(tx, by, new)?;
    let candidates = candidates::all(tx, by, new)?;
    if candidates.len() > MOST {
        return TOO_MANY.with("many", candidates.len()).with("most", MOST).at("products");
    }
    let today = by.at.date();
    let mut lines = choose(&pack, new, seed, today, &candidates);
    let stations: BTreeMap<_, _> = candidates.iter().filter_map(|c| c.id.zip(c.station)).collect();
    share(&mut lines, &owners, new.sharing, |id| stations.get(&id).copied());
    spread(&mut lines, today, new.due);
    Ok(Draft::of(digest(&candidates), lines))
}

fn check(new: &New, by: &By) -> Result<()> {
    if new.due < by.at.date() {
        return rules::DUE_PAST.at("due");
    }
    if new.owners.0.is_empty() {
        return REQUIRED.at("owners");
    }
    match (new.way, new.wanted) {
        (Way::Full | Way::List, Some(_)) => ALL_OF_THEM.at("wanted"),
        (Way::Risk | Way::Draw, None) => REQUIRED.at("wanted"),
        (_, Some(wanted)) if wanted < 1 => NOT_A_CHOICE.with("value", wanted).at("wanted"),
        (Way::List, None) if new.names.0.is_empty() => REQUIRED.at("names"),
        _ => Ok(()),
    }
}

/// Refuses a target that these visits do not serve: of another campaign, of something else than visits, or out of reach.
fn serves(tx: &mut Tx, by: &By, campaign: CampaignId, id: TargetId) -> Result<()> {
    let target = targets::get(tx, by.scope(), id).ok();
    let fits = target.is_some_and(|t| t.campaign == campaign && t.measure == targets::Measure::Inspect);
    if fits { Ok(()) } else { NOT_A_CHOICE.with("value", id).at("target") }
}

/// Those who go, each an inspector within the actor's scope.
fn owners(tx: &mut Tx, by: &By, new: &New) -> Result<Vec<Owner>> {
    let mut owners = Vec::new();
    for id in &new.owners.0 {
        let wrong = || Error::invalid("owners", NOT_A_CHOICE.with("value", id));
        let actor = accounts::colleague(tx, by.scope(), *id).map_err(|_| wrong())?;
        if !rules::can_do(Kind::Visit, &actor) {
            return rules::NOT_AN_OWNER.at("owners");
        }
        let owner = Owner { account: actor.account, office: actor.office.id };
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    Ok(owners)
}

fn assignment(
    by: &By,
    id: AssignmentId,
    new: &New,
    (digest, seed): (String, Option<String>),
    draft: &Draft,
) -> Assignment {
    let office = &by.actor.office;
    Assignment {
        id,
        digest,
        campaign: new.campaign,
        target: new.target,
        products: new.products.clone(),
        tag: new.tag.clone(),
        way: new.way,
        wanted: new.wanted,
        sharing: new.sharing,
        owners: new.owners.clone(),
        due: new.due,
        seed,
        file: None,
        list_digest: draft.list_digest.clone(),
        listed: draft.listed,
        chosen: draft.chosen,
        left_out: draft.left_out,
        made: 0,
        state: State::Making,
        office: office.id,
        made_at: by.at,
        made_by: by.actor.account,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        version: 1,
    }
}

/// Makes the next tasks of the assignment `id`, each with its planned visit; says how many lines were worked off.
pub fn go_on(tx: &mut Tx, by: &By, id: AssignmentId) -> Result<u64> {
    let before = store::get(tx, by.scope(), id)?;
    if before.state != State::Making {
        return Ok(0);
    }
    let lines = store::to_make(tx, id, BATCH)?;
    let office = offices::office(tx, before.office)?;
    let mut after = before.clone();
    for line in &lines {
        let outcome = make(tx, by, &before, line, &office)?;
        store::settle(tx, id, line.line, outcome)?;
        if outcome == Outcome::Made {
            after.made += 1;
        } else {
            after.chosen -= 1;
            after.left_out += 1;
        }
    }
    let is_last = (lines.len() as i64) < BATCH;
    after.state = if is_last { State::Made } else { State::Making };
    store::save(tx, &after)?;
    if is_last {
        record::changed(tx, by, &before, &after, ("hand_out", None))?;
    }
    Ok(lines.len() as u64)
}

/// Whether there is an assignment that is not made yet.
pub fn are_unfinished(tx: &mut Tx) -> Result<bool> {
    Ok(store::unfinished(tx)?.is_some())
}

/// Goes on with the oldest assignment that a stopped process has left, in the name of whoever asked for it. The clock
/// calls this.
pub fn go_on_with_any(tx: &mut Tx, by: &By) -> Result<()> {
    let Some(left) = store::unfinished(tx)? else { return Ok(()) };
    let asked = accounts::on_behalf(tx, left.made_by, by.at)?;
    if let Some(asked) = asked.filter(|a| a.actor.must_be(HEADS).is_ok() && a.scope().holds(&left.place(), None)) {
        return go_on(tx, &asked, left.id).map(drop);
    }
    let after = Assignment { state: State::Stopped, ..left.clone() };
    store::save(tx, &after)?;
    record::changed(tx, by, &left, &after, ("stop", None))?;
    Ok(())
}

/// One task and its planned visit, unless somebody was there in between.
fn make(tx: &mut Tx, by: &By, of: &Assignment, line: &Line, office: &Office) -> Result<Outcome> {
    let (Some(id), Some(visit), Some(enterprise)) = (line.task, line.visit, line.enterprise) else {
        return Ok(Outcome::Unknown);
    };
    let Ok(enterprise) = enterprises::get(tx, by.scope(), enterprise) else { return Ok(Outcome::Unknown) };
    if let Some(barred) = barred(tx, of, &enterprise)? {
        return Ok(barred);
    }
    // whoever has left since: it waits with the office to be handed to somebody else
    let owner = line.owner.and_then(|owner| accounts::colleague(tx, by.scope(), owner).ok());
    let place = by.stands(enterprise.place(), enterprise.id);
    let due = line.due.unwrap_or(of.due);
    let task = Task {
        kind: Kind::Visit,
        way: Some(of.way),
        assignment: Some(of.id),
        target: of.target,
        enterprise: Some(enterprise.id),
        products: if line.products.0.is_empty() { of.products.clone() } else { line.products.clone() },
        visit: owner.is_some().then_some(visit),
        title: enterprise.name.clone(),
        reasons: line.reasons.clone(),
        office: owner.as_ref().map_or(office.id, |o| o.office.id),
        owner: owner.as_ref().map(|o| o.account),
        state: if owner.is_some() { super::State::Assigned } else { super::State::Returned },
        ..blank(by, id, of.campaign, office, due)
    };
    let task = task.at(place);
    // somebody else gives them a task this very moment: this batch is looked at again
    super::store::add(tx, &task).map_err(|e| if matches!(e, Error::Taken(_)) { Error::Again } else { e })?;
    record::began(tx, by, &task, "assign", None)?;
    if owner.is_some() {
        visits::plan(tx, by, &task, visit, line.planned_for.unwrap_or(due).max(by.at.date()))?;
    }
    Ok(Outcome::Made)
}

/// Why an enterprise cannot be given a task any more.
fn barred(tx: &mut Tx, of: &Assignment, enterprise: &enterprises::Enterprise) -> Result<Option<Outcome>> {
    let stopped = (enterprise.state != enterprises::State::Active).then_some(Outcome::Stopped);
    let mut one = [Candidate {
        id: Some(enterprise.id),
        party: enterprise.name.clone(),
        station: enterprise.station,
        barred: stopped,
        known: Known::default(),
    }];
    candidates::look_up(tx, of.campaign, &mut one)?;
    let [one] = one;
    Ok(one.barred)
}
