//! The log recomputed (核验): leaves against tiles, tiles and roots against checkpoints, the record against the leaves.

use super::{
    model::{Fault, Finding, Part, Report},
    notes::{Checkpoint, Key, Note, Signer},
    store::{self, Placed, Signed},
    tiles::{self, FULL, WIDTH},
    tree::{Edge, Hash, leaf_hash},
    walk::Walk,
    witnesses,
};
use crate::{
    files,
    kernel::{App, Result, db::Tx},
    people::By,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is known from elsewhere and does not lie in the database.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// Checkpoints that somebody has kept, as signed notes.
    pub notes: Vec<String>,
    /// The public key of `log.key`.
    pub key: Option<Key>,
    /// Those of the witnesses.
    pub witnesses: Vec<Key>,
}

impl Earlier {
    /// What the data folder and the settings know.
    pub async fn of(app: &App) -> Result<Self> {
        let head = app.db.read(store::head).await?;
        let own = Signer::open(&app.config.data, &head.origin.unwrap_or_default())?;
        Ok(Self { notes: Vec::new(), key: own.map(|own| own.key().clone()), witnesses: witnesses(&app.config) })
    }
}

/// Verifies everything, the bytes of the files included unless they are not wanted, and notes that it was done.
pub async fn verify(app: &App, by: &By, notes: Vec<String>, with_files: bool) -> Result<Report> {
    let earlier = Earlier { notes, ..Earlier::of(app).await? };
    let mut report = app.db.read(move |tx| examine(tx, &earlier)).await?;
    if with_files {
        let (looked_at, damaged) = files::sample(app, usize::MAX).await?;
        report.files = looked_at as u64;
        report.findings.extend(damaged.iter().map(|hash| Finding::new(Part::File, Fault::Differs, hash)));
    }
    let (size, faults) = (report.size as i64, report.findings.len() as i64);
    app.act(by, move |tx, by| store::verified(tx, by.at, size, faults)).await?;
    Ok(report)
}

/// Compares log and record as they are in the database, and with what is known from elsewhere.
pub fn examine(tx: &mut Tx, earlier: &Earlier) -> Result<Report> {
    let head = store::head(tx)?;
    let mut report = Report { waiting: store::count_waiting(tx)? as u64, ..Report::default() };
    let key = key_of(&head, earlier, &mut report);
    let checkpoints = checkpoints(tx, earlier, key.as_ref(), &mut report)?;
    let size = size_of(tx, &head, &mut report)?;
    let mut built = Built::new(checkpoints.iter().map(|(_, c)| c.size));
    let mut walk = Walk::default();
    for from in (0..size).step_by(FULL) {
        let end = (from + WIDTH).min(size);
        let leaves = store::leaves(tx, from as i64, end as i64)?;
        built.take(tx, from, end, &leaves, &mut report)?;
        walk.compare(tx, &leaves, &mut report)?;
    }
    report.size = size;
    let wrong = built.judge(&checkpoints, &mut report);
    built.uppers(tx, size, &mut report)?;
    report.findings.extend(walk.found.iter().filter(|(seq, _)| !wrong.contains(seq)).map(|(_, f)| f.clone()));
    walk.states(tx, &wrong, &mut report)?;
    strangers(tx, &walk, &mut report)?;
    Ok(report)
}

/// The key by which checkpoints are judged: that of the data folder, else the one that the database names.
fn key_of(head: &store::Head, earlier: &Earlier, report: &mut Report) -> Option<Key> {
    let said = head.public_key.as_deref().and_then(Key::parse);
    let differs = head.public_key.is_some() && earlier.key.is_some() && said != earlier.key;
    let misnamed = said.as_ref().is_some_and(|key| head.origin.as_ref() != Some(&key.name));
    if differs || misnamed || (head.public_key.is_some() && said.is_none()) {
        report
            .findings
            .push(Finding::new(Part::Head, Fault::Differs, "public_key").in_fields(["origin", "public_key"]));
    }
    // a false name in the database gives our own key a false name, too
    if misnamed { said } else { earlier.key.clone().or(said) }
}

/// The checkpoints that bear the log's signature, with where they come from; the others are found to be wrong.
fn checkpoints(
    tx: &mut Tx,
    earlier: &Earlier,
    key: Option<&Key>,
    report: &mut Report,
) -> Result<Vec<(String, Checkpoint)>> {
    let kept = store::checkpoints(tx)?;
    let kept = kept.iter().map(|Signed { size, note, .. }| (size.to_string(), Some(*size as u64), note));
    let brought = earlier.notes.iter().enumerate().map(|(i, note)| (format!("--against {}", i + 1), None, note));
    let mut good = Vec::new();
    for (name, size, note) in kept.chain(brought) {
        report.checkpoints += 1;
        let read = Note::parse(note).and_then(|note| Some((Checkpoint::parse(&note.text)?, note)));
        let fault = match (&read, key) {
            (Some((_, note)), Some(key)) if !note.is_signed_by(key) => Some(Fault::Forged),
            (None, _) | (_, None) => Some(Fault::Forged),
            (Some((checkpoint, _)), _) if size.is_some_and(|size| size != checkpoint.size) => Some(Fault::Differs),
            (Some((_, note)), _) => {
                let says = |witness: &&Key| note.lines_of(witness).next().is_some();
                let false_witness = earlier.witnesses.iter().filter(says).any(|w| !note.is_signed_by(w));
                false_witness.then_some(Fault::Forged)
            }
        };
        match (fault, read) {
            (None, Some((checkpoint, _))) => good.push((name, checkpoint)),
            (fault, _) => {
                report.findings.push(Finding::new(Part::Checkpoint, fault.unwrap_or(Fault::Forged), name));
            }
        }
    }
    Ok(good)
}

/// How many leaves there are: what two of leaves, tiles and head say.
fn size_of(tx: &mut Tx, head: &store::Head, report: &mut Report) -> Result<u64> {
    let said = head.size.max(0) as u64;
    let leaves = store::end_of_leaves(tx)?;
    let last = store::tiles(tx)?.into_iter().filter(|(level, _)| *level == 0).map(|(_, n)| n as u64).max();
    let in_last = match last {
        Some(n) => store::tile(tx, 0, n)?.and_then(|text| tiles::decode(&text)).map_or(0, |h| h.len() as u64),
        None => 0,
    };
    let tiles = last.unwrap_or(0) * WIDTH + in_last;
    let size = if leaves == tiles || said == leaves { leaves } else { said };
    if said != size {
        report.findings.push(Finding::new(Part::Head, Fault::Differs, "size").in_fields(["size"]));
    }
    for extra in size..leaves.min(size + 100) {
        report.findings.push(Finding::new(Part::Leaf, Fault::Unsealed, extra).at(extra));
    }
    Ok(size)
}

/// The tree, built anew twice: from what the leaves say and from what the lowest tiles say.
struct Built {
    by_leaves: Tree,
    by_tiles: Tree,
    /// Places at which the two differ, with the event of the leaf.
    differ: Vec<(u64, String)>,
    /// Sizes at which roots are asked for, and the roots.
    roots: BTreeMap<u64, Option<(Hash, Hash)>>,
}

#[derive(Default)]
struct Tree {
    edge: Edge,
    /// The hashes of each level of tiles above the lowest.
    uppers: BTreeMap<u32, Vec<Hash>>,
}

impl Tree {
    fn append(&mut self, hash: Hash) {
        for (level, node) in self.edge.append(hash).into_iter().skip(1) {
            self.uppers.entry(level).or_default().push(node);
        }
    }
}

impl Built {
    fn new(sizes: impl Iterator<Item = u64>) -> Self {
        let mut built = Self {
            by_leaves: Tree::default(),
            by_tiles: Tree::default(),
            differ: Vec::new(),
            roots: sizes.map(|size| (size, None)).collect(),
        };
        built.ask();
        built
    }

    /// Notes the roots when they are asked for at this size.
    fn ask(&mut self) {
        if let Some(root) = self.roots.get_mut(&self.by_leaves.edge.size()) {
            *root = Some((self.by_leaves.edge.root(), self.by_tiles.edge.root()));
        }
    }

    /// Takes the leaves from `from` on, before `end`, which are those of one tile.
    fn take(&mut self, tx: &mut Tx, from: u64, end: u64, leaves: &[Placed], report: &mut Report) -> Result<()> {
        let n = from / WIDTH;
        report.tiles += 1;
        let stored = store::tile(tx, 0, n)?;
        let fault = if stored.is_some() { Fault::Differs } else { Fault::Missing };
        let hashes = stored.as_deref().and_then(tiles::decode).filter(|hashes| hashes.len() as u64 == end - from);
        if hashes.is_none() {
            report.findings.push(Finding::new(Part::Tile, fault, format!("0/{n}")));
        }
        let leaves: BTreeMap<u64, &Placed> = leaves.iter().map(|placed| (placed.seq as u64, placed)).collect();
        for (i, seq) in (from..end).enumerate() {
            let in_tile = hashes.as_ref().map(|hashes| hashes[i]);
            let of_leaf = leaves.get(&seq).map(|placed| leaf_hash(placed.leaf.as_bytes()));
            if of_leaf.is_none() {
                report.findings.push(Finding::new(Part::Leaf, Fault::Missing, seq).at(seq));
            }
            let hash = of_leaf.or(in_tile).unwrap_or_default();
            self.by_leaves.append(hash);
            self.by_tiles.append(in_tile.unwrap_or(hash));
            if in_tile.is_some_and(|in_tile| in_tile != hash) {
                self.differ.push((seq, leaves.get(&seq).map(|placed| placed.event.clone()).unwrap_or_default()));
            }
            self.ask();
        }
        Ok(())
    }

    /// Where leaves and tiles differ, the checkpoints decide which of them are right. Answers the places of wrong leaves.
    fn judge(&mut self, checkpoints: &[(String, Checkpoint)], report: &mut Report) -> HashSet<u64> {
        let root = |size: u64| self.roots.get(&size).copied().flatten();
        let agrees = |pick: fn((Hash, Hash)) -> Hash| {
            checkpoints.iter().filter(|(_, c)| root(c.size).is_some_and(|roots| pick(roots) == c.root)).count()
        };
        let (leaves, tiles) = (agrees(|roots| roots.0), agrees(|roots| roots.1));
        let leaves_are_right = leaves > tiles;
        for (name, checkpoint) in checkpoints {
            let right = root(checkpoint.size).map(|roots| if leaves_are_right { roots.0 } else { roots.1 });
            if right != Some(checkpoint.root) {
                report.findings.push(Finding::new(Part::Checkpoint, Fault::Inconsistent, name).at(checkpoint.size));
            }
        }
        if leaves_are_right {
            let wrong: BTreeSet<u64> = self.differ.iter().map(|(seq, _)| seq / WIDTH).collect();
            let findings = wrong.iter().map(|n| Finding::new(Part::Tile, Fault::Differs, format!("0/{n}")));
            report.findings.extend(findings);
            self.by_tiles = std::mem::take(&mut self.by_leaves);
            return HashSet::new();
        }
        let findings = self.differ.iter().map(|(seq, event)| Finding::new(Part::Leaf, Fault::Differs, event).at(*seq));
        report.findings.extend(findings);
        self.differ.iter().map(|(seq, _)| *seq).collect()
    }

    /// Compares the tiles above the lowest with those of the tree that was judged right.
    fn uppers(&self, tx: &mut Tx, size: u64, report: &mut Report) -> Result<()> {
        let mut wanted: BTreeMap<(i64, i64), String> = BTreeMap::new();
        for (level, hashes) in &self.by_tiles.uppers {
            for (n, hashes) in (0..).zip(hashes.chunks(FULL)) {
                wanted.insert((i64::from(*level), n), tiles::encode(hashes));
            }
        }
        let there = store::tiles(tx)?;
        for (level, n) in &there {
            let name = format!("{level}/{n}");
            let beyond = (*n as u64).checked_mul(WIDTH).is_none_or(|from| from >= size);
            if (*level == 0 && beyond) || (*level != 0 && !wanted.contains_key(&(*level, *n))) {
                report.findings.push(Finding::new(Part::Tile, Fault::Unsealed, name));
            } else if *level != 0 {
                report.tiles += 1;
                let stored = store::tile(tx, u32::try_from(*level).unwrap_or(u32::MAX), *n as u64)?;
                if stored.as_ref() != wanted.get(&(*level, *n)) {
                    report.findings.push(Finding::new(Part::Tile, Fault::Differs, name));
                }
            }
        }
        for (level, n) in wanted.keys().filter(|place| !there.contains(place)) {
            report.findings.push(Finding::new(Part::Tile, Fault::Missing, format!("{level}/{n}")));
        }
        Ok(())
    }
}

/// What is in the record and was never sealed.
fn strangers(tx: &mut Tx, walk: &Walk, report: &mut Report) -> Result<()> {
    for event in store::unsealed(tx)?.into_iter().filter(|event| !walk.misplaced.contains(event)) {
        report.findings.push(Finding::new(Part::Event, Fault::Unsealed, event));
    }
    for event in store::facts_without_event(tx)? {
        report.findings.push(Finding::new(Part::Fact, Fault::Unsealed, event));
    }
    for link in store::links_without_event(tx)? {
        let file = format!("{}:{}", link.role, link.file);
        report.findings.push(Finding::new(Part::Link, Fault::Unsealed, link.thing).in_fields([file]));
    }
    Ok(())
}
