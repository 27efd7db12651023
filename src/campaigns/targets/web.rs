//! Targets for programs. The pages are in `pages.rs`. No rule lives here.

use super::{Act, Filter, New, Share, Target, act, even, get, handover_web, list, pages, set, sheets_web};
use crate::{
    kernel::{
        App, Result, TargetId,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::extract::{Path, State as From};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of targets.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_targets))
        .routes(routes!(get_target, put_target))
        .routes(routes!(post_act))
        .routes(routes!(get_proposal))
        .merge(sheets_web::routes())
        .merge(handover_web::routes())
        .merge(pages::routes())
}

/// The targets of the reader's office and of all below it.
#[utoipa::path(get, path = "/api/v1/targets", tag = "targets", params(Ask, Filter),
    responses((status = 200, body = Listed<Target>), Failures))]
async fn get_targets(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Json<Listed<Target>>> {
    app.db.read(move |tx| list(tx, visitor.by.scope(), &filter, &ask)).await.map(Json)
}

/// One target.
#[utoipa::path(get, path = "/api/v1/targets/{id}", tag = "targets", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Target), Failures))]
async fn get_target(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Target>> {
    let id = TargetId::in_path(&id)?;
    app.db.read(move |tx| get(tx, visitor.by.scope(), id)).await.map(Json)
}

/// Set a target for a whole campaign, at the office that runs it. The same id with the same content answers as the first
/// time; other content is refused.
#[utoipa::path(put, path = "/api/v1/targets/{id}", tag = "targets", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = Target), Failures))]
async fn put_target(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<Json<Target>> {
    let id = TargetId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| set(tx, by, id, &new)).await.map(Json)
}

/// Do something to a target: accept it or send it back, divide it over the offices below, change it, move a part of it to
/// another office, take it back, comment on it.
#[utoipa::path(post, path = "/api/v1/targets/{id}/acts", tag = "targets", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Target), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<Json<Target>> {
    let id = TargetId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

/// A division that somebody may confirm or change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposal {
    pub shares: Vec<Share>,
}

/// How a target would be divided evenly over the county offices below it. Nothing is changed.
#[utoipa::path(get, path = "/api/v1/targets/{id}/even", tag = "targets", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Proposal), Failures))]
async fn get_proposal(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Proposal>> {
    let id = TargetId::in_path(&id)?;
    let proposed = app.db.read(move |tx| {
        let target = get(tx, visitor.by.scope(), id)?;
        super::proposed(tx, &target, &mut even)
    });
    Ok(Json(Proposal { shares: proposed.await? }))
}
