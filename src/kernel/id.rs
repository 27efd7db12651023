//! Typed ids, ordered by time. Whoever creates a thing makes its id, a phone without network included.

use super::{Error, NOT_AN_ID, Result};

/// Makes id types: a name for each kind of thing, so that one cannot stand for another.
macro_rules! ids {
    ($($(#[$m:meta])* $Id:ident)*) => { $(
        $(#[$m])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $Id(uuid::Uuid);
        impl $Id {
            /// A new id of this moment (UUIDv7, RFC 9562).
            pub fn new(at: super::Moment) -> Self {
                let mut chance = [0; 10];
                getrandom::fill(&mut chance).expect("the operating system gives random bytes");
                let millis = u64::try_from(at.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
            }
            /// The id in an address: what is none leads nowhere.
            pub fn in_path(text: &str) -> Result<Self> {
                Self::parse(text).map_err(|_| Error::NotFound)
            }
            /// The id written in `text`, in the ordinary lower-case form.
            pub fn parse(text: &str) -> Result<Self> {
                text.parse().map(Self).map_err(|_| Error::invalid("id", NOT_AN_ID.with("value", text)))
            }
        }
        impl std::fmt::Display for $Id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $Id {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> { Self::parse(text) }
        }
        impl From<$Id> for super::db::Value { fn from(id: $Id) -> Self { id.0.to_string().into() } }
        impl From<&$Id> for super::db::Value { fn from(id: &$Id) -> Self { id.0.to_string().into() } }
        impl super::db::Column for $Id {
            fn from_value(value: super::db::Value) -> Option<Self> {
                <String as super::db::Column>::from_value(value)?.parse().ok().map(Self)
            }
        }
    )* };
}

ids! {
    /// An office (机构).
    OfficeId
    /// An account (账号).
    AccountId
    /// An event (事件): one act that happened.
    EventId
    /// An enterprise (企业) or other subject of supervision.
    EnterpriseId
    /// An address where an enterprise works (生产经营地点).
    SiteId
    /// A licence or certificate (证书).
    CertificateId
    /// A campaign (专项行动).
    CampaignId
    /// A hazard (隐患).
    HazardId
    /// A draw of look-backs (回头看抽取).
    LookBackId
    /// A visit (现场检查).
    InspectionId
    /// A document (文书).
    DocumentId
    /// An import (导入).
    ImportId
    /// Something that was sent and refused (未入账的提交).
    RefusedId
    /// A device with a key of its own (登记设备).
    DeviceId
    /// Something that a device has sent, sealed (离线提交).
    ItemId
    /// What a device was given to work with (离线任务包).
    ManifestId
}
