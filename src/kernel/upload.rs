//! One file over HTTP: as a body of its own, or in a form beside what was typed.

use super::{Error, REQUIRED, Result, Sent, TOO_LARGE, UNREADABLE};
use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Multipart, multipart::MultipartError},
    http::StatusCode,
};

/// What a form may hold beside its file, in bytes.
const BESIDE: usize = 64 * 1024;

/// A file that was sent: its name, its bytes.
pub type SentFile = Option<(String, Vec<u8>)>;

/// The limit of a form whose file may have `most` bytes.
pub fn limit(most: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(most + BESIDE)
}

/// A form with one file: what was typed, and the file. `most` is what [`limit`] was told.
pub async fn form(mut form: Multipart, most: usize) -> Result<(Sent, SentFile)> {
    let unreadable = |e: MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(most),
        _ => Error::Unreadable { status: 400, refusal: UNREADABLE.with("why", e) },
    };
    let (mut pairs, mut file) = (Vec::new(), None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(called) if !called.is_empty() => {
                file = Some((called, field.bytes().await.map_err(unreadable)?.to_vec()));
            }
            Some(_) => {}
            None => pairs.push((name, field.text().await.map_err(unreadable)?)),
        }
    }
    Ok((Sent::new(pairs), file.filter(|(_, bytes)| !bytes.is_empty())))
}

/// The file, which a form must have.
pub fn wanted(file: SentFile) -> Result<(String, Vec<u8>)> {
    file.ok_or_else(|| Error::invalid("file", REQUIRED))
}

/// The whole of a body that has no more than `most` bytes.
pub async fn body(body: Body, most: usize) -> Result<Vec<u8>> {
    axum::body::to_bytes(body, most).await.map(Vec::from).map_err(|_| too_large(most))
}

fn too_large(most: usize) -> Error {
    Error::Unreadable { status: 413, refusal: TOO_LARGE.with("limit", format!("{} MB", most / 1024 / 1024)) }
}
