//! Division of targets by enterprises over HTTP, and the job that decomposes everything. No rule lives here.

use crate::{
    campaigns::targets::{self, Decomposition, NewDecomposition, Proposal},
    enterprises::shares::{proposed, run},
    kernel::{
        App, CampaignId, Error, Result, TargetId, flash,
        http::{Failures, Form, Json, Params},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    response::{Html, Response},
    routing::{get, post},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_by_enterprises))
        .routes(routes!(post_decomposition, get_decomposition))
        .route("/targets/{id}/by-enterprises", get(page))
        .route("/targets/decompose", post(submit))
}

/// How a target would be divided over the offices below it by the number of enterprises that each has. Nothing is changed.
#[utoipa::path(get, path = "/api/v1/targets/{id}/by_enterprises", tag = "targets", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Proposal), Failures))]
async fn get_by_enterprises(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Proposal>> {
    let id = TargetId::in_path(&id)?;
    let shares = app.db.read(move |tx| proposed(tx, &visitor.by, id)).await?;
    Ok(Json(Proposal { shares }))
}

/// The page of a target with that division in its form, for somebody to change and confirm.
async fn page(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, by) = (TargetId::in_path(&id)?, visitor.by.clone());
    let shares = app.db.read(move |tx| proposed(tx, &by, id)).await?;
    targets::page_with(&app, &visitor, id, shares).await
}

/// Decompose everything that the caller's office has in a campaign and nobody has divided yet, down to the county. It is
/// done in the background; a call while it is under way answers how far it is.
#[utoipa::path(post, path = "/api/v1/targets/decompositions", tag = "targets", request_body = NewDecomposition,
    responses((status = 200, body = Decomposition), Failures))]
async fn post_decomposition(
    From(app): From<App>,
    visitor: Visitor,
    Json(new): Json<NewDecomposition>,
) -> Result<Json<Decomposition>> {
    begin(&app, &visitor, new).await.map(Json)
}

/// Of which campaign.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Id of the campaign.
    campaign: CampaignId,
}

/// How far the decomposition of the caller's office in a campaign is.
#[utoipa::path(get, path = "/api/v1/targets/decompositions", tag = "targets", params(Which),
    responses((status = 200, body = Decomposition), Failures))]
async fn get_decomposition(
    From(app): From<App>,
    visitor: Visitor,
    Params(which): Params<Which>,
) -> Result<Json<Decomposition>> {
    let found = app.db.read(move |tx| targets::progress(tx, &visitor.by, which.campaign)).await?;
    found.map(Json).ok_or(Error::NotFound)
}

async fn begin(app: &App, visitor: &Visitor, new: NewDecomposition) -> Result<Decomposition> {
    let campaign = new.campaign;
    let begun = app.act(&visitor.by, move |tx, by| targets::begin(tx, by, &new)).await?;
    tokio::spawn(run(app.clone(), visitor.by.clone(), campaign, |_| {}));
    Ok(begun)
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let new: NewDecomposition = sent.read()?;
    let page = format!("/targets?campaign={}", new.campaign);
    begin(&app, &visitor, new).await?;
    Ok(flash::well(
        &page,
        visitor.say("正在逐级分解，可随时刷新查看进度", "It is being decomposed; reload to see how far it is"),
    ))
}
