//! Visits: planned and unplanned, on paper and by page, from the first question to the order that is served.
//!
//! Clauses: T2-2b, T3-1a, T3-1b, T3-1c.

use crate::world::{Reply, World, new_id};
use paicha::demo::House;
use serde_json::{Value, json};

/// What Ying and Bo saw at Hengda, as a client sends it: all conforms but what `fails` names with a problem.
pub async fn record(w: &World, fails: &[(&str, &str)]) -> Value {
    record_by(&w.house, [&w.account("ying").await, &w.account("bo").await], fails)
}

/// … by these two inspectors.
pub fn record_by(house: &House, inspectors: [&str; 2], fails: &[(&str, &str)]) -> Value {
    let answers: Vec<Value> = (1..=16)
        .map(|n| format!("A{n}"))
        .map(|item| {
            let answer = if fails.iter().any(|f| f.0 == item) { "fails" } else { "conforms" };
            json!({"item": item, "answer": answer})
        })
        .collect();
    let hazards: Vec<Value> = fails
        .iter()
        .map(|(item, problem)| json!({"id": new_id(), "item": item, "problem": problem, "what": "出厂检验记录不全"}))
        .collect();
    json!({
        "campaign": house.campaign, "enterprise": house.hengda, "field": "production",
        "checklist": "cement-licence", "products": ["0301"], "inspectors": inspectors,
        "started_at": "2023-06-14T08:00:00+08:00", "ended_at": "2023-06-14T08:50:00+08:00",
        "credentials_shown": true, "withdrawal_told": true, "signed_by": "魏强", "answers": answers, "hazards": hazards,
    })
}

fn api(id: &str) -> String {
    format!("/api/v1/inspections/{id}")
}

/// The fields of the on-site form as Ying fills it in: all conforms.
async fn form(w: &World) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> =
        (1..=16).map(|n| (format!("answers.A{n}"), "conforms".to_owned())).collect();
    let bo = w.account("bo").await;
    let rest = [
        ("field", "production"),
        ("products[]", "0301"),
        ("checklist", "cement-licence"),
        ("inspectors[]", bo.as_str()),
        ("started_at", "2023-06-14T08:00"),
        ("ended_at", "2023-06-14T08:50"),
        ("credentials_shown", "yes"),
        ("statement", "情况属实"),
        ("signed_by", "魏强"),
        ("go", "submit"),
    ];
    fields.extend(rest.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|f| f.0 != name);
    fields.push((name.to_owned(), value.to_owned()));
}

/// A visit that Sun has planned for Ying; its id.
pub async fn planned(w: &World) -> String {
    let id = new_id();
    let plan = json!({"campaign": w.house.campaign, "enterprise": w.house.hengda, "planned_for": "2023-06-14",
        "lead": w.account("ying").await});
    w.sun().await.put(&format!("{}/plan", api(&id)), plan).await.is(200, "\"planned\"");
    id
}

async fn fill(w: &World, id: &str, fields: &[(String, String)]) -> Reply {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    w.ying().await.press(&format!("/inspections/{id}/fill"), &fields).await
}

#[tokio::test]
async fn an_unplanned_visit_puts_what_it_finds_on_the_ledger() {
    let w = World::new().await;
    let id = new_id();
    let sent = record(&w, &[("A8", "P08")]).await;
    let reply = w.ying().await.put(&api(&id), sent.clone()).await;
    reply.is(200, "\"done\"").is(200, "XC130123-2023-00001");
    w.ying().await.put(&api(&id), sent).await.is(200, "XC130123-2023-00001");
    assert_eq!(w.figure("sun", "visits").await, 1, "sent twice, counted once");
    assert_eq!(w.figure("sun", "inspected").await, 1);
    assert_eq!(w.figure("sun", "inspectors").await, 2);
    assert_eq!(w.figure("sun", "found").await, 1);
    let page = w.bo().await.get(&format!("/inspections/{id}")).await;
    page.is(200, "出厂检验记录不全").is(200, "Is the lot size within the limit").is(200, "Does not conform");
    page.is(200, "On-site inspection record").is(200, "正定市监现检〔2023〕1号");
}

#[tokio::test]
async fn a_second_visit_is_another_visit_to_the_same_enterprise() {
    let w = World::new().await;
    for _ in 0..2 {
        w.ying().await.put(&api(&new_id()), record(&w, &[]).await).await.is(200, "\"done\"");
    }
    assert_eq!((w.figure("sun", "visits").await, w.figure("sun", "inspected").await), (2, 1));
}

#[tokio::test]
async fn sun_plans_by_page_and_ying_fills_in_the_form() {
    let w = World::new().await;
    w.follow().await;
    let page = w.sun().await.get("/inspections/new?q=%E6%81%92%E8%BE%BE").await;
    page.is(200, "恒达水泥").is(200, "Special action on hidden");
    let (id, ying) = (new_id(), w.account("ying").await);
    let (campaign, hengda) = (w.house.campaign.to_string(), w.house.hengda.to_string());
    let fields = [
        ("id", id.as_str()),
        ("enterprise", &hengda),
        ("campaign", &campaign),
        ("planned_for", "2023-06-14"),
        ("lead", &ying),
        ("source", "planned"),
        ("go", "plan"),
    ];
    w.sun().await.send_form("/inspections/new", &fields).await.is(303, "");
    w.ying().await.get("/").await.is(200, "恒达水泥");
    w.ying().await.get("/inspections?state=planned").await.is(200, &id);
    let open = w.ying().await.get(&format!("/inspections/{id}/fill")).await;
    open.is(200, "Cement producer under licence").is(200, "name=\"answers.A16\"").is(200, "How to check");
    fill(&w, &id, &form(&w).await).await.is(303, "");
    w.sun().await.get(&format!("/inspections/{id}")).await.is(200, "情况属实").is(200, "Conforms 16");
    w.ying().await.get(&format!("/inspections/{id}/fill")).await.is(303, "");
    fill(&w, &id, &form(&w).await).await.is(303, "");
    assert_eq!(w.figure("sun", "visits").await, 1, "the form sent twice is one visit");
}

#[tokio::test]
async fn whoever_begins_at_once_goes_on_to_the_form() {
    let w = World::new().await;
    let (id, campaign, hengda) = (new_id(), w.house.campaign.to_string(), w.house.hengda.to_string());
    let fields = [
        ("id", id.as_str()),
        ("enterprise", &hengda),
        ("campaign", &campaign),
        ("planned_for", "2023-06-14"),
        ("source", "unplanned"),
        ("go", "begin"),
    ];
    let reply = w.ying().await.send_form("/inspections/new", &fields).await;
    reply.is(303, "");
    assert_eq!(reply.headers["location"], format!("/inspections/{id}/fill"));
    let nothing = w.ying().await.send_form("/inspections/new", &[("id", &new_id()), ("campaign", &campaign)]).await;
    nothing.is(422, "This is required.");
    w.wei().await.get("/inspections/new").await.is(403, "");
}

#[tokio::test]
async fn what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut fields = form(&w).await;
    set(&mut fields, "answers.A7", "");
    set(&mut fields, "answers.A2.note", "附页有三个等级");
    let reply = fill(&w, &id, &fields).await;
    reply.is(422, "Question A7 has no answer.").is(422, "附页有三个等级").is(422, "情况属实").is(422, "魏强");
    set(&mut fields, "answers.A7", "fails");
    set(&mut fields, "hazards.A7.id", &new_id());
    fill(&w, &id, &fields).await.is(422, "This is required.").is(422, "附页有三个等级");
    set(&mut fields, "hazards.A7.problem", "P07");
    set(&mut fields, "hazards.A7.what", "先发货后检验");
    fill(&w, &id, &fields).await.is(303, "");
    w.sun().await.get("/hazards").await.is(200, "先发货后检验");
}

#[tokio::test]
async fn one_inspector_makes_no_visit() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut fields = form(&w).await;
    set(&mut fields, "inspectors[]", "");
    fill(&w, &id, &fields).await.is(422, "A visit is made by two inspectors at least.").is(422, "情况属实");
    let mut alone = record(&w, &[]).await;
    alone["inspectors"] = json!([w.account("ying").await, w.account("ying").await]);
    w.ying().await.put(&api(&id), alone).await.is(422, "inspections.two_inspectors");
    assert_eq!(w.figure("sun", "visits").await, 0);
}

#[tokio::test]
async fn a_refusal_to_sign_needs_a_witness() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut fields = form(&w).await;
    set(&mut fields, "signed_by", "");
    set(&mut fields, "refused", "yes");
    fill(&w, &id, &fields).await.is(422, "with a witness");
    set(&mut fields, "witness", "居委会刘主任");
    fill(&w, &id, &fields).await.is(303, "");
    w.wei().await.get(&format!("/inspections/{id}")).await.is(200, "Refused to sign").is(200, "居委会刘主任");
}

#[tokio::test]
async fn a_reminder_gives_no_hazard() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut fields = form(&w).await;
    set(&mut fields, "answers.A16", "fails");
    fill(&w, &id, &fields).await.is(303, "");
    assert_eq!(w.figure("sun", "found").await, 0);
}

#[tokio::test]
async fn a_finding_beside_the_checklist_is_a_hazard_too() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut fields = form(&w).await;
    set(&mut fields, "go", "more");
    fill(&w, &id, &fields).await.is(200, "Found beside the checklist").is(200, "情况属实");
    let key = new_id();
    set(&mut fields, "go", "submit");
    set(&mut fields, "extra[]", &key);
    set(&mut fields, &format!("hazards.{key}.problem"), "P16");
    fill(&w, &id, &fields).await.is(422, "This is required.");
    set(&mut fields, &format!("hazards.{key}.what"), "合格证缺生产日期");
    fill(&w, &id, &fields).await.is(303, "");
    w.sun().await.get(&format!("/inspections/{id}")).await.is(200, "合格证缺生产日期");
}

#[tokio::test]
async fn another_list_is_chosen_without_losing_what_is_typed() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut fields = form(&w).await;
    set(&mut fields, "go", "choose");
    set(&mut fields, "choose.field", "production");
    set(&mut fields, "choose.products[]", "0301");
    set(&mut fields, "choose.checklist", "03-cement");
    let page = fill(&w, &id, &fields).await;
    page.is(200, "name=\"answers.03-1\"").is(200, "情况属实");
    assert!(!page.body.contains("name=\"answers.A1\""), "the questions of the other list are gone");
}

#[tokio::test]
async fn what_was_corrected_on_the_spot_goes_on_to_the_approval() {
    let w = World::new().await;
    let id = planned(&w).await;
    let photo = w.ying().await.photo("补标后的包装").await;
    let mut fields = form(&w).await;
    for (name, value) in [
        ("answers.A13", "fails"),
        ("hazards.A13.id", &new_id()),
        ("hazards.A13.problem", "P16"),
        ("hazards.A13.what", "包装缺出厂编号"),
        ("hazards.A13.corrected", "yes"),
        ("hazards.A13.measure", "当场补标并停用旧包装"),
    ] {
        set(&mut fields, name, value);
    }
    fill(&w, &id, &fields).await.is(422, "At least 1 piece(s) of evidence").is(422, "当场补标并停用旧包装");
    set(&mut fields, "answers.A13.evidence[]", &photo);
    fill(&w, &id, &fields).await.is(303, "");
    let hazards = w.sun().await.get("/api/v1/hazards?state=verified").await;
    hazards.is(200, "当场补标并停用旧包装");
    assert_eq!(w.figure("sun", "rectified").await, 1);
    assert_eq!(w.figure("sun", "closed").await, 0, "another person approves");
}

#[tokio::test]
async fn other_content_under_the_same_id_is_refused_and_both_are_kept() {
    let w = World::new().await;
    let id = new_id();
    w.ying().await.put(&api(&id), record(&w, &[]).await).await.is(200, "\"done\"");
    let mut other = record(&w, &[]).await;
    other["statement"] = json!("我们不同意");
    for _ in 0..2 {
        w.bo().await.put(&api(&id), other.clone()).await.is(409, "inspections.other_content");
    }
    let kept = w.sun().await.get("/api/v1/refused").await.json();
    assert_eq!(kept["items"].as_array().unwrap().len(), 1, "tried twice, kept once");
    let one = kept["items"][0]["id"].as_str().unwrap();
    w.sun().await.get(&format!("/api/v1/refused/{one}")).await.is(200, "我们不同意");
    w.sun().await.get("/refused").await.is(200, "薄云").is(200, "both were kept");
    w.sun().await.get(&format!("/refused/{one}")).await.is(200, "我们不同意");
    let file = w.sun().await.get(&format!("/refused/{one}/content")).await;
    assert_eq!(serde_json::from_str::<Value>(&file.body).unwrap(), other);
    w.bo().await.get("/refused").await.is(200, "both were kept");
    w.tang().await.get(&format!("/refused/{one}")).await.is(404, "");
    w.wei().await.get(&format!("/api/v1/refused/{one}")).await.is(404, "not_found");
    w.ying().await.get(&format!("/inspections/{id}")).await.is(200, "Conforms 16");
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_as_it_came() {
    let w = World::new().await;
    let path = format!("/api/v1/hazards/{}", new_id());
    w.ying().await.put(&path, json!({"what": "锅炉房旁的水泥库", "field": "production"})).await.is(422, "required");
    let kept = w.ying().await.get("/api/v1/refused").await.json();
    let one = kept["items"][0]["id"].as_str().unwrap();
    w.sun().await.get(&format!("/api/v1/refused/{one}")).await.is(200, "锅炉房旁的水泥库");
}

#[tokio::test]
async fn a_visit_planned_for_one_enterprise_is_no_visit_to_another() {
    let w = World::new().await;
    let id = planned(&w).await;
    let mut elsewhere = record(&w, &[]).await;
    elsewhere["enterprise"] = json!(w.house.store);
    w.ying().await.put(&api(&id), elsewhere).await.is(422, "inspections.other_visit");
}

#[tokio::test]
async fn a_site_here_of_an_enterprise_from_elsewhere_is_visited_here() {
    let w = World::new().await;
    let site = json!({"name": "历城门店", "kind": "shop", "address": "济南市历城区洪家楼1号", "region": "370112"});
    let at = format!("/api/v1/enterprises/{}/sites/{}", w.house.hengda, new_id());
    w.gu().await.put(&at, site).await.is(200, "");
    w.make("tang", "inspector supervisor").await;
    let mut sent = record(&w, &[("A8", "P08")]).await;
    sent["inspectors"] = json!([w.account("stranger").await, w.account("tang").await]);
    let id = new_id();
    w.stranger().await.put(&api(&id), sent).await.is(200, "XC370112-2023-00001");
    w.stranger().await.get(&format!("/inspections/{id}")).await.is(200, "出厂检验记录不全");
    assert_eq!((w.figure("tang", "visits").await, w.figure("tang", "found").await), (1, 1));
    assert_eq!(w.figure("sun", "visits").await, 0);
}

#[tokio::test]
async fn a_submitted_record_is_amended_and_never_changed() {
    let w = World::new().await;
    let id = planned(&w).await;
    let path = format!("/inspections/{id}");
    w.sun().await.press(&path, &[("verb", "move"), ("planned_for", "2023-06-15")]).await.is(303, "");
    w.ying().await.put(&api(&id), record(&w, &[]).await).await.is(200, "\"done\"");
    w.sun().await.press(&path, &[("verb", "cancel"), ("why", "误录")]).await.is(422, "is not possible");
    w.bo().await.press(&path, &[("verb", "amend"), ("why", "补充：3号库未进入")]).await.is(303, "");
    w.wei().await.get(&path).await.is(200, "补充：3号库未进入").is(200, "Add an amendment");
}

/// Hengda has stopped making 0301, and a hazard was closed on that ground; its id.
async fn closed_as_stopped(w: &World) -> crate::world::Hazard {
    let hazard = w.ordered().await;
    let proof = [w.bo().await.photo("declaration").await, w.bo().await.photo("idle kiln").await];
    let propose = json!({"verb": "propose", "reason": "production_stopped", "why": "已停产", "evidence": proof});
    w.bo().await.act(&hazard, propose).await.is(200, "verified");
    w.sun().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(200, "closed");
    hazard
}

#[tokio::test]
async fn an_enterprise_that_stopped_is_watched_and_a_visit_makes_a_lead() {
    let w = World::new().await;
    let hazard = closed_as_stopped(&w).await;
    let page = format!("/enterprises/{}", w.house.hengda);
    w.sun().await.get(&page).await.is(200, "Watched for a resumption").is(200, "Production stopped");
    let lead = "Seem to have resumed";
    assert!(!w.sun().await.get("/").await.body.contains(lead), "nothing was seen yet");
    w.ying().await.put(&api(&new_id()), record(&w, &[]).await).await.is(200, "done");
    for login in ["ying", "sun", "qian"] {
        w.person(login).await.get("/").await.is(200, lead).is(200, "A visit looked at the product");
    }
    assert!(!w.stranger().await.get("/").await.body.contains(lead));
    w.sun().await.get(&page).await.is(200, "It seems to have resumed").is(200, &hazard.0);
    assert!(!w.wei().await.get(&page).await.body.contains("It seems to have resumed"), "it is not told to itself");

    let keep = json!({"verb": "keep_watch", "why": "设备封存，未恢复"});
    let acts = format!("/api/v1{page}/acts");
    w.wei().await.post(&acts, keep.clone()).await.is(403, "forbidden");
    w.bo().await.post(&acts, keep).await.is(200, "");
    assert!(!w.sun().await.get("/").await.body.contains(lead), "it was looked at");
    w.sun().await.get(&page).await.is(200, "Watched for a resumption").is(200, "设备封存，未恢复");
}

#[tokio::test]
async fn a_recorded_resumption_makes_a_lead_and_a_reopened_hazard_ends_the_watch() {
    let w = World::new().await;
    let hazard = closed_as_stopped(&w).await;
    let acts = format!("/api/v1/enterprises/{}/acts", w.house.hengda);
    let lead = "Seem to have resumed";
    w.sun().await.post(&acts, json!({"verb": "suspend", "why": "停产"})).await.is(200, "suspended");
    w.sun().await.post(&acts, json!({"verb": "resume"})).await.is(200, "active");
    w.sun().await.get("/").await.is(200, lead).is(200, "Its resumption was recorded");
    w.qian().await.act(&hazard, json!({"verb": "draw_look_back", "due": "2023-07-30"})).await.is(200, "looking_back");
    assert!(!w.sun().await.get("/").await.body.contains(lead), "somebody goes after it");
    w.hua().await.act(&hazard, json!({"verb": "reopen", "why": "已恢复生产"})).await.is(200, "reopened");
    let page = w.sun().await.get(&format!("/enterprises/{}", w.house.hengda)).await;
    assert!(!page.body.contains("Watched for a resumption"), "it stands on the ledger again");
}

#[tokio::test]
async fn a_rectified_hazard_puts_no_watch_on_anybody() {
    let w = World::new().await;
    w.closed().await;
    let page = w.sun().await.get(&format!("/enterprises/{}", w.house.hengda)).await;
    assert!(!page.body.contains("Watched for a resumption"));
}
