//! Device keys (设备密钥): the phone of an inspector seals what is recorded on it with a key that never leaves it; here
//! stands the public half, for as long as anybody may want to verify a seal.
//!
//! One key for each account on each phone. A key is never exchanged: whoever loses a phone revokes its key, and what was
//! sealed and received before stays valid.

mod key;
mod model;
mod store;
mod web;

pub use key::Key;
pub use model::{Act, Device, New};
pub use web::routes;

use super::{admin, store as accounts};
use crate::{
    kernel::{AccountId, DeviceId, Error, REQUIRED, Result, db::Tx, ensure, text},
    people::{By, Role},
    record,
};

refusals! {
    NOT_A_KEY "devices.not_a_key" "设备密钥格式不正确：应为 ECDSA P-256 公钥（SPKI，base64url 编码）。" "This is no device key: the SPKI of an ECDSA P-256 public key in base64url is expected.";
    OTHER_KEY "devices.other_key" "该设备编号已登记了另一把密钥，请使用新的设备编号。" "This id is registered with another key; use a new id for the device.";
    TOO_MANY "devices.too_many" "每个账号最多登记 {max} 台有效设备，请先撤销不用的设备。" "An account may have {max} devices; revoke one that is not used.";
    REVOKED "devices.revoked" "该设备密钥已于 {at} 撤销。" "This device key was revoked on {at}.";
}

/// Live keys of one account.
const MOST: usize = 20;
/// Longest name, in characters.
const NAME: usize = 100;
/// Who works with a device in the field.
pub const FIELD: &[Role] = &[Role::Inspector, Role::Sampler, Role::Supervisor];

/// Registers the key of a device for whoever is signed in. The same key again answers as the first time; another key
/// under the same id is refused.
pub fn register(tx: &mut Tx, by: &By, id: DeviceId, new: &New) -> Result<Device> {
    by.actor.must_be(FIELD)?;
    let key = Key::parse(&new.key)?;
    if let Some(known) = store::find(tx, id)? {
        let same = known.account == by.actor.account && known.key == new.key;
        return if same { Ok(known) } else { Err(Error::Conflict(OTHER_KEY)) };
    }
    let live = store::of(tx, by.actor.account)?.into_iter().filter(|d| d.revoked_at.is_none()).count();
    ensure(live < MOST, TOO_MANY.with("max", MOST))?;
    let device = Device {
        id,
        account: by.actor.account,
        name: text::said("name", &text::plain(&new.name), NAME)?,
        key: new.key.clone(),
        fingerprint: key.fingerprint(),
        registered_at: by.at,
        revoked_at: None,
        revoked_by: None,
        why: None,
    };
    store::add(tx, &device)?;
    note(tx, by, &device, "register_device", &device.name)?;
    Ok(device)
}

/// Revokes a key, by its owner or by the administrator of the owner's office. What comes sealed with it later is refused.
pub fn act(tx: &mut Tx, by: &By, id: DeviceId, act: &Act) -> Result<Device> {
    let Act::Revoke { why } = act;
    let device = reachable(tx, by, id)?;
    if let Some(at) = device.revoked_at {
        return REVOKED.with("at", at.minute()).refuse();
    }
    let why = text::plain(why);
    if why.is_empty() {
        return REQUIRED.at("why");
    }
    let after =
        Device { revoked_at: Some(by.at), revoked_by: Some(by.actor.account), why: Some(why.clone()), ..device };
    store::revoke(tx, &after)?;
    note(tx, by, &after, "revoke_device", &why)?;
    Ok(after)
}

/// The devices of an account, the oldest first.
pub fn of(tx: &mut Tx, account: AccountId) -> Result<Vec<Device>> {
    store::of(tx, account)
}

/// The device `id`, whosoever it is: for what was sealed with it.
pub fn find(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>> {
    store::find(tx, id)
}

fn reachable(tx: &mut Tx, by: &By, id: DeviceId) -> Result<Device> {
    let device = store::find(tx, id)?.ok_or(Error::NotFound)?;
    if device.account != by.actor.account {
        by.actor.must_be(admin::ADMINISTRATORS).map_err(|_| Error::NotFound)?;
        admin::account_within(tx, by.scope(), device.account)?;
    }
    Ok(device)
}

/// What happens to a key is part of the life of its account.
fn note(tx: &mut Tx, by: &By, device: &Device, verb: &str, note: &str) -> Result<()> {
    let account = accounts::account(tx, device.account)?;
    let note = format!("{note} · {}", device.short());
    record::changed(tx, by, &account, &account, (verb, Some(&note)))?;
    Ok(())
}
