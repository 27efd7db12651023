//! One SQL text, two engines. Only this folder knows that there are two.
//!
//! Work on the database is a plain function over a [`Tx`]; [`Db::write`] and [`Db::read`] run it on the engine's side
//! of the house, one thread hop per transaction. Statements are static texts with `$1`, `$2` …; what a user typed can
//! only enter as a [`Value`].

mod copy;
mod meter;
mod migrate;
mod postgres;
mod query;
mod sqlite;
mod value;

pub use copy::{Adder, Sum, Table};
pub use meter::Meter;
pub use query::Query;
pub use value::{Column, FromRow, Row, Value};

use super::{Error, Result};
use std::{path::Path, sync::Arc};

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One file under the data folder.
    Sqlite(std::path::PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

impl Place {
    /// The database named by `url`, or else the file `paicha.db` in `data`.
    pub fn of(url: Option<&str>, data: &Path) -> Self {
        match url {
            Some(url) if url.starts_with("postgres") => Self::Postgres(url.to_owned()),
            Some(path) => Self::Sqlite(path.trim_start_matches("sqlite://").into()),
            None => Self::Sqlite(data.join("paicha.db")),
        }
    }
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Engine>, Meter);

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// What an engine's connection can do. Nothing else of an engine is visible outside this folder.
trait Connection {
    fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64>;
    fn each(&mut self, sql: &str, args: &[Value], take: &mut dyn FnMut(Row) -> Result<()>) -> Result<()>;
    fn script(&mut self, sql: &str) -> Result<()>;
    /// Runs a migration.
    fn schema(&mut self, sql: &str) -> Result<()> {
        self.script(sql)
    }
    /// The columns of a table.
    fn columns(&mut self, table: &str) -> Result<Vec<String>>;
    /// Every row as a line without its end: see [`copy`].
    fn lines(&mut self, table: &Table, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>;
    /// Adds the rows of blocks of whole lines.
    fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> Result<Option<Vec<u8>>>) -> Result<()>;
}

/// One transaction: everything done through it happens together or not at all.
pub struct Tx<'c>(&'c mut dyn Connection);

impl Db {
    /// Opens the database; makes the file when it is not there. Does not change the schema: see [`Db::migrate`].
    pub async fn open(place: &Place) -> Result<Self> {
        let meter = Meter::default();
        let engine = match place {
            Place::Sqlite(file) => Engine::Sqlite(sqlite::Sqlite::open(file.clone(), meter.clone()).await?),
            Place::Postgres(url) => Engine::Postgres(postgres::Postgres::open(url, meter.clone()).await?),
        };
        Ok(Self(Arc::new(engine), meter))
    }

    /// Runs `work` in one transaction and answers when it is durable.
    ///
    /// `work` may run more than once (after a serialization failure, or when the server was lost before it kept anything), so
    /// it must have no effect but through `tx`.
    pub async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.1.writes.inc();
        match &*self.0 {
            Engine::Sqlite(engine) => engine.write(work).await,
            Engine::Postgres(engine) => engine.write(work).await,
        }
    }

    /// Runs `work` on one unchanging view of the data.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.1.reads.inc();
        match &*self.0 {
            Engine::Sqlite(engine) => engine.read(work).await,
            Engine::Postgres(engine) => engine.read(work).await,
        }
    }

    /// How many transactions this process has begun in order to write: who wants to work when nobody else does looks here.
    pub fn written(&self) -> u64 {
        self.1.writes.get()
    }

    /// What it has done so far, in numbers.
    pub const fn meter(&self) -> &Meter {
        &self.1
    }

    /// What the clock of a database server says, in milliseconds since 1970; none where it is the clock of this machine.
    pub async fn clock(&self) -> Result<Option<i64>> {
        match &*self.0 {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(_) => {
                let now = "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
                self.read(move |tx| tx.get(now, &[])).await.map(Some)
            }
        }
    }

    /// Brings the schema up to this program's version; says how many steps it took.
    pub async fn migrate(&self) -> Result<u64> {
        self.write(migrate::up).await
    }

    /// How many migrations this program knows and the database has not seen.
    pub async fn behind(&self) -> Result<u64> {
        self.read(migrate::behind).await
    }

    /// The engine's plan of a statement, one line per step, so that a test can see whether an index is used.
    pub async fn plan(&self, query: Query) -> Result<Vec<String>> {
        let prefix = match &*self.0 {
            Engine::Sqlite(_) => "explain query plan ",
            Engine::Postgres(_) => "explain ",
        };
        self.read(move |tx| {
            let mut lines = Vec::new();
            let sql = format!("{prefix}{}", query.sql());
            tx.0.each(&sql, query.args(), &mut |mut row| {
                lines.push(row.last_text()?);
                Ok(())
            })?;
            Ok(lines)
        })
        .await
    }

    /// The engine's name, for people: `SQLite` or `PostgreSQL`.
    pub fn engine(&self) -> &'static str {
        match &*self.0 {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }
}

impl Tx<'_> {
    /// Runs a write and says how many rows it changed.
    pub fn run(&mut self, sql: &'static str, args: &[Value]) -> Result<u64> {
        self.0.run(sql, args)
    }

    /// Runs an update that must hit exactly one row; [`Error::Stale`] when somebody else was faster.
    pub fn run_one(&mut self, sql: &'static str, args: &[Value]) -> Result<()> {
        if self.0.run(sql, args)? == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// All rows.
    pub fn all<T: FromRow>(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(sql, args, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub fn one<T: FromRow>(&mut self, sql: &'static str, args: &[Value]) -> Result<Option<T>> {
        Ok(self.all(sql, args)?.into_iter().next())
    }

    /// The first row; [`Error::NotFound`] when there is none.
    pub fn get<T: FromRow>(&mut self, sql: &'static str, args: &[Value]) -> Result<T> {
        self.one(sql, args)?.ok_or(Error::NotFound)
    }

    /// Hands the rows to `take` one by one, without holding them all.
    pub fn each<T: FromRow>(
        &mut self,
        sql: &'static str,
        args: &[Value],
        mut take: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        self.0.each(sql, args, &mut |mut row| take(T::from_row(&mut row)?))
    }

    /// All rows of a statement that was put together by a [`Query`].
    pub fn query<T: FromRow>(&mut self, query: &Query) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.query_each(query, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// As [`Tx::query`], one row at a time.
    pub fn query_each<T: FromRow>(&mut self, query: &Query, mut take: impl FnMut(T) -> Result<()>) -> Result<()> {
        self.0.each(query.sql(), query.args(), &mut |mut row| take(T::from_row(&mut row)?))
    }
}
