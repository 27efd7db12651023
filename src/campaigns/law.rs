//! What a pack says of law, by date: clocks, editions of standards, the tree of products with regimes and standards.

use super::{
    cell::{Cell, Shape},
    finding::NOT_YES_NO,
    pack::{Law, Pack},
    rows::{ClockRule, Product, ProductRegime, Standard},
};
use crate::{
    kernel::{Lang, Refusal},
    reference::{
        Regime, Rollover, Source,
        clock::{self, Clock},
        standards::{self, Edition},
    },
};
use jiff::civil::Date;

impl Cell for Rollover {
    const SHAPE: Shape = Shape::Word(|lang| {
        vec![
            ("0", Self::None.label(lang)),
            ("1", Self::Holiday.label(lang)),
            (Self::RestDay.code(), Self::RestDay.label(lang)),
        ]
    });
    /// 0 and 1 are what authors write: the day stands, or it moves on from a public holiday.
    fn read(text: &str) -> Result<Self, Refusal> {
        match text {
            "0" => Ok(Self::None),
            "1" => Ok(Self::Holiday),
            word => Self::from_code(word).ok_or_else(|| NOT_YES_NO.with("value", text)),
        }
    }
    fn write(&self) -> String {
        match self {
            Self::None => "0",
            Self::Holiday => "1",
            Self::RestDay => self.code(),
        }
        .to_owned()
    }
}

impl Law {
    /// Editions and clocks of `pack`.
    pub(super) fn of(pack: &Pack) -> Self {
        Self {
            editions: pack.standards.iter().map(edition).collect(),
            clocks: pack.clocks.iter().map(clock_of).collect(),
        }
    }
}

fn edition(s: &Standard) -> Edition {
    Edition {
        number: standards::number(&s.number),
        year: i16::try_from(s.edition).unwrap_or_default(),
        title_zh: s.title_zh.clone(),
        title_en: s.title_en.clone(),
        mandatory: s.mandatory,
        in_force: s.in_force,
        superseded_by: s.superseded_by.as_deref().map(standards::number),
        superseded_on: s.superseded_on,
        transition_zh: s.transition_zh.clone(),
        transition_en: s.transition_en.clone(),
        source: Source { place: s.source.clone(), certainty: s.certainty },
    }
}

fn clock_of(rule: &ClockRule) -> Clock {
    Clock {
        code: rule.code.clone(),
        zh: rule.zh.clone(),
        en: rule.en.clone(),
        amount: rule.amount,
        unit: rule.unit,
        rollover: rule.rollover,
        term: rule.term(),
        source: Source { place: rule.source.clone(), certainty: rule.certainty },
    }
}

impl Pack {
    /// The clock `code` in force on `date`; `reference::clock::due` reckons with it.
    pub fn clock(&self, code: &str, date: Date) -> Option<&Clock> {
        clock::in_force(&self.law.clocks, code, date)
    }

    /// The edition of the standard `number` (without the year) that counts for what was made on `date`. Where the
    /// number has ended, what replaced it.
    pub fn standard(&self, number: &str, date: Date) -> Option<&Standard> {
        let edition = standards::applicable(&self.law.editions, number, date)?;
        self.standards
            .iter()
            .find(|s| standards::number(&s.number) == edition.number && s.edition == i64::from(edition.year))
    }

    /// The product with this code: a class (`03`) or a product in one (`0301`).
    pub fn product(&self, code: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.code == code)
    }

    /// The product, its class, and whatever stands above: nearest first.
    pub fn line_of(&self, code: &str) -> Vec<&Product> {
        let mut line: Vec<&Product> = Vec::new();
        let mut next = Some(code);
        while let Some(product) = next.and_then(|code| self.product(code)) {
            if line.iter().any(|above| above.code == product.code) {
                break;
            }
            line.push(product);
            next = product.parent.as_deref();
        }
        line
    }

    /// The class to which a product belongs: the top of its line.
    pub fn category(&self, code: &str) -> Option<&Product> {
        self.line_of(code).pop()
    }

    /// Whether `code` is `above` or stands below it.
    pub fn is_within(&self, code: &str, above: &str) -> bool {
        self.line_of(code).iter().any(|p| p.code == above)
    }

    /// The classes, in order.
    pub fn categories(&self) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(|p| p.parent.is_none())
    }

    /// The products directly below a class.
    pub fn products_in<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Product> {
        self.products.iter().filter(move |p| p.parent.as_deref() == Some(parent))
    }

    /// The name of a product with its class, for a line of text: 水泥—通用硅酸盐水泥. An unknown code stands for itself.
    pub fn product_label(&self, code: &str, lang: Lang) -> String {
        let line = self.line_of(code);
        if line.is_empty() {
            return code.to_owned();
        }
        let names: Vec<_> = line.iter().rev().map(|p| p.label(lang)).collect();
        names.join(lang.say("—", ": "))
    }

    /// Under which regimes a product stands on `date`, in the order of regimes. A class stands where its products
    /// stand; a product without rows of its own stands where its class stands.
    pub fn regimes_of(&self, product: &str, date: Date) -> Vec<&ProductRegime> {
        let of = |code: &str| self.product_regimes.iter().filter(|r| r.product == code).collect::<Vec<_>>();
        let own = self.line_of(product).into_iter().map(|p| of(&p.code)).find(|rows| !rows.is_empty());
        let below = || self.products_in(product).flat_map(|p| of(&p.code)).collect();
        let mut rows: Vec<_> = own.unwrap_or_else(below).into_iter().filter(|r| r.term().holds(date)).collect();
        rows.sort_by_key(|r| r.regime);
        rows
    }

    /// Under which regimes a site with these products stands on `date`, each once.
    pub fn regimes_of_all(&self, products: &[&str], date: Date) -> Vec<Regime> {
        let mut regimes: Vec<_> = products.iter().flat_map(|p| self.regimes_of(p, date)).map(|r| r.regime).collect();
        regimes.sort_unstable();
        regimes.dedup();
        regimes
    }

    /// The editions of standards that count for a product made on `date`, each once.
    pub fn standards_of(&self, product: &str, date: Date) -> Vec<&Standard> {
        let line = self.line_of(product);
        let mine = self.product_standards.iter().filter(|row| line.iter().any(|p| p.code == row.product));
        let mut found: Vec<&Standard> = Vec::new();
        for standard in mine.filter_map(|row| self.standard(&row.standard, date)) {
            if !found.iter().any(|s| s.designation() == standard.designation()) {
                found.push(standard);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::NATIONAL;
    use jiff::civil::date;

    fn pack() -> Pack {
        Pack::built_in(NATIONAL).unwrap()
    }

    #[test]
    fn a_product_knows_its_class() {
        let pack = pack();
        assert_eq!(pack.category("0301").unwrap().code, "03");
        assert_eq!(pack.product_label("0301", Lang::Zh), "水泥—通用硅酸盐水泥");
        assert_eq!(pack.product_label("7777", Lang::En), "7777");
        assert_eq!(pack.categories().count(), 18);
        assert!(pack.is_within("0301", "03") && !pack.is_within("03", "0301"));
    }

    #[test]
    fn regimes_change_with_the_day() {
        let pack = pack();
        let on = |product, day| pack.regimes_of(product, day).iter().map(|r| r.regime).collect::<Vec<_>>();
        assert_eq!(on("1001", date(2023, 6, 30)), [Regime::General]);
        assert_eq!(on("1001", date(2023, 7, 1)), [Regime::MandatoryStandard]);
        assert_eq!(on("1001", date(2025, 11, 1)), [Regime::Ccc]);
        assert_eq!(pack.regimes_of_all(&["01"], date(2023, 7, 1)), [Regime::Licence, Regime::OtherPermit]);
    }

    #[test]
    fn the_edition_of_the_day_counts() {
        let pack = pack();
        let on = |number, day| pack.standard(number, day).map(Standard::designation);
        assert_eq!(on("GB 175", date(2023, 8, 1)).as_deref(), Some("GB 175-2007"));
        assert_eq!(on("GB 175", date(2024, 6, 1)).as_deref(), Some("GB 175-2023"));
        // GB 8109-2023 has no day in force yet: the older edition stays.
        assert_eq!(on("GB 8109", date(2023, 8, 1)).as_deref(), Some("GB 8109-2005"));
        assert!(pack.standards_of("0301", date(2023, 8, 1)).iter().any(|s| s.number == "GB 6566"));
    }

    #[test]
    fn clocks_are_found_by_day() {
        let pack = pack();
        assert_eq!(pack.clock("objection", date(2023, 8, 1)).unwrap().amount, 15);
        assert!(pack.clock("objection_to_everything", date(2023, 8, 1)).is_none());
    }
}
