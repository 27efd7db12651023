//! The state of a thing (对象状态), as its last leaf commits to it: everything its capability reads of its row.
//!
//! Of the kinds that stand here every change of the row is an event. Others (accounts, whose sign-ins count on the row;
//! documents, which are printed when somebody looks) are covered by their events alone.

use super::leaf::canonical;
use crate::{
    campaigns::targets,
    enterprises::{self, certificates},
    hazards, inspections,
    inspections::signs,
    kernel::{Error, Result, db::Tx},
    record::Kind,
    reports::returns,
    supervision,
    tasks::{self, force, meetings},
};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Where a certificate stands follows from its holder and changes with it.
const PLACE: &[&str] = &["province", "city", "county", "station"];

/// The state of a thing, field by field; none when its kind is not covered. [`Error::NotFound`] when there is no such
/// thing.
pub fn state(tx: &mut Tx, kind: Kind, thing: &str) -> Result<Option<Json>> {
    match kind {
        Kind::Hazard => seen(hazards::find(tx, thing.parse()?)?, &[]),
        Kind::Inspection => seen(inspections::find(tx, thing.parse()?)?, &[]),
        Kind::Enterprise => seen(enterprises::store::find(tx, thing.parse()?)?, &[]),
        Kind::Certificate => seen(certificates::store::find(tx, thing.parse()?)?, PLACE),
        Kind::Target => seen(targets::find(tx, thing.parse()?)?, &[]),
        Kind::Task => seen(tasks::find(tx, thing.parse()?)?, &[]),
        Kind::TaskForce => seen(force::store::find(tx, thing.parse()?)?, &[]),
        Kind::Meeting => seen(meetings::store::find(tx, thing.parse()?)?, &[]),
        Kind::Return => seen(returns::find(tx, thing.parse()?)?, &[]),
        Kind::Reminder => seen(supervision::find(tx, thing.parse()?)?, &[]),
        Kind::Sign => seen(signs::find(tx, thing.parse()?)?, &[]),
        _ => Ok(None),
    }
}

fn seen(thing: Option<impl Serialize>, but: &[&str]) -> Result<Option<Json>> {
    let Some(thing) = thing else { return Err(Error::NotFound) };
    let mut state = serde_json::to_value(&thing).map_err(Error::broken)?;
    if let Some(fields) = state.as_object_mut() {
        for name in but {
            fields.remove(*name);
        }
    }
    Ok(Some(state))
}

/// The state as it is committed to.
pub fn said(state: &Json) -> String {
    canonical(state)
}

/// In which fields `state` is not what the events of the thing have made it: each event names the fields that it changed,
/// before and after. Empty where the difference is in what events do not repeat.
pub fn differences(state: &Json, events: &[String]) -> Vec<String> {
    let mut made: BTreeMap<String, Json> = BTreeMap::new();
    for change in events {
        let Ok(Json::Object(fields)) = serde_json::from_str(change) else { continue };
        for (name, pair) in fields {
            made.insert(name, pair.get(1).cloned().unwrap_or(Json::Null));
        }
    }
    let is_other = |name: &String, value: &Json| made.get(name).is_some_and(|made| made != value);
    let fields = state.as_object().into_iter().flatten();
    fields.filter(|(name, value)| is_other(name, value)).map(|(name, _)| name.clone()).collect()
}
