//! The exchange with devices over HTTP, and the page on which a seal is verified. No rule lives here.

use super::{
    Batch, OLD_VERSION, Receipt, exchange,
    held::{self, Waiting},
    pack::{self, Given, Wanted},
    proof::{self, Proof},
};
use crate::{
    inspections::Inspection,
    kernel::{
        App, InspectionId, Page, Result,
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
    http::HeaderMap,
    response::{Html, IntoResponse},
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The version of the envelope that the field app sends; the one before is understood as well.
const ENVELOPE: i64 = 1;

/// The operations and the page.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(post_sync))
        .routes(routes!(get_pack))
        .routes(routes!(get_seal))
        .routes(routes!(get_held))
        .route("/held", get(index))
        .route("/inspections/{id}/seal", get(show))
}

/// The receipts of a batch.
#[derive(Debug, Serialize, ToSchema)]
struct Receipts {
    /// One for each item, in the same order.
    receipts: Vec<Receipt>,
}

/// Refuses an app that is more than one version away; what sends no version is understood.
fn understood(headers: &HeaderMap) -> Result<()> {
    let Some(said) = headers.get("x-paicha-field").and_then(|h| h.to_str().ok()) else { return Ok(()) };
    let near = said.trim().parse::<i64>().is_ok_and(|version| (ENVELOPE - 1..=ENVELOPE).contains(&version));
    if near { Ok(()) } else { OLD_VERSION.with("version", said).refuse() }
}

/// Take in what a device has recorded: sealed items, each stored, held or refused by itself. The same item may come any
/// number of times. A receipt is given only for what is safely kept.
#[utoipa::path(post, path = "/api/v1/sync", tag = "sync",
    params(("x-paicha-field" = Option<i64>, Header, description = "Version of the envelope that the app sends")),
    request_body = Batch, responses((status = 200, body = Receipts), Failures))]
async fn post_sync(
    From(app): From<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Json(batch): Json<Batch>,
) -> Result<impl IntoResponse> {
    understood(&headers)?;
    let receipts = exchange(&app, &visitor.by, &batch, visitor.lang).await?;
    Ok(Json(Receipts { receipts }))
}

/// What a device needs for a shift without a network: visits assigned or due nearby with everything around them, the most
/// urgent first, part by part; with `since` only what has changed and what is gone.
#[utoipa::path(get, path = "/api/v1/sync/pack", tag = "sync", params(Wanted),
    responses((status = 200, body = Given), Failures))]
async fn get_pack(From(app): From<App>, visitor: Visitor, Params(wanted): Params<Wanted>) -> Result<impl IntoResponse> {
    pack::give(&app, &visitor.by, &wanted).await.map(Json)
}

/// Whether the seals of a visit hold: verified anew from what is kept.
#[utoipa::path(get, path = "/api/v1/inspections/{id}/seal", tag = "sync", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Proof), Failures))]
async fn get_seal(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (InspectionId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| proof::of(tx, scope, id)).await.map(|(_, proof)| Json(proof))
}

#[derive(Template)]
#[template(path = "inspections/sync/seal.html")]
struct Show {
    p: Page,
    visit: Inspection,
    proof: Proof,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, scope) = (InspectionId::in_path(&id)?, visitor.by.scope());
    let (visit, proof) = app.db.read(move |tx| proof::of(tx, scope, id)).await?;
    html(&Show { p: visitor.page("inspections", visitor.say("封存校验", "Seal")), visit, proof })
}

/// What devices have sent and what waits for something else: within the scope for supervisors, one's own for everybody
/// else; the oldest first.
#[utoipa::path(get, path = "/api/v1/sync/held", tag = "sync", params(Ask),
    responses((status = 200, body = Listed<Waiting>), Failures))]
async fn get_held(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<impl IntoResponse> {
    app.db.read(move |tx| held::list(tx, &visitor.by, &ask)).await.map(Json)
}

#[derive(Template)]
#[template(path = "inspections/sync/held.html")]
struct Index {
    p: Page,
    items: Vec<Waiting>,
    next: String,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let by = visitor.by.clone();
    let listed = app.db.read(move |tx| held::list(tx, &by, &ask)).await?;
    html(&Index {
        p: visitor.page("inspections", visitor.say("等待入账的提交", "Submissions that wait")),
        next: links::next("/held", &sent, listed.next.as_deref()),
        items: listed.items,
    })
}
