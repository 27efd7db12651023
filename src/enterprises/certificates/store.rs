//! Every statement that touches `certificates` and `certificate_history`. Nobody else writes one.

use super::{Certificate, Entry, Kind, State};
use crate::{
    kernel::{
        CertificateId, EnterpriseId, Result,
        db::{Query, Tx, Value},
        list::{Ask, Listed, Order},
        sheet,
    },
    people::{Place, Scope},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column, in one place for all selects.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, enterprise, digest, kind, number, holder, products, scope, address, body, issued, expires, state,
             registered_at, registered_by, province, city, county, station, version from certificates ",
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
    /// Id of the holder.
    pub enterprise: Option<String>,
    /// Expires on this day or earlier, and is neither ended nor expired yet.
    pub expires_by: Option<Date>,
}

/// Orders in which certificates can be listed.
pub const ORDERS: &[Order] = &[order!("expires", "expires")];

pub fn find(tx: &mut Tx, id: CertificateId) -> Result<Option<Certificate>> {
    tx.one(select!("where id = $1"), args![id])
}

pub fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Certificate>> {
    tx.one(select!("where number = $1"), args![number])
}

/// The certificates of a subject and of everything merged into it, those that last longest first.
pub fn of(tx: &mut Tx, id: EnterpriseId) -> Result<Vec<Certificate>> {
    tx.all(
        select!(
            "where enterprise in (select id from enterprises where enterprise =
             (select enterprise from enterprises where id = $1)) order by expires desc, id"
        ),
        args![id],
    )
}

/// The certificates of these records, those that last longest first.
pub fn of_all(tx: &mut Tx, enterprises: &[Value]) -> Result<Vec<Certificate>> {
    let query = Query::new(select!("where 1 = 1")).among(" and enterprise", enterprises);
    tx.query(&query.add(" order by expires desc, id", &[]))
}

/// The list within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, today: Date, ask: &Ask) -> Result<Listed<Certificate>> {
    ask.list(tx, query(scope, filter, today, ask), ORDERS)
}

/// The statement of [`list`].
pub fn query(scope: Scope, filter: &Filter, today: Date, ask: &Ask) -> Query {
    let words = ask.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(|q| format!("%{q}%"));
    let query = scope
        .within(Query::new(select!("where 1 = 1")))
        .maybe(" and kind = ?", filter.kind)
        .maybe(" and state = ?", filter.state)
        .maybe(" and enterprise = ?", filter.enterprise.clone())
        .maybe(" and (number like ?", words.clone())
        .maybe(" or holder like ?)", words);
    match filter.expires_by {
        // `coalesce` keeps the engine from looking by state and sorting what it finds: the order is that of `expires`
        Some(by) => query.add(
            " and coalesce(state, '') in ('valid', 'suspended') and expires >= ? and expires <= ?",
            &[today.into(), by.into()],
        ),
        None => query,
    }
}

/// What the clock must mark as expired.
pub fn lapsed(tx: &mut Tx, today: Date, most: i64) -> Result<Vec<CertificateId>> {
    tx.all(
        "select id from certificates where state in ('valid', 'suspended') and expires < $1 order by expires limit $2",
        args![today, most],
    )
}

pub fn add(tx: &mut Tx, c: &Certificate) -> Result<()> {
    tx.run_one(
        "insert into certificates (id, enterprise, digest, kind, number, holder, products, scope, address, body, issued,
         expires, state, registered_at, registered_by, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)",
        args![
            c.id, c.enterprise, &c.digest, c.kind, &c.number, &c.holder, &c.products, &c.scope, &c.address, &c.body, c.issued,
            c.expires, c.state, c.registered_at, c.registered_by, c.province, c.city, c.county, c.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, c: &Certificate) -> Result<()> {
    tx.run_one(
        "update certificates set holder = $1, products = $2, scope = $3, address = $4, body = $5, issued = $6, expires = $7,
         state = $8, version = version + 1 where id = $9 and version = $10",
        args![
            &c.holder, &c.products, &c.scope, &c.address, &c.body, c.issued, c.expires, c.state, c.id, c.version
        ],
    )
}

/// The certificates of a subject go where the subject goes.
pub fn move_all(tx: &mut Tx, id: EnterpriseId, place: &Place) -> Result<u64> {
    tx.run(
        "update certificates set province = $1, city = $2, county = $3, station = $4 where enterprise = $5",
        args![place.province, place.city, place.county, place.station, id],
    )
}

/// What became of a certificate, oldest first.
pub fn history(tx: &mut Tx, id: CertificateId) -> Result<Vec<Entry>> {
    tx.all(
        "select since, state, verb, authority, document, why, expires from certificate_history where certificate = $1
         order by since, line",
        args![id],
    )
}

pub fn add_history(tx: &mut Tx, id: CertificateId, e: &Entry) -> Result<()> {
    tx.run_one(
        "insert into certificate_history (certificate, line, since, state, verb, authority, document, why, expires)
         values ($1, (select coalesce(max(line), 0) + 1 from certificate_history where certificate = $1), $2, $3, $4, $5, $6,
         $7, $8)",
        args![id, e.since, e.state, e.verb, &e.authority, &e.document, &e.why, e.expires],
    )
}

/// The whole list within `scope`, for exports.
pub fn all<T>(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    asked: (Date, &Ask),
    make: impl Fn(Certificate) -> T,
) -> Result<Vec<T>> {
    let (today, ask) = asked;
    let mut rows = Vec::new();
    tx.query_each(&ask.whole(query(scope, filter, today, ask), ORDERS, sheet::ROWS)?, |c| {
        rows.push(make(c));
        Ok(())
    })?;
    Ok(rows)
}
