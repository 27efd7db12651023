//! What a hazard contributes to the figures.

use super::{Hazard, State};
use crate::{
    campaigns::Severity,
    kernel::{CampaignId, EnterpriseId},
    people::Place,
    record::{Count, Dimensions, Figure, Kind, Thing, key_of, sums},
};

impl Hazard {
    /// Which product, field and enterprise, where: what the figures can be broken down by.
    fn dimensions(&self) -> Dimensions {
        Dimensions {
            campaign: Some(self.campaign),
            product: Some(self.product.clone()),
            field: Some(self.field),
            enterprise: Some(self.enterprise),
            place: key_of(&self.place()),
            ..Dimensions::default()
        }
    }

    /// As [`Hazard::dimensions`], with what only this figure can be broken down by.
    fn dimensions_of(&self, figure: Figure) -> Dimensions {
        let days = self.closed_at.map(|closed| sums::day_of(closed) - sums::day_of(self.found_at));
        Dimensions {
            problem: (figure == Figure::Found).then(|| self.problem.clone()),
            days: days.filter(|_| figure == Figure::Closed),
            ..self.dimensions()
        }
    }
}

impl Thing for Hazard {
    const KIND: Kind = Kind::Hazard;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}", self.number, self.what)
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        Some(self.enterprise)
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    /// R07, R08, R14, R26 of the returns.
    fn counts(&self) -> Vec<Count> {
        let established = self.state != State::NotEstablished;
        let rectified = self.state.is_closed() || self.state == State::Verified;
        let amounts = [
            (Figure::Found, i64::from(established)),
            (Figure::Major, i64::from(established && self.severity == Severity::Major)),
            (Figure::NotEstablished, i64::from(!established)),
            (Figure::Ordered, self.orders),
            (Figure::Rectified, i64::from(rectified)),
            (Figure::Closed, i64::from(self.state.is_closed())),
            (Figure::Open, i64::from(self.state.is_open())),
            (Figure::ClosedMajor, i64::from(self.state.is_closed() && self.severity == Severity::Major)),
            (Figure::OpenMajor, i64::from(self.state.is_open() && self.severity == Severity::Major)),
            (Figure::Awaiting, i64::from(matches!(self.state, State::Submitted | State::Verified))),
            (Figure::Overdue, i64::from(self.overdue)),
            (Figure::LookBacks, self.look_backs),
            (Figure::LookBackPassed, self.look_backs_passed),
            (Figure::RepeatChecks, self.repeat_checks),
            (Figure::RepeatCheckPassed, self.repeat_checks_passed),
            (Figure::Reopened, self.reopenings),
        ];
        let counted = amounts.into_iter().filter(|(_, amount)| *amount != 0);
        counted.map(|(figure, amount)| Count { figure, amount, by: self.dimensions_of(figure) }).collect()
    }

    fn hidden() -> &'static [&'static str] {
        &["digest"]
    }
}
