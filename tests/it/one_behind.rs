//! A device one version behind: an app that sends the envelope of the version before, and a visit that was begun before its
//! checklist was changed. Clauses: T1-1, T3-1a.

use crate::{
    packs,
    phone::Phone,
    visits::{planned, record},
    world::{World, new_id},
};
use serde_json::{Value, json};

/// Version 2 of the pack: cement producers are not asked any more whether a sample should be drawn (A16).
fn revised(name: &str, text: String) -> String {
    match name {
        "checklists/cement-licence.csv" => {
            text.lines().filter(|line| !line.starts_with("A16,")).map(|line| format!("{line}\n")).collect()
        }
        _ => packs::version(2)(name, text),
    }
}

/// What has come to the phone since the last time, in one part.
async fn news(phone: &Phone<'_>, since: &Value) -> Value {
    let since = since["next"].as_str().unwrap_or_default();
    phone.person.get(&format!("/api/v1/sync/pack?device={}&since={since}", phone.device)).await.json()
}

fn questions(pack: &Value) -> usize {
    let lists = pack["campaigns"][0]["pack"]["checklists"].as_array().unwrap();
    lists.iter().find(|list| list["code"] == "cement-licence").unwrap()["items"].as_array().unwrap().len()
}

/// A record of the questions of this version.
async fn record_of(w: &World, version: i64, asked: usize) -> Value {
    let mut sent = record(w, &[]).await;
    sent["pack_version"] = json!(version);
    sent["answers"].as_array_mut().unwrap().truncate(asked);
    sent
}

#[tokio::test]
async fn an_app_one_version_behind_still_sends() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    for version in ["0", "1"] {
        let item = phone.item("inspection", &new_id(), &record(&w, &[]).await, json!({}));
        let batch = json!({"device": phone.device, "items": [item]}).to_string().into_bytes();
        let said = [("x-paicha-field", version)];
        let reply = phone.person.ask("POST", "/api/v1/sync", &said, Some(("application/json", batch))).await;
        reply.is(200, "\"stored\"");
    }
    assert_eq!(w.figure("sun", "visits").await, 2);
}

#[tokio::test]
async fn a_visit_that_was_begun_finishes_on_the_checklist_it_began_with() {
    let w = World::new().await;
    let phone = Phone::of(&w, "ying").await;
    let (begun, later) = (planned(&w).await, planned(&w).await);
    let first = news(&phone, &Value::Null).await;
    assert_eq!((&first["campaigns"][0]["pack_version"], questions(&first)), (&json!(1), 16));

    // the phone is in a cellar when the checklist is changed
    let lin = w.lin().await;
    packs::send(&lin, "/api/v1/packs", &packs::zipped(revised)).await.is(200, "\"version\":2");
    let adopt = json!({"verb": "adopt", "pack_version": 2, "why": "国家修订"});
    lin.post(&format!("/api/v1/campaigns/{}/acts", w.house.campaign), adopt).await.is(200, "");

    let item = phone.item("inspection", &begun, &record_of(&w, 1, 16).await, json!({}));
    phone.send(&item).await.is("stored", "");
    let sun = w.sun().await;
    let visit = sun.get(&format!("/api/v1/inspections/{begun}")).await.json();
    assert_eq!((&visit["state"], &visit["pack_version"]), (&json!("done"), &json!(1)));
    sun.get(&format!("/inspections/{begun}")).await.is(200, "Should a sample be drawn?");
    sun.get(&format!("/api/v1/inspections/{begun}/seal")).await.is(200, "\"holds\":true");

    // the next exchange brings the new questions, and the next visit is asked them
    let second = news(&phone, &first).await;
    assert_eq!((&second["campaigns"][0]["pack_version"], questions(&second)), (&json!(2), 15));
    let old = phone.item("inspection", &later, &record_of(&w, 2, 16).await, json!({}));
    phone.send(&old).await.is("refused", "A16");
    let new = phone.item("inspection", &later, &record_of(&w, 2, 15).await, json!({}));
    phone.send(&new).await.is("stored", "");
    let visit = sun.get(&format!("/api/v1/inspections/{later}")).await.json();
    assert_eq!(visit["pack_version"], 2);
    assert_eq!(
        questions(&news(&phone, &Value::Null).await),
        15,
        "a device that has nothing is given the new ones only"
    );
}
