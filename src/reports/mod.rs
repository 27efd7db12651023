//! Reports (统计报表): figures that nobody types.
//!
//! Every figure is a sum of facts of the record within an office, up to a cut-off; it drills down to exactly the records
//! it counts. This capability reads the tables of the record and writes nothing. Clauses: G-3, S-2b.

pub mod atlas;
pub mod assessment;
mod board;
mod counted;
pub mod milestones;
mod model;
pub mod outcomes;
pub mod progress;
pub mod returns;
mod store;
mod web;

pub use counted::{Counted, NONE, Wish};
pub use model::{Breakdown, Cell, Wanted};
pub use web::routes;

use crate::{
    kernel::{Error, Lang, Moment, NOT_A_DATE, OfficeId, Result, db::Tx, list::Listed},
    people::{By, store as offices},
    record::{Field, Figure},
};
use jiff::civil::Date;
use model::{Asked, Sum, cut_off};
use std::collections::HashMap;

/// The figures wanted, every cell with the address of its records.
pub fn figures(tx: &mut Tx, by: &By, wanted: &Wanted, lang: Lang) -> Result<Vec<Cell>> {
    let asked = resolve(tx, by, wanted)?;
    let sums = store::sums(tx, &asked)?;
    let names = if asked.by == Some(Breakdown::Office) { names(tx, &asked, &sums, lang)? } else { HashMap::new() };
    Ok(sums.into_iter().map(|sum| cell(&asked, &names, sum, lang)).collect())
}

/// A page of the records that one figure counts.
pub fn records(tx: &mut Tx, by: &By, wanted: &Wanted, wish: &Wish) -> Result<Listed<Counted>> {
    let asked = resolve(tx, by, wanted)?;
    counted::counted(tx, &asked, wish)
}

/// One figure of an office, the whole of it, now.
pub fn figure(tx: &mut Tx, by: &By, wanted: &Wanted, figure: Figure) -> Result<i64> {
    let asked = resolve(tx, by, &Wanted { by: None, ..wanted.clone() })?;
    let sums = store::sums(tx, &asked)?;
    Ok(sums.iter().find(|(f, _, _)| *f == figure).map_or(0, |(_, _, value)| *value))
}

/// What the offices are called of which there are sums: those that report to it, and those that did when it happened.
fn names(tx: &mut Tx, asked: &Asked, sums: &[Sum], lang: Lang) -> Result<HashMap<String, String>> {
    let below = offices::offices_below(tx, asked.office.id)?;
    let mut names: HashMap<String, String> =
        below.iter().map(|o| (o.id.to_string(), o.label(lang).to_owned())).collect();
    for part in sums.iter().filter_map(|(_, part, _)| part.as_ref()) {
        if !names.contains_key(part) {
            names.insert(part.clone(), offices::office(tx, OfficeId::parse(part)?)?.label(lang).to_owned());
        }
    }
    Ok(names)
}

/// Whoever asks sees offices within the own scope only.
fn resolve(tx: &mut Tx, by: &By, wanted: &Wanted) -> Result<Asked> {
    let office = offices::office(tx, wanted.office.unwrap_or(by.actor.office.id))?;
    by.scope().check(&office.place(), None)?;
    let until = match wanted.as_of.as_deref() {
        Some(text) => cut_off(text).ok_or_else(|| Error::invalid("as_of", NOT_A_DATE.with("value", text)))?,
        None => Moment::from_millis(i64::MAX),
    };
    Ok(Asked { office, campaign: wanted.campaign, until, by: wanted.by })
}

fn cell(asked: &Asked, names: &HashMap<String, String>, (figure, part, value): Sum, lang: Lang) -> Cell {
    let own = asked.office.label(lang).to_owned();
    let below = part.as_deref().filter(|_| asked.by == Some(Breakdown::Office)).and_then(|p| OfficeId::parse(p).ok());
    let named = |by: Breakdown| part.clone().filter(|_| asked.by == Some(by));
    Cell {
        figure,
        label: figure.label(lang).to_owned(),
        office: below.unwrap_or(asked.office.id),
        office_name: part.as_deref().and_then(|p| names.get(p).cloned()).unwrap_or(own),
        product: named(Breakdown::Product).or_else(|| named(Breakdown::Class)),
        field: named(Breakdown::Field).as_deref().and_then(Field::from_code),
        problem: named(Breakdown::Problem),
        days: named(Breakdown::Days).and_then(|days| days.parse().ok()),
        period: named(Breakdown::Day).and_then(|days| day_of(&days)),
        value,
        records: address(asked, figure, part.as_deref()),
    }
}

/// How many of a hundred a part is of a whole, rounded down; none where there is nothing.
fn share(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| part * 100 / whole)
}

fn day_of(days: &str) -> Option<Date> {
    let midnight = days.parse::<i64>().ok()? * 86_400_000;
    Some(Moment::from_millis(midnight).date())
}

fn address(asked: &Asked, figure: Figure, part: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("figure", figure.code()).append_pair("office", &asked.office.id.to_string());
    if let Some(campaign) = asked.campaign {
        query.append_pair("campaign", &campaign.to_string());
    }
    if asked.until.millis() < i64::MAX {
        query.append_pair("as_of", &asked.until.to_string());
    }
    if let Some(by) = asked.by {
        query.append_pair("by", by.code()).append_pair("part", part.unwrap_or(NONE));
    }
    format!("/api/v1/figures/records?{}", query.finish())
}
