//! Offices (机构): the reporting tree, and how it changes.
//!
//! It is not the tree of regions: the Production and Construction Corps reports as a province, a development zone as a
//! county. Whoever administers an office administers all below it, and nothing beside.

mod model;
mod pages;
mod web;

pub use model::{Act, New, Verb, fits, hang};
pub use web::routes;

use super::store as accounts;
use crate::{
    kernel::{Error, OfficeId, Result, db::Tx, ensure, on_taken},
    people::{Actor, By, Office, Role, store},
    record,
};

refusals! {
    BAD_CODE "offices.bad_code" "机构编码应为 1 至 12 位字母或数字。" "A number of 1 to 12 letters and digits, please.";
    REQUIRED_NAME "offices.name" "请填写名称，最多 100 个字。" "A name of at most 100 characters, please.";
    NO_FIT "offices.no_fit" "该级别的机构不能隶属于所选机构：层级依次为国家、省、市、县、所，县级机构可由省直管。" "An office of this level cannot report to that one: nation, province, city, county, station; a county may report to a province.";
    CODE_TAKEN "offices.code_taken" "该编码已被其他机构使用。" "Another office has this number.";
    OTHER_CONTENT "offices.other_content" "该编号的机构已存在，且内容不同。" "This id exists already, with other content.";
    PARENT_CLOSED "offices.parent_closed" "上级机构已停用，请先恢复或另选上级。" "The higher office is not active; choose another one.";
    OWN_OFFICE "offices.own" "不能停用或调整本人所在机构，请由上级机构办理。" "You cannot close or move the office you belong to; a higher office has to.";
    STILL_BELOW "offices.still_below" "该机构还有 {count} 个正在使用的下级机构，请先停用或调整。" "There are {count} active offices below it; close or move them first.";
    AS_IT_IS "offices.as_it_is" "该机构已处于此状态。" "It is so already.";
    SAY_WHY "offices.say_why" "请填写理由。" "Please give a reason.";
}

/// Who may look at the tree: everybody who works in an office.
pub fn may_look(actor: &Actor) -> Result<()> {
    if actor.is(Role::Enterprise) { Err(Error::Forbidden) } else { Ok(()) }
}

/// Who may change it.
pub fn administers(actor: &Actor) -> Result<()> {
    actor.must_be(super::admin::ADMINISTRATORS)
}

/// Creates an office. The same id with the same content answers as the first time.
pub fn create(tx: &mut Tx, by: &By, id: OfficeId, new: &New) -> Result<Office> {
    administers(&by.actor)?;
    let above = above(tx, by, new.parent)?;
    let office = new.office(id, &above)?;
    if let Some(there) = find(tx, id)? {
        let same = Office { active: there.active, version: there.version, ..office };
        return if same == there { Ok(there) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    ensure(above.active, PARENT_CLOSED)?;
    store::hold_office(tx, above.id)?;
    on_taken(store::add_office(tx, &office), "offices_code", "code", CODE_TAKEN)?;
    record::began(tx, by, &office, Verb::Create.code(), None)?;
    Ok(office)
}

/// The office that another one is to report to.
fn above(tx: &mut Tx, by: &By, id: OfficeId) -> Result<Office> {
    store::office_within(tx, by.scope(), id)
        .map_err(|_| Error::invalid("parent", crate::kernel::NOT_A_CHOICE.with("value", id)))
}

fn find(tx: &mut Tx, id: OfficeId) -> Result<Option<Office>> {
    match store::office(tx, id) {
        Ok(office) => Ok(Some(office)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Does `act` to the office `id`.
pub fn act(tx: &mut Tx, by: &By, id: OfficeId, act: &Act) -> Result<Office> {
    administers(&by.actor)?;
    let before = store::office_within(tx, by.scope(), id)?;
    let is_own = before.id == by.actor.office.id || before.parent.is_none();
    if is_own && !matches!(act, Act::Edit { .. }) {
        return OWN_OFFICE.refuse();
    }
    if act.why().is_some_and(|why| why.trim().is_empty()) {
        return SAY_WHY.at("why");
    }
    let after = changed(tx, by, before.clone(), act)?;
    on_taken(store::save_office(tx, &after), "offices_code", "code", CODE_TAKEN)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), act.why()))?;
    match act {
        Act::Move { .. } => move_along(tx, by, &after)?,
        Act::Deactivate { .. } => close_sessions(tx, &after)?,
        Act::Edit { .. } | Act::Reactivate { .. } => {}
    }
    store::office(tx, id)
}

fn changed(tx: &mut Tx, by: &By, mut office: Office, act: &Act) -> Result<Office> {
    match act {
        Act::Edit { code, name, name_en, region } => model::describe(&mut office, (code, name, name_en, region))?,
        Act::Move { parent, .. } => {
            ensure(office.parent != Some(*parent), AS_IT_IS)?;
            let above = above(tx, by, *parent)?;
            ensure(above.active, PARENT_CLOSED)?;
            // A move elsewhere of the same office must not pass through half-moved ground.
            store::hold_office(tx, above.id)?;
            hang(&mut office, &above)?;
        }
        Act::Deactivate { .. } => {
            ensure(office.active, AS_IT_IS)?;
            let below = store::offices_below(tx, office.id)?.into_iter().filter(|o| o.active).count();
            ensure(below == 0, STILL_BELOW.with("count", below))?;
            office.active = false;
        }
        Act::Reactivate { .. } => {
            ensure(!office.active, AS_IT_IS)?;
            if let Some(parent) = office.parent {
                ensure(store::office(tx, parent)?.active, PARENT_CLOSED)?;
            }
            office.active = true;
        }
    }
    Ok(office)
}

/// Everything below `above` gets the offices above it anew, and so do the accounts.
fn move_along(tx: &mut Tx, by: &By, above: &Office) -> Result<()> {
    accounts::place_accounts(tx, above)?;
    for before in store::offices_below(tx, above.id)? {
        let mut after = before.clone();
        hang(&mut after, above)?;
        store::save_office(tx, &after)?;
        record::changed(tx, by, &before, &after, (Verb::MovedAlong.code(), None))?;
        move_along(tx, by, &after)?;
    }
    Ok(())
}

fn close_sessions(tx: &mut Tx, office: &Office) -> Result<()> {
    for account in accounts::of_office(tx, office.id)? {
        accounts::end_sessions_of(tx, account.id)?;
    }
    Ok(())
}
