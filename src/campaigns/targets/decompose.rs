//! Divisions that the system proposes, and the decomposition of everything down to the county (一键分解).

use super::{Act, HEADS, Share, Target, act, store, tree::Rule, tree::apportion};
use crate::{
    kernel::{CampaignId, Result, TargetId, db::Tx},
    people::{By, Level, Office, Scope, store as offices},
};
use serde::Serialize;

/// By what a target is divided: the weight of each of the offices just below.
pub type Key<'k> = &'k mut dyn FnMut(&mut Tx, &Target, &[Office]) -> Result<Vec<i64>>;

/// Evenly over county offices: each office weighs as many as stand below it, one that has none weighs one.
pub fn even(tx: &mut Tx, target: &Target, below: &[Office]) -> Result<Vec<i64>> {
    let id = target.place().at(target.level).unwrap_or(target.office);
    let counties = offices::counties(tx, Scope::Office { level: target.level, id })?;
    let weight = |office: &Office| {
        let of = |county: &&Office| county.place().at(office.level) == Some(office.id);
        if office.level < Level::County { (counties.iter().filter(of).count() as i64).max(1) } else { 1 }
    };
    Ok(below.iter().map(weight).collect())
}

/// How `target` would be divided by `key` over the offices just below it; a minimum goes to all of them as it is.
pub fn proposed(tx: &mut Tx, target: &Target, key: Key) -> Result<Vec<Share>> {
    let mut below = offices::offices_below(tx, target.office)?;
    below.retain(|o| o.active);
    let totals = match target.measure.rule() {
        Rule::Least => vec![target.total; below.len()],
        Rule::Sum => apportion(target.total, &key(tx, target, &below)?),
    };
    let share = |(office, total): (&Office, i64)| Share { office: office.id, total };
    Ok(below.iter().zip(totals).map(share).collect())
}

/// How far a decomposition has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Targets that were looked at and divided.
    pub divided: i64,
    /// Targets that could not be divided: nobody below, or nothing to divide by.
    pub left: i64,
    /// Where to go on; none at the end.
    pub after: Option<TargetId>,
}

/// Divides up to `most` targets of a campaign that nobody has divided yet, those of offices above the county, by `key`,
/// and says where to go on. Each call is one transaction: one that was killed has done nothing, and is called again.
pub fn decompose(
    tx: &mut Tx,
    by: &By,
    campaign: CampaignId,
    (after, most): (Option<TargetId>, i64),
    key: Key,
) -> Result<Progress> {
    by.actor.must_be(HEADS)?;
    super::super::find(tx, &by.actor, campaign)?;
    let found = store::whole_ones(tx, by.scope(), campaign, (after, most))?;
    let mut progress = Progress { after: found.last().map(|t| t.id), ..Progress::default() };
    for target in &found {
        let mut shares = proposed(tx, target, key)?;
        shares.retain(|s| s.total > 0);
        if shares.is_empty() || target.state.step(super::Verb::Divide).is_none() {
            progress.left += 1;
            continue;
        }
        act(tx, by, target.id, &Act::Divide { shares, version: target.version })?;
        progress.divided += 1;
    }
    Ok(progress)
}
