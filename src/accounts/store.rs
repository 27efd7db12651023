//! Every statement that touches `accounts`, `sessions` and `knocks`. Nobody else writes one.

use super::{
    Account, Session, SessionKind,
    admin::{Filter, Standing},
};
use crate::{
    kernel::{
        AccountId, EnterpriseId, Moment, OfficeId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::{Office, Scope},
};

/// A statement that reads whole accounts; the rest of it follows.
macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "select id, login, name, office, province, city, county, station, enterprise, roles, badge, lang, password,
             password_at, must_change, totp, totp_step, recovery, external, active, failures, locked_until, created_at,
             version from accounts ",
            $rest
        )
    };
}

pub fn account(tx: &mut Tx, id: AccountId) -> Result<Account> {
    tx.get(accounts!("where id = $1"), args![id])
}

pub fn account_by_login(tx: &mut Tx, login: &str) -> Result<Option<Account>> {
    tx.one(accounts!("where login = $1"), args![login])
}

pub fn account_by_external(tx: &mut Tx, subject: &str) -> Result<Option<Account>> {
    tx.one(accounts!("where external = $1"), args![subject])
}

pub fn add_account(tx: &mut Tx, a: &Account) -> Result<()> {
    tx.run_one(
        "insert into accounts (id, login, name, office, province, city, county, station, enterprise, roles, badge, lang,
         password, password_at, must_change, totp, totp_step, recovery, external, active, failures, locked_until,
         created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
         $23, 1)",
        args![
            a.id,
            &a.login,
            &a.name,
            a.office,
            a.province,
            a.city,
            a.county,
            a.station,
            a.enterprise,
            &a.roles,
            &a.badge,
            &a.lang,
            &a.password,
            a.password_at,
            a.must_change,
            &a.totp,
            a.totp_step,
            &a.recovery,
            &a.external,
            a.active,
            a.failures,
            a.locked_until,
            a.created_at
        ],
    )
}

pub fn save_account(tx: &mut Tx, a: &Account) -> Result<()> {
    tx.run_one(
        "update accounts set name = $1, office = $2, province = $3, city = $4, county = $5, station = $6, roles = $7,
         badge = $8, lang = $9, password = $10, password_at = $11, must_change = $12, totp = $13, totp_step = $14,
         recovery = $15, external = $16, active = $17, failures = $18, locked_until = $19, version = version + 1
         where id = $20 and version = $21",
        args![
            &a.name,
            a.office,
            a.province,
            a.city,
            a.county,
            a.station,
            &a.roles,
            &a.badge,
            &a.lang,
            &a.password,
            a.password_at,
            a.must_change,
            &a.totp,
            a.totp_step,
            &a.recovery,
            &a.external,
            a.active,
            a.failures,
            a.locked_until,
            a.id,
            a.version
        ],
    )
}

/// Saves what trying to sign in changes. It is no new version: who edits the account meanwhile is not disturbed.
pub fn save_tries(tx: &mut Tx, a: &Account) -> Result<()> {
    tx.run_one(
        "update accounts set failures = $1, locked_until = $2, totp_step = $3, recovery = $4 where id = $5",
        args![a.failures, a.locked_until, a.totp_step, &a.recovery, a.id],
    )
}

pub fn session(tx: &mut Tx, token: &str) -> Result<Option<Session>> {
    tx.one(
        "select token, account, kind, proof, label, created_at, used_at, ends_at from sessions where token = $1",
        args![token],
    )
}

pub fn add_session(tx: &mut Tx, s: &Session) -> Result<()> {
    tx.run_one(
        "insert into sessions (token, account, kind, proof, label, created_at, used_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![&s.token, s.account, s.kind, s.proof, &s.label, s.created_at, s.used_at, s.ends_at],
    )
}

pub fn session_used(tx: &mut Tx, token: &str, at: Moment) -> Result<u64> {
    tx.run("update sessions set used_at = $1 where token = $2", args![at, token])
}

/// Ends one session. A session is not a record: its beginning and end are events.
pub fn end_session(tx: &mut Tx, token: &str) -> Result<u64> {
    tx.run("delete from sessions where token = $1", args![token])
}

/// What is open for an account, the newest first.
pub fn sessions_of(tx: &mut Tx, account: AccountId, at: Moment) -> Result<Vec<Session>> {
    tx.all(
        "select token, account, kind, proof, label, created_at, used_at, ends_at from sessions
         where account = $1 and ends_at > $2 and kind <> 'pending' order by created_at desc, token",
        args![account, at],
    )
}

/// Ends every session of an account, its API tokens included.
pub fn end_sessions_of(tx: &mut Tx, account: AccountId) -> Result<u64> {
    tx.run("delete from sessions where account = $1", args![account])
}

/// Ends the sessions of one kind of an account, but for one.
pub fn end_other_sessions(tx: &mut Tx, account: AccountId, kind: SessionKind, but: &str) -> Result<u64> {
    tx.run("delete from sessions where account = $1 and kind = $2 and token <> $3", args![account, kind, but])
}

/// When all knocks under this mark are forgiven; none when there were none of late.
pub fn calm_at(tx: &mut Tx, mark: &str) -> Result<Option<Moment>> {
    tx.one("select calm_at from knocks where mark = $1", args![mark])
}

pub fn keep_calm_at(tx: &mut Tx, mark: &str, at: Moment) -> Result<()> {
    tx.run_one(
        "insert into knocks (mark, calm_at) values ($1, $2) on conflict (mark) do update set calm_at = excluded.calm_at",
        args![mark, at],
    )
}

pub fn forget_knocks(tx: &mut Tx, mark: &str) -> Result<()> {
    tx.run("delete from knocks where mark = $1", args![mark]).map(|_| ())
}

/// How many sessions of each kind there are.
pub fn count_sessions(tx: &mut Tx, at: Moment) -> Result<Vec<(SessionKind, i64)>> {
    tx.all("select kind, count(*) from sessions where ends_at > $1 group by kind", args![at])
}

/// Clears away what has ended by itself, and knocks that are forgiven: they are no record.
pub fn end_expired(tx: &mut Tx, at: Moment) -> Result<u64> {
    tx.run("delete from knocks where calm_at <= $1", args![at])?;
    tx.run("delete from sessions where ends_at <= $1", args![at])
}

/// The name of an account.
pub fn name(tx: &mut Tx, id: AccountId) -> Result<Option<String>> {
    tx.one("select name from accounts where id = $1", args![id])
}

/// The accounts of one office.
pub fn of_office(tx: &mut Tx, office: OfficeId) -> Result<Vec<Account>> {
    tx.all(accounts!("where office = $1 order by login"), args![office])
}

/// The accounts of one enterprise.
pub fn of_enterprise(tx: &mut Tx, enterprise: EnterpriseId) -> Result<Vec<Account>> {
    tx.all(accounts!("where enterprise = $1 order by login"), args![enterprise])
}

/// Puts the accounts of an office where it stands now.
pub fn place_accounts(tx: &mut Tx, office: &Office) -> Result<u64> {
    tx.run(
        "update accounts set province = $1, city = $2, county = $3, station = $4 where office = $5",
        args![office.province, office.city, office.county, office.station, office.id],
    )
}

/// Orders in which accounts can be listed.
pub const ORDERS: &[Order] = &[order!("login", "login"), order!("name", "name"), order!("created", "created_at")];

/// The accounts within a scope.
pub fn list(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask) -> Result<Listed<Account>> {
    ask.list(tx, query(scope, filter, ask), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, filter: &Filter, ask: &Ask) -> Query {
    let words = ask.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let mut query = scope
        .within(Query::new(accounts!("where login <> 'system'")))
        .maybe(" and office = ?", filter.office)
        .maybe(" and active = ?", filter.state.map(|s| s == Standing::Active))
        .maybe(" and ' ' || roles || ' ' like ?", filter.role.map(|r| format!("% {r} %")));
    if let Some(words) = words {
        let (login, name) = (format!("{}%", words.to_lowercase()), format!("%{words}%"));
        query = query.add(" and (login like ? or name like ?)", &[login.into(), name.into()]);
    }
    query
}

/// How many open administrators an office has, but for one account.
pub fn other_administrators(tx: &mut Tx, office: OfficeId, but: AccountId) -> Result<i64> {
    tx.get(
        "select count(*) from accounts where office = $1 and id <> $2 and active = 1
         and ' ' || roles || ' ' like '% administrator %'",
        args![office, but],
    )
}

/// Logins of the active administrators who sign in with a password alone.
pub fn administrators_without_second_factor(tx: &mut Tx) -> Result<Vec<String>> {
    tx.all(
        "select login from accounts where active = 1 and totp is null and ' ' || roles || ' ' like '% administrator %'
         order by login",
        &[],
    )
}
