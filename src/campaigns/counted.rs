//! Whether the rules by which returns are counted can be followed: figures that exist, periods that end, sums of something.

use super::{
    check::range,
    draft::Draft,
    finding::{BLANK, Findings, NOT_A_WORD},
    rows::Rhythm,
};
use crate::record::Figure;

/// Looks at `figures.csv`, `periods.csv` and `return_checks.csv`.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let words = || Figure::ALL.iter().map(|f| f.code()).collect::<Vec<_>>().join(" / ");
    for line in &draft.figures {
        for code in &line.row.counts {
            if Figure::from_code(code.trim_start_matches('-')).is_none() {
                findings.error(&line.at, "counts", NOT_A_WORD.with("value", code).with("words", words()));
            }
        }
    }
    for line in &draft.periods {
        if line.row.rhythm == Rhythm::Once && line.row.to.is_none() {
            findings.error(&line.at, "to", BLANK);
        }
        if !(0..=366).contains(&line.row.days) {
            findings.error(&line.at, "days", range(line.row.days, 0, 366));
        }
    }
    for line in &draft.return_checks {
        for (field, codes) in [("left", &line.row.left), ("right", &line.row.right)] {
            if codes.is_empty() {
                findings.error(&line.at, field, BLANK);
            }
        }
    }
}
