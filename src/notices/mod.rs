//! Notices (通知): what somebody must know of things that others have done.
//!
//! What is to be *done* is never a notice: it follows from where things stand, and `work` reads it off them. A notice about
//! a thing that stands in the reader's own list of work is no entry of its own but the news of that entry ([`State::InWork`]),
//! so that nothing asks for attention twice. Which events are told to whom is one table in `follow`.
//!
//! A notice is kept for each reader, one for each thing, from the moment of telling. A row for a role of an office, read
//! by each, would be smaller, but then "what have I not read" would be a difference of two tables on every page, a
//! colleague who comes tomorrow would find last year's news unread, and a move between offices would take the news away.
//! What concerns one office goes to a handful of people; what would concern all three thousand is a return or a target,
//! which is derived. Clause: S-2b.

pub mod mail;
mod model;
mod store;
mod web;

pub use model::{Act, Notice, State};
pub use store::{Filter, ORDERS, query};

use crate::{
    accounts,
    kernel::{
        AccountId, Moment, NoticeId, Result,
        db::Tx,
        list::{Ask, Listed},
    },
    people::{Actor, By},
    record::Event,
};

/// How many notices are looked at when many are counted.
const MOST: i64 = 100;

/// Tells `readers` of `event`. `waits` says whether the thing stands in a reader's own list of work now: to them the notice
/// is the news of that entry. A newer notice about the same thing takes the place of the older one.
pub fn tell(tx: &mut Tx, event: &Event, readers: &[Actor], waits: impl Fn(&Actor) -> bool) -> Result<()> {
    for reader in readers {
        let state = if waits(reader) { State::InWork } else { State::Unread };
        store::put(tx, &Notice::of(event, reader.account, state))?;
    }
    Ok(())
}

/// The thing of `event` has gone on: whoever did it has read of it; what has come into a reader's list of work is the news
/// of that entry; what has left it needs no reading any more.
pub fn settle(tx: &mut Tx, event: &Event, waits: impl Fn(&Actor) -> bool) -> Result<()> {
    for notice in store::open_about(tx, &event.thing)? {
        let reader = accounts::on_behalf(tx, notice.account, event.at)?.filter(|_| notice.account != event.actor);
        let works = reader.is_some_and(|by| waits(&by.actor));
        match (notice.account == event.actor, notice.state, works) {
            (true, _, _) | (false, State::InWork, false) => store::set(tx, notice.id, State::Read)?,
            (false, State::Unread, true) => store::set(tx, notice.id, State::InWork)?,
            _ => {}
        }
    }
    Ok(())
}

/// Does `act` to one's own notice `id`.
pub fn act(tx: &mut Tx, by: &By, id: NoticeId, act: &Act) -> Result<Notice> {
    let notice = store::get(tx, by.actor.account, id)?;
    match act {
        Act::Read => store::set(tx, id, State::Read)?,
        Act::ReadAll => store::set_until(tx, by.actor.account, notice.at)?,
    }
    Ok(Notice { state: State::Read, ..notice })
}

/// Marks everything up to `until` as read, for an account.
pub fn read_until(tx: &mut Tx, account: AccountId, until: Moment) -> Result<()> {
    store::set_until(tx, account, until)
}

/// What `account` has not read, newest first, and what is news of its work.
pub fn open(tx: &mut Tx, account: AccountId) -> Result<(Vec<Notice>, Vec<Notice>)> {
    let unread = store::of(tx, account, State::Unread, MOST)?;
    Ok((unread, store::of(tx, account, State::InWork, MOST)?))
}

/// How many notices `account` has not read; a hundred when there are more.
pub fn unread(tx: &mut Tx, account: AccountId) -> Result<i64> {
    store::count(tx, account, State::Unread, MOST)
}

/// All notices of `account`, newest first.
pub fn list(tx: &mut Tx, account: AccountId, filter: &Filter, ask: &Ask) -> Result<Listed<Notice>> {
    ask.list(tx, query(account, filter), ORDERS)
}

/// The notice `id` of `account`.
pub fn get(tx: &mut Tx, account: AccountId, id: NoticeId) -> Result<Notice> {
    store::get(tx, account, id)
}

/// The operations and pages of this capability.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<crate::kernel::App> {
    web::routes().merge(mail::routes())
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = crate::kernel::Refusal> {
    mail::refusals()
}
