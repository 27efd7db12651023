//! Legal clocks (法定期限): by when something must be done. The limits are data of packs; the arithmetic is here.

use super::{
    Calendar, Rollover, Source, Term,
    rows::{Fault, FromLine, Line},
};
use crate::kernel::Moment;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// What a clock counts.
    pub enum Unit {
        Minutes "minutes" "分钟" "minutes",
        Hours "hours" "小时" "hours",
        CalendarDays "calendar_days" "日" "days",
        WorkingDays "working_days" "个工作日" "working days",
        Months "months" "个月" "months",
    }
}

/// A time limit set by law or by a plan, with the days between which the rule itself is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Clock {
    /// Its word: `objection`.
    pub code: String,
    /// What is due, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How many units; the last one still counts.
    pub amount: i64,
    /// What is counted.
    pub unit: Unit,
    /// What happens when the last day is no working day; minutes and hours run through.
    pub rollover: Rollover,
    /// It may be done only after so many units: "after day 60" is 60, and "before day 90" is an amount of 89.
    pub opens_after: Option<i64>,
    /// When the rule is in force.
    #[serde(flatten)]
    pub term: Term,
    /// Where it stands, and how sure it is.
    pub source: Source,
}

impl FromLine for Clock {
    const COLUMNS: &'static [&'static str] =
        &["code", "zh", "en", "amount", "unit", "rollover", "from", "to", "source", "certainty"];
    fn from_line(line: &Line) -> Result<Self, Fault> {
        let unit = line.word("unit", Unit::from_code)?;
        let opens_after = line.number("opens_after")?;
        let amount: i64 = line.text("amount").and_then(|_| line.number("amount"))?.unwrap_or_default();
        if amount.abs() > LONGEST {
            return Err(line.fault("amount", TOO_LONG_A_LIMIT.with("max", LONGEST)));
        }
        if opens_after.is_some_and(|after| after < 0 || after >= amount) {
            return Err(line.fault("opens_after", NEVER_OPEN.with("amount", amount)));
        }
        Ok(Self {
            code: line.text("code")?.to_owned(),
            zh: line.text("zh")?.to_owned(),
            en: line.text("en")?.to_owned(),
            amount,
            unit,
            rollover: line.word("rollover", Rollover::from_code)?,
            opens_after,
            term: line.term()?,
            source: line.source()?,
        })
    }
}

/// By when, and from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Due {
    /// The last moment that is in time; for days and months the last millisecond of the last day.
    #[schema(value_type = String)]
    pub at: Moment,
    /// The day of that moment: the last day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The first moment at which it may be done, where the rule says so.
    #[schema(value_type = Option<String>)]
    pub opens: Option<Moment>,
    /// False: the working-day calendar of that year is not published yet, and the day may still move.
    pub certain: bool,
}

impl Due {
    /// Whether the time is over at `now`.
    pub fn is_past(&self, now: Moment) -> bool {
        now > self.at
    }
}

/// Units of a clock at the most: a hundred years of days, and no reckoning that lasts.
const LONGEST: i64 = 36_600;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// When what began at `start` is due by `clock`, on the calendar that comes with the program.
pub fn due(start: Moment, clock: &Clock) -> Due {
    due_on(Calendar::official(), start, clock)
}

/// As [`due`], on another calendar.
pub fn due_on(calendar: &Calendar, start: Moment, clock: &Clock) -> Due {
    let length = match clock.unit {
        Unit::Minutes => MINUTE,
        Unit::Hours => HOUR,
        unit => return due_in_days(calendar, start.date(), unit, clock),
    };
    let later = |amount: i64| start.plus(amount.saturating_mul(length));
    let at = later(clock.amount);
    Due { at, date: at.date(), opens: clock.opens_after.map(later), certain: true }
}

fn due_in_days(calendar: &Calendar, start: Date, unit: Unit, clock: &Clock) -> Due {
    let reckon = |amount, rollover| match unit {
        Unit::WorkingDays => calendar.add_working_days(start, amount),
        Unit::Months => calendar.add_months(start, amount, rollover),
        _ => calendar.add_calendar_days(start, amount, rollover),
    };
    let last = reckon(clock.amount, clock.rollover);
    let opening = clock.opens_after.map(|after| reckon(after, Rollover::None));
    let certain = last.certain && opening.is_none_or(|o| o.certain);
    let opens = opening.map(|o| after_midnight(o.value));
    Due { at: after_midnight(last.value).plus(-1), date: last.value, opens, certain }
}

/// The midnight with which `date` ends.
fn after_midnight(date: Date) -> Moment {
    Moment::start_of(date.tomorrow().unwrap_or(date))
}

/// The clock `code` in force on `date`: the newest where several are.
pub fn in_force<'a>(clocks: &'a [Clock], code: &str, date: Date) -> Option<&'a Clock> {
    clocks.iter().filter(|c| c.code == code && c.term.holds(date)).max_by_key(|c| c.term.from)
}

refusals! {
    TOO_LONG_A_LIMIT "reference.too_long_a_limit" "期限数值过大，最多 {max}。" "The limit is too long; at most {max}.";
    NEVER_OPEN "reference.never_open" "起办天数应不小于 0 且小于期限 {amount}。" "The opening must be at least 0 and less than the limit, {amount}.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::Lang, reference::rows::Table};
    use jiff::civil::date;
    use proptest::prelude::*;

    const CLOCKS: &str = "\
code,zh,en,amount,unit,rollover,opens_after,from,to,source,certainty
objection,提出异议,Objection,15,calendar_days,holiday,,,,PQL art.15,sourced
transfer,移送公安机关,Transfer to the police,24,hours,none,,,,T310 art.5,sourced
publish,公示处罚信息,Publication,20,working_days,none,,,,O45 art.10,sourced
recheck,再次复查,Second re-check,89,calendar_days,none,60,,,O18 art.48,sourced
renew,申请延续,Renewal,-6,months,none,,,,IPL art.25,sourced
notice,告知,Notice,5,working_days,none,,,2021-07-14,APL art.85,medium
notice,告知,Notice,7,working_days,none,,2021-07-15,,APL art.85,sourced
";

    fn clocks() -> Vec<Clock> {
        Table::read(CLOCKS).all().unwrap()
    }

    fn due_of(code: &str, start: &str) -> Due {
        let (clocks, start) = (clocks(), start.parse::<Moment>().unwrap());
        due(start, in_force(&clocks, code, start.date()).unwrap())
    }

    #[test]
    fn days_end_at_midnight_and_the_first_is_not_counted() {
        let objection = due_of("objection", "2023-09-16T09:00:00+08:00");
        assert_eq!(objection.date, date(2023, 10, 7));
        assert_eq!(objection.at.to_string(), "2023-10-07T23:59:59.999+08:00");
        assert!(!objection.is_past(objection.at) && objection.is_past(objection.at.plus(1)));
        assert_eq!(due_of("publish", "2023-09-20T17:00:00+08:00").date, date(2023, 10, 24));
        assert_eq!(due_of("renew", "2025-08-31T00:00:00+08:00").date, date(2025, 2, 28));
    }

    #[test]
    fn hours_run_through_holidays() {
        let transfer = due_of("transfer", "2023-09-30T22:15:00+08:00");
        assert_eq!(transfer.at.to_string(), "2023-10-01T22:15:00.000+08:00");
        assert!(transfer.certain);
    }

    #[test]
    fn a_window_opens() {
        let recheck = due_of("recheck", "2023-06-14T10:00:00+08:00");
        assert_eq!(recheck.opens.unwrap().to_string(), "2023-08-14T00:00:00.000+08:00");
        assert_eq!(recheck.date, date(2023, 9, 11));
    }

    #[test]
    fn the_rule_of_the_day_counts() {
        let clocks = clocks();
        let amount = |day| in_force(&clocks, "notice", day).map(|c| c.amount);
        assert_eq!((amount(date(2021, 7, 14)), amount(date(2021, 7, 15))), (Some(5), Some(7)));
        assert!(in_force(&clocks, "unheard", date(2023, 1, 1)).is_none());
    }

    #[test]
    fn faults_of_a_clock_are_named() {
        let head = CLOCKS.lines().next().unwrap();
        let table = Table::<Clock>::read(&format!(
            "{head}\na,甲,A,5,weeks,none,,,,x,design\na,甲,A,5,hours,none,5,,,x,design\n"
        ));
        let said: Vec<String> = table.faults.iter().map(|f| f.say(Lang::Zh)).collect();
        assert_eq!(
            said,
            ["第 2 行“unit”列：“weeks”不在可选范围内。", "第 3 行“opens_after”列：起办天数应不小于 0 且小于期限 5。"]
        );
    }

    proptest! {
        #[test]
        fn what_begins_later_is_due_no_earlier(a in 1_577_836_800_000i64..1_800_000_000_000, plus in 0i64..90_000_000_000) {
            for clock in clocks() {
                let (one, two) = (due(Moment::from_millis(a), &clock), due(Moment::from_millis(a + plus), &clock));
                prop_assert!(one.at <= two.at && one.opens <= two.opens);
                prop_assert_eq!(one.at.date(), one.date);
            }
        }
    }
}
