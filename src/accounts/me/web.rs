//! One's own account over the JSON API. No rule lives here.

use super::{Act, Asking, NewToken, OwnSession, pages};
use crate::{
    accounts::{Arrival, Client, Door, Profile, second_factor::Draft, store},
    kernel::{
        App, Moment, Result,
        http::{Failures, Json},
    },
};
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything about one's own account.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(post_act))
        .routes(routes!(draft))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(issue_token))
        .merge(pages::routes())
}

/// The account that is signed in.
#[utoipa::path(get, path = "/api/v1/accounts/me", tag = "accounts", responses((status = 200, body = Profile), Failures))]
async fn me(arrival: Arrival) -> Json<Profile> {
    Json(Profile::of(arrival.account, arrival.visitor.by.at))
}

/// The account after an act.
#[derive(Debug, Serialize, ToSchema)]
struct MyDone {
    account: Profile,
    /// New recovery codes of the second factor. Shown once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery: Vec<String>,
}

/// Do something to one's own account: change the password, choose the language, set up the second factor.
#[utoipa::path(post, path = "/api/v1/accounts/me/acts", tag = "accounts", request_body = Act,
    responses((status = 200, body = MyDone), Failures))]
async fn post_act(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    arrival: Arrival,
    Json(act): Json<Act>,
) -> Result<Json<MyDone>> {
    let asking = Asking { app: &app, door: &door, client: &client, arrival: &arrival };
    let done = asking.act(act).await?;
    Ok(Json(MyDone { account: Profile::of(done.account, arrival.visitor.by.at), recovery: done.recovery }))
}

/// A second factor to set up. Nothing is stored before its first code comes back with `enable_second_factor`.
#[utoipa::path(post, path = "/api/v1/accounts/me/second-factor", tag = "accounts",
    responses((status = 200, body = Draft), Failures))]
async fn draft(State(app): State<App>, arrival: Arrival) -> Result<Json<Draft>> {
    arrival.in_person()?;
    arrival.settled()?;
    Draft::new(&arrival.account, &app.keeper).map(Json)
}

/// One's own sessions and tokens that are open, the newest first.
#[utoipa::path(get, path = "/api/v1/accounts/me/sessions", tag = "accounts",
    responses((status = 200, body = Vec<OwnSession>), Failures))]
async fn sessions(State(app): State<App>, arrival: Arrival) -> Result<Json<Vec<OwnSession>>> {
    arrival.settled()?;
    open_sessions(&app, &arrival).await.map(Json)
}

/// Sessions and tokens that are open, the newest first.
pub(super) async fn open_sessions(app: &App, arrival: &Arrival) -> Result<Vec<OwnSession>> {
    let (id, at, idle) = (arrival.account.id, arrival.visitor.by.at, app.config.session_idle_minutes);
    let open = app.db.read(move |tx| store::sessions_of(tx, id, at)).await?;
    Ok(open.into_iter().filter(|s| s.is_alive(at, idle)).map(|s| OwnSession::of(s, &arrival.session)).collect())
}

/// End one of one's own sessions, or revoke a token.
#[utoipa::path(delete, path = "/api/v1/accounts/me/sessions/{id}", tag = "accounts",
    params(("id" = String, Path, description = "As the list gives it")), responses((status = 204), Failures))]
async fn end_session(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    arrival: Arrival,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    arrival.settled()?;
    Asking { app: &app, door: &door, client: &client, arrival: &arrival }.end(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token that has been issued.
#[derive(Debug, Serialize, ToSchema)]
struct Issued {
    /// For revoking it.
    id: String,
    /// Send it as `Authorization: Bearer …`. Shown once.
    token: String,
    ends_at: Moment,
}

/// Issue a token to a program that acts for this account.
#[utoipa::path(post, path = "/api/v1/accounts/me/tokens", tag = "accounts", request_body = NewToken,
    responses((status = 201, body = Issued), Failures))]
async fn issue_token(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    arrival: Arrival,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, Json<Issued>)> {
    let begun = Asking { app: &app, door: &door, client: &client, arrival: &arrival }.issue(new).await?;
    let issued = Issued { id: OwnSession::id_of(&begun.session), token: begun.token, ends_at: begun.session.ends_at };
    Ok((StatusCode::CREATED, Json(issued)))
}
