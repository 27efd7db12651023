//! Assessment over HTTP: the JSON API. No rule lives here.

use super::{Act, Assessed, Assessment, Filter, Fixed, New, Wanted, act, assessed, content, fix, get, list};
use crate::{
    kernel::{
        App, AssessmentId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    http::header,
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_assessments))
        .routes(routes!(get_fixed))
        .routes(routes!(get_assessment, put_assessment))
        .routes(routes!(get_sheet))
        .routes(routes!(post_act))
        .merge(super::pages::routes())
}

/// The scoring sheets of an office and of those directly below it, counted as of a day, each score with its reason.
#[utoipa::path(get, path = "/api/v1/assessments", tag = "assessments", params(Wanted),
    responses((status = 200, body = Assessed), Failures))]
async fn get_assessments(
    From(app): From<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
) -> Result<impl IntoResponse> {
    app.db.read(move |tx| assessed(tx, &visitor.by, &wanted)).await.map(Json)
}

/// The sheets that were fixed, within the reader's scope.
#[utoipa::path(get, path = "/api/v1/assessments/fixed", tag = "assessments", params(Ask, Filter),
    responses((status = 200, body = Listed<Assessment>), Failures))]
async fn get_fixed(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    app.db.read(move |tx| list(tx, &visitor.by, &filter, &ask)).await.map(Json)
}

/// A fixed sheet with what was said about it.
#[utoipa::path(get, path = "/api/v1/assessments/{id}", tag = "assessments", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Fixed), Failures))]
async fn get_assessment(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = AssessmentId::in_path(&id)?;
    app.db.read(move |tx| get(tx, &visitor.by, id)).await.map(Json)
}

/// Fix the sheet of an office directly below, as of a day. The same request again answers as the first time.
#[utoipa::path(put, path = "/api/v1/assessments/{id}", tag = "assessments", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = Assessment), Failures))]
async fn put_assessment(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<impl IntoResponse> {
    let id = AssessmentId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| fix(tx, by, id, &new)).await.map(Json)
}

/// The sheet as it was fixed, byte by byte: what its SHA-256 is of.
#[utoipa::path(get, path = "/api/v1/assessments/{id}/sheet", tag = "assessments", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = super::Sheet), Failures))]
async fn get_sheet(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = AssessmentId::in_path(&id)?;
    let text = app.db.read(move |tx| content(tx, &visitor.by, id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}

/// Do something to a fixed sheet: agree to it, object to a line, correct a line, reject an objection, make it final.
#[utoipa::path(post, path = "/api/v1/assessments/{id}/acts", tag = "assessments", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Assessment), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = AssessmentId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}
