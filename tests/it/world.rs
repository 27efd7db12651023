//! The world a test plays in: a fresh database on the engine under test, a running app, and people with names.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use jiff::civil::Date;
use paicha::{
    accounts, demo, follow,
    kernel::{App, Clock, Config, Moment, db, secret::Keeper},
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tower::ServiceExt;

/// The first day of the campaign.
pub const START: Date = jiff::civil::date(2023, 6, 14);

pub struct World {
    pub app: App,
    router: Router,
    now: Arc<AtomicI64>,
    pub house: demo::House,
    _folder: tempfile::TempDir,
}

/// Somebody with a name, or nobody.
pub struct Person<'w> {
    pub world: &'w World,
    token: Option<String>,
}

/// What the server answered.
pub struct Reply {
    pub status: u16,
    pub body: String,
    /// The same, as it came.
    pub bytes: axum::body::Bytes,
    pub headers: axum::http::HeaderMap,
}

impl World {
    /// Offices, people and the campaign of the demonstration, on its first day at nine in the morning.
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// … where PostgreSQL is told to plan otherwise: settings, as in `-cenable_sort=off`.
    pub async fn with(settings: &str) -> Self {
        let _ = tracing_subscriber::fmt().with_test_writer().try_init(); // what breaks is said beside the test
        let folder = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(Moment::start_of(START).plus(9 * 3_600_000).millis()));
        let hand = now.clone();
        let config =
            Config { data: folder.path().to_owned(), database_url: postgres(settings).await, ..Config::default() };
        let place = db::Place::of(config.database_url.as_deref(), &config.data);
        let app = App {
            db: db::Db::open(&place).await.unwrap(),
            clock: Clock::set_by(move || Moment::from_millis(hand.fetch_add(1, Ordering::SeqCst))),
            keeper: Keeper::from_bytes(&[7; 32]).unwrap(),
            config: Arc::new(config),
            demo: true,
        };
        app.db.migrate().await.unwrap();
        let house = demo::house(&app).await.unwrap();
        Self { router: paicha::router(app.clone()), app, now, house, _folder: folder }
    }

    /// The same world, served from another application.
    pub fn over(self, app: App) -> Self {
        Self { router: paicha::router(app.clone()), app, ..self }
    }

    /// Somebody of the demonstration, signed in.
    pub async fn person(&self, login: &str) -> Person<'_> {
        let (login, at) = (login.to_owned(), self.app.clock.now());
        let token = self.app.db.write(move |tx| accounts::session_for(tx, &login, at)).await.unwrap();
        Person { world: self, token: Some(token) }
    }

    pub fn nobody(&self) -> Person<'_> {
        Person { world: self, token: None }
    }

    /// Lets days pass; what becomes due happens.
    pub async fn days_pass(&self, days: i64) {
        self.now.fetch_add(days * 86_400_000, Ordering::SeqCst);
        self.follow().await;
    }

    /// Lets everything follow that has happened.
    pub async fn follow(&self) {
        follow::catch_up(&self.app).await.unwrap();
    }

    pub fn today(&self) -> Date {
        self.app.clock.now().date()
    }
}

/// A hazard by its address: `hazards/ID`.
pub struct Hazard(pub String);

macro_rules! people {
    ($($login:ident)*) => {
        impl World {
            $(pub async fn $login(&self) -> Person<'_> { self.person(stringify!($login)).await })*
        }
    };
}
people! { lin qian sun ying bo hua stranger tang wei mei gu auditor }

impl World {
    /// What somebody found at Hengda, as a client sends it.
    pub fn found(&self, what: &str) -> Value {
        json!({
            "id": new_id(), "campaign": self.house.campaign, "enterprise": self.house.hengda, "product": "0301",
            "field": "production", "problem": "P08", "severity": "general", "what": what, "origin": "inspection",
        })
    }

    /// A hazard on the ledger.
    pub async fn hazard(&self, what: &str) -> Hazard {
        let found = self.found(what);
        let path = format!("hazards/{}", found["id"].as_str().unwrap());
        self.ying().await.put(&format!("/api/v1/{path}"), found).await.is(200, "\"registered\"");
        Hazard(path)
    }

    /// … ordered to be corrected within ten days.
    pub async fn ordered(&self) -> Hazard {
        let hazard = self.hazard("出厂检验记录不全").await;
        self.ying().await.act(&hazard, json!({"verb": "order", "due": "2023-06-24"})).await.is(200, "ordered");
        hazard
    }

    /// … rectified by Wei with a photograph.
    pub async fn submitted(&self) -> Hazard {
        let hazard = self.ordered().await;
        let photo = self.wei().await.photo("after").await;
        let act = json!({"verb": "submit", "measure": "补齐检验记录", "evidence": [photo]});
        self.wei().await.act(&hazard, act).await.is(200, "submitted");
        hazard
    }

    /// … verified by `login`.
    pub async fn verified_by(&self, login: &str) -> Hazard {
        let hazard = self.submitted().await;
        self.person(login).await.act(&hazard, json!({"verb": "verify"})).await.is(200, "verified");
        hazard
    }

    /// … closed out by Sun.
    pub async fn closed(&self) -> Hazard {
        let hazard = self.verified_by("bo").await;
        self.sun().await.act(&hazard, json!({"verb": "close", "handling": "no_case"})).await.is(200, "closed");
        hazard
    }

    /// Gives somebody other roles.
    pub async fn make(&self, login: &str, roles: &str) {
        let (login, roles) = (login.to_owned(), roles.to_owned());
        let change = move |tx: &mut db::Tx| {
            let mut account = accounts::store::account_by_login(tx, &login)?.unwrap();
            account.roles.clone_from(&roles);
            accounts::store::save_account(tx, &account)
        };
        self.app.db.write(change).await.unwrap();
    }

    /// The id of somebody's account.
    pub async fn account(&self, login: &str) -> String {
        let login = login.to_owned();
        let find = move |tx: &mut db::Tx| accounts::store::account_by_login(tx, &login);
        self.app.db.read(find).await.unwrap().unwrap().id.to_string()
    }

    /// Somebody's password is a first one, to be changed.
    pub async fn must_change(&self, login: &str) {
        let login = login.to_owned();
        let change = move |tx: &mut db::Tx| {
            let mut account = accounts::store::account_by_login(tx, &login)?.unwrap();
            account.must_change = true;
            accounts::store::save_account(tx, &account)
        };
        self.app.db.write(change).await.unwrap();
    }

    /// A figure as `login` reads it for the own office.
    pub async fn figure(&self, login: &str, figure: &str) -> i64 {
        let cells = self.person(login).await.get("/api/v1/figures").await.json();
        let cell = cells["items"].as_array().unwrap().iter().find(|c| c["figure"] == figure);
        cell.map_or(0, |c| c["value"].as_i64().unwrap())
    }
}

/// A schema of its own on the PostgreSQL that `./test` has started, if it has.
pub async fn postgres(settings: &str) -> Option<String> {
    let url = std::env::var("PAICHA_TEST_POSTGRES").ok()?;
    let schema = format!("t{}", uuid::Uuid::now_v7().simple());
    let (client, io) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let io = tokio::spawn(io);
    client.batch_execute(&format!("create schema {schema}")).await.unwrap();
    drop(client);
    io.await.unwrap().unwrap();
    let options: String =
        form_urlencoded::byte_serialize(format!("-csearch_path={schema} {settings}").as_bytes()).collect();
    Some(format!("{url}?options={}", options.replace('+', "%20")))
}

impl Person<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, Some(("application/json", body.to_string().into_bytes()))).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, Some(("application/json", body.to_string().into_bytes()))).await
    }

    /// Does an act to a hazard.
    pub async fn act(&self, hazard: &Hazard, act: Value) -> Reply {
        self.post(&format!("/api/v1/{}/acts", hazard.0), act).await
    }

    /// Presses a button of a page whose form takes files.
    pub async fn press(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let part = |(name, value): &(&str, &str)| {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body: String = fields.iter().map(part).chain(["--edge--\r\n".to_owned()]).collect();
        self.send("POST", path, Some(("multipart/form-data; boundary=edge", body.into_bytes()))).await
    }

    /// Sends a form without files.
    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, Some(("application/x-www-form-urlencoded", body.into_bytes()))).await
    }

    /// Sends a photograph (a small real JPEG, different for each name) and says its hash.
    pub async fn photo(&self, name: &str) -> String {
        let bytes = jpeg(name);
        let hash = paicha::kernel::secret::sha256(&bytes);
        let sent = self.send("PUT", &format!("/api/v1/files/{hash}"), Some(("image/jpeg", bytes))).await;
        assert!(sent.status == 200 || sent.status == 201, "{}", sent.body);
        hash
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
        let accept = if path.starts_with("/api/") { "*/*" } else { "text/html" };
        self.ask(method, path, &[("accept-language", "en"), ("accept", accept)], body).await
    }

    /// Begins to follow a stream.
    pub async fn stream(&self, path: &str) -> Body {
        let token = format!("Bearer {}", self.token.as_deref().unwrap());
        let request = Request::builder().uri(path).header(header::AUTHORIZATION, token);
        let response = self.world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body()
    }

    /// Sends a request with these headers and no others but whose it is and what type the body has.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match body {
            Some((kind, bytes)) => request.header(header::CONTENT_TYPE, kind).body(Body::from(bytes)),
            None => request.body(Body::empty()),
        };
        let response = self.world.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // a stream has no end to wait for
        let endless = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { response.into_body() };
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Reply { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }
}

impl Reply {
    /// Asserts the status and a piece of the answer.
    #[track_caller]
    pub fn is(&self, status: u16, text: &str) -> &Self {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body.contains(text), "no «{text}» in {}", self.body);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// The id of the thing answered.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.body)).to_owned()
    }
}

pub fn jpeg(name: &str) -> Vec<u8> {
    let seed = name.bytes().fold(7_u8, |a, b| a.wrapping_mul(31).wrapping_add(b));
    let shade = |n: u32| u8::try_from(n).unwrap_or(u8::MAX);
    let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([seed, shade(x * 4), shade(y * 5)]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    bytes.extend_from_slice(name.as_bytes());
    bytes
}

/// A new id, as a client makes one.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
