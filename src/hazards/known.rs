//! What must be looked up before the rules can judge.

use super::{Act, Facts, Hazard, RECTIFIED, Verb};
use crate::{
    accounts,
    campaigns::{self, ClosingReason, Days, Pack, SeverityRule},
    files,
    kernel::{Moment, NOT_A_CHOICE, REQUIRED, Result, TOO_LONG, db::Tx},
    people::{By, Place, store as offices},
    reference::{Calendar, Rollover, clock},
};
use jiff::civil::Date;
use std::sync::Arc;

/// Longest text of a finding, measure or reason, in characters.
const LONGEST: usize = 2000;

/// Roles of evidence that show a rectification: the verbs that bring it.
const SHOWS_RECTIFICATION: &[&str] = &[Verb::Submit.code(), Verb::CorrectOnSpot.code(), Verb::Verify.code()];
/// … that show another ground for close-out.
const SHOWS_OTHER_GROUND: &[&str] = &[Verb::Propose.code()];

/// The looked-up part of [`Facts`].
pub(super) struct Known {
    pack: Arc<Pack>,
    severity: campaigns::Severity,
    latest: Date,
    evidence: i64,
    reason: Option<String>,
    destination: Option<Place>,
}

impl Known {
    /// Looks up what `act` on `hazard` is judged by.
    pub(super) fn of(tx: &mut Tx, by: &By, hazard: &Hazard, act: &Act) -> Result<Self> {
        let (_, pack) = campaigns::of(tx, hazard.campaign)?;
        check_texts(act)?;
        let reason = match act {
            Act::Propose { reason, .. } => Some(reason.clone()),
            Act::Submit { .. } | Act::CorrectOnSpot { .. } | Act::Verify { .. } => Some(RECTIFIED.to_owned()),
            _ => hazard.reason.clone(),
        };
        let unknown = |code: &&str| *code != RECTIFIED && pack.closing_reason(code).is_none();
        if let Some(code) = reason.as_deref().filter(unknown) {
            return NOT_A_CHOICE.with("value", code).at("reason");
        }
        let destination = match act {
            Act::Transfer { office, .. } => Some(offices::office_within(tx, by.scope(), *office)?.place()),
            _ => None,
        };
        if let Act::Assign { handler } = act {
            accounts::colleague(tx, by.scope(), *handler)?;
        }
        let evidence = evidence(tx, hazard, act, reason.as_deref())?;
        let latest = latest(&pack, hazard, act, by);
        Ok(Self { latest, severity: hazard.severity, pack, evidence, reason, destination })
    }

    /// The ground on which it is closed, where an enterprise that stopped must be watched (恢复生产经营监视).
    pub(super) fn watched_for(&self) -> Option<&ClosingReason> {
        self.reason.as_deref().and_then(|code| self.pack.closing_reason(code)).filter(|ground| ground.resume_watch)
    }

    /// As the rules want it.
    pub(super) fn facts<'a>(&'a self, by: &'a By) -> Facts<'a> {
        Facts {
            actor: &by.actor,
            at: by.done_at(),
            rule: self.pack.severity(self.severity),
            latest: self.latest,
            evidence: self.evidence,
            reason: self.reason.as_deref().and_then(|code| self.pack.closing_reason(code)),
            destination: self.destination,
        }
    }
}

/// Pieces of evidence for the ground of close-out: those that come with an act which must bring some, else those that
/// earlier acts have brought for it. What the finding itself showed does not count.
fn evidence(tx: &mut Tx, hazard: &Hazard, act: &Act, ground: Option<&str>) -> Result<i64> {
    match act.verb() {
        Verb::Submit | Verb::CorrectOnSpot | Verb::Propose => {
            let mut own = act.evidence().to_vec();
            own.sort();
            own.dedup();
            Ok(own.len() as i64)
        }
        _ => {
            let shows = if ground.is_none_or(|g| g == RECTIFIED) { SHOWS_RECTIFICATION } else { SHOWS_OTHER_GROUND };
            files::count_linked(tx, &hazard.id.to_string(), shows)
        }
    }
}

/// The last day on which a hazard may be due: of an order, so many days from now as the severity says; of an extension,
/// so many from the present date as the pack's clock `extension_max_days` says.
fn latest(pack: &Pack, hazard: &Hazard, act: &Act, by: &By) -> Date {
    let today = by.done_at().date();
    match act {
        Act::AskExtension { .. } => {
            let from = hazard.due.unwrap_or(today);
            pack.clock("extension_max_days", today).map_or(from, |limit| clock::due(Moment::start_of(from), limit).date)
        }
        _ => due_under(pack.severity(hazard.severity), by),
    }
}

fn due_under(rule: &SeverityRule, by: &By) -> Date {
    let (calendar, today) = (Calendar::official(), by.at.date());
    match rule.clock {
        Days::Calendar => calendar.add_calendar_days(today, rule.days, Rollover::None).value,
        Days::Working => calendar.add_working_days(today, rule.days).value,
    }
}

/// Texts that must say something, and not too much.
fn check_texts(act: &Act) -> Result<()> {
    let measure = match act {
        Act::CorrectOnSpot { measure, .. } | Act::Submit { measure, .. } => Some(("measure", measure.as_str())),
        _ => None,
    };
    let field = if matches!(act, Act::Order { .. }) { "demand" } else { "why" };
    let why = act.why().map(|why| (field, why));
    for (field, text) in measure.into_iter().chain(why) {
        said(field, text)?;
    }
    Ok(())
}

/// Refuses a text that is empty or too long.
pub(super) fn said(field: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return REQUIRED.at(field);
    }
    if text.chars().count() > LONGEST { TOO_LONG.with("max", LONGEST).at(field) } else { Ok(()) }
}
