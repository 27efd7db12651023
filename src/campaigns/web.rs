//! Campaigns and packs over HTTP: the JSON API. The pages are in `pages.rs`. No rule lives here.

use super::{
    Act, Campaign, New, Pack, PackVersion, State, act, create, editor, find, list, pack, packs_web, pages, store,
    targets,
};
use crate::{
    kernel::{
        App, CampaignId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{DefaultBodyLimit, Path, State as From},
    routing::get,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_campaigns))
        .routes(routes!(get_campaign, put_campaign))
        .routes(routes!(post_act))
        .routes(routes!(get_packs))
        .routes(routes!(get_pack))
        .merge(packs_web::routes())
        .merge(targets::routes())
        .merge(editor::routes())
        .route("/campaigns", get(pages::index))
        .route("/campaigns/new", get(pages::blank).post(pages::submit_new))
        .route("/campaigns/{id}", get(pages::show).post(pages::submit).layer(DefaultBodyLimit::disable()))
}

/// What a list of campaigns can be narrowed by.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Where they stand.
    pub state: Option<State>,
}

/// The campaigns that reach the reader's office, and those that offices below it run.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "campaigns", params(Ask, Filter),
    responses((status = 200, body = Listed<Campaign>), Failures))]
async fn get_campaigns(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Json<Listed<Campaign>>> {
    app.db.read(move |tx| list(tx, visitor.actor(), filter.state, &ask)).await.map(Json)
}

/// One campaign.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Campaign), Failures))]
async fn get_campaign(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Campaign>> {
    let id = CampaignId::in_path(&id)?;
    app.db.read(move |tx| find(tx, visitor.actor(), id)).await.map(Json)
}

/// Make a campaign of the caller's office, in preparation. The same id with the same content answers as the first time;
/// other content is refused.
#[utoipa::path(put, path = "/api/v1/campaigns/{id}", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = Campaign), Failures))]
async fn put_campaign(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<Json<Campaign>> {
    let id = CampaignId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| create(tx, by, id, &new)).await.map(Json)
}

/// Do something to a campaign: open, amend, adopt another version of its pack, close, reopen or archive it.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/acts", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Campaign), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<Json<Campaign>> {
    let id = CampaignId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

/// The packs of this installation, all versions, without their content.
#[utoipa::path(get, path = "/api/v1/packs", tag = "campaigns", responses((status = 200, body = Vec<PackVersion>), Failures))]
async fn get_packs(From(app): From<App>, _: Visitor) -> Result<Json<Vec<PackVersion>>> {
    app.db.read(store::pack_versions).await.map(Json)
}

/// The whole content of a version of a pack: products, problems, checklists, clocks and the rest, each with its source.
#[utoipa::path(get, path = "/api/v1/packs/{code}/{version}", tag = "campaigns",
    params(("code" = String, Path), ("version" = i64, Path)), responses((status = 200, body = Pack), Failures))]
async fn get_pack(
    From(app): From<App>,
    _: Visitor,
    Path((code, version)): Path<(String, String)>,
) -> Result<Json<Pack>> {
    let version = version.parse().map_err(|_| crate::kernel::Error::NotFound)?;
    let pack = app.db.read(move |tx| pack(tx, &code, version)).await?;
    Ok(Json(Arc::unwrap_or_clone(pack)))
}
