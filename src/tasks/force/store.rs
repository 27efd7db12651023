//! Every statement that touches `task_forces` and `task_force_members`. Nobody else writes one.

use super::model::{Member, TaskForce};
use crate::{
    kernel::{
        CampaignId, MemberId, OfficeId, Result, TaskForceId,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, campaign, office, name, duty, state, made_at, made_by, digest, province, city, county, station, version
             from task_forces ",
            $rest
        )
    };
}

macro_rules! select_member {
    ($rest:literal) => {
        concat!("select id, force, post, account, name, unit, duty, phone, active from task_force_members ", $rest)
    };
}

/// Orders in which task forces can be listed.
pub const ORDERS: &[Order] = &[order!("made", "made_at")];

pub fn find(tx: &mut Tx, id: TaskForceId) -> Result<Option<TaskForce>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The task force `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: TaskForceId) -> Result<TaskForce> {
    let force: TaskForce = tx.get(select!("where id = $1"), args![id])?;
    scope.over_offices().check(&force.place(), None)?;
    Ok(force)
}

pub fn list(tx: &mut Tx, scope: Scope, ask: &Ask) -> Result<Listed<TaskForce>> {
    ask.list(tx, query(scope), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope) -> Query {
    scope.over_offices().within(Query::new(select!("where 1 = 1")))
}

/// The task force at work for a campaign in an office.
pub fn at_work(tx: &mut Tx, campaign: CampaignId, office: OfficeId) -> Result<Option<TaskForce>> {
    tx.one(select!("where campaign = $1 and office = $2 and state = 'active'"), args![campaign, office])
}

/// Those who are in it now, the leader first.
pub fn members(tx: &mut Tx, force: TaskForceId) -> Result<Vec<Member>> {
    let mut members: Vec<Member> =
        tx.all(select_member!("where force = $1 and active = 1 order by id"), args![force])?;
    members.sort_by_key(|m| m.post);
    Ok(members)
}

pub fn add(tx: &mut Tx, f: &TaskForce) -> Result<()> {
    tx.run_one(
        "insert into task_forces (id, campaign, office, name, duty, state, made_at, made_by, digest, province, city, county,
         station, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)",
        args![
            f.id, f.campaign, f.office, &f.name, &f.duty, f.state, f.made_at, f.made_by, &f.digest, f.province, f.city,
            f.county, f.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, f: &TaskForce) -> Result<()> {
    tx.run_one(
        "update task_forces set state = $1, version = version + 1 where id = $2 and version = $3",
        args![f.state, f.id, f.version],
    )
}

pub fn add_member(tx: &mut Tx, m: &Member) -> Result<()> {
    tx.run_one(
        "insert into task_force_members (id, force, post, account, name, unit, duty, phone, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![m.id, m.force, m.post, m.account, &m.name, &m.unit, &m.duty, &m.phone, m.active],
    )
}

/// A member leaves. Nothing is deleted.
pub fn remove_member(tx: &mut Tx, force: TaskForceId, member: MemberId) -> Result<u64> {
    tx.run("update task_force_members set active = 0 where id = $1 and force = $2 and active = 1", args![member, force])
}
