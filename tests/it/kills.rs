//! Processes that are killed while they divide targets and hand out tasks, and others that go on where they were.
//!
//! Every day a few times in a small country; `PAICHA_LONG=1 cargo nextest run --test it kills --no-capture` does it two
//! hundred times each, with every county office of the country, and prints how long it took.

use crate::{target_work::settle_country, world::World};
use paicha::{campaigns::targets::Target, kernel::EnterpriseId, people::Level, reference::identifiers};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::Read,
    process::{Command, Stdio},
    time::Instant,
};

fn is_long() -> bool {
    std::env::var_os("PAICHA_LONG").is_some()
}

/// Small numbers that look like chance, the same every time.
pub fn chance() -> impl FnMut() -> u64 {
    let mut state = 20_230_614_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

/// Runs `paicha` on the installation of `w` until it is done by itself, and kills it before that at `kills` random points;
/// says how often it was killed. It tells of its progress on standard error: a point is so many bytes of that, and
/// whatever it does until the signal reaches it.
fn killed(w: &World, args: &[&str], kills: usize) -> usize {
    let (mut dice, mut killed) = (chance(), 0);
    loop {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paicha"));
        command.args(args).arg("--data").arg(&w.app.config.data).env("LC_ALL", "en");
        if let Some(url) = &w.app.config.database_url {
            command.arg("--database-url").arg(url);
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut told = child.stderr.take().unwrap();
        if killed < kills {
            let point = usize::try_from(dice() % 60).unwrap();
            let read = told.by_ref().take(point as u64).read_to_end(&mut Vec::new()).unwrap();
            // what has come to its end before that was not killed
            if read == point && child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
                continue;
            }
        }
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success(), "{rest}");
        return killed;
    }
}

fn is_whole(all: &[Target], total: i64) {
    let places: BTreeSet<_> = all.iter().map(|t| (&t.name, t.office)).collect();
    assert_eq!(places.len(), all.len(), "an office has a share twice");
    let counties: i64 = all.iter().filter(|t| t.level == Level::County).map(|t| t.total).sum();
    // cities that have no counties keep theirs
    let above: i64 = all.iter().filter(|t| t.level < Level::County).map(|t| t.undivided).sum();
    assert_eq!(counties + above, total);
}

#[tokio::test]
async fn a_decomposition_killed_at_random_points_loses_and_doubles_nothing() {
    let (kills, products) = if is_long() { (200, 18) } else { (3, 4) };
    let w = World::new().await;
    let offices = if is_long() { settle_country(&w).await } else { 0 };
    for product in 1..=products {
        w.target("inspect", &format!("{product:02}"), 1_000_000).await;
    }
    let campaign = w.house.campaign.to_string();
    let args = ["targets", "divide", "--campaign", &campaign, "--as", "lin"];
    let began = Instant::now();
    let killed = killed(&w, &args, kills);
    let took = began.elapsed();
    let all = w.sums().await;
    is_whole(&all, products * 1_000_000);
    println!("{offices} offices more, {} targets, killed {killed} times: {took:?} on {}", all.len(), w.app.db.engine());
}

#[tokio::test]
async fn tasks_killed_at_random_points_are_made_once_each() {
    let (kills, firms) = if is_long() { (200, 5000) } else { (3, 120) };
    let w = World::new().await;
    let mut rows = String::from("信用代码,承办人,期限\n");
    let (ying, at) = (w.account("ying").await, w.app.clock.now());
    assert!(!ying.is_empty());
    let inspector = w.app.db.read(move |tx| paicha::accounts::acting(tx, "ying", at)).await.unwrap();
    let codes: Vec<String> = (0..firms).map(|n| identifiers::make_uscc("130123", 1000 + n)).collect();
    let (mine, keeper) = (codes.clone(), w.app.keeper.clone());
    let registered = w.app.act(&inspector, move |tx, by| {
        for code in &mine {
            let firm = json!({"id": EnterpriseId::new(by.at), "name": paicha::kernel::secret::sha256(code.as_bytes()), "kind": "seller", "uscc": code, "region": "130123"});
            paicha::enterprises::register(tx, by, &keeper, &paicha::kernel::page::read_json(firm)?)?;
        }
        Ok(())
    });
    registered.await.unwrap();
    for (n, code) in codes.iter().enumerate() {
        rows.push_str(&format!("{code},{},2099-06-20\n", if n % 2 == 0 { "ying" } else { "bo" }));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tasks.csv");
    std::fs::write(&file, rows).unwrap();
    let campaign = w.house.campaign.to_string();
    let args = ["tasks", "assign", file.to_str().unwrap(), "--campaign", &campaign, "--as", "sun"];
    let began = Instant::now();
    let killed = killed(&w, &args, kills);
    let took = began.elapsed();
    // what killed processes have left is finished by the clock, and finds nothing to make
    for _ in 0..=killed {
        w.follow().await;
    }
    let many = made(&w).await;
    let firms = i64::from(firms);
    assert_eq!((many.tasks, many.subjects, many.visits), (firms, firms, firms), "killed {killed} times");
    println!("{firms} tasks, killed {killed} times: {took:?} on {}", w.app.db.engine());
}

struct Made {
    tasks: i64,
    subjects: i64,
    visits: i64,
}

/// How many tasks there are, at how many enterprises, and with how many planned visits.
async fn made(w: &World) -> Made {
    let sun = w.sun().await;
    let (mut tasks, mut subjects, mut visits, mut after) = (0, BTreeSet::new(), BTreeSet::new(), String::new());
    loop {
        let page = sun.get(&format!("/api/v1/tasks?limit=200{after}")).await.json();
        for task in page["items"].as_array().unwrap() {
            tasks += 1;
            subjects.insert(task["enterprise"].to_string());
            visits.insert(task["visit"].to_string());
        }
        match &page["next"] {
            Value::String(next) => after = format!("&after={next}"),
            _ => break,
        }
    }
    Made { tasks, subjects: subjects.len() as i64, visits: visits.len() as i64 }
}
