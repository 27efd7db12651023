//! Every request has a number, which the caller may bring along and is answered; it is counted, timed and logged under it.

use super::Watch;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header},
    middleware::Next,
    response::Response,
};
use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where a server says no without anything being wrong.
const READY: &str = "/readyz";

/// Counts, times and logs a request under its number. While the server drains, it asks for the connection to be closed, so
/// that a balancer sends what follows elsewhere.
pub async fn watched(
    State(watch): State<Watch>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = brought(request.headers()).unwrap_or_else(new);
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let (method, version) = (known(request.method()), request.version());
    let began = Instant::now();
    let _open = watch.enter();
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), began.elapsed());
    watch.note(method, route, status.as_u16(), took);
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        // a balancer that asks again and again is not to fill the log
        if status.is_server_error() && route != READY {
            tracing::warn!(target: "paicha::access", status = status.as_u16(), millis, "answered");
        } else {
            tracing::debug!(target: "paicha::access", status = status.as_u16(), millis, "answered");
        }
    });
    response.headers_mut().insert(REQUEST_ID, id);
    if watch.is_draining() && version < Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The number that came along, when it is one: 8 to 64 letters, digits, dots, dashes and underlines.
fn brought(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    ((8..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)).then(|| id.clone())
}

/// A number of this process: chance from its start, and a count.
fn new() -> HeaderValue {
    static START: LazyLock<String> = LazyLock::new(|| {
        let mut chance = [0; 6];
        // Without chance the count alone still tells requests of one process apart.
        let _ = crate::kernel::secret::random(&mut chance);
        data_encoding::HEXLOWER.encode(&chance)
    });
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let id = format!("{}-{}", *START, COUNT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unknown"))
}

/// The method as a label: a made-up one must not make a new line of numbers.
const fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_number_is_taken_over() {
        let brought = |id: &'static [u8]| {
            let id = HeaderValue::from_bytes(id).unwrap();
            brought(&[(REQUEST_ID, id)].into_iter().collect()).is_some()
        };
        assert!(brought(b"0190-abc_DEF.7") && brought(&[b'a'; 64]));
        for wrong in [&b"short"[..], &[b'a'; 65], b"with space", b"with\"quote\"", "编号编号编号".as_bytes()] {
            assert!(!brought(wrong), "{wrong:?}");
        }
        assert_ne!(new(), new());
    }
}
