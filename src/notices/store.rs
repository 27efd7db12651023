//! Every statement that touches the table `notices`. Nobody else writes one.

use super::{Notice, State};
use crate::kernel::{
    AccountId, Moment, NoticeId, Result,
    db::{Query, Tx},
    list::Order,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, account, kind, thing, name, verb, note, actor_name, at, state from notices ", $rest)
    };
}

/// By what the list can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Where it stands with its reader.
    #[param(inline)]
    pub state: Option<State>,
}

/// Orders in which notices can be listed.
pub const ORDERS: &[Order] = &[order!("at", "at")];

/// The statement of the list, so that a test can ask the engine for its plan.
pub fn query(account: AccountId, filter: &Filter) -> Query {
    Query::new(select!("where account = ")).add("?", &[account.into()]).maybe(" and state = ?", filter.state)
}

/// The notice `id` of `account`; others have none by that id.
pub fn get(tx: &mut Tx, account: AccountId, id: NoticeId) -> Result<Notice> {
    tx.get(select!("where id = $1 and account = $2"), args![id, account])
}

/// Puts a notice in the place of the one that its reader had about the same thing; an older event never takes the place
/// of a newer one.
pub fn put(tx: &mut Tx, n: &Notice) -> Result<()> {
    tx.run(
        "insert into notices (id, account, kind, thing, name, verb, note, actor_name, at, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (account, kind, thing) do update set name = excluded.name, verb = excluded.verb, note = excluded.note,
         actor_name = excluded.actor_name, at = excluded.at, state = excluded.state where notices.at <= excluded.at",
        args![n.id, n.account, n.kind, &n.thing, &n.name, &n.verb, &n.note, &n.actor_name, n.at, n.state],
    )
    .map(|_| ())
}

/// The notices about a thing that somebody has not read.
pub fn open_about(tx: &mut Tx, thing: &str) -> Result<Vec<Notice>> {
    tx.all(select!("where thing = $1 and state <> 'read' order by id"), args![thing])
}

pub fn set(tx: &mut Tx, id: NoticeId, state: State) -> Result<()> {
    tx.run_one("update notices set state = $1 where id = $2", args![state, id])
}

/// Marks as read whatever `account` was told until then.
pub fn set_until(tx: &mut Tx, account: AccountId, until: Moment) -> Result<()> {
    tx.run(
        "update notices set state = 'read' where account = $1 and state <> 'read' and at <= $2",
        args![account, until],
    )
    .map(|_| ())
}

/// The newest notices of `account` that stand so.
pub fn of(tx: &mut Tx, account: AccountId, state: State, most: i64) -> Result<Vec<Notice>> {
    tx.all(select!("where account = $1 and state = $2 order by at desc, id desc limit $3"), args![account, state, most])
}

/// How many notices of `account` stand so; `most` when there are more.
pub fn count(tx: &mut Tx, account: AccountId, state: State, most: i64) -> Result<i64> {
    tx.get(
        "select count(*) from (select id from notices where account = $1 and state = $2 limit $3) as counted",
        args![account, state, most],
    )
}
