//! Who has reported for which period, and who has not: the offices of a level side by side.

use super::{Gap, Period, Return, State, model::days_late, periods, store};
use crate::{
    campaigns,
    kernel::{CampaignId, OfficeId, Result, ReturnId, db::Tx},
    people::{By, Office, store as offices},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// The returns of an office and of those directly below it, period by period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReturnMatrix)]
pub struct Matrix {
    pub campaign: CampaignId,
    /// Those that have begun.
    pub periods: Vec<Period>,
    /// The office itself first.
    pub lines: Vec<Line>,
}

/// An office and what it has reported.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReturnLine)]
pub struct Line {
    pub office: OfficeId,
    pub zh: String,
    pub en: String,
    /// In the order of the periods; none where the office does not report.
    pub slots: Vec<Option<Slot>>,
}

/// What an office has reported for a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReturnSlot)]
pub struct Slot {
    /// Its return; none: silence.
    pub id: Option<ReturnId>,
    pub state: Option<State>,
    /// Whether it said that there is nothing to report.
    pub nil: bool,
    /// Days by which it came too late, or is late now.
    pub late: Option<i64>,
    /// Whether the period is over, so that silence is a gap.
    pub over: bool,
    /// Why the office above goes on without it.
    pub excused: Option<String>,
}

impl Slot {
    /// Whether the period is over and nothing was submitted.
    pub fn is_gap(&self) -> bool {
        self.over && !self.state.is_some_and(State::is_out)
    }
}

/// The matrix of the actor's office in a campaign.
pub fn matrix(tx: &mut Tx, by: &By, campaign: CampaignId) -> Result<Matrix> {
    by.actor.must_be(super::READERS)?;
    campaigns::find(tx, &by.actor, campaign)?;
    let (campaign, pack) = campaigns::of(tx, campaign)?;
    let own = &by.actor.office;
    let today = by.at.date();
    let mut periods = periods(&pack, &campaign);
    periods.retain(|p| p.begins <= today);
    let mut all = offices::offices_below(tx, own.id)?;
    all.retain(|o| o.active && periods.iter().any(|p| o.level <= p.level));
    all.insert(0, own.clone());
    let ids: Vec<OfficeId> = all.iter().map(|o| o.id).collect();
    let returns = store::of_offices(tx, campaign.id, &ids)?;
    let line = |office: &Office| Line {
        office: office.id,
        zh: office.name.clone(),
        en: office.name_en.clone(),
        slots: periods.iter().map(|period| slot(office, period, own, &returns, today)).collect(),
    };
    Ok(Matrix { campaign: campaign.id, lines: all.iter().map(line).collect(), periods })
}

fn slot(office: &Office, period: &Period, own: &Office, returns: &[Return], today: Date) -> Option<Slot> {
    if office.level > period.level {
        return None;
    }
    let of = |office: OfficeId| returns.iter().find(|r| r.office == office && r.period == period.code);
    let found = of(office.id);
    let gaps = of(own.id).map(Return::gaps).unwrap_or_default();
    let excused = |gap: Gap| (gap.office == office.id).then_some(gap.why);
    Some(Slot {
        id: found.map(|r| r.id),
        state: found.map(|r| r.state),
        nil: found.is_some_and(|r| r.nil && r.state.is_out()),
        late: found.map_or_else(|| days_late(period.due, today), |r| r.days_late(today)),
        over: period.ends < today,
        excused: gaps.into_iter().find_map(excused),
    })
}
