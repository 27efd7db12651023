//! The daily digest by mail (邮件摘要): who wants one, at which address, and when the next is due.
//!
//! Off until the operator names a mail server and the reader an address. Mail leaves the house unprotected: the digest,
//! which `follow` writes, says how much of what waits and by when, and names no enterprise and no person.

mod store;
mod web;

pub use web::routes;

use crate::{
    accounts,
    kernel::{
        AccountId, Error, Moment, Refusal, Result,
        db::Tx,
        secret::{Keeper, sha256},
    },
    people::By,
    record,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

refusals! {
    NOT_AN_ADDRESS "mail.not_an_address" "“{value}”不是有效的电子邮箱地址。" "“{value}” is not an e-mail address.";
}

/// Every refusal of this part.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    REFUSALS.iter().cloned()
}

/// For what an address is locked up.
const PURPOSE: &str = "mail.address";
/// Longest address, in characters (RFC 5321, section 4.5.3.1).
const LONGEST: usize = 254;
/// The first wait after a failure, in milliseconds, and how often it doubles: from a minute to a day.
const FIRST_WAIT: i64 = 60_000;
const DOUBLINGS: i64 = 10;

row! {
    /// Where somebody wants the digest, and how the last one went.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Mailbox {
        pub account: AccountId,
        /// The address, locked up.
        address: String,
        pub digest: bool,
        /// When the next digest is due, or the next try.
        pub next_at: Moment,
        pub tries: i64,
        pub trouble: Option<String>,
        pub sent_at: Option<Moment>,
    }
}

/// One's own mail settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MailSettings)]
pub struct Settings {
    /// The address; left out: none is kept.
    #[serde(default)]
    pub address: Option<String>,
    /// Whether a digest is wanted, on days on which something waits.
    pub digest: bool,
}

impl Mailbox {
    /// The address as it was given.
    pub fn address(&self, keeper: &Keeper) -> Result<String> {
        keeper.unlock(PURPOSE, &self.address)
    }
}

/// The mailbox of `account`, if it has one.
pub fn of(tx: &mut Tx, account: AccountId) -> Result<Option<Mailbox>> {
    store::of(tx, account)
}

/// Sets one's own address and whether the digest is wanted; the first is due at `first`.
pub fn set(tx: &mut Tx, by: &By, keeper: &Keeper, wanted: &Settings, first: Moment) -> Result<()> {
    let account = accounts::store::account(tx, by.actor.account)?;
    let address = wanted.address.as_deref().map(str::trim).filter(|a| !a.is_empty());
    match address {
        None => store::remove(tx, account.id)?,
        Some(address) => {
            let good = address.len() <= LONGEST && address.parse::<lettre::Address>().is_ok();
            if !good {
                return NOT_AN_ADDRESS.with("value", address.chars().take(60).collect::<String>()).at("address");
            }
            store::put(tx, account.id, &keeper.lock(PURPOSE, address)?, wanted.digest, first)?;
        }
    }
    record::changed(tx, by, &account, &account, ("set_mail", None)).map(|_| ())
}

/// The mailboxes whose digest is due. Each is put off as after a failure, so that no other process sends the same and
/// nothing is lost when this one stops in the middle.
pub fn claim(tx: &mut Tx, now: Moment, most: i64) -> Result<Vec<Mailbox>> {
    let due = store::due(tx, now, most)?;
    for mailbox in &due {
        let wait = FIRST_WAIT << mailbox.tries.clamp(0, DOUBLINGS);
        store::put_off(tx, mailbox.account, mailbox.next_at, now.plus(wait))?;
    }
    Ok(due)
}

/// A digest has gone out, or there was nothing to tell: the next is due at `next`.
pub fn done(tx: &mut Tx, account: AccountId, sent: Option<Moment>, next: Moment) -> Result<()> {
    store::done(tx, account, sent, next)
}

/// A digest could not be sent; it is tried again, later each time.
pub fn failed(tx: &mut Tx, account: AccountId, trouble: &str) -> Result<()> {
    let told: String = trouble.chars().take(500).collect();
    store::failed(tx, account, &told)
}

/// The id of the digest of a day: the same one sent twice is one to a mail program.
pub fn message_id(account: AccountId, day: jiff::civil::Date) -> Result<String> {
    let mark = sha256(format!("{account} {day}").as_bytes());
    let short = mark.get(..32).ok_or_else(|| Error::broken("a short digest"))?;
    Ok(format!("<{short}@paicha>"))
}
