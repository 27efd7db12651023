//! Reference data (参照数据): what is true by law and by geography, effective-dated, with source.
//!
//! Everything here is a pure function of its arguments: no database, no clock of the machine. What law sets (a time
//! limit, a standard, a regime) is data of a pack and comes in through [`rows`]; only the arithmetic and the choosing
//! live here. What geography and the calendar set is embedded, its origin is in `NOTICE`.

pub mod calendar;
pub mod certainty;
pub mod clock;
pub mod identifiers;
pub mod regimes;
pub mod region_changes;
pub mod regions;
pub mod rows;
pub mod standards;

pub use calendar::{Calendar, Reckoned, Rollover, Window};
pub use certainty::{Certainty, Source, Term};
pub use regimes::Regime;
pub use regions::Region;

use crate::kernel::Refusal;

/// Every refusal and warning of reference data, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [clock::REFUSALS, regions::REFUSALS, rows::REFUSALS].into_iter().flatten().cloned().chain(identifiers::refusals())
}
