//! The cells of returns against a recount of every fact by hand, after whatever people do; and how they are read.

use crate::{
    random_acts::{Stage, offices, sequences},
    world::{Person, World, new_id},
};
use paicha::{
    campaigns::{FigureRule, Pack, Side},
    kernel::{
        Moment, OfficeId,
        db::{Row, Tx},
    },
    people::{Level, store as people},
    record::{Field, Figure},
    reports::returns::{Span, sums, sums_by_enterprise},
};
use proptest::{
    prelude::ProptestConfig,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A fact as it lies there.
struct Fact {
    figure: Figure,
    amount: i64,
    at: i64,
    product: String,
    field: String,
    enterprise: String,
    place: Vec<OfficeId>,
}

async fn facts(w: &World) -> Vec<Fact> {
    let read = |tx: &mut Tx| {
        let mut all = Vec::new();
        let sql = "select figure, amount, at, product, field, enterprise, province, city, county, station from facts";
        tx.each(sql, &[], |mut row: Row| {
            let text = |row: &mut Row, name: &str| row.take::<Option<String>>(name).map(Option::unwrap_or_default);
            let mut fact = Fact {
                figure: row.take("figure")?,
                amount: row.take("amount")?,
                at: row.take("at")?,
                product: text(&mut row, "product")?.chars().take(2).collect(),
                field: text(&mut row, "field")?,
                enterprise: text(&mut row, "enterprise")?,
                place: Vec::new(),
            };
            for level in ["province", "city", "county", "station"] {
                fact.place.extend(row.take::<Option<OfficeId>>(level)?);
            }
            all.push(fact);
            Ok(())
        })?;
        Ok(all)
    };
    w.app.db.read(read).await.unwrap()
}

/// Row, office, product, field: an empty text where all are taken together.
type Key = [String; 4];

/// Counts anew what the table of `office` should hold.
fn recount(
    facts: &[Fact],
    rules: &[FigureRule],
    office: OfficeId,
    chain: &[OfficeId],
    from: i64,
) -> BTreeMap<Key, (i64, i64)> {
    let mut seen: BTreeMap<(Key, String), (i64, i64)> = BTreeMap::new();
    for fact in facts.iter().filter(|f| chain.iter().all(|above| f.place.contains(above))) {
        let below = fact.place.iter().find(|o| !chain.contains(o)).unwrap_or(&office).to_string();
        for rule in rules {
            let Some((sign, _)) = rule.terms().into_iter().find(|(_, figure)| *figure == fact.figure) else { continue };
            let side = Field::from_code(&fact.field).map(Side::of);
            if rule.side.is_some() && rule.side != side {
                continue;
            }
            for (by_office, by_product, by_field) in
                (0..8).map(|n| (n & 1 > 0, n & 2 > 0, n & 4 > 0)).collect::<BTreeSet<_>>()
            {
                let told = |yes: bool, text: &str| if yes { format!("={text}") } else { String::new() };
                let key = [
                    rule.code.clone(),
                    told(by_office, &below),
                    told(by_product, &fact.product),
                    told(by_field, &fact.field),
                ];
                let who = if rule.distinct { fact.enterprise.clone() } else { String::new() };
                let pair = seen.entry((key, who)).or_default();
                pair.0 += if fact.at >= from { sign * fact.amount } else { 0 };
                pair.1 += sign * fact.amount;
            }
        }
    }
    let mut cells: BTreeMap<Key, (i64, i64)> = BTreeMap::new();
    for ((key, _), (period, total)) in seen {
        let rule = rules.iter().find(|r| r.code == key[0]).unwrap();
        let cell = cells.entry(key).or_default();
        let one = |n: i64| if rule.distinct { i64::from(n > 0) } else { n };
        cell.0 += if rule.stock { 0 } else { one(period) };
        cell.1 += one(total);
    }
    cells.retain(|_, pair| *pair != (0, 0));
    cells
}

fn shown(table: &Value) -> BTreeMap<Key, (i64, i64)> {
    let part = |c: &Value, name: &str| c[name].as_str().map(|v| format!("={v}")).unwrap_or_default();
    let key =
        |c: &Value| [c["row"].as_str().unwrap().to_owned(), part(c, "office"), part(c, "product"), part(c, "field")];
    let cells = table["cells"].as_array().unwrap().iter();
    cells.map(|c| (key(c), (c["period"].as_i64().unwrap(), c["total"].as_i64().unwrap()))).collect()
}

/// The table of the office of `person` for a period that has begun.
async fn table(w: &World, person: &Person<'_>, period: &str) -> Value {
    let path = format!("/api/v1/returns/{}", new_id());
    person.put(&path, json!({"campaign": w.house.campaign, "period": period})).await.is(200, "draft");
    let table = person.get(&format!("{path}/table")).await.is(200, "cells").json();
    // each of a few cells opens exactly the records that it counts
    for cell in table["cells"].as_array().unwrap().iter().step_by(7) {
        let part = |name: &str| cell[name].as_str().map(|v| format!("&{name}={v}")).unwrap_or_default();
        let cut = [part("office"), part("product"), part("field")].concat();
        let at = format!("{path}/records?row={}{cut}", cell["row"].as_str().unwrap());
        let records = person.get(&at).await.is(200, "items").json();
        let sum: i64 = records["items"].as_array().unwrap().iter().map(|r| r["amount"].as_i64().unwrap()).sum();
        assert_eq!(json!(sum), cell["total"], "{at}");
    }
    table
}

async fn play(steps: &[crate::random_acts::Step]) -> usize {
    let w = World::new().await;
    let mut stage = Stage::set(&w).await;
    for step in steps {
        stage.try_step(step).await;
    }
    let (facts, rules) = (facts(&w).await, Pack::built_in(paicha::campaigns::NATIONAL).unwrap().figures);
    let chains = offices(&w).await;
    let today = w.today();
    let month = (today.year(), today.month());
    let begins = if month == (2023, 6) { crate::world::START } else { today.first_of_month() };
    let mut compared = 0;
    for login in ["lin", "zhao", "qian", "sun", "tang"] {
        let person = w.person(login).await;
        let table = table(&w, &person, &format!("monthly-{}-{:02}", month.0, month.1)).await;
        let office = OfficeId::parse(table["office"].as_str().unwrap()).unwrap();
        let chain = &chains.iter().find(|(id, _)| *id == office).unwrap().1;
        let wanted = recount(&facts, &rules, office, chain, Moment::start_of(begins).millis());
        compared += wanted.len();
        assert_eq!(shown(&table), wanted, "shown and counted for {login}");
    }
    compared
}

#[test]
fn every_cell_is_what_a_recount_finds() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cases = std::env::var("PAICHA_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let config = ProptestConfig { cases, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let compared = std::cell::Cell::new(0);
    let played = runner.run(&sequences(90), |steps| {
        compared.set(compared.get() + runtime.block_on(play(&steps)));
        Ok(())
    });
    if let Err(failure) = played {
        panic!("{failure}");
    }
    println!("{} cells recounted", compared.get());
    assert!(compared.get() > 1000, "{} cells are too few to say anything", compared.get());
}

/// Facts of a county are read off an index, those of a city area by area.
#[tokio::test]
async fn a_table_is_read_area_by_area() {
    let w = World::with("-cenable_seqscan=off -cenable_bitmapscan=off").await;
    let read = |tx: &mut Tx| {
        ["130000", "130100", "130123", "130123A"].map(|code| people::office_by_code(tx, code)).into_iter().collect()
    };
    let found: Vec<Option<paicha::people::Office>> = w.app.db.read(read).await.unwrap();
    for office in found.into_iter().flatten() {
        let until = w.app.clock.now();
        let span = Span { office: &office, campaign: w.house.campaign, from: until, until };
        for query in [sums(&span, &[Figure::Found, Figure::Closed]), sums_by_enterprise(&span, &[Figure::Visits])] {
            let plan = w.app.db.plan(query).await.unwrap();
            assert!(plan.iter().any(|line| line.contains("facts_")), "{} {plan:#?}", office.level.code());
        }
        assert_ne!(office.level, Level::Nation);
    }
}
