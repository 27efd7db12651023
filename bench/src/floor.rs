//! The floor: what a server must do that gives Paicha's guarantees, and nothing else.
//!
//! One row with its answers as JSON, one row of audit with a hash, one counter; SQLite with `synchronous=FULL`, acts
//! that wait share a commit; a photograph is written and synced, with its folder, before its row. No sign-in, no rules,
//! no search, no pages.

use crate::Failure;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, put},
};
use rusqlite::{Connection, params};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Write,
    path::{Path as File, PathBuf},
    sync::mpsc,
};
use tokio::sync::oneshot;

/// The head that says how many bytes of a body are the record; a photograph follows.
pub const RECORD: &str = "record-bytes";

const SCHEMA: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16384;
    create table if not exists inspections (
        seq integer primary key, id text not null unique, enterprise text, state text, checklist text, started_at text,
        photo text, answers text not null);
    create index if not exists inspections_started on inspections (started_at);
    create index if not exists inspections_enterprise on inspections (enterprise, state);
    create table if not exists audit (seq integer primary key, actor text, verb text, thing text, hash text);
    create table if not exists counters (
        enterprise text, checklist text, n integer, primary key (enterprise, checklist)) without rowid";

/// A record on its way to the disk, and who waits for it.
struct Job {
    id: String,
    record: Value,
    text: String,
    photo: Option<String>,
    done: oneshot::Sender<bool>,
}

#[derive(Clone)]
struct Floor {
    queue: mpsc::Sender<Job>,
    folder: PathBuf,
}

/// Serves until it is ended.
pub async fn serve(folder: PathBuf, address: &str) -> Result<(), Failure> {
    fs::create_dir_all(&folder)?;
    let connection = Connection::open(folder.join("floor.db")).map_err(Failure::new)?;
    connection.execute_batch(SCHEMA).map_err(Failure::new)?;
    let (queue, jobs) = mpsc::channel();
    std::thread::spawn(move || commit_together(&connection, &jobs));
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/inspections/{id}", put(receive))
        .layer(DefaultBodyLimit::max(8 << 20))
        .with_state(Floor { queue, folder });
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await.map_err(Failure::from)
}

async fn receive(
    State(floor): State<Floor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, StatusCode> {
    let length = headers.get(RECORD).and_then(|h| h.to_str().ok()?.parse().ok()).unwrap_or(body.len());
    let (text, photo) = (body.slice(..length.min(body.len())), body.slice(length.min(body.len())..));
    let record: Value = serde_json::from_slice(&text).map_err(|_| StatusCode::BAD_REQUEST)?;
    let text = String::from_utf8(text.to_vec()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let failed = |()| StatusCode::INTERNAL_SERVER_ERROR;
    let photo = if photo.is_empty() {
        None
    } else {
        let folder = floor.folder.clone();
        let kept = tokio::task::spawn_blocking(move || keep(&folder, &photo)).await.map_err(|_| failed(()))?;
        Some(kept.map_err(|_| failed(()))?)
    };
    let (done, answered) = oneshot::channel();
    floor.queue.send(Job { id, record, text, photo, done }).map_err(|_| failed(()))?;
    if answered.await == Ok(true) { Ok(StatusCode::CREATED) } else { Err(StatusCode::CONFLICT) }
}

/// Keeps a photograph under its hash, on disk when it answers.
fn keep(folder: &File, photo: &[u8]) -> std::io::Result<String> {
    let hash = hash(photo);
    let below = folder.join(&hash[..2]);
    fs::create_dir_all(&below)?;
    let (beside, path) = (below.join(format!(".{hash}")), below.join(&hash));
    let mut file = fs::File::create(&beside)?;
    file.write_all(photo)?;
    file.sync_data()?;
    fs::rename(&beside, &path)?;
    fs::File::open(&below)?.sync_all()?;
    Ok(hash)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn commit_together(connection: &Connection, jobs: &mpsc::Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let group: Vec<Job> = std::iter::once(first).chain(jobs.try_iter().take(128)).collect();
        let begun = connection.execute_batch("begin immediate").is_ok();
        let kept: Vec<bool> = group.iter().map(|job| begun && write(connection, job).is_ok()).collect();
        let committed = connection.execute_batch("commit").is_ok();
        for (job, kept) in group.into_iter().zip(kept) {
            // Nobody waits when the client has gone.
            let _ = job.done.send(kept && committed);
        }
    }
}

fn write(connection: &Connection, job: &Job) -> rusqlite::Result<()> {
    let said = |name: &str| job.record[name].as_str().unwrap_or_default().to_owned();
    connection
        .prepare_cached(
            "insert into inspections (id, enterprise, state, checklist, started_at, photo, answers)
             values (?, ?, 'done', ?, ?, ?, ?)",
        )?
        .execute(params![job.id, said("enterprise"), said("checklist"), said("started_at"), job.photo, job.text])?;
    connection
        .prepare_cached("insert into audit (actor, verb, thing, hash) values (?, 'submit', ?, ?)")?
        .execute(params![said("signed_by"), job.id, hash(job.text.as_bytes())])?;
    connection
        .prepare_cached("insert into counters values (?, ?, 1) on conflict do update set n = n + 1")?
        .execute(params![said("enterprise"), said("checklist")])?;
    Ok(())
}
