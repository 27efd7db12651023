//! Hazards (隐患): what an inspection found wrong, and its road to being put right.
//!
//! Read `life.rs` first: [`State::step`] is the whole life of a hazard. `rules.rs` says what the facts allow beside it.
//! Everything happens through two functions: [`register`] and [`act`]. Page, API, import, field app and command line
//! all come through here.

mod counts;
mod draw;
mod draw_web;
mod forms;
mod known;
mod life;
mod model;
mod papers;
mod rules;
mod store;
mod table;
mod web;

pub use draw::{DRAWERS, DrawKind, LookBack, NewDraw, draw, draws};
pub use life::{State, Verb};
pub use model::{Act, Facts, Found, Handling, Hazard, Origin};
pub use papers::{evidence, party, provisions};
pub use rules::RECTIFIED;
pub use store::{
    DRAW_ORDERS, Filter, ORDERS, Standing, Wait, all, count, count_query, draw_query, find, laggards, laggards_query,
    list, of_origin, open_at, open_query, query, standing_of, standing_query, waiting_since,
};
pub use table::table;
pub use web::routes;

use crate::{
    campaigns::{self, Pack, Severity},
    enterprises::{
        self, Enterprise,
        watches::{self, NewWatch},
    },
    files,
    kernel::{Error, HazardId, NOT_A_CHOICE, Refusal, Result, db::Tx, secret},
    people::{By, Role, Scope, store as offices},
    record,
};
use known::Known;

refusals! {
    NOT_NOW "hazards.not_now" "该隐患目前处于“{state_zh}”，不能办理“{verb_zh}”。" "This hazard is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "hazards.other_content" "同一编号已登记过内容不同的隐患，两份内容均已保留，请核对。" "This id was used for a hazard with other content; both were kept, please compare.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [REFUSALS, model::REFUSALS, draw::REFUSALS].into_iter().flatten().cloned()
}

/// Who may put a hazard on the ledger: inspectors what they find, an enterprise what it reports of itself (T2-2d).
pub const REGISTRARS: &[Role] = &[Role::Inspector, Role::Supervisor, Role::Enterprise];

/// Puts a hazard on the ledger. The same id with the same content answers as the first time; with other content it is
/// refused. Clause: T2-2b.
pub fn register(tx: &mut Tx, by: &By, found: &Found) -> Result<Hazard> {
    by.actor.must_be(REGISTRARS)?;
    let digest = secret::sha256(serde_json::to_string(found).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::find(tx, found.id)? {
        by.scope().check(&known.place(), Some(known.enterprise))?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let enterprise = enterprises::get(tx, by.scope(), found.enterprise)?;
    let (_, pack) = campaigns::of(tx, found.campaign)?;
    let hazard = entry_of(tx, by, found, &enterprise, &pack, digest)?;
    store::add(tx, &hazard)?;
    files::link_all(tx, by, &found.evidence, &hazard, "found")?;
    record::began(tx, by, &hazard, "register", None)?;
    Ok(hazard)
}

/// Does `act` to the hazard `id`: permitted, applied, saved and recorded together, or not at all.
/// Clauses: T2-2c, S-4a, S-4c.
pub fn act(tx: &mut Tx, by: &By, id: HazardId, act: &Act) -> Result<Hazard> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| Error::Refused(not_now(&before, act.verb())))?;
    by.actor.must_be(&[who])?;
    files::link_all(tx, by, act.evidence(), &before, act.verb().code())?;
    let known = Known::of(tx, by, &before, act)?;
    let after = before.clone().after(act, to, &known.facts(by))?;
    let withdrawn = match act {
        Act::WithdrawEvidence { file, why } => Some(files::withdraw(tx, by, file, &after, why)?),
        _ => None,
    };
    store::save(tx, &after)?;
    if after.place() != before.place() {
        files::moved(tx, &id.to_string(), &after.place(), Some(after.enterprise))?;
    }
    let note = withdrawn.map(|file| format!("{file} · {}", act.why().unwrap_or_default()));
    record::changed(tx, by, &before, &after, (act.verb().code(), note.as_deref().or(act.why())))?;
    papers::issue(tx, by, &after, act)?;
    watch(tx, by, &after, act, &known)?;
    Ok(after)
}

/// What an act means for the watch on an enterprise that had stopped: see [`watches`].
fn watch(tx: &mut Tx, by: &By, hazard: &Hazard, act: &Act, known: &Known) -> Result<()> {
    match (act, known.watched_for()) {
        (Act::Close { .. }, Some(ground)) => {
            let (product, ground) = (hazard.product.as_str(), (ground.zh.as_str(), ground.en.as_str()));
            let place = hazard.place();
            watches::put(tx, by, &NewWatch { id: hazard.id, enterprise: hazard.enterprise, product, ground, place })
        }
        (Act::DrawLookBack { .. } | Act::DrawRepeatCheck { .. }, _) => watches::watch_on(tx, hazard.id),
        (Act::Reopen { .. }, _) => watches::end(tx, hazard.id),
        _ => Ok(()),
    }
}

/// Marks what has fallen overdue, a batch at a time; says how many. The clock calls this. Clause: S-4a.
pub fn lapse_due(tx: &mut Tx, by: &By) -> Result<u64> {
    let lapsed = store::lapsed(tx, by.at.date())?;
    for id in &lapsed {
        act(tx, by, *id, &Act::Lapse)?;
    }
    Ok(lapsed.len() as u64)
}

/// The hazard `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: HazardId) -> Result<Hazard> {
    store::get(tx, scope, id)
}

/// What a hazard is found by.
pub fn entry(tx: &mut Tx, id: &str) -> Result<Option<record::Entry>> {
    let hazard = store::find(tx, HazardId::parse(id)?)?;
    Ok(hazard.map(|h| record::Entry {
        shelves: record::shelves(&h.place()),
        texts: vec![h.what],
        numbers: vec![h.number],
    }))
}

fn not_now(hazard: &Hazard, verb: Verb) -> Refusal {
    use crate::kernel::Lang::{En, Zh};
    NOT_NOW
        .with("state_zh", hazard.state.label(Zh))
        .with("state_en", hazard.state.label(En))
        .with("verb_zh", verb.label(Zh))
        .with("verb_en", verb.label(En))
}

/// The entry of the ledger that `found` becomes.
fn entry_of(
    tx: &mut Tx,
    by: &By,
    found: &Found,
    enterprise: &Enterprise,
    pack: &Pack,
    digest: String,
) -> Result<Hazard> {
    known::said("what", &found.what)?;
    let Some(problem) = pack.problem(&found.problem) else {
        return NOT_A_CHOICE.with("value", &found.problem).at("problem");
    };
    if pack.product(&found.product).is_none() {
        return NOT_A_CHOICE.with("value", &found.product).at("product");
    }
    let severity = found.severity.unwrap_or(problem.severity);
    let place = by.stands(enterprise.place(), enterprise.id);
    Ok(Hazard {
        id: found.id,
        number: number(tx, by, &place)?,
        digest,
        campaign: found.campaign,
        enterprise: enterprise.id,
        party: enterprise.name.clone(),
        product: found.product.clone(),
        made_on: found.made_on,
        field: found.field,
        problem: found.problem.clone(),
        clause: problem.basis.clone(),
        what: found.what.trim().to_owned(),
        severity,
        origin: found.origin,
        origin_id: found.origin_id.clone(),
        state: State::Registered,
        found_at: by.done_at(),
        found_by: by.actor.account,
        handler: by.actor.account,
        due: None,
        orders: 0,
        measure: None,
        rectified_by: None,
        reason: None,
        verified_by: None,
        handling: None,
        case_number: None,
        closed_by: None,
        closed_at: None,
        // A major hazard is under supervised handling from the first day (挂牌督办).
        supervised: severity == Severity::Major && pack.severity(severity).supervised,
        overdue: false,
        extension: None,
        extension_why: None,
        look_back_due: None,
        look_backs: 0,
        look_backs_passed: 0,
        repeat_checks: 0,
        repeat_checks_passed: 0,
        reopenings: 0,
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
        version: 1,
    })
}

/// The next number of the ledger of the county (or whichever office is responsible): YH130123-2023-00012.
fn number(tx: &mut Tx, by: &By, place: &crate::people::Place) -> Result<String> {
    let owner = place.county.or(place.owner()).unwrap_or(by.actor.office.id);
    let code = offices::office(tx, owner)?.code;
    let year = by.at.date().year();
    let serial = record::next_number(tx, &format!("hazards/{owner}/{year}"))?;
    Ok(format!("YH{code}-{year}-{serial:05}"))
}
