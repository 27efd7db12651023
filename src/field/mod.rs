//! The field app (离线检查端): what an inspector carries where there is no network.
//!
//! The app under `app/` is plain modules, compiled into the program and served as they are. Its worker (`sw.js`) keeps a
//! version on the device: this module writes before it which files the version has, each with its hash, so that a
//! version is kept whole or not at all. What the app sends and receives is the exchange of `inspections`.

use crate::{
    assets,
    kernel::{App, Error, Result, secret},
};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use serde_json::json;
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "src/field/app/"]
struct Files;

/// What the app uses of the pages of the house.
const HOUSE: &[&str] = &["app.css", "icons.svg", "favicon.svg"];
/// What only the installation of the app needs.
const OUTSIDE: &[&str] = &["sw.js", "icons/", "manifest.webmanifest", "scanner/"];

const HTML: &str = "text/html; charset=utf-8";

/// Only files of our own run, and the reader of codes, which is compiled (WebAssembly). Pictures come from the device.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; \
                      media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `/field/…`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/field", get(|| async { Redirect::permanent("/field/") }))
        .route("/field/", get(page))
        .route("/field/shell", get(kept_page))
        .route("/field/sw.js", get(worker))
        .route("/field/{*path}", get(file))
}

/// The page as the line brings it: its modules are named at once, so that a slow line asks for all of them together.
async fn page(headers: HeaderMap) -> Result<Response> {
    Ok(answer(&headers, HTML, page_text(&preloads())?.into_bytes().into(), &[]))
}

/// The page as a device keeps it. What lies on the device need not be asked for ahead: it would only be in the way of the
/// first paint.
async fn kept_page(headers: HeaderMap) -> Result<Response> {
    Ok(answer(&headers, HTML, page_text("")?.into_bytes().into(), &[]))
}

/// The worker, with the files of this version before it.
async fn worker(headers: HeaderMap) -> Result<Response> {
    let text = worker_text()?.into_bytes();
    let allowed = (HeaderName::from_static("service-worker-allowed"), HeaderValue::from_static("/field/"));
    Ok(answer(&headers, "text/javascript; charset=utf-8", text.into(), &[allowed]))
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response> {
    let file = Files::get(&path).ok_or(Error::NotFound)?;
    Ok(answer(&headers, file.metadata.mimetype(), file.data, &[]))
}

/// A browser asks again each time and is told whether it has changed; what works offline is what the worker keeps.
fn answer(headers: &HeaderMap, kind: &str, body: Cow<'static, [u8]>, more: &[(HeaderName, HeaderValue)]) -> Response {
    let tag = format!("\"{}\"", &secret::sha256(&body)[..16]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|h| h.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let meta = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "public, no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
    ];
    let mut response = if is_known {
        (StatusCode::NOT_MODIFIED, meta).into_response()
    } else {
        (meta, [(header::CONTENT_TYPE, kind.to_owned())], body).into_response()
    };
    response.headers_mut().extend(more.iter().cloned());
    response
}

/// The files that a device keeps, by address, with their content.
fn shell() -> Result<Vec<(String, Cow<'static, [u8]>)>> {
    let mut files = vec![("/field/shell".to_owned(), Cow::from(page_text("")?.into_bytes()))];
    for path in Files::iter().filter(|p| p != "index.html" && !OUTSIDE.iter().any(|o| p.starts_with(o))) {
        let file = Files::get(&path).ok_or(Error::NotFound)?;
        files.push((format!("/field/{path}"), file.data));
    }
    for path in HOUSE {
        files.push((format!("/static/{path}"), assets::bytes(path).ok_or(Error::NotFound)?));
    }
    files.sort();
    Ok(files)
}

fn page_text(links: &str) -> Result<String> {
    let page = Files::get("index.html").ok_or(Error::NotFound)?;
    let page = String::from_utf8(page.data.into_owned()).map_err(Error::broken)?;
    Ok(page.replace("VERSION", &version()).replace("<!-- modules -->\n", links))
}

/// Whether a file is one of our own modules.
fn is_module(path: &str) -> bool {
    let is_script = std::path::Path::new(path).extension().is_some_and(|ending| ending == "js");
    is_script && !OUTSIDE.iter().any(|outside| path.starts_with(outside))
}

fn preloads() -> String {
    let mut modules: Vec<_> = Files::iter().filter(|path| is_module(path)).collect();
    modules.sort();
    modules.iter().map(|path| format!("<link rel=\"modulepreload\" href=\"/field/{path}\">\n")).collect()
}

/// What names this version: the hash of every file of the app.
fn version() -> String {
    let mut files: Vec<_> = Files::iter().collect();
    files.sort();
    let hashes: String = files
        .iter()
        .filter_map(|path| Some(format!("{path} {}\n", secret::sha256(&Files::get(path)?.data))))
        .chain(HOUSE.iter().filter_map(|path| Some(format!("{path} {}\n", secret::sha256(&assets::bytes(path)?)))))
        .collect();
    secret::sha256(hashes.as_bytes())[..12].to_owned()
}

fn worker_text() -> Result<String> {
    let text = Files::get("sw.js").ok_or(Error::NotFound)?;
    let text = String::from_utf8(text.data.into_owned()).map_err(Error::broken)?;
    let files: Vec<_> = shell()?.into_iter().map(|(path, data)| json!([path, secret::sha256(&data)])).collect();
    let scanner: Vec<_> = Files::iter()
        .filter(|p| p.starts_with("scanner/") && !p.ends_with("LICENSE"))
        .filter_map(|p| Some(json!([format!("/field/{p}"), secret::sha256(&Files::get(&p)?.data)])))
        .collect();
    let shell = json!({ "version": version(), "files": files, "scanner": scanner });
    Ok(format!("const SHELL = {shell};\n{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, io::Write, path::Path};

    /// What a device keeps stays below 300 KB on the line; the reader of codes is fetched apart and not counted.
    #[test]
    fn the_shell_is_light() {
        let gzip = |data: &[u8]| {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            zip.start_file("f", zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(data).unwrap();
            zip.finish().unwrap().into_inner().len()
        };
        let bytes: usize = shell().unwrap().iter().map(|(_, data)| gzip(data)).sum();
        assert!(bytes < 300_000, "the shell has {bytes} bytes compressed");
    }

    #[test]
    fn a_version_names_all_that_a_page_loads() {
        let kept: Vec<String> = shell().unwrap().into_iter().map(|(path, _)| path).collect();
        for needed in ["/field/shell", "/field/main.js", "/field/words/zh.js", "/static/app.css", "/static/icons.svg"] {
            assert!(kept.iter().any(|k| k == needed), "{needed} is not kept");
        }
        assert!(!kept.iter().any(|k| k.contains("scanner/")), "the reader of codes is fetched apart");
        let worker = worker_text().unwrap();
        assert!(worker.starts_with("const SHELL = {") && worker.contains("/field/scanner/zxing_reader.wasm"));
    }

    fn words(language: &str) -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(format!("src/field/app/words/{language}.js")).unwrap();
        let line =
            |l: &str| l.trim().split_once(": '").map(|(k, w)| (k.to_owned(), w.trim_end_matches("',").to_owned()));
        text.lines().filter_map(line).collect()
    }

    /// Both languages have every word, with the same values in it; no other Chinese stands in the app.
    #[test]
    fn every_word_is_there_in_both_languages() {
        let (zh, en) = (words("zh"), words("en"));
        let values = |text: &str| {
            let mut found: Vec<_> =
                text.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|(v, _)| v.to_owned()).collect();
            found.sort();
            found
        };
        assert!(zh.len() > 300, "only {} words were read", zh.len());
        for (key, word) in &zh {
            let other = en.get(key).unwrap_or_else(|| panic!("`{key}` has no English"));
            assert!(!word.is_empty() && !other.is_empty(), "`{key}` is empty");
            assert_eq!(values(word), values(other), "`{key}` has other values in English");
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(!other.chars().any(chinese), "`{key}` is Chinese in English");
        }
        assert_eq!(zh.len(), en.len(), "English has words that Chinese lacks");
    }

    #[test]
    fn modules_are_small() {
        for path in Files::iter().filter(|p| is_module(p)) {
            let text = std::fs::read_to_string(Path::new("src/field/app").join(&*path)).unwrap();
            // the two lists of words have a line for each
            let lines = text.lines().count();
            assert!(lines <= 400 || path.starts_with("words/"), "{path} has {lines} lines");
        }
    }
}
