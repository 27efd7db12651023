//! Passwords and tokens: how they are made, kept and compared.

use crate::kernel::{Error, Result, secret};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use data_encoding::BASE64URL_NOPAD;

refusals! {
    TOO_SHORT "people.password_short" "密码至少需要 10 个字符。" "A password needs at least 10 characters.";
    TOO_COMMON "people.password_common" "该密码过于常见或包含登录名，请更换。" "This password is too common or contains the login name; choose another.";
}

/// What everybody tries first.
const COMMON: &[&str] = &["1234567890", "password", "qwertyuiop", "admin", "paicha", "woaini", "abc123"];

/// The Argon2id hash of `password` (19 MiB, 2 passes, its own salt), as a PHC string. Takes some 30 ms: not on a thread
/// that serves requests.
pub fn hash(password: &str) -> Result<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(Error::broken)
}

/// Whether `password` is the one behind `hash`. An empty hash fits nothing, and costs as much to find out.
pub fn fits(password: &str, hash: &str) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Gk8j0t9zF0u4c3kqkZ4q8k1uM3b2cQ3m8oHq1m1Yk0E";
    let known = !hash.is_empty();
    PasswordHash::new(if known { hash } else { NOBODY })
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
        && known
}

/// Refuses passwords that are guessed first (NIST SP 800-63B: length and a list, no rules about kinds of characters).
pub fn good_enough(password: &str, login: &str) -> Result<()> {
    let low = password.to_lowercase();
    if password.chars().count() < 10 {
        return TOO_SHORT.at("password");
    }
    let common = low.contains(&login.to_lowercase()) || COMMON.iter().any(|c| low.trim_matches(|x: char| x.is_ascii_digit()) == *c || low == *c);
    let one_key = low.chars().all(|c| Some(c) == low.chars().next());
    if common || one_key { TOO_COMMON.at("password") } else { Ok(()) }
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
        assert!(fits("correct horse battery", &hash));
        assert!(!fits("correct horse", &hash));
        assert!(!fits("", ""));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for weak in ["short", "1234567890", "aaaaaaaaaaaa", "ying-ying-ying", "password123"] {
            assert!(good_enough(weak, "ying").is_err(), "{weak}");
        }
        assert!(good_enough("three blue kettles", "ying").is_ok());
    }
}
