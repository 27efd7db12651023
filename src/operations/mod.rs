//! Operations (运行监测): how the server is doing, for whoever keeps it running: in numbers (`/metrics`), in a word
//! (`/healthz`, `/readyz`), and in the log, where every request has a number.
//!
//! No number, label or line of the log names a person: routes stand as their templates, not as they were asked for.

mod request;
mod watch;
mod web;

pub use request::watched;
pub use watch::Watch;
pub use web::{metrics_only, routes};
