//! What must be looked up before the rules can judge.

use super::{Act, Facts, Found, Hazard, State, model::Origin, rules::RECTIFIED};
use crate::{
    campaigns::{self, ClosingReason, Pack, SeverityRule},
    enterprises, files,
    kernel::{Error, NOT_A_CHOICE, REQUIRED, Result, TOO_LONG, db::Tx},
    people::{By, Place, store as offices},
    record,
};
use jiff::civil::Date;
use std::sync::Arc;

/// Longest text of a finding, measure or reason, in characters.
const LONGEST: usize = 2000;

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
            _ => hazard.reason.clone(),
        };
        if let Some(code) = reason.as_deref().filter(|code| pack.closing_reason(code).is_none()) {
            return NOT_A_CHOICE.with("value", code).at("reason");
        }
        let destination = match act {
            Act::Transfer { office, .. } => Some(destination(tx, by, *office)?),
            Act::Assign { handler } => offices::colleague(tx, by.scope(), *handler).map(|()| None)?,
            _ => None,
        };
        let id = hazard.id.to_string();
        let evidence = files::count_linked(tx, &id)?;
        Ok(Self { latest: latest(&pack, hazard, act, by), severity: hazard.severity, pack, evidence, reason, destination })
    }

    /// As the rules want it.
    pub(super) fn facts<'a>(&'a self, by: &'a By) -> Facts<'a> {
        Facts {
            actor: &by.actor,
            at: by.at,
            rule: self.pack.severity(self.severity),
            latest: self.latest,
            evidence: self.evidence,
            reason: self.reason.as_deref().and_then(|code| self.pack.closing_reason(code)),
            destination: self.destination,
        }
    }
}
