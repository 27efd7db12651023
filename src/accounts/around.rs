//! Who else there is: colleagues that an act can name, and the names behind ids.

use super::{Account, store};
use crate::{
    kernel::{AccountId, EnterpriseId, Error, Moment, NOT_A_CHOICE, OfficeId, Result, db::Tx},
    people::{self, Actor, By, Place, Role, Scope},
};

/// The name behind an id; empty when there is none.
pub fn name_of(tx: &mut Tx, id: Option<AccountId>) -> Result<String> {
    let Some(id) = id else { return Ok(String::new()) };
    Ok(store::name(tx, id)?.unwrap_or_default())
}

/// [`NOT_A_CHOICE`] beside `handler` unless there is an open account `id` within `scope`.
pub fn colleague(tx: &mut Tx, scope: Scope, id: AccountId) -> Result<Actor> {
    let wrong = || Error::invalid("handler", NOT_A_CHOICE.with("value", id));
    let account = store::account(tx, id).map_err(|_| wrong())?;
    let office = people::store::office(tx, account.office)?;
    let within = scope.holds(&office.place(), account.enterprise);
    if account.active && within { Ok(account.actor(office)) } else { Err(wrong()) }
}

/// The open accounts with `role` of the offices that are responsible at `place`, as (id, name).
pub fn colleagues(tx: &mut Tx, place: &Place, role: Role) -> Result<Vec<(String, String)>> {
    let offices = [place.station, place.county, place.city, place.province];
    let mut found = Vec::new();
    for office in offices.into_iter().flatten() {
        let open = store::of_office(tx, office)?
            .into_iter()
            .filter(|a| a.active && people::roles_of(&a.roles).contains(&role));
        found.extend(open.map(|a| (a.id.to_string(), a.name)));
    }
    Ok(found)
}

/// The open accounts with one of `roles` at the office `id` itself.
pub fn people_at(tx: &mut Tx, id: OfficeId, roles: &[Role]) -> Result<Vec<Actor>> {
    let office = people::store::office(tx, id)?;
    let wanted = |a: &Account| a.active && a.roles().iter().any(|role| roles.contains(role));
    let found = store::of_office(tx, id)?.into_iter().filter(wanted);
    Ok(found.map(|a| a.actor(office.clone())).collect())
}

/// The open accounts of the people of an enterprise.
pub fn people_of(tx: &mut Tx, enterprise: EnterpriseId) -> Result<Vec<Actor>> {
    let mut found = Vec::new();
    for account in store::of_enterprise(tx, enterprise)?.into_iter().filter(|a| a.active) {
        let office = people::store::office(tx, account.office)?;
        found.push(account.actor(office));
    }
    Ok(found)
}

/// The person of this account as an actor, for work that goes on after they have asked for it; nobody when the account
/// is closed.
pub fn on_behalf(tx: &mut Tx, id: AccountId, at: Moment) -> Result<Option<By>> {
    let account = store::account(tx, id)?;
    if !account.active {
        return Ok(None);
    }
    let office = people::store::office(tx, account.office)?;
    Ok(Some(By { actor: account.actor(office), at, client: None }))
}

/// The person with this login as an actor: for the command line, whose user holds the data folder anyway.
pub fn acting(tx: &mut Tx, login: &str, at: Moment) -> Result<By> {
    let account = store::account_by_login(tx, login)?.filter(|a| a.active).ok_or(Error::NotFound)?;
    let office = people::store::office(tx, account.office)?;
    Ok(By { actor: account.actor(office), at, client: Some("{\"from\":\"command line\"}".to_owned()) })
}
