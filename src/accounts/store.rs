//! Every statement that touches `accounts` and `sessions`. Nobody else writes one.

use crate::kernel::{AccountId, EnterpriseId, Moment, OfficeId, Result, db::Tx};

row! {
    /// An account as it is stored.
    #[derive(Debug, Clone)]
    pub struct Account {
        pub id: AccountId,
        pub login: String,
        pub name: String,
        pub office: OfficeId,
        pub enterprise: Option<EnterpriseId>,
        /// Codes of roles with a space between.
        pub roles: String,
        pub badge: Option<String>,
        pub lang: String,
        /// Argon2id, PHC string.
        pub password: String,
        pub must_change: bool,
        /// The secret of the second factor, locked up.
        pub totp: Option<String>,
        /// The last time step used, so that a code serves once.
        pub totp_step: Option<i64>,
        /// Hashes of the recovery codes left, a space between.
        pub recovery: String,
        /// The subject at the other system that signs this person in.
        pub external: Option<String>,
        pub active: bool,
        pub failures: i64,
        pub locked_until: Moment,
        pub created_at: Moment,
        pub version: i64,
    }
}

row! {
    /// A session as it is stored, under the hash of its token.
    #[derive(Debug, Clone)]
    pub struct Session {
        pub token: String,
        pub account: AccountId,
        pub kind: String,
        pub label: String,
        pub created_at: Moment,
        pub used_at: Moment,
        pub ends_at: Moment,
    }
}

pub fn account(tx: &mut Tx, id: AccountId) -> Result<Account> {
    tx.get(
        "select id, login, name, office, enterprise, roles, badge, lang, password, must_change, totp, totp_step, recovery,
         external, active, failures, locked_until, created_at, version from accounts where id = $1",
        args![id],
    )
}

pub fn account_by_login(tx: &mut Tx, login: &str) -> Result<Option<Account>> {
    tx.one(
        "select id, login, name, office, enterprise, roles, badge, lang, password, must_change, totp, totp_step, recovery,
         external, active, failures, locked_until, created_at, version from accounts where login = $1",
        args![login],
    )
}

pub fn add_account(tx: &mut Tx, a: &Account) -> Result<()> {
    tx.run_one(
        "insert into accounts (id, login, name, office, enterprise, roles, badge, lang, password, must_change, totp,
         totp_step, recovery, external, active, failures, locked_until, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)",
        args![
            a.id, &a.login, &a.name, a.office, a.enterprise, &a.roles, &a.badge, &a.lang, &a.password, a.must_change,
            &a.totp, a.totp_step, &a.recovery, &a.external, a.active, a.failures, a.locked_until, a.created_at
        ],
    )
}

pub fn save_account(tx: &mut Tx, a: &Account) -> Result<()> {
    tx.run_one(
        "update accounts set name = $1, office = $2, roles = $3, badge = $4, lang = $5, password = $6, must_change = $7,
         totp = $8, totp_step = $9, recovery = $10, external = $11, active = $12, failures = $13, locked_until = $14,
         enterprise = $15, version = version + 1 where id = $16 and version = $17",
        args![
            &a.name, a.office, &a.roles, &a.badge, &a.lang, &a.password, a.must_change, &a.totp, a.totp_step, &a.recovery,
            &a.external, a.active, a.failures, a.locked_until, a.enterprise, a.id, a.version
        ],
    )
}

pub fn session(tx: &mut Tx, token: &str) -> Result<Option<Session>> {
    tx.one(
        "select token, account, kind, label, created_at, used_at, ends_at from sessions where token = $1",
        args![token],
    )
}

pub fn add_session(tx: &mut Tx, s: &Session) -> Result<()> {
    tx.run_one(
        "insert into sessions (token, account, kind, label, created_at, used_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![&s.token, s.account, &s.kind, &s.label, s.created_at, s.used_at, s.ends_at],
    )
}

pub fn session_used(tx: &mut Tx, token: &str, at: Moment) -> Result<u64> {
    tx.run("update sessions set used_at = $1 where token = $2", args![at, token])
}

/// Ends one session. A session is not a record: its beginning and end are events.
pub fn end_session(tx: &mut Tx, token: &str) -> Result<u64> {
    tx.run("delete from sessions where token = $1", args![token])
}

pub fn end_sessions_of(tx: &mut Tx, account: AccountId) -> Result<u64> {
    tx.run("delete from sessions where account = $1", args![account])
}
