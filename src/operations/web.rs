//! `/healthz`, `/readyz` and `/metrics`: for machines that watch, not part of the API.

use super::Watch;
use crate::kernel::{App, Config, Error, Result, secret};
use axum::{
    Router,
    extract::{Extension, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How long the database may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the main address answers.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_to_holder))
}

/// What an address of its own answers: the numbers, to whoever reaches it.
pub fn metrics_only(app: App, watch: Watch) -> Router {
    Router::new().route("/metrics", get(metrics)).layer(Extension(watch)).with_state(app)
}

/// Whether this process wants requests: not while it is about to stop, its database is being brought up to date or cannot
/// be reached.
async fn readyz(State(app): State<App>, Extension(watch): Extension<Watch>) -> (StatusCode, &'static str) {
    let no = StatusCode::SERVICE_UNAVAILABLE;
    if watch.is_draining() {
        return (no, "draining\n");
    }
    match tokio::time::timeout(PATIENCE, app.db.behind()).await {
        Ok(Ok(0)) => (StatusCode::OK, "ready\n"),
        Ok(Ok(_)) => (no, "migrating\n"),
        Ok(Err(_)) | Err(_) => (no, "database away\n"),
    }
}

async fn metrics_to_holder(app: State<App>, watch: Extension<Watch>, headers: HeaderMap) -> Result<Response> {
    if holds_token(&app.config, &headers) { metrics(app, watch).await } else { Err(Error::NotFound) }
}

/// Whether the request bears the token of the operator's file; nobody does when there is none.
fn holds_token(config: &Config, headers: &HeaderMap) -> bool {
    let brought = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok()?.strip_prefix("Bearer "));
    let file = config.metrics_token_file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
    let wanted = file.as_deref().and_then(|text| text.lines().next()).map(str::trim).filter(|token| !token.is_empty());
    // digests are of one length, so that nothing is learnt from the time it takes
    brought.zip(wanted).is_some_and(|(a, b)| secret::digest(a.as_bytes()).ct_eq(&secret::digest(b.as_bytes())).into())
}

async fn metrics(State(app): State<App>, Extension(watch): Extension<Watch>) -> Result<Response> {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], watch.text(&app).await?).into_response())
}
