//! Returns over HTTP: the JSON API. No rule lives here.

use super::{
    Act, Counted, Cut, Difference, Edition, Filter, Finding, Matrix, New, Return, Sheet, act, bundle::bundle, create,
    current, edition, export, findings, get, list, matrix, paper, records, store, summary, table,
};
use crate::{
    kernel::{
        App, CampaignId, Error, NOT_A_CHOICE, Result, ReturnId,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    extract::{Path, State as From},
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_returns))
        .routes(routes!(get_matrix))
        .routes(routes!(get_return, put_return))
        .routes(routes!(post_act))
        .routes(routes!(get_table))
        .routes(routes!(get_records))
        .routes(routes!(get_editions))
        .routes(routes!(get_export))
        .merge(super::pages::routes())
}

/// Which campaign.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Id of the campaign.
    campaign: CampaignId,
}

/// Which edition of a table.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Number of the edition; what stands now when left out.
    pub edition: Option<String>,
}

/// Which cell.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Where {
    /// Code of the row, such as R07.
    pub row: String,
    /// `period` for this period; the total when left out.
    pub column: Option<String>,
    /// Go on behind this record: the `next` of the page before.
    pub after: Option<String>,
}

/// A table with what does not fit in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReturnTable)]
struct Tabled {
    #[serde(flatten)]
    sheet: Sheet,
    findings: Vec<Finding>,
}

/// The records behind a cell.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReturnRecords)]
struct Records {
    items: Vec<Counted>,
    /// Hand it back as `after` to go on; none on the last page.
    next: Option<String>,
}

/// An edition, and in what it differs from the one before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReturnEditionChanges)]
pub(super) struct Changes {
    #[serde(flatten)]
    pub edition: Edition,
    pub differences: Vec<Difference>,
}

/// The editions of a table, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReturnEditions)]
struct Editions {
    items: Vec<Changes>,
}

/// Returns within the reader's scope, for those who answer for figures.
#[utoipa::path(get, path = "/api/v1/returns", tag = "returns", params(Ask, Filter),
    responses((status = 200, body = Listed<Return>), Failures))]
async fn get_returns(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    app.db.read(move |tx| list(tx, &visitor.by, &filter, &ask)).await.map(Json)
}

/// Who has reported for which period, and who has not: the reader's office and those directly below it.
#[utoipa::path(get, path = "/api/v1/returns/matrix", tag = "returns", params(Of),
    responses((status = 200, body = Matrix), Failures))]
async fn get_matrix(From(app): From<App>, visitor: Visitor, Params(of): Params<Of>) -> Result<impl IntoResponse> {
    app.db.read(move |tx| matrix(tx, &visitor.by, of.campaign)).await.map(Json)
}

/// One return.
#[utoipa::path(get, path = "/api/v1/returns/{id}", tag = "returns", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Return), Failures))]
async fn get_return(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = ReturnId::in_path(&id)?;
    app.db.read(move |tx| get(tx, &visitor.by, id)).await.map(Json)
}

/// Begin the return of the own office for a period. The same request again answers as the first time.
#[utoipa::path(put, path = "/api/v1/returns/{id}", tag = "returns", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 200, body = Return), Failures))]
async fn put_return(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<impl IntoResponse> {
    let id = ReturnId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| create(tx, by, id, &new)).await.map(Json)
}

/// Do something to a return: submit it, say that there is nothing to report, return it with a reason, accept it, revise it …
#[utoipa::path(post, path = "/api/v1/returns/{id}/acts", tag = "returns", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Return), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = ReturnId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

/// The table of a return: computed while it is prepared, as it was kept once it is submitted.
#[utoipa::path(get, path = "/api/v1/returns/{id}/table", tag = "returns", params(("id" = uuid::Uuid, Path), Which),
    responses((status = 200, body = Tabled), Failures))]
async fn get_table(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
) -> Result<impl IntoResponse> {
    let id = ReturnId::in_path(&id)?;
    let read = app.db.read(move |tx| {
        let own = get(tx, &visitor.by, id)?;
        let sheet = wanted(tx, &visitor, &own, &which)?;
        Ok(Tabled { findings: findings(tx, &own, &sheet)?, sheet })
    });
    read.await.map(Json)
}

/// The table that `which` asks for.
pub(super) fn wanted(tx: &mut crate::kernel::db::Tx, visitor: &Visitor, own: &Return, which: &Which) -> Result<Sheet> {
    match which.edition.as_deref().filter(|e| !e.is_empty()) {
        None => current(tx, &visitor.by, own),
        Some(number) => {
            let wrong = || Error::invalid("edition", NOT_A_CHOICE.with("value", number));
            edition(tx, own, number.parse().map_err(|_| wrong())?).map_err(|e| match e {
                Error::NotFound => wrong(),
                other => other,
            })
        }
    }
}

/// Exactly the records that one cell of the table counts.
#[utoipa::path(get, path = "/api/v1/returns/{id}/records", tag = "returns",
    params(("id" = uuid::Uuid, Path), Which, Where, Cut), responses((status = 200, body = Records), Failures))]
async fn get_records(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
    Params(place): Params<Where>,
    Params(cut): Params<Cut>,
) -> Result<impl IntoResponse> {
    let id = ReturnId::in_path(&id)?;
    let read = app.db.read(move |tx| {
        let own = get(tx, &visitor.by, id)?;
        let sheet = wanted(tx, &visitor, &own, &which)?;
        let cell = (place.row.as_str(), &cut, place.column.as_deref() == Some("period"));
        let (items, more) = records(tx, &own, &sheet, cell, place.after.as_deref())?;
        Ok(Records { next: items.last().filter(|_| more).map(|last| last.thing.clone()), items })
    });
    read.await.map(Json)
}

/// Every table that was submitted or revised, and in what each differs from the one before.
#[utoipa::path(get, path = "/api/v1/returns/{id}/editions", tag = "returns", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Editions), Failures))]
async fn get_editions(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = ReturnId::in_path(&id)?;
    let read = app.db.read(move |tx| {
        let own = get(tx, &visitor.by, id)?;
        Ok(Editions { items: changes(tx, &own)? })
    });
    read.await.map(Json)
}

/// The editions, newest first, each with its differences to the one before.
pub(super) fn changes(tx: &mut crate::kernel::db::Tx, own: &Return) -> Result<Vec<Changes>> {
    let mut changes = Vec::new();
    for kept in store::editions(tx, own.id)? {
        let differences = match kept.edition {
            1 => Vec::new(),
            n => edition(tx, own, n - 1)?.differences(&edition(tx, own, n)?),
        };
        changes.push(Changes { edition: kept, differences });
    }
    Ok(changes)
}

/// Which file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Format {
    /// `csv`, `xlsx` or `pdf`: the table; `docx`: the summary drafted from it; `zip`: all of them, with a manifest of hashes.
    /// `xlsx` when left out.
    format: Option<String>,
}

/// The table as a file, or the summary drafted from it. What was made of a submitted table is the same bytes, whenever it is asked for.
#[utoipa::path(get, path = "/api/v1/returns/{id}/export", tag = "returns",
    params(("id" = uuid::Uuid, Path), Which, Format),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream"), Failures))]
async fn get_export(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
    Params(format): Params<Format>,
) -> Result<Response> {
    file(&app, visitor, ReturnId::in_path(&id)?, which, format.format.unwrap_or_default()).await
}

/// The table, the summary or both as an answer to download.
pub(super) async fn file(app: &App, visitor: Visitor, id: ReturnId, which: Which, ending: String) -> Result<Response> {
    let lang = visitor.lang;
    let summarized = matches!(ending.as_str(), "docx" | "zip");
    let read = app.db.read(move |tx| {
        let own = get(tx, &visitor.by, id)?;
        let sheet = wanted(tx, &visitor, &own, &which)?;
        let problems = if summarized { table::problems(tx, &visitor.by, &own, &sheet, lang)? } else { Vec::new() };
        Ok((sheet, problems))
    });
    let (sheet, problems) = read.await?;
    let office = "application/vnd.openxmlformats-officedocument";
    let (ending, kind, bytes) = match ending.as_str() {
        "csv" => ("csv", "text/csv; charset=utf-8".to_owned(), export::csv(&sheet, lang)?),
        "docx" => ("docx", format!("{office}.wordprocessingml.document"), summary::draft(&sheet, &problems, lang)?),
        "pdf" => ("pdf", "application/pdf".to_owned(), paper::pdf(&sheet).await?),
        "zip" => {
            let pdf = paper::pdf(&sheet).await?;
            ("zip", "application/zip".to_owned(), bundle(&sheet, &problems, pdf, lang)?)
        }
        _ => ("xlsx", format!("{office}.spreadsheetml.sheet"), export::xlsx(&sheet, lang)?),
    };
    let name = format!("attachment; filename=\"return-{}.{ending}\"", sheet.period.code);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
