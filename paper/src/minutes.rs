//! Minutes of meetings.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::parts::Header;

/// 会议纪要: what a meeting heard and decided, who does it and by when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeetingMinutes {
    /// Authority, number, date.
    pub header: Header,
    /// 会议名称.
    pub subject: String,
    /// The campaign it is about.
    pub campaign: String,
    /// When it was held.
    pub at: Option<DateTime>,
    /// Where.
    pub place: String,
    /// 主持人.
    pub presiding: String,
    /// 记录人.
    pub recorder: String,
    /// 参加人员.
    pub participants: Vec<String>,
    /// 议定情况: what was discussed.
    pub discussed: String,
    /// 议定事项.
    pub decisions: Vec<Decision>,
}

/// Something that was decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub responsible: String,
    /// By when.
    pub due: Option<Date>,
}
