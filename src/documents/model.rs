//! What a document is, and what may happen to it. No database, no HTTP, no clock.

use super::{Form, Method, State, Verb};
use crate::{
    kernel::{
        AccountId, CampaignId, DocumentId, EnterpriseId, Error,
        Lang::{En, Zh},
        Moment, OfficeId, Result, text,
    },
    people::{Actor, Place},
    record::{Kind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest reason or note, in characters.
const LONGEST: usize = 500;
/// A clock at the other end may be so far ahead of ours, in milliseconds.
const AHEAD: i64 = 10 * 60 * 1000;

refusals! {
    NOT_NOW "documents.not_now" "该文书目前为“{state_zh}”，不能办理“{verb_zh}”。" "This document is “{state_en}” now; “{verb_en}” is not possible.";
    MISSING_GLYPH "documents.missing_glyph" "“{character}”（{codepoint}）不在任何可用字体中，印制后会成为空白，文书未制发（位置：{field}）。请联系系统管理员补充字体。" "No font has “{character}” ({codepoint}); it would print as a blank, so nothing was issued (at {field}). Please ask the administrator to add a font.";
    DATE_AHEAD "documents.date_ahead" "文书落款日期不得晚于今天。" "A document cannot bear a date later than today.";
    SERVED_ALREADY "documents.served_already" "该文书已登记送达；如登记有误，请填写更正原因后重新登记。" "The service is on record already; to correct it, say why.";
    SERVED_AHEAD "documents.served_ahead" "送达时间不得晚于现在。" "The service cannot be later than now.";
    SERVED_BEFORE "documents.served_before" "送达时间不得早于文书落款日期。" "The service cannot be earlier than the date of the document.";
    PROOF_MISSING "documents.proof_missing" "{method_zh}须附证明材料，或说明见证人、邮件编号、公告载体等情况。" "“{method_en}” needs evidence, or a note that names the witness, the mail number or the medium.";
    WORD_TAKEN "documents.word_taken" "发文代字“{word}”已由其他机构使用。" "The word “{word}” belongs to another office.";
    WORD_WRONG "documents.word_wrong" "发文代字应为 2 至 12 个汉字。" "The word has 2 to 12 Chinese characters.";
    NO_WORD "documents.no_word" "“{office}”的发文代字与其他机构重复，请系统管理员先设定发文代字。" "Another office numbers by the word of “{office}”; the administrator has to set one first.";
    NOT_AS_PRINTED "documents.not_as_printed" "首次印制的文件已丢失，现在印制的内容与其不一致，系统未提供。请联系系统管理员从备份恢复。" "The file as first printed is lost, and what would be printed now differs; it was not given out. Please ask the administrator to restore it.";
}

row! {
    /// A document (文书): an official paper with its number.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Document {
        pub id: DocumentId,
        pub form: Form,
        /// 文号, such as 正定市监责改〔2023〕12号. Unique; that of a voided document is never used again.
        pub number: String,
        /// The series it was numbered in: one for each office, form and year.
        #[serde(skip)]
        pub series: String,
        pub serial: i64,
        pub year: i64,
        /// The office that numbered it.
        pub office: OfficeId,
        /// Who issued it, as printed.
        pub issuer: String,
        /// What it concerns.
        pub kind: Kind,
        /// The id of what it concerns.
        pub thing: String,
        pub title: String,
        /// Whom it is addressed to or about.
        pub party: String,
        /// Whether it stays among offices.
        pub internal: bool,
        /// SHA-256 of what it says; its beginning is printed at its foot.
        pub digest: String,
        pub state: State,
        /// Why it was voided.
        pub reason: Option<String>,
        /// The day it bears.
        pub dated: Date,
        pub issued_at: Moment,
        pub issued_by: AccountId,
        /// SHA-256 of the PDF as first printed; nothing until then.
        pub sha256: Option<String>,
        /// When it was served (送达).
        pub served_at: Option<Moment>,
        pub service: Option<Method>,
        /// Who received it.
        pub recipient: Option<String>,
        /// Witness, number of the mail, medium of the announcement.
        pub service_note: Option<String>,
        pub enterprise: Option<EnterpriseId>,
        pub campaign: Option<CampaignId>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// A document to be issued.
#[derive(Debug, Clone)]
pub struct New {
    pub form: Form,
    /// What it concerns.
    pub kind: Kind,
    pub thing: String,
    /// Whom it is addressed to or about.
    pub party: String,
    pub enterprise: Option<EnterpriseId>,
    pub campaign: Option<CampaignId>,
    /// Where it stands: who has this in their scope sees it.
    pub place: Place,
    /// The day it bears, which decides its series; today when left out.
    pub date: Option<Date>,
}

impl New {
    /// A document about `thing`, which stands where the thing stands.
    pub fn about<T: Thing>(form: Form, thing: &T, party: impl Into<String>) -> Self {
        Self {
            form,
            kind: T::KIND,
            thing: thing.id(),
            party: party.into(),
            enterprise: thing.enterprise(),
            campaign: thing.campaign(),
            place: thing.place(),
            date: None,
        }
    }

    /// The day it bears.
    pub(super) fn dated(&self, at: Moment) -> Result<Date> {
        let date = self.date.unwrap_or_else(|| at.date());
        if date > at.date() { DATE_AHEAD.at("date") } else { Ok(date) }
    }
}

/// One thing done to a document. Evidence is named by its SHA-256.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = DocumentAct)]
pub enum Act {
    /// Records the proof of service (送达回证).
    Serve {
        method: Method,
        /// Who received it.
        to: String,
        at: Moment,
        /// Witness, reason of refusal, number of the mail, medium of the announcement.
        #[serde(default)]
        note: Option<String>,
        #[serde(default)]
        evidence: Vec<String>,
        /// Why an earlier entry is corrected.
        #[serde(default)]
        why: Option<String>,
    },
    /// Takes it out of force. Its number stays used.
    Void { why: String },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Serve { .. } => Verb::Serve,
            Self::Void { .. } => Verb::Void,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Serve { why, .. } => why.as_deref(),
            Self::Void { why } => Some(why),
        }
    }

    /// The evidence that comes with it.
    pub fn evidence(&self) -> &[String] {
        match self {
            Self::Serve { evidence, .. } => evidence,
            Self::Void { .. } => &[],
        }
    }
}

impl Document {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/documents/{}", self.id)
    }

    /// The beginning of its digest as printed at its foot.
    pub fn check_value(&self) -> String {
        check_value(&self.digest)
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        Verb::ALL.iter().copied().filter(|v| self.state.step(*v).is_some_and(|(_, who)| actor.is(who))).collect()
    }

    /// The document after `act`, which leads to `to`; refuses what the facts do not allow.
    pub fn after(mut self, act: &Act, to: State, now: Moment) -> Result<Self> {
        match act {
            Act::Serve { method, to, at, note, why, .. } => {
                let corrected = why.as_ref().is_some_and(|w| !w.trim().is_empty());
                if self.served_at.is_some() && !corrected {
                    return SERVED_ALREADY.at("why");
                }
                self.served(*method, to, *at, now)?;
                self.service_note = note.as_deref().map(|n| text::said("note", n, LONGEST)).transpose()?;
                if let Some(why) = why {
                    text::said("why", why, LONGEST)?;
                }
                let proved = self.service_note.is_some() || !act.evidence().is_empty();
                if method.needs_proof() && !proved {
                    return PROOF_MISSING
                        .with("method_zh", method.label(Zh))
                        .with("method_en", method.label(En))
                        .at("note");
                }
            }
            Act::Void { why } => self.reason = Some(text::said("why", why, LONGEST)?),
        }
        self.state = to;
        Ok(self)
    }

    fn served(&mut self, method: Method, to: &str, at: Moment, now: Moment) -> Result<()> {
        if at > now.plus(AHEAD) {
            return SERVED_AHEAD.at("at");
        }
        if at.date() < self.dated {
            return SERVED_BEFORE.at("at");
        }
        self.recipient = Some(text::said("to", to, LONGEST)?);
        (self.served_at, self.service) = (Some(at), Some(method));
        Ok(())
    }
}

/// The first sixteen digits of a digest in groups of four, as people compare them.
pub(super) fn check_value(digest: &str) -> String {
    let groups: Vec<&str> = (0..4).filter_map(|i| digest.get(i * 4..i * 4 + 4)).collect();
    groups.join(" ")
}

impl Thing for Document {
    const KIND: Kind = Kind::Document;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}", self.number, self.title)
    }

    fn place(&self) -> Place {
        self.place()
    }

    /// The enterprise that may see it.
    fn enterprise(&self) -> Option<EnterpriseId> {
        self.enterprise.filter(|_| !self.internal)
    }

    fn campaign(&self) -> Option<CampaignId> {
        self.campaign
    }
}

/// The word by which an office numbers its documents (发文代字).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Word {
    pub office: OfficeId,
    /// Such as 正定市监.
    pub word: String,
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub place: Place,
}

impl Word {
    /// Refuses what cannot stand in a number.
    pub fn check(word: &str) -> Result<()> {
        let chinese = word.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        if chinese && (2..=12).contains(&word.chars().count()) { Ok(()) } else { WORD_WRONG.at("word") }
    }
}

impl Thing for Word {
    const KIND: Kind = Kind::Office;

    fn id(&self) -> String {
        self.office.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        self.place
    }
}

/// The refusal of an act that the state does not allow.
pub(super) fn not_now(document: &Document, verb: Verb) -> Error {
    let refusal = NOT_NOW.with("state_zh", document.state.label(Zh)).with("state_en", document.state.label(En));
    Error::Refused(refusal.with("verb_zh", verb.label(Zh)).with("verb_en", verb.label(En)))
}
