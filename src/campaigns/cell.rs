//! Tables of a pack: how a cell is read, and how a struct is read from a line by the names of its fields.

use super::finding::{
    At, BACKWARDS, BLANK, CELLS, CONTROL, Findings, NO_COLUMN, NO_TRANSLATION, NOT_A_DATE, NOT_A_NUMBER, NOT_UTF8,
    NOT_YES_NO, QUOTES, STRAY_COLUMN, SYNTAX, TWICE, TWICE_COLUMN,
};
use crate::kernel::{Lang, Refusal};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What stands in a cell: what a form makes of it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Text,
    Number,
    YesNo,
    Date,
    /// Codes with spaces between them.
    Codes,
    /// One of these words, each with its name in the reader's language.
    Word(fn(Lang) -> Vec<(&'static str, &'static str)>),
}

/// What a cell can be read as. The text comes without spaces at its ends and may be empty.
pub trait Cell: Sized {
    /// What stands in it.
    const SHAPE: Shape;
    /// Whether it may be empty.
    const MAY_BE_EMPTY: bool = false;
    /// Reads it.
    fn read(text: &str) -> Result<Self, Refusal>;
    /// The text from which it is read.
    fn write(&self) -> String;
}

impl Cell for String {
    const SHAPE: Shape = Shape::Text;
    fn read(text: &str) -> Result<Self, Refusal> {
        if text.is_empty() { Err(BLANK) } else { Ok(text.to_owned()) }
    }
    fn write(&self) -> String {
        self.clone()
    }
}
impl<T: Cell> Cell for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const MAY_BE_EMPTY: bool = true;
    fn read(text: &str) -> Result<Self, Refusal> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }
    fn write(&self) -> String {
        self.as_ref().map(T::write).unwrap_or_default()
    }
}
impl Cell for i64 {
    const SHAPE: Shape = Shape::Number;
    fn read(text: &str) -> Result<Self, Refusal> {
        filled(text)?.parse().map_err(|_| NOT_A_NUMBER.with("value", text))
    }
    fn write(&self) -> String {
        self.to_string()
    }
}
impl Cell for bool {
    const SHAPE: Shape = Shape::YesNo;
    fn read(text: &str) -> Result<Self, Refusal> {
        match filled(text)? {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(NOT_YES_NO.with("value", text)),
        }
    }
    fn write(&self) -> String {
        i64::from(*self).to_string()
    }
}
impl Cell for Date {
    const SHAPE: Shape = Shape::Date;
    fn read(text: &str) -> Result<Self, Refusal> {
        let written = filled(text)?.parse::<Date>().ok().filter(|d| d.to_string() == text);
        written.ok_or_else(|| NOT_A_DATE.with("value", text))
    }
    fn write(&self) -> String {
        self.to_string()
    }
}
/// Codes with spaces between them.
impl Cell for Vec<String> {
    const SHAPE: Shape = Shape::Codes;
    const MAY_BE_EMPTY: bool = true;
    fn read(text: &str) -> Result<Self, Refusal> {
        let codes = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '；' | ',' | '、'));
        Ok(codes.filter(|c| !c.is_empty()).map(str::to_owned).collect())
    }
    fn write(&self) -> String {
        self.join(" ")
    }
}

fn filled(text: &str) -> Result<&str, Refusal> {
    if text.is_empty() { Err(BLANK) } else { Ok(text) }
}

/// Lets the words of a closed vocabulary stand in cells.
macro_rules! cell_words {
    ($($W:ty),* $(,)?) => { $(
        impl $crate::campaigns::cell::Cell for $W {
            const SHAPE: $crate::campaigns::cell::Shape =
                $crate::campaigns::cell::Shape::Word(|lang| Self::ALL.iter().map(|w| (w.code(), w.label(lang))).collect());
            fn read(text: &str) -> Result<Self, $crate::kernel::Refusal> {
                if text.is_empty() {
                    return Err($crate::campaigns::finding::BLANK);
                }
                Self::from_code(text).ok_or_else(|| {
                    let words = Self::ALL.iter().map(|w| w.code()).collect::<Vec<_>>().join(" / ");
                    $crate::campaigns::finding::NOT_A_WORD.with("value", text).with("words", words)
                })
            }
            fn write(&self) -> String { self.code().to_owned() }
        }
        impl $crate::campaigns::cell::Key for $W {
            fn text(&self) -> String { self.code().to_owned() }
        }
    )* };
}
pub(super) use cell_words;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub shape: Shape,
    /// Whether every line must have something in it.
    pub required: bool,
}

/// Columns that a table may lack: those that came later than the first packs.
const LATER: &[&str] = &["asked_if"];

/// A table of a pack: one struct per line.
pub trait Table: Sized {
    /// Its columns. All must be there but those of [`LATER`].
    const COLUMNS: &'static [Column];
    /// The columns of the key.
    const KEY: &'static [&'static str];
    /// What makes a line unique within the table, and what an overlay replaces it by.
    fn key(&self) -> String;
    /// Reads a line; none when something in it is wrong, all of which has been noted.
    fn read(line: &mut Reading) -> Option<Self>;
    /// Its cells, in the order of the columns.
    fn cells(&self) -> Vec<String>;
}

/// Writes a struct that is a line of a table: its fields are the columns.
macro_rules! table {
    ($($(#[$m:meta])* pub struct $T:ident by($($k:ident),+) { $($(#[$fm:meta])* $f:ident: $t:ty),* $(,)? })*) => { $(
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $(#[$m])*
        pub struct $T { $($(#[$fm])* pub $f: $t),* }
        impl $crate::campaigns::cell::Table for $T {
            const COLUMNS: &'static [$crate::campaigns::cell::Column] = &[$($crate::campaigns::cell::Column {
                name: stringify!($f),
                shape: <$t as $crate::campaigns::cell::Cell>::SHAPE,
                required: !<$t as $crate::campaigns::cell::Cell>::MAY_BE_EMPTY,
            }),*];
            const KEY: &'static [&'static str] = &[$(stringify!($k)),+];
            fn key(&self) -> String {
                [$($crate::campaigns::cell::Key::text(&self.$k)),+].join(" ").trim_end().to_owned()
            }
            fn read(line: &mut $crate::campaigns::cell::Reading) -> Option<Self> {
                $(let $f = line.take(stringify!($f));)*
                Some(Self { $($f: $f?),* })
            }
            fn cells(&self) -> Vec<String> {
                vec![$($crate::campaigns::cell::Cell::write(&self.$f)),*]
            }
        }
    )* };
}
pub(super) use table;

/// What can be part of a key.
pub trait Key {
    /// As text.
    fn text(&self) -> String;
}
impl Key for String {
    fn text(&self) -> String {
        self.clone()
    }
}
impl Key for Option<Date> {
    fn text(&self) -> String {
        self.map(|d| d.to_string()).unwrap_or_default()
    }
}
impl Key for i64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// A row and where it stands.
#[derive(Debug, Clone)]
pub struct Line<T> {
    pub at: At,
    pub row: T,
}

/// A line while it is being read.
pub struct Reading<'a> {
    at: &'a At,
    cells: BTreeMap<&'a str, &'a str>,
    findings: &'a mut Findings,
}

impl Reading<'_> {
    /// The value in `column`; none when it is wrong, which has been noted.
    pub fn take<T: Cell>(&mut self, column: &str) -> Option<T> {
        // A column that is missing has been noted once, for the whole file.
        let text = self.cells.get(column).or_else(|| LATER.contains(&column).then_some(&""))?;
        T::read(text).map_err(|why| self.findings.error(self.at, column, why)).ok()
    }
}

/// Reads the table in `bytes`. What is wrong is noted; the lines that are right come back.
pub fn read<T: Table>(file: &str, bytes: &[u8], findings: &mut Findings) -> Vec<Line<T>> {
    let mut at = At { file: file.into(), line: 0 };
    let Some(text) = decode(bytes, &mut at, findings) else { return Vec::new() };
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(str::to_owned).collect(),
        Err(why) => {
            findings.error(&at, "", SYNTAX.with("why", why));
            return Vec::new();
        }
    };
    at.line = 1;
    head_is_right::<T>(&head, &at, findings);
    let mut lines: Vec<Line<T>> = Vec::new();
    let mut seen = BTreeMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(why) => {
                findings.error(&at, "", SYNTAX.with("why", why));
                break;
            }
        };
        at.line = record.position().map_or(0, csv::Position::line);
        let Some(row) = read_line::<T>(&head, &record, &at, findings) else {
            findings.lost.extend(record.get(0).map(str::to_owned));
            continue;
        };
        if let Some(first) = seen.insert(row.key(), at.line) {
            findings.error(&at, "", TWICE.with("key", row.key()).with("line", first));
            seen.insert(row.key(), first);
            continue;
        }
        lines.push(Line { at: at.clone(), row });
    }
    lines
}

/// The text of a file without its byte order mark.
pub fn decode<'b>(bytes: &'b [u8], at: &mut At, findings: &mut Findings) -> Option<&'b str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.matches('"').count() % 2 == 1 => {
            findings.error(at, "", QUOTES);
            Some(text)
        }
        Ok(text) => Some(text),
        Err(why) => {
            at.line = 1 + String::from_utf8_lossy(&bytes[..why.valid_up_to()]).matches('\n').count() as u64;
            findings.error(at, "", NOT_UTF8);
            None
        }
    }
}

fn head_is_right<T: Table>(head: &[String], at: &At, findings: &mut Findings) {
    for Column { name, .. } in T::COLUMNS {
        match head.iter().filter(|h| h == name).count() {
            0 if LATER.contains(name) => {}
            0 => findings.error(at, name, NO_COLUMN),
            1 => {}
            _ => findings.error(at, name, TWICE_COLUMN),
        }
    }
    for column in head.iter().filter(|h| !T::COLUMNS.iter().any(|c| c.name == h.as_str())) {
        findings.warn(at, column, STRAY_COLUMN);
    }
}

fn read_line<T: Table>(head: &[String], record: &csv::StringRecord, at: &At, findings: &mut Findings) -> Option<T> {
    if record.len() != head.len() {
        findings.error(at, "", CELLS.with("found", record.len()).with("expected", head.len()));
        return None;
    }
    let cells: BTreeMap<&str, &str> = head.iter().map(String::as_str).zip(record.iter()).collect();
    for (column, _) in cells.iter().filter(|(_, text)| text.chars().any(char::is_control)) {
        findings.error(at, column, CONTROL);
    }
    pairs_are_whole(&cells, at, findings);
    period_runs_forward(&cells, at, findings);
    T::read(&mut Reading { at, cells, findings })
}

/// `note_zh` and `note_en` are filled both or neither. `zh` and `en` alone must be filled and say so themselves.
fn pairs_are_whole(cells: &BTreeMap<&str, &str>, at: &At, findings: &mut Findings) {
    for (column, text) in cells {
        let Some(stem) = column.strip_suffix("_zh") else { continue };
        let other = format!("{stem}_en");
        match cells.get(other.as_str()) {
            Some(translation) if text.is_empty() && !translation.is_empty() => {
                findings.error(at, column, NO_TRANSLATION);
            }
            Some(translation) if !text.is_empty() && translation.is_empty() => {
                findings.error(at, &other, NO_TRANSLATION);
            }
            _ => {}
        }
    }
}

fn period_runs_forward(cells: &BTreeMap<&str, &str>, at: &At, findings: &mut Findings) {
    let date = |column: &str| cells.get(column).and_then(|text| Date::read(text).ok());
    if let (Some(from), Some(to)) = (date("from"), date("to"))
        && from > to
    {
        findings.error(at, "to", BACKWARDS.with("from", from).with("to", to));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    table! {
        /// A line of the tests.
        pub struct Thing by(code) {
            code: String,
            note_zh: Option<String>,
            note_en: Option<String>,
            from: Option<Date>,
            to: Option<Date>,
        }
    }

    const HEAD: &str = "code,note_zh,note_en,from,to\n";

    /// Line, column, code.
    type Wrong = (u64, String, &'static str);

    fn found(text: &[u8]) -> (Vec<Line<Thing>>, Vec<Wrong>) {
        let mut findings = Findings::default();
        let lines = read("things.csv", text, &mut findings);
        (lines, findings.all.into_iter().map(|f| (f.line, f.field, f.reason.code)).collect())
    }

    #[test]
    fn every_mistake_is_named_with_its_line_and_column() {
        let text = format!("{HEAD}a,,,,\nb,注,,,\nc,,,soon,\nd,,,2024-02-01,2024-01-31\na,,,,\n,,,,\ne,,\n");
        let (lines, wrong) = found(text.as_bytes());
        assert_eq!(lines.iter().map(|l| l.row.code.as_str()).collect::<Vec<_>>(), ["a", "b", "d"]);
        let expected = [
            (3, "note_en", "packs.no_translation"),
            (4, "from", "packs.not_a_date"),
            (5, "to", "packs.backwards"),
            (6, "", "packs.twice"),
            (7, "code", "packs.blank"),
            (8, "", "packs.cells"),
        ];
        assert_eq!(wrong.iter().map(|(l, f, c)| (*l, f.as_str(), *c)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_mark_at_the_beginning_is_tolerated_and_other_encodings_are_not() {
        let (lines, wrong) = found(format!("\u{feff}{HEAD}a,,,,\n").as_bytes());
        assert_eq!((lines.len(), wrong.len()), (1, 0));
        let (_, wrong) = found(&[HEAD.as_bytes(), b"a,\xb0\xb2,x,,\n"].concat());
        assert_eq!(wrong, [(2, String::new(), "packs.not_utf8")]);
    }

    #[test]
    fn a_missing_column_and_an_open_quote_are_found() {
        let (_, wrong) = found(b"code,note_zh,note_en,from\na,,,\n");
        assert_eq!(wrong, [(1, "to".to_owned(), "packs.no_column")]);
        let (_, wrong) = found(format!("{HEAD}a,\"注,x,,\nb,,,,\n").as_bytes());
        assert!(wrong.iter().any(|(_, _, code)| *code == "packs.quotes"));
    }
}
