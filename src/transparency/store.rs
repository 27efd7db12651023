//! Every statement that touches `log_head`, `log_leaves`, `log_salts`, `log_tiles` and `log_checkpoints`, and those that
//! read events, facts and links for them.

use super::leaf::{COMMITTED, Columns, STATE, Salts};
use crate::{
    kernel::{
        EventId, Moment, Result,
        db::{FromRow, Query, Row, Tx, Value},
    },
    people::Scope,
    record::SEALER,
};
use std::collections::BTreeMap;

/// Things asked for in one statement.
const CHUNK: usize = 200;

row! {
    /// How far the log has come.
    #[derive(Debug, Clone)]
    pub struct Head {
        pub size: i64,
        pub origin: Option<String>,
        pub public_key: Option<String>,
        pub verified_at: Option<Moment>,
        pub verified_size: Option<i64>,
        pub faults: Option<i64>,
    }
}

pub fn head(tx: &mut Tx) -> Result<Head> {
    tx.get("select size, origin, public_key, verified_at, verified_size, faults from log_head where id = 1", &[])
}

/// How many leaves there are; nobody else appends one before this transaction has ended.
pub fn lock(tx: &mut Tx) -> Result<i64> {
    tx.get("update log_head set size = size where id = 1 returning size", &[])
}

pub fn grow_to(tx: &mut Tx, size: i64) -> Result<()> {
    tx.run_one("update log_head set size = $1 where id = 1", args![size])
}

/// Fixes the log's name and key, once.
pub fn name_it(tx: &mut Tx, origin: &str, key: &str) -> Result<()> {
    tx.run_one(
        "update log_head set origin = $1, public_key = $2 where id = 1 and (public_key is null or public_key = $2)",
        args![origin, key],
    )
}

pub fn verified(tx: &mut Tx, at: Moment, size: i64, faults: i64) -> Result<()> {
    tx.run_one(
        "update log_head set verified_at = $1, verified_size = $2, faults = $3 where id = 1",
        args![at, size, faults],
    )
}

/// The oldest `most` events that are in no leaf yet, with the moments of their work.
pub fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<(String, i64)>> {
    tx.all("select event, due_at from outbox where follower = $1 order by due_at, event limit $2", args![SEALER, most])
}

/// How many events wait.
pub fn count_waiting(tx: &mut Tx) -> Result<i64> {
    tx.get("select count(*) from outbox where follower = $1", args![SEALER])
}

/// The things of which an event waits.
pub fn waiting_things(tx: &mut Tx) -> Result<Vec<String>> {
    tx.all("select distinct e.thing from outbox o join events e on e.id = o.event where o.follower = $1", args![SEALER])
}

/// They are in the log: they wait no more.
pub fn take_off(tx: &mut Tx, events: &[(String, i64)]) -> Result<()> {
    for (event, at) in events {
        let of = args![SEALER, *at, event];
        tx.run_one("delete from outbox where follower = $1 and due_at = $2 and event = $3", of)?;
    }
    Ok(())
}

/// Columns of a row as they are, whatever they hold.
fn plain(row: &mut Row, names: &[&'static str]) -> Result<Vec<Value>> {
    names.iter().map(|name| row.take(name)).collect()
}

const EVENT: [&str; 18] = [
    "id",
    "at",
    "actor",
    "actor_name",
    "office",
    "kind",
    "thing",
    "name",
    "verb",
    "note",
    "change",
    "client",
    "campaign",
    "enterprise",
    "province",
    "city",
    "county",
    "station",
];

struct EventRow(Columns);

impl FromRow for EventRow {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self(EVENT.into_iter().zip(plain(row, &EVENT)?).collect()))
    }
}

/// Events as they stand, by id.
pub fn events(tx: &mut Tx, ids: &[String]) -> Result<BTreeMap<String, Columns>> {
    let mut events = BTreeMap::new();
    for ids in ids.chunks(CHUNK) {
        let query = Query::new(
            "select id, at, actor, actor_name, office, kind, thing, name, verb, note, change, client, campaign, enterprise,
             province, city, county, station from events where",
        );
        tx.query_each(&query.among(" id", &values(ids)), |EventRow(columns)| {
            events.insert(said(columns.get("id")), columns);
            Ok(())
        })?;
    }
    Ok(events)
}

const FACT: [&str; 17] = [
    "event",
    "line",
    "at",
    "figure",
    "amount",
    "campaign",
    "product",
    "field",
    "problem",
    "days",
    "enterprise",
    "thing",
    "area",
    "province",
    "city",
    "county",
    "station",
];

struct FactRow(Vec<Value>);

impl FromRow for FactRow {
    fn from_row(row: &mut Row) -> Result<Self> {
        plain(row, &FACT).map(Self)
    }
}

/// The columns of the facts of these events, line by line.
pub fn facts(tx: &mut Tx, ids: &[String]) -> Result<BTreeMap<String, Vec<Vec<Value>>>> {
    let mut facts: BTreeMap<String, Vec<Vec<Value>>> = BTreeMap::new();
    for ids in ids.chunks(CHUNK) {
        let query = Query::new(
            "select event, line, at, figure, amount, campaign, product, field, problem, days, enterprise, thing, area,
             province, city, county, station from facts where",
        );
        tx.query_each(&query.among(" event", &values(ids)).add(" order by event, line", &[]), |FactRow(columns)| {
            facts.entry(said(columns.first())).or_default().push(columns);
            Ok(())
        })?;
    }
    Ok(facts)
}

row! {
    /// A file that is linked to a thing.
    #[derive(Debug, Clone)]
    pub struct Link {
        pub thing: String,
        pub file: String,
        pub role: String,
        pub linked_at: i64,
    }
}

/// What is linked to these things, in order.
pub fn links(tx: &mut Tx, things: &[String]) -> Result<BTreeMap<String, Vec<Link>>> {
    let mut links: BTreeMap<String, Vec<Link>> = BTreeMap::new();
    for things in things.chunks(CHUNK) {
        let query =
            Query::new("select thing, file, role, linked_at from file_links where").among(" thing", &values(things));
        tx.query_each(&query.add(" order by thing, role, file", &[]), |link: Link| {
            links.entry(link.thing.clone()).or_default().push(link);
            Ok(())
        })?;
    }
    Ok(links)
}

/// Links that no event of their thing has made.
pub fn links_without_event(tx: &mut Tx) -> Result<Vec<Link>> {
    tx.all(
        "select thing, file, role, linked_at from file_links where not exists
         (select 1 from events where events.thing = file_links.thing and events.at = file_links.linked_at)",
        &[],
    )
}

/// Events that are in no leaf and do not wait for one.
pub fn unsealed(tx: &mut Tx) -> Result<Vec<String>> {
    tx.all(
        "select id from events where not exists (select 1 from log_leaves where event = events.id)
         and not exists (select 1 from outbox where follower = $1 and event = events.id)",
        args![SEALER],
    )
}

/// Events of facts that are not there.
pub fn facts_without_event(tx: &mut Tx) -> Result<Vec<String>> {
    tx.all("select distinct event from facts where not exists (select 1 from events where id = facts.event)", &[])
}

/// What happened to a thing that changed it: field → [before, after], the oldest first.
pub fn changes(tx: &mut Tx, thing: &str) -> Result<Vec<String>> {
    tx.all("select change from events where thing = $1 order by at, id", args![thing])
}

/// Which of these events are in the log.
pub fn sealed_among(tx: &mut Tx, ids: &[String]) -> Result<Vec<String>> {
    tx.query(&Query::new("select event from log_leaves where").among(" event", &values(ids)))
}

/// How many events of a thing are in no leaf.
pub fn count_unsealed(tx: &mut Tx, thing: &str) -> Result<i64> {
    tx.get(
        "select count(*) from events where thing = $1 and not exists (select 1 from log_leaves where event = events.id)",
        args![thing],
    )
}

/// How many of these events are of a thing.
pub fn count_of(tx: &mut Tx, thing: &str, ids: &[String]) -> Result<i64> {
    let query = Query::new("select count(*) from events where").add(" thing = ?", &[thing.into()]);
    Ok(tx.query(&query.among(" and id", &values(ids)))?.pop().unwrap_or(0))
}

row! {
    /// A leaf as it lies there.
    #[derive(Debug, Clone)]
    pub struct Placed {
        pub seq: i64,
        pub event: String,
        pub leaf: String,
    }
}

pub fn add_leaf(tx: &mut Tx, placed: &Placed) -> Result<()> {
    tx.run_one(
        "insert into log_leaves (seq, event, leaf) values ($1, $2, $3)",
        args![placed.seq, &placed.event, &placed.leaf],
    )
}

/// The leaves from `from` on, before `end`.
pub fn leaves(tx: &mut Tx, from: i64, end: i64) -> Result<Vec<Placed>> {
    tx.all("select seq, event, leaf from log_leaves where seq >= $1 and seq < $2 order by seq", args![from, end])
}

/// The leaf of an event.
pub fn leaf_of(tx: &mut Tx, event: &str) -> Result<Option<Placed>> {
    tx.one("select seq, event, leaf from log_leaves where event = $1", args![event])
}

/// Whether an event lies within `scope`.
pub fn is_within(tx: &mut Tx, event: EventId, scope: Scope) -> Result<bool> {
    let query = Query::new("select 1 from events where").add(" id = ?", &[event.into()]);
    Ok(!tx.query::<i64>(&scope.within(query))?.is_empty())
}

/// The events of a thing that are in the log, in its order.
pub fn leaves_of(tx: &mut Tx, thing: &str) -> Result<Vec<Placed>> {
    tx.all(
        "select l.seq as seq, l.event as event, l.leaf as leaf from events e join log_leaves l on l.event = e.id
         where e.thing = $1 order by l.seq",
        args![thing],
    )
}

/// The place behind the last leaf.
pub fn end_of_leaves(tx: &mut Tx) -> Result<u64> {
    let end: i64 = tx.get("select coalesce(max(seq) + 1, 0) from log_leaves", &[])?;
    Ok(end.max(0) as u64)
}

pub fn add_salts(tx: &mut Tx, event: &str, salts: &Salts) -> Result<()> {
    let of = |field: &str| Value::from(salts.get(field).cloned().flatten());
    let [actor, actor_name, name, note, change, client] = COMMITTED.each_ref().map(|field| of(field));
    tx.run_one(
        "insert into log_salts (event, actor, actor_name, name, note, change, client, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[event.into(), actor, actor_name, name, note, change, client, of(STATE)],
    )
}

struct SaltRow(String, Salts);

impl FromRow for SaltRow {
    fn from_row(row: &mut Row) -> Result<Self> {
        let event = row.take("event")?;
        let fields = COMMITTED.iter().copied().chain([STATE]);
        Ok(Self(event, fields.map(|field| Ok((field, row.take(field)?))).collect::<Result<_>>()?))
    }
}

/// The salts of these events.
pub fn salts(tx: &mut Tx, ids: &[String]) -> Result<BTreeMap<String, Salts>> {
    let mut salts = BTreeMap::new();
    for ids in ids.chunks(CHUNK) {
        let query =
            Query::new("select event, actor, actor_name, name, note, change, client, state from log_salts where");
        tx.query_each(&query.among(" event", &values(ids)), |SaltRow(event, of)| {
            salts.insert(event, of);
            Ok(())
        })?;
    }
    Ok(salts)
}

pub fn tile(tx: &mut Tx, level: u32, n: u64) -> Result<Option<String>> {
    tx.one("select hashes from log_tiles where level = $1 and n = $2", args![i64::from(level), n as i64])
}

pub fn put_tile(tx: &mut Tx, level: u32, n: u64, hashes: &str) -> Result<()> {
    tx.run_one(
        "insert into log_tiles (level, n, hashes) values ($1, $2, $3)
         on conflict (level, n) do update set hashes = excluded.hashes",
        args![i64::from(level), n as i64, hashes],
    )
}

/// Which tiles there are.
pub fn tiles(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    tx.all("select level, n from log_tiles order by level, n", &[])
}

row! {
    /// A checkpoint as it was signed.
    #[derive(Debug, Clone)]
    pub struct Signed {
        pub size: i64,
        pub at: Moment,
        /// The signed note.
        pub note: String,
        /// Whether a witness has signed it, too.
        pub cosigned: bool,
    }
}

/// Keeps a checkpoint; takes away those since `hour` that no witness has signed: this one takes their place.
pub fn add_checkpoint(tx: &mut Tx, signed: &Signed, hour: Moment) -> Result<()> {
    tx.run("delete from log_checkpoints where at >= $1 and cosigned = 0 and size < $2", args![hour, signed.size])?;
    put_checkpoint(tx, signed)
}

/// Keeps a checkpoint in the place of the one of its size.
pub fn put_checkpoint(tx: &mut Tx, signed: &Signed) -> Result<()> {
    tx.run_one(
        "insert into log_checkpoints (size, at, note, cosigned) values ($1, $2, $3, $4)
         on conflict (size) do update set note = excluded.note, cosigned = excluded.cosigned",
        args![signed.size, signed.at, &signed.note, signed.cosigned],
    )
}

pub fn checkpoint(tx: &mut Tx, size: i64) -> Result<Option<Signed>> {
    tx.one("select size, at, note, cosigned from log_checkpoints where size = $1", args![size])
}

pub fn latest_checkpoint(tx: &mut Tx) -> Result<Option<Signed>> {
    tx.one("select size, at, note, cosigned from log_checkpoints order by size desc limit 1", &[])
}

/// The size of the latest checkpoint that a witness has signed.
pub fn witnessed(tx: &mut Tx) -> Result<Option<i64>> {
    tx.get("select max(size) from log_checkpoints where cosigned = 1", &[])
}

/// All checkpoints, the oldest first.
pub fn checkpoints(tx: &mut Tx) -> Result<Vec<Signed>> {
    tx.all("select size, at, note, cosigned from log_checkpoints order by size", &[])
}

fn values(texts: &[String]) -> Vec<Value> {
    texts.iter().map(Value::from).collect()
}

fn said(value: Option<&Value>) -> String {
    if let Some(Value::Text(text)) = value { text.clone() } else { String::new() }
}
