//! Signing in and out over HTTP: the JSON API and the pages. No rule lives here.

use super::{Arrival, Attempt, Client, Door, Entry, admin, devices, me, offices, oidc, sessions, sign_in};
use crate::kernel::{
    App, Error, Filled, Lang, Moment, Page, Result, Sent, flash,
    http::{self, Failures, Form, Json, Typed},
    page::html,
};
use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything this capability answers.
pub fn routes() -> OpenApiRouter<App> {
    routes_behind(Door::default())
}

/// As [`routes()`], behind this door.
pub fn routes_behind(door: Door) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin))
        .routes(routes!(confirm))
        .routes(routes!(end))
        .route("/sign-in", get(show).post(submit))
        .route("/sign-in/code", get(show_code).post(submit_code))
        .route("/sign-out", post(leave))
        .route("/language", post(language))
        .merge(oidc::routes())
        .merge(me::routes())
        .merge(devices::routes())
        .merge(admin::routes())
        .merge(offices::routes())
        .layer(Extension(door))
}

/// A session has begun.
#[derive(Debug, Serialize, ToSchema)]
struct Opened {
    /// Send it as `Authorization: Bearer …`. Shown once.
    token: String,
    /// When it ends at the latest; earlier when it is not used.
    ends_at: Moment,
    /// Whether the first password has to be changed before anything else.
    must_change: bool,
    /// Whether the code of the second factor is still to be sent to `/api/v1/sessions/code`; until then the token opens
    /// nothing else.
    second_factor: bool,
}

impl From<Entry> for Opened {
    fn from(entry: Entry) -> Self {
        Self {
            second_factor: entry.is_pending(),
            must_change: entry.must_change(),
            ends_at: entry.begun.session.ends_at,
            token: entry.begun.token,
        }
    }
}

/// Sign in with a login and a password.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "accounts", request_body = Attempt, security(()),
    responses((status = 201, body = Opened), Failures))]
async fn begin(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    Json(attempt): Json<Attempt>,
) -> Result<(StatusCode, Json<Opened>)> {
    let entry = sign_in::attempt(&app, &door, &client, attempt).await?;
    Ok((StatusCode::CREATED, Json(entry.into())))
}

/// The code of the second factor.
#[derive(Debug, Deserialize, ToSchema)]
struct Code {
    /// Six digits from the phone, or a recovery code.
    code: String,
}

/// Send the code of the second factor, with the token that waits for it.
#[utoipa::path(post, path = "/api/v1/sessions/code", tag = "accounts", request_body = Code,
    responses((status = 201, body = Opened), Failures))]
async fn confirm(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    headers: HeaderMap,
    Json(code): Json<Code>,
) -> Result<(StatusCode, Json<Opened>)> {
    let pending = sessions::carried(&app.config, &headers).ok_or(Error::SignIn)?;
    let entry = sign_in::confirm(&app, &door, &client, pending.stored, code.code).await?;
    Ok((StatusCode::CREATED, Json(entry.into())))
}

/// Sign out: end the session of this request.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "accounts", responses((status = 204), Failures))]
async fn end(State(app): State<App>, arrival: Arrival, client: Client) -> Result<Response> {
    let at = app.clock.now();
    app.db.write(move |tx| sign_in::sign_out(tx, &arrival.session.token, &client, at)).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, sessions::no_cookie(&app.config))]).into_response())
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    p: Page,
    f: Filled,
    back: String,
    /// Whether the code is asked for, the password having been right.
    code: bool,
    /// The way to the other system that signs people in; empty when there is none.
    oidc: String,
}

fn page(app: &App, headers: &HeaderMap, sent: Sent, code: bool) -> Result<Response> {
    let lang = http::lang_of(headers);
    let title = lang.say("登录", "Sign in").to_owned();
    let path = if code { "/sign-in/code" } else { "/sign-in" };
    let (back, flash) = (local(sent.value("back")), flash::of(headers));
    let p = Page { lang, title, demo: app.demo, path: with_back(path, &back), flash, ..Page::default() };
    let oidc = if oidc::is_on(app) { with_back("/sign-in/oidc", &back) } else { String::new() };
    Ok(html(&SignInPage { p, f: sent.filled(lang, &["login", "password", "code"]), back, code, oidc })?.into_response())
}

async fn show(
    State(app): State<App>,
    arrival: Option<Arrival>,
    headers: HeaderMap,
    Typed(sent): Typed,
) -> Result<Response> {
    match arrival {
        Some(_) => Ok(Redirect::to(&local(sent.value("back"))).into_response()),
        None => page(&app, &headers, sent, false),
    }
}

async fn show_code(State(app): State<App>, headers: HeaderMap, Typed(sent): Typed) -> Result<Response> {
    page(&app, &headers, sent, true)
}

async fn submit(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    headers: HeaderMap,
    Form(sent): Form,
) -> Result<Response> {
    let attempt = match sent.read::<Attempt>() {
        Ok(attempt) => Attempt { password: sent.value("password").to_owned(), ..attempt },
        Err(error) => return again(&app, &headers, sent, error, false),
    };
    match sign_in::attempt(&app, &door, &client, attempt).await {
        Ok(entry) => welcome(&app, &client, &headers, entry, sent.value("back")).await,
        Err(error) => again(&app, &headers, sent, error, false),
    }
}

async fn submit_code(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    client: Client,
    headers: HeaderMap,
    Form(sent): Form,
) -> Result<Response> {
    let Some(pending) = sessions::carried(&app.config, &headers) else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    match sign_in::confirm(&app, &door, &client, pending.stored, sent.value("code").to_owned()).await {
        Ok(entry) => welcome(&app, &client, &headers, entry, sent.value("back")).await,
        Err(error @ Error::Unreadable { .. }) => again(&app, &headers, sent, error, false),
        Err(error) => again(&app, &headers, sent, error, true),
    }
}

/// The form once more, with what was wrong beside it and the status that says so to programs.
fn again(app: &App, headers: &HeaderMap, sent: Sent, error: Error, code: bool) -> Result<Response> {
    let status = error.status_code();
    let mut response = page(app, headers, sent.blame(error)?, code)?;
    *response.status_mut() = status;
    Ok(response)
}

/// The sign-in page with why somebody was not let in.
pub(super) fn refused(app: &App, headers: &HeaderMap, error: Error) -> Result<Response> {
    again(app, headers, Sent::default(), error, false)
}

/// A page that shows a form once more, with the status that says to programs that something was wrong.
pub(super) fn once_more(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page
}

/// On to where they wanted, with the session's cookie; a session this browser had before ends.
pub(super) async fn welcome(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
    entry: Entry,
    back: &str,
) -> Result<Response> {
    if let Some(before) = sessions::carried(&app.config, headers) {
        let (client, at) = (client.clone(), app.clock.now());
        app.db.write(move |tx| sign_in::leave_behind(tx, &before.stored, &client, at)).await?;
    }
    let to = match (entry.is_pending(), entry.must_change()) {
        (true, _) => with_back("/sign-in/code", back),
        (false, true) => "/me/password".to_owned(),
        (false, false) => local(back),
    };
    let mut response = Redirect::to(&to).into_response();
    response.headers_mut().append(header::SET_COOKIE, sessions::cookie(&app.config, &entry.begun.token));
    if http::cookie(headers, "lang").is_none() {
        response.headers_mut().append(header::SET_COOKIE, lang_cookie(entry.account.lang()));
    }
    Ok(response)
}

async fn leave(State(app): State<App>, client: Client, headers: HeaderMap) -> Result<Response> {
    let at = app.clock.now();
    if let Some(carried) = sessions::carried(&app.config, &headers) {
        app.db.write(move |tx| sign_in::sign_out(tx, &carried.stored, &client, at)).await?;
    }
    let mut response = flash::well("/sign-in", http::lang_of(&headers).say("已安全退出。", "You have signed out."));
    response.headers_mut().append(header::SET_COOKIE, sessions::no_cookie(&app.config));
    Ok(response)
}

async fn language(Form(sent): Form) -> Response {
    let lang = if sent.value("lang").starts_with("en") { Lang::En } else { Lang::Zh };
    let mut response = Redirect::to(&local(sent.value("back"))).into_response();
    response.headers_mut().append(header::SET_COOKIE, lang_cookie(lang));
    response
}

pub(super) fn lang_cookie(lang: Lang) -> HeaderValue {
    HeaderValue::from_static(
        lang.say("lang=zh; Path=/; SameSite=Lax; Max-Age=31536000", "lang=en; Path=/; SameSite=Lax; Max-Age=31536000"),
    )
}

fn with_back(path: &str, back: &str) -> String {
    let back: String = form_urlencoded::byte_serialize(local(back).as_bytes()).collect();
    format!("{path}?back={back}")
}

/// The way back, if it leads to a page of ours; else the first page. `//host` and `/\host` lead elsewhere.
pub(super) fn local(back: &str) -> String {
    let rest = back.strip_prefix('/').filter(|rest| !rest.starts_with(['/', '\\']));
    let ours = rest.is_some_and(|_| back.chars().all(|c| !c.is_control() && c != '\\'));
    if ours && !back.starts_with("/sign-") { back.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leads_elsewhere() {
        for ours in ["/", "/hazards?sort=-due&q=%E6%81%92", "/me"] {
            assert_eq!(local(ours), ours);
        }
        for foreign in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\tx",
            "/a\r\nset-cookie: x",
            "/sign-out",
        ] {
            assert_eq!(local(foreign), "/", "{foreign:?}");
        }
    }
}
