//! The log over HTTP: JSON here, files in `raw.rs`, pages in `pages.rs`.

use super::{
    Bundle, Consistency, Inclusion, READERS, Standing, Wanted, bundle, consistency, cosign, inclusion, pages, raw,
    standing, store,
};
use crate::{
    kernel::{
        App, Error, EventId, Result,
        http::{Failures, Json, Params},
        list::whole,
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything the log answers.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_log))
        .routes(routes!(get_inclusion))
        .routes(routes!(get_bundle))
        .routes(routes!(get_consistency))
        .routes(routes!(post_cosignature))
        .merge(pages::routes())
        .merge(raw::routes())
}

/// How far the log has come: its size, its name and public key, its latest checkpoint, when it was last verified.
#[utoipa::path(get, path = "/api/v1/log", tag = "log", responses((status = 200, body = Standing), Failures))]
async fn get_log(State(app): State<App>, visitor: Visitor) -> Result<impl IntoResponse> {
    visitor.actor().must_be(READERS)?;
    app.db.read(standing).await.map(Json)
}

/// The proof that an event within the jurisdiction stands in the log (RFC 6962 audit path), up to the latest checkpoint.
#[utoipa::path(get, path = "/api/v1/log/events/{id}", tag = "log", params(("id" = EventId, Path)),
    responses((status = 200, body = Inclusion), Failures))]
async fn get_inclusion(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = EventId::in_path(&id)?;
    app.db.read(move |tx| inclusion(tx, &visitor.by, id)).await.map(Json)
}

/// An event within the jurisdiction as a bundle for verification elsewhere, with the values that its leaf commits to.
#[utoipa::path(get, path = "/api/v1/log/events/{id}/bundle", tag = "log", params(("id" = EventId, Path)),
    responses((status = 200, body = Bundle), Failures))]
async fn get_bundle(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    visitor.actor().must_be(READERS)?;
    let (id, config) = (EventId::in_path(&id)?, app.config.clone());
    let found = app.db.read(move |tx| {
        if !store::is_within(tx, id, visitor.by.scope())? {
            return Err(Error::NotFound);
        }
        bundle(tx, &config, &Wanted { events: vec![id.to_string()], open: true, ..Wanted::default() })
    });
    found.await.map(Json)
}

/// Two sizes of the log.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Sizes {
    /// The smaller one; 0 when left out.
    #[serde(deserialize_with = "whole")]
    from: Option<i64>,
    /// The larger one; the whole log when left out.
    #[serde(deserialize_with = "whole")]
    to: Option<i64>,
}

/// The proof that the log of one size goes on where that of a smaller size ended (RFC 6962 consistency proof).
#[utoipa::path(get, path = "/api/v1/log/consistency", tag = "log", params(Sizes),
    responses((status = 200, body = Consistency), Failures))]
async fn get_consistency(
    State(app): State<App>,
    visitor: Visitor,
    Params(sizes): Params<Sizes>,
) -> Result<impl IntoResponse> {
    // what is below nothing is beyond everything: refused as a size that is none
    let size = |size: i64| u64::try_from(size).unwrap_or(u64::MAX);
    let proof = app.db.read(move |tx| {
        let to = sizes.to.map_or_else(|| store::head(tx).map(|head| head.size), Ok)?;
        consistency(tx, &visitor.by, size(sizes.from.unwrap_or(0)), size(to))
    });
    proof.await.map(Json)
}

/// A checkpoint as a witness has signed it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct Cosigned {
    /// The signed note, with our line and theirs.
    note: String,
}

/// How many witnesses have signed a checkpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Cosigners {
    witnesses: usize,
}

/// Adds what known witnesses have signed under one of our checkpoints (C2SP tlog-cosignature, or plain Ed25519).
#[utoipa::path(post, path = "/api/v1/log/cosignatures", tag = "log", request_body = Cosigned,
    responses((status = 200, body = Cosigners), Failures))]
async fn post_cosignature(
    State(app): State<App>,
    visitor: Visitor,
    Json(cosigned): Json<Cosigned>,
) -> Result<impl IntoResponse> {
    let config = app.config.clone();
    let witnesses = app.act(&visitor.by, move |tx, by| cosign(tx, by, &config, &cosigned.note)).await?;
    Ok(Json(Cosigners { witnesses }))
}
