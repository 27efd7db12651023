//! Whether the seals of a visit hold: verified anew from what is kept, each time somebody asks.

use super::{Fault, Kind, State, Statement, carry, model::Kept, read, seal, store};
use crate::{
    accounts::{
        self,
        devices::{self, Device},
    },
    files::{self, FileHash},
    hazards::{self, Origin},
    inspections::{Inspection, Inspector, Submission, digest, store as visits},
    kernel::{AccountId, DeviceId, Error, InspectionId, ItemId, Moment, Result, db::Tx, page::read_json},
    people::Scope,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of the seals of a visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SealProof)]
pub struct Proof {
    pub inspection: InspectionId,
    /// Whether every seal holds; nothing when none was made, as with a record that was typed on a page.
    pub holds: Option<bool>,
    /// Those who went along with whoever sealed the record, and whether they have confirmed it with keys of their own.
    pub colleagues: Vec<Companion>,
    /// The record of the visit first, then the acts on the visit and on what it found.
    pub items: Vec<Proven>,
}

/// An inspector who went along.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Companion {
    pub account: AccountId,
    pub name: String,
    /// When they sealed their confirmation, on a phone of their own; nothing when they signed on their colleague's.
    pub confirmed_at: Option<Moment>,
}

/// One sealed item.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SealedItem)]
pub struct Proven {
    pub item: ItemId,
    pub kind: Kind,
    /// Id of the thing it is about.
    pub about: String,
    pub holds: bool,
    /// Whether it is the confirmation of a colleague.
    pub confirms: bool,
    /// What is wrong.
    pub faults: Vec<Fault>,
    pub account: AccountId,
    pub account_name: String,
    pub device: DeviceId,
    pub device_name: String,
    /// SHA-256 of the device's key.
    pub fingerprint: String,
    /// The same, short enough for people to compare.
    #[serde(skip)]
    pub short: String,
    /// When the key was revoked, if it was: what was received before stays valid.
    pub revoked_at: Option<Moment>,
    /// When it was sealed, by the clock of the device.
    pub sealed_at: Option<Moment>,
    /// Where, as the device says: `longitude,latitude`.
    pub sealed_place: Option<String>,
    pub received_at: Moment,
    /// SHA-256 of the content.
    pub sha256: String,
    pub files: Vec<FileHash>,
    /// What was signed, verbatim.
    pub statement: String,
    /// ECDSA P-256 with SHA-256, IEEE P1363, base64url.
    pub signature: String,
}

/// The seals of the visit `id` within `scope`.
pub fn of(tx: &mut Tx, scope: Scope, id: InspectionId) -> Result<(Inspection, Proof)> {
    let visit = visits::get(tx, scope, id)?;
    let proof = proof(tx, &visit)?;
    Ok((visit, proof))
}

/// Whether the seals of a visit that has been loaded hold; nothing when none was made.
pub fn holds(tx: &mut Tx, visit: &Inspection) -> Result<Option<bool>> {
    proof(tx, visit).map(|proof| proof.holds)
}

fn proof(tx: &mut Tx, visit: &Inspection) -> Result<Proof> {
    let id = visit.id;
    let found = hazards::of_origin(tx, Origin::Inspection, &id.to_string())?;
    let mut stored = Vec::new();
    for thing in std::iter::once(id.to_string()).chain(found.iter().map(|h| h.id.to_string())) {
        stored.extend(store::about(tx, &thing)?.into_iter().filter(|kept| kept.state == State::Stored));
    }
    stored.sort_by_key(|kept| (kept.kind != Kind::Inspection, kept.settled_at, kept.id));
    let record = stored.iter().find(|kept| kept.kind == Kind::Inspection).map(|kept| kept.sha256.clone());
    let sealed = |kept| sealed(tx, visit, record.as_deref(), kept);
    let items = stored.into_iter().map(sealed).collect::<Result<Vec<_>>>()?;
    let holds = (!items.is_empty()).then(|| items.iter().all(|item| item.holds));
    Ok(Proof { inspection: id, holds, colleagues: colleagues(visit, &items), items })
}

/// Those who went along. Only a confirmation that holds counts.
fn colleagues(visit: &Inspection, items: &[Proven]) -> Vec<Companion> {
    let Some(record) = items.iter().find(|item| item.kind == Kind::Inspection) else { return Vec::new() };
    let others = visit.made_by().into_iter().filter(|i| i.account != record.account);
    let one = |i: Inspector| {
        let confirmed = items.iter().find(|item| item.confirms && item.holds && item.account == i.account);
        Companion { account: i.account, name: i.name, confirmed_at: confirmed.and_then(|c| c.sealed_at) }
    };
    others.map(one).collect()
}

/// Verifies one item of a visit; `record` is the SHA-256 of what was sealed as its record.
fn sealed(tx: &mut Tx, visit: &Inspection, record: Option<&str>, kept: Kept) -> Result<Proven> {
    let device = devices::find(tx, kept.device)?.ok_or_else(|| Error::broken("a sealed item has lost its device"))?;
    let mut faults = seal::faults(&kept, &device);
    for hash in kept.files() {
        if !files::is_known(tx, &hash)? && !faults.contains(&Fault::Lost) {
            faults.push(Fault::Lost);
        }
    }
    let confirms = carry::confirms(&kept);
    let is_another = confirms.as_deref().is_some_and(|sha256| Some(sha256) != record);
    if is_another || kept.kind == Kind::Inspection && !is_on_record(visit, &kept.content) {
        faults.push(Fault::Record);
    }
    let account_name = accounts::name_of(tx, Some(kept.account))?;
    let proven = told(kept, device, account_name, faults);
    Ok(Proven { confirms: confirms.is_some(), ..proven })
}

fn told(kept: Kept, device: Device, account_name: String, faults: Vec<Fault>) -> Proven {
    let said = Statement::parse(&kept.statement).ok();
    Proven {
        item: kept.id,
        kind: kept.kind,
        files: kept.files(),
        about: kept.about,
        holds: faults.is_empty(),
        confirms: false,
        faults,
        account: kept.account,
        account_name,
        device: device.id,
        short: device.short(),
        device_name: device.name,
        fingerprint: device.fingerprint,
        revoked_at: device.revoked_at,
        sealed_at: said.as_ref().map(|s| s.at),
        sealed_place: said.and_then(|s| s.place),
        received_at: kept.received_at,
        sha256: kept.sha256,
        statement: kept.statement,
        signature: kept.signature,
    }
}

/// Whether the visit says what was sealed: the same record, answer by answer.
fn is_on_record(visit: &Inspection, content: &str) -> bool {
    let Ok(sent) = read(content).and_then(read_json::<Submission>) else { return false };
    let sheet = serde_json::to_string(&sent.sheet).ok();
    let times = (visit.started_at, visit.ended_at) == (Some(sent.started_at), Some(sent.ended_at));
    times && visit.sheet == sheet && digest(&sent).ok() == visit.digest
}
