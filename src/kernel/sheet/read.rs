//! What a file holds, as rows of texts: workbooks (XLSX) and separated values in any common encoding.
//!
//! Nothing of a file is believed: a workbook is unpacked to nowhere first and counted, its cells come one by one, and
//! whatever stumbles is a sentence and not a failure of ours.

use super::super::{Error, Refusal, Result};
use calamine::{DataRef, Reader, Xlsx};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Rows of an import at the most.
const ROWS: usize = 200_000;
/// Columns at the most.
const COLUMNS: usize = 200;
/// Cells at the most, all together.
const CELLS: usize = 10_000_000;
/// Largest text of a cell, in characters; more is cut off.
const CELL: usize = 2000;
/// Bytes of a workbook at the most once it is unpacked.
const UNPACKED: u64 = 512 * 1024 * 1024;
/// Parts of a workbook at the most.
const PARTS: usize = 2000;
/// Integers beyond this are not exact in a spreadsheet.
const EXACT: f64 = 1e15;

refusals! {
    NOT_A_TABLE "imports.not_a_table" "无法识别该文件，请上传 XLSX 工作簿或者 CSV 文件。" "This file cannot be read: send an XLSX workbook or a CSV file.";
    OLD_WORKBOOK "imports.old_workbook" "这是旧版 XLS 文件，请在表格软件中另存为 XLSX 后上传。" "This is an old XLS file: save it as XLSX and send that.";
    BROKEN_WORKBOOK "imports.broken_workbook" "工作簿已损坏或者不是 XLSX：{why}" "The workbook is damaged or no XLSX: {why}";
    TOO_BIG_UNPACKED "imports.too_big_unpacked" "工作簿解压后超过 {limit} MB，已拒绝。" "Unpacked, the workbook is larger than {limit} MB and was refused.";
    TOO_MANY_ROWS "imports.too_many_rows" "超过 {limit} 行，请分成几个文件上传。" "More than {limit} rows: send it in several files.";
    TOO_MANY_COLUMNS "imports.too_many_columns" "第 {line} 行超过 {limit} 列，请删去无关的列。" "Row {line} has more than {limit} columns: take out those that do not matter.";
    NO_ROWS "imports.no_rows" "文件里没有数据。" "The file holds no data.";
}

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number as the spreadsheet shows it, from 1.
    pub line: i64,
    pub cells: Vec<String>,
}

/// The rows of a file that hold anything; merged cells are repeated where they reach.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    let read = || match bytes {
        [b'P', b'K', ..] => workbook(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => OLD_WORKBOOK.at("file"),
        _ => separated(bytes),
    };
    // the readers are not ours; one that panics over a damaged file has found it damaged
    let rows = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| NOT_A_TABLE.at("file"))?;
    if rows.is_empty() { NO_ROWS.at("file") } else { Ok(rows) }
}

/// Every sheet of a workbook by its name, with the rows that hold anything.
pub fn sheets(bytes: &[u8]) -> Result<Vec<(String, Vec<Row>)>> {
    let read = || {
        weigh(bytes)?;
        let mut book = open(bytes)?;
        book.sheet_names().into_iter().map(|name| Ok((name.clone(), sheet(&mut book, &name)?))).collect()
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| NOT_A_TABLE.at("file"))
}

fn open(bytes: &[u8]) -> Result<Xlsx<Cursor<&[u8]>>> {
    calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e: calamine::XlsxError| broken(e))
}

fn broken(why: impl std::fmt::Display) -> Error {
    Error::invalid("file", BROKEN_WORKBOOK.with("why", why.to_string().chars().take(200).collect::<String>()))
}

/// Unpacks every part to nowhere, as far as the limit: what the file says of its own size may be a lie.
fn weigh(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let too_big: Refusal = TOO_BIG_UNPACKED.with("limit", UNPACKED / 1024 / 1024);
    if archive.len() > PARTS {
        return too_big.at("file");
    }
    let mut declared = 0u64;
    for i in 0..archive.len() {
        declared = declared.saturating_add(archive.by_index_raw(i).map_err(broken)?.size());
    }
    if declared > UNPACKED {
        return too_big.at("file");
    }
    let mut left = UNPACKED;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(broken)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(broken)?;
        left = match left.checked_sub(read) {
            Some(left) => left,
            None => return too_big.at("file"),
        };
    }
    Ok(())
}

fn workbook(bytes: &[u8]) -> Result<Vec<Row>> {
    weigh(bytes)?;
    let mut book = open(bytes)?;
    let mut best: Vec<Row> = Vec::new();
    // an empty first sheet is common; the first that holds something is meant
    for name in book.sheet_names() {
        best = sheet(&mut book, &name)?;
        if best.len() > 1 {
            break;
        }
    }
    Ok(best)
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>> {
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut cells = 0;
    {
        let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
        while let Some(cell) = reader.next_cell().map_err(broken)? {
            let text = text_of(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let (line, column) = cell.get_position();
            cells += 1;
            put(&mut rows, line, column as usize, text)?;
            if cells > CELLS {
                return TOO_MANY_ROWS.with("limit", ROWS).at("file");
            }
        }
    }
    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    for area in merged {
        spread(&mut rows, area.start, area.end, &mut cells)?;
    }
    Ok(rows.into_iter().map(|(line, cells)| Row { line: i64::from(line) + 1, cells }).collect())
}

fn put(rows: &mut BTreeMap<u32, Vec<String>>, line: u32, column: usize, text: String) -> Result<()> {
    if column >= COLUMNS {
        return TOO_MANY_COLUMNS.with("line", line + 1).with("limit", COLUMNS).at("file");
    }
    if !rows.contains_key(&line) && rows.len() >= ROWS {
        return TOO_MANY_ROWS.with("limit", ROWS).at("file");
    }
    let row = rows.entry(line).or_default();
    if row.len() <= column {
        row.resize(column + 1, String::new());
    }
    row[column] = text;
    Ok(())
}

/// Repeats a merged cell over its area, as far as there are rows.
fn spread(rows: &mut BTreeMap<u32, Vec<String>>, start: (u32, u32), end: (u32, u32), cells: &mut usize) -> Result<()> {
    let value = rows.get(&start.0).and_then(|row| row.get(start.1 as usize)).cloned().unwrap_or_default();
    if value.is_empty() || end.1 as usize >= COLUMNS {
        return Ok(());
    }
    let lines: Vec<u32> = rows.range(start.0..=end.0.max(start.0)).map(|(line, _)| *line).collect();
    for line in lines {
        for column in start.1..=end.1 {
            *cells += 1;
            if *cells > CELLS {
                return TOO_MANY_ROWS.with("limit", ROWS).at("file");
            }
            put(rows, line, column as usize, value.clone())?;
        }
    }
    Ok(())
}

fn text_of(cell: &DataRef) -> String {
    let text = match cell {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => number(*n),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Bool(b) => b.to_string(),
        DataRef::DateTime(d) if d.is_datetime() && (1.0..2_958_466.0).contains(&d.as_f64()) => {
            let (year, month, day, ..) = d.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(d) => number(d.as_f64()),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    };
    tidy(&text)
}

fn tidy(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(CELL).collect()
}

/// A whole number without a point; one that has lost digits shows that it has.
fn number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < EXACT {
        format!("{n:.0}")
    } else if n.abs() >= EXACT {
        let text = format!("{n:E}");
        text.split_once('E').map_or(text.clone(), |(digits, power)| format!("{digits}E+{power}"))
    } else {
        n.to_string()
    }
}

fn separated(bytes: &[u8]) -> Result<Vec<Row>> {
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut cells = 0;
    for (i, record) in reader.records().enumerate() {
        let record = record.map_err(|_| Error::invalid("file", NOT_A_TABLE))?;
        let row: Vec<String> = record.iter().map(unquoted).collect();
        if row.len() > COLUMNS {
            return TOO_MANY_COLUMNS.with("line", i + 1).with("limit", COLUMNS).at("file");
        }
        cells += row.len();
        if rows.len() >= ROWS || cells > CELLS {
            return TOO_MANY_ROWS.with("limit", ROWS).at("file");
        }
        if row.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line: i as i64 + 1, cells: row });
        }
    }
    Ok(rows)
}

/// Spreadsheets guard long numbers as `="…"` or with an apostrophe; neither belongs to the value.
fn unquoted(cell: &str) -> String {
    let cell = cell.trim();
    let inner = cell.strip_prefix("=\"").and_then(|c| c.strip_suffix('"'));
    tidy(inner.unwrap_or_else(|| cell.strip_prefix('\'').unwrap_or(cell)))
}

/// The text of a file without a declared encoding: by its mark, else UTF-8 when it is that, else UTF-16 when every other
/// byte is nothing, else GB 18030.
fn decoded(bytes: &[u8]) -> Result<String> {
    use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
    let nothing = |odd: usize| bytes.iter().skip(odd).step_by(2).take(2000).filter(|b| **b == 0).count() * 4;
    let looked_at = bytes.len().min(4000) / 2;
    let encoding = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) => UTF_8,
        None if looked_at > 0 && nothing(1) > looked_at => UTF_16LE,
        None if looked_at > 0 && nothing(0) > looked_at => UTF_16BE,
        None => GB18030,
    };
    let (text, _, damaged) = encoding.decode(bytes);
    // a stray byte is shown as �; a file full of them is no text
    let strange = text.chars().filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).count();
    if damaged && strange * 10 > text.chars().count() || text.contains('\0') {
        return NOT_A_TABLE.at("file");
    }
    Ok(text.into_owned())
}

fn delimiter(text: &str) -> u8 {
    let first: String = text.lines().filter(|l| !l.trim().is_empty()).take(5).collect::<Vec<_>>().join("\n");
    let count = |d: u8| first.bytes().filter(|b| *b == d).count();
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|d| count(*d)).unwrap_or(b',')
}
