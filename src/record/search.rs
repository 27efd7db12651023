//! Search for parts of names, numbers and pinyin initials, within a scope, without a scan.
//!
//! Every thing stands under the pairs of neighbouring characters of its texts, once for each office above it: a search
//! reads only what the searcher may see, and costs what it finds. Both engines alike.

use super::{Kind, store};
use crate::{
    kernel::{
        EnterpriseId, Result,
        db::{Query, Tx, Value},
        text,
    },
    people::{Level, Place, Scope},
};

/// Pairs of a query that are looked up; more narrow the answer hardly.
const PAIRS: usize = 5;

/// Narrows `query` (which ends in a condition, and selects a table with the column `id`) to what is found under `q`.
pub fn search(query: Query, scope: Scope, q: Option<&str>) -> Query {
    let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) else { return query };
    let pieces = text::pieces(q);
    if pieces.is_empty() {
        return query.add(" and 1 = 0", &[]);
    }
    let shelf = shelf_of(scope);
    pieces.iter().take(PAIRS).fold(query, |query, piece| {
        let key: Value = format!("{shelf}:{piece}").into();
        query.add(" and id in (select thing from words where key = ?)", &[key])
    })
}

/// What a thing is found by, and by whom.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Names, numbers, codes.
    pub texts: Vec<String>,
    /// The shelves on which it stands: see [`shelves`].
    pub shelves: Vec<String>,
}

/// Puts a thing under its texts; what it stood under before is taken away.
pub fn index(tx: &mut Tx, kind: Kind, thing: &str, entry: &Entry) -> Result<()> {
    store::forget_words(tx, thing)?;
    let both = |t: &String| [text::pieces(t), text::pieces(&text::initials(t))];
    let mut pieces: Vec<String> = entry.texts.iter().flat_map(both).flatten().collect();
    pieces.sort();
    pieces.dedup();
    for shelf in &entry.shelves {
        for piece in &pieces {
            store::add_word(tx, &format!("{shelf}:{piece}"), thing, kind)?;
        }
    }
    Ok(())
}

/// The shelves on which a thing stands: one for the nation, one for each office above it, one for its enterprise.
pub fn shelves(place: &Place, enterprise: Option<EnterpriseId>) -> Vec<String> {
    let offices = [place.province, place.city, place.county, place.station];
    let offices = offices.into_iter().flatten().map(|o| o.to_string());
    std::iter::once(String::new()).chain(offices).chain(enterprise.map(|e| e.to_string())).collect()
}

fn shelf_of(scope: Scope) -> String {
    match scope {
        Scope::Office { level: Level::Nation, .. } => String::new(),
        Scope::Office { id, .. } => id.to_string(),
        Scope::Enterprise(id) => id.to_string(),
        Scope::Nothing => "nothing".to_owned(),
    }
}
