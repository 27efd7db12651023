//! Planning by spreadsheet over HTTP. No rule lives here.

use super::sheets::{Taken, table, take};
use crate::{
    kernel::{
        App, CampaignId, Error, Page, Result, Sent, UNREADABLE, flash,
        http::{Failures, Form, Json, Params},
        page::html,
        sheet::{self, Table},
        upload,
    },
    people::Visitor,
};
use askama::Template;
use axum::{
    extract::{Multipart, Request, State as From},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest file, in bytes.
const FILE: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(put_sheet))
        .route("/targets/sheet.csv", get(download))
        .route("/targets/sheet.xlsx", get(download))
        .route("/targets/sheet", post(take_in).layer(upload::limit(FILE)))
        .route("/targets/sheet/result.xlsx", post(result))
}

/// Of which campaign.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Id of the campaign.
    campaign: CampaignId,
}

/// The table to be filled in, of the kind that the address asks for.
async fn download(From(app): From<App>, uri: Uri, visitor: Visitor, Params(which): Params<Which>) -> Result<Response> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    sheet::download(&uri, "targets", &app.db.read(move |tx| table(tx, &by, which.campaign, lang)).await?)
}

/// Divide the targets of the caller's office as a table says (`/targets/sheet.xlsx`, filled in): each of them whole or not
/// at all. What was wrong comes with its row.
#[utoipa::path(put, path = "/api/v1/targets/sheet", tag = "targets", params(Which),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Taken), Failures))]
async fn put_sheet(
    From(app): From<App>,
    visitor: Visitor,
    Params(which): Params<Which>,
    request: Request,
) -> Result<Json<Taken>> {
    let bytes = upload::body(request.into_body(), FILE).await?;
    take(&app, &visitor.by, which.campaign, bytes, visitor.lang).await.map(Json)
}

#[derive(Template)]
#[template(path = "campaigns/targets/sheet.html")]
struct Outcome {
    p: Page,
    campaign: CampaignId,
    back: String,
    taken: Taken,
    /// The table with what was wrong, to be downloaded.
    table: String,
    /// What was wrong with the file as a whole.
    error: String,
}

async fn take_in(From(app): From<App>, visitor: Visitor, form: Multipart) -> Result<Response> {
    let (sent, file) = upload::form(form, FILE).await?;
    let campaign: CampaignId = sent.value("campaign").parse().map_err(|_| Error::NotFound)?;
    let page = format!("/targets?campaign={campaign}");
    let outcome = match upload::wanted(file) {
        Ok((_, bytes)) => take(&app, &visitor.by, campaign, bytes, visitor.lang).await,
        Err(error) => Err(error),
    };
    let (taken, error) = match outcome {
        Ok(taken) if taken.faults.is_empty() => {
            let words = visitor.say("已按表格分解 {n} 项任务，{same} 项未变", "{n} targets divided, {same} unchanged");
            let words =
                words.replace("{n}", &taken.divided.to_string()).replace("{same}", &taken.unchanged.to_string());
            return Ok(flash::well(&page, &words));
        }
        Ok(taken) => (taken, String::new()),
        Err(error) => (Taken::default(), Sent::default().blame(error)?.wrong_otherwise(&[], visitor.lang)),
    };
    let outcome = Outcome {
        p: visitor.page("targets", visitor.say("表格分解结果", "What came of the table")),
        table: serde_json::to_string(&taken.table).map_err(Error::broken)?,
        back: page,
        campaign,
        taken,
        error,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&outcome)?).into_response())
}

/// The table as it was sent, with what was wrong beside each row.
async fn result(_: Visitor, Form(sent): Form) -> Result<Response> {
    let table: Table = serde_json::from_str(sent.value("table"))
        .map_err(|e| Error::Unreadable { status: 400, refusal: UNREADABLE.with("why", e) })?;
    sheet::xlsx("targets", &table)
}
