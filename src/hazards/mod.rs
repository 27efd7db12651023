//! Hazards (隐患): what an inspection found wrong, and its road to being put right.
//!
//! Read `life.rs` first: [`State::step`] is the whole life of a hazard. `rules.rs` says what the facts allow beside it.
//! Everything happens through two functions: [`register`] and [`act`]. Page, API, import, field app and command line
//! all come through here.

mod life;
mod model;
mod rules;
mod store;
mod web;

pub use life::{State, Verb};
pub use model::{Act, Facts, Found, Handling, Hazard, Origin};
pub use store::{Filter, list, query};
pub use web::routes;

use crate::{
    campaigns, files,
    kernel::{Error, HazardId, Result, db::Tx, secret},
    people::{By, Scope, store as offices},
    record,
};

refusals! {
    NOT_NOW "hazards.not_now" "该隐患目前处于“{state_zh}”，不能办理“{verb_zh}”。" "This hazard is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "hazards.other_content" "同一编号已登记过内容不同的隐患，两份内容均已保留，请核对。" "This id was used for a hazard with other content; both were kept, please compare.";
}

/// Puts a hazard on the ledger. The same id with the same content answers as the first time; with other content it is
/// refused and both are kept. Clause: T2-2b.
pub fn register(tx: &mut Tx, by: &By, found: &Found) -> Result<Hazard> {
    let digest = secret::sha256(serde_json::to_string(found).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::find(tx, found.id)? {
        by.scope().check(&known.place(), Some(known.enterprise))?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let hazard = found.established(tx, by, digest)?;
    store::add(tx, &hazard)?;
    files::link_all(tx, by, &found.evidence, &hazard, "found")?;
    record::began(tx, by, &hazard, "register", None)?;
    Ok(hazard)
}

/// Does `act` to the hazard `id`: permitted, applied, saved and recorded together, or not at all.
/// Clauses: T2-2c, S-4a, S-4c.
pub fn act(tx: &mut Tx, by: &By, id: HazardId, act: &Act) -> Result<Hazard> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| not_now(&before, act.verb()))?;
    by.actor.must_be(&[who])?;
    files::link_all(tx, by, act.evidence(), &before, act.verb().code())?;
    let known = Known::of(tx, by, &before, act)?;
    let after = before.clone().after(act, to, &known.facts(by))?;
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), act.why()))?;
    Ok(after)
}
