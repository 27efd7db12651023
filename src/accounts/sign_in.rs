//! Signing in: password, then the second factor where there is one.
//!
//! Whoever is refused learns nothing: an unknown login, a wrong password, a locked, closed or expired account take the
//! same time, write as much, and get the same sentence.

use super::{Account, Client, Door, Proof, SessionKind, login_of, model::Session, second_factor, sessions, store};
use super::{door, sessions::Begun, system_in};
use crate::{
    kernel::{AccountId, App, Error, Moment, Result, db::Tx},
    people::{self, By, Office},
    record,
};
use serde::Deserialize;
use utoipa::ToSchema;

refusals! {
    WRONG "accounts.wrong" "登录名或密码不正确，或者账号暂不可用。连续输错 {times} 次，账号将锁定 {minutes} 分钟。" "Wrong login or password, or the account is not available now. {times} wrong tries in a row lock an account for {minutes} minutes.";
    WRONG_CODE "accounts.wrong_code" "验证码不正确或已使用过，请输入最新的验证码。" "The code is wrong or has been used; enter the newest one.";
    NO_PENDING "accounts.no_pending" "验证已超时，请重新输入登录名和密码。" "That took too long; please enter login and password again.";
}

/// What somebody types to sign in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Attempt {
    /// The login.
    pub login: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
    /// The code of the second factor, or a recovery code, when it is at hand already.
    pub code: Option<String>,
}

/// Somebody has come in, or as far as the second factor.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The new session with its token.
    pub begun: Begun,
    /// Whose it is.
    pub account: Account,
}

impl Entry {
    /// Whether the second factor is still asked for.
    pub fn is_pending(&self) -> bool {
        self.begun.session.kind == SessionKind::Pending
    }

    /// See [`Session::must_change`].
    pub fn must_change(&self) -> bool {
        self.begun.session.must_change(&self.account)
    }
}

/// Where and when somebody knocks.
#[derive(Clone)]
pub(super) struct Knock {
    pub app: App,
    pub client: Client,
    pub at: Moment,
}

impl Knock {
    pub fn now(app: &App, client: &Client) -> Self {
        Self { app: app.clone(), client: client.clone(), at: app.clock.now() }
    }

    /// As the account itself.
    pub fn by(&self, account: &Account, office: Office) -> By {
        By { actor: account.actor(office), at: self.at, client: Some(self.client.json()) }
    }

    /// As the system: whoever fails is not known to be the owner.
    pub fn by_nobody(&self, tx: &mut Tx) -> Result<By> {
        Ok(By { client: Some(self.client.json()), ..system_in(tx, self.at)? })
    }
}

/// Tries to sign in with a password. An account with a second factor and no code at hand yields a pending session.
pub async fn attempt(app: &App, door: &Door, client: &Client, attempt: Attempt) -> Result<Entry> {
    let login = login_of(&attempt.login);
    door.knock(app, client, &login).await?;
    let known = app.db.read(move |tx| store::account_by_login(tx, &login)).await?;
    let (id, hash) = known.map(|a| (a.id, a.password)).unzip();
    let hash = hash.unwrap_or_default();
    let fits = attempt.password.len() <= 1000 && door.fits(attempt.password, hash.clone()).await?;
    let (knock, code) = (Knock::now(app, client), attempt.code);
    let settled = app.db.write(move |tx| {
        let right = fits.then_some(hash.as_str());
        settle(tx, &knock, id, right, code.as_deref())
    });
    settled.await?.ok_or_else(|| wrong(app))
}

/// The one sentence for all who are refused. 401.
fn wrong(app: &App) -> Error {
    let refusal = WRONG.with("times", app.config.lock_after).with("minutes", app.config.lock_minutes);
    Error::Unreadable { status: 401, refusal }
}

/// Failures are counted, so they are committed: `None`, not an error, when somebody is refused.
fn settle(
    tx: &mut Tx,
    knock: &Knock,
    id: Option<AccountId>,
    right: Option<&str>,
    code: Option<&str>,
) -> Result<Option<Entry>> {
    let Some(id) = id else { return fail_nobody(tx, knock).map(|()| None) };
    let account = store::account(tx, id)?;
    let office = people::store::office(tx, account.office)?;
    let serves = account.password_serves(knock.at) && right == Some(account.password.as_str());
    if !(serves && may_enter(&account, &office, knock.at)) {
        return fail(tx, knock, account).map(|_| None);
    }
    admit(tx, knock, (account, office), Proof::Password, code)
}

/// Whether the account as such is open.
pub(super) fn may_enter(account: &Account, office: &Office, at: Moment) -> bool {
    account.active && office.active && !account.is_locked(at)
}

/// Lets in whoever has proved to be the owner, or asks for the second factor; `None` when the code is wrong.
pub(super) fn admit(
    tx: &mut Tx,
    knock: &Knock,
    (account, office): (Account, Office),
    proof: Proof,
    code: Option<&str>,
) -> Result<Option<Entry>> {
    if account.totp.is_none() {
        return enter(tx, knock, (&account, account.clone(), office), proof).map(Some);
    }
    let Some(code) = code else {
        let begun =
            sessions::begin(tx, &knock.app.config, &account, (SessionKind::Pending, proof), &knock.client, knock.at)?;
        record::changed(tx, &knock.by(&account, office), &account, &account, ("sign_in_begun", None))?;
        return Ok(Some(Entry { begun, account }));
    };
    let mut after = account.clone();
    if !second_factor::take_code(&mut after, &knock.app.keeper, code, knock.at)? {
        return fail(tx, knock, account).map(|_| None);
    }
    enter(tx, knock, (&account, after, office), proof).map(Some)
}

fn enter(
    tx: &mut Tx,
    knock: &Knock,
    (before, mut account, office): (&Account, Account, Office),
    proof: Proof,
) -> Result<Entry> {
    account.failures = 0;
    store::save_tries(tx, &account)?;
    door::forgive(tx, &knock.app, &knock.client, &account.login)?;
    let begun =
        sessions::begin(tx, &knock.app.config, &account, (SessionKind::Browser, proof), &knock.client, knock.at)?;
    record::changed(tx, &knock.by(&account, office), before, &account, ("sign_in", None))?;
    Ok(Entry { begun, account })
}

/// Counts a failure; true when it locked the account.
pub(super) fn fail(tx: &mut Tx, knock: &Knock, before: Account) -> Result<bool> {
    let mut after = before.clone();
    let config = &knock.app.config;
    let locks = after.fail(knock.at, config.lock_after, config.lock_minutes);
    store::save_tries(tx, &after)?;
    let by = knock.by_nobody(tx)?;
    let verb = if locks { "locked" } else { "sign_in_failed" };
    record::changed(tx, &by, &before, &after, (verb, None))?;
    Ok(locks)
}

/// Writes as much for a login that does not exist, so that the time tells nothing; and an auditor sees who sprays.
pub(super) fn fail_nobody(tx: &mut Tx, knock: &Knock) -> Result<()> {
    let by = knock.by_nobody(tx)?;
    let system = store::account(tx, by.actor.account)?;
    store::save_tries(tx, &system)?;
    record::changed(tx, &by, &system, &system, ("sign_in_unknown", None))?;
    Ok(())
}

/// The second step: the code for the pending session whose token has this hash.
pub async fn confirm(app: &App, door: &Door, client: &Client, pending: String, code: String) -> Result<Entry> {
    let knock = Knock::now(app, client);
    let (at, token) = (knock.at, pending.clone());
    let account = app.db.read(move |tx| pending_account(tx, &token, at)).await?;
    door.knock(app, client, &account.login).await?;
    app.db.write(move |tx| check_code(tx, &knock, &pending, &code)).await?.ok_or(Error::invalid("code", WRONG_CODE))
}

fn pending_account(tx: &mut Tx, token: &str, at: Moment) -> Result<Account> {
    let session = pending_session(tx, token, at)?;
    store::account(tx, session.account)
}

fn pending_session(tx: &mut Tx, token: &str, at: Moment) -> Result<Session> {
    let session = store::session(tx, token)?.filter(|s| s.kind == SessionKind::Pending && at < s.ends_at);
    session.ok_or(Error::Unreadable { status: 401, refusal: NO_PENDING })
}

fn check_code(tx: &mut Tx, knock: &Knock, token: &str, code: &str) -> Result<Option<Entry>> {
    let session = pending_session(tx, token, knock.at)?;
    let account = store::account(tx, session.account)?;
    let office = people::store::office(tx, account.office)?;
    let open = may_enter(&account, &office, knock.at);
    let mut after = account.clone();
    if open && second_factor::take_code(&mut after, &knock.app.keeper, code, knock.at)? {
        store::end_session(tx, token)?;
        return enter(tx, knock, (&account, after, office), session.proof).map(Some);
    }
    if fail(tx, knock, account)? || !open {
        store::end_session(tx, token)?;
    }
    Ok(None)
}

/// A browser goes on with another session: what it had before ends.
pub fn leave_behind(tx: &mut Tx, token: &str, client: &Client, at: Moment) -> Result<()> {
    match store::session(tx, token)? {
        Some(session) if session.kind == SessionKind::Browser => sign_out(tx, token, client, at),
        Some(_) => store::end_session(tx, token).map(drop),
        None => Ok(()),
    }
}

/// Ends the session with this hash and records it; nothing happens when there is none.
pub fn sign_out(tx: &mut Tx, token: &str, client: &Client, at: Moment) -> Result<()> {
    let Some(session) = store::session(tx, token)? else { return Ok(()) };
    let account = store::account(tx, session.account)?;
    let office = people::store::office(tx, account.office)?;
    store::end_session(tx, token)?;
    let by = By { actor: account.actor(office), at, client: Some(client.json()) };
    record::changed(tx, &by, &account, &account, ("sign_out", None))?;
    Ok(())
}
