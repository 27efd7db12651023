//! The tables of a pack that say what returns count, for which periods, and what must hold between the figures.

use super::{
    cell::{cell_words, table},
    check::range,
    draft::Draft,
    finding::{BLANK, Findings, NOT_A_WORD},
    rows::Side,
};
use crate::{kernel::Lang, people::Level, record::Figure, reference::Certainty};
use jiff::civil::Date;

words! {
    /// How often offices report.
    #[schema(as = PeriodRhythm)]
    pub enum Rhythm {
        Week "week" "每周" "Weekly",
        Month "month" "每月" "Monthly",
        Once "once" "一次" "Once",
    }
    /// How two sums of figures must stand to each other.
    #[schema(as = ReturnRelation)]
    pub enum Relation {
        AtMost "at_most" "不大于" "is at most",
        Equal "equal" "等于" "equals",
    }
}

cell_words!(Rhythm, Relation);

table! {
    /// A figure of the returns, and how it is counted.
    pub struct FigureRule by(code) {
        code: String,
        zh: String,
        en: String,
        unit_zh: String,
        unit_en: String,
        rule_zh: String,
        rule_en: String,
        /// The figures of the record whose sum it is, those with `-` before them subtracted; none: nothing in the system
        /// records it yet.
        #[serde(default)]
        counts: Vec<String>,
        /// Only what was found on this side of trade.
        #[serde(default)]
        side: Option<Side>,
        /// Enterprises, each counted once (家), not occurrences.
        #[serde(default)]
        distinct: bool,
        /// What stands at the cut-off (期末数), not what happened in the period.
        #[serde(default)]
        stock: bool,
        source: String,
        certainty: Certainty,
    }

    /// For which periods offices report, and by when.
    #[schema(as = PeriodRule)]
    pub struct PeriodRule by(code) {
        code: String,
        zh: String,
        en: String,
        rhythm: Rhythm,
        from: Option<Date>,
        to: Option<Date>,
        /// Days after the end of the period in which to report.
        days: i64,
        /// The lowest level that reports.
        level: Level,
        clause: Vec<String>,
        source: String,
        certainty: Certainty,
    }

    /// What must hold between the figures of a return.
    pub struct ReturnCheck by(code) {
        code: String,
        zh: String,
        en: String,
        left: Vec<String>,
        relation: Relation,
        right: Vec<String>,
        source: String,
        certainty: Certainty,
    }
}

/// Gives rows their name in the reader's language.
macro_rules! named {
    ($($T:ty),*) => { $(
        impl $T {
            /// Its name in the reader's language.
            pub fn label(&self, lang: Lang) -> &str { lang.say(&self.zh, &self.en) }
        }
    )* };
}
named!(FigureRule, PeriodRule, ReturnCheck);

impl FigureRule {
    /// Its unit in the reader's language.
    pub fn unit(&self, lang: Lang) -> &str {
        lang.say(&self.unit_zh, &self.unit_en)
    }

    /// How it is counted, in words, in the reader's language.
    pub fn rule(&self, lang: Lang) -> &str {
        lang.say(&self.rule_zh, &self.rule_en)
    }

    /// The figures it counts, each with its sign; what is no figure is left out, which `pack check` has refused.
    pub fn terms(&self) -> Vec<(i64, Figure)> {
        let term = |code: &String| match code.strip_prefix('-') {
            Some(code) => Figure::from_code(code).map(|figure| (-1, figure)),
            None => Figure::from_code(code).map(|figure| (1, figure)),
        };
        self.counts.iter().filter_map(term).collect()
    }
}

/// Whether the rules can be followed: figures that exist, periods that end, sums of something.
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
