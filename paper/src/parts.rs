//! What several forms have in common.
//!
//! A text that is empty is printed as a line to be filled in by hand where the form is signed, and as 「/」 in tables.
//! Line breaks in a text begin new paragraphs.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// The head of every document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// 制发机关: who issues the document; an enterprise for its rectification report. It becomes the PDF's author.
    pub issuer: String,
    /// 文号, such as 正县市监责改〔2023〕12号. Empty when the form carries none.
    pub number: String,
    /// The name of the form if the province calls it otherwise, such as 现场笔录; empty for the usual one. A line break
    /// in it breaks the printed line there.
    pub title: String,
    /// The day of issue, printed under the place of the seal; `None` leaves it to be written by hand.
    pub date: Option<Date>,
    /// What stands in small print at the foot so that the paper can be compared with the record.
    pub verification: Option<Verification>,
}

/// How a reader finds the record behind the paper.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verification {
    /// The document's id in the system.
    pub id: String,
    /// A short piece of the record's hash.
    pub hash: String,
    /// Where it can be checked, such as an address; may be empty.
    pub at: String,
}

/// 当事人: the enterprise or person the document is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    /// Full name.
    pub name: String,
    /// 统一社会信用代码, if there is one.
    pub credit_code: String,
    /// Another paper of identity with its number, for a party without a credit code, such as 身份证 1301…
    pub identity: String,
    /// 法定代表人（负责人、经营者）.
    pub representative: String,
    /// 住所（住址）.
    pub address: String,
    /// 联系电话.
    pub phone: String,
}

/// 执法人员: a person acting for the authority.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Officer {
    /// Name.
    pub name: String,
    /// 执法证号: number of the certificate of office.
    pub certificate: String,
}

/// Whom to ask.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// 联系人.
    pub name: String,
    /// 联系电话.
    pub phone: String,
    /// 联系地址.
    pub address: String,
}

/// 出示证件和告知回避: what the party was told before the inspection, and what it answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// What was said, in full; the wording is the province's, so it comes as data.
    pub notice: String,
    /// 是否确认执法人员身份; `None` leaves the boxes open.
    pub confirmed: Option<bool>,
    /// 是否申请回避; `None` leaves the boxes open.
    pub withdrawal_requested: Option<bool>,
    /// Why withdrawal was asked for, and what was decided.
    pub withdrawal_note: String,
}

/// A provision of law.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provision {
    /// Full name of the law, without 《》.
    pub law: String,
    /// 第二十六条第一款.
    pub article: String,
    /// Its words, when they are to be quoted.
    pub text: String,
}

/// By when something has to be put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// 立即改正.
    #[default]
    Immediately,
    /// 限期改正: the last day.
    By(Date),
}

/// 救济途径: what a party may do against the decision. Periods and places come as data, since they change with the law.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remedies {
    /// 行政复议.
    pub reconsideration: Remedy,
    /// 行政诉讼.
    pub lawsuit: Remedy,
}

/// One remedy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remedy {
    /// The period as it is to be read: 六十日, 六个月.
    pub within: String,
    /// Where: 正定县人民政府, 正定县人民法院.
    pub at: String,
}

/// 证据: a photograph, video, copy or object taken as evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Its number, such as 照片1.
    pub number: String,
    /// What it is and shows.
    pub name: String,
    /// When it was taken.
    pub taken_at: Option<DateTime>,
    /// SHA-256 of the file in hexadecimal; empty for paper and objects.
    pub sha256: String,
}

/// A signature. Without name and picture it is a line to be signed by hand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// Who signed.
    pub name: String,
    /// When.
    pub at: Option<DateTime>,
    /// The handwriting as a PNG file, where it was taken on a screen; empty if not.
    pub png: Vec<u8>,
}

/// 送达方式: how a document reached its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 直接送达.
    Direct,
    /// 留置送达.
    Left,
    /// 电子送达.
    Electronic,
    /// 邮寄送达.
    Mail,
    /// 委托送达.
    Entrusted,
    /// 转交送达.
    Forwarded,
    /// 公告送达.
    Announced,
}

/// 送达: the foot of a document that is served. All of it may be left open, to be filled in on paper.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// How it was served.
    pub method: Option<Method>,
    /// 受送达人.
    pub recipient: Signature,
    /// 拒收、拒签事由: what happened when the recipient refused.
    pub refusal: String,
    /// 见证人.
    pub witness: Signature,
    /// 送达人.
    pub servers: Vec<Signature>,
    /// How many copies were made, and for whom.
    pub copies: Option<Copies>,
}

/// 一式几份.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Copies {
    /// How many in all.
    pub total: u8,
    /// Who holds them: 一份送达，一份归档.
    pub held: String,
}
