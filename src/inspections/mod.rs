//! Inspections (现场检查): visits to enterprises, planned or not; what was asked, answered, found and signed.
//!
//! Read `life.rs` first, then [`Submission::check`]. A visit is planned with [`plan`], completed with [`submit`] (which
//! puts what was found on the hazard ledger in the same transaction), and changed with [`act`].

mod fill;
mod form;
mod forms;
mod life;
mod model;
mod new;
mod pages;
mod papers;
mod preview;
mod questions;
mod rules;
mod sheet;
pub mod signs;
mod store;
pub mod sync;
mod table;
mod web;

pub use crate::campaigns::Answered;
pub use life::{State, Verb};
pub use model::{Act, Answer, Finding, Inspection, Inspector, Plan, Sheet, Source, Submission};
pub use store::{
    Filter, ORDERS, Seen, all, assigned_query, count_planned, due_query, find, laggards, laggards_query, list,
    past_query, query, seen, seen_query, waiting_since,
};
pub use table::table;
pub use web::routes;

use crate::{
    accounts,
    campaigns::{self, Campaign, Checklist, Item, Pack, Side},
    enterprises::{
        self, Enterprise,
        watches::{self, Sign},
    },
    files,
    hazards::{self, Found, Origin},
    kernel::{
        AccountId, CampaignId, Error, InspectionId, Lang, NOT_A_CHOICE, REQUIRED, Refusal, Result, db::Tx, ensure,
        secret,
    },
    people::{By, Role, Scope, store as offices},
    record::{self, Field},
};
use papers::Record;
use rules::NO_CHECKLIST;
use std::sync::Arc;

refusals! {
    NOT_NOW "inspections.not_now" "该检查目前为“{state_zh}”，不能办理“{verb_zh}”。" "This visit is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_VISIT "inspections.other_visit" "这次检查安排的是另一家企业或者另一项行动，请核对后重新提交。" "This visit was planned for another enterprise or campaign; please compare and send it again.";
    OTHER_CONTENT "inspections.other_content" "同一编号已提交过内容不同的检查记录，两份内容均已保留，请核对。" "This id was used for a visit with other content; both were kept, please compare.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [REFUSALS, rules::REFUSALS, sync::REFUSALS].into_iter().chain(signs::refusals()).flatten().cloned()
}

/// Who may plan a visit.
pub const PLANNERS: &[Role] = &[Role::Supervisor, Role::Coordinator, Role::Inspector];
/// Who may make one, planned or not, and go along.
pub const VISITORS: &[Role] = &[Role::Inspector];

/// Plans a visit. The same id again answers as the first time.
pub fn plan(tx: &mut Tx, by: &By, id: InspectionId, plan: &Plan) -> Result<Inspection> {
    by.actor.must_be(PLANNERS)?;
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), Some(known.enterprise))?;
        return if known.enterprise == plan.enterprise { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    if let Some(lead) = plan.lead {
        accounts::colleague(tx, by.scope(), lead)?;
    }
    let enterprise = enterprises::get(tx, by.scope(), plan.enterprise)?;
    let campaign = campaigns::find(tx, &by.actor, plan.campaign)
        .map_err(|_| Error::invalid("campaign", NOT_A_CHOICE.with("value", plan.campaign)))?;
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
    let digest = digest(sent)?;
    let known = store::find(tx, id)?;
    if let Some(known) = &known {
        by.scope().check(&known.place(), Some(known.enterprise))?;
        match &known.digest {
            Some(before) if *before == digest => return Ok(known.clone()),
            Some(_) => return Err(Error::Conflict(OTHER_CONTENT)),
            None => {}
        }
    }
    let (campaign, pack) = pack_of(tx, sent)?;
    let enterprise = enterprises::get(tx, by.scope(), sent.enterprise)?;
    let before = match &known {
        Some(planned) => planned.clone(),
        None => blank(id, by, &enterprise, campaign.id, pack.about.version),
    };
    let same = before.enterprise == sent.enterprise || before.enterprise == enterprise.id;
    ensure(same && before.campaign == campaign.id, OTHER_VISIT)?;
    let (to, who) = before.state.step(Verb::Submit).ok_or_else(|| not_now(&before, Verb::Submit))?;
    by.actor.must_be(who)?;
    let list = checklist_of(&pack, &sent.checklist)?;
    let all = asked(&pack, list, sent);
    let items = sent.to_answer(&all);
    sent.check((&all, &items), by.actor.account, by.at)?;
    let mut after = Inspection { state: to, digest: Some(digest), pack_version: pack.about.version, ..before.clone() };
    after.fill(sent, list, &pack, team(tx, by, sent)?)?;
    let number = number(tx, by, &after)?;
    record::index_number(tx, &id.to_string(), &number, &after.place())?;
    after.number = Some(number);
    if known.is_some() {
        store::save(tx, &after)?;
        record::changed(tx, by, &before, &after, (Verb::Submit.code(), None))?;
    } else {
        store::add(tx, &after)?;
        record::began(tx, by, &after, Verb::Submit.code(), None)?;
    }
    keep_evidence(tx, by, &after, &sent.sheet)?;
    watches::seen(tx, by, after.enterprise, Sign::Visit, Some(&after.products()))?;
    let (visit, site, pack) = (&after, &enterprise, &*pack);
    let record = Record { visit, sent, site, pack, list, items: &items, campaign: &campaign.zh };
    papers::issue(tx, by, &record)?;
    for finding in &sent.hazards {
        put_on_ledger(tx, by, &after, sent, finding).map_err(|e| of_finding(e, finding))?;
    }
    Ok(after)
}

/// The hash by which a record that is sent again is known.
fn digest(sent: &Submission) -> Result<String> {
    Ok(secret::sha256(serde_json::to_string(sent).map_err(Error::broken)?.as_bytes()))
}

/// Does `act` to the visit `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: InspectionId, act: &Act) -> Result<Inspection> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| not_now(&before, act.verb()))?;
    by.actor.must_be(who)?;
    match act {
        Act::Move { lead: Some(lead), .. } => accounts::colleague(tx, by.scope(), *lead).map(|_| ())?,
        Act::Confirm { sha256 } => sync::may_confirm(tx, by, &before, sha256)?,
        Act::Move { .. } | Act::Cancel { .. } | Act::Amend { .. } => {}
    }
    let after = before.clone().after(act, to)?;
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), act.why()))?;
    Ok(after)
}

/// The visit `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: InspectionId) -> Result<Inspection> {
    store::get(tx, scope, id)
}

/// The checklist `code` of a pack.
pub fn checklist_of<'p>(pack: &'p Pack, code: &str) -> Result<&'p Checklist> {
    pack.checklist(code).ok_or_else(|| Error::invalid("checklist", NO_CHECKLIST.with("code", code)))
}

/// The questions of a checklist that such a visit asks; some of them on certain answers only: see
/// [`Submission::to_answer`].
pub fn asked<'p>(pack: &'p Pack, list: &'p Checklist, sent: &Submission) -> Vec<&'p Item> {
    let products: Vec<&str> = sent.products.iter().map(String::as_str).collect();
    pack.items_for(list, &products, Side::of(sent.field), sent.started_at.date())
}

fn not_now(visit: &Inspection, verb: Verb) -> Error {
    let refusal = NOT_NOW
        .with("state_zh", visit.state.label(Lang::Zh))
        .with("state_en", visit.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En));
    Error::Refused(refusal)
}

/// Those who made the visit, each an open account of the scope.
fn team(tx: &mut Tx, by: &By, sent: &Submission) -> Result<Vec<Inspector>> {
    let member = |id: &AccountId| {
        let actor =
            if *id == by.actor.account { Ok(by.actor.clone()) } else { accounts::colleague(tx, by.scope(), *id) };
        let actor = actor.map_err(|_| Error::invalid("inspectors", NOT_A_CHOICE.with("value", id)))?;
        actor.must_be(VISITORS)?;
        Ok(Inspector { account: actor.account, name: actor.name, badge: actor.badge })
    };
    sent.inspectors.iter().map(member).collect()
}

fn keep_evidence(tx: &mut Tx, by: &By, visit: &Inspection, sheet: &Sheet) -> Result<()> {
    files::link_all(tx, by, &sheet.evidence, visit, "scene")?;
    for answer in &sheet.answers {
        files::link_all(tx, by, &answer.evidence, visit, &sheet::role_of(&answer.item))?;
    }
    Ok(())
}

/// A finding becomes an entry of the hazard ledger; what was corrected at once goes on to the approval of close-out.
fn put_on_ledger(tx: &mut Tx, by: &By, visit: &Inspection, sent: &Submission, finding: &Finding) -> Result<()> {
    let product = finding.product.clone().or_else(|| sent.products.first().cloned());
    let found = Found {
        id: finding.id,
        campaign: visit.campaign,
        enterprise: visit.enterprise,
        product: product.ok_or_else(|| Error::invalid("products", REQUIRED))?,
        made_on: finding.made_on,
        field: visit.field,
        problem: finding.problem.clone(),
        severity: finding.severity,
        what: finding.what.clone(),
        origin: Origin::Inspection,
        origin_id: Some(visit.id.to_string()),
        evidence: finding.evidence.clone(),
    };
    let hazard = hazards::register(tx, by, &found)?;
    if let Some(measure) = &finding.corrected {
        let evidence = finding.evidence.clone();
        hazards::act(tx, by, hazard.id, &hazards::Act::CorrectOnSpot { measure: measure.clone(), evidence })?;
    }
    Ok(())
}

/// Says in which finding a field is at fault: `hazards.A7.what`, or by the hazard's id beside the checklist.
fn of_finding(error: Error, finding: &Finding) -> Error {
    let which = finding.item.clone().unwrap_or_else(|| finding.id.to_string());
    match error {
        Error::Invalid { field, refusal } => Error::invalid(format!("hazards.{which}.{field}"), refusal),
        error => error,
    }
}

/// The campaign and the pack whose questions were answered.
fn pack_of(tx: &mut Tx, sent: &Submission) -> Result<(Campaign, Arc<Pack>)> {
    let (campaign, pack) = campaigns::of(tx, sent.campaign)?;
    let Some(version) = sent.pack_version.filter(|v| *v != campaign.pack_version) else {
        return Ok((campaign, pack));
    };
    let older = campaigns::pack(tx, &campaign.pack_code, version)
        .map_err(|_| Error::invalid("pack_version", NOT_A_CHOICE.with("value", version)))?;
    Ok((campaign, older))
}

/// The next number of the on-site records of the county: XC130123-2023-00012.
fn number(tx: &mut Tx, by: &By, visit: &Inspection) -> Result<String> {
    let owner = visit.place().county.or(visit.place().owner()).unwrap_or(by.actor.office.id);
    let code = offices::office(tx, owner)?.code;
    let year = by.at.date().year();
    let serial = record::next_number(tx, &format!("inspections/{owner}/{year}"))?;
    Ok(format!("XC{code}-{year}-{serial:05}"))
}

fn blank(id: InspectionId, by: &By, enterprise: &Enterprise, campaign: CampaignId, pack_version: i64) -> Inspection {
    let place = by.stands(enterprise.place(), enterprise.id);
    Inspection {
        id,
        number: None,
        digest: None,
        campaign,
        enterprise: enterprise.id,
        party: enterprise.name.clone(),
        field: Field::Production,
        source: Source::Unplanned,
        state: State::Planned,
        planned_for: None,
        lead: by.actor.account,
        inspectors: "[]".to_owned(),
        pack_version,
        checklist: None,
        checklist_version: None,
        products: String::new(),
        regimes: String::new(),
        started_at: None,
        ended_at: None,
        sheet: None,
        hazards: 0,
        sorted_at: by.at.date().to_string(),
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
        version: 1,
    }
}
