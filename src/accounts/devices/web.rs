//! Device keys over HTTP. No rule lives here.

use super::{Act, Device, New, act, of, register};
use crate::{
    kernel::{
        App, DeviceId, Error, Result, flash,
        http::{Failures, Form, Json},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State},
    response::Response,
    routing::post,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything about devices; the list stands on the page of one's own account.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_devices))
        .routes(routes!(put_device))
        .routes(routes!(post_act))
        .route("/me/devices/{id}/revoke", post(revoke))
}

/// One's own devices, the oldest first, those whose keys are revoked included.
#[utoipa::path(get, path = "/api/v1/devices", tag = "accounts", responses((status = 200, body = Vec<Device>), Failures))]
async fn get_devices(State(app): State<App>, visitor: Visitor) -> Result<Json<Vec<Device>>> {
    let account = visitor.actor().account;
    app.db.read(move |tx| of(tx, account)).await.map(Json)
}

/// Register the key of a device for the account that is signed in. The same key again answers as the first time; another
/// key under the same id is refused.
#[utoipa::path(put, path = "/api/v1/devices/{id}", tag = "accounts", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 200, body = Device), Failures))]
async fn put_device(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<Json<Device>> {
    let id = DeviceId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| register(tx, by, id, &new)).await.map(Json)
}

/// Revoke a device, by its owner or an administrator: what it sends later is refused, what it sealed before stays valid.
#[utoipa::path(post, path = "/api/v1/devices/{id}/acts", tag = "accounts", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Device), Failures))]
async fn post_act(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<Json<Device>> {
    let id = DeviceId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

async fn revoke(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form,
) -> Result<Response> {
    let id = DeviceId::in_path(&id)?;
    let wanted = Act::Revoke { why: sent.value("why").to_owned() };
    match app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await {
        Ok(_) => Ok(flash::well("/me", visitor.say("设备密钥已撤销。", "The device key is revoked."))),
        Err(error @ (Error::Refused(_) | Error::Invalid { .. })) => {
            let text = error.refusal().say(visitor.lang).to_owned();
            Ok(flash::said("/me", &crate::kernel::page::Flash { good: false, text }))
        }
        Err(error) => Err(error),
    }
}
