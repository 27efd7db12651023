//! Whoever changes the database behind the house's back is found out, and what was changed is named.
//!
//! Each tampering is done in a transaction, everything is verified in the same transaction, and it is undone. A hundred of
//! them by chance; with `PAICHA_LONG` a thousand. `PAICHA_TEST_SEED` throws the dice anew.

use crate::{
    transparency::{is_clean, verified},
    world::World,
};
use paicha::{
    kernel::{
        Error, Lang, Result,
        db::{Tx, Value},
    },
    transparency::{Earlier, Fault, Finding, Part, examine},
};
use std::sync::{Arc, Mutex};

/// Chance that can be thrown again (xorshift64*).
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let seed = std::env::var("PAICHA_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_230_614);
        println!("PAICHA_TEST_SEED={seed}");
        Self(seed)
    }

    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.throw(of.len())]
    }
}

/// What must be found.
#[derive(Debug, Clone)]
struct Wanted {
    part: Part,
    fault: Fault,
    id: String,
    place: Option<i64>,
    field: Option<&'static str>,
}

impl Wanted {
    fn new(part: Part, fault: Fault, id: impl ToString) -> Self {
        Self { part, fault, id: id.to_string(), place: None, field: None }
    }

    fn is(&self, finding: &Finding) -> bool {
        let place = self.place.is_none() || finding.place == self.place;
        let field = self.field.is_none_or(|field| finding.fields.iter().any(|f| f == field));
        (finding.part, finding.fault, &finding.id) == (self.part, self.fault, &self.id) && place && field
    }
}

/// Ids and sizes, as the world has them.
struct Ground {
    events: Vec<String>,
    lonely: Vec<String>,
    facts: Vec<(String, i64)>,
    links: Vec<(String, String)>,
    hazards: Vec<String>,
    targets: Vec<String>,
    leaves: Vec<(String, i64)>,
    tiles: Vec<(i64, i64)>,
    checkpoints: Vec<i64>,
    waiting: String,
}

fn ground(tx: &mut Tx) -> Result<Ground> {
    Ok(Ground {
        events: tx.all("select event from log_leaves order by seq", &[])?,
        lonely: tx.all(
            "select event from log_leaves where not exists (select 1 from facts where facts.event = log_leaves.event)
             and not exists (select 1 from outbox where outbox.event = log_leaves.event) order by seq",
            &[],
        )?,
        facts: tx
            .all("select f.event, line from facts f join log_leaves l on l.event = f.event order by seq, line", &[])?,
        links: tx.all("select thing, file from file_links order by thing, file", &[])?,
        hazards: tx.all("select id from hazards where id in (select thing from events) order by id", &[])?,
        targets: tx.all("select id from targets order by id", &[])?,
        leaves: tx.all("select event, seq from log_leaves order by seq", &[])?,
        tiles: tx.all("select level, n from log_tiles order by level, n", &[])?,
        checkpoints: tx.all("select size from log_checkpoints order by size", &[])?,
        waiting: tx.get("select event from outbox where follower = 'seal'", &[])?,
    })
}

const NEW_ID: &str = "01890000-0000-7000-8000-000000000000";

/// Changes something by chance and says what must be found.
fn tamper(tx: &mut Tx, g: &Ground, dice: &mut Dice) -> Result<Wanted> {
    use Fault::{Differs, Forged, Missing, Unsealed};
    let event = dice.pick(&g.events).clone();
    let (leaf_event, seq) = dice.pick(&g.leaves).clone();
    Ok(match dice.throw(12) {
        0 => {
            let (field, sql) = *dice.pick(EVENT_FIELDS);
            one(tx, sql, &[event.as_str().into()])?;
            Wanted { field: Some(field), ..Wanted::new(Part::Event, Differs, event) }
        }
        1 => {
            let event = dice.pick(&g.lonely).clone();
            one(tx, "delete from events where id = $1", &[event.as_str().into()])?;
            Wanted::new(Part::Event, Missing, event)
        }
        2 => {
            one(tx, COPY_EVENT, &[event.as_str().into(), NEW_ID.into()])?;
            Wanted::new(Part::Event, Unsealed, NEW_ID)
        }
        3 => {
            let (event, line) = dice.pick(&g.facts).clone();
            let of: [Value; 2] = [event.as_str().into(), line.into()];
            let sql = dice.pick(FACT_FIELDS);
            one(tx, sql, &of)?;
            Wanted { place: Some(line), ..Wanted::new(Part::Fact, Differs, event) }
        }
        4 => {
            let (event, line) = dice.pick(&g.facts).clone();
            one(tx, "delete from facts where event = $1 and line = $2", &[event.as_str().into(), line.into()])?;
            Wanted { place: Some(line), ..Wanted::new(Part::Fact, Missing, event) }
        }
        5 => {
            let (event, line) = dice.pick(&g.facts).clone();
            one(tx, COPY_FACT, &[event.as_str().into(), line.into()])?;
            Wanted { place: Some(99), ..Wanted::new(Part::Fact, Unsealed, event) }
        }
        6 => {
            let sql = dice.pick(SALTS);
            one(tx, sql, &[event.as_str().into()])?;
            Wanted::new(Part::Salt, Differs, event)
        }
        7 => {
            let (thing, file) = dice.pick(&g.links).clone();
            let (fault, sql) = *dice.pick(LINKS);
            one(tx, sql, &[thing.as_str().into(), file.into()])?;
            Wanted::new(Part::Link, fault, thing)
        }
        8 => {
            let (field, sql) = *dice.pick(THINGS);
            let thing = if sql.starts_with("update targets") { dice.pick(&g.targets) } else { dice.pick(&g.hazards) };
            one(tx, sql, &[thing.as_str().into()])?;
            Wanted { field, ..Wanted::new(Part::Thing, Differs, thing) }
        }
        9 => {
            let (fault, sql) = *dice.pick(LEAVES);
            one(tx, sql, &[seq.into()])?;
            let id = if fault == Missing { seq.to_string() } else { leaf_event };
            Wanted { place: Some(seq), ..Wanted::new(Part::Leaf, fault, id) }
        }
        10 => {
            let (level, n) = *dice.pick(&g.tiles);
            let (fault, sql) = *dice.pick(TILES);
            one(tx, sql, &[level.into(), n.into()])?;
            Wanted::new(Part::Tile, fault, format!("{level}/{n}"))
        }
        _ => match dice.throw(4) {
            0 => {
                let size = *dice.pick(&g.checkpoints);
                let sql = dice.pick(CHECKPOINTS);
                one(tx, sql, &[size.into()])?;
                Wanted::new(Part::Checkpoint, Forged, size)
            }
            1 => {
                one(
                    tx,
                    "update log_checkpoints set size = size + 1000000 where size = $1",
                    &[g.checkpoints[0].into()],
                )?;
                Wanted::new(Part::Checkpoint, Differs, g.checkpoints[0] + 1_000_000)
            }
            2 => {
                let sql = dice.pick(HEADS);
                one(tx, sql, &[])?;
                Wanted::new(Part::Head, Differs, if sql.contains("size") { "size" } else { "public_key" })
            }
            _ => {
                one(tx, "delete from outbox where follower = 'seal' and event = $1", &[g.waiting.as_str().into()])?;
                Wanted::new(Part::Event, Unsealed, &g.waiting)
            }
        },
    })
}

fn one(tx: &mut Tx, sql: &'static str, args: &[Value]) -> Result<()> {
    let rows = tx.run(sql, args)?;
    assert_eq!(rows, 1, "{sql} {args:?}");
    Ok(())
}

/// Field and statement.
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("at", "update events set at = at + 1 where id = $1"),
    ("actor", "update events set actor = '01890000-0000-7000-8000-000000000001' where id = $1"),
    ("actor_name", "update events set actor_name = actor_name || '某' where id = $1"),
    ("office", "update events set office = '01890000-0000-7000-8000-000000000001' where id = $1"),
    ("kind", "update events set kind = 'files' where id = $1"),
    ("thing", "update events set thing = thing || '0' where id = $1"),
    ("name", "update events set name = name || ' ' where id = $1"),
    ("verb", "update events set verb = 'closed' where id = $1"),
    ("note", "update events set note = coalesce(note, '') || '改' where id = $1"),
    ("change", "update events set change = change || ' ' where id = $1"),
    ("client", "update events set client = coalesce(client, '') || '1' where id = $1"),
    ("campaign", "update events set campaign = coalesce(campaign, '') || '1' where id = $1"),
    ("enterprise", "update events set enterprise = coalesce(enterprise, '') || '1' where id = $1"),
    ("county", "update events set county = coalesce(county, '') || '1' where id = $1"),
];

const COPY_EVENT: &str = "insert into events (id, at, actor, actor_name, office, kind, thing, name, verb, note, change, client,
    campaign, enterprise, province, city, county, station) select $2, at, actor, actor_name, office, kind, thing, name, verb,
    note, change, client, campaign, enterprise, province, city, county, station from events where id = $1";

const FACT_FIELDS: &[&str] = &[
    "update facts set amount = amount + 1 where event = $1 and line = $2",
    "update facts set figure = 'visits_ccc' where event = $1 and line = $2",
    "update facts set area = area || '1' where event = $1 and line = $2",
    "update facts set at = at - 86400000 where event = $1 and line = $2",
    "update facts set product = coalesce(product, '') || '1' where event = $1 and line = $2",
    "update facts set county = null, city = 'x' where event = $1 and line = $2",
];

const COPY_FACT: &str = "insert into facts (event, line, at, figure, amount, campaign, product, field, problem, days, enterprise,
    thing, area, province, city, county, station) select event, 99, at, figure, amount, campaign, product, field, problem, days,
    enterprise, thing, area, province, city, county, station from facts where event = $1 and line = $2";

const SALTS: &[&str] = &[
    "update log_salts set actor = 'AAAA' where event = $1",
    "update log_salts set actor_name = actor_name || 'A' where event = $1",
    "update log_salts set note = 'AAAA' where event = $1",
    "update log_salts set change = null where event = $1",
    "update log_salts set state = 'AAAA' where event = $1",
    "delete from log_salts where event = $1",
];

const LINKS: &[(Fault, &str)] = &[
    (Fault::Missing, "delete from file_links where thing = $1 and file = $2"),
    (Fault::Missing, "update file_links set role = 'x' where thing = $1 and file = $2"),
    (Fault::Unsealed, "update file_links set linked_at = linked_at + 1 where thing = $1 and file = $2"),
    (Fault::Missing, "update file_links set linked_at = linked_at - 1 where thing = $1 and file = $2"),
];

const THINGS: &[(Option<&str>, &str)] = &[
    (Some("what"), "update hazards set what = what || '。' where id = $1"),
    (Some("overdue"), "update hazards set overdue = 1 - overdue where id = $1"),
    (Some("severity"), "update hazards set severity = 'minor' where id = $1"),
    (Some("found_at"), "update hazards set found_at = found_at + 1 where id = $1"),
    (None, "update hazards set digest = 'x' where id = $1"),
    (None, "update hazards set version = version + 1 where id = $1"),
    (Some("total"), "update targets set total = total + 1 where id = $1"),
];

const LEAVES: &[(Fault, &str)] = &[
    (Fault::Missing, "delete from log_leaves where seq = $1"),
    (Fault::Differs, "update log_leaves set leaf = leaf || ' ' where seq = $1"),
    (Fault::Differs, "update log_leaves set leaf = replace(leaf, '\"v\":1', '\"v\":2') where seq = $1"),
    (Fault::Differs, "update log_leaves set event = 'x' where seq = $1"),
];

const TILES: &[(Fault, &str)] = &[
    (Fault::Missing, "delete from log_tiles where level = $1 and n = $2"),
    (Fault::Differs, "update log_tiles set hashes = 'AAAA' || substr(hashes, 5) where level = $1 and n = $2"),
    (Fault::Differs, "update log_tiles set hashes = '?' where level = $1 and n = $2"),
];

const CHECKPOINTS: &[&str] = &[
    "update log_checkpoints set note = replace(note, '/log', '/l0g') where size = $1",
    "update log_checkpoints set note = substr(note, 1, 20) || 'A' || substr(note, 22) where size = $1",
    "update log_checkpoints set note = '' where size = $1",
];

const HEADS: &[&str] = &[
    "update log_head set size = size + 1",
    "update log_head set size = size - 1",
    "update log_head set origin = 'else.where/log'",
    "update log_head set public_key = 'x'",
];

/// A log of more than one tile, several checkpoints, files, targets, and one event that waits.
async fn world() -> World {
    let w = crate::api::lively().await;
    for n in 0..220 {
        w.hazard(&format!("第 {n} 项")).await;
        if n % 70 == 0 {
            w.days_pass(1).await;
        }
    }
    w.follow().await;
    w.hazard("待存证").await;
    w
}

/// What is found after a change that is undone.
async fn found(w: &World, change: impl Fn(&mut Tx) -> Result<Wanted> + Send + 'static) -> (Wanted, Vec<Finding>) {
    let found = Arc::new(Mutex::new(None));
    let (note, key) = (found.clone(), Earlier::of(&w.app).await.unwrap());
    let undone = w.app.db.write(move |tx| {
        let wanted = change(tx)?;
        let report = examine(tx, &key)?;
        *note.lock().unwrap() = Some((wanted, report.findings));
        Err::<(), _>(Error::NotFound)
    });
    let undone = undone.await;
    assert!(matches!(undone, Err(Error::NotFound)), "{undone:?}");
    found.lock().unwrap().take().unwrap()
}

#[tokio::test]
async fn every_tampering_is_found_and_named() {
    let w = world().await;
    is_clean(&verified(&w, &[]).await);
    let ground = Arc::new(w.app.db.read(ground).await.unwrap());
    assert!(ground.tiles.len() > 2 && ground.checkpoints.len() > 2 && ground.events.len() > 256);
    let times = if std::env::var("PAICHA_LONG").is_ok() { 1000 } else { 100 };
    let mut dice = Dice::new();
    for i in 0..times {
        let (seed, ground) = (dice.0, ground.clone());
        let (wanted, found) = found(&w, move |tx| tamper(tx, &ground, &mut Dice(seed))).await;
        let said: Vec<String> = found.iter().map(|f| f.say(Lang::En)).collect();
        assert!(found.iter().any(|f| wanted.is(f)), "{i}: {wanted:?} was not found but\n{}", said.join("\n"));
        assert!(found.len() <= 3, "{i}: {wanted:?}: more than that was found\n{}", said.join("\n"));
        for _ in 0..5 {
            dice.throw(2);
        }
    }
    is_clean(&verified(&w, &[]).await);
}

#[tokio::test]
async fn bytes_of_files_are_looked_at() {
    let w = crate::api::lively().await;
    w.follow().await;
    let hash = w.app.db.read(|tx| tx.get::<String>("select sha256 from files limit 1", &[])).await.unwrap();
    let found = walk(&w.app.config.data).into_iter().find(|f| f.to_string_lossy().contains(&hash[4..]));
    let file = found.expect("the bytes lie in the data folder");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let found = verified(&w, &[]).await.findings;
    assert_eq!((found.len(), found[0].part, &found[0].id), (1, Part::File, &hash));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Whoever holds the database and the key can write a log that agrees with itself: not with a checkpoint kept elsewhere.
#[tokio::test]
async fn a_log_that_was_rewritten_is_found_by_a_checkpoint_kept_elsewhere() {
    let w = crate::api::lively().await;
    w.follow().await;
    let note = crate::transparency::note(&w).await;
    w.hazard("以后的").await;
    w.follow().await;
    is_clean(&verified(&w, std::slice::from_ref(&note)).await);
    let rewrite = |tx: &mut Tx| {
        tx.run("update events set actor_name = '别人' where id = (select event from log_leaves where seq = 5)", &[])?;
        for sql in [
            "delete from log_leaves",
            "delete from log_salts",
            "delete from log_tiles",
            "delete from log_checkpoints",
            "update log_head set size = 0",
            "insert into outbox (event, follower, due_at, tries, trouble) select id, 'seal', at, 0, null from events",
        ] {
            tx.run(sql, &[])?;
        }
        Ok(())
    };
    w.app.db.write(rewrite).await.unwrap();
    w.follow().await;
    is_clean(&verified(&w, &[]).await);
    let found = verified(&w, &[note]).await.findings;
    assert_eq!((found.len(), found[0].part, found[0].fault), (1, Part::Checkpoint, Fault::Inconsistent));
}
