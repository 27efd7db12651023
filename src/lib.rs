//! Paicha (排查) runs a market-surveillance campaign from the first order to the last look-back.
//!
//! Everything that happens is an **act** done by an **actor** on a **thing**. A folder is a capability; the order of
//! the modules below is the architecture: a module may use what stands above it, never what stands below.

#[macro_use]
mod macros;

pub mod kernel;
pub mod reference;
pub mod people;
pub mod record;
pub mod accounts;
pub mod files;
pub mod documents;
pub mod enterprises;
pub mod campaigns;
pub mod hazards;
pub mod inspections;
