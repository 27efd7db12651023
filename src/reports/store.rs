//! Figures read from the sums and facts of the record: this capability reads them and never writes.

use super::model::{Asked, Breakdown, Sum};
use crate::{
    kernel::{Moment, Result, db::Tx},
    record::{
        Figure,
        sums::{self, Fact, Growth, Within, day_of, seen, store as kept},
    },
};
use std::collections::BTreeMap;

/// The sums of all figures, broken down as asked: what has been folded, and what has not been yet.
pub fn sums(tx: &mut Tx, asked: &Asked) -> Result<Vec<Sum>> {
    let whole_days = whole_days(asked.until);
    let mut sums = folded(tx, asked, whole_days)?;
    for ((key, day), amount) in unfolded(tx, asked, whole_days)? {
        let part = if asked.by == Some(Breakdown::Day) { day.to_string() } else { key.part };
        *sums.entry((key.figure, part)).or_default() += amount;
    }
    let part = |text: String| Some(text).filter(|t| !t.is_empty());
    let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
    Ok(sums.map(|((figure, text), amount)| (figure, part(text), amount)).collect())
}

/// The last day that lies before the cut-off as a whole.
fn whole_days(until: Moment) -> i64 {
    if until.millis() == i64::MAX { i64::MAX } else { day_of(until.plus(1)) - 1 }
}

fn folded(tx: &mut Tx, asked: &Asked, whole_days: i64) -> Result<BTreeMap<(Figure, String), i64>> {
    let wanted = kept::Asked {
        office: asked.key().map(|office| office.to_string()).unwrap_or_default(),
        cut: asked.cut(),
        campaign: asked.campaign.map(|campaign| campaign.to_string()),
    };
    let rows = match asked.by {
        Some(Breakdown::Day) => {
            let days = kept::days_until(tx, &wanted, whole_days)?.into_iter();
            days.map(|(figure, day, amount)| (figure, day.to_string(), amount)).collect()
        }
        _ if whole_days == i64::MAX => kept::sums(tx, &wanted)?,
        _ => kept::sums_until(tx, &wanted, whole_days)?,
    };
    Ok(rows.into_iter().map(|(figure, part, amount)| ((figure, part), amount)).collect())
}

/// What the facts add that are in no sum up to `whole_days`: those that have not been folded, and those of the day on
/// which the cut-off lies.
fn unfolded(tx: &mut Tx, asked: &Asked, whole_days: i64) -> Result<Growth> {
    let mut facts = kept::fresh(tx)?;
    facts.retain(|fact| fact.at <= asked.until && fact.day() <= whole_days);
    if asked.until.millis() < i64::MAX {
        facts.extend(kept::between(tx, whole_days + 1, asked.until)?);
    }
    facts.retain(|fact| belongs(asked, fact));
    let mut growth = sums::added(&facts);
    let visited: Vec<_> = sums::visited(&facts).into_iter().collect();
    for visits in kept::visits_of(tx, &visited)?.into_values() {
        let summed = |(fact, fresh): &&(Fact, bool)| !fresh && fact.day() <= whole_days;
        let before: Vec<_> = visits.iter().filter(summed).map(|(fact, _)| fact).collect();
        let after: Vec<_> = visits.iter().map(|(fact, _)| fact).filter(|fact| fact.at <= asked.until).collect();
        sums::difference(&mut growth, seen(&before), seen(&after));
    }
    growth.retain(|(key, _), _| {
        let within =
            if key.figure.is_distinct() { key.campaign == asked.within() } else { is_within(asked, key.campaign) };
        key.office == asked.key() && key.cut == asked.cut() && within
    });
    Ok(growth)
}

fn is_within(asked: &Asked, campaign: Within) -> bool {
    asked.campaign.is_none_or(|wanted| campaign == Within::One(wanted))
}

fn belongs(asked: &Asked, fact: &Fact) -> bool {
    asked.office.scope().holds(&fact.place(), None)
}
