//! Subjects for programs.

use crate::{
    enterprises::{
        self, Act, Change, Enterprise, Filter, Secrets, Site, SiteEntry, certificates::Certificate, duplicates::Likely,
        store,
    },
    kernel::{
        App, EnterpriseId, Result, SiteId,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_enterprises))
        .routes(routes!(get_alike))
        .routes(routes!(get_enterprise, put_enterprise))
        .routes(routes!(post_act))
        .routes(routes!(post_look))
        .routes(routes!(get_sites))
        .routes(routes!(put_site))
        .routes(routes!(get_certificates))
}

/// Subjects of supervision within the reader's scope.
#[utoipa::path(get, path = "/api/v1/enterprises", tag = "enterprises", params(Ask, Filter),
    responses((status = 200, body = Listed<Enterprise>), Failures))]
async fn get_enterprises(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| enterprises::list(tx, scope, &filter, &ask)).await.map(Json)
}

/// A name that may be known already.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Name {
    /// The name that may be known already; nothing is like no name.
    #[serde(default)]
    name: String,
    /// GB/T 2260 code; the office's own when left out.
    region: Option<String>,
}

/// Subjects of a region whose name is like this one, the likest first. Ask before registering. None when neither the
/// question nor the reader's office names a county.
#[utoipa::path(get, path = "/api/v1/enterprises/alike", tag = "enterprises", params(Name),
    responses((status = 200, body = Vec<Likely>), Failures))]
async fn get_alike(From(app): From<App>, visitor: Visitor, Params(asked): Params<Name>) -> Result<impl IntoResponse> {
    let by = visitor.by.clone();
    app.db.read(move |tx| enterprises::alike(tx, &by, &asked.name, asked.region.as_deref())).await.map(Json)
}

/// One subject; of a record that was merged away, the one that stands for it.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}", tag = "enterprises", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Enterprise), Failures))]
async fn get_enterprise(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (EnterpriseId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| enterprises::get(tx, scope, id)).await.map(Json)
}

/// Register a subject, or correct it. With `version` it is a correction of the version that was read; without it is a
/// registration, which answers as the first time when it comes again.
#[utoipa::path(put, path = "/api/v1/enterprises/{id}", tag = "enterprises", params(("id" = uuid::Uuid, Path)), request_body = Change,
    responses((status = 200, body = Enterprise), Failures))]
async fn put_enterprise(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<impl IntoResponse> {
    let (id, keeper) = (EnterpriseId::in_path(&id)?, app.keeper.clone());
    app.act(&visitor.by, move |tx, by| enterprises::put(tx, by, &keeper, id, &change)).await.map(Json)
}

/// Do something to a subject: record that it stopped, closed or moved; merge it into another or take it apart again.
#[utoipa::path(post, path = "/api/v1/enterprises/{id}/acts", tag = "enterprises", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Enterprise), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = EnterpriseId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| enterprises::act(tx, by, id, &wanted)).await.map(Json)
}

/// Why somebody looks at what is locked up.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Why {
    why: Option<String>,
}

/// Show the telephone and the identity digits of a subject. The look is recorded.
#[utoipa::path(post, path = "/api/v1/enterprises/{id}/look", tag = "enterprises", params(("id" = uuid::Uuid, Path)), request_body = Why,
    responses((status = 200, body = Secrets), Failures))]
async fn post_look(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(asked): Json<Why>,
) -> Result<impl IntoResponse> {
    let (id, keeper) = (EnterpriseId::in_path(&id)?, app.keeper.clone());
    app.act(&visitor.by, move |tx, by| enterprises::look(tx, by, &keeper, id, asked.why.as_deref())).await.map(Json)
}

/// The addresses where a subject works.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}/sites", tag = "enterprises", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<Site>), Failures))]
async fn get_sites(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (EnterpriseId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| enterprises::get(tx, scope, id).and_then(|e| store::sites(tx, e.id))).await.map(Json)
}

/// Add an address where a subject works, or correct it.
#[utoipa::path(put, path = "/api/v1/enterprises/{id}/sites/{site}", tag = "enterprises",
    params(("id" = uuid::Uuid, Path), ("site" = uuid::Uuid, Path)), request_body = SiteEntry,
    responses((status = 200, body = Site), Failures))]
async fn put_site(
    From(app): From<App>,
    visitor: Visitor,
    Path((id, site)): Path<(String, String)>,
    Json(typed): Json<SiteEntry>,
) -> Result<impl IntoResponse> {
    let (id, site) = (EnterpriseId::in_path(&id)?, SiteId::in_path(&site)?);
    app.act(&visitor.by, move |tx, by| enterprises::put_site(tx, by, id, site, &typed)).await.map(Json)
}

/// The licences and certificates of a subject and of what was merged into it.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}/certificates", tag = "enterprises", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<Certificate>), Failures))]
async fn get_certificates(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (EnterpriseId::in_path(&id)?, visitor.by.scope());
    app.db
        .read(move |tx| enterprises::get(tx, scope, id).and_then(|e| enterprises::certificates_of(tx, e.id)))
        .await
        .map(Json)
}
