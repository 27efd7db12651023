//! Papers come out of the loop by themselves, numbered, with what was said in them. Clauses: T2-2c, S-4a.

use crate::world::{Hazard, World};
use serde_json::json;

/// The documents of a thing, by form: number and PDF, read back.
async fn paper(w: &World, login: &str, thing: &str, form: &str) -> Option<(String, String)> {
    let person = w.person(login).await;
    let listed = person.get(&format!("/api/v1/documents?thing={thing}&form={form}")).await.json();
    let one = listed["items"].get(0)?.clone();
    let pdf = person.get(&format!("/api/v1/documents/{}/pdf", one["id"].as_str().unwrap())).await;
    assert_eq!((pdf.status, &pdf.headers["content-type"].to_str().unwrap()), (200, &"application/pdf"));
    let read = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    let pages: Vec<u32> = read.get_pages().into_keys().collect();
    let text: String = read.extract_text(&pages).unwrap().split_whitespace().collect();
    Some((one["number"].as_str().unwrap().to_owned(), text))
}

fn id_of(hazard: &Hazard) -> &str {
    hazard.0.trim_start_matches("hazards/")
}

#[tokio::test]
async fn an_order_is_a_paper_with_its_number() {
    let w = World::new().await;
    let hazard = w.hazard("出厂检验记录不全").await;
    let order = json!({"verb": "order", "due": "2023-06-24", "demand": "补做三个批号的检验"});
    w.ying().await.act(&hazard, order).await.is(200, "\"ordered\"");
    let (number, text) = paper(&w, "wei", id_of(&hazard), "correction_order").await.unwrap();
    assert_eq!(number, "正定市监责改〔2023〕1号");
    for said in [
        "正定市监责改〔2023〕1号",
        "正定恒达水泥有限公司",
        "出厂检验记录不全",
        "《中华人民共和国产品质量法》第十二条",
        "2023年6月24日",
        "补做三个批号的检验",
        "六十日",
        "六个月",
        "应红",
    ] {
        assert!(text.contains(said), "no “{said}” in {text}");
    }
    w.ying().await.get(&format!("/{}", hazard.0)).await.is(200, "正定市监责改〔2023〕1号").is(200, "/pdf\"");
}

#[tokio::test]
async fn every_station_of_the_loop_leaves_its_paper() {
    let w = World::new().await;
    let hazard = w.submitted().await;
    let id = id_of(&hazard);
    let (_, report) = paper(&w, "sun", id, "rectification_report").await.unwrap();
    assert!(report.contains("补齐检验记录") && report.contains("正定市监责改〔2023〕1号"), "{report}");
    w.bo().await.act(&hazard, json!({"verb": "reject", "why": "照片看不清编号"})).await.is(200, "\"rectifying\"");
    let (number, recheck) = paper(&w, "wei", id, "recheck_record").await.unwrap();
    assert!(number.ends_with("1号") && recheck.contains("照片看不清编号"), "{recheck}");
    let photo = w.wei().await.photo("clearer").await;
    let again = json!({"verb": "submit", "measure": "重新拍摄检验记录", "evidence": [photo]});
    w.wei().await.act(&hazard, again).await.is(200, "\"submitted\"");
    w.bo().await.act(&hazard, json!({"verb": "verify"})).await.is(200, "\"verified\"");
    w.sun().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(200, "\"closed\"");
    let (_, close) = paper(&w, "sun", id, "close_out_approval").await.unwrap();
    for said in ["YH130123-2023-00001", "重新拍摄检验记录", "薄云", "孙敏", "不予立案", "正定市监复查〔2023〕2号"]
    {
        assert!(close.contains(said), "no “{said}” in {close}");
    }
    assert!(paper(&w, "wei", id, "close_out_approval").await.is_none(), "the approval stays among offices");
}

#[tokio::test]
async fn the_city_puts_a_hazard_under_supervised_handling_by_a_paper() {
    let w = World::new().await;
    let hazard = w.ordered().await;
    w.qian()
        .await
        .act(&hazard, json!({"verb": "supervise", "why": "涉及民生工程"}))
        .await
        .is(200, "\"supervised\":true");
    let (number, text) = paper(&w, "sun", id_of(&hazard), "supervised_handling").await.unwrap();
    assert_eq!(number, "石家庄市监督办〔2023〕1号");
    assert!(text.contains("正定县市场监督管理局") && text.contains("涉及民生工程"), "{text}");
}

#[tokio::test]
async fn a_character_that_no_font_has_stops_the_act_and_is_named() {
    let w = World::new().await;
    let hazard = w.hazard("包装袋印有 🔥 字样").await;
    let order = w.ying().await.act(&hazard, json!({"verb": "order", "due": "2023-06-24"})).await;
    order.is(422, "documents.missing_glyph").is(422, "🔥");
    w.ying().await.get(&format!("/api/v1/{}", hazard.0)).await.is(200, "\"registered\"");
    let page = w.ying().await.press(&format!("/{}", hazard.0), &[("verb", "order"), ("due", "2023-06-24")]).await;
    page.is(422, "🔥").is(422, "No font has");
    assert!(paper(&w, "ying", id_of(&hazard), "correction_order").await.is_none(), "no number was drawn");
    let next = w.ordered().await;
    let (number, _) = paper(&w, "ying", id_of(&next), "correction_order").await.unwrap();
    assert!(number.ends_with("〕1号"), "{number}: numbers leave no gap");
}

#[tokio::test]
async fn the_word_is_set_on_a_page_and_the_next_paper_bears_it() {
    let w = World::new().await;
    w.ordered().await;
    let offices = w.gu().await.get("/api/v1/offices?limit=200").await.json();
    let county = offices["items"].as_array().unwrap().iter().find(|o| o["code"] == "130123").unwrap()["id"].clone();
    let page = format!("/offices/{}/word", county.as_str().unwrap());
    w.gu().await.get(&page).await.is(200, "正定市监责改〔2023〕1号").is(200, "Set the word");
    w.gu().await.get(&format!("/offices/{}", county.as_str().unwrap())).await.is(200, &page);
    let looked = w.sun().await.get(&page).await;
    assert!(looked.status == 200 && !looked.body.contains("Set the word"), "who may not set it sees it");
    w.sun().await.send_form(&page, &[("word", "正定市场")]).await.is(403, "");
    w.stranger().await.get(&page).await.is(404, "");
    w.gu()
        .await
        .send_form(&page, &[("word", "ZD")])
        .await
        .is(422, "2 to 12 Chinese characters")
        .is(422, "value=\"ZD\"");
    w.gu().await.send_form(&page, &[("word", "正定市场")]).await.is(303, "");
    let hazard = w.ordered().await;
    let (number, _) = paper(&w, "wei", id_of(&hazard), "correction_order").await.unwrap();
    assert_eq!(number, "正定市场责改〔2023〕2号", "serials go on");
    w.gu().await.get(&format!("/offices/{}", county.as_str().unwrap())).await.is(200, "Set the word for documents");
}
