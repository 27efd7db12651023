//! Returns: counted from records, approved level by level, kept as they were submitted.
//!
//! Clauses: S-2b, S-4d.

use crate::world::{Person, Reply, World, new_id};
use serde_json::{Value, json};

/// A return by its id.
struct Return(String);

impl Return {
    fn path(&self) -> String {
        format!("/api/v1/returns/{}", self.0)
    }
}

impl Person<'_> {
    /// Begins the own office's return for June.
    async fn june(&self) -> Return {
        let id = new_id();
        let new = json!({"campaign": self.world.house.campaign, "period": "monthly-2023-06"});
        self.put(&format!("/api/v1/returns/{id}"), new).await.is(200, "\"draft\"");
        Return(id)
    }

    async fn do_to(&self, of: &Return, act: Value) -> Reply {
        self.post(&format!("{}/acts", of.path()), act).await
    }

    async fn table(&self, of: &Return) -> Value {
        self.get(&format!("{}/table", of.path())).await.is(200, "cells").json()
    }

    async fn state(&self, of: &Return) -> String {
        self.get(&of.path()).await.json()["state"].as_str().unwrap().to_owned()
    }

    async fn export(&self, of: &Return, what: &str) -> Vec<u8> {
        self.get(&format!("{}/export?{what}", of.path())).await.is(200, "").bytes.to_vec()
    }
}

/// What a table says of a row in all: this period and the total.
fn whole(table: &Value, row: &str) -> (i64, i64) {
    let bare = |c: &&Value| c["row"] == row && ["office", "product", "field"].iter().all(|part| c.get(part).is_none());
    let cell = table["cells"].as_array().unwrap().iter().find(bare);
    cell.map_or((0, 0), |c| (c["period"].as_i64().unwrap(), c["total"].as_i64().unwrap()))
}

/// June is over: Zhengding has found something, and it is the first of July.
async fn july() -> World {
    let w = World::new().await;
    w.closed().await;
    w.hazard("仓库无进货查验记录").await;
    w.days_pass(17).await;
    w
}

/// Every county of Shijiazhuang beside Zhengding is silent, with a reason.
async fn go_on_without_the_others(qian: &Person<'_>, city: &Return) {
    let matrix = qian.get(&format!("/api/v1/returns/matrix?campaign={}", qian.world.house.campaign)).await.json();
    for line in matrix["lines"].as_array().unwrap().iter().skip(1).filter(|l| l["zh"] != "正定县市场监督管理局")
    {
        let act = json!({"verb": "excuse", "office": line["office"], "why": "本月未上报，已电话督促"});
        qian.do_to(city, act).await.is(200, "draft");
    }
}

/// Zhengding's return accepted by Shijiazhuang, whose own is accepted by Hebei.
async fn accepted(w: &World) -> (Return, Return) {
    let (sun, qian, zhao) = (w.sun().await, w.qian().await, w.person("zhao").await);
    let (county, city) = (sun.june().await, qian.june().await);
    sun.do_to(&county, json!({"verb": "submit"})).await.is(200, "submitted");
    qian.do_to(&county, json!({"verb": "accept"})).await.is(200, "accepted");
    go_on_without_the_others(&qian, &city).await;
    qian.do_to(&city, json!({"verb": "submit"})).await.is(200, "submitted");
    zhao.do_to(&city, json!({"verb": "accept"})).await.is(200, "accepted");
    (county, city)
}

/// Clause: S-2b.
#[tokio::test]
async fn figures_of_a_return_are_counted_and_each_opens_its_records() {
    let w = july().await;
    let sun = w.sun().await;
    let june = sun.june().await;
    let table = sun.table(&june).await;
    assert_eq!((whole(&table, "R07"), whole(&table, "R08c")), ((2, 2), (1, 1)));
    assert_eq!(whole(&table, "R08n"), (0, 1), "what stands at the cut-off has no period");
    assert_eq!(table["findings"], json!([]), "R07 is the sum of its parts");
    let row = |code: &str| table["rows"].as_array().unwrap().iter().find(|r| r["code"] == code).cloned().unwrap();
    assert_eq!(
        (row("R15f")["counts"].clone(), whole(&table, "R15f")),
        (json!([]), (0, 0)),
        "nothing records cases yet"
    );
    for cell in table["cells"].as_array().unwrap() {
        let part = |name: &str| cell[name].as_str().map(|v| format!("&{name}={v}")).unwrap_or_default();
        let cut = [part("office"), part("product"), part("field")].concat();
        for (column, value) in [("period", &cell["period"]), ("total", &cell["total"])] {
            let path = format!("{}/records?row={}&column={column}{cut}", june.path(), cell["row"].as_str().unwrap());
            let records = sun.get(&path).await.is(200, "items").json();
            let sum: i64 = records["items"].as_array().unwrap().iter().map(|r| r["amount"].as_i64().unwrap()).sum();
            if row(cell["row"].as_str().unwrap())["stock"] == false || column == "total" {
                assert_eq!(sum, value.as_i64().unwrap(), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_level_goes_up_when_all_below_it_have() {
    let w = july().await;
    let (sun, qian, zhao) = (w.sun().await, w.qian().await, w.person("zhao").await);
    let (county, city) = (sun.june().await, qian.june().await);
    qian.do_to(&city, json!({"verb": "submit"})).await.is(422, "returns.below_open");
    sun.do_to(&county, json!({"verb": "submit", "note": "6月数据"})).await.is(200, "submitted");
    zhao.do_to(&county, json!({"verb": "accept"})).await.is(403, "forbidden");
    qian.do_to(&county, json!({"verb": "return", "why": " "})).await.is(422, "required");
    qian.do_to(&county, json!({"verb": "return", "why": "请核对重大隐患"})).await.is(200, "returned");
    sun.do_to(&county, json!({"verb": "submit"})).await.is(200, "submitted");
    qian.do_to(&county, json!({"verb": "accept"})).await.is(200, "accepted");
    qian.do_to(&county, json!({"verb": "reopen", "why": "再核"})).await.is(200, "submitted");
    qian.do_to(&county, json!({"verb": "accept"})).await.is(200, "accepted");
    qian.do_to(&city, json!({"verb": "submit"})).await.is(422, "returns.below_open");
    go_on_without_the_others(&qian, &city).await;
    qian.do_to(&city, json!({"verb": "submit"})).await.is(200, "submitted");
    qian.do_to(&county, json!({"verb": "reopen", "why": "再核"})).await.is(422, "returns.above_gone_on");
    zhao.do_to(&city, json!({"verb": "accept"})).await.is(200, "accepted");
    assert_eq!(sun.state(&county).await, "locked", "accepted above, locked below");
    zhao.do_to(&city, json!({"verb": "reopen", "why": "再核"})).await.is(200, "submitted");
    assert_eq!(sun.state(&county).await, "accepted");
    qian.do_to(&county, json!({"verb": "reopen", "why": "再核"})).await.is(422, "returns.above_gone_on");
    let told = sun.get(&format!("/api/v1/events?thing={}&limit=100", county.0)).await;
    told.is(200, "\"unlock\"").is(200, "请核对重大隐患");
}

#[tokio::test]
async fn what_was_locked_stays_the_same_bytes_and_what_came_later_is_a_revision() {
    let w = World::new().await;
    w.closed().await;
    w.days_pass(16).await;
    assert_eq!(w.today().to_string(), "2023-06-30", "the last day counts, and may be submitted on");
    let (county, city) = accepted(&w).await;
    let sun = w.sun().await;
    let files = ["xlsx", "pdf", "csv", "docx", "zip"].map(|kind| format!("format={kind}&edition=1"));
    let (mut before, table) = (Vec::new(), sun.table(&county).await);
    for file in &files {
        before.push(sun.export(&county, file).await);
    }
    assert_eq!(&before[0][..2], b"PK");
    w.hazard("当日报送之后发现").await;
    assert_eq!(whole(&sun.table(&county).await, "R07"), whole(&table, "R07"), "what was submitted stays");
    sun.do_to(&county, json!({"verb": "submit"})).await.is(422, "returns.not_now");
    sun.do_to(&county, json!({"verb": "revise", "why": "报送后又发现1项"}))
        .await
        .is(200, "locked")
        .is(200, "\"edition\":2");
    sun.do_to(&county, json!({"verb": "revise", "why": "再次"})).await.is(422, "returns.nothing_new");
    w.days_pass(365).await;
    for (file, old) in files.iter().zip(&before) {
        assert_eq!(&sun.export(&county, file).await, old, "{file} a year later");
    }
    assert_eq!(whole(&sun.table(&county).await, "R07").1, whole(&table, "R07").1 + 1);
    let editions = sun.get(&format!("{}/editions", county.path())).await.is(200, "报送后又发现1项").json();
    let told = editions["items"][0]["differences"].as_array().unwrap().iter().find(|d| d["row"] == "R07").cloned();
    assert_eq!(told.unwrap()["before"]["total"], json!(1));
    w.qian().await.table(&city).await;
    let qian = w.qian().await.get(&format!("{}/table", city.path())).await;
    qian.is(200, "returns.later_below");
}

#[tokio::test]
async fn nothing_is_said_and_silence_is_seen() {
    let w = World::new().await;
    w.days_pass(17).await;
    let (sun, qian) = (w.sun().await, w.qian().await);
    let june = sun.june().await;
    sun.do_to(&june, json!({"verb": "submit"})).await.is(422, "returns.only_nil");
    sun.do_to(&june, json!({"verb": "report_nil", "note": "本月未开展"})).await.is(200, "\"nil\":true");
    let matrix = qian.get(&format!("/api/v1/returns/matrix?campaign={}", w.house.campaign)).await.json();
    let of = |name: &str| {
        let lines = matrix["lines"].as_array().unwrap();
        lines.iter().find(|l| l["zh"].as_str().unwrap().contains(name)).unwrap()["slots"][0].clone()
    };
    assert_eq!((of("正定")["nil"].clone(), of("正定")["state"].clone()), (json!(true), json!("submitted")));
    assert_eq!((of("灵寿")["state"].clone(), of("灵寿")["over"].clone()), (Value::Null, json!(true)));
    w.days_pass(10).await;
    let later = qian.get(&format!("/api/v1/returns/matrix?campaign={}", w.house.campaign)).await;
    assert!(later.json()["lines"].as_array().unwrap().iter().any(|l| l["slots"][0]["late"] == json!(6)));
    qian.get("/").await.is(200, "Returns to submit").is(200, "Returns to accept");
}

#[tokio::test]
async fn an_adjustment_is_seen_in_every_sum_that_contains_it() {
    let w = july().await;
    let (sun, qian) = (w.sun().await, w.qian().await);
    let (county, city) = (sun.june().await, qian.june().await);
    let act = |figure: &str, amount: i64| json!({"verb": "adjust", "figure": figure, "amount": amount, "why": "案件系统尚未对接，正市监立〔2023〕1至3号"});
    sun.do_to(&county, act("R08o", 1)).await.is(422, "returns.stock");
    sun.do_to(&county, act("R15f", 0)).await.is(422, "returns.no_amount");
    sun.do_to(&county, act("R15f", 3)).await.is(200, "draft");
    qian.do_to(&county, act("R15f", 1)).await.is(403, "forbidden");
    assert_eq!(whole(&sun.table(&county).await, "R15f"), (3, 3));
    assert_eq!(whole(&qian.table(&city).await, "R15f"), (0, 0), "not before it is accepted");
    sun.do_to(&county, json!({"verb": "submit"})).await.is(200, "submitted");
    qian.do_to(&county, json!({"verb": "accept"})).await.is(200, "accepted");
    let above = qian.table(&city).await;
    assert_eq!(whole(&above, "R15f"), (3, 3));
    assert_eq!(above["adjustments"][0]["why"].as_str().unwrap(), "案件系统尚未对接，正市监立〔2023〕1至3号");
    let page = qian.get(&format!("/returns/{}/records?row=R15f", city.0)).await;
    page.is(200, "案件系统尚未对接");
}

/// Clauses: S-4d, S-4e.
#[tokio::test]
async fn a_summary_is_drafted_and_its_receipt_noted() {
    let w = july().await;
    let sun = w.sun().await;
    let june = sun.june().await;
    sun.do_to(&june, json!({"verb": "submit"})).await.is(200, "submitted");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(sun.export(&june, "format=zip").await)).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_name(name).unwrap(), &mut bytes).unwrap();
        bytes
    };
    let manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    for file in manifest["files"].as_array().unwrap() {
        let bytes = read(file["name"].as_str().unwrap());
        assert_eq!(file["sha256"], json!(paicha::kernel::secret::sha256(&bytes)), "{file}");
    }
    let mut docx = zip::ZipArchive::new(std::io::Cursor::new(read("summary.docx"))).unwrap();
    let mut text = |name: &str| std::io::read_to_string(docx.by_name(name).unwrap()).unwrap();
    let (document, properties) = (text("word/document.xml"), text("docProps/custom.xml"));
    assert!(document.contains(" DOCPROPERTY R07 \"><w:r>"), "every number is a field");
    assert!(properties.contains("name=\"R07\"><vt:lpwstr>2</vt:lpwstr>"), "{properties}");
    let late = json!({"verb": "deliver", "receipt": "收文〔2023〕88号", "on": "2030-01-01"});
    sun.do_to(&june, late).await.is(422, "returns.later");
    let act = json!({"verb": "deliver", "receipt": "收文〔2023〕88号", "on": "2023-07-01"});
    sun.do_to(&june, act).await.is(200, "收文〔2023〕88号");
}

#[tokio::test]
async fn a_return_has_its_time_and_its_office() {
    let w = World::new().await;
    let (sun, ying) = (w.sun().await, w.ying().await);
    let put = |period: &str| {
        (format!("/api/v1/returns/{}", new_id()), json!({"campaign": w.house.campaign, "period": period}))
    };
    let (path, new) = put("monthly-2023-07");
    sun.put(&path, new).await.is(422, "returns.too_early");
    let (path, new) = put("monthly-1999-01");
    sun.put(&path, new).await.is(422, "not_a_choice");
    let (path, new) = put("monthly-2023-06");
    ying.put(&path, new.clone()).await.is(403, "forbidden");
    sun.put(&path, new.clone()).await.is(200, "draft");
    sun.put(&path, new.clone()).await.is(200, "draft");
    let id = path.rsplit('/').next().unwrap();
    sun.post(&format!("{path}/acts"), json!({"verb": "submit"})).await.is(422, "returns.not_over");
    let (other, _) = put("");
    sun.put(&other, new).await.is(422, "returns.once");
    w.tang().await.get(&path).await.is(404, "not_found");
    ying.get(&path).await.is(404, "not_found");
    let pages = [
        (format!("/returns/{id}"), "Being prepared"),
        (format!("/returns/{id}/row?row=R07"), "By product and field"),
        (format!("/returns/{id}/records?row=R02e&column=period"), "No records"),
        ("/returns".into(), "Being prepared"),
    ];
    for (page, text) in pages {
        sun.get(&page).await.is(200, text);
        w.auditor().await.get(&page).await.is(200, "");
        w.tang().await.get(&page).await.is(if page == "/returns" { 200 } else { 404 }, "");
    }
}
