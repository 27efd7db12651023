//! The decomposition of everything as a job (一键分解): begun once, done batch by batch, gone on with after a stop.
//!
//! Who weighs the offices is not known here: whoever runs the job brings the key. How far it is stands in the database, in
//! the same transaction as what was divided, so that a kill at any point neither loses nor doubles anything.

use super::{HEADS, decompose, decompose::Key, store};
use crate::{
    kernel::{AccountId, CampaignId, Moment, OfficeId, Result, TargetId, db::Tx},
    people::By,
    record,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// By what everything is divided.
    pub enum DivideBy {
        Even "even" "按县级机构数平均" "Evenly over county offices",
        Enterprises "enterprises" "按企业数" "By the number of enterprises",
    }
}

/// A decomposition to be begun.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecomposition {
    pub campaign: CampaignId,
    pub by: DivideBy,
}

row! {
    /// The decomposition of everything that an office has in a campaign, down to the county: how far it is.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Decomposition {
        pub campaign: CampaignId,
        pub office: OfficeId,
        /// For whom it runs.
        pub account: AccountId,
        pub key: DivideBy,
        #[schema(value_type = String)]
        pub begun_at: Moment,
        #[schema(value_type = Option<String>)]
        pub finished_at: Option<Moment>,
        /// Targets that were divided.
        pub divided: i64,
        /// Targets that stay as they are: nobody below, nothing to divide by, or sent back.
        pub remaining: i64,
        #[serde(skip)]
        pub fresh: i64,
        #[serde(skip)]
        pub after: Option<TargetId>,
    }
}

/// Begins to decompose all that the actor's office has in a campaign and nobody has divided. One that is under way is gone
/// on with.
pub fn begin(tx: &mut Tx, by: &By, new: &NewDecomposition) -> Result<Decomposition> {
    by.actor.must_be(HEADS)?;
    let campaign = crate::campaigns::find(tx, &by.actor, new.campaign)?;
    super::ensure_open(&campaign)?;
    let office = by.actor.office.id;
    let known = store::decomposition(tx, new.campaign, office)?;
    if let Some(running) = known.as_ref().filter(|d| d.finished_at.is_none()) {
        return Ok(running.clone());
    }
    let begun = Decomposition {
        campaign: new.campaign,
        office,
        account: by.actor.account,
        key: new.by,
        begun_at: by.at,
        finished_at: None,
        divided: 0,
        remaining: 0,
        fresh: 0,
        after: None,
    };
    match known {
        None => store::add_decomposition(tx, &begun)?,
        Some(_) => store::save_decomposition(tx, &begun)?,
    }
    record::changed(tx, by, &campaign, &campaign, ("decompose", Some(new.by.label(crate::kernel::Lang::Zh))))?;
    Ok(begun)
}

/// Divides up to `most` more targets by `key`, in one transaction.
///
/// What is divided makes targets with greater ids, so that one pass mostly finds all; a pass that has divided something
/// is followed by another, because clocks of those who make ids may differ.
pub fn go_on(tx: &mut Tx, by: &By, campaign: CampaignId, most: i64, key: Key) -> Result<Option<Decomposition>> {
    let known = store::decomposition(tx, campaign, by.actor.office.id)?;
    let Some(before) = known.filter(|d| d.finished_at.is_none()) else { return Ok(None) };
    let done = decompose(tx, by, campaign, (before.after, most), key)?;
    let mut now = Decomposition {
        divided: before.divided + done.divided,
        remaining: before.remaining + done.left,
        fresh: before.fresh + done.divided,
        after: done.after,
        ..before
    };
    if now.after.is_none() && now.fresh == 0 {
        now.finished_at = Some(by.at);
    } else if now.after.is_none() {
        (now.fresh, now.remaining) = (0, 0);
    }
    store::save_decomposition(tx, &now)?;
    Ok(Some(now).filter(|d| d.finished_at.is_none()))
}

/// How far the decomposition of the actor's office in a campaign is, if there was one.
pub fn progress(tx: &mut Tx, by: &By, campaign: CampaignId) -> Result<Option<Decomposition>> {
    by.actor.must_be(HEADS)?;
    store::decomposition(tx, campaign, by.actor.office.id)
}

/// What a stopped process has left.
pub fn unfinished(tx: &mut Tx) -> Result<Vec<Decomposition>> {
    store::running(tx)
}
