//! What was sent and refused (未入账提交): kept whole, with who, when and why, so that nothing anybody wrote down on site is
//! ever lost. Clause: T3-1a.

mod model;
mod store;
mod web;

pub use model::{Refused, What};
pub use store::{ORDERS, count_visits, query};
pub use web::routes;

use super::Kind;
use crate::{
    kernel::{App, Error, Refusal, RefusedId, Result, db::Tx, secret},
    people::{By, Role},
};
use serde_json::Value;

/// The roles that see what was refused to others within their scope; everybody sees what was refused to them.
pub const REVIEWERS: &[Role] = &[Role::Supervisor, Role::Coordinator, Role::Auditor];

/// Answers as `done` does; what was refused is kept before. When even that fails, the answer says so, and the client
/// still has what it sent.
pub async fn or_keep<T>(app: &App, by: &By, what: What, content: &Value, done: Result<T>) -> Result<T> {
    if let Err(error) = &done {
        keep(app, by, what, content, error).await?;
    }
    done
}

/// Keeps what was refused with `error`, in a transaction of its own. The same content refused for the same reason again
/// is kept once.
pub async fn keep(app: &App, by: &By, what: What, content: &Value, error: &Error) -> Result<()> {
    if !is_kept(by, error) {
        return Ok(());
    }
    // An error is no value that can be run again with: what is kept of it is.
    let (said, content) = (Said::of(error), content.to_string());
    app.act(by, move |tx, by| write(tx, by, &what, &content, &said)).await
}

/// As [`keep`], within a transaction, whoever sent it; `content` as it came, even when it is no JSON.
pub fn note(tx: &mut Tx, by: &By, what: &What, content: &str, error: &Error) -> Result<()> {
    let readable = serde_json::from_str::<Value>(content).is_ok();
    let content = if readable { content.to_owned() } else { Value::from(content).to_string() };
    write(tx, by, what, &content, &Said::of(error))
}

/// What a refusal said.
struct Said {
    refusal: Refusal,
    field: Option<String>,
}

impl Said {
    fn of(error: &Error) -> Self {
        Self { refusal: error.refusal(), field: error.field().map(str::to_owned) }
    }
}

fn write(tx: &mut Tx, by: &By, what: &What, content: &str, said: &Said) -> Result<()> {
    let place = by.actor.office.place();
    let refused = Refused {
        id: RefusedId::new(by.at),
        kind: what.kind,
        thing: what.thing.clone(),
        code: said.refusal.code.to_owned(),
        field: said.field.clone(),
        detail_zh: said.refusal.zh.to_string(),
        detail_en: said.refusal.en.to_string(),
        digest: secret::sha256(content.as_bytes()),
        account: by.actor.account,
        account_name: by.actor.name.clone(),
        at: by.at,
        enterprise: by.actor.enterprise,
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
    };
    store::add(tx, &refused, content)
}

/// What the rules or another version refused is kept; and what an officer sent of something that is out of reach, since
/// an enterprise may have moved to another area while the phone had no network.
fn is_kept(by: &By, error: &Error) -> bool {
    let officer = by.actor.is(Role::Inspector) || by.actor.is(Role::Supervisor);
    match error.status() {
        409 | 422 => true,
        403 | 404 => officer,
        _ => false,
    }
}

/// What was refused under the id `id`, with its content.
pub fn get(tx: &mut Tx, by: &By, id: RefusedId) -> Result<(Refused, String)> {
    let refused = store::get(tx, id)?;
    if refused.account != by.actor.account {
        by.actor.must_be(REVIEWERS).map_err(|_| Error::NotFound)?;
        by.scope().check(&refused.place(), refused.enterprise)?;
    }
    Ok((refused, store::content(tx, id)?))
}

impl What {
    /// A visit.
    pub fn visit(id: impl ToString) -> Self {
        Self { kind: Kind::Inspection, thing: id.to_string() }
    }

    /// An enterprise.
    pub fn enterprise(id: impl ToString) -> Self {
        Self { kind: Kind::Enterprise, thing: id.to_string() }
    }

    /// A hazard.
    pub fn hazard(id: impl ToString) -> Self {
        Self { kind: Kind::Hazard, thing: id.to_string() }
    }
}
