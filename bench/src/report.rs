//! What was measured, as lines for people.

use crate::{
    Failure,
    load::Run,
    submit::{Measured, Pair},
};
use std::{fmt::Write, path::Path};

const HEAD: &str = "# Performance

Written by `cargo run --release -p bench -- all`. Paicha and a *floor* are measured in turn inside every round, so what
counts are the ratios: the floor is a server with the same guarantees and nothing else (axum, SQLite with
`synchronous=full`, group commit, one row with the answers, an audit row, counters; the photograph written and synced
before the answer). Absolute figures of different runs or machines say nothing. Middle value [least–most] of the rounds.

| workload | floor, per s | Paicha, per s | ratio | p50 ms | p99 ms | processor ms per operation, floor / Paicha |
| --- | --- | --- | --- | --- | --- | --- |
";

/// Writes `docs/performance.md`.
pub fn write(measured: &Measured) -> Result<(), Failure> {
    let mut text = HEAD.to_owned();
    for pair in &measured.pairs {
        text.push_str(&line(pair));
        text.push('\n');
    }
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let _ = write!(
        text,
        "\nMemory at rest: {:.0} MB, at its peak while serving: {:.0} MB. Start-up on the filled data folder to the first \
         answer: {} ms. Measured on {processors} processors.\n\nNot measured here yet: lists, filters and search at \
         100 000 and 1 000 000 rows, figures, exports, the mixed load, PostgreSQL.\n",
        measured.at_rest,
        measured.at_peak,
        spread(&measured.starts, 0),
    );
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md");
    std::fs::write(docs, text)?;
    Ok(())
}

/// The middle value, with the least and the greatest.
pub fn spread(values: &[f64], digits: usize) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else { return "–".to_owned() };
    format!("{:.digits$} [{least:.digits$}–{most:.digits$}]", sorted[sorted.len() / 2])
}

/// A workload beside the floor, as a row of the table.
pub fn line(pair: &Pair) -> String {
    let each = |runs: &[Run], of: fn(&Run) -> f64| runs.iter().map(of).collect::<Vec<_>>();
    let [floor, ours] = pair.processor;
    format!(
        "| {} | {} | {} | {} | {} | {} | {floor:.2} / {ours:.2} |",
        pair.what,
        spread(&each(&pair.floor, |r| r.per_second), 0),
        spread(&each(&pair.ours, |r| r.per_second), 0),
        spread(&pair.ratios(), 2),
        spread(&each(&pair.ours, |r| r.percentile(50)), 2),
        spread(&each(&pair.ours, |r| r.percentile(99)), 2),
    )
}
