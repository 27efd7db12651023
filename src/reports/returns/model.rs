//! What a return is, and what may be done to it. No database, no HTTP, no clock.

use super::{Hand, Period, State, Verb};
use crate::{
    kernel::{AccountId, CampaignId, Error, Lang, Moment, OfficeId, Result, ReturnId},
    people::{Actor, Level, Place},
    record::{Field, Kind, Thing},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

row! {
    /// A return (统计报表): what an office reports for a period.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Return {
        pub id: ReturnId,
        pub campaign: CampaignId,
        /// The office that reports (填报单位).
        pub office: OfficeId,
        pub office_zh: String,
        pub office_en: String,
        /// Code of the period, such as monthly-2023-07.
        pub period: String,
        pub period_zh: String,
        pub period_en: String,
        pub begins: Date,
        /// The last day that counts: the cut-off is its end.
        pub ends: Date,
        pub due: Date,
        /// The lowest level that reports.
        pub level: Level,
        pub state: State,
        /// Whether it says that there is nothing to report (零报告).
        pub nil: bool,
        /// What the office has to say beside its figures.
        pub note: Option<String>,
        /// Who prepared it (填报人).
        pub prepared_by: AccountId,
        /// Who checked and submitted it (审核人).
        pub submitted_by: Option<AccountId>,
        pub submitted_at: Option<Moment>,
        pub accepted_by: Option<AccountId>,
        pub accepted_at: Option<Moment>,
        /// Number of the table that stands; 0 before the first was submitted.
        pub edition: i64,
        /// SHA-256 of that table.
        pub digest: Option<String>,
        /// Number of the receipt under which the document exchange took the bundle (报送凭据).
        pub receipt: Option<String>,
        pub delivered_on: Option<Date>,
        /// Offices below without which it goes on, as JSON: see [`Gap`].
        pub gaps: String,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// A return to be prepared. The client makes the id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewReturn)]
pub struct New {
    pub campaign: CampaignId,
    /// Code of the period, such as monthly-2023-07.
    pub period: String,
}

/// An office below that has not reported, and why the office above goes on without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReturnGap)]
pub struct Gap {
    pub office: OfficeId,
    pub zh: String,
    pub en: String,
    pub why: String,
}

row! {
    /// An amount that somebody added to a figure by hand. It is seen in every sum that contains it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
    #[schema(as = ReturnAdjustment)]
    pub struct Adjustment {
        pub id: String,
        pub of_return: ReturnId,
        pub campaign: CampaignId,
        pub office: OfficeId,
        /// The last day of the return's period, on which it counts.
        pub day: Date,
        /// Code of the row, such as R15f.
        pub figure: String,
        /// Code of the class of products; none: not told apart.
        pub product: Option<String>,
        pub field: Option<Field>,
        pub amount: i64,
        pub why: String,
        pub by_name: String,
        pub made_at: Moment,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
    }
}

/// Something done to a return.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = ReturnAct)]
pub enum Act {
    /// Add an amount to a figure of the own return, where law demands it. It may be negative.
    Adjust {
        /// Code of the row.
        figure: String,
        #[serde(default)]
        product: Option<String>,
        #[serde(default)]
        field: Option<Field>,
        #[serde(deserialize_with = "whole")]
        amount: i64,
        why: String,
    },
    /// Go on without the return of an office below.
    Excuse {
        office: OfficeId,
        why: String,
    },
    Submit {
        #[serde(default)]
        note: Option<String>,
    },
    /// Say that there is nothing to report.
    ReportNil {
        #[serde(default)]
        note: Option<String>,
    },
    Recall {
        why: String,
    },
    Return {
        why: String,
    },
    Accept {
        #[serde(default)]
        note: Option<String>,
    },
    Reopen {
        why: String,
    },
    Lock,
    Unlock,
    /// Take in what was recorded after it had been submitted, as a numbered edition beside the old one.
    Revise {
        why: String,
    },
    /// Note that the bundle went through the document exchange, and its receipt.
    Deliver {
        receipt: String,
        on: Date,
    },
}

/// A whole number from JSON, or from a form, where everything is text.
fn whole<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<i64, D::Error> {
    match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => text.trim().parse().map_err(serde::de::Error::custom),
        value => value.as_i64().ok_or_else(|| serde::de::Error::custom("a whole number is expected")),
    }
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Adjust { .. } => Verb::Adjust,
            Self::Excuse { .. } => Verb::Excuse,
            Self::Submit { .. } => Verb::Submit,
            Self::ReportNil { .. } => Verb::ReportNil,
            Self::Recall { .. } => Verb::Recall,
            Self::Return { .. } => Verb::Return,
            Self::Accept { .. } => Verb::Accept,
            Self::Reopen { .. } => Verb::Reopen,
            Self::Lock => Verb::Lock,
            Self::Unlock => Verb::Unlock,
            Self::Revise { .. } => Verb::Revise,
            Self::Deliver { .. } => Verb::Deliver,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Adjust { why, .. }
            | Self::Excuse { why, .. }
            | Self::Recall { why }
            | Self::Return { why }
            | Self::Reopen { why }
            | Self::Revise { why } => Some(why),
            Self::Submit { note } | Self::ReportNil { note } | Self::Accept { note } => note.as_deref(),
            Self::Deliver { receipt, .. } => Some(receipt),
            Self::Lock | Self::Unlock => None,
        }
    }

    /// Whether it asks for a reason.
    pub const fn wants_reason(&self) -> bool {
        matches!(self.verb(), Verb::Adjust | Verb::Excuse | Verb::Recall | Verb::Return | Verb::Reopen | Verb::Revise)
    }
}

impl Return {
    /// The period it is for.
    pub fn period(&self) -> Period {
        Period {
            code: self.period.clone(),
            zh: self.period_zh.clone(),
            en: self.period_en.clone(),
            begins: self.begins,
            ends: self.ends,
            due: self.due,
            level: self.level,
        }
    }

    /// The office that reports, in the reader's language.
    pub fn office_label(&self, lang: Lang) -> &str {
        lang.say(&self.office_zh, &self.office_en)
    }

    /// The period in the reader's language.
    pub fn period_label(&self, lang: Lang) -> &str {
        lang.say(&self.period_zh, &self.period_en)
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/returns/{}", self.id)
    }

    /// Offices below without which it goes on.
    pub fn gaps(&self) -> Vec<Gap> {
        serde_json::from_str(&self.gaps).unwrap_or_default()
    }

    /// … with one more; the last reason for an office holds.
    pub fn with_gap(mut self, gap: Gap) -> Result<Self> {
        let mut gaps = self.gaps();
        gaps.retain(|g| g.office != gap.office);
        gaps.push(gap);
        self.gaps = serde_json::to_string(&gaps).map_err(Error::broken)?;
        Ok(self)
    }

    /// From when on it counts.
    pub fn from(&self) -> Moment {
        Moment::start_of(self.begins)
    }

    /// Up to when it counts when it is looked at `now`: the end of its last day at the latest.
    pub fn until(&self, now: Moment) -> Moment {
        Moment::start_of(self.ends.saturating_add(1.day())).plus(-1).min(now)
    }

    /// Days by which it came too late, or is late on `today`; none when it is in time.
    pub fn days_late(&self, today: Date) -> Option<i64> {
        let out = self.submitted_at.filter(|_| self.state.is_out());
        days_late(self.due, out.map_or(today, Moment::date))
    }

    /// What `actor` may do next: the buttons on the page. `above` is the office to which this one reports.
    pub fn open_to(&self, actor: &Actor, above: Option<OfficeId>) -> Vec<Verb> {
        let may = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| who.iter().any(|r| actor.is(*r)));
        Verb::ALL.iter().copied().filter(|v| may(v) && self.is_in_hand_of(actor, *v, above)).collect()
    }

    /// Whether `verb` is for the office of `actor`.
    pub fn is_in_hand_of(&self, actor: &Actor, verb: Verb, above: Option<OfficeId>) -> bool {
        match verb.hand() {
            Hand::Own => actor.office.id == self.office,
            Hand::Above => actor.office.id == above.unwrap_or(self.office),
            Hand::Nobody => verb == Verb::Lock && above.is_none() && actor.office.id == self.office,
        }
    }
}

/// Days by which `day` lies behind `due`.
pub fn days_late(due: Date, day: Date) -> Option<i64> {
    due.until(day).ok().map(|span| i64::from(span.get_days())).filter(|days| *days > 0)
}

impl Thing for Return {
    const KIND: Kind = Kind::Return;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}", self.period_zh, self.office_zh)
    }

    fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }
}
