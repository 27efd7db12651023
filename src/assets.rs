//! What pages load: one stylesheet, one small script, symbols. Compiled into the program.

use crate::kernel::{App, Error, Result};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// The bytes of a file of `/static/`.
pub fn bytes(path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
    Static::get(path).map(|file| file.data)
}

/// `/static/…`.
pub fn routes() -> Router<App> {
    Router::new().route("/static/{*path}", get(asset))
}

/// A browser asks again each time and is told whether it has changed: no name changes with each version, and nothing
/// old is shown.
async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response> {
    let file = Static::get(&path).ok_or(Error::NotFound)?;
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&file.metadata.sha256_hash()[..8]));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let meta = [(header::ETAG, tag), (header::CACHE_CONTROL, "public, no-cache".to_owned())];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, meta).into_response());
    }
    let kind = file.metadata.mimetype().to_owned();
    Ok((meta, [(header::CONTENT_TYPE, kind)], file.data).into_response())
}
