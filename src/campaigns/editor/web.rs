//! The editor of campaigns over HTTP: the JSON API, and the way to the pages. No rule lives here.

use super::{
    Act, New, PackDraft, Standing, State, act, begin, begin_from,
    bring::{NewList, NewPicture, add_picture, take_over},
    bring_page, changes_page, checked,
    compare::{Comparison, compare},
    find, list, pages, published, row_page, standing, store,
    xlsform::LeftOut,
};
use crate::{
    campaigns::{FindingOut, Folder, packs_web::body},
    kernel::{
        App, Error, NOT_A_CHOICE, PackDraftId, Result,
        db::Tx,
        http::{Failures, Json, Params},
        list::{Ask, Listed},
    },
    people::Visitor,
};
use axum::{
    body::Body,
    extract::{Path, State as From},
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_drafts))
        .routes(routes!(get_draft, put_draft))
        .routes(routes!(post_act))
        .routes(routes!(get_zip, put_zip))
        .routes(routes!(get_table))
        .routes(routes!(get_changes))
        .routes(routes!(post_xlsform))
        .routes(routes!(post_picture))
        .routes(routes!(get_comparison))
        .merge(pages::routes())
        .merge(row_page::routes())
        .merge(changes_page::routes())
        .merge(bring_page::routes())
}

/// By what drafts can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Where they stand.
    state: Option<State>,
}

/// Packs in the making within the reader's scope, the one changed last first.
#[utoipa::path(get, path = "/api/v1/pack_drafts", tag = "campaigns", params(Ask, Filter),
    responses((status = 200, body = Listed<PackDraft>), Failures))]
async fn get_drafts(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Json<Listed<PackDraft>>> {
    app.db.read(move |tx| list(tx, &visitor.by, filter.state, &ask)).await.map(Json)
}

/// A pack in the making: how its tables stand, and what the checker says of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct DraftOut {
    #[serde(flatten)]
    draft: PackDraft,
    tables: Vec<Standing>,
    findings: Vec<FindingOut>,
}

/// One pack in the making, checked.
#[utoipa::path(get, path = "/api/v1/pack_drafts/{id}", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = DraftOut), Failures))]
async fn get_draft(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<DraftOut>> {
    let id = PackDraftId::in_path(&id)?;
    let found = app.db.read(move |tx| {
        let draft = find(tx, &visitor.by, id)?;
        let files = store::files(tx, id)?;
        let findings = checked(tx, &files.folder(&draft.code, false))?.1;
        let tables = standing(&files, &findings)?;
        Ok(DraftOut { draft, tables, findings: findings.iter().map(|f| f.out(visitor.lang)).collect() })
    });
    found.await.map(Json)
}

/// Begin a pack of the caller's office as a copy of a version of a pack. The same id with the same content answers as the
/// first time.
#[utoipa::path(put, path = "/api/v1/pack_drafts/{id}", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = PackDraft), Failures))]
async fn put_draft(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<Json<PackDraft>> {
    let id = PackDraftId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| begin(tx, by, id, &new)).await.map(Json)
}

/// Do something to a pack in the making: change rows, put them back, publish it as a version, give it up.
#[utoipa::path(post, path = "/api/v1/pack_drafts/{id}/acts", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = PackDraft), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<Json<PackDraft>> {
    let id = PackDraftId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

/// The files of a pack in the making as a ZIP, as `POST /api/v1/packs` takes it.
#[utoipa::path(get, path = "/api/v1/pack_drafts/{id}/zip", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "application/zip", body = [u8]), Failures))]
pub(super) async fn get_zip(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response> {
    let id = PackDraftId::in_path(&id)?;
    let folder = app.db.read(move |tx| {
        let draft = find(tx, &visitor.by, id)?;
        Ok(store::files(tx, id)?.folder(&draft.code, false))
    });
    let folder = folder.await?;
    let name = format!("attachment; filename=\"{}.zip\"", folder.name);
    let head = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, folder.to_zip()?).into_response())
}

/// Begin a pack of the caller's office from a ZIP of its files. What no table can be read from is refused; mistakes in
/// cells are shown beside them.
#[utoipa::path(put, path = "/api/v1/pack_drafts/{id}/zip", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    request_body(content = [u8], content_type = "application/zip"),
    responses((status = 200, body = PackDraft), Failures))]
async fn put_zip(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    sent: Body,
) -> Result<Json<PackDraft>> {
    let id = PackDraftId::in_path(&id)?;
    visitor.actor().must_be(super::EDITORS)?;
    let folder = Folder::zipped(&body(sent).await?, "")?;
    app.act(&visitor.by, move |tx, by| begin_from(tx, by, id, &folder)).await.map(Json)
}

/// Which table.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The table, such as `products.csv` or `checklists/03-cement.csv`.
    file: String,
}

/// A table of a pack in the making.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PackDraftRows)]
struct Rows {
    columns: Vec<&'static str>,
    rows: Vec<RowOut>,
}

/// A row, by the mark that an act names it by.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PackDraftRow)]
struct RowOut {
    mark: String,
    key: String,
    /// The line in its file that findings name.
    line: u64,
    cells: BTreeMap<&'static str, String>,
}

/// The rows of a table.
#[utoipa::path(get, path = "/api/v1/pack_drafts/{id}/table", tag = "campaigns",
    params(("id" = uuid::Uuid, Path), Which), responses((status = 200, body = Rows), Failures))]
async fn get_table(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
) -> Result<Json<Rows>> {
    let id = PackDraftId::in_path(&id)?;
    let sheet = app.db.read(move |tx| {
        find(tx, &visitor.by, id)?;
        store::files(tx, id)?.sheet(&which.file)
    });
    let sheet = sheet.await?;
    let columns: Vec<&'static str> = sheet.layout.columns.iter().map(|c| c.name).collect();
    let row = |row: &super::Row| RowOut {
        mark: row.mark(),
        key: sheet.key(row),
        line: row.line,
        cells: columns.iter().copied().zip(row.cells.iter().cloned()).collect(),
    };
    let rows = sheet.rows.iter().map(row).collect();
    Ok(Json(Rows { columns, rows }))
}

/// What differs between a pack in the making and what it was in the beginning.
#[utoipa::path(get, path = "/api/v1/pack_drafts/{id}/changes", tag = "campaigns", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Comparison), Failures))]
async fn get_changes(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Json<Comparison>> {
    let id = PackDraftId::in_path(&id)?;
    let found = app.db.read(move |tx| {
        let draft = find(tx, &visitor.by, id)?;
        let files = store::files(tx, id)?;
        compare(&files.folder(&draft.code, true), &files.folder(&draft.code, false))
    });
    found.await.map(Json)
}

/// What could not be taken over from a workbook as it stood.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = XlsformReport)]
struct Report {
    left: Vec<LeftOut>,
}

/// Take over a checklist from an XLSForm workbook. What has no place in a checklist is named with its row and the reason.
#[utoipa::path(post, path = "/api/v1/pack_drafts/{id}/xlsform", tag = "campaigns",
    params(("id" = uuid::Uuid, Path), NewList),
    request_body(content = [u8], content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = Report), Failures))]
async fn post_xlsform(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(new): Params<NewList>,
    sent: Body,
) -> Result<Json<Report>> {
    let id = PackDraftId::in_path(&id)?;
    visitor.actor().must_be(super::EDITORS)?;
    let (bytes, lang) = (body(sent).await?, visitor.lang);
    let (_, left) = app.act(&visitor.by, move |tx, by| take_over(tx, by, id, &new, &bytes)).await?;
    Ok(Json(Report { left: left.iter().map(|l| l.out(lang)).collect() }))
}

/// Add a picture beside questions.
#[utoipa::path(post, path = "/api/v1/pack_drafts/{id}/pictures", tag = "campaigns",
    params(("id" = uuid::Uuid, Path), NewPicture), request_body(content = [u8], content_type = "image/png"),
    responses((status = 200, body = PackDraft), Failures))]
async fn post_picture(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(new): Params<NewPicture>,
    sent: Body,
) -> Result<Json<PackDraft>> {
    let id = PackDraftId::in_path(&id)?;
    visitor.actor().must_be(super::EDITORS)?;
    let bytes = body(sent).await?;
    app.act(&visitor.by, move |tx, by| add_picture(tx, by, id, &new, &bytes)).await.map(Json)
}

/// Which versions are compared.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Two {
    /// Code and version, such as `key-industrial-products-2023@1`.
    pub a: String,
    pub b: String,
}

/// What differs between two versions of packs, by table and row.
#[utoipa::path(get, path = "/api/v1/packs/compare", tag = "campaigns", params(Two),
    responses((status = 200, body = Comparison), Failures))]
async fn get_comparison(From(app): From<App>, _: Visitor, Params(two): Params<Two>) -> Result<Json<Comparison>> {
    app.db.read(move |tx| compared(tx, &two)).await.map(Json)
}

/// What differs between two published versions.
pub(super) fn compared(tx: &mut Tx, two: &Two) -> Result<Comparison> {
    let mut folder = |field: &str, name: &str| {
        let wrong = || Error::invalid(field, NOT_A_CHOICE.with("value", name));
        let (code, version) = name.rsplit_once('@').ok_or_else(wrong)?;
        published(tx, code, version.parse().map_err(|_| wrong())?).map_err(|e| match e {
            Error::NotFound => wrong(),
            other => other,
        })
    };
    compare(&folder("a", &two.a)?, &folder("b", &two.b)?)
}
