//! Tasks by spreadsheet over HTTP: first a look at what would come of it, then the tasks. No rule lives here.

use super::{
    Assignment, HEADS, SheetPreview, Wanted, assign_sheet,
    pages::{Row as Shown, rows as shown},
    preview_sheet,
    sheet::{blank_table, result},
    store,
    web::{AT_ONCE, run},
};
use crate::{
    campaigns,
    kernel::{
        App, AssignmentId, CampaignId, Error, Page, Result, Sent, TargetId, UNREADABLE, flash,
        http::{Failures, Json, Params, Typed},
        page::html,
        sheet::{self, Row, Table},
        upload::{self, SentFile},
    },
    people::{By, Visitor},
};
use askama::Template;
use axum::{
    extract::{Multipart, Path, Request, State as From},
    http::Uri,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest file, in bytes.
const FILE: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(post_sheet))
        .routes(routes!(put_sheet))
        .routes(routes!(get_result))
        .route("/assignments/sheet.csv", get(blank))
        .route("/assignments/sheet.xlsx", get(blank))
        .route("/assignments/sheet", get(new).post(submit).layer(upload::limit(2 * FILE)))
        .route("/assignments/{id}/result.xlsx", get(get_result))
}

/// Of which campaign, for which share, from which file.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Id of the campaign.
    campaign: CampaignId,
    /// Id of the share of a target that the visits serve.
    target: Option<TargetId>,
    /// Name of the file.
    name: Option<String>,
}

impl Which {
    async fn with(self, bytes: Vec<u8>) -> Result<Wanted> {
        let rows = read(bytes).await?;
        Ok(Wanted { campaign: self.campaign, target: self.target, file: self.name.unwrap_or_default(), rows })
    }
}

async fn read(bytes: Vec<u8>) -> Result<Vec<Row>> {
    tokio::task::spawn_blocking(move || sheet::read(&bytes)).await.map_err(Error::broken)?
}

/// What would come of a table of tasks (XLSX or CSV: enterprise, products, login of who goes, due date). Nothing is
/// changed; what is wrong comes with its row.
#[utoipa::path(post, path = "/api/v1/assignments/sheet", tag = "tasks", params(Which),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = SheetPreview), Failures))]
async fn post_sheet(
    From(app): From<App>,
    visitor: Visitor,
    Params(which): Params<Which>,
    request: Request,
) -> Result<Json<SheetPreview>> {
    let wanted = which.with(upload::body(request.into_body(), FILE).await?).await?;
    app.db.read(move |tx| preview_sheet(tx, &visitor.by, &wanted, visitor.lang)).await.map(Json)
}

/// Hand out the tasks of a table: a row that is right becomes a task with its planned visit, one that is not is left out.
/// The same id with the same table answers as the first time; the same table under another id finds its tasks made.
#[utoipa::path(put, path = "/api/v1/assignments/{id}/sheet", tag = "tasks",
    params(("id" = uuid::Uuid, Path), Which),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Assignment), Failures))]
async fn put_sheet(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
    request: Request,
) -> Result<Json<Assignment>> {
    let id = AssignmentId::in_path(&id)?;
    let wanted = which.with(upload::body(request.into_body(), FILE).await?).await?;
    hand_out(&app, &visitor.by, id, wanted).await.map(Json)
}

async fn hand_out(app: &App, by: &By, id: AssignmentId, wanted: Wanted) -> Result<Assignment> {
    app.act(by, move |tx, by| assign_sheet(tx, by, id, &wanted)).await?;
    run(app, by, id, AT_ONCE).await
}

/// The table by which tasks were handed out, as XLSX, with what came of each row beside it.
#[utoipa::path(get, path = "/api/v1/assignments/{id}/result.xlsx", tag = "tasks", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), Failures))]
async fn get_result(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response> {
    let (id, scope, lang) = (AssignmentId::in_path(&id)?, visitor.by.scope(), visitor.lang);
    let table = app.db.read(move |tx| {
        let assignment = store::get(tx, scope, id)?;
        result(tx, &assignment, lang)?.ok_or(Error::NotFound)
    });
    sheet::xlsx("tasks-result", &table.await?)
}

/// The table to be filled in, of the kind that the address asks for.
async fn blank(uri: Uri, visitor: Visitor) -> Result<Response> {
    sheet::download(&uri, "tasks", &blank_table(visitor.lang))
}

#[derive(Template)]
#[template(path = "tasks/assignments/sheet.html")]
struct Asked {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    campaigns: Vec<(String, String)>,
    /// What would come of the table that was sent, and the table, to be sent once more.
    seen: Option<(SheetPreview, String)>,
    rows: Vec<Shown>,
}

async fn new(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    visitor.actor().must_be(HEADS)?;
    draw(&app, &visitor, sent, None).await
}

/// A table was sent to be looked at; or the one that was looked at is to be handed out, or taken along with what is wrong.
async fn submit(From(app): From<App>, visitor: Visitor, form: Multipart) -> Result<Response> {
    visitor.actor().must_be(HEADS)?;
    let (sent, file) = upload::form(form, 2 * FILE).await?;
    match done(&app, &visitor, &sent, file).await {
        Ok(Done::Seen(wanted, seen)) => {
            let sent = sent.with("name", wanted.file.clone());
            let table = serde_json::to_string(&wanted.rows).map_err(Error::broken)?;
            Ok(draw(&app, &visitor, sent, Some((*seen, table))).await?.into_response())
        }
        Ok(Done::Table(table)) => sheet::xlsx("tasks-result", &table),
        Ok(Done::Made(assignment)) => {
            let text = visitor.say("已派发检查任务：{n} 家", "Handed out: {n} visits");
            Ok(flash::well(&assignment.href(), &text.replace("{n}", &assignment.chosen.to_string())))
        }
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?, None).await?).into_response())
        }
    }
}

enum Done {
    Seen(Wanted, Box<SheetPreview>),
    Table(Table),
    Made(Box<Assignment>),
}

async fn done(app: &App, visitor: &Visitor, sent: &Sent, file: SentFile) -> Result<Done> {
    let id = AssignmentId::parse(sent.value("id"))?;
    let (campaign, target) = (CampaignId::parse(sent.value("campaign"))?, TargetId::parse(sent.value("target")).ok());
    let go = sent.value("go");
    let (file, rows) = if go == "look" {
        let (name, bytes) = upload::wanted(file)?;
        (name, read(bytes).await?)
    } else {
        let rows = serde_json::from_str(sent.value("table"))
            .map_err(|e| Error::Unreadable { status: 400, refusal: UNREADABLE.with("why", e) })?;
        (sent.value("name").to_owned(), rows)
    };
    let wanted = Wanted { campaign, target, file, rows };
    if go == "make" {
        return hand_out(app, &visitor.by, id, wanted).await.map(|made| Done::Made(Box::new(made)));
    }
    let (by, lang, asked) = (visitor.by.clone(), visitor.lang, wanted.clone());
    let seen = app.db.read(move |tx| preview_sheet(tx, &by, &asked, lang)).await?;
    Ok(if go == "result" { Done::Table(seen.table) } else { Done::Seen(wanted, Box::new(seen)) })
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent, seen: Option<(SheetPreview, String)>) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", visitor.say("按表派发", "Assign by spreadsheet")));
    let page = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let campaigns = campaigns::current(tx, &by.actor.office.place(), by.at.date())?;
        let sent = sent
            .or("id", AssignmentId::new(by.at).to_string())
            .or("campaign", campaigns.first().map(|c| c.id.to_string()).unwrap_or_default());
        let lines = seen.as_ref().map(|(seen, _)| seen.preview.lines.clone()).unwrap_or_default();
        Ok(Asked {
            p: page,
            errors: Some(sent.wrong_otherwise(&["campaign", "file"], lang))
                .filter(|e| !e.is_empty())
                .into_iter()
                .collect(),
            campaigns: campaigns.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect(),
            rows: shown(tx, lines)?,
            seen,
            sent,
        })
    });
    html(&page.await?)
}
