//! Keys of devices: registered once, exchanged never, revoked by their owner or the administrator.

use crate::{
    phone::Phone,
    visits::record,
    world::{World, new_id},
};
use serde_json::json;

#[tokio::test]
async fn a_key_is_registered_once_and_never_exchanged() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    phone.register().await.is(200, &phone.device);
    let path = format!("/api/v1/devices/{}", phone.device);
    let other = Phone::unregistered(&w, "ying").await;
    phone.person.put(&path, json!({"name": "另一台", "key": other.spki()})).await.is(409, "devices.other_key");
    w.bo().await.put(&path, json!({"name": "冒用", "key": phone.spki()})).await.is(409, "devices.other_key");
    let nonsense = json!({"name": "x", "key": "AAAA"});
    phone.person.put(&format!("/api/v1/devices/{}", new_id()), nonsense).await.is(422, "devices.not_a_key");
    assert_eq!(phone.person.get("/api/v1/devices").await.json().as_array().unwrap().len(), 1);
    assert_eq!(w.bo().await.get("/api/v1/devices").await.body, "[]");
    w.auditor().await.put(&path, json!({"name": "x", "key": phone.spki()})).await.is(403, "forbidden");
    phone.person.get("/me").await.is(200, "华为 nova 9").is(200, "Field devices");
}

#[tokio::test]
async fn what_a_revoked_device_sends_is_refused_and_what_it_sealed_before_stays_valid() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let visit = new_id();
    let item = phone.item("inspection", &visit, &record(&w, &[]).await, json!({}));
    phone.send(&item).await.is("stored", "");
    let path = format!("/api/v1/devices/{}/acts", phone.device);
    w.bo().await.post(&path, json!({"verb": "revoke", "why": "不是我的"})).await.is(404, "not_found");
    phone.person.post(&path, json!({"verb": "revoke", "why": " "})).await.is(422, "required");
    phone.person.post(&path, json!({"verb": "revoke", "why": "手机遗失"})).await.is(200, "手机遗失");
    phone.person.post(&path, json!({"verb": "revoke", "why": "再次"})).await.is(422, "devices.revoked");
    let late = phone.item("inspection", &new_id(), &record(&w, &[]).await, json!({}));
    phone.send(&late).await.is("refused", "sync.device_revoked");
    phone.send(&item).await.is("known", "");
    let seal = w.sun().await.get(&format!("/api/v1/inspections/{visit}/seal")).await.json();
    assert_eq!((&seal["holds"], seal["items"][0]["revoked_at"].is_string()), (&json!(true), true));
    w.sun().await.get("/api/v1/refused").await.is(200, "sync.device_revoked");
}

#[tokio::test]
async fn an_administrator_revokes_the_key_of_a_lost_phone() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let path = format!("/api/v1/devices/{}/acts", phone.device);
    w.make("sun", "administrator").await;
    w.sun().await.post(&path, json!({"verb": "revoke", "why": "调离"})).await.is(200, "调离");
    w.make("tang", "administrator").await;
    w.tang().await.post(&path, json!({"verb": "revoke", "why": "别县"})).await.is(404, "not_found");
    let other = Phone::of(&w, "ying").await;
    let button = format!("/me/devices/{}/revoke", other.device);
    other.person.send_form(&button, &[("why", "更换手机")]).await.is(303, "");
    other.person.get("/me").await.is(200, "Revoked");
}
