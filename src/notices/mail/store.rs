//! Every statement that touches the table `mailboxes`. Nobody else writes one.

use super::Mailbox;
use crate::kernel::{AccountId, Moment, Result, db::Tx};

macro_rules! select {
    ($rest:literal) => {
        concat!("select account, address, digest, next_at, tries, trouble, sent_at from mailboxes ", $rest)
    };
}

pub fn of(tx: &mut Tx, account: AccountId) -> Result<Option<Mailbox>> {
    tx.one(select!("where account = $1"), args![account])
}

pub fn put(tx: &mut Tx, account: AccountId, address: &str, digest: bool, next: Moment) -> Result<()> {
    tx.run_one(
        "insert into mailboxes (account, address, digest, next_at, tries, trouble, sent_at)
         values ($1, $2, $3, $4, 0, null, null)
         on conflict (account) do update set address = excluded.address, digest = excluded.digest,
         next_at = excluded.next_at, tries = 0, trouble = null",
        args![account, address, digest, next],
    )
}

/// An address is no record: whoever wants none has none.
pub fn remove(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.run("delete from mailboxes where account = $1", args![account]).map(|_| ())
}

pub fn due(tx: &mut Tx, now: Moment, most: i64) -> Result<Vec<Mailbox>> {
    tx.all(select!("where digest = 1 and next_at <= $1 order by next_at, account limit $2"), args![now, most])
}

/// Nothing when another process was faster.
pub fn put_off(tx: &mut Tx, account: AccountId, from: Moment, to: Moment) -> Result<()> {
    tx.run_one(
        "update mailboxes set next_at = $1, tries = tries + 1 where account = $2 and next_at = $3",
        args![to, account, from],
    )
}

pub fn done(tx: &mut Tx, account: AccountId, sent: Option<Moment>, next: Moment) -> Result<()> {
    tx.run(
        "update mailboxes set next_at = $1, tries = 0, trouble = null, sent_at = coalesce($2, sent_at) where account = $3",
        args![next, sent, account],
    )
    .map(|_| ())
}

pub fn failed(tx: &mut Tx, account: AccountId, trouble: &str) -> Result<()> {
    tx.run("update mailboxes set trouble = $1 where account = $2", args![trouble, account]).map(|_| ())
}
