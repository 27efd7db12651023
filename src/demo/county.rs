//! A summer in the county.

use super::House;
use crate::kernel::{App, Result};

/// Lets people work.
pub async fn county(_app: &App, _house: &House) -> Result<()> {
    Ok(())
}
