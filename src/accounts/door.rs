//! The door: how often somebody may knock, and how many passwords are weighed at a time.

use super::{Client, password};
use crate::kernel::{App, Clock, Error, Result};
use governor::{Quota, RateLimiter, clock, middleware::NoOpMiddleware, state::keyed::DefaultKeyedStateStore};
use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Semaphore;

/// Tries on one login from one address: ten at once, then one in half a minute.
const PAIR: (u32, u64) = (10, 30);
/// Tries from one address, behind which a whole office may sit: a hundred at once, then one a second.
const ADDRESS: (u32, u64) = (100, 1);
/// Keys remembered before those are dropped that have calmed down.
const REMEMBERED: usize = 10_000;

/// What stands between the world and the passwords. One per server, shared by its routes.
#[derive(Clone)]
pub struct Door(Arc<Inside>);

struct Inside {
    limits: OnceLock<Limits>,
    /// A password takes 19 MiB and a processor to weigh: a crowd at the door must not take the machine.
    scales: Semaphore,
    /// What proves us to the system that signs people in.
    oidc_secret: Option<String>,
}

struct Limits {
    pair: Limiter<(String, String)>,
    address: Limiter<String>,
}

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, Hands, NoOpMiddleware<Duration>>;

/// The hands of our clock, so that tests set the time.
#[derive(Clone)]
struct Hands(Clock);

impl clock::Clock for Hands {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().millis()).unwrap_or(0))
    }
}

impl Default for Door {
    fn default() -> Self {
        Self::new(std::env::var("PAICHA_OIDC_SECRET").ok().filter(|s| !s.is_empty()))
    }
}

impl Door {
    /// A door with the secret that proves us to the system that signs people in, if one does.
    pub fn new(oidc_secret: Option<String>) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self(Arc::new(Inside { limits: OnceLock::new(), scales: Semaphore::new(processors), oidc_secret }))
    }

    /// See [`Door::new`].
    pub(super) fn oidc_secret(&self) -> Option<String> {
        self.0.oidc_secret.clone()
    }

    /// [`Error::Wait`] when this client knocks too often, at this login or at all.
    pub fn knock(&self, app: &App, client: &Client, login: &str) -> Result<()> {
        self.pass_by(app, client)?;
        limited(&self.limits(app).pair, &(client.network(), login.to_owned()), &app.clock)
    }

    /// As [`Door::knock`], where no login is at stake: a whole office may come from one address.
    pub fn pass_by(&self, app: &App, client: &Client) -> Result<()> {
        limited(&self.limits(app).address, &client.network(), &app.clock)
    }

    fn limits(&self, app: &App) -> &Limits {
        self.0.limits.get_or_init(|| Limits { pair: limiter(PAIR, &app.clock), address: limiter(ADDRESS, &app.clock) })
    }

    /// Whether `password` is the one behind `hash`; an empty hash fits nothing and takes as long.
    pub async fn fits(&self, password: String, hash: String) -> Result<bool> {
        let _place = self.0.scales.acquire().await.map_err(Error::broken)?;
        tokio::task::spawn_blocking(move || password::fits(&password, &hash)).await.map_err(Error::broken)
    }

    /// The hash under which `password` is stored.
    pub async fn hash(&self, password: String) -> Result<String> {
        let _place = self.0.scales.acquire().await.map_err(Error::broken)?;
        tokio::task::spawn_blocking(move || password::hash(&password)).await.map_err(Error::broken)?
    }
}

fn limiter<K: Hash + Eq + Clone>((burst, seconds): (u32, u64), clock: &Clock) -> Limiter<K> {
    let quota = Quota::with_period(Duration::from_secs(seconds)).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
    let quota = quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
    RateLimiter::dashmap_with_clock(quota, Hands(clock.clone()))
}

fn limited<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K, clock: &Clock) -> Result<()> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    let now = clock::Clock::now(&Hands(clock.clone()));
    limiter.check_key(key).map_err(|not| Error::Wait(not.wait_time_from(now).as_secs() + 1))
}
