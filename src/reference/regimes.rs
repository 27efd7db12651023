//! Regimes (监管制度): under which rules a product stands on a day: licence, certification, mandatory standard.

use super::{
    Source, Term,
    rows::{Fault, FromLine, Line},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// The rules under which a product may be made and sold.
    pub enum Regime {
        Licence "licence" "工业产品生产许可证管理" "Production licence",
        Ccc "ccc" "强制性产品认证（CCC）管理" "Compulsory certification (CCC)",
        MandatoryStandard "mandatory_standard" "仅执行强制性国家标准" "Mandatory standard only",
        OtherPermit "other_permit" "其他部门许可" "Permit of another department",
        General "general" "一般产品质量监督" "General product quality duty",
    }
}

impl Regime {
    /// Whether a certificate must stand behind the product that market surveillance can look up.
    pub const fn needs_certificate(self) -> bool {
        matches!(self, Self::Licence | Self::Ccc)
    }
}

/// A product stands under a regime for a time. It may stand under several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Assignment {
    /// The product's code in the catalogue of the pack.
    pub product: String,
    /// The rules.
    pub regime: Regime,
    /// The beginning of licence numbers for it, such as `XK08-001`, where known.
    pub licence_code: Option<String>,
    /// When it holds.
    #[serde(flatten)]
    pub term: Term,
    /// Where it stands, and how sure it is.
    pub source: Source,
}

impl FromLine for Assignment {
    const COLUMNS: &'static [&'static str] = &["product", "regime", "from", "to", "source", "certainty"];
    fn from_line(line: &Line) -> Result<Self, Fault> {
        Ok(Self {
            product: line.text("product")?.to_owned(),
            regime: line.word("regime", Regime::from_code)?,
            licence_code: line.maybe("licence_code").map(str::to_owned),
            term: line.term()?,
            source: line.source()?,
        })
    }
}

/// The assignments of `product` that hold on `date`, in the order of regimes.
pub fn regimes_on<'a>(assignments: &'a [Assignment], product: &str, date: Date) -> Vec<&'a Assignment> {
    let mut found: Vec<_> = assignments.iter().filter(|a| a.product == product && a.term.holds(date)).collect();
    found.sort_by_key(|a| a.regime);
    found
}

/// Whether `product` stands under `regime` on `date`.
pub fn is_under(assignments: &[Assignment], product: &str, regime: Regime, date: Date) -> bool {
    assignments.iter().any(|a| a.product == product && a.regime == regime && a.term.holds(date))
}

/// Pairs that say the same thing for the same days: a pack should not.
pub fn overlaps(assignments: &[Assignment]) -> Vec<(&Assignment, &Assignment)> {
    let doubled =
        |a: &Assignment, b: &Assignment| a.product == b.product && a.regime == b.regime && a.term.overlaps(&b.term);
    let pairs = assignments.iter().enumerate().flat_map(|(i, a)| assignments[i + 1..].iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| doubled(a, b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::rows::Table;
    use jiff::civil::date;

    const ASSIGNMENTS: &str = "\
product,regime,from,to,licence_code,source,certainty
0101,licence,,,,K,high
0101,other_permit,,,,HCR,high
0301,licence,,,XK08-001,S:XK08,sourced
1001,general,,2023-06-30,,K,high
1001,mandatory_standard,2023-07-01,2025-10-31,,S:GB42296,sourced
1001,ccc,2025-11-01,,,S:CCC24,sourced
";

    fn assignments() -> Vec<Assignment> {
        Table::read(ASSIGNMENTS).all().unwrap()
    }

    #[test]
    fn the_regime_changes_with_the_day() {
        let all = assignments();
        let on = |product, day| regimes_on(&all, product, day).iter().map(|a| a.regime).collect::<Vec<_>>();
        assert_eq!(on("1001", date(2023, 6, 30)), [Regime::General]);
        assert_eq!(on("1001", date(2023, 7, 1)), [Regime::MandatoryStandard]);
        assert_eq!(on("1001", date(2025, 11, 1)), [Regime::Ccc]);
        assert_eq!(on("0101", date(2023, 6, 14)), [Regime::Licence, Regime::OtherPermit]);
        assert!(on("9999", date(2023, 6, 14)).is_empty());
        assert!(is_under(&all, "0301", Regime::Licence, date(2023, 6, 14)));
    }

    #[test]
    fn what_is_said_twice_is_found() {
        let mut all = assignments();
        assert!(overlaps(&all).is_empty());
        all.push(Assignment { term: Term { from: Some(date(2025, 1, 1)), to: None }, ..all[4].clone() });
        assert_eq!(overlaps(&all).len(), 1);
    }

    #[test]
    fn the_pack_of_2023_reads_without_a_fault() {
        let table =
            Table::<Assignment>::read(include_str!("../../packs/key-industrial-products-2023/product_regimes.csv"));
        let said: Vec<String> = table.faults.iter().map(|f| f.say(crate::kernel::Lang::En)).collect();
        assert!(said.is_empty(), "{said:?}");
        assert!(overlaps(&table.rows).is_empty());
        assert!(!regimes_on(&table.rows, "0301", date(2023, 6, 14)).is_empty());
    }
}
