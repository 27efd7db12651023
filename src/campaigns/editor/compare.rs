//! What differs between two packs, table by table and row by row.

use super::{
    files::Files,
    sheet::{Row, Sheet},
};
use crate::{
    campaigns::{
        Folder,
        draft::{LAYOUTS, PICTURES},
        layout::{ABOUT, Layout, file_of, list_of},
    },
    kernel::{Error, Lang, Result},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What differs between two packs. Tables that are the same are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackComparison)]
pub struct Comparison {
    pub tables: Vec<TableChange>,
    /// Pictures of which the content differs, or that one of the two lacks.
    pub pictures: Vec<String>,
}

/// What differs between two versions of a table. Rows are known by their key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackTableChange)]
pub struct TableChange {
    /// The table, such as `products.csv`.
    pub file: String,
    pub added: Vec<RowSaid>,
    pub removed: Vec<RowSaid>,
    pub changed: Vec<RowChange>,
    /// Whether rows that both have come in another order.
    pub reordered: bool,
}

/// A row by its key, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackRow)]
pub struct RowSaid {
    pub key: String,
    pub zh: String,
    pub en: String,
}

/// A row that both have, with the cells that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackRowChange)]
pub struct RowChange {
    #[serde(flatten)]
    pub row: RowSaid,
    pub cells: Vec<CellChange>,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PackCellChange)]
pub struct CellChange {
    pub column: &'static str,
    pub before: String,
    pub after: String,
}

impl RowSaid {
    /// What people call it, in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    fn of(sheet: &Sheet, row: &Row) -> Self {
        let name = |lang| sheet.name(row, lang).to_owned();
        Self { key: sheet.key(row), zh: name(Lang::Zh), en: name(Lang::En) }
    }
}

impl Comparison {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.pictures.is_empty()
    }

    /// What differs in one table.
    pub fn table(&self, file: &str) -> Option<&TableChange> {
        self.tables.iter().find(|t| t.file == file)
    }
}

/// What differs between `before` and `after`.
pub fn compare(before: &Folder, after: &Folder) -> Result<Comparison> {
    let mut tables = Vec::new();
    for file in tables_of(before, after) {
        let change = of_table(&sheet(before, &file)?, &sheet(after, &file)?, &file);
        tables.extend(Some(change).filter(|c| !c.is_empty()));
    }
    let names: BTreeSet<&String> = before.files.keys().chain(after.files.keys()).collect();
    let differs = |file: &&&String| Layout::of(file).is_none() && before.files.get(**file) != after.files.get(**file);
    let pictures = names.iter().filter(differs).filter_map(|file| file.strip_prefix("pictures/"));
    Ok(Comparison { tables, pictures: pictures.map(str::to_owned).collect() })
}

/// The tables that either has, in the order in which people look at them.
fn tables_of(before: &Folder, after: &Folder) -> Vec<String> {
    in_order(before.files.keys().chain(after.files.keys()))
}

/// The tables of a draft, in that order.
pub fn tables(files: &Files) -> Vec<String> {
    in_order(files.0.values().filter(|kept| kept.content.is_some()).map(|kept| &kept.file))
}

fn in_order<'a>(files: impl Iterator<Item = &'a String>) -> Vec<String> {
    let lists: BTreeSet<&str> = files.filter_map(|file| list_of(file)).collect();
    let plain = std::iter::once(ABOUT).chain(LAYOUTS.iter().map(|l| l.file)).map(str::to_owned);
    plain.chain(lists.into_iter().map(file_of)).chain(Some(PICTURES.to_owned())).collect()
}

/// The table in a file of a folder; an empty one when the folder has no such file.
fn sheet(folder: &Folder, file: &str) -> Result<Sheet> {
    match folder.files.get(file) {
        Some(bytes) => Sheet::read(file, std::str::from_utf8(bytes).map_err(Error::broken)?),
        None if file == ABOUT => Ok(Sheet { layout: Layout::of(ABOUT).ok_or(Error::NotFound)?, rows: Vec::new() }),
        None => Sheet::read(file, ""),
    }
}

/// What differs between two versions of the table `file`.
pub fn of_table(before: &Sheet, after: &Sheet, file: &str) -> TableChange {
    let keyed = |sheet: &Sheet| -> BTreeMap<String, Row> {
        sheet.rows.iter().map(|row| (sheet.key(row), row.clone())).collect()
    };
    let (old, new) = (keyed(before), keyed(after));
    let lacking = |sheet: &Sheet, other: &BTreeMap<String, Row>| -> Vec<RowSaid> {
        sheet.rows.iter().filter(|r| !other.contains_key(&sheet.key(r))).map(|r| RowSaid::of(sheet, r)).collect()
    };
    let change = |row: &Row| {
        let cells = cells(before, old.get(&after.key(row))?, after, row);
        (!cells.is_empty()).then(|| RowChange { row: RowSaid::of(after, row), cells })
    };
    let common = |sheet: &Sheet, other: &BTreeMap<String, Row>| -> Vec<String> {
        sheet.rows.iter().map(|r| sheet.key(r)).filter(|key| other.contains_key(key)).collect()
    };
    TableChange {
        file: file.to_owned(),
        added: lacking(after, &old),
        removed: lacking(before, &new),
        changed: after.rows.iter().filter_map(change).collect(),
        reordered: common(before, &new) != common(after, &old),
    }
}

fn cells(before: &Sheet, old: &Row, after: &Sheet, new: &Row) -> Vec<CellChange> {
    let differs = |column: &'static str| {
        let (before, after) = (before.cell(old, column), after.cell(new, column));
        (before != after).then(|| CellChange { column, before: before.to_owned(), after: after.to_owned() })
    };
    after.layout.columns.iter().filter_map(|c| differs(c.name)).collect()
}

impl TableChange {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty() && !self.reordered
    }

    /// How much differs, for a line of text: `+3 −1 ~2`.
    pub fn sum(&self) -> String {
        let parts = [("+", self.added.len()), ("−", self.removed.len()), ("~", self.changed.len())];
        let said: Vec<String> = parts.iter().filter(|(_, n)| *n > 0).map(|(sign, n)| format!("{sign}{n}")).collect();
        if said.is_empty() { "⇅".to_owned() } else { said.join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::NATIONAL;

    #[test]
    fn a_pack_differs_in_nothing_from_itself_and_in_what_was_changed_from_another() {
        let one = Folder::built_in(NATIONAL).unwrap();
        assert!(compare(&one, &one).unwrap().is_empty());
        let mut two = one.clone();
        let clauses = String::from_utf8(one.files["clauses.csv"].clone()).unwrap();
        let mut lines: Vec<&str> = clauses.lines().collect();
        let (gone, swapped) = (lines.remove(1), lines.len() - 1);
        lines.swap(swapped, swapped - 1);
        let changed = format!("{}\nZ-9,新条款,New clause\n", lines.join("\n").replace("聚焦重点产品", "突出重点产品"));
        two.files.insert("clauses.csv".into(), changed.into_bytes());
        two.files.insert("pictures/cement-bag.svg".into(), Vec::new());
        let found = compare(&one, &two).unwrap();
        let [clauses] = &found.tables[..] else { panic!("{found:?}") };
        assert_eq!((clauses.added[0].key.as_str(), clauses.added[0].label(Lang::En)), ("Z-9", "New clause"));
        assert!(gone.starts_with(&clauses.removed[0].key) && clauses.reordered);
        assert_eq!((clauses.changed[0].row.key.as_str(), clauses.changed[0].cells[0].column), ("G-1", "zh"));
        assert_eq!((found.pictures, clauses.sum().as_str()), (vec!["cement-bag.svg".to_owned()], "+1 −1 ~1"));
    }
}
