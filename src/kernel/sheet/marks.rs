//! What a table that was sent says of itself: which row holds the headings, and what was wrong in which row.

use super::{Row, Table};
use crate::kernel::{Lang, Refusal, text};
use serde::Serialize;
use utoipa::ToSchema;

/// How far down the headings are looked for: titles and notes stand above them.
const HEAD: usize = 20;

/// A heading as it is compared, however it is decorated: `*企业名称（必填）` is `企业名称`.
pub fn bare(heading: &str) -> String {
    let plain = text::plain(heading);
    let name = plain.split(['(', '[', '【', '：', ':']).next().unwrap_or_default();
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The row of the headings and the meaning of each column, each meaning once. In a head of several rows the lowest counts:
/// merged cells reach down to it. None when no heading means anything.
pub fn headings<C: Copy + PartialEq>(
    rows: &[Row],
    meaning: impl Fn(&str) -> Option<C>,
) -> Option<(i64, Vec<Option<C>>)> {
    let mut best = None;
    let mut most = 1;
    for row in rows.iter().take(HEAD) {
        let columns = meanings(&row.cells, &meaning);
        let score = columns.iter().flatten().count();
        if score >= most {
            (best, most) = (Some((row.line, columns)), score);
        }
    }
    best
}

fn meanings<C: Copy + PartialEq>(cells: &[String], meaning: impl Fn(&str) -> Option<C>) -> Vec<Option<C>> {
    let mut seen = Vec::new();
    let one = |cell: &String| {
        let column = meaning(cell).filter(|c| !seen.contains(c))?;
        seen.push(column);
        Some(column)
    };
    cells.iter().map(one).collect()
}

/// Something that was wrong in a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RowFault)]
pub struct Fault {
    /// The row as the spreadsheet shows it, from 1.
    pub line: i64,
    pub code: &'static str,
    /// In the reader's language.
    pub sentence: String,
}

impl Fault {
    /// What `refusal` says of a row.
    pub fn of(line: i64, refusal: &Refusal, lang: Lang) -> Self {
        Self { line, code: refusal.code, sentence: refusal.say(lang).to_owned() }
    }
}

/// The rows as they were sent, each with a word behind its last cell.
pub fn annotated(rows: &[Row], word: impl Fn(i64) -> String) -> Table {
    let width = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let line = |row: &Row| {
        let mut cells = row.cells.clone();
        cells.resize(width, String::new());
        cells.push(word(row.line));
        cells
    };
    let mut lines = rows.iter().map(line);
    Table { heads: lines.next().unwrap_or_default(), rows: lines.collect() }
}

/// What is wrong in a row, in one line.
pub fn said(faults: &[Fault], line: i64) -> String {
    faults.iter().filter(|f| f.line == line).map(|f| f.sentence.as_str()).collect::<Vec<_>>().join(" ")
}
