//! What auditors see of the log. No rule lives here.

use super::{Inclusion, READERS, Standing, inclusion, standing};
use crate::{
    kernel::{App, EventId, Page, Result, page::html},
    people::Visitor,
    record::{Event, store as record},
    work,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::header,
    response::{Html, IntoResponse},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/log", get(index))
        .route("/log/events/{id}", get(event))
        .route("/log/verify.html", get(verifier))
        .route("/log/verify.py", get(script))
}

#[derive(Template)]
#[template(path = "transparency/index.html")]
struct Index {
    p: Page,
    log: Standing,
    /// The lines of the latest checkpoint.
    checkpoint: Vec<String>,
    public: bool,
    witnesses: usize,
}

async fn index(State(app): State<App>, visitor: Visitor) -> Result<Html<String>> {
    visitor.actor().must_be(READERS)?;
    let log = app.db.read(standing).await?;
    html(&Index {
        p: visitor.page("log", visitor.say("可信记录", "Sealed record")),
        checkpoint: log.checkpoint.iter().flat_map(|note| note.lines().map(str::to_owned)).collect(),
        public: app.config.log_public,
        witnesses: super::witnesses(&app.config).len(),
        log,
    })
}

#[derive(Template)]
#[template(path = "transparency/event.html")]
struct EventPage {
    p: Page,
    event: Event,
    href: String,
    /// Where its bundle is.
    bundle: String,
    /// None while it is in no checkpoint.
    sealed: Option<Inclusion>,
}

async fn event(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, by) = (EventId::in_path(&id)?, visitor.by.clone());
    let (event, sealed) = app
        .db
        .read(move |tx| match inclusion(tx, &by, id) {
            Ok(found) => Ok((record::event(tx, id)?, Some(found))),
            // it was found within the scope, and waits
            Err(crate::kernel::Error::Refused(_)) => Ok((record::event(tx, id)?, None)),
            Err(error) => Err(error),
        })
        .await?;
    html(&EventPage {
        p: visitor.page("log", work::did(event.kind, &event.verb, visitor.lang)),
        href: work::address(event.kind, &event.thing, visitor.actor()),
        bundle: format!("/api/v1/log/events/{}/bundle", event.id),
        event,
        sealed,
    })
}

/// The verifier, one file that works without us: saved, then opened.
async fn verifier() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"paicha-verify.html\""),
    ];
    (headers, include_str!("../../tools/verify/verify.html"))
}

/// The same for people with a terminal.
async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/x-python; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"paicha-verify.py\""),
    ];
    (headers, include_str!("../../tools/verify/verify.py"))
}
