//! Evidence over HTTP: in, in pieces, out. No rule lives here.

use super::{File, FileHash, Outgoing, Progress, append, bytes_of, describe, model, progress, put, thumb_bytes};
use crate::{
    kernel::{
        App, Error, REQUIRED, Result,
        http::{Failures, Json, Problem},
    },
    people::Visitor,
};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::ops::Range;
use utoipa_axum::{router::OpenApiRouter, routes};

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// The operations of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_file, head_file, put_file, patch_file))
        .routes(routes!(get_bytes))
        .routes(routes!(get_thumb))
}

/// What is known of a file.
#[utoipa::path(get, path = "/api/v1/files/{sha256}", tag = "files", params(("sha256" = FileHash, Path)),
    responses((status = 200, body = File), Failures))]
async fn get_file(State(app): State<App>, visitor: Visitor, Path(sha256): Path<String>) -> Result<Json<File>> {
    Ok(Json(describe(&app, visitor.actor(), &FileHash::parse(&sha256)?).await?))
}

/// How much of an upload in pieces has arrived: `Upload-Offset`. It equals `Upload-Length`, which stands beside it,
/// once the file is complete.
#[utoipa::path(head, path = "/api/v1/files/{sha256}", tag = "files", params(("sha256" = FileHash, Path)),
    responses((status = 200, headers(("upload-offset" = u64), ("upload-length" = u64))), Failures))]
async fn head_file(State(app): State<App>, visitor: Visitor, Path(sha256): Path<String>) -> Result<Response> {
    let progress = progress(&app, &visitor.by, &FileHash::parse(&sha256)?).await?;
    let mut response = StatusCode::OK.into_response();
    response.headers_mut().insert(OFFSET, progress.stored.into());
    if progress.file.is_some() {
        response.headers_mut().insert(LENGTH, progress.stored.into());
    }
    Ok(response)
}

/// Takes a file in one go, under its SHA-256. The same file again answers as the first time.
#[utoipa::path(put, path = "/api/v1/files/{sha256}", tag = "files", params(("sha256" = FileHash, Path)),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses((status = 200, body = File), Failures, (status = 507, body = Problem)))]
async fn put_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<File>> {
    let length = number(&headers, &header::CONTENT_LENGTH)?;
    let bytes = body.into_data_stream();
    Ok(Json(put(&app, &visitor.by, &FileHash::parse(&sha256)?, length, bytes).await?))
}

/// Takes a piece of a file: `Upload-Offset` says where it begins, `Upload-Length` how long the file is in all. 409 with
/// the right `Upload-Offset` when it does not fit; what had arrived when the line was cut is kept.
#[utoipa::path(patch, path = "/api/v1/files/{sha256}", tag = "files",
    params(("sha256" = FileHash, Path), ("upload-offset" = u64, Header), ("upload-length" = u64, Header)),
    request_body(content = [u8], content_type = "application/offset+octet-stream"),
    responses((status = 200, body = Progress, headers(("upload-offset" = u64))), Failures,
        (status = 409, body = Problem, headers(("upload-offset" = u64))), (status = 507, body = Problem)))]
async fn patch_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let hash = FileHash::parse(&sha256)?;
    let needed = |name| number(&headers, name)?.ok_or_else(|| Error::invalid(name.as_str(), REQUIRED));
    let at = (needed(&OFFSET)?, needed(&LENGTH)?);
    let (stored, mut response) = match append(&app, &visitor.by, &hash, at, body.into_data_stream()).await {
        Ok(progress) => (progress.stored, Json(progress).into_response()),
        Err(e @ Error::Conflict(_)) => (progress(&app, &visitor.by, &hash).await?.stored, e.into_response()),
        Err(e) => return Err(e),
    };
    response.headers_mut().insert(OFFSET, stored.into());
    Ok(response)
}

/// The file itself.
#[utoipa::path(get, path = "/files/{sha256}", tag = "files", params(("sha256" = FileHash, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304), Failures))]
async fn get_bytes(
    State(app): State<App>,
    visitor: Visitor,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let file = describe(&app, visitor.actor(), &FileHash::parse(&sha256)?).await?;
    let tag = format!("\"{}\"", file.sha256);
    if is_known(&headers, &tag) {
        return answer(StatusCode::NOT_MODIFIED, Body::empty(), &tag);
    }
    let size = u64::try_from(file.bytes).unwrap_or(0);
    let (status, range) = match wanted(&headers, size, &tag) {
        Wanted::All => (StatusCode::OK, None),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Wanted::Beyond => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"))?;
            return Ok(response);
        }
    };
    let out = bytes_of(&app, &file, range).await?;
    let part = out.range.clone();
    let mut response = answer(status, body(out), &tag)?;
    let headers = response.headers_mut();
    let manner = if file.media.is_shown() { "inline" } else { "attachment" };
    let name = format!("{manner}; filename=\"{}.{}\"", file.sha256.short(), file.media.extension());
    set(headers, header::CONTENT_TYPE, file.media.code())?;
    set(headers, header::CONTENT_DISPOSITION, &name)?;
    set(headers, header::ACCEPT_RANGES, "bytes")?;
    headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
    if status == StatusCode::PARTIAL_CONTENT {
        set(headers, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", part.start, part.end - 1))?;
    }
    Ok(response)
}

/// A small picture of the file, where there is one.
#[utoipa::path(get, path = "/files/{sha256}/thumb", tag = "files", params(("sha256" = FileHash, Path)),
    responses((status = 200, content_type = "image/jpeg"), (status = 304), Failures))]
async fn get_thumb(
    State(app): State<App>,
    visitor: Visitor,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let file = describe(&app, visitor.actor(), &FileHash::parse(&sha256)?).await?;
    let tag = format!("\"{}.t320\"", file.sha256);
    if is_known(&headers, &tag) {
        return answer(StatusCode::NOT_MODIFIED, Body::empty(), &tag);
    }
    let out = thumb_bytes(&app, &file).await?;
    let size = out.size;
    let mut response = answer(StatusCode::OK, body(out), &tag)?;
    set(response.headers_mut(), header::CONTENT_TYPE, "image/jpeg")?;
    response.headers_mut().insert(header::CONTENT_LENGTH, size.into());
    Ok(response)
}

fn body(out: Outgoing) -> Body {
    Body::from_stream(out.bytes)
}

/// What all answers with bytes have in common: nothing in them may run, and they never change. Whoever signs in next
/// at the same browser must ask again.
fn answer(status: StatusCode, body: Body, tag: &str) -> Result<Response> {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    set(headers, header::ETAG, tag)?;
    set(headers, header::CACHE_CONTROL, "private, max-age=31536000, immutable")?;
    set(headers, header::VARY, "cookie")?;
    set(headers, header::CONTENT_SECURITY_POLICY, "sandbox")?;
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<()> {
    headers.insert(name, HeaderValue::from_str(value).map_err(Error::broken)?);
    Ok(())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|h| h.to_str().ok())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>> {
    let read =
        |text: &str| text.parse().map_err(|_| Error::invalid(name.as_str(), model::NOT_A_LENGTH.with("value", text)));
    text(headers, name).map(read).transpose()
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    text(headers, &header::IF_NONE_MATCH)
        .is_some_and(|tags| tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag))
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(Range<u64>),
    Beyond,
}

/// Which bytes are wanted (RFC 9110, 14): one range at the most, so that a long download can go on after a cut; whoever
/// asks for several, or in words we do not know, gets all.
fn wanted(headers: &HeaderMap, size: u64, tag: &str) -> Wanted {
    let is_same = text(headers, &header::IF_RANGE).is_none_or(|t| t == tag);
    let range =
        text(headers, &header::RANGE).filter(|_| is_same).and_then(|r| r.strip_prefix("bytes=")?.split_once('-'));
    let Some((from, to)) = range else { return Wanted::All };
    let part = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => from..size.min(to.saturating_add(1)),
        (Ok(from), Err(_)) if to.trim().is_empty() => from..size,
        (Err(_), Ok(last)) if from.trim().is_empty() => size.saturating_sub(last)..size,
        _ => return Wanted::All,
    };
    if part.is_empty() { Wanted::Beyond } else { Wanted::Part(part) }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};
    use crate::{files::Media, kernel::Lang};
    use axum::{
        Router,
        body::to_bytes,
        http::{Method, Request},
        middleware::from_fn_with_state,
    };
    use tower::ServiceExt;

    fn visitor(by: &crate::people::By) -> Visitor {
        Visitor {
            by: by.clone(),
            lang: Lang::Zh,
            path: "/".into(),
            demo: false,
            flash: None,
            session: String::new(),
            waits: 0,
        }
    }

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.clone(), HeaderValue::from_str(v).unwrap())).collect()
    }

    async fn fetch(
        w: &World,
        by: &crate::people::By,
        hash: &FileHash,
        sent: &[(HeaderName, &str)],
    ) -> Result<Response> {
        get_bytes(State(w.app.clone()), visitor(by), Path(hash.to_string()), headers(sent)).await
    }

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let of = |range: &str| wanted(&headers(&[(header::RANGE, range)]), 100, "\"t\"");
        assert_eq!(of("bytes=0-9"), Wanted::Part(0..10));
        assert_eq!(of("bytes=90-"), Wanted::Part(90..100));
        assert_eq!(of("bytes=-5"), Wanted::Part(95..100));
        assert_eq!(of("bytes=-500"), Wanted::Part(0..100));
        assert_eq!(of("bytes=50-5000"), Wanted::Part(50..100));
        assert_eq!([of("bytes=100-"), of("bytes=-0")], [Wanted::Beyond, Wanted::Beyond]);
        for odd in ["bytes=9-3", "bytes=0-1,5-6", "bytes=a-b", "bytes=-", "lines=1-2", "bytes=18446744073709551616-"] {
            assert_eq!(of(odd), Wanted::All, "{odd}");
        }
        let other = headers(&[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, "\"old\"")]);
        assert_eq!(wanted(&other, 100, "\"t\""), Wanted::All);
    }

    #[tokio::test]
    async fn bytes_go_out_so_that_nothing_in_them_can_run() {
        let (w, ying) = (World::new().await, ying());
        let photo = photo(40, 30);
        let paper = crate::files::sniff::tests::zip(&["[Content_Types].xml", "word/document.xml"]);
        for (bytes, kind, manner) in [(&photo, "image/jpeg", "inline"), (&paper, Media::Docx.code(), "attachment")] {
            let hash = w.put(&ying, bytes).await.unwrap().sha256;
            let response = fetch(&w, &ying, &hash, &[]).await.unwrap();
            let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(
                (header("content-type").as_str(), header("content-security-policy").as_str()),
                (kind, "sandbox")
            );
            assert!(header("content-disposition").starts_with(&format!("{manner}; filename=\"{}", hash.short())));
            assert_eq!(header("etag"), format!("\"{hash}\""));
            assert_eq!(header("cache-control"), "private, max-age=31536000, immutable");
            assert_eq!(to_bytes(response.into_body(), usize::MAX).await.unwrap(), bytes.as_slice());
            let again = fetch(&w, &ying, &hash, &[(header::IF_NONE_MATCH, &format!("W/\"x\", \"{hash}\""))]).await;
            assert_eq!(again.unwrap().status(), StatusCode::NOT_MODIFIED);
        }
    }

    #[tokio::test]
    async fn a_download_goes_on_where_it_was_cut() {
        let (w, ying) = (World::new().await, ying());
        let photo = photo(40, 30);
        let hash = w.put(&ying, &photo).await.unwrap().sha256;
        let rest = fetch(&w, &ying, &hash, &[(header::RANGE, "bytes=100-")]).await.unwrap();
        assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
        let said = rest.headers()[header::CONTENT_RANGE].to_str().unwrap();
        assert_eq!(said, format!("bytes 100-{}/{}", photo.len() - 1, photo.len()));
        assert_eq!(to_bytes(rest.into_body(), usize::MAX).await.unwrap(), photo[100..]);
        let beyond = fetch(&w, &ying, &hash, &[(header::RANGE, "bytes=1000000-")]).await.unwrap();
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    }

    #[tokio::test]
    async fn pieces_are_told_where_to_go_on() {
        let (w, ying) = (World::new().await, ying());
        let photo = photo(40, 30);
        let (name, length) = (hash(&photo).to_string(), photo.len().to_string());
        let patch = |offset: &'static str, body: Vec<u8>| {
            let sent = headers(&[(OFFSET, offset), (LENGTH, &length)]);
            patch_file(State(w.app.clone()), visitor(&ying), Path(name.clone()), sent, Body::from(body))
        };
        let offset = |response: &Response| response.headers()[&OFFSET].to_str().unwrap().to_owned();
        assert_eq!(offset(&patch("0", photo[..100].to_vec()).await.unwrap()), "100");
        let wrong = patch("50", photo[50..].to_vec()).await.unwrap();
        assert_eq!((wrong.status(), offset(&wrong).as_str()), (StatusCode::CONFLICT, "100"));
        assert_eq!(patch("-1", Vec::new()).await.unwrap_err().refusal().code, "files.not_a_length");
        let head = || head_file(State(w.app.clone()), visitor(&ying), Path(name.clone()));
        let half = head().await.unwrap();
        assert_eq!((offset(&half).as_str(), half.headers().get(&LENGTH)), ("100", None));
        assert_eq!(offset(&patch("100", photo[100..].to_vec()).await.unwrap()), length);
        let all = head().await.unwrap();
        assert_eq!((offset(&all), all.headers()[&LENGTH].to_str().unwrap()), (length.clone(), length.as_str()));
    }

    #[tokio::test]
    async fn nobody_gets_anywhere() {
        let w = World::new().await;
        let router: Router<App> = routes().split_for_parts().0;
        let layer = from_fn_with_state(w.app.clone(), crate::kernel::http::speak);
        let router = router.layer(layer).with_state(w.app.clone());
        let name = hash(b"x");
        let api = format!("/api/v1/files/{name}");
        let (bytes, thumb) = (format!("/files/{name}"), format!("/files/{name}/thumb"));
        let doors = [
            (Method::GET, &api),
            (Method::HEAD, &api),
            (Method::PUT, &api),
            (Method::PATCH, &api),
            (Method::GET, &bytes),
            (Method::GET, &thumb),
        ];
        for (method, path) in doors {
            let request = Request::builder().method(method.clone()).uri(path).body(Body::from("x")).unwrap();
            let status = router.clone().oneshot(request).await.unwrap().status();
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn the_right_offset_stands_beside_the_words_of_a_refusal() {
        let w = World::new().await;
        let refuse = || async {
            let mut response = Error::Conflict(model::WRONG_OFFSET.with("stored", 100)).into_response();
            response.headers_mut().insert(OFFSET, 100.into());
            response
        };
        let layer = from_fn_with_state(w.app.clone(), crate::kernel::http::speak);
        let router: Router = Router::new().route("/", axum::routing::patch(refuse)).layer(layer);
        let response = router.oneshot(Request::patch("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!((response.status(), response.headers()[&OFFSET].to_str().unwrap()), (StatusCode::CONFLICT, "100"));
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "files.wrong_offset");
    }
}
