//! The vault: bytes under their hash, on disk or in an S3 bucket, durable when it answers.
//!
//! Both are `object_store`'s: its local store writes beside, syncs the file, renames and syncs the folders, when told
//! to. A new file is first received on the local disk in either case (its hash is not known before its end), in a
//! folder of the same file system, so that settling it on disk is a rename and not a copy.

use super::model::FileHash;
use crate::kernel::{Config, Error, Result, secret};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
    buffered::BufWriter,
    local::LocalFileSystem,
    path::Path as Name,
    prefix::PrefixStore,
};
use sha2::Digest;
use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::io::AsyncWriteExt;

/// What is sent to a bucket in one request.
const PIECE: usize = 8 * 1024 * 1024;

/// The buckets in use. A client keeps connections, so there is one per bucket in a process.
static BUCKETS: Mutex<BTreeMap<String, Arc<PrefixStore<AmazonS3>>>> = Mutex::new(BTreeMap::new());

/// Where bytes are kept; cheap to make.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn ObjectStore>,
    /// Files on their way in.
    spool: PathBuf,
    is_local: bool,
}

/// Bytes on their way out.
pub struct Outgoing {
    /// How many there are in all.
    pub size: u64,
    /// Which of them follow.
    pub range: Range<u64>,
    pub bytes: BoxStream<'static, Result<Bytes>>,
}

impl Vault {
    /// The vault of an installation: `files` in the data folder, or the bucket of `evidence_url`.
    pub fn of(config: &Config) -> Result<Self> {
        let folder = config.data.join("files");
        let spool = folder.join("spool");
        make_folder(&spool).map_err(trouble)?;
        if let Some(url) = config.evidence_url.as_deref().filter(|url| !url.is_empty()) {
            return Ok(Self { store: bucket(url)?, spool, is_local: false });
        }
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(failed)?;
        Ok(Self { store: Arc::new(store.with_fsync(true).with_automatic_cleanup(true)), spool, is_local: true })
    }

    /// A vault over any store.
    #[cfg(test)]
    pub fn over(store: Arc<dyn ObjectStore>, spool: PathBuf) -> Self {
        Self { store, spool, is_local: false }
    }

    /// A path for a new file on its way in; nobody else gets the same.
    pub fn new_path(&self) -> Result<PathBuf> {
        let mut chance = [0; 16];
        secret::random(&mut chance)?;
        Ok(self.spool.join(data_encoding::HEXLOWER.encode(&chance)))
    }

    /// The folder of files on their way in.
    pub fn spool(&self) -> &Path {
        &self.spool
    }

    /// Takes the file in `path`, which [`Vault::new_path`] gave and which has been synced, as `name`. Durable when it
    /// answers. What had this name is replaced.
    pub async fn settle(&self, path: &Path, name: &Name) -> Result<()> {
        if self.is_local {
            let file =
                path.file_name().and_then(|f| f.to_str()).ok_or_else(|| Error::broken("a spool file has no name"))?;
            let from = Name::from_iter(["spool", file]);
            let done = self.store.rename(&from, name).await;
            // Whoever removes the last file of a folder removes the folder, maybe just as it is to be used: once more.
            let done = if done.is_err() && path.exists() { self.store.rename(&from, name).await } else { done };
            return done.map_err(failed);
        }
        let mut from = tokio::fs::File::open(path).await.map_err(trouble)?;
        let mut to = BufWriter::with_capacity(self.store.clone(), name.clone(), PIECE);
        let sent = tokio::io::copy(&mut from, &mut to).await;
        let sent = match sent {
            Ok(_) => to.shutdown().await,
            Err(e) => {
                // Nobody else will take the pieces away; the failure to be told is the first one.
                let _ = to.abort().await;
                Err(e)
            }
        };
        sent.map_err(trouble)
    }

    /// Keeps a few bytes as `name`.
    pub async fn put(&self, name: &Name, bytes: Vec<u8>) -> Result<()> {
        self.store.put(name, bytes.into()).await.map(|_| ()).map_err(failed)
    }

    /// The bytes of `name`, or `range` of them; [`Error::NotFound`] when there is nothing of this name.
    pub async fn get(&self, name: &Name, range: Option<Range<u64>>) -> Result<Outgoing> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(name, options).await.map_err(failed)?;
        let (size, range) = (found.meta.size, found.range.clone());
        Ok(Outgoing { size, range, bytes: found.into_stream().map_err(failed).boxed() })
    }

    /// The hash of what lies under `name`.
    pub async fn hash(&self, name: &Name) -> Result<FileHash> {
        let mut digest = sha2::Sha256::new();
        let mut bytes = self.get(name, None).await?.bytes;
        while let Some(piece) = bytes.try_next().await? {
            digest.update(&piece);
        }
        Ok(FileHash::of(&digest.finalize()))
    }

    /// The size of `name`, if it is there.
    pub async fn size(&self, name: &Name) -> Result<Option<u64>> {
        match self.store.head(name).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(failed(e)),
        }
    }

    /// All that lies below `folder`.
    pub fn list(&self, folder: &Name) -> impl Stream<Item = Result<ObjectMeta>> + 'static + use<> {
        self.store.list(Some(folder)).map_err(failed)
    }

    /// How many folders lie directly in `folder`.
    pub async fn folders(&self, folder: &Name) -> Result<usize> {
        Ok(self.store.list_with_delimiter(Some(folder)).await.map_err(failed)?.common_prefixes.len())
    }

    /// Takes `name` away; it may be gone already.
    pub async fn remove(&self, name: &Name) -> Result<()> {
        match self.store.delete(name).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(failed(e)),
        }
    }
}

/// Where a file lies: a folder for the first two digits, so that none grows too long.
pub fn name_of(hash: &FileHash) -> Name {
    Name::from_iter([&hash.as_str()[..2], hash.as_str()])
}

/// Where its small picture lies.
pub fn thumb_of(hash: &FileHash) -> Name {
    Name::from_iter([&hash.as_str()[..2], &format!("{hash}.t320")])
}

/// Makes `folder` for the owner only and sees to it that it is still there after a power cut.
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for made in folder.ancestors().skip(1).take(2).filter(|f| !f.as_os_str().is_empty()) {
        std::fs::File::open(made)?.sync_all()?;
    }
    Ok(())
}

fn bucket(url: &str) -> Result<Arc<PrefixStore<AmazonS3>>> {
    let mut buckets = BUCKETS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = buckets.get(url) {
        return Ok(known.clone());
    }
    let (bucket, prefix) = split(url)?;
    // Harmless when another has been installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let endpoints =
        [AmazonS3ConfigKey::Endpoint, AmazonS3ConfigKey::S3Endpoint].map(|key| builder.get_config_value(&key));
    let plain: Vec<String> = endpoints.into_iter().flatten().filter(|e| !e.starts_with("https://")).collect();
    if let Some(away) = plain.iter().find(|e| !is_loopback(e)) {
        return Err(Error::broken(format!("AWS_ENDPOINT: https:// is expected beyond this machine, not `{away}`")));
    }
    let builder = builder.with_allow_http(!plain.is_empty());
    let made = Arc::new(PrefixStore::new(builder.build().map_err(failed)?, prefix));
    buckets.insert(url.to_owned(), made.clone());
    Ok(made)
}

fn split(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("s3://").filter(|rest| !rest.starts_with('/') && !rest.is_empty());
    let rest =
        rest.ok_or_else(|| Error::broken(format!("evidence_url: s3://bucket/prefix is expected, not `{url}`")))?;
    Ok(rest.split_once('/').unwrap_or((rest, "")))
}

/// Whether `endpoint` is on this machine: only there may evidence go over a line that is not encrypted.
fn is_loopback(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What went wrong with the local disk.
pub fn trouble(e: io::Error) -> Error {
    if is_full(&e) { Error::DiskFull } else { Error::broken(e) }
}

/// What went wrong with the store.
fn failed(e: object_store::Error) -> Error {
    if let object_store::Error::NotFound { .. } = e {
        return Error::NotFound;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&e);
    while let Some(e) = cause {
        if e.downcast_ref::<io::Error>().is_some_and(is_full) {
            return Error::DiskFull;
        }
        cause = e.source();
    }
    Error::broken(e)
}

fn is_full(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_bucket_is_read() {
        assert_eq!(split("s3://evidence/2023/hebei").unwrap(), ("evidence", "2023/hebei"));
        assert_eq!(split("s3://evidence").unwrap(), ("evidence", ""));
        assert!(split("s3:///x").is_err() && split("https://evidence").is_err());
    }

    #[test]
    fn evidence_leaves_the_machine_encrypted_only() {
        for here in ["http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000/x"] {
            assert!(is_loopback(here), "{here}");
        }
        for away in
            ["http://10.0.0.1:9000", "http://127.0.0.1.example.com", "http://localhost.example.com:80", "https://x"]
        {
            assert!(!is_loopback(away), "{away}");
        }
    }

    #[test]
    fn a_full_disk_is_told_from_other_trouble() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(trouble(full()), Error::DiskFull));
        let wrapped = object_store::Error::Generic { store: "x", source: Box::new(full()) };
        assert!(matches!(failed(wrapped), Error::DiskFull));
        assert!(matches!(trouble(io::Error::other("x")), Error::Broken(_)));
    }
}
