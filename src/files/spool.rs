//! A file on its way in: written to disk while its hash is counted, never in memory as a whole.

use super::{
    model::{FileHash, too_large},
    vault::{Outgoing, Vault, trouble},
};
use crate::kernel::{Error, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::Digest;
use std::{
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};
use tokio::io::AsyncWriteExt;

/// How long a line may be silent before it counts as cut.
const SILENCE: Duration = Duration::from_mins(1);

/// A file that is being received. Unless it is settled in the vault, it is gone when this is dropped.
pub struct Spool {
    path: PathBuf,
    file: tokio::fs::File,
    digest: sha2::Sha256,
    bytes: u64,
    limit: u64,
}

impl Spool {
    /// An empty file that takes `limit` bytes at the most.
    pub async fn new(vault: &Vault, limit: u64) -> Result<Self> {
        let path = vault.new_path()?;
        let mut options = tokio::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path).await.map_err(trouble)?;
        Ok(Self { path, file, digest: sha2::Sha256::new(), bytes: 0, limit })
    }

    /// Adds what comes; says whether it came to its end, or the line was cut before.
    pub async fn fill<E>(&mut self, body: impl Stream<Item = Result<Bytes, E>>) -> Result<bool> {
        let mut body = pin!(body);
        loop {
            match tokio::time::timeout(SILENCE, body.next()).await {
                Ok(Some(Ok(piece))) => self.add(&piece).await?,
                Ok(None) => return Ok(true),
                Ok(Some(Err(_))) | Err(_) => return Ok(false),
            }
        }
    }

    /// Adds a file of the vault without its first `skip` bytes.
    pub async fn copy(&mut self, mut from: Outgoing, skip: u64) -> Result<()> {
        let mut skip = usize::try_from(skip).map_err(Error::broken)?;
        while let Some(piece) = from.bytes.next().await {
            let piece = piece?;
            let skipped = skip.min(piece.len());
            skip -= skipped;
            self.add(&piece[skipped..]).await?;
        }
        Ok(())
    }

    async fn add(&mut self, piece: &[u8]) -> Result<()> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.limit {
            return Err(too_large(self.limit));
        }
        self.digest.update(piece);
        self.file.write_all(piece).await.map_err(trouble)
    }

    /// Sees to it that all of it is on disk.
    pub async fn sync(&mut self) -> Result<()> {
        self.file.flush().await.map_err(trouble)?;
        self.file.sync_all().await.map_err(trouble)
    }

    /// The hash of what has come so far.
    pub fn hash(&self) -> FileHash {
        FileHash::of(&self.digest.clone().finalize())
    }

    /// How much has come so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // Settled already, or gone with the disk: there is nothing more to do either way.
        let _ = std::fs::remove_file(&self.path);
    }
}
