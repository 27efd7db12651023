//! HTTP for all: reading requests, answering errors in the reader's language, and the guards at the door.

use super::{
    App, CROSS_SITE, Error, Lang, Page, Result, TOO_LARGE, UNREADABLE,
    page::{Sent, html, read_json},
};
use askama::Template;
use axum::{
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::openapi::{self, RefOr};

/// Largest JSON or form body, in bytes. Evidence goes in pieces of its own.
const BODY: usize = 4 * 1024 * 1024;

/// Tells answers without an end that the server is closing down.
#[derive(Debug, Clone, Default)]
pub struct Closing(pub tokio_util::sync::CancellationToken);

impl Closing {
    /// Waits until it begins.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }
}

/// A JSON body, in or out. What cannot be read says which field.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let bytes = body(request).await?;
        // What is right is read in one go; what is not is read once more, to say what is wrong with it.
        let may_hold_nul = bytes.windows(6).any(|w| w == b"\\u0000");
        if let Some(read) = serde_json::from_slice(&bytes).ok().filter(|_| !may_hold_nul) {
            return Ok(Self(read));
        }
        let value = serde_json::from_slice(&bytes)
            .map_err(|e| Error::Unreadable { status: 400, refusal: UNREADABLE.with("why", e) })?;
        read_json(value).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A form body, kept as it was typed.
pub struct Form(pub Sent);

impl FromRequest<App> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        Ok(Self(Sent::new(pairs(&body(request).await?))))
    }
}

/// The parameters of an address.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Sent::new(pairs(parts.uri.query().unwrap_or_default().as_bytes())).read().map(Self)
    }
}

/// The parameters of an address as they were typed, for showing them again in a filter bar.
pub struct Typed(pub Sent);

impl<S: Sync> FromRequestParts<S> for Typed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(Sent::new(pairs(parts.uri.query().unwrap_or_default().as_bytes()))))
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

async fn body(request: Request) -> Result<bytes::Bytes> {
    axum::body::to_bytes(request.into_body(), BODY).await.map_err(|_| Error::Unreadable {
        status: 413,
        refusal: TOO_LARGE.with("limit", format!("{} MB", BODY / 1024 / 1024)),
    })
}

/// The reader's language: as chosen, else as the browser says, else Chinese.
pub fn lang_of(headers: &HeaderMap) -> Lang {
    let chosen = cookie(headers, "lang").and_then(Lang::from_code);
    let header = || headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok()).map(Lang::from_header);
    chosen.or_else(header).unwrap_or_default()
}

/// A cookie by its name.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

impl Error {
    /// Its status, as an answer bears it.
    pub fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Error {
    /// The status; [`speak`] adds the words, because only it knows the reader.
    fn into_response(self) -> Response {
        if let Self::Broken(reason) = &self {
            tracing::error!(%reason, "broken");
        }
        let status = self.status_code();
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// An error as a program reads it (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// The stable code, such as `hazards.due_past`.
    pub code: &'static str,
    /// The sentence, in the reader's language.
    pub detail: String,
    /// The HTTP status.
    pub status: u16,
    /// Always `about:blank`: the code says it.
    pub r#type: &'static str,
    /// The field at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// The ways in which any operation may fail, for the OpenAPI document: `responses((status = 200, …), Failures)`.
pub struct Failures;

impl utoipa::IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let ways = [
            ("400", "The request cannot be read."),
            ("401", "Nobody is signed in."),
            ("403", "The role does not allow it."),
            ("404", "Not found, or not within the jurisdiction."),
            ("409", "Changed by somebody else, or the id exists with other content."),
            ("413", "The request is too large."),
            ("422", "The rules do not allow it; `field` names the field at fault."),
            ("429", "Too many tries; `Retry-After` says when again."),
            ("503", "The database cannot be reached; `Retry-After` says when again."),
        ];
        let problem = || openapi::ContentBuilder::new().schema(Some(openapi::Ref::from_schema_name("Problem"))).build();
        let response = |why| {
            openapi::ResponseBuilder::new().description(why).content("application/problem+json", problem()).build()
        };
        ways.into_iter().map(|(status, why)| (status.to_owned(), response(why).into())).collect()
    }
}

#[derive(Template)]
#[template(path = "kernel/error.html")]
struct ErrorPage {
    p: Page,
    status: u16,
    sentence: String,
}

/// Gives every error its words: problem+json for programs, a page for people.
pub async fn speak(State(app): State<App>, request: Request, next: Next) -> Response {
    let lang = lang_of(request.headers());
    let uri = request.uri().clone();
    let program = uri.path().starts_with("/api/") || !accepts_pages(request.headers());
    let response = next.run(request).await;
    let error = match response.extensions().get::<Arc<Error>>() {
        Some(error) => error.clone(),
        None if response.status() == StatusCode::NOT_FOUND && is_bare(&response) => Arc::new(Error::NotFound),
        None => match unsaid(&response, lang) {
            Some(error) => Arc::new(error),
            None => return response,
        },
    };
    let mut answer = if program { problem(&error, lang) } else { page_of(&app, &error, lang, &uri) };
    // What a handler said beside its refusal, such as where an upload goes on, stays.
    for (name, value) in response.headers().iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        answer.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    if let Some(seconds) = error.again_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// What the framework refuses by itself, in plain words of its own.
fn unsaid(response: &Response, lang: Lang) -> Option<Error> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let why = match status {
        StatusCode::METHOD_NOT_ALLOWED => lang.say("该地址不支持此方法", "this address does not take this method"),
        StatusCode::PAYLOAD_TOO_LARGE if kind.starts_with("text/plain") => lang.say("内容过大", "it is too large"),
        _ if status.is_client_error() && kind.starts_with("text/plain") => {
            lang.say("地址或者内容的格式有误", "the address or what was sent is malformed")
        }
        _ => return None,
    };
    Some(Error::Unreadable { status: status.as_u16(), refusal: UNREADABLE.with("why", why) })
}

fn is_bare(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_none()
}

fn accepts_pages(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|h| h.to_str().ok()).is_some_and(|h| h.contains("text/html"))
}

fn problem(error: &Error, lang: Lang) -> Response {
    let refusal = error.refusal();
    let body = Problem {
        code: refusal.code,
        detail: refusal.say(lang).to_owned(),
        status: error.status(),
        r#type: "about:blank",
        field: error.field().map(str::to_owned),
    };
    let mut response = axum::Json(body).into_response();
    *response.status_mut() = error.status_code();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn page_of(app: &App, error: &Error, lang: Lang, uri: &Uri) -> Response {
    if matches!(error, Error::SignIn) {
        let back: String = form_urlencoded::byte_serialize(uri.to_string().as_bytes()).collect();
        return Redirect::to(&format!("/sign-in?back={back}")).into_response();
    }
    if let Error::First { at, .. } = error {
        return Redirect::to(at).into_response();
    }
    let status = error.status_code();
    let sentence = error.refusal().say(lang).to_owned();
    let title = lang.say("无法办理", "That did not work").to_owned();
    let p = Page { lang, title, demo: app.demo, path: "/".into(), ..Page::default() };
    match html(&ErrorPage { p, status: error.status(), sentence }) {
        Ok(page) => (status, page).into_response(),
        Err(_) => status.into_response(),
    }
}

/// The guards at the door: no request from another site may change anything, and every answer carries the headers that
/// keep browsers honest.
///
/// Same-origin check without tokens: `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`; a
/// request with neither does not come from a browser.
pub async fn guard(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !same_origin(request.headers()) {
        return with_headers(Error::Unreadable { status: 403, refusal: CROSS_SITE }.into_response());
    }
    with_headers(next.run(request).await)
}

fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|h| h.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text("host"),
        (None, None) => true,
    }
}

fn with_headers(mut response: Response) -> Response {
    const HEADERS: &[(header::HeaderName, &str)] = &[
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(self), geolocation=(self), microphone=(), payment=()"),
    );
    response
}
