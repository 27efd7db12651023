//! The second factor: a code from a phone (TOTP, RFC 6238), or one of ten recovery codes on paper.

use super::{Account, password};
use crate::kernel::{AccountId, Error, Moment, Result, secret::Keeper};
use totp_rs::{Builder, Secret};

/// Uses up `code` on `account`: the code of this half minute (or its neighbours) that has not served yet, or a recovery
/// code. False when it is neither.
pub fn take_code(account: &mut Account, keeper: &Keeper, code: &str, at: Moment) -> Result<bool> {
    let Some(locked) = &account.totp else { return Ok(false) };
    let secret = keeper.unlock(&purpose(account.id), locked)?;
    let code: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if let Some(step) = step_of(&secret, &code, at)? {
        let fresh = account.totp_step.is_none_or(|last| step > last);
        if fresh {
            account.totp_step = Some(step);
        }
        return Ok(fresh);
    }
    let used = password::stored(&code.to_uppercase());
    let left: Vec<&str> = account.recovery.split(' ').filter(|h| *h != used && !h.is_empty()).collect();
    let taken = left.len() < account.recovery.split(' ').filter(|h| !h.is_empty()).count();
    account.recovery = left.join(" ");
    Ok(taken)
}

/// The time step in which `code` is right, if it is.
pub fn step_of(secret: &str, code: &str, at: Moment) -> Result<Option<i64>> {
    let secret = Secret::try_from_base32(secret).map_err(|_| Error::broken("a second factor is not base32"))?;
    let totp = Builder::new().with_secret(secret).build().map_err(Error::broken)?;
    let seconds = u64::try_from(at.millis() / 1000).unwrap_or(0);
    Ok(totp.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// What the secret is locked up for: it opens in its own account only.
pub fn purpose(account: AccountId) -> String {
    format!("accounts.totp {account}")
}
