//! Which part of the program and which test answers for each clause of the notice: `docs/coverage.md`.
//!
//! An act, a module or a test cites a clause at the end of its doc comment: `Clause: T1-3a.` or `Clauses: T1-3a, T1-3b.`,
//! in a line of its own or behind a sentence. Nothing else has to be kept up to date.

use super::{NATIONAL, pack::Pack};
use crate::kernel::{Error, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Who cites a clause.
#[derive(Debug, Default, PartialEq, Eq)]
struct Cited {
    /// Files of the program.
    files: BTreeSet<String>,
    /// Tests, as `tests/it/hazards.rs: a_hazard_is_closed`.
    tests: BTreeSet<String>,
}

/// The table of clauses in Markdown: what each says, which files of `src` answer for it, which tests hold it. `root` is
/// the folder of the repository.
pub fn coverage(root: &Path) -> Result<String> {
    let pack = Pack::built_in(NATIONAL)?;
    let mut cited: BTreeMap<String, Cited> = BTreeMap::new();
    for file in ["src", "tests"].iter().flat_map(|folder| sources(&root.join(folder))) {
        let text = std::fs::read_to_string(&file).map_err(Error::broken)?;
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        note(&name, &text, &mut cited);
    }
    let mut out = format!(
        "# Coverage of the notice\n\nWritten by a test from the doc comments that say `Clause: …`, and from \
         `packs/{NATIONAL}/clauses.csv`.\n\n| clause | what it says | capability | tests |\n| --- | --- | --- | --- |\n",
    );
    for clause in &pack.clauses {
        let by = cited.remove(&clause.id).unwrap_or_default();
        let cells = [clause.id.clone(), format!("{}<br>{}", clause.zh, clause.en), list(&by.files), list(&by.tests)];
        out.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    if !cited.is_empty() {
        out.push_str("\nCited, but no clause of the notice:\n\n");
        for (id, by) in &cited {
            out.push_str(&format!("- {id}: {}\n", list(&by.files.union(&by.tests).cloned().collect())));
        }
    }
    Ok(out)
}

fn list(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "–".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join("<br>")
}

/// Every Rust file below `at`.
fn sources(at: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(at) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false if path.extension().is_some_and(|e| e == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect();
    files.sort();
    files
}

/// Notes what the doc comments of one file cite.
fn note(name: &str, text: &str, cited: &mut BTreeMap<String, Cited>) {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        let ids = clauses_in(line);
        if ids.is_empty() {
            continue;
        }
        let test = test_below(&lines[at..]).or_else(|| name.starts_with("tests/").then(String::new));
        for id in ids {
            let by = cited.entry(id).or_default();
            match &test {
                Some(function) if function.is_empty() => by.tests.insert(name.to_owned()),
                Some(function) => by.tests.insert(format!("{name}: {function}")),
                None => by.files.insert(name.to_owned()),
            };
        }
    }
}

/// The clauses that a line cites, when it is a doc comment that cites; what stands in code quotes is no citation.
fn clauses_in(line: &str) -> Vec<String> {
    let Some(comment) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else { return Vec::new() };
    let cited = |word: &str| comment.split_once(word).map(|(_, ids)| ids);
    let Some(named) = cited(" Clause: ").or_else(|| cited(" Clauses: ")) else { return Vec::new() };
    let ids = named.split([',', '、', ' ']).map(|id| id.trim_end_matches('.')).filter(|id| !id.is_empty());
    ids.map(str::to_owned).collect()
}

/// The name of the test that a doc comment stands above, if it is one.
fn test_below(lines: &[&str]) -> Option<String> {
    if lines.first()?.starts_with("//!") {
        return None;
    }
    let mut is_test = false;
    for line in lines {
        if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("test(");
        } else if !line.starts_with("///") {
            let name = line.split_once("fn ")?.1.split(['(', '<']).next()?;
            return is_test.then(|| name.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cites, without this file citing it.
    fn source(marker: &str) -> String {
        format!(
            "//! A capability.\n//!\n//! {marker}s: T2-1, T2-2a.\n\n/// An act.\n///\n/// {marker}: T1-1.\npub fn act() {{}}\n\n\
             mod tests {{\n    /// {marker}: T1-1.\n    #[tokio::test]\n    async fn it_acts() {{}}\n}}\n// {marker}: T9.\n"
        )
    }

    #[test]
    fn files_and_tests_that_cite_a_clause_are_found() {
        let mut cited = BTreeMap::new();
        note("src/x/mod.rs", &source("Clause"), &mut cited);
        assert_eq!(cited.keys().collect::<Vec<_>>(), ["T1-1", "T2-1", "T2-2a"]);
        assert_eq!(cited["T1-1"].files, ["src/x/mod.rs".to_owned()].into());
        assert_eq!(cited["T1-1"].tests, ["src/x/mod.rs: it_acts".to_owned()].into());
        let mut cited = BTreeMap::new();
        note("tests/it/x.rs", &source("Clause"), &mut cited);
        assert_eq!(cited["T2-1"].tests, ["tests/it/x.rs".to_owned()].into());
    }

    #[test]
    fn a_clause_is_cited_behind_a_sentence_too_but_not_in_code() {
        let line = |text: &str| clauses_in(&format!("//! {text}"));
        let (one, several) = (["Clau", "se:"].concat(), ["Clau", "ses:"].concat());
        assert_eq!(line(&format!("What waits, most urgent first. {one} S-2b.")), ["S-2b"]);
        assert_eq!(line(&format!("{several} T2-2c, S-4a、S-4c.")), ["T2-2c", "S-4a", "S-4c"]);
        assert!(line(&format!("It says `{one} T1-3a.`")).is_empty());
        assert!(clauses_in(&format!("// {one} T9.")).is_empty());
    }

    #[test]
    fn every_clause_of_the_notice_has_its_line() {
        let text = coverage(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let lines = text.lines().filter(|l| l.starts_with("| ")).count();
        assert_eq!(lines, Pack::built_in(NATIONAL).unwrap().clauses.len() + 2);
        assert!(text.contains("`src/campaigns/mod.rs`"), "add_pack answers for T1-1");
        assert!(!text.contains("no clause of the notice"), "{text}");
    }
}
