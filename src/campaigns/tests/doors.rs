//! Over HTTP, in process: the API and the pages.

use super::*;
use crate::{
    accounts::{self, Account, Founding, Proof, SessionKind},
    kernel::{App, Clock, Config, http, secret::Keeper},
    people::roles_text,
};
use axum::{Router, body::Body, http::Request, middleware};
use serde_json::{Value, json};
use tower::ServiceExt;

struct House {
    app: App,
    router: Router,
    _data: tempfile::TempDir,
}

/// Somebody with a token.
struct Person<'h> {
    house: &'h House,
    token: String,
}

impl House {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let db = Db::open(&Data::Sqlite(data.path().join("paicha.db"))).await.unwrap();
        db.migrate().await.unwrap();
        let config = Config { data: data.path().to_owned(), ..Config::default() };
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        let app = App { db, clock: Clock::set_by(now), keeper, config: Arc::new(config), demo: false };
        let (router, _) = routes().split_for_parts();
        let router = router.layer(middleware::from_fn_with_state(app.clone(), http::speak)).with_state(app.clone());
        let house = Self { app, router, _data: data };
        house.found().await;
        house
    }

    async fn found(&self) {
        let founding = Founding {
            code: "130000".into(),
            name: "河北省局".into(),
            name_en: "Hebei".into(),
            level: Level::Province,
            region: "130000".into(),
            login: "gu".into(),
            person: "顾".into(),
        };
        accounts::found(&self.app, founding).await.unwrap();
        let add = |tx: &mut Tx| {
            let system = accounts::system_in(tx, now())?;
            add_pack(tx, &system, &national())
        };
        self.app.db.write(add).await.unwrap();
    }

    /// An account with this role, signed in.
    async fn person(&self, login: &'static str, role: Role) -> Person<'_> {
        let begin = move |tx: &mut Tx| {
            let gu = accounts::store::account_by_login(tx, "gu")?.unwrap();
            let (id, roles) = (AccountId::new(now()), roles_text(&[role]));
            let account = Account { id, login: login.into(), roles, must_change: false, ..gu };
            accounts::store::add_account(tx, &account)?;
            let how = (SessionKind::Browser, Proof::Password);
            accounts::sessions::begin_until(tx, &account, how, "test".into(), now(), now().plus(3_600_000))
        };
        Person { house: self, token: self.app.db.write(begin).await.unwrap().token }
    }
}

impl Person<'_> {
    async fn send(&self, method: &str, path: &str, (kind, body): (&str, String), lang: &str) -> (u16, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", kind)
            .header("accept", "text/html")
            .header("cookie", format!("lang={lang}"))
            .body(Body::from(body))
            .unwrap();
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn json(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, text) = self.send(method, path, ("application/json", body.to_string()), "zh").await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn page(&self, path: &str, lang: &str) -> String {
        let (status, page) = self.send("GET", path, ("text/plain", String::new()), lang).await;
        assert_eq!(status, 200, "{path}: {page}");
        page
    }
}

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn asked() -> Value {
    json!({
        "code": "hebei-2023", "zh": "隐患排查治理专项行动", "en": "Special action", "pack_code": NATIONAL,
        "pack_version": 1, "starts": "2023-06-14", "ends": "2023-11-30",
    })
}

#[tokio::test]
async fn programs_make_a_campaign_once_and_open_it() {
    let house = House::new().await;
    let zhao = house.person("zhao", Role::Coordinator).await;
    let path = format!("/api/v1/campaigns/{ID}");
    for _ in 0..2 {
        let (status, made) = zhao.json("PUT", &path, asked()).await;
        assert_eq!((status, made["state"].as_str()), (200, Some("draft")));
    }
    let (status, problem) = zhao.json("PUT", &path, json!({"code": "x"})).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("zh")));
    let acts = format!("{path}/acts");
    let (status, open) = zhao.json("POST", &acts, json!({"verb": "open"})).await;
    assert_eq!((status, open["state"].as_str()), (200, Some("open")));
    let (status, refused) = zhao.json("POST", &acts, json!({"verb": "open"})).await;
    assert_eq!((status, refused["code"].as_str()), (422, Some("campaigns.not_now")));
    let (_, listed) = zhao.json("GET", "/api/v1/campaigns?state=open", Value::Null).await;
    assert_eq!(listed["items"][0]["id"], ID);
    let (_, packs) = zhao.json("GET", "/api/v1/packs", Value::Null).await;
    let (status, pack) = zhao.json("GET", &format!("/api/v1/packs/{NATIONAL}/1"), Value::Null).await;
    assert_eq!((status, packs[0]["code"].as_str()), (200, Some(NATIONAL)));
    assert_eq!(pack["checklists"][0]["code"], "cement-licence");
    assert_eq!(zhao.json("GET", "/api/v1/campaigns/none", Value::Null).await.0, 404);
}

#[tokio::test]
async fn every_part_of_the_page_is_shown_in_both_languages_and_small() {
    let house = House::new().await;
    let zhao = house.person("zhao", Role::Coordinator).await;
    zhao.json("PUT", &format!("/api/v1/campaigns/{ID}"), asked()).await;
    let parts = [
        ("about", "时间节点", "Milestones"),
        ("products", "通用硅酸盐水泥", "Common portland cement"),
        ("problems", "无证生产", "Production without a licence"),
        ("checklists", "水泥生产许可证获证企业检查表", "Cement producer under licence"),
        ("checklists&list=cement-licence", "否决项", "Veto item"),
        ("rules", "回头看比例", "Share looked back at"),
        ("sources", "通知条款", "Clauses of the notice"),
    ];
    for (part, zh, en) in parts {
        for (lang, said) in [("zh", zh), ("en", en)] {
            let page = zhao.page(&format!("/campaigns/{ID}?part={part}"), lang).await;
            assert!(page.contains(said), "{part} in {lang} lacks {said}");
            assert!(page.len() < 100 * 1024, "{part} in {lang}: {} bytes", page.len());
        }
    }
    assert!(zhao.page("/campaigns", "zh").await.contains("隐患排查治理专项行动"));
}

#[tokio::test]
async fn a_form_that_is_refused_keeps_what_was_typed() {
    let house = House::new().await;
    let zhao = house.person("zhao", Role::Coordinator).await;
    assert!(zhao.page("/campaigns/new", "zh").await.contains("key-industrial-products-2023@1"));
    let form = "application/x-www-form-urlencoded";
    let typed = |ends: &str| {
        let pairs = [
            ("id", ID),
            ("code", "hebei"),
            ("zh", "专项行动"),
            ("en", "Action"),
            ("pack", "key-industrial-products-2023@1"),
            ("starts", "2023-06-14"),
            ("ends", ends),
        ];
        (form, form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    };
    let (status, page) = zhao.send("POST", "/campaigns/new", typed("2023-01-01"), "zh").await;
    assert_eq!(status, 422);
    assert!(page.contains("结束日期不能早于开始日期") && page.contains("value=\"专项行动\""), "{page}");
    assert_eq!(zhao.send("POST", "/campaigns/new", typed("2023-11-30"), "zh").await.0, 303);
    let boundary = "multipart/form-data; boundary=x";
    let press = |verb: &str| format!("--x\r\nContent-Disposition: form-data; name=\"verb\"\r\n\r\n{verb}\r\n--x--\r\n");
    let path = format!("/campaigns/{ID}");
    assert_eq!(zhao.send("POST", &path, (boundary, press("open")), "zh").await.0, 303);
    let (status, page) = zhao.send("POST", &path, (boundary, press("open")), "zh").await;
    assert_eq!(status, 422, "{page}");
}

#[tokio::test]
async fn inspectors_look_and_do_not_touch() {
    let house = House::new().await;
    let (zhao, ying) = (house.person("zhao", Role::Coordinator).await, house.person("ying", Role::Inspector).await);
    zhao.json("PUT", &format!("/api/v1/campaigns/{ID}"), asked()).await;
    let page = ying.page(&format!("/campaigns/{ID}"), "zh").await;
    assert!(!page.contains("name=\"verb\""), "no button for an inspector");
    let (status, _) = ying.send("GET", "/campaigns/new", ("text/plain", String::new()), "zh").await;
    assert_eq!(status, 403);
    let (status, _) = ying.json("POST", &format!("/api/v1/campaigns/{ID}/acts"), json!({"verb": "open"})).await;
    assert_eq!(status, 403);
}
