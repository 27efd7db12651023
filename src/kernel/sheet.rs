//! Tables for people: CSV and XLSX of any list, out and in.

mod marks;
mod read;

pub use marks::{Fault, annotated, bare, headings, said};
pub use read::{REFUSALS, Row, read, sheets};

use super::{Error, Result};
use axum::{
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{Format, Workbook};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Rows of an export at the most: what a spreadsheet can hold and a server can give at once.
pub const ROWS: i64 = 200_000;

/// A table: heads and rows of text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Table {
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads and rows.
    pub fn new<H: Into<String>>(heads: impl IntoIterator<Item = H>, rows: Vec<Vec<String>>) -> Self {
        Self { heads: heads.into_iter().map(Into::into).collect(), rows }
    }
}

/// A table as an answer to download: the workbook `name.xlsx` where the address ends so, else `name.csv`.
pub fn download(uri: &Uri, name: &str, table: &Table) -> Result<Response> {
    let ending = Path::new(uri.path()).extension();
    if ending.is_some_and(|e| e == "xlsx") { xlsx(name, table) } else { csv(name, table) }
}

/// A table as an answer to download: `name.csv`.
fn csv(name: &str, table: &Table) -> Result<Response> {
    Ok(file(name, "csv", "text/csv; charset=utf-8", csv_bytes(table)?))
}

/// A table as an answer to download: `name.xlsx`.
pub fn xlsx(name: &str, table: &Table) -> Result<Response> {
    Ok(file(name, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes(table)?))
}

/// A CSV file. It begins with a byte order mark, without which spreadsheets here take UTF-8 for GBK; a cell that a
/// spreadsheet would run as a formula is defused.
pub fn csv_bytes(table: &Table) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(vec![0xEF, 0xBB, 0xBF]);
    out.write_record(&table.heads).map_err(Error::broken)?;
    for row in &table.rows {
        out.write_record(row.iter().map(|cell| defused(cell))).map_err(Error::broken)?;
    }
    out.into_inner().map_err(Error::broken)
}

/// An XLSX file. Every cell is text, so that codes keep their digits.
pub fn xlsx_bytes(table: &Table) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let page = book.add_worksheet_with_constant_memory().map_err(Error::broken)?;
    page.set_freeze_panes(1, 0).map_err(Error::broken)?;
    let bold = Format::new().set_bold();
    for (column, head) in (0_u16..).zip(&table.heads) {
        page.write_string_with_format(0, column, head, &bold).map_err(Error::broken)?;
    }
    for (line, row) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            page.write_string(line, column, cell).map_err(Error::broken)?;
        }
    }
    book.save_to_buffer().map_err(Error::broken)
}

/// A JSON file: things as the API answers them, one array.
pub fn json_bytes<T: serde::Serialize>(things: &[T]) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(things).map_err(Error::broken)
}

fn defused(cell: &str) -> String {
    // a number below zero is no formula
    let number = cell.parse::<i64>().is_ok();
    if !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn file(name: &str, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(defused("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(defused("恒达水泥"), "恒达水泥");
    }
}
