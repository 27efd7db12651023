//! Accounts (账号): how people sign in, how they protect their accounts, and how they are administered.
//!
//! A request meets [`Arrival`] first: a live session of an open account. Everything but one's own account asks for a
//! [`Visitor`](crate::people::Visitor), which is an arrival whose first password has been changed.

pub mod admin;
mod around;
mod client;
pub mod devices;
mod door;
mod found;
pub mod me;
mod model;
pub mod offices;
mod oidc;
pub mod password;
mod second_factor;
pub mod sessions;
mod sign_in;
pub mod store;
mod verbs;
mod visitor;
#[cfg(test)]
mod journeys;
mod web;

pub use admin::{New, Opening, open};
pub use around::{acting, colleague, colleagues, name_of, on_behalf, people_at, people_of};
pub use client::Client;
pub use door::Door;
pub use found::{First, Founding, LOGIN, Settler, found, session_for, settle, system, system_in};
pub use model::{Account, PENDING, Profile, Proof, Session, SessionKind, login_of};
pub use sign_in::{Attempt, Entry, attempt};
pub use verbs::Verb;
pub use visitor::Arrival;
pub use web::{routes, routes_behind};

use crate::kernel::Refusal;

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [
        password::REFUSALS,
        me::REFUSALS,
        sign_in::REFUSALS,
        visitor::REFUSALS,
        admin::REFUSALS,
        devices::REFUSALS,
        offices::REFUSALS,
        oidc::REFUSALS,
    ]
    .into_iter()
    .flatten()
    .cloned()
}
