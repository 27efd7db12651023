//! Backups (备份与恢复): the whole installation in one file, made while people work, and back out of it.
//!
//! Both engines give the same lines, so a backup of one can be restored to the other: a county that has outgrown its file
//! moves to PostgreSQL this way. Every table has a sum and every file its hash; a restoration counts them again in what it
//! has made, and is none until they are the same. Why it is our own format: `docs/decisions/0012-backups.md`.

mod archive;
mod make;
mod model;
mod restore;

pub use make::{How, make};
pub use model::{NO_PASSPHRASE, REFUSALS, Report, SHORT_PASSPHRASE, Step};
pub use restore::{To, restore};

use crate::kernel::{Config, Moment, Result, ensure};
use std::path::Path;

/// The file of the data folder that says when the last backup was made.
const LAST: &str = "last-backup";
/// The file of a data folder that is there until a restoration has been found right.
const UNFINISHED_MARK: &str = "RESTORING";

/// When the last backup of this installation was made by this program, if ever.
pub fn last(config: &Config) -> Option<Moment> {
    let text = std::fs::read(config.data.join(LAST)).ok()?;
    let report: serde_json::Value = serde_json::from_slice(&text).ok()?;
    report["at"].as_str()?.parse().ok()
}

/// Refuses to open a folder into which a restoration has not been finished.
pub fn is_whole(data: &Path) -> Result<()> {
    ensure(!data.join(UNFINISHED_MARK).exists(), model::UNFINISHED.with("data", data.display()))
}
