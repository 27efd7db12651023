//! Imports (导入).
mod cells;
mod sheet;

use crate::kernel::Refusal;

/// Every refusal of imports.
pub fn refusals() -> [&'static [Refusal]; 2] {
    [cells::REFUSALS, sheet::REFUSALS]
}
