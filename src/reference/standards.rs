//! Product standards (产品标准) by edition: which edition counts for a batch made, or an act done, on a day.

use super::{
    Source,
    rows::{Fault, FromLine, Line},
};
use crate::kernel::text;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashSet;
use utoipa::ToSchema;

/// One edition of a standard. Whether it is mandatory is a property of the edition, not of the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Edition {
    /// Without the year: `GB 175`, `GB/T 5023.1`.
    pub number: String,
    /// The year in its designation.
    pub year: i16,
    /// Its title in Chinese.
    pub title_zh: String,
    /// In English.
    pub title_en: String,
    /// Whether it binds by itself (强制性国家标准).
    pub mandatory: bool,
    /// The first day on which it is in force; none: before anything that matters here, or not on record.
    #[schema(value_type = Option<String>, format = Date)]
    pub in_force: Option<Date>,
    /// The designation of what replaced it: `GB 175-2023`.
    pub superseded_by: Option<String>,
    /// The first day on which it is no longer in force.
    #[schema(value_type = Option<String>, format = Date)]
    pub superseded_on: Option<Date>,
    /// What holds for stock made before it, in Chinese.
    pub transition_zh: Option<String>,
    /// In English.
    pub transition_en: Option<String>,
    /// Where this stands, and how sure it is.
    pub source: Source,
}

impl FromLine for Edition {
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "edition",
        "title_zh",
        "title_en",
        "mandatory",
        "in_force",
        "superseded_by",
        "superseded_on",
        "source",
        "certainty",
    ];
    fn from_line(line: &Line) -> Result<Self, Fault> {
        let year = line.text("edition")?;
        let year = year.parse().map_err(|_| line.fault("edition", super::rows::NOT_A_NUMBER.with("value", year)))?;
        let (in_force, superseded_on) = (line.date("in_force")?, line.date("superseded_on")?);
        if let Some((from, to)) = in_force.zip(superseded_on).filter(|(from, to)| to < from) {
            let refusal = super::rows::ENDS_BEFORE_IT_BEGINS.with("from", from).with("to", to);
            return Err(line.fault("superseded_on", refusal));
        }
        Ok(Self {
            number: number(line.text("number")?),
            year,
            title_zh: line.text("title_zh")?.to_owned(),
            title_en: line.text("title_en")?.to_owned(),
            mandatory: line.flag("mandatory")?,
            in_force,
            superseded_by: line.maybe("superseded_by").map(number),
            superseded_on,
            transition_zh: line.maybe("transition_zh").map(str::to_owned),
            transition_en: line.maybe("transition_en").map(str::to_owned),
            source: line.source()?,
        })
    }
}

impl Edition {
    /// Number and year as people write them: `GB 175-2023`.
    pub fn designation(&self) -> String {
        format!("{}-{}", self.number, self.year)
    }

    /// Whether it is in force on `date`. An edition that is said to replace another, on a day that nobody has put on
    /// record, is not: the older one stays.
    pub fn is_in_force(&self, date: Date, editions: &[Self]) -> bool {
        self.superseded_on.is_none_or(|end| date < end) && self.has_begun(date, editions)
    }

    fn has_begun(&self, date: Date, editions: &[Self]) -> bool {
        let designation = self.designation();
        let older = || editions.iter().find(|e| e.superseded_by.as_ref() == Some(&designation));
        match self.in_force {
            Some(from) => from <= date,
            None => older().is_none_or(|older| older.superseded_on.is_some_and(|from| from <= date)),
        }
    }
}

/// A standard's number, or its designation, in the one form in which they are compared: plain characters, capitals, one
/// space behind the prefix, a plain hyphen. `gb／t5023.1—2008` is `GB/T 5023.1-2008`.
pub fn number(typed: &str) -> String {
    let code: String = text::code(typed).chars().map(|c| if "‐‑‒–—―−".contains(c) { '-' } else { c }).collect();
    match code.find(|c: char| c.is_ascii_digit()) {
        Some(at) if at > 0 => format!("{} {}", &code[..at], &code[at..]),
        _ => code,
    }
}

/// The edition of `number` that counts for what was made, or done, on `date`: of those in force the newest. Where the
/// number itself has ended, what replaced it counts (GB 3836.1 → GB/T 3836.1).
pub fn applicable<'a>(editions: &'a [Edition], wanted: &str, date: Date) -> Option<&'a Edition> {
    let (mut wanted, mut seen) = (number(wanted), HashSet::new());
    while seen.insert(wanted.clone()) {
        let of_number = || editions.iter().filter(|e| e.number == wanted);
        let newest = of_number().filter(|e| e.is_in_force(date, editions)).max_by_key(|e| (e.in_force, e.year));
        if newest.is_some() {
            return newest;
        }
        let ended =
            of_number().filter(|e| e.superseded_on.is_some_and(|to| to <= date)).max_by_key(|e| e.superseded_on)?;
        let next = find(editions, ended.superseded_by.as_deref()?)?;
        wanted.clone_from(&next.number);
    }
    None
}

/// The edition with this designation: `GB 175-2023`.
pub fn find<'a>(editions: &'a [Edition], designation: &str) -> Option<&'a Edition> {
    let wanted = number(designation);
    editions.iter().find(|e| e.designation() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::Lang, reference::rows::Table};
    use jiff::civil::date;

    const EDITIONS: &str = "\
number,edition,title_zh,title_en,mandatory,in_force,superseded_by,superseded_on,source,certainty
GB 175,2007,通用硅酸盐水泥,Common portland cement,yes,2008-06-01,GB 175-2023,2024-06-01,S:GB175,sourced
GB 175,2023,通用硅酸盐水泥,Common portland cement,yes,2024-06-01,,,S:GB175,sourced
GB 3836.1,2010,爆炸性环境,Explosive atmospheres,yes,2011-08-01,GB/T 3836.1-2021,2022-05-01,K,high
GB/T 3836.1,2021,爆炸性环境,Explosive atmospheres,no,2022-05-01,,,K,high
GB 811,2022,乘员头盔,Rider helmets,yes,2023-07-01,,,S:GB811,sourced
GB 2811,2019,安全帽,Safety helmets,yes,,,,K,high
GB 8109,2005,推车式灭火器,Wheeled extinguishers,1,,GB 8109-2023,,K,medium
GB 8109,2023,推车式灭火器,Wheeled extinguishers,1,,,,K,low
";

    fn editions() -> Vec<Edition> {
        Table::read(EDITIONS).all().unwrap()
    }

    #[test]
    fn the_day_of_manufacture_chooses_the_edition() {
        let editions = editions();
        let on = |number, day| applicable(&editions, number, day).map(Edition::designation);
        assert_eq!(on("GB 175", date(2023, 8, 1)).as_deref(), Some("GB 175-2007"));
        assert_eq!(on("GB 175", date(2024, 5, 31)).as_deref(), Some("GB 175-2007"));
        assert_eq!(on("gb175", date(2024, 6, 1)).as_deref(), Some("GB 175-2023"));
        assert_eq!(on("GB 175", date(2007, 1, 1)), None);
        assert_eq!(on("GB 811", date(2023, 6, 30)), None);
        assert_eq!(on("GB 2811", date(2000, 1, 1)).as_deref(), Some("GB 2811-2019"));
        assert_eq!(on("GB 1", date(2023, 1, 1)), None);
    }

    #[test]
    fn a_mandatory_number_may_go_on_as_a_voluntary_one() {
        let editions = editions();
        assert!(applicable(&editions, "GB 3836.1", date(2021, 1, 1)).unwrap().mandatory);
        let now = applicable(&editions, "GB 3836.1", date(2023, 6, 14)).unwrap();
        assert_eq!((now.designation().as_str(), now.mandatory), ("GB/T 3836.1-2021", false));
    }

    #[test]
    fn an_edition_without_a_date_does_not_push_out_the_older_one() {
        let mut editions = editions();
        let on = |all: &[Edition], day| applicable(all, "GB 8109", day).map(|e| e.year);
        assert_eq!(on(&editions, date(2026, 1, 1)), Some(2005));
        let older = editions.iter_mut().find(|e| e.designation() == "GB 8109-2005").unwrap();
        older.superseded_on = Some(date(2025, 1, 1));
        assert_eq!((on(&editions, date(2024, 12, 31)), on(&editions, date(2025, 1, 1))), (Some(2005), Some(2023)));
    }

    #[test]
    fn the_standards_of_the_pack_of_2023_read_without_a_fault() {
        let table = Table::<Edition>::read(include_str!("../../packs/key-industrial-products-2023/standards.csv"));
        let said: Vec<String> = table.faults.iter().map(|f| f.say(Lang::En)).collect();
        assert!(said.is_empty(), "{said:?}");
        let on = |number, day| applicable(&table.rows, number, day).map(Edition::designation);
        assert_eq!(on("GB 4351.1", date(2025, 1, 1)).as_deref(), Some("GB 4351-2023"));
        assert_eq!(on("GB/T 41317", date(2024, 8, 1)).as_deref(), Some("GB 41317-2024"));
        assert_eq!(on("GB 811", date(2023, 6, 14)).as_deref(), Some("GB 811-2010"));
    }

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(number("ｇｂ／Ｔ5023.1—2008"), "GB/T 5023.1-2008");
        assert_eq!(number("XF 1205 - 2014"), "XF 1205-2014");
        assert_eq!(find(&editions(), "GB175-2007").unwrap().year, 2007);
    }

    #[test]
    fn editions_that_replace_each_other_in_a_circle_end() {
        let mut circle = editions();
        circle.truncate(1);
        circle[0].superseded_by = Some("GB 175-2007".to_owned());
        assert!(applicable(&circle, "GB 175", date(2025, 1, 1)).is_none());
    }

    #[test]
    fn faults_are_named() {
        let head = EDITIONS.lines().next().unwrap();
        let table = Table::<Edition>::read(&format!(
            "{head}\nGB 1,soon,甲,A,yes,,,,K,high\nGB 1,2020,甲,A,perhaps,,,,K,high\n"
        ));
        let said: Vec<String> = table.faults.iter().map(|f| f.say(Lang::En)).collect();
        assert_eq!(
            said,
            [
                "Line 2, column “edition”: “soon” is not a whole number.",
                "Line 3, column “mandatory”: “perhaps” should be yes or no."
            ]
        );
    }
}
