//! What whoever keeps the server running sees of it: numbers, a word, numbers of requests; and nobody else sees it.

use crate::world::{Person, World, new_id};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use paicha::{
    kernel::{App, Config, db},
    operations::Watch,
};
use std::sync::Arc;
use tower::ServiceExt;

async fn ask(router: &Router, request: axum::http::request::Builder) -> (u16, axum::http::HeaderMap, String) {
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn nobody_reads_the_numbers_unless_the_operator_says_who() {
    let w = World::new().await;
    for who in [w.nobody(), w.gu().await, w.lin().await] {
        who.get("/metrics").await.is(404, "");
    }
    let file = w.app.config.data.join("metrics-token");
    std::fs::write(&file, "one two three\n").unwrap();
    let config = Config { metrics_token_file: Some(file), ..(*w.app.config).clone() };
    let router = paicha::router(App { config: Arc::new(config), ..w.app.clone() });
    let with = |token: &str| Request::get("/metrics").header("authorization", format!("Bearer {token}"));
    for wrong in ["", "one", "one two three four"] {
        assert_eq!(ask(&router, with(wrong)).await.0, 404);
    }
    assert_eq!(ask(&router, with("one two three")).await.0, 200);
}

#[tokio::test]
async fn the_numbers_tell_how_the_server_does_and_of_nobody() {
    let w = World::new().await;
    let watch = Watch::over(&w.app);
    let router = paicha::router_under(w.app.clone(), watch.clone());
    let hazard = w.hazard("出厂检验记录不全").await;
    w.ying().await.photo("evidence").await;
    for path in [format!("/api/v1/{}", hazard.0), "/no/such/page/13800000000".to_owned(), "/sign-in?q=ying".to_owned()]
    {
        ask(&router, Request::get(&path)).await;
    }
    ask(&router, Request::builder().method("BREW").uri("/sign-in")).await;
    let own = paicha::operations::metrics_only(w.app.clone(), watch);
    let (status, headers, text) = ask(&own, Request::get("/metrics")).await;
    assert_eq!(
        (status, headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text")),
        (200, true)
    );
    for line in [
        "paicha_http_requests_total{method=\"GET\",route=\"/api/v1/hazards/{id}\",status=\"401\"} 1",
        "paicha_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "paicha_http_requests_total{method=\"other\",route=\"/sign-in\",status=\"405\"} 1",
        "paicha_http_request_seconds_count{method=\"GET\",route=\"/sign-in\"} 1",
        "paicha_database_wait_seconds_count{kind=\"write\"}",
        "paicha_database_writes_total ",
        "paicha_outbox_length{of=\"index\"}",
        "paicha_outbox_length{of=\"sums\"}",
        "paicha_follower_lag_seconds{of=\"index\"}",
        "paicha_sessions{of=\"token\"}",
        "paicha_files 1",
        "paicha_database_up 1",
        "paicha_ready 1",
        "paicha_last_backup_timestamp_seconds 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "no «{line}» in {text}");
    }
    let memory = text.lines().find_map(|l| l.strip_prefix("paicha_resident_memory_bytes ")?.parse::<i64>().ok());
    assert!(memory.is_some_and(|bytes| bytes > 1 << 20), "{memory:?}");
    let id = hazard.0.split('/').nth(1).unwrap();
    for hidden in [id, "13800000000", "ying", "BREW", "恒达"] {
        assert!(!text.contains(hidden), "«{hidden}» is in the numbers");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (_, value) = line.rsplit_once(' ').unwrap();
        assert!(line.starts_with("paicha_") && value.parse::<f64>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn a_request_keeps_its_number_when_it_is_one() {
    let w = World::new().await;
    let number = async |sent: Option<&str>| {
        let headers: Vec<_> = sent.map(|id| ("x-request-id", id)).into_iter().collect();
        let reply = w.nobody().ask("GET", "/sign-in", &headers, None).await;
        reply.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(number(Some("balancer-0190.7")).await, "balancer-0190.7");
    let (one, other) = (number(None).await, number(Some("not a number")).await);
    assert!(one != other && one.len() > 8 && other != "not a number", "{one} {other}");
}

#[tokio::test]
async fn ready_is_who_has_a_database_and_will_stay() {
    let w = World::new().await;
    w.nobody().get("/healthz").await.is(200, "ok");
    w.nobody().get("/readyz").await.is(200, "ready");
    let watch = Watch::over(&w.app);
    let router = paicha::router_under(w.app.clone(), watch.clone());
    watch.drain();
    let (status, headers, text) = ask(&router, Request::get("/readyz")).await;
    assert_eq!((status, text.as_str(), headers["connection"].to_str().unwrap()), (503, "draining\n", "close"));
    assert_eq!(ask(&router, Request::get("/healthz")).await.0, 200, "it lives, and answers what still comes");

    let empty = tempfile::tempdir().unwrap();
    let new = db::Db::open(&db::Place::of(crate::world::postgres("").await.as_deref(), empty.path())).await.unwrap();
    let router = paicha::router(App { db: new, ..w.app.clone() });
    let (status, _, text) = ask(&router, Request::get("/readyz")).await;
    assert_eq!((status, text.as_str()), (503, "migrating\n"));
}

#[tokio::test]
async fn knocks_are_counted_together_by_all_processes() {
    let w = World::new().await;
    let other = paicha::router(w.app.clone());
    let body = serde_json::json!({"login": "nobody-there", "password": "x"}).to_string();
    let knock = async |router: &Router| {
        let request = Request::post("/api/v1/sessions").header("content-type", "application/json");
        let request = request.body(Body::from(body.clone())).unwrap();
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    let one = paicha::router(w.app.clone());
    for n in 0..10 {
        assert_eq!(knock(if n % 2 == 0 { &one } else { &other }).await, 401, "{n}");
    }
    assert_eq!((knock(&one).await, knock(&other).await), (429, 429));
}

/// The journeys of a restart need what a person may send.
pub async fn finds(who: &Person<'_>) -> u16 {
    let mut found = who.world.found("未按标准组织生产");
    found["id"] = new_id().into();
    let path = format!("/api/v1/hazards/{}", found["id"].as_str().unwrap());
    who.put(&path, found).await.status
}
