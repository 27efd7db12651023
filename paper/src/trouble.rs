//! Why a document could not be printed.

use std::path::PathBuf;

/// Why a document could not be printed, or the press not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No font has this character. It would have been printed as a blank, so nothing was printed.
    #[error(
        "“{character}”（{codepoint}）不在任何可用字体中，文书未印制；字段：{field} / no font has “{character}” ({codepoint}), nothing was printed; field: {field}"
    )]
    MissingGlyph {
        /// The character itself.
        character: char,
        /// Its code point as people write it: `U+20BB7`.
        codepoint: String,
        /// Where it stands in the document, such as `party.name` or `evidence.2.name`.
        field: String,
    },
    /// The folder of additional fonts could not be read, or a file in it is not a font.
    #[error("字体无法读取：{path}：{reason} / cannot read font {path}: {reason}", path = path.display())]
    Font {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The typesetter refused, for example because the picture of a signature is not a picture.
    #[error("文书排版失败：{0} / the document could not be set: {0}")]
    Typesetting(String),
    /// The data could not be handed to the typesetter.
    #[error("文书数据有误：{0} / the document's data is not valid: {0}")]
    Data(#[from] serde_json::Error),
}

impl Trouble {
    pub(crate) fn missing(character: char, field: &str) -> Trouble {
        let codepoint = format!("U+{:04X}", u32::from(character));
        Trouble::MissingGlyph { character, codepoint, field: field.to_owned() }
    }
}
