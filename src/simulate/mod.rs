//! A simulated country (模拟数据): as many enterprises, visits and hazards as one likes, through the same acts as in earnest.
//!
//! The same scale and seed make the same country; a run that was stopped goes on where it was. A data folder holds one
//! such country. For trying out what an installation of a size needs, and for measuring it. See `model.rs` for what it
//! is like.

mod model;
mod people;
mod work;

pub use model::Scale;

use crate::{
    accounts,
    campaigns::{self, Pack},
    demo::{self, Photo},
    files::{self, FileHash},
    follow,
    kernel::{App, CampaignId, Clock, Error, Moment, Result, db::Tx, list::Ask, secret},
    record::{self, Figure},
    reports::{self, Wanted},
};
use futures_util::stream;
use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use work::Ground;

/// Firms or visits of one transaction.
const BATCH: usize = 100;
/// Visits after which what follows from them is done.
const FOLLOWED: usize = 5_000;
/// Photographs of the pool.
const PHOTOS: usize = 48;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub enterprises: usize,
    pub inspections: usize,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    pub scale: Scale,
    pub counties: usize,
    /// The figures of the nation afterwards.
    pub figures: BTreeMap<&'static str, i64>,
}

/// Makes the country, or what of it is not there yet, and says now and then how far it is. An empty database gets the
/// house of the demonstration first.
pub async fn make(app: &App, scale: Scale, tell: impl Fn(Progress)) -> Result<Made> {
    let (first, last) = (on(app, model::FIRST.saturating_sub(5.days())), on(app, model::LAST.saturating_add(1.day())));
    if accounts::system(app).await.is_err() {
        demo::house(&first).await?;
    }
    let people = people::settle(&first, scale.whole).await?;
    let photos = photographs(&first).await?;
    let (campaign, pack) = app.db.read(campaign).await?;
    let ground = Arc::new(Ground::new(scale, people, campaign, pack, app.keeper.clone(), photos));
    let mut progress = Progress { enterprises: 0, inspections: 0 };
    while progress.enterprises < scale.enterprises {
        progress.enterprises = go_on(app, &ground, "firms", scale.enterprises, work::register).await?;
        tell(progress);
    }
    follow::catch_up(&first).await?;
    while progress.inspections < scale.inspections {
        progress.inspections = go_on(app, &ground, "visits", scale.inspections, work::visit).await?;
        tell(progress);
        if progress.inspections.is_multiple_of(FOLLOWED) {
            follow::catch_up(&last).await?;
        }
    }
    follow::catch_up(&last).await?;
    let counties = ground.people.counties.len();
    let figures = last.db.read(move |tx| figures(tx, campaign)).await?;
    Ok(Made { scale, counties, figures })
}

/// The installation on the morning of a day.
fn on(app: &App, day: Date) -> App {
    let at = Moment::start_of(day).plus(8 * 3_600_000);
    App { clock: Clock::set_by(move || at), ..app.clone() }
}

/// The next batch of so many things in one transaction, in which its number is drawn: what is there is not made again.
/// Says how many are there.
async fn go_on(
    app: &App,
    ground: &Arc<Ground>,
    what: &str,
    all: usize,
    make: fn(&mut Tx, &Ground, usize) -> Result<()>,
) -> Result<usize> {
    let (ground, what, series) = (ground.clone(), what.to_owned(), format!("simulated {what} {}", ground.scale.name()));
    app.db
        .write(move |tx| {
            let batch = usize::try_from(record::upcoming_number(tx, &series)? - 1).map_err(Error::broken)?;
            let numbers = (batch * BATCH).min(all)..((batch + 1) * BATCH).min(all);
            if numbers.is_empty() {
                return Ok(all);
            }
            record::next_number(tx, &series)?;
            let end = numbers.end;
            for number in numbers {
                make(tx, &ground, number).map_err(|e| Error::broken(format!("{what} {number}: {e}")))?;
            }
            Ok(end)
        })
        .await
}

/// The campaign of the house, and its pack.
fn campaign(tx: &mut Tx) -> Result<(CampaignId, Arc<Pack>)> {
    let lin = accounts::acting(tx, "lin", Moment::start_of(model::FIRST))?;
    let all = campaigns::list(tx, &lin.actor, None, &Ask::default())?;
    let id = all.items.first().ok_or(Error::NotFound)?.id;
    campaigns::of(tx, id).map(|(_, pack)| (id, pack))
}

/// Hands in the photographs that are shown as evidence again and again; their hashes.
async fn photographs(app: &App) -> Result<Vec<String>> {
    let at = app.clock.now();
    let ying = app.db.read(move |tx| accounts::acting(tx, "ying", at)).await?;
    let mut hashes = Vec::new();
    for place in 0..PHOTOS {
        let photo = Photo::found(700_000 + place, "workshop");
        let bytes = tokio::task::spawn_blocking(move || demo::develop(&photo)).await.map_err(Error::broken)??;
        let (hash, length) = (secret::sha256(&bytes), bytes.len() as u64);
        let body = stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
        files::put(app, &ying, &FileHash::parse(&hash)?, Some(length), body).await?;
        hashes.push(hash);
    }
    Ok(hashes)
}

/// What the nation's coordinator reads.
fn figures(tx: &mut Tx, campaign: CampaignId) -> Result<BTreeMap<&'static str, i64>> {
    let lin = accounts::acting(tx, "lin", Moment::start_of(model::LAST.saturating_add(1.day())))?;
    let wanted = Wanted { campaign: Some(campaign), ..Wanted::default() };
    let mut all = BTreeMap::new();
    for figure in Figure::ALL {
        all.insert(figure.code(), reports::figure(tx, &lin, &wanted, *figure)?);
    }
    Ok(all)
}
