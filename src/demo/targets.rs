//! The targets of the demonstration: set by Lin, divided to the county in the first week, one sent back, one not accepted.

use super::{days::at, house::House};
use crate::{
    accounts,
    campaigns::{
        self,
        milestones::due_in,
        targets::{self, Act, Measure, New, Share, Target},
    },
    kernel::{App, Error, Result, TargetId, db::Tx, list::Ask},
    people::{By, store as offices},
};
use jiff::{ToSpan, civil::Date};

/// What is wanted of the whole country: measure, product, how much, and the shares of the provinces.
type Whole = (Measure, &'static str, i64, [i64; 4]);
const WHOLE: &[Whole] = &[
    (Measure::Inspect, "01", 900, [320, 260, 180, 60]),
    (Measure::Inspect, "03", 1200, [420, 380, 240, 90]),
    (Measure::Inspect, "04", 2600, [900, 800, 600, 200]),
    (Measure::Inspect, "05", 1500, [520, 460, 330, 120]),
    (Measure::Sample, "", 2400, [800, 760, 560, 200]),
    (Measure::LookBack, "", 30, [30, 30, 30, 30]),
];
const PROVINCES: [&str; 4] = ["130000", "370000", "420000", "BT0000"];
const CITIES: [&str; 2] = ["130100", "130200"];
const COUNTIES: [&str; 4] = ["130123", "130109", "130126", "1301KF"];
/// How a city and a county are weighed, in parts of a hundred; the rest stays undivided.
const OF_PROVINCE: [i64; 2] = [55, 40];
const OF_CITY: [i64; 4] = [35, 25, 22, 18];

/// Who does what, on which day of the campaign and at which minute of it, in this order.
type Step = (&'static str, i64, i64, fn(&mut Tx, &By, &House) -> Result<()>);
const STEPS: &[Step] = &[
    ("lin", 0, 570, set),
    ("zhao", 0, 900, |tx, by, house| over(tx, by, house, (&CITIES, &OF_PROVINCE))),
    ("qian", 1, 560, |tx, by, house| over(tx, by, house, (&COUNTIES, &OF_CITY))),
    ("sun", 1, 870, answer),
];

/// Sets and divides everything in the first days of the campaign.
pub(super) async fn lay(app: &App, house: &House, first: Date) -> Result<()> {
    for (login, day, minute, step) in STEPS {
        let (house, moment) = (house.clone(), at(first.saturating_add(day.days()), *minute));
        let done = app.db.write(move |tx| {
            let by = By { client: None, ..accounts::acting(tx, login, moment)? };
            step(tx, &by, &house)
        });
        done.await?;
    }
    Ok(())
}

fn set(tx: &mut Tx, by: &By, house: &House) -> Result<()> {
    let (campaign, pack) = campaigns::of(tx, house.campaign)?;
    let due = pack.milestone("investigation_done").map_or(campaign.ends, |m| due_in(m, &campaign, &pack));
    for (measure, product, total, shares) in WHOLE {
        let new = New {
            campaign: house.campaign,
            measure: *measure,
            product: (*product).to_owned(),
            focus: String::new(),
            total: *total,
            due,
        };
        let target = targets::set(tx, by, TargetId::new(by.at), &new)?;
        divide(tx, by, &target, (&PROVINCES, shares))?;
    }
    Ok(())
}

fn divide(tx: &mut Tx, by: &By, target: &Target, (codes, totals): (&[&str], &[i64])) -> Result<()> {
    let mut shares = Vec::new();
    for (code, total) in codes.iter().zip(totals) {
        let office = offices::office_by_code(tx, code)?.ok_or(Error::NotFound)?.id;
        shares.push(Share { office, total: *total });
    }
    let act = Act::Divide { shares, version: target.version };
    targets::act(tx, by, target.id, &act).map(|_| ())
}

/// What the actor's office has.
fn own(tx: &mut Tx, by: &By, house: &House) -> Result<Vec<Target>> {
    let filter = targets::Filter {
        campaign: Some(house.campaign),
        office: Some(by.actor.office.id),
        ..targets::Filter::default()
    };
    let ask = Ask { sort: Some("made".to_owned()), ..Ask::default() };
    Ok(targets::list(tx, by.scope(), &filter, &ask)?.items)
}

/// Accepts what the office has and divides it by parts of a hundred; a share in percent is handed on.
fn over(tx: &mut Tx, by: &By, house: &House, (codes, weights): (&[&str], &[i64])) -> Result<()> {
    for target in own(tx, by, house)? {
        let accepted = targets::act(tx, by, target.id, &Act::Accept {})?;
        let part =
            |weight: &i64| if target.measure == Measure::LookBack { target.total } else { target.total * weight / 100 };
        let totals: Vec<i64> = weights.iter().map(part).collect();
        divide(tx, by, &accepted, (codes, &totals))?;
    }
    Ok(())
}

/// The county accepts all but two: one it sends back, one it has not looked at yet.
fn answer(tx: &mut Tx, by: &By, house: &House) -> Result<()> {
    for target in own(tx, by, house)? {
        let act = match (target.measure, target.product.as_str()) {
            (Measure::Inspect, "04") => {
                let why = "经摸底，辖区电线电缆生产销售企业实有 96 家，建议按实际家数核减。".to_owned();
                Act::Return { why }
            }
            (Measure::Sample, _) => continue,
            _ => Act::Accept {},
        };
        targets::act(tx, by, target.id, &act)?;
    }
    Ok(())
}
