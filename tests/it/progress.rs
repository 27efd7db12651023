//! Progress against targets: what is done beside what should be done by now, on the board and for programs.
//! Clauses: S-1b, S-4a.

use crate::world::{World, new_id};
use serde_json::{Value, json};

/// 120 enterprises of cement for Hebei, 60 for Shijiazhuang, 12 for Zhengding; and 10 batches to sample.
pub async fn cement(w: &World) {
    let (lin, zhao, qian) = (w.lin().await, w.person("zhao").await, w.qian().await);
    for (measure, product) in [("inspect", "03"), ("sample", "")] {
        let whole = w.target(measure, product, 120).await;
        w.divide(&lin, &whole, &[("130000", 120)]).await.is(200, "\"undivided\":0");
        let id = |target: Value| target["id"].as_str().unwrap().to_owned();
        let hebei = id(w.part(&whole, "130000").await);
        w.divide(&zhao, &hebei, &[("130100", 60)]).await.is(200, "\"undivided\":60");
        let city = id(w.part(&hebei, "130100").await);
        w.divide(&qian, &city, &[("130123", 12)]).await.is(200, "\"undivided\":48");
    }
}

/// Ying and Bo inspect Hengda.
async fn inspect(w: &World) {
    let record = crate::visits::record(w, &[]).await;
    w.ying().await.put(&format!("/api/v1/inspections/{}", new_id()), record).await.is(200, "\"done\"");
}

async fn of(w: &World, login: &str, more: &str) -> Vec<Value> {
    let path = format!("/api/v1/progress?campaign={}{more}", w.house.campaign);
    w.person(login).await.get(&path).await.is(200, "items").json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_done_stands_beside_what_should_be() {
    let w = World::new().await;
    cement(&w).await;
    inspect(&w).await;
    inspect(&w).await;
    w.days_pass(9).await;
    let county = of(&w, "sun", "").await[0].clone();
    let cement = county["targets"].as_array().unwrap().iter().find(|t| t["measure"] == "inspect").unwrap().clone();
    assert_eq!((cement["total"].as_i64(), cement["done"].as_i64()), (Some(12), Some(1)), "one enterprise, seen twice");
    // the first six of 56 working days are over
    assert_eq!((cement["by_now"].as_i64(), county["plan"]["by_now"].as_i64()), (Some(1), Some(1)));
    let records = w.sun().await.get(cement["records"].as_str().unwrap()).await.is(200, "items").json();
    assert_eq!(records["items"].as_array().unwrap().len(), 1, "{records}");
    let sample = county["targets"].as_array().unwrap().iter().find(|t| t["measure"] == "sample").unwrap().clone();
    assert_eq!(
        (&sample["done"], &sample["records"]),
        (&Value::Null, &json!("")),
        "no sample is in the system: not zero"
    );

    let city = of(&w, "qian", "").await;
    assert_eq!(city.iter().map(|o| o["plan"]["done"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(city[0]["plan"]["by_now"], 6);
    let before = of(&w, "qian", "&as_of=2023-06-13").await;
    assert_eq!((&before[0]["plan"]["done"], &before[0]["plan"]["by_now"]), (&json!(0), &json!(0)));
    w.lin().await.get("/api/v1/progress").await.is(200, "\"total\":120");
}

#[tokio::test]
async fn laggards_stand_first_with_a_way_to_remind_them() {
    let w = World::new().await;
    cement(&w).await;
    w.days_pass(30).await;
    let board = w.qian().await.get("/board").await;
    board.is(200, "Progress against targets").is(200, "not recorded in the system yet").is(200, "Remind");
    let (zhengding, gaocheng) =
        (board.body.find("Zhengding").unwrap(), board.body.find("Luancheng").unwrap_or(usize::MAX));
    assert!(zhengding < gaocheng, "who is behind comes before who has no targets");
    let lead = format!("/reminders/new?campaign={}&#38;office={}", w.house.campaign, w.office("130123").await);
    board.is(200, &lead);
    let county = w.sun().await.get("/board").await;
    assert!(!county.body.contains("/reminders/new"), "nobody is below, nobody to remind");
    let auditor = w.auditor().await.get("/board").await;
    assert!(!auditor.body.contains("/reminders/new"), "who only looks reminds nobody");
}

#[tokio::test]
async fn what_has_come_of_it_is_counted_or_said_to_be_unknown() {
    let w = World::new().await;
    let path = format!("/api/v1/outcomes?campaign={}", w.house.campaign);
    let all = w.lin().await.get(&path).await.is(200, "items").json();
    let values: Vec<_> = all["items"].as_array().unwrap().iter().map(|o| o["value"].clone()).collect();
    assert_eq!(json!(values), json!([null, 0, null, null, null, null]), "what nobody records is not nothing");
    w.lin().await.get("/board").await.is(200, "What has come of it").is(200, "not recorded in the system yet");
    w.lin().await.get("/api/v1/outcomes").await.is(200, "clear_up");
}
