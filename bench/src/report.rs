//! What was measured, as lines for people.

use crate::{
    Failure,
    field::{Given, Part},
    lists::Grown,
    load::Run,
    submit::{Measured, Pair},
};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

const HEAD: &str = "# Performance

Written by `cargo run --release -p bench -- all`; every part can be measured by itself (`-- submit`, `-- lists`,
`-- field`). What needs a browser is measured by `PAICHA_LONG=1 tests/browser/run field`, which leaves its lines for it.
";

const SUBMISSIONS: &str = "
## Submissions

Paicha and a *floor* are measured in turn inside every round, so what counts are the ratios: the floor is a server with
the same guarantees and nothing else (axum, SQLite with `synchronous=full`, group commit, one row with the answers, an
audit row, counters; the photograph written and synced before the answer). Absolute figures of different runs or machines
say nothing. Middle value [least–most] of the rounds. What nobody waits for (the PDF of a record, the small copy of a
photograph, the signs on a visit) is made when the server has been quiet for a minute, and is not in these figures: some
30, 10 and 1 ms of a processor each.

| workload | floor, per s | Paicha, per s | ratio | p50 ms | p99 ms | processor ms per operation, floor / Paicha |
| --- | --- | --- | --- | --- | --- | --- |
";

const LISTS: &str = "
## Lists

Pages of 50 rows by the API, as an inspector of one county, in which all rows lie: as many visits and as many hazards as
the table says, of 200 enterprises. One client. Growth is that of p99 from the fewest rows to the most; with 1000 rows an
enterprise has five of a kind, with more a full page of them.

";

const FIELD: &str = "
## The field app

What a phone is given (`/api/v1/sync/pack`): an inspector with 300 visits of the 2000 that are planned in the county, 2000
enterprises with 5000 products and as many certificates, 400 of them visited before and with an open hazard. Bytes are
those on the line, compressed; the last column adds up what a line of 256 kbit/s and 400 ms takes, by arithmetic.

| what | things | KB | server, ms | 256 kbit/s, s |
| --- | --- | --- | --- | --- |
";

/// Writes down what was measured of the field app.
pub fn field(given: &Given) -> Result<(), Failure> {
    let mut text = FIELD.to_owned();
    let mut row = |what: &str, part: &Part| {
        let (kb, ms) = (part.bytes.div_ceil(1000), part.took.as_secs_f64() * 1000.0);
        let _ = writeln!(text, "| {what} | {} | {kb} | {ms:.0} | {:.1} |", part.things, part.on_a_slow_line());
    };
    let sum = |parts: &[Part]| Part {
        bytes: parts.iter().map(|p| p.bytes).sum(),
        things: parts.iter().map(|p| p.things).sum(),
        took: parts.iter().map(|p| p.took).sum(),
    };
    row("first part: enough to begin", &given.first);
    if let Some(slowest) = given.parts[1..].iter().max_by_key(|p| p.took) {
        row("slowest of the other parts", slowest);
    }
    row(&format!("all {} parts, one after another", given.parts.len()), &sum(&given.parts));
    row("after one hazard has changed", &given.delta);
    let _ = writeln!(text, "\nPeak memory of the server: {:.0} MB.", given.memory);
    if !given.storms.is_empty() {
        let _ = writeln!(
            text,
            "\nStorms (`PAICHA_LONG=10000 cargo test --release --test it storm -- --nocapture`; every day's tests make one of \
             2 000 visits): four phones of two inspectors that fall over, a line that refuses, cuts, loses replies, sends \
             twice and turns the order about, a server that is killed and started again.\n"
        );
    }
    for storm in &given.storms {
        let _ = writeln!(text, "* {storm}");
    }
    keep("field", &text)
}

/// Writes down what was measured of submissions.
pub fn submissions(measured: &Measured) -> Result<(), Failure> {
    let mut text = SUBMISSIONS.to_owned();
    for pair in &measured.pairs {
        text.push_str(&line(pair));
        text.push('\n');
    }
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let _ = writeln!(
        text,
        "\nMemory at rest: {:.0} MB, at its peak while serving: {:.0} MB. Start-up on the filled data folder to the first \
         answer: {} ms. Measured on {processors} processors.",
        measured.at_rest,
        measured.at_peak,
        spread(&measured.starts, 0),
    );
    keep("submissions", &text)
}

const FIGURES: &str = "
## Figures

Asked by the coordinator of the nation, over so many facts of 3 069 counties in half a year; one client. The records of a
figure are a page of 50. An act counts in the nation's very next figure (checked in the same run): whoever reads adds what
has not been folded yet.

";

/// Writes down what was measured of lists.
pub fn lists(grown: &[Grown]) -> Result<(), Failure> {
    keep("lists", &table(LISTS, "list", "rows", grown))
}

/// Writes down what was measured of figures.
pub fn figures(grown: &[Grown]) -> Result<(), Failure> {
    keep("figures", &table(FIGURES, "figures", "facts", grown))
}

fn table(head: &str, what: &str, unit: &str, grown: &[Grown]) -> String {
    let mut text = head.to_owned();
    let sizes: Vec<String> = grown.iter().flat_map(|g| &g.at).map(|(rows, _)| rows.to_string()).collect();
    let sizes = &sizes[..grown.first().map_or(0, |g| g.at.len())];
    let heads: String = sizes.iter().map(|size| format!(" {size} {unit}: p50 / p99 ms |")).collect();
    let _ = writeln!(text, "| {what} |{heads} growth |\n| --- |{} --- |", " --- |".repeat(sizes.len()));
    for list in grown {
        let cells = list.at.iter().map(|(_, run)| format!(" {:.2} / {:.2} |", run.percentile(50), run.percentile(99)));
        let [first, last] = [list.at.first(), list.at.last()].map(|at| at.map_or(1.0, |(_, run)| run.percentile(99)));
        let _ = writeln!(text, "| {} |{} {:.1} |", list.what, cells.collect::<String>(), last / first);
    }
    text
}

/// Puts the parts together that have been measured, now or before, as `docs/performance.md`.
pub fn write() -> Result<(), Failure> {
    let parts = ["submissions", "lists", "figures", "field", "browser"];
    let parts = parts.map(|part| std::fs::read_to_string(place_of(part)).unwrap_or_default());
    let rest = "\nNot measured here yet: exports, the mixed load, PostgreSQL.\n";
    let text = [HEAD, &parts.concat(), rest].concat();
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md"), text)?;
    Ok(())
}

fn keep(part: &str, text: &str) -> Result<(), Failure> {
    let place = place_of(part);
    place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    Ok(std::fs::write(place, text)?)
}

/// Parts are kept beside what is built until all are there.
fn place_of(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench").join(part).with_extension("md")
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
