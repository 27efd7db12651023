//! Every statement that touches `offices`. Nobody else writes one.

use super::{Level, Office, Scope};
use crate::kernel::{
    Lang, OfficeId, Result,
    db::{Query, Tx},
    list::{Ask, Listed, Order},
};

pub fn office(tx: &mut Tx, id: OfficeId) -> Result<Office> {
    tx.get(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where id = $1",
        args![id],
    )
}

/// The office `id` within `scope`.
pub fn office_within(tx: &mut Tx, scope: Scope, id: OfficeId) -> Result<Office> {
    let office = office(tx, id)?;
    scope.check(&office.place(), None)?;
    Ok(office)
}

pub fn office_by_code(tx: &mut Tx, code: &str) -> Result<Option<Office>> {
    tx.one(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where code = $1",
        args![code],
    )
}

pub fn offices_below(tx: &mut Tx, parent: OfficeId) -> Result<Vec<Office>> {
    tx.all(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where parent = $1 order by code",
        args![parent],
    )
}

/// The open county offices within `scope`.
pub fn counties(tx: &mut Tx, scope: Scope) -> Result<Vec<Office>> {
    let query = Query::new(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where level = 'county' and active = 1",
    );
    tx.query(&scope.over_offices().within(query))
}

/// Orders in which offices can be listed.
pub const OFFICE_ORDERS: &[Order] = &[order!("code", "code"), order!("name", "name")];

pub fn offices(tx: &mut Tx, scope: Scope, level: Option<Level>, ask: &Ask) -> Result<Listed<Office>> {
    ask.list(tx, office_query(scope, level, ask), OFFICE_ORDERS)
}

/// The statement of [`offices`], so that a test can ask the engine for its plan.
pub fn office_query(scope: Scope, level: Option<Level>, ask: &Ask) -> Query {
    let query = Query::new(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where 1 = 1",
    );
    let words = ask.q.as_ref().map(|q| format!("%{}%", q.trim()));
    scope.over_offices().within(query).maybe(" and level = ?", level).maybe(" and name like ?", words)
}

pub fn add_office(tx: &mut Tx, o: &Office) -> Result<()> {
    tx.run_one(
        "insert into offices (id, code, name, name_en, level, parent, province, city, county, station, region, active, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
        args![
            o.id, &o.code, &o.name, &o.name_en, o.level, o.parent, o.province, o.city, o.county, o.station, &o.region, o.active
        ],
    )
}

/// The counties and stations within `scope`, as (id, name): where a thing can be handed over to.
pub fn neighbours(tx: &mut Tx, scope: Scope, lang: Lang) -> Result<Vec<(String, String)>> {
    let query = Query::new(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where active = 1 and level in ('county', 'station')",
    );
    let offices: Vec<Office> = tx.query(&scope.over_offices().within(query).add(" order by code limit 400", &[]))?;
    Ok(offices.iter().map(|o| (o.id.to_string(), o.label(lang).to_owned())).collect())
}

/// Offices that are responsible for a GB/T 2260 region, the highest first. A development zone shares the code of the
/// county in which it lies.
pub fn offices_of_region(tx: &mut Tx, region: &str) -> Result<Vec<Office>> {
    tx.all(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where region = $1 and active = 1 order by code",
        args![region],
    )
}

/// Saves an office that somebody has changed.
pub fn save_office(tx: &mut Tx, o: &Office) -> Result<()> {
    tx.run_one(
        "update offices set code = $1, name = $2, name_en = $3, parent = $4, province = $5, city = $6, county = $7,
         station = $8, region = $9, active = $10, version = version + 1 where id = $11 and version = $12",
        args![
            &o.code, &o.name, &o.name_en, o.parent, o.province, o.city, o.county, o.station, &o.region, o.active, o.id,
            o.version
        ],
    )
}

/// Makes acts that look at an office and what belongs to it come one after the other.
pub fn hold_office(tx: &mut Tx, id: OfficeId) -> Result<()> {
    tx.run_one("update offices set active = active where id = $1", args![id])
}

/// The open offices of a scope under which an office of `level` may stand.
pub fn offices_above(tx: &mut Tx, scope: Scope, level: Level) -> Result<Vec<Office>> {
    let query = Query::new(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where active = 1",
    );
    let levels = match level {
        Level::Nation => return Ok(Vec::new()),
        Level::Province => " and level = 'nation'",
        Level::City => " and level = 'province'",
        Level::County => " and level in ('province', 'city')",
        Level::Station => " and level in ('city', 'county')",
    };
    tx.query(&scope.within(query.add(levels, &[])).add(" order by code limit 1000", &[]))
}

/// The open offices of a level, by code.
pub fn of_level(tx: &mut Tx, level: Level) -> Result<Vec<Office>> {
    tx.all(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where active = 1 and level = $1 order by code",
        args![level],
    )
}

/// How many open offices of each level `scope` has.
pub fn count_by_level(tx: &mut Tx, scope: Scope) -> Result<Vec<(Level, i64)>> {
    let query = Query::new("select level, count(*) from offices where active = 1");
    tx.query(&scope.over_offices().within(query).add(" group by level", &[]))
}

/// The open offices within `scope` as (id, name), by code: where somebody can be transferred to.
pub fn choices(tx: &mut Tx, scope: Scope, lang: Lang) -> Result<Vec<(String, String)>> {
    let query = Query::new(
        "select id, code, name, name_en, level, parent, province, city, county, station, region, active, version
         from offices where active = 1",
    );
    let offices: Vec<Office> = tx.query(&scope.within(query).add(" order by code limit 1000", &[]))?;
    Ok(offices.iter().map(|o| (o.id.to_string(), o.label(lang).to_owned())).collect())
}
