//! The second factor: a code from a phone (TOTP, RFC 6238), or one of ten recovery codes on paper.

use super::{Account, password};
use crate::kernel::{
    AccountId, Error, Moment, Result,
    secret::{self, Keeper},
};
use data_encoding::BASE32_NOPAD;
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret};
use utoipa::ToSchema;

/// Recovery codes of one account.
const RECOVERY: usize = 10;

/// A second factor that is being set up. Nothing of it is stored before a code of it has come back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The secret, for typing it into an authenticator.
    pub secret: String,
    /// The same as `otpauth://` address, for a QR code.
    pub uri: String,
    /// The secret locked up for this account: hand it back with the first code.
    pub sealed: String,
}

impl Draft {
    /// A new secret for `account`.
    pub fn new(account: &Account, keeper: &Keeper) -> Result<Self> {
        let mut bytes = [0; 20];
        secret::random(&mut bytes)?;
        Self::of(account, keeper, BASE32_NOPAD.encode(&bytes))
    }

    /// The draft that was handed out as `sealed`.
    pub fn unseal(account: &Account, keeper: &Keeper, sealed: &str) -> Option<Self> {
        let secret = keeper.unlock(&draft_purpose(account.id), sealed).ok()?;
        Self::of(account, keeper, secret).ok()
    }

    fn of(account: &Account, keeper: &Keeper, secret: String) -> Result<Self> {
        let login: String = form_urlencoded::byte_serialize(account.login.as_bytes()).collect();
        let uri = format!("otpauth://totp/Paicha:{login}?secret={secret}&issuer=Paicha");
        Ok(Self { sealed: keeper.lock(&draft_purpose(account.id), &secret)?, uri, secret })
    }

    /// The QR code, as an SVG element that stands in a page.
    pub fn picture(&self) -> Result<String> {
        let code = QrCode::new(self.uri.as_bytes()).map_err(Error::broken)?;
        let svg = code.render::<svg::Color>().min_dimensions(200, 200).build();
        Ok(svg.split_once("?>").map_or_else(|| svg.clone(), |(_, element)| element.to_owned()))
    }

    /// The secret in groups of four, for copying by hand.
    pub fn in_fours(&self) -> String {
        password::in_fours(&self.secret)
    }
}

/// Gives `account` the second factor `draft`, of which the code of `step` has come back. Recovery codes come of it.
pub fn enable(account: &mut Account, keeper: &Keeper, draft: &Draft, step: i64) -> Result<Vec<String>> {
    account.totp = Some(keeper.lock(&purpose(account.id), &draft.secret)?);
    account.totp_step = Some(step);
    renew_recovery(account)
}

/// Takes the second factor away.
pub fn disable(account: &mut Account) {
    (account.totp, account.totp_step) = (None, None);
    account.recovery.clear();
}

/// Ten new recovery codes of 80 bits; the old ones are worth nothing from now on.
pub fn renew_recovery(account: &mut Account) -> Result<Vec<String>> {
    let codes = (0..RECOVERY).map(|_| password::first().map(|c| c.to_uppercase())).collect::<Result<Vec<_>>>()?;
    let hashes: Vec<_> = codes.iter().map(|c| password::stored(&bare(c))).collect();
    account.recovery = hashes.join(" ");
    Ok(codes)
}

/// Recovery codes that are left.
pub fn recovery_left(account: &Account) -> usize {
    account.recovery.split_whitespace().count()
}

/// Uses up `code` on `account`: the code of this half minute (or its neighbours) that has not served yet, or a recovery
/// code. False when it is neither.
pub fn take_code(account: &mut Account, keeper: &Keeper, code: &str, at: Moment) -> Result<bool> {
    let Some(locked) = &account.totp else { return Ok(false) };
    let secret = keeper.unlock(&purpose(account.id), locked)?;
    let code = bare(code);
    if let Some(step) = step_of(&secret, &code, at)? {
        let fresh = account.totp_step.is_none_or(|last| step > last);
        if fresh {
            account.totp_step = Some(step);
        }
        return Ok(fresh);
    }
    let (used, before) = (password::stored(&code), recovery_left(account));
    let left: Vec<_> = account.recovery.split_whitespace().filter(|hash| *hash != used).collect();
    account.recovery = left.join(" ");
    Ok(recovery_left(account) < before)
}

/// The time step in which `code` is right, if it is.
pub fn step_of(secret: &str, code: &str, at: Moment) -> Result<Option<i64>> {
    let secret = Secret::try_from_base32(secret).map_err(|_| Error::broken("a second factor is not base32"))?;
    let totp = Builder::new().with_secret(secret).build().map_err(Error::broken)?;
    let seconds = u64::try_from(at.millis() / 1000).unwrap_or(0);
    Ok(totp.check(&bare(code), seconds).and_then(|step| i64::try_from(step).ok()))
}

/// A code without what people put between its characters, in capitals.
fn bare(code: &str) -> String {
    let plain = crate::kernel::text::code(code);
    plain.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// What the secret is locked up for: it opens in its own account only.
fn purpose(account: AccountId) -> String {
    format!("accounts.totp {account}")
}

fn draft_purpose(account: AccountId) -> String {
    format!("accounts.totp.draft {account}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::model::tests::an_account;

    fn keeper() -> Keeper {
        Keeper::from_bytes(&[7; 32]).unwrap()
    }

    fn code(secret: &str, at: Moment) -> String {
        let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
        totp.generate(u64::try_from(at.millis() / 1000).unwrap()).to_string()
    }

    #[test]
    fn a_code_serves_once_and_only_in_its_time() {
        let (mut account, at) = (an_account(), Moment::from_millis(1_700_000_000_000));
        let draft = Draft::new(&account, &keeper()).unwrap();
        let step = step_of(&draft.secret, &code(&draft.secret, at), at).unwrap().unwrap();
        enable(&mut account, &keeper(), &draft, step).unwrap();
        let mut take = |code: &str, at| take_code(&mut account, &keeper(), code, at).unwrap();
        assert!(!take(&code(&draft.secret, at), at), "the code that set it up has served");
        let later = at.plus(60_000);
        assert!(take(&format!(" {} ", code(&draft.secret, later)), later));
        assert!(!take(&code(&draft.secret, later), later.plus(1000)), "not twice");
        assert!(!take(&code(&draft.secret, later), later.plus(120_000)), "not late");
        assert!(!take("000000", later.plus(3_000_000)) || !take("000000", later.plus(3_000_000)));
    }

    #[test]
    fn a_recovery_code_serves_once() {
        let mut account = an_account();
        let draft = Draft::new(&account, &keeper()).unwrap();
        let codes = enable(&mut account, &keeper(), &draft, 1).unwrap();
        assert_eq!((codes.len(), recovery_left(&account)), (10, 10));
        let (at, typed) = (Moment::from_millis(1_700_000_000_000), codes[3].to_lowercase());
        assert!(take_code(&mut account, &keeper(), &typed, at).unwrap());
        assert!(!take_code(&mut account, &keeper(), &typed, at).unwrap());
        assert!(!take_code(&mut account, &keeper(), "", at).unwrap());
        assert_eq!(recovery_left(&account), 9);
    }

    #[test]
    fn a_secret_opens_in_its_own_account_only() {
        let (mine, theirs) = (an_account(), an_account());
        let draft = Draft::new(&mine, &keeper()).unwrap();
        assert_eq!(Draft::unseal(&mine, &keeper(), &draft.sealed).unwrap().secret, draft.secret);
        assert!(Draft::unseal(&theirs, &keeper(), &draft.sealed).is_none());
        assert!(draft.picture().unwrap().starts_with("<svg"));
    }
}
