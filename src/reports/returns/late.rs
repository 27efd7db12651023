//! Who is late with returns: silence after the day due, and what was returned and not submitted again.

use super::{Period, Return, State, Verb, periods, store};
use crate::{
    campaigns::{self, Campaign},
    kernel::{OfficeId, Result, db::Tx},
    people::Office,
    record::store as record,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Offices asked for in one statement.
const CHUNK: usize = 200;

/// In what way an office is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// It has submitted nothing, and the office above has not gone on without it.
    Silent,
    /// It has not submitted again what was returned.
    SentBack,
}

/// A period for which an office is late, with its return where it has begun one.
#[derive(Debug, Clone)]
pub struct Missing {
    pub period: Period,
    pub own: Option<Return>,
}

/// Which of `offices` are late in a campaign, since before a day, with what.
pub fn late(
    tx: &mut Tx,
    late: Late,
    campaign: &Campaign,
    offices: &[Office],
    before: Date,
) -> Result<Vec<(OfficeId, Vec<Missing>)>> {
    let (_, pack) = campaigns::of(tx, campaign.id)?;
    let mut due = periods(&pack, campaign);
    due.retain(|period| period.due < before);
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let known = known(tx, campaign, offices)?;
    let mut found = Vec::new();
    for office in offices {
        let of = |id: OfficeId, period: &Period| known.get(&(id, period.code.clone()));
        let mut missing = Vec::new();
        for period in due.iter().filter(|period| office.level <= period.level) {
            let (own, above) = (of(office.id, period), office.parent.and_then(|above| of(above, period)));
            let is_late = match late {
                Late::Silent => is_silent(own) && !above.is_some_and(|above| above.goes_on_without(office.id)),
                Late::SentBack => lies_since(tx, own)?.is_some_and(|day| day < before),
            };
            if is_late {
                missing.push(Missing { period: period.clone(), own: own.cloned() });
            }
        }
        if !missing.is_empty() {
            found.push((office.id, missing));
        }
    }
    Ok(found)
}

/// Which of `offices` have submitted nothing for a period, and the office above has not gone on without them.
pub fn silent<'o>(tx: &mut Tx, campaign: &Campaign, period: &Period, offices: &'o [Office]) -> Result<Vec<&'o Office>> {
    let known = known(tx, campaign, offices)?;
    let of = |id: OfficeId| known.get(&(id, period.code.clone()));
    let is_silent = |office: &&Office| {
        let excused = office.parent.and_then(of).is_some_and(|above| above.goes_on_without(office.id));
        office.level <= period.level && !excused && of(office.id).is_none_or(|own| !own.state.is_out())
    };
    Ok(offices.iter().filter(is_silent).collect())
}

/// The returns of `offices` and of those above them, by office and period.
fn known(tx: &mut Tx, campaign: &Campaign, offices: &[Office]) -> Result<BTreeMap<(OfficeId, String), Return>> {
    let wanted: BTreeSet<OfficeId> = offices.iter().flat_map(|o| [Some(o.id), o.parent]).flatten().collect();
    let wanted: Vec<OfficeId> = wanted.into_iter().collect();
    let mut known = BTreeMap::new();
    for offices in wanted.chunks(CHUNK) {
        let returns = store::of_offices(tx, campaign.id, offices)?.into_iter();
        known.extend(returns.map(|r| ((r.office, r.period.clone()), r)));
    }
    Ok(known)
}

fn is_silent(own: Option<&Return>) -> bool {
    own.is_none_or(|own| own.state == State::Draft)
}

/// Since when a return that was returned lies there; none for any other.
fn lies_since(tx: &mut Tx, own: Option<&Return>) -> Result<Option<Date>> {
    let Some(own) = own.filter(|own| own.state == State::Returned) else { return Ok(None) };
    let events = record::timeline(tx, &own.id.to_string())?;
    Ok(events.iter().find(|event| event.verb == Verb::Return.code()).map(|event| event.at.date()))
}

impl Return {
    /// Whether it goes on without the return of an office below.
    fn goes_on_without(&self, office: OfficeId) -> bool {
        self.gaps().iter().any(|gap| gap.office == office)
    }
}
