//! Evidence (证据材料): photos, documents, recordings, kept under their own hash, so that nobody can exchange one.
//!
//! A file comes in through [`put`], or in pieces through [`append`]; it is looked at before it is kept: hash, virus,
//! type, picture. It belongs to nothing until an act of another capability [`link`]s it to its thing; from then on
//! whoever may see the thing may see the file, and nobody else. What a file says of its own time and place is kept as
//! a claim.

mod carry;
mod closer;
mod degrees;
mod form;
mod jpeg;
mod model;
mod picture;
mod scan;
mod sniff;
mod spool;
mod store;
mod upload;
mod vault;
mod web;

pub use carry::{Carried, bring_back, carry, on_record, path_of};
pub use closer::look_at_new;
pub use degrees::Degrees;
pub use form::{press, read_form};
pub use model::{Evidence, File, FileHash, Likeness, Link, Media, Progress, REFUSALS, Scanned, size};
pub use upload::{append, brings, progress, put, sweep, take};
pub use vault::Outgoing;
pub use web::routes;

use crate::{
    kernel::{App, EnterpriseId, Error, Result, db::Tx},
    people::{Actor, By, Place},
    record::Thing,
};
use std::{collections::BTreeSet, ops::Range};
use vault::{Vault, name_of, thumb_of};

/// Files that one act may link.
const AT_ONCE: usize = 200;

/// Links the file to a thing, in a role. The act that does so records it. A file that whoever acts cannot see is
/// refused by name, so that knowing a hash opens nothing.
pub fn link(tx: &mut Tx, by: &By, file: &FileHash, to: &Link) -> Result<()> {
    if reachable(tx, &by.actor, file)?.is_none() {
        return model::UNKNOWN_FILE.with("sha256", file).refuse();
    }
    store::add_link(tx, file, to, by)
}

/// Links all of `files`, hashes as they were sent, to `thing` in one role; a hash at fault is told beside the field
/// `evidence`.
pub fn link_all<T: Thing>(tx: &mut Tx, by: &By, files: &[String], thing: &T, role: &str) -> Result<()> {
    if files.len() > AT_ONCE {
        return model::TOO_MANY.with("max", AT_ONCE).at("evidence");
    }
    let to = Link::to(thing, role);
    files.iter().try_for_each(|hash| {
        let linked = FileHash::parse(hash).and_then(|hash| link(tx, by, &hash, &to));
        linked.map_err(|e| match e {
            Error::Refused(refusal) | Error::Invalid { refusal, .. } => Error::invalid("evidence", refusal),
            e => e,
        })
    })
}

/// Notes that whoever acts has brought a file that lies in the vault already, as when its bytes are uploaded once more.
pub fn brought(tx: &mut Tx, by: &By, hash: &FileHash) -> Result<()> {
    store::add_upload(tx, hash, by.actor.account, by.at).map(|_| ())
}

/// Withdraws a file that was attached to `thing` by mistake, in every role; the act that does so says why and records
/// it. Nothing is deleted: the file stays, the link stays, and whoever may see the thing may see both. Answers what
/// people compare it by.
pub fn withdraw<T: Thing>(tx: &mut Tx, by: &By, file: &str, thing: &T, why: &str) -> Result<String> {
    let hash = FileHash::parse(file).map_err(|e| Error::invalid("file", e.refusal()))?;
    match store::withdraw(tx, &thing.id(), &hash, by, why.trim())? {
        0 => model::NOT_LINKED.with("sha256", &hash).at("file"),
        _ => Ok(hash.short().to_owned()),
    }
}

/// What was withdrawn from a thing, in that order. Whoever asks has loaded the thing in their scope.
pub fn withdrawn_from(tx: &mut Tx, thing: &str) -> Result<Vec<Evidence>> {
    store::withdrawn_from(tx, thing)
}

/// The thing now stands at `place` and concerns `enterprise`: its evidence goes with it.
pub fn moved(tx: &mut Tx, thing: &str, place: &Place, enterprise: Option<EnterpriseId>) -> Result<()> {
    store::move_links(tx, thing, place, enterprise)
}

/// The evidence of a thing, in the order in which it was linked. Whoever asks has loaded the thing in their scope.
pub fn linked_to(tx: &mut Tx, thing: &str) -> Result<Vec<Evidence>> {
    store::linked_to(tx, thing)
}

/// The pictures that are evidence of a thing, as far as they can be compared with others.
pub fn pictures_of(tx: &mut Tx, thing: &str) -> Result<Vec<Likeness>> {
    store::pictures_of(tx, thing)
}

/// How many files are linked to a thing in one of these roles; in any, when none is named.
pub fn count_linked(tx: &mut Tx, thing: &str, roles: &[&str]) -> Result<i64> {
    let links = store::roles_of(tx, thing)?.into_iter();
    let counted = links.filter(|(_, role)| roles.is_empty() || roles.contains(&role.as_str()));
    let files: BTreeSet<String> = counted.map(|(file, _)| file).collect();
    i64::try_from(files.len()).map_err(Error::broken)
}

/// To how many other things the same file is linked: a photo that serves twice is a sign of a made-up visit.
pub fn count_elsewhere(tx: &mut Tx, file: &FileHash, thing: &str) -> Result<i64> {
    store::count_elsewhere(tx, file, thing)
}

/// The file, if `actor` may see it: it is linked to something in their scope, or they uploaded it and have not linked
/// it yet.
pub fn reachable(tx: &mut Tx, actor: &Actor, hash: &FileHash) -> Result<Option<File>> {
    let is_reachable = store::is_linked_within(tx, hash, actor.scope())? || store::is_held_by(tx, hash, actor.account)?;
    if is_reachable { store::file(tx, hash) } else { Ok(None) }
}

/// Whether the file is known at all: for what was sealed with its hash.
pub fn is_known(tx: &mut Tx, hash: &FileHash) -> Result<bool> {
    Ok(store::file(tx, hash)?.is_some())
}

/// The file; [`Error::NotFound`] when there is none that `actor` may see.
pub async fn describe(app: &App, actor: &Actor, hash: &FileHash) -> Result<File> {
    let (actor, hash) = (actor.clone(), hash.clone());
    app.db.read(move |tx| reachable(tx, &actor, &hash)).await?.ok_or(Error::NotFound)
}

/// The file with its bytes, or `range` of them; [`Error::NotFound`] when there is none that `actor` may see.
pub async fn open(app: &App, actor: &Actor, hash: &FileHash, range: Option<Range<u64>>) -> Result<(File, Outgoing)> {
    let file = describe(app, actor, hash).await?;
    let bytes = bytes_of(app, &file, range).await?;
    Ok((file, bytes))
}

/// The bytes of a file that has been described to whoever asks.
async fn bytes_of(app: &App, file: &File, range: Option<Range<u64>>) -> Result<Outgoing> {
    let bytes = Vault::of(&app.config)?.get(&name_of(&file.sha256), range).await;
    bytes.map_err(|e| lost(e, &file.sha256))
}

/// The small picture, a JPEG, of a file that has been described to whoever asks.
async fn thumb_bytes(app: &App, file: &File) -> Result<Outgoing> {
    if !file.thumb {
        return Err(Error::NotFound);
    }
    let vault = Vault::of(&app.config)?;
    match vault.get(&thumb_of(&file.sha256), None).await {
        Err(Error::NotFound) => {
            closer::look_closer(app, &vault, file).await.map_err(|e| lost(e, &file.sha256))?;
            vault.get(&thumb_of(&file.sha256), None).await
        }
        found => found,
    }
}

/// How many files are on record, and of how many bytes. All of them are counted: not for every request.
pub fn measure(tx: &mut Tx) -> Result<(i64, i64)> {
    store::measure(tx)
}

/// Files whose bytes are missing or no longer have their hash, as after a failed restore.
pub async fn damaged(app: &App) -> Result<Vec<FileHash>> {
    let all = app.db.read(store::hashes).await?;
    damaged_of(app, all).await
}

/// As [`damaged`], of a sample of at most `most` files spread evenly over all; says how many were looked at as well.
pub async fn sample(app: &App, most: usize) -> Result<(usize, Vec<FileHash>)> {
    let all = app.db.read(store::hashes).await?;
    let step = all.len().div_ceil(most.max(1)).max(1);
    let chosen: Vec<FileHash> = all.into_iter().step_by(step).collect();
    Ok((chosen.len(), damaged_of(app, chosen).await?))
}

async fn damaged_of(app: &App, files: Vec<FileHash>) -> Result<Vec<FileHash>> {
    let vault = Vault::of(&app.config)?;
    let mut damaged = Vec::new();
    for hash in files {
        match vault.hash(&name_of(&hash)).await {
            Ok(found) if found == hash => {}
            Ok(_) | Err(Error::NotFound) => damaged.push(hash),
            Err(e) => return Err(e),
        }
    }
    Ok(damaged)
}

/// What the database knows and the vault has not is our failure, not the reader's.
fn lost(error: Error, hash: &FileHash) -> Error {
    match error {
        Error::NotFound => Error::broken(format!("file {hash} is missing in the vault")),
        e => e,
    }
}

#[cfg(test)]
mod tests;
