//! Accounts over the JSON API. No rule lives here.

use super::{Act, Done, Filter, New, account_within, may_look, pages};
use crate::{
    accounts::{Door, Profile, store},
    kernel::{
        AccountId, App, Moment, Result,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything about the accounts of others.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_accounts))
        .routes(routes!(get_account, put_account))
        .routes(routes!(post_act))
        .merge(pages::routes())
}

/// An account after something was done to it.
#[derive(Debug, Serialize, ToSchema)]
struct AccountDone {
    account: Profile,
    /// The first password, to be handed over in person. Shown once, serves for a week, must be changed at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl AccountDone {
    fn of(done: Done, at: Moment) -> Self {
        Self { account: Profile::of(done.account, at), password: done.password }
    }
}

/// The accounts within the administrator's scope.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", params(Ask, Filter),
    responses((status = 200, body = Listed<Profile>), Failures))]
async fn get_accounts(
    State(app): State<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Json<Listed<Profile>>> {
    may_look(visitor.actor())?;
    let (scope, at) = (visitor.by.scope(), visitor.by.at);
    let listed = app.db.read(move |tx| store::list(tx, scope, &filter, &ask)).await?;
    let items = listed.items.into_iter().map(|a| Profile::of(a, at)).collect();
    Ok(Json(Listed { items, next: listed.next }))
}

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Profile), Failures))]
async fn get_account(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Profile>> {
    may_look(visitor.actor())?;
    let (id, scope) = (AccountId::in_path(&id)?, visitor.by.scope());
    let account = app.db.read(move |tx| account_within(tx, scope, id)).await?;
    Ok(Json(Profile::of(account, visitor.by.at)))
}

/// Open an account. The same id with the same content answers as the first time, without a password; other content is
/// refused.
#[utoipa::path(put, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 201, body = AccountDone), (status = 200, body = AccountDone), Failures))]
async fn put_account(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<(StatusCode, Json<AccountDone>)> {
    let done = super::create(&app, &door, &visitor.by, AccountId::in_path(&id)?, new).await?;
    let status = if done.password.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(AccountDone::of(done, visitor.by.at))))
}

/// Do something to an account: edit it, set its roles, transfer, close, open, reset or unlock it.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/acts", tag = "accounts", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = AccountDone), Failures))]
async fn post_act(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<Json<AccountDone>> {
    let done = super::act(&app, &door, &visitor.by, AccountId::in_path(&id)?, wanted).await?;
    Ok(Json(AccountDone::of(done, visitor.by.at)))
}
