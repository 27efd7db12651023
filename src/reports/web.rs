//! Figures over HTTP. No rule lives here.

use super::{
    Cell, Counted, Wanted, Wish, board, campaign, figures, milestones,
    outcomes::{Outcome, outcomes},
    progress::{OfficeProgress, progress},
    records,
};
use crate::{
    campaigns,
    kernel::{
        App, CampaignId, Result,
        http::{Failures, Json, Params},
        list::{Listed, whole},
    },
    people::Visitor,
    record::Figure,
};
use axum::{extract::State, response::IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_figures))
        .routes(routes!(get_records))
        .routes(routes!(get_progress))
        .routes(routes!(get_outcomes))
        .routes(routes!(get_milestones))
        .merge(board::routes())
}

/// The cells of a breakdown.
#[derive(Debug, Serialize, ToSchema)]
struct Cells {
    items: Vec<Cell>,
}

/// Which records are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The figure.
    figure: Figure,
    /// The value of the breakdown: an office's id, a product's code, a field; `-` for what has none.
    part: Option<String>,
    /// Where to go on: the `next` of the page before.
    after: Option<String>,
    /// Rows of a page, 1 to 1000; 200 when left out.
    #[serde(default, deserialize_with = "whole")]
    limit: Option<i64>,
}

/// Rows of a page of records when the reader does not say, and at the most.
const PAGE: i64 = 200;
const LONGEST: i64 = 1000;

/// The figures of a campaign: every cell is a count of recorded facts up to the cut-off.
#[utoipa::path(get, path = "/api/v1/figures", tag = "figures", params(Wanted),
    responses((status = 200, body = Cells), Failures))]
async fn get_figures(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
) -> Result<impl IntoResponse> {
    let items = app.db.read(move |tx| figures(tx, &visitor.by, &wanted, visitor.lang)).await?;
    Ok(Json(Cells { items }))
}

/// How offices stand with their targets.
#[derive(Debug, Serialize, ToSchema)]
struct Paces {
    /// The office asked for first, then those directly below; who has no targets is left out.
    items: Vec<OfficeProgress>,
}

/// How an office and those directly below it stand with their targets: what is done, and what should be done by now,
/// in the campaign named, else in the nearest. A breakdown makes no difference.
#[utoipa::path(get, path = "/api/v1/progress", tag = "figures", params(Wanted),
    responses((status = 200, body = Paces), Failures))]
async fn get_progress(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
) -> Result<impl IntoResponse> {
    let items = app.db.read(move |tx| progress(tx, &visitor.by, &wanted)).await?;
    Ok(Json(Paces { items }))
}

/// What has come of a campaign.
#[derive(Debug, Serialize, ToSchema)]
struct Outcomes {
    items: Vec<Outcome>,
}

/// The outcomes by which the campaign is judged, in the order of its pack; those that the system does not record yet have
/// no value. When no campaign is named, the nearest one says what is counted; a breakdown makes no difference.
#[utoipa::path(get, path = "/api/v1/outcomes", tag = "figures", params(Wanted),
    responses((status = 200, body = Outcomes), Failures))]
async fn get_outcomes(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
) -> Result<impl IntoResponse> {
    let items = app.db.read(move |tx| {
        let Some(campaign) = campaign(tx, &visitor.by, &wanted)? else { return Ok(Vec::new()) };
        let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
        let cells = figures(tx, &visitor.by, &Wanted { by: None, ..wanted }, visitor.lang)?;
        Ok(outcomes(&pack, &cells, visitor.lang))
    });
    Ok(Json(Outcomes { items: items.await? }))
}

/// The milestones of a campaign.
#[derive(Debug, Serialize, ToSchema)]
struct Milestones {
    items: Vec<milestones::Standing>,
}

/// Of which campaign.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Id of the campaign.
    campaign: CampaignId,
}

/// The milestones of a campaign: days left, and the offices just below where targets are not settled or returns are
/// missing.
#[utoipa::path(get, path = "/api/v1/milestones", tag = "campaigns", params(Of),
    responses((status = 200, body = Milestones), Failures))]
async fn get_milestones(State(app): State<App>, visitor: Visitor, Params(of): Params<Of>) -> Result<impl IntoResponse> {
    let found = app.db.read(move |tx| {
        let campaign = campaigns::find(tx, visitor.actor(), of.campaign)?;
        let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
        milestones::standing(tx, &visitor.by, &campaign, &pack, visitor.lang)
    });
    Ok(Json(Milestones { items: found.await? }))
}

/// Exactly the records that one figure counts, a page at a time.
#[utoipa::path(get, path = "/api/v1/figures/records", tag = "figures", params(Wanted, Which),
    responses((status = 200, body = Listed<Counted>), Failures))]
async fn get_records(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
    Params(which): Params<Which>,
) -> Result<impl IntoResponse> {
    let limit = which.limit.unwrap_or(PAGE).clamp(1, LONGEST);
    let wish = Wish { figure: which.figure, part: which.part, after: which.after, limit: limit as usize };
    Ok(Json(app.db.read(move |tx| records(tx, &visitor.by, &wanted, &wish)).await?))
}
