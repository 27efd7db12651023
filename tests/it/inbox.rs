//! The inbox: what waits for everybody, each thing once, and what they are told.

use crate::world::{Hazard, Person, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const EVERYBODY: &[&str] =
    &["lin", "qian", "sun", "ying", "bo", "hua", "wei", "mei", "gu", "auditor", "tang", "stranger"];

async fn inbox(person: &Person<'_>) -> Value {
    person.get("/api/v1/inbox").await.is(200, "groups").json()
}

/// The things of an inbox: (section, thing, title), and (read, thing, what was done) for what is to be read.
fn entries(inbox: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for group in inbox["groups"].as_array().unwrap() {
        for job in group["jobs"].as_array().unwrap() {
            all.push((text(group, "section"), text(job, "thing"), text(job, "title")));
        }
    }
    for told in inbox["notices"].as_array().unwrap() {
        all.push(("read".to_owned(), text(told, "thing"), text(told, "did")));
    }
    all
}

/// Where the hazard stands in somebody's inbox, and what news there is of it.
async fn of(w: &World, login: &str, hazard: &Hazard) -> (String, Option<String>) {
    let inbox = inbox(&w.person(login).await).await;
    let id = hazard.0.trim_start_matches("hazards/");
    let jobs = inbox["groups"].as_array().unwrap().iter().flat_map(|g| g["jobs"].as_array().unwrap());
    let news = jobs.filter(|j| j["thing"] == id).find_map(|j| j["news"].as_str().map(str::to_owned));
    let entry = entries(&inbox).into_iter().find(|(_, thing, _)| thing == id);
    let told = entry.clone().filter(|(section, _, _)| section == "read").map(|(_, _, did)| did);
    (entry.map_or_else(String::new, |(section, _, _)| section), news.or(told))
}

fn news(section: &str, what: &str) -> (String, Option<String>) {
    (section.to_owned(), Some(what.to_owned()))
}

/// Nothing stands in anybody's inbox twice, and the badge on the page counts what asks for attention.
async fn each_thing_once(w: &World) {
    for login in EVERYBODY {
        let person = w.person(login).await;
        let inbox = inbox(&person).await;
        let all = entries(&inbox);
        let things: BTreeSet<_> = all.iter().map(|(_, thing, _)| thing).collect();
        assert_eq!(things.len(), all.len(), "{login}: {all:?}");
        let asks = all.iter().filter(|(section, _, _)| section != "watch").count();
        assert_eq!(inbox["count"], asks, "{login}: {all:?}");
        let page = person.get("/").await;
        let menu = page.is(200, "aria-current=\"page\"").body.split("aria-current=\"page\"").nth(1).unwrap();
        let link = menu.split("</a>").next().unwrap();
        let badge = format!("<span class=\"badge\">{asks}</span>");
        assert_eq!(link.contains("badge"), asks > 0, "{login}: {link}");
        assert!(asks == 0 || link.contains(&badge), "{login}: {asks}, {link}");
    }
}

#[tokio::test]
async fn whatever_happens_to_a_hazard_asks_each_person_once() {
    let w = World::new().await;
    let hazard = w.hazard("出厂检验记录不全").await;
    let photo = w.wei().await.photo("after").await;
    let steps = [
        ("ying", json!({"verb": "order", "due": "2023-06-24"})),
        ("qian", json!({"verb": "supervise", "why": "风险较高"})),
        ("wei", json!({"verb": "ask_extension", "until": "2023-06-26", "why": "设备待修"})),
        ("sun", json!({"verb": "refuse_extension", "why": "风险较高"})),
        ("wei", json!({"verb": "acknowledge"})),
        ("wei", json!({"verb": "submit", "measure": "补齐检验记录", "evidence": [photo]})),
        ("bo", json!({"verb": "reject", "why": "照片不清"})),
        ("wei", json!({"verb": "submit", "measure": "重新拍照", "evidence": [photo]})),
        ("bo", json!({"verb": "verify"})),
        ("sun", json!({"verb": "return", "why": "再核对"})),
        ("bo", json!({"verb": "verify"})),
        ("sun", json!({"verb": "close", "handling": "no_case"})),
        ("qian", json!({"verb": "draw_look_back", "due": "2023-07-30"})),
        ("hua", json!({"verb": "reopen", "why": "又不记了"})),
    ];
    for (login, act) in steps {
        w.person(login).await.act(&hazard, act.clone()).await.is(200, "state");
        w.follow().await;
        each_thing_once(&w).await;
        let done = of(&w, login, &hazard).await;
        assert!(done.0 != "read", "{login} is told of what they did themselves: {act}");
    }
}

#[tokio::test]
async fn those_whom_it_concerns_are_told_and_nobody_else() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.follow().await;
    let (section, told) = of(&w, "wei", &hazard).await;
    assert!(section == "do" && told.unwrap().starts_with("Order to correct · 应红 · 2023-06-14"), "news of the work");
    assert_eq!(of(&w, "mei", &hazard).await.0, "", "another enterprise");
    assert_eq!(of(&w, "ying", &hazard).await.0, "", "who did it");

    w.wei()
        .await
        .act(&hazard, json!({"verb": "ask_extension", "until": "2023-06-26", "why": "设备待修"}))
        .await
        .is(200, "");
    w.follow().await;
    assert_eq!(of(&w, "sun", &hazard).await.0, "approve");
    assert_eq!(of(&w, "ying", &hazard).await, news("read", "Ask for an extension"), "the handler knows");
    assert_eq!(of(&w, "bo", &hazard).await.0, "");
    w.sun().await.act(&hazard, json!({"verb": "refuse_extension", "why": "风险较高"})).await.is(200, "");
    w.follow().await;
    assert_eq!(of(&w, "sun", &hazard).await.0, "", "it is decided");
    let (section, told) = of(&w, "wei", &hazard).await;
    assert!(section == "do" && told.unwrap().starts_with("Refuse the extension · 孙敏"), "the newer news");
    assert_eq!(of(&w, "ying", &hazard).await, news("read", "Refuse the extension"), "in the place of the older one");

    w.days_pass(11).await;
    assert_eq!(of(&w, "sun", &hazard).await.0, "watch", "overdue");
    assert_eq!(of(&w, "ying", &hazard).await, news("read", "Fall overdue"));
    assert_eq!(of(&w, "stranger", &hazard).await.0, "");
}

#[tokio::test]
async fn a_notice_is_read_when_it_is_opened_or_marked() {
    let w = World::new().await;
    for _ in 0..2 {
        w.closed().await;
    }
    w.follow().await;
    let wei = w.wei().await;
    let told = inbox(&wei).await["notices"].clone();
    let [second, first] = told.as_array().unwrap().as_slice() else { panic!("two: {told}") };
    assert!(first["at"].as_str() < second["at"].as_str(), "newest first");
    let address = format!("/notices/{}", second["id"].as_str().unwrap());
    wei.get("/").await.is(200, &address).is(200, "Mark all as read");
    let opened = wei.get(&address).await;
    let thing = format!("/hazards/{}", second["thing"].as_str().unwrap());
    assert_eq!((opened.status, opened.headers["location"].to_str().unwrap()), (303, thing.as_str()));
    assert_eq!(inbox(&wei).await["notices"].as_array().unwrap().len(), 1);
    let act = format!("/api/v1/notices/{}/acts", first["id"].as_str().unwrap());
    w.ying().await.post(&act, json!({"verb": "read"})).await.is(404, "not_found");
    wei.post(&act, json!({"verb": "burn"})).await.is(422, "");
    wei.post(&act, json!({"verb": "read"})).await.is(200, "\"state\":\"read\"");
    wei.get("/").await.is(200, "Nothing waits for you");
    wei.get("/notices").await.is(200, "Close out").is(200, "Read");
    assert_eq!(wei.get("/api/v1/notices?state=unread").await.json()["items"], json!([]));
}

#[tokio::test]
async fn all_are_marked_at_once_but_not_what_came_since() {
    let w = World::new().await;
    w.closed().await;
    w.closed().await;
    w.follow().await;
    let ying = w.ying().await;
    let newest = inbox(&ying).await["notices"][0]["id"].as_str().unwrap().to_owned();
    w.closed().await;
    w.follow().await;
    ying.send_form(&format!("/notices/{newest}"), &[("verb", "read_all")]).await.is(303, "");
    assert_eq!(inbox(&ying).await["notices"].as_array().unwrap().len(), 1, "what has come since is unread");
}

#[tokio::test]
async fn what_is_overdue_stands_first() {
    let w = World::new().await;
    let [late, soon] = [w.hazard("晚").await, w.hazard("早").await];
    w.ying().await.act(&soon, json!({"verb": "order", "due": "2023-06-29"})).await.is(200, "");
    w.ying().await.act(&late, json!({"verb": "order", "due": "2023-06-16"})).await.is(200, "");
    w.days_pass(5).await;
    let inbox = inbox(&w.wei().await).await;
    let jobs = inbox["groups"][0]["jobs"].as_array().unwrap();
    let lines: Vec<_> =
        jobs.iter().map(|j| (j["title"].as_str().unwrap(), j["due"].as_str(), j["late"].as_bool())).collect();
    assert_eq!(lines, [("晚", Some("2023-06-16"), Some(true)), ("早", Some("2023-06-29"), Some(false))]);
}

/// The groups of an inbox, by title, and what is to be read, by what was done.
async fn groups_and_news(w: &World, login: &str) -> (Vec<String>, Vec<String>) {
    let inbox = w.person(login).await.get("/api/v1/inbox").await.json();
    let of = |list: &str, name: &str| {
        let all = inbox[list].as_array().unwrap().iter();
        all.map(|x| x[name].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    (of("groups", "title"), of("notices", "did"))
}

#[tokio::test]
async fn targets_and_returns_wait_or_are_told_and_never_both() {
    let w = World::new().await;
    crate::progress::cement(&w).await;
    w.follow().await;
    let (groups, news) = groups_and_news(&w, "sun").await;
    assert!(groups.contains(&"Targets to accept".to_owned()) && news.is_empty(), "{groups:?} {news:?}");
    let target = w.sun().await.get("/api/v1/targets?measure=inspect").await.json()["items"][0]["id"].clone();
    let acts = format!("/api/v1/targets/{}/acts", target.as_str().unwrap());
    w.sun().await.post(&acts, json!({"verb": "return", "why": "只有 8 家"})).await.is(200, "returned");
    w.follow().await;
    let (groups, news) = groups_and_news(&w, "qian").await;
    assert!(groups.contains(&"Targets sent back from below".to_owned()), "{groups:?}");
    assert!(!news.contains(&"Send back".to_owned()), "what waits is not told beside: {news:?}");
    let version =
        w.qian().await.get(&format!("/api/v1/targets/{}", target.as_str().unwrap())).await.json()["version"].clone();
    let change = json!({"verb": "change", "total": 8, "why": "按实际核减", "version": version});
    w.qian().await.post(&acts, change).await.is(200, "assigned");
    w.sun().await.post(&acts, json!({"verb": "accept"})).await.is(200, "accepted");
    let withdraw = json!({"verb": "withdraw", "why": "另行下达"});
    w.qian().await.post(&acts, withdraw).await.is(200, "withdrawn");
    w.follow().await;
    let (_, news) = groups_and_news(&w, "sun").await;
    assert_eq!(news, ["Withdraw"], "the newest word on it, once");
}

#[tokio::test]
async fn a_day_that_is_near_is_said_ahead_of_time_with_what_is_missing() {
    let w = World::new().await;
    assert!(!groups_and_news(&w, "zhao").await.0.contains(&"Days that are near".to_owned()));
    w.days_pass(70).await;
    let inbox = w.person("zhao").await.get("/api/v1/inbox").await.json();
    let near = inbox["groups"].as_array().unwrap().iter().find(|g| g["title"] == "Days that are near").unwrap().clone();
    let summary =
        near["jobs"].as_array().unwrap().iter().find(|j| j["title"].as_str().unwrap().contains("periodic")).unwrap();
    assert!(summary["chip"].as_str().unwrap().contains("days left"), "{summary}");
    let path = format!("/api/v1/milestones?campaign={}", w.house.campaign);
    let all = w.person("zhao").await.get(&path).await.is(200, "items").json();
    let silent = |code: &str| {
        let found = all["items"].as_array().unwrap().iter().find(|m| m["code"] == code).unwrap();
        found["silent"].as_array().unwrap().len()
    };
    assert!(silent("investigation_done") > 0, "the cities have not submitted the interim table: {all}");
}
