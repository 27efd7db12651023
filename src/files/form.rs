//! Evidence in a page's own form: works without JavaScript, and nothing that was typed is lost when a file is refused.

use super::{model::INTERRUPTED, upload::take};
use crate::{
    kernel::{App, Error, Result, Sent, TOO_LARGE, flash},
    people::{By, Visitor},
};
use axum::{
    extract::{Multipart, multipart::Field},
    response::{Html, IntoResponse, Response},
};
use serde::de::DeserializeOwned;

/// What may be typed into one form, in bytes.
const TYPED: usize = 1024 * 1024;
/// Files in one form.
const FILES: usize = 50;

/// Reads a form with files (`multipart/form-data`): each file is received, and its hash stands in the form under the
/// name of its field. Gives what was sent, and what was wrong with a file, to be shown beside it.
///
/// The route must lift axum's limit on bodies (`DefaultBodyLimit::disable`): each file has its own.
pub async fn read_form(app: &App, by: &By, mut form: Multipart) -> Result<(Sent, Option<Error>)> {
    let (mut pairs, mut typed, mut files, mut problem) = (Vec::new(), 0, 0, None);
    while let Some(field) = form.next_field().await.map_err(interrupted)? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            let value = text(field, TYPED - typed).await?;
            typed += value.len();
            pairs.push((name, value));
            continue;
        }
        // A field for files that was left empty comes as a file without a name.
        if field.file_name() == Some("") {
            continue;
        }
        files += 1;
        if files > FILES {
            return super::model::TOO_MANY.with("max", FILES).at(name.trim_end_matches("[]"));
        }
        match take(app, by, field).await {
            Ok(file) => pairs.push((name, file.sha256.to_string())),
            Err(e) => problem = problem.or(Some(beside(&name, e)?)),
        }
    }
    Ok((Sent::new(pairs), problem))
}

/// A button of a thing's page was pressed: reads the form, does what it says with `act`, which names what was done, and
/// goes on to `page`, which says so. What is refused comes back as `draw` shows it: everything typed is kept, the reason
/// stands beside its field.
pub async fn press<A: DeserializeOwned>(
    (app, visitor): (&App, &Visitor),
    form: Multipart,
    page: &str,
    act: impl AsyncFnOnce(A) -> Result<&'static str>,
    draw: impl AsyncFnOnce(Sent) -> Result<Html<String>>,
) -> Result<Response> {
    let (sent, problem) = read_form(app, &visitor.by, form).await?;
    let done = match problem.map_or_else(|| sent.read(), Err) {
        Ok(wanted) => act(wanted).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(what) => Ok(flash::done(page, what, visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(sent.blame(error)?).await?).into_response())
        }
    }
}

/// Puts what was wrong with a file beside its field; failures that are not the sender's to mend go on upwards.
fn beside(name: &str, error: Error) -> Result<Error> {
    match error {
        Error::Refused(refusal) | Error::Invalid { refusal, .. } | Error::Unreadable { refusal, status: 413 } => {
            Ok(Error::invalid(name.trim_end_matches("[]"), refusal))
        }
        e => Err(e),
    }
}

async fn text(mut field: Field<'_>, most: usize) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(interrupted)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > most {
            return Err(Error::Unreadable { status: 413, refusal: TOO_LARGE.with("limit", "1 MB") });
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn interrupted(_: axum::extract::multipart::MultipartError) -> Error {
    Error::Unreadable { status: 400, refusal: INTERRUPTED }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};
    use axum::{body::Body, extract::FromRequest, http::Request};

    async fn sent(w: &World, parts: &[(&str, &[u8])]) -> Result<(Sent, Option<Error>)> {
        let mut body = Vec::new();
        for (head, bytes) in parts {
            let head = format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(b"--edge--\r\n");
        let request = Request::post("/").header("content-type", "multipart/form-data; boundary=edge");
        let form = Multipart::from_request(request.body(Body::from(body)).unwrap(), &()).await.unwrap();
        read_form(&w.app, &ying(), form).await
    }

    #[tokio::test]
    async fn files_stand_in_the_form_as_their_hashes() {
        let (w, photo) = (World::new().await, photo(40, 30));
        let parts: [(&str, &[u8]); 3] = [
            ("name=\"measure\"", "已更换灭火器".as_bytes()),
            ("name=\"evidence[]\"; filename=\"../../IMG 1.svg\"", &photo),
            ("name=\"evidence[]\"; filename=\"\"", b""),
        ];
        let (form, problem) = sent(&w, &parts).await.unwrap();
        assert!(problem.is_none());
        assert_eq!(form.value("measure"), "已更换灭火器");
        assert_eq!(form.all("evidence[]"), [hash(&photo).to_string()]);
    }

    #[tokio::test]
    async fn a_refused_file_loses_nothing_of_the_form() {
        let w = World::new().await;
        let parts: [(&str, &[u8]); 3] = [
            ("name=\"evidence[]\"; filename=\"a.jpg\"", b"<html>"),
            ("name=\"evidence[]\"; filename=\"b.jpg\"", &photo(40, 30)),
            ("name=\"measure\"", "已更换灭火器".as_bytes()),
        ];
        let (form, problem) = sent(&w, &parts).await.unwrap();
        let problem = problem.unwrap();
        assert_eq!((problem.field(), problem.refusal().code), (Some("evidence"), "files.not_accepted"));
        assert_eq!((form.value("measure"), form.all("evidence[]").len()), ("已更换灭火器", 1));
    }

    #[tokio::test]
    async fn a_form_has_limits() {
        let w = World::new().await;
        let long = vec![b'x'; TYPED + 1];
        assert_eq!(sent(&w, &[("name=\"note\"", &long)]).await.unwrap_err().status(), 413);
        let many: Vec<(&str, &[u8])> = vec![("name=\"evidence\"; filename=\"x\"", b"x"); FILES + 1];
        assert_eq!(sent(&w, &many).await.unwrap_err().refusal().code, "files.too_many");
    }
}
