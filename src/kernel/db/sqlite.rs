//! SQLite: one writer thread with group commit, a few readers.

use super::{Connection, Meter, Row, Table, Tx, Value, copy, meter::waited};
use crate::kernel::{Error, Result};
use rusqlite::{
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    time::Instant,
};
use tokio::sync::{Semaphore, oneshot};

/// Readers beside the writer; more do not help on a machine of few cores.
const READERS: usize = 4;
/// Acts that share one fsync at the most.
const GROUP: usize = 128;

/// An act that waits for its turn, and whoever waits for its answer.
trait Act: Send {
    /// When it was asked for.
    fn asked(&self) -> Instant;
    /// Does it within the transaction; says whether it may stand.
    fn act(&mut self, connection: &mut rusqlite::Connection) -> bool;
    /// Does it under a savepoint, so that it can be undone by itself.
    fn act_apart(&mut self, connection: &mut rusqlite::Connection);
    /// Answers, when the transaction is on disk or has failed.
    fn answer(self: Box<Self>, committed: std::result::Result<(), String>);
}

struct Job<T, W> {
    asked: Instant,
    work: W,
    done: Result<T>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T: Send, W: Fn(&mut Tx) -> Result<T> + Send> Act for Job<T, W> {
    fn asked(&self) -> Instant {
        self.asked
    }

    fn act(&mut self, connection: &mut rusqlite::Connection) -> bool {
        self.done = unwinding(connection, &self.work);
        self.done.is_ok()
    }

    fn act_apart(&mut self, connection: &mut rusqlite::Connection) {
        self.done = guarded(connection, "savepoint act", "release act", "rollback to act; release act", &self.work);
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), String>) {
        // Nobody waits for the answer when the client has gone: the act stands all the same.
        let _ = self.answer.send(self.done.and_then(|v| committed.map(|()| v).map_err(Error::broken)));
    }
}

pub(super) struct Sqlite {
    meter: Meter,
    writer: mpsc::Sender<Box<dyn Act>>,
    readers: Arc<Readers>,
}

struct Readers {
    free: Mutex<Vec<rusqlite::Connection>>,
    places: Semaphore,
}

impl Sqlite {
    pub(super) async fn open(file: PathBuf, meter: Meter) -> Result<Self> {
        tokio::task::spawn_blocking(move || {
            let mut connection = connect(&file)?;
            let (writer, queue) = mpsc::channel::<Box<dyn Act>>();
            let seen = meter.clone();
            std::thread::Builder::new()
                .name("sqlite-writer".into())
                .spawn(move || {
                    while let Ok(first) = queue.recv() {
                        let group: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(GROUP)).collect();
                        seen.group.observe(f64::from(u32::try_from(group.len()).unwrap_or(u32::MAX)));
                        for act in &group {
                            waited(&seen.write_wait, act.asked());
                        }
                        commit_together(&mut connection, group);
                    }
                })
                .map_err(Error::broken)?;
            let free = (0..READERS).map(|_| connect(&file)).collect::<Result<Vec<_>>>()?;
            Ok(Self {
                meter,
                writer,
                readers: Arc::new(Readers { free: Mutex::new(free), places: Semaphore::new(READERS) }),
            })
        })
        .await
        .map_err(Error::broken)?
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let done = Err(Error::broken("the act was not begun"));
        self.writer.send(Box::new(Job { asked: Instant::now(), work, done, answer })).map_err(Error::broken)?;
        answered.await.map_err(Error::broken)?
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (readers, asked) = (self.readers.clone(), Instant::now());
        let _place = readers.places.acquire().await.map_err(Error::broken)?;
        waited(&self.meter.read_wait, asked);
        let readers = self.readers.clone();
        tokio::task::spawn_blocking(move || {
            let mut connection = readers.lock().pop().ok_or_else(|| Error::broken("no reader is free"))?;
            let done = guarded(&mut connection, "begin", "commit", "rollback", work);
            readers.lock().push(connection);
            done
        })
        .await
        .map_err(Error::broken)?
    }
}

impl Readers {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<rusqlite::Connection>> {
        self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn connect(file: &Path) -> Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(file)?;
    // A checkpoint writes every page that has changed once, however often it has: one in 16 MB costs a quarter of four.
    connection.execute_batch(
        "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
         pragma wal_autocheckpoint = 4000; pragma cache_size = -16384; pragma temp_store = memory",
    )?;
    connection.set_prepared_statement_cache_capacity(256);
    // A statement keeps its plan whatever is bound to it; else some are planned anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// What waits in the queue becomes one transaction, and nobody is answered before it is on disk.
fn commit_together(connection: &mut rusqlite::Connection, mut group: Vec<Box<dyn Act>>) {
    let committed = together(connection, &mut group).map_err(|e| {
        let _ = connection.script("rollback");
        e.to_string()
    });
    for act in group {
        act.answer(committed.clone());
    }
}

/// Nearly always every act of a group may stand. A savepoint copies each page that an act changes, so they are done
/// without one first; when one fails, all are undone and done again, each under its own.
fn together(connection: &mut rusqlite::Connection, group: &mut [Box<dyn Act>]) -> Result<()> {
    connection.run("begin immediate", &[])?;
    if !group.iter_mut().all(|act| act.act(connection)) {
        // A full disk has undone it already.
        let _ = connection.script("rollback");
        if group.len() == 1 {
            return Ok(());
        }
        connection.run("begin immediate", &[])?;
        for act in group {
            act.act_apart(connection);
        }
    }
    connection.run("commit", &[]).map(|_| ())
}

/// `work` between `begin` and `end`; undone by `undo` when it fails or panics.
fn guarded<T>(
    connection: &mut rusqlite::Connection,
    begin: &str,
    end: &str,
    undo: &str,
    work: impl FnOnce(&mut Tx) -> Result<T>,
) -> Result<T> {
    connection.run(begin, &[])?;
    let done = unwinding(connection, work).and_then(|v| connection.run(end, &[]).map(|_| v));
    if done.is_err() {
        connection.script(undo)?;
    }
    done
}

fn unwinding<T>(connection: &mut rusqlite::Connection, work: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(|| work(&mut Tx(connection))))
        .unwrap_or_else(|_| Err(Error::broken("the act panicked; nothing of it was kept")))
}

impl Connection for rusqlite::Connection {
    fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        let mut statement = self.prepare_cached(&by_number(sql))?;
        bind(&mut statement, args)?;
        Ok(statement.raw_execute()? as u64)
    }

    fn each(&mut self, sql: &str, args: &[Value], take: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let mut statement = self.prepare_cached(&by_number(sql))?;
        bind(&mut statement, args)?;
        let mut names: Option<Arc<[String]>> = None;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let names = names.get_or_insert_with(|| names_of(row.as_ref()));
            let values = (0..names.len()).map(|i| value(row.get_ref(i)?)).collect::<Result<_>>()?;
            take(Row::new(names.clone(), values))?;
        }
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<()> {
        Ok(self.execute_batch(sql)?)
    }

    /// What only SQLite understands stands in the migrations as comments: such a table is kept once, in the order of its
    /// key, and not a second time beside it.
    fn schema(&mut self, sql: &str) -> Result<()> {
        self.script(&sql.replace("/* without rowid */", "without rowid"))
    }

    fn columns(&mut self, table: &str) -> Result<Vec<String>> {
        let statement = self.prepare(&format!("select * from \"{table}\""))?;
        Ok(statement.column_names().map(str::to_owned).collect())
    }

    fn lines(&mut self, table: &Table, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut statement = self.prepare(&format!("select {} from \"{}\"", copy::columns(table), table.name))?;
        let (mut rows, mut line) = (statement.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            line.clear();
            for i in 0..table.columns.len() {
                if i > 0 {
                    line.push(b'\t');
                }
                match value(row.get_ref(i)?)? {
                    Value::Null => line.extend(copy::UNKNOWN),
                    Value::Int(v) => line.extend(v.to_string().bytes()),
                    Value::Text(v) => copy::write(&mut line, v.as_bytes()),
                }
            }
            take(&line)?;
        }
        Ok(())
    }

    /// Everything is bound as text: SQLite turns what goes into a column of numbers into one. An office may come before
    /// the office above it, so references are looked at when all is there.
    fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> Result<Option<Vec<u8>>>) -> Result<()> {
        self.script("pragma defer_foreign_keys = on")?;
        let (columns, holes) = (copy::columns(table), vec!["?"; table.columns.len()].join(", "));
        let mut statement = self.prepare(&format!("insert into \"{}\" ({columns}) values ({holes})", table.name))?;
        while let Some(block) = next()? {
            for line in block.strip_suffix(b"\n").unwrap_or(&block).split(|byte| *byte == b'\n') {
                let values = line.split(|byte| *byte == b'\t').map(copy::read).collect::<Result<Vec<_>>>()?;
                statement.execute(rusqlite::params_from_iter(values))?;
            }
        }
        Ok(())
    }
}

fn names_of(statement: &rusqlite::Statement) -> Arc<[String]> {
    statement.column_names().map(str::to_owned).collect()
}

/// SQLite finds `?2` by its number and `$2` by its name: the first costs nothing.
fn by_number(sql: &str) -> String {
    sql.replace('$', "?")
}

fn bind(statement: &mut rusqlite::CachedStatement, args: &[Value]) -> Result<()> {
    for i in 1..=statement.parameter_count() {
        let value = args.get(i - 1).ok_or_else(|| Error::broken("a placeholder has no value"))?;
        statement.raw_bind_parameter(i, value)?;
    }
    Ok(())
}

fn value(stored: ValueRef) -> Result<Value> {
    Ok(match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
        other => {
            return Err(Error::broken(format!("a {:?} is stored where text or integer belong", other.data_type())));
        }
    })
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(ToSqlOutput::Borrowed(ValueRef::Null)),
            Self::Int(v) => v.to_sql(),
            Self::Text(v) => v.to_sql(),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        // «UNIQUE constraint failed: accounts.login» becomes the name of the index by our convention: accounts_login.
        let text = e.to_string();
        if let Some(columns) = text.strip_prefix("UNIQUE constraint failed: ") {
            let mut names = columns.split(", ");
            let first = names.next().unwrap_or_default().replace('.', "_");
            let rest = names.filter_map(|n| n.split('.').nth(1)).map(|c| format!("_{c}"));
            return Self::Taken(std::iter::once(first).chain(rest).collect());
        }
        match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::broken(e),
        }
    }
}
