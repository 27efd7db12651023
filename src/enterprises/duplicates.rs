//! Two records of one subject: told at entry, merged by whoever answers for the area, taken apart again when wrong.

use super::{
    Enterprise, holds,
    names::{self, ALIKE},
    store,
};
use crate::{
    kernel::{EnterpriseId, Error, Result, db::Tx, ensure},
    people::{By, Place, Scope},
    record,
};
use serde::Serialize;
use utoipa::ToSchema;

refusals! {
    SAME_CODE "enterprises.same_code" "该统一社会信用代码已登记为“{name}”（编号 {id}），请直接使用该主体。" "This credit code is registered already as “{name}” (id {id}); use that subject.";
    SAME_CODE_ELSEWHERE "enterprises.same_code_elsewhere" "该统一社会信用代码已由其他机构登记，请联系上级机构核对。" "This credit code has been registered by another office already; ask the office above to compare.";
    LIKELY "enterprises.likely_duplicate" "与已登记的主体名称相近、地区相同：{names}。请逐一核对；确为不同主体的，确认后再保存。" "Subjects of the same region with a similar name are registered: {names}. Look at each; if it is none of them, confirm that and save again.";
    MERGE_SELF "enterprises.merge_self" "不能并入自己。" "A subject cannot be merged into itself.";
    MERGE_CODES "enterprises.merge_codes" "两个主体的统一社会信用代码不同（{one}、{other}），不能合并；如有录入错误，请先更正。" "The two have different credit codes ({one}, {other}) and cannot be merged; if one is a mistake, correct it first.";
    CODE_IN_USE "enterprises.code_in_use" "撤销合并后，统一社会信用代码将与“{name}”重复，请先更正其代码。" "Taken apart, both would have the credit code of “{name}”; correct that first.";
}

/// A subject that may be the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Likely {
    pub id: EnterpriseId,
    pub name: String,
    pub uscc: Option<String>,
    pub address: String,
    /// How alike the names are, in hundredths.
    pub likeness: i64,
}

/// Refuses a credit code that stands for another subject. Where that subject is out of scope, nothing of it is told.
pub fn refuse_same_code(tx: &mut Tx, by: &By, e: &Enterprise) -> Result<()> {
    let Some(uscc) = &e.uscc else { return Ok(()) };
    match store::by_uscc(tx, uscc)? {
        Some(other) if other.id != e.id => {
            if holds(tx, by.scope(), &other)? {
                SAME_CODE.with("name", &other.name).with("id", other.id).at("uscc")
            } else {
                SAME_CODE_ELSEWHERE.at("uscc")
            }
        }
        _ => Ok(()),
    }
}

/// Refuses a subject that resembles others of its region, unless all of them were confirmed to be others.
pub fn refuse_likely(tx: &mut Tx, scope: Scope, e: &Enterprise, confirmed: &[EnterpriseId]) -> Result<()> {
    let mut likely = likely(tx, scope, e)?;
    likely.retain(|l| !confirmed.contains(&l.id));
    if likely.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = likely.iter().take(5).map(|l| l.name.as_str()).collect();
    Err(Error::Conflict(LIKELY.with("names", names.join("、"))))
}

/// Subjects within `scope` of the same region whose name is like `e`'s, the likest first. Two that have different credit
/// codes are two.
pub fn likely(tx: &mut Tx, scope: Scope, e: &Enterprise) -> Result<Vec<Likely>> {
    let mut found = store::by_name(tx, &names::plain(&e.name), &e.region)?;
    found.extend(store::alike(tx, &shelf(&e.place()), &e.region, &names::pairs(&e.name, &e.region))?);
    if let Some(number) = &e.registration_no {
        found.extend(store::by_registration_no(tx, number)?);
    }
    found.sort_by_key(|other| other.id);
    found.dedup_by_key(|other| other.id);
    let mut likely = Vec::new();
    for other in found {
        let likeness = likeness(e, &other);
        let two = e.uscc.is_some() && other.uscc.is_some() && e.uscc != other.uscc;
        if other.id != e.id && !two && likeness >= ALIKE && holds(tx, scope, &other)? {
            likely.push(Likely {
                id: other.id,
                name: other.name,
                uscc: other.uscc,
                address: other.address,
                likeness: likeness as i64,
            });
        }
    }
    likely.sort_by_key(|l| (-l.likeness, l.id));
    Ok(likely)
}

fn likeness(e: &Enterprise, other: &Enterprise) -> usize {
    if e.registration_no.is_some() && e.registration_no == other.registration_no {
        return 100;
    }
    let known = other.aliases.0.iter().chain([&other.name]);
    known
        .map(
            |name| {
                if names::plain(name) == names::plain(&e.name) {
                    100
                } else {
                    names::likeness(name, &e.name, &e.region)
                }
            },
        )
        .max()
        .unwrap_or(0)
}

/// The shelf of words of the county, or of the lowest office there is.
fn shelf(place: &Place) -> String {
    place.county.or(place.city).or(place.province).map(|o| o.to_string()).unwrap_or_default()
}

/// Makes `loser` a record that `into` stands for. Both stay readable, every link keeps its id.
pub fn merge(tx: &mut Tx, by: &By, loser: Enterprise, into: EnterpriseId, why: &str) -> Result<Enterprise> {
    let survivor = super::get(tx, by.scope(), into)?;
    ensure(survivor.id != loser.id, MERGE_SELF)?;
    if let (Some(one), Some(other)) = (&loser.uscc, &survivor.uscc) {
        ensure(one == other, MERGE_CODES.with("one", one).with("other", other))?;
    }
    let ids = store::ids_of(tx, loser.id)?;
    let after = Enterprise {
        resumes: Some(loser.state),
        state: super::State::Merged,
        merged_into: Some(survivor.id),
        ..loser.clone()
    };
    store::save(tx, &after)?;
    for id in ids {
        store::set_standing_for(tx, id, survivor.id)?;
    }
    record::changed(tx, by, &survivor, &survivor, ("absorb", Some(&format!("{}: {why}", loser.name))))?;
    Ok(after)
}

/// Takes a record out of the one that stands for it, with everything that had been merged into it.
pub fn unmerge(tx: &mut Tx, by: &By, merged: Enterprise, why: &str) -> Result<Enterprise> {
    let survivor = store::standing_for(tx, merged.id)?;
    let after = Enterprise {
        state: merged.resumes.unwrap_or(super::State::Active),
        resumes: None,
        merged_into: None,
        ..merged.clone()
    };
    if let Some(other) = merged.uscc.as_deref().map(|code| store::by_uscc(tx, code)).transpose()?.flatten() {
        ensure(other.uscc != merged.uscc || other.id == merged.id, CODE_IN_USE.with("name", &other.name))?;
    }
    store::save(tx, &after)?;
    let mut open = vec![merged.id];
    while let Some(id) = open.pop() {
        store::set_standing_for(tx, id, merged.id)?;
        open.extend(store::merged_into(tx, id)?.into_iter().map(|e| e.id));
    }
    record::changed(tx, by, &survivor, &survivor, ("release", Some(&format!("{}: {why}", merged.name))))?;
    Ok(after)
}
