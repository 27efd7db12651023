//! How sure we are of a legal datum, where it stands, and from when to when it holds.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// How sure a datum is. People see it beside every legal figure.
    pub enum Certainty {
        Sourced "sourced" "有出处" "Sourced",
        High "high" "较确定" "Fairly certain",
        Medium "medium" "待核实" "To be verified",
        Low "low" "推测" "Conjecture",
        Design "design" "本系统设定" "Set by this system",
    }
}

impl Certainty {
    /// Whether it may be shown as law without a word of caution.
    pub const fn is_firm(self) -> bool {
        matches!(self, Self::Sourced | Self::High)
    }
}

/// Where a legal datum stands and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Source {
    /// The law and article, or the key of the source register: `PQL art.15`.
    pub place: String,
    /// How sure it is.
    pub certainty: Certainty,
}

/// From when to when something holds, both days included; an open end is always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, ToSchema)]
pub struct Term {
    /// The first day; none: since ever, or since a day that does not matter here.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day; none: until further notice.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

impl Term {
    /// Whether it holds on `date`.
    pub fn holds(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// Whether the two have a day in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |a: &Self, b: &Self| a.from.zip(b.to).is_none_or(|(from, to)| from <= to);
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_term_includes_both_ends() {
        let term = Term { from: Some(date(2023, 7, 1)), to: Some(date(2025, 10, 31)) };
        assert!(term.holds(date(2023, 7, 1)) && term.holds(date(2025, 10, 31)));
        assert!(!term.holds(date(2023, 6, 30)) && !term.holds(date(2025, 11, 1)));
        assert!(Term::default().holds(date(1949, 10, 1)));
    }

    #[test]
    fn terms_that_follow_each_other_do_not_overlap() {
        let until = |to| Term { from: None, to: Some(to) };
        let since = |from| Term { from: Some(from), to: None };
        assert!(!until(date(2023, 6, 30)).overlaps(&since(date(2023, 7, 1))));
        assert!(since(date(2023, 7, 1)).overlaps(&until(date(2023, 7, 1))));
    }
}
