//! The demonstration (演示): a country small enough to know by name, the same for screenshots, tests and newcomers.
//!
//! [`house`] lays offices, people and the campaign; [`county`] lets them work for a summer. Everything goes through the
//! same acts as in earnest.

mod county;
mod house;

pub use county::county;
pub use house::{House, PASSWORD, PEOPLE, Person, house};
