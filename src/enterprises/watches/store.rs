//! Every statement that touches `enterprise_watches`. Nobody else writes one.

use super::{NewWatch, Sign, Watch, WatchState};
use crate::{
    kernel::{
        EnterpriseId, HazardId, Moment, Result,
        db::{Query, Tx},
    },
    people::Scope,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, enterprise, name, product, ground_zh, ground_en, since, state, sign, sign_at
             from enterprise_watches ",
            $rest
        )
    };
}

pub fn put(tx: &mut Tx, new: &NewWatch, name: &str, at: Moment) -> Result<()> {
    let place = &new.place;
    tx.run_one(
        "insert into enterprise_watches (id, enterprise, name, product, ground_zh, ground_en, since, state, sign, sign_at,
         province, city, county, station) values ($1, $2, $3, $4, $5, $6, $7, $8, null, null, $9, $10, $11, $12)
         on conflict (id) do update set ground_zh = excluded.ground_zh, ground_en = excluded.ground_en,
         since = excluded.since, state = excluded.state, sign = null, sign_at = null",
        args![
            new.id,
            new.enterprise,
            name,
            new.product,
            new.ground.0,
            new.ground.1,
            at,
            WatchState::Watching,
            place.province,
            place.city,
            place.county,
            place.station
        ],
    )
}

/// The watches on a record that have not ended, oldest first.
pub fn of(tx: &mut Tx, enterprise: EnterpriseId) -> Result<Vec<Watch>> {
    tx.all(select!("where enterprise = $1 and state <> 'ended' order by since, id"), args![enterprise])
}

pub fn leads(tx: &mut Tx, scope: Scope, most: i64) -> Result<Vec<Watch>> {
    let query = Query::new(select!("where state = ")).add("?", &[WatchState::Resumed.into()]);
    tx.query(&scope.within(query).add(" order by since, id limit ?", &[most.into()]))
}

/// Sets where a watch stands; nothing where there is none.
pub fn set(tx: &mut Tx, id: HazardId, state: WatchState, sign: Option<(Sign, Moment)>) -> Result<()> {
    tx.run(
        "update enterprise_watches set state = $2, sign = $3, sign_at = $4 where id = $1",
        args![id, state, sign.map(|s| s.0), sign.map(|s| s.1)],
    )?;
    Ok(())
}

/// A lead is watched on.
pub fn back(tx: &mut Tx, id: HazardId) -> Result<()> {
    tx.run(
        "update enterprise_watches set state = 'watching', sign = null, sign_at = null where id = $1 and state = 'resumed'",
        args![id],
    )?;
    Ok(())
}
