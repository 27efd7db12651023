//! The log as files (C2SP tlog-tiles): `/log/checkpoint`, `/log/tile/…`. Open to everybody when the settings say so, else
//! to its readers.

use super::{
    READERS, store,
    tiles::{Tile, WIDTH, decode, place_of},
};
use crate::{
    kernel::{App, Error, Result},
    people::Visitor,
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/log/checkpoint", get(checkpoint)).route("/log/tile/{*path}", get(tile))
}

/// Refuses whoever may not read the log.
fn may_read(app: &App, visitor: Result<Visitor>) -> Result<()> {
    if app.config.log_public { Ok(()) } else { visitor?.actor().must_be(READERS) }
}

async fn checkpoint(State(app): State<App>, visitor: Result<Visitor>) -> Result<Response> {
    may_read(&app, visitor)?;
    let latest = app.db.read(store::latest_checkpoint).await?.ok_or(Error::NotFound)?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, latest.note).into_response())
}

async fn tile(State(app): State<App>, visitor: Result<Visitor>, Path(path): Path<String>) -> Result<Response> {
    may_read(&app, visitor)?;
    let bytes = match path.strip_prefix("entries/") {
        Some(place) => entries(&app, place_of(place).ok_or(Error::NotFound)?).await?,
        None => hashes(&app, Tile::parse(&path).ok_or(Error::NotFound)?).await?,
    };
    let kept = if app.config.log_public { "public, max-age=31536000, immutable" } else { "private, no-cache" };
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, kept)];
    Ok((headers, bytes).into_response())
}

/// The hashes of a tile, one behind the other.
async fn hashes(app: &App, tile: Tile) -> Result<Vec<u8>> {
    let text = app.db.read(move |tx| store::tile(tx, tile.level, tile.n)).await?.ok_or(Error::NotFound)?;
    let hashes = decode(&text).ok_or_else(|| Error::broken("a tile of the transparency log is damaged"))?;
    hashes.get(..usize::try_from(tile.width).unwrap_or(usize::MAX)).map(<[[u8; 32]]>::concat).ok_or(Error::NotFound)
}

/// The leaves under a tile, each behind its length in two bytes.
async fn entries(app: &App, (n, width): (u64, u64)) -> Result<Vec<u8>> {
    let from = i64::try_from(n).ok().and_then(|n| n.checked_mul(WIDTH as i64)).ok_or(Error::NotFound)?;
    let end = from.checked_add(width as i64).ok_or(Error::NotFound)?;
    let leaves = app.db.read(move |tx| store::leaves(tx, from, end)).await?;
    if leaves.len() as u64 != width {
        return Err(Error::NotFound);
    }
    let mut bytes = Vec::new();
    for placed in leaves {
        bytes.extend(u16::try_from(placed.leaf.len()).map_err(Error::broken)?.to_be_bytes());
        bytes.extend(placed.leaf.as_bytes());
    }
    Ok(bytes)
}
