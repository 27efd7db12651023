//! The two addresses of sign-in by another system: out, and back. No rule lives here.

use super::{
    NOT_LINKED, NOT_OURS, NOT_VOUCHED,
    provider::{Begun, CALLBACK, Provider, cookie},
    settle,
};
use crate::{
    accounts::{
        Client, Door,
        sign_in::Knock,
        web::{local, refused, welcome},
    },
    kernel::{
        App, Error, Moment, Result, Sent,
        http::{self, Typed},
    },
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

/// How long somebody may take at the other system: ten minutes.
const PATIENCE: i64 = 10 * 60_000;
/// What the cookie of the way there is locked up for.
const PURPOSE: &str = "accounts.oidc";

/// The way to the other system and back.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/sign-in/oidc", get(leave)).route(CALLBACK, get(arrive))
}

async fn leave(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    headers: HeaderMap,
    Typed(sent): Typed,
) -> Result<Response> {
    match begin(&app, &door, &client, local(sent.value("back"))).await {
        Ok(response) => Ok(response),
        Err(error) => refused(&app, &headers, error),
    }
}

async fn begin(app: &App, door: &Door, client: &Client, back: String) -> Result<Response> {
    door.pass_by(app, client).await?;
    let (url, begun) = Provider::discover(app, door).await?.begin(back);
    let sealed = app.keeper.lock(PURPOSE, &serde_json::to_string(&begun).map_err(Error::broken)?)?;
    with_cookie(Redirect::to(&url).into_response(), &cookie(app, &sealed, 600))
}

async fn arrive(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    headers: HeaderMap,
    Typed(sent): Typed,
) -> Result<Response> {
    let done = match end(&app, &door, &client, &headers, &sent).await {
        Ok(response) => Ok(response),
        Err(error) => refused(&app, &headers, error),
    };
    // Whatever came of it, what was brought along serves once.
    with_cookie(done?, &cookie(&app, "", 0))
}

async fn end(app: &App, door: &Door, client: &Client, headers: &HeaderMap, sent: &Sent) -> Result<Response> {
    let not_ours = || Error::Unreadable { status: 401, refusal: NOT_OURS };
    let begun = brought(app, headers, app.clock.now()).ok_or_else(not_ours)?;
    if sent.value("state") != begun.state {
        return Err(not_ours());
    }
    if sent.value("code").is_empty() {
        return Err(Error::Unreadable { status: 401, refusal: NOT_VOUCHED });
    }
    let back = begun.back.clone();
    let vouched = Provider::discover(app, door).await?.vouch(sent.value("code").to_owned(), begun).await?;
    let knock = Knock::now(app, client);
    let settled = app.db.write(move |tx| settle(tx, &knock, &vouched)).await?;
    let entry = settled.ok_or(Error::Unreadable { status: 403, refusal: NOT_LINKED })?;
    welcome(app, client, headers, entry, &back).await
}

/// What this browser took along on the way there, not too long ago.
fn brought(app: &App, headers: &HeaderMap, now: Moment) -> Option<Begun> {
    let text = app.keeper.unlock(PURPOSE, http::cookie(headers, "oidc")?).ok()?;
    let begun: Begun = serde_json::from_str(&text).ok()?;
    (now < begun.at.plus(PATIENCE)).then_some(begun)
}

fn with_cookie(mut response: Response, cookie: &str) -> Result<Response> {
    let value = HeaderValue::from_str(cookie).map_err(Error::broken)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}
