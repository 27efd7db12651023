//! What is done with an item once nothing is missing: the same acts as by page and API.

use super::{Kept, Kind, read};
use crate::{
    enterprises::{self, Change},
    hazards,
    inspections::{self, Submission, store as visits},
    kernel::{
        EnterpriseId, Error, HazardId, InspectionId, NOT_A_CHOICE, Result, db::Tx, page::read_json, secret::Keeper,
    },
    people::By,
    record::refused::What,
};
use serde::Deserialize;
use serde_json::Value;

/// The content of an item that is an act.
#[derive(Debug, Deserialize)]
struct Wanted {
    thing: String,
    act: Value,
}

/// Does what the item asks for; says the version of its thing afterwards.
pub fn carry_out(tx: &mut Tx, by: &By, keeper: &Keeper, item: &Kept) -> Result<i64> {
    let content = read(&item.content)?;
    match item.kind {
        Kind::Inspection => {
            let (id, sent) = (InspectionId::parse(&item.about)?, read_json::<Submission>(content)?);
            inspections::submit(tx, by, id, &sent)?;
            visit_version(tx, id)
        }
        Kind::Enterprise => {
            let (id, change) = (EnterpriseId::parse(&item.about)?, read_json::<Change>(content)?);
            Ok(enterprises::put(tx, by, keeper, id, &change)?.version)
        }
        Kind::Act => act(tx, by, &item.about, read_json(content)?),
    }
}

fn act(tx: &mut Tx, by: &By, about: &str, wanted: Wanted) -> Result<i64> {
    match wanted.thing.as_str() {
        "hazards" => {
            let id = HazardId::parse(about)?;
            hazards::act(tx, by, id, &read_json(wanted.act)?)?;
            Ok(hazards::get(tx, by.scope(), id)?.version)
        }
        "inspections" => {
            let id = InspectionId::parse(about)?;
            inspections::act(tx, by, id, &read_json(wanted.act)?)?;
            visit_version(tx, id)
        }
        other => NOT_A_CHOICE.with("value", other).at("thing"),
    }
}

fn visit_version(tx: &mut Tx, id: InspectionId) -> Result<i64> {
    visits::find(tx, id)?.map(|visit| visit.version).ok_or(Error::NotFound)
}

/// The SHA-256 of the record that an item confirms, if that is what it does.
pub fn confirms(item: &Kept) -> Option<String> {
    let wanted: Wanted = read(&item.content).and_then(read_json).ok().filter(|_| item.kind == Kind::Act)?;
    let is_visit = wanted.thing == "inspections" && wanted.act["verb"] == "confirm";
    is_visit.then(|| wanted.act["sha256"].as_str().unwrap_or_default().to_owned())
}

/// What the item is about, for whoever looks at what was refused.
pub fn what_of(kind: &str, about: &str, content: &str) -> What {
    let thing = || read(content).ok().and_then(|c| c["thing"].as_str().map(str::to_owned));
    match kind {
        "enterprise" => What::enterprise(about),
        "act" if thing().as_deref() == Some("hazards") => What::hazard(about),
        _ => What::visit(about),
    }
}
