//! Every statement that touches `meetings`. Nobody else writes one.

use super::model::Meeting;
use crate::{
    kernel::{
        MeetingId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, digest, campaign, office, title, held_at, venue, presiding, participants, discussed, decisions, state,
             minutes, made_at, made_by, province, city, county, station, version from meetings ",
            $rest
        )
    };
}

/// Orders in which meetings can be listed.
pub const ORDERS: &[Order] = &[order!("held", "held_at")];

pub fn find(tx: &mut Tx, id: MeetingId) -> Result<Option<Meeting>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The meeting `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: MeetingId) -> Result<Meeting> {
    let meeting: Meeting = tx.get(select!("where id = $1"), args![id])?;
    scope.over_offices().check(&meeting.place(), None)?;
    Ok(meeting)
}

pub fn list(tx: &mut Tx, scope: Scope, ask: &Ask) -> Result<Listed<Meeting>> {
    ask.list(tx, query(scope), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope) -> Query {
    scope.over_offices().within(Query::new(select!("where 1 = 1")))
}

pub fn add(tx: &mut Tx, m: &Meeting) -> Result<()> {
    tx.run_one(
        "insert into meetings (id, digest, campaign, office, title, held_at, venue, presiding, participants, discussed,
         decisions, state, minutes, made_at, made_by, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)",
        args![
            m.id,
            &m.digest,
            m.campaign,
            m.office,
            &m.title,
            m.held_at,
            &m.venue,
            &m.presiding,
            &m.participants,
            &m.discussed,
            m.decisions,
            m.state,
            &m.minutes,
            m.made_at,
            m.made_by,
            m.province,
            m.city,
            m.county,
            m.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, m: &Meeting) -> Result<()> {
    tx.run_one(
        "update meetings set decisions = $1, state = $2, minutes = $3, version = version + 1 where id = $4 and version = $5",
        args![m.decisions, m.state, &m.minutes, m.id, m.version],
    )
}
