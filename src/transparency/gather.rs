//! What is known of events now, for their leaves.

use super::{
    leaf::{Known, fact_hash},
    store,
};
use crate::kernel::{Result, db::Tx, db::Value};
use std::collections::BTreeMap;

/// What stands in the record of these events, in their order; those that are not there are left out. Without salts.
pub fn gather(tx: &mut Tx, ids: &[String]) -> Result<Vec<Known>> {
    let mut events = store::events(tx, ids)?;
    let mut facts = store::facts(tx, ids)?;
    let mut known: Vec<Known> = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(event) = events.remove(id) {
            let facts = facts.remove(id).unwrap_or_default();
            let lines = facts.iter().map(|columns| line_of(columns)).collect();
            let facts = facts.iter().map(|columns| fact_hash(columns)).collect();
            known.push(Known { event, facts, lines, ..Known::default() });
        }
    }
    let mut things: Vec<String> = known.iter().map(|k| k.say("thing")).collect();
    things.sort();
    things.dedup();
    let links = store::links(tx, &things)?;
    for one in &mut known {
        one.files = linked(&links, &one.say("thing"), one.column("at"));
    }
    Ok(known)
}

/// The second column of a fact.
fn line_of(columns: &[Value]) -> i64 {
    if let Some(Value::Int(line)) = columns.get(1) { *line } else { -1 }
}

/// As [`gather`], with the salts.
pub fn gather_salted(tx: &mut Tx, ids: &[String]) -> Result<BTreeMap<String, Known>> {
    let mut salts = store::salts(tx, ids)?;
    let known = gather(tx, ids)?;
    Ok(known
        .into_iter()
        .map(|known| {
            let id = known.say("id");
            let salts = salts.remove(&id).unwrap_or_default();
            (id, Known { salts, ..known })
        })
        .collect())
}

/// What was linked to a thing at a moment: `role:sha256`.
fn linked(links: &BTreeMap<String, Vec<store::Link>>, thing: &str, at: &Value) -> Vec<String> {
    let of = links.get(thing).into_iter().flatten().filter(|link| Value::Int(link.linked_at) == *at);
    of.map(|link| format!("{}:{}", link.role, link.file)).collect()
}
