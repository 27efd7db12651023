//! The tables of a pack, line by line as its author writes them. `packs/README.md` says what each column means.

use super::cell::{cell_words, table};
use crate::{
    kernel::Lang,
    people::Level,
    record::Field,
    reference::{Certainty, Regime, Rollover, Term, clock::Unit},
};
use jiff::civil::Date;

words! {
    /// How grave a hazard is.
    pub enum Severity {
        Minor "minor" "轻微隐患" "Minor hazard",
        General "general" "一般隐患" "General hazard",
        Major "major" "重大隐患" "Major hazard",
    }
    /// On which side of trade something stands.
    pub enum Side {
        Production "production" "生产领域" "Production",
        Circulation "circulation" "流通领域" "Circulation",
    }
    /// What a checklist item weighs.
    pub enum Weight {
        Veto "V" "否决项" "Veto item",
        Key "K" "关键项" "Key item",
        General "G" "一般项" "General item",
    }
    /// Which days a time limit of a severity counts.
    #[schema(as = SeverityDays)]
    pub enum Days {
        Calendar "calendar" "日" "calendar days",
        Working "working" "工作日" "working days",
    }
    /// What a checklist is made for.
    #[schema(as = ChecklistScope)]
    pub enum Fit {
        /// Worked out for one kind of site; stands in for the general one.
        Worked "worked" "专用检查表" "Worked out for the site",
        /// The checks of one class of products, beside the list of the site.
        Product "product" "产品专项检查表" "Product checks",
        /// Everybody under one regime.
        Regime "regime" "生产单位通用检查表" "Producers under a regime",
        /// Every seller.
        Seller "seller" "销售单位通用检查表" "Sellers",
    }
    /// What a target is a quality of.
    #[schema(as = TargetSubject)]
    pub enum Subject {
        Place "place" "区域" "Place",
        Enterprise "enterprise" "企业" "Enterprise",
    }
}

cell_words!(Severity, Side, Weight, Days, Fit, Subject, Level, Field, Certainty, Regime, Unit);

table! {
    /// A clause of the notice, in our own words.
    pub struct Clause by(id) { id: String, zh: String, en: String }

    /// A text that a source is quoted from. `key` is the first word of a `source` cell.
    #[schema(as = PackText)]
    /// From the article `liability` on it says what follows from a violation; before, what is to be done.
    pub struct Text by(key) { key: String, zh: String, en: String, note: String, liability: Option<i64> }

    /// What a regime asks for, and who answers for it.
    pub struct RegimeRule by(code) {
        code: Regime,
        zh: String,
        en: String,
        issuer_zh: Option<String>,
        issuer_en: Option<String>,
        duty_zh: String,
        duty_en: String,
        basis: String,
        from: Option<Date>,
        to: Option<Date>,
        source: String,
        certainty: Certainty,
    }

    /// An edition of a standard.
    pub struct Standard by(number, edition) {
        number: String,
        edition: i64,
        title_zh: String,
        title_en: String,
        mandatory: bool,
        in_force: Option<Date>,
        superseded_by: Option<String>,
        superseded_on: Option<Date>,
        transition_zh: Option<String>,
        transition_en: Option<String>,
        source: String,
        certainty: Certainty,
    }

    /// A class of products, or a product in one (`parent`).
    pub struct Product by(code) {
        code: String,
        parent: Option<String>,
        zh: String,
        en: String,
        note_zh: Option<String>,
        note_en: Option<String>,
        clause: Vec<String>,
        source: String,
        certainty: Certainty,
    }

    /// A product stands under a regime for a time, both days included.
    pub struct ProductRegime by(product, regime, from) {
        product: String,
        regime: Regime,
        from: Option<Date>,
        to: Option<Date>,
        licence_code: Option<String>,
        source: String,
        certainty: Certainty,
    }

    /// A standard, by number, that applies to a product.
    pub struct ProductStandard by(product, standard) {
        product: String,
        standard: String,
        source: String,
        certainty: Certainty,
    }

    /// A kind of target at which inspections are aimed.
    pub struct Target by(code) {
        code: String,
        zh: String,
        en: String,
        subject: Subject,
        rule_zh: String,
        rule_en: String,
        clause: Vec<String>,
        source: String,
        certainty: Certainty,
    }

    /// A kind of hazard (隐患问题), with what the law lays down for it.
    #[schema(as = ProblemKind)]
    pub struct Problem by(code) {
        code: String,
        side: Side,
        zh: String,
        en: String,
        clause: Vec<String>,
        basis: String,
        sanction_zh: String,
        sanction_en: String,
        evidence_zh: String,
        evidence_en: String,
        severity: Severity,
        source: String,
        certainty: Certainty,
    }

    /// What follows from a severity: time, who approves close-out, supervised handling, shares of look-backs and repeat checks.
    pub struct SeverityRule by(code) {
        code: Severity,
        zh: String,
        en: String,
        days: i64,
        clock: Days,
        approval_level: Level,
        supervised: bool,
        look_back_percent: i64,
        /// Share of the passed look-backs that is checked again (反复查).
        #[serde(default)]
        repeat_check_percent: i64,
        source: String,
        certainty: Certainty,
    }

    /// A reason for which a failed sample or a hazard may be closed, and what must prove it.
    pub struct ClosingReason by(code) {
        code: String,
        zh: String,
        en: String,
        evidence_zh: String,
        evidence_en: String,
        evidence_min: i64,
        resume_watch: bool,
        recheck: bool,
        source: String,
        certainty: Certainty,
    }

    /// A time limit set by law or by the campaign.
    pub struct ClockRule by(code, from) {
        code: String,
        zh: String,
        en: String,
        amount: i64,
        unit: Unit,
        rollover: Rollover,
        from: Option<Date>,
        to: Option<Date>,
        source: String,
        certainty: Certainty,
    }

    /// Something that must be done by a day, by the offices of a level.
    pub struct Milestone by(code) {
        code: String,
        due: Date,
        level: Level,
        zh: String,
        en: String,
        clause: Vec<String>,
        source: String,
        certainty: Certainty,
    }

    /// The head of a checklist; its items stand in `checklists/CODE.csv`.
    pub struct ChecklistHead by(code) {
        code: String,
        zh: String,
        en: String,
        version: i64,
        /// Where it is used; none: everywhere. A list for circulation serves online and rural sellers too.
        side: Option<Field>,
        regime: Option<Regime>,
        products: Vec<String>,
        scope: Fit,
        basis: String,
        source: String,
        certainty: Certainty,
    }

    /// From what measure on a visit looks as if it had not been made.
    pub struct SignRule by(code) {
        code: String,
        zh: String,
        en: String,
        amount: i64,
        unit_zh: String,
        unit_en: String,
        source: String,
        certainty: Certainty,
    }

    /// A picture beside questions (`pictures/FILE`).
    #[schema(as = PackPictureRow)]
    pub struct PictureRow by(file) {
        file: String,
        items: Vec<String>,
        zh: String,
        en: String,
        source: String,
        certainty: Certainty,
    }

    /// One question of a checklist.
    #[schema(as = ChecklistItem)]
    pub struct Item by(id) {
        id: String,
        zh: String,
        en: String,
        how_zh: String,
        how_en: String,
        evidence_zh: String,
        evidence_en: String,
        problems: Vec<String>,
        weight: Weight,
        photo: bool,
        products: Vec<String>,
        /// Answers on which it is asked, such as `A3=fails`; none: always. See `branch.rs`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        asked_if: Vec<String>,
        from: Option<Date>,
        to: Option<Date>,
        source: String,
        certainty: Certainty,
    }
}

/// Gives rows with `zh` and `en` their name in the reader's language.
macro_rules! named {
    ($($T:ty),* $(,)?) => { $(
        impl $T {
            /// Its name in the reader's language.
            pub fn label(&self, lang: Lang) -> &str { lang.say(&self.zh, &self.en) }
        }
    )* };
}
named!(
    Clause,
    Text,
    RegimeRule,
    Product,
    Target,
    Problem,
    SeverityRule,
    ClosingReason,
    ClockRule,
    Milestone,
    SignRule,
    ChecklistHead,
    PictureRow,
    Item
);

/// Gives rows the texts that they have in two columns: `sanction_zh` and `sanction_en` are `sanction(lang)`.
macro_rules! said {
    ($($T:ty { $($text:ident: $zh:ident $en:ident),+ })*) => { $(
        impl $T { $(
            /// In the reader's language.
            pub fn $text(&self, lang: Lang) -> &str { lang.say(&self.$zh, &self.$en) }
        )+ }
    )* };
}
said! {
    RegimeRule { duty: duty_zh duty_en }
    Target { rule: rule_zh rule_en }
    Problem { sanction: sanction_zh sanction_en, evidence: evidence_zh evidence_en }
    ClosingReason { evidence: evidence_zh evidence_en }
    SignRule { unit: unit_zh unit_en }
    Item { how: how_zh how_en, evidence: evidence_zh evidence_en }
}

impl RegimeRule {
    /// Who issues the certificate; empty when nobody does.
    pub fn issuer(&self, lang: Lang) -> &str {
        either(self.issuer_zh.as_deref(), self.issuer_en.as_deref(), lang)
    }
}

impl Product {
    /// What there is to say about it; empty when there is nothing.
    pub fn note(&self, lang: Lang) -> &str {
        either(self.note_zh.as_deref(), self.note_en.as_deref(), lang)
    }
}

fn either<'a>(zh: Option<&'a str>, en: Option<&'a str>, lang: Lang) -> &'a str {
    lang.say(zh.unwrap_or_default(), en.unwrap_or_default())
}

/// Gives rows with an optional period their term.
macro_rules! dated {
    ($($T:ty),* $(,)?) => { $(
        impl $T {
            /// From when to when it holds.
            pub fn term(&self) -> Term { Term { from: self.from, to: self.to } }
        }
    )* };
}
dated!(RegimeRule, ProductRegime, ClockRule, Item);

impl Side {
    /// The side on which a field of work lies: online and rural sellers are circulation.
    pub const fn of(field: Field) -> Self {
        match field {
            Field::Production => Self::Production,
            Field::Circulation | Field::Online | Field::Rural => Self::Circulation,
        }
    }
}

impl Standard {
    /// Number and year: `GB 175-2023`.
    pub fn designation(&self) -> String {
        format!("{}-{}", self.number, self.edition)
    }

    /// Its title in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.title_zh, &self.title_en)
    }
}
