//! Values in SQL: text, integer, null — what both engines store alike.

use crate::kernel::{Error, Result};
use std::{fmt::Debug, sync::Arc};

/// A value bound to a placeholder or read from a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Unknown or none.
    Null,
    /// Counts, fen, milliseconds since 1970 (UTC), booleans as 0 and 1.
    Int(i64),
    /// Everything else: ids, codes, ISO dates, JSON, words.
    Text(String),
}

impl Value {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "a number",
            Self::Text(_) => "a text",
        }
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}
impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Self::Int(v.into())
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}
impl From<&String> for Value {
    fn from(v: &String) -> Self {
        Self::Text(v.clone())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}
impl<T: Clone + Into<Value>> From<&Option<T>> for Value {
    fn from(v: &Option<T>) -> Self {
        v.clone().into()
    }
}
impl From<jiff::civil::Date> for Value {
    fn from(v: jiff::civil::Date) -> Self {
        Self::Text(v.to_string())
    }
}

/// What a column can be read as; `None` when the stored value is of another kind.
pub trait Column: Sized {
    /// Reads the stored value.
    fn from_value(value: Value) -> Option<Self>;
}

impl Column for Value {
    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}
impl Column for i64 {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Int(v) = value { Some(v) } else { None }
    }
}
impl Column for bool {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(|v| v != 0)
    }
}
impl Column for String {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(v) = value { Some(v) } else { None }
    }
}
impl Column for jiff::civil::Date {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}
impl<T: Column> Column for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

/// One row of an answer, its columns taken by name.
#[derive(Debug, Clone)]
pub struct Row {
    names: Arc<[String]>,
    values: Vec<Value>,
    /// The column behind the one taken last: structs mostly name their fields as statements name their columns.
    next: usize,
}

impl Row {
    pub(super) fn new(names: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { names, values, next: 0 }
    }

    /// Takes the column `name` out of the row.
    pub fn take<T: Column>(&mut self, name: &str) -> Result<T> {
        let at = self.position(name)?;
        self.next = at + 1;
        self.take_at(at)
    }

    /// A copy of the column `name`.
    pub fn look<T: Column>(&self, name: &str) -> Result<T> {
        let at = self.position(name)?;
        self.read(at, self.values[at].clone())
    }

    fn position(&self, name: &str) -> Result<usize> {
        if self.names.get(self.next).is_some_and(|n| n == name) {
            return Ok(self.next);
        }
        let at = self.names.iter().position(|n| n == name);
        at.ok_or_else(|| Error::broken(format!("the statement has no column `{name}`")))
    }

    fn take_at<T: Column>(&mut self, at: usize) -> Result<T> {
        let value = std::mem::replace(&mut self.values[at], Value::Null);
        self.read(at, value)
    }

    fn read<T: Column>(&self, at: usize, value: Value) -> Result<T> {
        let kind = value.kind();
        let name = &self.names[at];
        T::from_value(value).ok_or_else(|| Error::broken(format!("column `{name}` holds {kind}, not what is expected")))
    }

    /// The last column as text: where engines put the readable part of a plan.
    pub(super) fn last_text(&mut self) -> Result<String> {
        self.take_at(self.values.len() - 1)
    }
}

/// What can be read from a row. [`row!`](crate::row) writes it for a struct.
pub trait FromRow: Sized {
    /// Reads it.
    fn from_row(row: &mut Row) -> Result<Self>;
}

impl FromRow for Row {
    fn from_row(row: &mut Row) -> Result<Self> {
        let values = std::mem::take(&mut row.values);
        Ok(Self { names: row.names.clone(), values, next: 0 })
    }
}
impl<T: Column> FromRow for T {
    fn from_row(row: &mut Row) -> Result<Self> {
        row.take_at(0)
    }
}
impl<A: Column, B: Column> FromRow for (A, B) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.take_at(0)?, row.take_at(1)?))
    }
}
impl<A: Column, B: Column, C: Column> FromRow for (A, B, C) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.take_at(0)?, row.take_at(1)?, row.take_at(2)?))
    }
}
