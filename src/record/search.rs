//! Search for parts of names, numbers and pinyin initials, within a scope, without a scan.
//!
//! Every thing stands under the pairs of neighbouring characters of its texts, on a shelf for the nation and one for
//! each office from province to county: a search reads only what the searcher may see, the newest thing first, and no
//! more than fills its page, however much there is. Both engines alike.

use super::store;
use crate::{
    kernel::{
        Error, Result,
        db::{Query, Tx, Value},
        secret, text,
    },
    people::{Level, Place, Scope},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Pairs of a query that are looked up; more narrow the answer hardly.
const PAIRS: usize = 5;

/// Begins the statement of a list: `select` names columns of `table` (which has an `id`); what is found under `q` comes
/// as `found`, the newest thing first, in the list's own order when nothing is looked for.
pub fn search(select: &'static str, table: &'static str, scope: Scope, q: Option<&str>) -> Query {
    let query = Query::new(select);
    let plain = |query: Query| query.add(" from ", &[]).add(table, &[]);
    let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) else { return plain(query).add(" where 1 = 1", &[]) };
    let pieces = text::pieces(q);
    let (Some((first, rest)), Some(shelf)) = (pieces.split_first(), shelf_of(scope)) else {
        return plain(query).add(" where 1 = 0", &[]);
    };
    let key = |piece: &str| [Value::from(key(&shelf, piece))];
    let rest = rest.iter().take(PAIRS - 1);
    if goes_through_all(scope) {
        let narrowed =
            plain(query).add(" where exists (select 1 from words where key = ? and thing = id)", &key(first));
        return rest.fold(narrowed, |query, piece| {
            query.add(" and exists (select 1 from words where key = ? and thing = id)", &key(piece))
        });
    }
    // `cross join` keeps SQLite from beginning with the table.
    let begun = query
        .add(" from (select thing as found from words where key = ?) as hits cross join ", &key(first))
        .add(table, &[])
        .add(" where id = found", &[])
        .found();
    rest.fold(begun, |query, piece| {
        query.add(" and exists (select 1 from words where key = ? and thing = found)", &key(piece))
    })
}

/// What a thing is found by, and by whom.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Names, numbers, codes.
    pub texts: Vec<String>,
    /// The shelves on which it stands: see [`shelves`].
    pub shelves: Vec<String>,
}

impl Entry {
    /// Every key under which the thing stands, in order.
    pub fn keys(&self) -> BTreeSet<i64> {
        let both = |t: &String| [text::pieces(t), text::pieces(&text::initials(t))];
        let pieces: BTreeSet<String> = self.texts.iter().flat_map(both).flatten().collect();
        self.shelves.iter().flat_map(|shelf| pieces.iter().map(|piece| key(shelf, piece))).collect()
    }
}

/// Puts a thing under its texts; what it stood under before and no longer does is taken away. Costs a look at a key when
/// nothing has changed.
pub fn index(tx: &mut Tx, thing: &str, entry: &Entry) -> Result<()> {
    let now = serde_json::to_string(entry).map_err(Error::broken)?;
    let before = store::word_entry(tx, thing)?;
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    let stood = match before {
        Some(before) => serde_json::from_str::<Entry>(&before).map_err(Error::broken)?.keys(),
        None => BTreeSet::new(),
    };
    let stands = entry.keys();
    for key in stood.difference(&stands) {
        store::forget_word(tx, *key, thing)?;
    }
    for key in stands.difference(&stood) {
        store::add_word(tx, *key, thing)?;
    }
    store::keep_word_entry(tx, thing, &now)
}

/// The key of a piece on a shelf: the first 64 bits of the hash of both. That two pieces share one is as good as
/// impossible, and would show a row too many, never one beyond the scope.
pub fn key(shelf: &str, piece: &str) -> i64 {
    let digest = secret::digest(format!("{shelf}:{piece}").as_bytes());
    i64::from_be_bytes(std::array::from_fn(|i| digest[i]))
}

/// The shelves on which a thing stands: one for the nation, one for each office above it down to the county.
pub fn shelves(place: &Place) -> Vec<String> {
    let offices = [place.province, place.city, place.county].into_iter().flatten().map(|o| o.to_string());
    std::iter::once(String::new()).chain(offices).collect()
}

/// The shelf on which everything within `scope` stands; those who have no shelf of their own look on the nation's.
fn shelf_of(scope: Scope) -> Option<String> {
    match scope {
        Scope::Office { level: Level::Province | Level::City | Level::County, id } => Some(id.to_string()),
        Scope::Office { level: Level::Nation | Level::Station, .. } | Scope::Enterprise(_) => Some(String::new()),
        Scope::Nothing => None,
    }
}

/// Whether the scope holds so little that each of its things can be looked at.
fn goes_through_all(scope: Scope) -> bool {
    matches!(scope, Scope::Office { level: Level::Station, .. } | Scope::Enterprise(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_stands_under_each_pair_on_each_shelf_once() {
        let entry = Entry { texts: vec!["恒达".into(), "恒达".into()], shelves: vec![String::new(), "x".into()] };
        let expected = ["", "x"].iter().flat_map(|shelf| ["恒达", "hd"].map(|piece| key(shelf, piece)));
        assert_eq!(entry.keys(), expected.collect());
    }
}
