//! The sealed record: what is sealed verifies, and whatever is changed is found and named.

use crate::world::World;
use paicha::{
    accounts,
    kernel::{
        Error,
        db::{Tx, Value},
    },
    transparency::{self, Report},
};

/// Verifies everything, with checkpoints that somebody has kept.
pub async fn verified(w: &World, notes: &[String]) -> Report {
    let by = accounts::system(&w.app).await.unwrap();
    transparency::verify(&w.app, &by, notes.to_vec(), true).await.unwrap()
}

/// Asserts that nothing is wrong.
#[track_caller]
pub fn is_clean(report: &Report) {
    let said: Vec<String> = report.findings.iter().map(|f| f.say(paicha::kernel::Lang::En)).collect();
    assert!(said.is_empty(), "{} findings:\n{}", said.len(), said[..said.len().min(20)].join("\n"));
}

/// A number of the database.
pub async fn number(w: &World, sql: &'static str) -> i64 {
    w.app.db.read(move |tx| tx.get(sql, &[])).await.unwrap()
}

/// Changes the database behind the house's back; says how many rows.
pub async fn behind(w: &World, sql: &'static str, args: Vec<Value>) -> u64 {
    w.app.db.write(move |tx: &mut Tx| tx.run(sql, &args)).await.unwrap()
}

#[tokio::test]
async fn everything_that_happens_is_sealed_and_verifies() {
    let w = crate::api::lively().await;
    w.days_pass(20).await;
    let events = number(&w, "select count(*) from events").await;
    let report = verified(&w, &[]).await;
    is_clean(&report);
    assert!(report.facts > 5 && report.links > 1 && report.files > 0 && report.things > 3, "{report:?}");
    assert_eq!((report.size as i64, report.events as i64, report.waiting), (events, events, 0));
}

/// The latest checkpoint.
pub async fn note(w: &World) -> String {
    w.app.db.read(transparency::standing).await.unwrap().checkpoint.unwrap()
}

/// The follower is stopped at any moment: what it had begun is undone, what it had done stays.
#[tokio::test]
async fn a_follower_that_is_killed_loses_and_doubles_nothing() {
    let w = crate::api::lively().await;
    for round in 0..6 {
        w.hazard(&format!("第 {round} 轮")).await;
        let killed = w.app.db.write(|tx| transparency::seal(tx).and(Err::<(), _>(Error::NotFound))).await;
        assert!(killed.is_err(), "before it was durable");
        if round % 2 == 0 {
            // sealed, and killed before a checkpoint was signed
            while w.app.db.write(transparency::seal).await.unwrap() > 0 {}
            is_clean(&verified(&w, &[]).await);
        }
    }
    w.follow().await;
    let report = verified(&w, &[]).await;
    is_clean(&report);
    assert_eq!(report.size as i64, number(&w, "select count(*) from events").await);
    // work that comes back, as from a restored outbox, is not sealed again
    let again =
        "insert into outbox (event, follower, due_at, tries, trouble) select id, 'seal', at, 0, null from events";
    assert!(behind(&w, again, vec![]).await > 50);
    w.follow().await;
    let after = verified(&w, &[]).await;
    is_clean(&after);
    assert_eq!((after.size, after.waiting), (report.size, 0));
}

/// Many write, several followers seal at once: places have no gaps, and each event has one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_and_followers_leave_no_gap() {
    let w = World::new().await;
    w.follow().await;
    let by = accounts::system(&w.app).await.unwrap();
    let followers = (0..3).map(|_| {
        let (app, by) = (w.app.clone(), by.clone());
        tokio::spawn(async move {
            for _ in 0..20 {
                // two that sign at once: the slower one may find that it is done
                let _ = transparency::keep_up(&app, &by, 1).await;
            }
        })
    });
    let followers: Vec<_> = followers.collect();
    let people = futures_util::future::join_all((0..8).map(|_| w.ying())).await;
    let writers = people.iter().enumerate().map(|(n, ying)| {
        let w = &w;
        async move {
            for i in 0..6 {
                let found = w.found(&format!("{n}-{i}"));
                let path = format!("/api/v1/hazards/{}", found["id"].as_str().unwrap());
                // all of one office draw their numbers from one series: PostgreSQL may ask one of them to come again
                while ying.put(&path, found.clone()).await.status == 409 {}
            }
        }
    });
    futures_util::future::join_all(writers).await;
    for follower in followers {
        follower.await.unwrap();
    }
    w.follow().await;
    let report = verified(&w, &[]).await;
    is_clean(&report);
    let events = number(&w, "select count(*) from events").await;
    assert_eq!((report.size as i64, report.events as i64), (events, events));
}

/// The sealed record for auditors, and for nobody else unless the settings say so.
#[tokio::test]
async fn auditors_read_the_log_and_its_proofs() {
    let w = crate::api::lively().await;
    w.days_pass(1).await;
    w.hazard("次日").await;
    w.follow().await;
    let (auditor, ying) = (w.auditor().await, w.ying().await);
    let log = auditor.get("/api/v1/log").await.is(200, "paicha.local/log").json();
    let size = log["size"].as_i64().unwrap();
    for path in ["/log/checkpoint", "/log/tile/0/000.p/20", "/api/v1/log", "/api/v1/log/consistency?from=5&to=20"] {
        w.nobody().ask("GET", path, &[], None).await.is(401, "");
        ying.ask("GET", path, &[], None).await.is(403, "");
        auditor.ask("GET", path, &[], None).await.is(200, "");
    }
    let note = auditor.get("/log/checkpoint").await.body;
    assert!(note.starts_with(&format!("paicha.local/log\n{size}\n")), "{note}");
    let tile = auditor.ask("GET", &format!("/log/tile/0/000.p/{size}"), &[], None).await;
    assert_eq!(tile.bytes.len() as i64, size * 32);
    let entries = auditor.ask("GET", "/log/tile/entries/000.p/2", &[], None).await;
    let length = usize::from(u16::from_be_bytes([entries.bytes[0], entries.bytes[1]]));
    let first: serde_json::Value = serde_json::from_slice(&entries.bytes[2..2 + length]).unwrap();
    assert_eq!((&first["v"], entries.bytes[2 + length..].len() > 2), (&serde_json::json!(1), true));
    for none in ["0/000.p/255", "0/000", "1/000.p/1", "0/001.p/1", "entries/000", "nonsense"] {
        auditor.ask("GET", &format!("/log/tile/{none}"), &[], None).await.is(404, "");
    }
    let event = auditor.get("/api/v1/events?limit=1").await.json()["items"][0].clone();
    let id = event["id"].as_str().unwrap();
    let found = auditor.get(&format!("/api/v1/log/events/{id}")).await.is(200, id).json();
    assert_eq!(found["index"], event["sealed"]);
    auditor.get(&format!("/api/v1/log/events/{}", crate::world::new_id())).await.is(404, "");
    auditor.get(&format!("/api/v1/log/consistency?from=1&to={}", size + 1)).await.is(422, "no_such_size");
    let given = serde_json::json!({"note": note});
    auditor.post("/api/v1/log/cosignatures", given).await.is(422, "transparency.no_witness");
    auditor.get("/log").await.is(200, "Sealed record").is(200, "paicha.local/log+");
    auditor.get(&format!("/log/events/{id}")).await.is(200, "Proof of inclusion");
    auditor.get("/events").await.is(200, ">sealed<");
}

/// A second implementation, in another language, without our code: it agrees, and finds what was changed.
#[tokio::test]
async fn the_script_verifies_what_we_hand_out() {
    let present = |program: &str, arg: &str| std::process::Command::new(program).arg(arg).output().is_ok();
    if !present("python3", "--version") || !present("openssl", "version") {
        return;
    }
    let w = crate::api::lively().await;
    w.follow().await;
    w.days_pass(2).await;
    for n in 0..5 {
        w.hazard(&format!("第 {n} 项")).await;
    }
    w.follow().await;
    let thing = w.closed().await.0.replace("hazards/", "");
    w.follow().await;
    let config = w.app.config.clone();
    for wanted in [
        transparency::Wanted::default(),
        transparency::Wanted { things: vec![thing], open: true, ..transparency::Wanted::default() },
    ] {
        let config = config.clone();
        let bundle = w.app.db.read(move |tx| transparency::bundle(tx, &config, &wanted)).await.unwrap();
        let good = serde_json::to_value(&bundle).unwrap();
        assert!(!good["earlier"].as_array().unwrap().is_empty());
        assert!(script(&good), "what we hand out is right");
        for path in
            ["/checkpoint", "/earlier/0/proof/0", "/leaves/3", "/entries/0/leaf", "/entries/1/opened/name/value"]
        {
            let mut wrong = good.clone();
            let Some(text) = wrong.pointer(path).and_then(|v| v.as_str()).map(str::to_owned) else { continue };
            let at = text.char_indices().nth(text.chars().count() / 2).unwrap().0;
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            let next = at + text[at..].chars().next().unwrap().len_utf8();
            *wrong.pointer_mut(path).unwrap() = format!("{}{other}{}", &text[..at], &text[next..]).into();
            assert!(!script(&wrong), "{path} was changed");
        }
    }
}

fn script(bundle: &serde_json::Value) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    std::fs::write(&file, bundle.to_string()).unwrap();
    let key = bundle["key"].as_str().unwrap();
    let mut python = std::process::Command::new("python3");
    python.arg("tools/verify/verify.py").arg(&file).args(["--key", key]).env("PYTHONUTF8", "1");
    python.output().unwrap().status.success()
}

/// The page that verifies is one file; its policy names its own script and style by their hashes and forbids all else.
#[test]
fn the_verifier_page_is_whole_and_closed() {
    let page = crate::sources::text(std::path::Path::new("tools/verify/verify.html"));
    let inside = |tag: &str| {
        let begins = page.find(&format!("<{tag}>")).unwrap() + tag.len() + 2;
        &page[begins..page.find(&format!("</{tag}>")).unwrap()]
    };
    for tag in ["script", "style"] {
        let hash = data_encoding::BASE64.encode(&paicha::kernel::secret::digest(inside(tag).as_bytes()));
        assert!(page.contains(&format!("{tag}-src 'sha256-{hash}'")), "the policy of verify.html needs: sha256-{hash}");
    }
    assert!(page.contains("default-src 'none'") && !page.contains("src=\"") && !page.contains("http://"));
}

/// A witness whose key the settings name signs a checkpoint; whoever they do not name is not heeded.
#[tokio::test]
async fn a_witness_signs_below_our_checkpoint() {
    use ring::signature::{Ed25519KeyPair, KeyPair};
    let w = crate::api::lively().await;
    w.follow().await;
    let note = note(&w).await;
    let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let public = [&[4], pair.public_key().as_ref()].concat();
    let id = paicha::kernel::secret::digest(&[b"witness.example/w1\n".as_slice(), &public].concat())[..4].to_vec();
    let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    let key = format!("witness.example/w1+{}+{}", data_encoding::HEXLOWER.encode(&id), base64(&public));
    let (text, time) = (&note[..=note.rfind("\n\n").unwrap()], 1_686_705_000_u64);
    let signature = pair.sign(format!("cosignature/v1\ntime {time}\n{text}").as_bytes());
    let line = [id.as_slice(), &time.to_be_bytes(), signature.as_ref()].concat();
    let signed = format!("{note}— witness.example/w1 {}\n", base64(&line));
    let config = paicha::kernel::Config { log_witnesses: vec![key], ..paicha::kernel::Config::default() };
    let at = w.app.clock.now();
    let hand_in = |config: paicha::kernel::Config, note: String| {
        w.app.db.write(move |tx| {
            let by = accounts::acting(tx, "auditor", at)?;
            transparency::cosign(tx, &by, &config, &note)
        })
    };
    assert!(hand_in(paicha::kernel::Config::default(), signed.clone()).await.is_err(), "a witness that nobody named");
    assert!(hand_in(config.clone(), signed.replace("paicha.local", "paicha.lokal")).await.is_err(), "another log");
    assert_eq!(hand_in(config.clone(), signed.clone()).await.unwrap(), 1);
    assert_eq!(hand_in(config, signed.clone()).await.unwrap(), 1, "twice is once");
    assert_eq!(self::note(&w).await, signed);
    is_clean(&verified(&w, &[]).await);
}
