//! Signs that a visit was not made as it was recorded (存疑检查提示): each with its reason, for those who supervise.
//!
//! A follower looks into every visit once it is on record ([`look_into`]); limits come from the pack, and what the pack does
//! not name is not looked for. A sign is no proof: a supervisor who was not there looks at it and says what it was.

mod life;
mod model;
mod rules;
mod store;
mod web;

pub use life::{State, Verb};
pub use model::{Act, Kind, Sign};
pub use store::{Filter, ORDERS, count_open, count_pursued, find, first_open, query};
pub use web::routes;

use super::{Inspection, Sheet, pages, store as visits};
use crate::{
    campaigns::Pack,
    enterprises, files,
    hazards::{self, Origin},
    kernel::{Error, InspectionId, Lang, Refusal, Result, SignId, db::Tx, ensure, text},
    people::{By, Role},
    record,
};
use rules::{Found, Point};
use std::collections::BTreeMap;
use store::Trace;

refusals! {
    NOT_NOW "signs.not_now" "该提示目前为“{state_zh}”，不能办理“{verb_zh}”。" "This sign is “{state_en}” now; “{verb_en}” is not possible.";
    OWN_VISIT "signs.own_visit" "参加该次检查的人员不得核查针对本次检查的提示。" "Whoever made the visit does not decide on a sign of it.";
}

/// Every refusal and reason of signs.
pub fn refusals() -> [&'static [Refusal]; 2] {
    [REFUSALS, rules::REFUSALS]
}

/// Who sees signs: never those who are looked at, unless they supervise.
pub const READERS: &[Role] = &[Role::Supervisor, Role::Coordinator, Role::Auditor];
/// How far back the same answers count, in milliseconds: 30 days.
const BACK: i64 = 30 * 86_400_000;
/// Longest reason, in characters.
const LONGEST: usize = 2000;
/// The quarter under which a photograph without a mark stands.
const NO_MARK: i64 = -1;

/// The sign `id`, for who may see it.
pub fn get(tx: &mut Tx, by: &By, id: SignId) -> Result<Sign> {
    by.actor.must_be(READERS).map_err(|_| Error::NotFound)?;
    let sign = store::find(tx, id)?.ok_or(Error::NotFound)?;
    by.scope().check(&record::Thing::place(&sign), None)?;
    Ok(sign)
}

/// The signs of a visit that has been loaded within the scope; none for who may not see any.
pub fn of_visit(tx: &mut Tx, by: &By, id: InspectionId) -> Result<Vec<Sign>> {
    if by.actor.must_be(READERS).is_err() { Ok(Vec::new()) } else { store::of_visit(tx, id) }
}

/// Does `act` to the sign `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: SignId, act: &Act) -> Result<Sign> {
    let before = get(tx, by, id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| Error::Refused(not_now(&before, act.verb())))?;
    by.actor.must_be(&[who])?;
    ensure(!before.concerns(by.actor.account), OWN_VISIT)?;
    let why = text::said("why", act.why(), LONGEST)?;
    let after = Sign {
        state: to,
        why: Some(why),
        decided_by: Some(by.actor.account),
        decided_at: Some(by.at),
        ..before.clone()
    };
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), Some(act.why())))?;
    Ok(Sign { version: after.version + 1, ..after })
}

fn not_now(sign: &Sign, verb: Verb) -> Refusal {
    NOT_NOW
        .with("state_zh", sign.state.label(Lang::Zh))
        .with("state_en", sign.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En))
}

/// Looks into a visit that is on record, once. A follower calls this.
pub fn look_into(tx: &mut Tx, by: &By, thing: &str) -> Result<()> {
    let id = InspectionId::parse(thing)?;
    let Some(visit) = visits::find(tx, id)?.filter(|v| v.state == super::State::Done) else { return Ok(()) };
    let Some(sheet) = visit.sheet() else { return Ok(()) };
    if store::is_traced(tx, id)? {
        return Ok(());
    }
    let (_, pack) = pages::asked_by(tx, &visit)?;
    let mut found = of_sites(tx, &pack, &visit, &sheet)?;
    found.extend(of_photos(tx, &pack, &visit)?);
    let mut seen = Vec::new();
    for sign in found {
        if !seen.contains(&sign.kind) {
            seen.push(sign.kind);
            add(tx, by, &visit, sign)?;
        }
    }
    Ok(())
}

fn add(tx: &mut Tx, by: &By, visit: &Inspection, found: Found) -> Result<()> {
    let people: Vec<String> = visit.made_by().iter().map(|i| i.account.to_string()).collect();
    let sign = Sign {
        id: SignId::new(by.at),
        inspection: visit.id,
        number: visit.number.clone().unwrap_or_default(),
        party: visit.party.clone(),
        kind: found.kind,
        amount: found.amount,
        reason_zh: found.reason.zh.into_owned(),
        reason_en: found.reason.en.into_owned(),
        other: found.other,
        people: people.join(" "),
        state: State::Open,
        why: None,
        decided_by: None,
        decided_at: None,
        found_at: by.at,
        campaign: visit.campaign,
        enterprise: visit.enterprise,
        province: visit.province,
        city: visit.city,
        county: visit.county,
        station: visit.station,
        version: 1,
    };
    if store::add(tx, &sign)? == 1 {
        record::began(tx, by, &sign, "find", None)?;
    }
    Ok(())
}

/// What place, time and answers say, beside the other visits of the same inspectors.
fn of_sites(tx: &mut Tx, pack: &Pack, visit: &Inspection, sheet: &Sheet) -> Result<Vec<Found>> {
    let Some((from, to)) = visit.started_at.zip(visit.ended_at) else { return Ok(Vec::new()) };
    let site = enterprises::standing(tx, visit.enterprise)?;
    let point = |lon: Option<enterprises::Micro>, lat: Option<enterprises::Micro>| {
        lon.zip(lat).map(|(lon, lat)| Point { lon: lon.0, lat: lat.0 })
    };
    let mut sites: Vec<Point> = point(site.lon, site.lat).into_iter().collect();
    let working = enterprises::store::sites(tx, site.id)?.into_iter().filter(|s| s.active);
    sites.extend(working.filter_map(|s| point(s.lon, s.lat)));
    let claimed = sheet.claimed_place.as_deref().and_then(Point::parse);
    let at = claimed.or(sites.first().copied());
    let mut found: Vec<Found> =
        [rules::place(pack, claimed, &sites), rules::pace(pack, sheet, from, to)].into_iter().flatten().collect();
    for inspector in visit.made_by() {
        let trace = Trace {
            account: inspector.account,
            started_at: from,
            inspection: visit.id,
            ended_at: to,
            enterprise: visit.enterprise,
            number: visit.number.clone().unwrap_or_default(),
            lon: at.map(|p| p.lon),
            lat: at.map(|p| p.lat),
            pattern: rules::pattern(visit.checklist.as_deref().unwrap_or_default(), sheet),
        };
        store::add_trace(tx, &trace)?;
        let next_to = store::neighbours(tx, &trace)?;
        found.extend(next_to.iter().filter_map(|other| rules::speed(pack, &trace.stay(), &other.stay())));
        if trace.pattern.is_some() {
            let same = store::same_answers(tx, &trace, from.plus(-BACK))?;
            let last = same.first().map(|t| (t.inspection, t.number.clone()));
            found.extend(rules::repeated(pack, same.len() as i64, last));
        }
    }
    Ok(found)
}

/// What the photographs say, beside those of other visits.
fn of_photos(tx: &mut Tx, pack: &Pack, visit: &Inspection) -> Result<Vec<Found>> {
    let hazards = hazards::of_origin(tx, Origin::Inspection, &visit.id.to_string())?;
    let things = std::iter::once(visit.id.to_string()).chain(hazards.iter().map(|h| h.id.to_string()));
    let mut photos = BTreeMap::new();
    for thing in things {
        photos.extend(files::pictures_of(tx, &thing)?.into_iter().map(|p| (p.sha256.to_string(), p)));
    }
    let (mut same, mut alike, mut claims) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (file, photo) in photos {
        for other in store::visits_with(tx, &file, visit.id)? {
            *same.entry(other).or_insert(0) += 1;
        }
        let mark = photo.likeness.unwrap_or_default();
        for other in views(tx, pack, visit.id, (&file, &mark))? {
            *alike.entry(other).or_insert(0) += 1;
        }
        let quarters = rules::quarters(&mark);
        for quarter in quarters.into_iter().chain([NO_MARK]) {
            store::add_photo(tx, &file, visit.id, &mark, quarter)?;
        }
        claims.extend(photo.claimed_at);
    }
    let mut found = Vec::new();
    for (kind, others) in [(Kind::SamePhoto, same), (Kind::AlikePhoto, alike)] {
        let Some((other, amount)) = others.into_iter().max_by_key(|(_, n)| *n) else { continue };
        let number = visits::find(tx, other)?.and_then(|v| v.number).unwrap_or_default();
        found.extend(rules::twice(kind, amount, other, &number));
    }
    if let Some((from, to)) = visit.started_at.zip(visit.ended_at) {
        found.extend(rules::clock(pack, &claims, from, to));
    }
    Ok(found)
}

/// The other visits with another photograph of nearly the same view.
fn views(tx: &mut Tx, pack: &Pack, visit: InspectionId, (file, mark): (&str, &str)) -> Result<Vec<InspectionId>> {
    let Some(limit) = pack.sign("alike") else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for quarter in rules::quarters(mark) {
        for (other, inspection, likeness) in store::with_quarter(tx, quarter, visit)? {
            let near = rules::difference(mark, &likeness).is_some_and(|d| d <= limit);
            if near && other != file && !found.contains(&inspection) {
                found.push(inspection);
            }
        }
    }
    Ok(found)
}
