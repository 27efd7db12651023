//! A pack while it is being read: every row with the place where it stands, so that a mistake can be pointed at.

use super::{
    assessment::AssessmentRule,
    cell::{self, Line, Table},
    counted::{FigureRule, PeriodRule, ReturnCheck},
    finding::{At, CIRCLE, Findings, NO_ABOUT, NO_BASE, NO_FILE, NO_ROWS, OLD_LIST, STRAY_FILE},
    folder::Folder,
    ladder::LadderRule,
    outcomes::OutcomeRule,
    pack::{Checklist, Pack},
    pictures::Picture,
    risks::RiskRule,
    rows::{
        ChecklistHead, Clause, ClockRule, ClosingReason, Item, Milestone, PictureRow, Problem, Product, ProductRegime,
        ProductStandard, RegimeRule, SeverityRule, SignRule, Standard, Target, Text,
    },
    sources,
};
use crate::{kernel::Lang, reference::Certainty};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What a pack says of itself: `pack.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PackAbout)]
pub struct About {
    /// The pack's code, which is also the name of its folder.
    pub code: String,
    /// Its version. A changed pack needs a higher one.
    pub version: i64,
    pub zh: String,
    pub en: String,
    pub issued: Date,
    pub starts: Date,
    pub ends: Date,
    pub source: String,
    pub certainty: Certainty,
    /// The day by which its legal data are to be compared with the sources again (复核日期); `paicha doctor` reminds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_by: Option<Date>,
    /// The pack on which this one is laid; empty for none.
    #[serde(default)]
    pub extends: String,
    pub about: Words,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InBothLanguages)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

impl Words {
    /// In the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }
}

/// Says once which table stands in which file: field, row, file.
macro_rules! tables {
    ($($name:ident: $Row:ty = $file:literal),* $(,)?) => {
        /// A pack with the place of every row.
        #[derive(Debug, Clone, Default)]
        pub struct Draft {
            pub about: Option<About>,
            $(pub $name: Vec<Line<$Row>>,)*
            /// The items of each checklist, by its code.
            pub items: BTreeMap<String, Vec<Line<Item>>>,
            pub pictures: Vec<Line<PictureRow>>,
            /// What lies in the folder `pictures`, by name.
            pub files: BTreeMap<String, Vec<u8>>,
        }

        impl Draft {
            fn read_tables(&mut self, folder: &Folder, prefix: &str, findings: &mut Findings) {
                $(self.$name = table(folder, prefix, $file, findings);)*
            }

            fn lay(&mut self, over: Self, findings: &mut Findings) {
                sources::clocks_of_law(&self.clocks, &over.clocks, findings);
                self.lists_are_newer(&over, findings);
                $(lay(&mut self.$name, over.$name);)*
                lay(&mut self.pictures, over.pictures);
                self.files.extend(over.files);
                for (code, items) in over.items {
                    lay(self.items.entry(code).or_default(), items);
                }
                self.about = over.about;
            }

            /// The finished pack; none without `pack.toml`.
            pub fn pack(self) -> Option<Pack> {
                let mut items = self.items;
                let mut heads = Vec::new();
                for line in self.heads {
                    let items = items.remove(&line.row.code).unwrap_or_default();
                    heads.push(Checklist { head: line.row, items: items.into_iter().map(|l| l.row).collect() });
                }
                let files = self.files;
                let picture = |line: Line<PictureRow>| Some(Picture::of(line.row.clone(), files.get(&line.row.file)?));
                let pictures = self.pictures.into_iter().filter_map(picture).collect();
                let mut pack = Pack { about: self.about?, checklists: heads, pictures, ..Pack::blank() };
                $(tables!(@keep pack, $name, self.$name);)*
                Some(pack)
            }

            /// That each table has rows.
            pub fn want_rows(&self, findings: &mut Findings) {
                $(if self.$name.is_empty() {
                    findings.error(&At { file: $file.into(), line: 0 }, "", NO_ROWS);
                })*
            }
        }

        const FILES: &[&str] = &["pack.toml", PICTURES, $($file),*];
    };
    (@keep $pack:ident, heads, $rows:expr) => {};
    (@keep $pack:ident, $name:ident, $rows:expr) => { $pack.$name = $rows.into_iter().map(|l| l.row).collect(); };
}

tables! {
    clauses: Clause = "clauses.csv",
    sources: Text = "sources.csv",
    regimes: RegimeRule = "regimes.csv",
    standards: Standard = "standards.csv",
    products: Product = "products.csv",
    product_regimes: ProductRegime = "product_regimes.csv",
    product_standards: ProductStandard = "product_standards.csv",
    targeting: Target = "targeting.csv",
    problems: Problem = "problems.csv",
    severities: SeverityRule = "severities.csv",
    closing_reasons: ClosingReason = "closing_reasons.csv",
    clocks: ClockRule = "clocks.csv",
    milestones: Milestone = "milestones.csv",
    figures: FigureRule = "figures.csv",
    periods: PeriodRule = "periods.csv",
    return_checks: ReturnCheck = "return_checks.csv",
    signs: SignRule = "signs.csv",
    risks: RiskRule = "risks.csv",
    ladder: LadderRule = "ladder.csv",
    outcomes: OutcomeRule = "outcomes.csv",
    assessment: AssessmentRule = "assessment.csv",
    heads: ChecklistHead = "checklists.csv",
}

/// A pack need not have pictures.
const PICTURES: &str = "pictures.csv";

impl Draft {
    /// Reads `folder`, laid over the pack that it extends. `base` finds that pack by its code.
    pub fn read(folder: &Folder, base: &dyn Fn(&str) -> Option<Folder>, findings: &mut Findings) -> Self {
        let mut layers = Vec::new();
        let (mut folder, mut seen) = (folder.clone(), BTreeSet::new());
        let mut prefix = String::new();
        loop {
            let layer = Self::read_one(&folder, &prefix, findings);
            let code = layer.about.as_ref().map(|about| about.code.clone()).unwrap_or_default();
            let extends = layer.about.as_ref().map(|about| about.extends.clone()).unwrap_or_default();
            layers.push(layer);
            if extends.is_empty() {
                break;
            }
            let at = At { file: format!("{prefix}pack.toml").into(), line: 0 };
            if !seen.insert(code) || seen.contains(&extends) {
                findings.error(&at, "extends", CIRCLE.with("code", extends));
                break;
            }
            let Some(below) = base(&extends) else {
                findings.error(&at, "extends", NO_BASE.with("code", extends));
                break;
            };
            (folder, prefix) = (below, format!("../{extends}/"));
        }
        let mut whole = layers.pop().unwrap_or_default();
        for layer in layers.into_iter().rev() {
            whole.lay(layer, findings);
        }
        whole
    }

    /// A checklist whose items a place changes has a higher version than below.
    fn lists_are_newer(&self, over: &Self, findings: &mut Findings) {
        for (code, items) in &over.items {
            let below = self.heads.iter().find(|line| line.row.code == *code);
            let mine = over.heads.iter().find(|line| line.row.code == *code);
            let (Some(below), Some(first)) = (below, items.first()) else { continue };
            if mine.is_none_or(|line| line.row.version <= below.row.version) {
                let at = At { file: first.at.file.clone(), line: 0 };
                findings.error(&at, "", OLD_LIST.with("code", code).with("version", below.row.version));
            }
        }
    }

    fn read_one(folder: &Folder, prefix: &str, findings: &mut Findings) -> Self {
        let mut draft = Self { about: about(folder, prefix, findings), ..Self::default() };
        draft.read_tables(folder, prefix, findings);
        draft.pictures = table(folder, prefix, PICTURES, findings);
        for (file, bytes) in &folder.files {
            if let Some(picture) = file.strip_prefix("pictures/") {
                draft.files.insert(picture.to_owned(), bytes.clone());
                continue;
            }
            let list = file.strip_prefix("checklists/").and_then(|f| f.strip_suffix(".csv"));
            match list {
                Some(code) => {
                    let items = cell::read(&format!("{prefix}{file}"), bytes, findings);
                    draft.items.insert(code.to_owned(), items);
                }
                None if FILES.contains(&file.as_str()) => {}
                None => findings.warn(&At { file: format!("{prefix}{file}").into(), line: 0 }, "", STRAY_FILE),
            }
        }
        draft
    }
}

fn about(folder: &Folder, prefix: &str, findings: &mut Findings) -> Option<About> {
    let mut at = At { file: format!("{prefix}pack.toml").into(), line: 0 };
    let Some(bytes) = folder.files.get("pack.toml") else {
        findings.error(&at, "", NO_FILE);
        return None;
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| findings.error(&at, "", super::finding::NOT_UTF8)).ok()?;
    match toml::from_str(text) {
        Ok(about) => Some(about),
        Err(why) => {
            at.line = why.span().map_or(0, |span| 1 + text[..span.start].matches('\n').count() as u64);
            findings.error(&at, "", NO_ABOUT.with("why", why.message()));
            None
        }
    }
}

fn table<T: Table>(folder: &Folder, prefix: &str, file: &str, findings: &mut Findings) -> Vec<Line<T>> {
    folder.files.get(file).map(|bytes| cell::read(&format!("{prefix}{file}"), bytes, findings)).unwrap_or_default()
}

/// Rows with the same key replace, others come behind.
fn lay<T: Table>(rows: &mut Vec<Line<T>>, over: Vec<Line<T>>) {
    let places: BTreeMap<String, usize> = rows.iter().enumerate().map(|(at, line)| (line.row.key(), at)).collect();
    for line in over {
        match places.get(&line.row.key()) {
            Some(at) => rows[*at] = line,
            None => rows.push(line),
        }
    }
}
