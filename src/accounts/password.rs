//! Passwords and tokens: how they are made, kept and compared.

use crate::kernel::{Error, Result, secret};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};

refusals! {
    TOO_SHORT "accounts.password_short" "密码至少需要 10 个字符。" "A password needs at least 10 characters.";
    TOO_LONG "accounts.password_long" "密码最多 200 个字符。" "A password has at most 200 characters.";
    TOO_COMMON "accounts.password_common" "该密码过于常见或包含登录名，请更换。" "This password is too common or contains the login name; choose another.";
}

/// What everybody tries first, digits at the ends aside.
const COMMON: &[&str] = &[
    "",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "qwertyuiop",
    "admin",
    "administrator",
    "paicha",
    "woaini",
    "abc",
    "qwerty",
    "iloveyou",
    "letmein",
    "welcome",
];

/// A hash that fits no password, weighed for logins that do not exist so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Gk8j0t9zF0u4c3kqkZ4q8k1uM3b2cQ3m8oHq1m1Yk0E";

/// The Argon2id hash of `password` (19 MiB, 2 passes, its own salt), as a PHC string. Takes some 30 ms: not on a thread
/// that serves requests.
pub fn hash(password: &str) -> Result<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(Error::broken)
}

/// Whether `password` is the one behind `hash`. An empty hash fits nothing, and costs as much to find out.
pub fn fits(password: &str, hash: &str) -> bool {
    let known = !hash.is_empty();
    PasswordHash::new(if known { hash } else { NOBODY })
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
        && known
}

/// Refuses passwords that are guessed first (NIST SP 800-63B: length and a list, no rules about kinds of characters).
pub fn good_enough(password: &str, login: &str) -> Result<()> {
    match password.chars().count() {
        0..10 => return TOO_SHORT.at("password"),
        10..=200 => {}
        _ => return TOO_LONG.at("password"),
    }
    let low = password.to_lowercase();
    let core = low.trim_matches(|c: char| !c.is_alphabetic());
    let common = COMMON.contains(&core) || (login.len() > 2 && low.contains(&login.to_lowercase()));
    let one_key = low.chars().all(|c| low.starts_with(c));
    if common || one_key { TOO_COMMON.at("password") } else { Ok(()) }
}

/// A first password to hand over: 80 bits of chance in letters and digits that are not taken for one another.
pub fn first() -> Result<String> {
    let mut bytes = [0; 10];
    secret::random(&mut bytes)?;
    Ok(in_fours(&BASE32_NOPAD.encode(&bytes).to_lowercase()))
}

/// A text in groups of four, for copying by hand.
pub fn in_fours(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A new secret of 256 bits and the hash under which it is stored.
pub fn token() -> Result<(String, String)> {
    let mut bytes = [0; 32];
    secret::random(&mut bytes)?;
    let token = BASE64URL_NOPAD.encode(&bytes);
    let stored = stored(&token);
    Ok((token, stored))
}

/// The hash under which a token is stored: who reads the database cannot sign in with it.
pub fn stored(token: &str) -> String {
    secret::sha256(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let hash = hash("correct horse battery").unwrap();
        assert!(hash.contains("m=19456,t=2,p=1"), "{hash}: a login that does not exist must cost the same");
        assert!(fits("correct horse battery", &hash));
        assert!(!fits("correct horse", &hash));
        assert!(!fits("", ""));
    }

    #[test]
    fn the_hash_for_nobody_is_weighed_in_earnest() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let refused = Argon2::default().verify_password(b"x", &nobody).unwrap_err();
        assert!(matches!(refused, argon2::password_hash::Error::PasswordInvalid), "{refused:?}");
    }

    #[test]
    fn weak_passwords_are_refused() {
        for weak in
            ["short", "1234567890", "aaaaaaaaaaaa", "ying-ying-ying", "password123", "!!admin2023", "2023-06-14"]
        {
            assert!(good_enough(weak, "ying").is_err(), "{weak}");
        }
        for good in ["three blue kettles", "三个蓝色的水壶放在桌子上", &first().unwrap()] {
            assert!(good_enough(good, "ying").is_ok(), "{good}");
        }
    }
}
