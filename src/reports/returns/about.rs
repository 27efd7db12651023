//! What waits for somebody: returns to submit, and returns of offices below to accept.

use super::{REPORTERS, Return, State, periods, reported, store};
use crate::{
    campaigns,
    kernel::{Lang, OfficeId, Result, db::Tx},
    people::{By, store as offices},
};
use jiff::civil::Date;

/// A return that somebody must see to.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub href: String,
    pub title: String,
    pub due: Date,
    /// Where it stands; none: not begun.
    pub state: Option<State>,
    /// Whether it is the own one; else it is to be accepted.
    pub own: bool,
}

/// What waits for the actor's office in the campaigns under way, the earliest due first.
pub fn waiting(tx: &mut Tx, by: &By, lang: Lang) -> Result<Vec<Waiting>> {
    if by.actor.must_be(REPORTERS).is_err() {
        return Ok(Vec::new());
    }
    let (own, today) = (&by.actor.office, by.at.date());
    let mut waiting = Vec::new();
    for campaign in reported(tx, by)?.into_iter().filter(|c| c.state == campaigns::State::Open) {
        let (campaign, pack) = campaigns::of(tx, campaign.id)?;
        let below: Vec<OfficeId> = offices::offices_below(tx, own.id)?.into_iter().map(|o| o.id).collect();
        let ids: Vec<OfficeId> = std::iter::once(own.id).chain(below).collect();
        let returns = store::of_offices(tx, campaign.id, &ids)?;
        let over = periods(&pack, &campaign).into_iter().filter(|p| p.ends < today && own.level <= p.level);
        for period in over {
            let mine = returns.iter().find(|r| r.office == own.id && r.period == period.code);
            if mine.is_none_or(|r| !r.state.is_out()) {
                waiting.push(Waiting {
                    href: mine.map_or_else(|| format!("/returns?campaign={}", campaign.id), Return::href),
                    title: period.label(lang).to_owned(),
                    due: period.due,
                    state: mine.map(|r| r.state),
                    own: true,
                });
            }
        }
        let asked = returns.iter().filter(|r| r.office != own.id && r.state == State::Submitted);
        waiting.extend(asked.map(|r| Waiting {
            href: r.href(),
            title: format!("{} · {}", r.office_label(lang), r.period_label(lang)),
            due: r.due,
            state: Some(r.state),
            own: false,
        }));
    }
    waiting.sort_by(|a, b| (a.due, &a.title).cmp(&(b.due, &b.title)));
    Ok(waiting)
}
