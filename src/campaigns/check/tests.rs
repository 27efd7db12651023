//! Packs that are right, packs that are wrong, and packs that are nonsense.

use super::*;
use crate::campaigns::NATIONAL;
use proptest::prelude::*;
use std::sync::LazyLock;

static FOLDER: LazyLock<Folder> = LazyLock::new(|| Folder::built_in(NATIONAL).unwrap());

fn found(folder: &Folder) -> Vec<(String, u64, String, &'static str, Grade)> {
    let findings = examine(folder, &|code| Folder::built_in(code)).1;
    findings.into_iter().map(|f| (f.file, f.line, f.field, f.reason.code, f.grade)).collect()
}

/// The national pack with `old` in `file` turned into `new`, once.
fn with(file: &str, old: &str, new: &str) -> Folder {
    let mut folder = FOLDER.clone();
    let bytes = folder.files.get_mut(file).unwrap();
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.contains(old), "{file} lacks {old}");
    *bytes = text.replacen(old, new, 1).into_bytes();
    folder
}

fn errors(folder: &Folder) -> Vec<(String, u64, String, &'static str)> {
    let errors = found(folder).into_iter().filter(|f| f.4 == Grade::Error);
    errors.map(|(file, line, field, code, _)| (file, line, field, code)).collect()
}

fn one(file: &str, line: u64, field: &str, code: &'static str) -> Vec<(String, u64, String, &'static str)> {
    vec![(file.into(), line, field.into(), code)]
}

#[test]
fn the_packs_that_come_with_the_program_are_right() {
    for code in Folder::all_built_in() {
        let folder = Folder::built_in(&code).unwrap();
        let findings = examine(&folder, &|code| Folder::built_in(code)).1;
        let said: Vec<_> = findings.iter().map(|f| f.say(Lang::En)).collect();
        assert!(said.is_empty(), "{code}:\n{}", said.join("\n"));
    }
}

/// Clause: T1-1.
#[test]
fn a_city_lays_its_own_over_the_national_pack() {
    let (nation, city) = (Pack::built_in(NATIONAL).unwrap(), Pack::built_in("shijiazhuang-2023").unwrap());
    assert_eq!(city.categories().count(), nation.categories().count() + 1);
    assert!(city.product("9001").is_some() && city.product("0301").is_some());
    assert!(city.milestone("investigation_done").unwrap().due < nation.milestone("investigation_done").unwrap().due);
    assert_eq!(city.problems, nation.problems);
    assert_ne!(city.digest().unwrap(), nation.digest().unwrap());
}

#[test]
fn a_pack_comes_back_from_the_database_as_it_went() {
    let pack = Pack::built_in(NATIONAL).unwrap();
    let again = Pack::from_json(&pack.to_json().unwrap()).unwrap();
    assert_eq!(again, pack);
    assert_eq!(again.digest().unwrap(), pack.digest().unwrap());
    assert!(Pack::from_json("{}").is_err());
}

#[test]
fn mistakes_are_named() {
    let cases = [
        (
            with("products.csv", "0301,03,", "0301,33,"),
            one("products.csv", line_of("products.csv", "0301"), "parent", "packs.unknown"),
        ),
        (with("regimes.csv", ",sourced", ",certain"), one("regimes.csv", 2, "certainty", "packs.not_a_word")),
        (with("severities.csv", "3,calendar", "-3,calendar"), one("severities.csv", 2, "days", "packs.range")),
        (with("milestones.csv", "2023-08-31", "2023-08-32"), one("milestones.csv", 2, "due", "packs.not_a_date")),
        (with("clocks.csv", "PQL art.15", "PQX art.15"), one("clocks.csv", 2, "source", "packs.unknown")),
        (with("clocks.csv", ",,,PQL art.15,", ",,,,"), one("clocks.csv", 2, "source", "packs.blank")),
        (
            with("checklists/rural-store.csv", "S06 S07", "S06 P07"),
            one("checklists/rural-store.csv", 3, "problems", "packs.other_side"),
        ),
        (
            with("product_regimes.csv", "1001,ccc,2025-11-01", "1001,mandatory_standard,2025-10-01"),
            one("product_regimes.csv", line_of("product_regimes.csv", "1001,ccc,"), "from", "packs.overlap"),
        ),
        (
            with("standards.csv", "GB 175,2023,", "GB 175,2024,"),
            one("standards.csv", line_of("standards.csv", "GB 175,2007"), "superseded_by", "packs.unknown"),
        ),
    ];
    for (folder, expected) in cases {
        assert_eq!(errors(&folder), expected);
    }
}

fn line_of(file: &str, begin: &str) -> u64 {
    let text = String::from_utf8(FOLDER.files[file].clone()).unwrap();
    1 + text.lines().position(|l| l.starts_with(begin)).unwrap() as u64
}

#[test]
fn an_empty_checklist_and_a_stray_one_are_found() {
    let mut folder = FOLDER.clone();
    let items = folder.files.remove("checklists/03-cement.csv").unwrap();
    folder.files.insert("checklists/03-cemnt.csv".into(), items);
    let codes: Vec<_> = errors(&folder).into_iter().map(|e| e.3).collect();
    assert_eq!(codes, ["packs.empty_checklist", "packs.no_checklist"]);
}

#[test]
fn nothing_at_all_is_an_answer_too() {
    let findings = check(Path::new("no/such/folder"));
    assert_eq!(findings[0].reason.code, "packs.no_folder");
    assert!(errors(&Folder::default()).iter().any(|e| e.0 == "pack.toml" && e.3 == "packs.no_file"));
}

#[test]
fn a_place_may_not_change_a_clock_of_law() {
    let mut folder = Folder::built_in("shijiazhuang-2023").unwrap();
    let head = "code,zh,en,amount,unit,rollover,from,to,source,certainty\n";
    let clocks = "objection,异议,Objection,10,calendar_days,1,,,PQL art.15,sourced\norder_to_correct,责令改正默认期限,Default time,10,calendar_days,1,,,D,design\n";
    folder.files.insert("clocks.csv".into(), format!("{head}{clocks}").into_bytes());
    assert_eq!(errors(&folder), one("clocks.csv", 2, "amount", "packs.law_clock"));
}

#[test]
fn a_changed_checklist_needs_a_higher_version() {
    let mut folder = Folder::built_in("shijiazhuang-2023").unwrap();
    let items = String::from_utf8(FOLDER.files["checklists/03-cement.csv"].clone()).unwrap();
    let two: Vec<_> = items.lines().take(2).collect();
    folder.files.insert("checklists/03-cement.csv".into(), two.join("\n").into_bytes());
    assert_eq!(errors(&folder), one("checklists/03-cement.csv", 0, "", "packs.old_list"));
}

#[test]
fn packs_that_extend_each_other_end() {
    let circle = |code: &str, other: &str| {
        let toml = String::from_utf8(FOLDER.files["pack.toml"].clone()).unwrap();
        let toml = toml.replace("extends = \"\"", &format!("extends = \"{other}\"")).replace(NATIONAL, code);
        Folder { name: code.into(), files: [("pack.toml".to_owned(), toml.into_bytes())].into() }
    };
    let base = |code: &str| Some(circle(code, if code == "a" { "b" } else { "a" }));
    let (pack, findings) = examine(&circle("a", "b"), &base);
    assert!(pack.is_none() && findings.iter().any(|f| f.reason.code == "packs.circle"));
}

/// Where a table names a code of another: file, column.
const REFERENCES: &[(&str, &str)] = &[
    ("products.csv", "parent"),
    ("products.csv", "clause"),
    ("products.csv", "source"),
    ("product_regimes.csv", "product"),
    ("product_regimes.csv", "regime"),
    ("product_standards.csv", "product"),
    ("product_standards.csv", "standard"),
    ("problems.csv", "clause"),
    ("problems.csv", "severity"),
    ("problems.csv", "basis"),
    ("milestones.csv", "level"),
    ("checklists.csv", "code"),
    ("checklists.csv", "regime"),
    ("checklists.csv", "products"),
    ("checklists/cement-licence.csv", "problems"),
    ("checklists/06-fire-products.csv", "products"),
    ("clocks.csv", "unit"),
];

/// The national pack with one filled cell of `column` overwritten; `pick` chooses the line.
fn overwrite(file: &str, column: &str, pick: usize) -> (Folder, u64) {
    let mut folder = FOLDER.clone();
    let bytes = folder.files.get_mut(file).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let head = reader.headers().unwrap().clone();
    let at = head.iter().position(|h| h == column).unwrap();
    let mut rows: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    let filled: Vec<usize> = (0..rows.len()).filter(|i| !rows[*i][at].is_empty()).collect();
    let row = filled[pick % filled.len()];
    rows[row][at] = "nowhere".into();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&head).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    *bytes = writer.into_inner().unwrap();
    (folder, row as u64 + 2)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_reference_is_always_found(which in 0..REFERENCES.len(), pick in 0..500usize) {
        let (file, column) = REFERENCES[which];
        let (folder, line) = overwrite(file, column, pick);
        let errors = errors(&folder);
        prop_assert!(errors.iter().any(|e| e.0 == file && e.1 == line), "{file} {column} {line}: {errors:?}");
    }

    #[test]
    fn no_edit_makes_it_panic(file in 0..100usize, at in 0..40_000usize, cut in 0..60usize, put in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut folder = FOLDER.clone();
        let name = folder.files.keys().nth(file % folder.files.len()).unwrap().clone();
        let bytes = folder.files.get_mut(&name).unwrap();
        let from = at % bytes.len();
        let to = (from + cut).min(bytes.len());
        bytes.splice(from..to, put);
        let (pack, findings) = examine(&folder, &|code| Folder::built_in(code));
        prop_assert_eq!(pack.is_none(), findings.iter().any(|f| f.grade == Grade::Error));
        for finding in findings {
            prop_assert!(!finding.say(Lang::Zh).is_empty() && !finding.say(Lang::En).is_empty());
        }
    }
}

#[test]
fn a_picture_lies_in_the_pack_beside_a_question_that_exists() {
    let pack = Pack::built_in(NATIONAL).unwrap();
    let bag = pack.pictures_of("A13").next().expect("the marking of a bag is shown");
    assert!(bag.data.starts_with("data:image/svg+xml;base64,") && pack.pictures_of("A2").next().is_none());
    let lost = with("pictures.csv", "cement-bag.svg", "another.svg");
    let at = ("pictures.csv".to_owned(), 2, "file".to_owned(), "packs.no_picture");
    assert_eq!(errors(&lost), vec![at]);
    let stray = found(&lost).into_iter().find(|f| f.4 == Grade::Warning).unwrap();
    assert_eq!((stray.0.as_str(), stray.3), ("pictures/cement-bag.svg", "packs.stray_file"));
    let lively = with("pictures/cement-bag.svg", "<path", "<script>1</script><path");
    assert_eq!(errors(&lively), one("pictures.csv", 2, "file", "packs.not_a_picture"));
    assert_eq!(errors(&with("pictures.csv", "A1 A13", "A1 Q99")), one("pictures.csv", 2, "items", "packs.unknown"));
}
