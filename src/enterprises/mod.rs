//! Enterprises and certificates (企业与证书): whom we supervise, where they work, and what they hold.
//!
//! Read `life.rs` and `model.rs` first. A subject has a credit code, or else a person, an address and a place on the map.
//! Two records of one subject can be merged and taken apart again; every link keeps its id and is found under the
//! survivor ([`get`], [`ids_of`]).

mod life;
mod model;
pub mod names;
pub mod store;
mod values;

pub use life::{State, Verb};
pub use model::{Act, Enterprise, Kind, Site, SiteKind, Size, Tag};
pub use store::{Filter, ids_of, list, query};
pub use values::{List, Locked, Micro};

use crate::{
    kernel::{EnterpriseId, Error, Result, db::Tx},
    people::Scope,
};

/// The subject `id` within `scope`, or the one it was merged into. A subject is within an office's scope by its own
/// place or by that of a working site.
pub fn get(tx: &mut Tx, scope: Scope, id: EnterpriseId) -> Result<Enterprise> {
    let enterprise = store::standing_for(tx, id)?;
    if holds(tx, scope, &enterprise)? { Ok(enterprise) } else { Err(Error::NotFound) }
}

/// The record `id` itself within `scope`, even when it was merged away.
pub fn record_of(tx: &mut Tx, scope: Scope, id: EnterpriseId) -> Result<Enterprise> {
    get(tx, scope, id)?;
    store::find(tx, id)?.ok_or(Error::NotFound)
}

fn holds(tx: &mut Tx, scope: Scope, enterprise: &Enterprise) -> Result<bool> {
    if scope.holds(&enterprise.place(), Some(enterprise.id)) {
        return Ok(true);
    }
    match scope {
        Scope::Office { .. } => store::has_site(tx, scope, enterprise.id),
        // an account of a record that was merged away acts for the survivor
        Scope::Enterprise(own) => {
            Ok(store::find(tx, own)?.is_some() && store::standing_for(tx, own)?.id == enterprise.id)
        }
        Scope::Nothing => Ok(false),
    }
}
