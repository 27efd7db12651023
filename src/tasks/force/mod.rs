//! Task forces (工作专班): who runs a campaign in an office, with their posts and how to reach them. Clause: S-1a.
//!
//! Members have accounts here, or are of other units. Telephones are locked up; every look at them is recorded.

mod model;
mod pages;
pub mod store;
mod web;

pub use model::{Act, Contact, Joining, Member, New, Post, State, TaskForce, Verb};
pub use store::{ORDERS, list, query};
pub(super) use web::routes;

use super::{HEADS, OWNERS, open_campaign};
use crate::{
    accounts,
    enterprises::Locked,
    kernel::{
        Error, Lang, MemberId, NOT_A_CHOICE, REQUIRED, Result, TaskForceId,
        db::Tx,
        on_taken,
        secret::{self, Keeper},
        text,
    },
    people::{By, Role, store as offices},
    record,
};

/// Who opens the telephones of a task force.
pub const LOOKERS: &[Role] = OWNERS;
/// What telephones are locked up for.
const PHONE: &str = "task_force_members.phone";
/// Longest name, and longest text, in characters.
const NAME: usize = 80;
const LONGEST: usize = 2000;

refusals! {
    NOT_NOW "task_forces.not_now" "该专班目前为“{state_zh}”，不能办理“{verb_zh}”。" "This task force is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "task_forces.other_content" "同一编号已用于另一个专班。" "This id was used for another task force.";
    ONE_EACH "task_forces.one_each" "本机构在该行动中已有专班，请先撤销原专班，或者调整其成员。" "The office has a task force for this campaign: change its members, or disband it first.";
}

/// Sets up the task force of the actor's office. The same id with the same content answers as the first time.
pub fn set_up(tx: &mut Tx, by: &By, id: TaskForceId, new: &New) -> Result<TaskForce> {
    by.actor.must_be(HEADS)?;
    let digest = secret::sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), None)?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let campaign = open_campaign(tx, by, new.campaign)?;
    let office = &by.actor.office;
    if store::at_work(tx, campaign, office.id)?.is_some() {
        return ONE_EACH.refuse();
    }
    let force = TaskForce {
        id,
        campaign,
        office: office.id,
        name: text::said("name", &new.name, NAME)?,
        duty: maybe("duty", new.duty.as_deref(), LONGEST)?,
        state: State::Active,
        made_at: by.at,
        made_by: by.actor.account,
        digest,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        version: 1,
    };
    on_taken(store::add(tx, &force), "task_forces_campaign_office", "campaign", ONE_EACH)?;
    record::began(tx, by, &force, "set_up", None)?;
    Ok(force)
}

/// Does `act` to the task force `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, keeper: &Keeper, id: TaskForceId, act: &Act) -> Result<TaskForce> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| not_now(&before, act.verb()))?;
    by.actor.must_be(who)?;
    let note = match act {
        Act::AddMember { who } => {
            let member = member(tx, by, keeper, id, who)?;
            store::add_member(tx, &member)?;
            format!("{} {}", member.name, member.post.label(Lang::Zh))
        }
        Act::RemoveMember { member, why } => {
            let why = text::said("why", why, LONGEST)?;
            let known = store::members(tx, id)?.into_iter().find(|m| m.id == *member);
            let Some(known) = known else { return NOT_A_CHOICE.with("value", member).at("member") };
            store::remove_member(tx, id, *member)?;
            format!("{} · {why}", known.name)
        }
        Act::Disband { why } => text::said("why", why, LONGEST)?,
    };
    let after = TaskForce { state: to, ..before.clone() };
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), Some(&note)))?;
    Ok(TaskForce { version: after.version + 1, ..after })
}

/// Somebody who joins: of this system with the name and the office of the account, else as written.
fn member(tx: &mut Tx, by: &By, keeper: &Keeper, force: TaskForceId, who: &Joining) -> Result<Member> {
    let account = match who.account {
        Some(id) => {
            let wrong = |_| Error::invalid("account", NOT_A_CHOICE.with("value", id));
            Some(accounts::colleague(tx, by.scope(), id).map_err(wrong)?)
        }
        None => None,
    };
    let (name, unit) = match &account {
        Some(actor) => (actor.name.clone(), offices::office(tx, actor.office.id)?.name),
        None => (needed("name", who.name.as_deref())?, needed("unit", who.unit.as_deref())?),
    };
    let phone = maybe("phone", who.phone.as_deref(), 40)?;
    Ok(Member {
        id: MemberId::new(by.at),
        force,
        post: who.post,
        account: account.map(|a| a.account),
        name,
        unit,
        duty: maybe("duty", who.duty.as_deref(), NAME)?,
        phone: phone.map(|p| keeper.lock(PHONE, &p)).transpose()?.map(Locked),
        active: true,
    })
}

fn needed(field: &str, typed: Option<&str>) -> Result<String> {
    typed.map_or_else(|| REQUIRED.at(field), |typed| text::said(field, typed, NAME))
}

fn maybe(field: &str, typed: Option<&str>, most: usize) -> Result<Option<String>> {
    typed.filter(|t| !t.trim().is_empty()).map(|t| text::said(field, t, most)).transpose()
}

/// Opens the telephones of a task force, for whoever needs them at work. The look itself is recorded.
pub fn look(tx: &mut Tx, by: &By, keeper: &Keeper, id: TaskForceId) -> Result<Vec<Contact>> {
    by.actor.must_be(LOOKERS)?;
    let force = store::get(tx, by.scope(), id)?;
    let open = |m: Member| {
        let phone = m.phone.map(|p| keeper.unlock(PHONE, &p.0)).transpose()?;
        Ok(Contact { member: m.id, name: m.name, phone })
    };
    let contacts = store::members(tx, id)?.into_iter().map(open).collect::<Result<_>>()?;
    record::changed(tx, by, &force, &force, ("look", None))?;
    Ok(contacts)
}

fn not_now(force: &TaskForce, verb: Verb) -> Error {
    let refusal = NOT_NOW
        .with("state_zh", force.state.label(Lang::Zh))
        .with("state_en", force.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En));
    Error::Refused(refusal)
}
