//! A closed loop: so many clients, each asks again as soon as it is answered.

use crate::{
    Failure,
    http::{Ask, Line},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// How one operation is made: the requests of operation number `n`, in order. Each must be answered with 2xx.
pub type Make = Arc<dyn Fn(u64) -> Vec<Ask> + Send + Sync>;

/// What one run has measured.
#[derive(Debug, Clone)]
pub struct Run {
    pub per_second: f64,
    /// Milliseconds, sorted.
    pub took: Vec<f64>,
}

impl Run {
    /// The duration that so many of a hundred operations did not exceed, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.took.len() * percent).div_ceil(100).clamp(1, self.took.len());
        self.took[at - 1]
    }
}

/// Lets `clients` do operations from number `first` on until the time is over; says where to go on.
pub async fn run(
    address: &str,
    clients: usize,
    time: Duration,
    first: u64,
    make: &Make,
) -> Result<(Run, u64), Failure> {
    let (next, begin) = (Arc::new(AtomicU64::new(first)), Instant::now());
    let mut workers = Vec::new();
    for _ in 0..clients {
        let (mut line, next, make) = (Line::to(address), next.clone(), make.clone());
        workers.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while begin.elapsed() < time {
                let asks = make(next.fetch_add(1, Relaxed));
                let start = Instant::now();
                for ask in &asks {
                    let answer = line.send(ask).await?;
                    if !(200..300).contains(&answer.status) {
                        let (status, text) = (answer.status, answer.text());
                        return Err(Failure::new(format!("{} {}: {status} {text}", ask.method, ask.path)));
                    }
                }
                took.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            Ok(took)
        }));
    }
    let mut took = Vec::new();
    for worker in workers {
        took.extend(worker.await.map_err(Failure::new)??);
    }
    took.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a count of operations")]
    let per_second = took.len() as f64 / begin.elapsed().as_secs_f64();
    Ok((Run { per_second, took }, next.load(Relaxed)))
}
