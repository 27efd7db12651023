//! A pack in the making: the city prepares the action of the next year and has come half-way.

use crate::{
    campaigns::{
        self,
        editor::{self, Act},
    },
    kernel::{Error, PackDraftId, Result, db::Tx},
    people::By,
};
use std::collections::BTreeMap;

/// The questions that the city changes.
const CEMENT: &str = "checklists/cement-licence.csv";

/// Begins the pack and changes some of it; one row still lacks its translation.
pub fn prepare(tx: &mut Tx, by: &By) -> Result<()> {
    let id = PackDraftId::new(by.at);
    let new = editor::New {
        code: "sjz-next".to_owned(),
        from_code: campaigns::NATIONAL.to_owned(),
        from_version: 1,
        zh: Some("石家庄市重点工业产品质量安全隐患排查治理专项行动（下一年度，编制中）".to_owned()),
        en: Some("Shijiazhuang: hidden quality-and-safety hazards, next year (being made)".to_owned()),
    };
    editor::begin(tx, by, id, &new)?;
    change(tx, by, id, ("severities.csv", "general"), &[("days", "10")])?;
    change(tx, by, id, (CEMENT, "A5"), &[("asked_if", "A4=fails A4=not_checked")])?;
    let class = [
        ("code", "90"),
        ("zh", "儿童和学生用品"),
        ("en", "Children's and students' goods"),
        ("clause", "T1-1"),
        ("source", "D"),
        ("certainty", "design"),
    ];
    add(tx, by, id, "products.csv", &class)?;
    // still to be translated: the checker says so beside the row
    let seat = [("code", "9001"), ("parent", "90"), ("zh", "儿童安全座椅"), ("source", "D"), ("certainty", "design")];
    add(tx, by, id, "products.csv", &seat)
}

fn cells(cells: &[(&str, &str)]) -> BTreeMap<String, String> {
    cells.iter().map(|(column, text)| ((*column).to_owned(), (*text).to_owned())).collect()
}

fn add(tx: &mut Tx, by: &By, id: PackDraftId, file: &str, row: &[(&str, &str)]) -> Result<()> {
    let act = Act::AddRow { file: file.to_owned(), cells: cells(row), below: None };
    editor::act(tx, by, id, &act).map(|_| ())
}

fn change(tx: &mut Tx, by: &By, id: PackDraftId, (file, key): (&str, &str), to: &[(&str, &str)]) -> Result<()> {
    let sheet = editor::store::files(tx, id)?.sheet(file)?;
    let Some(row) = sheet.keyed(key) else { return Err(Error::NotFound) };
    let act = Act::ChangeRow { file: file.to_owned(), row: row.mark(), cells: cells(to) };
    editor::act(tx, by, id, &act).map(|_| ())
}
