//! Tasks by spreadsheet: what is right becomes tasks, what is wrong is written beside its row, nothing is made twice.

use crate::world::{Person, Reply, World, new_id};
use paicha::{kernel::sheet, reference::identifiers};
use serde_json::{Value, json};

const HEADS: &str = "任务分工表,,,,\n序号,统一社会信用代码,企业名称,产品,承办人登录名,完成期限";
const BYTES: &str = "application/octet-stream";

impl Person<'_> {
    /// Sends a form with a file from a page.
    pub async fn send_file(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Reply {
        let part = |name: &str, more: &str| {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").into_bytes()
        };
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend([part(name, ""), value.as_bytes().to_vec(), b"\r\n".to_vec()].concat());
        }
        if let Some((name, bytes)) = file {
            let more = format!("; filename=\"{name}\"");
            body.extend([part("file", &more), bytes.to_vec(), b"\r\n".to_vec()].concat());
        }
        body.extend(b"--edge--\r\n");
        self.send("POST", path, Some(("multipart/form-data; boundary=edge", body))).await
    }
}

fn table(rows: &[&str]) -> Vec<u8> {
    format!("{HEADS}\n{}\n", rows.join("\n")).into_bytes()
}

async fn tasks(who: &Person<'_>) -> Vec<Value> {
    who.get("/api/v1/tasks?limit=200").await.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_row_is_taken_or_refused_by_itself() {
    let w = World::new().await;
    let (sun, id) = (w.sun().await, new_id());
    let code = identifiers::make_uscc("130123", 1);
    let rows = [
        format!("1,{code},,0301、水泥,ying,2023-06-20").replace("、水泥", ""),
        "2,,正定县新城铺镇村口便民店,,BO,2023年6月28日".to_owned(),
        "3,,没有这家厂,,ying,2023-06-28".to_owned(),
        format!("4,{code},,9999,nobody,2023-06-01"),
        "5,,,,sun,someday".to_owned(),
    ];
    let bytes = table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let at = format!("campaign={}&name=tasks.csv", w.house.campaign);
    let seen = sun.send("POST", &format!("/api/v1/assignments/sheet?{at}"), Some((BYTES, bytes.clone()))).await;
    let seen = seen.is(200, "Row 3 of the table").json();
    assert_eq!((&seen["chosen"], &seen["left_out"]), (&json!(2), &json!(0)));
    let faults: Vec<(i64, &str)> = seen["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["line"].as_i64().unwrap(), f["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        faults,
        [
            (5, "assignments.sheet_unknown"),
            (6, "assignments.sheet_twice"),
            (6, "assignments.sheet_product_unknown"),
            (6, "assignments.sheet_owner_unknown"),
            (6, "tasks.due_past"),
            (7, "assignments.sheet_cell_empty"),
            (7, "tasks.not_an_owner"),
            (7, "not_a_date"),
        ]
    );
    assert!(tasks(&sun).await.is_empty());
    let path = format!("/api/v1/assignments/{id}/sheet?{at}");
    let put = async |path: &str, bytes: &[u8]| sun.send("PUT", path, Some((BYTES, bytes.to_vec()))).await;
    put(&path, &bytes).await.is(200, "\"made\":2").is(200, "\"file\":\"tasks.csv\"");
    let made = tasks(&sun).await;
    let of = |due: &str| made.iter().find(|t| t["due"] == due).unwrap();
    assert_eq!((made.len(), of("2023-06-20")["products"].clone()), (2, json!(["0301"])));
    assert_eq!(of("2023-06-28")["owner"], json!(w.account("bo").await));
    for task in &made {
        let visit = sun.get(&format!("/api/v1/inspections/{}", task["visit"].as_str().unwrap())).await.json();
        assert!(visit["planned_for"].as_str() <= task["due"].as_str(), "{visit}");
    }
    // the same once more answers as the first time; under another id it finds everything made; other content is refused
    put(&path, &bytes).await.is(200, "\"made\":2");
    put(&format!("/api/v1/assignments/{}/sheet?{at}", new_id()), &bytes).await.is(422, "assignments.nobody");
    put(&path, &table(&[&rows[0]])).await.is(409, "assignments.other_content");
    assert_eq!(tasks(&sun).await.len(), 2);
    let book = sun.get(&format!("/api/v1/assignments/{id}/result.xlsx")).await;
    let back = sheet::read(&book.is(200, "").bytes).unwrap();
    let said: Vec<&str> = back.iter().map(|r| r.cells.last().unwrap().as_str()).collect();
    assert_eq!(said[1..4], ["Outcome", "Handed out", "Handed out"]);
    assert!(said[5].contains("same enterprise as in row 3") && said[5].contains("no open account"), "{said:?}");
}

#[tokio::test]
async fn a_table_that_is_none_and_people_who_may_not() {
    let w = World::new().await;
    let (sun, at) = (w.sun().await, format!("campaign={}", w.house.campaign));
    let path = format!("/api/v1/assignments/sheet?{at}");
    let send = async |who: &Person<'_>, bytes: &[u8]| who.send("POST", &path, Some((BYTES, bytes.to_vec()))).await;
    send(&sun, b"a,b\n1,2\n").await.is(422, "assignments.sheet_columns_missing");
    send(&sun, "企业名称,完成期限\n某店,2023-06-28\n".as_bytes()).await.is(422, "Login of who goes");
    send(&sun, b"").await.is(422, "imports.no_rows");
    send(&w.ying().await, &table(&[])).await.is(403, "forbidden");
    // who is elsewhere knows nobody here
    let row = format!("1,{},,,ying,2023-06-28", identifiers::make_uscc("130123", 1));
    send(&w.person("tang").await, &table(&[&row])).await.is(200, "assignments.sheet_unknown").is(200, "\"chosen\":0");
    w.ying().await.get("/assignments/sheet").await.is(403, "");
}

#[tokio::test]
async fn from_the_page_first_a_look_then_the_tasks() {
    let w = World::new().await;
    let (sun, id, campaign) = (w.sun().await, new_id(), w.house.campaign.to_string());
    let blank = sun.get("/assignments/sheet.csv").await;
    blank.is(200, "Login of who goes");
    sun.get("/assignments/sheet").await.is(200, "Blank table");
    let bytes = table(&["1,,正定恒达水泥有限公司,水泥,ying,2023-06-20", "2,,没有这家厂,,ying,2023-06-28"]);
    let fields = [("id", id.as_str()), ("campaign", campaign.as_str())];
    let page = "/assignments/sheet";
    sun.send_file(page, &[&fields[..], &[("go", "look")]].concat(), None).await.is(422, "This is required");
    let seen = sun.send_file(page, &[&fields[..], &[("go", "look")]].concat(), Some(("a.csv", &bytes))).await;
    seen.is(200, "was not found within the jurisdiction").is(200, "Assign what is right").is(200, "应红");
    let rows = serde_json::to_string(&sheet::read(&bytes).unwrap()).unwrap();
    let fields = [&fields[..], &[("name", "a.csv"), ("table", rows.as_str())]].concat();
    let book = sun.send_file(page, &[&fields[..], &[("go", "result")]].concat(), None).await;
    assert!(sheet::read(&book.is(200, "").bytes).unwrap()[3].cells.last().unwrap().contains("not found"));
    assert!(tasks(&sun).await.is_empty());
    let made = sun.send_file(page, &[&fields[..], &[("go", "make")]].concat(), None).await;
    assert_eq!(made.is(303, "").headers["location"].to_str().unwrap(), format!("/assignments/{id}"));
    let shown = sun.get(&format!("/assignments/{id}")).await;
    shown.is(200, "1 rows of the table were wrong").is(200, "a.csv").is(200, "Handed out");
    assert_eq!(tasks(&sun).await.len(), 1);
}
