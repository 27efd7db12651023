//! The exchange with devices in the field (离线提交): what was recorded without a network comes in, item by item.
//!
//! An item is sealed on the device and sent until its receipt says `stored`; it may come ten times, in any order, before
//! its files and before what it builds on. What is incomplete is held and done as soon as it is complete; what the rules
//! refuse is kept and answered in words. Each item is an act of its own: a bad one harms no other. Clauses: T3-1a, S-2b.

mod carry;
mod held;
mod model;
pub mod pack;
mod proof;
mod seal;
mod store;
mod web;

pub use model::{Batch, Item, Kind, Outcome, Receipt, State};
pub use proof::holds as seal_holds;
pub use seal::{Fault, Statement};
pub use store::{ORDERS, count_held as held, held_query};
pub use web::routes;

use crate::{
    accounts::{self, devices},
    files::{self, FileHash},
    inspections::Inspection,
    kernel::{App, DeviceId, Error, ItemId, Lang, Moment, Refusal, Result, db::Tx, ensure, secret::Keeper},
    people::{Actor, By},
    record::refused,
};
use carry::{carry_out, what_of};
use model::{Kept, is_refusal, read};
use std::sync::Arc;

refusals! {
    UNKNOWN_DEVICE "sync.unknown_device" "这台设备没有登记，请重新登录外勤应用后再提交。" "This device is not registered; sign in to the field app again and send once more.";
    DEVICE_REVOKED "sync.device_revoked" "这台设备的密钥已于 {at} 撤销，内容已另行保存供核对；请重新登记设备并重新封存后提交。" "The key of this device was revoked on {at}; what it sent is kept for review. Register the device anew, seal again and send.";
    SEAL_BROKEN "sync.seal_broken" "封存校验未通过：{zh}。内容已另行保存供核对，请在设备上重新封存后提交。" "The seal does not hold: {en}. What was sent is kept for review; seal it again on the device and send.";
    NOT_WITH_THEM "sync.not_with_them" "只有记录中列明的同行检查人员可以确认该检查记录。" "Only an inspector whom the record names as having gone along may confirm it.";
    OTHER_RECORD "sync.other_record" "您确认的内容与入账的检查记录不一致，请与牵头人核对后重新确认。" "What you have confirmed is not the record on file; compare it with whoever leads the visit and confirm anew.";
    UNKNOWN_KIND "sync.unknown_kind" "服务器不认识“{kind}”类提交，请更新外勤应用或者联系系统管理员。" "The server knows no item of the kind “{kind}”; update the field app or tell the administrator.";
    OTHER_CONTENT "sync.other_content" "同一编号已提交过不同的内容，两份内容均已保留，请核对；如需更正，请另行提交。" "This id was sent with other content before; both are kept, please compare. Send a correction under a new id.";
    TOO_MANY "sync.too_many" "一次最多提交 {max} 项。" "At most {max} items at once.";
    OLD_VERSION "sync.old_version" "外勤应用的版本（{version}）与服务器不相容，未提交的内容仍在设备上；请联网更新应用后再提交。" "This version of the field app ({version}) does not fit the server; what is unsent stays on the device. Update the app and send again.";
}

/// Items of one call.
const AT_ONCE: usize = 50;
/// Ready items that are taken up at a time.
const READY: i64 = 50;
/// Held items that are looked at in every call.
const LONGEST: i64 = 20;
/// How long something ready waits after trouble of ours, in milliseconds.
const AGAIN: i64 = 60_000;

/// Takes in what a device sends: a receipt for each item, in the same order, each durable before it is answered.
pub async fn exchange(app: &App, by: &By, batch: &Batch, lang: Lang) -> Result<Vec<Receipt>> {
    by.actor.must_be(devices::FIELD)?;
    if batch.items.len() > AT_ONCE {
        return TOO_MANY.with("max", AT_ONCE).at("items");
    }
    let asked: Vec<ItemId> = batch.items.iter().map(|item| item.id).collect();
    app.act(by, move |tx, by| recheck(tx, by, &asked)).await?;
    let mut receipts = Vec::new();
    for item in &batch.items {
        receipts.push(one(app, by, batch.device, item, lang).await);
    }
    release(app).await?;
    // What came in may have been what something before it waited for.
    for (receipt, item) in receipts.iter_mut().zip(&batch.items).filter(|(r, _)| r.outcome == Outcome::Held) {
        *receipt = again(app, by, item, lang).await?;
    }
    Ok(receipts)
}

async fn one(app: &App, by: &By, device: DeviceId, item: &Item, lang: Lang) -> Receipt {
    let receive = || {
        let (sent, keeper) = (item.clone(), app.keeper.clone());
        app.act(by, move |tx, by| receive(tx, by, &keeper, device, &sent).map(|r| r.answer(&sent, lang)))
    };
    let done = match receive().await {
        // The same item, or the same visit, came in at this very moment by another way: now it is known.
        Err(Error::Taken(_) | Error::Stale) => receive().await,
        done => done,
    };
    let done = match done {
        Err(error) if is_refusal(&error) => keep_refused(app, by, device, item, error, lang).await,
        done => done,
    };
    done.unwrap_or_else(|error| {
        tracing::error!(item = %item.id, %error, "an item could not be taken in");
        item.receipt(Outcome::Failed).because(&error, lang)
    })
}

/// An item as it stands after it was received.
struct Received {
    kept: Kept,
    waits: Vec<String>,
    /// It was on record before.
    again: bool,
}

impl Received {
    fn answer(self, item: &Item, lang: Lang) -> Receipt {
        self.kept.receipt(item, self.again, self.waits, lang)
    }
}

/// Takes in one item: looks at its seal, keeps it, and does what it asks for unless something is missing.
fn receive(tx: &mut Tx, by: &By, keeper: &Keeper, device: DeviceId, item: &Item) -> Result<Received> {
    if let Some(kept) = store::find(tx, item.id)? {
        return known(tx, by, kept, item);
    }
    let kept = at_the_door(tx, by, device, item)?;
    let waits = missing(tx, &by.actor, item)?;
    if waits.is_empty() {
        store::add(tx, &kept, &by.actor.office.place())?;
        let kept = settle(tx, &By { client: Some(kept.client.clone()), ..by.clone() }, keeper, kept)?;
        return Ok(Received { kept, waits, again: false });
    }
    let kept = Kept { state: State::Held, ..kept };
    store::add(tx, &kept, &by.actor.office.place())?;
    for what in &waits {
        store::add_wait(tx, kept.id, what)?;
    }
    Ok(Received { kept, waits, again: false })
}

/// The same item once more, or another under the same id.
fn known(tx: &mut Tx, by: &By, kept: Kept, item: &Item) -> Result<Received> {
    if !kept.is(item, by.actor.account) {
        return Err(Error::Conflict(OTHER_CONTENT));
    }
    let waits = store::waits(tx, kept.id)?;
    Ok(Received { kept, waits, again: true })
}

/// The item as it is to be kept, if its kind, its device and its seal are right.
fn at_the_door(tx: &mut Tx, by: &By, device: DeviceId, item: &Item) -> Result<Kept> {
    let Some(kind) = Kind::from_code(&item.kind) else { return UNKNOWN_KIND.with("kind", &item.kind).at("kind") };
    let me = by.actor.account;
    let device = devices::find(tx, device)?.filter(|d| d.account == me).ok_or(Error::Refused(UNKNOWN_DEVICE))?;
    if let Some(at) = device.revoked_at {
        return DEVICE_REVOKED.with("at", at.minute()).refuse();
    }
    let kept = Kept {
        id: item.id,
        account: me,
        device: device.id,
        kind,
        about: item.about.clone(),
        content: item.content.clone(),
        sha256: item.sha256(),
        files: item.file_list(),
        statement: item.statement.clone(),
        signature: item.signature.clone(),
        client: client(by, device.id, item),
        received_at: by.at,
        state: State::Ready,
        due_at: by.at,
        settled_at: None,
        version: None,
        code: None,
        field: None,
        detail_zh: None,
        detail_en: None,
    };
    let faults = seal::faults(&kept, &device);
    if faults.is_empty() { Ok(kept) } else { broken(&faults).at("signature") }
}

fn broken(faults: &[Fault]) -> Refusal {
    let say = |lang: Lang| faults.iter().map(|f| f.label(lang)).collect::<Vec<_>>().join(lang.say("；", "; "));
    SEAL_BROKEN.with("zh", say(Lang::Zh)).with("en", say(Lang::En))
}

/// What the client says of itself, for the record: the request, the device, its time and place.
fn client(by: &By, device: DeviceId, item: &Item) -> String {
    let mut says: serde_json::Value =
        by.client.as_deref().and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default();
    says["device"] = device.to_string().into();
    if let Ok(said) = Statement::parse(&item.statement) {
        says["at"] = said.at.to_string().into();
        says["place"] = said.place.into();
    }
    says.to_string()
}

/// The files that are not here yet, and the items that are not stored yet.
fn missing(tx: &mut Tx, actor: &Actor, item: &Item) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for file in &item.files {
        if files::reachable(tx, actor, file)?.is_none() {
            missing.push(file.to_string());
        }
    }
    for other in item.after.iter().filter(|other| **other != item.id) {
        // it may be a colleague's: whoever confirms a record waits for it
        if store::find(tx, *other)?.is_none_or(|o| o.state != State::Stored) {
            missing.push(other.to_string());
        }
    }
    missing.sort();
    missing.dedup();
    Ok(missing)
}

/// Refuses the confirmation of a record by whoever did not go along, and of anything but what was sealed on the spot.
pub(super) fn may_confirm(tx: &mut Tx, by: &By, visit: &Inspection, sha256: &str) -> Result<()> {
    let me = by.actor.account;
    let sealed = store::about(tx, &visit.id.to_string())?;
    let sealed = sealed.iter().find(|k| k.kind == Kind::Inspection && k.state == State::Stored);
    let sealed = sealed.filter(|kept| kept.sha256 == sha256).ok_or(Error::Refused(OTHER_RECORD))?;
    ensure(sealed.account != me && visit.made_by().iter().any(|i| i.account == me), NOT_WITH_THEM)
}

/// Does what an item asks for and puts it on record; what waited for it alone is ready.
fn settle(tx: &mut Tx, by: &By, keeper: &Keeper, kept: Kept) -> Result<Kept> {
    let version = carry_out(tx, by, keeper, &kept)?;
    let kept = Kept { state: State::Stored, settled_at: Some(by.at), version: Some(version), ..kept };
    store::save(tx, &kept)?;
    let replaced = store::replaced(tx, kept.account, kept.kind, &kept.about)?;
    for id in replaced.into_iter().chain([kept.id]) {
        let what = id.to_string();
        for waiting in store::waiting_for(tx, &what)? {
            has_come(tx, by, waiting, &what)?;
        }
    }
    Ok(kept)
}

/// What `waiting` waited for is here; when it was the last thing, it is ready.
fn has_come(tx: &mut Tx, by: &By, waiting: ItemId, what: &str) -> Result<()> {
    store::end_wait(tx, waiting, what)?;
    if !store::waits(tx, waiting)?.is_empty() {
        return Ok(());
    }
    match store::find(tx, waiting)?.filter(|kept| kept.state == State::Held) {
        Some(kept) => store::save(tx, &Kept { state: State::Ready, due_at: by.at, ..kept }),
        None => Ok(()),
    }
}

/// Looks whether what held items wait for has come: of two transactions at once, one that stores an item and one that begins
/// to wait for it, neither has seen the other. Looked at are the items that are asked for again, and those of the account that
/// have waited longest, should their phone not ask any more.
fn recheck(tx: &mut Tx, by: &By, asked: &[ItemId]) -> Result<()> {
    let me = by.actor.account;
    let mut held = store::held(tx, me, LONGEST)?;
    for id in asked.iter().filter(|id| !held.contains(id)).copied().collect::<Vec<_>>() {
        if store::find(tx, id)?.is_some_and(|kept| kept.account == me && kept.state == State::Held) {
            held.push(id);
        }
    }
    for id in held {
        for what in store::waits(tx, id)? {
            if is_here(tx, &by.actor, &what)? {
                has_come(tx, by, id, &what)?;
            }
        }
    }
    Ok(())
}

/// Whether a file or an item that is waited for has come.
fn is_here(tx: &mut Tx, actor: &Actor, what: &str) -> Result<bool> {
    if let Ok(item) = ItemId::parse(what) {
        return Ok(store::find(tx, item)?.is_some_and(|kept| kept.state == State::Stored));
    }
    let file = FileHash::parse(what).ok();
    Ok(file.map(|hash| files::reachable(tx, actor, &hash)).transpose()?.flatten().is_some())
}

/// A file has arrived: whatever of its sender waited for it alone is ready. A follower calls this.
pub fn file_arrived(tx: &mut Tx, by: &By, file: &str) -> Result<()> {
    let hash = FileHash::parse(file)?;
    for waiting in store::waiting_for(tx, file)? {
        let Some(kept) = store::find(tx, waiting)? else { continue };
        let Some(sender) = accounts::on_behalf(tx, kept.account, by.at)? else { continue };
        if files::reachable(tx, &sender.actor, &hash)?.is_some() {
            has_come(tx, by, waiting, file)?;
        }
    }
    Ok(())
}

/// Does what waits for nothing any more, each item in an act of its own, on behalf of whoever sent it.
pub async fn release(app: &App) -> Result<()> {
    loop {
        let at = app.clock.now();
        let ready = app.db.read(move |tx| store::ready(tx, at, READY)).await?;
        if ready.is_empty() {
            return Ok(());
        }
        for id in ready {
            release_one(app, id).await?;
        }
    }
}

async fn release_one(app: &App, id: ItemId) -> Result<()> {
    let (at, keeper) = (app.clock.now(), app.keeper.clone());
    let released = app.db.write(move |tx| {
        let Some(kept) = store::find(tx, id)?.filter(|kept| kept.state == State::Ready) else { return Ok(()) };
        let by = sender(tx, &kept, at)?;
        settle(tx, &by, &keeper, kept).map(|_| ())
    });
    let Err(error) = released.await else { return Ok(()) };
    let refused = is_refusal(&error);
    if !refused {
        tracing::error!(item = %id, %error, "a held item could not be done; it will be tried again");
    }
    let error = Arc::new(error);
    let settled = app.db.write(move |tx| {
        let Some(kept) = store::find(tx, id)?.filter(|kept| kept.state == State::Ready) else { return Ok(()) };
        if !refused {
            return store::save(tx, &Kept { due_at: at.plus(AGAIN), ..kept });
        }
        if let Ok(by) = sender(tx, &kept, at) {
            refused::note(tx, &by, &what_of(kept.kind.code(), &kept.about, &kept.content), &kept.content, &error)?;
        }
        store::save(tx, &kept.refused(&error, at))
    });
    settled.await
}

/// Whoever sent an item, as they are now; an account that has been closed may do nothing.
fn sender(tx: &mut Tx, kept: &Kept, at: Moment) -> Result<By> {
    let by = accounts::on_behalf(tx, kept.account, at)?.ok_or(Error::Forbidden)?;
    Ok(By { client: Some(kept.client.clone()), ..by })
}

/// Keeps what was refused: whole, for whoever looks into it; and under its id when it came sealed as it should.
async fn keep_refused(app: &App, by: &By, device: DeviceId, item: &Item, error: Error, lang: Lang) -> Result<Receipt> {
    let (sent, error) = (item.clone(), Arc::new(error));
    let receipt = item.receipt(Outcome::Refused).because(&error, lang);
    let kept = app.act(by, move |tx, by| {
        refused::note(tx, by, &what_of(&sent.kind, &sent.about, &sent.content), &sent.content, &error)?;
        match at_the_door(tx, by, device, &sent) {
            Ok(kept) if store::find(tx, sent.id)?.is_none() => {
                store::add(tx, &kept.refused(&error, by.at), &by.actor.office.place())
            }
            _ => Ok(()),
        }
    });
    kept.await.map(|()| receipt)
}

/// How an item stands now that others have been settled.
async fn again(app: &App, by: &By, item: &Item, lang: Lang) -> Result<Receipt> {
    let (sent, account) = (item.clone(), by.actor.account);
    let stands = app.db.read(move |tx| {
        let kept = store::find(tx, sent.id)?.filter(|kept| kept.is(&sent, account)).ok_or(Error::NotFound)?;
        let waits = store::waits(tx, sent.id)?;
        Ok(kept.receipt(&sent, false, waits, lang))
    });
    stands.await
}
