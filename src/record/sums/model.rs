//! What a fact adds to which sums. No database, no clock.

use super::Growth;
use crate::{
    kernel::{CampaignId, EnterpriseId, EventId, Moment, OfficeId},
    people::Place,
    record::{Field, Figure},
};
use std::collections::BTreeMap;

words! {
    /// What a sum is broken down by.
    pub enum Cut {
        Whole "whole" "合计" "As a whole",
        Office "office" "按下级机构" "By office below",
        Product "product" "按产品" "By product",
        Class "class" "按产品类别" "By class of products",
        Field "field" "按领域" "By field",
        Problem "problem" "按问题类型" "By kind of problem",
        Days "days" "按办理天数" "By days taken",
    }
}

row! {
    /// A fact (事实): what an event adds to a figure.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Fact {
        pub event: EventId,
        pub at: Moment,
        pub figure: Figure,
        pub amount: i64,
        pub campaign: Option<CampaignId>,
        pub product: Option<String>,
        pub field: Option<Field>,
        /// Code of the problem, for hazards that were found.
        pub problem: Option<String>,
        /// Days it took, for hazards that were closed.
        pub days: Option<i64>,
        pub enterprise: Option<EnterpriseId>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
    }
}

/// What is summed: a figure of an office, in a campaign, as a whole or one part of a cut.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// None for the nation.
    pub office: Option<OfficeId>,
    pub cut: Cut,
    pub campaign: Within,
    pub figure: Figure,
    /// An office's id, a product's code …; empty for the whole, and for what has none.
    pub part: String,
}

/// Which campaign a sum belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Within {
    /// None.
    No,
    /// This one.
    One(CampaignId),
    /// All of them taken together: an enterprise that two campaigns have visited is one enterprise.
    All,
}

impl Within {
    /// As it is stored.
    pub fn text(self) -> String {
        match self {
            Self::No => String::new(),
            Self::One(campaign) => campaign.to_string(),
            Self::All => "*".to_owned(),
        }
    }
}

impl Fact {
    /// The day it counts from.
    pub fn day(&self) -> i64 {
        day_of(self.at)
    }

    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The county, or the higher office, whose fact it is; empty for the nation.
    pub fn area(&self) -> String {
        self.county.or(self.city).or(self.province).map(|office| office.to_string()).unwrap_or_default()
    }

    /// Whether it says that an enterprise was visited.
    pub fn is_visit(&self) -> bool {
        self.figure == Figure::Visits
    }

    fn within(&self) -> Within {
        self.campaign.map_or(Within::No, Within::One)
    }

    /// The offices it counts for, from the nation down.
    fn offices(&self) -> Vec<Option<OfficeId>> {
        let levels = [self.province, self.city, self.county, self.station];
        std::iter::once(None).chain(levels.into_iter().flatten().map(Some)).collect()
    }

    /// The parts it belongs to for an office, of which `below` is the next office below.
    fn parts(&self, below: Option<OfficeId>) -> impl Iterator<Item = (Cut, String)> {
        let always = [
            (Cut::Whole, String::new()),
            (Cut::Office, below.map(|o| o.to_string()).unwrap_or_default()),
            (Cut::Product, self.product.clone().unwrap_or_default()),
            (Cut::Field, self.field.map(|f| f.code().to_owned()).unwrap_or_default()),
        ];
        let class = self.product.as_deref().map(|product| (Cut::Class, class_of(product).to_owned()));
        let problem = self.problem.clone().map(|problem| (Cut::Problem, problem));
        let days = self.days.map(|days| (Cut::Days, days.to_string()));
        always.into_iter().chain(class).chain(problem).chain(days)
    }
}

/// The day of a moment, in days of UTC+8 since 1970.
pub fn day_of(at: Moment) -> i64 {
    (at.millis() + 8 * 3_600_000).div_euclid(86_400_000)
}

/// The class to which a product belongs: the first two digits of its code, as `packs/README.md` lays down.
pub fn class_of(product: &str) -> &str {
    product.get(..2).unwrap_or(product)
}

/// The sums that a fact adds its amount to.
pub fn spread(fact: &Fact) -> Vec<Key> {
    keys(fact, fact.figure, fact.within())
}

fn keys(fact: &Fact, figure: Figure, campaign: Within) -> Vec<Key> {
    let offices = fact.offices();
    let mut keys = Vec::with_capacity(4 * offices.len());
    for (level, office) in offices.iter().enumerate() {
        let below = offices.get(level + 1).copied().flatten();
        keys.extend(fact.parts(below).map(|(cut, part)| Key { office: *office, cut, campaign, figure, part }));
    }
    keys
}

/// On which days an enterprise counts as inspected, given the facts of its visits: once for each office and part in
/// which it has been visited, from the first visit that still stands.
pub fn seen(visits: &[&Fact]) -> Growth {
    let mut alike: BTreeMap<_, Vec<&Fact>> = BTreeMap::new();
    for visit in visits {
        let place = [visit.province, visit.city, visit.county, visit.station];
        alike.entry((visit.campaign, &visit.product, visit.field, place)).or_default().push(visit);
    }
    let groups: Vec<Vec<&Fact>> = alike.into_values().collect();
    let mut counting: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (group, visits) in groups.iter().enumerate() {
        for campaign in [visits[0].within(), Within::All] {
            for key in keys(visits[0], Figure::Inspected, campaign) {
                counting.entry(key).or_default().push(group);
            }
        }
    }
    // Most keys count the same visits: their days are found once.
    let mut known: BTreeMap<Vec<usize>, Vec<(i64, i64)>> = BTreeMap::new();
    let mut growth = Growth::new();
    for (key, of) in counting {
        let turns = known.entry(of).or_insert_with_key(|of| turns(of.iter().flat_map(|group| &groups[*group])));
        growth.extend(turns.iter().map(|(day, turned)| ((key.clone(), *day), *turned)));
    }
    growth
}

/// The days on which the first visit comes to stand (1) or the last one falls (-1).
fn turns<'f>(visits: impl Iterator<Item = &'f &'f Fact>) -> Vec<(i64, i64)> {
    let mut amounts: BTreeMap<(Moment, EventId), i64> = BTreeMap::new();
    for visit in visits {
        *amounts.entry((visit.at, visit.event)).or_default() += visit.amount;
    }
    let (mut standing, mut days) = (0, BTreeMap::new());
    for ((at, _), amount) in amounts {
        let turned = i64::from(standing + amount > 0) - i64::from(standing > 0);
        standing += amount;
        *days.entry(day_of(at)).or_default() += turned;
    }
    days.into_iter().filter(|(_, turned)| *turned != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(day: i64, amount: i64) -> Fact {
        let id = |n| OfficeId::new(Moment::from_millis(n));
        let at = Moment::from_millis(day * 86_400_000);
        Fact {
            event: EventId::new(at),
            at,
            figure: Figure::Visits,
            amount,
            campaign: None,
            product: Some("0301".into()),
            field: Some(Field::Production),
            problem: None,
            days: None,
            enterprise: None,
            province: Some(id(1)),
            city: None,
            county: Some(id(2)),
            station: None,
        }
    }

    fn whole(growth: &Growth) -> Vec<(i64, i64)> {
        let nation = |key: &Key| key.office.is_none() && key.cut == Cut::Whole && key.campaign == Within::All;
        growth.iter().filter(|((key, _), n)| nation(key) && **n != 0).map(|((_, day), n)| (*day, *n)).collect()
    }

    #[test]
    fn a_fact_counts_for_every_office_above_it() {
        let fact = visit(10, 1);
        let keys = spread(&fact);
        assert_eq!(keys.len(), 3 * 5, "nation, province, county; whole, by office, by product, by its class, by field");
        let below = |office| keys.iter().find(|k| k.office == office && k.cut == Cut::Office).unwrap().part.clone();
        assert_eq!(below(None), fact.province.unwrap().to_string());
        assert_eq!(below(fact.province), fact.county.unwrap().to_string(), "a county directly under its province");
        assert_eq!(below(fact.county), "", "what no office below has done, it did itself");
    }

    #[test]
    fn an_enterprise_visited_twice_is_one_enterprise_from_the_first_visit_on() {
        let (first, second) = (visit(10, 1), visit(12, 1));
        assert_eq!(whole(&seen(&[&second, &first])), [(10, 1)], "in whatever order they come in");
    }

    #[test]
    fn a_visit_taken_back_counts_no_more() {
        let (made, back, again) = (visit(10, 1), visit(11, -1), visit(13, 1));
        assert_eq!(whole(&seen(&[&made, &back, &again])), [(10, 1), (11, -1), (13, 1)]);
        assert_eq!(whole(&seen(&[&made, &visit(10, -1)])), [], "on one day it was never there");
    }
}
