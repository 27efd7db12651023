//! Ways in: a file in one go, or in pieces over a bad line; either way it passes the same door.
//!
//! A piece is kept under its offset and length and never changed, so that two senders of one file (a phone that gave
//! up waiting and tries again) cannot harm each other; several processes may share a bucket.

use super::{
    closer,
    model::{
        BEYOND_LENGTH, File, FileHash, HASH_DIFFERS, INTERRUPTED, Progress, Received, TOO_MANY_OPEN, TOO_MANY_PIECES,
        UNSCANNED, WRONG_OFFSET, too_large,
    },
    reachable, scan,
    spool::Spool,
    store,
    vault::{Vault, name_of, trouble},
};
use crate::{
    kernel::{App, Error, Moment, Result, db::Tx, ensure},
    people::{By, Role},
    record,
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use object_store::path::Path as Name;

/// Uploads in pieces that one account may have unfinished.
const OPEN: usize = 50;
/// Pieces that one upload may have: at the largest file allowed by default, 25 KB each.
const PIECES: usize = 2000;

/// Receives a file in one go. The same file again is a no-op with the same answer.
pub async fn put<E>(
    app: &App,
    by: &By,
    hash: &FileHash,
    length: Option<u64>,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<File> {
    may_upload(by)?;
    let limit = app.config.max_file_bytes;
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let vault = Vault::of(&app.config)?;
    let spool = receive(&vault, limit, body).await?;
    admit(app, by, &vault, hash, spool).await
}

/// Receives a file from a sender that does not say its hash, such as a form without JavaScript.
pub async fn take<E>(app: &App, by: &By, body: impl Stream<Item = Result<Bytes, E>>) -> Result<File> {
    may_upload(by)?;
    let vault = Vault::of(&app.config)?;
    let spool = receive(&vault, app.config.max_file_bytes, body).await?;
    let hash = spool.hash();
    admit(app, by, &vault, &hash, spool).await
}

/// How much of `hash` has arrived from this account; all of it when they can see the file already.
pub async fn progress(app: &App, by: &By, hash: &FileHash) -> Result<Progress> {
    let file = known(app, by, hash).await?;
    let stored = match &file {
        Some(file) => u64::try_from(file.bytes).unwrap_or(0),
        None => end(&joined(pieces(&Vault::of(&app.config)?, &folder(by, hash)).await?)),
    };
    Ok(Progress { sha256: hash.clone(), stored, file })
}

/// Receives the piece of `hash` that begins at `offset`; the file is complete with the one that reaches `length`. What
/// arrives of a piece before the line is cut is kept.
pub async fn append<E>(
    app: &App,
    by: &By,
    hash: &FileHash,
    (offset, length): (u64, u64),
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Progress> {
    may_upload(by)?;
    if length > app.config.max_file_bytes {
        return Err(too_large(app.config.max_file_bytes));
    }
    if let Some(file) = known(app, by, hash).await? {
        return Ok(Progress { sha256: hash.clone(), stored: u64::try_from(file.bytes).unwrap_or(0), file: Some(file) });
    }
    let (vault, folder) = (Vault::of(&app.config)?, folder(by, hash));
    if expect(&vault, &folder, offset).await? >= PIECES {
        discard(&vault, &folder).await?;
        return TOO_MANY_PIECES.with("max", PIECES).refuse();
    }
    if offset == 0 {
        let others = vault.folders(&account_folder(by)).await?;
        ensure(others < OPEN, TOO_MANY_OPEN.with("max", OPEN))?;
    }
    let whole = keep_piece(&vault, &folder, (offset, length), body).await?;
    let stored = end(&joined(pieces(&vault, &folder).await?));
    if !whole {
        return Err(Error::Unreadable { status: 400, refusal: INTERRUPTED });
    }
    if stored < length {
        return Ok(Progress { sha256: hash.clone(), stored, file: None });
    }
    let file = complete(app, by, &vault, hash).await?;
    Ok(Progress { sha256: hash.clone(), stored: length, file: Some(file) })
}

/// Takes away uploads that have not moved since `before`, and what a crash left behind; says how many.
pub async fn sweep(app: &App, before: Moment) -> Result<u64> {
    let vault = Vault::of(&app.config)?;
    let mut uploads = std::collections::BTreeMap::<String, (i64, Vec<Name>)>::new();
    let mut all = Box::pin(vault.list(&Name::from("parts")));
    while let Some(piece) = all.try_next().await? {
        let name = piece.location.to_string();
        let upload = name.rsplit_once('/').map_or(name.as_str(), |(folder, _)| folder).to_owned();
        let (last, names) = uploads.entry(upload).or_default();
        *last = (*last).max(piece.last_modified.timestamp_millis());
        names.push(piece.location);
    }
    let mut swept = 0;
    for (_, names) in uploads.into_values().filter(|(last, _)| *last < before.millis()) {
        for name in names {
            vault.remove(&name).await?;
        }
        swept += 1;
    }
    let spool = vault.spool().to_owned();
    let left = tokio::task::spawn_blocking(move || sweep_spool(&spool, before)).await.map_err(Error::broken)?;
    Ok(swept + left.map_err(trouble)?)
}

fn sweep_spool(spool: &std::path::Path, before: Moment) -> std::io::Result<u64> {
    let mut swept = 0;
    for entry in std::fs::read_dir(spool)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        if i64::try_from(age.as_millis()).unwrap_or(i64::MAX) < before.millis() {
            std::fs::remove_file(entry.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

async fn receive<E>(vault: &Vault, limit: u64, body: impl Stream<Item = Result<Bytes, E>>) -> Result<Spool> {
    let mut spool = Spool::new(vault, limit)?;
    let is_whole = spool.fill(body).await?;
    if is_whole { Ok(spool) } else { Err(Error::Unreadable { status: 400, refusal: INTERRUPTED }) }
}

/// Whoever may change anything may bring evidence.
pub const fn brings(role: Role) -> bool {
    !matches!(role, Role::Auditor)
}

fn may_upload(by: &By) -> Result<()> {
    if by.actor.roles.iter().copied().any(brings) { Ok(()) } else { Err(Error::Forbidden) }
}

async fn known(app: &App, by: &By, hash: &FileHash) -> Result<Option<File>> {
    let (actor, hash) = (by.actor.clone(), hash.clone());
    app.db.read(move |tx| reachable(tx, &actor, &hash)).await
}

/// The door: right hash, no virus, a type that is taken, a picture that is one; then into the vault, then into the
/// database. A file that stands in the database is therefore in the vault, whatever happens in between.
async fn admit(app: &App, by: &By, vault: &Vault, hash: &FileHash, mut spool: Spool) -> Result<File> {
    let found = spool.hash();
    if found != *hash {
        return HASH_DIFFERS.with("said", hash).with("found", found).at("sha256");
    }
    let bytes = spool.bytes();
    let before = app.db.read({
        let hash = hash.clone();
        move |tx| store::file(tx, &hash)
    });
    let file = match before.await? {
        // Seen before, by whomever; unless the vault has lost it, there is nothing to do but to note who brought it.
        Some(file) if vault.size(&name_of(hash)).await? == Some(bytes) => file,
        _ => examine(app, vault, hash, &mut spool).await?,
    };
    let (by, file) = (by.clone(), file);
    app.db.write(move |tx| note(tx, &by, &file)).await
}

async fn examine(app: &App, vault: &Vault, hash: &FileHash, spool: &mut Spool) -> Result<File> {
    spool.sync().await?;
    let scanned = scan::scan(app.config.clamd.as_deref(), spool.path()).await?;
    let (media, picture) = closer::look(spool.path()).await?;
    vault.settle(spool.path(), &name_of(hash)).await?;
    Ok(File {
        sha256: hash.clone(),
        bytes: i64::try_from(spool.bytes()).map_err(Error::broken)?,
        media,
        width: picture.width,
        height: picture.height,
        thumb: picture.can_be_small,
        claimed_at: picture.claims.at,
        claimed_latitude: picture.claims.latitude,
        claimed_longitude: picture.claims.longitude,
        scanned,
        likeness: None,
    })
}

/// Writes the file down, and that this account brought it, once each.
fn note(tx: &mut Tx, by: &By, file: &File) -> Result<File> {
    store::add_file(tx, file, by)?;
    if store::add_upload(tx, &file.sha256, by.actor.account, by.at)? {
        let (place, enterprise) = (by.actor.office.place(), by.actor.enterprise);
        record::began(tx, by, &Received { file, place, enterprise }, "upload", None)?;
    }
    store::file(tx, &file.sha256)?.ok_or(Error::NotFound)
}

/// A piece of a file, by where it begins and ends.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    from: u64,
    to: u64,
    name: Name,
}

fn account_folder(by: &By) -> Name {
    Name::from_iter(["parts", &by.actor.account.to_string()])
}

fn folder(by: &By, hash: &FileHash) -> Name {
    account_folder(by).join(hash.as_str())
}

async fn pieces(vault: &Vault, folder: &Name) -> Result<Vec<Piece>> {
    let all: Vec<_> = vault.list(folder).try_collect().await?;
    Ok(all.into_iter().filter_map(|meta| piece(meta.location)).collect())
}

fn piece(name: Name) -> Option<Piece> {
    let (from, to) = name.filename()?.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    Some(Piece { from, to, name })
}

/// The pieces that reach furthest from the beginning without a gap, in order. They may overlap.
fn joined(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let (mut chain, mut at): (Vec<Piece>, u64) = (Vec::new(), 0);
    pieces.sort_by_key(|p| p.from);
    while let Some(next) = pieces.iter().take_while(|p| p.from <= at).max_by_key(|p| p.to).filter(|p| p.to > at) {
        at = next.to;
        chain.push(next.clone());
    }
    chain
}

fn end(chain: &[Piece]) -> u64 {
    chain.last().map_or(0, |p| p.to)
}

/// Refuses with the right offset unless exactly `offset` bytes have arrived; says in how many pieces.
async fn expect(vault: &Vault, folder: &Name, offset: u64) -> Result<usize> {
    let pieces = pieces(vault, folder).await?;
    let (count, stored) = (pieces.len(), end(&joined(pieces)));
    if stored == offset { Ok(count) } else { Err(Error::Conflict(WRONG_OFFSET.with("stored", stored))) }
}

async fn keep_piece<E>(
    vault: &Vault,
    folder: &Name,
    (offset, length): (u64, u64),
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<bool> {
    let beyond = || Error::invalid("Upload-Length", BEYOND_LENGTH.with("length", length));
    let room = length.checked_sub(offset).ok_or_else(beyond)?;
    let mut spool = Spool::new(vault, room)?;
    let whole = spool.fill(body).await.map_err(|e| if e.status() == 413 { beyond() } else { e })?;
    if spool.bytes() > 0 {
        spool.sync().await?;
        // Somebody else may have gone on with the same file while this piece crept in.
        expect(vault, folder, offset).await?;
        let name = format!("{offset:012}-{:012}", offset + spool.bytes());
        vault.settle(spool.path(), &folder.clone().join(name)).await?;
    }
    Ok(whole)
}

/// Puts the pieces together and takes the file through the door. The pieces go when it is in, and when it is refused
/// for what it is; they stay when the refusal is ours, so that the sender need not begin again.
async fn complete(app: &App, by: &By, vault: &Vault, hash: &FileHash) -> Result<File> {
    let folder = folder(by, hash);
    let pieces = joined(pieces(vault, &folder).await?);
    let done = match collect(app, vault, &pieces).await {
        Ok(spool) => admit(app, by, vault, hash, spool).await,
        // Another request has just completed the same file and taken the pieces away.
        Err(Error::NotFound) => known(app, by, hash).await?.ok_or(Error::Conflict(WRONG_OFFSET.with("stored", 0))),
        Err(e) => Err(e),
    };
    if is_final(&done) {
        discard(vault, &folder).await?;
    }
    done
}

async fn discard(vault: &Vault, folder: &Name) -> Result<()> {
    let names: Vec<Name> = vault.list(folder).map_ok(|meta| meta.location).try_collect().await?;
    for name in names {
        vault.remove(&name).await?;
    }
    Ok(())
}

async fn collect(app: &App, vault: &Vault, pieces: &[Piece]) -> Result<Spool> {
    let mut spool = Spool::new(vault, app.config.max_file_bytes)?;
    for piece in pieces {
        let skip = spool.bytes() - piece.from;
        spool.copy(vault.get(&piece.name, None).await?, skip).await?;
    }
    Ok(spool)
}

fn is_final(done: &Result<File>) -> bool {
    match done {
        Ok(_) | Err(Error::Invalid { .. } | Error::Unreadable { .. }) => true,
        Err(Error::Refused(refusal)) => refusal.code != UNSCANNED.code,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(from: u64, to: u64) -> Piece {
        Piece { from, to, name: Name::from(format!("{from}-{to}")) }
    }

    proptest! {
        /// Whatever pieces lie about, the chain has no gap and none could reach further.
        #[test]
        fn a_chain_reaches_as_far_as_can_be(ends in prop::collection::vec((0u64..40, 1u64..15), 0..20)) {
            let pieces: Vec<Piece> = ends.iter().map(|(from, length)| made(*from, from + length)).collect();
            let chain = joined(pieces.clone());
            let mut at = 0;
            for piece in &chain {
                prop_assert!(piece.from <= at && piece.to > at);
                at = piece.to;
            }
            let covered = |byte: &u64| pieces.iter().any(|p| (p.from..p.to).contains(byte));
            prop_assert_eq!(at, (0..100).take_while(covered).count() as u64);
        }
    }
}
