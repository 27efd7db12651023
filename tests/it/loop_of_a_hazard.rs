//! The first closed loop: a visit finds a hazard, the enterprise rectifies it, others verify, approve and look back.
//!
//! Clauses: T2-2b, T2-2c, T3-1a, S-4a, S-4c.

use crate::world::{Hazard, World, new_id};
use serde_json::json;

#[tokio::test]
async fn a_hazard_found_is_a_hazard_closed() {
    let w = World::new().await;
    let hazard = w.hazard("出厂检验记录不全").await;
    w.ying().await.act(&hazard, json!({"verb": "order", "due": "2023-06-24"})).await.is(200, "\"ordered\"");
    let photo = w.wei().await.photo("after").await;
    let report = json!({"verb": "submit", "measure": "补齐检验记录并培训", "evidence": [photo]});
    w.wei().await.act(&hazard, report).await.is(200, "\"submitted\"");
    w.bo().await.act(&hazard, json!({"verb": "verify"})).await.is(200, "\"verified\"");
    w.sun().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(200, "\"closed\"");
    w.qian()
        .await
        .act(&hazard, json!({"verb": "draw_look_back", "due": "2023-07-30"}))
        .await
        .is(200, "\"looking_back\"");
    w.hua().await.act(&hazard, json!({"verb": "pass_look_back"})).await.is(200, "\"confirmed\"");
    assert_eq!(w.figure("lin", "found").await, 1);
    assert_eq!(w.figure("lin", "closed").await, 1);
    assert_eq!(w.figure("lin", "look_back_passed").await, 1);
    assert_eq!(w.figure("tang", "found").await, 0, "another county counts its own only");
}

#[tokio::test]
async fn without_evidence_nothing_is_rectified() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.wei().await.act(&hazard, json!({"verb": "submit", "measure": "已改"})).await.is(422, "hazards.evidence_missing");
}

#[tokio::test]
async fn whoever_verified_does_not_approve() {
    let w = World::new().await;
    let hazard = w.verified_by("bo").await;
    w.make("bo", "inspector supervisor").await;
    let close = json!({"verb": "close", "handling": "no_case"});
    w.bo().await.act(&hazard, close.clone()).await.is(422, "hazards.same_person");
    w.sun().await.act(&hazard, close).await.is(200, "\"closed\"");
}

#[tokio::test]
async fn a_case_must_be_decided_before_close_out() {
    let w = World::new().await;
    let hazard = w.verified_by("bo").await;
    w.sun().await.act(&hazard, json!({"verb": "close"})).await.is(422, "hazards.handling_missing");
    let filed = json!({"verb": "decide", "handling": "filed"});
    w.sun().await.act(&hazard, filed).await.is(422, "hazards.case_number_missing");
}

#[tokio::test]
async fn an_enterprise_cannot_close_its_own_hazard() {
    let w = World::new().await;
    let hazard = w.verified_by("bo").await;
    w.wei().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(403, "forbidden");
}

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.stranger().await.get(&format!("/api/v1/{}", hazard.0)).await.is(404, "not_found");
    w.stranger().await.act(&hazard, json!({"verb": "verify"})).await.is(404, "not_found");
    w.nobody().get(&format!("/api/v1/{}", hazard.0)).await.is(401, "sign_in");
    w.mei().await.get(&format!("/api/v1/{}", hazard.0)).await.is(404, "not_found");
}

#[tokio::test]
async fn an_order_for_yesterday_is_refused_and_says_which_field() {
    let w = World::new().await;
    let hazard = w.hazard("标识不合规").await;
    let reply = w.ying().await.act(&hazard, json!({"verb": "order", "due": "2023-06-13"})).await;
    reply.is(422, "hazards.due_past");
    assert_eq!(reply.json()["field"], "due");
}

#[tokio::test]
async fn what_is_not_rectified_in_time_is_overdue_by_itself() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.days_pass(9).await;
    assert_eq!(w.figure("sun", "overdue").await, 0);
    w.days_pass(2).await;
    assert_eq!(w.figure("sun", "overdue").await, 1);
    w.sun().await.get(&format!("/api/v1/{}", hazard.0)).await.is(200, "\"overdue\":true");
    let photo = w.wei().await.photo("late").await;
    w.wei()
        .await
        .act(&hazard, json!({"verb": "submit", "measure": "已改", "evidence": [photo]}))
        .await
        .is(200, "submitted");
    assert_eq!(w.figure("sun", "overdue").await, 0);
}

#[tokio::test]
async fn an_extension_is_asked_for_and_granted() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.sun().await.act(&hazard, json!({"verb": "grant_extension"})).await.is(422, "hazards.no_extension_asked");
    let ask = json!({"verb": "ask_extension", "until": "2023-07-01", "why": "设备采购需要时间"});
    w.wei().await.act(&hazard, ask).await.is(200, "2023-07-01");
    w.sun().await.act(&hazard, json!({"verb": "grant_extension"})).await.is(200, "\"due\":\"2023-07-01\"");
}

#[tokio::test]
async fn a_failed_look_back_puts_it_on_the_ledger_again() {
    let w = World::new().await;
    let hazard = w.closed().await;
    w.qian().await.act(&hazard, json!({"verb": "draw_look_back", "due": "2023-07-30"})).await.is(200, "looking_back");
    w.hua().await.act(&hazard, json!({"verb": "reopen", "why": "检验记录再次缺失"})).await.is(200, "\"reopened\"");
    assert_eq!(w.figure("sun", "reopened").await, 1);
    assert_eq!(w.figure("sun", "closed").await, 0);
    w.ying().await.act(&hazard, json!({"verb": "order", "due": "2023-06-24"})).await.is(200, "\"ordered\"");
}

#[tokio::test]
async fn the_page_offers_what_can_be_done_next() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.wei().await.get(&format!("/{}", hazard.0)).await.is(200, "Submit rectification");
    let page = w.ying().await.get(&format!("/{}", hazard.0)).await;
    assert!(!page.body.contains("Submit rectification"), "an inspector does not rectify");
}

#[tokio::test]
async fn a_button_on_the_page_can_be_pressed_and_loses_nothing() {
    let w = World::new().await;
    let hazard = w.hazard("检验设备未检定").await;
    let path = format!("/{}", hazard.0);
    let late = w.ying().await.press(&path, &[("verb", "order"), ("due", "2023-06-01"), ("demand", "立即送检")]).await;
    late.is(422, "The due date must be later than today.").is(422, "立即送检");
    w.ying().await.press(&path, &[("verb", "order"), ("due", "2023-06-24"), ("demand", "立即送检")]).await.is(303, "");
    w.wei().await.get(&path).await.is(200, "Ordered to correct");
}

#[tokio::test]
async fn two_at_once_and_one_is_told() {
    let w = World::new().await;
    let hazard = w.submitted().await;
    let (bo, ying) = (w.bo().await, w.ying().await);
    let (a, b) = tokio::join!(
        bo.act(&hazard, json!({"verb": "verify"})),
        ying.act(&hazard, json!({"verb": "reject", "why": "照片不清"}))
    );
    let mut answers = [a.status, b.status];
    answers.sort_unstable();
    assert!(answers == [200, 409] || answers == [200, 422], "{answers:?}: one is done, the other refused");
}

#[tokio::test]
async fn the_same_finding_twice_is_one_hazard_and_other_content_is_refused() {
    let w = World::new().await;
    let found = w.found("出厂检验记录不全");
    let path = format!("/api/v1/hazards/{}", found["id"].as_str().unwrap());
    let first = w.ying().await.put(&path, found.clone()).await;
    let again = w.ying().await.put(&path, found.clone()).await;
    assert_eq!((first.status, first.json()["number"].clone()), (200, again.json()["number"].clone()));
    let mut other = found;
    other["what"] = json!("别的内容");
    w.ying().await.put(&path, other).await.is(409, "hazards.other_content");
    assert_eq!(w.figure("sun", "found").await, 1);
    let _ = Hazard(path);
}

#[tokio::test]
async fn another_ground_needs_as_much_evidence_as_the_pack_says() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    let (one, two) = (w.bo().await.photo("declaration").await, w.bo().await.photo("idle line").await);
    let propose = |evidence: &[&String]| json!({"verb": "propose", "reason": "production_stopped", "why": "已停产", "evidence": evidence});
    w.bo().await.act(&hazard, propose(&[&one])).await.is(422, "hazards.evidence_missing");
    w.bo().await.act(&hazard, propose(&[&one, &two])).await.is(200, "\"verified\"");
    w.sun().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(200, "\"closed\"");
}

#[tokio::test]
async fn a_ground_that_was_sent_back_does_not_stay() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    let proof = w.bo().await.photo("court").await;
    let propose = json!({"verb": "propose", "reason": "bankrupt", "why": "法院裁定", "evidence": [proof]});
    w.bo().await.act(&hazard, propose).await.is(200, "\"bankrupt\"");
    let back = w.sun().await.act(&hazard, json!({"verb": "return", "why": "裁定书不全"})).await;
    assert_eq!(back.json()["reason"], json!(null));
    assert_eq!(back.json()["verified_by"], json!(null));
    w.bo().await.act(&hazard, json!({"verb": "verify"})).await.is(422, "hazards.not_rectified");
    let page = w.bo().await.get(&format!("/{}", hazard.0)).await;
    assert!(!page.body.contains("value=\"verify\""), "no button leads to a refusal");
    w.bo().await.act(&hazard, json!({"verb": "reject", "why": "请整改"})).await.is(200, "\"rectifying\"");
    let photo = w.wei().await.photo("after").await;
    w.wei()
        .await
        .act(&hazard, json!({"verb": "submit", "measure": "已改", "evidence": [photo]}))
        .await
        .is(200, "submitted");
    w.bo().await.act(&hazard, json!({"verb": "verify"})).await.is(200, "\"reason\":\"rectified\"");
}

#[tokio::test]
async fn what_passed_a_look_back_is_drawn_for_a_repeat_check() {
    let w = World::new().await;
    let hazard = w.closed().await;
    let draw = |kind: &str| json!({"kind": kind, "campaign": w.house.campaign, "seed": "2023-06-20 石家庄", "due": "2023-08-20"});
    let path = |id: &str| format!("/api/v1/look_backs/{id}");
    let (first, second) = (new_id(), new_id());
    w.qian().await.put(&path(&new_id()), draw("repeat_check")).await.is(422, "look_backs.nothing_passed");
    w.qian().await.put(&path(&first), draw("look_back")).await.is(200, "\"kind\":\"look_back\"");
    w.hua().await.act(&hazard, json!({"verb": "pass_look_back"})).await.is(200, "\"confirmed\"");

    w.sun().await.put(&path(&second), draw("repeat_check")).await.is(403, "forbidden");
    let drawn = w.qian().await.put(&path(&second), draw("repeat_check")).await;
    drawn.is(200, "\"kind\":\"repeat_check\"").is(200, hazard.0.trim_start_matches("hazards/"));
    w.qian().await.put(&path(&second), draw("repeat_check")).await.is(200, "\"kind\":\"repeat_check\"");
    w.qian().await.put(&path(&second), draw("look_back")).await.is(409, "look_backs.other_draw");
    w.hua().await.get("/").await.is(200, "To be checked again");
    w.hua().await.get(&format!("/{}", hazard.0)).await.is(200, "Repeat check due").is(200, "Pass the repeat check");

    w.bo().await.act(&hazard, json!({"verb": "pass_repeat_check"})).await.is(422, "hazards.same_person");
    w.hua().await.act(&hazard, json!({"verb": "pass_repeat_check"})).await.is(200, "\"confirmed\"");
    assert_eq!((w.figure("lin", "look_backs").await, w.figure("lin", "repeat_checks").await), (1, 1));
    assert_eq!(w.figure("lin", "repeat_check_passed").await, 1);
    assert_eq!(w.figure("lin", "closed").await, 1, "what is checked again stays closed");
}

#[tokio::test]
async fn a_failed_repeat_check_puts_it_on_the_ledger_again() {
    let w = World::new().await;
    let hazard = w.closed().await;
    let due = "2023-07-30";
    w.qian().await.act(&hazard, json!({"verb": "draw_repeat_check", "due": due})).await.is(422, "hazards.not_now");
    w.qian().await.act(&hazard, json!({"verb": "draw_look_back", "due": due})).await.is(200, "looking_back");
    w.hua().await.act(&hazard, json!({"verb": "pass_look_back"})).await.is(200, "confirmed");
    w.qian().await.act(&hazard, json!({"verb": "draw_repeat_check", "due": due})).await.is(200, "repeat_checking");
    w.hua().await.act(&hazard, json!({"verb": "reopen", "why": "又无出厂检验"})).await.is(200, "\"reopened\"");
    assert_eq!((w.figure("sun", "reopened").await, w.figure("sun", "repeat_checks").await), (1, 1));
}

#[tokio::test]
async fn the_page_of_draws_draws_repeat_checks_too() {
    let w = World::new().await;
    let hazard = w.closed().await;
    w.qian().await.act(&hazard, json!({"verb": "draw_look_back", "due": "2023-07-30"})).await.is(200, "looking_back");
    w.hua().await.act(&hazard, json!({"verb": "pass_look_back"})).await.is(200, "confirmed");
    let campaign = serde_json::to_value(w.house.campaign).unwrap();
    let (id, campaign) = (new_id(), campaign.as_str().unwrap());
    let form = [
        ("id", id.as_str()),
        ("kind", "repeat_check"),
        ("campaign", campaign),
        ("seed", "announced-2023"),
        ("due", "2023-08-01"),
    ];
    w.qian().await.send_form("/look-backs", &form).await.is(303, "");
    w.qian().await.get("/look-backs").await.is(200, "Repeat check").is(200, "announced-2023");
    w.qian().await.get(&format!("/{}", hazard.0)).await.is(200, "Being checked again");
}

#[tokio::test]
async fn a_wrongly_attached_file_is_withdrawn_and_stays_to_be_seen() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    let wrong = w.wei().await.photo("somebody else's shop").await;
    let report = |photo: &str| json!({"verb": "submit", "measure": "已改", "evidence": [photo]});
    w.wei().await.act(&hazard, report(&wrong)).await.is(200, "submitted");
    let withdraw = |file: &str, why: &str| json!({"verb": "withdraw_evidence", "file": file, "why": why});
    w.wei().await.act(&hazard, withdraw(&wrong, "传错了")).await.is(403, "forbidden");
    w.sun().await.act(&hazard, withdraw(&wrong, "")).await.is(422, "required");
    w.sun().await.act(&hazard, withdraw(&"0".repeat(64), "传错了")).await.is(422, "files.not_linked");
    w.sun().await.act(&hazard, withdraw(&wrong, "误传其他单位照片")).await.is(200, "submitted");
    w.sun().await.act(&hazard, withdraw(&wrong, "再次")).await.is(422, "files.not_linked");

    w.bo().await.act(&hazard, json!({"verb": "verify"})).await.is(422, "hazards.evidence_missing");
    let page = w.bo().await.get(&format!("/{}", hazard.0)).await;
    page.is(200, "Withdrawn as attached by mistake").is(200, "误传其他单位照片").is(200, &wrong);
    assert_eq!(w.bo().await.get(&format!("/files/{wrong}")).await.status, 200, "nothing is deleted");

    w.bo().await.act(&hazard, json!({"verb": "reject", "why": "请补传"})).await.is(200, "rectifying");
    w.wei().await.act(&hazard, report(&wrong)).await.is(200, "submitted");
    w.bo().await.act(&hazard, json!({"verb": "verify"})).await.is(200, "verified");
    w.sun().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(200, "closed");
    w.sun().await.act(&hazard, withdraw(&wrong, "已销号")).await.is(422, "hazards.not_now");
}

#[tokio::test]
async fn what_cannot_be_shown_says_what_it_is_and_can_be_downloaded() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    let wei = w.wei().await;
    let mut evidence = Vec::new();
    for bytes in [&b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"[..], &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..]] {
        let hash = paicha::kernel::secret::sha256(bytes);
        let sent = wei.send("PUT", &format!("/api/v1/files/{hash}"), Some(("video/mp4", bytes.to_vec()))).await;
        assert!(sent.status < 300, "{}", sent.body);
        evidence.push(hash);
    }
    let report = json!({"verb": "submit", "measure": "已改，附视频", "evidence": evidence});
    wei.act(&hazard, report).await.is(200, "submitted");
    let page = w.bo().await.get(&format!("/{}", hazard.0)).await;
    for said in ["<b>MP4</b>", "<b>HEIC</b>", "No preview; download it", "Download", "24 B", &evidence[0][..12]] {
        page.is(200, said);
    }
}
