//! Typed ids, ordered by time. Whoever creates a thing makes its id, a phone without network included.

use super::{Error, Moment, NOT_AN_ID, Result};
use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

/// Bits of an id behind its moment that count (RFC 9562, section 6.2, method 1): 12 of `rand_a`, 30 of `rand_b`.
const COUNTED: u32 = 42;

/// The count of this process. It begins by chance in the lower half, so that it does not turn over and two processes do
/// not go side by side; it never begins anew, so that a clock that jumps, or several clocks, do not matter.
static COUNT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(chance() >> (64 - COUNTED + 1)));

fn chance() -> u64 {
    getrandom::u64().expect("the operating system gives random bytes")
}

/// A UUIDv7 of this moment: its milliseconds, the count, and 32 bits of chance.
fn of_moment(at: Moment) -> uuid::Uuid {
    let count = COUNT.fetch_add(1, Ordering::Relaxed) & ((1 << COUNTED) - 1);
    // 12 bits for `rand_a`, where the builder puts the version over the upper 4; then 2 bits that the variant covers,
    // and the other 30
    let (high, low) = (count >> 30, count & ((1 << 30) - 1));
    let tail = (low << 32) | (chance() & u64::from(u32::MAX));
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&u16::try_from(high).unwrap_or_default().to_be_bytes());
    bytes[2..].copy_from_slice(&tail.to_be_bytes());
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// Makes id types: a name for each kind of thing, so that one cannot stand for another.
macro_rules! ids {
    ($($(#[$m:meta])* $Id:ident)*) => { $(
        $(#[$m])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $Id(uuid::Uuid);
        impl $Id {
            /// A new id of this moment (UUIDv7, RFC 9562). Of two ids of one moment made by one process, the later one
            /// is greater.
            pub fn new(at: Moment) -> Self {
                Self(of_moment(at))
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
    /// A pack in the making (任务包编制).
    PackDraftId
    /// A hazard (隐患).
    HazardId
    /// A draw of look-backs or repeat checks (回头看、反复查抽取).
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
    /// A sign that a visit was not made as it was recorded (存疑检查提示).
    SignId
    /// A target of an office (目标任务): its share of what the campaign wants done.
    TargetId
    /// A task (工作任务) with owner and due date.
    TaskId
    /// An assignment of tasks (任务派发): how they were chosen and whom they went to.
    AssignmentId
    /// A task force (工作专班).
    TaskForceId
    /// A member of a task force (专班成员).
    MemberId
    /// A dispatch meeting (调度会议).
    MeetingId
    /// A return (统计报表) of an office for a period.
    ReturnId
    /// A step of the ladder over lower offices (督促措施).
    ReminderId
    /// Something that somebody is to read (通知).
    NoticeId
    /// A scoring sheet (考核评分) as it was fixed on a day.
    AssessmentId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_moment_the_later_id_is_greater() {
        let at = Moment::from_millis(1_686_705_000_000);
        let ids: Vec<EventId> = (0..5000).map(|_| EventId::new(at)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b && a.to_string() < b.to_string()));
    }

    #[test]
    fn an_id_is_a_uuid_of_version_7_that_holds_its_moment() {
        let at = Moment::from_millis(1_686_705_000_123);
        let id = of_moment(at);
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_686_705_000, 123_000_000));
    }

    #[test]
    fn a_later_moment_makes_a_greater_id() {
        let at = Moment::from_millis(1_686_705_000_000);
        assert!(EventId::new(at.plus(1)) > EventId::new(at));
    }
}
