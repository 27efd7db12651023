//! What a hazard is, and what the facts allow. No database, no HTTP, no clock.

use super::{State, Verb};
use crate::{
    campaigns::{ClosingReason, Severity, SeverityRule},
    kernel::{AccountId, CampaignId, EnterpriseId, HazardId, Moment, OfficeId},
    people::{Actor, Place},
    record::Field,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where we know of it from.
    pub enum Origin {
        Inspection "inspection" "现场检查" "Inspection",
        SelfReport "self_report" "企业自报" "Reported by the enterprise",
        Complaint "complaint" "投诉举报" "Complaint",
        SpotCheck "spot_check" "监督抽查" "Spot check",
        Referral "referral" "其他机构移送" "Referred by another office",
    }
    /// What was decided on the administrative case: rectifying does not cancel it (APL art.28).
    pub enum Handling {
        NoCase "no_case" "不予立案" "No case filed",
        Filed "filed" "已立案" "Case filed",
        Referred "referred" "移送有权机关" "Referred to the competent authority",
    }
}

refusals! {
    DUE_PAST "hazards.due_past" "整改期限应晚于今天。" "The due date must be later than today.";
    DUE_TOO_LATE "hazards.due_too_late" "该级别隐患的整改期限最迟为 {latest}。" "For this severity the due date is {latest} at the latest.";
    EVIDENCE_MISSING "hazards.evidence_missing" "请至少上传 {least} 份证明材料。" "At least {least} piece(s) of evidence are needed.";
    SAME_PERSON "hazards.same_person" "复查人、批准人和回头看人员不得为同一人。" "Whoever verified it may not also approve it or look back at it.";
    APPROVER_TOO_LOW "hazards.approver_too_low" "该级别隐患须由{level_zh}及以上机构批准销号。" "A hazard of this severity is closed out by a {level_en} office or a higher one.";
    HANDLING_MISSING "hazards.handling_missing" "销号前须先确定行政处理意见（立案、不予立案或移送）。" "Before close-out the administrative case must be decided: filed, not filed or referred.";
    CASE_NUMBER_MISSING "hazards.case_number_missing" "请填写立案文号或移送文号。" "Give the number of the case or of the referral.";
    NO_EXTENSION_ASKED "hazards.no_extension_asked" "企业没有提出延期申请。" "The enterprise has not asked for an extension.";
    EXTENSION_NOT_LATER "hazards.extension_not_later" "申请的期限应晚于现有期限 {due}。" "The new date must be later than the present one, {due}.";
    EXTENSION_TOO_LONG "hazards.extension_too_long" "延期最长至 {latest}。" "An extension reaches to {latest} at the most.";
    NOT_SUPERVISED "hazards.not_supervised" "该隐患未被挂牌督办。" "This hazard is not under supervised handling.";
    ALREADY_SUPERVISED "hazards.already_supervised" "该隐患已被挂牌督办。" "This hazard is under supervised handling already.";
    NOT_DUE "hazards.not_due" "整改期限未过。" "The due date has not passed.";
    NOT_ORDERED "hazards.not_ordered" "该隐患尚未责令改正，没有整改期限，请责令改正。" "No order to correct was issued for this hazard, so no date runs; order it to be corrected.";
    NOT_RECTIFIED "hazards.not_rectified" "企业尚未提交整改，不能复查通过；请退回整改，或者重新提请销号。" "Nothing was rectified yet that could be verified; send it back, or propose another ground again.";
    NOT_A_REASON "hazards.not_a_reason" "“整改到位”须经复查，不能以其他方式销号。" "“Rectified” needs a re-check and cannot be proposed here.";
    LOOK_BACK_PAST "hazards.look_back_past" "回头看、反复查的期限应晚于今天。" "The look-back or repeat check must be due later than today.";
}

row! {
    /// A hazard (隐患): an entry of the ledger.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Hazard {
        pub id: HazardId,
        /// Its number on the ledger, given when it was registered.
        pub number: String,
        /// Hash of what was registered: the same id with other content is refused.
        pub digest: String,
        pub campaign: CampaignId,
        pub enterprise: EnterpriseId,
        /// The enterprise's name when the hazard was found (当事人).
        pub party: String,
        /// Code of the product in the pack.
        pub product: String,
        /// Date of manufacture: it decides which edition of a standard applies.
        pub made_on: Option<Date>,
        pub field: Field,
        /// Code of the problem in the pack, such as P07.
        pub problem: String,
        /// The provision violated.
        pub clause: String,
        /// What was found, in words.
        pub what: String,
        pub severity: Severity,
        pub origin: Origin,
        /// The visit, complaint or sample it comes from.
        pub origin_id: Option<String>,
        pub state: State,
        pub found_at: Moment,
        pub found_by: AccountId,
        /// Who handles it now: every open hazard has one.
        pub handler: AccountId,
        /// To be rectified by the end of this day.
        pub due: Option<Date>,
        /// How many orders to correct were issued for it.
        pub orders: i64,
        /// What the enterprise did about it.
        pub measure: Option<String>,
        pub rectified_by: Option<AccountId>,
        /// Why it was proposed for close-out; a code of the pack.
        pub reason: Option<String>,
        pub verified_by: Option<AccountId>,
        pub handling: Option<Handling>,
        pub case_number: Option<String>,
        pub closed_by: Option<AccountId>,
        pub closed_at: Option<Moment>,
        /// Under supervised handling (挂牌督办).
        pub supervised: bool,
        /// Past its due date without a submission; set by the clock, not by hand.
        pub overdue: bool,
        /// The date asked for, while an extension waits for its decision.
        pub extension: Option<Date>,
        pub extension_why: Option<String>,
        /// Until when it is to be looked back at, or checked again.
        pub look_back_due: Option<Date>,
        pub look_backs: i64,
        pub look_backs_passed: i64,
        /// Checks after a look-back that it passed (反复查).
        pub repeat_checks: i64,
        pub repeat_checks_passed: i64,
        pub reopenings: i64,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// What was found, to be put on the ledger. The client makes the id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Found {
    pub id: HazardId,
    pub campaign: CampaignId,
    pub enterprise: EnterpriseId,
    /// Code of the product in the pack.
    pub product: String,
    /// Date of manufacture, where there is one.
    #[serde(default)]
    pub made_on: Option<Date>,
    pub field: Field,
    /// Code of the problem in the pack, such as P07.
    pub problem: String,
    /// As the pack says for the problem when left out.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// What was found, in words.
    pub what: String,
    /// Where it is known from; what a visit finds has its id.
    pub origin: Origin,
    #[serde(default)]
    pub origin_id: Option<String>,
    /// Hashes of photographs and papers.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// One thing done, with what it takes to do it. Evidence is named by its SHA-256.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = HazardAct)]
pub enum Act {
    Order {
        due: Date,
        demand: Option<String>,
    },
    CorrectOnSpot {
        measure: String,
        #[serde(default)]
        evidence: Vec<String>,
    },
    Dismiss {
        why: String,
    },
    Acknowledge,
    Submit {
        measure: String,
        #[serde(default)]
        evidence: Vec<String>,
    },
    Verify {
        note: Option<String>,
        #[serde(default)]
        evidence: Vec<String>,
    },
    Reject {
        why: String,
    },
    Propose {
        reason: String,
        why: String,
        #[serde(default)]
        evidence: Vec<String>,
    },
    Decide {
        handling: Handling,
        case_number: Option<String>,
        why: Option<String>,
    },
    Close {
        handling: Option<Handling>,
        case_number: Option<String>,
        note: Option<String>,
    },
    Return {
        why: String,
    },
    AskExtension {
        until: Date,
        why: String,
    },
    GrantExtension {
        note: Option<String>,
    },
    RefuseExtension {
        why: String,
    },
    Supervise {
        why: String,
    },
    Release {
        why: String,
    },
    Assign {
        handler: AccountId,
    },
    Transfer {
        office: OfficeId,
        why: String,
    },
    /// Takes a file that was attached by mistake out of the evidence. It stays to be seen, with the reason.
    WithdrawEvidence {
        /// SHA-256 of the file.
        file: String,
        why: String,
    },
    Lapse,
    DrawLookBack {
        due: Date,
    },
    PassLookBack {
        note: Option<String>,
        #[serde(default)]
        evidence: Vec<String>,
    },
    DrawRepeatCheck {
        due: Date,
    },
    PassRepeatCheck {
        note: Option<String>,
        #[serde(default)]
        evidence: Vec<String>,
    },
    Reopen {
        why: String,
    },
}

/// What an act is judged by, beside the hazard itself.
#[derive(Debug)]
pub struct Facts<'a> {
    pub actor: &'a Actor,
    pub at: Moment,
    /// What the campaign says of this severity.
    pub rule: &'a SeverityRule,
    /// The last day on which it may be due, from today.
    pub latest: Date,
    /// Pieces of evidence that show the rectification or the other ground, those of this act included.
    pub evidence: i64,
    /// The ground of close-out that this act brings, or that stands.
    pub reason: Option<&'a ClosingReason>,
    /// Where the other office of a transfer stands.
    pub destination: Option<Place>,
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Order { .. } => Verb::Order,
            Self::CorrectOnSpot { .. } => Verb::CorrectOnSpot,
            Self::Dismiss { .. } => Verb::Dismiss,
            Self::Acknowledge => Verb::Acknowledge,
            Self::Submit { .. } => Verb::Submit,
            Self::Verify { .. } => Verb::Verify,
            Self::Reject { .. } => Verb::Reject,
            Self::Propose { .. } => Verb::Propose,
            Self::Decide { .. } => Verb::Decide,
            Self::Close { .. } => Verb::Close,
            Self::Return { .. } => Verb::Return,
            Self::AskExtension { .. } => Verb::AskExtension,
            Self::GrantExtension { .. } => Verb::GrantExtension,
            Self::RefuseExtension { .. } => Verb::RefuseExtension,
            Self::Supervise { .. } => Verb::Supervise,
            Self::Release { .. } => Verb::Release,
            Self::Assign { .. } => Verb::Assign,
            Self::Transfer { .. } => Verb::Transfer,
            Self::WithdrawEvidence { .. } => Verb::WithdrawEvidence,
            Self::Lapse => Verb::Lapse,
            Self::DrawLookBack { .. } => Verb::DrawLookBack,
            Self::PassLookBack { .. } => Verb::PassLookBack,
            Self::DrawRepeatCheck { .. } => Verb::DrawRepeatCheck,
            Self::PassRepeatCheck { .. } => Verb::PassRepeatCheck,
            Self::Reopen { .. } => Verb::Reopen,
        }
    }

    /// The evidence that comes with it.
    pub fn evidence(&self) -> &[String] {
        match self {
            Self::CorrectOnSpot { evidence, .. }
            | Self::Submit { evidence, .. }
            | Self::Verify { evidence, .. }
            | Self::Propose { evidence, .. }
            | Self::PassLookBack { evidence, .. }
            | Self::PassRepeatCheck { evidence, .. } => evidence,
            _ => &[],
        }
    }

    /// The reason given, in the actor's words.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Dismiss { why }
            | Self::Reject { why }
            | Self::Propose { why, .. }
            | Self::Return { why }
            | Self::AskExtension { why, .. }
            | Self::RefuseExtension { why }
            | Self::Supervise { why }
            | Self::Release { why }
            | Self::Transfer { why, .. }
            | Self::WithdrawEvidence { why, .. }
            | Self::Reopen { why } => Some(why),
            Self::Order { demand: note, .. }
            | Self::Verify { note, .. }
            | Self::Close { note, .. }
            | Self::GrantExtension { note }
            | Self::PassLookBack { note, .. }
            | Self::PassRepeatCheck { note, .. }
            | Self::Decide { why: note, .. } => note.as_deref(),
            _ => None,
        }
    }
}

impl Hazard {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/hazards/{}", self.id)
    }

    /// Colour of its state: grey ended, blue under way, orange due, green done, red late.
    pub fn colour(&self) -> &'static str {
        match self.state {
            _ if self.overdue => "red",
            State::Closed | State::Confirmed => "green",
            State::NotEstablished => "grey",
            State::Registered | State::Reopened | State::Verified | State::Submitted => "orange",
            State::Ordered | State::Rectifying | State::LookingBack | State::RepeatChecking => "blue",
        }
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let mine = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| actor.is(who)) && self.makes_sense(*v);
        Verb::ALL.iter().copied().filter(mine).collect()
    }

    /// Whether a verb would change anything, and is the one to use: what was never ordered is ordered, not sent back.
    fn makes_sense(&self, verb: Verb) -> bool {
        match verb {
            Verb::Order => self.state != State::Submitted || self.due.is_none(),
            Verb::Verify => self.measure.is_some(),
            Verb::Reject => self.due.is_some(),
            Verb::GrantExtension | Verb::RefuseExtension => self.extension.is_some(),
            Verb::AskExtension => self.extension.is_none(),
            Verb::Supervise => !self.supervised,
            Verb::Release => self.supervised,
            _ => true,
        }
    }
}
