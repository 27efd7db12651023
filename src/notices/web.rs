//! Notices over HTTP. No rule lives here; their page is the inbox, which belongs to `work`.

use super::{Act, Filter, Notice, act, list};
use crate::{
    kernel::{
        App, NoticeId, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_notices)).routes(routes!(post_act))
}

/// One's own notices, newest first.
#[utoipa::path(get, path = "/api/v1/notices", tag = "inbox", params(Ask, Filter),
    responses((status = 200, body = Listed<Notice>), Failures))]
async fn get_notices(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let account = visitor.actor().account;
    app.db.read(move |tx| list(tx, account, &filter, &ask)).await.map(Json)
}

/// Mark one's own notice as read, or it and all before it.
#[utoipa::path(post, path = "/api/v1/notices/{id}/acts", tag = "inbox", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Notice), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = NoticeId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}
