//! What a device is given to work with: everything of its own, nothing of others, and the next time what has changed.

use crate::{
    phone::Phone,
    visits::{planned, record},
    world::{World, new_id},
};
use paicha::reference::identifiers::make_licence;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a device has: every thing by its id.
#[derive(Default)]
struct Store {
    things: BTreeMap<String, Value>,
    since: String,
    parts: usize,
}

const LISTS: [&str; 5] = ["campaigns", "enterprises", "certificates", "visits", "hazards"];

impl Store {
    /// Asks for what is new until all parts are in; says how many things came and how many are gone.
    async fn update(&mut self, phone: &Phone<'_>) -> (usize, usize) {
        let (mut came, mut gone, mut after) = (0, 0, String::new());
        loop {
            let path = format!("/api/v1/sync/pack?device={}&since={}{after}", phone.device, self.since);
            let part = phone.person.get(&path).await.is(200, "next").json();
            if part["whole"] == true {
                self.things.clear();
            }
            for list in LISTS {
                for thing in part[list].as_array().unwrap() {
                    self.things.insert(thing["id"].as_str().unwrap().to_owned(), thing.clone());
                    came += 1;
                }
            }
            for id in part["gone"].as_array().unwrap() {
                assert!(self.things.remove(id.as_str().unwrap()).is_some(), "gone that never came: {id}");
                gone += 1;
            }
            self.parts += 1;
            let Some(next) = part["after"].as_str() else {
                part["next"].as_str().unwrap().clone_into(&mut self.since);
                return (came, gone);
            };
            after = format!("&after={next}");
        }
    }

    fn has(&self, id: &str) -> bool {
        self.things.contains_key(id)
    }
}

/// What a device that has nothing is given now.
async fn whole(phone: &Phone<'_>) -> BTreeMap<String, Value> {
    let mut fresh = Store::default();
    fresh.update(phone).await;
    fresh.things
}

#[tokio::test]
async fn the_first_pack_holds_what_a_shift_needs() {
    let w = World::new().await;
    let hazard = w.hazard("出厂检验记录不全").await;
    let visit = planned(&w).await;
    let phone = Phone::of(&w, "ying").await;
    let part = phone.person.get("/api/v1/sync/pack").await.is(200, "whole").json();
    assert_eq!((&part["whole"], &part["after"], &part["me"]["name"]), (&json!(true), &Value::Null, &json!("应红")));
    assert_eq!(part["visits"][0]["id"], visit);
    assert_eq!((&part["visits"][0]["mine"], &part["visits"][0]["checklist"]), (&json!(true), &json!("cement-licence")));
    assert_eq!(part["visits"][0]["risk"], 2, "one open hazard of ordinary severity");
    assert_eq!(part["enterprises"][0]["id"], w.house.hengda.to_string());
    assert_eq!(part["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(part["hazards"][0]["id"], hazard.0.trim_start_matches("hazards/"));
    let campaign = &part["campaigns"][0];
    let item = &campaign["pack"]["checklists"][0]["items"][0];
    assert!(item["zh"].is_string() && item["en"].is_string(), "{item}");
    let cited = &campaign["cited"][item["source"].as_str().unwrap()];
    assert!(cited[0].as_str().unwrap().contains('《'), "{cited}");
    assert!(part["colleagues"].as_array().unwrap().iter().any(|c| c["name"] == "薄云"));
    w.lin().await.get("/api/v1/sync/pack").await.is(403, "forbidden");
    w.wei().await.get("/api/v1/sync/pack").await.is(403, "forbidden");
}

#[tokio::test]
async fn nothing_of_another_area_ever_reaches_a_device() {
    let w = World::new().await;
    w.hazard("出厂检验记录不全").await;
    let visit = planned(&w).await;
    w.ying().await.put(&format!("/api/v1/inspections/{}", new_id()), record(&w, &[]).await).await.is(200, "");
    let stranger = Phone::of(&w, "stranger").await;
    let mut store = Store::default();
    store.update(&stranger).await;
    assert!(!store.has(&visit) && !store.has(&w.house.hengda.to_string()));
    assert!(store.things.values().all(|t| t.get("pack").is_some()), "campaigns of the nation and nothing else");
    // a site of Hengda there: what is planned there is theirs, what is found elsewhere is not
    let site = json!({"name": "历城门店", "kind": "shop", "address": "济南市历城区洪家楼1号", "region": "370112"});
    let at = format!("/api/v1/enterprises/{}/sites/{}", w.house.hengda, new_id());
    w.gu().await.put(&at, site).await.is(200, "");
    let theirs = new_id();
    let plan = json!({"campaign": w.house.campaign, "enterprise": w.house.hengda, "planned_for": "2023-06-15"});
    stranger.person.put(&format!("/api/v1/inspections/{theirs}/plan"), plan).await.is(200, "planned");
    store.update(&stranger).await;
    assert!(store.has(&theirs) && store.has(&w.house.hengda.to_string()));
    let foreign: Vec<_> = store.things.values().filter(|t| t["what"].is_string() || t["state"] == "done").collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

#[tokio::test]
async fn the_next_time_only_what_has_changed_comes_and_what_is_gone_is_said() {
    let w = World::new().await;
    let (phone, mut store) = (Phone::of(&w, "ying").await, Store::default());
    let visit = planned(&w).await;
    store.update(&phone).await;
    let since = store.since.clone();
    assert_eq!(store.update(&phone).await, (0, 0), "nothing has changed");
    assert_eq!(store.since, since);
    let hazard = w.hazard("检验设备未检定").await.0.trim_start_matches("hazards/").to_owned();
    assert_eq!(store.update(&phone).await, (2, 0), "the hazard, and the visit that weighs more now");
    assert!(store.has(&hazard));
    w.sun().await.press(&format!("/hazards/{hazard}"), &[("verb", "dismiss"), ("why", "不成立")]).await.is(303, "");
    assert_eq!(store.update(&phone).await, (1, 1), "the hazard is gone");
    w.sun().await.press(&format!("/inspections/{visit}"), &[("verb", "cancel"), ("why", "停产")]).await.is(303, "");
    let (came, gone) = store.update(&phone).await;
    assert_eq!((came, gone), (0, 3), "the visit with its enterprise and certificate");
    assert_eq!(store.things, whole(&phone).await);
    // an old mark, or that of somebody else, is no mark: everything comes anew
    store.since = since;
    store.update(&phone).await;
    assert_eq!(store.things, whole(&phone).await);
    let bo = Phone::of(&w, "bo").await;
    let path = format!("/api/v1/sync/pack?device={}&since={}", bo.device, store.since);
    bo.person.get(&path).await.is(200, "\"whole\":true");
}

#[tokio::test]
async fn what_a_device_has_sent_itself_is_not_sent_back() {
    let w = World::new().await;
    let (phone, second) = (Phone::of(&w, "ying").await, Phone::of(&w, "ying").await);
    let (mut first_store, mut second_store) = (Store::default(), Store::default());
    let visit = planned(&w).await;
    first_store.update(&phone).await;
    second_store.update(&second).await;
    let item = phone.item("inspection", &visit, &record(&w, &[]).await, json!({}));
    phone.send(&item).await.is("stored", "");
    let (_, gone) = first_store.update(&phone).await;
    assert_eq!((&first_store.things.get(&visit), gone), (&None, 3), "there is nothing more to do there");
    second_store.update(&second).await;
    planned(&w).await;
    first_store.update(&phone).await;
    second_store.update(&second).await;
    assert!(!first_store.has(&visit), "the phone that made it knows of it");
    assert_eq!(second_store.things[&visit]["state"], "done", "the other is told");
}

#[tokio::test]
async fn many_visits_come_in_parts_and_the_most_urgent_first() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let bo = w.account("bo").await;
    for n in 0..30 {
        let plan = json!({"campaign": w.house.campaign, "enterprise": w.house.hengda, "lead": bo,
            "planned_for": format!("2023-07-{:02}", n % 14 + 1)});
        w.sun().await.put(&format!("/api/v1/inspections/{}/plan", new_id()), plan).await.is(200, "");
    }
    let far =
        json!({"campaign": w.house.campaign, "enterprise": w.house.hengda, "lead": bo, "planned_for": "2023-09-01"});
    let beyond = new_id();
    w.sun().await.put(&format!("/api/v1/inspections/{beyond}/plan"), far).await.is(200, "");
    let mine = planned(&w).await;
    let path = format!("/api/v1/sync/pack?device={}", phone.device);
    let part = phone.person.get(&path).await.is(200, "next").json();
    assert_eq!(part["visits"][0]["id"], mine, "mine first");
    assert_eq!(part["visits"].as_array().unwrap().len(), 20);
    let days: Vec<&str> = part["visits"].as_array().unwrap()[1..].iter().map(|v| v["day"].as_str().unwrap()).collect();
    assert!(days.is_sorted(), "{days:?}");
    let mut store = Store::default();
    store.update(&phone).await;
    assert_eq!(store.parts, 2);
    assert!(!store.has(&beyond), "not due near");
    assert_eq!(store.things.values().filter(|t| t["state"] == "planned").count(), 31);
    phone.person.get(&format!("{path}&after=x.1")).await.is(422, "not_a_choice");
}

#[tokio::test]
async fn parts_hold_all_that_stands_around_their_visits() {
    let w = World::new().await;
    let (phone, sun, bo) = (Phone::of(&w, "ying").await, w.sun().await, w.account("bo").await);
    let mut expected = vec![w.house.campaign.to_string()];
    for n in 0..30 {
        let (firm, certificate, visit) = (new_id(), new_id(), new_id());
        let entry = json!({"name": format!("正定县第{n}水泥制品厂"), "kind": "producer", "person": "马二",
            "address": "正定县曲阳桥镇", "made": ["0301"]});
        sun.put(&format!("/api/v1/enterprises/{firm}"), entry).await.is(200, &firm);
        let held = json!({"id": certificate, "enterprise": firm, "kind": "licence", "number": make_licence('冀', 8, 1, n + 100),
            "products": ["0301"], "issued": "2020-01-06", "expires": "2025-01-05"});
        w.gu().await.put(&format!("/api/v1/certificates/{certificate}"), held).await.is(200, &certificate);
        let plan = json!({"campaign": w.house.campaign, "enterprise": firm, "lead": bo, "planned_for": "2023-06-20"});
        sun.put(&format!("/api/v1/inspections/{visit}/plan"), plan).await.is(200, "planned");
        expected.extend([firm, certificate, visit]);
    }
    let mut store = Store::default();
    store.update(&phone).await;
    assert_eq!(store.parts, 2);
    expected.retain(|id| !store.has(id));
    assert!(expected.is_empty(), "did not come: {expected:?}");
    // what leaves the scope between two parts does not come with the second
    let path = format!("/api/v1/sync/pack?device={}", new_id());
    let first = phone.person.get(&path).await.json();
    let there: Vec<&str> = first["visits"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap()).collect();
    let visits = store.things.values().filter(|t| t["state"] == "planned");
    let late = visits.map(|v| v["id"].as_str().unwrap()).find(|id| !there.contains(id)).unwrap();
    sun.press(&format!("/inspections/{late}"), &[("verb", "cancel"), ("why", "停产")]).await.is(303, "");
    let second = phone.person.get(&format!("{path}&after={}", first["after"].as_str().unwrap())).await.json();
    assert_eq!((second["visits"].as_array().unwrap().len(), &second["after"]), (9, &Value::Null));
}
