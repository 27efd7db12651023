//! What a visit is, and what a complete record of one must hold. No database, no HTTP, no clock.

use super::{State, Verb};
use crate::{
    campaigns::{Checklist, Item, Pack, Severity},
    kernel::{
        AccountId, CampaignId, EnterpriseId, Error, HazardId, InspectionId, Moment, OfficeId, REQUIRED, Refusal, Result,
    },
    people::{Actor, Place},
    record::{Count, Dimensions, Field, Figure, Kind, Thing, key_of},
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
    /// What a question of the checklist was answered with.
    pub enum Answered {
        Conforms "conforms" "符合" "Conforms",
        Fails "fails" "不符合" "Does not conform",
        NotApplicable "not_applicable" "不适用" "Not applicable",
        NotChecked "not_checked" "未检查" "Not checked",
    }
}

refusals! {
    TWO_INSPECTORS "inspections.two_inspectors" "现场检查应由两名以上检查人员共同进行。" "A visit is made by two inspectors at least.";
    NOT_AMONG_THEM "inspections.not_among_them" "提交人应是参加检查的人员之一。" "Whoever submits the record must be one of its inspectors.";
    NO_CREDENTIALS "inspections.no_credentials" "检查人员应当主动出示执法证件，请如实记录。" "Inspectors must show their credentials; record that they did.";
    ENDS_BEFORE "inspections.ends_before" "结束时间应晚于开始时间。" "The end must be after the beginning.";
    IN_FUTURE "inspections.in_future" "检查时间不能晚于现在。" "A visit cannot lie in the future.";
    UNSIGNED "inspections.unsigned" "请由当事人签字，或注明拒绝签字并由见证人签名。" "The party signs, or its refusal is noted with a witness.";
    UNANSWERED "inspections.unanswered" "检查项 {item} 尚未作答。" "Question {item} has no answer.";
    UNKNOWN_ITEM "inspections.unknown_item" "检查表中没有检查项 {item}。" "The checklist has no question {item}.";
    TWICE "inspections.answered_twice" "检查项 {item} 重复作答。" "Question {item} is answered twice.";
    WHY_NOT "inspections.why_not" "检查项 {item} 未检查，请说明原因。" "Say why question {item} was not checked.";
    NO_HAZARD "inspections.no_hazard" "检查项 {item} 不符合，请登记相应隐患。" "Question {item} does not conform: put a hazard on the ledger.";
    NO_CHECKLIST "inspections.no_checklist" "没有编号为 {code} 的检查表。" "There is no checklist {code}.";
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
        /// The submitted sheet as JSON: see [`Sheet`].
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
    /// Codes of the products looked at.
    #[serde(default)]
    pub products: Vec<String>,
    pub started_at: Moment,
    pub ended_at: Moment,
    /// Accounts of those who made it, two at least.
    pub inspectors: Vec<AccountId>,
    #[serde(flatten)]
    pub sheet: Sheet,
    /// What was found wrong. Every answer that does not conform has one at least.
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
    Move { planned_for: Date, lead: Option<AccountId> },
    Cancel { why: String },
    Amend { why: String },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Move { .. } => Verb::Move,
            Self::Cancel { .. } => Verb::Cancel,
            Self::Amend { .. } => Verb::Amend,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Cancel { why } | Self::Amend { why } => Some(why),
            Self::Move { .. } => None,
        }
    }
}

impl Submission {
    /// Refuses a record that is not complete by the rules of procedure (APL 42 and 55, IPL 39) or by its checklist.
    /// Clauses: T3-1a, T3-1b, T3-1c.
    pub fn check(&self, items: &[&Item], me: AccountId, now: Moment) -> Result<()> {
        let mut people = self.inspectors.clone();
        people.sort();
        people.dedup();
        if people.len() < 2 {
            return TWO_INSPECTORS.at("inspectors");
        }
        if !people.contains(&me) {
            return NOT_AMONG_THEM.at("inspectors");
        }
        if self.ended_at < self.started_at {
            return ENDS_BEFORE.at("ended_at");
        }
        // A phone's clock may be some minutes ahead of ours.
        if self.ended_at > now.plus(10 * 60 * 1000) {
            return IN_FUTURE.at("ended_at");
        }
        self.sheet.check_signature()?;
        self.check_answers(items)
    }

    fn check_answers(&self, items: &[&Item]) -> Result<()> {
        let known = |id: &str| items.iter().any(|i| i.id == id);
        for (i, answer) in self.sheet.answers.iter().enumerate() {
            let complain =
                |r: Refusal| -> Result<()> { r.with("item", &answer.item).at(&format!("answers.{}", answer.item)) };
            if !known(&answer.item) {
                return complain(UNKNOWN_ITEM);
            }
            if self.sheet.answers[..i].iter().any(|a| a.item == answer.item) {
                return complain(TWICE);
            }
            let told = answer.note.as_deref().is_some_and(|n| !n.trim().is_empty());
            if answer.answer == Answered::NotChecked && !told {
                return complain(WHY_NOT);
            }
            let found = self.hazards.iter().any(|h| h.item.as_ref() == Some(&answer.item));
            if answer.answer == Answered::Fails && !found {
                return complain(NO_HAZARD);
            }
        }
        let open = items.iter().find(|i| !self.sheet.answers.iter().any(|a| a.item == i.id));
        match open {
            Some(item) => UNANSWERED.with("item", &item.id).at(&format!("answers.{}", item.id)),
            None => Ok(()),
        }
    }
}

impl Sheet {
    fn check_signature(&self) -> Result<()> {
        if !self.credentials_shown {
            return NO_CREDENTIALS.at("credentials_shown");
        }
        let said = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        let signed = said(&self.signed_by) && !self.refused;
        let witnessed = self.refused && said(&self.witness);
        if signed || witnessed { Ok(()) } else { UNSIGNED.at("signed_by") }
    }
}

impl Inspection {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        Verb::ALL.iter().copied().filter(|v| self.state.step(*v).is_some_and(|(_, who)| actor.is(who))).collect()
    }

    /// Those who made it.
    pub fn made_by(&self) -> Vec<Inspector> {
        serde_json::from_str(&self.inspectors).unwrap_or_default()
    }

    /// The submitted sheet.
    pub fn sheet(&self) -> Option<Sheet> {
        serde_json::from_str(self.sheet.as_deref()?).ok()
    }

    /// Takes in what was submitted.
    pub fn fill(&mut self, sent: &Submission, list: &Checklist, pack: &Pack, team: Vec<Inspector>) -> Result<()> {
        let day = sent.started_at.date();
        let products: Vec<&str> = sent.products.iter().map(String::as_str).collect();
        let regimes: Vec<&str> = pack.regimes_of_all(&products, day).iter().map(|r| r.code()).collect();
        self.field = sent.field;
        self.source = sent.source.unwrap_or(self.source);
        self.inspectors = serde_json::to_string(&team).map_err(Error::broken)?;
        self.checklist = Some(list.head.code.clone());
        self.checklist_version = Some(list.head.version);
        self.products = sent.products.join(" ");
        self.regimes = regimes.join(" ");
        self.started_at = Some(sent.started_at);
        self.ended_at = Some(sent.ended_at);
        self.sheet = Some(serde_json::to_string(&sent.sheet).map_err(Error::broken)?);
        self.hazards = sent.hazards.len() as i64;
        self.sorted_at = day.to_string();
        Ok(())
    }

    /// Refuses an act that the facts do not allow; the visit after it.
    pub fn after(mut self, act: &Act, to: State) -> Result<Self> {
        if let Act::Move { planned_for, lead } = act {
            self.planned_for = Some(*planned_for);
            self.sorted_at = planned_for.to_string();
            self.lead = lead.unwrap_or(self.lead);
        }
        if act.why().is_some_and(|why| why.trim().is_empty()) {
            return Err(Error::invalid("why", REQUIRED));
        }
        self.state = to;
        Ok(self)
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

    /// R01–R03 of the returns: visits (家次), enterprises (家, counted once by the reader) and inspectors (人次).
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
        };
        let people = self.made_by().len() as i64;
        let amounts = [(Figure::Visits, 1), (Figure::Inspected, 1), (Figure::Inspectors, people)];
        amounts.into_iter().map(|(figure, amount)| Count { figure, amount, by: by.clone() }).collect()
    }

    fn hidden() -> &'static [&'static str] {
        &["digest", "sheet", "sorted_at"]
    }
}
