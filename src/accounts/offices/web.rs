//! Offices over the JSON API. No rule lives here.

use super::{Act, New, act, create, may_look, pages};
use crate::{
    kernel::{
        App, OfficeId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::{Level, Office, Visitor, store},
};
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything about offices.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_offices))
        .routes(routes!(get_office, put_office))
        .routes(routes!(get_below))
        .routes(routes!(post_act))
        .merge(pages::routes())
}

/// Which offices.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of this level only.
    pub level: Option<Level>,
}

/// The offices within the reader's scope.
#[utoipa::path(get, path = "/api/v1/offices", tag = "offices", params(Ask, Which),
    responses((status = 200, body = Listed<Office>), Failures))]
async fn get_offices(
    State(app): State<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(which): Params<Which>,
) -> Result<Json<Listed<Office>>> {
    may_look(visitor.actor())?;
    let scope = visitor.by.scope();
    app.db.read(move |tx| store::offices(tx, scope, which.level, &ask)).await.map(Json)
}

/// One office.
#[utoipa::path(get, path = "/api/v1/offices/{id}", tag = "offices", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Office), Failures))]
async fn get_office(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Office>> {
    may_look(visitor.actor())?;
    let (id, scope) = (OfficeId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| store::office_within(tx, scope, id)).await.map(Json)
}

/// The offices that report to this one, by code: the tree, branch by branch.
#[utoipa::path(get, path = "/api/v1/offices/{id}/below", tag = "offices", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<Office>), Failures))]
async fn get_below(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Vec<Office>>> {
    may_look(visitor.actor())?;
    let (id, scope) = (OfficeId::in_path(&id)?, visitor.by.scope());
    let below = app.db.read(move |tx| {
        store::office_within(tx, scope, id)?;
        store::offices_below(tx, id)
    });
    below.await.map(Json)
}

/// Create an office. The same id with the same content answers as the first time; other content is refused.
#[utoipa::path(put, path = "/api/v1/offices/{id}", tag = "offices", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 200, body = Office), Failures))]
async fn put_office(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<Json<Office>> {
    let id = OfficeId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| create(tx, by, id, &new)).await.map(Json)
}

/// Do something to an office: edit it, move it under another one, close or open it.
#[utoipa::path(post, path = "/api/v1/offices/{id}/acts", tag = "offices", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Office), Failures))]
async fn post_act(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<Json<Office>> {
    let id = OfficeId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}
