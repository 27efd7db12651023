//! A file on its way in: written to disk while its hash is counted, never more of it in memory than a piece.

use super::{
    model::{FileHash, too_large},
    vault::{Outgoing, Vault, trouble},
};
use crate::kernel::{Error, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::Digest;
use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

/// How long a line may be silent before it counts as cut.
const SILENCE: Duration = Duration::from_mins(1);

/// How much is written at once. A photograph of a phone is one or two of these: each costs a hop to another thread.
const PIECE: usize = 256 * 1024;

/// A file that is being received. Unless it is settled in the vault, it is gone when this is dropped.
pub struct Spool {
    path: PathBuf,
    /// What has come and is not in the file yet.
    held: Vec<u8>,
    digest: sha2::Sha256,
    bytes: u64,
    limit: u64,
}

impl Spool {
    /// An empty file that takes `limit` bytes at the most.
    pub fn new(vault: &Vault, limit: u64) -> Result<Self> {
        Ok(Self { path: vault.new_path()?, held: Vec::new(), digest: sha2::Sha256::new(), bytes: 0, limit })
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
        self.held.extend_from_slice(piece);
        if self.held.len() >= PIECE { self.write(false).await } else { Ok(()) }
    }

    /// Sees to it that all of it is on disk.
    pub async fn sync(&mut self) -> Result<()> {
        self.write(true).await
    }

    async fn write(&mut self, sync: bool) -> Result<()> {
        let (path, held) = (self.path.clone(), std::mem::take(&mut self.held));
        let written = tokio::task::spawn_blocking(move || write(&path, &held, sync).map(|()| held));
        let mut held = written.await.map_err(Error::broken)?.map_err(trouble)?;
        held.clear();
        self.held = held;
        Ok(())
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

fn write(path: &Path, held: &[u8], sync: bool) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.write_all(held)?;
    if sync { file.sync_all() } else { Ok(()) }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // Settled already, or gone with the disk: there is nothing more to do either way.
        let _ = std::fs::remove_file(&self.path);
    }
}
