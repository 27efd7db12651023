//! What was refused. No database, no HTTP, no clock.

use crate::{
    kernel::{AccountId, EnterpriseId, Lang, Moment, OfficeId, RefusedId},
    people::Place,
    record::Kind,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody wanted to put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What {
    pub kind: Kind,
    /// The id that the client gave it.
    pub thing: String,
}

row! {
    /// Something that was sent and refused.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Refused {
        pub id: RefusedId,
        pub kind: Kind,
        /// The id that the client gave it.
        pub thing: String,
        /// The stable code of the refusal.
        pub code: String,
        /// The field at fault.
        pub field: Option<String>,
        pub detail_zh: String,
        pub detail_en: String,
        /// SHA-256 of what was sent.
        pub digest: String,
        /// Who sent it.
        pub account: AccountId,
        pub account_name: String,
        pub at: Moment,
        pub enterprise: Option<EnterpriseId>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
    }
}

impl Refused {
    /// Why, in the reader's language.
    pub fn why(&self, lang: Lang) -> &str {
        lang.say(&self.detail_zh, &self.detail_en)
    }

    /// Where whoever sent it works.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Where the thing itself stands, if it has come to be.
    pub fn thing_href(&self) -> String {
        let folder = match self.kind {
            Kind::Hazard => "hazards",
            Kind::Enterprise => "enterprises",
            _ => "inspections",
        };
        format!("/{folder}/{}", self.thing)
    }
}
