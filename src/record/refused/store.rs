//! Every statement that touches the table `refused`. Nobody else writes one.

use super::{REVIEWERS, Refused};
use crate::{
    kernel::{
        AccountId, Moment, RefusedId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::{By, Scope},
};

/// Every column but the content, in one place for all selects.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, kind, thing, code, field, detail_zh, detail_en, digest, account, account_name, at, enterprise,
             province, city, county, station from refused ",
            $rest
        )
    };
}

/// Orders in which the list can be read.
pub const ORDERS: &[Order] = &[order!("at", "at")];

pub fn add(tx: &mut Tx, r: &Refused, content: &str) -> Result<()> {
    tx.run(
        "insert into refused (id, kind, thing, code, field, detail_zh, detail_en, digest, content, account, account_name, at,
         enterprise, province, city, county, station)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict (thing, account, code, digest) do nothing",
        args![
            r.id, r.kind, &r.thing, &r.code, &r.field, &r.detail_zh, &r.detail_en, &r.digest, content, r.account,
            &r.account_name, r.at, r.enterprise, r.province, r.city, r.county, r.station
        ],
    )
    .map(|_| ())
}

pub fn get(tx: &mut Tx, id: RefusedId) -> Result<Refused> {
    tx.get(select!("where id = $1"), args![id])
}

pub fn content(tx: &mut Tx, id: RefusedId) -> Result<String> {
    tx.get("select content from refused where id = $1", args![id])
}

/// What was refused within the scope of a reviewer; to anybody else, what was refused to them.
pub fn list(tx: &mut Tx, by: &By, ask: &Ask) -> Result<Listed<Refused>> {
    let query = match by.actor.must_be(REVIEWERS) {
        Ok(()) => query(Some(by.scope()), None),
        Err(_) => query(None, Some(by.actor.account)),
    };
    ask.list(tx, query, ORDERS)
}

/// The statement of `list`, so that a test can ask the engine for its plan.
pub fn query(scope: Option<Scope>, account: Option<AccountId>) -> Query {
    let query = Query::new(select!("where 1 = 1"));
    let query = scope.map_or(query.clone(), |scope| scope.within(query));
    query.maybe(" and account = ?", account)
}

/// How many submissions of visits were refused within `scope` from a moment to another one.
pub fn count_visits(tx: &mut Tx, scope: Scope, from: Moment, until: Moment) -> Result<i64> {
    let query = Query::new("select count(*) from refused where kind = 'inspection'")
        .add(" and at >= ? and at <= ?", &[from.into(), until.into()]);
    Ok(tx.query(&scope.over_offices().within(query))?.into_iter().next().unwrap_or(0))
}
