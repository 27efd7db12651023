//! Milestones (时间节点) of a campaign: how many days are left, and what is missing at the offices below.
//! Clauses: S-4a, S-4b, S-4d.

use super::{
    Campaign, Milestone, Pack,
    targets::{self, Below},
};
use crate::{
    kernel::{Lang, Result, db::Tx},
    people::{By, Level, Scope},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// How a milestone stands for the reader's office.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MilestoneStanding {
    /// Its code in the pack.
    pub code: String,
    /// Its name in the reader's language.
    pub label: String,
    /// The level that has to do it.
    pub level: Level,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// Days until it is due; below nothing when it has passed.
    pub days_left: i64,
    /// The offices just below where targets due on that day are not accepted, were sent back, or are not divided to the
    /// end.
    pub missing: Vec<Below>,
    /// The texts of the campaign that lay it down.
    #[serde(skip)]
    pub source: String,
    #[serde(skip)]
    pub certainty: &'static str,
}

impl MilestoneStanding {
    /// How many days are left, in words.
    pub fn left(&self, lang: Lang) -> String {
        match (self.days_left, lang) {
            (0, _) => lang.say("今天到期", "due today").to_owned(),
            (n, Lang::Zh) if n > 0 => format!("还有 {n} 天"),
            (n, Lang::En) if n > 0 => format!("{n} days left"),
            (n, Lang::Zh) => format!("已过 {} 天", -n),
            (n, Lang::En) => format!("{} days ago", -n),
        }
    }
}

/// When a milestone is due in a campaign: as the pack says, or, where a campaign runs a pack in another year, as many days
/// later as it begins later.
pub fn due_in(milestone: &Milestone, campaign: &Campaign, pack: &Pack) -> Date {
    if (campaign.starts..=campaign.ends).contains(&milestone.due) {
        return milestone.due;
    }
    let later = pack.about.starts.until(campaign.starts).unwrap_or_default();
    milestone.due.saturating_add(later).clamp(campaign.starts, campaign.ends)
}

/// The milestones of a campaign in the order of their days, as they stand for the reader's office.
pub fn standing(tx: &mut Tx, by: &By, campaign: &Campaign, pack: &Pack, lang: Lang) -> Result<Vec<MilestoneStanding>> {
    let today = by.at.date();
    let mut all = Vec::new();
    let mut milestones: Vec<_> = pack.milestones.iter().map(|m| (due_in(m, campaign, pack), m)).collect();
    milestones.sort_by_key(|(due, _)| *due);
    let mut said = None;
    for (due, milestone) in milestones {
        // what is missing by a day is said once, beside the first milestone of the day
        let mut missing = match by.actor.scope() {
            Scope::Office { .. } if said != Some(due) => targets::below(tx, campaign.id, &by.actor.office, Some(due))?,
            _ => Vec::new(),
        };
        said = Some(due);
        missing.retain(|office| !office.is_settled());
        all.push(MilestoneStanding {
            code: milestone.code.clone(),
            label: milestone.label(lang).to_owned(),
            level: milestone.level,
            due,
            days_left: i64::from(today.until(due).map_or(0, |span| span.get_days())),
            missing,
            source: milestone.source.clone(),
            certainty: milestone.certainty.code(),
        });
    }
    Ok(all)
}
