//! Offices that are merged, split and put under another one in mid-campaign: their shares go along, and every level goes on
//! making up its whole. Clause: S-1b.

use crate::world::{Person, Reply, World, new_id};
use paicha::{
    campaigns::targets::{State, Target},
    kernel::OfficeId,
};
use serde_json::{Value, json};

/// A county of a city with this code, made in mid-campaign.
async fn new_county(w: &World, code: &str, city: &str) -> String {
    let id = new_id();
    let office = json!({"parent": w.office(city).await, "level": "county", "code": code, "name": format!("{code}市场监督管理局"), "name_en": code, "region": "130123"});
    w.person("gu").await.put(&format!("/api/v1/offices/{id}"), office).await.is(200, code);
    id
}

async fn administer(w: &World, code: &str, act: Value) {
    let path = format!("/api/v1/offices/{}/acts", w.office(code).await);
    w.person("gu").await.post(&path, act).await.is(200, code);
}

/// What somebody is proposed to hand over.
async fn proposed(who: &Person<'_>, w: &World, from: &str, to: &str) -> Vec<Value> {
    let path = format!("/api/v1/targets/handovers/{from}?campaign={}&to={to}", w.house.campaign);
    who.get(&path).await.is(200, "").json().as_array().unwrap().clone()
}

/// Hands over as proposed, but for what `change` says.
async fn hand_over(who: &Person<'_>, w: &World, (from, to): (&str, &str), change: impl Fn(&Value) -> i64) -> Reply {
    let mut parts = Vec::new();
    for handing in proposed(who, w, from, to).await {
        for part in handing["parts"].as_array().unwrap() {
            let more = json!({"target": handing["target"], "version": handing["version"], "office": part["office"], "amount": change(part)});
            parts.push(more);
        }
    }
    let body = json!({"campaign": w.house.campaign, "from": from, "parts": parts, "why": "机构编制文件〔2023〕12号"});
    who.post("/api/v1/targets/handovers", body).await
}

fn amount(part: &Value) -> i64 {
    part["amount"].as_i64().unwrap()
}

/// 400 enterprises for Shijiazhuang: Zhengding 120 (Zhengding town 50), Gaocheng 100; and a share of look-backs.
async fn divided(w: &World) {
    let (lin, zhao, qian, sun) = (w.lin().await, w.person("zhao").await, w.qian().await, w.sun().await);
    for (measure, product, shares) in
        [("inspect", "03", [1000, 600, 400, 120, 100, 50]), ("look_back", "", [30, 30, 30, 40, 30, 40])]
    {
        let [whole, hebei, city, zhengding, gaocheng, town] = shares;
        let mut id = w.target(measure, product, whole).await;
        let steps: [(&Person<'_>, Vec<(&str, i64)>); 4] = [
            (&lin, vec![("130000", hebei)]),
            (&zhao, vec![("130100", city)]),
            (&qian, vec![("130123", zhengding), ("130109", gaocheng)]),
            (&sun, vec![("130123A", town)]),
        ];
        for (who, parts) in steps {
            w.divide(who, &id, &parts).await.is(200, "");
            id = w.part(&id, parts[0].0).await["id"].as_str().unwrap().into();
        }
    }
}

async fn of(w: &World, office: &str, look_back: bool) -> Target {
    let id: OfficeId =
        if office.len() == 36 { office.parse().unwrap() } else { w.office(office).await.parse().unwrap() };
    let all = w.sums().await;
    let is = |t: &&Target| t.office == id && t.name.starts_with(if look_back { "全部" } else { "水泥" });
    all.iter().find(is).unwrap_or_else(|| panic!("{office} has no share")).clone()
}

#[tokio::test]
async fn a_merged_office_leaves_everything_to_the_one_that_remains() {
    let w = World::new().await;
    divided(&w).await;
    let (qian, zhengding, gaocheng) = (w.qian().await, w.office("130123").await, w.office("130109").await);
    // the administrator merges: the stations go over, the office is closed
    for station in ["130123A", "130123B"] {
        administer(&w, station, json!({"verb": "move", "parent": gaocheng, "why": "撤并"})).await;
    }
    administer(&w, "130123", json!({"verb": "deactivate", "why": "撤并"})).await;
    let page = format!("/targets?campaign={}", w.house.campaign);
    qian.get(&page).await.is(200, "is closed and still has 2 targets").is(200, "Hand over");
    let less = |part: &Value| if part["along"] == 0 { 0 } else { amount(part) - 1 };
    hand_over(&qian, &w, (&zhengding, &gaocheng), less).await.is(422, "targets.handover_left");
    hand_over(&qian, &w, (&zhengding, &gaocheng), |_| 10).await.is(422, "targets.handover_less");
    w.person("min")
        .await
        .get(&format!("/api/v1/targets/misfits?campaign={}", w.house.campaign))
        .await
        .is(403, "forbidden");
    hand_over(&qian, &w, (&zhengding, &gaocheng), amount).await.is(200, "withdrawn");
    let (took, gone, town) =
        (of(&w, "130109", false).await, of(&w, "130123", false).await, of(&w, "130123A", false).await);
    assert_eq!((took.total, took.undivided, took.state), (220, 170, State::Assigned));
    assert_eq!((gone.total, gone.state), (0, State::Withdrawn));
    assert_eq!((town.total, town.parent, town.county), (50, Some(took.id), Some(took.office)));
    assert_eq!(of(&w, "130100", false).await.total, 400);
    let (least, below) = (of(&w, "130109", true).await, of(&w, "130123A", true).await);
    assert_eq!((least.total, below.total, below.parent), (40, 40, Some(least.id)));
    // what has been handed over is not handed over twice, and stands in the history of each
    hand_over(&qian, &w, (&zhengding, &gaocheng), amount).await.is(200, "withdrawn");
    assert_eq!(of(&w, "130109", false).await.total, 220);
    qian.get(&took_page(&took)).await.is(200, "100 → 220").is(200, "机构编制文件〔2023〕12号");
    let after = qian.get(&page).await;
    assert!(!after.body.contains("is closed and still has"), "{}", after.body);
}

fn took_page(target: &Target) -> String {
    format!("/targets/{}", target.id)
}

#[tokio::test]
async fn a_new_office_takes_a_part_with_the_offices_that_went_along() {
    let w = World::new().await;
    divided(&w).await;
    let new = new_county(&w, "1301XQ", "130100").await;
    administer(&w, "130123A", json!({"verb": "move", "parent": new, "why": "设立新区"})).await;
    let (qian, zhengding) = (w.qian().await, w.office("130123").await);
    let path = format!("/api/v1/targets/misfits?campaign={}", w.house.campaign);
    let misfits = qian.get(&path).await.json();
    assert_eq!((&misfits[0]["from"], &misfits[0]["moved"][1]), (&json!(zhengding), &json!(new)));
    let seen = proposed(&qian, &w, &zhengding, &new).await;
    assert!(seen.iter().any(|h| h["measure"] == "inspect" && h["parts"][0]["along"] == 50), "{seen:?}");
    let some = |part: &Value| if amount(part) == 50 { 65 } else { amount(part) };
    hand_over(&qian, &w, (&zhengding, &new), some).await.is(200, "\"total\":55");
    let (rest, took, town) = (of(&w, "130123", false).await, of(&w, &new, false).await, of(&w, "130123A", false).await);
    assert_eq!((rest.total, rest.undivided, took.total, took.undivided), (55, 55, 65, 15));
    assert_eq!((town.total, town.parent), (50, Some(took.id)));
    assert_eq!((of(&w, &new, true).await.total, of(&w, "130123", true).await.total), (40, 40));
    assert_eq!(qian.get(&path).await.body, "[]");
    // whoever looked at other numbers is told
    let stale = json!({"campaign": w.house.campaign, "from": zhengding, "why": "x",
        "parts": [{"target": rest.id, "office": new, "amount": 1, "version": rest.version - 1}]});
    qian.post("/api/v1/targets/handovers", stale).await.is(409, "stale");
    hand_over(&qian, &w, (&zhengding, &zhengding), amount).await.is(422, "targets.handover_same_office");
}

#[tokio::test]
async fn an_office_that_goes_under_another_city_takes_its_share_along() {
    let w = World::new().await;
    divided(&w).await;
    let (zhao, shijiazhuang, tangshan) = (w.person("zhao").await, w.office("130100").await, w.office("130200").await);
    administer(&w, "130123", json!({"verb": "move", "parent": tangshan, "why": "区划调整"})).await;
    let page = format!("/targets?campaign={}", w.house.campaign);
    zhao.get(&page).await.is(200, "2 targets have not");
    let way = format!("/targets/handover?campaign={}&from={shijiazhuang}&to={tangshan}", w.house.campaign);
    let shown = zhao.get(&way).await;
    shown.is(200, "of these with offices that went along").is(200, "value=\"120\"");
    let seen = proposed(&zhao, &w, &shijiazhuang, &tangshan).await;
    let mut form = vec![
        ("campaign".to_owned(), w.house.campaign.to_string()),
        ("from".to_owned(), shijiazhuang.clone()),
        ("to".to_owned(), tangshan.clone()),
        ("why".to_owned(), "区划调整".to_owned()),
    ];
    for handing in &seen {
        let target = handing["target"].as_str().unwrap();
        form.push((format!("version-{target}"), handing["version"].to_string()));
        form.push((format!("part-{target}-{tangshan}"), handing["parts"][0]["amount"].to_string()));
    }
    let wrong: Vec<(&str, &str)> =
        form.iter().map(|(n, v)| (n.as_str(), if v == "120" { "一百" } else { v.as_str() })).collect();
    zhao.send_form("/targets/handover", &wrong).await.is(422, "value=\"一百\"").is(422, "not one of the choices");
    let right: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    zhao.send_form("/targets/handover", &right).await.is(303, "");
    let (left, took) = (of(&w, "130100", false).await, of(&w, "130200", false).await);
    let (county, town) = (of(&w, "130123", false).await, of(&w, "130123A", false).await);
    assert_eq!((left.total, left.undivided, took.total, took.undivided), (280, 180, 120, 0));
    assert_eq!((county.parent, county.city, county.total), (Some(took.id), Some(took.office), 120));
    assert_eq!((town.city, town.total), (Some(took.office), 50));
    // the people of the city it came from do not see it any more
    w.qian().await.get(&format!("/api/v1/targets/{}", county.id)).await.is(404, "not_found");
}
