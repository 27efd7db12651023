//! Whole tables out of one database and into another, a line for each row: the same lines from both engines, so that a
//! backup of one can be restored to the other.
//!
//! The lines are the text format of PostgreSQL's COPY (PostgreSQL documentation, COPY, “Text Format”): columns divided by
//! tabs, `\N` for what is unknown, backslashes before what would divide lines or columns.

use super::{Tx, migrate};
use crate::kernel::{Error, Result, secret};
use serde::{Deserialize, Serialize};

/// A table with its columns, in the order in which a line names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
}

/// What a table holds, in whatever order its rows stand: how many there are, and the SHA-256 of their lines added up as
/// numbers modulo 2²⁵⁶.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub rows: u64,
    pub sum: String,
}

/// Adds lines up to a [`Sum`].
#[derive(Debug, Clone, Default)]
pub struct Adder {
    rows: u64,
    sum: [u8; 32],
}

impl Adder {
    /// Adds a line without its end.
    pub fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        let mut carry = 0;
        for (sum, byte) in self.sum.iter_mut().zip(secret::digest(line)) {
            let all = u16::from(*sum) + u16::from(byte) + carry;
            [*sum, _] = all.to_le_bytes();
            carry = all >> 8;
        }
    }

    /// What it comes to.
    pub fn total(&self) -> Sum {
        Sum { rows: self.rows, sum: data_encoding::HEXLOWER.encode(&self.sum) }
    }
}

impl Tx<'_> {
    /// The version of the schema; zero in an empty database.
    pub fn version(&mut self) -> i64 {
        migrate::version(self).unwrap_or(0)
    }

    /// The version of the schema that this program was written for.
    pub fn newest_version() -> i64 {
        migrate::newest()
    }

    /// Brings an empty database to `version` and no further, with every table empty: rows that the steps themselves laid
    /// come with the backup.
    pub fn found(&mut self, version: i64) -> Result<()> {
        migrate::up_to(self, version)?;
        let names: Vec<_> = migrate::tables(version).collect();
        names.iter().rev().try_for_each(|name| self.0.run(&format!("delete from \"{name}\""), &[]).map(drop))
    }

    /// Every table at the version of the schema, each behind those it refers to.
    pub fn tables(&mut self) -> Result<Vec<Table>> {
        let version = self.version();
        let names = migrate::tables(version);
        names.map(|name| Ok(Table { columns: self.0.columns(name)?, name: name.to_owned() })).collect()
    }

    /// Hands every row of `table` to `take` as a line without its end.
    pub fn lines(&mut self, table: &Table, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.0.lines(table, take)
    }

    /// Adds up what `table` holds.
    pub fn sum(&mut self, table: &Table) -> Result<Sum> {
        let mut adder = Adder::default();
        self.lines(table, &mut |line| {
            adder.add(line);
            Ok(())
        })?;
        Ok(adder.total())
    }

    /// Fills the empty `table` with what `next` gives: blocks of whole lines, until it gives none.
    pub fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> Result<Option<Vec<u8>>>) -> Result<()> {
        self.0.fill(table, next)
    }
}

/// The columns of `table` between commas, each in quotation marks.
pub(super) fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// Writes a value behind what stands in `line`.
pub(super) fn write(line: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        let escaped = match byte {
            b'\\' => b'\\',
            b'\t' => b't',
            b'\n' => b'n',
            b'\r' => b'r',
            0x08 => b'b',
            0x0b => b'v',
            0x0c => b'f',
            0 => continue, // PostgreSQL keeps no NUL in a text
            plain => {
                line.push(*plain);
                continue;
            }
        };
        line.extend([b'\\', escaped]);
    }
}

/// What is unknown, as a line has it.
pub(super) const UNKNOWN: &[u8] = b"\\N";

/// Reads a value of a line; none when it is unknown.
pub(super) fn read(field: &[u8]) -> Result<Option<String>> {
    if field == UNKNOWN {
        return Ok(None);
    }
    let mut text = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            text.push(*byte);
            continue;
        }
        text.push(match bytes.next() {
            Some(b't') => b'\t',
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b'b') => 0x08,
            Some(b'v') => 0x0b,
            Some(b'f') => 0x0c,
            Some(plain) => *plain,
            None => return Err(Error::broken("a line of a backup ends within a value")),
        });
    }
    String::from_utf8(text).map(Some).map_err(Error::broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "[\\x01-\\x7f\\\\中文\u{1F600}]{0,20}") {
            let mut line = Vec::new();
            write(&mut line, text.as_bytes());
            prop_assert!(!line.contains(&b'\t') && !line.contains(&b'\n') && line != UNKNOWN);
            prop_assert_eq!(read(&line).unwrap(), Some(text));
        }

        #[test]
        fn a_sum_knows_no_order(mut lines in prop::collection::vec("[a-z]{0,5}", 0..20)) {
            let sum = |lines: &[String]| {
                let mut adder = Adder::default();
                for line in lines {
                    adder.add(line.as_bytes());
                }
                adder.total()
            };
            let before = sum(&lines);
            lines.reverse();
            prop_assert_eq!(&sum(&lines), &before);
            lines.push("x".into());
            prop_assert_ne!(&sum(&lines), &before);
        }
    }

    #[test]
    fn nothing_and_unknown_are_two_things() {
        assert_eq!(read(UNKNOWN).unwrap(), None);
        assert_eq!(read(b"").unwrap().as_deref(), Some(""));
        assert!(read(b"half\\").is_err());
    }
}
