//! What a figure is: a count of recorded facts within an office, up to a moment.

use crate::{
    kernel::{CampaignId, Moment, OfficeId},
    people::{Level, Office},
    record::{
        Field, Figure,
        sums::{Cut, Within},
    },
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

words! {
    /// What figures are broken down by.
    pub enum Breakdown {
        Office "office" "按下级机构" "By office below",
        Product "product" "按产品" "By product",
        Class "class" "按产品类别" "By class of products",
        Field "field" "按领域" "By field",
        Problem "problem" "按问题类型" "By kind of problem",
        Days "days" "按办理天数" "By days taken",
        Day "day" "按日" "By day",
    }
}

/// Which figures are wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Id of the campaign; all campaigns when left out.
    pub campaign: Option<CampaignId>,
    /// Id of the office, itself and all below it; the reader's own when left out.
    pub office: Option<OfficeId>,
    /// The cut-off: what was recorded later does not count. A moment or a day (its end).
    pub as_of: Option<String>,
    /// What to break them down by.
    #[param(inline)]
    pub by: Option<Breakdown>,
}

/// One figure of one office, product, field or day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cell {
    pub figure: Figure,
    /// The figure's name in the reader's language.
    pub label: String,
    pub office: OfficeId,
    pub office_name: String,
    /// Code of the product, or of the class of products.
    pub product: Option<String>,
    pub field: Option<Field>,
    /// Code of the problem, as the pack has it.
    pub problem: Option<String>,
    /// Days that it took.
    pub days: Option<i64>,
    /// The day; for enterprises inspected the day of their first visit.
    pub period: Option<Date>,
    pub value: i64,
    /// Address of the records that it counts.
    pub records: String,
}

#[cfg(test)]
impl Cell {
    /// A cell of `figure` that counts nothing.
    pub fn empty(figure: Figure) -> Self {
        Self {
            figure,
            label: String::new(),
            office: OfficeId::new(Moment::from_millis(0)),
            office_name: String::new(),
            product: None,
            field: None,
            problem: None,
            days: None,
            period: None,
            value: 0,
            records: String::new(),
        }
    }
}

/// What was asked, resolved: the office as it stands, the cut-off as a moment.
#[derive(Debug, Clone)]
pub struct Asked {
    pub office: Office,
    pub campaign: Option<CampaignId>,
    pub until: Moment,
    pub by: Option<Breakdown>,
}

impl Breakdown {
    /// How its sums are kept; days are kept beside every cut.
    pub(super) const fn cut(self) -> Cut {
        match self {
            Self::Day => Cut::Whole,
            Self::Office => Cut::Office,
            Self::Product => Cut::Product,
            Self::Class => Cut::Class,
            Self::Field => Cut::Field,
            Self::Problem => Cut::Problem,
            Self::Days => Cut::Days,
        }
    }
}

impl Asked {
    /// How its sums are kept.
    pub(super) fn cut(&self) -> Cut {
        self.by.map_or(Cut::Whole, Breakdown::cut)
    }

    /// The office as keys of sums name it: none for the nation.
    pub(super) fn key(&self) -> Option<OfficeId> {
        key(&self.office)
    }

    /// Which campaign's sums count.
    pub(super) fn within(&self) -> Within {
        self.campaign.map_or(Within::All, Within::One)
    }
}

/// An office as keys of sums name it: none for the nation.
pub(super) fn key(office: &Office) -> Option<OfficeId> {
    (office.level != Level::Nation).then_some(office.id)
}

/// One sum as the store reads it: figure, part, value.
pub type Sum = (Figure, Option<String>, i64);

/// The piece of SQL that says that a thing belongs to an office of `level` itself, not to one below.
pub(super) const fn own(level: Level) -> &'static str {
    match level {
        Level::Nation => " and coalesce(province, city, county, station) is null",
        Level::Province => " and coalesce(city, county, station) is null",
        Level::City => " and coalesce(county, station) is null",
        Level::County => " and station is null",
        Level::Station => "",
    }
}

/// The moment that a cut-off names: the end of a day, or a moment itself.
pub(super) fn cut_off(text: &str) -> Option<Moment> {
    let end_of = |day: Date| day.tomorrow().ok().map(|next| Moment::start_of(next).plus(-1));
    // a day alone would be read as its first moment
    let day = Some(text).filter(|t| t.len() == "2023-06-14".len()).and_then(|t| t.parse::<Date>().ok());
    day.map_or_else(|| text.parse::<Moment>().ok(), end_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_to_its_end() {
        let end = cut_off("2023-08-31").unwrap();
        assert_eq!(end.date(), jiff::civil::date(2023, 8, 31));
        assert_eq!(end.plus(1).date(), jiff::civil::date(2023, 9, 1));
        assert_eq!(cut_off("yesterday"), None);
    }
}
