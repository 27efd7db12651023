//! Legal clocks (法定期限): by when something must be done. The limits are data of packs; the arithmetic is here.

use super::{
    Calendar, Rollover, Source, Term, Window,
    rows::{Fault, FromLine, Line},
};
use crate::kernel::Moment;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// What a clock counts.
    pub enum Unit {
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
        let amount: i64 = line.text("amount").and_then(|_| line.number("amount"))?.unwrap_or_default();
        if amount.abs() > LONGEST {
            return Err(line.fault("amount", TOO_LONG_A_LIMIT.with("max", LONGEST)));
        }
        Ok(Self {
            code: line.text("code")?.to_owned(),
            zh: line.text("zh")?.to_owned(),
            en: line.text("en")?.to_owned(),
            amount,
            unit,
            rollover: line.word("rollover", rollover)?,
            term: line.term()?,
            source: line.source()?,
        })
    }
}

/// A table says `1` for the ordinary rule (an end on a public holiday moves on), `0` for none, or the rule's word.
fn rollover(cell: &str) -> Option<Rollover> {
    match cell {
        "0" => Some(Rollover::None),
        "1" => Some(Rollover::Holiday),
        word => Rollover::from_code(word),
    }
}

/// By when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Due {
    /// The last moment that is in time; for days and months the last millisecond of the last day.
    #[schema(value_type = String)]
    pub at: Moment,
    /// The day of that moment: the last day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
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
const HOUR: i64 = 3_600_000;

/// When what began at `start` is due by `clock`, on the calendar that comes with the program.
pub fn due(start: Moment, clock: &Clock) -> Due {
    due_on(Calendar::official(), start, clock)
}

/// As [`due`], on another calendar.
pub fn due_on(calendar: &Calendar, start: Moment, clock: &Clock) -> Due {
    let (day, amount) = (start.date(), clock.amount);
    let last = match clock.unit {
        Unit::Hours => {
            let at = start.plus(amount.saturating_mul(HOUR));
            return Due { at, date: at.date(), certain: true };
        }
        Unit::CalendarDays => calendar.add_calendar_days(day, amount, clock.rollover),
        Unit::WorkingDays => calendar.add_working_days(day, amount),
        Unit::Months => calendar.add_months(day, amount, clock.rollover),
    };
    Due { at: after_midnight(last.value).plus(-1), date: last.value, certain: last.certain }
}

/// The days after the end of `after` and before the end of `before`, neither included: the second re-check, "after day
/// 60 and before day 90". None when no day lies between.
pub fn between(start: Moment, after: &Clock, before: &Clock) -> Option<Window> {
    let (from, to) = (due(start, after).date.tomorrow().ok()?, due(start, before).date.yesterday().ok()?);
    (from <= to).then_some(Window { from, to })
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::Lang, reference::rows::Table};
    use jiff::civil::date;
    use proptest::prelude::*;

    const CLOCKS: &str = "\
code,zh,en,amount,unit,rollover,from,to,source,certainty
objection,提出异议,Objection,15,calendar_days,1,,,PQL art.15,sourced
transfer,移送公安机关,Transfer to the police,24,hours,0,,,T310 art.5,sourced
publish,公示处罚信息,Publication,20,working_days,none,,,O45 art.10,sourced
recheck_from,再次复查最早,Second re-check after,60,calendar_days,0,,,O18 art.48,sourced
recheck_until,再次复查最晚,Second re-check before,90,calendar_days,0,,,O18 art.48,sourced
renew,申请延续,Renewal,-6,months,0,,,IPL art.25,sourced
notice,告知,Notice,5,working_days,0,,2021-07-14,APL art.85,medium
notice,告知,Notice,7,working_days,0,2021-07-15,,APL art.85,sourced
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
    fn a_window_lies_between_two_clocks() {
        let (clocks, start) = (clocks(), "2023-06-14T10:00:00+08:00".parse::<Moment>().unwrap());
        let clock = |code| in_force(&clocks, code, start.date()).unwrap();
        let window = between(start, clock("recheck_from"), clock("recheck_until")).unwrap();
        assert_eq!(Some(window), super::super::calendar::window(start.date(), 60, 90));
        assert!(between(start, clock("recheck_until"), clock("recheck_from")).is_none());
    }

    #[test]
    fn the_clocks_of_the_pack_of_2023_read_without_a_fault() {
        let table = Table::<Clock>::read(include_str!("../../packs/key-industrial-products-2023/clocks.csv"));
        let said: Vec<String> = table.faults.iter().map(|f| f.say(Lang::En)).collect();
        assert!(said.is_empty(), "{said:?}");
        let objection = in_force(&table.rows, "objection", date(2023, 6, 14)).unwrap();
        assert_eq!((objection.amount, objection.rollover), (15, Rollover::Holiday));
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
        let bad = format!(
            "{head}\na,甲,A,5,weeks,0,,,x,design\na,甲,A,50000,hours,2,,,x,design\na,甲,A,5,hours,2,,,x,design\n"
        );
        let said: Vec<String> = Table::<Clock>::read(&bad).faults.iter().map(|f| f.say(Lang::Zh)).collect();
        assert_eq!(
            said,
            [
                "第 2 行“unit”列：“weeks”不在可选范围内。",
                "第 3 行“amount”列：期限数值过大，最多 36600。",
                "第 4 行“rollover”列：“2”不在可选范围内。",
            ]
        );
    }

    proptest! {
        #[test]
        fn what_begins_later_is_due_no_earlier(a in 1_577_836_800_000i64..1_800_000_000_000, plus in 0i64..90_000_000_000) {
            for clock in clocks() {
                let (one, two) = (due(Moment::from_millis(a), &clock), due(Moment::from_millis(a + plus), &clock));
                prop_assert!(one.at <= two.at);
                prop_assert_eq!(one.at.date(), one.date);
            }
        }
    }
}
