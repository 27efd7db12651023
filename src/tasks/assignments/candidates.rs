//! Which enterprises come into question, and what is known of each.

use super::{
    choose::{Candidate, Known},
    model::{New, Outcome},
};
use crate::{
    enterprises::{self, Enterprise, Filter, List, State, Tag, names, store as register},
    hazards, inspections,
    kernel::{CampaignId, EnterpriseId, NOT_A_CHOICE, Result, db::Tx, db::Value, list::Ask, text},
    people::By,
    tasks::{Way, store},
};
use std::collections::{BTreeMap, BTreeSet};

/// Enterprises that are looked up at a time.
const AT_ONCE: usize = 500;

/// Everybody who comes into question for what is asked, each once: by product and target group, or by name.
pub(super) fn all(tx: &mut Tx, by: &By, new: &New) -> Result<Vec<Candidate>> {
    let mut candidates = match new.way {
        Way::List => named(tx, by, &new.names)?,
        Way::Full | Way::Risk | Way::Draw => on_register(tx, by, new)?.into_iter().map(candidate).collect(),
    };
    look_up(tx, new.campaign, &mut candidates)?;
    Ok(candidates)
}

/// What the register holds for the products and the target group, by name.
fn on_register(tx: &mut Tx, by: &By, new: &New) -> Result<Vec<Enterprise>> {
    let tag = new
        .tag
        .as_deref()
        .map(|code| Tag::from_code(code).map_or_else(|| NOT_A_CHOICE.with("value", code).at("tag"), Ok));
    let tag = tag.transpose()?;
    let products: Vec<Option<String>> = match &new.products.0[..] {
        [] => vec![None],
        codes => codes.iter().cloned().map(Some).collect(),
    };
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for product in products {
        let filter = Filter { tag, product, ..Filter::default() };
        let ask = Ask { sort: Some("name".to_owned()), ..Ask::default() };
        let some = register::all(tx, by.scope(), &filter, &ask, |enterprise| enterprise)?;
        found.extend(some.into_iter().filter(|e| seen.insert(e.id)));
    }
    Ok(found)
}

/// The subjects with these names, credit codes or ids, in the order in which they are named, each once.
fn named(tx: &mut Tx, by: &By, names: &List<String>) -> Result<Vec<Candidate>> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for name in &names.0 {
        match one(tx, by, name)? {
            Named::One(enterprise) if seen.insert(enterprise.id) => found.push(candidate(*enterprise)),
            Named::One(_) => {}
            Named::Several | Named::Nobody => found.push(Candidate {
                id: None,
                party: name.chars().take(120).collect(),
                station: None,
                barred: Some(Outcome::Unknown),
                known: Known::default(),
            }),
        }
    }
    Ok(found)
}

/// Whom a name, a credit code or an id means.
pub(super) enum Named {
    One(Box<Enterprise>),
    /// Two of one name: whoever makes the list has to say which, by its code.
    Several,
    Nobody,
}

/// The subject within reach of whoever asks that has this name, credit code or id.
pub(super) fn one(tx: &mut Tx, by: &By, name: &str) -> Result<Named> {
    if let Ok(id) = EnterpriseId::parse(name) {
        let found = enterprises::get(tx, by.scope(), id).ok();
        return Ok(found.map_or(Named::Nobody, |e| Named::One(Box::new(e))));
    }
    let mut all = match register::by_uscc(tx, &text::code(name))? {
        Some(enterprise) => vec![enterprise],
        None => register::named(tx, &names::plain(name))?,
    };
    all.retain(|e| by.scope().holds(&e.place(), Some(e.id)));
    let last = all.pop();
    Ok(match last {
        Some(_) if !all.is_empty() => Named::Several,
        Some(one) => Named::One(Box::new(one)),
        None => Named::Nobody,
    })
}

/// What is known of a subject by itself.
pub(super) fn candidate(enterprise: Enterprise) -> Candidate {
    Candidate {
        id: Some(enterprise.id),
        barred: (enterprise.state != State::Active).then_some(Outcome::Stopped),
        station: enterprise.station,
        known: Known { tags: enterprise.tags.0, ..Known::default() },
        party: enterprise.name,
    }
}

/// Adds what hazards, visits and tasks say of each, and who cannot be chosen for it.
pub(super) fn look_up(tx: &mut Tx, campaign: CampaignId, candidates: &mut [Candidate]) -> Result<()> {
    for some in candidates.chunks_mut(AT_ONCE) {
        look_up_some(tx, campaign, some)?;
    }
    Ok(())
}

fn look_up_some(tx: &mut Tx, campaign: CampaignId, candidates: &mut [Candidate]) -> Result<()> {
    let roots: Vec<Value> = candidates.iter().filter_map(|c| c.id.map(Value::from)).collect();
    // what was merged away keeps its visits and hazards: they are the survivor's
    let root: BTreeMap<EnterpriseId, EnterpriseId> = register::ids_of_all(tx, &roots)?.into_iter().collect();
    let ids: Vec<Value> = root.keys().map(Value::from).collect();
    let mut known: BTreeMap<EnterpriseId, Known> = BTreeMap::new();
    let mut barred: BTreeMap<EnterpriseId, Outcome> = BTreeMap::new();
    for standing in hazards::standing_of(tx, &ids)? {
        let of = known.entry(root[&standing.enterprise]).or_default();
        of.open += standing.open;
        of.major += standing.major;
        of.overdue += standing.overdue;
        of.found += standing.found;
    }
    for task in store::tasked(tx, campaign, &ids)? {
        barred.insert(root[&task], Outcome::Tasked);
    }
    for seen in inspections::seen(tx, campaign, &ids)? {
        let id = root[&seen.enterprise];
        let of = known.entry(id).or_default();
        of.last = of.last.max(seen.last);
        if seen.here.is_some() {
            barred.insert(id, Outcome::Visited);
        } else if seen.planned.is_some() {
            barred.entry(id).or_insert(Outcome::Planned);
        }
    }
    for candidate in candidates {
        let Some(id) = candidate.id else { continue };
        let tags = std::mem::take(&mut candidate.known.tags);
        candidate.known = Known { tags, ..known.remove(&id).unwrap_or_default() };
        candidate.barred = candidate.barred.or_else(|| barred.get(&id).copied());
    }
    Ok(())
}
