//! What waits for somebody: returns to submit, and returns of offices below to accept.

use super::{REPORTERS, Return, State, periods, reported, store};
use crate::{
    campaigns,
    kernel::{CampaignId, Lang, OfficeId, Result, db::Tx},
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
}

/// Returns that the actor's office has to submit in the campaigns under way, the earliest due first.
pub fn to_submit(tx: &mut Tx, by: &By, lang: Lang) -> Result<Vec<Waiting>> {
    let (own, today) = (&by.actor.office, by.at.date());
    let mut waiting = Vec::new();
    for campaign in under_way(tx, by)? {
        let (campaign, pack) = campaigns::of(tx, campaign)?;
        let returns = store::of_offices(tx, campaign.id, &[own.id])?;
        for period in periods(&pack, &campaign).into_iter().filter(|p| p.ends < today && own.level <= p.level) {
            let mine = returns.iter().find(|r| r.period == period.code);
            if mine.is_none_or(|r| !r.state.is_out()) {
                waiting.push(Waiting {
                    href: mine.map_or_else(|| format!("/returns?campaign={}", campaign.id), Return::href),
                    title: period.label(lang).to_owned(),
                    due: period.due,
                    state: mine.map(|r| r.state),
                });
            }
        }
    }
    Ok(by_due(waiting))
}

/// Returns of offices below that wait for the actor's office to accept them, the earliest due first.
pub fn to_accept(tx: &mut Tx, by: &By, lang: Lang) -> Result<Vec<Waiting>> {
    let mut waiting = Vec::new();
    let below: Vec<OfficeId> = offices::offices_below(tx, by.actor.office.id)?.into_iter().map(|o| o.id).collect();
    for campaign in under_way(tx, by)? {
        let submitted = store::of_offices(tx, campaign, &below)?.into_iter().filter(|r| r.state == State::Submitted);
        waiting.extend(submitted.map(|r| Waiting {
            href: r.href(),
            title: format!("{} · {}", r.office_label(lang), r.period_label(lang)),
            due: r.due,
            state: Some(r.state),
        }));
    }
    Ok(by_due(waiting))
}

/// The campaigns under way for which the actor's office reports; none for who has nothing to do with returns.
fn under_way(tx: &mut Tx, by: &By) -> Result<Vec<CampaignId>> {
    if by.actor.must_be(REPORTERS).is_err() {
        return Ok(Vec::new());
    }
    let reported = reported(tx, by)?.into_iter();
    Ok(reported.filter(|c| c.state == campaigns::State::Open).map(|c| c.id).collect())
}

fn by_due(mut waiting: Vec<Waiting>) -> Vec<Waiting> {
    waiting.sort_by(|a, b| (a.due, &a.title).cmp(&(b.due, &b.title)));
    waiting
}
