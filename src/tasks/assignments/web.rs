//! Assignments over HTTP: the JSON API, and the way to the pages. No rule lives here.

use super::{Assignment, Filter, Line, New, Preview, assign, go_on, list, pages, preview, sheet_web, store};
use crate::{
    kernel::{
        App, AssignmentId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed, whole},
    },
    people::{By, Visitor},
};
use axum::{
    extract::{Path, State as From},
    http::header,
    response::IntoResponse,
    routing::get,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Batches that are made while the client waits; the rest follows by itself.
pub(super) const AT_ONCE: usize = 4;
/// Lines of a page.
const LINES: i64 = 200;

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_assignments))
        .routes(routes!(post_preview))
        .routes(routes!(get_assignment, put_assignment))
        .routes(routes!(get_lines))
        .route("/assignments/{id}/list.txt", get(list_of))
        .merge(sheet_web::routes())
        .merge(pages::routes())
}

/// Assignments within the reader's scope, newest first: how enterprises were chosen and how far their tasks are made.
#[utoipa::path(get, path = "/api/v1/assignments", tag = "tasks", params(Ask, Filter),
    responses((status = 200, body = Listed<Assignment>), Failures))]
async fn get_assignments(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| list(tx, scope, &filter, &ask)).await.map(Json)
}

/// What an assignment would be: which enterprises and why, who goes there and when, who is left out for what reason.
/// Nothing is changed. Of a draw only the list and its hash are known before.
#[utoipa::path(post, path = "/api/v1/assignments/preview", tag = "tasks", request_body = New,
    responses((status = 200, body = Preview), Failures))]
async fn post_preview(From(app): From<App>, visitor: Visitor, Json(wanted): Json<New>) -> Result<impl IntoResponse> {
    app.db.read(move |tx| preview(tx, &visitor.by, &wanted)).await.map(Json)
}

/// One assignment.
#[utoipa::path(get, path = "/api/v1/assignments/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Assignment), Failures))]
async fn get_assignment(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (AssignmentId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| store::get(tx, scope, id)).await.map(Json)
}

/// Hand out tasks to visit many enterprises: chosen by full coverage, by a list, by risk or by lot. The same id with the
/// same content answers as the first time and makes nothing twice. Many tasks are made in the background: `state` says
/// how far it is.
#[utoipa::path(put, path = "/api/v1/assignments/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 200, body = Assignment), Failures))]
async fn put_assignment(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<New>,
) -> Result<impl IntoResponse> {
    hand_out(&app, &visitor.by, AssignmentId::in_path(&id)?, wanted).await.map(Json)
}

/// Freezes an assignment and makes its first tasks.
pub(super) async fn hand_out(app: &App, by: &By, id: AssignmentId, wanted: New) -> Result<Assignment> {
    app.act(by, move |tx, by| assign(tx, by, id, &wanted)).await?;
    run(app, by, id, AT_ONCE).await
}

/// Makes the tasks of an assignment, `batches` of them at the most; what is left follows by itself.
pub async fn run(app: &App, by: &By, id: AssignmentId, batches: usize) -> Result<Assignment> {
    for _ in 0..batches {
        if app.act(by, move |tx, by| go_on(tx, by, id)).await? == 0 {
            break;
        }
    }
    let scope = by.scope();
    app.db.read(move |tx| store::get(tx, scope, id)).await
}

/// From where on.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct After {
    /// The number of the last line of the page before.
    #[serde(deserialize_with = "whole")]
    after: Option<i64>,
}

/// The lines of an assignment, 200 at a time: every enterprise that came into question, why, and what became of it.
#[utoipa::path(get, path = "/api/v1/assignments/{id}/lines", tag = "tasks", params(("id" = uuid::Uuid, Path), After),
    responses((status = 200, body = Vec<Line>), Failures))]
async fn get_lines(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(from): Params<After>,
) -> Result<impl IntoResponse> {
    let (id, scope) = (AssignmentId::in_path(&id)?, visitor.by.scope());
    let lines = app.db.read(move |tx| {
        store::get(tx, scope, id)?;
        store::lines(tx, id, from.after.unwrap_or(0), LINES)
    });
    lines.await.map(Json)
}

/// The list that was chosen from, byte by byte as it was hashed.
async fn list_of(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (AssignmentId::in_path(&id)?, visitor.by.scope());
    let text = app.db.read(move |tx| {
        store::get(tx, scope, id)?;
        store::list_of(tx, id)
    });
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.await?))
}
