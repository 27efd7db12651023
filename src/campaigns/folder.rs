//! Where packs lie: in a folder on disk, in a ZIP that somebody sends, or in the program itself.

use super::finding::{NO_FOLDER, NOT_A_ZIP};
use crate::kernel::{Error, Refusal, Result};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    path::Path,
};

/// Largest file of a pack, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Files of a ZIP at the most, and bytes of all of them unpacked.
const ENTRIES: usize = 2000;
const UNPACKED: u64 = 4 * LARGEST;

/// The packs that come with the program.
#[derive(rust_embed::RustEmbed)]
#[folder = "packs/"]
struct BuiltIn;

/// The files of a pack, unread.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The folder's name, which should be the pack's code.
    pub name: String,
    /// `products.csv` → its bytes. Checklists are `checklists/CODE.csv`, pictures `pictures/NAME.svg`.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// The files of the folder `dir` on disk.
    pub fn open(dir: &Path) -> Result<Self> {
        let mut folder = Self { name: file_name(dir), ..Self::default() };
        folder.add(dir, "")?;
        for below in BELOW {
            let inner = dir.join(below);
            if inner.is_dir() {
                folder.add(&inner, below)?;
            }
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

    /// The files of a ZIP: those beside its uppermost `pack.toml`. `name` is what the folder is called when the ZIP does
    /// not say. Reads no more than a pack may be large, whatever the ZIP says of itself.
    pub fn zipped(bytes: &[u8], name: &str) -> Result<Self> {
        let wrong = |why: &dyn std::fmt::Display| Error::invalid("file", NOT_A_ZIP.with("why", why));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| wrong(&e))?;
        if archive.len() > ENTRIES {
            return Err(wrong(&format!("> {ENTRIES}")));
        }
        let names: Vec<String> = archive.file_names().filter_map(|n| Some(n.ok()?.into_owned())).collect();
        let depth = |name: &&String| name.matches('/').count();
        let Some(about) = names.iter().filter(|n| file_name(Path::new(n)) == "pack.toml").min_by_key(depth) else {
            return Err(wrong(&"pack.toml ?"));
        };
        let root = about.strip_suffix("pack.toml").unwrap_or_default().to_owned();
        let called = file_name(Path::new(root.trim_end_matches('/')));
        let mut folder = Self { name: if called.is_empty() { name.to_owned() } else { called }, ..Self::default() };
        let mut left = UNPACKED;
        for name in names.iter().filter(|n| belongs(n)) {
            let Some(inner) = name.strip_prefix(&root).filter(|n| lies_right(n)) else { continue };
            let mut content = Vec::new();
            let file = archive.by_name(name).map_err(|e| wrong(&e))?;
            file.take(LARGEST.min(left) + 1).read_to_end(&mut content).map_err(|e| wrong(&e))?;
            let read = content.len() as u64;
            if read > LARGEST.min(left) {
                return Err(wrong(&format!("{inner} > {LARGEST} B")));
            }
            left -= read;
            folder.files.insert(inner.to_owned(), content);
        }
        Ok(folder)
    }

    /// As a ZIP that [`zipped`](Self::zipped) reads: all files in a folder of this name.
    pub fn to_zip(&self) -> Result<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (file, bytes) in &self.files {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(format!("{}/{file}", self.name), options).map_err(Error::broken)?;
            writer.write_all(bytes).map_err(Error::broken)?;
        }
        Ok(writer.finish().map_err(Error::broken)?.into_inner())
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

/// Folders within that of a pack.
const BELOW: [&str; 2] = ["checklists/", "pictures/"];

/// Whether a file stands where those of a pack do: at its root, among its checklists or its pictures.
fn lies_right(name: &str) -> bool {
    !BELOW.iter().find_map(|below| name.strip_prefix(below)).unwrap_or(name).contains('/')
}

fn belongs(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ["csv", "toml", "svg", "png"].iter().any(|known| ending == *known))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> Refusal {
    NO_FOLDER.with("name", path.display()).with("why", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_zip_of_the_folder_and_one_of_its_files_are_the_same_pack() {
        let inside =
            zip(&[("p/pack.toml", b"a"), ("p/checklists/x.csv", b"b"), ("p/old/pack.toml", b"c"), ("p/.git", b"")]);
        let folder = Folder::zipped(&inside, "upload").unwrap();
        assert_eq!(
            (folder.name.as_str(), folder.files.keys().map(String::as_str).collect::<Vec<_>>()),
            ("p", vec!["checklists/x.csv", "pack.toml"])
        );
        let bare = Folder::zipped(&zip(&[("pack.toml", b"a"), ("checklists/x.csv", b"b")]), "upload").unwrap();
        assert_eq!((bare.name.as_str(), bare.files), ("upload", folder.files));
    }

    #[test]
    fn what_is_no_pack_is_refused_and_a_bomb_is_not_unpacked() {
        for wrong in [b"no zip".to_vec(), zip(&[]), zip(&[("products.csv", b"code")])] {
            assert_eq!(Folder::zipped(&wrong, "x").unwrap_err().refusal().code, "packs.not_a_zip");
        }
        let bomb = vec![b'0'; usize::try_from(LARGEST).unwrap() + 1];
        let error = Folder::zipped(&zip(&[("pack.toml", b"a"), ("products.csv", &bomb)]), "x").unwrap_err();
        assert_eq!((error.refusal().code, error.field()), ("packs.not_a_zip", Some("file")));
    }
}
