//! Figures over HTTP. No rule lives here.

use super::{Cell, Counted, Wanted, Wish, board, figures, records};
use crate::{
    kernel::{
        App, Result,
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
    OpenApiRouter::new().routes(routes!(get_figures)).routes(routes!(get_records)).merge(board::routes())
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
