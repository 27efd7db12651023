//! Tiles of a tree (C2SP tlog-tiles): 256 hashes of one height beside each other, and where they are served.

use super::{
    store,
    tree::{Hash, Nodes, node_hash},
};
use crate::kernel::{Error, Result, db::Tx};
use data_encoding::BASE64;
use std::collections::{HashMap, hash_map::Entry};

/// Levels of the tree in one tile.
pub const HEIGHT: u32 = 8;
/// Hashes in a full tile.
pub const WIDTH: u64 = 1 << HEIGHT;

/// The same, for lists.
pub const FULL: usize = 256;

/// A tile, or the beginning of one, as an address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    pub level: u32,
    pub n: u64,
    /// Up to [`WIDTH`].
    pub width: u64,
}

impl Tile {
    /// What `LEVEL/N` or `LEVEL/N.p/W` means, `N` in groups of three digits: `0/x001/x234/067.p/5`.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, place) = path.split_once('/')?;
        let (n, width) = place_of(place)?;
        let level = number(level).filter(|level| *level < 64)?;
        Some(Self { level: u32::try_from(level).ok()?, n, width })
    }
}

/// `N` or `N.p/W` of an entry bundle or a tile: its number and its width.
pub fn place_of(path: &str) -> Option<(u64, u64)> {
    let (n, width) = match path.split_once(".p/") {
        Some((n, width)) => (n, number(width).filter(|width| (1..WIDTH).contains(width))?),
        None => (path, WIDTH),
    };
    let mut sum: u64 = 0;
    let groups: Vec<&str> = n.split('/').collect();
    for (i, group) in groups.iter().enumerate() {
        let digits = if i + 1 < groups.len() { group.strip_prefix('x')? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        sum = sum.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // one way only to write a number
    (place(sum, WIDTH) == n).then_some((sum, width))
}

/// The path of the `n`th tile of a level, as [`place_of`] reads it.
pub fn place(n: u64, width: u64) -> String {
    let mut path = format!("{:03}", n % 1000);
    let mut rest = n / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < WIDTH { format!("{path}.p/{width}") } else { path }
}

fn number(digits: &str) -> Option<u64> {
    let plain = digits.len() == 1 || !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Hashes as they are stored.
pub fn encode(hashes: &[Hash]) -> String {
    BASE64.encode(&hashes.concat())
}

/// Hashes that were stored; none when that is no row of hashes.
pub fn decode(text: &str) -> Option<Vec<Hash>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// The tiles of our tree, read when they are needed.
pub struct Stored<'t, 'c> {
    tx: &'t mut Tx<'c>,
    read: HashMap<(u32, u64), Vec<Hash>>,
}

impl<'t, 'c> Stored<'t, 'c> {
    pub fn of(tx: &'t mut Tx<'c>) -> Self {
        Self { tx, read: HashMap::new() }
    }

    /// As much as there is of a tile.
    pub fn tile(&mut self, level: u32, n: u64) -> Result<&Vec<Hash>> {
        if !self.read.contains_key(&(level, n)) {
            let text = store::tile(self.tx, level, n)?.unwrap_or_default();
            let hashes = decode(&text).ok_or_else(|| damaged(level, n))?;
            self.read.insert((level, n), hashes);
        }
        self.read.get(&(level, n)).ok_or_else(|| damaged(level, n))
    }
}

impl Nodes for Stored<'_, '_> {
    fn complete(&mut self, height: u32, n: u64) -> Result<Hash> {
        let (level, above) = (height / HEIGHT, height % HEIGHT);
        let first = n << above;
        let (tile, from) = (first / WIDTH, within(first));
        let hashes = self.tile(level, tile)?.get(from..from + (1 << above)).ok_or_else(|| damaged(level, tile))?;
        Ok(fold(hashes))
    }
}

/// The place of the `n`th hash of a level in its tile.
fn within(n: u64) -> usize {
    usize::try_from(n % WIDTH).unwrap_or(FULL)
}

/// The root over 2^k nodes of one height.
fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

fn damaged(level: u32, n: u64) -> Error {
    Error::broken(format!("tile {level}/{n} of the transparency log is incomplete or damaged: paicha record verify"))
}

/// Tiles that grow: hashes are put at their ends, then all that has changed is written.
#[derive(Debug, Default)]
pub struct Growing(HashMap<(u32, u64), Vec<Hash>>);

impl Growing {
    /// Puts a hash behind the last of its level, of which there are `before`.
    pub fn push(&mut self, tx: &mut Tx, level: u32, before: u64, hash: Hash) -> Result<()> {
        let (n, from) = (before / WIDTH, within(before));
        let tile = match self.0.entry((level, n)) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => {
                let begun = if from == 0 { None } else { store::tile(tx, level, n)? };
                place.insert(decode(&begun.unwrap_or_default()).ok_or_else(|| damaged(level, n))?)
            }
        };
        if tile.len() != from {
            return Err(damaged(level, n));
        }
        tile.push(hash);
        Ok(())
    }

    /// Writes them.
    pub fn write(self, tx: &mut Tx) -> Result<()> {
        self.0.iter().try_for_each(|((level, n), hashes)| store::put_tile(tx, *level, *n, &encode(hashes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_found_by_its_path_and_by_no_other() {
        for (path, level, n, width) in [
            ("0/000", 0, 0, 256),
            ("0/x001/x234/067", 0, 1_234_067, 256),
            ("1/017.p/112", 1, 17, 112),
            ("63/x018/446.p/1", 63, 18_446, 1),
        ] {
            let tile = Tile { level, n, width };
            assert_eq!(Tile::parse(path), Some(tile));
            assert_eq!(format!("{level}/{}", place(n, width)), path);
        }
        for wrong in [
            "",
            "0",
            "0/",
            "0/1",
            "0/0001",
            "00/000",
            "64/000",
            "-1/000",
            "0/x000/001",
            "0/001/002",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/x001/x002",
            "0/+01",
            "0/../000",
            "a/000",
        ] {
            assert_eq!(Tile::parse(wrong), None, "{wrong}");
        }
    }
}
