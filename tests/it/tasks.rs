//! Tasks: from a list, a ranking or a draw to the visit that finishes them; meetings, task forces.
//!
//! Clauses: S-1a, S-2b, T1-2.

use crate::{
    visits::record,
    world::{Person, Reply, World, new_id},
};
use paicha::reference::identifiers;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Visits to everybody in the county, for Ying and Bo in turn.
async fn asked(w: &World, way: &str) -> Value {
    let (ying, bo) = (w.account("ying").await, w.account("bo").await);
    json!({"campaign": w.house.campaign, "way": way, "owners": [ying, bo], "due": "2023-06-28"})
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn assign(sun: &Person<'_>, id: &str, body: Value) -> Reply {
    sun.put(&format!("/api/v1/assignments/{id}"), body).await
}

async fn tasks(who: &Person<'_>, filter: &str) -> Vec<Value> {
    let page = who.get(&format!("/api/v1/tasks?limit=200{filter}")).await;
    page.is(200, "items").json()["items"].as_array().unwrap().clone()
}

/// The task to visit Hengda.
async fn of_hengda(w: &World) -> Value {
    let hengda = w.house.hengda.to_string();
    let found = tasks(&w.sun().await, &format!("&enterprise={hengda}&sort=-made")).await;
    found.into_iter().next().unwrap()
}

async fn act(who: &Person<'_>, task: &Value, act: Value) -> Reply {
    who.post(&format!("/api/v1/tasks/{}/acts", task["id"].as_str().unwrap()), act).await
}

#[tokio::test]
async fn full_coverage_goes_to_everybody_once_and_each_visit_is_planned() {
    let w = World::new().await;
    let (sun, id) = (w.sun().await, new_id());
    let seen = sun.post("/api/v1/assignments/preview", asked(&w, "full").await).await;
    seen.is(200, "属于全覆盖范围");
    assert_eq!((seen.json()["chosen"].clone(), seen.json()["left_out"].clone()), (json!(2), json!(0)));
    assert!(tasks(&sun, "").await.is_empty(), "a preview makes nothing");

    assign(&sun, &id, asked(&w, "full").await).await.is(200, "\"made\":2").is(200, "\"state\":\"made\"");
    assign(&sun, &id, asked(&w, "full").await).await.is(200, "\"made\":2");
    assign(&sun, &id, with(asked(&w, "full").await, json!({"due": "2023-06-29"}))).await.is(409, "other_content");
    let made = tasks(&sun, &format!("&assignment={id}")).await;
    assert_eq!(made.len(), 2);
    let owners: Vec<&str> = made.iter().map(|t| t["owner"].as_str().unwrap()).collect();
    assert_ne!(owners[0], owners[1], "in turn");
    for task in &made {
        assert_eq!(
            (&task["way"], &task["kind"], &task["due"]),
            (&json!("full"), &json!("visit"), &json!("2023-06-28"))
        );
        let visit = sun.get(&format!("/api/v1/inspections/{}", task["visit"].as_str().unwrap())).await;
        visit.is(200, "\"planned\"").is(200, task["owner"].as_str().unwrap());
    }
    // whoever has a task is left out, whatever the way
    let again = sun.post("/api/v1/assignments/preview", asked(&w, "full").await).await;
    again.is(200, "\"tasked\"").is(200, "\"chosen\":0");
    assign(&sun, &new_id(), asked(&w, "full").await).await.is(422, "assignments.nobody");
    sun.get("/api/v1/tasks?way=draw").await.is(200, "\"items\":[]");
    w.lin().await.get(&format!("/api/v1/tasks?assignment={id}")).await.is(200, "full");
    w.stranger().await.get(&format!("/api/v1/assignments/{id}")).await.is(404, "not_found");
    w.wei().await.get(&format!("/api/v1/tasks/{}", made[0]["id"].as_str().unwrap())).await.is(404, "not_found");
}

#[tokio::test]
async fn each_way_asks_for_what_it_needs_and_for_nothing_else() {
    let w = World::new().await;
    let (sun, id) = (w.sun().await, new_id());
    let try_it = async |body: Value| assign(&sun, &id, body).await;
    try_it(with(asked(&w, "full").await, json!({"wanted": 1}))).await.is(422, "assignments.all_of_them");
    try_it(asked(&w, "risk").await).await.is(422, "required").is(422, "wanted");
    try_it(asked(&w, "list").await).await.is(422, "required").is(422, "names");
    try_it(with(asked(&w, "full").await, json!({"owners": []}))).await.is(422, "owners");
    try_it(with(asked(&w, "full").await, json!({"owners": [w.account("sun").await]}))).await.is(422, "not_an_owner");
    try_it(with(asked(&w, "full").await, json!({"owners": [w.account("stranger").await]})))
        .await
        .is(422, "not_a_choice");
    try_it(with(asked(&w, "full").await, json!({"due": "2023-06-01"}))).await.is(422, "tasks.due_past");
    try_it(with(asked(&w, "full").await, json!({"products": ["7777"]}))).await.is(422, "products");
    try_it(with(asked(&w, "full").await, json!({"tag": "nice"}))).await.is(422, "tag");
    assign(&w.ying().await, &id, asked(&w, "full").await).await.is(403, "forbidden");
    assert!(tasks(&sun, "").await.is_empty());
}

#[tokio::test]
async fn by_risk_the_worst_comes_first_with_its_reasons() {
    let w = World::new().await;
    w.ordered().await;
    w.ordered().await;
    let (sun, id) = (w.sun().await, new_id());
    assign(&sun, &id, with(asked(&w, "risk").await, json!({"wanted": 1}))).await.is(200, "\"made\":1");
    let made = tasks(&sun, &format!("&assignment={id}")).await;
    assert_eq!(made[0]["enterprise"], json!(w.house.hengda));
    let reasons = made[0]["reasons"].to_string();
    assert!(reasons.contains("未销号隐患 2 项") && reasons.contains("\"points\":10"), "{reasons}");
    let lines = sun.get(&format!("/api/v1/assignments/{id}/lines")).await;
    lines.is(200, "not_reached").is(200, "Urban-rural fringe or rural market");
    let page = sun.get("/tasks").await;
    page.is(200, "Open hazards 2 hazard(s) +10").is(200, "By risk");
}

#[tokio::test]
async fn a_draw_is_drawn_from_a_frozen_list_by_a_public_seed() {
    let w = World::new().await;
    let (sun, id) = (w.sun().await, new_id());
    let body = with(asked(&w, "draw").await, json!({"wanted": 1, "seed": "2023-06-14 正定"}));
    let seen = sun.post("/api/v1/assignments/preview", body.clone()).await;
    seen.is(200, "\"listed\":2").is(200, "\"chosen\":1");
    assert!(!seen.body.contains("\"outcome\":\"chosen\""), "a preview does not draw");
    let made = assign(&sun, &id, body).await;
    made.is(200, "2023-06-14 正定").is(200, "\"chosen\":1");
    let list = sun.get(&format!("/assignments/{id}/list.txt")).await;
    let digest = paicha::kernel::secret::sha256(list.is(200, "\n").body.as_bytes());
    assert_eq!((&made.json()["list_digest"], &seen.json()["list_digest"]), (&json!(digest), &json!(digest)));
    let lot = |id: &str| paicha::kernel::secret::sha256(format!("2023-06-14 正定\n{id}").as_bytes());
    let drawn = list.body.lines().min_by_key(|id| lot(id)).unwrap();
    assert_eq!(tasks(&sun, "&way=draw").await[0]["enterprise"], json!(drawn));
    sun.get(&format!("/assignments/{id}")).await.is(200, "Download the list").is(200, "Drawn by lot");
}

#[tokio::test]
async fn a_list_says_whom_it_does_not_find() {
    let w = World::new().await;
    let (sun, id) = (w.sun().await, new_id());
    let names = json!({"names": ["正定恒达水泥有限公司", "没有这家厂", "正定恒达水泥有限公司"]});
    assign(&sun, &id, with(asked(&w, "list").await, names)).await.is(200, "\"made\":1").is(200, "\"left_out\":1");
    sun.get(&format!("/api/v1/assignments/{id}/lines")).await.is(200, "没有这家厂").is(200, "unknown");
}

#[tokio::test]
async fn any_visit_finishes_the_task_and_nobody_goes_twice() {
    let w = World::new().await;
    let (sun, ying) = (w.sun().await, w.ying().await);
    assign(&sun, &new_id(), asked(&w, "full").await).await.is(200, "made");
    let task = of_hengda(&w).await;
    // an unplanned visit, not the one that was planned for the task
    let visit = new_id();
    ying.put(&format!("/api/v1/inspections/{visit}"), record(&w, &[]).await).await.is(200, "done");
    w.follow().await;
    let done = of_hengda(&w).await;
    assert_eq!((&done["state"], &done["visit"]), (&json!("done"), &json!(visit)));
    let planned = task["visit"].as_str().unwrap();
    sun.get(&format!("/api/v1/inspections/{planned}")).await.is(200, "cancelled");
    w.follow().await;
    assert_eq!(of_hengda(&w).await["state"], json!("done"), "the needless visit leaves it done");
    let seen = sun.post("/api/v1/assignments/preview", asked(&w, "full").await).await;
    seen.is(200, "\"visited\"");
    // what turned out to be no proper visit is done again
    act(&ying, &done, json!({"verb": "reopen", "due": "2023-07-10", "why": "检查不实"})).await.is(403, "forbidden");
    let again = act(&sun, &done, json!({"verb": "reopen", "due": "2023-07-10", "why": "检查不实"})).await;
    again.is(200, "\"assigned\"");
    assert_ne!(again.json()["visit"], json!(visit));
    w.follow().await;
    assert_eq!(of_hengda(&w).await["state"], json!("assigned"), "what was seen before does not count");
}

#[tokio::test]
async fn task_and_visit_go_over_together_and_come_back_together() {
    let w = World::new().await;
    let sun = w.sun().await;
    assign(&sun, &new_id(), asked(&w, "full").await).await.is(200, "made");
    let task = of_hengda(&w).await;
    let owner = task["owner"].as_str().unwrap().to_owned();
    let mine = if owner == w.account("ying").await { w.ying().await } else { w.bo().await };
    let visit = format!("/api/v1/inspections/{}", task["visit"].as_str().unwrap());
    act(&mine, &task, json!({"verb": "finish", "result": "看过了"})).await.is(422, "tasks.visit_does_it");
    act(&w.hua().await, &task, json!({"verb": "return", "why": "不归我"})).await.is(422, "tasks.not_yours");
    act(&mine, &task, json!({"verb": "return", "why": "需要有电力专业的同事"})).await.is(200, "returned");
    sun.get("/").await.is(200, "Returned, to be reassigned").is(200, "需要有电力专业的同事");
    let hua = w.account("hua").await;
    act(&sun, &task, json!({"verb": "reassign", "owner": hua})).await.is(200, "\"assigned\"").is(200, &hua);
    sun.get(&visit).await.is(200, &format!("\"lead\":\"{hua}\""));
    // the other way round: the visit is moved on its own page
    let moved = json!({"verb": "move", "planned_for": "2023-06-20", "lead": owner});
    sun.post(&format!("{visit}/acts"), moved).await.is(200, &owner);
    w.follow().await;
    assert_eq!(of_hengda(&w).await["owner"], json!(owner));
    sun.post(&format!("{visit}/acts"), json!({"verb": "cancel", "why": "企业停产检修"})).await.is(200, "cancelled");
    w.follow().await;
    let back = of_hengda(&w).await;
    assert_eq!(
        (&back["state"], &back["reason"], &back["visit"]),
        (&json!("returned"), &json!("企业停产检修"), &Value::Null)
    );
    let again = act(&sun, &back, json!({"verb": "reassign", "owner": hua})).await;
    let again = again.is(200, "\"assigned\"").json();
    let withdrawn = act(&sun, &again, json!({"verb": "withdraw", "why": "企业已关闭"})).await;
    withdrawn.is(200, "withdrawn");
    sun.get(&format!("/api/v1/inspections/{}", again["visit"].as_str().unwrap())).await.is(200, "cancelled");
    w.follow().await;
    assert_eq!(of_hengda(&w).await["state"], json!("withdrawn"));
}

#[tokio::test]
async fn a_visit_task_is_one_thing_to_do_and_late_ones_are_marked() {
    let w = World::new().await;
    assign(&w.sun().await, &new_id(), asked(&w, "full").await).await.is(200, "made");
    let home = w.ying().await.get("/").await;
    let times = home.is(200, "Visits to make").body.matches("正定恒达水泥有限公司</a>").count();
    assert_eq!(times, 1);
    assert!(!home.body.contains("Tasks to do"));
    w.days_pass(20).await;
    w.sun().await.get("/").await.is(200, "Overdue tasks").is(200, "正定恒达水泥有限公司");
    assert_eq!(tasks(&w.sun().await, "&overdue=1").await.len(), 2);
    w.sun().await.get("/tasks?overdue=1&sort=due").await.is(200, "Overdue");
    let sheet = w.sun().await.get("/tasks.csv").await;
    sheet.is(200, "Full coverage").is(200, "yes");
}

#[tokio::test]
async fn what_a_meeting_decides_is_a_task_and_the_minutes_are_a_document() {
    let w = World::new().await;
    let (qian, id, county) = (w.qian().await, new_id(), w.account("sun").await);
    let body = json!({
        "campaign": w.house.campaign, "title": "专项行动第一次调度会议", "at": "2023-06-14T08:30:00+08:00",
        "place": "视频会议", "presiding": "钱程", "participants": ["孙敏", "应红"], "discussed": "听取各县进度汇报。",
        "decisions": [
            {"title": "一周内完成水泥企业排查", "owner": county, "due": "2023-06-21"},
            {"title": "通报逾期未整改企业", "due": "2023-06-25"},
        ],
    });
    let path = format!("/api/v1/meetings/{id}");
    w.ying().await.put(&path, body.clone()).await.is(403, "forbidden");
    qian.put(&path, with(body.clone(), json!({"at": "2023-06-15T08:30:00+08:00"}))).await.is(422, "not_held_yet");
    qian.put(&path, body.clone()).await.is(200, "recorded").is(200, "\"decisions\":2");
    qian.put(&path, body).await.is(200, "recorded");
    assert_eq!(tasks(&qian, &format!("&meeting={id}")).await.len(), 2);
    let acts = format!("{path}/acts");
    qian.post(&acts, json!({"verb": "decide", "title": "上报典型案例", "due": "2023-06-30"}))
        .await
        .is(200, "\"decisions\":3");
    let sun = w.sun().await;
    sun.get("/").await.is(200, "Tasks to do").is(200, "一周内完成水泥企业排查");
    let mine = tasks(&sun, &format!("&owner={county}")).await;
    let task = mine.first().unwrap();
    assert_eq!(mine.len(), 1);
    act(&sun, task, json!({"verb": "withdraw", "why": "做不了"})).await.is(422, "tasks.not_handed_out_here");
    act(&sun, task, json!({"verb": "report", "note": "已完成一半"})).await.is(200, "assigned");
    act(&qian, task, json!({"verb": "finish", "result": "完成"})).await.is(422, "tasks.not_yours");
    act(&sun, task, json!({"verb": "finish", "result": " "})).await.is(422, "required");
    act(&sun, task, json!({"verb": "finish", "result": "辖区水泥企业已全部排查"})).await.is(200, "done");
    sun.post(&acts, json!({"verb": "issue"})).await.is(404, "not_found");
    let issued = qian.post(&acts, json!({"verb": "issue"})).await;
    issued.is(200, "issued").is(200, "石家庄市监纪要〔2023〕1号");
    qian.post(&acts, json!({"verb": "decide", "title": "再议", "due": "2023-06-30"})).await.is(422, "meetings.not_now");
    let page = qian.get(&format!("/meetings/{id}")).await;
    page.is(200, "石家庄市监纪要〔2023〕1号").is(200, "辖区水泥企业已全部排查");
    let found = qian.get("/api/v1/documents?form=meeting_minutes").await.is(200, "items").json();
    let document = found["items"][0]["id"].as_str().unwrap();
    let pdf = qian.get(&format!("/api/v1/documents/{document}/pdf")).await;
    assert!(pdf.bytes.starts_with(b"%PDF"), "{}", pdf.status);
}

#[tokio::test]
async fn an_office_names_somebody_for_what_is_handed_to_it() {
    let w = World::new().await;
    let (zhao, id) = (w.person("zhao").await, new_id());
    let county = w.sun().await.get("/api/v1/tasks").await;
    county.is(200, "items");
    let office = offices(&w, "130123").await;
    let body =
        json!({"campaign": w.house.campaign, "title": "核实一批投诉线索", "office": office, "due": "2023-06-20"});
    let path = format!("/api/v1/tasks/{id}");
    zhao.put(&path, body.clone()).await.is(200, "\"owner\":null");
    zhao.put(&path, body).await.is(200, "other");
    let ying = w.ying().await;
    ying.get("/").await.is(200, "核实一批投诉线索");
    w.stranger().await.get(&path).await.is(404, "not_found");
    let bo = w.account("bo").await;
    let task = json!({"id": id});
    act(&w.sun().await, &task, json!({"verb": "reassign", "owner": bo})).await.is(200, &bo);
    assert!(!ying.get("/").await.body.contains("核实一批投诉线索"));
    act(&w.bo().await, &task, json!({"verb": "finish", "result": "已核实，均不属实"})).await.is(200, "done");
    let page = zhao.get(&format!("/tasks/{id}")).await;
    page.is(200, "已核实，均不属实").is(200, "Reopen");
    w.follow().await;
    zhao.get("/api/v1/tasks?q=投诉线索").await.is(200, &id);
}

/// The id of the office with this code.
async fn offices(w: &World, code: &str) -> String {
    let code = code.to_owned();
    let find = move |tx: &mut paicha::kernel::db::Tx| paicha::people::store::office_by_code(tx, &code);
    w.app.db.read(find).await.unwrap().unwrap().id.to_string()
}

#[tokio::test]
async fn a_task_force_keeps_its_telephones_locked_and_records_each_look() {
    let w = World::new().await;
    let (sun, id) = (w.sun().await, new_id());
    let path = format!("/api/v1/task_forces/{id}");
    let body = json!({"campaign": w.house.campaign, "name": "正定县专项行动工作专班", "duty": "统筹排查治理"});
    w.ying().await.put(&path, body.clone()).await.is(403, "forbidden");
    sun.put(&path, body.clone()).await.is(200, "active");
    sun.put(&path, body.clone()).await.is(200, "active");
    sun.put(&format!("/api/v1/task_forces/{}", new_id()), body).await.is(422, "task_forces.one_each");
    let acts = format!("{path}/acts");
    let leader =
        json!({"verb": "add_member", "post": "leader", "account": w.account("sun").await, "phone": "13900000001"});
    sun.post(&acts, leader).await.is(200, "active");
    sun.post(&acts, json!({"verb": "add_member", "post": "member", "name": "何勇"})).await.is(422, "unit");
    let fire = json!({"verb": "add_member", "post": "liaison", "name": "何勇", "unit": "县消防救援大队", "phone": "13900000002"});
    sun.post(&acts, fire).await.is(200, "active");
    let shown = w.ying().await.get(&path).await;
    shown.is(200, "孙敏").is(200, "县消防救援大队").is(200, "••••");
    assert!(!shown.body.contains("13900000002"));
    let looked = w.ying().await.post(&format!("{path}/look"), json!({})).await;
    looked.is(200, "13900000002");
    w.wei().await.get(&path).await.is(404, "not_found");
    w.wei().await.post(&format!("{path}/look"), json!({})).await.is(403, "forbidden");
    let page = sun.get(&format!("/task-forces/{id}")).await;
    page.is(200, "Looked at the telephones").is(200, "应红");
    assert!(!page.body.contains("13900000002"));
    sun.send("POST", &format!("/task-forces/{id}/look"), None).await.is(200, "13900000002");
    let member = shown.json()["members"][1]["id"].clone();
    sun.post(&acts, json!({"verb": "remove_member", "member": member, "why": "岗位调整"})).await.is(200, "active");
    sun.post(&acts, json!({"verb": "disband", "why": "行动结束"})).await.is(200, "disbanded");
    sun.post(&acts, json!({"verb": "disband", "why": "行动结束"})).await.is(422, "task_forces.not_now");
}

#[tokio::test]
async fn what_a_stopped_process_has_left_is_finished_and_nothing_is_made_twice() {
    let w = World::new().await;
    for n in 0..70 {
        let name = paicha::kernel::secret::sha256(format!("{n}").as_bytes());
        let firm = json!({"name": name, "kind": "seller", "uscc": identifiers::make_uscc("130123", 100 + n), "region": "130123"});
        w.ying().await.put(&format!("/api/v1/enterprises/{}", new_id()), firm).await.is(200, "active");
    }
    let (at, house, ying) = (w.app.clock.now(), w.house.clone(), w.account("ying").await);
    // the process stops after the list is frozen: nothing is made yet
    let body = json!({"campaign": house.campaign, "way": "full", "owners": [ying], "due": "2023-06-28"});
    let id = paicha::kernel::AssignmentId::new(at);
    let frozen = w.app.db.write(move |tx| {
        let sun = paicha::accounts::acting(tx, "sun", at)?;
        let new = paicha::kernel::page::read_json(body.clone())?;
        paicha::tasks::assignments::assign(tx, &sun, id, &new)
    });
    assert_eq!(frozen.await.unwrap().made, 0);
    let sun = w.sun().await;
    assert!(tasks(&sun, "").await.is_empty());
    // … and once more after its first batch
    let batch = w.app.db.write(move |tx| {
        let sun = paicha::accounts::acting(tx, "sun", at)?;
        paicha::tasks::assignments::go_on(tx, &sun, id)
    });
    assert_eq!(batch.await.unwrap(), 50);
    assert_eq!(tasks(&sun, "").await.len(), 50);
    w.follow().await;
    w.follow().await;
    let made = tasks(&sun, "").await;
    let visited: BTreeSet<String> = made.iter().map(|t| t["enterprise"].to_string()).collect();
    assert_eq!((made.len(), visited.len()), (72, 72));
    sun.get(&format!("/api/v1/assignments/{id}")).await.is(200, "\"made\":72").is(200, "\"state\":\"made\"");
}

#[tokio::test]
async fn the_pages_assign_after_a_preview() {
    let w = World::new().await;
    let (sun, ying) = (w.sun().await, w.account("ying").await);
    let page = sun.get("/assignments/new").await;
    page.is(200, "Look first").is(200, "应红");
    let (id, campaign) = (new_id(), w.house.campaign.to_string());
    let fields = [
        ("id", id.as_str()),
        ("campaign", campaign.as_str()),
        ("way", "risk"),
        ("wanted", "1"),
        ("owners", ying.as_str()),
        ("sharing", "turn"),
        ("due", "2023-06-28"),
    ];
    let shown = sun.send_form("/assignments/new", &[&fields[..], &[("go", "preview")]].concat()).await;
    shown.is(200, "Assign these").is(200, "No visit on record");
    assert!(tasks(&sun, "").await.is_empty());
    let mut wrong = fields;
    wrong[3] = ("wanted", "0");
    sun.send_form("/assignments/new", &[&wrong[..], &[("go", "preview")]].concat()).await.is(422, "aria-invalid");
    let made = sun.send_form("/assignments/new", &[&fields[..], &[("go", "make")]].concat()).await;
    assert_eq!((made.status, made.headers["location"].to_str().unwrap()), (303, format!("/assignments/{id}").as_str()));
    sun.get(&format!("/assignments/{id}")).await.is(200, "1 / 1");
    w.ying().await.get("/assignments").await.is(200, "By risk");
    w.ying().await.get("/assignments/new").await.is(403, "");
    sun.get("/tasks/new").await.is(200, "Hand out");
    sun.get("/meetings/new").await.is(200, "Put on record");
}
