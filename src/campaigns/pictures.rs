//! Pictures of a pack (示意图): what a bag, a plate or a set of papers looks like, beside the questions that ask for it.
//!
//! A picture is part of the pack and goes wherever the pack goes: to the page, and to a phone without network.

use super::{
    draft::Draft,
    finding::{At, Findings, NO_PICTURE, NOT_A_PICTURE, STRAY_FILE, UNKNOWN},
    rows::PictureRow,
};
use crate::kernel::Lang;
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Largest picture, in bytes: a phone loads all of them on a bad line.
const LARGEST: usize = 64 * 1024;

/// A picture beside questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PackPicture)]
pub struct Picture {
    #[serde(flatten)]
    pub row: PictureRow,
    /// The picture itself, as a `data:` address.
    pub data: String,
}

impl Picture {
    /// What it shows, in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        self.row.label(lang)
    }

    /// The picture that `row` describes, with its content.
    pub(super) fn of(row: PictureRow, bytes: &[u8]) -> Self {
        let media = if is_drawn(&row.file) { "image/svg+xml" } else { "image/png" };
        Self { data: format!("data:{media};base64,{}", BASE64.encode(bytes)), row }
    }
}

/// That every picture is there and is one, stands beside questions that exist, and that none lies about unused.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let items: BTreeSet<&str> = draft.items.values().flatten().map(|line| line.row.id.as_str()).collect();
    for line in &draft.pictures {
        let row = &line.row;
        match draft.files.get(&row.file) {
            None => findings.error(&line.at, "file", NO_PICTURE.with("file", &row.file)),
            Some(bytes) if !is_picture(&row.file, bytes) => {
                findings.error(&line.at, "file", NOT_A_PICTURE.with("file", &row.file).with("most", LARGEST / 1024));
            }
            Some(_) => {}
        }
        for item in row.items.iter().filter(|item| !items.contains(item.as_str())) {
            findings.error(&line.at, "items", UNKNOWN.with("table", "checklists").with("code", item));
        }
    }
    let shown: BTreeSet<&str> = draft.pictures.iter().map(|line| line.row.file.as_str()).collect();
    for file in draft.files.keys().filter(|file| !shown.contains(file.as_str())) {
        findings.warn(&At { file: format!("pictures/{file}").into(), line: 0 }, "", STRAY_FILE);
    }
}

/// Whether it is drawn and not photographed: SVG.
fn is_drawn(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|ending| ending == "svg")
}

/// Whether it is what its name says, small, and brings nothing to be run or fetched.
fn is_picture(name: &str, bytes: &[u8]) -> bool {
    let drawn = || {
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim_start().to_ascii_lowercase();
        let lively = ["<script", "<foreignobject", "<!entity", "javascript:", "http-equiv"];
        text.starts_with("<svg") && text.contains("</svg>") && !lively.iter().any(|word| text.contains(word))
    };
    let fits = bytes.len() <= LARGEST;
    fits && if is_drawn(name) { drawn() } else { bytes.starts_with(b"\x89PNG\r\n\x1a\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_name_says_and_nothing_more() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>";
        assert!(is_picture("a.svg", svg) && !is_picture("a.png", svg));
        assert!(is_picture("a.png", b"\x89PNG\r\n\x1a\n..."));
        let large = [b"<svg>", b" ".repeat(LARGEST).as_slice(), b"</svg>"].concat();
        for bad in [&b"<html></html>"[..], b"<svg><script>1</script></svg>", b"<svg>", &large, b"\xff"] {
            assert!(!is_picture("a.svg", bad));
        }
    }
}
