//! The demonstration (演示): a country small enough to know by name, the same for screenshots, tests and newcomers.
//!
//! [`house()`] lays offices, people and the campaign; [`make`] lets them work for a summer after that. Everything goes
//! through the same acts as in earnest. Why the summer always ends yesterday: `docs/decisions/0005-demo-time.md`.

mod canvas;
mod cases;
mod county;
mod days;
mod deeds;
mod dice;
mod doing;
mod firms;
mod heads;
mod house;
mod judging;
mod ladder;
mod lists;
mod packs;
mod papers;
mod reporting;
mod scenes;
mod targets;
mod visits;

pub use county::make;
pub use dice::Dice;
pub use house::{House, PASSWORD, PEOPLE, Person, entry, house};
pub use scenes::{Photo, develop};
