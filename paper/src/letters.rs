//! Letters of an authority: supervised handling and formal talks.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::parts::{Contact, Header, Provision, Service, Signature};

/// 挂牌督办通知书: puts a lower authority's unfinished hazards under supervised handling. Printed with a red head.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SupervisedHandling {
    /// Authority, number, date.
    pub header: Header,
    /// 主送机关.
    pub addressee: String,
    /// 事由: what the notice is about, as it is to stand in the title after 关于对; empty for the plain title.
    pub subject: String,
    /// Opening paragraph: why, in words.
    pub reason: String,
    /// Provisions it rests on.
    pub basis: Vec<Provision>,
    /// 督办事项.
    pub items: Vec<HandledItem>,
    /// 督办要求.
    pub requirements: Vec<String>,
    /// 办结期限.
    pub deadline: Option<Date>,
    /// How, to whom and how often to report back.
    pub report_back: String,
    /// What follows if it is not done; how the supervision is lifted.
    pub consequences: String,
    /// Whom to ask.
    pub contact: Contact,
    /// 抄送.
    pub copied_to: Vec<String>,
}

/// One matter under supervised handling.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandledItem {
    /// Id of the hazard or batch.
    pub id: String,
    /// Whose.
    pub party: String,
    /// What it is.
    pub matter: String,
    /// When it was found.
    pub found: Option<Date>,
    /// When it was due.
    pub due: Option<Date>,
    /// Where it stands.
    pub state: String,
}

/// 约谈通知书: summons a party or a lower authority to a formal talk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TalkNotice {
    /// Authority, number, date.
    pub header: Header,
    /// 被约谈单位.
    pub invited: String,
    /// Who has to come: 法定代表人、质量安全总监.
    pub attendees: String,
    /// When.
    pub at: Option<DateTime>,
    /// Where.
    pub place: String,
    /// 约谈事由.
    pub subject: String,
    /// Provisions it rests on.
    pub basis: Vec<Provision>,
    /// What to bring and prepare.
    pub materials: Vec<String>,
    /// Whom to ask.
    pub contact: Contact,
    /// How it was served.
    pub service: Service,
}

/// 约谈记录: what was said at a formal talk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TalkRecord {
    /// Authority, number, date.
    pub header: Header,
    /// Number of the notice.
    pub notice: String,
    /// 被约谈单位.
    pub invited: String,
    /// When the talk began.
    pub from: Option<DateTime>,
    /// When it ended.
    pub to: Option<DateTime>,
    /// Where.
    pub place: String,
    /// 主持人.
    pub presiding: String,
    /// 记录人.
    pub recorder: String,
    /// 参加人员, with their positions.
    pub participants: Vec<String>,
    /// 指出的问题.
    pub problems: Vec<String>,
    /// 被约谈单位说明.
    pub explanation: String,
    /// 整改要求.
    pub requirements: Vec<String>,
    /// By when.
    pub deadline: Option<Date>,
    /// 承诺.
    pub commitment: String,
    /// Signed by the invited.
    pub signed_by_invited: Vec<Signature>,
    /// Signed by the authority.
    pub signed_by_authority: Vec<Signature>,
}

/// A letter to a lower authority that is behind: 督促提醒函, or 通报, which goes to all of them and names it. Printed with a
/// red head.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfficeLetter {
    /// Authority, number, date.
    pub header: Header,
    /// 主送机关.
    pub addressee: String,
    /// 事由, as it is to stand in the title after 关于; empty for the plain title.
    pub subject: String,
    /// Opening paragraphs: what was found, in words and figures.
    pub reason: String,
    /// Provisions it rests on.
    pub basis: Vec<Provision>,
    /// The matters in question, those that can be named.
    pub items: Vec<HandledItem>,
    /// What is required.
    pub requirements: Vec<String>,
    /// By when it must be answered.
    pub deadline: Option<Date>,
    /// What follows if it is not answered or nothing changes.
    pub consequences: String,
    /// Whom to ask.
    pub contact: Contact,
    /// 抄送.
    pub copied_to: Vec<String>,
}
