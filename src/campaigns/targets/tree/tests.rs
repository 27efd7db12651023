//! What holds of shares whatever is done to them.

use super::*;
use proptest::prelude::*;

fn tree(rule: Rule, total: i64) -> Tree<u32> {
    let mut tree = Tree::new(rule);
    tree.put(0, Node { parent: None, total, undivided: rule.free(total) });
    tree
}

/// A nation of two provinces, of which the first has two cities.
fn country() -> Tree<u32> {
    let mut tree = tree(Rule::Sum, 100);
    tree.divide(0, &[(1, 60), (2, 30)]).unwrap();
    tree.divide(1, &[(11, 40), (12, 15)]).unwrap();
    tree
}

fn totals(tree: &Tree<u32>, ids: &[u32]) -> Vec<i64> {
    ids.iter().map(|id| tree.nodes()[id].total).collect()
}

#[test]
fn shares_go_by_largest_remainder() {
    assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
    assert_eq!(apportion(7, &[5, 3, 0, 2]), [4, 2, 0, 1]);
    assert_eq!(apportion(5, &[0, 0]), [0, 0]);
    assert_eq!(apportion(i64::MAX, &[i64::MAX, 1]).iter().sum::<i64>(), i64::MAX);
}

#[test]
fn what_is_divided_is_what_there_is() {
    let mut tree = country();
    assert_eq!((tree.nodes()[&0].undivided, tree.nodes()[&1].undivided), (10, 5));
    assert_eq!(tree.divide(0, &[(1, 60), (2, 41)]), Err(Fault::Over { left: 100 }));
    assert_eq!(tree.divide(2, &[(11, 3)]), Err(Fault::Elsewhere(11)));
    assert!(tree.adds_up());
}

#[test]
fn who_is_not_named_any_more_gets_nothing_down_to_the_last() {
    let mut tree = country();
    tree.divide(0, &[(2, 100)]).unwrap();
    assert_eq!(totals(&tree, &[0, 1, 2, 11, 12]), [100, 0, 100, 0, 0]);
    assert!(tree.adds_up());
}

#[test]
fn a_smaller_total_goes_off_the_undivided_first_then_off_all_below() {
    let mut tree = country();
    tree.change(1, 57, false).unwrap();
    assert_eq!((tree.nodes()[&1].undivided, totals(&tree, &[11, 12])), (2, vec![40, 15]));
    tree.change(1, 11, false).unwrap();
    assert_eq!((tree.nodes()[&1].undivided, totals(&tree, &[11, 12])), (0, vec![8, 3]));
    assert_eq!(tree.nodes()[&0].undivided, 59);
}

#[test]
fn a_larger_total_waits_or_is_spread() {
    let mut tree = country();
    assert_eq!(tree.change(1, 71, false), Err(Fault::Over { left: 70 }));
    tree.change(1, 65, false).unwrap();
    assert_eq!((tree.nodes()[&1].undivided, totals(&tree, &[11, 12])), (10, vec![40, 15]));
    tree.change(0, 111, false).unwrap();
    tree.change(1, 76, true).unwrap();
    assert_eq!((tree.nodes()[&1].undivided, totals(&tree, &[11, 12])), (10, vec![48, 18]));
    assert!(tree.adds_up());
}

#[test]
fn a_part_goes_from_one_to_another_past_every_ancestor() {
    let mut tree = country();
    tree.divide(2, &[(21, 30)]).unwrap();
    tree.carry(12, 21, 5).unwrap();
    assert_eq!(totals(&tree, &[0, 1, 2, 11, 12, 21]), [100, 55, 35, 40, 10, 35]);
    assert_eq!((tree.nodes()[&0].undivided, tree.nodes()[&1].undivided), (10, 5));
    assert_eq!(tree.carry(12, 21, 11), Err(Fault::Over { left: 10 }));
    assert_eq!(tree.carry(12, 1, 1), Err(Fault::OneLine));
    assert!(tree.adds_up());
}

#[test]
fn an_office_below_goes_along_with_its_share() {
    let mut tree = country();
    tree.rehang(12, 2).unwrap();
    assert_eq!(totals(&tree, &[0, 1, 2, 11, 12]), [100, 45, 45, 40, 15]);
    assert_eq!((tree.nodes()[&1].undivided, tree.nodes()[&2].undivided), (5, 30));
    assert_eq!((tree.below(1), tree.below(2)), (&[11][..], &[12][..]));
    assert_eq!(tree.rehang(2, 12), Err(Fault::OneLine));
    assert!(tree.adds_up());
    // merged: the rest goes with what is not divided
    tree.hand_over(1, 2, &[11], 5).unwrap();
    assert_eq!(totals(&tree, &[0, 1, 2, 11, 12]), [100, 0, 90, 40, 15]);
    assert_eq!(tree.nodes()[&2].undivided, 35);
    assert!(tree.adds_up());
}

#[test]
fn a_minimum_is_inherited_and_never_undercut() {
    let mut tree = tree(Rule::Least, 30);
    tree.divide(0, &[(1, 30), (2, 50)]).unwrap();
    assert_eq!(tree.divide(0, &[(1, 20)]), Err(Fault::Below { least: 30 }));
    tree.change(0, 40, false).unwrap();
    assert_eq!(totals(&tree, &[1, 2]), [40, 50]);
    assert_eq!(tree.carry(1, 2, 5), Err(Fault::NoParts));
    tree.withdraw(0).unwrap();
    assert_eq!(totals(&tree, &[1, 2]), [0, 0]);
    assert!(tree.adds_up());
}

/// Something done to a share; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Edit {
    Divide {
        at: usize,
        weights: Vec<i64>,
        keep: i64,
    },
    Change {
        at: usize,
        total: i64,
        spread: bool,
    },
    Withdraw {
        at: usize,
    },
    Carry {
        from: usize,
        to: usize,
        amount: i64,
    },
    /// An office is split: a new one beside it takes over a part, and some of the offices below.
    Split {
        at: usize,
        part: i64,
        along: usize,
    },
    /// An office is merged into another: all of its share goes there, with the offices below.
    Merge {
        from: usize,
        to: usize,
    },
    /// An office comes under another one.
    Rehang {
        at: usize,
        to: usize,
    },
}

fn edits(many: usize) -> impl Strategy<Value = Vec<Edit>> {
    let at = 0..1000_usize;
    let edit = prop_oneof![
        3 => (at.clone(), prop::collection::vec(0..20_i64, 1..6), 0..10_i64)
            .prop_map(|(at, weights, keep)| Edit::Divide { at, weights, keep }),
        3 => (at.clone(), -5..3000_i64, any::<bool>())
            .prop_map(|(at, total, spread)| Edit::Change { at, total, spread }),
        1 => at.clone().prop_map(|at| Edit::Withdraw { at }),
        3 => (at.clone(), at.clone(), -1..200_i64).prop_map(|(from, to, amount)| Edit::Carry { from, to, amount }),
        2 => (at.clone(), 0..100_i64, 0..4_usize).prop_map(|(at, part, along)| Edit::Split { at, part, along }),
        2 => (at.clone(), at.clone()).prop_map(|(from, to)| Edit::Merge { from, to }),
        1 => (at.clone(), at).prop_map(|(at, to)| Edit::Rehang { at, to }),
    ];
    prop::collection::vec(edit, many)
}

/// Does an edit as far as it is possible.
fn edit(tree: &mut Tree<u32>, edit: &Edit) -> Done<u32> {
    let ids: Vec<u32> = tree.nodes().keys().copied().collect();
    let pick = |n: &usize| ids[n % ids.len()];
    let new = ids.last().map_or(0, |last| last + 1);
    match edit {
        Edit::Divide { at, weights, keep } => {
            let (id, total) = (pick(at), tree.nodes()[&pick(at)].total);
            let known = tree.below(id).to_vec();
            let children: Vec<u32> = known.into_iter().chain(new..).take(weights.len()).collect();
            let shares = apportion(total - keep, weights);
            tree.divide(id, &children.into_iter().zip(shares).collect::<Vec<_>>())
        }
        Edit::Change { at, total, spread } => tree.change(pick(at), *total, *spread),
        Edit::Withdraw { at } => tree.withdraw(pick(at)),
        Edit::Carry { from, to, amount } => tree.carry(pick(from), pick(to), *amount),
        Edit::Split { at, part, along } => {
            let parent = tree.nodes()[&pick(at)].parent.ok_or(Fault::OneLine)?;
            tree.put(new, Node { parent: Some(parent), total: 0, undivided: 0 });
            let along: Vec<u32> = tree.below(pick(at)).iter().take(*along).copied().collect();
            tree.hand_over(pick(at), new, &along, *part)
        }
        Edit::Merge { from, to } => {
            let (all, rest) = (tree.below(pick(from)).to_vec(), tree.nodes()[&pick(from)].undivided);
            tree.hand_over(pick(from), pick(to), &all, rest)
        }
        Edit::Rehang { at, to } => tree.rehang(pick(at), pick(to)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    /// 50 countries, 200 edits each: whatever is asked, everything adds up, and what is refused has changed nothing.
    #[test]
    fn ten_thousand_edits_splits_merges_and_moves_keep_the_sums(edits in edits(200), sums in any::<bool>()) {
        let mut tree = tree(if sums { Rule::Sum } else { Rule::Least }, 1000);
        for one in edits {
            let before = tree.clone();
            let root = before.nodes()[&0].total;
            match edit(&mut tree, &one) {
                Ok(()) => prop_assert!(tree.adds_up(), "{one:?} broke {before:?}"),
                // a new office stands there with nothing
                Err(_) if matches!(one, Edit::Split { .. }) => prop_assert!(tree.adds_up()),
                Err(_) => prop_assert_eq!(&tree, &before),
            }
            let moved = matches!(one, Edit::Carry { .. } | Edit::Merge { .. } | Edit::Split { .. } | Edit::Rehang { .. } | Edit::Divide { .. });
            prop_assert!(!moved || tree.nodes()[&0].total == root, "{one:?} changed the whole");
        }
    }

    #[test]
    fn an_apportionment_gives_away_exactly_what_there_is(total in 0..1_000_000_i64, weights in prop::collection::vec(0..5000_i64, 1..40)) {
        let shares = apportion(total, &weights);
        let sum: i64 = shares.iter().sum();
        prop_assert_eq!(sum, if weights.iter().any(|w| *w > 0) { total } else { 0 });
        let most = weights.iter().sum::<i64>().max(1);
        for (share, weight) in shares.iter().zip(&weights) {
            let floor = i64::try_from(i128::from(total) * i128::from(*weight) / i128::from(most)).unwrap();
            prop_assert!((floor..=floor + 1).contains(share));
        }
    }
}
