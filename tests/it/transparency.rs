//! The sealed record: what is sealed verifies, and whatever is changed is found and named.

use crate::world::World;
use paicha::{
    accounts,
    kernel::db::{Tx, Value},
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
