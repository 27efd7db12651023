//! Every statement that touches `enterprises`, `enterprise_sites` and `enterprise_marks`. Nobody else writes one.

use super::{Enterprise, Kind, Site, State, Tag, names};
use crate::{
    kernel::{
        EnterpriseId, Moment, Result, SiteId,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
        sheet,
    },
    people::{Level, Place, Scope},
    record::{self, Look},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column, in one place for all selects.
macro_rules! columns {
    () => {
        "select id, digest, name, name_en, aliases, uscc, registration_no, person, person_id, kind, size, legal_person, phone,
         address, region, lon, lat, state, tags, made, sold, platform, shop_url, merged_into, resumes, registered_at,
         registered_by, province, city, county, station, version"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(columns!(), " from enterprises ", $rest)
    };
}

macro_rules! select_site {
    ($rest:literal) => {
        concat!(
            "select id, enterprise, name, kind, address, region, lon, lat, active, province, city, county, station, version
             from enterprise_sites ",
            $rest
        )
    };
}

/// By what the list can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    #[param(inline)]
    pub kind: Option<Kind>,
    #[param(inline)]
    pub state: Option<State>,
    /// A targeting criterion of the notice.
    #[param(inline)]
    pub tag: Option<Tag>,
    /// Code of a product that it makes, sells or uses, or of its category.
    pub product: Option<String>,
    /// GB/T 2260 code; the whole region with all below it.
    pub region: Option<String>,
    /// A licence or certificate that is still in force expires on this day or earlier.
    pub expiring_by: Option<Date>,
    /// `1`: subjects of other areas with a site here.
    pub sites: Option<String>,
}

/// Orders in which subjects can be listed.
pub const ORDERS: &[Order] = &[order!("registered", "registered_at"), order!("name", "name")];

/// The record `id` itself, merged or not.
pub fn find(tx: &mut Tx, id: EnterpriseId) -> Result<Option<Enterprise>> {
    tx.one(select!("where id = $1"), args![id])
}

/// The record that stands for `id`: itself, or what it was merged into in the end.
pub fn standing_for(tx: &mut Tx, id: EnterpriseId) -> Result<Enterprise> {
    tx.get(select!("where id = (select enterprise from enterprises where id = $1)"), args![id])
}

/// The records with these ids, each with the id of the record that stands for it.
pub fn standing_for_all(tx: &mut Tx, ids: &[Value]) -> Result<Vec<(EnterpriseId, EnterpriseId)>> {
    tx.query(&Query::new("select id, enterprise from enterprises where").among(" id", ids))
}

/// The records with these ids.
pub fn find_all(tx: &mut Tx, ids: &[Value]) -> Result<Vec<Enterprise>> {
    tx.query(&Query::new(select!("where")).among(" id", ids))
}

/// The working sites of these records.
pub fn sites_of_all(tx: &mut Tx, ids: &[Value]) -> Result<Vec<Site>> {
    tx.query(&Query::new(select_site!("where active = 1")).among(" and enterprise", ids).add(" order by id", &[]))
}

/// `id` and everything merged into it, oldest first.
pub fn ids_of(tx: &mut Tx, id: EnterpriseId) -> Result<Vec<EnterpriseId>> {
    tx.all(
        "select id from enterprises where enterprise = (select enterprise from enterprises where id = $1) order by id",
        args![id],
    )
}

/// These records and everything merged into them, each id with that of the record that stands for it.
pub fn ids_of_all(tx: &mut Tx, roots: &[Value]) -> Result<Vec<(EnterpriseId, EnterpriseId)>> {
    tx.query(&Query::new("select id, enterprise from enterprises where").among(" enterprise", roots))
}

/// What was merged into `id` directly.
pub fn merged_into(tx: &mut Tx, id: EnterpriseId) -> Result<Vec<Enterprise>> {
    tx.all(select!("where merged_into = $1 order by id"), args![id])
}

/// From now on `root` stands for `id`.
pub fn set_standing_for(tx: &mut Tx, id: EnterpriseId, root: EnterpriseId) -> Result<()> {
    tx.run_one("update enterprises set enterprise = $1 where id = $2", args![root, id])
}

/// The subject that stands for the holder of a credit code.
pub fn by_uscc(tx: &mut Tx, uscc: &str) -> Result<Option<Enterprise>> {
    tx.one(
        select!(
            "where id = (select enterprise from enterprises where uscc = $1
             order by case when merged_into is null then 0 else 1 end limit 1)"
        ),
        args![uscc],
    )
}

pub fn by_registration_no(tx: &mut Tx, number: &str) -> Result<Vec<Enterprise>> {
    tx.all(
        select!("where id in (select enterprise from enterprises where registration_no = $1) order by id limit 5"),
        args![number],
    )
}

/// Subjects of exactly this name, wherever they stand, the oldest first.
pub fn named(tx: &mut Tx, plain_name: &str) -> Result<Vec<Enterprise>> {
    tx.all(
        select!("where id in (select enterprise from enterprises where plain_name = $1) order by id limit 50"),
        args![plain_name],
    )
}

pub fn by_name(tx: &mut Tx, plain_name: &str, region: &str) -> Result<Vec<Enterprise>> {
    tx.all(
        select!(
            "where id in (select enterprise from enterprises where plain_name = $1 and region = $2) order by id limit 20"
        ),
        args![plain_name, region],
    )
}

/// Subjects below the office `shelf` and in `region` that share at least half of `pairs`, for a closer look.
pub fn alike(tx: &mut Tx, shelf: &str, region: &str, pairs: &[String]) -> Result<Vec<Enterprise>> {
    let query = Query::new(select!("where merged_into is null and region = "))
        .add("? and id in (select thing from words where key in (0", &[region.into()]);
    let query = pairs.iter().fold(query, |query, pair| query.add(", ?", &[record::key(shelf, pair).into()]));
    let least = (pairs.len() as i64 / 2).max(1);
    tx.query(&query.add(") group by thing having count(*) >= ?) order by id limit 200", &[least.into()]))
}

/// The list within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Enterprise>> {
    let look = record::look(tx, &record::ENTERPRISES, scope, ask.q.as_deref())?;
    ask.list(tx, query(scope, filter, &look), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan, and an export can go through it whole.
pub fn query(scope: Scope, filter: &Filter, look: &Look) -> Query {
    let query = record::search(columns!(), &record::ENTERPRISES, look).add(" and merged_into is null", &[]);
    let query = if filter.sites.as_deref() == Some("1") {
        let sites = query.add(" and id in (select enterprise from enterprise_sites where active = 1", &[]);
        scope.within(sites).add(")", &[])
    } else {
        scope.within(query)
    };
    let query = match filter.expiring_by {
        Some(by) => query.add(
            " and id in (select enterprise from certificates where state in ('valid', 'suspended') and expires <= ?)",
            &[by.into()],
        ),
        None => query,
    };
    let query = query.maybe(" and kind = ?", filter.kind).maybe(" and state = ?", filter.state);
    let mark = " and id in (select enterprise from enterprise_marks where key = ?)";
    let query = query
        .maybe(mark, filter.tag.map(|t| format!("{}:{}", shelf(scope), tag_mark(t))))
        .maybe(mark, filter.product.as_ref().map(|p| format!("{}:{}", shelf(scope), product_mark(p.trim()))));
    match filter.region.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        Some(region) => query.add(" and region >= ? and region <= ?", &region_range(region)),
        None => query,
    }
}

fn shelf(scope: Scope) -> String {
    match scope {
        Scope::Office { level: Level::Nation, .. } | Scope::Nothing => String::new(),
        Scope::Office { id, .. } => id.to_string(),
        Scope::Enterprise(id) => id.to_string(),
    }
}

/// How many working subjects stand within `scope` that make, sell or use a product and bear a tag; each counts for all
/// when it is empty.
pub fn count_marked(tx: &mut Tx, scope: Scope, product: &str, tag: &str) -> Result<i64> {
    let shelf = shelf(scope);
    let marks = [("product", product), ("tag", tag)].into_iter().filter(|(_, code)| !code.is_empty());
    let query = Query::new("select count(*) from enterprises where merged_into is null and state = 'active'");
    let marked = " and id in (select enterprise from enterprise_marks where key = ?)";
    let query = marks
        .fold(scope.within(query), |query, (kind, code)| query.add(marked, &[format!("{shelf}:{kind}:{code}").into()]));
    Ok(tx.query(&query)?.into_iter().next().unwrap_or(0))
}

/// 130000 reaches to 139999, 130100 to 130199.
fn region_range(region: &str) -> [Value; 2] {
    let stem = region.trim_end_matches("00");
    [stem.into(), format!("{stem}~").into()]
}

fn tag_mark(tag: Tag) -> String {
    format!("tag:{tag}")
}

fn product_mark(code: &str) -> String {
    format!("product:{code}")
}

pub fn add(tx: &mut Tx, e: &Enterprise) -> Result<()> {
    tx.run_one(
        "insert into enterprises (id, enterprise, digest, name, plain_name, name_en, aliases, uscc, registration_no, person, person_id,
         kind, size, legal_person, phone, address, region, lon, lat, state, tags, made, sold, platform, shop_url, merged_into,
         resumes, registered_at, registered_by, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, 1)",
        args![
            e.id, e.id, &e.digest, &e.name, names::plain(&e.name), &e.name_en, &e.aliases, &e.uscc, &e.registration_no, &e.person,
            &e.person_id, e.kind, e.size, &e.legal_person, &e.phone, &e.address, &e.region, e.lon, e.lat, e.state, &e.tags,
            &e.made, &e.sold, &e.platform, &e.shop_url, e.merged_into, e.resumes, e.registered_at, e.registered_by,
            e.province, e.city, e.county, e.station
        ],
    )?;
    put_marks(tx, e)
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, e: &Enterprise) -> Result<()> {
    tx.run_one(
        "update enterprises set name = $1, plain_name = $2, name_en = $3, aliases = $4, uscc = $5, registration_no = $6,
         person = $7, person_id = $8, kind = $9, size = $10, legal_person = $11, phone = $12, address = $13, region = $14,
         lon = $15, lat = $16, state = $17, tags = $18, made = $19, sold = $20, platform = $21, shop_url = $22,
         merged_into = $23, resumes = $24, province = $25, city = $26, county = $27, station = $28, version = version + 1
         where id = $29 and version = $30",
        args![
            &e.name, names::plain(&e.name), &e.name_en, &e.aliases, &e.uscc, &e.registration_no, &e.person, &e.person_id,
            e.kind, e.size, &e.legal_person, &e.phone, &e.address, &e.region, e.lon, e.lat, e.state, &e.tags, &e.made, &e.sold,
            &e.platform, &e.shop_url, e.merged_into, e.resumes, e.province, e.city, e.county, e.station, e.id, e.version
        ],
    )?;
    put_marks(tx, e)
}

/// The marks by which filters find a subject, on the shelf of each office above it and above its sites.
pub fn put_marks(tx: &mut Tx, e: &Enterprise) -> Result<()> {
    tx.run("delete from enterprise_marks where enterprise = $1", args![e.id])?;
    let mut marks: Vec<String> = e.tags.0.iter().map(|t| tag_mark(*t)).collect();
    let products = e.products();
    marks.extend(products.iter().map(|code| product_mark(code)));
    marks.extend(products.iter().filter_map(|code| code.get(..2)).map(product_mark));
    marks.sort();
    marks.dedup();
    if marks.is_empty() || e.merged_into.is_some() {
        return Ok(());
    }
    for shelf in shelves(tx, e)? {
        for mark in &marks {
            tx.run(
                "insert into enterprise_marks (key, enterprise) values ($1, $2) on conflict (key, enterprise) do nothing",
                args![format!("{shelf}:{mark}"), e.id],
            )?;
        }
    }
    Ok(())
}

/// Where a subject stands: its own place and those of its sites.
pub fn places(tx: &mut Tx, e: &Enterprise) -> Result<Vec<Place>> {
    let sites = sites(tx, e.id)?.into_iter().filter(|s| s.active).map(|s| s.place());
    Ok(sites.chain([e.place()]).collect())
}

/// The shelves on which its marks stand: those of all offices above it, and its own.
fn shelves(tx: &mut Tx, e: &Enterprise) -> Result<Vec<String>> {
    let mut shelves = vec![String::new(), e.id.to_string()];
    for place in places(tx, e)? {
        let offices = [place.province, place.city, place.county, place.station];
        shelves.extend(offices.into_iter().flatten().map(|o| o.to_string()));
    }
    shelves.sort();
    shelves.dedup();
    Ok(shelves)
}

/// The sites of a subject and of everything merged into it.
pub fn sites(tx: &mut Tx, id: EnterpriseId) -> Result<Vec<Site>> {
    tx.all(
        select_site!("where enterprise in (select id from enterprises where enterprise = $1) order by active desc, id"),
        args![id],
    )
}

pub fn site(tx: &mut Tx, id: SiteId) -> Result<Option<Site>> {
    tx.one(select_site!("where id = $1"), args![id])
}

/// Whether the subject has a working site within `scope`.
pub fn has_site(tx: &mut Tx, scope: Scope, id: EnterpriseId) -> Result<bool> {
    let query = Query::new(
        "select id from enterprise_sites where active = 1 and enterprise in (select id from enterprises where enterprise = ",
    );
    let query = scope.within(query.add("?)", &[id.into()])).add(" limit 1", &[]);
    Ok(!tx.query::<SiteId>(&query)?.is_empty())
}

pub fn add_site(tx: &mut Tx, s: &Site) -> Result<()> {
    tx.run_one(
        "insert into enterprise_sites (id, enterprise, name, kind, address, region, lon, lat, active, province, city, county,
         station, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)",
        args![
            s.id, s.enterprise, &s.name, s.kind, &s.address, &s.region, s.lon, s.lat, s.active, s.province, s.city, s.county,
            s.station
        ],
    )
}

pub fn save_site(tx: &mut Tx, s: &Site) -> Result<()> {
    tx.run_one(
        "update enterprise_sites set name = $1, kind = $2, address = $3, region = $4, lon = $5, lat = $6, active = $7,
         province = $8, city = $9, county = $10, station = $11, version = version + 1 where id = $12 and version = $13",
        args![
            &s.name, s.kind, &s.address, &s.region, s.lon, s.lat, s.active, s.province, s.city, s.county, s.station,
            s.id, s.version
        ],
    )
}

/// The whole list within `scope`, each subject made into what `make` makes of it: for exports.
pub fn all<T>(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, make: impl Fn(Enterprise) -> T) -> Result<Vec<T>> {
    let look = record::look(tx, &record::ENTERPRISES, scope, ask.q.as_deref())?;
    let mut rows = Vec::new();
    tx.query_each(&ask.whole(query(scope, filter, &look), ORDERS, sheet::ROWS)?, |e| {
        rows.push(make(e));
        Ok(())
    })?;
    Ok(rows)
}

/// How many enterprises stood on the register within `scope` at a moment, and how many of them without the code that every
/// legal person and individual business has; natural persons have none.
pub fn count_codes(tx: &mut Tx, scope: Scope, until: Moment) -> Result<(i64, i64)> {
    let mut count = |begin| -> Result<i64> {
        let query = scope.over_offices().within(Query::new(begin)).add(" and registered_at <= ?", &[until.into()]);
        Ok(tx.query(&query)?.into_iter().next().unwrap_or(0))
    };
    let all = count("select count(*) from enterprises where merged_into is null")?;
    let without =
        count("select count(*) from enterprises where merged_into is null and uscc is null and person is null")?;
    Ok((all, without))
}
