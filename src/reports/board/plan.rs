//! How an office and those below it stand with their targets, laid beside the figures of the board.

use super::{Line, Wanted};
use crate::{
    campaigns::Campaign,
    kernel::{Moment, Result, db::Tx},
    people::{By, Office, Role},
    reports::{
        model::cut_off,
        progress::{self, Plan, Standing},
    },
};

/// How `office` stands with each of its targets; lays how those below stand with theirs on their lines, and where the
/// reader reminds them.
pub(super) fn lay(
    tx: &mut Tx,
    by: &By,
    (office, campaign): (&Office, Option<&Campaign>),
    below: &mut [Line],
    wanted: &Wanted,
) -> Result<Vec<Standing>> {
    let Some(campaign) = campaign else { return Ok(Vec::new()) };
    let until = wanted.as_of.as_deref().and_then(cut_off);
    let today = until.unwrap_or(by.at).date();
    let mut offices: Vec<Office> = below.iter().map(|line| line.office.clone()).collect();
    if !offices.iter().any(|o| o.id == office.id) {
        offices.push(office.clone());
    }
    let mut standings =
        progress::standings(tx, campaign, &offices, (until.unwrap_or(Moment::from_millis(i64::MAX)), today))?;
    let leads = by.actor.is(Role::Coordinator) && by.actor.office.id == office.id && until.is_none();
    for line in below.iter_mut().filter(|line| !line.href.is_empty()) {
        let of = (campaign.id, line.office.id);
        line.plan = standings.get(&of.1).map(|all| Plan::of(all)).unwrap_or_default();
        line.targets = format!("/targets?campaign={}&office={}", of.0, of.1);
        if leads {
            line.remind = format!("/reminders/new?campaign={}&office={}", of.0, of.1);
        }
    }
    Ok(standings.remove(&office.id).unwrap_or_default())
}
