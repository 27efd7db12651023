//! Sign-in by another system (统一身份认证, OpenID Connect): authorization code with PKCE and a nonce.
//!
//! The other system says who somebody is; what they may do stands here. No account is ever created by it. Whoever comes
//! is the account
//!
//! 1. whose `external` is the subject (`sub`) of the token, else
//! 2. whose login is the e-mail address of the token, if the other system has verified that address (`email_verified`)
//!    and the account is linked to nobody yet: it is linked then, and an event says so.
//!
//! Nobody else comes in. A second factor set up here is asked for here too.

mod provider;
mod web;

pub use provider::is_on;
pub use web::routes;

use super::{
    Account, Entry, Proof, login_of,
    sign_in::{self, Knock},
    store, system_in,
};
use crate::{
    kernel::{Result, db::Tx},
    people, record,
};
use provider::Vouched;

refusals! {
    OFF "accounts.oidc_off" "本系统未启用统一身份认证登录。" "Sign-in by another system is switched off here.";
    NOT_OURS "accounts.oidc_not_ours" "登录请求已失效，请重新登录。" "This sign-in is no longer valid; please start again.";
    NOT_VOUCHED "accounts.oidc_not_vouched" "统一身份认证未通过，请重试；仍有问题请联系系统管理员。" "The other system did not vouch for you; try again, or ask the administrator.";
    NOT_LINKED "accounts.oidc_not_linked" "统一身份认证已通过，但没有与之关联的可用账号，请联系本单位系统管理员。" "The other system knows you, but no account here is linked to you; ask the administrator of your office.";
}

/// Lets in whom the other system vouched for; `None`, with an event, when no open account is theirs.
fn settle(tx: &mut Tx, knock: &Knock, vouched: &Vouched) -> Result<Option<Entry>> {
    let Some(account) = whose(tx, knock, vouched)? else { return sign_in::fail_nobody(tx, knock).map(|()| None) };
    let office = people::store::office(tx, account.office)?;
    if !sign_in::may_enter(&account, &office, knock.at) {
        let by = Knock::by_nobody(knock, tx)?;
        return record::changed(tx, &by, &account, &account, ("sign_in_failed", None)).map(|_| None);
    }
    sign_in::admit(tx, knock, (account, office), Proof::External, None)
}

/// The account of whom the other system vouched for; links it the first time.
fn whose(tx: &mut Tx, knock: &Knock, vouched: &Vouched) -> Result<Option<Account>> {
    if let Some(account) = store::account_by_external(tx, &vouched.subject)? {
        return Ok(Some(account));
    }
    let Some(email) = &vouched.verified_email else { return Ok(None) };
    let Some(before) = store::account_by_login(tx, &login_of(email))? else { return Ok(None) };
    if before.external.is_some() || before.login == super::LOGIN {
        return Ok(None);
    }
    let after = Account { external: Some(vouched.subject.clone()), ..before.clone() };
    store::save_account(tx, &after)?;
    let by = system_in(tx, knock.at)?;
    record::changed(tx, &by, &before, &after, ("link", None))?;
    store::account(tx, before.id).map(Some)
}
