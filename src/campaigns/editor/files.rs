//! The files of a draft, and what an act does to them. Pure: no database, no HTTP, no clock.

use super::{
    model::Act,
    sheet::{Row, Sheet, clean},
};
use crate::{
    campaigns::{
        About, Folder,
        draft::PICTURES,
        layout::{ABOUT, LISTS, Layout, file_of, list_of},
    },
    kernel::{Error, NOT_A_CHOICE, Result},
};
use data_encoding::BASE64;
use std::collections::BTreeMap;

refusals! {
    ROW_CHANGED "packs.row_changed" "这一行刚被他人修改或者删除，未予覆盖；请核对现有内容后再保存。" "Somebody else has changed or removed this row; nothing was overwritten. Compare it with what stands there now and save again.";
    NO_COLUMN "packs.no_such_column" "表{file}没有“{column}”这一列。" "The table {file} has no column “{column}”.";
    ONE_ROW "packs.one_row" "该表只有一行，不能增删或者移动。" "This table has one row; none is added, removed or moved.";
    NOTHING_THERE "packs.nothing_there" "{file}在开始编制时不存在，没有可以恢复的内容。" "{file} did not exist in the beginning: there is nothing to put back.";
    LIST_THERE "packs.list_there" "已有代码为“{code}”的检查表。" "There is a checklist “{code}” already.";
    BAD_CODE "packs.bad_code" "代码由小写字母、数字和连字符组成，例如zlaq-2024。" "A code is made of small letters, digits and hyphens, such as zlaq-2024.";
}

row! {
    /// A file of a draft, and what it was in the beginning; none: it is, or was, not there. Pictures are in base 64.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Kept {
        pub file: String,
        pub content: Option<String>,
        pub first: Option<String>,
    }
}

/// The files of a draft by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Kept>);

impl Files {
    /// The files of a pack, as the beginning of a draft. Tables are brought into the form in which they are kept.
    pub fn begun(folder: &Folder) -> Result<Self> {
        let mut files = BTreeMap::new();
        for (file, bytes) in &folder.files {
            let content = match Layout::of(file) {
                Some(_) => {
                    let text = std::str::from_utf8(bytes).map_err(Error::broken)?;
                    Sheet::read(file, text)?.write(text)?
                }
                None if file.starts_with("pictures/") => BASE64.encode(bytes),
                None => continue,
            };
            let kept = Kept { file: file.clone(), content: Some(content.clone()), first: Some(content) };
            files.insert(file.clone(), kept);
        }
        Ok(Self(files))
    }

    /// As the folder of a pack: as it is now, or as it was in the `first` place.
    pub fn folder(&self, name: &str, first: bool) -> Folder {
        let bytes = |kept: &Kept| {
            let content = if first { kept.first.as_ref() } else { kept.content.as_ref() }?;
            let bytes = match Layout::of(&kept.file) {
                Some(_) => content.clone().into_bytes(),
                None => BASE64.decode(content.as_bytes()).ok()?,
            };
            Some((kept.file.clone(), bytes))
        };
        Folder { name: name.to_owned(), files: self.0.values().filter_map(bytes).collect() }
    }

    /// What a file holds now.
    pub fn content(&self, file: &str) -> Option<&str> {
        self.0.get(file)?.content.as_deref()
    }

    /// The table in a file. One that may be there and is not is empty; there are no questions without a checklist.
    pub fn sheet(&self, file: &str) -> Result<Sheet> {
        match (self.content(file), list_of(file)) {
            (Some(text), _) => Sheet::read(file, text),
            (None, Some(list)) if self.sheet(LISTS)?.keyed(list).is_none() => Err(Error::NotFound),
            (None, _) => Sheet::read(file, ""),
        }
    }

    /// The table in a file as it was in the beginning.
    pub fn sheet_at_first(&self, file: &str) -> Option<Sheet> {
        Sheet::read(file, self.0.get(file)?.first.as_deref()?).ok()
    }

    /// What the pack says of itself.
    pub fn about(&self) -> Result<About> {
        toml::from_str(self.content(ABOUT).unwrap_or_default()).map_err(Error::broken)
    }

    /// Keeps what a file holds now; none: it is taken away.
    pub fn put(&mut self, file: &str, content: Option<String>) {
        let kept = self.0.entry(file.to_owned());
        kept.or_insert_with(|| Kept { file: file.to_owned(), content: None, first: None }).content = content;
    }

    fn save(&mut self, file: &str, sheet: &Sheet) -> Result<()> {
        let text = sheet.write(self.content(file).unwrap_or_default())?;
        self.put(file, Some(text));
        Ok(())
    }

    /// Does to the tables what `act` says; answers what to note of it.
    pub fn act(&mut self, act: &Act) -> Result<String> {
        match act {
            Act::AddRow { file, cells, below } => self.add_row(file, cells, below.as_deref()),
            Act::ChangeRow { file, row, cells } => self.change_row(file, row, cells),
            Act::RemoveRow { file, row } => self.remove_row(file, row),
            Act::MoveRow { file, row, up } => self.move_row(file, row, *up),
            Act::PutBack { file, key } => self.put_back(file, key),
            Act::Restore { file } => self.restore(file),
            Act::Publish { .. } | Act::Drop {} | Act::Resume {} => Ok(String::new()),
        }
    }

    fn add_row(&mut self, file: &str, cells: &BTreeMap<String, String>, below: Option<&str>) -> Result<String> {
        let mut sheet = self.many(file)?;
        let mut row = Row { line: 0, cells: vec![String::new(); sheet.layout.columns.len()] };
        fill(&sheet, &mut row, file, cells)?;
        let at = match below {
            Some(mark) => sheet.at(mark).ok_or(Error::Conflict(ROW_CHANGED))? + 1,
            None => sheet.rows.len(),
        };
        let (key, list) = (sheet.key(&row), sheet.cell(&row, "code").to_owned());
        sheet.rows.insert(at, row);
        if file == LISTS {
            good_code("cells.code", &list)?;
            if self.content(&file_of(&list)).is_some() {
                return LIST_THERE.with("code", &list).at("cells.code");
            }
            let empty = Sheet::read(&file_of(&list), "")?;
            self.save(&file_of(&list), &empty)?;
        }
        self.save(file, &sheet)?;
        Ok(format!("{file} {key}"))
    }

    fn change_row(&mut self, file: &str, mark: &str, cells: &BTreeMap<String, String>) -> Result<String> {
        let mut sheet = self.sheet(file)?;
        let at = sheet.at(mark).ok_or(Error::Conflict(ROW_CHANGED))?;
        let before = sheet.rows[at].clone();
        let mut after = before.clone();
        fill(&sheet, &mut after, file, cells)?;
        let names = sheet.layout.columns.iter().map(|c| c.name).zip(before.cells.iter().zip(&after.cells));
        let changes: Vec<String> = names
            .filter(|(_, (old, new))| old != new)
            .map(|(column, (old, new))| format!("{column}: {} → {}", short(old), short(new)))
            .collect();
        if file == LISTS {
            self.rename_list(sheet.cell(&before, "code"), sheet.cell(&after, "code"))?;
        }
        let note = format!("{file} {} · {}", sheet.key(&before), changes.join("；"));
        sheet.rows[at] = after;
        self.save(file, &sheet)?;
        Ok(note)
    }

    /// The questions of a checklist go where its code goes.
    fn rename_list(&mut self, old: &str, new: &str) -> Result<()> {
        if old == new {
            return Ok(());
        }
        good_code("cells.code", new)?;
        if self.content(&file_of(new)).is_some() {
            return LIST_THERE.with("code", new).at("cells.code");
        }
        let questions = self.content(&file_of(old)).map(str::to_owned);
        self.put(&file_of(old), None);
        self.put(&file_of(new), questions);
        Ok(())
    }

    fn remove_row(&mut self, file: &str, mark: &str) -> Result<String> {
        let mut sheet = self.many(file)?;
        let at = sheet.at(mark).ok_or(Error::Conflict(ROW_CHANGED))?;
        let row = sheet.rows.remove(at);
        if file == LISTS {
            self.put(&file_of(sheet.cell(&row, "code")), None);
        }
        if file == PICTURES {
            self.put(&format!("pictures/{}", sheet.cell(&row, "file")), None);
        }
        self.save(file, &sheet)?;
        Ok(format!("{file} {}", sheet.key(&row)))
    }

    fn move_row(&mut self, file: &str, mark: &str, up: bool) -> Result<String> {
        let mut sheet = self.many(file)?;
        let at = sheet.at(mark).ok_or(Error::Conflict(ROW_CHANGED))?;
        let to = if up { at.saturating_sub(1) } else { (at + 1).min(sheet.rows.len() - 1) };
        sheet.rows.swap(at, to);
        self.save(file, &sheet)?;
        Ok(format!("{file} {} {}", sheet.key(&sheet.rows[to]), if up { "↑" } else { "↓" }))
    }

    fn put_back(&mut self, file: &str, key: &str) -> Result<String> {
        let first =
            self.sheet_at_first(file).ok_or_else(|| Error::invalid("file", NOTHING_THERE.with("file", file)))?;
        let mut sheet = self.sheet(file)?;
        let here = sheet.rows.iter().position(|row| sheet.key(row) == key);
        let was = first.rows.iter().position(|row| first.key(row) == key);
        match (here, was) {
            (Some(here), Some(was)) => sheet.rows[here] = first.rows[was].clone(),
            (None, Some(was)) => {
                // behind the row that stood before it, if that is still there
                let before = first.rows[..was].iter().rev().find_map(|row| {
                    let key = first.key(row);
                    sheet.rows.iter().position(|row| sheet.key(row) == key)
                });
                sheet.rows.insert(before.map_or(0, |at| at + 1), first.rows[was].clone());
            }
            (Some(here), None) => {
                let mark = sheet.rows[here].mark();
                return self.remove_row(file, &mark);
            }
            (None, None) => return NOT_A_CHOICE.with("value", key).at("key"),
        }
        self.save(file, &sheet)?;
        match file {
            LISTS => self.with_row(&file_of(key)),
            PICTURES => self.with_row(&format!("pictures/{key}")),
            _ => {}
        }
        Ok(format!("{file} {key}"))
    }

    /// What belongs to a row that was put back comes back with it.
    fn with_row(&mut self, file: &str) {
        if let Some(kept) = self.0.get_mut(file).filter(|kept| kept.content.is_none()) {
            kept.content.clone_from(&kept.first);
        }
    }

    fn restore(&mut self, file: &str) -> Result<String> {
        let first = self.0.get(file).and_then(|kept| kept.first.clone());
        let Some(first) = first else { return NOTHING_THERE.with("file", file).at("file") };
        self.put(file, Some(first));
        if file == LISTS {
            let lists: Vec<String> = self.0.keys().filter(|f| list_of(f).is_some()).cloned().collect();
            let heads = self.sheet(LISTS)?;
            for file in lists {
                match heads.keyed(list_of(&file).unwrap_or_default()) {
                    Some(_) => self.with_row(&file),
                    None => self.put(&file, None),
                }
            }
        }
        Ok(file.to_owned())
    }

    /// Raises the version of every checklist whose questions have changed: answers name the version that asked them.
    pub fn raise_lists(&mut self) -> Result<()> {
        let (mut heads, first) = (self.sheet(LISTS)?, self.sheet_at_first(LISTS));
        let column = heads.layout.columns.iter().position(|c| c.name == "version").unwrap_or_default();
        for at in 0..heads.rows.len() {
            let code = heads.cell(&heads.rows[at], "code").to_owned();
            let kept = self.0.get(&file_of(&code));
            let changed = kept.is_some_and(|kept| kept.first.is_some() && kept.first != kept.content);
            let before = first.as_ref().and_then(|f| Some(f.cell(f.keyed(&code)?, "version").to_owned()));
            let version = heads.rows[at].cells[column].clone();
            if let (true, Some(before), Ok(number)) = (changed, before, version.parse::<i64>())
                && before == version
            {
                heads.rows[at].cells[column] = (number + 1).to_string();
            }
        }
        self.save(LISTS, &heads)
    }

    /// Whether anything differs from the beginning.
    pub fn is_changed(&self) -> bool {
        self.0.values().any(|kept| kept.content != kept.first)
    }

    /// A table of many rows, of which some may come and go.
    fn many(&self, file: &str) -> Result<Sheet> {
        if file == ABOUT { ONE_ROW.at("file") } else { self.sheet(file) }
    }
}

fn fill(sheet: &Sheet, row: &mut Row, file: &str, cells: &BTreeMap<String, String>) -> Result<()> {
    for (column, typed) in cells {
        let at = sheet.layout.columns.iter().position(|c| c.name == column);
        let Some(at) = at else {
            return NO_COLUMN.with("file", file).with("column", column).at(&format!("cells.{column}"));
        };
        row.cells[at] = clean(typed);
    }
    Ok(())
}

/// Refuses what can be no code of a pack or a checklist: it is the name of a file.
pub fn good_code(field: &str, code: &str) -> Result<()> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !code.is_empty() && code.len() <= 60 && code.chars().all(good) { Ok(()) } else { BAD_CODE.at(field) }
}

/// A cell in a note: enough to know what was changed.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("“{short}”")
}
