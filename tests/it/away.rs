//! PostgreSQL goes away and comes back: what can be done once more is done once more, the rest is told plainly.
//! Nothing of this can happen to a file of SQLite, so these tests do nothing there.

use crate::{operations::finds, world::World};
use paicha::kernel::{App, db};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A wire to PostgreSQL that can be cut.
struct Wire {
    url: String,
    is_cut: Arc<AtomicBool>,
    cuts: watch::Sender<usize>,
}

impl Wire {
    async fn to(url: &str) -> Self {
        let (user, rest) = url.strip_prefix("postgres://").unwrap().split_once('@').unwrap();
        let (server, path) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://{user}@{}/{path}", listener.local_addr().unwrap());
        let (cuts, seen) = watch::channel(0);
        let is_cut = Arc::new(AtomicBool::new(false));
        let (cut, server) = (is_cut.clone(), server.to_owned());
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                let (mut seen, server) = (seen.clone(), server.clone());
                seen.mark_unchanged();
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(&server).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut here, &mut there) => {}
                        _ = seen.changed() => {}
                    }
                });
            }
        });
        Self { url, is_cut, cuts }
    }

    /// Cuts what is connected; nothing comes through until it is mended.
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.cuts.send_modify(|n| *n += 1);
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

/// The world over a wire; nothing on SQLite.
async fn wired() -> Option<(World, Wire)> {
    let w = World::new().await;
    let wire = Wire::to(w.app.config.database_url.as_deref()?).await;
    let db = db::Db::open(&db::Place::Postgres(wire.url.clone())).await.unwrap();
    let app = App { db, ..w.app.clone() };
    Some((w.over(app), wire))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_cut_is_not_noticed() {
    let Some((w, wire)) = wired().await else { return };
    let (ying, began) = (w.ying().await, Instant::now());
    assert_eq!(finds(&ying).await, 200);
    // cut before the next act begins: idle connections are dead, and the first tries to connect fail
    wire.cut();
    let (found, ()) = tokio::join!(finds(&ying), async {
        let mut beat = tokio::time::interval(Duration::from_millis(300));
        beat.tick().await;
        beat.tick().await;
        wire.mend();
    });
    assert_eq!(found, 200);
    ying.get("/api/v1/hazards").await.is(200, "items");
    println!("a cut of 300 ms cost {} ms", began.elapsed().as_millis());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_one_is_told_plainly_and_ends_by_itself() {
    let Some((w, wire)) = wired().await else { return };
    let ying = w.ying().await;
    wire.cut();
    let mut found = w.found("未按标准组织生产");
    found["id"] = crate::world::new_id().into();
    let path = format!("/api/v1/hazards/{}", found["id"].as_str().unwrap());
    let away = ying.put(&path, found.clone()).await;
    away.is(503, "\"away\"");
    assert!(away.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    let began = Instant::now();
    ying.get("/api/v1/hazards").await.is(503, "\"away\"");
    assert!(began.elapsed() < Duration::from_secs(2), "those who come after are told at once");
    w.nobody().get("/readyz").await.is(503, "away");
    w.nobody().get("/healthz").await.is(200, "ok");
    wire.mend();
    ying.put(&path, found).await.is(200, "registered");
    w.nobody().get("/readyz").await.is(200, "ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_cut_nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let Some((w, wire)) = wired().await else { return };
    let ying = w.ying().await;
    let (mut acknowledged, mut told) = (Vec::new(), 0);
    for round in 0..12 {
        let found = w.found(&format!("第{round}次"));
        let path = format!("/api/v1/hazards/{}", found["id"].as_str().unwrap());
        let (answer, ()) = tokio::join!(ying.put(&path, found.clone()), async {
            for _ in 0..round * 40 {
                tokio::task::yield_now().await;
            }
            wire.cut();
            wire.mend();
        });
        assert!(matches!(answer.status, 200 | 503), "{}", answer.body);
        told += usize::from(answer.status == 503);
        // the same again is the same: whoever was not sure sends it once more
        ying.put(&path, found.clone()).await.is(200, "registered");
        acknowledged.push(found["id"].as_str().unwrap().to_owned());
    }
    let many: i64 = w.app.db.read(|tx| tx.get("select count(*) from hazards", &[])).await.unwrap();
    assert_eq!(many, 12);
    let numbers: i64 = w.app.db.read(|tx| tx.get("select count(distinct number) from hazards", &[])).await.unwrap();
    assert_eq!(numbers, 12);
    println!("12 cuts: {told} of 12 acts were told that it is not sure, none lost, none doubled");
}
