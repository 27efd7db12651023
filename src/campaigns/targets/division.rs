//! What changes several targets at once: dividing one over the offices below, and moving a part from one to another.

use super::{
    Verb,
    family::Family,
    model::{self, Share, Target},
    store,
    tree::{Fault, Rule},
};
use crate::{
    kernel::{Error, NOT_A_CHOICE, OfficeId, Result, TargetId, db::Tx},
    people::{By, Office, store as offices},
};
use std::collections::BTreeMap;

/// Divides a target over the offices just below. A division that is there already answers as the first time, so that one
/// that was interrupted can be begun again.
pub(super) fn divide(tx: &mut Tx, by: &By, target: &Target, shares: &[Share], version: i64) -> Result<Target> {
    let wanted = wanted(target, shares)?;
    let children = store::children(tx, target.id)?;
    let total_of = |part: &Target| wanted.get(&part.office).copied().unwrap_or(0);
    let touched = if children.iter().any(|part| reaches_deeper(part, total_of(part))) {
        store::whole(tx, target)?
    } else {
        children.iter().chain([target]).cloned().collect()
    };
    let mut family = Family::of(target.measure.rule(), touched);
    let mut parts = Vec::new();
    let mut below: Option<Vec<Office>> = None;
    for (office, total) in wanted {
        if let Some(child) = children.iter().find(|c| c.office == office) {
            parts.push((child.id, total));
        } else if total > 0 {
            let all = match below.take() {
                Some(all) => all,
                None => offices::offices_below(tx, target.office)?,
            };
            let part = target.part_for(by, below_in(tx, &all, office)?);
            below = Some(all);
            parts.push((part.id, total));
            family.put(part);
        }
    }
    let sum = parts.iter().map(|(_, total)| *total).sum();
    let reckoned = family.tree.divide(target.id, &parts);
    if reckoned.is_ok() && !family.is_changed() {
        return Ok(target.clone());
    }
    // whoever looked at other numbers is told that first
    super::is_current(target, version)?;
    reckoned.map_err(|fault| undividable(target, &fault, sum))?;
    family.save(tx, by, target.id, (Verb::Divide, None))
}

/// The shares by office; an office is named once, and no share is beyond all measure.
fn wanted(target: &Target, shares: &[Share]) -> Result<BTreeMap<OfficeId, i64>> {
    let mut wanted = BTreeMap::new();
    for share in shares {
        if !(0..=target.measure.most()).contains(&share.total) {
            return model::TOO_MUCH.with("most", target.measure.most()).at("shares");
        }
        if wanted.insert(share.office, share.total).is_some() {
            return NOT_A_CHOICE.with("value", share.office).at("shares");
        }
    }
    Ok(wanted)
}

/// Whether giving a part another total changes what it is itself divided into.
fn reaches_deeper(part: &Target, total: i64) -> bool {
    match part.measure.rule() {
        Rule::Sum => total < part.divided(),
        Rule::Least => total != part.total,
    }
}

fn below_in<'o>(tx: &mut Tx, below: &'o [Office], wanted: OfficeId) -> Result<&'o Office> {
    if let Some(office) = below.iter().find(|o| o.id == wanted && o.active) {
        return Ok(office);
    }
    match offices::office(tx, wanted) {
        Ok(office) => model::NOT_BELOW.with("name", &office.name).with("en", &office.name_en).at("shares"),
        Err(Error::NotFound) => NOT_A_CHOICE.with("value", wanted).at("shares"),
        Err(error) => Err(error),
    }
}

fn undividable(target: &Target, fault: &Fault<TargetId>, sum: i64) -> Error {
    match fault {
        Fault::Over { .. } => {
            let over = model::OVER.with("sum", sum).with("total", target.total).with("over", sum - target.total);
            Error::invalid("shares", over)
        }
        fault => target.refused(fault, "shares"),
    }
}

/// Moves a part of a target to another office's share of the same thing; makes that share, and those above it, where
/// there are none.
pub(super) fn carry(
    tx: &mut Tx,
    by: &By,
    from: &Target,
    (to, amount): (OfficeId, i64),
    done: (Verb, Option<&str>),
) -> Result<Target> {
    if from.measure.rule() == Rule::Least {
        return model::NO_PARTS.at("amount");
    }
    let mut family = Family::of(from.measure.rule(), store::whole(tx, from)?);
    family.put_line(tx, from.clone())?;
    let receiver = match offices::office_within(tx, by.scope(), to) {
        Err(Error::NotFound) => return NOT_A_CHOICE.with("value", to).at("office"),
        found => found?,
    };
    let taker = taker(tx, by, from, receiver, &mut family)?;
    if let Err(fault) = family.tree.carry(from.id, taker, amount) {
        let field = if matches!(fault, Fault::OneLine | Fault::Elsewhere(_)) { "office" } else { "amount" };
        let error = match fault {
            Fault::Over { left } => Error::invalid(field, model::TOO_MUCH.with("most", left)),
            fault => from.refused(&fault, field),
        };
        return Err(error);
    }
    family.save(tx, by, from.id, done)
}

/// The share of the office that receives: the one it has, or a new one under the nearest office above that has one.
pub(super) fn taker(tx: &mut Tx, by: &By, from: &Target, receiver: Office, family: &mut Family) -> Result<TargetId> {
    let (mut missing, mut office) = (Vec::new(), receiver);
    let mut nearest = loop {
        if let Some(there) = store::twin(tx, from, office.id)? {
            break there;
        }
        let Some(parent) = office.parent else { return model::NOBODY_ABOVE.at("office") };
        missing.push(std::mem::replace(&mut office, offices::office(tx, parent)?));
    };
    family.put_line(tx, nearest.clone())?;
    for office in missing.iter().rev() {
        nearest = nearest.part_for(by, office);
        family.put(nearest.clone());
    }
    Ok(nearest.id)
}
