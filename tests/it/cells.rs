//! The contract of figures: every cell says what it counts, and links to the list that it counts, which is as long as the
//! cell says.
//!
//! Clauses: G-3, S-2b.

use crate::{
    random_acts::{Stage, offices, sequences},
    world::{Person, World},
};
use paicha::record::sums;
use proptest::{
    prelude::ProptestConfig,
    strategy::{Strategy, ValueTree},
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Cells that are opened.
const OPENED: usize = 1000;

/// Figures that count each thing once. Several inspectors go on one visit, and one hazard may be looked back at twice:
/// there each record says how often it counts.
const ONCE: &[&str] = &["visits", "inspected", "found", "major", "open", "open_major", "overdue", "awaiting"];

/// The records behind a cell, all pages of them.
async fn records(lin: &Person<'_>, cell: &Value) -> Vec<Value> {
    let address = cell["records"].as_str().unwrap();
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = lin.get(&format!("{address}&limit=1000{after}")).await.is(200, "items").json();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return all };
        after = format!("&after={next}");
    }
}

/// Every cell of every office in every breakdown, in a campaign and in all of them, now and as of a moment before.
async fn cells(w: &World, before: &str) -> Vec<(String, Value)> {
    let lin = w.lin().await;
    let campaign = format!("&campaign={}", w.house.campaign);
    let mut cells = Vec::new();
    for (office, _) in offices(w).await {
        for by in ["", "office", "product", "field", "problem", "days", "day"] {
            for within in ["", &campaign] {
                for as_of in [String::new(), format!("&as_of={before}")] {
                    let by_what = if by.is_empty() { String::new() } else { format!("&by={by}") };
                    let path = format!("/api/v1/figures?office={office}{within}{as_of}{by_what}");
                    let found = lin.get(&path).await.is(200, "items").json();
                    cells.extend(found["items"].as_array().unwrap().iter().map(|c| (by.to_owned(), c.clone())));
                }
            }
        }
    }
    cells
}

#[tokio::test]
async fn a_thousand_cells_open_lists_as_long_as_they_say() {
    let w = World::new().await;
    let mut stage = Stage::set(&w).await;
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let mut before = String::new();
    for round in 0..4 {
        for step in &sequences(120).new_tree(&mut runner).unwrap().current() {
            stage.try_step(step).await;
        }
        if round == 1 {
            before = w.app.clock.now().to_string().replace('+', "%2B");
            // half of the facts are in the sums, half are not yet
            while w.app.db.write(|tx| sums::fold(tx, 50)).await.unwrap() > 0 {}
        }
    }
    let cells = cells(&w, &before).await;
    let figures: BTreeSet<&str> = cells.iter().map(|(_, c)| c["figure"].as_str().unwrap()).collect();
    println!("{} cells of {} figures", cells.len(), figures.len());
    assert!(cells.len() >= OPENED && figures.len() > 8, "{} cells, {figures:?}", cells.len());
    let lin = w.lin().await;
    for n in 0..OPENED {
        // spread over all of them, the same ones in every run
        let (by, cell) = &cells[n * cells.len() / OPENED];
        for name in ["figure", "office", "product", "field", "period", "value", "records"] {
            assert!(cell.get(name).is_some(), "no {name} in {cell}");
        }
        let records = records(&lin, cell).await;
        let sum: i64 = records.iter().map(|r| r["amount"].as_i64().unwrap()).sum();
        assert_eq!(sum, cell["value"].as_i64().unwrap(), "{cell}");
        // on a single day something may be taken away
        if by != "day" && ONCE.contains(&cell["figure"].as_str().unwrap()) {
            assert_eq!(records.len() as i64, sum, "{cell}: {records:?}");
        }
    }
}
