//! What holds for every assignment, whoever comes into question.

use super::*;
use crate::{
    campaigns,
    enterprises::List,
    kernel::{CampaignId, Moment},
    tasks::assignments::Sharing,
};
use jiff::civil::date;
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::LazyLock};

static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::built_in(campaigns::NATIONAL).unwrap());
const TODAY: Date = date(2023, 6, 14);

fn id(n: usize) -> EnterpriseId {
    EnterpriseId::parse(&format!("00000000-0000-7000-8000-{n:012}")).unwrap()
}

fn account(n: usize) -> AccountId {
    AccountId::parse(&format!("00000000-0000-7000-8001-{n:012}")).unwrap()
}

fn office(n: usize) -> OfficeId {
    OfficeId::parse(&format!("00000000-0000-7000-8002-{n:012}")).unwrap()
}

fn asked(way: Way, wanted: Option<i64>) -> New {
    New {
        campaign: CampaignId::new(Moment::from_millis(0)),
        target: None,
        products: List::default(),
        tag: None,
        way,
        wanted,
        names: List::default(),
        seed: None,
        sharing: Sharing::Turn,
        owners: List::default(),
        due: date(2023, 6, 28),
    }
}

/// Enterprises of all kinds: every seventh visited already, some with hazards, of three stations and of none.
fn candidates(many: usize) -> Vec<Candidate> {
    let known = |n: usize| Known {
        open: (n % 4) as i64,
        major: i64::from(n.is_multiple_of(5)),
        overdue: (n % 3) as i64,
        found: (n % 6) as i64,
        tags: Tag::ALL.iter().copied().take(n % 3).collect(),
        last: n.is_multiple_of(2).then(|| date(2023, 1, 1)),
    };
    (0..many)
        .map(|n| Candidate {
            id: Some(id(n)),
            party: format!("企业{n}"),
            station: (n % 4 > 0).then(|| office(n % 4)),
            barred: (n % 7 == 6).then_some(Outcome::Visited),
            known: known(n),
        })
        .collect()
}

fn way() -> impl Strategy<Value = Way> {
    proptest::sample::select(Way::ALL)
}

proptest! {
    #[test]
    fn everybody_stands_on_the_list_once_and_as_many_as_wanted_are_chosen(way in way(), many in 0_usize..60, wanted in 1_i64..70) {
        let all = candidates(many);
        let wanted = matches!(way, Way::Risk | Way::Draw).then_some(wanted);
        let lines = choose(&PACK, &asked(way, wanted), Some("2023-06-14"), TODAY, &all);
        let ids: BTreeSet<_> = lines.iter().map(|l| l.enterprise).collect();
        prop_assert_eq!((lines.len(), ids.len()), (many, many));
        let eligible = all.iter().filter(|c| c.barred.is_none()).count();
        let chosen = lines.iter().filter(|l| l.outcome == Outcome::Chosen).count();
        prop_assert_eq!(chosen, wanted.map_or(eligible, |w| eligible.min(usize::try_from(w).unwrap())));
        for line in &lines {
            prop_assert_eq!(line.reasons.0.is_empty(), line.outcome.is_left_out(), "whoever could be chosen has a reason");
            prop_assert_eq!(line.outcome == Outcome::Visited, line.enterprise.is_some_and(|e| all[(0..many).find(|n| id(*n) == e).unwrap()].barred.is_some()));
        }
    }

    #[test]
    fn by_risk_nobody_is_passed_over_for_somebody_with_fewer_points(many in 1_usize..60, wanted in 1_i64..20) {
        let lines = choose(&PACK, &asked(Way::Risk, Some(wanted)), None, TODAY, &candidates(many));
        let of = |outcome| lines.iter().filter(move |l| l.outcome == outcome).map(|l| l.points);
        let least = of(Outcome::Chosen).min().unwrap_or(0);
        prop_assert!(of(Outcome::NotReached).all(|points| points <= least));
        for line in &lines {
            prop_assert_eq!(line.points, line.reasons.0.iter().filter_map(|r| r.points).sum::<i64>());
        }
    }

    #[test]
    fn a_draw_can_be_repeated_from_the_list_and_the_seed(many in 1_usize..60, wanted in 1_i64..20, seed in "[a-z0-9]{1,8}") {
        let all = candidates(many);
        let lines = choose(&PACK, &asked(Way::Draw, Some(wanted)), Some(&seed), TODAY, &all);
        let list = list_of(&all);
        let mut lots: Vec<(String, &str)> =
            list.lines().map(|id| (secret::sha256(format!("{seed}\n{id}").as_bytes()), id)).collect();
        lots.sort();
        let expected: Vec<_> = lots.into_iter().take(usize::try_from(wanted).unwrap()).map(|(_, id)| id.to_owned()).collect();
        let drawn: Vec<_> = lines
            .iter()
            .filter(|l| l.outcome == Outcome::Chosen)
            .filter_map(|l| l.enterprise.map(|e| e.to_string()))
            .collect();
        prop_assert_eq!(drawn, expected);
        prop_assert_eq!(digest(&all), secret::sha256(list.as_bytes()));
    }

    #[test]
    fn everybody_chosen_gets_one_owner_and_a_day_in_time_and_nobody_has_more_than_their_share(
        many in 0_usize..60, owners in 1_usize..6, days in 0_i64..40,
    ) {
        let due = TODAY.saturating_add(days.days());
        let all = candidates(many);
        let mut lines = choose(&PACK, &asked(Way::Full, None), None, TODAY, &all);
        let owners: Vec<Owner> = (0..owners).map(|n| Owner { account: account(n), office: office(0) }).collect();
        share(&mut lines, &owners, Sharing::Turn, |_| None);
        spread(&mut lines, TODAY, due);
        let mut each: BTreeMap<AccountId, usize> = BTreeMap::new();
        for line in lines.iter().filter(|l| l.outcome == Outcome::Chosen) {
            *each.entry(line.owner.unwrap()).or_default() += 1;
            let day = line.planned_for.unwrap();
            prop_assert!(day <= due && (day > TODAY || due == TODAY), "{day} of {due}");
        }
        let (most, least) = (each.values().max().copied().unwrap_or(0), each.values().min().copied().unwrap_or(0));
        prop_assert!(most - least <= 1 || each.len() < owners.len());
        prop_assert!(lines.iter().all(|l| l.owner.is_some() == (l.outcome == Outcome::Chosen)));
    }
}

#[test]
fn a_station_visits_its_own_and_the_county_the_rest() {
    let all = candidates(24);
    let stations: BTreeMap<EnterpriseId, OfficeId> = all.iter().filter_map(|c| c.id.zip(c.station)).collect();
    let mut lines = choose(&PACK, &asked(Way::Full, None), None, TODAY, &all);
    let county = Owner { account: account(9), office: office(9) };
    let owners = [Owner { account: account(1), office: office(1) }, county];
    share(&mut lines, &owners, Sharing::Station, |id| stations.get(&id).copied());
    for line in lines.iter().filter(|l| l.outcome == Outcome::Chosen) {
        let own = line.enterprise.and_then(|e| stations.get(&e)) == Some(&office(1));
        assert_eq!(line.owner, Some(if own { account(1) } else { county.account }), "{}", line.party);
    }
}

#[test]
fn before_a_draw_nobody_is_chosen() {
    let lines = choose(&PACK, &asked(Way::Draw, Some(5)), None, TODAY, &candidates(20));
    assert!(lines.iter().all(|l| l.outcome != Outcome::Chosen));
}

#[test]
fn reasons_name_what_is_known_and_what_it_weighs() {
    let known =
        Known { open: 2, major: 1, tags: vec![Tag::Complaints], last: Some(date(2023, 4, 1)), ..Known::default() };
    let told: Vec<String> = risks(&PACK, TODAY, &known).iter().map(|r| r.label(Lang::Zh)).collect();
    assert_eq!(
        told,
        ["未销号重大隐患 1 项 +20", "未销号隐患 2 项 +10", "重点对象：投诉较多 +8", "距上次检查 2 个月 +4"]
    );
    let never = risks(&PACK, TODAY, &Known::default());
    assert_eq!(never.iter().map(|r| r.label(Lang::En)).collect::<Vec<_>>(), ["No visit on record +12"]);
}
