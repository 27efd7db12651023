//! The house rules that a compiler does not keep.

use crate::sources::{below as sources, text};
use std::path::Path;

fn module(file: &Path) -> String {
    let first = file.strip_prefix("src").unwrap().iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn arrows_point_up() {
    let lib = text(Path::new("src/lib.rs"));
    let order: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    for file in sources(Path::new("src"), ".rs") {
        let Some(rank) = order.iter().position(|m| *m == module(&file)) else { continue };
        let text = text(&file);
        for below in &order[rank + 1..] {
            let uses = text.contains(&format!("crate::{below}::")) || in_braces(&text, below);
            assert!(
                !uses,
                "{} uses `{below}`, which stands below it in src/lib.rs. Move what both need upwards, or let `follow` do it.",
                file.display()
            );
        }
    }
}

/// Whether `use crate::{…}` names the module at its first level.
fn in_braces(text: &str, module: &str) -> bool {
    let Some(start) = text.find("use crate::{") else { return false };
    let (mut depth, mut word) = (0, String::new());
    for c in text[start + "use crate::".len()..].chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 1 && (c.is_alphanumeric() || c == '_') {
            word.push(c);
        } else {
            if depth >= 1 && word == module {
                return true;
            }
            word.clear();
        }
        if depth == 0 {
            return false;
        }
    }
    false
}

#[test]
fn files_are_small() {
    for file in sources(Path::new("src"), ".rs").into_iter().chain(sources(Path::new("tests"), ".rs")) {
        let lines = text(&file).lines().count();
        assert!(lines <= 400, "{} has {lines} lines: split it by what it is about (400 at most)", file.display());
    }
}

#[test]
fn sql_of_a_table_stands_in_its_owner_only() {
    for file in sources(Path::new("src"), ".rs") {
        let name = file.file_name().unwrap().to_str().unwrap();
        let writes =
            ["insert into ", "update ", "delete from "].iter().any(|w| text(&file).contains(&format!("\"{w}")));
        let test = file.components().any(|c| c.as_os_str() == "journeys" || c.as_os_str() == "tests");
        let owner = name == "store.rs" || file.starts_with("src/kernel/db") || test;
        assert!(!writes || owner, "{} writes to a table: statements belong into a `store.rs`", file.display());
    }
}

#[test]
fn the_web_stays_at_the_door() {
    for file in sources(Path::new("src"), ".rs") {
        let name = file.file_name().unwrap().to_str().unwrap();
        let door = name == "model.rs" || name == "store.rs" || name == "life.rs" || name == "rules.rs";
        assert!(!door || !text(&file).contains("axum::"), "{} knows HTTP: that belongs into `web.rs`", file.display());
    }
}

#[test]
fn every_capability_says_its_chinese_name_first() {
    let lib = text(Path::new("src/lib.rs"));
    for module in lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|m| *m != "kernel" && *m != "cli")
    {
        let file = [format!("src/{module}/mod.rs"), format!("src/{module}.rs")]
            .into_iter()
            .find(|f| Path::new(f).exists())
            .unwrap();
        let first = text(Path::new(&file)).lines().next().unwrap_or_default().to_owned();
        assert!(
            first.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
            "{file}: the first line names the capability in Chinese"
        );
    }
}

#[test]
fn both_languages_stand_in_every_template() {
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for file in sources(Path::new("src"), ".html") {
        let mut plain = text(&file);
        // comments of the template, and what is said in both languages
        while let Some((start, end)) = plain.find("{#").and_then(|s| Some((s, plain[s..].find("#}")? + s + 2))) {
            plain.replace_range(start..end, "");
        }
        for (number, line) in plain.lines().enumerate() {
            let said = line.matches("say(").count();
            let outside = line.split("say(").next().unwrap_or_default();
            assert!(
                !outside.chars().any(chinese),
                "{}:{}: Chinese outside `p.say(\"中文\", \"English\")`",
                file.display(),
                number + 1
            );
            for pair in line.split("say(").skip(1).take(said).filter(|pair| pair.starts_with('"')) {
                let english = pair.split("\", \"").nth(1).and_then(|e| e.split('"').next()).unwrap_or_default();
                let name = file.ends_with("layout.html") || english.contains("English");
                assert!(
                    !english.is_empty() && (name || !english.chars().any(chinese)),
                    "{}:{}: no English",
                    file.display(),
                    number + 1
                );
            }
        }
    }
}
