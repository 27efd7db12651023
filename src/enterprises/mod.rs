//! Enterprises and certificates (企业与证书): whom we supervise, where they work, and what they hold.
//!
//! Read `life.rs` and `model.rs` first. A subject has a credit code, or else a person, an address and a place on the map.
//! Two records of one subject can be merged and taken apart again; every link keeps its id and is found under the
//! survivor ([`get`], [`ids_of`]).

pub mod certificates;
pub mod duplicates;
pub mod imports;
mod lexicon;
pub mod entry;
mod life;
mod model;
pub mod names;
mod places;
pub mod shares;
mod sites;
pub mod store;
#[cfg(test)]
mod tests;
mod values;
pub mod watches;
mod web;

pub use certificates::of as certificates_of;
pub use entry::{Entry, New};
pub use lexicon::Lexicon;
pub use life::{OFFICERS, State, Verb};
pub use model::{Act, Enterprise, Kind, Site, SiteKind, Size, Tag};
pub use places::found as place_for;
pub use sites::{SiteEntry, put_site};
pub use store::{Filter, ORDERS, ids_of, list, query};
pub use values::{List, Locked, Micro};
pub use web::{certificate_table, routes, table};

use crate::{
    kernel::{
        EnterpriseId, Error, REQUIRED, Refusal, Result, TOO_LONG,
        db::{Tx, Value},
        on_taken,
        secret::{self, Keeper},
    },
    people::{
        By, Level,
        Role::{self, Coordinator, Inspector, Supervisor},
        Scope, store as offices,
    },
    record,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use watches::Sign;

/// Longest reason, in characters.
const LONGEST: usize = 2000;

refusals! {
    NOT_NOW "enterprises.not_now" "该主体目前为“{state_zh}”，不能办理“{verb_zh}”。" "This subject is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "enterprises.other_content" "同一编号已登记过内容不同的主体，请核对。" "This id was used for a subject with other content; please compare.";
}

/// Every refusal of this capability.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [REFUSALS, entry::REFUSALS, places::REFUSALS, duplicates::REFUSALS, sites::REFUSALS]
        .into_iter()
        .chain(certificates::refusals())
        .chain(imports::refusals())
        .flatten()
        .cloned()
}

/// A correction of a subject: everything that is typed of it, and the version that was corrected.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = EnterpriseChange)]
pub struct Change {
    #[serde(flatten)]
    pub entry: Entry,
    /// The version that was read; refused when somebody else has changed it since.
    #[serde(default, deserialize_with = "values::number")]
    pub version: Option<i64>,
    /// Subjects that look alike and were looked at: it is none of them.
    #[serde(default)]
    #[schema(value_type = Vec<EnterpriseId>)]
    pub confirm_not_duplicate: List<EnterpriseId>,
}

/// What is kept locked up, opened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Secrets {
    pub phone: Option<String>,
    pub person_id: Option<String>,
}

/// Subjects within the scope that a new one of this name would resemble; of the office's own region when none is given.
pub fn alike(tx: &mut Tx, by: &By, name: &str, region: Option<&str>) -> Result<Vec<duplicates::Likely>> {
    if name.trim().is_empty() || (region.is_none() && by.actor.office.level < Level::County) {
        return Ok(Vec::new());
    }
    let (place, region) = places::found(tx, by, region, None, None)?;
    let blank = Enterprise::blank(EnterpriseId::new(by.at), String::new(), region, by.at, by.actor.account);
    duplicates::likely(tx, by.scope(), &Enterprise { name: name.to_owned(), ..blank }.at(place))
}

/// Registers a subject. The same id with the same content answers as the first time. A credit code that is known is
/// refused; a similar name in the same region must be confirmed to be another.
pub fn register(tx: &mut Tx, by: &By, keeper: &Keeper, new: &New) -> Result<Enterprise> {
    by.actor.must_be(OFFICERS)?;
    let digest = digest(&new.entry)?;
    if let Some(known) = store::find(tx, new.id)? {
        by.scope().check(&known.place(), Some(known.id))?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let enterprise = drafted(tx, by, keeper, new, digest)?;
    duplicates::refuse_same_code(tx, by, &enterprise)?;
    duplicates::refuse_likely(tx, by.scope(), &enterprise, &new.confirm_not_duplicate.0)?;
    add(tx, by, &enterprise)?;
    Ok(enterprise)
}

/// The subject as it would be registered, checked by itself and not yet against others.
fn drafted(tx: &mut Tx, by: &By, keeper: &Keeper, new: &New, digest: String) -> Result<Enterprise> {
    let entry = new.entry.checked()?;
    let (place, region) = places::found(tx, by, entry.region.as_deref(), entry.office, entry.station.as_deref())?;
    let blank = Enterprise::blank(new.id, digest, region, by.at, by.actor.account);
    Ok(entry.put(blank, keeper)?.at(place))
}

fn add(tx: &mut Tx, by: &By, enterprise: &Enterprise) -> Result<()> {
    on_taken(store::add(tx, enterprise), "enterprises_uscc", "uscc", duplicates::SAME_CODE_ELSEWHERE)?;
    record::began(tx, by, enterprise, "register", None)?;
    Ok(())
}

/// The hash of what was registered; secrets are left out, because a hash of few digits can be guessed.
fn digest(entry: &Entry) -> Result<String> {
    let open = Entry { phone: None, person_id: None, ..entry.clone() };
    Ok(secret::sha256(serde_json::to_string(&open).map_err(Error::broken)?.as_bytes()))
}

/// Registers a subject, or corrects the version that was read: whatever a client sends under its id.
pub fn put(tx: &mut Tx, by: &By, keeper: &Keeper, id: EnterpriseId, change: &Change) -> Result<Enterprise> {
    if change.version.is_some() {
        return edit(tx, by, keeper, id, change);
    }
    let (entry, confirm_not_duplicate) = (change.entry.clone(), change.confirm_not_duplicate.clone());
    register(tx, by, keeper, &New { id, entry, confirm_not_duplicate })
}

/// Corrects what is written of a subject; without a difference nothing happens.
pub fn edit(tx: &mut Tx, by: &By, keeper: &Keeper, id: EnterpriseId, change: &Change) -> Result<Enterprise> {
    let before = record_of(tx, by.scope(), id)?;
    if change.version.is_some_and(|v| v != before.version) {
        return Err(Error::Stale);
    }
    correct(tx, by, keeper, before, &change.entry, Some(&change.confirm_not_duplicate.0))
}

/// As [`edit`]; `confirmed` are the look-alikes that were looked at, nothing where that was done before.
fn correct(
    tx: &mut Tx,
    by: &By,
    keeper: &Keeper,
    before: Enterprise,
    typed: &Entry,
    confirmed: Option<&[EnterpriseId]>,
) -> Result<Enterprise> {
    permitted(by, &before, Verb::Edit)?;
    let entry = typed.checked()?;
    let (after, moved) = moved_by(tx, by, &before, &entry)?;
    let after = entry.put(after, keeper)?;
    if after == before {
        return Ok(before);
    }
    duplicates::refuse_same_code(tx, by, &after)?;
    let renamed = (&after.name, &after.region, &after.uscc) != (&before.name, &before.region, &before.uscc);
    if let Some(confirmed) = confirmed.filter(|_| renamed) {
        duplicates::refuse_likely(tx, by.scope(), &after, confirmed)?;
    }
    if moved {
        certificates::move_all(tx, before.id, &after.place())?;
    }
    on_taken(store::save(tx, &after), "enterprises_uscc", "uscc", duplicates::SAME_CODE_ELSEWHERE)?;
    record::changed(tx, by, &before, &after, (Verb::Edit.code(), None))?;
    let had = before.products();
    let anew: Vec<&str> = after.products().into_iter().filter(|code| !had.contains(code)).collect();
    watches::seen(tx, by, before.id, Sign::Products, Some(&anew))?;
    Ok(Enterprise { version: after.version + 1, ..after })
}

/// Where the subject stands after a correction of its region, office or station, and whether that is elsewhere.
fn moved_by(tx: &mut Tx, by: &By, before: &Enterprise, entry: &Entry) -> Result<(Enterprise, bool)> {
    let region = entry.region.as_deref().unwrap_or(&before.region);
    if region == before.region && entry.office.is_none() && entry.station.is_none() {
        return Ok((before.clone(), false));
    }
    let (place, _) = places::found(tx, by, Some(region), entry.office, entry.station.as_deref())?;
    Ok((before.clone().at(place), place != before.place()))
}

/// Does `act` to the subject `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: EnterpriseId, act: &Act) -> Result<Enterprise> {
    let before = record_of(tx, by.scope(), id)?;
    let to = permitted(by, &before, act.verb())?;
    check_reason(act)?;
    let after = match act {
        Act::Merge { into, why } => duplicates::merge(tx, by, before.clone(), *into, why)?,
        Act::Unmerge { why } => duplicates::unmerge(tx, by, before.clone(), why)?,
        Act::Move { office, .. } => {
            let office = offices::office(tx, *office).map_err(|_| Error::NotFound)?;
            by.scope().check(&office.place(), None)?;
            certificates::move_all(tx, id, &office.place())?;
            let after = before.clone().at(office.place());
            store::save(tx, &after)?;
            after
        }
        Act::KeepWatch { .. } => {
            watches::watch_all_on(tx, id)?;
            before.clone()
        }
        Act::Suspend { .. } | Act::Resume { .. } | Act::Close { .. } | Act::Deregister { .. } => {
            let after = Enterprise { state: to, ..before.clone() };
            store::save(tx, &after)?;
            after
        }
    };
    record::changed(tx, by, &before, &after, (act.verb().code(), act.why()))?;
    match act {
        Act::KeepWatch { .. } => return Ok(after),
        Act::Resume { .. } => watches::seen(tx, by, id, Sign::Resumption, None)?,
        _ => {}
    }
    Ok(Enterprise { version: after.version + 1, ..after })
}

fn permitted(by: &By, e: &Enterprise, verb: Verb) -> Result<State> {
    let (to, who) = e.state.step(verb).ok_or_else(|| Error::Refused(not_now(e, verb)))?;
    by.actor.must_be(who)?;
    Ok(to)
}

fn not_now(e: &Enterprise, verb: Verb) -> Refusal {
    use crate::kernel::Lang::{En, Zh};
    NOT_NOW
        .with("state_zh", e.state.label(Zh))
        .with("state_en", e.state.label(En))
        .with("verb_zh", verb.label(Zh))
        .with("verb_en", verb.label(En))
}

fn check_reason(act: &Act) -> Result<()> {
    if act.verb() != Verb::Resume && act.why().is_some_and(|why| why.trim().is_empty()) {
        return REQUIRED.at("why");
    }
    short_enough("why", act.why())
}

/// Refuses a reason or note that is longer than anybody reads.
fn short_enough(field: &str, text: Option<&str>) -> Result<()> {
    let long = text.is_some_and(|text| text.chars().count() > LONGEST);
    if long { TOO_LONG.with("max", LONGEST).at(field) } else { Ok(()) }
}

/// Who may open what is kept locked up.
pub const LOOKERS: &[Role] = &[Inspector, Supervisor, Coordinator];

/// Opens what is kept locked up of the subject `id`, for whoever needs it at work. The look itself is recorded.
pub fn look(tx: &mut Tx, by: &By, keeper: &Keeper, id: EnterpriseId, why: Option<&str>) -> Result<Secrets> {
    by.actor.must_be(LOOKERS)?;
    short_enough("why", why)?;
    let e = record_of(tx, by.scope(), id)?;
    let open =
        |purpose: &str, locked: &Option<Locked>| locked.as_ref().map(|l| keeper.unlock(purpose, &l.0)).transpose();
    let secrets = Secrets {
        phone: open("enterprises.phone", &e.phone)?,
        person_id: open("enterprises.person_id", &e.person_id)?,
    };
    record::changed(tx, by, &e, &e, ("look", why))?;
    Ok(secrets)
}

/// The subject `id` within `scope`, or the one it was merged into. A subject is within an office's scope by its own
/// place or by that of a working site.
pub fn get(tx: &mut Tx, scope: Scope, id: EnterpriseId) -> Result<Enterprise> {
    let enterprise = store::standing_for(tx, id)?;
    if holds(tx, scope, &enterprise)? { Ok(enterprise) } else { Err(Error::NotFound) }
}

/// The subject that stands for `id`, whoever asks: for acts on things that concern it and have been permitted themselves.
pub fn standing(tx: &mut Tx, id: EnterpriseId) -> Result<Enterprise> {
    store::standing_for(tx, id)
}

/// The subjects that stand for these ids, each with the id that was asked for: as [`get`], many at once; those out of
/// scope are left out.
pub fn get_all(tx: &mut Tx, scope: Scope, ids: &[Value]) -> Result<Vec<(EnterpriseId, Enterprise)>> {
    let standing = store::standing_for_all(tx, ids)?;
    let roots: Vec<Value> = standing.iter().map(|(_, root)| Value::from(*root)).collect();
    let mut found: BTreeMap<EnterpriseId, Enterprise> = BTreeMap::new();
    for enterprise in store::find_all(tx, &roots)? {
        if holds(tx, scope, &enterprise)? {
            found.insert(enterprise.id, enterprise);
        }
    }
    Ok(standing.into_iter().filter_map(|(id, root)| Some((id, found.get(&root)?.clone()))).collect())
}

/// The record `id` itself within `scope`, even when it was merged away.
pub fn record_of(tx: &mut Tx, scope: Scope, id: EnterpriseId) -> Result<Enterprise> {
    get(tx, scope, id)?;
    store::find(tx, id)?.ok_or(Error::NotFound)
}

fn holds(tx: &mut Tx, scope: Scope, enterprise: &Enterprise) -> Result<bool> {
    if scope.holds(&enterprise.place(), Some(enterprise.id)) {
        return Ok(true);
    }
    match scope {
        Scope::Office { .. } => store::has_site(tx, scope, enterprise.id),
        // an account of a record that was merged away acts for the survivor
        Scope::Enterprise(own) => {
            Ok(store::find(tx, own)?.is_some() && store::standing_for(tx, own)?.id == enterprise.id)
        }
        Scope::Nothing => Ok(false),
    }
}

/// What a subject is found by: names and codes, its own and those of what was merged into it, and its certificates.
pub fn entry(tx: &mut Tx, thing: &str) -> Result<Option<record::Entry>> {
    let id = EnterpriseId::parse(thing)?;
    let Some(e) = store::find(tx, id)? else { return Ok(None) };
    let mut texts = Vec::new();
    for one in store::ids_of(tx, id)? {
        if let Some(e) = store::find(tx, one)?.filter(|e| e.id == id || e.merged_into.is_some()) {
            texts.extend([e.name, e.name_en.unwrap_or_default()]);
            texts.extend(e.aliases.0);
            texts.extend(e.uscc.into_iter().chain(e.registration_no).chain(e.person).chain(e.legal_person));
        }
    }
    texts.extend(certificates::of(tx, id)?.into_iter().map(|c| c.number));
    texts.retain(|text| !text.is_empty());
    let mut shelves: Vec<String> = store::places(tx, &e)?.iter().flat_map(record::shelves).collect();
    shelves.sort();
    shelves.dedup();
    Ok(Some(record::Entry { texts, shelves, ..record::Entry::default() }))
}
