//! A shift of several phones over a line that fails every second request, to a server that is killed again and again:
//! nothing is lost, nothing is doubled, nothing is silently overwritten, every conflict is listed.
//!
//! Every day's tests make 2 000 visits on SQLite and a tenth of them on PostgreSQL.
//! `PAICHA_LONG=10000 cargo test --release --test it storm -- --nocapture` makes so many. `PAICHA_TEST_SEED` throws the
//! dice another way. Clause: T3-1a.

use crate::{
    bad_line::Dice,
    line::{Line, Server, ask},
    phone::Seal,
    visits::record_by,
    world::{jpeg, new_id, postgres},
};
use jiff::ToSpan;
use paicha::{
    accounts, demo,
    kernel::{
        App, Clock, Config, db,
        secret::{Keeper, sha256},
    },
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};
use tokio::sync::watch;

/// Who is out with a phone.
const PEOPLE: [&str; 2] = ["ying", "bo"];
/// Bytes of a piece of a photograph.
const PIECE: usize = 1024;
/// Every so many visits, both record the same one.
const CONTESTED: usize = 20;
/// Visits of every day's tests.
const VISITS: usize = 2000;
/// Receipts that a phone which falls over has not written down yet.
const UNWRITTEN: usize = 12;

/// What all have in common.
struct Storm {
    app: App,
    house: demo::House,
    line: Line,
    /// Whether the server is up.
    up: watch::Receiver<bool>,
}

/// A phone with what is still on it.
struct Phone {
    storm: Arc<Storm>,
    seal: Seal,
    token: String,
    dice: Dice,
    items: Vec<Value>,
    /// The last receipt of each item; null before the first.
    receipts: Vec<Value>,
    /// Places of the items that have no final receipt and may get one.
    open: Vec<usize>,
    /// Places of the items whose final receipt was heard last.
    heard: Vec<usize>,
    /// Photographs, by hash.
    photos: BTreeMap<String, Vec<u8>>,
}

impl Storm {
    async fn account(&self, login: &'static str) -> String {
        let found = self.app.db.read(move |tx| accounts::store::account_by_login(tx, login)).await;
        found.unwrap().unwrap().id.to_string()
    }
}

impl Phone {
    async fn of(storm: &Arc<Storm>, login: &'static str, dice: Dice) -> Self {
        let at = storm.app.clock.now();
        let token = storm.app.db.write(move |tx| accounts::session_for(tx, login, at)).await.unwrap();
        let mut seal = Seal::of(storm.account(login).await);
        seal.at = at.to_string();
        let storm = storm.clone();
        let (items, receipts, open, heard) = (vec![], vec![], vec![], vec![]);
        Self { storm, seal, token, dice, items, receipts, open, heard, photos: BTreeMap::new() }
    }

    /// Asks once, over the line; nothing when it broke.
    async fn ask(&self, method: &str, path: &str, more: &str, body: &[u8]) -> Option<(u16, String, Vec<u8>)> {
        self.storm.up.clone().wait_for(|up| *up).await.unwrap();
        let token = &self.token;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: field\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             content-length: {length}\r\n{more}\r\n"
        );
        let reply = ask(&self.storm.line.address, &[head.as_bytes(), body].concat()).await?;
        let end = reply.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&reply[..end]).to_ascii_lowercase();
        let length: Option<usize> = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok());
        let body = reply[end + 4..].to_vec();
        // a reply that was cut is none
        let whole = method == "HEAD" || length.map_or(body.ends_with(b"0\r\n\r\n"), |l| l == body.len());
        let status = head.split(' ').nth(1)?.parse().ok()?;
        whole.then_some((status, head, body))
    }

    async fn register(&self) {
        let body = json!({"name": "华为 nova 9", "key": self.seal.spki()}).to_string();
        let path = format!("/api/v1/devices/{}", self.seal.device);
        for _ in 0..50 {
            if matches!(self.ask("PUT", &path, JSON, body.as_bytes()).await, Some((200, ..))) {
                return;
            }
        }
        panic!("the device could not be registered");
    }

    /// Records a visit: a photograph or two; every third finds something that is ordered to be put right at once, every
    /// fourth is amended.
    async fn visit(&mut self, id: &str, n: usize) {
        let (ying, bo) = (self.storm.account("ying").await, self.storm.account("bo").await);
        let name = format!("第{n}次 {}", self.seal.account);
        let finds: &[(&str, &str)] = if n.is_multiple_of(3) { &[("A8", "P08")] } else { &[] };
        let mut sent = record_by(&self.storm.house, [&ying, &bo], finds);
        let photos: BTreeMap<String, Vec<u8>> =
            (0..=n % 2).map(|i| jpeg(&format!("{name} {i}"))).map(|bytes| (sha256(&bytes), bytes)).collect();
        let hashes: Vec<&String> = photos.keys().collect();
        sent["evidence"] = json!(hashes);
        sent["statement"] = json!(name);
        let first = self.seal.item("inspection", id, &sent, json!({"files": hashes}));
        let after = json!({"after": [first["id"]]});
        self.queue(first);
        if let Some(hazard) = sent["hazards"][0]["id"].as_str() {
            let due = self.storm.app.clock.now().date().saturating_add(10.days());
            let order = json!({"thing": "hazards", "act": {"verb": "order", "due": due}});
            self.queue(self.seal.item("act", hazard, &order, after.clone()));
        }
        if n.is_multiple_of(4) {
            let amend = json!({"thing": "inspections", "act": {"verb": "amend", "why": name}});
            self.queue(self.seal.item("act", id, &amend, after));
        }
        self.photos.extend(photos);
    }

    fn queue(&mut self, item: Value) {
        self.open.push(self.items.len());
        self.items.push(item);
        self.receipts.push(Value::Null);
    }

    fn outcome(&self, at: usize) -> &str {
        self.receipts[at]["outcome"].as_str().unwrap_or_default()
    }

    /// Sends until everything has its receipt.
    async fn shift(mut self) -> Self {
        let most = self.items.len() * 40 + 400;
        for round in 0.. {
            assert!(
                round < most,
                "it does not end: {:?}",
                self.open.iter().map(|n| &self.receipts[*n]).collect::<Vec<_>>()
            );
            if self.open.is_empty() {
                break;
            }
            for hash in self.send().await {
                self.upload(&hash).await;
            }
            if self.dice.one_in(40) {
                // the phone falls over and has forgotten what it heard last
                let written = self.heard.len().saturating_sub(self.dice.below(UNWRITTEN + 1));
                for at in self.heard.split_off(written) {
                    self.receipts[at] = Value::Null;
                    self.open.push(at);
                }
            }
        }
        self
    }

    /// Some of what is open, in any order.
    fn batch(&mut self) -> Vec<usize> {
        let (open, many) = (self.open.len(), self.dice.below(12) + 1);
        for n in 0..many.min(open) {
            self.open.swap(n, n + self.dice.below(open - n));
        }
        self.open[..many.min(open)].to_vec()
    }

    /// Sends items once; the files that the server asks for.
    async fn send(&mut self) -> BTreeSet<String> {
        let batch = self.batch();
        let items: Vec<&Value> = batch.iter().map(|n| &self.items[*n]).collect();
        let body = json!({"device": self.seal.device, "items": items}).to_string();
        let Some((200, _, answer)) = self.ask("POST", "/api/v1/sync", JSON, body.as_bytes()).await else {
            return BTreeSet::new();
        };
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        let mut missing = BTreeSet::new();
        for (at, receipt) in batch.into_iter().zip(answer["receipts"].as_array_mut().unwrap()) {
            assert_eq!(receipt["id"], self.items[at]["id"], "receipts stand in the order of the items");
            missing.extend(receipt["missing"].as_array().unwrap().iter().map(|h| h.as_str().unwrap().to_owned()));
            self.receipts[at] = receipt.take();
            self.settle(at);
        }
        missing
    }

    /// What has its final receipt is done. Nobody waits for what hangs on a refused record.
    fn settle(&mut self, at: usize) {
        let is_refused = self.outcome(at) == "refused";
        if !is_refused && !["stored", "known"].contains(&self.outcome(at)) {
            return;
        }
        self.heard.push(at);
        let (items, id) = (&self.items, &self.items[at]["id"]);
        self.open.retain(|n| *n != at && !(is_refused && items[*n]["after"][0] == *id));
    }

    /// Sends a photograph piece by piece; gives up when the line breaks, and goes on from there the next time.
    async fn upload(&self, hash: &str) -> Option<()> {
        let (bytes, path) = (&self.photos[hash], format!("/api/v1/files/{hash}"));
        let offset = |head: &str| head.lines().find_map(|l| l.strip_prefix("upload-offset:")?.trim().parse().ok());
        let (status, head, _) = self.ask("HEAD", &path, "", b"").await?;
        let mut at: usize = if status == 404 { 0 } else { offset(&head)? };
        // when all has arrived and the server fell over before it was put together, a piece without bytes says so again
        loop {
            let more = format!(
                "upload-offset: {at}\r\nupload-length: {}\r\ncontent-type: application/offset+octet-stream\r\n",
                bytes.len()
            );
            let piece = &bytes[at..bytes.len().min(at + PIECE)];
            let (_, head, _) = self.ask("PATCH", &path, &more, piece).await?;
            at = offset(&head)?;
            if at >= bytes.len() {
                return Some(());
            }
        }
    }
}

const JSON: &str = "content-type: application/json\r\n";

/// A house on today's day, in a folder that a server can be started on.
pub async fn house(config: Config) -> (App, demo::House) {
    let place = db::Place::of(config.database_url.as_deref(), &config.data);
    let app = App {
        db: db::Db::open(&place).await.unwrap(),
        clock: Clock::system(),
        keeper: Keeper::open(&config.data).unwrap(),
        config: Arc::new(config),
        demo: true,
    };
    app.db.migrate().await.unwrap();
    let house = demo::house(&app).await.unwrap();
    (app, house)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_loses_doubles_and_overwrites_nothing() {
    let usual = if std::env::var_os("PAICHA_TEST_POSTGRES").is_some() { VISITS / 10 } else { VISITS };
    let visits = std::env::var("PAICHA_LONG").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let config = Config { data: folder.path().to_owned(), database_url: postgres("").await, ..Config::default() };
    std::fs::write(folder.path().join("DEMO"), "made for a test\n").unwrap();
    let (app, house) = house(config.clone()).await;
    let mut dice = Dice::thrown();
    let mut server = Server::start(folder.path().to_owned(), config.database_url.clone());
    let (is_up, up) = watch::channel(true);
    let line = Line::to(&server.address, dice.other()).await;
    let storm = Arc::new(Storm { app, house, line: line.clone(), up });
    let mut phones = Vec::new();
    for who in 0..4 {
        let phone = Phone::of(&storm, PEOPLE[who % 2], dice.other()).await;
        phone.register().await;
        phones.push(phone);
    }
    let (mut made, mut contested) = (BTreeSet::new(), BTreeSet::new());
    for n in 0..visits {
        let id = new_id();
        phones[n % 4].visit(&id, n).await;
        if n % CONTESTED == CONTESTED - 1 {
            phones[(n + 1) % 4].visit(&id, n).await;
            contested.insert(id.clone());
        }
        made.insert(id);
    }
    let began = std::time::Instant::now();
    let shifts: Vec<_> = phones.into_iter().map(|phone| tokio::spawn(phone.shift())).collect();
    let every = (visits / 2).clamp(50, 800);
    let mut until = every;
    while !shifts.iter().all(tokio::task::JoinHandle::is_finished) {
        // whoever has finished sends nothing any more: then this is not waited for for ever
        let mut gone = line.gone.clone();
        let more = tokio::time::timeout(std::time::Duration::from_secs(1), gone.wait_for(|n| *n >= until)).await;
        if more.is_ok() {
            until += every + dice.below(every);
            is_up.send_replace(false);
            tokio::task::block_in_place(|| server.kill());
            is_up.send_replace(true);
        }
    }
    let mut phones = Vec::new();
    for shift in shifts {
        phones.push(shift.await.unwrap());
    }
    let mut said = String::new();
    {
        let tally = line.tally.lock().unwrap();
        let faults: usize = tally.faults.values().sum();
        write!(
            said,
            "storm: {visits} visits, {} items, {} photographs; {} requests, {faults} of them with a fault {:?}, server \
             killed {} times, {} s",
            phones.iter().map(|p| p.items.len()).sum::<usize>(),
            phones.iter().map(|p| p.photos.len()).sum::<usize>(),
            tally.requests,
            tally.faults,
            server.killed,
            began.elapsed().as_secs(),
        )
        .unwrap();
    }
    assert!(server.killed > 0, "the server was never killed");
    let conflicts = verify(&storm, &server.address, &phones, &made, &contested).await;
    println!("{said}; 0 lost, 0 doubled, 0 overwritten, {conflicts} conflicts of {} listed", contested.len());
}

/// Looks at everything that is on record; how many conflicts are listed.
async fn verify(
    storm: &Storm,
    server: &str,
    phones: &[Phone],
    made: &BTreeSet<String>,
    contested: &BTreeSet<String>,
) -> usize {
    let count = |sql: &'static str| storm.app.db.read(move |tx| tx.one::<i64>(sql, &[]));
    let number = |n: Option<i64>| usize::try_from(n.unwrap()).unwrap();
    let done = number(count("select count(*) from inspections where state = 'done'").await.unwrap());
    let submitted =
        number(count("select count(*) from events where verb = 'submit' and kind = 'inspection'").await.unwrap());
    assert_eq!((done, submitted), (made.len(), made.len()), "none lost, none doubled");
    let all: Vec<(&Phone, usize)> = phones.iter().flat_map(|p| (0..p.items.len()).map(move |n| (p, n))).collect();
    let standing = |state: &str| all.iter().filter(|(p, n)| p.outcome(*n) == state).count();
    assert_eq!(standing("refused"), contested.len(), "one of two, wherever two recorded the same");
    let stored = number(count("select count(*) from sync_items where state = 'stored'").await.unwrap());
    assert_eq!(stored, standing("stored") + standing("known"), "every receipt that was given is true");
    let acts = number(count("select count(*) from events where verb in ('order', 'amend')").await.unwrap());
    assert_eq!(acts, stored - made.len(), "every act once");
    let gaps =
        "select count(*) from (select series from documents group by series having max(serial) <> count(*)) as g";
    assert_eq!(number(count(gaps).await.unwrap()), 0, "no number is missing or double");
    // each record on file is the one that was sealed, with all its photographs
    let (token, mut looked) = (&phones[0].token, 0);
    for path in made.iter().map(|id| format!("/api/v1/inspections/{id}/seal")) {
        let seal: Value = serde_json::from_slice(&get(server, token, &path).await).unwrap();
        assert_eq!(seal["holds"], true, "{seal}");
    }
    for (phone, at) in all.iter().filter(|(p, n)| p.items[*n]["kind"] == "inspection" && p.outcome(*n) != "refused") {
        for hash in phone.items[*at]["files"].as_array().unwrap().iter().map(|h| h.as_str().unwrap()) {
            assert!(get(server, token, &format!("/files/{hash}")).await == phone.photos[hash], "{hash}");
            looked += 1;
        }
    }
    assert!(looked >= made.len());
    let listed = listed(storm, server).await;
    assert_eq!(&listed, contested, "every conflict is listed");
    listed.len()
}

/// The visits of which whoever supervises sees that another record of them was sent and kept apart.
async fn listed(storm: &Storm, server: &str) -> BTreeSet<String> {
    let at = storm.app.clock.now();
    let token = storm.app.db.write(move |tx| accounts::session_for(tx, "sun", at)).await.unwrap();
    let (mut visits, mut after) = (BTreeSet::new(), String::new());
    loop {
        let page = get(server, &token, &format!("/api/v1/refused?limit=200{after}")).await;
        let page: Value = serde_json::from_slice(&page).unwrap();
        let conflicts = page["items"].as_array().unwrap().iter().filter(|r| r["code"] == "inspections.other_content");
        visits.extend(conflicts.map(|r| r["thing"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { return visits };
        after = format!("&after={next}");
    }
}

/// Gets something over a line that holds.
async fn get(server: &str, token: &str, path: &str) -> Vec<u8> {
    let head = format!("GET {path} HTTP/1.0\r\nhost: field\r\nauthorization: Bearer {token}\r\n\r\n");
    let reply = ask(server, head.as_bytes()).await.unwrap();
    let end = reply.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    assert!(reply.starts_with(b"HTTP/1.0 200"), "{path}: {}", String::from_utf8_lossy(&reply[..end]));
    reply[end + 4..].to_vec()
}
