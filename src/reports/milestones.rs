//! Milestones (时间节点) with all that is missing for them: targets that are not settled, returns that were not submitted;
//! and those that are near, ahead of time. Clauses: S-4a, S-4b, S-4d.

use super::returns;
use crate::{
    campaigns::{
        self, Campaign, Milestone, Pack,
        milestones::{self, MilestoneStanding, due_in},
    },
    kernel::{Lang, OfficeId, Result, db::Tx},
    people::{By, Office, Scope, store as offices},
};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

/// So many days ahead a milestone is near.
const AHEAD: i64 = 10;

/// How a milestone stands for the reader's office, returns included.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MilestoneWithReturns)]
pub struct Standing {
    #[serde(flatten)]
    pub milestone: MilestoneStanding,
    /// The offices just below that have not submitted a return that is due on that day.
    pub silent: Vec<Silent>,
}

/// An office that has not submitted a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SilentOffice)]
pub struct Silent {
    pub office: OfficeId,
    pub name: String,
    pub name_en: String,
    /// Code of the period, such as interim.
    pub period: String,
    /// The period's name in the reader's language.
    pub label: String,
}

/// The milestones of a campaign in the order of their days, with what is missing for each.
pub fn standing(tx: &mut Tx, by: &By, campaign: &Campaign, pack: &Pack, lang: Lang) -> Result<Vec<Standing>> {
    let mut all = Vec::new();
    let mut said = None;
    for milestone in milestones::standing(tx, by, campaign, pack, lang)? {
        // what is missing by a day is said once, beside the first milestone of the day
        let silent =
            if said == Some(milestone.due) { Vec::new() } else { silent(tx, by, campaign, pack, milestone.due, lang)? };
        said = Some(milestone.due);
        all.push(Standing { milestone, silent });
    }
    Ok(all)
}

/// The offices just below that have not submitted a return that is due on `day`.
fn silent(tx: &mut Tx, by: &By, campaign: &Campaign, pack: &Pack, day: Date, lang: Lang) -> Result<Vec<Silent>> {
    if !matches!(by.actor.scope(), Scope::Office { .. }) {
        return Ok(Vec::new());
    }
    let mut below = offices::offices_below(tx, by.actor.office.id)?;
    below.retain(|office: &Office| office.active && campaign.reaches(&office.place()));
    let mut all = Vec::new();
    for period in returns::periods(pack, campaign).into_iter().filter(|p| p.due == day && p.begins <= by.at.date()) {
        for office in returns::silent(tx, campaign, &period, &below)? {
            all.push(Silent {
                office: office.id,
                name: office.name.clone(),
                name_en: office.name_en.clone(),
                period: period.code.clone(),
                label: period.label(lang).to_owned(),
            });
        }
    }
    Ok(all)
}

/// A milestone that is near.
#[derive(Debug, Clone)]
pub struct Near {
    pub code: String,
    pub label: String,
    /// The campaign's name.
    pub campaign: String,
    pub due: Date,
    /// How many days are left, in words.
    pub left: String,
    pub href: String,
    /// How many offices below are not there yet, where any is.
    pub missing: Option<usize>,
}

/// The milestones that are near for the actor's office, in the campaigns under way.
pub fn near(tx: &mut Tx, by: &By, lang: Lang) -> Result<Vec<Near>> {
    let (today, place) = (by.at.date(), by.actor.office.place());
    let soon = |due: Date| today <= due && due <= today.saturating_add(AHEAD.days());
    let mut near = Vec::new();
    for campaign in campaigns::current(tx, &place, today)? {
        let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
        let concerns = |m: &Milestone| m.level >= by.actor.office.level && soon(due_in(m, &campaign, &pack));
        if !pack.milestones.iter().any(concerns) {
            continue;
        }
        for Standing { milestone, silent } in standing(tx, by, &campaign, &pack, lang)? {
            if soon(milestone.due) && milestone.level >= by.actor.office.level {
                let missing = milestone.missing.len() + silent.len();
                near.push(Near {
                    left: milestone.left(lang),
                    href: format!("/campaigns/{}", campaign.id),
                    campaign: campaign.label(lang).to_owned(),
                    due: milestone.due,
                    code: milestone.code,
                    label: milestone.label,
                    missing: Some(missing).filter(|n| *n > 0),
                });
            }
        }
    }
    near.sort_by(|a, b| (a.due, &a.code).cmp(&(b.due, &b.code)));
    Ok(near)
}
