//! The working-day calendar (工作日历): holidays, make-up weekends, and counting on it.
//!
//! The day on which something happens is not counted; the first day is the next one (Civil Code art. 201). For a year
//! whose holidays the State Council has not published, or that the table does not hold, plain weekends count and the
//! answer says that it is provisional.

use super::rows::{Fault, FromLine, Line, Table};
use jiff::{
    Span,
    civil::{Date, Weekday},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::LazyLock,
};
use utoipa::ToSchema;

words! {
    /// What a day of the holiday table is.
    pub enum DayKind {
        Off "off" "放假" "Day off",
        Work "work" "调休上班" "Make-up working day",
    }

    /// What happens when the last day of a period is no working day.
    pub enum Rollover {
        None "none" "不顺延" "The day stands",
        Holiday "holiday" "末日为法定节假日的顺延" "Moves on if it falls in a public holiday",
        RestDay "rest_day" "末日为节假日或者休息日的顺延" "Moves on if it is no working day",
    }
}

/// A day that differs from the plain week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpecialDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Off, or worked.
    pub kind: DayKind,
    /// The holiday it belongs to, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl FromLine for SpecialDay {
    const COLUMNS: &'static [&'static str] = &["date", "kind", "holiday_zh", "holiday_en"];
    fn from_line(line: &Line) -> Result<Self, Fault> {
        line.text("date")?;
        Ok(Self {
            date: line.date("date")?.unwrap_or_default(),
            kind: line.word("kind", DayKind::from_code)?,
            zh: line.text("holiday_zh")?.to_owned(),
            en: line.text("holiday_en")?.to_owned(),
        })
    }
}

/// An answer, and whether the official calendar stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reckoned<T> {
    /// The answer.
    pub value: T,
    /// False: the year's calendar is not published; plain weekends were counted.
    pub certain: bool,
}

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Window {
    /// The first day on which it may be done.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

impl Window {
    /// Whether `date` lies in it.
    pub fn contains(&self, date: Date) -> bool {
        (self.from..=self.to).contains(&date)
    }
}

/// Holidays and make-up working days.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    days: BTreeMap<Date, SpecialDay>,
    years: BTreeSet<i16>,
}

static OFFICIAL: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::of(Table::read(include_str!("working_days.csv")).rows));

/// The first day of December that the notice for the following year may still change: New Year's make-up weekends.
const YEAR_END: i8 = 24;

impl Calendar {
    /// The calendar that comes with the program.
    pub fn official() -> &'static Self {
        &OFFICIAL
    }

    /// A calendar of these days alone.
    pub fn of(days: Vec<SpecialDay>) -> Self {
        Self::default().with(days)
    }

    /// This calendar with more days, or other ones: the next year's notice.
    #[must_use]
    pub fn with(mut self, days: Vec<SpecialDay>) -> Self {
        // a year's notice always sets New Year's Day; the one of the year after may reach back into December alone
        self.years.extend(days.iter().filter(|d| d.date.day_of_year() == 1).map(|d| d.date.year()));
        self.days.extend(days.into_iter().map(|day| (day.date, day)));
        self
    }

    /// Whether the official calendar says what `date` is.
    pub fn knows(&self, date: Date) -> bool {
        let may_still_change = date.month() == 12 && date.day() >= YEAR_END && !self.years.contains(&(date.year() + 1));
        self.years.contains(&date.year()) && !may_still_change
    }

    /// The entry of `date` in the holiday table, if it differs from the plain week.
    pub fn special(&self, date: Date) -> Option<&SpecialDay> {
        self.days.get(&date)
    }

    /// Whether `date` is worked.
    pub fn is_working_day(&self, date: Date) -> Reckoned<bool> {
        Reckoned { value: self.is_worked(date), certain: self.knows(date) }
    }

    /// Whether `date` is off by the holiday notice; plain weekends are not.
    pub fn is_holiday(&self, date: Date) -> Reckoned<bool> {
        let value = self.special(date).is_some_and(|d| d.kind == DayKind::Off);
        Reckoned { value, certain: self.knows(date) }
    }

    /// The first working day on or after `date`.
    pub fn working_day_from(&self, date: Date) -> Reckoned<Date> {
        let value = successive(date, 1).find(|d| self.is_worked(*d)).unwrap_or(date);
        Reckoned { value, certain: self.knows_all(date, value) }
    }

    /// The `days`-th working day after `date`, or before it when negative; with 0, `date` itself.
    pub fn add_working_days(&self, date: Date, days: i64) -> Reckoned<Date> {
        let step = days.signum();
        let Some(nth) = usize::try_from(days.unsigned_abs()).ok().and_then(|n| n.checked_sub(1)) else {
            return Reckoned { value: date, certain: true };
        };
        let end = if step > 0 { Date::MAX } else { Date::MIN };
        let value = successive(date, step).skip(1).filter(|d| self.is_worked(*d)).nth(nth).unwrap_or(end);
        Reckoned { value, certain: self.knows_all(date.min(value), date.max(value)) }
    }

    /// How many working days lie after `from`, up to and with `to`; 0 when `to` is not later.
    pub fn count_working_days(&self, from: Date, to: Date) -> Reckoned<i64> {
        let counted = successive(from, 1).skip(1).take_while(|d| *d <= to).filter(|d| self.is_worked(*d)).count();
        Reckoned { value: i64::try_from(counted).unwrap_or(i64::MAX), certain: self.knows_all(from.min(to), to) }
    }

    /// `days` calendar days after `date`, moved on by `rollover`.
    pub fn add_calendar_days(&self, date: Date, days: i64, rollover: Rollover) -> Reckoned<Date> {
        self.roll(shifted(date, days), rollover)
    }

    /// The same day so many months later, or the month's last day where it has no such day (Civil Code art. 202), moved
    /// on by `rollover`.
    pub fn add_months(&self, date: Date, months: i64, rollover: Rollover) -> Reckoned<Date> {
        self.roll(months_later(date, months), rollover)
    }

    /// `date`, or the working day to which `rollover` moves it.
    pub fn roll(&self, date: Date, rollover: Rollover) -> Reckoned<Date> {
        let moves = match rollover {
            Rollover::None => return Reckoned { value: date, certain: true },
            Rollover::Holiday => self.is_holiday(date).value,
            Rollover::RestDay => !self.is_worked(date),
        };
        if moves { self.working_day_from(date) } else { Reckoned { value: date, certain: self.knows(date) } }
    }

    fn is_worked(&self, date: Date) -> bool {
        match self.special(date) {
            Some(day) => day.kind == DayKind::Work,
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    fn knows_all(&self, from: Date, to: Date) -> bool {
        let mut between: RangeInclusive<i16> = from.year()..=to.year();
        between.all(|year| self.years.contains(&year)) && self.knows(from) && self.knows(to)
    }
}

/// "After day `after` and before day `before`" of `start`, both words strict: 60 and 90 give the 61st to the 89th day.
/// None when no day lies between.
pub fn window(start: Date, after: i64, before: i64) -> Option<Window> {
    let (from, to) = (shifted(start, after.checked_add(1)?), shifted(start, before.checked_sub(1)?));
    (from <= to).then_some(Window { from, to })
}

/// The last `months` months up to and with `date`: the window in which two failures within two years are counted.
pub fn rolling(date: Date, months: i64) -> Window {
    Window { from: shifted(months_later(date, -months), 1), to: date }
}

/// `days` calendar days later; the ends of time where there is no such day.
fn shifted(date: Date, days: i64) -> Date {
    let days = days.clamp(-3_000_000, 3_000_000); // what a span of days can hold, and more than there is
    date.saturating_add(Span::new().days(days))
}

fn months_later(date: Date, months: i64) -> Date {
    let months = months.clamp(-200_000, 200_000);
    date.saturating_add(Span::new().months(months))
}

/// `date` and the days after it, or before it, to the end of time.
fn successive(date: Date, step: i64) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date), move |d| if step < 0 { d.yesterday().ok() } else { d.tomorrow().ok() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn calendar() -> &'static Calendar {
        Calendar::official()
    }

    #[test]
    fn the_embedded_table_is_sound() {
        let table = Table::<SpecialDay>::read(include_str!("working_days.csv"));
        assert!(table.faults.is_empty(), "{:?}", table.faults);
        assert_eq!(calendar().years.iter().copied().collect::<Vec<_>>(), (2020..=2026).collect::<Vec<i16>>());
        for day in table.rows.iter().filter(|d| d.kind == DayKind::Work) {
            assert!(matches!(day.date.weekday(), Weekday::Saturday | Weekday::Sunday), "{day:?}");
        }
    }

    #[test]
    fn national_day_of_2023() {
        for day in successive(date(2023, 9, 29), 1).take(8) {
            assert_eq!(calendar().is_working_day(day), Reckoned { value: false, certain: true }, "{day}");
        }
        // a Saturday and a Sunday, worked in exchange
        assert!(
            calendar().is_working_day(date(2023, 10, 7)).value && calendar().is_working_day(date(2023, 10, 8)).value
        );
        assert_eq!(calendar().add_working_days(date(2023, 9, 28), 2).value, date(2023, 10, 8));
        assert_eq!(calendar().count_working_days(date(2023, 9, 28), date(2023, 10, 9)).value, 3);
        assert_eq!(calendar().special(date(2023, 9, 29)).unwrap().zh, "中秋节");
    }

    #[test]
    fn the_last_day_rolls_as_its_rule_says() {
        let fifteen_days = |from, rule| calendar().add_calendar_days(from, 15, rule).value;
        // 15 days after 16 September 2023 is 1 October, in the holiday
        assert_eq!(fifteen_days(date(2023, 9, 16), Rollover::Holiday), date(2023, 10, 7));
        assert_eq!(fifteen_days(date(2023, 9, 16), Rollover::None), date(2023, 10, 1));
        // 15 days after 2 July 2023 is 17 July, a Monday; after 30 June it is Saturday 15 July, no public holiday
        assert_eq!(fifteen_days(date(2023, 7, 2), Rollover::RestDay), date(2023, 7, 17));
        assert_eq!(fifteen_days(date(2023, 6, 30), Rollover::Holiday), date(2023, 7, 15));
        assert_eq!(fifteen_days(date(2023, 6, 30), Rollover::RestDay), date(2023, 7, 17));
    }

    #[test]
    fn an_unpublished_year_is_provisional() {
        assert_eq!(calendar().is_working_day(date(2027, 10, 1)), Reckoned { value: true, certain: false });
        assert!(!calendar().add_working_days(date(2026, 12, 20), 20).certain);
        assert!(calendar().add_working_days(date(2026, 12, 1), 5).certain);
        // the notice for 2027 may still make a December weekend a working day
        assert!(!calendar().knows(date(2026, 12, 27)) && calendar().knows(date(2025, 12, 27)));
        // an end without roll-over needs no calendar
        assert!(calendar().add_calendar_days(date(2026, 12, 1), 60, Rollover::None).certain);
        assert!(!calendar().add_calendar_days(date(2026, 12, 1), 60, Rollover::Holiday).certain);
    }

    #[test]
    fn the_next_notice_can_be_added() {
        let off = |d| SpecialDay { date: d, kind: DayKind::Off, zh: "元旦".into(), en: "New Year's Day".into() };
        let longer = calendar().clone().with(vec![off(date(2027, 1, 1))]);
        assert_eq!(longer.is_working_day(date(2027, 1, 1)), Reckoned { value: false, certain: true });
        assert!(longer.knows(date(2026, 12, 27)));
        let reaching_back = Calendar::of(vec![off(date(2026, 12, 31))]);
        assert!(!reaching_back.knows(date(2026, 6, 1)));
    }

    #[test]
    fn months_end_where_the_month_ends() {
        assert_eq!(calendar().add_months(date(2023, 1, 31), 1, Rollover::None).value, date(2023, 2, 28));
        assert_eq!(calendar().add_months(date(2024, 8, 31), -6, Rollover::None).value, date(2024, 2, 29));
    }

    #[test]
    fn windows_are_strict() {
        let second_check = window(date(2023, 6, 14), 60, 90).unwrap();
        assert_eq!((second_check.from, second_check.to), (date(2023, 8, 14), date(2023, 9, 11)));
        assert!(window(date(2023, 6, 14), 60, 61).is_none());
        let two_years = rolling(date(2023, 6, 14), 24);
        assert_eq!((two_years.from, two_years.to), (date(2021, 6, 15), date(2023, 6, 14)));
        assert!(!two_years.contains(date(2021, 6, 14)) && two_years.contains(date(2021, 6, 15)));
    }

    #[test]
    fn time_has_ends() {
        assert_eq!(calendar().add_calendar_days(date(2023, 1, 1), i64::MAX, Rollover::None).value, Date::MAX);
        assert_eq!(calendar().add_months(date(2023, 1, 1), i64::MIN, Rollover::None).value, Date::MIN);
    }

    prop_compose! {
        fn day()(n in 0i64..3650) -> Date { shifted(date(2019, 1, 1), n) }
    }

    proptest! {
        #[test]
        fn adding_and_counting_agree(from in day(), n in 1i64..200) {
            let to = calendar().add_working_days(from, n).value;
            prop_assert!(calendar().is_working_day(to).value);
            prop_assert_eq!(calendar().count_working_days(from, to).value, n);
            prop_assert_eq!(calendar().count_working_days(from, to.yesterday().unwrap()).value, n - 1);
        }

        #[test]
        fn adding_is_monotone(a in day(), b in day(), n in 0i64..200, m in 0i64..200) {
            let (a, b, n, m) = (a.min(b), a.max(b), n.min(m), n.max(m));
            prop_assert!(calendar().add_working_days(a, n).value <= calendar().add_working_days(b, n).value);
            prop_assert!(calendar().add_working_days(a, n).value <= calendar().add_working_days(a, m).value);
            for rule in Rollover::ALL {
                let after = |d, n| calendar().add_calendar_days(d, n, *rule).value;
                prop_assert!(after(a, n) <= after(b, n) && after(a, n) <= after(a, m));
            }
        }

        #[test]
        fn steps_add_up(from in day(), n in 1i64..100, m in 1i64..100) {
            let there = calendar().add_working_days(from, n).value;
            prop_assert_eq!(calendar().add_working_days(there, m).value, calendar().add_working_days(from, n + m).value);
            prop_assert_eq!(calendar().add_working_days(calendar().add_working_days(there, m).value, -m).value, there);
        }

        #[test]
        fn rolling_over_lands_on_no_holiday_and_passes_no_working_day(from in day(), n in 0i64..400) {
            let plain = shifted(from, n);
            for rule in [Rollover::Holiday, Rollover::RestDay] {
                let rolled = calendar().add_calendar_days(from, n, rule).value;
                prop_assert!(!calendar().is_holiday(rolled).value);
                prop_assert!(rolled == plain || calendar().is_working_day(rolled).value);
                prop_assert!(successive(plain, 1).take_while(|d| *d < rolled).all(|d| !calendar().is_working_day(d).value));
            }
            let rest = calendar().add_calendar_days(from, n, Rollover::RestDay).value;
            prop_assert!(calendar().is_working_day(rest).value);
        }

        #[test]
        fn a_certain_answer_lies_within_the_published_years(from in day(), n in 0i64..300) {
            let answer = calendar().add_working_days(from, n);
            let known = (2020..=2026).contains(&from.year()) && (2020..=2026).contains(&answer.value.year());
            prop_assert!(known || n == 0 || !answer.certain);
        }
    }
}
