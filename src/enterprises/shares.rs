//! Division of targets by enterprises (按企业数分解): how many subjects of a product work in the area of each office below.
//!
//! Here, and not among the targets, because only here it is known who there is. The job that decomposes everything is run
//! from here for the same reason.

use super::store;
use crate::{
    campaigns::targets::{self, Decomposition, DivideBy, Key, Share, Target},
    kernel::{App, CampaignId, Result, TargetId, db::Tx},
    people::{By, Office},
};

/// Targets of one transaction of a decomposition.
const BATCH: i64 = 20;
/// Tries of a batch before the rest is left for the next start.
const TRIES: u32 = 5;

/// How many working subjects each office has of what a target is about: of its product and its kind of targets.
pub fn weigh(tx: &mut Tx, target: &Target, below: &[Office]) -> Result<Vec<i64>> {
    below.iter().map(|office| store::count_marked(tx, office.scope(), &target.product, &target.focus)).collect()
}

/// How the target `id` would be divided by the number of enterprises. Nothing is changed.
pub fn proposed(tx: &mut Tx, by: &By, id: TargetId) -> Result<Vec<Share>> {
    let target = targets::get(tx, by.scope(), id)?;
    targets::proposed(tx, &target, &mut weigh)
}

/// Does the next batch of a decomposition; none when it is at its end.
pub fn go_on(tx: &mut Tx, by: &By, campaign: CampaignId) -> Result<Option<Decomposition>> {
    let Some(running) = targets::progress(tx, by, campaign)? else { return Ok(None) };
    let (mut even, mut weigh) = (targets::even, weigh);
    let key: Key = match running.key {
        DivideBy::Even => &mut even,
        DivideBy::Enterprises => &mut weigh,
    };
    targets::go_on(tx, by, campaign, BATCH, key)
}

/// Works a decomposition off to the end, batch by batch, as the person who began it; `tell` hears how far it is.
pub async fn run(app: App, by: By, campaign: CampaignId, tell: impl Fn(&Decomposition) + Send) -> Result<()> {
    let mut failures = 0;
    loop {
        let by = By { at: app.clock.now(), ..by.clone() };
        match app.act(&by, move |tx, by| go_on(tx, by, campaign)).await {
            Ok(Some(now)) => {
                failures = 0;
                tell(&now);
            }
            Ok(None) => return Ok(()),
            Err(error) if failures < TRIES => {
                failures += 1;
                tracing::warn!(%campaign, %error, "a batch of a decomposition failed; again");
            }
            Err(error) => {
                tracing::error!(%campaign, %error, "a decomposition stopped; it goes on at the next start");
                return Err(error);
            }
        }
    }
}
