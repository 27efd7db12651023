//! A statement put together piece by piece. Pieces are static texts; what users typed can only be bound.

use super::Value;

/// A dynamic statement: static text and bound values.
#[derive(Debug, Clone, Default)]
pub struct Query {
    sql: String,
    args: Vec<Value>,
}

impl Query {
    /// Begins with `sql`.
    pub fn new(sql: &'static str) -> Self {
        Self { sql: sql.to_owned(), ..Self::default() }
    }

    /// Adds text. Each `?` in it takes the next of `args`.
    #[must_use]
    pub fn add(mut self, sql: &'static str, args: &[Value]) -> Self {
        let mut args = args.iter();
        for (i, piece) in sql.split('?').enumerate() {
            if i > 0 {
                self.args.extend(args.next().cloned());
                self.sql.push_str(&format!("${}", self.args.len()));
            }
            self.sql.push_str(piece);
        }
        self
    }

    /// Adds text when there is a value for its `?`.
    #[must_use]
    pub fn maybe<V: Into<Value>>(self, sql: &'static str, value: Option<V>) -> Self {
        match value {
            Some(value) => self.add(sql, &[value.into()]),
            None => self,
        }
    }

    /// Adds text that ends in a column, and that it is one of `values`.
    #[must_use]
    pub fn among(self, sql: &'static str, values: &[Value]) -> Self {
        let query = values.iter().fold(self.add(sql, &[]).add(" in (null", &[]), |query, value| {
            query.add(", ?", std::slice::from_ref(value))
        });
        query.add(")", &[])
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn args(&self) -> &[Value] {
        &self.args
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_one_of_several_or_of_none() {
        let query = |values: &[Value]| Query::new("select a from t where").among(" b", values);
        assert_eq!(query(&[]).sql(), "select a from t where b in (null)");
        assert_eq!(query(&[1.into(), 2.into()]).sql(), "select a from t where b in (null, $1, $2)");
    }

    #[test]
    fn pieces_number_their_placeholders() {
        let query = Query::new("select a from t where true")
            .add(" and b = ?", &[1.into()])
            .maybe(" and c = ?", None::<i64>)
            .add(" and (d, e) < (?, ?)", &[2.into(), "x".into()]);
        assert_eq!(query.sql(), "select a from t where true and b = $1 and (d, e) < ($2, $3)");
        assert_eq!(query.args(), &[1.into(), 2.into(), "x".into()]);
    }
}
