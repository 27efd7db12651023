//! Where packs lie: in a folder on disk, or in the program itself.

use super::finding::NO_FOLDER;
use crate::kernel::{Error, Refusal, Result};
use std::{collections::BTreeMap, path::Path};

/// Largest file of a pack, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// The packs that come with the program.
#[derive(rust_embed::RustEmbed)]
#[folder = "packs/"]
struct BuiltIn;

/// The files of a pack, unread.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The folder's name, which should be the pack's code.
    pub name: String,
    /// `products.csv` → its bytes. Checklists are `checklists/CODE.csv`.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// The files of the folder `dir` on disk.
    pub fn open(dir: &Path) -> Result<Self> {
        let mut folder = Self { name: file_name(dir), ..Self::default() };
        folder.add(dir, "")?;
        let lists = dir.join("checklists");
        if lists.is_dir() {
            folder.add(&lists, "checklists/")?;
        }
        Ok(folder)
    }

    fn add(&mut self, dir: &Path, prefix: &str) -> Result<()> {
        let cannot = |why: std::io::Error| Error::Refused(unreadable(dir, why));
        for entry in std::fs::read_dir(dir).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let (path, about) = (entry.path(), entry.metadata().map_err(cannot)?);
            let name = file_name(&path);
            if !about.is_file() || !belongs(&name) {
                continue;
            }
            if about.len() > LARGEST {
                return Err(Error::Refused(unreadable(&path, format!("> {LARGEST} B"))));
            }
            let bytes = std::fs::read(&path).map_err(cannot)?;
            self.files.insert(format!("{prefix}{name}"), bytes);
        }
        Ok(())
    }

    /// The pack with this code that comes with the program.
    pub fn built_in(code: &str) -> Option<Self> {
        let prefix = format!("{code}/");
        let mine = BuiltIn::iter().filter_map(|path| {
            let name = path.strip_prefix(&prefix)?.to_owned();
            Some((name, BuiltIn::get(&path)?.data.into_owned())).filter(|(name, _)| belongs(name))
        });
        let files: BTreeMap<_, _> = mine.collect();
        (!files.is_empty()).then(|| Self { name: code.to_owned(), files })
    }

    /// The codes of the packs that come with the program.
    pub fn all_built_in() -> Vec<String> {
        let mut codes: Vec<String> =
            BuiltIn::iter().filter_map(|path| path.strip_suffix("/pack.toml").map(str::to_owned)).collect();
        codes.sort();
        codes
    }
}

/// The pack `code` beside `dir`, or else the one that comes with the program.
pub fn beside(dir: &Path) -> impl Fn(&str) -> Option<Folder> + '_ {
    move |code| {
        let plain = !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let neighbour = dir.parent().filter(|_| plain).map(|parent| parent.join(code)).filter(|d| d.is_dir());
        neighbour.and_then(|d| Folder::open(&d).ok()).or_else(|| Folder::built_in(code))
    }
}

fn belongs(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "csv" || ending == "toml")
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> Refusal {
    NO_FOLDER.with("name", path.display()).with("why", why)
}
