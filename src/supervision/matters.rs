//! What a step of the ladder is about, thing by thing, as its page lists it and its letters name it.

use super::Reminder;
use crate::{
    campaigns::{
        self, Measure,
        targets::{self, Target},
    },
    hazards::{self, Hazard},
    inspections::{self, Inspection},
    kernel::{HazardId, InspectionId, Lang, Result, ReturnId, TargetId, db::Tx},
    reports::returns::{self, Return},
};
use jiff::civil::Date;

/// One thing that was measured, as it stands now.
pub(super) struct Matter {
    /// Its address; empty for what has none.
    pub href: String,
    pub number: String,
    /// The enterprise it concerns.
    pub party: String,
    pub what: String,
    pub found: Option<Date>,
    pub due: Option<Date>,
    pub colour: &'static str,
    pub state: &'static str,
}

impl Matter {
    /// What stands below its name on the page.
    pub fn meta(&self, lang: Lang) -> String {
        let due = self.due.map(|due| format!("{} {}", lang.say("期限", "due"), lang.date(due)));
        let parts = [self.party.clone(), self.number.clone(), due.unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// The first `most` things that a step is about.
pub(super) fn matters(tx: &mut Tx, reminder: &Reminder, most: usize, lang: Lang) -> Result<Vec<Matter>> {
    let mut matters = Vec::new();
    for item in reminder.item_ids().take(most) {
        matters.extend(match reminder.measure {
            Measure::Overdue | Measure::Undecided | Measure::LookBack => {
                hazards::find(tx, HazardId::parse(item)?)?.map(|h| of_hazard(h, lang))
            }
            Measure::Visits => inspections::find(tx, InspectionId::parse(item)?)?.map(|v| of_visit(v, lang)),
            Measure::Plan | Measure::Unaccepted | Measure::Undivided => {
                match targets::find(tx, TargetId::parse(item)?)? {
                    Some(target) => Some(of_target(tx, target, lang)?),
                    None => None,
                }
            }
            Measure::Silent | Measure::SentBack => of_return(tx, reminder, item, lang)?,
            Measure::Closing => None,
        });
    }
    Ok(matters)
}

fn of_hazard(h: Hazard, lang: Lang) -> Matter {
    Matter {
        href: h.href(),
        colour: h.colour(),
        state: h.state.label(lang),
        found: Some(h.found_at.date()),
        due: h.due,
        number: h.number,
        party: h.party,
        what: h.what,
    }
}

fn of_visit(v: Inspection, lang: Lang) -> Matter {
    Matter {
        href: format!("/inspections/{}", v.id),
        number: String::new(),
        what: lang.say("计划检查", "Planned visit").to_owned(),
        party: v.party,
        found: None,
        due: v.planned_for,
        colour: "grey",
        state: v.state.label(lang),
    }
}

fn of_target(tx: &mut Tx, t: Target, lang: Lang) -> Result<Matter> {
    let (_, pack) = campaigns::of(tx, t.campaign)?;
    let of = targets::label(&pack, &t.product, &t.focus, lang);
    let (measure, total, unit) = (t.measure.label(lang), lang.count(t.total), t.measure.unit(lang));
    Ok(Matter {
        href: t.href(),
        number: String::new(),
        party: String::new(),
        what: format!("{of} · {measure} {total} {unit}"),
        found: None,
        due: Some(t.due),
        colour: t.state.colour(),
        state: t.state.label(lang),
    })
}

/// A return by its id, or the period for which there is none.
fn of_return(tx: &mut Tx, reminder: &Reminder, item: &str, lang: Lang) -> Result<Option<Matter>> {
    let own: Option<Return> = match ReturnId::parse(item) {
        Ok(id) => returns::find(tx, id)?,
        Err(_) => None,
    };
    let (campaign, pack) = campaigns::of(tx, reminder.campaign)?;
    let code = own.as_ref().map_or(item, |own| &own.period);
    let Some(period) = returns::period(&pack, &campaign, code) else { return Ok(None) };
    let silent = lang.say("未报送", "Not submitted");
    Ok(Some(Matter {
        href: own.as_ref().map_or_else(|| format!("/returns?campaign={}", campaign.id), Return::href),
        number: String::new(),
        party: String::new(),
        what: period.label(lang).to_owned(),
        found: None,
        due: Some(period.due),
        colour: own.as_ref().map_or("grey", |own| own.state.colour()),
        state: own.as_ref().map_or(silent, |own| own.state.label(lang)),
    }))
}
