//! Backups: made while people submit, restored elsewhere, and the same again. Nothing that was acknowledged before a backup
//! began is missing in it.

use crate::world::{Person, World, new_id, postgres};
use paicha::{
    backup::{self, How, Report, To},
    kernel::{App, Clock, Config, Error, Result, db, secret::Keeper},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

const PHRASE: &str = "correct horse battery staple";
const WRITERS: usize = 16;

/// A folder and a database to restore to.
struct Place {
    folder: tempfile::TempDir,
    config: Config,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config =
            Config { data: folder.path().join("restored"), database_url: postgres("").await, ..Config::default() };
        Self { folder, config }
    }

    async fn restore(&self, from: &Path, phrase: &str) -> Result<Report> {
        let phrase = phrase.to_owned();
        let to = To { config: self.config.clone(), key: None, passphrase: Box::new(|| Ok(phrase)) };
        backup::restore(from, to, |_| {}).await
    }

    async fn open(&self) -> App {
        let place = db::Place::of(self.config.database_url.as_deref(), &self.config.data);
        App {
            db: db::Db::open(&place).await.unwrap(),
            clock: Clock::system(),
            keeper: Keeper::open(&self.config.data).unwrap(),
            config: Arc::new(self.config.clone()),
            demo: true,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("paicha.backup")
    }
}

fn sealed() -> How {
    How { passphrase: Some(PHRASE.to_owned()), ..How::default() }
}

/// What every table holds.
async fn sums(app: &App) -> BTreeMap<String, db::Sum> {
    let all = |tx: &mut db::Tx| {
        let tables = tx.tables()?;
        tables.into_iter().map(|table| Ok((table.name.clone(), tx.sum(&table)?))).collect()
    };
    app.db.read(all).await.unwrap()
}

/// The key of the world is not in its folder.
fn lay_key(w: &World) {
    std::fs::write(w.app.config.data.join("key"), [7; 32]).unwrap();
}

/// Finds hazards, each with a photograph, until told to stop; notes which were acknowledged.
async fn submit(who: Person<'_>, stop: &AtomicBool, acknowledged: &Mutex<Vec<String>>) {
    while !stop.load(Ordering::Relaxed) {
        let photo = who.photo(&new_id()).await;
        let mut found = who.world.found("出厂检验记录不全\t“第 1 页”\\n");
        found["evidence"] = serde_json::json!([photo]);
        let id = found["id"].as_str().unwrap().to_owned();
        let answer = who.put(&format!("/api/v1/hazards/{id}"), found).await;
        // sixteen at one desk draw numbers of one series; on PostgreSQL one of them may be told to try again
        assert!(matches!(answer.status, 200 | 409), "{}", answer.body);
        if answer.status == 200 {
            acknowledged.lock().unwrap().push(id);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_while_sixteen_people_submit() {
    let (w, place) = (World::new().await, Place::new().await);
    lay_key(&w);
    let (stop, acknowledged) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let writers = futures_util::future::join_all(
        (0..WRITERS).map(|_| async { submit(w.ying().await, &stop, &acknowledged).await }),
    );
    let made = async {
        while acknowledged.lock().unwrap().len() < WRITERS * 2 {
            tokio::task::yield_now().await;
        }
        let before = acknowledged.lock().unwrap().clone();
        let report = backup::make(&w.app, &place.file(), sealed(), |_| {}).await.unwrap();
        let meanwhile = acknowledged.lock().unwrap().len() - before.len();
        stop.store(true, Ordering::Relaxed);
        (before, meanwhile, report)
    };
    let (_, (before, meanwhile, made)) = tokio::join!(writers, made);
    let report = place.restore(&place.file(), PHRASE).await.unwrap();
    assert_eq!((report.rows, report.files, &report.lost), (made.rows, made.files, &Vec::new()));
    let restored = place.open().await;
    let missing = restored.db.read(move |tx| {
        let mut missing = before.clone();
        missing.retain(|id| {
            let found: Result<Option<String>> = tx.one("select id from hazards where id = $1", paicha::args![id]);
            found.unwrap().is_none()
        });
        Ok((before.len(), missing))
    });
    let (asked, missing) = missing.await.unwrap();
    assert_eq!(missing, Vec::<String>::new(), "acknowledged before the backup began");
    assert_eq!(paicha::files::damaged(&restored).await.unwrap(), vec![], "every file of the backup is in the vault");
    println!("{asked} acknowledged before the backup began, {meanwhile} while it was made; none missing");
}

#[tokio::test]
async fn what_is_restored_is_the_same_in_every_table_and_file() {
    let (w, place) = (World::new().await, Place::new().await);
    lay_key(&w);
    w.closed().await;
    w.follow().await;
    let before = sums(&w.app).await;
    let made = backup::make(&w.app, &place.file(), sealed(), |_| {}).await.unwrap();
    assert!(made.files >= 1 && made.rows > 100, "{made:?}");
    place.restore(&place.file(), PHRASE).await.unwrap();
    let restored = place.open().await;
    assert_eq!(sums(&restored).await, before);
    assert_eq!(paicha::files::damaged(&restored).await.unwrap(), vec![]);
    assert_eq!(backup::last(&w.app.config), Some(made.at));
    // a backup of what was restored holds the same again
    let again = place.folder.path().join("again");
    let second = backup::make(&restored, &again, How::default(), |_| {}).await.unwrap();
    assert_eq!((second.rows, second.files, second.bytes), (made.rows, made.files, made.bytes));
}

#[tokio::test]
async fn a_backup_goes_from_one_engine_to_the_other() {
    let (w, mut place) = (World::new().await, Place::new().await);
    let Some(_) = w.app.config.database_url else { return };
    lay_key(&w);
    w.submitted().await;
    let before = sums(&w.app).await;
    backup::make(&w.app, &place.file(), sealed(), |_| {}).await.unwrap();
    place.config.database_url = None;
    place.restore(&place.file(), PHRASE).await.unwrap();
    let file = place.open().await;
    assert_eq!((file.db.engine(), sums(&file).await), ("SQLite", before.clone()));
    let back = Place::new().await;
    backup::make(&file, &back.file(), sealed(), |_| {}).await.unwrap();
    back.restore(&back.file(), PHRASE).await.unwrap();
    let server = back.open().await;
    assert_eq!((server.db.engine(), sums(&server).await), ("PostgreSQL", before));
}

#[track_caller]
fn refused(done: Result<Report>, code: &str) {
    match done {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.code, code, "{}", refusal.en),
        other => panic!("{code} was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn what_is_damaged_or_in_use_is_refused() {
    let (w, place) = (World::new().await, Place::new().await);
    lay_key(&w);
    w.hazard("未按标准组织生产").await;
    w.ying().await.photo("one").await;
    backup::make(&w.app, &place.file(), sealed(), |_| {}).await.unwrap();
    refused(backup::make(&w.app, &place.file(), sealed(), |_| {}).await, "backup.exists");
    refused(Place::new().await.restore(&place.file(), "wrong horse battery staple").await, "backup.wrong_passphrase");

    let plain = place.folder.path().join("plain");
    backup::make(&w.app, &plain, How::default(), |_| {}).await.unwrap();
    refused(Place::new().await.restore(&plain, "").await, "backup.no_key");
    let whole = std::fs::read(&plain).unwrap();
    let lay = |bytes: &[u8]| {
        let file = place.folder.path().join(new_id());
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let with_key = |key: [u8; 32]| {
        let file = lay(&key);
        move |at: &Place, from: PathBuf| {
            let to =
                To { config: at.config.clone(), key: Some(file.clone()), passphrase: Box::new(|| Ok(String::new())) };
            async move { backup::restore(&from, to, |_| {}).await }
        }
    };
    refused(with_key([8; 32])(&Place::new().await, plain.clone()).await, "backup.wrong_key");
    let restore = with_key([7; 32]);
    refused(restore(&Place::new().await, lay(&whole[..whole.len() / 2])).await, "backup.not_whole");
    refused(restore(&Place::new().await, lay(b"nothing of the kind")).await, "backup.not_a_backup");
    // a byte of the evidence that turned over in storage
    let mut turned = whole.clone();
    let picture = whole.windows(4).rposition(|w| w == [0xff, 0xd8, 0xff, 0xe0]).unwrap();
    turned[picture + 40] ^= 1;
    let half = Place::new().await;
    refused(restore(&half, lay(&turned)).await, "backup.differs");
    assert!(backup::is_whole(&half.config.data).is_err(), "nobody serves what was not found right");

    restore(&place, plain.clone()).await.unwrap();
    backup::is_whole(&place.config.data).unwrap();
    refused(restore(&place, plain.clone()).await, "backup.folder_in_use");
    if place.config.database_url.is_some() {
        let mut other = Place::new().await;
        other.config.database_url.clone_from(&place.config.database_url);
        refused(restore(&other, plain).await, "backup.database_in_use");
    }
}

#[tokio::test]
async fn evidence_that_was_lost_before_is_named_and_the_rest_is_kept() {
    let (w, place) = (World::new().await, Place::new().await);
    lay_key(&w);
    let (gone, kept) = (w.ying().await.photo("gone").await, w.ying().await.photo("kept").await);
    let files = w.app.config.data.join("files");
    std::fs::remove_file(files.join(&gone[..2]).join(&gone)).unwrap();
    let made = backup::make(&w.app, &place.file(), sealed(), |_| {}).await.unwrap();
    assert_eq!(made.lost.iter().map(ToString::to_string).collect::<Vec<_>>(), std::slice::from_ref(&gone));
    let report = place.restore(&place.file(), PHRASE).await.unwrap();
    assert_eq!(report.lost, made.lost);
    let restored = place.config.data.join("files");
    assert!(restored.join(&kept[..2]).join(&kept).exists() && !restored.join(&gone[..2]).join(&gone).exists());
}

/// Runs `paicha` as the operator types it.
fn paicha(args: &[&str], data: &Path, database: Option<&str>, phrase: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paicha"));
    command.args(args).arg("--data").arg(data).env("LC_ALL", "en").env("PAICHA_BACKUP_PASSPHRASE", phrase);
    if let Some(url) = database {
        command.arg("--database-url").arg(url);
    }
    command.output().unwrap()
}

#[tokio::test]
async fn the_operator_backs_up_and_restores_by_command() {
    let (w, place) = (World::new().await, Place::new().await);
    lay_key(&w);
    w.closed().await;
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let (from, url) = (w.app.config.data.clone(), w.app.config.database_url.clone());
    std::fs::write(from.join("paicha.toml"), "digest_hour = 7\n").unwrap();
    let file = place.file();
    let backup = ["backup", file.to_str().unwrap(), "--encrypt", "--json"];
    let none = paicha(&backup, &from, url.as_deref(), "");
    assert!(!none.status.success() && said(&none).contains("backup.no_passphrase"), "{}", said(&none));
    let short = paicha(&backup, &from, url.as_deref(), "too short");
    assert!(said(&short).contains("backup.short_passphrase"), "{}", said(&short));
    let made = paicha(&backup, &from, url.as_deref(), PHRASE);
    assert!(made.status.success(), "{}", said(&made));
    let report: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(report["sha256"], paicha::kernel::secret::sha256(&std::fs::read(&file).unwrap()));

    let (data, to) = (&place.config.data, place.config.database_url.as_deref());
    let restored = paicha(&["restore", file.to_str().unwrap()], data, to, PHRASE);
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(String::from_utf8_lossy(&restored.stdout).contains("paicha serve"), "it says what to do next");
    assert_eq!(std::fs::read_to_string(data.join("paicha.toml.from-backup")).unwrap(), "digest_hour = 7\n");
    assert_eq!(std::fs::read(data.join("key")).unwrap(), [7; 32]);
    let listed = paicha(&["list", "hazards", "--as", "ying", "--json"], data, to, "");
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\"closed\""), "{}", said(&listed));
}
