//! A table of a draft as rows of texts, in the columns that its layout gives. What stands in a cell is judged by the
//! checker, not here: a draft may be wrong while it is being made.

use crate::{
    campaigns::{
        About,
        layout::{ABOUT, Layout},
    },
    kernel::{Error, Lang, Result, secret::sha256},
};

/// A table, row by row.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub layout: Layout,
    pub rows: Vec<Row>,
}

/// A row: its cells in the order of the layout's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it stands in its file, as findings name it.
    pub line: u64,
    pub cells: Vec<String>,
}

impl Sheet {
    /// The table in `text`, the content of the file `file`. Columns that the layout lacks are left behind.
    pub fn read(file: &str, text: &str) -> Result<Self> {
        let layout = Layout::of(file).ok_or(Error::NotFound)?;
        if file == ABOUT {
            let about: About = toml::from_str(text).map_err(Error::broken)?;
            return Ok(Self { layout, rows: vec![Row { line: 0, cells: about.cells() }] });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let head: Vec<String> = reader.headers().map_err(Error::broken)?.iter().map(str::to_owned).collect();
        let places: Vec<Option<usize>> = layout.columns.iter().map(|c| head.iter().position(|h| h == c.name)).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(Error::broken)?;
            let cell = |place: &Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row { line, cells: places.iter().map(cell).collect() });
        }
        Ok(Self { layout, rows })
    }

    /// As its file holds it. `before` is what the file held: `pack.toml` says more than its table shows.
    pub fn write(&self, before: &str) -> Result<String> {
        if self.layout.file == ABOUT {
            let about: About = toml::from_str(before).map_err(Error::broken)?;
            let after = about.with(|column| self.cell(&self.rows[0], column).to_owned())?;
            return toml::to_string(&after).map_err(Error::broken);
        }
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.layout.columns.iter().map(|c| c.name)).map_err(Error::broken)?;
        for row in &self.rows {
            out.write_record(&row.cells).map_err(Error::broken)?;
        }
        String::from_utf8(out.into_inner().map_err(Error::broken)?).map_err(Error::broken)
    }

    /// The cell of a row in this column; empty when there is no such column.
    pub fn cell<'r>(&self, row: &'r Row, column: &str) -> &'r str {
        let at = self.layout.columns.iter().position(|c| c.name == column);
        at.and_then(|at| row.cells.get(at)).map_or("", String::as_str)
    }

    /// What makes a row unique.
    pub fn key(&self, row: &Row) -> String {
        let parts: Vec<&str> = self.layout.key.iter().map(|column| self.cell(row, column)).collect();
        parts.join(" ").trim_end().to_owned()
    }

    /// What people call a row, in the reader's language; empty when it has no name.
    pub fn name<'r>(&self, row: &'r Row, lang: Lang) -> &'r str {
        let named = |zh, en| lang.say(self.cell(row, zh), self.cell(row, en));
        let name = named("zh", "en");
        if name.is_empty() { named("title_zh", "title_en") } else { name }
    }

    /// The place of the row with this mark.
    pub fn at(&self, mark: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.mark() == mark)
    }

    /// The row with this key.
    pub fn keyed(&self, key: &str) -> Option<&Row> {
        self.rows.iter().find(|row| self.key(row) == key)
    }
}

impl Row {
    /// By which a row is known as long as nobody changes it.
    pub fn mark(&self) -> String {
        let mut hash = sha256(self.cells.join("\u{1f}").as_bytes());
        hash.truncate(16);
        hash
    }
}

/// What somebody typed, as it may stand in a cell: one line.
pub fn clean(typed: &str) -> String {
    typed.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_by_its_columns_and_written_in_their_order() {
        let text = "\u{feff}zh,id,stray,en\n条,a,x,Clause\n款,b,,\"Two, \"\"three\"\"\"\n";
        let sheet = Sheet::read("clauses.csv", text).unwrap();
        assert_eq!(sheet.rows[1], Row { line: 3, cells: ["b", "款", "Two, \"three\""].map(str::to_owned).to_vec() });
        let written = sheet.write(text).unwrap();
        assert_eq!(written, "id,zh,en\na,条,Clause\nb,款,\"Two, \"\"three\"\"\"\n");
        assert_eq!(Sheet::read("clauses.csv", &written).unwrap().rows[0].mark(), sheet.rows[0].mark());
        assert_eq!((sheet.key(&sheet.rows[0]).as_str(), sheet.name(&sheet.rows[0], Lang::En)), ("a", "Clause"));
        assert!(Sheet::read("pictures/x.svg", "").is_err());
    }

    #[test]
    fn what_is_typed_stands_on_one_line() {
        assert_eq!(clean(" 一，\r\n 二（三）\u{7}  四 "), "一， 二（三）  四");
    }
}
