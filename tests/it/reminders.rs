//! The ladder over lower offices: proposed by rules, decided by a person, answered, climbed.

use crate::world::{World, new_id};
use serde_json::{Value, json};

/// A world in which Zhengding has left three hazards overdue for longer than the rule of the pack allows.
async fn behind() -> World {
    let w = World::new().await;
    for what in ["记录不全", "标识不符", "未经检验出厂"] {
        let hazard = w.hazard(what).await;
        w.ying().await.act(&hazard, json!({"verb": "order", "due": "2023-06-16"})).await.is(200, "ordered");
    }
    w.days_pass(12).await;
    assert_eq!(all(&w, "qian").await, json!([]), "ten days over are not more than ten");
    w.days_pass(1).await;
    w
}

async fn all(w: &World, login: &str) -> Value {
    let page = w.person(login).await.get("/api/v1/reminders").await;
    page.is(200, "items").json()["items"].clone()
}

/// The newest step on this ground, by id and as it is.
async fn newest(w: &World) -> (String, Value) {
    let all = all(w, "qian").await;
    let overdue = all.as_array().unwrap().iter().find(|r| r["rule"] == "overdue_county").unwrap().clone();
    (overdue["id"].as_str().unwrap().to_owned(), overdue)
}

fn stands(step: &Value) -> (&str, &str) {
    (step["rung"].as_str().unwrap(), step["state"].as_str().unwrap())
}

async fn act(w: &World, login: &str, id: &str, act: Value) -> crate::world::Reply {
    w.person(login).await.post(&format!("/api/v1/reminders/{id}/acts"), act).await
}

async fn section(w: &World, login: &str, id: &str) -> Option<String> {
    let inbox = w.person(login).await.get("/api/v1/inbox").await.json();
    let holds = |group: &&Value| group["jobs"].as_array().unwrap().iter().any(|job| job["thing"] == id);
    let group = inbox["groups"].as_array().unwrap().iter().find(holds).cloned();
    group.map(|g| g["section"].as_str().unwrap().to_owned())
}

const ISSUE: &str = "逐项核查，按期回复。";

#[tokio::test]
async fn who_is_behind_is_proposed_to_the_office_above_and_to_nobody_else() {
    let w = behind().await;
    let (id, step) = newest(&w).await;
    assert_eq!(
        (stands(&step), step["amount"].as_i64(), step["measure"].as_str()),
        (("reminder", "proposed"), Some(3), Some("overdue"))
    );
    assert_eq!(step["items"].as_str().unwrap().split(' ').count(), 3, "the facts it rests on");
    assert_eq!(section(&w, "qian", &id).await.as_deref(), Some("approve"));
    for login in ["sun", "tang"] {
        assert_eq!(all(&w, login).await, json!([]), "{login}: nobody is told of what is only proposed");
        w.person(login).await.get(&format!("/api/v1/reminders/{id}")).await.is(404, "not_found");
    }
    assert!(!w.sun().await.get("/api/v1/events").await.body.contains(&id));
    w.ying().await.get("/api/v1/reminders").await.is(403, "forbidden");
    w.wei().await.get("/reminders").await.is(403, "");
    w.days_pass(1).await;
    w.follow().await;
    assert_eq!(all(&w, "qian").await.as_array().unwrap().len(), 1, "one step for one ground");
    w.qian().await.get("/reminders").await.is(200, "Hazards overdue").is(200, "Zhengding");
    w.qian().await.get(&format!("/reminders/{id}")).await.is(200, "Issue the reminder").is(200, "标识不符");
}

#[tokio::test]
async fn a_reminder_is_issued_answered_and_accepted() {
    let w = behind().await;
    let (id, _) = newest(&w).await;
    act(&w, "qian", &id, json!({"verb": "issue", "demand": " "})).await.is(422, "required");
    act(&w, "qian", &id, json!({"verb": "issue", "demand": ISSUE, "due": "2023-06-27"}))
        .await
        .is(422, "reminders.due_past");
    act(&w, "qian", &id, json!({"verb": "issue", "demand": ISSUE})).await.is(200, "\"due\":\"2023-07-04\"");
    w.follow().await;
    assert_eq!(section(&w, "sun", &id).await.as_deref(), Some("answer"));
    assert_eq!(section(&w, "qian", &id).await, None, "the ball is in the other court");
    let papers = w.sun().await.get(&format!("/api/v1/documents?thing={id}")).await.json();
    let letter = papers["items"][0].clone();
    assert_eq!(
        (letter["form"].as_str(), letter["party"].as_str()),
        (Some("reminder_letter"), Some("正定县市场监督管理局"))
    );
    assert!(letter["number"].as_str().unwrap().starts_with("石家庄市监督提〔2023〕1号"), "{letter}");
    let pdf = w.sun().await.get(&format!("/api/v1/documents/{}/pdf", letter["id"].as_str().unwrap())).await;
    assert!(pdf.status == 200 && pdf.bytes.starts_with(b"%PDF"), "{}", pdf.status);

    act(&w, "qian", &id, json!({"verb": "answer", "answer": "x"})).await.is(422, "reminders.not_yours");
    act(&w, "sun", &id, json!({"verb": "accept"})).await.is(422, "reminders.not_now");
    act(&w, "sun", &id, json!({"verb": "answer", "answer": "已逐项督办，七月十日前办结。"}))
        .await
        .is(200, "\"answered\"");
    w.follow().await;
    assert_eq!(section(&w, "qian", &id).await.as_deref(), Some("approve"));
    act(&w, "qian", &id, json!({"verb": "accept"})).await.is(200, "\"ended\"");
    w.follow().await;
    let told = w.sun().await.get("/api/v1/inbox").await.json();
    let told = told["notices"].as_array().unwrap().iter().find(|n| n["thing"] == id).cloned().unwrap();
    assert_eq!(told["did"], "Accept the answer");
    w.days_pass(9).await;
    assert_eq!(stands(&newest(&w).await.1), ("reminder", "ended"), "a promise has its days");
    w.days_pass(1).await;
    let (next, step) = newest(&w).await;
    assert_eq!(
        (stands(&step), step["previous"].as_str()),
        (("talk", "proposed"), Some(id.as_str())),
        "it did not help"
    );
    assert_ne!(next, id);
}

#[tokio::test]
async fn what_is_not_answered_climbs_rung_by_rung() {
    let w = behind().await;
    let (first, _) = newest(&w).await;
    act(&w, "qian", &first, json!({"verb": "issue", "demand": ISSUE})).await.is(200, "issued");
    w.days_pass(7).await;
    assert_eq!(stands(&newest(&w).await.1), ("reminder", "issued"), "the last day is not over");
    w.days_pass(1).await;
    let (talk, step) = newest(&w).await;
    assert_eq!(stands(&step), ("talk", "proposed"));
    let before = w.sun().await.get(&format!("/api/v1/reminders/{first}")).await.json();
    assert_eq!(stands(&before), ("reminder", "climbed"));
    act(&w, "sun", &first, json!({"verb": "answer", "answer": "迟了"})).await.is(422, "reminders.not_now");

    act(&w, "qian", &talk, json!({"verb": "issue", "demand": ISSUE})).await.is(422, "reminders.talk_missing");
    let early = json!({"verb": "issue", "demand": ISSUE, "talk_at": "2023-07-01T09:00", "talk_place": "会议室"});
    act(&w, "qian", &talk, early).await.is(422, "reminders.talk_past");
    let call = json!({"verb": "issue", "demand": ISSUE, "talk_at": "2023-07-07T09:00", "talk_place": "三楼会议室"});
    act(&w, "qian", &talk, call).await.is(200, "issued");
    act(&w, "sun", &talk, json!({"verb": "answer", "answer": "来信说明"})).await.is(422, "reminders.talk_is_held");
    let held = json!({"verb": "hold", "participants": "孙敏（正定县局）", "answer": "月底前全部销号"});
    act(&w, "qian", &talk, held.clone()).await.is(422, "reminders.talk_before");
    w.days_pass(3).await;
    act(&w, "qian", &talk, held).await.is(200, "answered");
    let papers = w.qian().await.get(&format!("/api/v1/documents?thing={talk}")).await.json();
    let forms: Vec<_> = papers["items"].as_array().unwrap().iter().map(|d| d["form"].as_str().unwrap()).collect();
    assert_eq!(forms, ["talk_record", "talk_notice"]);
    act(&w, "qian", &talk, json!({"verb": "reject", "why": "没有完成时限"})).await.is(200, "rejected");
    w.days_pass(1).await;
    let (circular, step) = newest(&w).await;
    assert_eq!(stands(&step), ("circular", "proposed"));
    act(&w, "qian", &circular, json!({"verb": "issue", "demand": ISSUE})).await.is(200, "issued");
    act(&w, "qian", &circular, json!({"verb": "hold", "participants": "x", "answer": "x"}))
        .await
        .is(422, "reminders.not_a_talk");
    w.days_pass(15).await;
    assert_eq!(stands(&newest(&w).await.1), ("circular", "unanswered"), "nothing is above a circular");
    act(&w, "qian", &circular, json!({"verb": "lift", "why": "已另行处理"})).await.is(200, "lifted");
}

#[tokio::test]
async fn a_proposal_is_dismissed_with_a_reason_or_goes_with_its_ground() {
    let w = behind().await;
    let (id, _) = newest(&w).await;
    act(&w, "qian", &id, json!({"verb": "dismiss", "why": ""})).await.is(422, "required");
    act(&w, "qian", &id, json!({"verb": "dismiss", "why": "三项均在同一企业，已现场督办"})).await.is(200, "dismissed");
    w.days_pass(9).await;
    assert_eq!(stands(&newest(&w).await.1), ("reminder", "dismissed"));
    w.days_pass(1).await;
    assert_eq!(stands(&newest(&w).await.1), ("reminder", "proposed"), "it may come again");
    let overdue = w.sun().await.get("/api/v1/hazards?overdue=1").await.json();
    let one = overdue["items"][0]["id"].as_str().unwrap().to_owned();
    let photo = w.wei().await.photo("after").await;
    let report = json!({"verb": "submit", "measure": "补齐", "evidence": [photo]});
    w.wei().await.post(&format!("/api/v1/hazards/{one}/acts"), report).await.is(200, "submitted");
    w.days_pass(1).await;
    assert_eq!(stands(&newest(&w).await.1), ("reminder", "vanished"), "two are not three");
}

#[tokio::test]
async fn the_pages_do_what_the_api_does() {
    let w = behind().await;
    let (id, _) = newest(&w).await;
    let page = format!("/reminders/{id}");
    let qian = w.qian().await;
    qian.press(&page, &[("verb", "issue"), ("demand", ""), ("due", "")]).await.is(422, "aria-invalid");
    qian.press(&page, &[("verb", "issue"), ("demand", ISSUE), ("due", "")]).await.is(303, "");
    qian.get(&page).await.is(200, "Awaiting an answer").is(200, "督提");
    let sun = w.sun().await;
    sun.get("/").await.is(200, "Asked by the office above: to answer");
    sun.press(&page, &[("verb", "answer"), ("answer", "已办")]).await.is(303, "");
    qian.press(&page, &[("verb", "accept"), ("why", "")]).await.is(303, "");
    sun.get(&page).await.is(200, "Accepted").is(200, "已办");
    sun.get("/reminders?state=ended").await.is(200, "Hazards overdue");
}

#[tokio::test]
async fn whoever_leads_reminds_a_laggard_from_the_board_without_waiting() {
    let w = World::new().await;
    crate::progress::cement(&w).await;
    w.days_pass(10).await;
    let (qian, office) = (w.qian().await, w.office("130123").await);
    let page = format!("/reminders/new?campaign={}&office={office}", w.house.campaign);
    qian.get(&page).await.is(200, "Inspections are behind the plan").is(200, "name=\"demand\"");
    let id = new_id();
    let press = async |who: &str, demand: &str| {
        let campaign = w.house.campaign.to_string();
        let fields = [("id", id.as_str()), ("campaign", &campaign), ("office", &office), ("rule", "plan_county")];
        let rest = [("verb", "issue"), ("demand", demand), ("due", "")];
        w.person(who).await.send_form("/reminders/new", &[&fields[..], &rest].concat()).await
    };
    press("qian", " ").await.is(422, "aria-invalid");
    assert!(all(&w, "qian").await.as_array().unwrap().iter().all(|r| r["rule"] != "plan_county"), "both or neither");
    press("zhao", ISSUE).await.is(422, "just below");
    press("sun", ISSUE).await.is(403, "");
    press("qian", ISSUE).await.is(303, "");
    let step = qian.get(&format!("/api/v1/reminders/{id}")).await.is(200, "issued").json();
    assert_eq!((step["rung"].as_str(), step["amount"].as_i64()), (Some("reminder"), Some(0)));
    qian.get(&format!("/reminders/{id}")).await.is(200, "Cement");
    let new = json!({"campaign": w.house.campaign, "office": office, "rule": "plan_county"});
    qian.put(&format!("/api/v1/reminders/{}", new_id()), new).await.is(422, "reminders.under_way");
    let none = json!({"campaign": w.house.campaign, "office": office, "rule": "overdue_county"});
    qian.put(&format!("/api/v1/reminders/{}", new_id()), none).await.is(422, "reminders.nothing_behind");
    qian.get(&page).await.is(200, "Under way");
}

#[tokio::test]
async fn targets_and_returns_have_their_rungs_too() {
    let w = World::new().await;
    crate::progress::cement(&w).await;
    w.days_pass(6).await;
    let rules = async |login: &str| {
        let all = all(&w, login).await;
        let mut rules: Vec<_> =
            all.as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap().to_owned()).collect();
        rules.sort();
        rules
    };
    assert_eq!(rules("qian").await, ["unaccepted_county"], "five days over, six are too many");
    w.sun().await.get("/api/v1/targets").await.is(200, "assigned");
    let targets = w.sun().await.get("/api/v1/targets").await.json();
    for target in targets["items"].as_array().unwrap() {
        let accept = json!({"verb": "accept"});
        w.sun()
            .await
            .post(&format!("/api/v1/targets/{}/acts", target["id"].as_str().unwrap()), accept)
            .await
            .is(200, "");
    }
    w.days_pass(10).await;
    let step = newest_on(&w, "qian", "unaccepted_county").await;
    assert_eq!(step["state"], "vanished");
    let plan = newest_on(&w, "qian", "plan_county").await;
    assert_eq!((plan["state"].as_str(), plan["amount"].as_i64()), (Some("proposed"), Some(0)));
    let page = format!("/reminders/{}", plan["id"].as_str().unwrap());
    w.qian().await.get(&page).await.is(200, "Cement").is(200, "below 80% of what should be done");
    // June is to be reported by 5 July; two days over are not more than two
    w.days_pass(7).await;
    assert!(!rules("qian").await.contains(&"silent_county".to_owned()));
    w.days_pass(1).await;
    let silent = newest_on(&w, "qian", "silent_county").await;
    assert_eq!((silent["state"].as_str(), silent["items"].as_str()), (Some("proposed"), Some("monthly-2023-06")));
    let page = format!("/reminders/{}", silent["id"].as_str().unwrap());
    w.qian().await.get(&page).await.is(200, "Not submitted");
}

/// The newest step for Zhengding on this ground.
async fn newest_on(w: &World, login: &str, rule: &str) -> Value {
    let (all, office) = (all(w, login).await, w.office("130123").await);
    let on = all.as_array().unwrap().iter().find(|r| r["rule"] == rule && r["office"] == json!(office));
    on.unwrap_or_else(|| panic!("nothing by {rule} in {all}")).clone()
}
