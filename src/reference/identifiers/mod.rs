//! Identifiers (标识代码): read what people type, bring it into one form, check what can be checked without a register.
//!
//! A refusal says which character is wrong and what is expected. What is merely odd (a legacy code whose inner check
//! does not hold, a region that is no longer in the list) is a warning: real papers have it. Codes for tests and
//! demonstration are made by rule, never taken from real firms.

mod ccc;
mod gtin;
mod licence;
mod person;
mod uscc;

pub use ccc::{CCC_LENGTH, CCC_NOT_A_DIGIT, CccNumber, ccc, make_ccc};
pub use gtin::{GTIN_CHECK, GTIN_LENGTH, GTIN_NOT_A_DIGIT, Gtin, gtin, make_gtin};
pub use licence::{LICENCE_END, LICENCE_FORM, LICENCE_PROVINCE, LicenceNumber, licence, make_licence};
pub use person::{IdNumber, MOBILE_FORM, id_number, make_id_number, mobile};
pub use uscc::{Authority, OldNumber, SubjectCode, SubjectKind, Uscc, make_uscc, old_number, subject, uscc};

use crate::kernel::{Refusal, text};

/// Every refusal of these files, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [ccc::REFUSALS, gtin::REFUSALS, licence::REFUSALS, person::REFUSALS, uscc::REFUSALS].into_iter().flatten().cloned()
}

/// What was typed, in plain capitals without spaces, every kind of dash an ordinary one.
fn tidy(typed: &str) -> String {
    text::code(typed).chars().map(|c| if "‐‑‒–—―−".contains(c) { '-' } else { c }).collect()
}

/// The first character that is no digit, and its place from 1.
fn not_a_digit(code: &str) -> Option<(usize, char)> {
    code.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()).map(|(i, c)| (i + 1, c))
}

/// The value of a digit; 0 for anything else.
fn digit(c: char) -> u32 {
    c.to_digit(10).unwrap_or(0)
}
