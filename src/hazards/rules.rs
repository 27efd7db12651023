//! What the facts allow: the hazard after an act, or the sentence that refuses it.

use super::{Act, Facts, Handling, Hazard, State, model::*};
use crate::{
    kernel::{AccountId, Error, Lang, Refusal, Result, ensure},
    people::{Level, Place},
};
use jiff::civil::Date;

/// The closing reason that stands for an ordinary rectification (整改到位).
pub const RECTIFIED: &str = "rectified";

impl Hazard {
    /// The hazard after `act`, which leads to `to`; refuses what the facts do not allow.
    pub fn after(mut self, act: &Act, to: State, facts: &Facts) -> Result<Self> {
        let me = facts.actor.account;
        match act {
            Act::Order { due, .. } => self.order(*due, facts)?,
            Act::CorrectOnSpot { measure, .. } => {
                enough(facts)?;
                self.rectified(measure, None);
                self.verified_by = Some(me);
            }
            Act::Submit { measure, .. } => {
                enough(facts)?;
                self.rectified(measure, Some(me));
            }
            Act::Verify { .. } => {
                // a ground for close-out that was proposed and sent back is none: what is verified is a rectification
                ensure(self.measure.is_some(), NOT_RECTIFIED)?;
                enough(facts)?;
                ensure(self.rectified_by != Some(me), SAME_PERSON)?;
                self.reason = Some(RECTIFIED.to_owned());
                self.verified_by = Some(me);
            }
            Act::Propose { reason, .. } => self.propose(reason, facts)?,
            Act::Decide { handling, case_number, .. } => self.decide(*handling, case_number.as_ref())?,
            Act::Close { handling, case_number, .. } => {
                if let Some(handling) = handling {
                    self.decide(*handling, case_number.as_ref())?;
                }
                self.close(facts)?;
            }
            Act::AskExtension { until, why } => self.ask_extension(*until, why, facts)?,
            Act::GrantExtension { .. } => {
                let until = self.extension.take().ok_or(Error::Refused(NO_EXTENSION_ASKED))?;
                self.due = Some(until);
                self.overdue = self.overdue && until < facts.at.date();
            }
            Act::RefuseExtension { .. } => {
                self.extension.take().ok_or(Error::Refused(NO_EXTENSION_ASKED))?;
            }
            Act::Supervise { .. } => {
                ensure(!self.supervised, ALREADY_SUPERVISED)?;
                self.supervised = true;
            }
            Act::Release { .. } => {
                ensure(self.supervised, NOT_SUPERVISED)?;
                self.supervised = false;
            }
            Act::Assign { handler } => self.handler = *handler,
            Act::Transfer { .. } => self.stand_at(facts.destination.ok_or(Error::NotFound)?, me),
            Act::Lapse => {
                ensure(self.due.is_some_and(|due| due < facts.at.date()) && !self.overdue, NOT_DUE)?;
                self.overdue = true;
            }
            Act::DrawLookBack { due } | Act::DrawRepeatCheck { due } => {
                self.look_back_due = Some(later_than_today(*due, facts, LOOK_BACK_PAST)?);
            }
            Act::PassLookBack { .. } => {
                ensure(self.verified_by != Some(me), SAME_PERSON)?;
                self.looked_back();
                self.look_backs_passed += 1;
            }
            Act::PassRepeatCheck { .. } => {
                ensure(self.verified_by != Some(me), SAME_PERSON)?;
                self.looked_back();
                self.repeat_checks_passed += 1;
            }
            Act::Reopen { .. } => self.reopen(),
            Act::Reject { .. } => ensure(self.due.is_some(), NOT_ORDERED)?,
            Act::Return { .. } => self.take_back(),
            Act::Dismiss { .. } | Act::Acknowledge | Act::WithdrawEvidence { .. } => {}
        }
        self.state = to;
        // what has left the ledger, struck off or never established, is supervised no longer
        self.supervised &= to.is_open();
        Ok(self)
    }

    fn order(&mut self, due: Date, facts: &Facts) -> Result<()> {
        later_than_today(due, facts, DUE_PAST)?;
        if due > facts.latest {
            return DUE_TOO_LATE.with("latest", facts.latest).at("due");
        }
        self.due = Some(due);
        self.orders += 1;
        Ok(())
    }

    fn rectified(&mut self, measure: &str, by: Option<AccountId>) {
        self.measure = Some(measure.to_owned());
        self.rectified_by = by;
        self.reason = Some(RECTIFIED.to_owned());
        self.overdue = false;
        self.extension = None;
    }

    fn propose(&mut self, reason: &str, facts: &Facts) -> Result<()> {
        ensure(reason != RECTIFIED, NOT_A_REASON)?;
        enough(facts)?;
        self.reason = Some(reason.to_owned());
        self.verified_by = Some(facts.actor.account);
        self.overdue = false;
        self.extension = None;
        Ok(())
    }

    fn decide(&mut self, handling: Handling, case_number: Option<&String>) -> Result<()> {
        let number = case_number.filter(|n| !n.trim().is_empty());
        if handling != Handling::NoCase && number.is_none() {
            return CASE_NUMBER_MISSING.at("case_number");
        }
        self.handling = Some(handling);
        self.case_number = number.cloned();
        Ok(())
    }

    /// The gates of close-out beside verification: the case is decided, another person approves, of an office high
    /// enough for the severity, on evidence (T2-2c, S-4a).
    fn close(&mut self, facts: &Facts) -> Result<()> {
        let me = facts.actor.account;
        if self.handling.is_none() {
            return HANDLING_MISSING.at("handling");
        }
        ensure(self.verified_by != Some(me) && self.rectified_by != Some(me), SAME_PERSON)?;
        let least = facts.rule.approval_level;
        ensure(facts.actor.office.level <= least, too_low(least))?;
        enough(facts)?;
        self.closed_by = Some(me);
        self.closed_at = Some(facts.at);
        Ok(())
    }

    fn ask_extension(&mut self, until: Date, why: &str, facts: &Facts) -> Result<()> {
        let due = self.due.unwrap_or(Date::MIN);
        if until <= due {
            return EXTENSION_NOT_LATER.with("due", due).at("until");
        }
        if until > facts.latest {
            return EXTENSION_TOO_LONG.with("latest", facts.latest).at("until");
        }
        self.extension = Some(until);
        self.extension_why = Some(why.to_owned());
        Ok(())
    }

    /// Close-out was not approved: whoever found it good, and any other ground than a rectification, count no more.
    fn take_back(&mut self) {
        self.verified_by = None;
        self.reason = self.measure.as_ref().map(|_| RECTIFIED.to_owned());
    }

    /// The look that it was drawn for has been taken, well or not.
    fn looked_back(&mut self) {
        self.look_back_due = None;
        match self.state {
            State::LookingBack => self.look_backs += 1,
            State::RepeatChecking => self.repeat_checks += 1,
            _ => {}
        }
    }

    /// Back on the ledger: what was found, decided and approved before stands in the events, not here.
    fn reopen(&mut self) {
        self.looked_back();
        self.reopenings += 1;
        self.due = None;
        self.measure = None;
        self.rectified_by = None;
        self.reason = None;
        self.verified_by = None;
        self.handling = None;
        self.case_number = None;
        self.closed_by = None;
        self.closed_at = None;
    }

    fn stand_at(&mut self, place: Place, handler: AccountId) {
        (self.province, self.city, self.county, self.station) =
            (place.province, place.city, place.county, place.station);
        self.handler = handler;
    }
}

fn too_low(least: Level) -> Refusal {
    APPROVER_TOO_LOW.with("level_zh", least.label(Lang::Zh)).with("level_en", least.label(Lang::En).to_lowercase())
}

/// As many pieces of evidence as the pack asks for the ground of close-out; one at the least, whatever it says.
fn enough(facts: &Facts) -> Result<()> {
    let least = facts.reason.map_or(1, |reason| reason.evidence_min.max(1));
    if facts.evidence >= least { Ok(()) } else { EVIDENCE_MISSING.with("least", least).at("evidence") }
}

fn later_than_today(day: Date, facts: &Facts, refusal: Refusal) -> Result<Date> {
    if day > facts.at.date() { Ok(day) } else { refusal.at("due") }
}
