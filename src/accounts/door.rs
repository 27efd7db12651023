//! The door: how often somebody may knock, and how many passwords are weighed at a time.

use super::{Client, password, store};
use crate::kernel::{App, Error, Moment, Result, db::Tx};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// So many knocks at once, then one in so many milliseconds.
type Rate = (i64, i64);

/// Tries on one login from one address.
const PAIR: Rate = (10, 30_000);
/// Tries from one address, behind which a whole office may sit.
const ADDRESS: Rate = (100, 1000);
/// What the marks of knocks are made for.
const PURPOSE: &str = "knocks";

/// What stands between the world and the passwords. One per server, shared by its routes.
#[derive(Clone)]
pub struct Door(Arc<Inside>);

struct Inside {
    /// A password takes 19 MiB and a processor to weigh: a crowd at the door must not take the machine.
    scales: Semaphore,
    /// What proves us to the system that signs people in.
    oidc_secret: Option<String>,
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
        Self(Arc::new(Inside { scales: Semaphore::new(processors), oidc_secret }))
    }

    /// See [`Door::new`].
    pub(super) fn oidc_secret(&self) -> Option<String> {
        self.0.oidc_secret.clone()
    }

    /// [`Error::Wait`] when this client knocks too often, at this login or at all, whichever process it asks.
    pub async fn knock(&self, app: &App, client: &Client, login: &str) -> Result<()> {
        let network = app.keeper.mark(PURPOSE, &client.network())?;
        counted(app, vec![(network, ADDRESS), (pair(app, client, login)?, PAIR)]).await
    }

    /// As [`Door::knock`], where no login is at stake: a whole office may come from one address.
    pub async fn pass_by(&self, app: &App, client: &Client) -> Result<()> {
        counted(app, vec![(app.keeper.mark(PURPOSE, &client.network())?, ADDRESS)]).await
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

/// The mark of an address with a login.
fn pair(app: &App, client: &Client, login: &str) -> Result<String> {
    app.keeper.mark(PURPOSE, &format!("{} {login}", client.network()))
}

/// Forgives this client's knocks at a login, for whoever has been let in does not try out passwords.
pub(super) fn forgive(tx: &mut Tx, app: &App, client: &Client, login: &str) -> Result<()> {
    store::forget_knocks(tx, &pair(app, client, login)?)
}

/// Counts a knock on each of these, up to the first that is too often.
async fn counted(app: &App, marks: Vec<(String, Rate)>) -> Result<()> {
    let now = app.clock.now();
    let wait = app.db.write(move |tx| {
        for (mark, rate) in &marks {
            if let Some(wait) = count(tx, mark, *rate, now)? {
                return Ok(Some(wait));
            }
        }
        Ok(None)
    });
    wait.await?.map_or(Ok(()), |wait| Err(Error::Wait(u64::try_from(wait / 1000).unwrap_or(0) + 1)))
}

fn count(tx: &mut Tx, mark: &str, rate: Rate, now: Moment) -> Result<Option<i64>> {
    match calm_after(store::calm_at(tx, mark)?, rate, now) {
        Ok(calm) => store::keep_calm_at(tx, mark, calm).map(|()| None),
        Err(wait) => Ok(Some(wait)),
    }
}

/// When all knocks are forgiven after one more; how many milliseconds to wait when it is one too many. A leaky bucket kept
/// as the moment at which it is empty (ITU-T I.371, generic cell rate algorithm).
fn calm_after(calm_at: Option<Moment>, (burst, each): Rate, now: Moment) -> Result<Moment, i64> {
    let calm = calm_at.map_or(now, |at| at.max(now)).plus(each);
    let beyond = calm.millis() - now.millis() - burst * each;
    if beyond > 0 { Err(beyond) } else { Ok(calm) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_one_at_a_time() {
        let at = Moment::from_millis;
        let mut calm = None;
        for _ in 0..10 {
            calm = Some(calm_after(calm, PAIR, at(0)).unwrap());
        }
        assert_eq!(calm_after(calm, PAIR, at(0)), Err(30_000));
        assert_eq!(calm_after(calm, PAIR, at(29_000)), Err(1000));
        let calm = calm_after(calm, PAIR, at(30_000)).unwrap();
        assert_eq!(calm_after(Some(calm), PAIR, at(30_000)), Err(30_000));
        assert_eq!(calm_after(Some(calm), PAIR, at(10_000_000)), Ok(at(10_030_000)), "all is forgiven in the end");
    }
}
