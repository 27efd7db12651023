//! What follows from what happened (后续事项): the one place that sees every event and every capability.
//!
//! Followers take work off the outbox, do it and remove it in one transaction, so that each effect in our own database
//! happens exactly once, on both engines, with several processes running. Time is an act too: the clock finds what has
//! become due and acts as the system.

pub mod digest;
mod notices;

use crate::{
    accounts,
    campaigns::targets,
    documents,
    enterprises::{self, certificates, imports, shares},
    files, hazards,
    inspections::{signs, sync},
    kernel::{App, Error, Result, db::Tx},
    people::By,
    record::{
        self, Kind,
        store::{self, Work},
        sums,
    },
    supervision,
    tasks::{self, assignments},
    transparency,
};
use jiff::civil::Date;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Pieces of work of one transaction.
const BATCH: i64 = 100;
/// Doublings of the wait after failures: from a second to half a day.
const LONGEST_WAIT: i64 = 15;
/// Events whose facts join the sums in one transaction.
const FOLD: i64 = 500;
/// Batches of events that are sealed between two looks while there is much to do.
const SEALS: usize = 2;
/// Documents printed between two looks: some 30 ms each.
const PRINTS: i64 = 5;
/// Acts between two looks up to which the house counts as quiet, and how many quiet looks in a row wait for what nobody
/// waits for: a minute.
const QUIET: u64 = 10;
const QUIET_LOOKS: u32 = 120;
/// How long an upload that nobody goes on with is kept, in milliseconds: a week.
const UNFINISHED: i64 = 7 * 24 * 3_600_000;
/// How often a process looks for work that nobody told it of.
const EVERY: Duration = Duration::from_millis(500);

/// Follows events and the clock until `stop` is called off.
pub async fn run(app: App, stop: tokio_util::sync::CancellationToken) {
    if let Err(error) = take_up(&app).await {
        tracing::error!(%error, "what a stopped process has left was not taken up");
    }
    tokio::spawn(digest::run(app.clone(), stop.clone()));
    let (mut beat, mut daily) = (tokio::time::interval(EVERY), Daily::default());
    let (mut seen, mut quiet) = (app.db.written(), 0);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        quiet = if app.db.written() - seen <= QUIET { quiet + 1 } else { 0 };
        // Whoever wants to see a document or a picture now is served at once; the others can wait.
        let done = if quiet < QUIET_LOOKS { keep_up(&app).await } else { catch_up(&app).await };
        if let Err(error) = done {
            tracing::error!(%error, "following failed; it will be tried again");
        }
        if quiet >= QUIET_LOOKS
            && let Err(error) = documents::print_waiting(&app, PRINTS).await
        {
            tracing::error!(%error, "printing failed; it will be tried again");
        }
        if let Err(error) = daily.look(&app).await {
            tracing::error!(%error, "tidying up failed; it will be tried again");
        }
        seen = app.db.written();
    }
}

/// What a process does once a day, on whatever day the clock shows. Several processes that all do it do no harm.
#[derive(Debug, Default)]
pub struct Daily {
    done: Option<Date>,
}

impl Daily {
    /// Does the work of the day unless it has been done; says how many uploads that nobody went on with were taken away,
    /// none when it was not yet time.
    pub async fn look(&mut self, app: &App) -> Result<Option<u64>> {
        let now = app.clock.now();
        if self.done == Some(now.date()) {
            return Ok(None);
        }
        let swept = files::sweep(app, now.plus(-UNFINISHED)).await?;
        self.done = Some(now.date());
        if swept > 0 {
            tracing::info!(swept, "unfinished uploads were taken away");
        }
        Ok(Some(swept))
    }
}

/// Takes up the imports and decompositions that a stopped process has left. Another process that does the same does no harm: a row is worked
/// off once.
async fn take_up(app: &App) -> Result<()> {
    let at = app.clock.now();
    let left = app
        .db
        .read(move |tx| {
            let mut left = Vec::new();
            for import in imports::unfinished(tx)? {
                left.extend(accounts::on_behalf(tx, import.account, at)?.map(|by| (by, import.id)));
            }
            Ok(left)
        })
        .await?;
    for (by, id) in left {
        tokio::spawn(imports::run(app.clone(), by, id));
    }
    take_up_decompositions(app).await
}

async fn take_up_decompositions(app: &App) -> Result<()> {
    let at = app.clock.now();
    let left = app.db.read(move |tx| {
        let mut left = Vec::new();
        for begun in targets::unfinished(tx)? {
            left.extend(accounts::on_behalf(tx, begun.account, at)?.map(|by| (by, begun.campaign)));
        }
        Ok(left)
    });
    for (by, campaign) in left.await? {
        tokio::spawn(shares::run(app.clone(), by, campaign, |_| {}));
    }
    Ok(())
}

/// Does everything that is due now, what nobody waits for included; documents are printed by [`run`] or their reader.
pub async fn catch_up(app: &App) -> Result<()> {
    keep_up(app).await?;
    let by = accounts::system(app).await?;
    while !seal(app, &by).await {}
    while files::look_at_new(app).await? > 0 {}
    for follower in record::PATIENT {
        while work_off(app, &by, follower).await? == BATCH {}
    }
    Ok(())
}

/// Does what somebody waits for: the clock first, then what its acts and those of people have left to follow.
async fn keep_up(app: &App) -> Result<()> {
    let by = accounts::system(app).await?;
    loop {
        let lapsed = app.act(&by, hazards::lapse_due).await?;
        let expired = app.act(&by, certificates::expire_due).await?;
        let unanswered = app.act(&by, supervision::lapse_due).await?;
        if lapsed == 0 && expired == 0 && unanswered == 0 {
            break;
        }
    }
    supervision::look_at_ladders(app, &by).await?;
    let prompt = record::FOLLOWERS.iter().map(|(follower, _)| *follower).filter(|f| !record::PATIENT.contains(f));
    for follower in prompt {
        while work_off(app, &by, follower).await? == BATCH {}
    }
    while app.act(&by, |tx, _| sums::fold(tx, FOLD)).await? == FOLD {}
    sync::release(app).await?;
    while app.db.read(assignments::are_unfinished).await? {
        app.act(&by, assignments::go_on_with_any).await?;
    }
    seal(app, &by).await;
    Ok(())
}

/// Seals some of what waits; says whether that was all. When it fails, what others wait for goes on.
async fn seal(app: &App, by: &By) -> bool {
    transparency::keep_up(app, by, SEALS).await.unwrap_or_else(|error| {
        tracing::error!(%error, "sealing failed; it will be tried again");
        true
    })
}

/// Does a batch of work in one transaction. When a piece fails, all of the batch is undone, the piece is put off and the
/// rest is done again without it.
async fn work_off(app: &App, by: &By, follower: &'static str) -> Result<i64> {
    let failed: Arc<Mutex<Option<(Work, String)>>> = Arc::default();
    let note = failed.clone();
    let done = app
        .act(by, move |tx, by| {
            let due = store::due_work(tx, follower, by.at, BATCH)?;
            for work in &due {
                if let Err(error) = follow(tx, by, follower, work) {
                    *note.lock().unwrap_or_else(PoisonError::into_inner) = Some((work.clone(), error.to_string()));
                    return Err(error);
                }
                store::work_done(tx, work, follower)?;
            }
            Ok(due.len() as i64)
        })
        .await;
    let failed = failed.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (done, failed) {
        (Err(_), Some((work, trouble))) => put_off(app, by, follower, work, trouble).await,
        (done, _) => done,
    }
}

/// Puts a piece of work off, longer each time; the batch counts as full, so that the rest is looked at again.
async fn put_off(app: &App, by: &By, follower: &'static str, work: Work, trouble: String) -> Result<i64> {
    tracing::warn!(follower, event = %work.event, %trouble, "put off");
    app.act(by, move |tx, by| {
        let wait = 1000 << work.tries.clamp(0, LONGEST_WAIT);
        store::work_failed(tx, &work, follower, by.at.plus(wait), &trouble)
    })
    .await?;
    Ok(BATCH)
}

/// What each follower does with an event.
fn follow(tx: &mut Tx, by: &By, follower: &str, work: &Work) -> Result<()> {
    match follower {
        "index" => index(tx, work.kind, &work.thing),
        "exchange" => sync::file_arrived(tx, by, &work.thing),
        "signs" => signs::look_into(tx, by, &work.thing),
        "tasks" => tasks::follow_visit(tx, by, &work.thing),
        "notices" => notices::tell(tx, work),
        other => Err(Error::broken(format!("nobody follows as `{other}`"))),
    }
}

/// Puts a thing under the words it is found by.
fn index(tx: &mut Tx, kind: Kind, thing: &str) -> Result<()> {
    let entry = match kind {
        Kind::Enterprise => enterprises::entry(tx, thing)?,
        // a certificate is found by its number under its holder
        Kind::Certificate => {
            let holder = certificates::holder_of(tx, thing)?;
            return index(tx, Kind::Enterprise, &holder.to_string());
        }
        Kind::Hazard => hazards::entry(tx, thing)?,
        Kind::Task => tasks::entry(tx, thing)?,
        _ => None,
    };
    match entry {
        Some(entry) => record::index(tx, thing, &entry),
        None => Ok(()),
    }
}
