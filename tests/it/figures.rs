//! Figures are never typed and never wrong: whatever people do, the sums of facts are the count of all things, for every
//! office, in every breakdown, now and at any moment before.
//!
//! Clauses: G-3, S-2b.

use crate::{
    random_acts::{Stage, Step, offices, sequences},
    world::World,
};
use paicha::{
    accounts, hazards, inspections,
    kernel::{Moment, OfficeId, db::Tx},
    record::{Count, Figure, Thing, sums},
};
use proptest::{
    prelude::ProptestConfig,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use std::collections::{BTreeMap, BTreeSet};

/// What the API shows for an office: by figure and part.
type Shown = BTreeMap<(String, String), i64>;

/// Every contribution of every hazard and visit there is.
async fn all_counts(stage: &Stage<'_>) -> Vec<Count> {
    let (hazards, visits) = (stage.hazards.clone(), stage.visits.clone());
    let read = move |tx: &mut Tx| {
        let nation = accounts::acting(tx, "lin", Moment::from_millis(0))?.scope();
        let mut counts = Vec::new();
        for id in &hazards {
            counts.extend(hazards::get(tx, nation, *id)?.counts());
        }
        for id in &visits {
            counts.extend(inspections::get(tx, nation, *id)?.counts());
        }
        Ok(counts)
    };
    stage.w.app.db.read(read).await.unwrap()
}

/// Counts anew what an office should be shown, without the record.
fn recount(counts: &[Count], office: OfficeId, chain: &[OfficeId], by: &str) -> Shown {
    let mut shown = Shown::new();
    let mut inspected: BTreeMap<(String, _), i64> = BTreeMap::new();
    for count in counts {
        let place: Vec<OfficeId> = count.by.place.iter().flatten().copied().collect();
        if !chain.iter().all(|above| place.contains(above)) {
            continue;
        }
        let below = place.iter().find(|o| !chain.contains(o));
        let part = match by {
            "office" => below.unwrap_or(&office).to_string(),
            "product" => count.by.product.clone().unwrap_or_default(),
            "class" => match count.by.product.as_deref().and_then(|code| code.get(..2)) {
                Some(class) => class.to_owned(),
                None => continue,
            },
            "field" => count.by.field.map(|f| f.code().to_owned()).unwrap_or_default(),
            _ => String::new(),
        };
        if count.figure == Figure::Visits {
            *inspected.entry((part.clone(), count.by.enterprise)).or_default() += count.amount;
        }
        *shown.entry((count.figure.code().to_owned(), part)).or_default() += count.amount;
    }
    for (part, _) in inspected.into_iter().filter(|(_, n)| *n > 0).map(|(key, _)| key) {
        *shown.entry((Figure::Inspected.code().to_owned(), part)).or_default() += 1;
    }
    shown.retain(|_, value| *value != 0);
    shown
}

/// What the API shows.
async fn asked(w: &World, office: OfficeId, by: &str, as_of: Option<Moment>) -> Shown {
    let mut path = format!("/api/v1/figures?office={office}");
    if !by.is_empty() {
        path.push_str(&format!("&by={by}"));
    }
    if let Some(at) = as_of {
        path.push_str(&format!("&as_of={}", at.to_string().replace('+', "%2B")));
    }
    let cells = w.person("lin").await.get(&path).await.is(200, "items").json();
    let part = |cell: &serde_json::Value| match by {
        "" => String::new(),
        "class" => cell["product"].as_str().unwrap_or_default().to_owned(),
        name => cell[name].as_str().unwrap_or_default().to_owned(),
    };
    let cell =
        |c: &serde_json::Value| ((c["figure"].as_str().unwrap().to_owned(), part(c)), c["value"].as_i64().unwrap());
    cells["items"].as_array().unwrap().iter().map(cell).collect()
}

/// Compares every office, every breakdown.
async fn all_agree(w: &World, counts: &[Count], as_of: Option<Moment>, breakdowns: &[&str]) {
    for (office, chain) in offices(w).await {
        for by in breakdowns {
            let (wanted, shown) = (recount(counts, office, &chain, by), asked(w, office, by, as_of).await);
            assert_eq!(shown, wanted, "shown and counted, office {office} by «{by}» as of {as_of:?}");
        }
    }
}

/// A figure shows the records behind it, and they sum up to it.
async fn records_bear_it_out(w: &World, by: &str) {
    let lin = w.person("lin").await;
    let cells = lin.get(&format!("/api/v1/figures?by={by}")).await.is(200, "items").json();
    for cell in cells["items"].as_array().unwrap() {
        let (address, mut after, mut sum) = (cell["records"].as_str().unwrap(), String::new(), 0);
        let mut things = BTreeSet::new();
        loop {
            let page = lin.get(&format!("{address}&limit=3{after}")).await.is(200, "items").json();
            for record in page["items"].as_array().unwrap() {
                sum += record["amount"].as_i64().unwrap();
                // what is handed over on a day is taken away here and added there
                let once = things.insert(record["thing"].to_string()) || by == "day";
                assert!(once, "{record} is listed twice");
            }
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(sum, cell["value"].as_i64().unwrap(), "{cell}");
    }
}

/// Whoever is counted as found is either open or closed.
fn found_is_open_or_closed(shown: &Shown) {
    let value = |figure: Figure| shown.get(&(figure.code().to_owned(), String::new())).copied().unwrap_or_default();
    assert_eq!(value(Figure::Found), value(Figure::Open) + value(Figure::Closed));
    assert!(value(Figure::Overdue) <= value(Figure::Open) && value(Figure::Major) <= value(Figure::Found));
}

async fn play(steps: &[Step]) -> (usize, usize) {
    let w = World::new().await;
    let mut stage = Stage::set(&w).await;
    let mut then = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        stage.try_step(step).await;
        if n % 17 == 5 {
            // some facts are in the sums, some are not yet
            w.app.db.write(|tx| sums::fold(tx, 7)).await.unwrap();
        }
        if n == steps.len() / 3 || n == steps.len() * 2 / 3 {
            then.push((w.app.clock.now(), all_counts(&stage).await));
        }
    }
    let now = all_counts(&stage).await;
    all_agree(&w, &now, None, &["", "office", "product", "class", "field"]).await;
    for (at, counts) in &then {
        all_agree(&w, counts, Some(*at), &["", "product"]).await;
    }
    let nation = offices(&w).await.into_iter().find(|(_, chain)| chain.is_empty()).unwrap().0;
    found_is_open_or_closed(&asked(&w, nation, "", None).await);
    for by in ["product", "class", "office", "problem", "days", "day"] {
        records_bear_it_out(&w, by).await;
    }
    (stage.done, stage.refused)
}

/// How many sequences are played: `PAICHA_CASES` or a few, so that the tests stay quick.
fn cases() -> u32 {
    std::env::var("PAICHA_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

#[test]
fn figures_are_the_count_of_all_things() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config =
        ProptestConfig { cases: cases(), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let sum = std::cell::Cell::new((0, 0));
    let played = runner.run(&sequences(120), |steps| {
        let (done, refused) = runtime.block_on(play(&steps));
        sum.set((sum.get().0 + done, sum.get().1 + refused));
        Ok(())
    });
    if let Err(failure) = played {
        panic!("{failure}");
    }
    let (done, refused) = sum.get();
    println!("{done} acts done, {refused} refused");
    assert!(done > 50 && refused > 50, "{done} done, {refused} refused: the people of this test do too little");
}

#[tokio::test]
async fn what_is_handed_to_another_county_is_counted_there() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    let to: BTreeSet<String> = offices(&w).await.iter().map(|(id, _)| id.to_string()).collect();
    let all = w.lin().await.get("/api/v1/offices?limit=200").await.json();
    let licheng = all["items"].as_array().unwrap().iter().find(|o| o["code"] == "370112").unwrap()["id"].clone();
    assert!(to.contains(licheng.as_str().unwrap()));
    let before = Moment::to_string(&w.app.clock.now()).replace('+', "%2B");
    let act = serde_json::json!({"verb": "transfer", "office": licheng, "why": "销售地在历城区"});
    w.lin().await.act(&hazard, act).await.is(200, "ordered");
    w.tang().await.get(&format!("/api/v1/{}", hazard.0)).await.is(200, "ordered");
    w.sun().await.get(&format!("/api/v1/{}", hazard.0)).await.is(404, "not_found");
    for (login, found) in [("lin", 1), ("zhao", 0), ("sun", 0), ("tang", 1)] {
        assert_eq!(w.figure(login, "found").await, found, "{login}");
        assert_eq!(w.figure(login, "ordered").await, found, "{login}");
    }
    let then = w.sun().await.get(&format!("/api/v1/figures?as_of={before}")).await;
    then.is(200, "\"found\"");
}
