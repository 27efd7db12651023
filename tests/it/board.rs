//! The board: every number open to its records, every office below to its own board, and all of it as things stand.
//!
//! Clauses: S-2b, S-4a.

use crate::world::World;
use http_body_util::BodyExt;
use std::time::Duration;

#[tokio::test]
async fn qian_goes_from_the_board_of_his_city_to_the_county_and_to_the_hazard() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    let board = w.qian().await.get("/board?sort=-found").await;
    board.is(200, "Closing rate").is(200, "Kinds of problems").is(200, "Zhengding");
    let county = linked(&board.body, "/board?office=");
    let below = w.qian().await.get(&county).await;
    below.is(200, "aria-label=\"You are here\"");
    let records = linked(&below.body, "/board/records?figure=found");
    w.qian().await.get(&records).await.is(200, &hazard.0);
}

#[tokio::test]
async fn whoever_asks_for_what_there_is_not_is_told() {
    let w = World::new().await;
    w.qian().await.get("/board?sort=beauty").await.is(422, "beauty");
    w.qian().await.get("/board/records?figure=found&by=days&part=x").await.is(422, "x");
    let page = w.qian().await.get("/api/v1/figures/records?figure=found&limit=nonsense").await;
    page.is(422, "limit");
    let offices = w.lin().await.get("/api/v1/offices").await.json();
    let province =
        offices["items"].as_array().unwrap().iter().find(|o| o["level"] == "province").unwrap()["id"].clone();
    w.qian().await.get(&format!("/board?office={}", province.as_str().unwrap())).await.is(404, "");
}

#[tokio::test]
async fn the_board_of_an_earlier_day_shows_what_was() {
    let w = World::new().await;
    w.ordered().await;
    let before = w.today().yesterday().unwrap();
    w.qian().await.get(&format!("/board?as_of={before}")).await.is(200, "Campaign board");
    let cells = w.qian().await.get(&format!("/api/v1/figures?as_of={before}")).await.json();
    assert_eq!(cells["items"].as_array().unwrap().len(), 0, "{cells}");
    assert_eq!(w.figure("qian", "found").await, 1);
}

#[tokio::test]
async fn whoever_follows_learns_of_an_act_and_of_none_elsewhere() {
    let w = World::new().await;
    let (mut sun, mut tang) = (w.sun().await.stream("/api/v1/live").await, w.tang().await.stream("/api/v1/live").await);
    w.ordered().await;
    let told = tokio::time::timeout(Duration::from_secs(20), sun.frame()).await.unwrap().unwrap().unwrap();
    let text = String::from_utf8(told.into_data().unwrap().to_vec()).unwrap();
    assert!(text.contains("event: change"), "{text}");
    let elsewhere = tokio::time::timeout(Duration::from_millis(1500), tang.frame()).await;
    assert!(elsewhere.is_err(), "nothing has happened in her county: {elsewhere:?}");
    w.wei().await.get("/api/v1/live").await.is(403, "");
}

/// The first address on a page that begins like this.
fn linked(page: &str, begins: &str) -> String {
    let begins = begins.replace('&', "&#38;");
    let from = page.find(&begins).unwrap_or_else(|| panic!("no «{begins}» in {page}"));
    page[from..].split('"').next().unwrap().replace("&#38;", "&")
}
