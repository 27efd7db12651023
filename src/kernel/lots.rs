//! Lots (抽签): who is drawn by a public seed, so that anybody can repeat the draw.
//!
//! Each thing on the list gets the lot SHA-256(`seed` newline `id`); the smallest lots are drawn. Thirty lines of any
//! language repeat it.

use super::{Result, secret};
use data_encoding::HEXLOWER;
use std::fmt::Display;

/// The lot of a thing.
pub fn lot(seed: &str, id: impl Display) -> String {
    secret::sha256(format!("{seed}\n{id}").as_bytes())
}

/// The `many` things with the smallest lots, the smallest first. The order of the list does not matter.
pub fn drawn<T: Copy + Ord + Display>(seed: &str, list: &[T], many: usize) -> Vec<T> {
    let mut lots: Vec<(String, T)> = list.iter().map(|id| (lot(seed, id), *id)).collect();
    lots.sort();
    lots.into_iter().take(many).map(|(_, id)| id).collect()
}

/// A seed by chance, where none was agreed before.
pub fn chance() -> Result<String> {
    let mut bytes = [0; 16];
    secret::random(&mut bytes)?;
    Ok(HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_can_be_repeated_and_does_not_heed_the_order() {
        let (list, turned): (Vec<u32>, Vec<u32>) = ((0..20).collect(), (0..20).rev().collect());
        let first = drawn("2023-08-31", &list, 5);
        assert_eq!(first, drawn("2023-08-31", &turned, 5));
        assert_eq!(first.len(), 5);
        assert!(first.is_sorted_by_key(|id| lot("2023-08-31", id)));
        assert_ne!(first, drawn("another", &list, 5));
    }
}
