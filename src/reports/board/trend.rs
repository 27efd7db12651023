//! How hazards were found and closed out, day by day, as lines of a drawing.

use crate::{record::Figure, reports::Cell};
use jiff::{ToSpan, civil::Date};
use std::collections::BTreeMap;

/// Size of the drawing, in its own units.
pub(super) const WIDE: i64 = 600;
pub(super) const HIGH: i64 = 160;
/// Days of the table below it.
const SHOWN: usize = 14;

/// Hazards found and closed out in all, up to each day.
#[derive(Debug, Default)]
pub(super) struct Trend {
    pub days: Vec<Day>,
}

/// A day, with the sums up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub date: Date,
    pub found: i64,
    pub closed: i64,
}

impl Trend {
    /// From the cells of figures by day.
    pub fn of(cells: &[Cell]) -> Self {
        let mut growth: BTreeMap<Date, (i64, i64)> = BTreeMap::new();
        for cell in cells {
            let Some(date) = cell.period else { continue };
            match cell.figure {
                Figure::Found => growth.entry(date).or_default().0 += cell.value,
                Figure::Closed => growth.entry(date).or_default().1 += cell.value,
                _ => {}
            }
        }
        let (Some(first), Some(last)) = (growth.keys().next().copied(), growth.keys().last().copied()) else {
            return Self::default();
        };
        let (mut found, mut closed) = (0, 0);
        let day = |date: Date| {
            let grown = growth.get(&date).copied().unwrap_or_default();
            found += grown.0;
            closed += grown.1;
            Day { date, found, closed }
        };
        Self { days: first.series(1.day()).take_while(|date| *date <= last).map(day).collect() }
    }

    /// The points of the line of hazards found.
    pub fn found_line(&self) -> String {
        self.line(|day| day.found)
    }

    /// The points of the line of hazards closed out.
    pub fn closed_line(&self) -> String {
        self.line(|day| day.closed)
    }

    fn line(&self, of: impl Fn(&Day) -> i64) -> String {
        let highest = self.highest();
        let last = (self.days.len() as i64 - 1).max(1);
        let point = |(n, day): (usize, &Day)| format!("{},{}", n as i64 * WIDE / last, HIGH - of(day) * HIGH / highest);
        self.days.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
    }

    /// What the top of the drawing stands for.
    pub fn highest(&self) -> i64 {
        self.days.iter().map(|day| day.found.max(day.closed)).max().unwrap_or(0).max(1)
    }

    /// The last days, newest first.
    pub fn last(&self) -> impl Iterator<Item = &Day> {
        self.days.iter().rev().take(SHOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_without_an_act_carry_on_what_was() {
        let cell = |figure, day, value| Cell { period: Some(date(2023, 6, day)), value, ..Cell::empty(figure) };
        let cells = [cell(Figure::Found, 14, 2), cell(Figure::Found, 16, 1), cell(Figure::Closed, 16, 2)];
        let trend = Trend::of(&cells);
        let sums: Vec<_> = trend.days.iter().map(|d| (d.found, d.closed)).collect();
        assert_eq!(sums, [(2, 0), (2, 0), (3, 2)]);
        assert_eq!(trend.found_line(), "0,54 300,54 600,0");
    }
}
