//! The numbers of a running server, and whether it is about to stop.

use crate::{
    accounts, backup, files,
    kernel::{App, Moment, Result},
    record::{FOLLOWERS, store, sums},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::Registry,
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// How often all files are counted, at the most.
const FILES_EVERY: Duration = Duration::from_mins(5);

/// What is seen of a running server; cheap to clone.
#[derive(Clone)]
pub struct Watch(Arc<Inside>);

struct Inside {
    registry: Registry,
    requests: Family<Answered, Counter>,
    times: Family<Asked, Histogram, fn() -> Histogram>,
    open: Gauge,
    looked: Looked,
    draining: AtomicBool,
    files_counted: Mutex<Option<Instant>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    of: String,
}

/// What is looked up when somebody reads the numbers.
#[derive(Default)]
struct Looked {
    up: Gauge,
    ready: Gauge,
    waiting: Family<Of, Gauge>,
    behind: Family<Of, Gauge>,
    sessions: Family<Of, Gauge>,
    files: Gauge,
    file_bytes: Gauge,
    last_backup: Gauge,
    memory: Gauge,
    descriptors: Gauge,
}

/// A request that is being worked on, until this is dropped.
pub struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// From a millisecond to some eight seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 14))
}

impl Watch {
    /// Begins to watch the server of `app`.
    pub fn over(app: &App) -> Self {
        let mut registry = Registry::with_prefix("paicha");
        let requests = Family::<Answered, Counter>::default();
        let times = Family::<Asked, Histogram, fn() -> Histogram>::new_with_constructor(seconds);
        let (open, looked) = (Gauge::default(), Looked::default());
        let about = vec![("version", env!("CARGO_PKG_VERSION")), ("engine", app.db.engine())];
        registry.register("build", "Version and database engine", Info::new(about));
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time from a request to the head of its answer", times.clone());
        registry.register("http_requests_open", "Requests being worked on", open.clone());
        app.db.meter().show(&mut registry);
        looked.show(&mut registry);
        let (draining, files_counted) = (AtomicBool::new(false), Mutex::new(None));
        Self(Arc::new(Inside { registry, requests, times, open, looked, draining, files_counted }))
    }

    /// From now on the server is not ready: it is about to stop.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it is about to stop.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// A request has come.
    pub fn enter(&self) -> Open {
        self.0.open.inc();
        Open(self.0.open.clone())
    }

    /// A request has been answered.
    pub fn note(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.0.requests.get_or_create(&Answered { method, route: route.clone(), status }).inc();
        self.0.times.get_or_create(&Asked { method, route }).observe(took.as_secs_f64());
    }

    /// All numbers in the text format of OpenMetrics, which Prometheus reads. When the database is away, what stood there
    /// last is shown, and that it is away.
    pub async fn text(&self, app: &App) -> Result<String> {
        let looked = &self.0.looked;
        let found = self.look(app).await;
        looked.up.set(found.is_ok().into());
        looked.ready.set((found.is_ok() && !self.is_draining()).into());
        looked.last_backup.set(backup::last(&app.config).map_or(0, |at| at.millis() / 1000));
        looked.memory.set(resident());
        looked.descriptors.set(std::fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() as i64));
        let mut text = String::new();
        text::encode(&mut text, &self.0.registry).map_err(crate::kernel::Error::broken)?;
        Ok(text)
    }

    async fn look(&self, app: &App) -> Result<()> {
        let (now, count_files) = (app.clock.now(), self.files_are_due());
        let found = app.db.read(move |tx| {
            let files = if count_files { Some(files::measure(tx)?) } else { None };
            Ok((store::waiting(tx)?, accounts::store::count_sessions(tx, now)?, files))
        });
        let (waiting, sessions, files) = found.await?;
        let looked = &self.0.looked;
        looked.followers(&waiting, now);
        looked.sessions.clear();
        for (kind, many) in sessions {
            looked.sessions.get_or_create(&Of { of: kind.code().to_owned() }).set(many);
        }
        if let Some((many, bytes)) = files {
            looked.files.set(many);
            looked.file_bytes.set(bytes);
            *self.0.files_counted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        Ok(())
    }

    fn files_are_due(&self) -> bool {
        let last = *self.0.files_counted.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|at| at.elapsed() > FILES_EVERY)
    }
}

impl Looked {
    fn show(&self, to: &mut Registry) {
        to.register("database_up", "Whether the database answers", self.up.clone());
        to.register("ready", "Whether the server wants requests", self.ready.clone());
        to.register("outbox_length", "Work that waits for a follower", self.waiting.clone());
        to.register("follower_lag_seconds", "For how long the oldest work has been due", self.behind.clone());
        to.register("sessions", "Open sessions and tokens", self.sessions.clone());
        to.register("files", "Pieces of evidence on record, counted every five minutes", self.files.clone());
        to.register("files_size_bytes", "Their size", self.file_bytes.clone());
        to.register(
            "last_backup_timestamp_seconds",
            "When the last backup was made; 0: never",
            self.last_backup.clone(),
        );
        to.register("resident_memory_bytes", "Memory of this process", self.memory.clone());
        to.register("open_fds", "Open file descriptors of this process", self.descriptors.clone());
    }

    /// Every follower has its line, also when nothing waits for it.
    fn followers(&self, waiting: &[(String, i64, Moment)], now: Moment) {
        let all = FOLLOWERS.iter().map(|(follower, _)| *follower).chain([sums::FOLLOWER]);
        for follower in all {
            let found = waiting.iter().find(|(name, ..)| name == follower);
            let (many, lag) =
                found.map_or((0, 0), |(_, many, due)| (*many, (now.millis() - due.millis()).max(0) / 1000));
            let of = Of { of: follower.to_owned() };
            self.waiting.get_or_create(&of).set(many);
            self.behind.get_or_create(&of).set(lag);
        }
    }
}

/// Bytes of memory that this process holds (Linux: proc(5), `status`); 0 where the system does not say.
fn resident() -> i64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    line.and_then(|kilobytes| kilobytes.parse::<i64>().ok()).unwrap_or(0) * 1024
}
