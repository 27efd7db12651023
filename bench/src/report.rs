//! What was measured, as lines for people.

use crate::{load::Run, submit::Pair};

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
