//! Making a backup: first the tables, all from one unchanging view; then every file that they name. Evidence is kept in
//! the vault before the database learns of it and is never taken away, so the two fit together while people go on working.

use super::{
    archive::Writer,
    model::{
        ABOUT, About, FILES, FOLDER, FORMAT, LIST, MANIFEST, Manifest, NEWER, PURPOSE, Report, Step, line_of, of_table,
    },
};
use crate::{
    files::{self, Carried},
    kernel::{
        App, Config, Error, Result,
        db::{Adder, Sum, Table, Tx},
        secret,
    },
};
use flate2::{Compression, write::GzEncoder};
use futures_util::TryStreamExt;
use sha2::Digest;
use std::{
    io::{self, Read, Write},
    path::Path,
};
use tokio::runtime::Handle;
use tokio_util::io::{StreamReader, SyncIoBridge};

/// Bytes of lines in a piece of a table, before they are compressed.
const PIECE: usize = 4 << 20;
/// What of the data folder goes into a backup that is not encrypted: nothing that must be kept secret.
const OPEN: &[&str] = &["DEMO"];
/// What of it goes into none: traces of other work.
const NEVER: &[&str] = &[super::LAST, super::UNFINISHED_MARK, ".probe"];

/// Largest of the small files, in bytes: what is larger, such as an older backup, does not belong there.
const SMALL: u64 = 32 << 20;

/// How a backup is made.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// Encrypts it; the key of the installation and its settings are within only then.
    pub passphrase: Option<String>,
    /// Leaves the evidence to a bucket with copies of its own.
    pub without_evidence: bool,
}

/// Makes a backup of the installation in the new file `to` while it is at work; tells how far it has come.
pub async fn make(app: &App, to: &Path, how: How, told: impl Fn(Step) + Send + Sync + 'static) -> Result<Report> {
    let at = app.clock.now();
    let key = app.keeper.mark(PURPOSE, &at.to_string())?;
    let folder = beside(&app.config, how.passphrase.is_some())?;
    let (engine, evidence) = (app.db.engine().to_owned(), !how.without_evidence);
    let mut writer = Writer::begin(to, how.passphrase.as_deref(), at)?;
    let taken = app.db.read(move |tx| {
        let (schema, tables) = (tx.version(), tx.tables()?);
        let program = env!("CARGO_PKG_VERSION").to_owned();
        if schema > Tx::newest_version() {
            return NEWER.with("program", format!("schema {schema}")).refuse();
        }
        let about = About { format: FORMAT, program, engine, schema, at, key, evidence, tables };
        writer.add(ABOUT, &json(&about)?)?;
        for (name, bytes) in &folder {
            writer.add(&format!("{FOLDER}{name}"), bytes)?;
        }
        let mut sums = Vec::new();
        for table in &about.tables {
            let sum = add_table(tx, &mut writer, table)?;
            told(Step::Table(table.name.clone(), sum.rows));
            sums.push(sum);
        }
        Ok((writer, about, sums, files::on_record(tx)?, told))
    });
    let (mut writer, about, sums, on_record, told) = taken.await?;
    let (config, handle) = (app.config.clone(), Handle::current());
    let made = tokio::task::spawn_blocking(move || {
        let list: String = on_record.iter().map(|file| line_of(&file.sha256)).collect();
        writer.add(LIST, list.as_bytes())?;
        let (bytes, lost) =
            if evidence { add_files(&mut writer, &config, &handle, &on_record, &told)? } else { (0, vec![]) };
        let (files, list) = (on_record.len() as u64, secret::sha256(list.as_bytes()));
        let manifest = Manifest { tables: sums, files, bytes, list, lost };
        writer.add(MANIFEST, &json(&manifest)?)?;
        let report = Report::of(&about, manifest, how.passphrase.is_some());
        Ok::<_, Error>(Report { sha256: Some(writer.finish()?), ..report })
    });
    let report = made.await.map_err(Error::broken)??;
    // The day of the last backup, for `doctor`.
    std::fs::write(app.config.data.join(super::LAST), json(&report)?).map_err(Error::broken)?;
    Ok(report)
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(Error::broken)
}

/// The small files beside database and evidence, with their names: key, settings, maps.
fn beside(config: &Config, secret: bool) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut look = |folder: &Path, before: &str| -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let (entry, name) = entry.map(|e| (e.path(), e.file_name().to_string_lossy().into_owned()))?;
            let database = name.starts_with("paicha.db");
            let open = secret || !before.is_empty() || OPEN.contains(&name.as_str());
            let small = entry.metadata()?.len() <= SMALL;
            if entry.is_file() && small && open && !database && !NEVER.contains(&name.as_str()) {
                found.push((format!("{before}{name}"), std::fs::read(&entry)?));
            }
        }
        Ok(())
    };
    look(&config.data, "").map_err(Error::broken)?;
    let maps = config.data.join("maps");
    if maps.is_dir() {
        look(&maps, "maps/").map_err(Error::broken)?;
    }
    found.sort();
    Ok(found)
}

/// Adds the rows of a table, in compressed pieces of whole lines.
fn add_table(tx: &mut Tx, writer: &mut Writer, table: &Table) -> Result<Sum> {
    let mut adder = Adder::default();
    let (mut piece, mut number) = (Vec::new(), 0);
    let mut add = |piece: &mut Vec<u8>| -> Result<()> {
        number += 1;
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(piece).map_err(Error::broken)?;
        piece.clear();
        writer.add(&of_table(&table.name, number), &packed.finish().map_err(Error::broken)?)
    };
    tx.lines(table, &mut |line| {
        adder.add(line);
        piece.extend_from_slice(line);
        piece.push(b'\n');
        if piece.len() >= PIECE { add(&mut piece) } else { Ok(()) }
    })?;
    if !piece.is_empty() {
        add(&mut piece)?;
    }
    Ok(adder.total())
}

/// Adds the evidence; answers how many bytes, and the files that could not be read as they were.
fn add_files(
    writer: &mut Writer,
    config: &Config,
    handle: &Handle,
    on_record: &[Carried],
    told: &impl Fn(Step),
) -> Result<(u64, Vec<files::FileHash>)> {
    let all = on_record.iter().map(|file| u64::try_from(file.bytes).unwrap_or(0)).sum();
    let (mut bytes, mut lost) = (0, Vec::new());
    for file in on_record {
        match handle.block_on(files::carry(config, &file.sha256)) {
            Err(Error::NotFound) => lost.push(file.sha256.clone()),
            Err(error) => return Err(error),
            Ok(found) => {
                let body = StreamReader::new(found.bytes.map_err(io::Error::other));
                let body = SyncIoBridge::new_with_handle(body, handle.clone());
                let mut exactly = Exactly { from: body, left: found.size, digest: sha2::Sha256::new() };
                let name = format!("{FILES}{}", files::path_of(&file.sha256));
                writer.add_from(&name, found.size, &mut exactly)?;
                if data_encoding::HEXLOWER.encode(&exactly.digest.finalize()) != file.sha256.as_str() {
                    lost.push(file.sha256.clone());
                }
                bytes += found.size;
                told(Step::Files(bytes, all));
            }
        }
    }
    Ok((bytes, lost))
}

/// Gives exactly as many bytes as were announced, whatever becomes of their source: the hash tells when they are not right.
struct Exactly<R> {
    from: R,
    left: u64,
    digest: sha2::Sha256,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = match self.from.read(&mut into[..most]) {
            Ok(read) if read > 0 => read,
            _ => {
                into[..most].fill(0);
                most
            }
        };
        self.digest.update(&into[..read]);
        self.left -= read as u64;
        Ok(read)
    }
}
