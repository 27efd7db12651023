//! All evidence out of one vault and into another, each file under its hash: what a backup carries.

use super::{
    model::{FileHash, HASH_DIFFERS},
    spool::Spool,
    store,
    vault::{Outgoing, Vault, name_of},
};
use crate::kernel::{Config, Result, db::Tx};
use bytes::Bytes;
use futures_util::Stream;

pub use store::Carried;

/// Every file on record, in the order of the hashes.
pub fn on_record(tx: &mut Tx) -> Result<Vec<Carried>> {
    store::carried(tx)
}

/// Where a file lies within a vault, on disk and in a bucket alike: `e3/e3b0…`.
pub fn path_of(hash: &FileHash) -> String {
    name_of(hash).to_string()
}

/// The bytes of a file, whoever asks: for whom holds the data folder anyway.
pub async fn carry(config: &Config, hash: &FileHash) -> Result<Outgoing> {
    Vault::of(config)?.get(&name_of(hash), None).await
}

/// Puts a file back into the vault; refuses it when its bytes do not have this hash. Durable when it answers.
pub async fn bring_back<E>(config: &Config, hash: &FileHash, body: impl Stream<Item = Result<Bytes, E>>) -> Result<()> {
    let vault = Vault::of(config)?;
    let mut spool = Spool::new(&vault, u64::MAX)?;
    spool.fill(body).await?;
    let found = spool.hash();
    if found != *hash {
        return HASH_DIFFERS.with("said", hash).with("found", found).refuse();
    }
    spool.sync().await?;
    vault.settle(spool.path(), &name_of(hash)).await
}
