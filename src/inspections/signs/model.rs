//! What a sign is. No database, no HTTP, no clock.

use super::{State, Verb};
use crate::{
    kernel::{AccountId, CampaignId, EnterpriseId, InspectionId, Lang, Moment, OfficeId, SignId},
    people::{Actor, Place},
    record::{self, Thing},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What looks as if a visit had not been made as it was recorded.
    #[schema(as = SignKind)]
    pub enum Kind {
        Speed "speed" "行程不可能" "Impossible journey",
        Place "place" "定位偏离" "Far from the site",
        Pace "pace" "逐项用时过短" "Too little time per question",
        SamePhoto "same_photo" "照片重复使用" "The same photograph twice",
        AlikePhoto "alike_photo" "照片画面雷同" "Photographs of one view",
        Pattern "pattern" "答案雷同" "The very same answers",
        Clock "clock" "照片时间不符" "Photograph of another time",
    }
}

row! {
    /// A sign (存疑检查提示): found by the machine, never a proof; a person looks at it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Sign {
        pub id: SignId,
        pub inspection: InspectionId,
        /// Number of the on-site record.
        pub number: String,
        pub party: String,
        pub kind: Kind,
        /// What was measured, in the unit of the pack's limit.
        pub amount: i64,
        pub reason_zh: String,
        pub reason_en: String,
        /// The other visit, where there is one.
        pub other: Option<InspectionId>,
        /// Ids of who made the visit, a space between: none of them decides on it.
        pub people: String,
        pub state: State,
        /// What whoever looked at it says.
        pub why: Option<String>,
        pub decided_by: Option<AccountId>,
        pub decided_at: Option<Moment>,
        pub found_at: Moment,
        pub campaign: CampaignId,
        pub enterprise: EnterpriseId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// Something done to a sign.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = SignAct)]
pub enum Act {
    Explain { why: String },
    Pursue { why: String },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Explain { .. } => Verb::Explain,
            Self::Pursue { .. } => Verb::Pursue,
        }
    }

    /// The reason given.
    pub fn why(&self) -> &str {
        match self {
            Self::Explain { why } | Self::Pursue { why } => why,
        }
    }
}

impl Sign {
    /// Why, in the reader's language.
    pub fn reason(&self, lang: Lang) -> &str {
        lang.say(&self.reason_zh, &self.reason_en)
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/signs/{}", self.id)
    }

    /// Whether `account` made the visit.
    pub fn concerns(&self, account: AccountId) -> bool {
        self.people.split(' ').any(|id| id == account.to_string())
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| actor.is(who));
        Verb::ALL.iter().copied().filter(|v| may(v) && !self.concerns(actor.account)).collect()
    }
}

impl Thing for Sign {
    const KIND: record::Kind = record::Kind::Sign;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}", self.number, self.kind.label(Lang::Zh))
    }

    fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    fn hidden() -> &'static [&'static str] {
        &["people"]
    }
}
