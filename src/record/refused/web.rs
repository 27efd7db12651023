//! What was refused over HTTP: the JSON API and the pages. No rule lives here.

use super::{Refused, get, store};
use crate::{
    kernel::{
        App, Error, Page, RefusedId, Result,
        http::{Failures, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::html,
    },
    people::Visitor,
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    http::header,
    response::{Html, IntoResponse},
    routing::get as page,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_list))
        .routes(routes!(get_one))
        .route("/refused", page(index))
        .route("/refused/{id}", page(show))
        .route("/refused/{id}/content", page(content))
}

/// What was refused, with what had been sent.
#[derive(Debug, Serialize, ToSchema)]
struct Whole {
    #[serde(flatten)]
    refused: Refused,
    #[schema(value_type = Object)]
    content: serde_json::Value,
}

/// What was sent and refused: within the scope for supervisors, one's own for everybody else.
#[utoipa::path(get, path = "/api/v1/refused", tag = "record", params(Ask),
    responses((status = 200, body = Listed<Refused>), Failures))]
async fn get_list(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<impl IntoResponse> {
    app.db.read(move |tx| store::list(tx, &visitor.by, &ask)).await.map(Json)
}

/// One refused submission with its content.
#[utoipa::path(get, path = "/api/v1/refused/{id}", tag = "record", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Whole), Failures))]
async fn get_one(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = RefusedId::in_path(&id)?;
    let (refused, content) = app.db.read(move |tx| get(tx, &visitor.by, id)).await?;
    let content = serde_json::from_str(&content).map_err(Error::broken)?;
    Ok(Json(Whole { refused, content }))
}

#[derive(Template)]
#[template(path = "record/refused/index.html")]
struct Index {
    p: Page,
    items: Vec<Refused>,
    next: String,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let by = visitor.by.clone();
    let listed = app.db.read(move |tx| store::list(tx, &by, &ask)).await?;
    html(&Index {
        p: visitor.page("inspections", visitor.say("未入账的提交", "Refused submissions")),
        next: links::next("/refused", &sent, listed.next.as_deref()),
        items: listed.items,
    })
}

#[derive(Template)]
#[template(path = "record/refused/show.html")]
struct Show {
    p: Page,
    refused: Refused,
    content: String,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, by) = (RefusedId::in_path(&id)?, visitor.by.clone());
    let (refused, content) = app.db.read(move |tx| get(tx, &by, id)).await?;
    let value: serde_json::Value = serde_json::from_str(&content).map_err(Error::broken)?;
    html(&Show {
        p: visitor.page("inspections", visitor.say("未入账的提交", "Refused submission")),
        content: serde_json::to_string_pretty(&value).map_err(Error::broken)?,
        refused,
    })
}

/// What had been sent, as a file.
async fn content(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = RefusedId::in_path(&id)?;
    let (refused, content) = app.db.read(move |tx| get(tx, &visitor.by, id)).await?;
    let name = format!("attachment; filename=\"{}-{}.json\"", refused.kind, refused.thing);
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)], content))
}
