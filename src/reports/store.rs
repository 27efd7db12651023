//! Figures read from the sums and facts of the record: this capability reads them and never writes.

use super::model::{Asked, Breakdown, Sum, key};
use crate::{
    kernel::{
        CampaignId, Moment, OfficeId, Result,
        db::{Tx, Value},
    },
    people::Office,
    record::{
        Figure,
        sums::{self, Cut, Fact, Growth, Within, day_of, seen, store as kept},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Offices asked for in one statement.
const CHUNK: usize = 200;

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
    let mut growth = grown(tx, (asked.until, whole_days), |fact| belongs(asked, fact))?;
    growth.retain(|(key, _), _| {
        let within =
            if key.figure.is_distinct() { key.campaign == asked.within() } else { is_within(asked, key.campaign) };
        key.office == asked.key() && key.cut == asked.cut() && within
    });
    Ok(growth)
}

/// As [`unfolded`], of the facts that `belongs` picks, for every office and in every cut.
fn grown(tx: &mut Tx, (until, whole_days): (Moment, i64), belongs: impl Fn(&Fact) -> bool) -> Result<Growth> {
    let mut facts = kept::fresh(tx)?;
    facts.retain(|fact| fact.at <= until && fact.day() <= whole_days);
    if until.millis() < i64::MAX {
        facts.extend(kept::between(tx, whole_days + 1, until)?);
    }
    facts.retain(belongs);
    let mut growth = sums::added(&facts);
    let visited: Vec<_> = sums::visited(&facts).into_iter().collect();
    for visits in kept::visits_of(tx, &visited)?.into_values() {
        let summed = |(fact, fresh): &&(Fact, bool)| !fresh && fact.day() <= whole_days;
        let before: Vec<_> = visits.iter().filter(summed).map(|(fact, _)| fact).collect();
        let after: Vec<_> = visits.iter().map(|(fact, _)| fact).filter(|fact| fact.at <= until).collect();
        sums::difference(&mut growth, seen(&before), seen(&after));
    }
    Ok(growth)
}

/// What progress is measured by.
pub const MEASURED: &[Figure] = &[Figure::Inspected, Figure::LookBacks, Figure::Closed];
/// How it is cut: targets are set for everything, for a class of products, or for one product.
const MEASURED_BY: &[Cut] = &[Cut::Whole, Cut::Class, Cut::Product];

/// The figures that progress is measured by, of several offices in a campaign: by office (none for the nation), figure,
/// cut and part.
pub type Measured = BTreeMap<(Option<OfficeId>, Figure, Cut, String), i64>;

/// Reads what progress is measured by, whatever has not been folded yet included.
pub fn measured(tx: &mut Tx, offices: &[Office], campaign: CampaignId, until: Moment) -> Result<Measured> {
    let (day, mut measured) = (whole_days(until), Measured::new());
    let keys: Vec<Option<OfficeId>> = offices.iter().map(key).collect();
    for keys in keys.chunks(CHUNK) {
        let ids: Vec<Value> = keys.iter().map(|k| k.map(|id| id.to_string()).unwrap_or_default().into()).collect();
        let day = Some(day).filter(|day| *day < i64::MAX);
        for sum in kept::of_offices(tx, &ids, (MEASURED_BY, MEASURED), &campaign.to_string(), day)? {
            let office = if sum.office.is_empty() { None } else { Some(OfficeId::parse(&sum.office)?) };
            *measured.entry((office, sum.figure, sum.cut, sum.part)).or_default() += sum.amount;
        }
    }
    let known: BTreeSet<_> = keys.into_iter().collect();
    for ((key, _), amount) in grown(tx, (until, day), |fact| fact.campaign == Some(campaign))? {
        let counts = MEASURED.contains(&key.figure) && MEASURED_BY.contains(&key.cut);
        if counts && key.campaign == Within::One(campaign) && known.contains(&key.office) {
            *measured.entry((key.office, key.figure, key.cut, key.part)).or_default() += amount;
        }
    }
    Ok(measured)
}

fn is_within(asked: &Asked, campaign: Within) -> bool {
    asked.campaign.is_none_or(|wanted| campaign == Within::One(wanted))
}

fn belongs(asked: &Asked, fact: &Fact) -> bool {
    asked.office.scope().holds(&fact.place(), None)
}
