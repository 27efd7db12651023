//! Meetings over HTTP: the JSON API, and the way to the pages. No rule lives here.

use super::{Act, Meeting, New, act, hold, list, pages, store};
use crate::{
    kernel::{
        App, MeetingId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_meetings))
        .routes(routes!(get_meeting, put_meeting))
        .routes(routes!(post_act))
        .merge(pages::routes())
}

/// Dispatch meetings within the reader's scope.
#[utoipa::path(get, path = "/api/v1/meetings", tag = "tasks", params(Ask),
    responses((status = 200, body = Listed<Meeting>), Failures))]
async fn get_meetings(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| list(tx, scope, &ask)).await.map(Json)
}

/// One meeting. What it decided are the tasks with `meeting` set to its id.
#[utoipa::path(get, path = "/api/v1/meetings/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Meeting), Failures))]
async fn get_meeting(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (MeetingId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| store::get(tx, scope, id)).await.map(Json)
}

/// Put a meeting on record; each decision becomes a task. The same id with the same content answers as the first time.
#[utoipa::path(put, path = "/api/v1/meetings/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = Meeting), Failures))]
async fn put_meeting(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<New>,
) -> Result<impl IntoResponse> {
    let id = MeetingId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| hold(tx, by, id, &wanted)).await.map(Json)
}

/// Do something to a meeting: record another decision, or issue the minutes as a document.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/acts", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Meeting), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = MeetingId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}
