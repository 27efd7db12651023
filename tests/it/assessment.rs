//! Scoring sheets of offices: counted from the same facts as everything else, fixed by the office above, objected to.
//!
//! Clause: S-1c.

use crate::world::{Person, World, new_id};
use serde_json::{Value, json};

const API: &str = "/api/v1/assessments";

/// The id of an office by a piece of its name, as Lin sees them.
async fn office(w: &World, name: &str) -> String {
    let all = w.lin().await.get("/api/v1/offices?limit=200").await.json();
    let found = all["items"].as_array().unwrap().iter().find(|o| o["name"].as_str().unwrap().contains(name));
    found.unwrap_or_else(|| panic!("no {name}"))["id"].as_str().unwrap().to_owned()
}

/// A line of a sheet.
fn line(sheet: &Value, code: &str) -> Value {
    sheet["lines"].as_array().unwrap().iter().find(|l| l["code"] == code).unwrap().clone()
}

/// The sheet of Zhengding among those that `person` sees.
async fn zhengding(person: &Person<'_>, query: &str) -> Value {
    let all = person.get(&format!("{API}?{query}")).await.is(200, "below").json();
    let below = all["below"].as_array().unwrap().iter();
    below.chain([&all["own"]]).find(|s| s["office_zh"] == "正定县市场监督管理局").unwrap().clone()
}

/// It is the tenth of July: Zhengding has closed one hazard of two and reported June, its neighbours have not.
async fn july() -> World {
    let w = World::new().await;
    w.closed().await;
    w.hazard("仓库无进货查验记录").await;
    w.days_pass(18).await;
    let sun = w.sun().await;
    let june = format!("/api/v1/returns/{}", new_id());
    sun.put(&june, json!({"campaign": w.house.campaign, "period": "monthly-2023-06"})).await.is(200, "draft");
    sun.post(&format!("{june}/acts"), json!({"verb": "submit"})).await.is(200, "submitted");
    w.days_pass(8).await;
    assert_eq!(w.today().to_string(), "2023-07-10");
    w
}

/// Fixes the sheet of Zhengding as Qian does; its address.
async fn fixed(w: &World) -> String {
    let path = format!("{API}/{}", new_id());
    let new = json!({"campaign": w.house.campaign, "office": office(w, "正定县").await});
    w.qian().await.put(&path, new).await.is(200, "published");
    path
}

#[tokio::test]
async fn a_sheet_says_how_many_of_how_many_and_opens_what_it_rests_on() {
    let w = july().await;
    let sun = w.sun().await;
    let sheet = zhengding(&sun, "").await;
    let of = |code: &str| (line(&sheet, code)["part"].clone(), line(&sheet, code)["whole"].clone());
    assert_eq!(of("closing"), (json!(1), json!(2)));
    assert_eq!(line(&sheet, "closing")["reason_zh"], "发现隐患2项，已销号1项。");
    assert_eq!((of("reported").0, of("in_time").0), (json!(1), json!(1)));
    assert!(line(&sheet, "reported")["mark"].as_i64().is_some());
    assert_eq!(line(&sheet, "look_back")["mark"], Value::Null, "nothing to look back at is no fault");
    let records = line(&sheet, "closing")["records"].as_str().unwrap().to_owned();
    let counted = sun.get(&records).await.is(200, "items").json();
    assert_eq!(counted["items"].as_array().unwrap().len(), 1, "{records}");
    sun.get("/assessments")
        .await
        .is(200, "1 of 2 hazards found are closed out")
        .is(200, "/board/records?figure=closed");
    let before = zhengding(&sun, "as_of=2023-06-14").await;
    assert_eq!(line(&before, "reported")["whole"], 0, "June was not due on the first day");
    assert_eq!(line(&before, "reported")["reason_en"], "No return was due yet; not scored.");
}

#[tokio::test]
async fn an_office_sees_its_own_sheet_and_those_below_never_a_neighbours() {
    let w = july().await;
    let (qian, sun) = (w.qian().await, w.sun().await);
    let all = qian.get(API).await.json();
    assert!(all["below"].as_array().unwrap().len() > 1, "the counties of Shijiazhuang side by side");
    assert_eq!(all["below"][0]["office_zh"], "正定县市场监督管理局", "the highest total first");
    let own = sun.get(API).await.json();
    assert_eq!(own["own"]["office_zh"], "正定县市场监督管理局");
    sun.get(&format!("{API}?office={}", office(&w, "灵寿县").await)).await.is(404, "not_found");
    qian.get(&format!("{API}?office={}", office(&w, "灵寿县").await)).await.is(200, "灵寿");
    w.ying().await.get(API).await.is(403, "forbidden");
    w.wei().await.get(API).await.is(403, "forbidden");
    let path = fixed(&w).await;
    sun.get(&path).await.is(200, "published");
    w.tang().await.get(&path).await.is(404, "not_found");
    let csv = qian.get("/assessments.csv?sort=office").await;
    csv.is(200, "130123,Zhengding County Market Supervision Bureau,2023-07-10,66.66,15.00,100.00%");
    qian.get(&format!("{API}?sort=beauty")).await.is(422, "beauty");
    qian.get(&format!("{API}?as_of=2030-01-01")).await.is(422, "assessments.later");
}

#[tokio::test]
async fn what_was_fixed_stays_the_same_bytes_whatever_happens() {
    let w = july().await;
    let path = fixed(&w).await;
    let (sun, qian) = (w.sun().await, w.qian().await);
    let before = sun.get(&format!("{path}/sheet")).await.is(200, "lines").bytes.clone();
    let digest = sun.get(&path).await.json()["digest"].as_str().unwrap().to_owned();
    assert_eq!(paicha::kernel::secret::sha256(&before), digest);
    w.hazard("报送之后发现").await;
    assert_eq!(line(&zhengding(&sun, "").await, "closing")["whole"], 3, "a sheet that is not fixed follows");
    let act = json!({"verb": "correct", "line": "closing", "points": "12.5", "why": "1项重复登记"});
    qian.post(&format!("{path}/acts"), act).await.is(200, "published");
    w.days_pass(365).await;
    assert_eq!(w.sun().await.get(&format!("{path}/sheet")).await.bytes, before, "a year later");
    let now = w.sun().await.get(&path).await.json();
    assert_eq!(line(&now["sheet"], "closing")["mark"], 0, "the correction stands beside what was fixed");
    assert_eq!(now["remarks"][0]["mark"], 1250);
    assert!(now["total"].as_i64() > now["scored"].as_i64(), "{now}");
}

#[tokio::test]
async fn an_office_objects_and_the_one_above_decides_in_sight_of_both() {
    let w = july().await;
    let path = fixed(&w).await;
    let acts = format!("{path}/acts");
    let (sun, qian) = (w.sun().await, w.qian().await);
    let object = |line: &str| json!({"verb": "object", "line": line, "why": "见销号审批表正县市监销2023第1号"});
    qian.post(&acts, object("closing")).await.is(422, "assessments.not_yours");
    sun.post(&acts, object("colour")).await.is(422, "colour");
    qian.post(&acts, json!({"verb": "confirm"})).await.is(422, "assessments.too_early");
    sun.post(&acts, object("closing")).await.is(200, "objected");
    sun.post(&acts, object("closing")).await.is(422, "assessments.objected");
    sun.post(&acts, object("unnamed")).await.is(200, "objected");
    qian.post(&acts, json!({"verb": "confirm"})).await.is(422, "assessments.not_now");
    let correct =
        |points: &str| json!({"verb": "correct", "line": "closing", "points": points, "why": "经核，1项重复登记"});
    sun.post(&acts, correct("20")).await.is(403, "forbidden");
    qian.post(&acts, correct("20.01")).await.is(422, "assessments.too_many");
    qian.post(&acts, correct("twenty")).await.is(422, "points");
    qian.post(&acts, json!({"verb": "reject", "line": "overdue", "why": "无"}))
        .await
        .is(422, "assessments.not_objected");
    qian.post(&acts, correct("20")).await.is(200, "\"objected\"");
    qian.post(&acts, json!({"verb": "reject", "line": "unnamed", "why": "登记信息如此"}))
        .await
        .is(200, "\"published\"");
    sun.get(&path.replace("/api/v1", ""))
        .await
        .is(200, "经核，1项重复登记")
        .is(200, "登记信息如此")
        .is(200, "<s>0.00</s>");
    sun.post(&acts, json!({"verb": "agree"})).await.is(200, "agreed");
    qian.post(&acts, json!({"verb": "confirm"})).await.is(200, "final");
    qian.post(&acts, json!({"verb": "withdraw", "why": "重评"})).await.is(422, "assessments.not_now");
    let told = sun.get(&format!("/api/v1/events?thing={}", path.rsplit('/').next().unwrap())).await;
    told.is(200, "\"confirm\"").is(200, "登记信息如此");
}

#[tokio::test]
async fn the_offices_below_are_fixed_at_once_and_none_twice() {
    let w = july().await;
    let (qian, sun) = (w.qian().await, w.sun().await);
    let campaign = w.house.campaign.to_string();
    let form = [("campaign", campaign.as_str()), ("day", "2023-06-30"), ("due", "")];
    qian.send_form("/assessments", &form).await.is(303, "");
    let all = qian.get(&format!("{API}/fixed?limit=100")).await.json();
    let many = all["items"].as_array().unwrap().len();
    assert!(many > 1);
    qian.send_form("/assessments", &form).await.is(303, "");
    assert_eq!(qian.get(&format!("{API}/fixed?limit=100")).await.json()["items"].as_array().unwrap().len(), many);
    assert_eq!(sun.get(&format!("{API}/fixed")).await.json()["items"].as_array().unwrap().len(), 1);
    let zhengding = office(&w, "正定县").await;
    let again = json!({"campaign": campaign, "office": zhengding, "day": "2023-06-30"});
    qian.put(&format!("{API}/{}", new_id()), again.clone()).await.is(422, "assessments.once");
    let zhao = w.person("zhao").await;
    zhao.put(&format!("{API}/{}", new_id()), again).await.is(422, "assessments.not_below");
    qian.send_form("/assessments", &[("campaign", campaign.as_str()), ("day", "2023-01-01")])
        .await
        .is(422, "not later");
    sun.get("/").await.is(200, "Sheets to agree or object to");
    w.days_pass(20).await;
    w.qian().await.get("/").await.is(200, "Scoring sheets to decide on");
}
