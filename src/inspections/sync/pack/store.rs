//! Every statement that touches the table `sync_manifests`. Nobody else writes one.

use super::Manifest;
use crate::kernel::{AccountId, ManifestId, Result, db::Tx};

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, account, device, made_at, things, send, gone from sync_manifests ", $rest)
    };
}

/// What was given to this device of this account.
pub fn find(tx: &mut Tx, id: ManifestId, account: AccountId, device: &str) -> Result<Option<Manifest>> {
    tx.one(select!("where id = $1 and account = $2 and device = $3"), args![id, account, device])
}

/// Keeps what a device is being given. Of what it was given before, only `base`, from which it starts, is of use.
pub fn replace(tx: &mut Tx, m: &Manifest, base: Option<ManifestId>) -> Result<()> {
    tx.run(
        "delete from sync_manifests where account = $1 and device = $2 and id <> $3",
        args![m.account, &m.device, base.map_or_else(String::new, |id| id.to_string())],
    )?;
    tx.run_one(
        "insert into sync_manifests (id, account, device, made_at, things, send, gone) values ($1, $2, $3, $4, $5, $6, $7)",
        args![m.id, m.account, &m.device, m.made_at, &m.things, &m.send, &m.gone],
    )
}
