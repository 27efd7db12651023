//! Restoring a backup into an empty folder and an empty database. Everything is counted again in what has been made, and a
//! mark lies in the folder until it has been found right, so that nobody serves half of it.

use super::{
    UNFINISHED_MARK,
    archive::{self, Reader, damaged},
    model::{
        ABOUT, About, DATABASE_IN_USE, DIFFERS, FILES, FOLDER, FOLDER_IN_USE, FORMAT, LIST, MANIFEST, Manifest, NEWER,
        NO_KEY, NOT_WHOLE, PURPOSE, Report, Step, TABLES, WRONG_KEY,
    },
};
use crate::{
    files::{self, FileHash},
    kernel::{
        Config, Error, Result,
        db::{Db, Place, Tx},
        secret::{self, Keeper},
    },
};
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeSet,
    io::Read,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};
use tokio::runtime::Handle;
use tokio_util::io::ReaderStream;

/// Pieces of tables that may wait for the database.
const WAITING: usize = 4;
/// What the settings of the old installation are called in the new folder: they name a database, maybe one in use.
const SETTINGS: &str = "paicha.toml";
const OLD_SETTINGS: &str = "paicha.toml.from-backup";

/// Where a backup is restored to.
pub struct To {
    /// The settings of the new installation: data folder, database, bucket.
    pub config: Config,
    /// The key file of the installation, where the backup does not hold it.
    pub key: Option<PathBuf>,
    /// The passphrase, asked when the backup is encrypted.
    pub passphrase: Box<dyn FnOnce() -> Result<String> + Send>,
}

/// Restores the backup `from`; tells how far it has come.
pub async fn restore(from: &Path, to: To, told: impl Fn(Step) + Send + 'static) -> Result<Report> {
    let (from, handle) = (from.to_owned(), Handle::current());
    let done = tokio::task::spawn_blocking(move || {
        begin(&to.config.data)?;
        let (mut archive, encrypted) = archive::open(&from, to.passphrase)?;
        let restoring = Restoring { from, config: to.config, key: to.key, handle, told: Box::new(told) };
        let (about, manifest) = restoring.run(&mut archive)?;
        let behind = restoring.look_again(&about, &manifest)?;
        std::fs::remove_file(restoring.config.data.join(UNFINISHED_MARK)).map_err(Error::broken)?;
        Ok(Report { behind: Some(behind), ..Report::of(&about, manifest, encrypted) })
    });
    done.await.map_err(Error::broken)?
}

/// Makes the folder, or takes an empty one, and marks it.
fn begin(data: &Path) -> Result<()> {
    let in_use = std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    if in_use {
        return FOLDER_IN_USE.with("data", data.display()).refuse();
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(Error::broken)?;
    std::fs::write(data.join(UNFINISHED_MARK), "a restoration is under way\n").map_err(Error::broken)
}

struct Restoring {
    from: PathBuf,
    config: Config,
    key: Option<PathBuf>,
    handle: Handle,
    told: Box<dyn Fn(Step) + Send>,
}

/// A piece of the table with this number; the number behind the last one says that there are no more.
type Piece = (usize, Vec<u8>);

impl Restoring {
    /// Takes the entries in their order: about, folder, tables, list, files, manifest.
    fn run(&self, archive: &mut Reader) -> Result<(About, Manifest)> {
        let mut entries =
            Entries { from: &self.from, rest: archive.entries().map_err(|e| self.damaged(e))?, open: None };
        let about: About = entries.json(ABOUT)?;
        if about.format > FORMAT || about.schema > Tx::newest_version() {
            return NEWER.with("program", about.program).refuse();
        }
        while let Some((name, bytes)) = entries.within(FOLDER)? {
            self.lay(&name, &bytes)?;
        }
        self.take_key(&about)?;
        self.fill(&about, &mut entries)?;
        let list = entries.named(LIST)?;
        let came = self.bring_files(&mut entries)?;
        let manifest: Manifest = entries.json(MANIFEST).map_err(|_| Error::Refused(NOT_WHOLE))?;
        if secret::sha256(&list) != manifest.list {
            return Err(differs(LIST));
        }
        if about.evidence {
            let lost: BTreeSet<&str> = manifest.lost.iter().map(FileHash::as_str).collect();
            let listed = String::from_utf8(list).map_err(Error::broken)?;
            let missing = listed.lines().filter_map(|line| line.split(' ').next());
            let missing = missing.filter(|hash| !came.contains(*hash) && !lost.contains(hash)).count();
            if missing > 0 {
                return Err(differs(format!("{missing} × {FILES}")));
            }
        }
        Ok((about, manifest))
    }

    fn damaged(&self, why: impl std::fmt::Display) -> Error {
        damaged(&self.from, why)
    }

    /// Lays a small file into the folder, for the owner only.
    fn lay(&self, name: &str, bytes: &[u8]) -> Result<()> {
        use std::io::Write;
        let plain = |part: &str| !part.is_empty() && !part.contains(['/', '\\']) && part != "." && part != "..";
        let name = if name == SETTINGS { OLD_SETTINGS } else { name };
        let path = match name.split_once('/') {
            None if plain(name) => self.config.data.join(name),
            Some(("maps", map)) if plain(map) => self.config.data.join("maps").join(map),
            _ => return Err(self.damaged(name)),
        };
        let folder = path.parent().unwrap_or(&self.config.data);
        std::fs::create_dir_all(folder).map_err(Error::broken)?;
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(Error::broken)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::broken)
    }

    /// Takes the key over from where the operator keeps it, and looks whether it is the one of the backup.
    fn take_key(&self, about: &About) -> Result<()> {
        let there = self.config.data.join("key");
        if let Some(key) = &self.key {
            let bytes = std::fs::read(key).map_err(|e| Error::broken(format!("{}: {e}", key.display())))?;
            if !there.exists() {
                self.lay("key", &bytes)?;
            }
        }
        if !there.exists() {
            return NO_KEY.refuse();
        }
        let mark = Keeper::open(&self.config.data)?.mark(PURPOSE, &about.at.to_string())?;
        if mark == about.key { Ok(()) } else { WRONG_KEY.refuse() }
    }

    fn database(&self) -> Result<Db> {
        let place = Place::of(self.config.database_url.as_deref(), &self.config.data);
        self.handle.block_on(Db::open(&place))
    }

    /// Fills the tables in one transaction, which reads the pieces as they come out of the archive.
    fn fill(&self, about: &About, entries: &mut Entries) -> Result<()> {
        let db = self.database()?;
        if self.handle.block_on(db.read(|tx| Ok(tx.version())))? > 0 {
            return DATABASE_IN_USE.refuse();
        }
        let (sender, receiver) = sync_channel::<Piece>(WAITING);
        let (pieces, wanted) = (Arc::new(Mutex::new(Some(receiver))), about.clone());
        let filled = self.handle.spawn(async move {
            db.write(move |tx| {
                let pieces = pieces.lock().unwrap_or_else(PoisonError::into_inner).take();
                fill_tables(tx, &wanted, pieces.ok_or_else(|| Error::broken("a restoration is not begun twice"))?)
            })
            .await
        });
        let fed = self.feed(about, entries, &sender);
        drop(sender);
        let filled = self.handle.block_on(filled).map_err(Error::broken)?;
        fed.and(filled)
    }

    /// Hands the pieces over. When the database will not have them, it says why itself.
    fn feed(&self, about: &About, entries: &mut Entries, to: &SyncSender<Piece>) -> Result<()> {
        let (mut at, mut rows) = (0, 0);
        while let Some((name, packed)) = entries.within(TABLES)? {
            let table = name.split('/').next().unwrap_or_default();
            let further = about.tables[at..].iter().position(|t| t.name == table).ok_or_else(|| self.damaged(&name))?;
            (at, rows) = (at + further, if further > 0 { 0 } else { rows });
            let mut lines = Vec::new();
            GzDecoder::new(packed.as_slice()).read_to_end(&mut lines).map_err(|e| self.damaged(e))?;
            rows += lines.split_inclusive(|byte| *byte == b'\n').count() as u64;
            (self.told)(Step::Table(table.to_owned(), rows));
            if to.send((at, lines)).is_err() {
                return Ok(());
            }
        }
        // Whoever no longer listens has failed, and says so.
        let _ = to.send((about.tables.len(), Vec::new()));
        Ok(())
    }

    /// Brings the evidence back; answers the hashes of what has come. What has not its hash is left out.
    fn bring_files(&self, entries: &mut Entries) -> Result<BTreeSet<String>> {
        let (mut came, mut bytes) = (BTreeSet::new(), 0);
        while let Some((name, body)) = entries.within(FILES)? {
            let hash = FileHash::parse(name.rsplit('/').next().unwrap_or_default()).map_err(|_| self.damaged(&name))?;
            bytes += body.len() as u64;
            let body = ReaderStream::new(std::io::Cursor::new(body));
            match self.handle.block_on(files::bring_back(&self.config, &hash, body)) {
                Ok(()) => came.insert(hash.to_string()),
                Err(Error::Refused(_)) => false,
                Err(error) => return Err(error),
            };
            (self.told)(Step::Files(bytes, bytes));
        }
        Ok(came)
    }

    /// Adds up every table as it now is; answers the steps by which the schema is behind this program.
    fn look_again(&self, about: &About, manifest: &Manifest) -> Result<u64> {
        let db = self.database()?;
        let tables = about.tables.clone();
        let sums = db.read(move |tx| tables.iter().map(|table| tx.sum(table)).collect::<Result<Vec<_>>>());
        let sums = self.handle.block_on(sums)?;
        for (n, table) in about.tables.iter().enumerate() {
            (self.told)(Step::Table(table.name.clone(), sums[n].rows));
            if manifest.tables.get(n) != Some(&sums[n]) {
                return Err(differs(&table.name));
            }
        }
        self.handle.block_on(db.behind())
    }
}

fn differs(what: impl std::fmt::Display) -> Error {
    Error::Refused(DIFFERS.with("what", what))
}

/// Makes the tables as they were and fills them.
fn fill_tables(tx: &mut Tx, about: &About, pieces: Receiver<Piece>) -> Result<()> {
    tx.found(about.schema)?;
    let mut there = tx.tables()?;
    let mut wanted = about.tables.clone();
    // columns that were added later may stand in another order
    there.iter_mut().chain(&mut wanted).for_each(|table| table.columns.sort());
    if there != wanted {
        return Err(differs("schema"));
    }
    let mut pieces = pieces.into_iter().peekable();
    for (n, table) in about.tables.iter().enumerate() {
        tx.fill(table, &mut || Ok(pieces.next_if(|(of, _)| *of == n).map(|(_, lines)| lines)))?;
    }
    match pieces.next() {
        Some((of, _)) if of == about.tables.len() => Ok(()),
        _ => NOT_WHOLE.refuse(),
    }
}

/// The entries of an archive, one after the other; the next one is looked at before it is taken.
struct Entries<'a> {
    from: &'a Path,
    rest: tar::Entries<'a, Box<dyn Read + Send>>,
    open: Option<(String, Vec<u8>)>,
}

impl Entries<'_> {
    /// The name of the next entry.
    fn next(&mut self) -> Result<Option<&str>> {
        if self.open.is_none() {
            let Some(entry) = self.rest.next() else { return Ok(None) };
            let mut entry = entry.map_err(|e| damaged(self.from, e))?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|e| damaged(self.from, e))?;
            if bytes.len() as u64 != entry.size() {
                return NOT_WHOLE.refuse();
            }
            self.open = Some((name, bytes));
        }
        Ok(self.open.as_ref().map(|(name, _)| name.as_str()))
    }

    /// The next entry, if its name begins with `folder`: the rest of its name, and its bytes.
    fn within(&mut self, folder: &str) -> Result<Option<(String, Vec<u8>)>> {
        let rest = self.next()?.and_then(|name| name.strip_prefix(folder)).map(str::to_owned);
        Ok(rest.and_then(|rest| Some((rest, self.open.take()?.1))))
    }

    /// The next entry, which must have this name.
    fn named(&mut self, name: &str) -> Result<Vec<u8>> {
        match self.within(name)? {
            Some((rest, bytes)) if rest.is_empty() => Ok(bytes),
            _ if self.next()?.is_none() => NOT_WHOLE.refuse(),
            _ => Err(damaged(self.from, name)),
        }
    }

    fn json<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        serde_json::from_slice(&self.named(name)?).map_err(|e| damaged(self.from, e))
    }
}
