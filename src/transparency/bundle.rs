//! What is handed out for others to verify (核验包): one JSON file, for `tools/verify/verify.py` and the verifier page.

use super::{
    NOT_SEALED,
    gather::gather_salted,
    leaf::{COMMITTED, Known, Leaf},
    notes::{Checkpoint, Note},
    store::{self, Placed},
    tiles::Stored,
    tree, written,
};
use crate::kernel::{Config, Result, db::Tx, db::Value};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Checkpoints before the latest that go into a bundle, the newest of them.
const EARLIER: usize = 100;
/// Leaves read at once.
const STRIDE: usize = 1000;

/// What is to be in a bundle: nothing named means all leaves.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Ids of events.
    pub events: Vec<String>,
    /// Ids of things: all their events.
    pub things: Vec<String>,
    /// Whether the values behind commitments are shown, with their salts.
    pub open: bool,
}

/// A file that can be verified without us.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogBundle)]
pub struct Bundle {
    /// `paicha-log/1`.
    pub format: &'static str,
    /// The log's public key, as C2SP signed notes write keys. Compare it with one that you know from elsewhere.
    pub key: String,
    /// Keys of witnesses.
    pub witnesses: Vec<String>,
    /// The latest checkpoint, a signed note.
    pub checkpoint: String,
    /// Checkpoints before it, each with the proof that the log has only grown since.
    pub earlier: Vec<Before>,
    /// All leaves, when the whole log was wanted: the root can be computed from them.
    pub leaves: Vec<String>,
    /// The events that were wanted.
    pub entries: Vec<Entry>,
}

/// An earlier checkpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogBefore)]
pub struct Before {
    pub checkpoint: String,
    /// RFC 6962 PROOF to the latest checkpoint, in Base64.
    pub proof: Vec<String>,
}

/// An event that stands in the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogEntry)]
pub struct Entry {
    pub index: u64,
    /// The leaf, as it is hashed.
    pub leaf: String,
    /// RFC 6962 PATH to the latest checkpoint, in Base64.
    pub proof: Vec<String>,
    /// Values that the leaf commits to.
    pub opened: BTreeMap<String, Opened>,
}

/// A value and its salt: `base64url(SHA-256(field LF salt LF value))` stands in the leaf.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LogOpened)]
pub struct Opened {
    pub salt: String,
    pub value: String,
}

/// Puts a bundle together, up to the latest checkpoint.
pub fn bundle(tx: &mut Tx, config: &Config, wanted: &Wanted) -> Result<Bundle> {
    let (head, latest) = (store::head(tx)?, store::latest_checkpoint(tx)?);
    let (Some(key), Some(latest)) = (head.public_key, latest) else { return NOT_SEALED.refuse() };
    let mut placed: Vec<Placed> = Vec::new();
    for event in &wanted.events {
        placed.extend(store::leaf_of(tx, event)?);
    }
    for thing in &wanted.things {
        placed.extend(store::leaves_of(tx, thing)?);
    }
    placed.retain(|placed| placed.seq < latest.size);
    let whole = wanted.events.is_empty() && wanted.things.is_empty();
    if placed.is_empty() && !whole {
        return NOT_SEALED.refuse();
    }
    let size = latest.size as u64;
    Ok(Bundle {
        format: "paicha-log/1",
        key,
        witnesses: config.log_witnesses.clone(),
        earlier: earlier(tx, size)?,
        leaves: if whole { all(tx, latest.size)? } else { Vec::new() },
        entries: entries(tx, placed, size, wanted.open)?,
        checkpoint: latest.note,
    })
}

fn earlier(tx: &mut Tx, size: u64) -> Result<Vec<Before>> {
    let kept = store::checkpoints(tx)?;
    let from = kept.len().saturating_sub(EARLIER + 1);
    let mut earlier = Vec::new();
    for (_, signed) in kept.into_iter().enumerate().filter(|(i, signed)| *i >= from || signed.cosigned) {
        let checkpoint = Note::parse(&signed.note).and_then(|note| Checkpoint::parse(&note.text));
        if let Some(checkpoint) = checkpoint.filter(|c| c.size < size) {
            let proof = tree::consistency(&mut Stored::of(tx), checkpoint.size, size)?;
            earlier.push(Before { checkpoint: signed.note, proof: written(&proof) });
        }
    }
    Ok(earlier)
}

fn all(tx: &mut Tx, size: i64) -> Result<Vec<String>> {
    let mut leaves = Vec::new();
    for from in (0..size).step_by(STRIDE) {
        leaves.extend(store::leaves(tx, from, (from + STRIDE as i64).min(size))?.into_iter().map(|placed| placed.leaf));
    }
    Ok(leaves)
}

fn entries(tx: &mut Tx, placed: Vec<Placed>, size: u64, open: bool) -> Result<Vec<Entry>> {
    let ids: Vec<String> = placed.iter().filter(|_| open).map(|placed| placed.event.clone()).collect();
    let known = gather_salted(tx, &ids)?;
    let mut entries = Vec::new();
    for Placed { seq, event, leaf } in placed {
        let index = seq as u64;
        let proof = written(&tree::inclusion(&mut Stored::of(tx), index, size)?);
        let opened = known.get(&event).map(|known| opened(&leaf, known)).unwrap_or_default();
        entries.push(Entry { index, leaf, proof, opened });
    }
    Ok(entries)
}

/// The values that a leaf commits to, as far as they are still there.
fn opened(leaf: &str, known: &Known) -> BTreeMap<String, Opened> {
    let Some(leaf) = Leaf::parse(leaf) else { return BTreeMap::new() };
    let value = |field: &&&str| leaf.field(field).is_some() && *known.column(field) != Value::Null;
    let of = |field: &&str| {
        let salt = known.salts.get(*field)?.clone()?;
        Some(((*field).to_owned(), Opened { salt, value: known.say(field) }))
    };
    COMMITTED.iter().filter(value).filter_map(of).collect()
}
