//! From sums of facts to the cells of a table: rules of the pack applied, every part added to all that contain it.

use super::{Adjustment, Cell, Cut, Sheet};
use crate::{
    campaigns::{FigureRule, Side},
    kernel::{EnterpriseId, OfficeId},
    record::{Field, Figure},
};
use std::collections::BTreeMap;

row! {
    /// What the record holds of a figure in one part, this period and since the beginning.
    #[derive(Debug, Clone)]
    pub struct Sum {
        pub figure: Figure,
        /// The office directly below; none for what belongs to the office itself.
        pub office: Option<OfficeId>,
        pub product: Option<String>,
        pub field: Option<Field>,
        /// Told apart only where enterprises are counted.
        pub enterprise: Option<EnterpriseId>,
        pub period: i64,
        pub total: i64,
    }
}

/// This period, since the beginning.
type Pair = (i64, i64);

/// Cells while they are being counted: by number of the row and part.
#[derive(Debug)]
pub struct Tally<'a> {
    rules: &'a [FigureRule],
    office: String,
    cells: BTreeMap<(usize, Cut), Pair>,
}

impl<'a> Tally<'a> {
    /// Nothing counted yet, for `office` by `rules`.
    pub fn new(rules: &'a [FigureRule], office: OfficeId) -> Self {
        Self { rules, office: office.to_string(), cells: BTreeMap::new() }
    }

    /// The figures that rules of one kind ask for: those that count enterprises, or those that count occurrences.
    pub fn figures(rules: &[FigureRule], distinct: bool) -> Vec<Figure> {
        let mut figures: Vec<Figure> = rules
            .iter()
            .filter(|r| r.distinct == distinct)
            .flat_map(FigureRule::terms)
            .map(|(_, figure)| figure)
            .collect();
        figures.sort();
        figures.dedup();
        figures
    }

    /// Adds occurrences.
    pub fn add(&mut self, sum: &Sum) {
        for (n, rule) in self.rules.iter().enumerate().filter(|(_, r)| !r.distinct) {
            let Some(sign) = sign(rule, sum) else { continue };
            for cut in self.around(sum) {
                let cell = self.cells.entry((n, cut)).or_default();
                *cell = (cell.0 + sign * sum.period, cell.1 + sign * sum.total);
            }
        }
    }

    /// Adds one enterprise, all of whose sums come together: it counts once in each part in which it is found.
    pub fn add_enterprise(&mut self, sums: &[Sum]) {
        for (n, rule) in self.rules.iter().enumerate().filter(|(_, r)| r.distinct) {
            let mut found: BTreeMap<Cut, Pair> = BTreeMap::new();
            for sum in sums {
                let Some(sign) = sign(rule, sum) else { continue };
                for cut in self.around(sum) {
                    let pair = found.entry(cut).or_default();
                    *pair = (pair.0 + sign * sum.period, pair.1 + sign * sum.total);
                }
            }
            for (cut, (period, total)) in found {
                let cell = self.cells.entry((n, cut)).or_default();
                *cell = (cell.0 + i64::from(period > 0), cell.1 + i64::from(total > 0));
            }
        }
    }

    /// Adds what was adjusted by hand on a day of the period or before it.
    pub fn adjust(&mut self, sheet: &Sheet, a: &Adjustment) {
        let Some(n) = self.rules.iter().position(|r| r.code == a.figure) else { return };
        let period = if a.day >= sheet.period.begins { a.amount } else { 0 };
        let (product, field) = (a.product.as_deref().unwrap_or_default(), a.field.map_or("", Field::code));
        for cut in Cut::all_around(&sheet.part_of(a), product, field) {
            let cell = self.cells.entry((n, cut)).or_default();
            *cell = (cell.0 + period, cell.1 + a.amount);
        }
    }

    /// The cells, in order; those that say nothing are left out.
    pub fn cells(self) -> Vec<Cell> {
        let rules = self.rules;
        let cell = |((n, cut), (period, total)): ((usize, Cut), Pair)| {
            let rule = &rules[n];
            let period = if rule.stock { 0 } else { period };
            Cell { row: rule.code.clone(), cut, period, total }
        };
        self.cells.into_iter().map(cell).filter(|c| (c.period, c.total) != (0, 0)).collect()
    }

    fn around(&self, sum: &Sum) -> [Cut; 8] {
        let office = sum.office.map_or_else(|| self.office.clone(), |id| id.to_string());
        Cut::all_around(&office, sum.product.as_deref().unwrap_or_default(), sum.field.map_or("", Field::code))
    }
}

/// With which sign a sum counts for a rule; none when it does not.
fn sign(rule: &FigureRule, sum: &Sum) -> Option<i64> {
    let on_side = rule.side.is_none_or(|side| sum.field.is_some_and(|field| Side::of(field) == side));
    let term = rule.terms().into_iter().find(|(_, figure)| *figure == sum.figure);
    term.filter(|_| on_side).map(|(sign, _)| sign)
}
