//! The sealed record (可信记录): every event as a leaf of a transparency log that others can verify.
//!
//! A follower takes events off the outbox and appends a leaf for each ([`seal`]): what happened, its facts, what files it
//! has linked, and what its thing looked like then; names and free text as salted commitments only (`leaf.rs`). Leaves
//! form one Merkle tree (RFC 6962), kept in tiles (C2SP tlog-tiles) and signed as checkpoints (C2SP signed notes).
//! `verify` recomputes all of it. See `docs/sealed-record.md`.

mod bundle;
mod gather;
mod leaf;
mod model;
mod notes;
mod pages;
mod raw;
mod store;
mod things;
mod tiles;
mod tree;
mod verify;
mod walk;
mod web;

pub use bundle::{Bundle, Wanted, bundle};
pub use model::{Consistency, Fault, Finding, Inclusion, Part, Report, Standing};
pub use notes::{Checkpoint, Key, Note};
pub use verify::{Earlier, examine, verify};
pub use web::routes;

use crate::{
    kernel::{App, Config, Error, EventId, Moment, Refusal, Result, db::Tx},
    people::By,
    record::Kind,
};
use data_encoding::BASE64;
use gather::gather;
use leaf::{Leaf, STATE, commitment, salts};
use notes::Signer;
use std::{collections::HashMap, sync::Arc};
use tiles::{Growing, HEIGHT, Stored};
use tree::{Edge, Hash, leaf_hash};

refusals! {
    NOT_SEALED "transparency.not_sealed" "该事件尚未进入检查点，请稍后再查。" "This event is in no checkpoint yet; ask again in a moment.";
    NO_SUCH_SIZE "transparency.no_such_size" "日志共有 {size} 条，起止数应从小到大，且不超过该数。" "The log has {size} leaves; give two sizes up to that, the smaller first.";
    NOT_A_NOTE "transparency.not_a_note" "内容不是检查点（签名文本）。" "This is no checkpoint (signed note).";
    NOT_OURS "transparency.not_ours" "该检查点不是本日志签发的。" "This checkpoint was not signed by this log.";
    OTHER_TREE "transparency.other_tree" "该检查点由本日志的密钥签发，但与日志现有内容不符。" "This checkpoint bears the signature of this log's key, but does not agree with the log as it is.";
    NO_WITNESS "transparency.no_witness" "没有配置中列明的见证方签名（log_witnesses）。" "No witness that the settings name (log_witnesses) has signed it.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    REFUSALS.iter().cloned()
}

/// Who reads the log, and hands in what witnesses have signed.
pub use crate::work::AUDITORS as READERS;

/// Events sealed in one transaction: some ten milliseconds.
const BATCH: i64 = 100;

/// Seals what waits, at most so many batches of events; says whether nothing is left. The follower calls this.
pub async fn keep_up(app: &App, by: &By, batches: usize) -> Result<bool> {
    for _ in 0..batches {
        if app.act(by, |tx, _| seal(tx)).await? < BATCH {
            return sign_newest(app, by).await.map(|()| true);
        }
    }
    sign_newest(app, by).await.map(|()| false)
}

/// Appends leaves for the oldest events that wait; says how many events were looked at. Whoever appends has the log for
/// himself until the end of the transaction: places have no gaps, and nothing is sealed twice.
pub fn seal(tx: &mut Tx) -> Result<i64> {
    let waiting = store::waiting(tx, BATCH)?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let size = store::lock(tx)?;
    let ids: Vec<String> = waiting.iter().map(|(event, _)| event.clone()).collect();
    let done = store::sealed_among(tx, &ids)?;
    let ids: Vec<String> = ids.into_iter().filter(|id| !done.contains(id)).collect();
    let mut known = gather(tx, &ids)?;
    let last: HashMap<String, usize> = known.iter().enumerate().map(|(i, k)| (k.say("thing"), i)).collect();
    let mut edge = Edge::of(&mut Stored::of(tx), size as u64)?;
    let mut growing = Growing::default();
    for (i, known) in known.iter_mut().enumerate() {
        known.salts = salts()?;
        let is_last = last.get(&known.say("thing")) == Some(&i);
        let state = if is_last { state_of(tx, known, &ids)? } else { None };
        let text = Leaf::of(known, state)?.text()?;
        let (seq, event) = (edge.size(), known.say("id"));
        for (level, hash) in edge.append(leaf_hash(text.as_bytes())) {
            growing.push(tx, level, ((seq + 1) >> (level * HEIGHT)) - 1, hash)?;
        }
        store::add_salts(tx, &event, &known.salts)?;
        store::add_leaf(tx, &store::Placed { seq: seq as i64, event, leaf: text })?;
    }
    growing.write(tx)?;
    store::grow_to(tx, edge.size() as i64)?;
    store::take_off(tx, &waiting)?;
    Ok(waiting.len() as i64)
}

/// What the state of an event's thing is committed to, when the event is the last of the thing so far: none of it waits
/// but those of this batch.
fn state_of(tx: &mut Tx, known: &leaf::Known, batch: &[String]) -> Result<Option<String>> {
    let Some(kind) = Kind::from_code(&known.say("kind")) else { return Ok(None) };
    let thing = known.say("thing");
    // a full batch may have left some behind
    if batch.len() as i64 == BATCH && store::count_unsealed(tx, &thing)? > store::count_of(tx, &thing, batch)? {
        return Ok(None);
    }
    match things::state(tx, kind, &thing) {
        Ok(Some(state)) => {
            let salt = known.salts.get(STATE).cloned().flatten().unwrap_or_default();
            Ok(Some(commitment(STATE, &salt, &things::said(&state))))
        }
        Ok(None) | Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Signs a checkpoint when the log has grown since the last one.
async fn sign_newest(app: &App, by: &By) -> Result<()> {
    let (head, latest) = app.db.read(|tx| Ok((store::head(tx)?, store::latest_checkpoint(tx)?))).await?;
    if head.size == 0 || latest.is_some_and(|latest| latest.size >= head.size) {
        return Ok(());
    }
    let signer = Arc::new(signer(&app.config, &head)?);
    app.act(by, move |tx, by| sign(tx, &signer, by.at)).await
}

/// The key of this installation. One that has signed before must be there; a new log makes its own.
fn signer(config: &Config, head: &store::Head) -> Result<Signer> {
    let origin = head.origin.clone().unwrap_or_else(|| config.log_name());
    let signer = match (Signer::open(&config.data, &origin)?, &head.public_key) {
        (Some(signer), _) => signer,
        (None, None) => Signer::make(&config.data, &origin)?,
        (None, Some(_)) => {
            return Err(Error::broken("the key of the transparency log, log.key, is not in the data folder"));
        }
    };
    let is_known = head.public_key.as_ref().is_none_or(|known| *known == signer.key().to_string());
    if is_known { Ok(signer) } else { Err(Error::broken("log.key in the data folder is not the key of this log")) }
}

fn sign(tx: &mut Tx, signer: &Signer, at: Moment) -> Result<()> {
    let size = store::lock(tx)?;
    let root = Edge::of(&mut Stored::of(tx), size as u64)?.root();
    let origin = signer.key().name.clone();
    store::name_it(tx, &origin, &signer.key().to_string())?;
    let note = signer.sign(&Checkpoint { origin, size: size as u64, root }.text());
    let hour = at.plus(-(at.millis().rem_euclid(3_600_000)));
    store::add_checkpoint(tx, &store::Signed { size, at, note, cosigned: false }, hour)
}

/// Adds what witnesses have signed under one of our checkpoints; says how many have signed it now.
pub fn cosign(tx: &mut Tx, by: &By, config: &Config, note: &str) -> Result<usize> {
    by.actor.must_be(READERS)?;
    let (note, checkpoint) = ours(tx, note)?;
    let root = tree::root(&mut Stored::of(tx), 0, checkpoint.size)?;
    if root != checkpoint.root {
        return OTHER_TREE.refuse();
    }
    let size = checkpoint.size as i64;
    let had = store::checkpoint(tx, size)?.and_then(|had| Note::parse(&had.note));
    let mut all = had.filter(|had| had.text == note.text).unwrap_or_else(|| note.clone());
    let witnesses = witnesses(config);
    let known: Vec<&Key> = witnesses.iter().filter(|key| note.is_signed_by(key)).collect();
    if known.is_empty() {
        return NO_WITNESS.at("note");
    }
    let ours = all.lines.iter().filter(|line| !known.iter().any(|key| note.lines_of(key).any(|(l, _)| l == *line)));
    let ours: Vec<String> = ours.cloned().collect();
    let theirs = known.iter().flat_map(|key| note.lines_of(key).map(|(line, _)| line.clone()));
    all.lines = ours.into_iter().chain(theirs).collect();
    let signed = store::Signed { size, at: by.at, note: all.to_string(), cosigned: true };
    store::put_checkpoint(tx, &signed)?;
    Ok(witnesses.iter().filter(|key| all.is_signed_by(key)).count())
}

/// The keys of witnesses that the settings name.
fn witnesses(config: &Config) -> Vec<Key> {
    config.log_witnesses.iter().filter_map(|key| Key::parse(key)).collect()
}

/// A note that is a checkpoint of this log.
fn ours(tx: &mut Tx, note: &str) -> Result<(Note, Checkpoint)> {
    let read = Note::parse(note).and_then(|note| Some((Checkpoint::parse(&note.text)?, note)));
    let Some((checkpoint, note)) = read else { return NOT_A_NOTE.at("note") };
    let head = store::head(tx)?;
    let key = head.public_key.as_deref().and_then(Key::parse);
    if !key.is_some_and(|key| note.is_signed_by(&key) && checkpoint.origin == key.name) {
        return NOT_OURS.at("note");
    }
    if checkpoint.size > head.size as u64 { OTHER_TREE.refuse() } else { Ok((note, checkpoint)) }
}

/// How far the log has come.
pub fn standing(tx: &mut Tx) -> Result<Standing> {
    let head = store::head(tx)?;
    let latest = store::latest_checkpoint(tx)?;
    Ok(Standing {
        size: head.size,
        waiting: store::count_waiting(tx)?,
        origin: head.origin,
        key: head.public_key,
        checkpoint_at: latest.as_ref().map(|latest| latest.at),
        checkpoint: latest.map(|latest| latest.note),
        witnessed: store::witnessed(tx)?,
        verified_at: head.verified_at,
        verified_size: head.verified_size,
        faults: head.faults,
    })
}

/// The proof that an event of the reader's scope stands in the log.
pub fn inclusion(tx: &mut Tx, by: &By, event: EventId) -> Result<Inclusion> {
    by.actor.must_be(READERS)?;
    if !store::is_within(tx, event, by.scope())? {
        return Err(Error::NotFound);
    }
    let latest = store::latest_checkpoint(tx)?;
    let placed = store::leaf_of(tx, &event.to_string())?;
    let (Some(latest), Some(placed)) = (latest, placed) else { return NOT_SEALED.refuse() };
    if placed.seq >= latest.size {
        return NOT_SEALED.refuse();
    }
    let proof = tree::inclusion(&mut Stored::of(tx), placed.seq as u64, latest.size as u64)?;
    Ok(Inclusion { index: placed.seq as u64, leaf: placed.leaf, proof: written(&proof), checkpoint: latest.note })
}

/// The proof that the log of `to` leaves goes on where the one of `from` leaves ended.
pub fn consistency(tx: &mut Tx, by: &By, from: u64, to: u64) -> Result<Consistency> {
    by.actor.must_be(READERS)?;
    let size = store::head(tx)?.size as u64;
    if from > to || to > size {
        return NO_SUCH_SIZE.with("size", size).refuse();
    }
    let proof = tree::consistency(&mut Stored::of(tx), from, to)?;
    Ok(Consistency { from, to, proof: written(&proof) })
}

/// Hashes as they are handed out.
fn written(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| BASE64.encode(hash)).collect()
}
