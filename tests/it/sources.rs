//! The source text, for the tests that read it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every file below `at` whose name ends so, in order.
pub fn below(at: impl AsRef<Path>, ending: &str) -> Vec<PathBuf> {
    let at = at.as_ref();
    if at.is_file() {
        return if at.to_string_lossy().ends_with(ending) { vec![at.to_owned()] } else { Vec::new() };
    }
    let mut files: Vec<PathBuf> = fs::read_dir(at).unwrap().flat_map(|e| below(e.unwrap().path(), ending)).collect();
    files.sort();
    files
}

/// What stands in a file.
pub fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap()
}
