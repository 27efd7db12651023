//! Signs that a visit was not made as it was recorded: found by the machine, seen by who supervises, decided by a person.

use crate::{
    visits::record,
    world::{Person, World, new_id},
};
use serde_json::{Value, json};

/// Puts a record by Ying and Bo on file and lets it be looked into; its id.
async fn visited(w: &World, change: impl Fn(&mut Value)) -> String {
    let (id, mut sent) = (new_id(), record(w, &[]).await);
    change(&mut sent);
    w.ying().await.put(&format!("/api/v1/inspections/{id}"), sent).await.is(200, "\"done\"");
    w.follow().await;
    id
}

async fn signs(person: &Person<'_>, filter: &str) -> Vec<Value> {
    person.get(&format!("/api/v1/signs?{filter}")).await.is(200, "items").json()["items"].as_array().unwrap().clone()
}

/// Half an hour at `claimed`, beginning at so many minutes past eight.
fn at(sent: &mut Value, minutes: i64, claimed: &str) {
    let time = |m: i64| format!("2023-06-14T{:02}:{:02}:00+08:00", 7 + m / 60, m % 60);
    sent["started_at"] = time(minutes).into();
    sent["ended_at"] = time(minutes + 30).into();
    sent["claimed_place"] = claimed.into();
}

#[tokio::test]
async fn an_honest_visit_gives_no_sign() {
    let w = World::new().await;
    let photo = w.ying().await.photo("窑头").await;
    visited(&w, |sent| sent["evidence"] = json!([photo])).await;
    visited(&w, |_| {}).await;
    assert_eq!(signs(&w.sun().await, "").await, Vec::<Value>::new());
    w.sun().await.get("/signs").await.is(200, "No signs here");
}

#[tokio::test]
async fn a_visit_that_cannot_have_been_made_is_noticed_whichever_comes_in_first() {
    let w = World::new().await;
    visited(&w, |sent| at(sent, 60, "114.570000,38.146000")).await;
    let second = visited(&w, |sent| at(sent, 25, "114.502000,38.045000")).await;
    let found = signs(&w.sun().await, "kind=speed").await;
    assert_eq!((found.len(), &found[0]["inspection"]), (1, &json!(second)));
    let page = w.sun().await.get(&format!("/inspections/{second}")).await;
    page.is(200, "Impossible journey").is(200, "km/h (limit 120)").is(200, "XC130123-2023-00001");
}

#[tokio::test]
async fn haste_a_place_elsewhere_and_the_same_photograph_are_noticed() {
    let w = World::new().await;
    let ying = w.ying().await;
    let site = json!({"name": "厂区", "kind": "production", "address": "正定县新安镇", "region": "130123",
        "lon": "114.570000", "lat": "38.146000"});
    ying.put(&format!("/api/v1/enterprises/{}/sites/{}", w.house.hengda, new_id()), site).await.is(200, "");
    let photo = ying.photo("窑头").await;
    visited(&w, |sent| sent["evidence"] = json!([photo])).await;
    let other = ying.photo("料库").await;
    let bad = visited(&w, |sent| {
        sent["started_at"] = json!("2023-06-14T08:51:00+08:00");
        sent["ended_at"] = json!("2023-06-14T08:52:00+08:00");
        sent["claimed_place"] = json!("115.900000,39.900000");
        sent["answers"][0]["evidence"] = json!([photo, other]);
    })
    .await;
    let mut kinds: Vec<String> =
        signs(&w.sun().await, "state=open").await.iter().map(|s| s["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    assert_eq!(kinds, ["pace", "place", "same_photo", "speed"]);
    let page = w.sun().await.get(&format!("/inspections/{bad}")).await;
    page.is(200, "16 questions at 3 seconds each").is(200, "1 photograph(s) are the very files of the visit");
    // looked into once: nothing is found twice
    let many = signs(&w.sun().await, "").await.len();
    w.bo()
        .await
        .post(&format!("/api/v1/inspections/{bad}/acts"), json!({"verb": "amend", "why": "补充"}))
        .await
        .is(200, "");
    w.follow().await;
    assert_eq!(signs(&w.sun().await, "").await.len(), many);
}

/// A photograph of a view with something in it, saved with this quality; its hash.
async fn view(person: &Person<'_>, quality: u8) -> String {
    let shade = |x: u32, y: u32| ((x / 100 * 4 + y / 100 * 11) * 37 % 256).to_le_bytes()[0];
    let picture = image::RgbImage::from_fn(800, 700, |x, y| image::Rgb([shade(x, y); 3]));
    let mut bytes = Vec::new();
    picture.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    let hash = paicha::kernel::secret::sha256(&bytes);
    person.send("PUT", &format!("/api/v1/files/{hash}"), Some(("image/jpeg", bytes))).await.is(200, "");
    hash
}

#[tokio::test]
async fn a_photograph_that_was_only_saved_anew_is_noticed() {
    let w = World::new().await;
    let ying = w.ying().await;
    let (first, again) = (view(&ying, 90).await, view(&ying, 60).await);
    assert_ne!(first, again);
    visited(&w, |sent| sent["evidence"] = json!([first])).await;
    let second = visited(&w, |sent| sent["evidence"] = json!([again])).await;
    let found = signs(&w.sun().await, "").await;
    assert_eq!((found.len(), &found[0]["kind"], &found[0]["inspection"]), (1, &json!("alike_photo"), &json!(second)));
}

#[tokio::test]
async fn those_who_are_looked_at_do_not_see_signs_and_do_not_decide_on_them() {
    let w = World::new().await;
    let bad = visited(&w, |sent| sent["ended_at"] = json!("2023-06-14T08:01:00+08:00")).await;
    let sign = signs(&w.sun().await, "").await[0].clone();
    let (path, api) = (format!("/signs/{}", sign["id"].as_str().unwrap()), "/api/v1");
    for (login, sees) in [("sun", true), ("auditor", true), ("lin", true), ("ying", false), ("wei", false)] {
        let person = w.person(login).await;
        person.get(&format!("{api}/signs")).await.is(if sees { 200 } else { 403 }, "");
        person.get(&format!("{api}{path}")).await.is(if sees { 200 } else { 404 }, "");
        person.get(&path).await.is(if sees { 200 } else { 404 }, "");
        let page = person.get(&format!("/inspections/{bad}")).await;
        assert_eq!(page.body.contains("Too little time"), sees, "{login}");
    }
    assert_eq!(signs(&w.tang().await, "").await.len(), 0, "another county");
    w.tang().await.get(&format!("{api}{path}")).await.is(404, "not_found");
    let acts = format!("{api}{path}/acts");
    w.auditor().await.post(&acts, json!({"verb": "explain", "why": "看过"})).await.is(403, "forbidden");
    w.make("ying", "inspector supervisor").await;
    w.ying().await.post(&acts, json!({"verb": "explain", "why": "没问题"})).await.is(422, "signs.own_visit");
    w.sun().await.post(&acts, json!({"verb": "explain", "why": " "})).await.is(422, "required");
    w.sun().await.press(&path, &[("verb", "pursue"), ("why", "轨迹显示未到场")]).await.is(303, "");
    w.sun().await.post(&acts, json!({"verb": "pursue", "why": "再次"})).await.is(422, "signs.not_now");
    w.sun().await.post(&acts, json!({"verb": "explain", "why": "系统时间有误，已回访企业"})).await.is(200, "explained");
    w.auditor().await.get(&path).await.is(200, "轨迹显示未到场").is(200, "已回访企业").is(200, "Found by the system");
    assert_eq!(signs(&w.sun().await, "state=open").await.len(), 0);
}

#[tokio::test]
async fn the_very_same_words_at_different_enterprises_are_noticed() {
    let w = World::new().await;
    let say = |sent: &mut Value, hour: i64, enterprise: &str| {
        sent["enterprise"] = enterprise.into();
        sent["answers"][1]["note"] = "附页三个等级，现场抽看两份".into();
        sent["started_at"] = format!("2023-06-14T0{hour}:00:00+08:00").into();
        sent["ended_at"] = format!("2023-06-14T0{hour}:50:00+08:00").into();
    };
    let mut firms = vec![w.house.hengda.to_string()];
    for name in ["正定县北苑水泥厂", "正定县南岗建材厂"] {
        let id = new_id();
        let entry = json!({"name": name, "kind": "producer", "person": "马二", "address": "正定县", "made": ["0301"]});
        w.ying().await.put(&format!("/api/v1/enterprises/{id}"), entry).await.is(200, "");
        firms.push(id);
    }
    for (hour, firm) in (1..).zip(&firms) {
        assert_eq!(signs(&w.sun().await, "kind=pattern").await.len(), 0);
        visited(&w, |sent| say(sent, hour, firm)).await;
    }
    let found = signs(&w.sun().await, "kind=pattern").await;
    assert_eq!((found.len(), &found[0]["amount"]), (1, &json!(3)));
}
