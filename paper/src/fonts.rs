//! Where letters come from: compiled in, then the operator's folder, then Noto of the system.

use std::fs;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::trouble::Trouble;

const EMBEDDED: [&[u8]; 5] = [
    include_bytes!("../fonts/NotoSerifCJKsc-Regular.otf"),
    include_bytes!("../fonts/NotoSerifCJKsc-Bold.otf"),
    include_bytes!("../fonts/NotoSansCJKsc-Regular.otf"),
    include_bytes!("../fonts/DejaVuSerif.ttf"),
    include_bytes!("../fonts/DejaVuSans.ttf"),
];

/// Where Linux distributions keep the full Noto CJK, and Windows fonts installed for all users.
const SYSTEM: [&str; 7] = [
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-serif-cjk-fonts",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/local/share/fonts",
    "C:\\Windows\\Fonts",
];

/// Regular weights only: they lend single characters, and each weight is 20 MB in memory.
const SYSTEM_FILES: [&str; 4] =
    ["NotoSerifCJK-Regular.ttc", "NotoSerifSC-Regular.otf", "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf"];

/// Fonts in the order in which they are preferred.
pub(crate) struct Shelf {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    /// A bit for each character that one of them has: every document is looked through.
    known: Vec<u64>,
}

impl Shelf {
    /// The fonts compiled in and those of the folder, if one is given.
    pub(crate) fn new(folder: Option<&Path>) -> Result<Shelf, Trouble> {
        let mut fonts: Vec<Font> = EMBEDDED.iter().flat_map(|data| Font::iter(Bytes::new(*data))).collect();
        if let Some(folder) = folder {
            for path in font_files(folder)? {
                fonts.extend(read(&path)?);
            }
        }
        Ok(Shelf::from(fonts))
    }

    /// The same fonts, and behind them what the system has of Noto.
    pub(crate) fn with_system(&self) -> Shelf {
        let candidates = SYSTEM_FILES.iter().flat_map(|name| SYSTEM.iter().map(move |dir| Path::new(dir).join(name)));
        let installed = candidates.filter(|path| path.is_file()).filter_map(|path| read(&path).ok());
        // a collection holds the Japanese, Korean and traditional shapes too
        let simplified = installed.flatten().filter(|font| font.info().family.ends_with("SC"));
        Shelf::from(self.fonts.iter().cloned().chain(simplified).collect::<Vec<_>>())
    }

    /// Whether a font has the character, or it needs none.
    pub(crate) fn has(&self, character: char) -> bool {
        let (word, bit) = place(character.into());
        is_invisible(character) || self.known.get(word).is_some_and(|bits| bits & bit != 0)
    }
}

impl From<Vec<Font>> for Shelf {
    fn from(fonts: Vec<Font>) -> Shelf {
        let mut known = vec![0; CHARACTERS.div_ceil(64)];
        for character in fonts.iter().flat_map(|font| font.info().coverage.iter()) {
            let (word, bit) = place(character);
            if let Some(bits) = known.get_mut(word) {
                *bits |= bit;
            }
        }
        Shelf { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, known }
    }
}

/// As many as Unicode has room for.
const CHARACTERS: usize = 0x11_0000;

const fn place(character: u32) -> (usize, u64) {
    ((character / 64) as usize, 1 << (character % 64))
}

/// Characters without a shape. Marks that turn the direction of writing are not among them: they could make a
/// document read otherwise than it is recorded.
fn is_invisible(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn font_files(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let trouble = |error: std::io::Error| Trouble::Font { path: folder.to_owned(), reason: error.to_string() };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(trouble)? {
        let path = entry.map_err(trouble)?.path();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        if matches!(extension.as_str(), "ttf" | "otf" | "ttc" | "otc") {
            files.push(path);
        }
    }
    files.sort(); // the same folder gives the same document, whatever the file system's order
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<Font>, Trouble> {
    let trouble = |reason: String| Trouble::Font { path: path.to_owned(), reason };
    let data = fs::read(path).map_err(|error| trouble(error.to_string()))?;
    let fonts: Vec<Font> = Font::iter(Bytes::new(data)).collect();
    if fonts.is_empty() {
        return Err(trouble("不是字体文件 / not a font".to_owned()));
    }
    Ok(fonts)
}
