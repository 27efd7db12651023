//! One's own account (我的账号): password, second factor, sessions and tokens.
//!
//! A forgotten session must not be enough: whatever opens or closes a door asks for the password once more.

mod model;
mod pages;
mod web;

pub use model::{Act, NewToken, OwnSession};

use super::{
    Account, Arrival, Client, Door, Proof, SessionKind, password,
    second_factor::{self, Draft},
    sessions::{self, Begun},
    sign_in::{self, Knock},
    store,
};
use crate::{
    kernel::{App, Error, Lang, Moment, Result, db::Tx, ensure},
    people::By,
    record,
};

refusals! {
    WRONG_PASSWORD "accounts.wrong_password" "当前密码不正确。" "The current password is wrong.";
    NOT_FRESH "accounts.not_fresh" "登录已超过 10 分钟，请重新登录后再办理。" "You signed in more than ten minutes ago; please sign in again for this.";
    NO_PASSWORD "accounts.no_password" "该账号通过统一身份认证登录，没有可修改的密码。" "This account signs in by another system and has no password to change.";
    SAME_PASSWORD "accounts.same_password" "新密码不得与当前密码相同。" "The new password must differ from the current one.";
    NOT_THE_SAME "accounts.not_the_same" "两次输入的新密码不一致。" "The two new passwords differ.";
    WRONG_FIRST_CODE "accounts.wrong_first_code" "验证码不正确，请核对手机时间后输入最新的验证码。" "The code is wrong; check the time of your phone and enter the newest code.";
    STALE_DRAFT "accounts.stale_draft" "绑定信息已失效，请重新扫码。" "This setup is no longer valid; please scan the new code.";
    NO_FACTOR "accounts.no_factor" "尚未启用第二因素。" "There is no second factor yet.";
    TOKEN_LABEL "accounts.token_label" "请填写用途，最多 100 个字。" "Say what it is for, in at most 100 characters.";
    TOKEN_DAYS "accounts.token_days" "有效期应在明天至一年之间。" "It has to end between tomorrow and a year from now.";
    TOO_MANY_TOKENS "accounts.too_many_tokens" "每个账号最多 20 个有效令牌，请先撤销不用的令牌。" "An account may have 20 tokens; revoke one that is not used.";
}

pub use web::routes;

/// How fresh a sign-in by another system must be to stand for a password: ten minutes.
const FRESH: i64 = 10 * 60_000;
/// Tokens of one account at the most.
const TOKENS: usize = 20;

/// Who asks, through which door.
pub struct Asking<'a> {
    pub app: &'a App,
    pub door: &'a Door,
    pub client: &'a Client,
    pub arrival: &'a Arrival,
}

/// What an act on one's own account leaves behind.
#[derive(Debug, Clone)]
pub struct Done {
    pub account: Account,
    /// New recovery codes, to be shown once.
    pub recovery: Vec<String>,
}

impl Asking<'_> {
    /// Does `act` to one's own account.
    pub async fn act(&self, act: Act) -> Result<Done> {
        self.arrival.in_person()?;
        if !matches!(act, Act::ChangePassword { .. }) {
            self.arrival.settled()?;
        }
        if let Some(current) = act.current() {
            self.prove(current).await?;
        }
        let hash = match &act {
            Act::ChangePassword { current, password } => Some(self.new_hash(current, password).await?),
            _ => None,
        };
        let (by, session, keeper) =
            (&self.arrival.visitor.by, self.arrival.session.token.clone(), self.app.keeper.clone());
        let (proved, act) = (self.arrival.account.password.clone(), act);
        let done = self.app.act(by, move |tx, by| {
            let before = store::account(tx, by.actor.account)?;
            // Somebody else may have changed the password since it was proved.
            if before.password != proved {
                return Err(Error::Stale);
            }
            let mut after = before.clone();
            let recovery = apply(&mut after, &act, &keeper, hash.as_deref(), by.at)?;
            store::save_account(tx, &after)?;
            if hash.is_some() {
                store::end_other_sessions(tx, after.id, SessionKind::Browser, &session)?;
                store::end_other_sessions(tx, after.id, SessionKind::Pending, &session)?;
            }
            record::changed(tx, by, &before, &after, (act.verb(), None))?;
            Ok(Done { account: after, recovery })
        });
        done.await
    }

    /// Asks for the password once more. Who was vouched for by another system must have come just now.
    async fn prove(&self, current: &str) -> Result<()> {
        let (account, at) = (&self.arrival.account, self.app.clock.now());
        if self.arrival.session.proof == Proof::External {
            return ensure(at < self.arrival.session.created_at.plus(FRESH), NOT_FRESH);
        }
        self.door.knock(self.app, self.client, &account.login).await?;
        let fits = !account.is_locked(at) && self.door.fits(current.to_owned(), account.password.clone()).await?;
        if fits {
            return Ok(());
        }
        let (knock, id) = (Knock::now(self.app, self.client), account.id);
        let failed = self.app.db.write(move |tx| {
            let account = store::account(tx, id)?;
            // Whoever guesses at a screen left open loses the screen.
            if sign_in::fail(tx, &knock, account)? {
                store::end_other_sessions(tx, id, SessionKind::Browser, "")?;
            }
            Ok(())
        });
        failed.await?;
        WRONG_PASSWORD.at("current")
    }

    async fn new_hash(&self, current: &str, new: &str) -> Result<String> {
        let account = &self.arrival.account;
        if account.password.is_empty() || self.arrival.session.proof == Proof::External {
            return NO_PASSWORD.refuse();
        }
        password::good_enough(new, &account.login)?;
        if current == new {
            return SAME_PASSWORD.at("password");
        }
        self.door.hash(new.to_owned()).await
    }

    /// A new token for a program, shown once.
    pub async fn issue(&self, new: NewToken) -> Result<Begun> {
        self.arrival.in_person()?;
        self.arrival.settled()?;
        new.check(self.app.clock.now().date())?;
        self.prove(&new.current).await?;
        let proof = self.arrival.session.proof;
        self.app.act(&self.arrival.visitor.by, move |tx, by| issue(tx, by, proof, &new)).await
    }

    /// Ends one of one's own sessions or tokens.
    pub async fn end(&self, id: String) -> Result<()> {
        self.arrival.in_person()?;
        self.app.act(&self.arrival.visitor.by, move |tx, by| end(tx, by, &id)).await
    }
}

/// The account after `act`; the password has been proved.
fn apply(
    account: &mut Account,
    act: &Act,
    keeper: &crate::kernel::secret::Keeper,
    hash: Option<&str>,
    at: Moment,
) -> Result<Vec<String>> {
    match act {
        Act::ChangePassword { .. } => {
            hash.unwrap_or_default().clone_into(&mut account.password);
            account.password_at = at;
            account.must_change = false;
        }
        Act::SetLanguage { lang } => Lang::code(*lang).clone_into(&mut account.lang),
        Act::EnableSecondFactor { sealed, code, .. } => {
            let draft = Draft::unseal(account, keeper, sealed).ok_or(Error::Refused(STALE_DRAFT))?;
            let step = second_factor::step_of(&draft.secret, code, at)?;
            let step = step.ok_or(Error::invalid("code", WRONG_FIRST_CODE))?;
            return second_factor::enable(account, keeper, &draft, step);
        }
        Act::DisableSecondFactor { .. } => second_factor::disable(account),
        Act::RenewRecovery { .. } => {
            ensure(account.totp.is_some(), NO_FACTOR)?;
            return second_factor::renew_recovery(account);
        }
    }
    Ok(Vec::new())
}

fn issue(tx: &mut Tx, by: &By, proof: Proof, new: &NewToken) -> Result<Begun> {
    let account = store::account(tx, by.actor.account)?;
    let open = store::sessions_of(tx, account.id, by.at)?;
    ensure(open.iter().filter(|s| s.kind == SessionKind::Token).count() < TOKENS, TOO_MANY_TOKENS)?;
    let ends_at = Moment::start_of(new.ends_on).plus(86_400_000);
    let begun = sessions::begin_until(tx, &account, (SessionKind::Token, proof), new.label.clone(), by.at, ends_at)?;
    record::changed(tx, by, &account, &account, ("issue_token", Some(&new.label)))?;
    Ok(begun)
}

fn end(tx: &mut Tx, by: &By, id: &str) -> Result<()> {
    let account = store::account(tx, by.actor.account)?;
    let open = store::sessions_of(tx, account.id, by.at)?;
    let session = open.into_iter().find(|s| OwnSession::id_of(s) == id).ok_or(Error::NotFound)?;
    store::end_session(tx, &session.token)?;
    let verb = if session.kind == SessionKind::Token { "revoke_token" } else { "end_session" };
    record::changed(tx, by, &account, &account, (verb, Some(&session.label)))?;
    Ok(())
}
