//! Every statement that touches `packs` and `campaigns`. Nobody else writes one.

use super::model::{Campaign, PackVersion, State};
use crate::{
    kernel::{
        CampaignId, Result,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
    },
    people::{Level, Place, Scope},
};
use jiff::civil::Date;

pub fn digest(tx: &mut Tx, code: &str, version: i64) -> Result<Option<String>> {
    tx.one("select digest from packs where code = $1 and version = $2", args![code, version])
}

pub fn content(tx: &mut Tx, code: &str, version: i64) -> Result<String> {
    tx.get("select content from packs where code = $1 and version = $2", args![code, version])
}

pub fn add_pack(tx: &mut Tx, pack: &PackVersion, content: &str) -> Result<()> {
    tx.run_one(
        "insert into packs (code, version, digest, zh, en, content, added_at, added_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![&pack.code, pack.version, &pack.digest, &pack.zh, &pack.en, content, pack.added_at, pack.added_by],
    )
}

pub fn pack_version(tx: &mut Tx, code: &str, version: i64) -> Result<Option<PackVersion>> {
    tx.one(
        "select code, version, digest, zh, en, added_at, added_by from packs where code = $1 and version = $2",
        args![code, version],
    )
}

pub fn pack_versions(tx: &mut Tx) -> Result<Vec<PackVersion>> {
    tx.all("select code, version, digest, zh, en, added_at, added_by from packs order by code, version desc", &[])
}

pub fn campaign(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>> {
    tx.one(
        "select id, code, zh, en, pack_code, pack_version, starts, ends, state, office, province, city, county, station,
         made, created_at, version from campaigns where id = $1",
        args![id],
    )
}

pub fn add(tx: &mut Tx, c: &Campaign) -> Result<()> {
    tx.run_one(
        "insert into campaigns (id, code, zh, en, pack_code, pack_version, starts, ends, state, office, province, city,
         county, station, made, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            c.id,
            &c.code,
            &c.zh,
            &c.en,
            &c.pack_code,
            c.pack_version,
            c.starts,
            c.ends,
            c.state,
            c.office,
            c.province,
            c.city,
            c.county,
            c.station,
            &c.made,
            c.created_at,
            c.version
        ],
    )
}

pub fn save(tx: &mut Tx, c: &Campaign) -> Result<()> {
    tx.run_one(
        "update campaigns set zh = $1, en = $2, pack_version = $3, starts = $4, ends = $5, state = $6,
         version = version + 1 where id = $7 and version = $8",
        args![&c.zh, &c.en, c.pack_version, c.starts, c.ends, c.state, c.id, c.version],
    )
}

/// Orders in which campaigns can be listed.
pub const ORDERS: &[Order] = &[order!("starts", "starts"), order!("ends", "ends")];

/// Campaigns that somebody with this place and scope may see: see [`Campaign::is_visible_to`], which is the same rule.
///
/// There are few campaigns in a country, so the condition needs no index of its own.
pub fn campaigns(
    tx: &mut Tx,
    (place, scope): (&Place, Scope),
    state: Option<State>,
    ask: &Ask,
) -> Result<Listed<Campaign>> {
    ask.list(tx, query(place, scope, state, ask), ORDERS)
}

/// The statement of [`campaigns`], so that a test can ask the engine for its plan.
pub fn query(place: &Place, scope: Scope, state: Option<State>, ask: &Ask) -> Query {
    let query = Query::new(
        "select id, code, zh, en, pack_code, pack_version, starts, ends, state, office, province, city, county, station,
         made, created_at, version from campaigns where (state <> 'draft'",
    );
    let query = run_within(reaching(query, place).add(" or 1 = 1", &[]), scope).add(")", &[]);
    let words = ask.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(|q| format!("%{q}%"));
    let query = query.maybe(" and state = ?", state);
    match words {
        Some(words) => query.add(" and (zh like ? or lower(en) like lower(?))", &[words.clone().into(), words.into()]),
        None => query,
    }
}

/// Every campaign that is under way on `date`.
pub fn under_way(tx: &mut Tx, date: Date) -> Result<Vec<Campaign>> {
    tx.all(
        "select id, code, zh, en, pack_code, pack_version, starts, ends, state, office, province, city, county, station,
         made, created_at, version from campaigns where state = 'open' and starts <= $1 and ends >= $1 order by id",
        args![date],
    )
}

/// The campaigns under way on `date` that reach `place`, the nearest to it first.
pub fn current(tx: &mut Tx, place: &Place, date: Date) -> Result<Vec<Campaign>> {
    let query = Query::new(
        "select id, code, zh, en, pack_code, pack_version, starts, ends, state, office, province, city, county, station,
         made, created_at, version from campaigns where state = 'open'",
    );
    let query = reaching(query, place).add(" and starts <= ? and ends >= ?", &[date.into(), date.into()]);
    tx.query(&query.add(
        " order by case when station is not null then 0 when county is not null then 1 when city is not null then 2
         when province is not null then 3 else 4 end, starts, id",
        &[],
    ))
}

/// Campaigns of the offices above `place`, and of the nation.
fn reaching(query: Query, place: &Place) -> Query {
    // No id is empty, so a level that the place lacks matches only campaigns that lack it too.
    let id = |id: Option<crate::kernel::OfficeId>| id.map_or_else(|| Value::from(""), Value::from);
    query
        .add(" and (province is null or province = ?)", &[id(place.province)])
        .add(" and (city is null or city = ?)", &[id(place.city)])
        .add(" and (county is null or county = ?)", &[id(place.county)])
        .add(" and (station is null or station = ?)", &[id(place.station)])
}

/// Or campaigns that an office within `scope` runs.
fn run_within(query: Query, scope: Scope) -> Query {
    match scope {
        Scope::Office { level: Level::Nation, .. } => query,
        Scope::Office { .. } => scope.within(query),
        // Enterprises run no campaign.
        Scope::Enterprise(_) | Scope::Nothing => query.add(" and 1 = 0", &[]),
    }
}

/// The packs of the campaigns under way: code and version.
pub fn packs_in_force(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.all(
        "select distinct pack_code, pack_version from campaigns where state = $1 order by pack_code, pack_version",
        args![State::Open],
    )
}
