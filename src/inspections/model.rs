//! What a visit is, and what a record of one holds. No database, no HTTP, no clock.

use super::{State, Verb};
use crate::{
    campaigns::{Answered, Severity},
    kernel::{AccountId, CampaignId, EnterpriseId, HazardId, InspectionId, Moment, OfficeId},
    people::{Actor, Place},
    record::{Count, Dimensions, Field, Figure, Kind, Thing, key_of},
    reference::Regime,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Why somebody goes there. Campaign visits are not double-random ones and are never counted as such.
    #[schema(as = VisitSource)]
    pub enum Source {
        Planned "planned" "计划检查" "Planned",
        Unplanned "unplanned" "临时检查" "Unplanned",
        Special "special" "专项现场检查" "Special on-site check",
        LookBack "look_back" "回头看" "Look-back",
    }
}

row! {
    /// A visit (现场检查).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Inspection {
        pub id: InspectionId,
        /// Number of the on-site record, given when it was submitted.
        pub number: Option<String>,
        /// Hash of what was submitted: the same id with other content is refused.
        pub digest: Option<String>,
        pub campaign: CampaignId,
        pub enterprise: EnterpriseId,
        /// The enterprise's name at that time (当事人).
        pub party: String,
        pub field: Field,
        pub source: Source,
        pub state: State,
        pub planned_for: Option<Date>,
        /// Who leads it: every planned visit has somebody.
        pub lead: AccountId,
        /// Who made it: a JSON list of [`Inspector`].
        pub inspectors: String,
        /// The version of the pack it was made by: old answers stay readable.
        pub pack_version: i64,
        pub checklist: Option<String>,
        pub checklist_version: Option<i64>,
        /// Codes of the products looked at, a space between.
        pub products: String,
        /// Regimes under which the enterprise stood that day (R04), a space between.
        pub regimes: String,
        pub started_at: Option<Moment>,
        pub ended_at: Option<Moment>,
        /// The submitted sheet as JSON: see [`Sheet`]. Lists leave it out.
        pub sheet: Option<String>,
        /// How many hazards it found.
        pub hazards: i64,
        /// The day it is listed under: when it is planned for, or was made.
        pub sorted_at: String,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// One of those who made the visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Inspector {
    pub account: AccountId,
    pub name: String,
    /// Number of the enforcement certificate.
    pub badge: Option<String>,
}

/// A visit to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    pub campaign: CampaignId,
    pub enterprise: EnterpriseId,
    pub planned_for: Date,
    /// Who leads it; whoever plans it when left out.
    pub lead: Option<AccountId>,
    pub source: Option<Source>,
}

/// What was answered, found and signed: the whole record of a visit, made by the client in one piece.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Submission {
    pub campaign: CampaignId,
    pub enterprise: EnterpriseId,
    pub field: Field,
    #[serde(default)]
    pub source: Option<Source>,
    /// Code of the checklist.
    pub checklist: String,
    /// The version of the campaign's pack whose questions were answered; the one in use when left out. A phone without
    /// network may have asked by an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack_version: Option<i64>,
    /// Codes of the products looked at.
    #[serde(default)]
    pub products: Vec<String>,
    pub started_at: Moment,
    pub ended_at: Moment,
    /// Accounts of those who made it, two at least.
    pub inspectors: Vec<AccountId>,
    #[serde(flatten)]
    pub sheet: Sheet,
    /// What was found wrong. Every answer that does not conform has one at least, unless its question is a reminder.
    #[serde(default)]
    pub hazards: Vec<Finding>,
}

/// The part of a record that is read whole and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sheet {
    /// Credentials were shown (IPL 39, APL 55).
    #[serde(default)]
    pub credentials_shown: bool,
    /// The party was told that it may ask for an inspector's withdrawal (回避).
    #[serde(default)]
    pub withdrawal_told: bool,
    pub answers: Vec<Answer>,
    /// What the party had to say.
    #[serde(default)]
    pub statement: Option<String>,
    /// Who signed for the party.
    #[serde(default)]
    pub signed_by: Option<String>,
    /// The party refused to sign.
    #[serde(default)]
    pub refused: bool,
    /// Who witnessed the refusal.
    #[serde(default)]
    pub witness: Option<String>,
    /// Hashes of photographs and papers of the visit as a whole, signatures included.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Where the client says it was, as `longitude,latitude` in degrees. A claim.
    #[serde(default)]
    pub claimed_place: Option<String>,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The question's id on the checklist, such as A7.
    pub item: String,
    pub answer: Answered,
    /// What was seen; needed when it was not checked.
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// Something found wrong, to be put on the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    pub id: HazardId,
    /// The question that brought it to light; none when it was found beside the checklist.
    #[serde(default)]
    pub item: Option<String>,
    /// Code of the problem, such as P07.
    pub problem: String,
    /// As the pack says for the problem when left out.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Code of the product; the first of the visit's when left out.
    #[serde(default)]
    pub product: Option<String>,
    #[serde(default)]
    pub made_on: Option<Date>,
    /// What was found, in words.
    pub what: String,
    #[serde(default)]
    pub evidence: Vec<String>,
    /// What was done about it at once (立行立改).
    #[serde(default)]
    pub corrected: Option<String>,
}

/// What may be done to a visit beside submitting it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = InspectionAct)]
pub enum Act {
    Move {
        planned_for: Date,
        lead: Option<AccountId>,
    },
    Cancel {
        why: String,
    },
    Amend {
        why: String,
    },
    /// Somebody who went along confirms the record whose sealed content has this SHA-256.
    Confirm {
        sha256: String,
    },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Move { .. } => Verb::Move,
            Self::Cancel { .. } => Verb::Cancel,
            Self::Amend { .. } => Verb::Amend,
            Self::Confirm { .. } => Verb::Confirm,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Cancel { why } | Self::Amend { why } | Self::Confirm { sha256: why } => Some(why),
            Self::Move { .. } => None,
        }
    }
}

impl Inspection {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/inspections/{}", self.id)
    }

    /// Colour of its state.
    pub const fn colour(&self) -> &'static str {
        match self.state {
            State::Planned => "orange",
            State::Done => "green",
            State::Cancelled => "grey",
        }
    }

    /// Codes of the products looked at.
    pub fn products(&self) -> Vec<&str> {
        self.products.split(' ').filter(|p| !p.is_empty()).collect()
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| actor.must_be(who).is_ok());
        Verb::ALL.iter().copied().filter(may).collect()
    }

    /// Those who made it.
    pub fn made_by(&self) -> Vec<Inspector> {
        serde_json::from_str(&self.inspectors).unwrap_or_default()
    }

    /// The submitted sheet.
    pub fn sheet(&self) -> Option<Sheet> {
        serde_json::from_str(self.sheet.as_deref()?).ok()
    }
}

impl Thing for Inspection {
    const KIND: Kind = Kind::Inspection;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}", self.number.as_deref().unwrap_or(&self.sorted_at), self.party)
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        Some(self.enterprise)
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    /// R01–R04 and R12 of the returns: visits (家次), enterprises (家, counted once by the reader), inspectors (人次), and
    /// visits by the regimes of that day.
    fn counts(&self) -> Vec<Count> {
        if self.state != State::Done {
            return Vec::new();
        }
        let by = Dimensions {
            campaign: Some(self.campaign),
            product: self.products.split(' ').next().filter(|p| !p.is_empty()).map(str::to_owned),
            field: Some(self.field),
            enterprise: Some(self.enterprise),
            place: key_of(&self.place()),
            ..Dimensions::default()
        };
        let people = self.made_by().len() as i64;
        // enterprises inspected are counted from the visits, once each
        let under = |regime: Regime| self.regimes.split(' ').any(|code| code == regime.code());
        let (licence, ccc) = (under(Regime::Licence), under(Regime::Ccc));
        let amounts = [
            (Figure::Visits, 1),
            (Figure::Inspectors, people),
            (Figure::VisitsLicence, i64::from(licence)),
            (Figure::VisitsCcc, i64::from(ccc)),
            (Figure::VisitsOther, i64::from(!licence && !ccc)),
            (Figure::VisitsSpecial, i64::from(self.source == Source::Special)),
        ];
        let counted = amounts.into_iter().filter(|(_, amount)| *amount != 0);
        counted.map(|(figure, amount)| Count { figure, amount, by: by.clone() }).collect()
    }

    fn hidden() -> &'static [&'static str] {
        &["digest", "sheet", "sorted_at"]
    }
}
