//! The table of a return: what is counted, in every breakdown, as of a moment. Once submitted it is kept as it was.

use super::{Adjustment, Gap, Period};
use crate::{
    campaigns::FigureRule,
    kernel::{CampaignId, Error, Lang, Moment, OfficeId, Result, secret::sha256},
    record::Field,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};

words! {
    /// Where a row of a return comes from.
    #[schema(as = ReturnRowSource)]
    pub enum How {
        Counted "counted" "由记录汇总" "Counted from records",
        Stock "stock" "期末数" "As of the cut-off",
        Absent "absent" "未纳入系统记录" "Not recorded here",
    }
}

/// The table of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReturnSheet)]
pub struct Sheet {
    pub campaign: CampaignId,
    pub campaign_zh: String,
    pub campaign_en: String,
    pub office: OfficeId,
    pub office_zh: String,
    pub office_en: String,
    pub period: Period,
    /// What was recorded later does not count.
    pub as_of: Moment,
    /// Whether it says that there is nothing to report (零报告).
    pub nil: bool,
    pub note: Option<String>,
    /// Who prepared it (填报人).
    pub prepared_by: String,
    /// Who checked and submitted it (审核人); empty while it is a draft.
    pub submitted_by: String,
    /// When it was submitted (填报时间).
    pub submitted_at: Option<Moment>,
    /// The rows, and how each is counted: as the pack said when the table was made.
    pub rows: Vec<FigureRule>,
    /// The classes of products.
    pub products: Vec<Part>,
    /// The office itself and those below it.
    pub offices: Vec<Part>,
    pub cells: Vec<Cell>,
    /// What was added by hand here and below.
    pub adjustments: Vec<Adjustment>,
    /// Offices below without which it goes on.
    pub gaps: Vec<Gap>,
}

/// Something that figures are broken down by: a product, an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReturnPart)]
pub struct Part {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// Which part of the whole is meant. What is left out is not narrowed; an empty text is what has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
#[schema(as = ReturnCut)]
pub struct Cut {
    /// Id of the office itself (what belongs to none below) or of one directly below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Code of the class of products.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// production, circulation, online or rural.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A cell: this period (本期) and since the beginning (累计). A cell that is not there is zero, unless its row is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReturnCell)]
pub struct Cell {
    /// Code of the row.
    pub row: String,
    #[serde(flatten)]
    pub cut: Cut,
    pub period: i64,
    pub total: i64,
}

/// What a cell says, this period and since the beginning; nothing where nothing is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = ReturnShown)]
pub struct Shown {
    pub period: Option<i64>,
    pub total: Option<i64>,
}

/// A cell in which two editions differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReturnDifference)]
pub struct Difference {
    pub row: String,
    #[serde(flatten)]
    pub cut: Cut,
    pub before: Shown,
    pub after: Shown,
}

impl How {
    /// As the rule of the pack says.
    pub const fn of(rule: &FigureRule) -> Self {
        match (rule.counts.is_empty(), rule.stock) {
            (true, _) => Self::Absent,
            (false, true) => Self::Stock,
            (false, false) => Self::Counted,
        }
    }
}

impl Part {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }
}

impl Cut {
    /// The whole.
    pub const WHOLE: Self = Self { office: None, product: None, field: None };

    /// This part and everything that contains it: each of the three told apart or not.
    pub fn all_around(office: &str, product: &str, field: &str) -> [Self; 8] {
        let told = |yes: bool, text: &str| yes.then(|| text.to_owned());
        std::array::from_fn(|n| Self {
            office: told(n & 1 > 0, office),
            product: told(n & 2 > 0, product),
            field: told(n & 4 > 0, field),
        })
    }
}

impl Sheet {
    /// The row with this code.
    pub fn row(&self, code: &str) -> Option<&FigureRule> {
        self.rows.iter().find(|r| r.code == code)
    }

    /// What the table says in one part: every row, in order.
    pub fn narrowed(&self, cut: &Cut) -> Vec<(&FigureRule, Shown)> {
        let cells: BTreeMap<&str, &Cell> =
            self.cells.iter().filter(|c| c.cut == *cut).map(|c| (c.row.as_str(), c)).collect();
        self.rows.iter().map(|row| (row, shown(row, cells.get(row.code.as_str()).copied()))).collect()
    }

    /// What one cell says.
    pub fn cell(&self, row: &str, cut: &Cut) -> Shown {
        let cell = self.cells.iter().find(|c| c.row == row && c.cut == *cut);
        self.row(row).map_or_else(Shown::default, |row| shown(row, cell))
    }

    /// Whether nothing happened in the period and nothing stands at its end.
    pub fn is_nil(&self) -> bool {
        self.first_record().is_none()
    }

    /// The first row that has something to report.
    pub fn first_record(&self) -> Option<&FigureRule> {
        let said = |(row, shown): &(&FigureRule, Shown)| {
            let value = if How::of(row) == How::Stock { shown.total } else { shown.period };
            value.is_some_and(|v| v != 0)
        };
        self.narrowed(&Cut::WHOLE).into_iter().find(said).map(|(row, _)| row)
    }

    /// The adjustments that a cell contains.
    pub fn adjustments_in<'s>(&'s self, row: &'s str, cut: &'s Cut) -> impl Iterator<Item = &'s Adjustment> {
        let is = |asked: &Option<String>, has: &str| asked.as_ref().is_none_or(|a| a == has);
        self.adjustments.iter().filter(move |a| {
            a.figure == row
                && is(&cut.product, a.product.as_deref().unwrap_or_default())
                && is(&cut.field, a.field.map_or("", Field::code))
                && is(&cut.office, &self.part_of(a))
        })
    }

    /// The office of this table to which an adjustment belongs: itself or one directly below.
    pub fn part_of(&self, a: &Adjustment) -> String {
        let place = [a.province, a.city, a.county, a.station];
        let below = self.offices.iter().skip(1).find(|o| place.iter().flatten().any(|id| id.to_string() == o.code));
        below.map_or_else(|| self.office.to_string(), |o| o.code.clone())
    }

    /// Every cell in which `after` says something else.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let keys = |sheet: &Self| sheet.cells.iter().map(|c| (c.row.clone(), c.cut.clone())).collect::<BTreeSet<_>>();
        let of = |sheet: &Self| {
            sheet
                .cells
                .iter()
                .map(|c| ((c.row.clone(), c.cut.clone()), (c.period, c.total)))
                .collect::<BTreeMap<_, _>>()
        };
        let (before_cells, after_cells) = (of(self), of(after));
        let all: BTreeSet<_> = keys(self).union(&keys(after)).cloned().collect();
        let differs = |key: &(String, Cut)| before_cells.get(key) != after_cells.get(key);
        let difference = |(row, cut): (String, Cut)| Difference {
            before: self.cell(&row, &cut),
            after: after.cell(&row, &cut),
            row,
            cut,
        };
        all.into_iter().filter(differs).map(difference).collect()
    }

    /// As it is kept, and its SHA-256.
    pub fn frozen(&self) -> Result<(String, String)> {
        let content = serde_json::to_string(self).map_err(Error::broken)?;
        let digest = sha256(content.as_bytes());
        Ok((content, digest))
    }

    /// From what was kept; refused when it is not what was frozen.
    pub fn thawed(content: &str, digest: &str) -> Result<Self> {
        if sha256(content.as_bytes()) != digest {
            return Err(Error::broken("a frozen table is not what its digest says"));
        }
        serde_json::from_str(content).map_err(Error::broken)
    }
}

fn shown(row: &FigureRule, cell: Option<&Cell>) -> Shown {
    match (How::of(row), cell) {
        (How::Absent, None) => Shown::default(),
        (How::Stock, cell) => Shown { period: None, total: Some(cell.map_or(0, |c| c.total)) },
        (_, cell) => Shown { period: Some(cell.map_or(0, |c| c.period)), total: Some(cell.map_or(0, |c| c.total)) },
    }
}
