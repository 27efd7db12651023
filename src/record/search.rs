//! What things are found by: pairs of characters of their names, and their numbers, on shelves.
//!
//! A thing stands under the pairs of neighbouring characters of its texts, on a shelf for the nation and one for each
//! office from province to county, so that a search reads only what the searcher may see. What belongs to an enterprise
//! is found through the enterprise's names and stands under its own number only: see [`super::Shelf`].

use super::store;
use crate::{
    kernel::{Error, Result, db::Tx, secret, text},
    people::Place,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a thing is found by, and by whom.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Names and codes: found by any part of two characters or more.
    pub texts: Vec<String>,
    /// Numbers: found whole, and by the serial at their end.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// The shelves on which it stands: see [`shelves`].
    pub shelves: Vec<String>,
}

impl Entry {
    /// Every key under which the thing stands, in order.
    pub fn keys(&self) -> BTreeSet<i64> {
        let both = |t: &String| [text::pieces(t), text::pieces(&text::initials(t))];
        let pieces: BTreeSet<String> = self.texts.iter().flat_map(both).flatten().collect();
        let on_shelves = |piece: &str| self.shelves.iter().map(|shelf| key(shelf, piece)).collect::<Vec<_>>();
        let parts = pieces.iter().flat_map(|piece| on_shelves(piece));
        let serials = self.numbers.iter().filter_map(|n| serial(n));
        let serials = serials.flat_map(|serial| self.shelves.iter().map(move |shelf| beside(shelf, "", serial)));
        // A whole number is rare enough for one shelf.
        let numbers = self.numbers.iter().filter_map(|number| whole(number));
        parts.chain(serials).chain(numbers).collect()
    }
}

/// Puts a thing under its texts; what it stood under before and no longer does is taken away. Costs a look at a key when
/// nothing has changed.
pub fn index(tx: &mut Tx, thing: &str, entry: &Entry) -> Result<()> {
    let now = serde_json::to_string(entry).map_err(Error::broken)?;
    let before = store::word_entry(tx, thing)?;
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    let stood = match before {
        Some(before) => serde_json::from_str::<Entry>(&before).map_err(Error::broken)?.keys(),
        None => BTreeSet::new(),
    };
    let stands = entry.keys();
    for key in stood.difference(&stands) {
        store::forget_word(tx, *key, thing)?;
    }
    for key in stands.difference(&stood) {
        store::add_word(tx, *key, thing)?;
    }
    store::keep_word_entry(tx, thing, &now)
}

/// Puts a thing under the number it has just been given and keeps for ever.
pub fn index_number(tx: &mut Tx, thing: &str, number: &str, place: &Place) -> Result<()> {
    let entry = Entry { numbers: vec![number.to_owned()], shelves: shelves(place), ..Entry::default() };
    for key in entry.keys() {
        store::add_word(tx, key, thing)?;
    }
    Ok(())
}

/// The key of a piece on a shelf: the first 64 bits of the hash of both. That two pieces share one is as good as
/// impossible, and would show a row too many, never one beyond the scope.
pub fn key(shelf: &str, piece: &str) -> i64 {
    let digest = secret::digest(format!("{shelf}:{piece}").as_bytes());
    i64::from_be_bytes(std::array::from_fn(|i| digest[i]))
}

/// The shelves on which a thing stands: one for the nation, one for each office above it down to the county.
pub fn shelves(place: &Place) -> Vec<String> {
    let offices = [place.province, place.city, place.county].into_iter().flatten().map(|o| o.to_string());
    std::iter::once(String::new()).chain(offices).collect()
}

/// Under which key a number that somebody looks for may stand: a serial on the searcher's shelf, a whole number on the
/// nation's. None when there is no digit in it.
pub(super) fn number_key(shelf: &str, word: &str) -> Option<i64> {
    let plain = letters(word);
    if plain.bytes().all(|b| b.is_ascii_digit()) { serial(&plain).map(|n| beside(shelf, "", n)) } else { whole(word) }
}

/// The key of a whole number, without brackets, strokes and spaces.
fn whole(number: &str) -> Option<i64> {
    let letters = letters(number);
    let last = last_digits(&letters)?;
    let (before, after) = (&letters[..last.start], &letters[last.end..]);
    Some(beside("", &format!("{before}#{after}"), letters[last].parse().ok()?))
}

/// The digits at the end of a number: 12 of «正县市监责改〔2023〕00012号».
fn serial(number: &str) -> Option<u64> {
    number[last_digits(number)?].parse().ok()
}

/// Where the last digits stand, no more of them than a number holds.
fn last_digits(text: &str) -> Option<std::ops::Range<usize>> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = text[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| text.ceil_char_boundary(at + 1));
    Some(start.max(end.saturating_sub(18))..end)
}

/// The key of a serial in a series on a shelf. The serials of a series stand beside each other: a new one goes to the end
/// of them, and not to a page of its own somewhere in the index.
fn beside(shelf: &str, series: &str, serial: u64) -> i64 {
    let digest = secret::digest(format!("{shelf}#{series}").as_bytes());
    let start = i64::from_be_bytes(std::array::from_fn(|i| digest[i]));
    start & !0xff_ffff | (serial & 0xff_ffff) as i64
}

fn letters(number: &str) -> String {
    text::plain(number).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_stands_under_each_pair_on_each_shelf_once() {
        let shelves = vec![String::new(), "x".into()];
        let entry = Entry { texts: vec!["恒达".into(), "恒达".into()], shelves, ..Entry::default() };
        let expected = ["", "x"].iter().flat_map(|shelf| ["恒达", "hd"].map(|piece| key(shelf, piece)));
        assert_eq!(entry.keys(), expected.collect());
    }

    #[test]
    fn a_number_is_found_whole_and_by_its_serial() {
        let number = "正县市监责改〔2023〕00012号";
        let keys = Entry { numbers: vec![number.into()], shelves: vec![String::new(), "x".into()], ..Entry::default() };
        let keys = keys.keys();
        for typed in [number, "正县市监责改[2023]00012号", "12", "00012", "０００１２"] {
            assert!(keys.contains(&number_key("x", typed).unwrap()), "{typed}");
        }
        assert!(!keys.contains(&number_key("x", "2023").unwrap()) && !keys.contains(&number_key("y", "12").unwrap()));
        assert_eq!(number_key("x", "恒达"), None);
    }
}
