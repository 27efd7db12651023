//! Periods (报送期): from when to when a return counts, and by when it is due. Made from the pack's rhythm.

use crate::{
    campaigns::{Campaign, Pack, PeriodRule, Rhythm},
    kernel::Lang,
    people::Level,
    reference::Calendar,
};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A period for which offices report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReturnPeriod)]
pub struct Period {
    /// `monthly-2023-07`, `interim`.
    pub code: String,
    pub zh: String,
    pub en: String,
    #[schema(value_type = String, format = Date)]
    pub begins: Date,
    /// The last day that counts: the cut-off is its end.
    #[schema(value_type = String, format = Date)]
    pub ends: Date,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// The lowest level that reports.
    pub level: Level,
}

impl Period {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }
}

/// Every period of a campaign, by the day on which it ends.
pub fn periods(pack: &Pack, campaign: &Campaign) -> Vec<Period> {
    let mut periods: Vec<Period> = pack.periods.iter().flat_map(|rule| of_rule(rule, pack, campaign)).collect();
    periods.sort_by(|a, b| (a.ends, &a.code).cmp(&(b.ends, &b.code)));
    periods
}

/// The period with this code.
pub fn period(pack: &Pack, campaign: &Campaign, code: &str) -> Option<Period> {
    periods(pack, campaign).into_iter().find(|p| p.code == code)
}

fn of_rule(rule: &PeriodRule, pack: &Pack, campaign: &Campaign) -> Vec<Period> {
    let (from, to) = (campaign.starts, campaign.ends);
    match rule.rhythm {
        Rhythm::Once => {
            // dates of the pack move with a campaign that begins on another day
            let moved = |date: Date| pack.about.starts.until(from).map_or(date, |by| date.saturating_add(by));
            let begins = rule.from.map_or(from, moved);
            rule.to
                .map(|ends| made(rule, String::new(), [&rule.zh, &rule.en], (begins, moved(ends))))
                .into_iter()
                .collect()
        }
        Rhythm::Month => pieces(from, to, Date::last_of_month, |begins, ends| {
            let names = [format!("{}年{}月{}", ends.year(), ends.month(), rule.zh), {
                format!("{}, {}-{:02}", rule.en, ends.year(), ends.month())
            }];
            let code = format!("-{}-{:02}", ends.year(), ends.month());
            made(rule, code, [&names[0], &names[1]], (begins, ends))
        }),
        Rhythm::Week => pieces(from, to, end_of_week, |begins, ends| {
            let names = [format!("{}（{begins}至{ends}）", rule.zh), format!("{}, {begins} to {ends}", rule.en)];
            made(rule, format!("-{ends}"), [&names[0], &names[1]], (begins, ends))
        }),
    }
}

fn made(rule: &PeriodRule, suffix: String, [zh, en]: [&String; 2], (begins, ends): (Date, Date)) -> Period {
    let due = ends.saturating_add(rule.days.days());
    Period {
        code: format!("{}{suffix}", rule.code),
        zh: zh.clone(),
        en: en.clone(),
        begins,
        ends,
        // what comes round again is not due on a holiday; a day that an order names stands
        due: if rule.rhythm == Rhythm::Once { due } else { Calendar::official().working_day_from(due).value },
        level: rule.level,
    }
}

/// The days from `from` to `to` cut where `end_of` says; the first and the last piece may be short.
fn pieces(from: Date, to: Date, end_of: impl Fn(Date) -> Date, make: impl Fn(Date, Date) -> Period) -> Vec<Period> {
    let mut all = Vec::new();
    let mut begins = from;
    while begins <= to {
        let ends = end_of(begins).min(to);
        all.push(make(begins, ends));
        let Ok(next) = ends.tomorrow() else { break };
        begins = next;
    }
    all
}

fn end_of_week(day: Date) -> Date {
    day.saturating_add(i64::from(day.weekday().until(Weekday::Sunday)).days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_and_weeks_cover_every_day_once() {
        let (from, to) = (date(2023, 6, 14), date(2023, 11, 30));
        let plain = |begins, ends| Period {
            code: String::new(),
            zh: String::new(),
            en: String::new(),
            begins,
            ends,
            due: ends,
            level: Level::County,
        };
        for end_of in [Date::last_of_month as fn(Date) -> Date, end_of_week] {
            let all = pieces(from, to, end_of, plain);
            assert_eq!((all[0].begins, all[all.len() - 1].ends), (from, to));
            assert!(all.windows(2).all(|w| w[0].ends.tomorrow().unwrap() == w[1].begins));
            assert!(all[..all.len() - 1].iter().all(|p| end_of(p.begins) == p.ends));
        }
        assert_eq!(end_of_week(from), date(2023, 6, 18), "a Wednesday's week ends on Sunday");
    }
}
