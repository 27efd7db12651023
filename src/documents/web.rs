//! Documents over HTTP: the JSON API, the pages, the PDF. No rule lives here.

use super::{
    Act, Document, Filter, Form, Printed, State, Verb, Word, act, forms, list, print, set_word, store, table, word,
};
use crate::{
    files::{self, Evidence},
    kernel::{
        App, DocumentId, Error, Lang, OfficeId, Page, Result, Sent, flash,
        forms::ActForm,
        http::{Failures, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::html,
        secret, sheet,
    },
    people::Visitor,
    record::{Event, Kind, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_documents))
        .routes(routes!(get_document))
        .routes(routes!(get_pdf))
        .routes(routes!(post_act))
        .routes(routes!(get_word, put_word))
        .merge(super::word_web::routes())
        .route("/documents", get(index))
        .route("/documents.csv", get(download))
        .route("/documents.xlsx", get(download))
        .route("/documents/{id}", get(show).post(submit).layer(DefaultBodyLimit::disable()))
}

/// The documents within the reader's scope; an enterprise sees those addressed to it or written by it.
#[utoipa::path(get, path = "/api/v1/documents", tag = "documents", params(Ask, Filter),
    responses((status = 200, body = Listed<Document>), Failures))]
async fn get_documents(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| list(tx, scope, &filter, &ask)).await.map(Json)
}

/// One document.
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Document), Failures))]
async fn get_document(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (DocumentId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| store::get(tx, scope, id)).await.map(Json)
}

/// The PDF of a document, as it was first printed.
#[utoipa::path(get, path = "/api/v1/documents/{id}/pdf", tag = "documents", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 304), Failures))]
async fn get_pdf(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    pdf(&app, &visitor, DocumentId::in_path(&id)?, &headers).await
}

/// Do something to a document: record its service, or void it.
#[utoipa::path(post, path = "/api/v1/documents/{id}/acts", tag = "documents", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Document), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = DocumentId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

/// The word by which an office numbers its documents.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct OfficeWord {
    /// Such as 正定市监; nothing before the office's first document.
    word: Option<String>,
}

/// The word by which an office numbers its documents (发文代字).
#[utoipa::path(get, path = "/api/v1/offices/{id}/document-word", tag = "documents", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = OfficeWord), Failures))]
async fn get_word(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = OfficeId::in_path(&id)?;
    let word = app.db.read(move |tx| word(tx, &visitor.by, id)).await?;
    Ok(Json(OfficeWord { word }))
}

/// A new word for an office.
#[derive(Debug, Deserialize, ToSchema)]
struct NewWord {
    /// 2 to 12 Chinese characters, such as 正定市监.
    word: String,
}

/// Set the word by which an office numbers its documents from now on. Serials go on.
#[utoipa::path(put, path = "/api/v1/offices/{id}/document-word", tag = "documents", params(("id" = uuid::Uuid, Path)), request_body = NewWord,
    responses((status = 200, body = Word), Failures))]
async fn put_word(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<NewWord>,
) -> Result<impl IntoResponse> {
    let id = OfficeId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| set_word(tx, by, id, new.word.trim())).await.map(Json)
}

#[derive(Template)]
#[template(path = "documents/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    items: Vec<Document>,
    next: String,
    csv: String,
    xlsx: String,
    forms: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    let listed = app.db.read(move |tx| list(tx, scope, &filter, &ask)).await?;
    html(&Index {
        p: visitor.page("documents", visitor.say("文书", "Documents")),
        next: links::next("/documents", &sent, listed.next.as_deref()),
        csv: links::same("/documents.csv", &sent),
        xlsx: links::same("/documents.xlsx", &sent),
        items: listed.items,
        forms: Form::ALL.iter().map(|f| (f.code(), f.label(lang))).collect(),
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        sent,
    })
}

/// The list as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    sheet::download(&uri, "documents", &app.db.read(move |tx| table(tx, scope, &filter, &ask, lang)).await?)
}

#[derive(Template)]
#[template(path = "documents/show.html")]
struct Show {
    p: Page,
    document: Document,
    /// Address of what it concerns; empty when that has no page.
    about: String,
    acts: Vec<ActForm>,
    sent: Sent,
    evidence: Vec<Evidence>,
    events: Vec<(String, Event)>,
}

/// The page of a document, or its PDF when the address ends so.
async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, headers: HeaderMap) -> Result<Response> {
    if let Some(id) = id.strip_suffix(".pdf") {
        return pdf(&app, &visitor, DocumentId::in_path(id)?, &headers).await;
    }
    Ok(draw(&app, &visitor, DocumentId::in_path(&id)?, Sent::default()).await?.into_response())
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = DocumentId::in_path(&id)?;
    let (sent, problem) = files::read_form(&app, &visitor.by, form).await?;
    match press(&app, &visitor, id, &sent, problem).await {
        Ok(verb) => Ok(flash::done(&format!("/documents/{id}"), verb.label(visitor.lang), visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            let page = draw(&app, &visitor, id, sent.blame(error)?).await?;
            Ok((status, page).into_response())
        }
    }
}

/// Does what the form says, unless a file of it was refused.
async fn press(app: &App, visitor: &Visitor, id: DocumentId, sent: &Sent, problem: Option<Error>) -> Result<Verb> {
    problem.map_or(Ok(()), Err)?;
    let wanted: Act = sent.read()?;
    let verb = wanted.verb();
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
    Ok(verb)
}

async fn draw(app: &App, visitor: &Visitor, id: DocumentId, sent: Sent) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let page = visitor.page("documents", "");
    let show = app
        .db
        .read(move |tx| {
            let document = store::get(tx, by.scope(), id)?;
            let thing = id.to_string();
            let evidence = files::linked_to(tx, &thing)?.into_iter().filter(|e| e.role == Verb::Serve.code());
            Ok(Show {
                p: Page { title: document.title.clone(), ..page },
                about: about(&document),
                acts: forms::of(&document, &by.actor, lang),
                evidence: evidence.collect(),
                events: events::timeline(tx, &thing)?.into_iter().map(|e| (did(&e, lang), e)).collect(),
                document,
                sent,
            })
        })
        .await?;
    html(&show)
}

/// Where the thing that a document concerns has its page.
fn about(document: &Document) -> String {
    let folder = match document.kind {
        Kind::Hazard => "hazards",
        Kind::Inspection => "inspections",
        Kind::Enterprise => "enterprises",
        Kind::Campaign => "campaigns",
        _ => return String::new(),
    };
    format!("/{folder}/{}", document.thing)
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    Verb::from_code(&event.verb).map_or_else(|| event.verb.clone(), |v| v.label(lang).to_owned())
}

async fn pdf(app: &App, visitor: &Visitor, id: DocumentId, headers: &HeaderMap) -> Result<Response> {
    let scope = visitor.by.scope();
    let known = app.db.read(move |tx| store::get(tx, scope, id)).await?.sha256;
    if let Some(hash) = known.filter(|hash| is_known(headers, hash)) {
        return bytes(StatusCode::NOT_MODIFIED, Vec::new(), &hash);
    }
    let Printed { document, pdf } = print(app, &visitor.by, id).await?;
    let hash = document.sha256.unwrap_or_else(|| secret::sha256(&pdf));
    let mut response = bytes(StatusCode::OK, pdf, &hash)?;
    let name: String = form_urlencoded::byte_serialize(document.number.as_bytes()).collect();
    let name = format!("inline; filename=\"{id}.pdf\"; filename*=UTF-8''{name}.pdf");
    set(response.headers_mut(), header::CONTENT_TYPE, "application/pdf")?;
    set(response.headers_mut(), header::CONTENT_DISPOSITION, &name)?;
    Ok(response)
}

fn is_known(headers: &HeaderMap, hash: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|h| h.to_str().ok()).unwrap_or_default();
    tags.split(',').any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == hash)
}

/// A PDF may show its own fonts and pictures and nothing else. It is asked for again each time, because whoever sits at
/// the browser next may not be allowed to see it. (`sandbox` would keep browsers from showing a PDF at all.)
fn bytes(status: StatusCode, body: Vec<u8>, hash: &str) -> Result<Response> {
    const POLICY: &str =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    set(headers, header::ETAG, &format!("\"{hash}\""))?;
    set(headers, header::CACHE_CONTROL, "private, no-cache")?;
    set(headers, header::VARY, "cookie")?;
    set(headers, header::CONTENT_SECURITY_POLICY, POLICY)?;
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff")?;
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<()> {
    headers.insert(name, HeaderValue::from_str(value).map_err(Error::broken)?);
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::people::By;
    use axum::body::to_bytes;

    fn visitor(by: &By, lang: Lang) -> Visitor {
        Visitor { by: by.clone(), lang, path: "/".into(), demo: false, flash: None, session: String::new(), waits: 0 }
    }

    async fn text(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
    }

    pub async fn fetch(app: &App, by: &By, path: &str, tag: Option<&str>) -> Result<Response> {
        let tags = tag.map(|tag| (header::IF_NONE_MATCH, HeaderValue::from_str(tag).unwrap()));
        show(From(app.clone()), visitor(by, Lang::Zh), Path(path.to_owned()), tags.into_iter().collect()).await
    }

    pub async fn page(app: &App, by: &By, lang: Lang, id: &str) -> String {
        let page = show(From(app.clone()), visitor(by, lang), Path(id.to_owned()), HeaderMap::new()).await;
        text(page.unwrap()).await
    }

    pub async fn pages(app: &App, by: &By, lang: Lang) -> String {
        let (ask, filter) = (Params(Ask::default()), Params(Filter::default()));
        let list = index(From(app.clone()), visitor(by, lang), ask, filter, Typed(Sent::default())).await;
        list.unwrap().0
    }
}
