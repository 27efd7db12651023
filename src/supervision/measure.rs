//! What the rules of the ladder measure: who is behind, by how much, and with what.

use super::Reminder;
use crate::{
    campaigns::{
        Campaign, LadderRule, Measure,
        targets::{self, Wait as Undone},
    },
    hazards::{self, Wait},
    inspections,
    kernel::{Moment, OfficeId, Result, db::Tx},
    people::{By, Office, store as offices},
    record::Figure,
    reports::{
        self, Wanted,
        progress::{self, Plan, Standing},
        returns::{self, Late},
    },
};
use jiff::{ToSpan, civil::Date};

/// How many of what was measured a proposal names.
const NAMED: i64 = 50;
/// A share of what was found says nothing of an office that has found less.
const FEW: i64 = 10;

/// An office that is behind by a rule.
#[derive(Debug, Clone)]
pub(super) struct Laggard {
    pub office: OfficeId,
    pub amount: i64,
}

/// Who is behind by a rule of the pack.
pub(super) fn laggards(tx: &mut Tx, by: &By, campaign: &Campaign, rule: &LadderRule) -> Result<Vec<Laggard>> {
    let mut all = offices::of_level(tx, rule.level)?;
    all.retain(|office| campaign.reaches(&office.place()));
    let measured = measured(tx, by, campaign, rule, &all)?.into_iter();
    let young = campaign.starts >= before(by, rule);
    let is_share = rule.measure.is_share();
    let behind =
        measured.filter(|(_, amount)| if is_share { !young && *amount < rule.amount } else { *amount >= rule.amount });
    Ok(behind.map(|(office, amount)| Laggard { office, amount }).collect())
}

/// How an office stands by a rule, whether it is behind or not; none where there is nothing to remind it of.
pub(super) fn of_office(
    tx: &mut Tx,
    by: &By,
    campaign: &Campaign,
    rule: &LadderRule,
    office: &Office,
) -> Result<Option<Laggard>> {
    let measured = measured(tx, by, campaign, rule, std::slice::from_ref(office))?.into_iter();
    let lacks = |amount: i64| if rule.measure.is_share() { amount < 100 } else { amount > 0 };
    let mut own = measured.filter(|(id, amount)| *id == office.id && lacks(*amount));
    Ok(own.next().map(|(office, amount)| Laggard { office, amount }))
}

/// The day before which whatever has waited since has waited too long.
fn before(by: &By, rule: &LadderRule) -> Date {
    by.at.date().saturating_sub(rule.days.days())
}

/// What a rule measures at each of `offices`; who has nothing of it may be left out.
fn measured(
    tx: &mut Tx,
    by: &By,
    campaign: &Campaign,
    rule: &LadderRule,
    offices: &[Office],
) -> Result<Vec<(OfficeId, i64)>> {
    let day = before(by, rule);
    match rule.measure {
        Measure::Overdue | Measure::Undecided | Measure::LookBack => {
            hazards::laggards(tx, wait(rule.measure), campaign.id, rule.level, day)
        }
        Measure::Visits => inspections::laggards(tx, campaign.id, rule.level, day),
        Measure::Unaccepted | Measure::Undivided => {
            targets::laggards(tx, undone(rule.measure), campaign.id, rule.level, day)
        }
        Measure::Silent | Measure::SentBack => {
            let late = returns::late(tx, late(rule.measure), campaign, offices, day)?.into_iter();
            Ok(late.map(|(office, missing)| (office, missing.len() as i64)).collect())
        }
        Measure::Closing => closing(tx, by, campaign, offices),
        Measure::Plan => {
            let standings = progress::standings(tx, campaign, offices, now(by))?.into_iter();
            Ok(standings.filter_map(|(office, all)| Some((office, Plan::of(&all).attained()?))).collect())
        }
    }
}

/// The share of what was found that is closed out, office by office: sums of facts, as on the board.
fn closing(tx: &mut Tx, by: &By, campaign: &Campaign, offices: &[Office]) -> Result<Vec<(OfficeId, i64)>> {
    let mut shares = Vec::new();
    for office in offices {
        let wanted = Wanted { campaign: Some(campaign.id), office: Some(office.id), ..Wanted::default() };
        let found = reports::figure(tx, by, &wanted, Figure::Found)?;
        if found >= FEW {
            shares.push((office.id, reports::figure(tx, by, &wanted, Figure::Closed)? * 100 / found));
        }
    }
    Ok(shares)
}

/// What was measured at an office, by id; the code of the period where nothing bears an id.
pub(super) fn items(
    tx: &mut Tx,
    by: &By,
    campaign: &Campaign,
    rule: &LadderRule,
    office: &Office,
) -> Result<Vec<String>> {
    let (day, scope) = (before(by, rule), office.scope());
    Ok(match rule.measure {
        Measure::Closing => Vec::new(),
        Measure::Overdue | Measure::Undecided | Measure::LookBack => {
            let waiting = hazards::waiting_since(tx, (wait(rule.measure), day), campaign.id, scope, NAMED)?;
            waiting.iter().map(|h| h.id.to_string()).collect()
        }
        Measure::Visits => {
            let visits = inspections::waiting_since(tx, day, campaign.id, scope, NAMED)?;
            visits.iter().map(|v| v.id.to_string()).collect()
        }
        Measure::Unaccepted | Measure::Undivided => {
            let waiting = (undone(rule.measure), day);
            let targets = targets::waiting_since(tx, waiting, campaign.id, office.id, NAMED)?;
            targets.iter().map(|t| t.id.to_string()).collect()
        }
        Measure::Plan => {
            let mut standings = progress::standings(tx, campaign, std::slice::from_ref(office), now(by))?;
            let own = standings.remove(&office.id).unwrap_or_default().into_iter();
            let behind = own.filter(|s| s.measure == targets::Measure::Inspect && Standing::is_behind(s));
            behind.map(|s| s.target.to_string()).collect()
        }
        Measure::Silent | Measure::SentBack => {
            let late = returns::late(tx, late(rule.measure), campaign, std::slice::from_ref(office), day)?;
            let missing = late.into_iter().flat_map(|(_, missing)| missing);
            missing.map(|m| m.own.map_or(m.period.code, |own| own.id.to_string())).collect()
        }
    })
}

/// As things stand: nothing that has happened is left out.
fn now(by: &By) -> (Moment, Date) {
    (Moment::from_millis(i64::MAX), by.at.date())
}

const fn wait(measure: Measure) -> Wait {
    match measure {
        Measure::Undecided => Wait::Undecided,
        Measure::LookBack => Wait::LookBack,
        _ => Wait::Overdue,
    }
}

const fn undone(measure: Measure) -> Undone {
    if matches!(measure, Measure::Unaccepted) { Undone::Unaccepted } else { Undone::Undivided }
}

const fn late(measure: Measure) -> Late {
    if matches!(measure, Measure::Silent) { Late::Silent } else { Late::SentBack }
}

impl Reminder {
    /// Whether it names fewer things than were measured.
    pub(super) fn names_fewer(&self) -> bool {
        !self.measure.is_share() && self.amount > self.item_ids().count() as i64
    }
}
