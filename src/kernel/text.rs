//! What people type, made comparable: full-width forms, spaces, pinyin initials, pieces for search.

use super::{REQUIRED, Result, TOO_LONG};
use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

/// Full-width letters and digits become plain ones (NFKC), spaces at the ends go, spaces within become one.
pub fn plain(text: &str) -> String {
    let folded: String = text.nfkc().filter(|c| !c.is_control() || *c == '\n').collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was typed into `field`, without the space around it; refused when it is blank or longer than `most` characters.
pub fn said(field: &str, typed: &str, most: usize) -> Result<String> {
    let text = typed.trim();
    match text.chars().count() {
        0 => REQUIRED.at(field),
        n if n > most => TOO_LONG.with("max", most).at(field),
        _ => Ok(text.to_owned()),
    }
}

/// As [`plain`], for codes: without any spaces, in capitals.
pub fn code(text: &str) -> String {
    plain(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// The initials of the pinyin of a name: 恒达水泥 is `hdsn`; other letters and digits stay.
pub fn initials(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c.to_pinyin() {
            Some(sound) => sound.first_letter().chars().next(),
            None if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
            None => None,
        })
        .collect()
}

/// The pieces under which a text is found: every two neighbouring characters, in lower case.
pub fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = plain(text).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let mut pieces: Vec<String> = match chars.len() {
        0 => Vec::new(),
        1 => vec![chars[0].to_string()],
        _ => chars.windows(2).map(|w| w.iter().collect()).collect(),
    };
    pieces.sort();
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_becomes_plain() {
        assert_eq!(plain(" （冀）ＸＫ０８－００１　 x "), "(冀)XK08-001 x");
        assert_eq!(code("91 3501 00m000100y43"), "91350100M000100Y43");
    }

    #[test]
    fn initials_find_a_name() {
        assert_eq!(initials("恒达水泥A2"), "hdsna2");
    }

    #[test]
    fn pieces_are_pairs() {
        assert_eq!(pieces("恒达水泥"), ["恒达", "水泥", "达水"]);
        assert_eq!(pieces("泥"), ["泥"]);
    }
}
