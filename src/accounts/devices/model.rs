//! What a device is. No database, no HTTP, no clock.

use crate::kernel::{AccountId, DeviceId, Moment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

row! {
    /// The public key of a device, with whose it is.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Device {
        pub id: DeviceId,
        pub account: AccountId,
        /// What its owner calls it.
        pub name: String,
        /// SubjectPublicKeyInfo of the ECDSA P-256 public key, base64url.
        pub key: String,
        /// SHA-256 of the key, hexadecimal.
        pub fingerprint: String,
        pub registered_at: Moment,
        pub revoked_at: Option<Moment>,
        pub revoked_by: Option<AccountId>,
        /// Why it was revoked.
        pub why: Option<String>,
    }
}

/// A device to be registered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewDevice)]
pub struct New {
    /// What its owner calls it.
    pub name: String,
    /// SubjectPublicKeyInfo of an ECDSA P-256 public key, base64url.
    pub key: String,
}

/// Something done to a device.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = DeviceAct)]
pub enum Act {
    /// What it sends from now on is refused.
    Revoke { why: String },
}

impl Device {
    /// The first sixteen digits of its fingerprint, in fours: enough for people to compare.
    pub fn short(&self) -> String {
        let digits: Vec<char> = self.fingerprint.chars().take(16).collect();
        digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}
