//! Seals (封存): what a device states and signs when a record is finished, and whether it holds. No database, no clock.

use super::{Kept, read};
use crate::{
    accounts::devices::{Device, Key},
    files::FileHash,
    kernel::{AccountId, DeviceId, ItemId, Moment, Result, page::read_json, secret},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What is wrong with a seal.
    #[schema(as = SealFault)]
    pub enum Fault {
        Statement "statement" "封存声明无法解析" "The statement cannot be read",
        Signature "signature" "签名与登记的设备密钥不符" "The signature is not of the registered key",
        Item "item" "封存声明属于另一项提交" "The statement is of another item",
        Content "content" "内容与封存时的哈希值不符" "The content is not the one that was sealed",
        Files "files" "附件与封存时的清单不符" "The files are not those that were sealed",
        Account "account" "封存人与提交人不一致" "It was sealed for another account",
        Device "device" "封存设备与提交设备不一致" "It was sealed on another device",
        Lost "lost" "封存的附件已无法找到" "A sealed file is lost",
        Record "record" "入账的记录与封存的内容不一致" "The record on file is not what was sealed",
    }
}

/// What a device signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SealStatement)]
pub struct Statement {
    pub item: ItemId,
    /// SHA-256 of the content.
    pub content: String,
    pub files: Vec<FileHash>,
    pub account: AccountId,
    pub device: DeviceId,
    /// When it was sealed, by the clock of the device. A claim.
    pub at: Moment,
    /// Where, as `longitude,latitude` in degrees. A claim.
    #[serde(default)]
    pub place: Option<String>,
}

impl Statement {
    /// Reads what was signed.
    pub fn parse(text: &str) -> Result<Self> {
        read(text).and_then(read_json)
    }
}

/// What is wrong with the seal of `kept`, which `device` is said to have made; nothing when it holds.
pub fn faults(kept: &Kept, device: &Device) -> Vec<Fault> {
    let Ok(said) = Statement::parse(&kept.statement) else { return vec![Fault::Statement] };
    let signed = Key::parse(&device.key).is_ok_and(|key| key.signed(kept.statement.as_bytes(), &kept.signature));
    let content = secret::sha256(kept.content.as_bytes());
    let checks = [
        (signed, Fault::Signature),
        (said.item == kept.id, Fault::Item),
        (said.content == content && kept.sha256 == content, Fault::Content),
        (said.files == kept.files(), Fault::Files),
        (said.account == kept.account && device.account == kept.account, Fault::Account),
        (said.device == kept.device && device.id == kept.device, Fault::Device),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
}
