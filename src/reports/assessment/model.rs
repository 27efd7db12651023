//! What a fixed scoring sheet is, and what may be said about it. No database, no HTTP, no clock.

use super::{
    State, Verb,
    sheet::{self, Sheet, hundredths},
};
use crate::{
    kernel::{AccountId, AssessmentId, CampaignId, Lang, Moment, OfficeId},
    people::{Actor, Place},
    record::{Kind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

row! {
    /// A scoring sheet (质量工作考核评分表) as it was fixed on a day.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Assessment {
        pub id: AssessmentId,
        pub campaign: CampaignId,
        /// The office that is judged.
        pub office: OfficeId,
        pub office_zh: String,
        pub office_en: String,
        /// The office above, which judges.
        pub above: OfficeId,
        /// The last day that counts.
        #[schema(value_type = String, format = Date)]
        pub day: Date,
        /// Until the end of this day the office may object.
        #[schema(value_type = String, format = Date)]
        pub due: Date,
        pub state: State,
        /// Of a hundred points, in hundredths, as fixed; none where nothing could be scored.
        pub scored: Option<i64>,
        /// … and after corrections.
        pub total: Option<i64>,
        /// SHA-256 of the sheet.
        pub digest: String,
        pub fixed_by: AccountId,
        pub fixed_at: Moment,
        pub confirmed_by: Option<AccountId>,
        pub confirmed_at: Option<Moment>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

row! {
    /// Something said about a line of a fixed sheet: an objection, a correction, an objection rejected.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = AssessmentRemark)]
    pub struct Remark {
        pub number: i64,
        /// Code of the line.
        pub line: String,
        /// object, correct or reject.
        pub verb: Verb,
        /// What the line has from then on, in hundredths of points.
        pub mark: Option<i64>,
        pub why: String,
        pub by_name: String,
        pub said_at: Moment,
    }
}

impl Remark {
    /// The points that it gives, as people write them; nothing when it gives none.
    pub fn points(&self) -> String {
        self.mark.map_or_else(String::new, |mark| sheet::points(Some(mark)))
    }
}

/// A sheet to be fixed. The client makes the id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAssessment)]
pub struct New {
    pub campaign: CampaignId,
    /// An office directly below the own one.
    pub office: OfficeId,
    /// The last day that counts; today when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub day: Option<Date>,
    /// Until when the office may object; five working days when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
}

/// Something done to a fixed sheet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = AssessmentAct)]
pub enum Act {
    Agree {},
    /// Say what is wrong with a line, once for each line.
    Object {
        line: String,
        why: String,
    },
    /// Give a line other points; what was fixed stays to be seen.
    Correct {
        line: String,
        /// Such as 18.5.
        #[serde(deserialize_with = "points")]
        #[schema(value_type = String)]
        points: i64,
        why: String,
    },
    /// Leave a line as it is, though it was objected to.
    Reject {
        line: String,
        why: String,
    },
    Confirm {},
    Withdraw {
        why: String,
    },
}

/// Points from JSON, as a number or a text, in hundredths.
fn points<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<i64, D::Error> {
    let text = match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    hundredths(&text).ok_or_else(|| serde::de::Error::custom("points such as 18.5 are expected"))
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Agree {} => Verb::Agree,
            Self::Object { .. } => Verb::Object,
            Self::Correct { .. } => Verb::Correct,
            Self::Reject { .. } => Verb::Reject,
            Self::Confirm {} => Verb::Confirm,
            Self::Withdraw { .. } => Verb::Withdraw,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Object { why, .. }
            | Self::Correct { why, .. }
            | Self::Reject { why, .. }
            | Self::Withdraw { why } => Some(why),
            Self::Agree {} | Self::Confirm {} => None,
        }
    }

    /// The line it is about.
    pub fn line(&self) -> Option<&str> {
        match self {
            Self::Object { line, .. } | Self::Correct { line, .. } | Self::Reject { line, .. } => Some(line),
            Self::Agree {} | Self::Confirm {} | Self::Withdraw { .. } => None,
        }
    }
}

impl Assessment {
    /// The office in the reader's language.
    pub fn office_label(&self, lang: Lang) -> &str {
        lang.say(&self.office_zh, &self.office_en)
    }

    /// The total after corrections, as people write it.
    pub fn points(&self) -> String {
        sheet::points(self.total)
    }

    /// The total as it was fixed.
    pub fn points_as_fixed(&self) -> String {
        sheet::points(self.scored)
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/assessments/{}", self.id)
    }

    /// Whether the time to object is over on `today`.
    pub fn is_past_due(&self, today: Date) -> bool {
        today > self.due
    }

    /// Whether `verb` is for the office of `actor`.
    pub fn concerns(&self, actor: &Actor, verb: Verb) -> bool {
        actor.office.id == if verb.is_for_judged() { self.office } else { self.above }
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| {
            let step = self.state.step(*v);
            step.is_some_and(|(_, who)| who.iter().any(|role| actor.is(*role))) && self.concerns(actor, *v)
        };
        Verb::ALL.iter().copied().filter(may).collect()
    }
}

/// The lines that were objected to and of which nothing has been decided since.
pub fn open(remarks: &[Remark]) -> Vec<&str> {
    let last = |line: &str| remarks.iter().rfind(|r| r.line == line).map(|r| r.verb);
    let objected = remarks.iter().filter(|r| r.verb == Verb::Object).map(|r| r.line.as_str());
    objected.filter(|line| last(line) == Some(Verb::Object)).collect()
}

/// What a line of `sheet` has after corrections, in hundredths of points.
pub fn mark(sheet: &Sheet, remarks: &[Remark], line: &str) -> Option<i64> {
    let corrected = remarks.iter().rev().filter(|r| r.line == line).find_map(|r| r.mark);
    corrected.or_else(|| sheet.line(line)?.mark)
}

/// The total of `sheet` after corrections.
pub fn total(sheet: &Sheet, remarks: &[Remark]) -> Option<i64> {
    sheet::total(sheet.lines.iter().map(|l| (l.rule.weight, mark(sheet, remarks, &l.rule.code))))
}

impl Thing for Assessment {
    const KIND: Kind = Kind::Assessment;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} 质量工作考核评分（截至{}）", self.office_zh, self.day)
    }

    fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }
}
