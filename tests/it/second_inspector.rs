//! Whoever went along confirms the record with a key of their own, on a phone of their own, before or after it has arrived.
//!
//! Clause: T3-1a.

use crate::{
    phone::Phone,
    visits::record,
    world::{World, new_id},
};
use paicha::kernel::secret::sha256;
use serde_json::{Value, json};

/// What Bo's phone seals when it has read the code on Ying's.
fn confirmation(of: &Value) -> Value {
    let sealed = sha256(of["content"].as_str().unwrap().as_bytes());
    json!({"thing": "inspections", "act": {"verb": "confirm", "sha256": sealed}})
}

#[tokio::test]
async fn a_colleague_confirms_with_a_key_of_their_own() {
    let w = World::new().await;
    let (ying, bo) = (Phone::of(&w, "ying").await, Phone::of(&w, "bo").await);
    let visit = new_id();
    let item = ying.item("inspection", &visit, &record(&w, &[("A8", "P08")]).await, json!({}));
    let confirmed = bo.item("act", &visit, &confirmation(&item), json!({"after": [item["id"]]}));
    let held = bo.send(&confirmed).await;
    assert_eq!((&held.0["outcome"], &held.0["waits"]), (&json!("held"), &json!([item["id"]])), "it was faster");
    ying.send(&item).await.is("stored", "");
    bo.send(&confirmed).await.is("known", "");
    let seal = w.sun().await.get(&format!("/api/v1/inspections/{visit}/seal")).await.json();
    assert_eq!((&seal["holds"], seal["items"].as_array().unwrap().len()), (&json!(true), 2), "{seal}");
    assert_eq!((&seal["items"][1]["confirms"], &seal["items"][1]["device"]), (&json!(true), &json!(bo.device)));
    assert_eq!(
        (&seal["colleagues"][0]["name"], &seal["colleagues"][0]["confirmed_at"]),
        (&json!("薄云"), &json!(bo.at))
    );
    let page = w.sun().await.get(&format!("/inspections/{visit}/seal")).await;
    page.is(200, "Confirmed on a phone of their own").is(200, "Confirmation of a colleague");
    w.sun().await.get(&format!("/inspections/{visit}")).await.is(200, "Confirm as a colleague");
    // a confirmation that was tampered with does not count
    let tamper = "update sync_items set content = replace(content, 'confirm', 'Confirm') where kind = 'act'";
    w.app.db.write(move |tx| tx.run(tamper, &[])).await.unwrap();
    let seal = w.sun().await.get(&format!("/api/v1/inspections/{visit}/seal")).await.json();
    assert_eq!((&seal["holds"], &seal["colleagues"][0]["confirmed_at"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn only_the_record_on_file_is_confirmed_and_only_by_who_was_there() {
    let w = World::new().await;
    let (ying, bo, stranger) =
        (Phone::of(&w, "ying").await, Phone::of(&w, "bo").await, Phone::of(&w, "stranger").await);
    let visit = new_id();
    let item = ying.item("inspection", &visit, &record(&w, &[]).await, json!({}));
    ying.send(&item).await.is("stored", "");
    let another = json!({"thing": "inspections", "act": {"verb": "confirm", "sha256": sha256(b"another")}});
    bo.send(&bo.item("act", &visit, &another, json!({}))).await.is("refused", "sync.other_record");
    ying.send(&ying.item("act", &visit, &confirmation(&item), json!({}))).await.is("refused", "sync.not_with_them");
    stranger.send(&stranger.item("act", &visit, &confirmation(&item), json!({}))).await.is("refused", "not_found");
    let seal = w.sun().await.get(&format!("/api/v1/inspections/{visit}/seal")).await;
    assert_eq!(seal.json()["colleagues"][0]["confirmed_at"], Value::Null);
    w.sun().await.get(&format!("/inspections/{visit}/seal")).await.is(200, "not confirmed on one of their own");
    // a record that was typed on a page has nothing to be confirmed
    let typed = new_id();
    w.ying().await.put(&format!("/api/v1/inspections/{typed}"), record(&w, &[]).await).await.is(200, "");
    let path = format!("/api/v1/inspections/{typed}/acts");
    w.bo().await.post(&path, json!({"verb": "confirm", "sha256": ""})).await.is(422, "sync.other_record");
}
