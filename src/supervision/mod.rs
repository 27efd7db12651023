//! Supervision of lower offices (督促): the ladder of reminder, talk and circular over offices that are behind.
//!
//! Read `life.rs` first. Once a day the ladder of each campaign is looked at by the rules of its pack (`look.rs`), and what
//! they find is proposed to the office above with the facts it rests on. A person decides; the letter is made; the
//! addressee answers by a day; the answer is accepted, or the next rung is proposed. A higher rung is never proposed before
//! the lower one was not answered or did not help. Talks with enterprises are another thing and do not stand here, nor does
//! the supervised handling of single hazards (挂牌督办), which belongs to `hazards`. Clauses: T3-3e, S-2b.

mod forms;
mod life;
mod look;
mod matters;
mod measure;
mod model;
mod new;
mod papers;
mod store;
mod web;

pub use life::{ANSWERERS, DECIDERS, Rung, State, Verb};
pub use look::look_at_ladders;
pub use model::{Act, New, Reminder};
pub use new::propose;
pub use store::{Desk, Filter, ORDERS, count_at, find, first_at, query};
pub use web::routes;

use crate::{
    campaigns,
    kernel::{Error, Lang, Refusal, ReminderId, Result, db::Tx, ensure, text},
    people::{By, Role, store as offices},
    record,
    reference::Calendar,
};
use jiff::civil::Date;
use model::Tick;

refusals! {
    NOT_NOW "reminders.not_now" "该督促措施目前为“{state_zh}”，不能办理“{verb_zh}”。" "This step is “{state_en}” now; “{verb_en}” is not possible.";
    NOT_YOURS "reminders.not_yours" "该事项由{office}办理。" "This is for {office} to do.";
    DUE_PAST "reminders.due_past" "回复期限应晚于今天。" "The answer must be due later than today.";
    TALK_MISSING "reminders.talk_missing" "约谈须写明时间和地点。" "A talk needs its time and its place.";
    TALK_PAST "reminders.talk_past" "约谈时间应晚于现在，并且不晚于回复期限。" "The talk must be later than now and not after the day by which it is to be answered.";
    NOT_A_TALK "reminders.not_a_talk" "只有约谈可以登记约谈情况。" "Only a talk can be recorded as held.";
    TALK_IS_HELD "reminders.talk_is_held" "约谈由约谈机关登记约谈情况，不以书面回复代替。" "A talk is recorded by the office that holds it; a letter does not replace it.";
    NOT_BELOW "reminders.not_below" "只能督促直接下级机构。" "Only an office just below is reminded.";
    UNDER_WAY "reminders.under_way" "该情形的督促措施正在办理，请在原措施上办理。" "A step on this ground is under way; go on with that one.";
    NOTHING_BEHIND "reminders.nothing_behind" "该机构目前没有这一情形。" "There is nothing of the kind at that office.";
    OTHER_CONTENT "reminders.other_content" "同一编号已用于其他督促措施，请核对。" "This id was used for another step; please compare.";
    NOT_OPEN "reminders.not_open" "该专项行动未在开展，不能督促。" "The campaign is not under way; nobody is reminded in it.";
    TALK_BEFORE "reminders.talk_before" "约谈时间未到，不能登记约谈情况。" "The talk has not taken place yet.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    REFUSALS.iter().cloned()
}

/// Who sees the ladder: within their scope, and only once it is theirs.
pub const READERS: &[Role] = &[Role::Coordinator, Role::Supervisor, Role::Auditor];
/// Longest demand, answer or reason, in characters.
const LONGEST: usize = 2000;
/// Longest name of a place, and list of people, in characters.
const SHORT: usize = 200;
/// What lapses at a time.
const BATCH: i64 = 100;

/// The step `id`, for who may see it.
pub fn get(tx: &mut Tx, by: &By, id: ReminderId) -> Result<Reminder> {
    by.actor.must_be(READERS).map_err(|_| Error::NotFound)?;
    let reminder = store::find(tx, id)?.ok_or(Error::NotFound)?;
    if reminder.is_within(by.scope()) { Ok(reminder) } else { Err(Error::NotFound) }
}

/// Does `act` to the step `id`: permitted, applied, saved and recorded together, or not at all. Clause: T3-3e.
pub fn act(tx: &mut Tx, by: &By, id: ReminderId, act: &Act) -> Result<Reminder> {
    let before = get(tx, by, id)?;
    let verb = act.verb();
    let (to, who) = before.state.step(verb).ok_or_else(|| Error::Refused(not_now(&before, verb)))?;
    by.actor.must_be(who)?;
    if !before.concerns(&by.actor, verb) {
        let office = if verb == Verb::Answer { before.office } else { before.above };
        return NOT_YOURS.with("office", offices::office(tx, office)?.name).refuse();
    }
    let after = Reminder { state: to, ..after(tx, by, before.clone(), act)? };
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (verb.code(), act.why()))?;
    papers::issue(tx, by, &after, act)?;
    Ok(Reminder { version: after.version + 1, ..after })
}

/// What the system does by itself when a day has come or a ground has gone.
fn tick(tx: &mut Tx, by: &By, before: &Reminder, tick: Tick) -> Result<Reminder> {
    let verb = tick.verb();
    let (to, who) = before.state.step(verb).ok_or_else(|| Error::Refused(not_now(before, verb)))?;
    by.actor.must_be(who)?;
    let after = Reminder { state: to, ..before.clone() };
    store::save(tx, &after)?;
    record::changed(tx, by, before, &after, (verb.code(), None))?;
    Ok(Reminder { version: after.version + 1, ..after })
}

/// Marks what was not answered in time, a batch at a time; says how many. The clock calls this.
pub fn lapse_due(tx: &mut Tx, by: &By) -> Result<u64> {
    let due = store::unanswered(tx, by.at.date(), BATCH)?;
    for reminder in &due {
        tick(tx, by, reminder, Tick::Lapse)?;
    }
    Ok(due.len() as u64)
}

fn after(tx: &mut Tx, by: &By, r: Reminder, act: &Act) -> Result<Reminder> {
    let me = Some(by.actor.account);
    let said = |field: &str, typed: &str| text::said(field, typed, LONGEST);
    let answered =
        |r: Reminder, answer: String| Reminder { answer: Some(answer), answered_at: Some(by.at), answered_by: me, ..r };
    let decided = |r: Reminder, why: Option<String>| Reminder { why, decided_at: Some(by.at), decided_by: me, ..r };
    Ok(match act {
        Act::Issue { .. } => issued(tx, by, r, act)?,
        Act::Dismiss { why } | Act::Reject { why } | Act::Lift { why } => decided(r, Some(said("why", why)?)),
        Act::Accept { why } => {
            let why = why.as_deref().filter(|w| !w.trim().is_empty()).map(|w| said("why", w)).transpose()?;
            decided(r, why)
        }
        Act::Answer { answer } => {
            ensure(r.rung != Rung::Talk || r.state == State::Rejected, TALK_IS_HELD)?;
            answered(r, said("answer", answer)?)
        }
        Act::Hold { participants, answer } => {
            ensure(r.rung == Rung::Talk, NOT_A_TALK)?;
            ensure(r.talk_at.is_some_and(|at| at <= by.at), TALK_BEFORE)?;
            let participants = Some(text::said("participants", participants, SHORT)?);
            answered(Reminder { participants, ..r }, said("answer", answer)?)
        }
    })
}

/// From now on it is the addressee's, and stands where that office stands.
fn issued(tx: &mut Tx, by: &By, r: Reminder, act: &Act) -> Result<Reminder> {
    let Act::Issue { demand, due, talk_at, talk_place } = act else { return Ok(r) };
    let demand = text::said("demand", demand, LONGEST)?;
    let due = match due {
        Some(due) => *due,
        None => usual_due(tx, by, &r)?,
    };
    if due <= by.at.date() {
        return DUE_PAST.at("due");
    }
    let r = match (r.rung, talk_at, talk_place) {
        (Rung::Talk, Some(at), Some(place)) => {
            if *at <= by.at || at.date() > due {
                return TALK_PAST.at("talk_at");
            }
            Reminder { talk_at: Some(*at), talk_place: Some(text::said("talk_place", place, SHORT)?), ..r }
        }
        (Rung::Talk, None, _) => return TALK_MISSING.at("talk_at"),
        (Rung::Talk, _, None) => return TALK_MISSING.at("talk_place"),
        _ => r,
    };
    let place = offices::office(tx, r.office)?.place();
    let (issued_at, issued_by) = (Some(by.at), Some(by.actor.account));
    Ok(Reminder { demand: Some(demand), due: Some(due), issued_at, issued_by, ..r }.at(place))
}

/// So many working days from today as the rule says; five when the pack has dropped the rule.
fn usual_due(tx: &mut Tx, by: &By, r: &Reminder) -> Result<Date> {
    let (_, pack) = campaigns::of(tx, r.campaign)?;
    let days = pack.ladder_rule(&r.rule).map_or(5, |rule| rule.answer_days);
    Ok(Calendar::official().add_working_days(by.at.date(), days).value)
}

fn not_now(reminder: &Reminder, verb: Verb) -> Refusal {
    NOT_NOW
        .with("state_zh", reminder.state.label(Lang::Zh))
        .with("state_en", reminder.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En))
}

#[cfg(test)]
mod tests;
