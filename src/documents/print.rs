//! Printing: outside the transaction that drew the number, once; afterwards the file that was printed is the document.

use super::{Document, Verb, model::NOT_AS_PRINTED, press, store};
use crate::{
    accounts,
    files::{self, FileHash, Link},
    kernel::{App, DocumentId, Error, Moment, Result, db::Tx, secret},
    people::By,
    record,
};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

/// The role of the PDF among the files of its document.
const ROLE: &str = "print";

/// A document with its PDF.
#[derive(Debug, Clone)]
pub struct Printed {
    pub document: Document,
    pub pdf: Vec<u8>,
}

/// The PDF of a document within the reader's scope: the file as it was first printed. The first reader, or
/// [`print_waiting`], has it printed; the hash is then kept and the file with it.
pub async fn print(app: &App, by: &By, id: DocumentId) -> Result<Printed> {
    let scope = by.scope();
    let (document, data) = app.db.read(move |tx| Ok((store::get(tx, scope, id)?, store::data(tx, id)?))).await?;
    if let Some(hash) = &document.sha256 {
        match stored(app, by, hash).await {
            Ok(pdf) => return Ok(Printed { document, pdf }),
            Err(error) => tracing::error!(number = %document.number, %error, "the printed file cannot be read"),
        }
    }
    let paper: paper::Document = serde_json::from_str(&data).map_err(Error::broken)?;
    let pdf = press::print(paper).await?;
    let hash = secret::sha256(&pdf);
    match &document.sha256 {
        Some(known) if *known == hash => Ok(Printed { document, pdf }),
        Some(known) => differs(&document, known, &hash),
        None => first(app, by, document, pdf, hash).await,
    }
}

/// Documents that could not be printed, and when to try again.
static PUT_OFF: Mutex<BTreeMap<DocumentId, Moment>> = Mutex::new(BTreeMap::new());
/// How long a document that could not be printed waits, in milliseconds.
const AGAIN: i64 = 10 * 60 * 1000;

/// Prints documents that wait for it, oldest first, as the system; says how many. One that cannot be printed or kept is
/// told in the log, does not hold up the others and is tried again after a while.
pub async fn print_waiting(app: &App, most: i64) -> Result<usize> {
    let waiting = waiting(app, most).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let by = accounts::system(app).await?;
    let mut done = 0;
    for id in waiting {
        match print(app, &by, id).await {
            Ok(printed) if printed.document.sha256.is_some() => done += 1,
            Ok(_) => put_off(app, id),
            Err(error) => {
                tracing::error!(%id, %error, "a document could not be printed");
                put_off(app, id);
            }
        }
    }
    Ok(done)
}

async fn waiting(app: &App, most: i64) -> Result<Vec<DocumentId>> {
    let now = app.clock.now();
    let off: BTreeSet<DocumentId> = {
        let mut all = PUT_OFF.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, until| *until > now);
        all.keys().copied().collect()
    };
    let most = most + i64::try_from(off.len()).unwrap_or(0);
    let unprinted = app.db.read(move |tx| store::unprinted(tx, most)).await?;
    Ok(unprinted.into_iter().filter(|id| !off.contains(id)).collect())
}

fn put_off(app: &App, id: DocumentId) {
    let until = app.clock.now().plus(AGAIN);
    PUT_OFF.lock().unwrap_or_else(PoisonError::into_inner).insert(id, until);
}

/// Keeps the hash of the first print, and the file, which must be in the vault. What has been printed before stays: the
/// answer is the document with the hash that counts.
pub fn printed(tx: &mut Tx, by: &By, id: DocumentId, hash: &str) -> Result<Document> {
    let before = store::get(tx, by.scope(), id)?;
    if before.sha256.is_some() {
        return Ok(before);
    }
    let (to, who) = before.state.step(Verb::Print).ok_or(Error::Forbidden)?;
    by.actor.must_be(&[who])?;
    let after = Document { sha256: Some(hash.to_owned()), state: to, ..before.clone() };
    files::link(tx, by, &FileHash::parse(hash)?, &Link::to(&before, ROLE))?;
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (Verb::Print.code(), None))?;
    Ok(Document { version: after.version + 1, ..after })
}

/// The first print. It is the system's doing, whoever looks first; when the file cannot be kept (a full disk, no virus
/// scanner), the reader gets it all the same and the next one has it printed again.
async fn first(app: &App, reader: &By, document: Document, pdf: Vec<u8>, hash: String) -> Result<Printed> {
    match keep(app, document.id, &pdf, &hash).await {
        Ok(kept) if kept.sha256.as_ref() == Some(&hash) => Ok(Printed { document: kept, pdf }),
        // another process was faster, with other fonts
        Ok(kept) => {
            let known = kept.sha256.clone().unwrap_or_default();
            tracing::error!(number = %kept.number, printed = %known, now = %hash, "two prints differ; the first counts");
            Ok(Printed { pdf: stored(app, reader, &known).await?, document: kept })
        }
        Err(error) => {
            tracing::error!(number = %document.number, %error, "the printed file could not be kept");
            Ok(Printed { document, pdf })
        }
    }
}

async fn keep(app: &App, id: DocumentId, pdf: &[u8], hash: &str) -> Result<Document> {
    let by = accounts::system(app).await?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(pdf))]);
    files::put(app, &by, &FileHash::parse(hash)?, Some(pdf.len() as u64), body).await?;
    let hash = hash.to_owned();
    app.act(&by, move |tx, by| printed(tx, by, id, &hash)).await
}

async fn stored(app: &App, by: &By, hash: &str) -> Result<Vec<u8>> {
    let (_, out) = files::open(app, &by.actor, &FileHash::parse(hash)?, None).await?;
    Ok(out.bytes.try_collect::<Vec<_>>().await?.concat())
}

fn differs(document: &Document, known: &str, hash: &str) -> Result<Printed> {
    tracing::error!(number = %document.number, printed = %known, now = %hash, "printed anew, the document differs");
    Err(Error::Conflict(NOT_AS_PRINTED))
}
