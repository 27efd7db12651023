//! Visits over HTTP: the JSON API, and the way to the pages. No rule lives here.

use super::{
    Act, Filter, Inspection, Plan, Submission, act, fill, list, new, pages, plan, preview, signs, store, submit, sync,
};
use crate::{
    kernel::{
        App, InspectionId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
        page::read_json,
    },
    people::Visitor,
    record::refused::{self, What},
};
use axum::{
    extract::{Path, State as From},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_inspections))
        .routes(routes!(get_inspection, put_inspection))
        .routes(routes!(put_plan))
        .routes(routes!(post_act))
        .merge(pages::routes())
        .merge(new::routes())
        .merge(fill::routes())
        .merge(preview::routes())
        .merge(sync::routes())
        .merge(signs::routes())
}

/// Visits within the reader's scope.
#[utoipa::path(get, path = "/api/v1/inspections", tag = "inspections", params(Ask, Filter),
    responses((status = 200, body = Listed<Inspection>), Failures))]
async fn get_inspections(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| list(tx, scope, &filter, &ask)).await.map(Json)
}

/// One visit.
#[utoipa::path(get, path = "/api/v1/inspections/{id}", tag = "inspections", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Inspection), Failures))]
async fn get_inspection(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (InspectionId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| store::get(tx, scope, id)).await.map(Json)
}

/// Submit the whole record of a visit: answers, findings, signatures, hashes of files sent before. The same id with the
/// same content answers as the first time; other content is refused and kept.
#[utoipa::path(put, path = "/api/v1/inspections/{id}", tag = "inspections", params(("id" = uuid::Uuid, Path)),
    request_body = Submission,
    responses((status = 200, body = Inspection), Failures))]
async fn put_inspection(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(content): Json<serde_json::Value>,
) -> Result<impl IntoResponse> {
    let id = InspectionId::in_path(&id)?;
    let done = match read_json::<Submission>(content.clone()) {
        Ok(sent) => app.act(&visitor.by, move |tx, by| submit(tx, by, id, &sent)).await,
        Err(error) => Err(error),
    };
    refused::or_keep(&app, &visitor.by, What::visit(id), &content, done).await.map(Json)
}

/// Plan a visit.
#[utoipa::path(put, path = "/api/v1/inspections/{id}/plan", tag = "inspections", params(("id" = uuid::Uuid, Path)),
    request_body = Plan,
    responses((status = 200, body = Inspection), Failures))]
async fn put_plan(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Plan>,
) -> Result<impl IntoResponse> {
    let id = InspectionId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| plan(tx, by, id, &wanted)).await.map(Json)
}

/// Do something to a visit: move it, cancel it, add an amendment.
#[utoipa::path(post, path = "/api/v1/inspections/{id}/acts", tag = "inspections", params(("id" = uuid::Uuid, Path)),
    request_body = Act,
    responses((status = 200, body = Inspection), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = InspectionId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}
