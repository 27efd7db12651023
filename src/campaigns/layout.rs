//! How the tables of a pack are laid out, and how a pack becomes its tables again: what is stored as one can be changed as
//! the other.

use super::{
    cell::{Column, Shape, Table},
    draft::{About, LAYOUTS, PICTURES, Words, written},
    folder::Folder,
    pack::Pack,
    rows::{Item, PictureRow},
};
use crate::{
    kernel::{Error, Result},
    reference::Certainty,
};
use data_encoding::BASE64;
use std::collections::BTreeMap;

/// The file in which a pack speaks of itself.
pub const ABOUT: &str = "pack.toml";
/// The table of the heads of checklists.
pub const LISTS: &str = "checklists.csv";

/// The columns of a table, and those that make a row unique.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub file: &'static str,
    pub columns: &'static [Column],
    pub key: &'static [&'static str],
}

/// `pack.toml` as a table of one row. Code, version and what it extends are not the author's to change.
const OF_ITSELF: &[Column] = &[
    column("zh", Shape::Text, true),
    column("en", Shape::Text, true),
    column("issued", Shape::Date, true),
    column("starts", Shape::Date, true),
    column("ends", Shape::Date, true),
    column("about_zh", Shape::Text, true),
    column("about_en", Shape::Text, true),
    column("check_by", Shape::Date, false),
    column("source", Shape::Text, true),
    column("certainty", <Certainty as super::cell::Cell>::SHAPE, true),
];

const fn column(name: &'static str, shape: Shape, required: bool) -> Column {
    Column { name, shape, required }
}

impl Layout {
    /// The layout of the table whose rows are `T`.
    pub const fn of_rows<T: Table>(file: &'static str) -> Self {
        Self { file, columns: T::COLUMNS, key: T::KEY }
    }

    /// The layout of a file of a pack; none for a picture and for what is no part of a pack.
    pub fn of(file: &str) -> Option<Self> {
        if list_of(file).is_some() {
            return Some(Self::of_rows::<Item>("checklists/"));
        }
        match file {
            ABOUT => Some(Self { file: ABOUT, columns: OF_ITSELF, key: &[] }),
            PICTURES => Some(Self::of_rows::<PictureRow>(PICTURES)),
            _ => LAYOUTS.iter().find(|layout| layout.file == file).copied(),
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// The checklist whose questions a file holds.
pub fn list_of(file: &str) -> Option<&str> {
    file.strip_prefix("checklists/")?.strip_suffix(".csv").filter(|code| !code.is_empty())
}

/// The file with the questions of a checklist.
pub fn file_of(list: &str) -> String {
    format!("checklists/{list}.csv")
}

/// A table as its file holds it.
pub fn text<'a, T: Table + 'a>(rows: impl Iterator<Item = &'a T>) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(T::COLUMNS.iter().map(|c| c.name)).map_err(Error::broken)?;
    for row in rows {
        out.write_record(row.cells()).map_err(Error::broken)?;
    }
    out.into_inner().map_err(Error::broken)
}

impl Folder {
    /// The tables of a finished pack. They hold all of it: what it extended is laid in.
    pub fn of(pack: &Pack) -> Result<Self> {
        let about = About { extends: String::new(), ..pack.about.clone() };
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        files.insert(ABOUT.to_owned(), toml::to_string(&about).map_err(Error::broken)?.into_bytes());
        files.extend(written(pack)?.into_iter().map(|(file, text)| (file.to_owned(), text)));
        for list in &pack.checklists {
            files.insert(file_of(&list.head.code), text(list.items.iter())?);
        }
        if !pack.pictures.is_empty() {
            files.insert(PICTURES.to_owned(), text(pack.pictures.iter().map(|p| &p.row))?);
        }
        for picture in &pack.pictures {
            let data = picture.data.split_once(',').map_or("", |(_, data)| data);
            files.insert(
                format!("pictures/{}", picture.row.file),
                BASE64.decode(data.as_bytes()).map_err(Error::broken)?,
            );
        }
        Ok(Self { name: about.code, files })
    }

    /// What the pack says of itself, if it can be read.
    pub fn about(&self) -> Option<About> {
        toml::from_str(std::str::from_utf8(self.files.get(ABOUT)?).ok()?).ok()
    }
}

impl About {
    /// As the one row of its table.
    pub fn cells(&self) -> Vec<String> {
        let check_by = self.check_by.map(|d| d.to_string()).unwrap_or_default();
        let (starts, ends) = (self.starts.to_string(), self.ends.to_string());
        let texts = [&self.zh, &self.en, &self.issued.to_string(), &starts, &ends, &self.about.zh, &self.about.en];
        let last = [&check_by, &self.source, self.certainty.code()];
        texts.into_iter().map(String::as_str).chain(last.map(|t| t as &str)).map(str::to_owned).collect()
    }

    /// With the cells of that row; refuses what a cell cannot hold.
    pub fn with(&self, cell: impl Fn(&str) -> String) -> Result<Self> {
        fn read<T: super::cell::Cell>(column: &str, text: &str) -> Result<T> {
            T::read(text).or_else(|why| why.at(&format!("cells.{column}")))
        }
        macro_rules! take {
            ($column:literal) => {
                read($column, &cell($column))?
            };
        }
        Ok(Self {
            zh: take!("zh"),
            en: take!("en"),
            issued: take!("issued"),
            starts: take!("starts"),
            ends: take!("ends"),
            source: take!("source"),
            certainty: take!("certainty"),
            check_by: take!("check_by"),
            about: Words { zh: take!("about_zh"), en: take!("about_en") },
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::{check::examine, folder};

    /// The tables that a pack is written as are the pack.
    #[test]
    fn a_pack_becomes_its_tables_and_again_the_pack() {
        for code in Folder::all_built_in() {
            let pack = Pack::built_in(&code).unwrap();
            let (again, findings) = examine(&Folder::of(&pack).unwrap(), &|_| None);
            let about = About { extends: String::new(), ..pack.about.clone() };
            let errors: Vec<_> = findings.iter().filter(|f| f.grade == crate::campaigns::Grade::Error).collect();
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(again, Some(Pack { about, ..pack }), "{code}");
        }
        let plain = folder::Folder::built_in(crate::campaigns::NATIONAL).unwrap();
        assert_eq!(plain.about().unwrap().version, 1);
    }
}
