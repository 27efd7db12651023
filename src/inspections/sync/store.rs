//! Every statement that touches `sync_items` and `sync_waits`. Nobody else writes one.

use super::{Kept, Kind, held::Held};
use crate::{
    kernel::{
        AccountId, DeviceId, ItemId, Moment, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::{Place, Scope},
};

/// Orders in which what waits can be listed.
pub const ORDERS: &[Order] = &[order!("received", "received_at")];

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, account, device, kind, about, content, sha256, files, statement, signature, client, received_at, state,
             due_at, settled_at, version, code, field, detail_zh, detail_en from sync_items ",
            $rest
        )
    };
}

pub fn find(tx: &mut Tx, id: ItemId) -> Result<Option<Kept>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The items about a thing, in the order in which they came.
pub fn about(tx: &mut Tx, thing: &str) -> Result<Vec<Kept>> {
    tx.all(select!("where about = $1 order by received_at, id"), args![thing])
}

/// The items of an account that have waited longest for something.
pub fn held(tx: &mut Tx, account: AccountId, most: i64) -> Result<Vec<ItemId>> {
    tx.all(
        "select id from sync_items where account = $1 and state = 'held' order by received_at, id limit $2",
        args![account, most],
    )
}

/// How many items of an account wait for something; a hundred when there are more.
pub fn count_held(tx: &mut Tx, account: AccountId) -> Result<i64> {
    tx.get(
        "select count(*) from (select id from sync_items where account = $1 and state = 'held' limit 100) as counted",
        args![account],
    )
}

/// The items that wait for nothing any more.
pub fn ready(tx: &mut Tx, at: Moment, most: i64) -> Result<Vec<ItemId>> {
    tx.all(
        "select id from sync_items where state = 'ready' and due_at <= $1 order by due_at, id limit $2",
        args![at, most],
    )
}

/// Puts an item down; `place` is where whoever sent it works.
pub fn add(tx: &mut Tx, k: &Kept, place: &Place) -> Result<()> {
    tx.run_one(
        "insert into sync_items (id, account, device, kind, about, content, sha256, files, statement, signature, client,
         received_at, state, due_at, settled_at, version, code, field, detail_zh, detail_en, enterprise, province, city, county,
         station)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
         $25)",
        args![
            k.id, k.account, k.device, k.kind, &k.about, &k.content, &k.sha256, &k.files, &k.statement, &k.signature,
            &k.client, k.received_at, k.state, k.due_at, k.settled_at, k.version, &k.code, &k.field, &k.detail_zh,
            &k.detail_en, k.enterprise(), place.province, place.city, place.county, place.station
        ],
    )
}

/// What waits within `scope`, or of `account`.
pub fn list_held(tx: &mut Tx, scope: Option<Scope>, account: Option<AccountId>, ask: &Ask) -> Result<Listed<Held>> {
    ask.list(tx, held_query(scope, account), ORDERS)
}

/// The statement of `list_held`, so that a test can ask the engine for its plan.
pub fn held_query(scope: Option<Scope>, account: Option<AccountId>) -> Query {
    let query = Query::new(
        "select id, account, device, kind, about, enterprise, received_at from sync_items where state = 'held'",
    );
    let query = scope.map_or(query.clone(), |scope| scope.within(query));
    query.maybe(" and account = ?", account)
}

/// Saves what becomes of an item; one that is settled stays as it is, and whoever comes too late is told.
pub fn save(tx: &mut Tx, k: &Kept) -> Result<()> {
    tx.run_one(
        "update sync_items set state = $1, due_at = $2, settled_at = $3, version = $4, code = $5, field = $6, detail_zh = $7,
         detail_en = $8 where id = $9 and state in ('held', 'ready')",
        args![
            k.state, k.due_at, k.settled_at, k.version, &k.code, &k.field, &k.detail_zh, &k.detail_en, k.id
        ],
    )
}

pub fn add_wait(tx: &mut Tx, item: ItemId, what: &str) -> Result<u64> {
    tx.run("insert into sync_waits (what, item) values ($1, $2) on conflict (what, item) do nothing", args![what, item])
}

/// What an item waits for.
pub fn waits(tx: &mut Tx, item: ItemId) -> Result<Vec<String>> {
    tx.all("select what from sync_waits where item = $1 order by what", args![item])
}

/// The items that wait for `what`.
pub fn waiting_for(tx: &mut Tx, what: &str) -> Result<Vec<ItemId>> {
    tx.all("select item from sync_waits where what = $1 order by item", args![what])
}

/// It has come.
pub fn end_wait(tx: &mut Tx, item: ItemId, what: &str) -> Result<u64> {
    tx.run("delete from sync_waits where what = $1 and item = $2", args![what, item])
}

/// Items of an account that were refused and were about the same: what is stored now stands for them.
pub fn replaced(tx: &mut Tx, account: AccountId, kind: Kind, about: &str) -> Result<Vec<ItemId>> {
    tx.all(
        "select id from sync_items where about = $1 and account = $2 and kind = $3 and state = 'refused' order by id",
        args![about, account, kind],
    )
}

/// The version of a thing that this device has brought about last.
pub fn brought_about(tx: &mut Tx, about: &str, device: DeviceId) -> Result<Option<i64>> {
    tx.one(
        "select version from sync_items where about = $1 and device = $2 and state = 'stored' order by settled_at desc, id desc
         limit 1",
        args![about, device],
    )
}
