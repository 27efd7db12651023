//! What became of region codes (区划代码变更) since 2000: renamed, recoded, merged, split.
//!
//! The list knows the year of a change, not the day. In that year the old code and the new one both count as valid, and
//! the new one is the answer to "what is it called now".

use super::regions;
use jiff::civil::Date;
use serde::Serialize;
use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};
use utoipa::ToSchema;

words! {
    /// What happened to a region.
    #[schema(as = RegionChangeKind)]
    pub enum Kind {
        Created "created" "新设" "Created",
        Renamed "renamed" "更名" "Renamed",
        Recoded "recoded" "代码变更" "Code changed",
        ToDistrict "to_district" "改设市辖区" "Became a district",
        ToCity "to_city" "改设市" "Became a city",
        Adjusted "adjusted" "区划调整" "Rearranged",
        Merged "merged" "并入" "Merged into another",
        Split "split" "拆分" "Divided among several",
        Abolished "abolished" "撤销" "Abolished",
    }
}

/// One change. A renaming keeps the code; a division stands as one change for each part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RegionChange)]
pub struct Change {
    /// The year of the list that shows it.
    pub year: i16,
    /// What happened.
    pub kind: Kind,
    /// The code before; empty for what was created.
    pub old: &'static str,
    /// The name before.
    pub old_name: &'static str,
    /// The code after; empty for what was abolished with no single heir on record.
    pub new: &'static str,
    /// The name after.
    pub new_name: &'static str,
}

/// All changes in the order of years, and where each code begins, ends and is renamed.
struct History {
    changes: Vec<Change>,
    begins: HashMap<&'static str, Vec<usize>>,
    ends: HashMap<&'static str, Vec<usize>>,
    names: HashMap<&'static str, Vec<usize>>,
}

static HISTORY: LazyLock<History> = LazyLock::new(|| History::read(include_str!("changes.csv")));

impl History {
    fn read(table: &'static str) -> Self {
        let changes: Vec<Change> = table.lines().skip(1).filter_map(Change::from_line).collect();
        let mut history = Self { changes, begins: HashMap::new(), ends: HashMap::new(), names: HashMap::new() };
        for (i, change) in history.changes.iter().enumerate() {
            if change.old == change.new {
                history.names.entry(change.new).or_default().push(i);
                continue;
            }
            if !change.old.is_empty() {
                history.ends.entry(change.old).or_default().push(i);
            }
            if !change.new.is_empty() {
                history.begins.entry(change.new).or_default().push(i);
            }
        }
        history
    }

    fn of<'a>(
        &'a self,
        index: &'a HashMap<&str, Vec<usize>>,
        code: &str,
    ) -> impl DoubleEndedIterator<Item = &'a Change> {
        index.get(code).into_iter().flatten().map(|i| &self.changes[*i])
    }

    fn begun(&self, code: &str, by: i16) -> Option<i16> {
        self.of(&self.begins, code).map(|c| c.year).filter(|y| *y <= by).max()
    }

    fn ended(&self, code: &str, by: i16) -> Option<i16> {
        self.of(&self.ends, code).map(|c| c.year).filter(|y| *y <= by).max()
    }

    /// Whether `code` had ended by the year and had not been given out again.
    fn is_gone(&self, code: &str, year: i16) -> bool {
        let taken_up_again = |end| self.begun(code, year).is_some_and(|begin| begin > end);
        self.ended(code, year).is_some_and(|end| !taken_up_again(end))
    }

    /// Follows `code` through all changes up to the year.
    fn follow(
        &self,
        code: &'static str,
        year: i16,
        seen: &mut BTreeSet<&'static str>,
        out: &mut BTreeSet<&'static str>,
    ) {
        if !seen.insert(code) {
            return;
        }
        if !self.is_gone(code, year) {
            out.insert(code);
            return;
        }
        let end = self.ended(code, year);
        for change in self.of(&self.ends, code).filter(|c| Some(c.year) == end && !c.new.is_empty()) {
            self.follow(change.new, year, seen, out);
        }
    }

    fn own(&self, code: &str) -> Option<&'static str> {
        let now = regions::find(code).map(|r| r.code);
        now.or_else(|| self.of(&self.ends, code).next().map(|c| c.old))
    }
}

impl Change {
    fn from_line(line: &'static str) -> Option<Self> {
        let mut cells = line.split(',');
        let (year, kind) = (cells.next()?.parse().ok()?, Kind::from_code(cells.next()?)?);
        let (old, old_name, new, new_name) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        Some(Self { year, kind, old, old_name, new, new_name })
    }
}

/// Every change since 2000, in the order of years.
pub fn all() -> &'static [Change] {
    &HISTORY.changes
}

/// The changes that touch `code`, in the order of years: for the page of a region.
pub fn of(code: &str) -> impl Iterator<Item = &'static Change> {
    all().iter().filter(move |c| c.old == code || c.new == code)
}

/// The codes under which the area of `code` stands on `date`: itself until it ends, several after a division, none
/// when the code was never given out or its area went to several regions not on record.
pub fn successors(code: &str, date: Date) -> Vec<&'static str> {
    let mut out = BTreeSet::new();
    if let Some(code) = HISTORY.own(code) {
        HISTORY.follow(code, date.year(), &mut BTreeSet::new(), &mut out);
    }
    out.into_iter().collect()
}

/// As [`successors`], when there is exactly one.
pub fn successor(code: &str, date: Date) -> Option<&'static str> {
    match successors(code, date).as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// The codes of today's list under which the area of `code` stands.
pub fn successors_now(code: &str) -> Vec<&'static str> {
    successors(code, Date::MAX)
}

/// The last year in which `code` was valid; none for a code that is valid now or never was since 2000.
pub fn valid_until(code: &str) -> Option<i16> {
    if regions::find(code).is_some() { None } else { HISTORY.ended(code, i16::MAX) }
}

/// The year in which `code` was given out, the last time if it was so twice; none: before 2000, or not on record.
pub fn valid_since(code: &str) -> Option<i16> {
    HISTORY.begun(code, i16::MAX)
}

/// Whether `code` was valid on `date`, to the year.
pub fn was_valid(code: &str, date: Date) -> bool {
    if HISTORY.own(code).is_none() {
        return false;
    }
    let year = date.year();
    let first_begin = HISTORY.of(&HISTORY.begins, code).map(|c| c.year).min();
    let first_end = HISTORY.of(&HISTORY.ends, code).map(|c| c.year).min();
    let not_yet = first_begin.is_some_and(|begin| year < begin && first_end.is_none_or(|end| begin <= end));
    let ends_this_year = HISTORY.ended(code, year) == Some(year);
    !not_yet && (ends_this_year || !HISTORY.is_gone(code, year))
}

/// What the region with `code` was called on `date`, to the year: 襄樊市 for 420600 before 2010. In the year of a change
/// it is the new name.
pub fn name_on(code: &str, date: Date) -> Option<&'static str> {
    if !was_valid(code, date) {
        return None;
    }
    let year = date.year();
    let mut events: Vec<&Change> = HISTORY.of(&HISTORY.names, code).chain(HISTORY.of(&HISTORY.ends, code)).collect();
    events.sort_by_key(|c| c.year);
    let later = |c: &&&Change| if c.old == c.new { c.year > year } else { c.year >= year };
    events.iter().find(later).map(|c| c.old_name).or_else(|| regions::find(code).map(|r| r.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn every_line_of_the_table_is_a_change_and_leads_somewhere() {
        assert_eq!(all().len(), include_str!("changes.csv").lines().count() - 1);
        assert!(all().is_sorted_by_key(|c| c.year));
        for change in all() {
            assert!(!change.old.is_empty() || !change.new.is_empty(), "{change:?}");
            assert!(successors_now(change.new).iter().all(|c| regions::find(c).is_some()), "{change:?}");
            let lost = change.new.is_empty() || !successors_now(change.new).is_empty();
            assert!(lost || change.kind == Kind::Abolished, "{change:?}");
        }
    }

    #[test]
    fn a_county_became_a_district() {
        assert_eq!(successor("130182", date(2013, 6, 1)), Some("130182"));
        assert_eq!(successor("130182", date(2023, 6, 1)), Some("130109"));
        assert_eq!((valid_until("130182"), valid_since("130109")), (Some(2014), Some(2014)));
        assert!(was_valid("130182", date(2014, 3, 1)) && was_valid("130109", date(2014, 3, 1)));
        assert!(!was_valid("130182", date(2015, 1, 1)) && !was_valid("130109", date(2013, 12, 31)));
        assert_eq!(name_on("130182", date(2010, 1, 1)), Some("藁城市"));
    }

    #[test]
    fn chains_are_followed() {
        // 毕节地区黔西县 → 毕节市黔西县 (2011) → 黔西市 (2021)
        assert_eq!(successor("522423", date(2015, 1, 1)), Some("520522"));
        assert_eq!(successor("522423", date(2023, 1, 1)), Some("520581"));
        // 上海南汇县 → 南汇区 → 浦东新区
        assert_eq!(successor("310225", date(2023, 1, 1)), Some("310115"));
    }

    #[test]
    fn a_division_has_no_single_heir() {
        assert_eq!(successors("130103", date(2023, 1, 1)), ["130102", "130104"]);
        assert_eq!(successor("130103", date(2023, 1, 1)), None);
        assert_eq!(successor("999999", date(2023, 1, 1)), None);
    }

    #[test]
    fn a_code_given_out_again_is_itself() {
        // 450107 was a suburb of Nanning until 2001 and is 西乡塘区 since 2004
        assert_eq!(successor("450107", date(2023, 1, 1)), Some("450107"));
        assert!(was_valid("450107", date(2000, 6, 1)) && !was_valid("450107", date(2002, 6, 1)));
        assert_eq!(
            (name_on("450107", date(2000, 1, 1)), name_on("450107", date(2023, 1, 1))),
            (Some("市郊区"), Some("西乡塘区"))
        );
    }

    #[test]
    fn names_change_under_the_same_code() {
        assert_eq!(name_on("420600", date(2009, 1, 1)), Some("襄樊市"));
        assert_eq!(name_on("420600", date(2023, 1, 1)), Some("襄阳市"));
        assert_eq!(name_on("130123", date(2023, 1, 1)), Some("正定县"));
    }

    proptest! {
        #[test]
        fn a_valid_code_is_its_own_successor_and_successors_are_valid(at in 0..3214usize, year in 2000i16..2030) {
            let (code, day) = (regions::all()[at].code, date(year, 6, 30));
            for heir in successors(code, day) {
                prop_assert!(was_valid(heir, day) || heir == code, "{code} in {year}: {heir}");
            }
            if was_valid(code, day) && !all().iter().any(|c| c.old == code && c.year == year) {
                prop_assert_eq!(successor(code, day), Some(code));
            }
        }
    }
}
