//! Journeys through the doors of this capability, over HTTP, in process.

mod admin;
mod me;
mod offices;
mod oidc;
mod sign_in;
mod together;

use super::{Account, Door, First, Founding, found, store};
use crate::{
    kernel::{
        App, Clock, Config, Moment, OfficeId,
        db::{Db, Place},
        flash, http,
        secret::Keeper,
    },
    people::{Level, Office, Role},
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
    middleware,
};
use serde_json::Value;
use std::{
    net::SocketAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
};
use tower::ServiceExt;

/// An installation just founded, whose time stands still until somebody sets it.
pub struct World {
    pub app: App,
    pub first: First,
    router: Router,
    now: Arc<AtomicI64>,
    _data: tempfile::TempDir,
}

/// A browser or a program: cookies, and a token where it has one.
#[derive(Clone, Default)]
pub struct Agent {
    pub cookies: std::collections::BTreeMap<String, String>,
    pub bearer: Option<String>,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

pub const PASSWORD: &str = "three blue kettles";

impl World {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let data = tempfile::tempdir().unwrap();
        let place = Place::of(postgres().await.as_deref(), data.path());
        let db = Db::open(&place).await.unwrap();
        db.migrate().await.unwrap();
        let now = Arc::new(AtomicI64::new(Moment::start_of(jiff::civil::date(2023, 6, 14)).millis()));
        let hand = now.clone();
        let clock = Clock::set_by(move || Moment::from_millis(hand.load(Ordering::SeqCst)));
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        let app = App { db, clock, keeper, config: Arc::new(config), demo: false };
        let (router, _) = super::routes_behind(Door::new(Some("our secret".into()))).split_for_parts();
        let router = router
            .layer(middleware::from_fn(flash::once))
            .layer(middleware::from_fn_with_state(app.clone(), http::speak))
            .layer(middleware::from_fn(http::guard))
            .with_state(app.clone());
        let first = found(&app, founding()).await.unwrap();
        Self { app, first, router, now, _data: data }
    }

    pub fn later(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// An account of the top office with [`PASSWORD`], changed already.
    pub async fn account(&self, login: &'static str, roles: &'static [Role]) -> Account {
        self.account_in(login, roles, &self.first.office).await
    }

    /// As [`World::account`], of another office.
    pub async fn account_in(&self, login: &'static str, roles: &'static [Role], office: &Office) -> Account {
        static HASH: LazyLock<String> = LazyLock::new(|| super::password::hash(PASSWORD).unwrap());
        let hash = HASH.clone();
        let account =
            Account { password: hash, ..super::found::blank(login, login, office, roles, self.app.clock.now()) };
        let kept = account.clone();
        self.app.db.write(move |tx| store::add_account(tx, &account)).await.unwrap();
        kept
    }

    /// An office under `above`, created by the system.
    pub async fn office(&self, above: &Office, level: Level, code: &str) -> Office {
        let new = super::offices::New {
            parent: above.id,
            level,
            code: code.into(),
            name: format!("{code}局"),
            name_en: code.into(),
            region: "130000".into(),
        };
        let by = super::system(&self.app).await.unwrap();
        let id = OfficeId::new(by.at);
        self.app.act(&by, move |tx, by| super::offices::create(tx, by, id, &new)).await.unwrap()
    }

    pub async fn events(&self, verb: &'static str) -> i64 {
        self.app
            .db
            .read(move |tx| tx.get("select count(*) from events where verb = $1", crate::args![verb]))
            .await
            .unwrap()
    }

    pub async fn stored(&self, login: &'static str) -> Account {
        self.app.db.read(move |tx| store::account_by_login(tx, login)).await.unwrap().unwrap()
    }

    /// A browser that signed in.
    pub async fn browser(&self, login: &str) -> Agent {
        let mut agent = Agent::default();
        let reply = agent.submit(self, "/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        agent
    }

    /// A program that signed in.
    pub async fn program(&self, login: &str) -> Agent {
        let body = serde_json::json!({"login": login, "password": PASSWORD});
        let reply = Agent::default().send(self, "POST", "/api/v1/sessions", Some(body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        Agent { bearer: reply.json()["token"].as_str().map(str::to_owned), ..Agent::default() }
    }
}

/// A schema of its own on the PostgreSQL that `./test` has started, if it has.
async fn postgres() -> Option<String> {
    let url = std::env::var("PAICHA_TEST_POSTGRES").ok()?;
    let schema = format!("t{}", uuid::Uuid::now_v7().simple());
    let (client, io) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let io = tokio::spawn(io);
    client.batch_execute(&format!("create schema {schema}")).await.unwrap();
    drop(client);
    io.await.unwrap().unwrap();
    Some(format!("{url}?options=-csearch_path%3D{schema}"))
}

fn founding() -> Founding {
    Founding {
        code: "100000".into(),
        name: "国家局".into(),
        name_en: "National".into(),
        level: Level::Nation,
        region: "100000".into(),
        login: "gu".into(),
        person: "顾".into(),
    }
}

impl Agent {
    pub async fn get(&mut self, world: &World, path: &str) -> Reply {
        self.call(world, request("GET", path).header(header::ACCEPT, "text/html"), Body::empty()).await
    }

    pub async fn submit(&mut self, world: &World, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.call(world, request("POST", path).header(header::ACCEPT, "text/html"), Body::from(body)).await
    }

    pub async fn send(&mut self, world: &World, method: &str, path: &str, body: Option<Value>) -> Reply {
        let body = body.map_or_else(Body::empty, |b| Body::from(b.to_string()));
        self.call(world, request(method, path), body).await
    }

    async fn call(&mut self, world: &World, mut request: axum::http::request::Builder, body: Body) -> Reply {
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = world.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    let peer: SocketAddr = ([192, 0, 2, 1], 5000).into();
    Request::builder().method(method).uri(path).extension(ConnectInfo(peer)).header(header::USER_AGENT, "test")
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}
