//! Packs over HTTP: what there is, checking one that is sent as a ZIP, adding it as a new version. No rule lives here.

use super::{
    FindingOut, Folder, Grade, PACKERS, Pack, PackVersion, add_pack,
    check::{examine, only_good},
    store,
};
use crate::{
    kernel::{
        App, Error, Lang, Page, REQUIRED, Result, Sent, TOO_LARGE, UNREADABLE, flash,
        http::{Failures, Json},
        page::html,
    },
    people::{Role, Visitor},
};
use askama::Template;
use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Multipart, State as From},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest ZIP, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(post_pack))
        .routes(routes!(post_check))
        .route("/packs", get(show).post(submit).layer(DefaultBodyLimit::max(LARGEST + 64 * 1024)))
}

/// What the checker says of a pack.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct PackReport {
    /// Mistakes. A pack with one is not added.
    errors: usize,
    /// What is for its author to judge.
    warnings: usize,
    /// All of them, each with file, line and reason.
    findings: Vec<FindingOut>,
}

/// A pack that was sent, as far as it can be read, and what the checker says of it.
struct Examined {
    result: Result<Pack>,
    report: PackReport,
}

impl Examined {
    fn of(zip: &[u8], name: &str, lang: Lang) -> Result<Self> {
        let folder = Folder::zipped(zip, name)?;
        let (pack, findings) = examine(&folder, &|code| Folder::built_in(code));
        let many = |grade| findings.iter().filter(|f| f.grade == grade).count();
        let report = PackReport {
            errors: many(Grade::Error),
            warnings: many(Grade::Warning),
            findings: findings.iter().map(|f| f.out(lang)).collect(),
        };
        Ok(Self { result: only_good((pack, findings)), report })
    }
}

async fn body(body: Body) -> Result<Vec<u8>> {
    let read = axum::body::to_bytes(body, LARGEST).await;
    read.map(Vec::from).map_err(|_| too_large())
}

fn too_large() -> Error {
    let refusal = TOO_LARGE.with("limit", format!("{} MB", LARGEST / 1024 / 1024));
    Error::Unreadable { status: 413, refusal }
}

/// Check a pack: a ZIP of its folder. Nothing is added. Each mistake comes with file, line and reason.
#[utoipa::path(post, path = "/api/v1/packs/check", tag = "campaigns",
    request_body(content = [u8], content_type = "application/zip"),
    responses((status = 200, body = PackReport), Failures))]
async fn post_check(visitor: Visitor, sent: Body) -> Result<Json<PackReport>> {
    visitor.actor().must_be(PACKERS)?;
    Ok(Json(Examined::of(&body(sent).await?, "", visitor.lang)?.report))
}

/// Add a pack: a ZIP of its folder. The same content again changes nothing; other content needs a higher version. A pack
/// with a mistake is refused; `POST /api/v1/packs/check` names them all.
#[utoipa::path(post, path = "/api/v1/packs", tag = "campaigns",
    request_body(content = [u8], content_type = "application/zip"),
    responses((status = 200, body = PackVersion), Failures))]
async fn post_pack(From(app): From<App>, visitor: Visitor, sent: Body) -> Result<Json<PackVersion>> {
    visitor.actor().must_be(PACKERS)?;
    let pack = Examined::of(&body(sent).await?, "", visitor.lang)?.result?;
    app.act(&visitor.by, move |tx, by| add_pack(tx, by, &pack)).await.map(Json)
}

#[derive(Template)]
#[template(path = "campaigns/packs.html")]
struct Show {
    p: Page,
    items: Vec<PackVersion>,
    may_add: bool,
    /// What the checker says of the pack that was just sent, and the pack's name, where there is one.
    report: Option<(String, PackReport)>,
    error: String,
}

async fn show(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    draw(&app, &visitor, None, String::new()).await
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    report: Option<(String, PackReport)>,
    error: String,
) -> Result<Html<String>> {
    // administrators have an entry of their own in the menu, the others come from the campaigns
    let here = if visitor.actor().is(Role::Administrator) { "packs" } else { "campaigns" };
    html(&Show {
        p: visitor.page(here, visitor.say("任务包", "Campaign packs")),
        items: app.db.read(store::pack_versions).await?,
        may_add: visitor.actor().must_be(PACKERS).is_ok(),
        report,
        error,
    })
}

/// A ZIP was sent, to be checked, or to be checked and added.
async fn submit(From(app): From<App>, visitor: Visitor, form: Multipart) -> Result<Response> {
    visitor.actor().must_be(PACKERS)?;
    let lang = visitor.lang;
    let examined = match read(form).await {
        Ok((name, zip, add)) => Examined::of(&zip, name.trim_end_matches(".zip"), lang).map(|e| (e, add)),
        Err(error) => Err(error),
    };
    let (Examined { result, report }, add) = match examined {
        Ok(examined) => examined,
        Err(error) => return again(&app, &visitor, None, error).await,
    };
    let name = |pack: &Pack| format!("{} v{}", pack.about.code, pack.about.version);
    match result {
        Ok(pack) if add => {
            let told = name(&pack);
            match app.act(&visitor.by, move |tx, by| add_pack(tx, by, &pack)).await {
                Ok(_) => {
                    let text = format!("{}{told}", visitor.say("任务包已添加：", "The pack has been added: "));
                    Ok(flash::well("/packs", &text))
                }
                Err(error) => again(&app, &visitor, Some((told, report)), error).await,
            }
        }
        result => {
            let status = if add { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let told = result.as_ref().map(name).unwrap_or_default();
            Ok((status, draw(&app, &visitor, Some((told, report)), String::new()).await?).into_response())
        }
    }
}

async fn again(app: &App, visitor: &Visitor, report: Option<(String, PackReport)>, error: Error) -> Result<Response> {
    let status = error.status_code();
    let sentence = Sent::default().blame(error)?.wrong_otherwise(&[], visitor.lang);
    Ok((status, draw(app, visitor, report, sentence).await?).into_response())
}

/// The name of the file, its bytes, and whether the pack is to be added when it is good.
async fn read(mut form: Multipart) -> Result<(String, Vec<u8>, bool)> {
    let unreadable = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Error::Unreadable { status: 400, refusal: UNREADABLE.with("why", e) },
    };
    let (mut file, mut add) = (None, false);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("file") if field.file_name().is_some_and(|name| !name.is_empty()) => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, field.bytes().await.map_err(unreadable)?.to_vec()));
            }
            Some("do") => add = field.text().await.map_err(unreadable)? == "add",
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| Error::invalid("file", REQUIRED))?;
    Ok((name, bytes, add))
}
