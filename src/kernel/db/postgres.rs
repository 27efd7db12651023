//! PostgreSQL: a pool of connections used from blocking threads, with automatic retry.
//!
//! Transactions run at `repeatable read`: two acts that change one row cannot both succeed (the second is run again
//! on what the first left), as with the single writer of SQLite. See `docs/decisions/0002-two-engines.md`.

use super::{Connection, Row, Table, Tx, Value, copy};
use crate::kernel::{Error, Result};
use futures_util::{SinkExt, TryStreamExt};
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
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

pub(super) struct Postgres {
    pool: Arc<Pool>,
}

struct Pool {
    url: String,
    free: Mutex<Vec<Session>>,
    places: Semaphore,
}

/// One connection with its prepared statements. Used on blocking threads only; its I/O task lives on the runtime.
struct Session {
    client: Client,
    handle: Handle,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let pool = Pool { url: url.to_owned(), free: Mutex::new(Vec::new()), places: Semaphore::new(CONNECTIONS) };
        let first = Session::connect(url).await?;
        pool.lock().push(first);
        Ok(Self { pool: Arc::new(pool) })
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.with(move |session| {
            let mut tries = 0;
            loop {
                let done = session.transaction("begin isolation level repeatable read", &work);
                tries += 1;
                match done {
                    Err(Error::Again) if tries < TRIES => {
                        std::thread::park_timeout(Duration::from_millis(1 << tries.min(7)));
                    }
                    Err(Error::Again) => return Err(Error::Stale),
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
        self.with(move |session| session.transaction("begin isolation level repeatable read read only", work)).await
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let pool = self.pool.clone();
        let _place = pool.places.acquire().await.map_err(Error::broken)?;
        let free = pool.lock().pop().filter(|s| !s.client.is_closed());
        let mut session = match free {
            Some(session) => session,
            None => Session::connect(&pool.url).await?,
        };
        let pool = self.pool.clone();
        tokio::task::spawn_blocking(move || {
            let done = work(&mut session);
            pool.lock().push(session);
            done
        })
        .await
        .map_err(Error::broken)?
    }
}

impl Pool {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
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
        let (client, io) = tokio_postgres::connect(url, tls).await?;
        tokio::spawn(async move {
            if let Err(error) = io.await {
                tracing::warn!(%error, "a connection to PostgreSQL ended");
            }
        });
        Ok(Self { client, handle: Handle::current(), prepared: HashMap::new() })
    }

    fn transaction<T>(&mut self, begin: &str, work: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        self.script(begin)?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut Tx(self))))
            .unwrap_or_else(|_| Err(Error::broken("the act panicked; nothing of it was kept")))
            .and_then(|v| self.script("commit").map(|()| v));
        if done.is_err() {
            self.script("rollback")?;
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
        let Some(db) = e.as_db_error() else { return Self::broken(e) };
        match (db.code().code(), db.constraint()) {
            ("40001" | "40P01", _) => Self::Again,
            ("23505", Some(index)) => Self::Taken(index.trim_end_matches("_pkey").to_owned()),
            ("53100", _) => Self::DiskFull,
            // PostgreSQL keeps no NUL in a text: whatever was asked for by one is not there
            ("22021", _) => Self::NotFound,
            _ => Self::broken(format!("{} ({})", db.message(), db.code().code())),
        }
    }
}
