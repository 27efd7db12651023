//! How the cascade stands at the offices below: what is accepted, what is not, what is not divided to the end.

use super::{State, store};
use crate::{
    kernel::{CampaignId, Lang, OfficeId, Result, db::Tx},
    people::{Office, store as offices},
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How an office stands with its targets and those of all below it, in numbers of targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CascadeStanding)]
pub struct Below {
    pub office: OfficeId,
    pub name: String,
    pub name_en: String,
    pub accepted: i64,
    pub assigned: i64,
    pub returned: i64,
    /// Above the county, and not divided to the end.
    pub undivided: i64,
}

impl Below {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.name, &self.name_en)
    }

    /// What is not settled, in words: 待接收 2 · 已退回 1.
    pub fn said(&self, lang: Lang) -> String {
        let parts = [
            (self.assigned, State::Assigned.label(lang)),
            (self.returned, State::Returned.label(lang)),
            (self.undivided, lang.say("未分解完", "Not divided to the end")),
        ];
        let words = parts.iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{what} {many}"));
        words.collect::<Vec<_>>().join(" · ")
    }

    /// Whether nothing is left to be done before the work can begin.
    pub const fn is_settled(&self) -> bool {
        self.assigned == 0 && self.returned == 0 && self.undivided == 0
    }
}

/// How each office just below stands, in the order of their codes; of the targets that are due on a day, when one is given.
pub fn below(tx: &mut Tx, campaign: CampaignId, office: &Office, due: Option<Date>) -> Result<Vec<Below>> {
    let mut missing: BTreeMap<OfficeId, Vec<store::Missing>> = BTreeMap::new();
    for line in store::missing(tx, office, campaign, due)? {
        if let Some(id) = line.office {
            missing.entry(id).or_default().push(line);
        }
    }
    let mut all = offices::offices_below(tx, office.id)?;
    all.retain(|o| o.active);
    let line = |o: Office| {
        let lines = missing.remove(&o.id).unwrap_or_default();
        let many = |state: State| lines.iter().filter(|l| l.state == state).map(|l| l.many).sum();
        Below {
            office: o.id,
            name: o.name,
            name_en: o.name_en,
            accepted: many(State::Accepted),
            assigned: many(State::Assigned),
            returned: many(State::Returned),
            undivided: lines.iter().map(|l| l.loose).sum(),
        }
    };
    Ok(all.into_iter().map(line).collect())
}
