//! What is found when the log is verified, and how it is said. No database.

use crate::kernel::{Lang, Moment};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// What was found to be wrong.
    #[schema(as = LogPart)]
    pub enum Part {
        Event "event" "事件" "Event",
        Salt "salt" "事件盐值" "Salts of the event",
        Fact "fact" "统计事实" "Fact",
        Link "link" "证据关联" "Link to a file",
        File "file" "证据文件" "File",
        Thing "thing" "业务记录" "Record",
        Leaf "leaf" "存证条目" "Leaf of the log",
        Tile "tile" "哈希分块" "Tile of the log",
        Checkpoint "checkpoint" "检查点" "Checkpoint",
        Head "head" "日志状态" "State of the log",
    }
    /// What is wrong with it.
    #[schema(as = LogFault)]
    pub enum Fault {
        Differs "differs" "与存证内容不一致" "is not what was sealed",
        Missing "missing" "已存证但现已缺失" "was sealed and is missing",
        Unsealed "unsealed" "从未存证，也不在待存证之列" "was never sealed and does not wait to be",
        Erased "erased" "值及其盐值均已删除" "was erased together with its salt",
        Forged "forged" "签名无效" "is not signed by the log's key",
        Inconsistent "inconsistent" "与日志内容不符，日志被改写过" "does not agree with the log: it was rewritten",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LogFinding)]
pub struct Finding {
    pub part: Part,
    pub fault: Fault,
    /// Which one: the id of the event or thing, the hash of the file, `LEVEL/N` of the tile, the size of the checkpoint.
    pub id: String,
    /// What kind of thing, for a record.
    pub kind: Option<String>,
    /// Its place in the log, or the line of the fact.
    pub place: Option<i64>,
    /// Which fields differ, where that can be told; of fields that are sealed as commitments, the value or its salt.
    pub fields: Vec<String>,
}

impl Finding {
    pub fn new(part: Part, fault: Fault, id: impl ToString) -> Self {
        Self { part, fault, id: id.to_string(), kind: None, place: None, fields: Vec::new() }
    }

    pub(super) fn at(self, place: impl TryInto<i64>) -> Self {
        Self { place: place.try_into().ok(), ..self }
    }

    pub(super) fn of(self, kind: impl ToString) -> Self {
        Self { kind: Some(kind.to_string()), ..self }
    }

    pub(super) fn in_fields<S: ToString>(self, fields: impl IntoIterator<Item = S>) -> Self {
        Self { fields: fields.into_iter().map(|f| f.to_string()).collect(), ..self }
    }

    /// One sentence.
    pub fn say(&self, lang: Lang) -> String {
        let kind = self.kind.as_ref().map(|kind| format!(" {kind}")).unwrap_or_default();
        let place = self.place.map(|place| format!(" #{place}")).unwrap_or_default();
        let fields = if self.fields.is_empty() {
            String::new()
        } else {
            let head = lang.say("，字段：", ", fields: ");
            format!("{head}{}", self.fields.join(lang.say("、", ", ")))
        };
        let (part, fault) = (self.part.label(lang), self.fault.label(lang));
        format!("{part}{kind} {}{place}{}{fault}{fields}", self.id, lang.say("：", ": "))
    }
}

/// What a verification has seen and found.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = LogVerification)]
pub struct Report {
    /// How many leaves the log has.
    pub size: u64,
    pub events: u64,
    pub facts: u64,
    /// Links of files to things.
    pub links: u64,
    /// Files whose bytes were hashed.
    pub files: u64,
    /// Records whose state was compared.
    pub things: u64,
    pub tiles: u64,
    pub checkpoints: u64,
    /// Events that wait to be sealed.
    pub waiting: u64,
    /// What is wrong: empty when all is as it was sealed.
    pub findings: Vec<Finding>,
}

/// The log, as far as it has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogStanding)]
pub struct Standing {
    /// How many leaves there are.
    pub size: i64,
    /// How many events wait to be sealed.
    pub waiting: i64,
    /// The log's name; none before its first checkpoint.
    pub origin: Option<String>,
    /// Its public key, as C2SP signed notes write keys.
    pub key: Option<String>,
    /// The latest checkpoint, a signed note.
    pub checkpoint: Option<String>,
    pub checkpoint_at: Option<Moment>,
    /// The size of the latest checkpoint that a witness has signed, too.
    pub witnessed: Option<i64>,
    /// When everything was last verified, up to which size, and how much was found.
    pub verified_at: Option<Moment>,
    pub verified_size: Option<i64>,
    pub faults: Option<i64>,
}

/// That an event stands in the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogInclusion)]
pub struct Inclusion {
    /// Its place, from 0 on.
    pub index: u64,
    /// The leaf, as it is hashed.
    pub leaf: String,
    /// Hashes from the leaf upwards (RFC 6962 PATH), in Base64.
    pub proof: Vec<String>,
    /// The checkpoint to which the proof leads, a signed note.
    pub checkpoint: String,
}

/// That the log has only grown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogConsistency)]
pub struct Consistency {
    pub from: u64,
    pub to: u64,
    /// Hashes (RFC 6962 PROOF), in Base64.
    pub proof: Vec<String>,
}
