//! What was recorded without a network comes in: once, whatever the line does to it.
//!
//! Clause: T3-1a.

use crate::{
    phone::Phone,
    visits::{planned, record},
    world::{World, new_id},
};
use serde_json::{Value, json};

/// A record with a photograph of the scene.
async fn with_photo(w: &World, photo: &str) -> Value {
    let mut sent = record(w, &[]).await;
    sent["evidence"] = json!([photo]);
    sent
}

fn hash(name: &str) -> String {
    paicha::kernel::secret::sha256(&crate::world::jpeg(name))
}

#[tokio::test]
async fn a_visit_sealed_in_the_field_is_stored_once_however_often_it_is_sent() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let visit = planned(&w).await;
    let item = phone.item("inspection", &visit, &record(&w, &[("A8", "P08")]).await, json!({}));
    phone.send(&item).await.is("stored", "");
    for _ in 0..10 {
        phone.send(&item).await.is("known", "");
    }
    let twice = phone.sync(&[&item, &item]).await;
    assert_eq!((&twice[0]["outcome"], &twice[1]["outcome"]), (&json!("known"), &json!("known")));
    assert_eq!((w.figure("sun", "visits").await, w.figure("sun", "found").await), (1, 1));
    w.sun().await.get(&format!("/inspections/{visit}")).await.is(200, "The seal holds");
}

#[tokio::test]
async fn the_same_item_twice_at_the_same_moment_is_one() {
    let w = World::new().await;
    let (phone, bo) = (Phone::of(&w, "ying").await, Phone::of(&w, "bo").await);
    for _ in 0..5 {
        let (visit, sent) = (planned(&w).await, record(&w, &[]).await);
        let item = phone.item("inspection", &visit, &sent, json!({}));
        let mut other = sent;
        other["statement"] = json!("另一份");
        let rival = bo.item("inspection", &visit, &other, json!({}));
        let (a, b, c) = tokio::join!(phone.send(&item), phone.send(&item), bo.send(&rival));
        let mut outcomes = [a, b, c].map(|answer| answer.0["outcome"].as_str().unwrap().to_owned());
        outcomes[..2].sort();
        let won = outcomes == ["known", "stored", "refused"];
        assert!(won || outcomes == ["refused", "refused", "stored"], "{outcomes:?}");
    }
    assert_eq!(w.figure("sun", "visits").await, 5);
    let kept = w.sun().await.get("/api/v1/refused").await.json();
    assert!(kept["items"].as_array().unwrap().iter().all(|k| k["code"] == "inspections.other_content"), "{kept}");
}

#[tokio::test]
async fn what_was_done_in_a_week_without_network_counts_from_the_day_it_was_done() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let (visit, sent) = (new_id(), record(&w, &[("A8", "P08")]).await);
    let hazard = sent["hazards"][0]["id"].as_str().unwrap().to_owned();
    let first = phone.item("inspection", &visit, &sent, json!({}));
    let order = json!({"thing": "hazards", "act": {"verb": "order", "due": "2023-06-19"}});
    let second = phone.item("act", &hazard, &order, json!({"after": [first["id"]]}));
    w.days_pass(7).await;
    // signed in anew, with the key of before
    let receipts = phone.sync(&[&first, &second]).await;
    assert!(receipts.iter().all(|r| r["outcome"] == "stored"), "{receipts:?}");
    w.follow().await;
    let hazard = w.sun().await.get(&format!("/api/v1/hazards/{hazard}")).await.json();
    assert_eq!(
        (&hazard["overdue"], &hazard["due"]),
        (&json!(true), &json!("2023-06-19")),
        "late from the first moment"
    );
    assert!(hazard["found_at"].as_str().unwrap().starts_with("2023-06-14"), "{hazard}");
}

#[tokio::test]
async fn papers_handed_over_in_the_field_bear_the_day_they_were_served() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let (visit, sent) = (new_id(), record(&w, &[("A8", "P08")]).await);
    let hazard = sent["hazards"][0]["id"].as_str().unwrap().to_owned();
    let first = phone.item("inspection", &visit, &sent, json!({}));
    let order = json!({"thing": "hazards", "act": {"verb": "order", "due": "2023-06-24"}});
    let second = phone.item("act", &hazard, &order, json!({"after": [first["id"]]}));
    w.days_pass(5).await;
    // meanwhile the office has gone on numbering
    let desk = w.hazard("检验设备未检定").await;
    w.ying().await.act(&desk, json!({"verb": "order", "due": "2023-06-29"})).await.is(200, "ordered");
    let receipts = phone.sync(&[&first, &second]).await;
    assert!(receipts.iter().all(|r| r["outcome"] == "stored"), "{receipts:?}");
    let sun = w.sun().await;
    let paper = |thing: String, form: &'static str| {
        let sun = &sun;
        async move {
            let papers = sun.get(&format!("/api/v1/documents?thing={thing}&form={form}")).await.json();
            assert_eq!(papers["items"].as_array().unwrap().len(), 1, "{papers}");
            papers["items"][0].clone()
        }
    };
    let served = paper(hazard.clone(), "correction_order").await;
    let issued = paper(desk.0.trim_start_matches("hazards/").to_owned(), "correction_order").await;
    assert_eq!((&served["dated"], &issued["dated"]), (&json!("2023-06-14"), &json!("2023-06-19")));
    assert!(served["issued_at"].as_str().unwrap().starts_with("2023-06-19"), "the record knows when it came: {served}");
    assert_eq!((&issued["serial"], &served["serial"]), (&json!(1), &json!(2)), "no gap, in the order of arrival");
    assert_eq!(paper(visit, "on_site_record").await["dated"], "2023-06-14");
}

#[tokio::test]
async fn a_visit_waits_for_its_photographs_and_is_stored_when_they_come() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let (visit, photo) = (new_id(), hash("窑头"));
    let item = phone.item("inspection", &visit, &with_photo(&w, &photo).await, json!({"files": [photo]}));
    let held = phone.send(&item).await;
    held.is("held", "");
    assert_eq!(held.0["missing"], json!([photo]));
    phone.send(&item).await.is("held", &photo);
    assert_eq!(w.figure("sun", "visits").await, 0);
    // Bo has the same picture; that does not bring it to Ying's record
    w.stranger().await.photo("窑头").await;
    w.follow().await;
    phone.send(&item).await.is("held", &photo);
    // whoever supervises sees that it waits, what for, and what to do; a stranger does not
    let page = w.sun().await.get("/held").await;
    page.is(200, "Photographs have not arrived").is(200, "正定恒达水泥有限公司").is(200, "opens the field app");
    w.sun().await.get("/api/v1/sync/held").await.is(200, "\"files\":1").is(200, "华为 nova 9");
    w.bo().await.get("/api/v1/sync/held").await.is(200, "\"items\":[]");
    w.tang().await.get("/api/v1/sync/held").await.is(200, "\"items\":[]");
    phone.person.photo("窑头").await;
    w.follow().await;
    w.sun().await.get("/held").await.is(200, "Nothing waits");
    assert_eq!(w.figure("sun", "visits").await, 1, "stored without being sent again");
    phone.send(&item).await.is("known", "");
}

#[tokio::test]
async fn what_was_held_is_stored_with_the_next_call() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let photo = hash("窑头");
    let item = phone.item("inspection", &new_id(), &with_photo(&w, &photo).await, json!({"files": [photo]}));
    phone.send(&item).await.is("held", "");
    phone.person.photo("窑头").await;
    phone.send(&item).await.is("stored", "");
}

#[tokio::test]
async fn items_out_of_order_are_held_until_what_they_build_on_is_stored() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let (visit, mut sent) = (new_id(), record(&w, &[("A8", "P08")]).await);
    let hazard = sent["hazards"][0]["id"].as_str().unwrap().to_owned();
    sent["hazards"][0]["severity"] = json!("general");
    let first = phone.item("inspection", &visit, &sent, json!({}));
    let order = json!({"thing": "hazards", "act": {"verb": "order", "due": "2023-06-24", "demand": "补齐记录"}});
    let second = phone.item("act", &hazard, &order, json!({"after": [first["id"]]}));
    let amend = json!({"thing": "inspections", "act": {"verb": "amend", "why": "补充：3号库未进入"}});
    let third = phone.item("act", &visit, &amend, json!({"after": [second["id"]]}));
    let early = phone.sync(&[&third, &second]).await;
    assert_eq!((&early[0]["outcome"], &early[0]["waits"]), (&json!("held"), &json!([second["id"]])));
    let late = phone.sync(&[&first, &third, &second]).await;
    assert!(late.iter().all(|r| r["outcome"] == "stored"), "{late:?}");
    w.ying().await.get(&format!("/api/v1/hazards/{hazard}")).await.is(200, "\"ordered\"").is(200, "2023-06-24");
    w.ying().await.get(&format!("/inspections/{visit}")).await.is(200, "补充：3号库未进入");
    let seal = w.ying().await.get(&format!("/api/v1/inspections/{visit}/seal")).await.json();
    assert_eq!((&seal["holds"], seal["items"].as_array().unwrap().len()), (&json!(true), 3));
}

#[tokio::test]
async fn other_content_under_the_same_id_is_refused_and_both_are_kept() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let visit = new_id();
    let item = phone.item("inspection", &visit, &record(&w, &[]).await, json!({}));
    phone.send(&item).await.is("stored", "");
    let mut other = record(&w, &[]).await;
    other["statement"] = json!("我们不同意");
    let mut forged = phone.item("inspection", &visit, &other, json!({}));
    forged["id"] = item["id"].clone();
    phone.send(&forged).await.is("refused", "sync.other_content");
    w.sun().await.get("/refused").await.is(200, "both are kept");
    phone.send(&item).await.is("known", "");
    // a colleague who has recorded the same visit otherwise is told, and loses nothing
    let bo = Phone::of(&w, "bo").await;
    let theirs = bo.item("inspection", &visit, &other, json!({}));
    bo.send(&theirs).await.is("refused", "inspections.other_content");
    bo.send(&theirs).await.is("refused", "inspections.other_content");
    let kept = w.sun().await.get("/api/v1/refused").await.json();
    assert_eq!(kept["items"].as_array().unwrap().len(), 2);
    assert_eq!(w.figure("sun", "visits").await, 1);
}

#[tokio::test]
async fn a_refusal_names_the_field_and_a_mended_item_takes_its_place() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let visit = new_id();
    let mut sent = record(&w, &[]).await;
    let bad = json!([]);
    sent["answers"] = bad;
    let first = phone.item("inspection", &visit, &sent, json!({}));
    let amend = json!({"thing": "inspections", "act": {"verb": "amend", "why": "另附说明"}});
    let after = phone.item("act", &visit, &amend, json!({"after": [first["id"]]}));
    let answers = phone.sync(&[&first, &after]).await;
    assert_eq!((&answers[0]["outcome"], &answers[0]["field"]), (&json!("refused"), &json!("answers.A1")));
    assert_eq!(answers[0]["detail"], "Question A1 has no answer.");
    assert_eq!(answers[1]["outcome"], "held");
    w.sun().await.get("/held").await.is(200, "What it builds on was refused").is(200, "seals it anew");
    phone.send(&first).await.is("refused", "inspections.unanswered");
    let mended = phone.item("inspection", &visit, &record(&w, &[]).await, json!({}));
    phone.send(&mended).await.is("stored", "");
    phone.send(&after).await.is("known", "");
    w.sun().await.get("/api/v1/refused").await.is(200, "inspections.unanswered");
}

#[tokio::test]
async fn a_broken_seal_is_refused_and_nothing_else_suffers() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let good = phone.item("inspection", &new_id(), &record(&w, &[]).await, json!({}));
    let sealed = || phone.item("inspection", &new_id(), &json!({"x": 1}), json!({}));
    let mut changed = sealed();
    changed["content"] = json!("{\"x\":2}");
    let mut unsigned = sealed();
    unsigned["signature"] = json!("AAAA");
    let mut moved = sealed();
    moved["id"] = json!(new_id());
    let mut rid = sealed();
    rid["files"] = json!([hash("窑头")]);
    let bo = Phone::of(&w, "bo").await;
    let foreign = bo.item("inspection", &new_id(), &json!({"x": 1}), json!({}));
    let mut babble = sealed();
    babble["statement"] = json!("不是 JSON");
    let receipts = phone.sync(&[&changed, &unsigned, &moved, &rid, &foreign, &babble, &good]).await;
    for (receipt, why) in
        receipts.iter().zip(["not the one", "registered key", "another item", "files", "account", "read"])
    {
        assert_eq!(
            (&receipt["outcome"], &receipt["code"]),
            (&json!("refused"), &json!("sync.seal_broken")),
            "{receipt}"
        );
        assert!(receipt["detail"].as_str().unwrap().contains(why), "«{why}» in {receipt}");
    }
    assert_eq!(receipts[6]["outcome"], "stored");
    // sealed as it should be, it may come under the same id
    let statement = unsigned["statement"].as_str().unwrap().to_owned();
    phone.sign(&mut unsigned, &statement);
    phone.send(&unsigned).await.is("refused", "required");
}

#[tokio::test]
async fn a_tampered_record_shows_on_the_page_of_its_seal() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let visit = new_id();
    let item = phone.item("inspection", &visit, &record(&w, &[]).await, json!({}));
    phone.send(&item).await.is("stored", "");
    let path = format!("/inspections/{visit}/seal");
    w.bo().await.get(&path).await.is(200, "The seal holds").is(200, "华为 nova 9").is(200, "114.570100,38.146500");
    w.stranger().await.get(&path).await.is(404, "");
    let typed = new_id();
    w.ying().await.put(&format!("/api/v1/inspections/{typed}"), record(&w, &[]).await).await.is(200, "");
    w.ying().await.get(&format!("/inspections/{typed}/seal")).await.is(200, "Not sealed");
    for (sql, fault) in [
        ("update inspections set sheet = replace(sheet, 'conforms', 'fails')", "not what was sealed"),
        ("update sync_items set content = replace(content, 'conforms', 'fails')", "not the one that was sealed"),
        ("update devices set key = (select 'x')", "not of the registered key"),
    ] {
        w.app.db.write(move |tx| tx.run(sql, &[])).await.unwrap();
        w.bo().await.get(&path).await.is(200, "The seal does not hold").is(200, fault);
    }
    let seal = w.bo().await.get(&format!("/api/v1{path}")).await.json();
    assert_eq!(seal["items"][0]["faults"], json!(["signature", "content", "record"]));
}

#[tokio::test]
async fn an_enterprise_found_on_site_comes_before_its_visit() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let (firm, visit) = (new_id(), new_id());
    let entry = json!({"name": "正定县路边水泥制品点", "kind": "producer", "person": "马二", "address": "正定县曲阳桥镇",
        "made": ["0301"]});
    let found = phone.item("enterprise", &firm, &entry, json!({}));
    let mut sent = record(&w, &[]).await;
    sent["enterprise"] = json!(firm);
    let item = phone.item("inspection", &visit, &sent, json!({"after": [found["id"]]}));
    let receipts = phone.sync(&[&item, &found]).await;
    assert!(receipts.iter().all(|r| r["outcome"] == "stored"), "{receipts:?}");
    w.sun().await.get(&format!("/inspections/{visit}")).await.is(200, "路边水泥制品点");
}

#[tokio::test]
async fn what_the_server_does_not_understand_is_said_item_by_item() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let ballad = phone.item("ballad", &new_id(), &json!({}), json!({}));
    let no_id = phone.item("inspection", "那家厂", &record(&w, &[]).await, json!({}));
    let no_json = phone.item("act", &new_id(), &json!("x"), json!({}));
    let receipts = phone.sync(&[&ballad, &no_id, &no_json]).await;
    let codes: Vec<_> = receipts.iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["sync.unknown_kind", "not_an_id", "unreadable"]);
    let stray = Phone::unregistered(&w, "ying").await;
    let item = stray.item("inspection", &new_id(), &record(&w, &[]).await, json!({}));
    stray.send(&item).await.is("refused", "sync.unknown_device");
    stray.register().await;
    stray.send(&item).await.is("stored", "");
    let batch = json!({"device": phone.device, "items": []}).to_string().into_bytes();
    let old =
        phone.person.ask("POST", "/api/v1/sync", &[("x-paicha-field", "7")], Some(("application/json", batch))).await;
    old.is(422, "sync.old_version");
    w.auditor().await.post("/api/v1/sync", json!({"device": phone.device, "items": []})).await.is(403, "forbidden");
}
