//! Progress (任务进度): what offices have done of their targets, beside what they should have done by now.
//!
//! What has been done is read from the figures, never from a table of its own. What should have been done goes by the
//! working days of the campaign: after a third of those from its first day to the day a target is due, a third of it.
//! Clauses: S-1b, S-4a.

use super::{
    Breakdown, Wanted,
    model::key,
    resolve, share,
    store::{self, Measured},
};
use crate::{
    campaigns::{
        Campaign, Pack,
        targets::{self, Measure, Target},
    },
    kernel::{Lang, Moment, OfficeId, Result, TargetId, db::Tx},
    people::{By, Office, store as offices},
    record::{Figure, sums::Cut},
    reference::Calendar,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How an office stands with one of its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TargetProgress)]
pub struct Standing {
    pub target: TargetId,
    pub office: OfficeId,
    pub name: String,
    pub measure: Measure,
    /// Code of the product, or of the class of products; empty for all.
    pub product: String,
    /// Code of the kind of targets; empty for all.
    pub focus: String,
    /// Enterprises, batches, or a share in percent.
    pub total: i64,
    /// What has been done of it, in the same unit; none where the system does not record it.
    pub done: Option<i64>,
    /// What should have been done by now.
    pub by_now: i64,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// Address of the records that `done` counts; empty where there are none.
    pub records: String,
}

/// How an office stands with all enterprises that it is to inspect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlanProgress)]
pub struct Plan {
    pub total: i64,
    /// What has been done, target by target: more of one product makes up for none of another.
    pub done: i64,
    pub by_now: i64,
}

/// How an office stands with all its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfficeProgress {
    pub office: OfficeId,
    pub name: String,
    pub name_en: String,
    pub plan: Plan,
    pub targets: Vec<Standing>,
}

/// How an office and those directly below it stand with their targets in the campaign asked for, else in the nearest, as of
/// a cut-off.
pub fn progress(tx: &mut Tx, by: &By, wanted: &Wanted) -> Result<Vec<OfficeProgress>> {
    let Some(campaign) = super::campaign(tx, by, wanted)? else { return Ok(Vec::new()) };
    let asked = resolve(tx, by, wanted)?;
    let today = if asked.until.millis() == i64::MAX { by.at.date() } else { asked.until.date() };
    let mut offices = offices::offices_below(tx, asked.office.id)?;
    offices.retain(|office| office.active);
    offices.insert(0, asked.office);
    let mut standings = standings(tx, &campaign, &offices, (asked.until, today))?;
    let of = |office: Office| {
        let targets = standings.remove(&office.id)?;
        let Office { id, name, name_en, .. } = office;
        Some(OfficeProgress { office: id, name, name_en, plan: Plan::of(&targets), targets })
    };
    Ok(offices.into_iter().filter_map(of).collect())
}

impl Plan {
    /// How an office stands, given how it stands with each target. A target of a product is part of the one of its class,
    /// and that of the one of all products; one for a kind of targets (重点对象) is part of them, too.
    pub fn of(standings: &[Standing]) -> Self {
        let counts = |s: &&Standing| s.measure == Measure::Inspect && s.focus.is_empty();
        let all: Vec<&Standing> = standings.iter().filter(counts).collect();
        let is_part = |s: &Standing, of: &Standing| s.product != of.product && s.product.starts_with(&of.product);
        all.iter().filter(|s| !all.iter().any(|of| is_part(s, of))).fold(Self::default(), |sum, s| Self {
            total: sum.total + s.total,
            done: sum.done + s.done.unwrap_or(0).min(s.total),
            by_now: sum.by_now + s.by_now,
        })
    }

    /// How many of a hundred are done; none where nothing is asked for.
    pub fn percent(&self) -> Option<i64> {
        share(self.done, self.total)
    }

    /// How many of a hundred should be done by now.
    pub fn should(&self) -> Option<i64> {
        share(self.by_now, self.total)
    }

    /// What is done, in percent of what should be; none where nothing is asked for yet.
    pub fn attained(&self) -> Option<i64> {
        share(self.done, self.by_now)
    }

    /// Whether less is done than should be.
    pub const fn is_behind(&self) -> bool {
        self.done < self.by_now
    }
}

impl Standing {
    /// Whether less is done than should be.
    pub fn is_behind(&self) -> bool {
        self.done.is_some_and(|done| done < self.by_now)
    }

    /// What is asked for, in the reader's language: 水泥 · 检查企业数.
    pub fn label(&self, pack: &Pack, lang: Lang) -> String {
        let of = targets::label(pack, &self.product, &self.focus, lang);
        format!("{of} · {}", self.measure.label(lang))
    }

    /// What it is counted in.
    pub const fn unit(&self, lang: Lang) -> &'static str {
        self.measure.unit(lang)
    }
}

/// How each of `offices` stands with each of its targets in `campaign`, as of `until`; offices without targets are left
/// out.
pub fn standings(
    tx: &mut Tx,
    campaign: &Campaign,
    offices: &[Office],
    (until, today): (Moment, Date),
) -> Result<BTreeMap<OfficeId, Vec<Standing>>> {
    let ids: Vec<OfficeId> = offices.iter().map(|o| o.id).collect();
    let targets = targets::of_offices(tx, campaign.id, &ids)?;
    if targets.is_empty() {
        return Ok(BTreeMap::new());
    }
    let measured = store::measured(tx, offices, campaign.id, until)?;
    let mut calendar = Elapsed::new(campaign.starts, today);
    let mut standings: BTreeMap<OfficeId, Vec<Standing>> = BTreeMap::new();
    let keys: BTreeMap<OfficeId, Option<OfficeId>> = offices.iter().map(|office| (office.id, key(office))).collect();
    for target in targets {
        let Some(key) = keys.get(&target.office) else { continue };
        let own = standings.entry(target.office).or_default();
        own.push(standing(target, *key, &measured, &mut calendar));
    }
    Ok(standings)
}

fn standing(target: Target, office: Option<OfficeId>, measured: &Measured, calendar: &mut Elapsed) -> Standing {
    let cut = breakdown(&target.product).map_or(Cut::Whole, Breakdown::cut);
    let sum = |figure| measured.get(&(office, figure, cut, target.product.clone())).copied().unwrap_or(0);
    // of what kind of targets an enterprise is, no fact says; no sample is in the system yet
    let done = match target.measure {
        _ if !target.focus.is_empty() => None,
        Measure::Inspect => Some(sum(Figure::Inspected)),
        Measure::LookBack => share(sum(Figure::LookBacks), sum(Figure::Closed)).map(|percent| percent.min(100)),
        Measure::Sample => None,
    };
    let by_now = match target.measure {
        Measure::Inspect | Measure::Sample => calendar.of(target.due, target.total),
        // a share of what has been closed out: it holds on every day
        Measure::LookBack => target.total,
    };
    Standing {
        records: done.map(|_| records(&target)).unwrap_or_default(),
        target: target.id,
        office: target.office,
        name: target.name,
        measure: target.measure,
        product: target.product,
        focus: target.focus,
        total: target.total,
        done,
        by_now,
        due: target.due,
    }
}

/// Where the records stand that progress is counted from.
fn records(target: &Target) -> String {
    let figure = if target.measure == Measure::LookBack { Figure::LookBacks } else { Figure::Inspected };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("figure", figure.code()).append_pair("office", &target.office.to_string());
    query.append_pair("campaign", &target.campaign.to_string());
    if let Some(by) = breakdown(&target.product) {
        query.append_pair("by", by.code()).append_pair("part", &target.product);
    }
    format!("/api/v1/figures/records?{}", query.finish())
}

/// What figures must be broken down by to read those of `product`: two digits are a class of products.
const fn breakdown(product: &str) -> Option<Breakdown> {
    match product.len() {
        0 => None,
        2 => Some(Breakdown::Class),
        _ => Some(Breakdown::Product),
    }
}

/// How much of the time until a day has gone, in working days that are over.
struct Elapsed {
    starts: Date,
    today: Date,
    known: BTreeMap<Date, (i64, i64)>,
}

impl Elapsed {
    const fn new(starts: Date, today: Date) -> Self {
        Self { starts, today, known: BTreeMap::new() }
    }

    /// The part of `total` that should have been done by now when all of it is due on `due`.
    fn of(&mut self, due: Date, total: i64) -> i64 {
        let (starts, today) = (self.starts.yesterday().unwrap_or(self.starts), self.today);
        let over = today.yesterday().unwrap_or(today).min(due);
        let days = |to| Calendar::official().count_working_days(starts, to).value;
        let (gone, all) = *self.known.entry(due).or_insert_with(|| (days(over), days(due)));
        if all == 0 { if today > due { total } else { 0 } } else { total * gone / all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Moment;
    use jiff::civil::date;

    fn standing(product: &str, total: i64, done: i64, by_now: i64) -> Standing {
        let at = Moment::from_millis(0);
        Standing {
            target: TargetId::new(at),
            office: OfficeId::new(at),
            name: String::new(),
            measure: Measure::Inspect,
            product: product.to_owned(),
            focus: String::new(),
            total,
            done: Some(done),
            by_now,
            due: date(2023, 8, 31),
            records: String::new(),
        }
    }

    #[test]
    fn what_should_be_done_goes_by_working_days() {
        let at = |today| Elapsed::new(date(2023, 6, 14), today).of(date(2023, 6, 30), 120);
        assert_eq!(at(date(2023, 6, 14)), 0, "nothing on the first morning");
        assert_eq!(
            at(date(2023, 6, 15)),
            10,
            "twelve working days: the boat festival is none, the Sunday after it is one"
        );
        assert_eq!(at(date(2023, 6, 19)), at(date(2023, 6, 17)), "nobody works on a Sunday");
        assert_eq!((at(date(2023, 6, 30)), at(date(2023, 7, 1)), at(date(2023, 9, 1))), (110, 120, 120));
    }

    #[test]
    fn more_of_one_product_makes_up_for_none_of_another() {
        let plan = Plan::of(&[standing("01", 10, 25, 5), standing("03", 30, 3, 15)]);
        assert_eq!(plan, Plan { total: 40, done: 13, by_now: 20 });
        assert_eq!((plan.percent(), plan.should(), plan.attained()), (Some(32), Some(50), Some(65)));
        assert!(plan.is_behind());
    }

    #[test]
    fn a_product_is_part_of_its_class_and_a_class_of_the_whole() {
        let (class, product) = (standing("03", 30, 12, 15), standing("0301", 10, 2, 5));
        assert_eq!(Plan::of(&[class.clone(), product.clone()]).total, 30);
        assert_eq!(Plan::of(&[standing("", 50, 12, 15), class, product]).total, 50);
        assert_eq!(Plan::of(&[]).percent(), None);
    }
}
