//! Task forces over HTTP: the JSON API, and the way to the pages. No rule lives here.

use super::{Act, Contact, Member, New, TaskForce, act, list, look, pages, set_up, store};
use crate::{
    kernel::{
        App, Result, TaskForceId,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    response::IntoResponse,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_forces))
        .routes(routes!(get_force, put_force))
        .routes(routes!(post_act))
        .routes(routes!(post_look))
        .merge(pages::routes())
}

/// A task force with those who are in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct WithMembers {
    #[serde(flatten)]
    force: TaskForce,
    members: Vec<Member>,
}

/// Task forces within the reader's scope.
#[utoipa::path(get, path = "/api/v1/task_forces", tag = "tasks", params(Ask),
    responses((status = 200, body = Listed<TaskForce>), Failures))]
async fn get_forces(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| list(tx, scope, &ask)).await.map(Json)
}

/// One task force with its members. Telephones are not among what is said of them: see `look`.
#[utoipa::path(get, path = "/api/v1/task_forces/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = WithMembers), Failures))]
async fn get_force(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (TaskForceId::in_path(&id)?, visitor.by.scope());
    let found = app.db.read(move |tx| {
        let force = store::get(tx, scope, id)?;
        Ok(WithMembers { force, members: store::members(tx, id)? })
    });
    found.await.map(Json)
}

/// Set up the task force of the caller's office for a campaign. The same id with the same content answers as the first
/// time.
#[utoipa::path(put, path = "/api/v1/task_forces/{id}", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = TaskForce), Failures))]
async fn put_force(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<New>,
) -> Result<impl IntoResponse> {
    let id = TaskForceId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| set_up(tx, by, id, &wanted)).await.map(Json)
}

/// Do something to a task force: somebody joins or leaves, or it is disbanded.
#[utoipa::path(post, path = "/api/v1/task_forces/{id}/acts", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = TaskForce), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let (id, keeper) = (TaskForceId::in_path(&id)?, app.keeper.clone());
    app.act(&visitor.by, move |tx, by| act(tx, by, &keeper, id, &wanted)).await.map(Json)
}

/// Show the telephones of a task force. The look is recorded.
#[utoipa::path(post, path = "/api/v1/task_forces/{id}/look", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<Contact>), Failures))]
async fn post_look(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, keeper) = (TaskForceId::in_path(&id)?, app.keeper.clone());
    app.act(&visitor.by, move |tx, by| look(tx, by, &keeper, id)).await.map(Json)
}
