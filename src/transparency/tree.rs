//! Merkle trees (RFC 6962, section 2.1): hashes, roots and proofs. No database.

use crate::kernel::Result;
use sha2::{Digest, Sha256};

/// A node of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256(0x00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(leaf).finalize().into()
}

/// The hash of a node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Where the roots of complete subtrees are looked up.
pub trait Nodes {
    /// The root of the leaves from `n · 2^height` on, `2^height` of them.
    fn complete(&mut self, height: u32, n: u64) -> Result<Hash>;
}

/// How many of `n` > 1 leaves stand left of the root: the largest power of two below `n`.
fn left(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The root of the leaves from `begin` to `end`, as a tree of their own; `begin` is where a subtree may begin.
pub fn root(nodes: &mut impl Nodes, begin: u64, end: u64) -> Result<Hash> {
    let n = end - begin;
    if n == 0 {
        return Ok(empty_root());
    }
    if n.is_power_of_two() {
        return nodes.complete(n.ilog2(), begin >> n.ilog2());
    }
    let middle = begin + left(n);
    Ok(node_hash(&root(nodes, begin, middle)?, &root(nodes, middle, end)?))
}

/// What proves that the leaf `index` stands in the tree of `size` leaves (PATH), from the leaf upwards.
pub fn inclusion(nodes: &mut impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>> {
    let (mut begin, mut end, mut path) = (0, size, Vec::new());
    while end - begin > 1 {
        let middle = begin + left(end - begin);
        if index < middle {
            path.push(root(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(root(nodes, begin, middle)?);
            begin = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// What proves that the tree of `size` leaves goes on where the one of `old` leaves ended (PROOF); nothing for `old` = 0.
pub fn consistency(nodes: &mut impl Nodes, old: u64, size: u64) -> Result<Vec<Hash>> {
    let (mut begin, mut end, mut proof) = (0, size, Vec::new());
    if old == 0 || old == size {
        return Ok(proof);
    }
    while end != old {
        let middle = begin + left(end - begin);
        if old <= middle {
            proof.push(root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(root(nodes, begin, middle)?);
            begin = middle;
        }
    }
    // the subtree in which the old tree ends; its root is known to whoever knows the old root, when it is all of it
    if begin != 0 {
        proof.push(root(nodes, begin, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The right edge of a growing tree: enough of it to append leaves and to know the root.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    /// Roots of the complete subtrees that make up the tree, the largest first: one for each bit of `size`.
    subtrees: Vec<Hash>,
}

impl Edge {
    /// The edge of the tree of `size` leaves.
    pub fn of(nodes: &mut impl Nodes, size: u64) -> Result<Self> {
        let heights = (0..u64::BITS).rev().filter(|height| size >> height & 1 == 1);
        let subtrees = heights.map(|height| nodes.complete(height, (size >> height) - 1)).collect::<Result<_>>()?;
        Ok(Self { size, subtrees })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; answers the nodes that are complete with it and have a place of their own in a tile: level of
    /// tiles and hash, from the leaf upwards.
    pub fn append(&mut self, leaf: Hash) -> Vec<(u32, Hash)> {
        let (mut node, mut kept) = (leaf, vec![(0, leaf)]);
        for height in 1..=self.size.trailing_ones() {
            let Some(left) = self.subtrees.pop() else { break };
            node = node_hash(&left, &node);
            if height % super::tiles::HEIGHT == 0 {
                kept.push((height / super::tiles::HEIGHT, node));
            }
        }
        self.subtrees.push(node);
        self.size += 1;
        kept
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let right_to_left = self.subtrees.iter().rev().copied();
        right_to_left.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}

#[cfg(test)]
mod tests;
