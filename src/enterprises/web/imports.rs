//! Imports for programs and people.

use super::{forms, sheets};
use crate::{
    enterprises::imports::{self, Column, Import, Mapping, Outcome, Progress, RowResult, State, Verb, store},
    kernel::{
        App, Error, ImportId, Page, REQUIRED, Result, Sent, UNREADABLE, flash,
        http::{Failures, Form, Json, Params},
        list::{Ask, Listed},
        page::html,
        sheet, upload,
    },
    people::{By, Visitor},
};
use askama::Template;
use axum::{
    extract::{Multipart, Path, Request, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest file, in bytes.
const FILE: usize = 64 * 1024 * 1024;
/// Rows of the file that the preview shows.
const SHOWN: i64 = 12;
/// Rows of results that the page shows.
const FAULTS: i64 = 50;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_imports))
        .routes(routes!(get_import, put_import))
        .routes(routes!(post_act))
        .routes(routes!(get_rows))
        .routes(routes!(result))
        .route("/imports", get(index).post(take_in).layer(upload::limit(FILE)))
        .route("/imports/{id}", get(show).post(submit))
        .route("/imports/{id}/result.xlsx", get(result))
}

/// An import with how far it is.
#[derive(Debug, Serialize, ToSchema)]
struct Status {
    #[serde(flatten)]
    import: Import,
    progress: Progress,
}

/// Imports within the reader's scope.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(Ask),
    responses((status = 200, body = Listed<Import>), Failures))]
async fn get_imports(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<impl IntoResponse> {
    imports::permitted(&visitor.by)?;
    let scope = visitor.by.scope();
    app.db.read(move |tx| store::list(tx, scope, &ask)).await.map(Json)
}

/// One import: its columns, how far it is, what became of its rows.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Status), Failures))]
async fn get_import(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    status(&app, &visitor.by, ImportId::in_path(&id)?).await.map(Json)
}

async fn status(app: &App, by: &By, id: ImportId) -> Result<Status> {
    let by = by.clone();
    app.db
        .read(move |tx| {
            let import = imports::get(tx, &by, id)?;
            Ok(Status { progress: store::progress(tx, &import)?, import })
        })
        .await
}

/// The name of a file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    name: Option<String>,
}

/// Send a file (XLSX or CSV) as the body. It is read and waits for its columns to be confirmed.
#[utoipa::path(put, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = uuid::Uuid, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Import), Failures))]
async fn put_import(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(named): Params<Named>,
    request: Request,
) -> Result<impl IntoResponse> {
    let id = ImportId::in_path(&id)?;
    imports::permitted(&visitor.by)?;
    let bytes = upload::body(request.into_body(), FILE).await?;
    imports::take(&app, &visitor.by, id, named.name.unwrap_or_default(), bytes).await.map(Json)
}

/// What can be done to an import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
enum Act {
    /// The columns are confirmed: work the rows off.
    Start { mapping: Mapping },
    /// Stop. What was imported stays.
    Cancel,
}

/// Confirm the columns of an import and start it, or cancel it.
#[utoipa::path(post, path = "/api/v1/imports/{id}/acts", tag = "imports", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Import), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(act): Json<Act>,
) -> Result<impl IntoResponse> {
    perform(&app, &visitor.by, ImportId::in_path(&id)?, act).await.map(Json)
}

async fn perform(app: &App, by: &By, id: ImportId, act: Act) -> Result<Import> {
    match act {
        Act::Start { mapping } => {
            let import = app.act(by, move |tx, by| imports::start(tx, by, id, &mapping)).await?;
            // it goes on after the answer; when the process stops, the next one takes it up where it was
            tokio::spawn(imports::run(app.clone(), by.clone(), id));
            Ok(import)
        }
        Act::Cancel => app.act(by, move |tx, by| imports::cancel(tx, by, id)).await,
    }
}

/// Which rows are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Rows {
    /// Only what became this.
    #[param(inline)]
    outcome: Option<Outcome>,
    /// Go on after this row of the file.
    after: Option<String>,
}

/// What became of the rows of an import, in the order of the file, 200 at a time.
#[utoipa::path(get, path = "/api/v1/imports/{id}/rows", tag = "imports", params(("id" = uuid::Uuid, Path), Rows),
    responses((status = 200, body = Vec<RowResult>), Failures))]
async fn get_rows(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(asked): Params<Rows>,
) -> Result<impl IntoResponse> {
    let (id, by) = (ImportId::in_path(&id)?, visitor.by.clone());
    let after: i64 = match asked.after.as_deref() {
        Some(text) => text.parse().map_err(|_| Error::invalid("after", UNREADABLE.with("why", text)))?,
        None => 0,
    };
    app.db
        .read(move |tx| {
            let import = imports::get(tx, &by, id)?;
            store::results(tx, id, asked.outcome, after.max(import.mapping.header), 200)
        })
        .await
        .map(Json)
}

/// The file as it came, as XLSX, with columns beside each row that say what became of it.
#[utoipa::path(get, path = "/api/v1/imports/{id}/result.xlsx", tag = "imports", params(("id" = uuid::Uuid, Path), Rows),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), Failures))]
async fn result(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(asked): Params<Rows>,
) -> Result<Response> {
    let (id, keeper, lang) = (ImportId::in_path(&id)?, app.keeper.clone(), visitor.lang);
    let make = move |tx: &mut crate::kernel::db::Tx, by: &By| {
        let import = imports::downloaded(tx, by, id)?;
        let head = heading(tx, &keeper, &import)?;
        let rows = store::results(tx, id, asked.outcome, import.mapping.header, sheet::ROWS)?;
        sheets::results(&keeper, &import, &head, &rows, lang)
    };
    let (heads, rows) = app.act(&visitor.by, make).await?;
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    sheet::xlsx("import-result", &sheet::Table::new(heads, rows))
}

fn heading(
    tx: &mut crate::kernel::db::Tx,
    keeper: &crate::kernel::secret::Keeper,
    import: &Import,
) -> Result<Vec<String>> {
    let above = store::results(tx, import.id, None, import.mapping.header - 1, 1)?;
    let row = above.first().filter(|r| r.line == import.mapping.header);
    row.map_or_else(|| Ok(Vec::new()), |r| sheets::opened(keeper, &r.cells))
}

#[derive(Template)]
#[template(path = "enterprises/imports.html")]
struct Index {
    p: Page,
    items: Vec<Import>,
    next: String,
    error: String,
}

async fn index(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<Html<String>> {
    list_page(&app, &visitor, ask, String::new()).await
}

async fn list_page(app: &App, visitor: &Visitor, ask: Ask, error: String) -> Result<Html<String>> {
    imports::permitted(&visitor.by)?;
    let scope = visitor.by.scope();
    let listed = app.db.read(move |tx| store::list(tx, scope, &ask)).await?;
    html(&Index {
        p: visitor.page("enterprises", visitor.say("导入企业", "Import enterprises")),
        next: listed.next.map_or_else(String::new, |after| format!("/imports?after={after}")),
        items: listed.items,
        error,
    })
}

/// A file was sent from the page.
async fn take_in(From(app): From<App>, visitor: Visitor, form: Multipart) -> Result<Response> {
    imports::permitted(&visitor.by)?;
    let id = ImportId::new(visitor.by.at);
    let taken = match upload::form(form, FILE).await.and_then(|(_, file)| upload::wanted(file)) {
        Ok((name, bytes)) => imports::take(&app, &visitor.by, id, name, bytes).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(import) => Ok(flash::well(
            &import.href(),
            visitor.say("文件已读取，请确认各列含义。", "The file is read; confirm its columns."),
        )),
        Err(error) => {
            let status = error.status_code();
            let sentence = Sent::default().blame(error)?.wrong_otherwise(&[], visitor.lang);
            Ok((status, list_page(&app, &visitor, Ask::default(), sentence).await?).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "enterprises/import.html")]
struct Show {
    p: Page,
    i: Import,
    progress: Progress,
    /// How many rows were looked at, and how many worked off, of how many.
    looked: String,
    worked: String,
    /// The first rows of the file: number and cells.
    rows: Vec<(i64, Vec<String>)>,
    /// For each column its heading and what it means.
    columns: Vec<(usize, String, String)>,
    meanings: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    faults: Vec<(RowResult, String, String)>,
    again: Option<Import>,
    running: bool,
    sent: Sent,
    errors: Vec<String>,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, ImportId::in_path(&id)?, Sent::default()).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Form(sent): Form) -> Result<Response> {
    let id = ImportId::in_path(&id)?;
    let done = match act_of(&sent) {
        Ok(act) => perform(&app, &visitor.by, id, act).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(import) => {
            let text = match import.state {
                State::Cancelled => visitor.say("已取消。", "Cancelled."),
                _ => visitor.say("导入已开始。", "The import has started."),
            };
            Ok(flash::well(&import.href(), text))
        }
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, id, sent.blame(error)?).await?).into_response())
        }
    }
}

/// What the form says: the row of the headings, and the meaning of each column by its number.
fn act_of(sent: &Sent) -> Result<Act> {
    if sent.value("verb") == Verb::Cancel.code() {
        return Ok(Act::Cancel);
    }
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let width = number(sent.value("width")).unwrap_or(0).min(200);
    let header = sent.value("header").trim().parse().map_err(|_| Error::invalid("header", REQUIRED))?;
    let meaning = |i: usize| Column::from_code(sent.value(&format!("column{i}")));
    let kind = crate::enterprises::Kind::from_code(sent.value("kind"));
    Ok(Act::Start { mapping: Mapping { header, columns: (0..width).map(meaning).collect(), kind } })
}

async fn draw(app: &App, visitor: &Visitor, id: ImportId, sent: Sent) -> Result<Html<String>> {
    let (by, lang, keeper) = (visitor.by.clone(), visitor.lang, app.keeper.clone());
    let page = visitor.page("enterprises", "");
    let show = app
        .db
        .read(move |tx| {
            let i = imports::get(tx, &by, id)?;
            let mut rows = Vec::new();
            for (line, cells) in store::first_rows(tx, id, i.mapping.header.clamp(0, 20) + SHOWN)? {
                rows.push((line, sheets::opened(&keeper, &cells)?));
            }
            let head = heading(tx, &keeper, &i)?;
            let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0).max(i.mapping.columns.len());
            let meaning = |at: usize| i.mapping.columns.get(at).copied().flatten().map_or("", Column::code).to_owned();
            let columns = |at: usize| {
                let typed = sent.value(&format!("column{at}"));
                let meaning = if sent.value("width").is_empty() { meaning(at) } else { typed.to_owned() };
                (at, head.get(at).cloned().unwrap_or_default(), meaning)
            };
            let columns = (0..width).map(columns).collect();
            let mut faults = Vec::new();
            for r in store::results(tx, id, Some(Outcome::Refused), i.mapping.header, FAULTS)? {
                let column = r.field.as_deref().map_or_else(String::new, |f| sheets::column_of(f, &i, &head, lang));
                let sentence = lang.say(r.sentence_zh.as_deref().unwrap_or(""), r.sentence_en.as_deref().unwrap_or(""));
                faults.push((r.clone(), column, sentence.to_owned()));
            }
            let progress = store::progress(tx, &i)?;
            let of = |rows: i64| format!("{} / {}", lang.count(rows), lang.count(progress.total));
            Ok(Show {
                p: Page { title: i.name.clone(), ..page },
                looked: of(progress.checked),
                worked: of(progress.done),
                progress,
                again: store::same_file(tx, by.scope(), &i)?,
                meanings: Column::ALL.iter().map(|c| (c.code(), c.label(lang))).collect(),
                kinds: forms::kinds(lang),
                running: i.state == State::Running,
                errors: Some(sent.wrong_otherwise(&[], lang)).filter(|e| !e.is_empty()).into_iter().collect(),
                rows,
                columns,
                faults,
                sent,
                i,
            })
        })
        .await?;
    html(&show)
}
