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

/// What is wanted of the whole country: measure, product, how much, and the shares of the provinces. It fits the couple of
/// hundred enterprises of the demonstration: by the end of the summer some offices are ahead and some behind.
type Whole = (Measure, &'static str, i64, [i64; 4]);
const WHOLE: &[Whole] = &[
    (Measure::Inspect, "", 205, [140, 38, 14, 9]),
    (Measure::Inspect, "03", 25, [17, 4, 2, 2]),
    (Measure::Inspect, "04", 26, [18, 4, 2, 2]),
    (Measure::Inspect, "05", 24, [19, 3, 1, 1]),
    (Measure::Inspect, "12", 28, [22, 4, 1, 1]),
    (Measure::Sample, "", 60, [36, 12, 8, 4]),
    (Measure::LookBack, "", 30, [30, 30, 30, 30]),
];
const PROVINCES: &[&str] = &["130000", "370000", "420000", "BT0000"];

/// How an office divides what it has: who answers for it, the offices below, and the weight of each; what is weighed beside
/// them stays undivided.
struct Key {
    of: &'static str,
    login: &'static str,
    below: &'static [&'static str],
    weights: &'static [i64],
}
const KEYS: &[Key] = &[
    Key { of: "130000", login: "zhao", below: &["130100", "130200"], weights: &[116, 19, 5] },
    Key {
        of: "130100",
        login: "qian",
        below: &["130123", "130109", "130126", "1301KF"],
        weights: &[60, 28, 12, 14, 2],
    },
    Key { of: "130200", login: "xingan", below: &["130208"], weights: &[1] },
    Key { of: "420000", login: "kuangyi", below: &["429004"], weights: &[1] },
    Key { of: "BT0000", login: "shangyuan", below: &["BT0801"], weights: &[1] },
];
/// Counties that accept all they were given; another one has not looked at it yet.
const ACCEPT: &[&str] = &["chenghao", "qinlan", "wuhan", "jiangli"];

/// Who does what, on which day of the campaign and at which minute of it, in this order.
type Step = (&'static str, i64, i64, fn(&mut Tx, &By, &House) -> Result<()>);

fn steps() -> impl Iterator<Item = Step> {
    let divide = (0..).zip(KEYS).map(|(n, key)| -> Step { (key.login, n / 2, 900 + n, over) });
    let accept = (0..).zip(ACCEPT).map(|(n, login)| -> Step { (login, 3, 520 + n * 15, accept) });
    std::iter::once::<Step>(("lin", 0, 570, set)).chain(divide).chain(accept).chain([("sun", 3, 870, answer as _)])
}

/// Sets and divides everything in the first days of the campaign.
pub(super) async fn lay(app: &App, house: &House, first: Date) -> Result<()> {
    for (login, day, minute, step) in steps() {
        let (house, moment) = (house.clone(), at(first.saturating_add(day.days()), minute));
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
        divide(tx, by, &target, (PROVINCES, shares))?;
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

/// Accepts what the office has and divides it by its key; a share in percent is handed on.
fn over(tx: &mut Tx, by: &By, house: &House) -> Result<()> {
    let code = by.actor.office.code.as_str();
    let Some(key) = KEYS.iter().find(|key| key.of == code) else { return Ok(()) };
    for target in own(tx, by, house)? {
        let accepted = targets::act(tx, by, target.id, &Act::Accept {})?;
        let totals = match target.measure {
            Measure::LookBack => vec![target.total; key.below.len()],
            _ => targets::apportion(target.total, key.weights),
        };
        divide(tx, by, &accepted, (key.below, &totals))?;
    }
    Ok(())
}

/// Accepts everything.
fn accept(tx: &mut Tx, by: &By, house: &House) -> Result<()> {
    own(tx, by, house)?.iter().try_for_each(|target| targets::act(tx, by, target.id, &Act::Accept {}).map(drop))
}

/// The county accepts all but two: one it sends back, one it has not looked at yet.
fn answer(tx: &mut Tx, by: &By, house: &House) -> Result<()> {
    for target in own(tx, by, house)? {
        let act = match (target.measure, target.product.as_str()) {
            (Measure::Inspect, "04") => {
                let why = "经摸底，辖区电线电缆生产销售企业实有 6 家，建议按实际家数核减。".to_owned();
                Act::Return { why }
            }
            (Measure::Sample, _) => continue,
            _ => Act::Accept {},
        };
        targets::act(tx, by, target.id, &act)?;
    }
    Ok(())
}
