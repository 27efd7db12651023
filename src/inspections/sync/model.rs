//! What a device sends, what becomes of it, and what it is answered. No database, no HTTP, no clock.

use crate::{
    files::FileHash,
    kernel::{AccountId, DeviceId, EnterpriseId, Error, ItemId, Lang, Moment, Refusal, Result, secret},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What an item is. The content of each is what the API takes for it.
    #[schema(as = SyncKind)]
    pub enum Kind {
        Inspection "inspection" "检查记录" "Record of a visit",
        Enterprise "enterprise" "企业信息" "Enterprise",
        Act "act" "办理事项" "Act",
    }
    /// Where an item stands on the server.
    #[schema(as = SyncState)]
    pub enum State {
        Held "held" "等待中" "Waiting",
        Ready "ready" "待入账" "Ready",
        Stored "stored" "已入账" "Stored",
        Refused "refused" "未采纳" "Refused",
    }
    /// What a device is told of an item.
    pub enum Outcome {
        /// It is on record now.
        Stored "stored" "已入账" "Stored",
        /// It was on record before.
        Known "known" "此前已入账" "Stored before",
        /// It is kept and waits for something that has not arrived.
        Held "held" "等待其他材料" "Waiting",
        /// The rules do not allow it; `detail` says what to do.
        Refused "refused" "未采纳" "Refused",
        /// Trouble of ours: nothing was kept, send it again.
        Failed "failed" "服务器故障" "Failed",
    }
}

/// What a device sends at once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    pub device: DeviceId,
    /// At most 50.
    pub items: Vec<Item>,
}

/// One thing recorded on a device: sealed there, sent until its receipt is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SyncItem)]
pub struct Item {
    /// Made by the device; the same id with the same content is the same item.
    pub id: ItemId,
    /// A [`Kind`]; a text, so that one that we do not know harms no other.
    #[schema(value_type = Kind)]
    pub kind: String,
    /// Id of the visit, enterprise or hazard.
    #[schema(value_type = uuid::Uuid)]
    pub about: String,
    /// Items that must be stored before.
    #[serde(default)]
    pub after: Vec<ItemId>,
    /// JSON, verbatim: a submission, an enterprise, or `{"thing": "hazards" or "inspections", "act": {…}}`.
    pub content: String,
    /// Hashes of the files it names.
    #[serde(default)]
    pub files: Vec<FileHash>,
    /// JSON, verbatim: what was signed.
    pub statement: String,
    /// ECDSA P-256 with SHA-256 over the statement, IEEE P1363, base64url.
    pub signature: String,
}

/// What the server answers for one item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Receipt {
    pub id: ItemId,
    /// SHA-256 of the content as it arrived.
    pub sha256: String,
    pub outcome: Outcome,
    /// Why it was refused: the stable code, the sentence, the field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Files that it waits for.
    pub missing: Vec<String>,
    /// Items that it waits for.
    pub waits: Vec<String>,
}

row! {
    /// An item as it is kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Kept {
        pub id: ItemId,
        pub account: AccountId,
        pub device: DeviceId,
        pub kind: Kind,
        pub about: String,
        pub content: String,
        pub sha256: String,
        pub files: String,
        pub statement: String,
        pub signature: String,
        pub client: String,
        pub received_at: Moment,
        pub state: State,
        pub due_at: Moment,
        pub settled_at: Option<Moment>,
        pub version: Option<i64>,
        pub code: Option<String>,
        pub field: Option<String>,
        pub detail_zh: Option<String>,
        pub detail_en: Option<String>,
    }
}

impl Item {
    /// The SHA-256 of its content.
    pub fn sha256(&self) -> String {
        secret::sha256(self.content.as_bytes())
    }

    /// Its files, as they are kept.
    pub fn file_list(&self) -> String {
        self.files.iter().map(FileHash::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The receipt for it; nothing more is said yet.
    pub fn receipt(&self, outcome: Outcome) -> Receipt {
        Receipt {
            id: self.id,
            sha256: self.sha256(),
            outcome,
            code: None,
            detail: None,
            field: None,
            missing: Vec::new(),
            waits: Vec::new(),
        }
    }
}

impl Kept {
    /// Whether `item`, sent by `account`, is this one once more. The seal may be another: a signature is made of chance.
    pub fn is(&self, item: &Item, account: AccountId) -> bool {
        let same = self.kind.code() == item.kind && self.about == item.about && self.content == item.content;
        same && self.account == account && self.files == item.file_list()
    }

    /// The enterprise that it names, if it names one.
    pub fn enterprise(&self) -> Option<EnterpriseId> {
        let named = match self.kind {
            Kind::Inspection => read(&self.content).ok()?["enterprise"].as_str()?.to_owned(),
            Kind::Enterprise => self.about.clone(),
            Kind::Act => return None,
        };
        EnterpriseId::parse(&named).ok()
    }

    /// The hashes of its files.
    pub fn files(&self) -> Vec<FileHash> {
        self.files.split(' ').filter_map(|hash| FileHash::parse(hash).ok()).collect()
    }

    /// As a refused one.
    #[must_use]
    pub fn refused(self, error: &Error, at: Moment) -> Self {
        let Refusal { code, zh, en } = error.refusal();
        Self {
            state: State::Refused,
            settled_at: Some(at),
            code: Some(code.to_owned()),
            field: error.field().map(str::to_owned),
            detail_zh: Some(zh.into_owned()),
            detail_en: Some(en.into_owned()),
            ..self
        }
    }

    /// The receipt that answers `item`: `again` when it was on record before it was sent; `waits` is what it waits for.
    pub fn receipt(&self, item: &Item, again: bool, waits: Vec<String>, lang: Lang) -> Receipt {
        let outcome = match self.state {
            State::Stored if again => Outcome::Known,
            State::Stored => Outcome::Stored,
            State::Held | State::Ready => Outcome::Held,
            State::Refused => Outcome::Refused,
        };
        let (missing, waits) = waits.into_iter().partition(|what| FileHash::parse(what).is_ok());
        let detail = self.detail_zh.as_deref().zip(self.detail_en.as_deref());
        Receipt {
            code: self.code.clone(),
            detail: detail.map(|(zh, en)| lang.say(zh, en).to_owned()),
            field: self.field.clone(),
            missing,
            waits,
            ..item.receipt(outcome)
        }
    }
}

impl Receipt {
    /// Says why.
    #[must_use]
    pub fn because(self, error: &Error, lang: Lang) -> Self {
        let refusal = error.refusal();
        let (code, detail) = (Some(refusal.code.to_owned()), Some(refusal.say(lang).to_owned()));
        Self { code, detail, field: error.field().map(str::to_owned), ..self }
    }
}

/// Whether an error is what the rules say of an item, and will be said again; anything else is trouble of ours.
pub fn is_refusal(error: &Error) -> bool {
    match error {
        Error::NotFound
        | Error::Forbidden
        | Error::Refused(_)
        | Error::Invalid { .. }
        | Error::Unreadable { .. }
        | Error::Conflict(_)
        | Error::Taken(_) => true,
        Error::SignIn
        | Error::First { .. }
        | Error::Stale
        | Error::Wait(_)
        | Error::DiskFull
        | Error::Away
        | Error::Unsure
        | Error::Again
        | Error::Broken(_) => false,
    }
}

/// Reads a content or a statement.
pub fn read(text: &str) -> Result<serde_json::Value> {
    serde_json::from_str(text)
        .map_err(|e| Error::Unreadable { status: 422, refusal: crate::kernel::UNREADABLE.with("why", e) })
}
