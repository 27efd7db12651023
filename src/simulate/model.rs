//! What a simulated country is like: which firms stand where, who is visited when, what is found, what becomes of it.
//!
//! Everything is told by the seed and a number, so that a run that was stopped goes on as if it had not been. Shares of
//! failures by size are those of the national spot check of 2023 (12.3 % of 28 265 batches; small firms 13.2 %, medium
//! 2.2 %, large 0.8 %), Guangdong's share of a quarter likewise; the other weights are estimates. No database, no clock.

use crate::{
    demo::Dice,
    enterprises::{Kind, Size},
    kernel::OfficeId,
    people::Level,
    record::Field,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde::Serialize;
use std::collections::HashMap;

/// The first day on which somebody is visited.
pub const FIRST: Date = date(2023, 6, 19);
/// The last day of the campaign: what would be done later has not been done yet.
pub const LAST: Date = date(2023, 11, 30);

/// How large a country is made, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Scale {
    /// Whether every county of the country has an office, or only those of the demonstration.
    pub whole: bool,
    pub enterprises: usize,
    pub inspections: usize,
    pub seed: u64,
}

/// A county whose people work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    pub office: OfficeId,
    /// The code of its office: 130123, or 1301KF of a development zone.
    pub code: String,
    /// The region in which its firms stand.
    pub region: String,
    /// The name of the region.
    pub name: String,
    /// Codes of the offices above it.
    pub city: Option<String>,
    pub province: String,
}

/// A simulated subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firm {
    pub number: usize,
    /// Its county in the list.
    pub county: usize,
    pub kind: Kind,
    pub size: Size,
    pub field: Field,
    /// Codes of sub-products, out of those given to [`firm`].
    pub products: Vec<String>,
    /// Found to be wrong again and again.
    pub poor: bool,
}

/// A simulated visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub number: usize,
    pub firm: usize,
    pub day: Date,
    /// Minutes after midnight.
    pub from: i64,
    pub minutes: i64,
    /// How many hazards are found.
    pub found: usize,
    /// What becomes of each.
    pub fates: Vec<Vec<Step>>,
}

/// Something that is done about a hazard, so many days after it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub deed: Deed,
    pub after: i64,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Correct,
    Order,
    Acknowledge,
    Submit,
    Reject,
    Verify,
    Close,
    Draw,
    Pass,
    Reopen,
}

/// What is made and sold in each province, in parts of a thousand; the others share the rest evenly.
const WEIGHTS: &[(&str, usize)] = &[
    ("44", 249),
    ("33", 110),
    ("32", 105),
    ("37", 95),
    ("41", 50),
    ("13", 48),
    ("35", 45),
    ("31", 30),
    ("51", 32),
    ("42", 30),
    ("43", 28),
    ("34", 28),
    ("11", 15),
];
/// The weight of a province that is not named.
const OTHER: usize = 7;

/// How busy the halves of the months are, from the middle of June on: after the notice, before the two summaries.
const SEASON: [usize; 11] = [3, 8, 10, 11, 14, 12, 7, 5, 9, 11, 10];

impl Scale {
    /// What tells two scales apart where the same folder knows both.
    pub fn name(&self) -> String {
        format!("{}/{}/{}/{}", self.seed, u8::from(self.whole), self.enterprises, self.inspections)
    }

    fn dice(&self, what: &str, number: usize) -> Dice {
        Dice::named(&format!("{what} {}", self.seed), number)
    }
}

/// The counties, each with the sum of weights up to and including it.
pub fn weighed(counties: &[County]) -> Vec<usize> {
    let weight_of = |province: &str| WEIGHTS.iter().find(|(p, _)| *p == &province[..2]).map_or(OTHER, |(_, w)| *w);
    let mut counted: HashMap<&str, usize> = HashMap::new();
    for county in counties {
        *counted.entry(&county.province[..2]).or_default() += 1;
    }
    let weights = counties.iter().map(|c| weight_of(&c.province) * 10_000 / counted[&c.province[..2]]);
    weights
        .scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

/// Firm number `number`, in one of the counties as [`weighed`], with products of `products`.
pub fn firm(scale: &Scale, number: usize, weighed: &[usize], products: &[String]) -> Firm {
    let mut dice = scale.dice("firm", number);
    let fallen = dice.below(weighed.last().copied().unwrap_or(1));
    let county = weighed.partition_point(|sum| *sum <= fallen).min(weighed.len().saturating_sub(1));
    let (kind, field) = match dice.below(100) {
        0..12 => (Kind::Producer, Field::Production),
        12..16 => (Kind::Both, Field::Production),
        16..24 => (Kind::Seller, Field::Online),
        24..54 => (Kind::Seller, Field::Rural),
        _ => (Kind::Seller, Field::Circulation),
    };
    let size = match dice.below(100) {
        0..2 => Size::Large,
        2..11 => Size::Medium,
        11..44 => Size::Small,
        _ => Size::Micro,
    };
    // a few products are made and sold everywhere, most are rare
    let mut product = || {
        let rank = dice.below(products.len()).min(dice.below(products.len()));
        products.get(rank).cloned().unwrap_or_default()
    };
    let mut made = vec![product(), product()];
    made.sort();
    made.dedup();
    let poor = scale.dice("poor", number).percent(4);
    Firm { number, county, kind, size, field, products: made, poor }
}

/// Visit number `number`, to one of the firms; `firm_of` says what they are like.
pub fn visit(scale: &Scale, number: usize, firm_of: impl Fn(usize) -> Firm) -> Visit {
    let mut dice = scale.dice("visit", number);
    let day = day(scale, number);
    let mut picked = firm_of(dice.below(scale.enterprises));
    // who was found to be wrong is visited more often; counties that begin late wait for the autumn
    for _ in 0..4 {
        let waits = is_late(scale, picked.county) && day < date(2023, 9, 1);
        if !waits && (picked.poor || !dice.percent(20)) {
            break;
        }
        picked = firm_of(dice.below(scale.enterprises));
    }
    let of_thousand = match (picked.poor, picked.size) {
        (true, _) => 450,
        (false, Size::Large) => 8,
        (false, Size::Medium) => 22,
        (false, _) => 132,
    };
    let found = if dice.below(1000) < of_thousand { 1 + usize::from(dice.percent(25)) } else { 0 };
    Visit {
        number,
        firm: picked.number,
        day,
        from: *dice.pick(&[530, 570, 615, 660, 840, 870, 915, 960]) + dice.between(0, 20),
        minutes: dice.between(35, 100),
        found,
        fates: (0..found).map(|_| fate(&mut dice)).collect(),
    }
}

/// Counties that hardly do anything before the autumn: one of twelve.
fn is_late(scale: &Scale, county: usize) -> bool {
    scale.dice("late", county).below(12) == 0
}

/// Visits come in the order of their days, more of them in busy weeks.
fn day(scale: &Scale, number: usize) -> Date {
    // so many visits of the year's, in parts of all weights
    let each = scale.inspections.max(1);
    let (mut at, mut half) = (number * SEASON.iter().sum::<usize>(), 0);
    while half + 1 < SEASON.len() && at >= SEASON[half] * each {
        at -= SEASON[half] * each;
        half += 1;
    }
    let days = half * 15 + at * 15 / (SEASON[half] * each);
    let day = FIRST.saturating_add(i64::try_from(days).unwrap_or(0).days());
    // nobody is visited on a Sunday
    let day = if day.weekday() == jiff::civil::Weekday::Sunday { day.saturating_add(1.day()) } else { day };
    day.min(LAST)
}

/// What becomes of a hazard.
fn fate(dice: &mut Dice) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = 0;
    let mut then = |deed, days| {
        at += days;
        steps.push(Step { deed, after: at });
    };
    let rectified = match dice.below(100) {
        0..10 => {
            then(Deed::Correct, 0);
            true
        }
        10..14 => false,
        14..21 => {
            then(Deed::Order, 0);
            then(Deed::Acknowledge, dice.between(1, 3));
            false
        }
        _ => {
            then(Deed::Order, 0);
            then(Deed::Acknowledge, dice.between(1, 2));
            then(Deed::Submit, dice.between(3, 14));
            if dice.percent(6) {
                then(Deed::Reject, dice.between(1, 3));
                then(Deed::Submit, dice.between(2, 6));
            }
            then(Deed::Verify, dice.between(1, 4));
            true
        }
    };
    if rectified {
        then(Deed::Close, dice.between(1, 6));
        if dice.percent(12) {
            then(Deed::Draw, dice.between(5, 12));
            then(if dice.percent(5) { Deed::Reopen } else { Deed::Pass }, dice.between(3, 15));
        }
    }
    steps
}

/// Whose supervisor closes out what needs the approval of an office of this level.
pub fn approver(county: &County, level: Level) -> &str {
    match level {
        Level::County | Level::Station => &county.code,
        Level::City => county.city.as_deref().unwrap_or(&county.province),
        Level::Province | Level::Nation => &county.province,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hazards::{State, Verb},
        kernel::Moment,
    };

    const SCALE: Scale = Scale { whole: false, enterprises: 5_000, inspections: 20_000, seed: 7 };

    fn counties() -> Vec<County> {
        let county = |code: &str| County {
            office: OfficeId::new(Moment::start_of(FIRST)),
            code: code.to_owned(),
            region: code.to_owned(),
            name: code.to_owned(),
            city: Some(format!("{}00", &code[..4])),
            province: format!("{}0000", &code[..2]),
        };
        ["130123", "130127", "440103", "440104", "620102"].map(county).to_vec()
    }

    fn firms() -> Vec<Firm> {
        let (weighed, products) = (weighed(&counties()), ["0101", "0301", "0401"].map(String::from));
        (0..SCALE.enterprises).map(|n| firm(&SCALE, n, &weighed, &products)).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_country() {
        let (firms, again) = (firms(), firms());
        assert_eq!(firms, again);
        let of = |n: usize| firms[n].clone();
        assert_eq!(visit(&SCALE, 77, of), visit(&SCALE, 77, of));
        let other = Scale { seed: 8, ..SCALE };
        assert!((0..50).any(|n| visit(&SCALE, n, of) != visit(&other, n, of)));
    }

    #[test]
    fn guangdong_has_most_and_every_county_some() {
        let firms = firms();
        let in_county = |county| firms.iter().filter(|f| f.county == county).count();
        assert!((0..5).all(|county| in_county(county) > 0));
        assert!(in_county(2) + in_county(3) > 3 * (in_county(0) + in_county(1)));
    }

    #[test]
    fn what_is_found_is_about_as_much_as_spot_checks_find() {
        let firms = firms();
        let visits: Vec<Visit> = (0..SCALE.inspections).map(|n| visit(&SCALE, n, |f| firms[f].clone())).collect();
        let failed = |of: &dyn Fn(&Firm) -> bool| {
            let of: Vec<&Visit> = visits.iter().filter(|v| of(&firms[v.firm])).collect();
            of.iter().filter(|v| v.found > 0).count() * 1000 / of.len().max(1)
        };
        let (all, small) = (failed(&|_| true), failed(&|f| f.size == Size::Micro));
        assert!((100..200).contains(&all), "{all}");
        assert!(small > 5 * failed(&|f| f.size == Size::Large && !f.poor), "{small}");
        assert!(visits.is_sorted_by_key(|v| v.day) && visits.iter().all(|v| (FIRST..=LAST).contains(&v.day)));
    }

    /// The life of a hazard itself says that every fate can come to pass.
    #[test]
    fn every_fate_is_a_way_that_a_hazard_can_go() {
        let mut dice = Dice::named("fates", 0);
        for _ in 0..2_000 {
            let mut state = State::Registered;
            for step in fate(&mut dice) {
                let verb = match step.deed {
                    Deed::Correct => Verb::CorrectOnSpot,
                    Deed::Order => Verb::Order,
                    Deed::Acknowledge => Verb::Acknowledge,
                    Deed::Submit => Verb::Submit,
                    Deed::Reject => Verb::Reject,
                    Deed::Verify => Verb::Verify,
                    Deed::Close => Verb::Close,
                    Deed::Draw => Verb::DrawLookBack,
                    Deed::Pass => Verb::PassLookBack,
                    Deed::Reopen => Verb::Reopen,
                };
                state = state.step(verb).unwrap_or_else(|| panic!("{verb} from {state}")).0;
            }
        }
    }
}
