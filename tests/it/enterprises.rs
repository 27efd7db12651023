//! Subjects, certificates and imports as people and programs meet them.
//!
//! Clauses: T1-2, T2-2a.

use crate::world::{Person, Reply, World, new_id};
use paicha::reference::identifiers::{make_licence, make_uscc};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// A form as a browser sends it.
async fn send(person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    person.send("POST", path, Some((FORM, body.into_bytes()))).await
}

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.headers["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_loses_nothing_and_says_what_is_wrong_beside_the_field() {
    let w = World::new().await;
    let ying = w.ying().await;
    ying.get("/enterprises/new").await.is(200, "Register an enterprise");
    let id = new_id();
    let fields = |code: &'static str| {
        [
            ("id", id.clone()),
            ("name", "正定县云岭线缆有限公司".into()),
            ("uscc", code.into()),
            ("kind", "producer".into()),
            ("address", "正定县工业路9号".to_owned()),
            ("tags[]", "complaints".into()),
            ("made[]", "0402".into()),
        ]
    };
    let pairs = fields("91350100M000100Y44");
    let wrong = send(&ying, "/enterprises/new", &pairs.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    wrong.is(422, "should be “3” and is “4”").is(422, "正定县云岭线缆有限公司").is(422, "value=\"0402\" checked");
    let good: String = make_uscc("130123", 777_001);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(n, v)| if *n == "uscc" { ("uscc", good.as_str()) } else { (*n, v.as_str()) }).collect();
    let page = location(&send(&ying, "/enterprises/new", &pairs).await);
    assert_eq!(page, format!("/enterprises/{id}"));
    ying.get(&page).await.is(200, &good).is(200, "Many complaints").is(200, "What happened");
    ying.get(&format!("{page}/edit")).await.is(200, "正定县工业路9号").is(200, "value=\"complaints\" checked");
    ying.get("/enterprises?tag=complaints&product=04").await.is(200, "正定县云岭线缆有限公司");
    w.stranger().await.get(&page).await.is(404, "not within your jurisdiction");
    w.stranger().await.get("/enterprises.csv").await.is(200, "");
}

#[tokio::test]
async fn a_look_alike_is_shown_and_must_be_confirmed() {
    let w = World::new().await;
    w.follow().await;
    let ying = w.ying().await;
    let id = new_id();
    let mut fields = vec![
        ("id", id.as_str()),
        ("name", "正定县恒达水泥有限责任公司"),
        ("kind", "producer"),
        ("person", "何某"),
        ("address", "不详"),
    ];
    let warned = send(&ying, "/enterprises/new", &fields).await;
    warned.is(409, "name=\"confirm_not_duplicate\"").is(409, "100%");
    let hengda = w.house.hengda.to_string();
    fields.push(("confirm_not_duplicate", &hengda));
    location(&send(&ying, "/enterprises/new", &fields).await);
    w.follow().await;
    let alike =
        ying.get("/api/v1/enterprises/alike?name=%E6%81%92%E8%BE%BE%E6%B0%B4%E6%B3%A5").await.is(200, &hengda).json();
    assert_eq!(alike.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn merging_is_for_the_coordinator_and_follows_every_link() {
    let w = World::new().await;
    let (ying, qian) = (w.ying().await, w.qian().await);
    let hazard = w.hazard("出厂检验记录不全").await;
    let entry = json!({"name": "正定县恒达水泥新厂", "kind": "producer", "uscc": make_uscc("130123", 777_002)});
    let id = new_id();
    ying.put(&format!("/api/v1/enterprises/{id}"), entry.clone()).await.is(200, "\"active\"");
    ying.put(&format!("/api/v1/enterprises/{id}"), entry).await.is(200, "\"active\"");
    let merge = |into: &str| json!({"verb": "merge", "into": into, "why": "核实为同一企业"});
    let acts = |id: &str| format!("/api/v1/enterprises/{id}/acts");
    let hengda = w.house.hengda.to_string();
    qian.post(&acts(&hengda), merge(&id)).await.is(422, "enterprises.merge_codes");
    let shop = json!({"name": "恒达水泥直销点", "kind": "seller", "person": "何某", "address": "正定县城北门"});
    let old = new_id();
    ying.put(&format!("/api/v1/enterprises/{old}"), shop).await.is(200, "\"active\"");
    ying.post(&acts(&old), merge(&hengda)).await.is(403, "forbidden");
    qian.post(&acts(&old), merge(&hengda)).await.is(200, "\"merged\"");
    let followed = ying.get(&format!("/api/v1/enterprises/{old}")).await;
    assert_eq!(followed.id(), hengda);
    ying.get(&format!("/enterprises/{old}")).await.is(200, "This record was merged into");
    ying.get(&format!("/enterprises/{hengda}")).await.is(200, "恒达水泥直销点");
    assert_eq!(ying.get(&format!("/api/v1/{}", hazard.0)).await.json()["enterprise"], hengda.as_str());
    let named = [("verb", "unmerge"), ("why", "核实为两家")];
    location(&qian.press(&format!("/enterprises/{old}"), &named).await);
    assert_eq!(ying.get(&format!("/api/v1/enterprises/{old}")).await.id(), old);
}

#[tokio::test]
async fn certificates_are_registered_revoked_and_explained() {
    let w = World::new().await;
    let (ying, sun) = (w.ying().await, w.sun().await);
    let hengda = format!("/enterprises/{}", w.house.hengda);
    ying.get(&format!("{hengda}/certificates/new")).await.is(200, "Register a certificate");
    let (id, number) = (new_id(), make_licence('冀', 8, 1, 7777));
    let fields = [
        ("id", id.as_str()),
        ("kind", "licence"),
        ("number", &number),
        ("products", "0301"),
        ("issued", "2020-01-10"),
        ("expires", "2025-01-09"),
    ];
    let page = location(&send(&ying, &format!("{hengda}/certificates/new"), &fields).await);
    let twice = [
        ("id", new_id()),
        ("kind", "licence".into()),
        ("number", number.clone()),
        ("issued", "2020-01-10".into()),
        ("expires", "2025-01-09".into()),
    ];
    let twice = twice.each_ref().map(|(n, v)| (*n, v.as_str()));
    send(&ying, &format!("{hengda}/certificates/new"), &twice).await.is(422, "This number is registered already");
    ying.get(&page).await.is(200, &number).is(200, "Record renewal");
    let revoke = [
        ("verb", "revoke"),
        ("on", "2023-06-01"),
        ("authority", "河北省市场监督管理局"),
        ("document", "冀市监罚〔2023〕1号"),
    ];
    ying.press(&page, &revoke).await.is(403, "");
    location(&sun.press(&page, &revoke).await);
    sun.get(&page).await.is(200, "Revoked").is(200, "IPL art.47").is(200, "no new application for a licence");
    sun.get(&format!("{hengda}/certificates/new")).await.is(200, "no new application for a licence");
    sun.get(&format!("/api/v1/certificates/{id}/history")).await.is(200, "冀市监罚〔2023〕1号");
    sun.get("/certificates?state=revoked").await.is(200, &number);
    w.stranger().await.get(&page).await.is(404, "");
    w.follow().await;
    let path = format!("/api/v1/enterprises?q={}", number.rsplit('-').next().unwrap());
    sun.get(&path).await.is(200, &w.house.hengda.to_string());
}

#[tokio::test]
async fn a_look_at_the_telephone_stands_in_the_record() {
    let w = World::new().await;
    let hengda = format!("/enterprises/{}", w.house.hengda);
    let ying = w.ying().await;
    assert!(!ying.get(&hengda).await.body.contains("13800000001"));
    send(&ying, &format!("{hengda}/look"), &[("why", "通知企业准备复查")]).await.is(200, "13800000001");
    assert!(!ying.get(&hengda).await.is(200, "通知企业准备复查").body.contains("13800000001"));
    w.auditor().await.post(&format!("/api/v1{hengda}/look"), json!({})).await.is(403, "forbidden");
}

#[tokio::test]
async fn a_site_in_another_county_is_seen_there() {
    let w = World::new().await;
    let (ying, stranger) = (w.ying().await, w.stranger().await);
    let away = stranger.get("/api/v1/enterprises").await.json();
    assert_eq!(away["items"].as_array().unwrap().len(), 0);
    let region =
        w.app.db.read(|tx| Ok(paicha::accounts::acting(tx, "stranger", w_now())?.actor.office.region)).await.unwrap();
    let path = format!("/enterprises/{}/sites/{}", w.house.hengda, new_id());
    ying.get(&path).await.is(200, "Site");
    let fields = [("name", "第二粉磨站"), ("kind", "production"), ("address", "邻县工业路2号"), ("region", &region)];
    location(&send(&ying, &path, &fields).await);
    stranger.get(&format!("/enterprises/{}", w.house.hengda)).await.is(200, "第二粉磨站");
    stranger.get("/enterprises?sites=1").await.is(200, "恒达水泥");
}

fn w_now() -> paicha::kernel::Moment {
    paicha::kernel::Moment::start_of(crate::world::START)
}

async fn finished(person: &Person<'_>, id: &str) -> Value {
    for _ in 0..100_000 {
        let status = person.get(&format!("/api/v1/imports/{id}")).await.is(200, "progress").json();
        if status["state"] == "done" {
            return status;
        }
        tokio::task::yield_now().await;
    }
    panic!("the import does not end");
}

#[tokio::test]
async fn a_messy_file_is_uploaded_confirmed_and_answered_row_by_row() {
    let w = World::new().await;
    let sun = w.sun().await;
    w.ying().await.get("/imports").await.is(403, "");
    sun.get("/imports").await.is(200, "Send a list");
    let file = std::fs::read("demo/enterprises-messy.xlsx").unwrap();
    let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"名录.xlsx\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    let body = [head.as_bytes(), &file, b"\r\n--edge--\r\n"].concat();
    let sent = sun.send("POST", "/imports", Some(("multipart/form-data; boundary=edge", body))).await;
    let page = location(&sent);
    let id = page.rsplit('/').next().unwrap();
    sun.get(&page)
        .await
        .is(200, "Confirm what the columns mean")
        .is(200, "单位名称")
        .is(200, "value=\"licence_expires\" selected");
    let names = [
        "",
        "name",
        "uscc",
        "kind",
        "phone",
        "address",
        "region",
        "licence",
        "licence_issued",
        "licence_expires",
        "products",
    ];
    let columns: Vec<(String, &str)> = names.iter().enumerate().map(|(i, n)| (format!("column{i}"), *n)).collect();
    let mut fields: Vec<(&str, &str)> = columns.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    fields.extend([("verb", "start"), ("width", "11"), ("header", "4")]);
    let twice: Vec<(&str, &str)> =
        fields.iter().map(|(n, v)| if *n == "column0" { (*n, "name") } else { (*n, *v) }).collect();
    send(&sun, &page, &twice).await.is(422, "keep one");
    location(&send(&sun, &page, &fields).await);
    let done = finished(&sun, id).await;
    assert_eq!((&done["progress"]["new"], &done["progress"]["refused"]), (&json!(5), &json!(9)), "{done}");
    sun.get(&page).await.is(200, "Refused rows").is(200, "scientific notation");
    let rows = sun.get(&format!("/api/v1/imports/{id}/rows?outcome=refused")).await.json();
    assert_eq!(rows.as_array().unwrap().len(), 9);
    let result = sun.ask("GET", &format!("{page}/result.xlsx"), &[("accept-language", "zh")], None).await;
    assert_eq!(result.status, 200);
    w.stranger().await.get(&format!("/api/v1/imports/{id}")).await.is(404, "");
    w.follow().await;
    sun.get("/api/v1/enterprises?q=青石水泥").await.is(200, "正定县 青石水泥 有限公司");
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_with_a_sentence() {
    let w = World::new().await;
    let sun = w.sun().await;
    let body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.xlsx\"\r\n\r\nPK\x03\x04damaged\r\n--edge--\r\n";
    let kind = "multipart/form-data; boundary=edge";
    sun.send("POST", "/imports", Some((kind, body.to_vec()))).await.is(422, "The workbook is damaged or no XLSX");
    let id = new_id();
    let gbk = std::fs::read("demo/enterprises-gbk.csv").unwrap();
    let put =
        sun.send("PUT", &format!("/api/v1/imports/{id}?name=list.csv"), Some(("application/octet-stream", gbk))).await;
    let import = put.is(200, "\"preview\"").json();
    let start = json!({"verb": "start", "mapping": import["mapping"]});
    sun.post(&format!("/api/v1/imports/{id}/acts"), start).await.is(200, "\"running\"");
    assert_eq!(finished(&sun, &id).await["progress"]["new"], 60);
}
