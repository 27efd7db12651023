//! Watches for a resumption (恢复生产经营监视): a hazard was struck off because the enterprise had stopped, and that must
//! not be the end of it when the enterprise goes on.
//!
//! Whoever closes a hazard on such a ground puts a watch on the enterprise. From then on whatever shows it at work again
//! — a visit that looks at the product, a recorded resumption, the product entered anew — turns the watch into a lead that
//! stands in «my work» until somebody has looked. What it is about (the hazard) is an opaque id here. Clause: T3-3e.

mod store;

use super::{Enterprise, ids_of, standing};
use crate::{
    kernel::{EnterpriseId, HazardId, Moment, Result, db::Tx},
    people::{By, Place, Scope},
    record,
};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// Where a watch stands.
    pub enum WatchState {
        Watching "watching" "监视中" "Being watched",
        Resumed "resumed" "疑似恢复，待核查" "Seems to have resumed: to be looked at",
        Ended "ended" "已结束" "Ended",
    }
    /// What showed the enterprise at work again.
    #[schema(as = WatchSign)]
    pub enum Sign {
        Visit "visit" "现场检查涉及该产品" "A visit looked at the product",
        Resumption "resumption" "登记恢复营业" "Its resumption was recorded",
        Products "products" "产品信息重新登记" "The product was entered anew",
    }
}

row! {
    /// A watch on an enterprise.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Watch {
        /// The hazard whose closing asks for it.
        pub id: HazardId,
        pub enterprise: EnterpriseId,
        /// What the enterprise was called then.
        pub name: String,
        /// Code of the product.
        pub product: String,
        /// Why the hazard was closed, in both languages.
        pub ground_zh: String,
        pub ground_en: String,
        pub since: Moment,
        pub state: WatchState,
        pub sign: Option<Sign>,
        pub sign_at: Option<Moment>,
    }
}

/// What is to be watched for.
#[derive(Debug, Clone)]
pub struct NewWatch<'a> {
    pub id: HazardId,
    pub enterprise: EnterpriseId,
    pub product: &'a str,
    /// Why, in both languages.
    pub ground: (&'a str, &'a str),
    pub place: Place,
}

/// Puts a watch on the enterprise; a hazard that is closed once more is watched anew.
pub fn put(tx: &mut Tx, by: &By, new: &NewWatch) -> Result<()> {
    let e = standing(tx, new.enterprise)?;
    store::put(tx, new, &e.name, by.at)?;
    note(tx, by, &e, "watch", new.ground.0)
}

/// The enterprise was seen at work with these products, or with whatever it makes and sells: watches that wait for that
/// become leads.
pub fn seen(tx: &mut Tx, by: &By, enterprise: EnterpriseId, sign: Sign, products: Option<&[&str]>) -> Result<()> {
    let mut any = false;
    for watch in of(tx, enterprise)? {
        let meant = products.is_none_or(|list| list.contains(&watch.product.as_str()));
        if watch.state == WatchState::Watching && meant {
            store::set(tx, watch.id, WatchState::Resumed, Some((sign, by.at)))?;
            any = true;
        }
    }
    if any {
        let e = standing(tx, enterprise)?;
        note(tx, by, &e, "watch_sign", sign.label(crate::kernel::Lang::Zh))?;
    }
    Ok(())
}

/// Somebody goes after the lead, or has looked and found nothing: it is watched on.
pub fn watch_on(tx: &mut Tx, id: HazardId) -> Result<()> {
    store::back(tx, id)
}

/// All leads of the enterprise were looked at, and it is at work no more than before.
pub(super) fn watch_all_on(tx: &mut Tx, enterprise: EnterpriseId) -> Result<()> {
    for watch in of(tx, enterprise)? {
        store::back(tx, watch.id)?;
    }
    Ok(())
}

/// The hazard stands on the ledger again: nothing is left to watch for.
pub fn end(tx: &mut Tx, id: HazardId) -> Result<()> {
    store::set(tx, id, WatchState::Ended, None)
}

/// The watches on an enterprise and on what was merged into it that have not ended, oldest first.
pub fn of(tx: &mut Tx, enterprise: EnterpriseId) -> Result<Vec<Watch>> {
    let mut all = Vec::new();
    for id in ids_of(tx, enterprise)? {
        all.extend(store::of(tx, id)?);
    }
    Ok(all)
}

/// Leads within `scope` that wait for a look, oldest first, at most `most`.
pub fn leads(tx: &mut Tx, scope: Scope, most: i64) -> Result<Vec<Watch>> {
    store::leads(tx, scope, most)
}

fn note(tx: &mut Tx, by: &By, e: &Enterprise, verb: &str, why: &str) -> Result<()> {
    record::changed(tx, by, e, e, (verb, Some(why))).map(|_| ())
}
