//! The file of a backup: a tar archive that any tar reads; with a passphrase, within an age file that any age opens
//! (age-encryption.org/v1).

use super::model::{EXISTS, NOT_A_BACKUP, WRONG_PASSPHRASE};
use crate::kernel::{Error, Moment, Result};
use age::{Decryptor, Encryptor, scrypt, secrecy::SecretString, stream::StreamWriter};
use sha2::Digest;
use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// How every age file begins.
const AGE: &[u8] = b"age-encryption.org/";

/// A backup that is being written. It has its name only when it is whole and on disk.
pub struct Writer {
    tar: tar::Builder<Out>,
    at: u64,
    part: PathBuf,
    to: PathBuf,
}

enum Out {
    Plain(Hashing),
    Sealed(Box<StreamWriter<Hashing>>),
}

/// A file whose hash is counted as it is written.
struct Hashing {
    file: BufWriter<File>,
    digest: sha2::Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Sealed(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Sealed(out) => out.flush(),
        }
    }
}

impl Writer {
    /// Begins a backup that will be called `to`, for the owner only. Refuses to overwrite one.
    pub fn begin(to: &Path, passphrase: Option<&str>, at: Moment) -> Result<Self> {
        if to.exists() {
            return EXISTS.with("file", to.display()).refuse();
        }
        let mut part = to.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(trouble)?;
        let out = Hashing { file: BufWriter::with_capacity(1 << 18, file), digest: sha2::Sha256::new() };
        let out = match passphrase {
            None => Out::Plain(out),
            Some(phrase) => {
                let lock = Encryptor::with_user_passphrase(SecretString::from(phrase.to_owned()));
                Out::Sealed(Box::new(lock.wrap_output(out).map_err(trouble)?))
            }
        };
        let at = u64::try_from(at.millis() / 1000).unwrap_or(0);
        Ok(Self { tar: tar::Builder::new(out), at, part, to: to.to_owned() })
    }

    /// Adds an entry.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.add_from(name, bytes.len() as u64, bytes)
    }

    /// Adds an entry of exactly `size` bytes, which `from` must have.
    pub fn add_from(&mut self, name: &str, size: u64, from: impl Read) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.at);
        self.tar.append_data(&mut header, name, from).map_err(trouble)
    }

    /// Sees to it that it is whole and on disk, and gives it its name; answers its SHA-256.
    pub fn finish(self) -> Result<String> {
        let out = match self.tar.into_inner().map_err(trouble)? {
            Out::Plain(out) => out,
            Out::Sealed(out) => out.finish().map_err(trouble)?,
        };
        let file = out.file.into_inner().map_err(|e| trouble(e.into_error()))?;
        file.sync_all().map_err(trouble)?;
        std::fs::rename(&self.part, &self.to).map_err(trouble)?;
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(trouble)?;
        Ok(data_encoding::HEXLOWER.encode(&out.digest.finalize()))
    }
}

/// What of a disk that is full or cannot be written to.
fn trouble(e: io::Error) -> Error {
    if e.kind() == io::ErrorKind::StorageFull { Error::DiskFull } else { Error::broken(e) }
}

/// A backup that is being read.
pub type Reader = tar::Archive<Box<dyn Read + Send>>;

/// Opens the backup `from`; says whether it is encrypted. `passphrase` is asked only when it is.
pub fn open(from: &Path, passphrase: impl FnOnce() -> Result<String>) -> Result<(Reader, bool)> {
    let file = File::open(from).map_err(|e| Error::broken(format!("{}: {e}", from.display())))?;
    let mut file = BufReader::with_capacity(1 << 18, file);
    let sealed = file.fill_buf().map_err(trouble)?.starts_with(AGE);
    if !sealed {
        return Ok((tar::Archive::new(Box::new(file)), false));
    }
    let wrong = |_| Error::Refused(WRONG_PASSPHRASE);
    let key = scrypt::Identity::new(SecretString::from(passphrase()?));
    let lock = Decryptor::new_buffered(file).map_err(wrong)?;
    let opened = lock.decrypt(std::iter::once(&key as &dyn age::Identity)).map_err(wrong)?;
    Ok((tar::Archive::new(Box::new(opened)), true))
}

/// What is wrong with the backup `from`.
pub fn damaged(from: &Path, why: impl std::fmt::Display) -> Error {
    Error::Refused(NOT_A_BACKUP.with("file", from.display()).with("why", why))
}
