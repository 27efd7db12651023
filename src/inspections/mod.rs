//! Inspections (现场检查): visits to enterprises, planned or not; what was asked, answered, found and signed.
//!
//! Read `life.rs` first, then [`Submission::check`]. A visit is planned with [`plan`], completed with [`submit`] (which
//! puts what was found on the hazard ledger in the same transaction), and changed with [`act`].

mod life;
mod model;
mod store;
mod web;

pub use life::{State, Verb};
pub use model::{Act, Answer, Answered, Finding, Inspection, Inspector, Plan, Sheet, Source, Submission};
pub use store::{Filter, list, query};
pub use web::routes;

use crate::{
    campaigns::{self, Pack},
    enterprises::{self, Enterprise},
    files,
    hazards::{self, Found, Origin},
    kernel::{Error, InspectionId, NOT_A_CHOICE, Result, db::Tx, secret},
    people::By,
    record::{self, Field},
};

refusals! {
    NOT_NOW "inspections.not_now" "该检查目前为“{state_zh}”，不能办理“{verb_zh}”。" "This visit is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "inspections.other_content" "同一编号已提交过内容不同的检查记录，两份内容均已保留，请核对。" "This id was used for a visit with other content; both were kept, please compare.";
}

/// Plans a visit. The same id again answers as the first time.
pub fn plan(tx: &mut Tx, by: &By, id: InspectionId, plan: &Plan) -> Result<Inspection> {
    by.actor.must_be(&[crate::people::Role::Supervisor, crate::people::Role::Inspector])?;
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), Some(known.enterprise))?;
        return if known.enterprise == plan.enterprise { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let enterprise = enterprises::get(tx, by.scope(), plan.enterprise)?;
    let (campaign, _) = campaigns::of(tx, plan.campaign)?;
    let mut visit = blank(id, by, &enterprise, campaign.id, campaign.pack_version);
    visit.planned_for = Some(plan.planned_for);
    visit.sorted_at = plan.planned_for.to_string();
    visit.lead = plan.lead.unwrap_or(by.actor.account);
    visit.source = plan.source.unwrap_or(Source::Planned);
    store::add(tx, &visit)?;
    record::began(tx, by, &visit, "plan", None)?;
    Ok(visit)
}

/// Takes in the record of a visit, planned or not, and puts what it found on the ledger. The same id with the same
/// content answers as the first time; with other content it is refused. Clauses: T3-1a, T3-1b, T3-1c, T2-2b.
pub fn submit(tx: &mut Tx, by: &By, id: InspectionId, sent: &Submission) -> Result<Inspection> {
    let digest = secret::sha256(serde_json::to_string(sent).map_err(Error::broken)?.as_bytes());
    let known = store::find(tx, id)?;
    if let Some(known) = &known {
        by.scope().check(&known.place(), Some(known.enterprise))?;
        if known.digest.is_some() {
            return if known.digest.as_ref() == Some(&digest) { Ok(known.clone()) } else { Err(Error::Conflict(OTHER_CONTENT)) };
        }
    }
    let enterprise = enterprises::get(tx, by.scope(), sent.enterprise)?;
    let (campaign, pack) = campaigns::of(tx, sent.campaign)?;
    let before = known.clone().unwrap_or_else(|| blank(id, by, &enterprise, campaign.id, campaign.pack_version));
    let (to, who) = before.state.step(Verb::Submit).ok_or_else(|| not_now(&before, Verb::Submit))?;
    by.actor.must_be(&[who])?;
    let after = filled(tx, by, before.clone(), sent, &pack, digest)?;
    let after = Inspection { state: to, ..after };
    if known.is_some() {
        store::save(tx, &after)?;
        record::changed(tx, by, &before, &after, (Verb::Submit.code(), None))?;
    } else {
        store::add(tx, &after)?;
        record::began(tx, by, &after, Verb::Submit.code(), None)?;
    }
    keep_evidence(tx, by, &after, &sent.sheet)?;
    for finding in &sent.hazards {
        find(tx, by, &after, finding)?;
    }
    Ok(after)
}
