//! The files of `docs` that are written by the program from itself. A test writes what has changed, and fails once.

use crate::{
    lives::{Beginning, Life, Step, Word, beginnings, lives},
    sources::{self, text},
    tables,
};
use paicha::{
    kernel::{Config, Lang},
    people::Role,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Compares a generated file with what stands in the repository; when they differ, the new text is written and the test
/// fails, so that nothing is out of date unseen.
#[track_caller]
fn is_up_to_date(file: &str, wanted: &str) {
    let there = fs::read_to_string(file).unwrap_or_default();
    if there != wanted {
        fs::create_dir_all(Path::new(file).parent().unwrap()).unwrap();
        fs::write(file, wanted).unwrap();
        panic!("{file} was out of date; it has been written anew: commit it");
    }
}

#[test]
fn the_rights_are_written_down() {
    let mut out = String::from(
        "# 岗位权限 · Rights\n\nWritten by a test from `State::step` of every capability: from which state, by what, to \
         which state, by whom. The check before an act, the buttons on the pages and the diagrams below ask the same \
         function. What is not listed is refused.\n\n## 岗位 · Roles\n\n| role | 岗位 | |\n| --- | --- | --- |\n",
    );
    for role in Role::ALL {
        out.push_str(&format!("| `{role}` | {} | {} |\n", role.label(Lang::Zh), role.label(Lang::En)));
    }
    let lives = lives();
    for life in &lives {
        out.push_str(&rights_of(life));
    }
    out.push_str(
        "\n## 发起事项 · Who may begin\n\nWhat has no state before it. Each list is the constant that the act itself asks.\n\n\
         | 事项 act | 岗位 roles | in |\n| --- | --- | --- |\n",
    );
    for Beginning { file, zh, en, who } in beginnings() {
        let who: Vec<String> = who.iter().map(|r| format!("`{r}`")).collect();
        out.push_str(&format!("| {zh} {en} | {} | `{file}` |\n", who.join(", ")));
    }
    out.push_str("\n## 各岗位可以办理的事项 · What each role may do\n");
    for role in Role::ALL {
        out.push_str(&format!("\n### {} · {}\n\n", role.label(Lang::Zh), role.label(Lang::En)));
        let mut lines: Vec<String> = lives.iter().filter_map(|life| may_do(life, *role)).collect();
        lines.extend(may_begin(*role));
        let none = "- 不办理上述事项 · None of these acts.\n".to_owned();
        out.push_str(&if lines.is_empty() { none } else { lines.concat() });
    }
    is_up_to_date("docs/rights.md", &out);
}

fn rights_of(life: &Life) -> String {
    let mut out = format!("\n## {} · {}\n\n`{}`\n\n```mermaid\nstateDiagram-v2\n", life.zh, life.en, life.file);
    for state in &life.states {
        out.push_str(&format!("    {}: {} {}\n", state.code, state.zh, state.en));
    }
    out.push_str(&format!("    [*] --> {}\n", life.states[0].code));
    let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let place = |code| life.states.iter().position(|s| s.code == code).unwrap();
    for step in life.steps.iter().filter(|s| s.from != s.to) {
        arrows.entry((place(step.from.code), place(step.to.code))).or_default().push(both(&step.verb));
    }
    for ((from, to), verbs) in arrows {
        out.push_str(&format!("    {} --> {}: {}\n", life.states[from].code, life.states[to].code, verbs.join("；")));
    }
    for state in &life.ends {
        out.push_str(&format!("    {} --> [*]\n", state.code));
    }
    out.push_str("```\n\n| 状态 state | 办理 verb | 之后 then | 岗位 roles |\n| --- | --- | --- | --- |\n");
    for Step { from, verb, to, who } in &life.steps {
        let who: Vec<String> = who.iter().map(|r| format!("`{r}`")).collect();
        let cell = |word: &Word| format!("{} `{}`", both(word), word.code);
        let then = if from == to { "–".to_owned() } else { cell(to) };
        out.push_str(&format!("| {} | {} | {then} | {} |\n", cell(from), cell(verb), who.join(", ")));
    }
    out
}

fn both(word: &Word) -> String {
    format!("{} {}", word.zh, word.en)
}

fn may_do(life: &Life, role: Role) -> Option<String> {
    let verbs = life.verbs.iter().filter(|v| life.steps.iter().any(|s| s.verb == **v && s.who.contains(&role)));
    let verbs: Vec<String> = verbs.map(both).collect();
    (!verbs.is_empty()).then(|| format!("- **{} {}**: {}\n", life.zh, life.en, verbs.join("; ")))
}

fn may_begin(role: Role) -> Option<String> {
    let mine: Vec<String> =
        beginnings().iter().filter(|b| b.who.contains(&role)).map(|b| format!("{} {}", b.zh, b.en)).collect();
    (!mine.is_empty()).then(|| format!("- **发起 Begin**: {}\n", mine.join("; ")))
}

/// A right stands in a life cycle or in a constant that `docs/rights.md` lists, never in the midst of code.
#[test]
fn no_right_hides_in_code() {
    for file in sources::below("src", ".rs") {
        let all = text(&file);
        let code = all.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(
            !code.contains("must_be(&[Role::"),
            "{}: name the right, and list it in `beginnings()` of tests/it/lives.rs",
            file.display()
        );
    }
}

#[test]
fn the_api_is_written_down() {
    is_up_to_date("docs/openapi.json", &(paicha::openapi_json().unwrap() + "\n"));
}

#[test]
fn the_settings_are_written_down() {
    is_up_to_date("docs/configuration.md", &Config::reference());
}

#[test]
fn the_coverage_of_the_notice_is_written_down() {
    is_up_to_date("docs/coverage.md", &paicha::campaigns::coverage(Path::new(".")).unwrap());
}

#[test]
fn the_tables_are_written_down() {
    is_up_to_date("docs/schema.md", &tables::reference());
}

#[test]
fn the_refusals_are_written_down() {
    let mut all = paicha::refusals();
    all.sort_by_key(|r| (r.code.contains('.'), r.code));
    let mut out = String::from(
        "# 错误代码 · Error codes\n\nWritten by a test from every `refusals!` of the source. A program reads the code, \
         which never changes; people read the sentence, in their own language. `{…}` is filled in.\n",
    );
    let mut part = None;
    for refusal in &all {
        let of = refusal.code.split_once('.').map_or("", |(part, _)| part);
        if part != Some(of) {
            let title = if of.is_empty() { "general" } else { of };
            out.push_str(&format!("\n## {title}\n\n| code | 中文 | English |\n| --- | --- | --- |\n"));
            part = Some(of);
        }
        let cell = |text: &str| text.replace('|', "\\|");
        out.push_str(&format!("| `{}` | {} | {} |\n", refusal.code, cell(&refusal.zh), cell(&refusal.en)));
    }
    is_up_to_date("docs/errors.md", &out);
}

#[test]
fn every_code_is_used_once() {
    let mut seen = BTreeMap::new();
    for refusal in paicha::refusals() {
        if let Some(other) = seen.insert(refusal.code, refusal.clone()) {
            panic!("`{}` is the code of two sentences: “{}” and “{}”", refusal.code, other.en, refusal.en);
        }
    }
}

#[test]
fn both_languages_fill_in_the_same() {
    let holes = |text: &str| {
        let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        names.map(|n| n.trim_end_matches("_zh").trim_end_matches("_en").to_owned()).collect::<BTreeSet<_>>()
    };
    for refusal in paicha::refusals() {
        let [zh, en] = [&refusal.zh, &refusal.en].map(|t| holes(t));
        // a name may be given in each language on its own: `{name}` and `{en}`
        let same = zh == en || zh.len() == en.len() && en.contains("en");
        assert!(same, "`{}` fills in {zh:?} in Chinese and {en:?} in English", refusal.code);
    }
}

/// The codes written in the `refusals!` blocks of a file.
fn codes(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in source.split("\nrefusals! {").skip(1) {
        let block = block.split("\n}").next().unwrap_or_default();
        let line = |l: &str| l.trim().split('"').nth(1).map(str::to_owned).filter(|_| !l.trim().starts_with("//"));
        found.extend(block.lines().filter_map(line));
    }
    found
}

#[test]
fn every_refusal_of_the_source_is_gathered() {
    let known: BTreeSet<String> = paicha::refusals().iter().map(|r| r.code.to_owned()).collect();
    for file in sources::below("src", ".rs") {
        for code in codes(&text(&file)) {
            assert!(
                known.contains(&code),
                "`{code}` of {} is not among `paicha::refusals()`: add its list to `refusals()` of its capability, \
                 and that to src/lib.rs.",
                file.display()
            );
        }
    }
}
