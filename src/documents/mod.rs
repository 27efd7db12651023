//! Documents (文书): numbered official papers, issued once, printed alike for ever, served, voided at the worst.
//!
//! Other capabilities [`issue`] them within their own acts; they know what a document says, this one knows its number,
//! its life and its print. The number is drawn in the act's transaction, the PDF is printed outside: see
//! `docs/decisions/0004-documents-print-later.md`.

mod form;
mod forms;
mod life;
mod model;
mod press;
mod print;
mod store;
mod table;
mod web;
mod word_web;

pub use form::{Form, Method};
pub use life::{State, Verb};
pub use model::{Act, Document, New, REFUSALS, Word};
pub use press::{check, prepare, print as set};
pub use print::{Printed, print, print_waiting, printed};
pub use store::{Filter, ORDERS, all, get, list, of_thing, query, unprinted_since};
pub use table::table;
pub use web::routes;

use crate::{
    files,
    kernel::{DocumentId, Error, OfficeId, Result, db::Tx, secret},
    people::{By, Level, Office, Role, store as offices},
    record,
};
use model::{MISSING_GLYPH, NO_WORD, WORD_TAKEN, check_value, not_now};

/// Issues a document: `build` says what it says, given its head (issuer, number, date) to put into it.
///
/// It is numbered by the office of whoever acts; a station (所) issues in the name of its county. The number is drawn last,
/// when nothing can be refused any more, and belongs to the transaction: what is undone leaves no gap. A character that
/// cannot be printed is refused by name, beside the field of the document where it stands.
pub fn issue(tx: &mut Tx, by: &By, new: New, build: impl FnOnce(paper::Header) -> paper::Document) -> Result<Document> {
    by.scope().check(&new.place, new.enterprise)?;
    let office = numbering_office(tx, &by.actor.office)?;
    let dated = new.dated(by.at)?;
    let series = format!("documents/{}/{}/{}", office.id, new.form, dated.year());
    let word = word_in_force(tx, by, &office)?;
    let serial = record::upcoming_number(tx, &series)?;
    let mut document = blank(by, new, &office, dated);
    document.number = form::number(&word, document.form, dated.year(), serial);
    let paper = build(head(&document));
    if Form::of(&paper) != Some(document.form) {
        return Err(Error::broken(format!("{} was announced and a {} was built", document.form, paper.form())));
    }
    document.title = paper.title().replace('\n', "");
    let (paper, digest) = with_check_value(&document, paper)?;
    // Another transaction may have drawn it in between: then this one is run again.
    if record::next_number(tx, &series)? != serial {
        return Err(Error::Again);
    }
    let document = Document { series, serial, digest, ..document };
    store::add(tx, &document, &serde_json::to_string(&paper).map_err(Error::broken)?)?;
    record::index_number(tx, &document.id.to_string(), &document.number, &document.place())?;
    record::began(tx, by, &document, Verb::Issue.code(), None)?;
    Ok(document)
}

/// Does `act` to the document `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: DocumentId, act: &Act) -> Result<Document> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| not_now(&before, act.verb()))?;
    by.actor.must_be(&[who])?;
    let after = before.clone().after(act, to, by.at)?;
    files::link_all(tx, by, act.evidence(), &before, act.verb().code())?;
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), act.why()))?;
    Ok(Document { version: after.version + 1, ..after })
}

/// Who may set the word by which an office numbers.
pub const WORDERS: &[Role] = &[Role::Administrator];

/// Sets the word by which an office numbers its documents from now on (发文代字). Serials go on; the word it had before
/// stays its own.
pub fn set_word(tx: &mut Tx, by: &By, office: OfficeId, word: &str) -> Result<Word> {
    by.actor.must_be(WORDERS)?;
    let office = offices::office_within(tx, by.scope(), office)?;
    Word::check(word)?;
    let before = store::word_of(tx, office.id)?;
    if store::owner_of(tx, word)?.is_some_and(|owner| owner != office.id) {
        return WORD_TAKEN.with("word", word).at("word");
    }
    claim(tx, by, &office, before.as_deref(), word)
}

/// The word by which an office numbers its documents; none before its first one.
pub fn word(tx: &mut Tx, by: &By, office: OfficeId) -> Result<Option<String>> {
    let office = offices::office_within(tx, by.scope(), office)?;
    store::word_of(tx, office.id)
}

/// A station acts for its county and has no numbers of its own.
fn numbering_office(tx: &mut Tx, office: &Office) -> Result<Office> {
    match (office.level, office.county) {
        (Level::Station, Some(county)) => offices::office(tx, county),
        _ => Ok(office.clone()),
    }
}

/// The word of `office`. With its first document it gets the one made from its name; see [`form::words_of`].
fn word_in_force(tx: &mut Tx, by: &By, office: &Office) -> Result<String> {
    if let Some(word) = store::word_of(tx, office.id)? {
        return Ok(word);
    }
    let above = office.parent.map(|parent| offices::office(tx, parent)).transpose()?;
    for word in form::words_of(office, above.as_ref()) {
        if store::owner_of(tx, &word)?.is_none() {
            return Ok(claim(tx, by, office, None, &word)?.word);
        }
    }
    NO_WORD.with("office", &office.name).refuse()
}

fn claim(tx: &mut Tx, by: &By, office: &Office, before: Option<&str>, word: &str) -> Result<Word> {
    if !store::set_word(tx, office.id, word)? {
        return Err(Error::Again);
    }
    let with = |word: &str| Word {
        office: office.id,
        word: word.to_owned(),
        name: office.name.clone(),
        place: office.place(),
    };
    let word = with(word);
    match before {
        Some(before) => record::changed(tx, by, &with(before), &word, ("document_word", None))?,
        None => record::began(tx, by, &word, "document_word", None)?,
    };
    Ok(word)
}

fn blank(by: &By, new: New, office: &Office, dated: jiff::civil::Date) -> Document {
    let theirs = new.form.is_theirs();
    Document {
        id: DocumentId::new(by.at),
        form: new.form,
        number: String::new(),
        series: String::new(),
        serial: 0,
        year: dated.year().into(),
        office: office.id,
        issuer: if theirs { new.party.clone() } else { office.name.clone() },
        kind: new.kind,
        thing: new.thing,
        title: String::new(),
        party: new.party,
        internal: new.form.is_internal(),
        digest: String::new(),
        state: State::Issued,
        reason: None,
        dated,
        issued_at: by.at,
        issued_by: by.actor.account,
        sha256: None,
        served_at: None,
        service: None,
        recipient: None,
        service_note: None,
        enterprise: new.enterprise,
        campaign: new.campaign,
        province: new.place.province,
        city: new.place.city,
        county: new.place.county,
        station: new.place.station,
        version: 1,
    }
}

fn head(document: &Document) -> paper::Header {
    paper::Header {
        issuer: document.issuer.clone(),
        number: if document.form.is_theirs() { String::new() } else { document.number.clone() },
        date: Some(document.dated),
        ..paper::Header::default()
    }
}

/// The document, which can be printed, with its id and the beginning of its digest at its foot, and the digest.
fn with_check_value(document: &Document, mut paper: paper::Document) -> Result<(paper::Document, String)> {
    let json = serde_json::to_string(&paper).map_err(Error::broken)?;
    press::check_written(&paper, &json)?;
    let digest = secret::sha256(json.as_bytes());
    let verification =
        paper::Verification { id: document.id.to_string(), hash: check_value(&digest), at: String::new() };
    paper.header_mut().verification = Some(verification);
    Ok((paper, digest))
}

#[cfg(test)]
mod tests;
