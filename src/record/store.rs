//! Every statement that touches `events`, `facts`, `outbox`, `words`, `word_entries` and `series`. Nobody else writes one.

use super::{Count, Event, Kind, PATIENT};
use crate::{
    kernel::{
        EventId, Moment, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::{Place, Scope},
};

pub fn add_event(tx: &mut Tx, e: &Event, place: &Place, client: Option<&str>) -> Result<()> {
    tx.run_one(
        "insert into events (id, at, actor, actor_name, office, kind, thing, name, verb, note, change, client, campaign,
         enterprise, province, city, county, station)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            e.id,
            e.at,
            e.actor,
            &e.actor_name,
            e.office,
            e.kind,
            &e.thing,
            &e.name,
            &e.verb,
            &e.note,
            e.change.to_string(),
            client,
            e.campaign,
            e.enterprise,
            place.province,
            place.city,
            place.county,
            place.station
        ],
    )
}

pub fn add_fact(tx: &mut Tx, e: &Event, line: i64, fact: &Count) -> Result<()> {
    let [province, city, county, station] = fact.by.place;
    let area = county.or(city).or(province).map(|office| office.to_string()).unwrap_or_default();
    tx.run_one(
        "insert into facts (event, line, at, figure, amount, campaign, product, field, problem, days, enterprise, thing,
         area, province, city, county, station)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            e.id,
            line,
            e.at,
            fact.figure,
            fact.amount,
            fact.by.campaign,
            &fact.by.product,
            fact.by.field,
            &fact.by.problem,
            fact.by.days,
            fact.by.enterprise,
            &e.thing,
            area,
            province,
            city,
            county,
            station
        ],
    )
}

pub fn add_work(tx: &mut Tx, event: EventId, follower: &str, at: Moment) -> Result<()> {
    tx.run_one(
        "insert into outbox (event, follower, due_at, tries, trouble) values ($1, $2, $3, 0, null)",
        args![event, follower, at],
    )
}

/// One event.
pub fn event(tx: &mut Tx, id: EventId) -> Result<Event> {
    tx.get(
        "select id, at, actor, actor_name, office, kind, thing, name, verb, note, change, campaign, enterprise,
         (select seq from log_leaves where event = events.id) as sealed from events where id = $1",
        args![id],
    )
}

/// What happened to a thing, newest first.
pub fn timeline(tx: &mut Tx, thing: &str) -> Result<Vec<Event>> {
    tx.all(
        "select id, at, actor, actor_name, office, kind, thing, name, verb, note, change, campaign, enterprise,
         (select seq from log_leaves where event = events.id) as sealed from events where thing = $1 order by at desc, id desc",
        args![thing],
    )
}

/// What kind of thing it is and what people called it last.
pub fn called(tx: &mut Tx, thing: &str) -> Result<(Kind, String)> {
    tx.get("select kind, name from events where thing = $1 order by at desc, id desc limit 1", args![thing])
}

/// Orders in which events can be listed.
pub const ORDERS: &[Order] = &[order!("at", "at")];

/// What happened within a scope.
pub fn events(tx: &mut Tx, scope: Scope, thing: Option<&str>, ask: &Ask) -> Result<Listed<Event>> {
    ask.list(tx, query(scope, thing), ORDERS)
}

/// The statement of [`events`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, thing: Option<&str>) -> Query {
    let query = Query::new(
        "select id, at, actor, actor_name, office, kind, thing, name, verb, note, change, campaign, enterprise,
         (select seq from log_leaves where event = events.id) as sealed from events where 1 = 1",
    );
    scope.within(query).maybe(" and thing = ?", thing)
}

pub fn next_number(tx: &mut Tx, series: &str) -> Result<i64> {
    tx.get(
        "insert into series (name, last) values ($1, 1) on conflict (name) do update set last = series.last + 1
         returning last",
        args![series],
    )
}

pub fn upcoming_number(tx: &mut Tx, series: &str) -> Result<i64> {
    tx.get("select coalesce(max(last), 0) + 1 from series where name = $1", args![series])
}

/// What a thing was put under last.
pub fn word_entry(tx: &mut Tx, thing: &str) -> Result<Option<String>> {
    tx.one("select entry from word_entries where thing = $1", args![thing])
}

pub fn keep_word_entry(tx: &mut Tx, thing: &str, entry: &str) -> Result<()> {
    tx.run_one(
        "insert into word_entries (thing, entry) values ($1, $2)
         on conflict (thing) do update set entry = excluded.entry",
        args![thing, entry],
    )
}

pub fn add_word(tx: &mut Tx, key: i64, thing: &str) -> Result<u64> {
    tx.run("insert into words (key, thing) values ($1, $2) on conflict (key, thing) do nothing", args![key, thing])
}

/// The index of words is no record: it can be made again from the things.
pub fn forget_word(tx: &mut Tx, key: i64, thing: &str) -> Result<u64> {
    tx.run("delete from words where key = $1 and thing = $2", args![key, thing])
}

row! {
    /// Work that waits for a follower.
    #[derive(Debug, Clone)]
    pub struct Work {
        pub event: EventId,
        pub due_at: Moment,
        pub tries: i64,
        pub kind: Kind,
        pub thing: String,
    }
}

/// What is due for `follower`, oldest first.
pub fn due_work(tx: &mut Tx, follower: &str, now: Moment, most: i64) -> Result<Vec<Work>> {
    tx.all(
        "select o.event as event, o.due_at as due_at, o.tries as tries, e.kind as kind, e.thing as thing
         from outbox o join events e on e.id = o.event
         where o.follower = $1 and o.due_at <= $2 order by o.due_at, o.event limit $3",
        args![follower, now, most],
    )
}

/// Takes a piece of work away: it is done. Nothing when somebody else has done it.
pub fn work_done(tx: &mut Tx, work: &Work, follower: &str) -> Result<u64> {
    tx.run(
        "delete from outbox where follower = $1 and due_at = $2 and event = $3",
        args![follower, work.due_at, work.event],
    )
}

/// Puts a piece of work off after a failure.
pub fn work_failed(tx: &mut Tx, work: &Work, follower: &str, again: Moment, trouble: &str) -> Result<u64> {
    tx.run(
        "update outbox set tries = tries + 1, due_at = $1, trouble = $2 where follower = $3 and due_at = $4 and event = $5",
        args![again, trouble, follower, work.due_at, work.event],
    )
}

/// How many pieces of work have failed and wait to be tried again.
pub fn stuck(tx: &mut Tx) -> Result<i64> {
    tx.get("select count(*) from outbox where tries > 0", &[])
}

/// How many pieces of work that somebody waits for have been due since before `then` and are not done.
pub fn left_since(tx: &mut Tx, then: Moment) -> Result<i64> {
    let all: i64 = tx.get("select count(*) from outbox where due_at < $1", args![then])?;
    let mut waited_for = all;
    for follower in PATIENT {
        let of = "select count(*) from outbox where follower = $1 and due_at < $2";
        waited_for -= tx.get::<i64>(of, args![*follower, then])?;
    }
    Ok(waited_for)
}

/// For each follower for whom work waits: how much, and since when the oldest is due.
pub fn waiting(tx: &mut Tx) -> Result<Vec<(String, i64, Moment)>> {
    tx.all("select follower, count(*), min(due_at) from outbox group by follower", &[])
}

/// The latest event within a scope of offices.
pub fn newest(tx: &mut Tx, scope: Scope) -> Result<Option<EventId>> {
    let query = scope.over_offices().within(Query::new("select id from events where 1 = 1"));
    Ok(tx.query(&query.add(" order by at desc, id desc limit 1", &[]))?.pop())
}

/// When the last event was; none in an empty record.
pub fn last_event(tx: &mut Tx) -> Result<Option<Moment>> {
    tx.get("select max(at) from events", &[])
}
