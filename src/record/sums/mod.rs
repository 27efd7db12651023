//! Sums of facts (汇总): what a board reads instead of all facts, folded by a follower.
//!
//! Each fact counts for every office above it, as a whole and in each [`Cut`]. Nobody who writes a fact waits for a sum:
//! a fact joins the sums when [`fold`] takes it, in batches, and until then whoever reads adds it himself, so that a
//! figure is right at every moment. Enterprises that were visited are counted once each ([`seen`]), on the day on which
//! they were first seen; that can be told from an enterprise's own visits, in whatever order they come in.

mod model;
pub mod store;

pub use model::{Cut, Fact, Key, Within, class_of, day_of, seen};

use crate::kernel::{EnterpriseId, Result, db::Tx};
use model::spread;
use std::collections::{BTreeMap, BTreeSet};

/// Who takes facts off the outbox.
pub const FOLLOWER: &str = "sums";

/// What a key's sum grows by on a day.
pub type Growth = BTreeMap<(Key, i64), i64>;

/// Adds the facts of the oldest `most` events that wait to the sums; says of how many events.
pub fn fold(tx: &mut Tx, most: i64) -> Result<i64> {
    let events = store::waiting(tx, most)?;
    let facts = store::facts_of(tx, &events)?;
    store::take_off(tx, &events)?;
    let mut growth = added(&facts);
    let taken: BTreeSet<_> = events.iter().map(|(event, _)| *event).collect();
    let visited: Vec<EnterpriseId> = visited(&facts).into_iter().collect();
    for visits in store::visits_of(tx, &visited)?.into_values() {
        let folded: Vec<_> = visits.iter().filter(|(_, fresh)| !fresh).map(|(fact, _)| fact).collect();
        let before: Vec<_> = folded.iter().copied().filter(|fact| !taken.contains(&fact.event)).collect();
        difference(&mut growth, seen(&before), seen(&folded));
    }
    store::grow(tx, &growth)?;
    Ok(events.len() as i64)
}

/// What `facts` add to the sums, those of enterprises visited left out.
pub fn added(facts: &[Fact]) -> Growth {
    let mut growth = Growth::new();
    for fact in facts {
        for key in spread(fact) {
            *growth.entry((key, fact.day())).or_default() += fact.amount;
        }
    }
    growth
}

/// The enterprises that `facts` say were visited.
pub fn visited<'f>(facts: impl IntoIterator<Item = &'f Fact>) -> BTreeSet<EnterpriseId> {
    facts.into_iter().filter(|fact| fact.is_visit()).filter_map(|fact| fact.enterprise).collect()
}

/// Adds to `growth` what turns `before` into `after`.
pub fn difference(growth: &mut Growth, before: Growth, after: Growth) {
    for (sign, part) in [(-1, before), (1, after)] {
        for (key, amount) in part {
            *growth.entry(key).or_default() += sign * amount;
        }
    }
}
