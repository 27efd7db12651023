//! Every statement that touches `events`, `facts`, `outbox`, `words` and `series`. Nobody else writes one.

use super::{Count, Event};
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
    tx.run_one(
        "insert into facts (event, line, at, figure, amount, campaign, product, field, enterprise, thing, province, city,
         county, station) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            e.id,
            line,
            e.at,
            fact.figure,
            fact.amount,
            fact.by.campaign,
            &fact.by.product,
            fact.by.field,
            fact.by.enterprise,
            &e.thing,
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

/// What happened to a thing, newest first.
pub fn timeline(tx: &mut Tx, thing: &str) -> Result<Vec<Event>> {
    tx.all(
        "select id, at, actor, actor_name, office, kind, thing, name, verb, note, change, campaign, enterprise
         from events where thing = $1 order by id desc",
        args![thing],
    )
}

/// Orders in which events can be listed.
pub const ORDERS: &[Order] = &[order!("at", "at")];

/// What happened within a scope.
pub fn events(tx: &mut Tx, scope: Scope, thing: Option<&str>, ask: &Ask) -> Result<Listed<Event>> {
    let query = Query::new(
        "select id, at, actor, actor_name, office, kind, thing, name, verb, note, change, campaign, enterprise
         from events where 1 = 1",
    );
    ask.list(tx, scope.within(query).maybe(" and thing = ?", thing), ORDERS)
}

pub fn next_number(tx: &mut Tx, series: &str) -> Result<i64> {
    tx.get(
        "insert into series (name, last) values ($1, 1) on conflict (name) do update set last = series.last + 1
         returning last",
        args![series],
    )
}
