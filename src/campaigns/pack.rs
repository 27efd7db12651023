//! A campaign pack (任务包): what a campaign is about. Parsed, checked, immutable.
//!
//! Whoever needs a rule asks here: severity, problem, product, clock, standard, checklist. Nothing of it is known to
//! the program by heart.

use super::{
    assessment::AssessmentRule,
    counted::{FigureRule, PeriodRule, ReturnCheck},
    draft::{About, Words},
    ladder::LadderRule,
    outcomes::OutcomeRule,
    pictures::Picture,
    risks::RiskRule,
    rows::{
        ChecklistHead, Clause, ClockRule, ClosingReason, Item, Milestone, Problem, Product, ProductRegime,
        ProductStandard, RegimeRule, Severity, SeverityRule, SignRule, Standard, Target, Text,
    },
};
use crate::{
    kernel::{Error, Lang, Result, secret::sha256},
    reference::{Certainty, Regime, clock::Clock, standards::Edition},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The whole content of a pack. What a pack of an earlier program lacked reads as empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Pack {
    pub about: About,
    pub clauses: Vec<Clause>,
    pub sources: Vec<Text>,
    pub regimes: Vec<RegimeRule>,
    pub standards: Vec<Standard>,
    pub products: Vec<Product>,
    pub product_regimes: Vec<ProductRegime>,
    pub product_standards: Vec<ProductStandard>,
    pub targeting: Vec<Target>,
    pub problems: Vec<Problem>,
    pub severities: Vec<SeverityRule>,
    pub closing_reasons: Vec<ClosingReason>,
    pub clocks: Vec<ClockRule>,
    pub milestones: Vec<Milestone>,
    pub figures: Vec<FigureRule>,
    pub periods: Vec<PeriodRule>,
    pub return_checks: Vec<ReturnCheck>,
    pub signs: Vec<SignRule>,
    pub risks: Vec<RiskRule>,
    pub ladder: Vec<LadderRule>,
    pub outcomes: Vec<OutcomeRule>,
    pub assessment: Vec<AssessmentRule>,
    pub checklists: Vec<Checklist>,
    /// Pictures beside questions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// The same in the form that `reference` reckons with.
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) law: Law,
}

/// A checklist with its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checklist {
    #[serde(flatten)]
    pub head: ChecklistHead,
    pub items: Vec<Item>,
}

/// Editions and clocks in the form that `reference` reckons with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Law {
    pub editions: Vec<Edition>,
    pub clocks: Vec<Clock>,
}

impl Default for Pack {
    fn default() -> Self {
        Self::blank()
    }
}

impl Pack {
    /// A pack with nothing in it.
    pub(super) fn blank() -> Self {
        let nothing = || Words { zh: String::new(), en: String::new() };
        let about = About {
            code: String::new(),
            version: 0,
            zh: String::new(),
            en: String::new(),
            issued: Date::ZERO,
            starts: Date::ZERO,
            ends: Date::ZERO,
            source: String::new(),
            certainty: Certainty::Design,
            check_by: None,
            extends: String::new(),
            about: nothing(),
        };
        Self {
            about,
            clauses: Vec::new(),
            sources: Vec::new(),
            regimes: Vec::new(),
            standards: Vec::new(),
            products: Vec::new(),
            product_regimes: Vec::new(),
            product_standards: Vec::new(),
            targeting: Vec::new(),
            problems: Vec::new(),
            severities: Vec::new(),
            closing_reasons: Vec::new(),
            clocks: Vec::new(),
            milestones: Vec::new(),
            figures: Vec::new(),
            periods: Vec::new(),
            return_checks: Vec::new(),
            signs: Vec::new(),
            risks: Vec::new(),
            ladder: Vec::new(),
            outcomes: Vec::new(),
            assessment: Vec::new(),
            checklists: Vec::new(),
            pictures: Vec::new(),
            law: Law::default(),
        }
    }

    /// As it is stored and sent.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::broken)
    }

    /// From its stored form.
    pub fn from_json(text: &str) -> Result<Self> {
        let pack: Self = serde_json::from_str(text).map_err(Error::broken)?;
        let whole = Severity::ALL.iter().all(|s| pack.severities.iter().any(|rule| rule.code == *s));
        if whole { Ok(pack.finished()) } else { Err(Error::broken("a stored pack lacks a severity")) }
    }

    /// The SHA-256 of the content.
    pub fn digest(&self) -> Result<String> {
        Ok(sha256(self.to_json()?.as_bytes()))
    }

    /// With everything that is derived from the tables.
    pub(super) fn finished(mut self) -> Self {
        self.law = Law::of(&self);
        self
    }

    /// The title of the campaign that the pack is for.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.about.zh, &self.about.en)
    }

    /// What is laid down for a severity.
    pub fn severity(&self, severity: Severity) -> &SeverityRule {
        let rule = self.severities.iter().find(|rule| rule.code == severity);
        rule.expect("a pack without a rule for every severity is refused when it is read")
    }

    /// The problem with this code.
    pub fn problem(&self, code: &str) -> Option<&Problem> {
        self.problems.iter().find(|p| p.code == code)
    }

    /// The closing reason with this code.
    pub fn closing_reason(&self, code: &str) -> Option<&ClosingReason> {
        self.closing_reasons.iter().find(|r| r.code == code)
    }

    /// The clause with this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|c| c.id == id)
    }

    /// The milestone with this code.
    pub fn milestone(&self, code: &str) -> Option<&Milestone> {
        self.milestones.iter().find(|m| m.code == code)
    }

    /// From what measure on a sign is one; nothing when the pack does not look for it.
    pub fn sign(&self, code: &str) -> Option<i64> {
        self.signs.iter().find(|rule| rule.code == code).map(|rule| rule.amount)
    }

    /// The rule of the ladder with this code.
    pub fn ladder_rule(&self, code: &str) -> Option<&LadderRule> {
        self.ladder.iter().find(|rule| rule.code == code)
    }

    /// What a regime asks for.
    pub fn regime(&self, code: Regime) -> Option<&RegimeRule> {
        self.regimes.iter().find(|r| r.code == code)
    }

    /// The pictures beside a question.
    pub fn pictures_of(&self, item: &str) -> impl Iterator<Item = &Picture> {
        self.pictures.iter().filter(move |picture| picture.row.items.iter().any(|id| id == item))
    }

    /// The checklist with this code.
    pub fn checklist(&self, code: &str) -> Option<&Checklist> {
        self.checklists.iter().find(|c| c.head.code == code)
    }
}

impl Checklist {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        self.head.label(lang)
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.id == id)
    }
}
