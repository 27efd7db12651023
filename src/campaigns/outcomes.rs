//! The outcomes by which a campaign is judged (六个“一批”): the table `outcomes.csv`. Clause: G-3.

use super::{cell::table, draft::Draft, finding::Findings, finding::NOT_A_WORD};
use crate::{kernel::Lang, record::Figure, reference::Certainty};

table! {
    /// An outcome, and what is counted for it.
    pub struct OutcomeRule by(code) {
        code: String,
        zh: String,
        en: String,
        unit_zh: String,
        unit_en: String,
        rule_zh: String,
        rule_en: String,
        /// The figure of the record that it is; none: nothing in the system records it yet.
        counts: Option<String>,
        clause: Vec<String>,
        source: String,
        certainty: Certainty,
    }
}

impl OutcomeRule {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// Its unit in the reader's language.
    pub fn unit(&self, lang: Lang) -> &str {
        lang.say(&self.unit_zh, &self.unit_en)
    }

    /// What is counted, in words, in the reader's language.
    pub fn rule(&self, lang: Lang) -> &str {
        lang.say(&self.rule_zh, &self.rule_en)
    }

    /// The figure that it is, where something in the system records it.
    pub fn figure(&self) -> Option<Figure> {
        Figure::from_code(self.counts.as_deref()?)
    }
}

/// Whether each counts a figure that exists.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let words = || Figure::ALL.iter().map(|f| f.code()).collect::<Vec<_>>().join(" / ");
    for line in draft.outcomes.iter().filter(|line| line.row.counts.is_some() && line.row.figure().is_none()) {
        let value = line.row.counts.as_deref().unwrap_or_default();
        findings.error(&line.at, "counts", NOT_A_WORD.with("value", value).with("words", words()));
    }
}
