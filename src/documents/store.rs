//! Every statement that touches `documents` and `document_words`. Nobody else writes one.

use super::{Document, Form, State};
use crate::{
    kernel::{
        DocumentId, OfficeId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
        sheet,
    },
    people::Scope,
    record::{self, Look},
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Every column but what is printed, in one place for all selects.
macro_rules! columns {
    () => {
        "select id, form, number, series, serial, year, office, issuer, kind, thing, title, party, internal, digest,
         state, reason, dated, issued_at, issued_by, sha256, served_at, service, recipient, service_note, enterprise,
         campaign, province, city, county, station, version"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!(columns!(), " from documents ", $rest)
    };
}

/// By what documents can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// The form.
    pub form: Option<Form>,
    /// Where it stands.
    pub state: Option<State>,
    /// Id of what it concerns.
    pub thing: Option<String>,
    /// Id of the enterprise.
    pub enterprise: Option<String>,
}

/// Orders in which documents can be listed.
pub const ORDERS: &[Order] = &[order!("issued", "issued_at")];

/// The document `id` within `scope`. What stays among offices does not exist for an enterprise.
pub fn get(tx: &mut Tx, scope: Scope, id: DocumentId) -> Result<Document> {
    let document: Document = tx.get(select!("where id = $1"), args![id])?;
    scope.check(&document.place(), document.enterprise.filter(|_| !document.internal))?;
    Ok(document)
}

/// What of it is printed, as JSON.
pub fn data(tx: &mut Tx, id: DocumentId) -> Result<String> {
    tx.get("select data from documents where id = $1", args![id])
}

/// Documents within `scope`.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Document>> {
    let look = record::look(tx, &record::DOCUMENTS, scope, ask.q.as_deref())?;
    ask.list(tx, query(scope, filter, &look), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter, look: &Look) -> Query {
    let query = scope
        .within(record::search(columns!(), &record::DOCUMENTS, look))
        .maybe(" and form <> 'on_site_record' and form = ?", filter.form.filter(|f| *f != Form::OnSiteRecord))
        .maybe(" and form = ?", filter.form.filter(|f| *f == Form::OnSiteRecord))
        .maybe(" and state = ?", filter.state)
        .maybe(" and thing = ?", filter.thing.clone())
        .maybe(" and enterprise = ?", filter.enterprise.clone());
    match scope {
        Scope::Enterprise(_) => query.add(" and internal = 0", &[]),
        Scope::Office { .. } | Scope::Nothing => query,
    }
}

/// The whole list within `scope`, for exports.
pub fn all(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Vec<Document>> {
    let look = record::look(tx, &record::DOCUMENTS, scope, ask.q.as_deref())?;
    tx.query(&ask.whole(query(scope, filter, &look), ORDERS, sheet::ROWS)?)
}

/// Documents about a thing, newest first. Whoever asks has loaded the thing in their scope.
pub fn of_thing(tx: &mut Tx, scope: Scope, thing: &str) -> Result<Vec<Document>> {
    let filter = Filter { thing: Some(thing.to_owned()), ..Filter::default() };
    Ok(list(tx, scope, &filter, &Ask { limit: Some(200), ..Ask::default() })?.items)
}

/// How many documents were issued before `then` and are not printed.
pub fn unprinted_since(tx: &mut Tx, then: crate::kernel::Moment) -> Result<i64> {
    tx.get("select count(*) from documents where sha256 is null and issued_at < $1", args![then])
}

/// The oldest documents that have not been printed yet.
pub fn unprinted(tx: &mut Tx, most: i64) -> Result<Vec<DocumentId>> {
    tx.all("select id from documents where sha256 is null order by issued_at, id limit $1", args![most])
}

pub fn add(tx: &mut Tx, d: &Document, data: &str) -> Result<()> {
    tx.run_one(
        "insert into documents (id, form, number, series, serial, year, office, issuer, kind, thing, title, party,
         internal, data, digest, state, reason, dated, issued_at, issued_by, sha256, served_at, service, recipient,
         service_note, enterprise, campaign, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31, 1)",
        args![
            d.id,
            d.form,
            &d.number,
            &d.series,
            d.serial,
            d.year,
            d.office,
            &d.issuer,
            d.kind,
            &d.thing,
            &d.title,
            &d.party,
            d.internal,
            data,
            &d.digest,
            d.state,
            &d.reason,
            d.dated,
            d.issued_at,
            d.issued_by,
            &d.sha256,
            d.served_at,
            d.service,
            &d.recipient,
            &d.service_note,
            d.enterprise,
            d.campaign,
            d.province,
            d.city,
            d.county,
            d.station
        ],
    )
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, d: &Document) -> Result<()> {
    tx.run_one(
        "update documents set state = $1, reason = $2, sha256 = $3, served_at = $4, service = $5, recipient = $6,
         service_note = $7, version = version + 1 where id = $8 and version = $9",
        args![d.state, &d.reason, &d.sha256, d.served_at, d.service, &d.recipient, &d.service_note, d.id, d.version],
    )
}

/// The word by which `office` numbers its documents now.
pub fn word_of(tx: &mut Tx, office: OfficeId) -> Result<Option<String>> {
    tx.one("select word from document_words where office = $1 order by turn desc limit 1", args![office])
}

/// The office to which a word belongs, now or by what it has numbered before.
pub fn owner_of(tx: &mut Tx, word: &str) -> Result<Option<OfficeId>> {
    tx.one("select office from document_words where word = $1", args![word])
}

/// Gives `word` to `office` from now on; false when somebody else has it.
pub fn set_word(tx: &mut Tx, office: OfficeId, word: &str) -> Result<bool> {
    let set = tx.run(
        "insert into document_words (word, office, turn)
         values ($1, $2, (select coalesce(max(turn), 0) + 1 from document_words where office = $2))
         on conflict (word) do update set turn = excluded.turn where document_words.office = excluded.office",
        args![word, office],
    )?;
    Ok(set == 1)
}
