//! A summer in the county: day after day, everybody does what the plan has for them.

use super::{
    cases,
    days::Days,
    deeds::{Deed, Plan},
    doing::{self, Ground},
    firms, house, judging, ladder,
    lists::COLLEAGUES,
    reporting,
    scenes::{self, Photo},
    targets, visits,
};
use crate::{
    accounts,
    enterprises::certificates,
    files::{self, FileHash},
    follow,
    kernel::{App, Clock, Error, Moment, Result, secret},
    people::By,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Photographs that are developed and handed in at a time.
const AT_ONCE: usize = 4;

/// Everybody has read what they were told until so many days ago.
const READ: i64 = 2;

/// An installation whose clock somebody sets.
struct Past {
    app: App,
    hand: Arc<AtomicI64>,
}

impl Past {
    fn new(app: &App) -> Self {
        let hand = Arc::new(AtomicI64::new(0));
        let set = hand.clone();
        let clock = Clock::set_by(move || Moment::from_millis(set.load(Ordering::Relaxed)));
        Self { app: App { clock, ..app.clone() }, hand }
    }

    fn set(&self, at: Moment) {
        self.hand.store(at.millis(), Ordering::Relaxed);
    }
}

/// Makes the whole demonstration in an empty database: the house on the first day, then one day after the other up to
/// yesterday by the clock of `app`. The last things to follow, follow today.
pub async fn make(app: &App) -> Result<()> {
    let days = Days::before(app.clock.now().date());
    let past = Past::new(app);
    past.set(at(days.first, 8));
    let house = house::house(&past.app).await?;
    let firms = firms::firms(&house, days.first);
    let cases = cases::cases(&firms, days);
    let visits = visits::visits(&firms, &cases, days);
    let plan = Arc::new(Plan::new(days, firms, cases, visits));
    let password = settle(&past).await?;
    targets::lay(&past.app, &house, days.first).await?;
    let ground = Ground { house, keeper: app.keeper.clone(), password };
    for day in days.all() {
        past.set(at(day, 7));
        follow_up(&past.app).await?;
        live(&past.app, &ground, &plan, day).await?;
        past.app.db.write(move |tx| ladder::walk(tx, day)).await?;
    }
    let campaign = ground.house.campaign;
    past.app.db.write(move |tx| reporting::report(tx, campaign, days)).await?;
    past.app.db.write(move |tx| judging::judge(tx, campaign, days)).await?;
    let read = days.ago(READ);
    past.app.db.write(move |tx| ladder::read(tx, read)).await?;
    past.set(at(days.yesterday(), 23));
    follow_up(&past.app).await?;
    follow_up(app).await
}

fn at(day: Date, hour: i64) -> Moment {
    super::days::at(day, hour * 60)
}

/// What the clock brings: what has fallen overdue or expired, and the words that things are found by.
async fn follow_up(app: &App) -> Result<()> {
    let by = accounts::system(app).await?;
    app.act(&by, certificates::expire_due).await?;
    follow::catch_up(app).await
}

/// Gives an account to the people of the other counties; the hash of everybody's password.
async fn settle(past: &Past) -> Result<String> {
    let by = accounts::system(&past.app).await?;
    let settled = past.app.act(&by, |tx, by| {
        let hash = accounts::store::account_by_login(tx, "gu")?.ok_or(Error::NotFound)?.password;
        for person in COLLEAGUES.iter() {
            house::settle(tx, by, person, None, &hash)?;
        }
        Ok(hash)
    });
    settled.await
}

/// One day: what is photographed is handed in, then everything is done in one transaction.
async fn live(app: &App, ground: &Ground, plan: &Arc<Plan>, day: Date) -> Result<()> {
    let first = plan.deeds.partition_point(|d| d.at < at(day, 0));
    let last = plan.deeds.partition_point(|d| d.at < at(day, 24));
    let photos = hand_in(app, &plan.deeds[first..last]).await?;
    let (ground, plan) = (ground.clone(), plan.clone());
    app.db
        .write(move |tx| {
            for (deed, photos) in plan.deeds[first..last].iter().zip(&photos) {
                doing::act(tx, &ground, &plan, deed, photos).map_err(|e| told(deed, &e))?;
            }
            Ok(())
        })
        .await
}

fn told(deed: &Deed, error: &Error) -> Error {
    Error::broken(format!("{} {} {:?}: {error}", deed.at, deed.who, deed.what))
}

/// Brings the photographs of each deed; their hashes, in the same order.
async fn hand_in(app: &App, deeds: &[Deed]) -> Result<Vec<Vec<String>>> {
    let all = stream::iter(deeds.iter().map(|deed| async move {
        let by = if deed.photos.is_empty() { None } else { Some(uploader(app, deed).await?) };
        let mut hashes = Vec::new();
        for (photo, by) in deed.photos.iter().zip(std::iter::repeat(&by)) {
            let Some(by) = by else { continue };
            hashes.push(put(app, by, photo.clone()).await?);
        }
        Ok::<_, Error>(hashes)
    }));
    all.buffered(AT_ONCE).try_collect().await
}

async fn uploader(app: &App, deed: &Deed) -> Result<By> {
    let (login, at) = (deed.who.clone(), deed.at);
    let by = app.db.read(move |tx| accounts::acting(tx, &login, at)).await?;
    Ok(By { client: None, ..by })
}

async fn put(app: &App, by: &By, photo: Photo) -> Result<String> {
    let bytes = tokio::task::spawn_blocking(move || scenes::develop(&photo)).await.map_err(Error::broken)??;
    let hash = secret::sha256(&bytes);
    let length = bytes.len() as u64;
    let body = stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
    files::put(app, by, &FileHash::parse(&hash)?, Some(length), body).await?;
    Ok(hash)
}
