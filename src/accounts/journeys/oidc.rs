use super::*;
use crate::kernel::Result;
use axum::{
    Form, Json,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use rustls::{SignatureScheme, crypto::ring::sign::any_eddsa_type, pki_types::PrivatePkcs8KeyDer, sign::SigningKey};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// A provider of its own on a port of this machine: it hands out codes, checks who comes with them, and signs.
#[derive(Clone)]
struct Provider(Arc<Inside>);

struct Inside {
    issuer: String,
    key: Arc<dyn SigningKey>,
    /// Claims by the code that stands for them, with the PKCE challenge they were asked for with.
    codes: Mutex<HashMap<String, (Value, String)>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self(Arc::new(Inside { issuer, key: key(7), codes: Mutex::default() }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    async fn world(&self) -> World {
        let (oidc_issuer, oidc_client) = (Some(self.0.issuer.clone()), Some("paicha".to_owned()));
        World::with(Config { oidc_issuer, oidc_client, ..Config::default() }).await
    }

    /// Somebody signs in over there: the code that the browser takes back, and the state.
    fn authorize(&self, url: &str, change: impl FnOnce(&mut Value)) -> (String, String) {
        let (base, query) = url.split_once('?').unwrap();
        assert_eq!(base, format!("{}/authorize", self.0.issuer));
        let asked: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
        assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8080/sign-in/oidc/callback");
        assert!(asked["scope"].contains("openid"));
        let mut claims = json!({
            "iss": self.0.issuer, "aud": "paicha", "sub": "subject-1", "nonce": asked["nonce"],
            "iat": 1_686_672_000, "exp": 1_686_675_600,
        });
        change(&mut claims);
        let code = format!("code-{}", asked["state"]);
        let kept = (claims, asked["code_challenge"].clone());
        self.0.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), kept);
        (code, asked["state"].clone())
    }

    fn sign(claims: &Value, key: &Arc<dyn SigningKey>) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let text = format!("{}.{}", part(&json!({"alg": "EdDSA", "kid": "1"})), part(claims));
        let signer = key.choose_scheme(&[SignatureScheme::ED25519]).unwrap();
        format!("{text}.{}", BASE64URL_NOPAD.encode(&signer.sign(text.as_bytes()).unwrap()))
    }
}

fn key(seed: u8) -> Arc<dyn SigningKey> {
    let pkcs8 = [b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".as_slice(), &[seed; 32]].concat();
    any_eddsa_type(&PrivatePkcs8KeyDer::from(pkcs8)).unwrap()
}

async fn configuration(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.0.issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "none", "HS256"],
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let spki = provider.0.key.public_key().unwrap();
    let x = BASE64URL_NOPAD.encode(&spki[spki.len() - 32..]);
    Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "1", "x": x}]}))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let ours = format!("Basic {}", BASE64.encode(b"paicha:our+secret"));
    let kept = provider.0.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(&form["code"]);
    let (mut claims, challenge) = kept.ok_or(StatusCode::BAD_REQUEST)?;
    let proof = BASE64URL_NOPAD.encode(&Sha256::digest(form["code_verifier"].as_bytes()));
    if headers[header::AUTHORIZATION] != ours || proof != challenge || form["grant_type"] != "authorization_code" {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let forged = claims.as_object_mut().and_then(|c| c.remove("forge"));
    let id_token = match forged.as_ref().and_then(Value::as_str) {
        None => Provider::sign(&claims, &provider.0.key),
        Some("key") => Provider::sign(&claims, &key(8)),
        Some(_) => {
            let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
            format!("{}.{}.", part(json!({"alg": "none"})), part(claims))
        }
    };
    Ok(Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": id_token})))
}

/// Goes there and comes back.
async fn there_and_back(world: &World, provider: &Provider, change: impl FnOnce(&mut Value)) -> (Agent, Reply) {
    let mut agent = Agent::default();
    let out = agent.get(world, "/sign-in/oidc?back=/me").await;
    assert_eq!(out.status, 303, "{}", out.body);
    let (code, state) = provider.authorize(out.location(), change);
    let back = agent.get(world, &format!("/sign-in/oidc/callback?code={code}&state={state}")).await;
    assert!(!agent.cookies.contains_key("oidc"), "what was brought along serves once");
    (agent, back)
}

async fn link(world: &World, login: &'static str, subject: &'static str) {
    let sql = "update accounts set external = $1 where login = $2";
    world.app.db.write(move |tx| tx.run(sql, crate::args![subject, login])).await.unwrap();
}

#[tokio::test]
async fn a_linked_account_comes_in_and_only_an_open_one() {
    let provider = Provider::start().await;
    let world = provider.world().await;
    world.account("lin", &[Role::Coordinator]).await;
    assert!(Agent::default().get(&world, "/sign-in?back=/me").await.body.contains("/sign-in/oidc?back="));
    let (_, stranger) = there_and_back(&world, &provider, |_| {}).await;
    assert!(stranger.status == 403 && stranger.body.contains("没有与之关联的可用账号"), "{}", stranger.body);
    assert_eq!(world.events("sign_in_unknown").await, 1);
    link(&world, "lin", "subject-1").await;
    let (mut lin, back) = there_and_back(&world, &provider, |_| {}).await;
    assert_eq!((back.status, back.location()), (303, "/me"), "{}", back.body);
    assert_eq!(lin.send(&world, "GET", "/api/v1/accounts/me", None).await.json()["login"], "lin");
    world.app.db.write(|tx| tx.run("update accounts set active = 0 where login = 'lin'", &[])).await.unwrap();
    assert_eq!(there_and_back(&world, &provider, |_| {}).await.1.status, 403);
    assert_eq!((world.events("sign_in").await, world.events("sign_in_failed").await), (1, 1));
}

#[tokio::test]
async fn only_a_verified_address_links_and_only_once() {
    let provider = Provider::start().await;
    let world = provider.world().await;
    world.account("lin@example.gov.cn", &[Role::Coordinator]).await;
    let with = |verified: bool, subject: &'static str| {
        move |claims: &mut Value| {
            claims["email"] = json!("Lin@example.gov.cn");
            claims["email_verified"] = json!(verified);
            claims["sub"] = json!(subject);
        }
    };
    assert_eq!(there_and_back(&world, &provider, with(false, "evil")).await.1.status, 403);
    assert_eq!(there_and_back(&world, &provider, with(true, "subject-1")).await.1.status, 303);
    assert_eq!(
        (world.events("link").await, world.stored("lin@example.gov.cn").await.external),
        (1, Some("subject-1".into()))
    );
    assert_eq!(there_and_back(&world, &provider, with(true, "another")).await.1.status, 403, "it is linked already");
    let count = world.app.db.read(|tx| tx.get::<i64>("select count(*) from accounts", &[])).await.unwrap();
    assert_eq!(count, 3, "no account is ever created");
}

#[tokio::test]
async fn a_word_that_is_not_the_providers_is_refused() {
    let provider = Provider::start().await;
    let world = provider.world().await;
    world.account("lin", &[Role::Coordinator]).await;
    link(&world, "lin", "subject-1").await;
    let lies: [(&str, Value); 7] = [
        ("forge", json!("key")),
        ("forge", json!("none")),
        ("iss", json!("http://elsewhere.example")),
        ("aud", json!("another client")),
        ("aud", json!(["paicha", "another client"])),
        ("nonce", json!("of another sign-in")),
        ("exp", json!(1_686_671_999)),
    ];
    for (claim, lie) in lies {
        let told = lie.clone();
        let (_, back) = there_and_back(&world, &provider, |claims| claims[claim] = lie).await;
        assert!(back.status == 401 && back.body.contains("统一身份认证未通过"), "{claim}: {told}");
    }
    assert_eq!(world.events("sign_in").await, 0);
}

#[tokio::test]
async fn a_code_serves_the_browser_that_asked_for_it() {
    let provider = Provider::start().await;
    let world = provider.world().await;
    world.account("lin", &[Role::Coordinator]).await;
    link(&world, "lin", "subject-1").await;
    let mut asked = Agent::default();
    let out = asked.get(&world, "/sign-in/oidc").await;
    let (code, state) = provider.authorize(out.location(), |_| {});
    let back = format!("/sign-in/oidc/callback?code={code}&state={state}");
    let kept = asked.clone();
    let other = Agent::default().get(&world, &back).await;
    assert!(other.status == 401 && other.body.contains("登录请求已失效"), "a code slipped to another browser");
    let wrong = asked.get(&world, &format!("/sign-in/oidc/callback?code={code}&state=x")).await;
    assert_eq!(wrong.status, 401);
    world.later(10);
    assert_eq!(kept.clone().get(&world, &back).await.status, 401, "late");
    let denied = kept.clone().get(&world, &format!("/sign-in/oidc/callback?error=access_denied&state={state}")).await;
    assert_eq!(denied.status, 401);
}

#[tokio::test]
async fn the_second_factor_is_asked_for_and_a_first_password_is_not() {
    let provider = Provider::start().await;
    let world = provider.world().await;
    link(&world, "gu", "subject-1").await;
    let (mut gu, back) = there_and_back(&world, &provider, |_| {}).await;
    assert_eq!(back.location(), "/me", "{}", back.body);
    assert_eq!(gu.get(&world, "/me").await.status, 200, "who never got a password need not change it");
    let draft = gu.send(&world, "POST", "/api/v1/accounts/me/second-factor", None).await.json();
    let code = super::me::code(&world, draft["secret"].as_str().unwrap());
    let act = |code: &str| Some(json!({"verb": "enable_second_factor", "sealed": draft["sealed"], "code": code}));
    let acts = "/api/v1/accounts/me/acts";
    world.later(11);
    assert_eq!(gu.send(&world, "POST", acts, act(&code)).await.code(), "accounts.not_fresh");
    let (mut gu, _) = there_and_back(&world, &provider, |_| {}).await;
    let code = super::me::code(&world, draft["secret"].as_str().unwrap());
    assert_eq!(gu.send(&world, "POST", acts, act(&code)).await.status, 200);
    let (mut gu, back) = there_and_back(&world, &provider, |_| {}).await;
    assert_eq!(back.location(), "/sign-in/code?back=%2Fme");
    assert_eq!(gu.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
}

#[tokio::test]
async fn it_is_off_unless_it_is_configured() {
    let world = World::new().await;
    let mut agent = Agent::default();
    assert!(!agent.get(&world, "/sign-in").await.body.contains("/sign-in/oidc"));
    let off = agent.get(&world, "/sign-in/oidc").await;
    assert!(off.status == 422 && off.body.contains("未启用"), "{}", off.body);
}
