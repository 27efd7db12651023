//! PostgreSQL: a pool of connections used from blocking threads, with automatic retry.
//!
//! Transactions run at `repeatable read`: two acts that change one row cannot both succeed (the second is run again
//! on what the first left), as with the single writer of SQLite. See `docs/decisions/0002-two-engines.md`.

use super::{Connection, Meter, Row, Table, Tx, Value, copy, meter::waited};
use crate::kernel::{Error, Result};
use futures_util::{SinkExt, TryStreamExt};
use prometheus_client::metrics::histogram::Histogram;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, sync::Semaphore};
use tokio_postgres::{
    Client, Statement,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

/// Connections of one process; PostgreSQL's default allows a hundred in all.
const CONNECTIONS: usize = 16;
/// How often an act is run again after a serialization failure before the user is told that it is busy.
const TRIES: u32 = 12;
/// How long an act waits for a server that is away, as while it restarts.
const PATIENCE: Duration = Duration::from_secs(4);
const WRITE: &str = "begin isolation level repeatable read";
const READ: &str = "begin isolation level repeatable read read only";

pub(super) struct Postgres {
    pool: Arc<Pool>,
}

struct Pool {
    url: String,
    meter: Meter,
    free: Mutex<Vec<Session>>,
    places: Semaphore,
    /// Whether the server was away when somebody looked last: then nobody waits for it.
    away: AtomicBool,
}

/// A place in the pool: a connection, made anew when the one at hand has been lost.
struct Line {
    pool: Arc<Pool>,
    handle: Handle,
    session: Option<Session>,
}

/// One connection with its prepared statements. Used on blocking threads only; its I/O task lives on the runtime.
struct Session {
    client: Client,
    handle: Handle,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    pub(super) async fn open(url: &str, meter: Meter) -> Result<Self> {
        let first = Session::connect(url).await?;
        let (free, places) = (Mutex::new(vec![first]), Semaphore::new(CONNECTIONS));
        Ok(Self { pool: Arc::new(Pool { url: url.to_owned(), meter, free, places, away: AtomicBool::new(false) }) })
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let wait = self.pool.meter.write_wait.clone();
        self.with(wait, move |line| {
            let (mut tries, until) = (0, Instant::now() + PATIENCE);
            loop {
                let done = line.begin(WRITE).and_then(|session| session.finish(true, &work));
                tries += 1;
                match done {
                    Err(Error::Again) if tries < TRIES => {
                        line.pool.meter.again.inc();
                        std::thread::park_timeout(Duration::from_millis(1 << tries.min(7)));
                    }
                    Err(Error::Again) => return Err(Error::Stale),
                    // lost before anything was kept: the whole act once more, on a new connection
                    Err(Error::Away) if Instant::now() < until && !line.pool.is_away() => {}
                    done => return done,
                }
            }
        })
        .await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let wait = self.pool.meter.read_wait.clone();
        self.with(wait, move |line| line.begin(READ).and_then(|session| session.finish(false, work))).await
    }

    async fn with<T: Send + 'static>(
        &self,
        wait: Histogram,
        work: impl FnOnce(&mut Line) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (pool, asked) = (self.pool.clone(), Instant::now());
        let _place = pool.places.acquire().await.map_err(Error::broken)?;
        waited(&wait, asked);
        let session = pool.lock().pop();
        let mut line = Line { pool: self.pool.clone(), handle: Handle::current(), session };
        tokio::task::spawn_blocking(move || work(&mut line)).await.map_err(Error::broken)?
    }
}

impl Pool {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }
}

impl Line {
    /// Begins a transaction. A server that restarts or hands over to another is waited for a while; when it stays away,
    /// [`Error::Away`], at once for those who come after.
    fn begin(&mut self, sql: &str) -> Result<&mut Session> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.try_begin(sql) {
                Ok(()) => break,
                Err(Error::Away) if Instant::now() < until && !self.pool.is_away() => {
                    std::thread::park_timeout(Duration::from_millis(50));
                }
                Err(error) => {
                    self.pool.away.store(matches!(error, Error::Away), Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        self.pool.away.store(false, Ordering::Relaxed);
        self.session.as_mut().ok_or(Error::Away)
    }

    fn try_begin(&mut self, sql: &str) -> Result<()> {
        let mut session = match self.session.take().filter(|s| !s.client.is_closed()) {
            Some(session) => session,
            None => self.handle.block_on(Session::connect(&self.pool.url)).inspect_err(|_| {
                self.pool.meter.lost.inc();
            })?,
        };
        session.script(sql).inspect_err(|_| {
            self.pool.meter.lost.inc();
        })?;
        self.session = Some(session);
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.pool.lock().extend(self.session.take().filter(|s| !s.client.is_closed()));
    }
}

impl Session {
    async fn connect(url: &str) -> Result<Self> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Error::broken)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
        let mut config: tokio_postgres::Config = url.parse()?;
        // What a wall swallows without a word must not be waited for as long as TCP would.
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE).tcp_user_timeout(3 * PATIENCE);
        }
        let (client, io) = config.connect(tls).await?;
        tokio::spawn(async move {
            if let Err(error) = io.await {
                tracing::warn!(%error, "a connection to PostgreSQL ended");
            }
        });
        Ok(Self { client, handle: Handle::current(), prepared: HashMap::new() })
    }

    /// Does `work` in the transaction that was begun and commits it, or undoes it. When the connection is lost while it is
    /// committed, nobody knows whether it was: [`Error::Unsure`].
    fn finish<T>(&mut self, writes: bool, work: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut Tx(self))))
            .unwrap_or_else(|_| Err(Error::broken("the act panicked; nothing of it was kept")));
        let done = done.and_then(|v| match self.script("commit") {
            Err(Error::Away) => {
                if writes {
                    Err(Error::Unsure)
                } else {
                    Ok(v)
                }
            }
            committed => committed.map(|()| v),
        });
        if done.is_err() && !self.client.is_closed() {
            // What is lost by now has undone it by itself.
            match self.script("rollback") {
                Err(Error::Away) | Ok(()) => {}
                Err(error) => return Err(error),
            }
        }
        done
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.handle.block_on(self.client.prepare(sql))?;
        if self.prepared.len() >= 512 {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Connection for Session {
    fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        let statement = self.statement(sql)?;
        Ok(self.handle.block_on(self.client.execute(&statement, &parameters(args)))?)
    }

    fn each(&mut self, sql: &str, args: &[Value], take: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let statement = self.statement(sql)?;
        let names: Arc<[String]> = statement.columns().iter().map(|c| c.name().to_owned()).collect();
        for row in self.handle.block_on(self.client.query(&statement, &parameters(args)))? {
            let values = (0..names.len()).map(|i| value(&row, i)).collect::<Result<_>>()?;
            take(Row::new(names.clone(), values))?;
        }
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<()> {
        Ok(self.handle.block_on(self.client.batch_execute(sql))?)
    }

    fn columns(&mut self, table: &str) -> Result<Vec<String>> {
        let statement = self.statement(&format!("select * from \"{table}\""))?;
        Ok(statement.columns().iter().map(|column| column.name().to_owned()).collect())
    }

    /// The server sends each row in a message of its own (PostgreSQL documentation, “COPY Operations”).
    fn lines(&mut self, table: &Table, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let sql = format!("copy \"{}\" ({}) to stdout", table.name, copy::columns(table));
        let mut rows = pin!(self.handle.block_on(self.client.copy_out(&sql))?);
        while let Some(row) = self.handle.block_on(rows.try_next())? {
            take(row.strip_suffix(b"\n").unwrap_or(&row))?;
        }
        Ok(())
    }

    fn fill(&mut self, table: &Table, next: &mut dyn FnMut() -> Result<Option<Vec<u8>>>) -> Result<()> {
        let sql = format!("copy \"{}\" ({}) from stdin", table.name, copy::columns(table));
        let mut sink = pin!(self.handle.block_on(self.client.copy_in::<_, bytes::Bytes>(&sql))?);
        while let Some(block) = next()? {
            self.handle.block_on(sink.send(block.into()))?;
        }
        self.handle.block_on(sink.finish())?;
        Ok(())
    }
}

fn parameters(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|v| v as _).collect()
}

fn value(row: &tokio_postgres::Row, i: usize) -> Result<Value> {
    Ok(match *row.columns()[i].type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(i)?.into(),
        Type::INT4 => row.try_get::<_, Option<i32>>(i)?.map(i64::from).into(),
        Type::BOOL => row.try_get::<_, Option<bool>>(i)?.into(),
        _ => row.try_get::<_, Option<String>>(i)?.into(),
    })
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut bytes::BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(v) if *ty == Type::INT4 => i32::try_from(*v)?.to_sql(ty, out),
            Self::Int(v) => v.to_sql(ty, out),
            // PostgreSQL has no NUL in text; what a client sends must not become a failure of ours.
            Self::Text(v) => v.replace('\0', "").to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl From<tokio_postgres::Error> for Error {
    fn from(e: tokio_postgres::Error) -> Self {
        let Some(db) = e.as_db_error() else { return if is_lost(&e) { Self::Away } else { Self::broken(e) } };
        match (db.code().code(), db.constraint()) {
            // shut down, crashed, starting up, no connection left, any trouble with the connection
            ("57P01" | "57P02" | "57P03" | "53300", _) => Self::Away,
            (code, _) if code.starts_with("08") => Self::Away,
            ("40001" | "40P01", _) => Self::Again,
            ("23505", Some(index)) => Self::Taken(index.trim_end_matches("_pkey").to_owned()),
            ("53100", _) => Self::DiskFull,
            // PostgreSQL keeps no NUL in a text: whatever was asked for by one is not there
            ("22021", _) => Self::NotFound,
            _ => Self::broken(format!("{} ({})", db.message(), db.code().code())),
        }
    }
}

/// Whether the server is gone, and not unwilling.
fn is_lost(e: &tokio_postgres::Error) -> bool {
    e.is_closed() || std::error::Error::source(e).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
