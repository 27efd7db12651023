//! The record (事件记录): what happened, by whom, when, and what it adds to the figures.
//!
//! One event per act, written in the act's own transaction: [`began`] for a new thing, [`changed`] for an old one.
//! There is no second bookkeeping: audit trail, timeline, figures, queue and transparency log all read this.

mod look;
mod model;
pub mod refused;
mod search;
pub mod store;
pub mod sums;

pub use look::{DOCUMENTS, ENTERPRISES, HAZARDS, INSPECTIONS, Look, Shelf, TASKS, look, search};
pub use model::{Count, Dimensions, Event, Field, Figure, Kind, Thing, changes, difference, key_of};
pub use search::{Entry, index, index_number, key, shelves};

use crate::{
    kernel::{Error, EventId, Result, db::Tx},
    people::By,
};

/// Who follows events, and those of which kinds; each gets one row of the outbox per event. See `src/follow`.
pub const FOLLOWERS: &[(&str, &[Kind])] = &[
    ("index", &[Kind::Enterprise, Kind::Certificate, Kind::Hazard, Kind::Task]),
    ("exchange", &[Kind::File]),
    ("signs", &[Kind::Inspection]),
    ("tasks", &[Kind::Inspection]),
    ("notices", &[Kind::Hazard, Kind::Sign, Kind::Import, Kind::Reminder, Kind::Target, Kind::Task, Kind::Return]),
];

/// Who takes every event into the transparency log. See `src/transparency`.
pub const SEALER: &str = "seal";

/// Followers for whom nobody waits: they work when there is little else to do.
pub const PATIENT: &[&str] = &["signs"];

/// What begins by the thousand when a campaign is handed down: it stands in the lists of work, and nobody is told of each.
const UNTOLD: &[(Kind, &str)] = &[(Kind::Target, "assign"), (Kind::Task, "assign")];

/// Records that a thing has come to be.
pub fn began<T: Thing>(tx: &mut Tx, by: &By, thing: &T, verb: &str, note: Option<&str>) -> Result<EventId> {
    write(tx, by, None, thing, (verb, note))
}

/// Records that `verb` turned a thing from `before` into `after`.
pub fn changed<T: Thing>(tx: &mut Tx, by: &By, before: &T, after: &T, verb: (&str, Option<&str>)) -> Result<EventId> {
    write(tx, by, Some(before), after, verb)
}

fn write<T: Thing>(tx: &mut Tx, by: &By, before: Option<&T>, after: &T, verb: (&str, Option<&str>)) -> Result<EventId> {
    let json = |thing: &T| serde_json::to_value(thing).map_err(Error::broken);
    let was = before.map(json).transpose()?;
    let event = Event {
        id: EventId::new(by.at),
        at: by.at,
        actor: by.actor.account,
        actor_name: by.actor.name.clone(),
        office: by.actor.office.id,
        kind: T::KIND,
        thing: after.id(),
        name: after.name(),
        verb: verb.0.to_owned(),
        note: verb.1.map(str::to_owned),
        change: changes(was.as_ref(), &json(after)?, T::hidden()),
        campaign: after.campaign(),
        enterprise: after.enterprise(),
        sealed: None,
    };
    store::add_event(tx, &event, &after.place(), by.client.as_deref())?;
    let facts = difference(before.map(Thing::counts).unwrap_or_default(), after.counts());
    for (line, fact) in facts.iter().enumerate() {
        store::add_fact(tx, &event, line as i64, fact)?;
    }
    store::add_work(tx, event.id, SEALER, by.at)?;
    if !facts.is_empty() {
        store::add_work(tx, event.id, sums::FOLLOWER, by.at)?;
    }
    let told = |follower: &str| follower != "notices" || !UNTOLD.contains(&(T::KIND, verb.0));
    for (follower, _) in FOLLOWERS.iter().filter(|(follower, kinds)| kinds.contains(&T::KIND) && told(follower)) {
        store::add_work(tx, event.id, follower, by.at)?;
    }
    Ok(event.id)
}

/// The number that [`next_number`] will give, without drawing it: what bears a number can be looked at before one is used.
pub fn upcoming_number(tx: &mut Tx, series: &str) -> Result<i64> {
    store::upcoming_number(tx, series)
}

/// The next number of a gap-free series, such as `正县市监责改/2023`. Numbers belong to the transaction: when it is undone,
/// so is the number.
pub fn next_number(tx: &mut Tx, series: &str) -> Result<i64> {
    store::next_number(tx, series)
}
