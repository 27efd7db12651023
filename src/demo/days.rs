//! The days of the summer, counted from today: see `docs/decisions/0005-demo-time.md`.

use crate::{kernel::Moment, reference::Calendar};
use jiff::{ToSpan, civil::Date};

/// How many days of work lie behind a new demonstration.
pub const LENGTH: i64 = 70;

/// The first day, and today.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    pub first: Date,
    pub today: Date,
}

impl Days {
    /// The days that lead up to `today`.
    pub fn before(today: Date) -> Self {
        Self { first: today.saturating_sub(LENGTH.days()), today }
    }

    /// The working day that was `days` ago, or the next one after that; never later than yesterday.
    pub fn ago(self, days: i64) -> Date {
        self.working(self.today.saturating_sub(days.days()))
    }

    /// `date`, or the next working day, or else the last one before today.
    pub fn working(self, date: Date) -> Date {
        let calendar = Calendar::official();
        let next = calendar.working_day_from(date).value;
        if next < self.today {
            return next;
        }
        let mut last = self.yesterday();
        while !calendar.is_working_day(last).value && last > self.first {
            last = last.saturating_sub(1.day());
        }
        last
    }

    /// The day that is `days` ahead, or the next working day after that.
    pub fn ahead(self, days: i64) -> Date {
        Calendar::official().working_day_from(self.today.saturating_add(days.days())).value
    }

    /// The last day of the history.
    pub fn yesterday(self) -> Date {
        self.today.saturating_sub(1.day())
    }

    /// Every day of the history.
    pub fn all(self) -> impl Iterator<Item = Date> {
        let last = self.yesterday();
        self.first.series(1.day()).take_while(move |d| *d <= last)
    }
}

/// So many minutes after the midnight that `date` begins with.
pub fn at(date: Date, minutes: i64) -> Moment {
    Moment::start_of(date).plus(minutes * 60_000)
}
