//! Packs over HTTP: what there is, checking one that is sent as a ZIP, adding it as a new version. No rule lives here.

use super::{
    FindingOut, Folder, Grade, PACKERS, Pack, PackVersion, add_pack,
    check::{examine, only_good},
    editor::{self, PackDraft},
    pages::versioned,
    store,
};
use crate::{
    kernel::{
        App, Error, Filled, Lang, PackDraftId, Page, Result, Sent, flash,
        http::{Failures, Json},
        list::Ask,
        page::html,
        upload,
    },
    people::{Role, Visitor, store as offices},
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Multipart, State as From},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest ZIP, in bytes.
pub(super) const LARGEST: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(post_pack))
        .routes(routes!(post_check))
        .route("/packs", get(show).post(submit).layer(upload::limit(LARGEST)))
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

/// The whole of a body that is no larger than a pack may be.
pub(super) async fn body(body: Body) -> Result<Vec<u8>> {
    upload::body(body, LARGEST).await
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
    /// Packs in the making, each with its office.
    drafts: Vec<(PackDraft, String)>,
    /// Versions that can be copied or compared: `code@version`, name.
    versions: Vec<(String, String)>,
    /// The form of a copy as it was sent.
    f: Filled,
}

/// Where packs stand in the menu: administrators have an entry of their own, the others come from the campaigns.
pub(super) fn here(visitor: &Visitor) -> &'static str {
    if visitor.actor().is(Role::Administrator) { "packs" } else { "campaigns" }
}

async fn show(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    draw(&app, &visitor, None, String::new(), Sent::default()).await
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    report: Option<(String, PackReport)>,
    error: String,
    sent: Sent,
) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page(here(visitor), visitor.say("任务包", "Campaign packs")));
    let show = app.db.read(move |tx| {
        let lang = visitor.lang;
        let items = store::pack_versions(tx)?;
        let mut drafts = Vec::new();
        if visitor.actor().must_be(editor::EDITORS).is_ok() {
            let ask = Ask { limit: Some(100), ..Ask::default() };
            for draft in editor::list(tx, &visitor.by, Some(editor::State::Open), &ask)?.items {
                let office = offices::office(tx, draft.office)?.label(lang).to_owned();
                drafts.push((draft, office));
            }
        }
        let sent = sent.or("id", PackDraftId::new(visitor.by.at).to_string());
        Ok(Show {
            p: page,
            versions: items.iter().map(|v| (format!("{}@{}", v.code, v.version), versioned(v, lang))).collect(),
            may_add: visitor.actor().must_be(PACKERS).is_ok(),
            f: sent.filled(lang, &["from", "code", "zh", "en"]),
            items,
            drafts,
            report,
            error,
        })
    });
    html(&show.await?)
}

/// The page with the form of a copy as it was sent and the reason why not.
pub(super) async fn again_with(app: &App, visitor: &Visitor, sent: Sent, error: Error) -> Result<Response> {
    let status = error.status_code();
    let sent = sent.blame(error)?;
    let file = sent.wrong("file", visitor.lang);
    Ok((status, draw(app, visitor, None, file, sent).await?).into_response())
}

/// A ZIP was sent, to be checked, or to be checked and added.
async fn submit(From(app): From<App>, visitor: Visitor, form: Multipart) -> Result<Response> {
    visitor.actor().must_be(PACKERS)?;
    let lang = visitor.lang;
    let (add, examined) = match upload::form(form, LARGEST).await {
        Ok((sent, file)) => (
            sent.value("do") == "add",
            upload::wanted(file).and_then(|(name, zip)| Examined::of(&zip, name.trim_end_matches(".zip"), lang)),
        ),
        Err(error) => (false, Err(error)),
    };
    let Examined { result, report } = match examined {
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
            let page = draw(&app, &visitor, Some((told, report)), String::new(), Sent::default()).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn again(app: &App, visitor: &Visitor, report: Option<(String, PackReport)>, error: Error) -> Result<Response> {
    let status = error.status_code();
    let sentence = Sent::default().blame(error)?.wrong_otherwise(&[], visitor.lang);
    Ok((status, draw(app, visitor, report, sentence, Sent::default()).await?).into_response())
}
