//! Every statement that touches the table `devices`. Nobody else writes one.

use super::Device;
use crate::kernel::{AccountId, DeviceId, Result, db::Tx};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, account, name, key, fingerprint, registered_at, revoked_at, revoked_by, why from devices ",
            $rest
        )
    };
}

pub fn find(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>> {
    tx.one(select!("where id = $1"), args![id])
}

pub fn of(tx: &mut Tx, account: AccountId) -> Result<Vec<Device>> {
    tx.all(select!("where account = $1 order by registered_at, id"), args![account])
}

pub fn add(tx: &mut Tx, d: &Device) -> Result<()> {
    tx.run_one(
        "insert into devices (id, account, name, key, fingerprint, registered_at, revoked_at, revoked_by, why)
         values ($1, $2, $3, $4, $5, $6, null, null, null)",
        args![d.id, d.account, &d.name, &d.key, &d.fingerprint, d.registered_at],
    )
}

/// Notes that the key is revoked; refused as stale when somebody was faster.
pub fn revoke(tx: &mut Tx, d: &Device) -> Result<()> {
    tx.run_one(
        "update devices set revoked_at = $1, revoked_by = $2, why = $3 where id = $4 and revoked_at is null",
        args![d.revoked_at, d.revoked_by, &d.why, d.id],
    )
}
