//! The exchange over a line that loses replies, sends twice, turns the order about and cuts in the middle: nothing is lost,
//! nothing is doubled, nothing is silently overwritten.

use crate::{
    phone::Phone,
    visits::{planned, record},
    world::{World, jpeg, new_id},
};
use paicha::kernel::secret::sha256;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Visits that each phone makes.
const VISITS: usize = 8;

/// Chance that can be had again: `PAICHA_TEST_SEED=7 cargo test --test it bad_line`.
pub struct Dice(u64);

impl Dice {
    pub fn thrown() -> Self {
        let seed = std::env::var("PAICHA_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_230_614);
        println!("seed {seed}");
        Self(seed)
    }

    /// Other dice, whose throws follow from these.
    pub fn other(&mut self) -> Self {
        Self(self.below(1 << 30) as u64 + 1)
    }

    /// A number below `n` (xorshift64*, Vigna 2016).
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n as u64).unwrap()
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// A phone with what is still on it.
struct Queue<'w> {
    phone: Phone<'w>,
    items: Vec<Value>,
    /// Photographs not uploaded yet: the names they are made from.
    photos: Vec<String>,
    /// What the phone knows of each item.
    receipts: BTreeMap<String, Value>,
}

impl<'w> Queue<'w> {
    async fn of(w: &'w World, login: &str) -> Self {
        Self { phone: Phone::of(w, login).await, items: vec![], photos: vec![], receipts: BTreeMap::new() }
    }

    /// A whole visit: two photographs, a hazard, the order to correct it, an amendment. `visit` may be somebody else's.
    async fn visit(&mut self, w: &World, visit: &str, name: &str) {
        let mut sent = record(w, &[("A8", "P08")]).await;
        let names = [format!("{name} 1"), format!("{name} 2")];
        let photos = names.each_ref().map(|n| sha256(&jpeg(n)));
        self.photos.extend(names);
        sent["evidence"] = json!(photos);
        sent["statement"] = json!(name);
        let hazard = sent["hazards"][0]["id"].as_str().unwrap().to_owned();
        let first = self.phone.item("inspection", visit, &sent, json!({"files": photos}));
        let order = json!({"thing": "hazards", "act": {"verb": "order", "due": "2023-06-24"}});
        let second = self.phone.item("act", &hazard, &order, json!({"after": [first["id"]]}));
        let amend = json!({"thing": "inspections", "act": {"verb": "amend", "why": name}});
        let third = self.phone.item("act", visit, &amend, json!({"after": [first["id"]]}));
        self.items.extend([first, second, third]);
    }

    fn is_open(&self, item: &Value) -> bool {
        let receipt = self.receipts.get(item["id"].as_str().unwrap());
        receipt.is_none_or(|r| ["held", "failed"].contains(&r["outcome"].as_str().unwrap()))
    }

    fn is_done(&self) -> bool {
        self.items.iter().all(|item| !self.is_open(item)) && self.photos.is_empty()
    }

    /// Tries the line once.
    async fn try_line(&mut self, w: &World, dice: &mut Dice) {
        if !self.photos.is_empty() && dice.one_in(2) {
            let name = self.photos[dice.below(self.photos.len())].clone();
            self.phone.person.photo(&name).await;
            if dice.one_in(3) {
                w.follow().await;
            }
            // whether the phone hears of it is another matter
            if !dice.one_in(4) {
                self.photos.retain(|n| *n != name);
            }
            return;
        }
        let mut batch: Vec<Value> = self.items.iter().filter(|i| self.is_open(i) || dice.one_in(5)).cloned().collect();
        dice.shuffle(&mut batch);
        batch.truncate(dice.below(6) + 1);
        if dice.one_in(3) && !batch.is_empty() {
            batch.push(batch[dice.below(batch.len())].clone());
        }
        let receipts = self.phone.sync(&batch.iter().collect::<Vec<_>>()).await;
        // the reply is lost, or cut in the middle
        let heard = if dice.one_in(3) { dice.below(receipts.len() + 1) } else { receipts.len() };
        for receipt in receipts.into_iter().take(heard) {
            let id = receipt["id"].as_str().unwrap().to_owned();
            if let Some(before) = self.receipts.get(&id).filter(|r| r["outcome"] != "held") {
                let settled = |r: &Value| if r["outcome"] == "refused" { "refused" } else { "stored" };
                assert_eq!(settled(before), settled(&receipt), "what is settled stays settled: {before} {receipt}");
            }
            self.receipts.insert(id, receipt);
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_doubled_or_overwritten() {
    let (w, mut dice) = (World::new().await, Dice::thrown());
    let mut queues = [Queue::of(&w, "ying").await, Queue::of(&w, "bo").await];
    let mut made = BTreeSet::new();
    for n in 0..VISITS {
        for (who, queue) in queues.iter_mut().enumerate() {
            let visit = if n % 2 == 0 { planned(&w).await } else { new_id() };
            queue.visit(&w, &visit, &format!("第{n}次 {who}")).await;
            made.insert(visit);
        }
    }
    // both have recorded the same visit, each in their own words
    let contested = planned(&w).await;
    for (who, queue) in queues.iter_mut().enumerate() {
        queue.visit(&w, &contested, &format!("争议 {who}")).await;
    }
    made.insert(contested.clone());
    let mut tries = 0;
    while !queues.iter().all(Queue::is_done) {
        let who = dice.below(queues.len());
        queues[who].try_line(&w, &mut dice).await;
        tries += 1;
        assert!(tries < 5000, "it does not come to an end");
        settle_conflicts(&mut queues);
    }
    println!("{tries} tries");
    check(&w, &queues, &made, &contested).await;
}

/// Whoever is told that a colleague was faster does not wait for what hung on the own record.
fn settle_conflicts(queues: &mut [Queue; 2]) {
    for queue in queues {
        let refused: Vec<Value> =
            queue.receipts.values().filter(|r| r["outcome"] == "refused").map(|r| r["id"].clone()).collect();
        queue.items.retain(|i| !i["after"].as_array().unwrap().iter().any(|id| refused.contains(id)));
    }
}

async fn check(w: &World, queues: &[Queue<'_>; 2], made: &BTreeSet<String>, contested: &str) {
    w.follow().await;
    let visits = i64::try_from(made.len()).unwrap();
    let (sun, mut amendments) = (w.sun().await, 0);
    assert_eq!(
        (w.figure("sun", "visits").await, w.figure("sun", "found").await),
        (visits, visits),
        "none lost or doubled"
    );
    assert_eq!(w.figure("sun", "ordered").await, visits);
    for visit in made {
        let page = sun.get(&format!("/api/v1/events?thing={visit}&limit=200")).await.json();
        let verbs = |verb: &str| page["items"].as_array().unwrap().iter().filter(|e| e["verb"] == verb).count();
        assert_eq!(verbs("submit"), 1, "{visit}");
        amendments += verbs("amend");
        let seal = sun.get(&format!("/api/v1/inspections/{visit}/seal")).await.json();
        assert_eq!(seal["holds"], true, "{seal}");
        assert_eq!(seal["items"][0]["files"].as_array().unwrap().len(), 2);
    }
    assert_eq!(amendments, made.len());
    let outcomes = queues.iter().flat_map(|q| q.receipts.values());
    let refused: Vec<&Value> = outcomes.filter(|r| r["outcome"] == "refused").collect();
    assert_eq!(refused.len(), 1, "the one conflict, and nothing else: {refused:?}");
    let kept = sun.get("/api/v1/refused?limit=200").await.json();
    let kept = kept["items"].as_array().unwrap();
    assert!(kept.iter().all(|k| k["thing"] == contested && k["code"] == "inspections.other_content"), "{kept:?}");
    assert_eq!(kept.len(), 1);
}
