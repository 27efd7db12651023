//! Lists: search, filter, sort, page and export are the same everywhere.
//!
//! Paging goes by key (the last row's sort value and id), so page one thousand costs what page one costs and no row is
//! shown twice while others arrive.

use super::{
    Error, NOT_A_CHOICE, Result,
    db::{Column, FromRow, Query, Row, Tx, Value},
};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize};

/// Rows of a page when the reader does not say.
const PAGE: i64 = 50;
/// Rows of a page at the most.
const LONGEST: i64 = 200;

/// What a reader asks of any list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Ask {
    /// Words to find: a part of a name, a number, a credit code, initials of the pinyin.
    pub q: Option<String>,
    /// The order: a name, with `-` before it for the other direction.
    pub sort: Option<String>,
    /// Where to go on: the `next` of the page before.
    pub after: Option<String>,
    /// Rows of a page, 1 to 200; 50 when left out.
    #[serde(deserialize_with = "whole")]
    pub limit: Option<i64>,
}

/// A whole number as JSON writes it, or as an address does: in text.
pub fn whole<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<i64>, D::Error> {
    let wrong = || serde::de::Error::custom("a whole number is expected");
    match serde_json::Value::deserialize(from)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::String(text) => text.parse().map(Some).map_err(|_| wrong()),
        value => value.as_i64().map(Some).ok_or_else(wrong),
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Hand it back as `after` to go on; none on the last page.
    pub next: Option<String>,
}

/// An order that a list offers. The column must be indexed behind each level of the scope.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// As readers write it.
    pub name: &'static str,
    /// The piece `order by COLUMN, id` that goes up.
    pub up: &'static str,
    /// The piece `order by COLUMN desc, id desc` that goes down.
    pub down: &'static str,
    /// The piece ` and (COLUMN, id) > (?, ?)`.
    pub after_up: &'static str,
    /// The piece ` and (COLUMN, id) < (?, ?)`.
    pub after_down: &'static str,
    /// The column's name in the answer.
    pub column: &'static str,
    /// Whether its values are numbers, not texts.
    pub number: bool,
}

/// Whether a column holds moments, which are numbers: by convention its name ends in `at`.
pub const fn is_moment(column: &str) -> bool {
    let name = column.as_bytes();
    matches!(name, [b'a', b't'] | [.., b'_', b'a', b't'])
}

struct Keyed<T> {
    key: Value,
    id: String,
    item: T,
}

impl Ask {
    /// The order asked for, `(order, downwards)`; the first of `orders`, downwards, when the reader says nothing.
    pub fn order(&self, orders: &[Order]) -> Result<(Order, bool)> {
        let Some(asked) = self.sort.as_deref().filter(|s| !s.is_empty()) else { return Ok((orders[0], true)) };
        let (name, down) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
        let order = orders.iter().find(|o| o.name == name);
        order.map(|o| (*o, down)).ok_or_else(|| Error::invalid("sort", NOT_A_CHOICE.with("value", asked)))
    }

    /// Finishes `query` (scope and filters are in it, it ends in a condition) with order and page.
    pub fn paged(&self, query: Query, orders: &[Order]) -> Result<Query> {
        let (order, down) = self.order(orders)?;
        let query = match &self.after {
            Some(after) => {
                let (key, id) = cursor(after, order.number)?;
                query.add(if down { order.after_down } else { order.after_up }, &[key, id.into()])
            }
            None => query,
        };
        Ok(query.add(if down { order.down } else { order.up }, &[]).add(" limit ?", &[(self.rows() + 1).into()]))
    }

    /// Finishes `query` with order but without paging, `most` rows: for exports.
    pub fn whole(&self, query: Query, orders: &[Order], most: i64) -> Result<Query> {
        let (order, down) = self.order(orders)?;
        Ok(query.add(if down { order.down } else { order.up }, &[]).add(" limit ?", &[most.into()]))
    }

    /// Runs `query` and cuts the page; the statement must have the columns `id` and the order's.
    pub fn list<T: FromRow>(&self, tx: &mut Tx, query: Query, orders: &[Order]) -> Result<Listed<T>> {
        let column = self.order(orders)?.0.column;
        let mut rows: Vec<Keyed<T>> = Vec::new();
        tx.query_each(&self.paged(query, orders)?, |mut row: Row| {
            let (key, id) = (row.look(column)?, row.look("id")?);
            rows.push(Keyed { key, id, item: T::from_row(&mut row)? });
            Ok(())
        })?;
        let more = rows.len() as i64 > self.rows();
        rows.truncate(usize::try_from(self.rows()).unwrap_or(0));
        let next = rows.last().filter(|_| more).map(|last| write_cursor(&last.key, &last.id));
        Ok(Listed { items: rows.into_iter().map(|r| r.item).collect(), next })
    }

    fn rows(&self) -> i64 {
        self.limit.unwrap_or(PAGE).clamp(1, LONGEST)
    }
}

fn write_cursor(key: &Value, id: &str) -> String {
    let key = match key {
        Value::Int(n) => serde_json::json!(n),
        Value::Text(t) => serde_json::json!(t),
        Value::Null => serde_json::Value::Null,
    };
    BASE64URL_NOPAD.encode(serde_json::json!([key, id]).to_string().as_bytes())
}

/// The key and the id that a cursor holds; refused when the key is not of the order's kind.
fn cursor(text: &str, number: bool) -> Result<(Value, String)> {
    let wrong = || Error::invalid("after", NOT_A_CHOICE.with("value", text));
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong())?;
    let (key, id): (serde_json::Value, String) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    let key = match key {
        serde_json::Value::Number(n) if number => n.as_i64().map(Value::Int),
        serde_json::Value::String(s) if !number && !s.contains('\0') => Some(Value::Text(s)),
        _ => None,
    };
    if id.contains('\0') { Err(wrong()) } else { Ok((key.ok_or_else(wrong)?, id)) }
}

impl Column for serde_json::Value {
    fn from_value(value: Value) -> Option<Self> {
        serde_json::from_str(&String::from_value(value)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        for (key, number) in [(Value::Int(7), true), (Value::Text("2023-06-14".into()), false)] {
            let text = write_cursor(&key, "x");
            assert!(cursor(&text, !number).is_err(), "a key of another order");
            assert_eq!(cursor(&text, number).unwrap(), (key, "x".into()));
        }
        assert!(cursor("nonsense", true).is_err());
        assert!(cursor(&BASE64URL_NOPAD.encode(b"[[],\"x\"]"), false).is_err());
    }

    #[test]
    fn a_number_of_rows_is_read_from_an_address() {
        let ask: Ask = crate::kernel::Sent::new(vec![("limit".into(), "200".into())]).read().unwrap();
        assert_eq!(ask.limit, Some(200));
    }

    #[test]
    fn an_unknown_order_is_refused() {
        let ask = Ask { sort: Some("-colour".into()), ..Ask::default() };
        assert_eq!(ask.order(&[order!("found", "found_at")]).unwrap_err().field(), Some("sort"));
    }
}
