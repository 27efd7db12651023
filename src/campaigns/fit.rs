//! Which checklist fits a site, and which of its items are asked.
//!
//! Best first:
//! 1. `worked`: made for this kind of site (regime and products fit). It stands in for the general lists below.
//! 2. `product`: the checks of each class of products at the site, beside the list of the site.
//! 3. `regime`: one for each regime of a producer, unless a worked list covers all products that stand under it.
//! 4. `seller`: for sellers, unless a worked list was found.
//!
//! Within each, a list made for exactly this field (online, rural) comes before one for all of circulation.

use super::{
    pack::{Checklist, Pack},
    rows::{Fit, Item, Problem, Side},
};
use crate::{record::Field, reference::Regime};
use jiff::civil::Date;

impl Pack {
    /// The checklists that fit a site where `products` are made or sold, best first; see the rule above. `regimes` are
    /// those under which the site stands; when it is empty, those of its products on `date` count.
    ///
    /// Clauses: T3-1a, T3-1b, T3-1c.
    pub fn checklists_for(&self, products: &[&str], field: Field, regimes: &[Regime], date: Date) -> Vec<&Checklist> {
        let derived;
        let regimes = if regimes.is_empty() {
            derived = self.regimes_of_all(products, date);
            &derived
        } else {
            regimes
        };
        let about = |list: &Checklist, product: &str| {
            list.head.products.is_empty() || list.head.products.iter().any(|wanted| self.is_within(product, wanted))
        };
        let about_products =
            |list: &Checklist| list.head.products.is_empty() || products.iter().any(|p| about(list, p));
        let mut fitting: Vec<&Checklist> = self
            .checklists
            .iter()
            .filter(|list| serves(list, field) && about_products(list))
            .filter(|list| list.head.regime.is_none_or(|r| regimes.contains(&r)))
            .collect();
        let worked: Vec<&Checklist> = fitting.iter().copied().filter(|l| l.head.scope == Fit::Worked).collect();
        let covered = |list: &Checklist| match list.head.scope {
            Fit::Worked | Fit::Product => false,
            Fit::Regime => {
                let stands = |p: &&&str| {
                    let rows = self.regimes_of(p, date);
                    rows.is_empty() || rows.iter().any(|row| Some(row.regime) == list.head.regime)
                };
                let made_for = |p: &&str| worked.iter().any(|w| w.head.regime == list.head.regime && about(w, p));
                !worked.is_empty() && products.iter().filter(stands).all(made_for)
            }
            Fit::Seller => !worked.is_empty(),
        };
        fitting.retain(|list| !covered(list));
        fitting.sort_by_key(|list| (list.head.scope, list.head.side != Some(field)));
        fitting
    }

    /// The items of `list` that are asked at such a site on `date`.
    ///
    /// A list for one side asks all its items. In a list for both, the side visited chooses: an item whose problems all
    /// belong to the other side is left out; an item without problems is a reminder and stays.
    pub fn items_for<'a>(&'a self, list: &'a Checklist, products: &[&str], side: Side, date: Date) -> Vec<&'a Item> {
        let about_products = |item: &Item| {
            item.products.is_empty()
                || products.is_empty()
                || item
                    .products
                    .iter()
                    .any(|wanted| products.iter().any(|p| self.is_within(p, wanted) || self.is_within(wanted, p)))
        };
        let about_side = |item: &Item| {
            list.head.side.is_some() || item.problems.is_empty() || !self.problems_of(item, side).is_empty()
        };
        list.items.iter().filter(|i| i.term().holds(date) && about_products(i) && about_side(i)).collect()
    }

    /// The problems that an item may reveal on this side of trade.
    pub fn problems_of(&self, item: &Item, side: Side) -> Vec<&Problem> {
        item.problems.iter().filter_map(|code| self.problem(code)).filter(|p| p.side == side).collect()
    }
}

fn serves(list: &Checklist, field: Field) -> bool {
    match list.head.side {
        None => true,
        Some(Field::Circulation) => Side::of(field) == Side::Circulation,
        Some(other) => other == field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::NATIONAL;
    use jiff::civil::date;

    const DAY: Date = date(2023, 7, 10);

    fn lists(products: &[&str], field: Field, regimes: &[Regime]) -> Vec<String> {
        let pack = Pack::built_in(NATIONAL).unwrap();
        pack.checklists_for(products, field, regimes, DAY).iter().map(|l| l.head.code.clone()).collect()
    }

    /// Clause: T3-1a.
    #[test]
    fn a_licensed_cement_producer_gets_the_cement_list() {
        assert_eq!(lists(&["0301"], Field::Production, &[Regime::Licence]), ["cement-licence", "03-cement"]);
        assert_eq!(lists(&["03"], Field::Production, &[]), ["cement-licence", "03-cement"]);
    }

    /// Clause: T3-1b.
    #[test]
    fn an_electric_bicycle_producer_gets_its_own_list() {
        assert_eq!(lists(&["0901"], Field::Production, &[]), ["ebike-ccc", "09-electric-bicycles"]);
    }

    #[test]
    fn a_village_store_gets_the_rural_list_and_its_products() {
        assert_eq!(
            lists(&["0406", "05", "17"], Field::Rural, &[]),
            ["rural-store", "04-cables", "05-fertilisers", "17-mulch-film"]
        );
        assert_eq!(lists(&[], Field::Rural, &[]), ["rural-store"]);
    }

    /// Clause: T3-1c.
    #[test]
    fn other_sellers_get_the_general_list_and_online_ones_theirs_first() {
        assert_eq!(lists(&["1101"], Field::Circulation, &[]), ["11-rider-helmets", "seller-generic"]);
        assert_eq!(lists(&[], Field::Online, &[]), ["seller-online", "seller-generic"]);
    }

    #[test]
    fn each_regime_of_a_producer_brings_its_list_unless_a_worked_one_covers_it() {
        let chemicals = ["01-hazardous-chemicals", "producer-licence", "producer-permit"];
        assert_eq!(lists(&["0105"], Field::Production, &[]), chemicals);
        assert_eq!(
            lists(&["0301", "0401"], Field::Production, &[]),
            ["cement-licence", "03-cement", "04-cables", "producer-licence"]
        );
        assert_eq!(lists(&["1702"], Field::Production, &[]), ["17-mulch-film", "producer-general"]);
    }

    #[test]
    fn the_side_visited_and_the_products_choose_the_items() {
        let pack = Pack::built_in(NATIONAL).unwrap();
        let list = pack.checklist("10-chargers-batteries").unwrap();
        let ids = |products: &[&str], side, day| -> Vec<String> {
            pack.items_for(list, products, side, day).iter().map(|i| i.id.clone()).collect()
        };
        let charger = ids(&["1001"], Side::Circulation, DAY);
        assert!(charger.contains(&"10-1".to_owned()) && !charger.contains(&"10-2".to_owned()), "{charger:?}");
        assert!(ids(&["1001"], Side::Circulation, date(2025, 12, 1)).contains(&"10-2".to_owned()));
        assert!(ids(&["10"], Side::Production, DAY).len() >= ids(&["1003"], Side::Production, DAY).len());
        let seller = pack.items_for(list, &["10"], Side::Circulation, DAY);
        assert!(seller.iter().all(|i| i.problems.is_empty() || i.problems.iter().any(|p| p.starts_with('S'))));
    }
}
