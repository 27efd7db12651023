//! What speaks for visiting an enterprise first (检查优先度): the table `risks.csv`.

use super::{Pack, cell::table};
use crate::{kernel::Lang, reference::Certainty};

table! {
    /// So many points for each one counted, up to the most.
    pub struct RiskRule by(code) {
        code: String,
        zh: String,
        en: String,
        points: i64,
        most: i64,
        unit_zh: String,
        unit_en: String,
        source: String,
        certainty: Certainty,
    }
}

impl RiskRule {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// What it counts, in the reader's language.
    pub fn unit(&self, lang: Lang) -> &str {
        lang.say(&self.unit_zh, &self.unit_en)
    }
}

impl Pack {
    /// How much a risk weighs; nothing when the pack does not name it.
    pub fn risk(&self, code: &str) -> Option<&RiskRule> {
        self.risks.iter().find(|rule| rule.code == code)
    }
}
