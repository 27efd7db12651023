//! The pack of a device (离线任务包): everything needed for a shift without a network, scoped by who works with it.
//!
//! What a device was given is remembered as a list of marks ([`Manifest`]); the next time it is told what differs and what
//! is gone. Nothing depends on clocks or on the order of commits: a device that applies what it is told has what there is.

mod gather;
mod manifest;
mod model;
mod store;

pub use gather::{BACK, ahead, back};
pub use manifest::Manifest;
pub use model::{Given, Wanted};

use super::store as items;
use crate::{
    accounts::{self, devices},
    kernel::{App, DeviceId, EnterpriseId, Error, ManifestId, NOT_A_CHOICE, Result, db::Tx},
    people::{By, Role, store as offices},
};
use gather::{Placed, gather};
use manifest::{lines, news};
use model::{Colleague, Me, Thing};
use std::collections::{BTreeMap, BTreeSet};

/// Planned visits of the first part: a first screen.
const FIRST: usize = 20;
/// Things of a part.
const PART: usize = 1000;

/// What `by` is given now: everything, or what has changed since the last time; part by part, the most urgent first.
pub async fn give(app: &App, by: &By, wanted: &Wanted) -> Result<Given> {
    by.actor.must_be(devices::FIELD)?;
    match &wanted.after {
        Some(after) => go_on(app, by, wanted, after).await,
        None => begin(app, by, wanted).await,
    }
}

async fn begin(app: &App, by: &By, wanted: &Wanted) -> Result<Given> {
    let (asks, device) = (by.clone(), device_of(wanted)?);
    let since = wanted.since.as_deref().and_then(|id| ManifestId::parse(id).ok());
    let (manifest, base, things, mut given) = app
        .db
        .read(move |tx| {
            let things = gather(tx, &asks, None)?;
            let base = since.map(|id| store::find(tx, id, asks.actor.account, &text(device))).transpose()?.flatten();
            let manifest = compare(tx, &asks, device, base.as_ref(), &things)?;
            Ok((manifest, base, things, around(tx, &asks)?))
        })
        .await?;
    given.whole = base.is_none();
    let unchanged = base.as_ref().is_some_and(|b| b.things == manifest.things);
    if let Some(base) = base.as_ref().filter(|_| unchanged) {
        given.next = base.id.to_string();
        return Ok(given);
    }
    let (kept, base) = (manifest.clone(), base.map(|b| b.id));
    app.act(by, move |tx, _| store::replace(tx, &kept, base)).await?;
    given.gone = manifest.gone();
    Ok(cut(given, &manifest, things, 0))
}

async fn go_on(app: &App, by: &By, wanted: &Wanted, after: &str) -> Result<Given> {
    let wrong = || Error::invalid("after", NOT_A_CHOICE.with("value", after));
    let (id, from) = after.split_once('.').ok_or_else(wrong)?;
    let (id, from) = (ManifestId::parse(id).map_err(|_| wrong())?, from.parse().map_err(|_| wrong())?);
    let (by, device) = (by.clone(), device_of(wanted)?);
    let at = by.at;
    let found = app.db.read(move |tx| {
        let Some(manifest) = store::find(tx, id, by.actor.account, &text(device))? else { return Ok(None) };
        // only what stands around the enterprises of this part is read again
        let part: BTreeSet<_> = manifest.send().iter().skip(from).take(PART).filter_map(|(_, of)| *of).collect();
        let things = gather(tx, &by, Some(&part))?;
        Ok(Some((manifest, things)))
    });
    let (manifest, things) = found.await?.ok_or_else(wrong)?;
    Ok(cut(blank(at), &manifest, things, from))
}

/// The device that asks, if it says which it is.
fn device_of(wanted: &Wanted) -> Result<Option<DeviceId>> {
    let device = wanted.device.as_deref().map(DeviceId::parse).transpose();
    device
        .map_err(|_| Error::invalid("device", NOT_A_CHOICE.with("value", wanted.device.as_deref().unwrap_or_default())))
}

fn text(device: Option<DeviceId>) -> String {
    device.map_or_else(String::new, |id| id.to_string())
}

/// What is to be told to who was given `base`. What the device has brought about itself is known there.
fn compare(
    tx: &mut Tx,
    by: &By,
    device: Option<DeviceId>,
    base: Option<&Manifest>,
    things: &[Placed],
) -> Result<Manifest> {
    let now = things.iter().map(|(_, t)| Ok((t.id(), t.mark()?))).collect::<Result<Vec<_>>>()?;
    let mut news = news(base.map(|b| b.things.as_str()), &now);
    if let (Some(device), Some(_)) = (device, base) {
        let versions: BTreeMap<String, i64> = things.iter().filter_map(|(_, t)| Some((t.id(), t.version()?))).collect();
        let mut others = Vec::new();
        for id in news.send {
            let own = items::brought_about(tx, &id, device)?;
            if own.is_none() || own != versions.get(&id).copied() {
                others.push(id);
            }
        }
        news.send = others;
    }
    let read_with: BTreeMap<String, EnterpriseId> =
        things.iter().filter_map(|(of, t)| Some((t.id(), (*of)?))).collect();
    let line = |id: &String| read_with.get(id).map_or_else(|| id.clone(), |of| format!("{id} {of}"));
    Ok(Manifest {
        id: ManifestId::new(by.at),
        account: by.actor.account,
        device: text(device),
        made_at: by.at,
        things: lines(&now),
        send: news.send.iter().map(line).collect::<Vec<_>>().join("\n"),
        gone: news.gone.join("\n"),
    })
}

/// The part of `manifest` that begins at `from`. What has gone in between is told the next time.
fn cut(mut given: Given, manifest: &Manifest, things: Vec<Placed>, from: usize) -> Given {
    let mut here: BTreeMap<String, Thing> = things.into_iter().map(|(_, t)| (t.id(), t)).collect();
    let send = manifest.send();
    let mut at = from.min(send.len());
    while at < send.len() && at - from < PART && (from > 0 || given.visits.len() < FIRST) {
        if let Some(thing) = here.remove(send[at].0) {
            given.take(thing);
        }
        at += 1;
    }
    given.next = manifest.id.to_string();
    given.after = (at < send.len()).then(|| format!("{}.{at}", manifest.id));
    given
}

/// Who asks, for whom they work and with whom.
fn around(tx: &mut Tx, by: &By) -> Result<Given> {
    let actor = &by.actor;
    let colleagues = accounts::colleagues(tx, &actor.office.place(), Role::Inspector)?;
    let mut offices = vec![actor.office.clone()];
    offices.extend(offices::offices_below(tx, actor.office.id)?);
    let me = Me {
        account: actor.account,
        name: actor.name.clone(),
        badge: actor.badge.clone(),
        roles: actor.roles.clone(),
        lang: actor.lang.code(),
        office: actor.office.clone(),
    };
    let colleagues = colleagues.into_iter().map(|(id, name)| Colleague { id, name }).collect();
    Ok(Given { me: Some(me), offices, colleagues, ..blank(by.at) })
}

fn blank(now: crate::kernel::Moment) -> Given {
    Given {
        next: String::new(),
        after: None,
        whole: false,
        now,
        me: None,
        offices: Vec::new(),
        colleagues: Vec::new(),
        campaigns: Vec::new(),
        enterprises: Vec::new(),
        certificates: Vec::new(),
        visits: Vec::new(),
        hazards: Vec::new(),
        gone: Vec::new(),
    }
}
