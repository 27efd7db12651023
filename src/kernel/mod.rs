//! What every capability stands on, and nothing that knows a capability.

pub mod config;
pub mod db;
mod error;
pub mod flash;
pub mod forms;
pub mod http;
mod id;
mod lang;
pub mod links;
pub mod list;
pub mod lots;
pub mod page;
pub mod secret;
pub mod sheet;
pub mod text;
mod time;
pub mod upload;

pub use config::Config;
pub use error::*;
pub use id::*;
pub use lang::Lang;
pub use page::{Filled, Page, Sent};
pub use time::{Clock, Moment};

use std::sync::Arc;

/// What a running Paicha consists of; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: db::Db,
    /// Where time comes from.
    pub clock: Clock,
    /// The key for personal identifiers.
    pub keeper: secret::Keeper,
    /// The settings.
    pub config: Arc<Config>,
    /// Whether this is a demonstration folder: a banner says so, and it is never served beyond loopback.
    pub demo: bool,
}
