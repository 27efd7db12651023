//! What the database does, in numbers: read by `/metrics`.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use std::time::Instant;

/// The numbers of one handle to a database, all its clones together.
#[derive(Debug, Clone)]
pub struct Meter {
    pub(super) writes: Counter,
    pub(super) reads: Counter,
    /// Acts run again after a serialization failure.
    pub(super) again: Counter,
    /// Connections that were lost or could not be made.
    pub(super) lost: Counter,
    /// Acts that shared one transaction (SQLite).
    pub(super) group: Histogram,
    wait: Family<Kind, Histogram, fn() -> Histogram>,
    pub(super) write_wait: Histogram,
    pub(super) read_wait: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

impl Default for Meter {
    fn default() -> Self {
        let wait = Family::<Kind, Histogram, fn() -> Histogram>::new_with_constructor(seconds);
        Self {
            writes: Counter::default(),
            reads: Counter::default(),
            again: Counter::default(),
            lost: Counter::default(),
            group: Histogram::new(exponential_buckets(1.0, 2.0, 8)),
            write_wait: wait.get_or_create_owned(&Kind { kind: "write" }),
            read_wait: wait.get_or_create_owned(&Kind { kind: "read" }),
            wait,
        }
    }
}

/// A tenth of a millisecond to some seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 4.0, 9))
}

impl Meter {
    /// Puts its numbers among those that are shown.
    pub fn show(&self, to: &mut Registry) {
        to.register("database_writes", "Transactions begun in order to write", self.writes.clone());
        to.register("database_reads", "Transactions begun in order to read", self.reads.clone());
        to.register("database_retries", "Acts run again after a serialization failure", self.again.clone());
        to.register("database_lost", "Connections lost or not made", self.lost.clone());
        to.register("database_group_size", "Acts that shared one transaction (SQLite)", self.group.clone());
        to.register("database_wait_seconds", "Time from asking for a transaction to its beginning", self.wait.clone());
    }
}

/// Notes how long something has waited since `asked`.
pub(super) fn waited(histogram: &Histogram, asked: Instant) {
    histogram.observe(asked.elapsed().as_secs_f64());
}
