//! What is looked up beside lists is read off indexes, too: what a device is given, what waits, what tasks are chosen by.

use crate::{
    plans::{ONLY_IF_IT_MUST, read, scopes},
    world::World,
};
use paicha::{
    campaigns::targets::{self, Desk, Wait as Undone},
    hazards::{self, Wait},
    inspections,
    kernel::{AccountId, CampaignId, EnterpriseId, Moment, OfficeId},
    people::Level,
    tasks,
};
use serde_json::json;

#[tokio::test]
async fn what_tasks_are_chosen_and_followed_by_is_read_off_indexes() {
    let w = World::with(ONLY_IF_IT_MUST).await;
    let (today, id) = (jiff::civil::date(2023, 6, 14), Moment::from_millis(1));
    let those: Vec<_> = (0..500).map(|n| EnterpriseId::new(Moment::from_millis(n)).into()).collect();
    let campaign = CampaignId::new(id);
    // PostgreSQL, which may not sort here, groups an empty table by whatever index has the order
    let of_level = if w.app.db.engine() == "SQLite" { "targets_campaign_level" } else { "targets_" };
    let mut queries = vec![
        ("hazards_enterprise", hazards::standing_query(&those)),
        ("inspections_enterprise", inspections::seen_query(campaign, &those)),
        ("tasks_", tasks::tasked_query(campaign, &those)),
        ("tasks_owner", tasks::of_owner_query(AccountId::new(id), 20)),
        ("tasks_office", tasks::of_office_query(OfficeId::new(id), 20)),
        ("targets_office", targets::count_query(Desk::Accept, OfficeId::new(id), 20)),
        ("targets_parent", targets::count_query(Desk::Decide, OfficeId::new(id), 20)),
        (of_level, targets::laggards_query(Undone::Unaccepted, campaign, Level::County, today)),
        (of_level, targets::laggards_query(Undone::Undivided, campaign, Level::City, today)),
    ];
    for (level, scope) in scopes().into_iter().filter(|(level, _)| *level != "enterprise") {
        let index = if level == "nation" { "tasks_open" } else { "_open" };
        queries.extend([(index, tasks::overdue_query(scope, today, 20)), (index, tasks::returned_query(scope, 20))]);
    }
    for (index, query) in queries {
        let plan = w.app.db.plan(query).await.unwrap();
        assert!(plan.iter().any(|line| line.contains(index)), "{index}: {plan:#?}");
    }
}

#[tokio::test]
async fn what_a_device_is_given_is_read_off_indexes() {
    let w = World::with(ONLY_IF_IT_MUST).await;
    let (today, lead) = (jiff::civil::date(2023, 6, 14), AccountId::new(Moment::from_millis(1)));
    let those: Vec<_> = (0..500).map(|n| EnterpriseId::new(Moment::from_millis(n)).into()).collect();
    let mut queries = vec![
        ("past", "_enterprise", inspections::past_query(&those, today)),
        ("open", "_enterprise", hazards::open_query(&those)),
        ("assigned", "inspections_lead", inspections::assigned_query(lead, 100)),
    ];
    for (level, scope) in scopes() {
        let area = ["county", "station"].into_iter().find(|l| *l == level);
        let index =
            area.map(|_| if level == "county" { "inspections_county_state" } else { "inspections_station_state" });
        queries.extend(index.map(|index| (level, index, inspections::due_query(scope, today, 100))));
    }
    for (name, index, query) in queries {
        let plan = w.app.db.plan(query).await.unwrap();
        let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE") || line.contains("Sort"));
        assert!(plan.iter().any(|line| line.contains(index)) && !sorts, "{name}: {plan:#?}");
    }
}

#[tokio::test]
async fn what_waits_is_counted_and_laggards_are_found_off_indexes() {
    let w = World::with(ONLY_IF_IT_MUST).await;
    let (day, campaign) = (jiff::civil::date(2023, 6, 14), CampaignId::new(Moment::from_millis(1)));
    let mut queries = Vec::new();
    for (level, scope) in scopes() {
        // what is overdue is watched, not counted
        for filter in [json!({"state": "verified"}), json!({"extension": "1"})] {
            queries.push((format!("{filter} within {level}"), hazards::count_query(scope, &read(&filter), 100)));
        }
    }
    for level in [Level::Province, Level::City, Level::County] {
        for wait in [Wait::Overdue, Wait::Undecided, Wait::LookBack] {
            let query = hazards::laggards_query(wait, campaign, level, day);
            queries.push((format!("{wait:?} by {level}"), query));
        }
        queries.push((format!("visits by {level}"), inspections::laggards_query(campaign, level, day)));
    }
    for (name, query) in queries {
        let plan = w.app.db.plan(query).await.unwrap();
        let scans = plan.iter().any(|line| {
            line.contains("Seq Scan on hazards")
                || line.contains("Seq Scan on inspections")
                || line.contains("SCAN hazards") && !line.contains("USING")
                || line.contains("SCAN inspections") && !line.contains("USING")
        });
        assert!(!scans, "{name}: {plan:#?}");
    }
}
