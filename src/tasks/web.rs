//! Tasks over HTTP: the JSON API, and the way to the pages. No rule lives here.

use super::{Act, Filter, New, Task, act, assignments, force, get, list, make, meetings, new, pages};
use crate::{
    kernel::{
        App, Result, TaskId,
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

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_tasks))
        .routes(routes!(get_task, put_task))
        .routes(routes!(post_act))
        .merge(assignments::routes())
        .merge(force::routes())
        .merge(meetings::routes())
        .merge(new::routes())
        .merge(pages::routes())
}

/// Tasks within the reader's scope. Ways of choosing an enterprise (full coverage, list, risk, draw) are kept apart by
/// `way`.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", params(Ask, Filter),
    responses((status = 200, body = Listed<Task>), Failures))]
async fn get_tasks(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let (scope, today) = (visitor.by.scope(), visitor.by.at.date());
    app.db.read(move |tx| list(tx, scope, &filter, &ask, today)).await.map(Json)
}

/// One task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Task), Failures))]
async fn get_task(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = TaskId::in_path(&id)?;
    app.db.read(move |tx| get(tx, &visitor.by, id)).await.map(Json)
}

/// Hand out a task that is no visit to an enterprise. The same id with the same content answers as the first time.
#[utoipa::path(put, path = "/api/v1/tasks/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 200, body = Task), Failures))]
async fn put_task(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<New>,
) -> Result<impl IntoResponse> {
    let id = TaskId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| make(tx, by, id, &wanted)).await.map(Json)
}

/// Do something to a task: report, finish, return, reassign, put off, withdraw or reopen it.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/acts", tag = "tasks", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Task), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = TaskId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}
