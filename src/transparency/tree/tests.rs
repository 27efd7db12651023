//! Trees against a computation that follows the definition word by word, and proofs as their readers check them.

use super::*;
use crate::kernel::Error;
use proptest::prelude::*;

/// MTH of RFC 6962, as it is written there.
fn by_definition(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => leaf_hash(leaf),
        many => {
            let k = (1..many.len()).rev().find(|k| k.is_power_of_two()).unwrap();
            node_hash(&by_definition(&many[..k]), &by_definition(&many[k..]))
        }
    }
}

/// Complete subtrees, reckoned each time from the leaves.
struct Reckoned<'l>(&'l [Vec<u8>]);

impl Nodes for Reckoned<'_> {
    fn complete(&mut self, height: u32, n: u64) -> Result<Hash> {
        let from = usize::try_from(n << height).unwrap();
        self.0.get(from..from + (1 << height)).map(by_definition).ok_or_else(|| Error::broken("not complete"))
    }
}

/// Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).
fn includes(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for next in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(next, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, next);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `size` leaves and root `new_root` goes on where the one of `old` leaves and
/// root `old_root` ended (RFC 9162, 2.1.4.2).
fn continues((old, old_root): (u64, &Hash), (size, new_root): (u64, &Hash), proof: &[Hash]) -> bool {
    if old > size || old == 0 || old == size {
        let trivial = old == 0 || (old == size && old_root == new_root);
        return trivial && proof.is_empty();
    }
    let (mut at, mut last) = (old - 1, size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let mut rest = proof.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { rest.next() };
    let Some(first) = first else { return false };
    let (mut before, mut after) = (*first, *first);
    for next in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = node_hash(next, &before);
            after = node_hash(next, &after);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            after = node_hash(&after, next);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && before == *old_root && after == *new_root
}

fn leaves(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("叶 {i}").into_bytes()).collect()
}

/// The vectors of RFC 6962 as its authors' implementation has them: eight leaves and their roots.
#[test]
fn known_trees_have_their_known_roots() {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let leaves: Vec<Vec<u8>> = leaves.iter().map(|l| data_encoding::HEXLOWER.decode(l.as_bytes()).unwrap()).collect();
    let hex = |hash: Hash| data_encoding::HEXLOWER.encode(&hash);
    for (n, root) in [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(hex(by_definition(&leaves[..n])), root, "{n}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roots_and_edges_are_as_defined(n in 0_usize..600) {
        let leaves = leaves(n);
        let mut edge = Edge::default();
        for leaf in &leaves {
            edge.append(leaf_hash(leaf));
        }
        let mut nodes = Reckoned(&leaves);
        let wanted = by_definition(&leaves);
        prop_assert_eq!(edge.root(), wanted);
        prop_assert_eq!(root(&mut nodes, 0, n as u64).unwrap(), wanted);
        prop_assert_eq!(Edge::of(&mut nodes, n as u64).unwrap().root(), wanted);
    }

    #[test]
    fn what_is_in_the_tree_is_proved_and_nothing_else(n in 1_usize..300, at in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
        let (leaves, index) = (leaves(n), at.index(n));
        let (root, leaf) = (by_definition(&leaves), leaf_hash(&leaves[index]));
        let proof = inclusion(&mut Reckoned(&leaves), index as u64, n as u64).unwrap();
        prop_assert!(includes(leaf, index as u64, n as u64, &proof, &root));
        prop_assert!(!includes(leaf_hash(b"another"), index as u64, n as u64, &proof, &root));
        if n > 1 {
            prop_assert!(!includes(leaf, ((index + 1) % n) as u64, n as u64, &proof, &root));
            let mut wrong = proof.clone();
            wrong[flip.index(proof.len())][0] ^= 1;
            prop_assert!(!includes(leaf, index as u64, n as u64, &wrong, &root));
            prop_assert!(!includes(leaf, index as u64, n as u64, &proof[1..], &root));
        }
    }

    #[test]
    fn a_tree_that_only_grew_is_proved_and_no_other(n in 1_usize..300, at in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
        let (leaves, old) = (leaves(n), at.index(n) + 1);
        let (before, after) = (by_definition(&leaves[..old]), by_definition(&leaves));
        let proof = consistency(&mut Reckoned(&leaves), old as u64, n as u64).unwrap();
        let holds = |before: &Hash, after: &Hash, proof: &[Hash]| continues((old as u64, before), (n as u64, after), proof);
        prop_assert!(holds(&before, &after, &proof));
        prop_assert!(!holds(&leaf_hash(b"another"), &after, &proof));
        prop_assert!(!holds(&before, &leaf_hash(b"another"), &proof));
        if !proof.is_empty() {
            let mut wrong = proof.clone();
            wrong[flip.index(proof.len())][0] ^= 1;
            prop_assert!(!holds(&before, &after, &wrong));
            prop_assert!(!holds(&before, &after, &proof[1..]));
        }
    }
}
