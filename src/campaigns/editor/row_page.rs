//! One row of a table as a form, made from what the table says of its columns. No rule lives here: what is wrong with a
//! row, the checker says beside its fields; nothing typed is lost when somebody else was faster.

use super::{
    Act, PackDraft, Row, Sheet, act, base, checked,
    files::Files,
    find,
    form::{Cell, Choices},
    model::encoded,
    store, titles,
};
use crate::{
    campaigns::{
        Finding, Folder,
        cell::{Column, Shape},
        layout::{ABOUT, Layout},
        packs_web,
    },
    kernel::{
        App, Error, PackDraftId, Page, Result, Sent,
        db::Tx,
        flash,
        http::{Form, Params},
        page::html,
    },
    people::Visitor,
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/pack-drafts/{id}/row", get(row).post(save))
        .route("/pack-drafts/{id}/rows", post(press))
}

/// Which row: by its mark; a new one when there is none, perhaps like another or like one of the pack below.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Which {
    file: String,
    row: String,
    like: String,
    /// Mark of the row below which a new one goes.
    below: String,
    /// Key of a row of the pack below.
    base: String,
}

#[derive(Template)]
#[template(path = "campaigns/editor/row.html")]
struct RowForm {
    p: Page,
    draft: PackDraft,
    which: Which,
    table: String,
    name: String,
    cells: Vec<Cell>,
    /// What is wrong with the row as a whole.
    errors: Vec<String>,
    is_new: bool,
    single: bool,
}

async fn row(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
) -> Result<Response> {
    draw(&app, &visitor, PackDraftId::in_path(&id)?, (which, None)).await
}

/// What the form says goes into the table. Refused, it comes back as it was typed, beside what stands there now.
async fn save(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Form(sent): Form) -> Result<Response> {
    let id = PackDraftId::in_path(&id)?;
    let which = Which {
        file: sent.value("file").to_owned(),
        row: sent.value("row").to_owned(),
        below: sent.value("below").to_owned(),
        ..Which::default()
    };
    let layout = Layout::of(&which.file).ok_or(Error::NotFound)?;
    let cells: BTreeMap<String, String> = layout.columns.iter().map(|c| (c.name.to_owned(), typed(&sent, c))).collect();
    let file = which.file.clone();
    let below = Some(which.below.clone()).filter(|b| !b.is_empty());
    let wanted = match which.row.as_str() {
        "" => Act::AddRow { file, cells: cells.clone(), below },
        row => Act::ChangeRow { file, row: row.to_owned(), cells: cells.clone() },
    };
    match app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await {
        Ok(draft) => {
            let next = sent.value("go") == "next";
            let mark = mark(&layout, &cells);
            let said = visitor.say("已保存", "Saved");
            let file = encoded(&which.file);
            if next {
                return Ok(flash::well(&format!("{}/row?file={file}&below={mark}", draft.href()), said));
            }
            // beside the row, where the checker says what is wrong with it
            let there = if file == ABOUT { String::new() } else { format!("/table?file={file}#R{mark}") };
            Ok(flash::well(&format!("{}{there}", draft.href()), said))
        }
        Err(error) => {
            let status = error.status_code();
            let sent = sent.blame(error)?;
            Ok((status, draw(&app, &visitor, id, (which, Some(sent))).await?).into_response())
        }
    }
}

fn mark(layout: &Layout, cells: &BTreeMap<String, String>) -> String {
    let cell = |c: &Column| super::sheet::clean(cells.get(c.name).map_or("", String::as_str));
    Row { line: 0, cells: layout.columns.iter().map(cell).collect() }.mark()
}

/// What was typed for a column.
fn typed(sent: &Sent, column: &Column) -> String {
    let many = sent.all(&format!("c.{}[]", column.name));
    if many.is_empty() { sent.value(&format!("c.{}", column.name)).to_owned() } else { many.join(" ") }
}

/// A row is removed, moved or put back; a table is put back.
async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Form(sent): Form) -> Result<Response> {
    let id = PackDraftId::in_path(&id)?;
    let back = match sent.value("back") {
        "changes" => format!("/pack-drafts/{id}/changes"),
        _ => format!("/pack-drafts/{id}/table?file={}", encoded(sent.value("file"))),
    };
    let done = match read(&sent) {
        Ok(wanted) => app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(|_| ()),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) if sent.value("verb") == "move_row" => {
            Ok(Redirect::to(&format!("{back}#R{}", encoded(sent.value("row")))).into_response())
        }
        Ok(()) => Ok(flash::well(&back, visitor.say("已办理", "Done"))),
        Err(error) => {
            let text = sent.blame(error)?.wrong_otherwise(&[], visitor.lang);
            Ok(flash::said(&back, &crate::kernel::page::Flash { good: false, text }))
        }
    }
}

fn read(sent: &Sent) -> Result<Act> {
    let text = |name: &str| sent.value(name).to_owned();
    let (file, row) = (text("file"), text("row"));
    Ok(match sent.value("verb") {
        "remove_row" => Act::RemoveRow { file, row },
        "move_row" => Act::MoveRow { file, row, up: sent.value("up") == "1" },
        "put_back" => Act::PutBack { file, key: text("key") },
        "restore" => Act::Restore { file },
        other => return crate::kernel::NOT_A_CHOICE.with("value", other).at("verb"),
    })
}

async fn draw(app: &App, visitor: &Visitor, id: PackDraftId, (which, sent): (Which, Option<Sent>)) -> Result<Response> {
    let (visitor, page) = (visitor.clone(), visitor.page(packs_web::here(visitor), ""));
    let form = app.db.read(move |tx| {
        let draft = find(tx, &visitor.by, id)?;
        let files = store::files(tx, id)?;
        form(tx, &visitor, (draft, files), (which, sent), page)
    });
    html(&form.await?).map(IntoResponse::into_response)
}

fn form(
    tx: &mut Tx,
    visitor: &Visitor,
    (draft, files): (PackDraft, Files),
    (mut which, sent): (Which, Option<Sent>),
    page: Page,
) -> Result<RowForm> {
    let lang = visitor.lang;
    let folder = files.folder(&draft.code, false);
    let sheet = files.sheet(&which.file)?;
    if which.file == ABOUT && which.row.is_empty() && sent.is_none() {
        which.row = sheet.rows[0].mark();
    }
    let known = sheet.at(&which.row).map(|at| sheet.rows[at].clone());
    if known.is_none() && !which.row.is_empty() && sent.is_none() {
        return Err(Error::NotFound);
    }
    let findings = match &known {
        Some(row) => of_row(checked(tx, &folder)?.1, &which.file, row),
        None => Vec::new(),
    };
    let begin = begin(tx, &folder, &sheet, &which, known.as_ref())?;
    // somebody else was faster: the form goes on with the row as it stands there now
    let now = match (&sent, &known) {
        (Some(sent), None) if !which.row.is_empty() => {
            let key: Vec<String> = sheet.layout.key.iter().map(|k| sent.value(&format!("c.{k}")).to_owned()).collect();
            let now = sheet.keyed(key.join(" ").trim_end()).cloned();
            which.row = now.as_ref().map(Row::mark).unwrap_or_default();
            now
        }
        _ => None,
    };
    let choices = Choices { files: &files, base: base(tx, &folder)?, lang };
    let cell = |column: &'static Column| {
        let stored = begin.get(column.name).cloned().unwrap_or_default();
        let value = sent.as_ref().map_or(stored, |sent| typed(sent, column));
        let now = now.as_ref().map(|row| sheet.cell(row, column.name)).filter(|now| *now != value);
        choices.cell(
            &which.file,
            column,
            value,
            now.unwrap_or_default(),
            (&findings, sent.as_ref(), &sheet, known.as_ref()),
        )
    };
    let cells: Vec<Cell> = sheet.layout.columns.iter().map(cell).collect();
    let named: Vec<String> = cells.iter().map(|c| format!("cells.{}", c.column.name)).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let refused = sent.as_ref().map(|s| s.wrong_otherwise(&named, lang)).filter(|e| !e.is_empty());
    let whole = findings.iter().filter(|f| f.field.is_empty()).map(|f| f.reason.say(lang).to_owned());
    let single = which.file == ABOUT;
    let name = known.as_ref().map(|row| sheet.name(row, lang).to_owned()).unwrap_or_default();
    let title = if single {
        visitor.say("基本情况", "About the campaign").to_owned()
    } else if known.is_none() {
        visitor.say("增加一行", "A new row").to_owned()
    } else {
        known.as_ref().map(|row| sheet.key(row)).unwrap_or_default()
    };
    Ok(RowForm {
        p: Page { title, ..page },
        table: titles::Title::of(&which.file).label(lang).to_owned(),
        errors: refused.into_iter().chain(whole).collect(),
        is_new: known.is_none(),
        name,
        cells,
        single,
        draft,
        which,
    })
}

fn of_row(findings: Vec<Finding>, file: &str, row: &Row) -> Vec<Finding> {
    let mine = |f: &Finding| f.file == file && (f.line == row.line || file == ABOUT);
    findings.into_iter().filter(mine).collect()
}

/// What stands in the form from the beginning.
fn begin(
    tx: &mut Tx,
    folder: &Folder,
    sheet: &Sheet,
    which: &Which,
    known: Option<&Row>,
) -> Result<BTreeMap<&'static str, String>> {
    let like = sheet.at(&which.like).map(|at| sheet.rows[at].clone());
    let row = match (known.cloned().or(like), which.base.as_str()) {
        (Some(row), _) => Some(row),
        (None, "") => None,
        (None, key) => {
            let under = base(tx, folder)?.and_then(|b| b.files.get(&which.file).cloned());
            let under = under.and_then(|bytes| Sheet::read(&which.file, std::str::from_utf8(&bytes).ok()?).ok());
            under.and_then(|under| under.keyed(key).cloned())
        }
    };
    let names = sheet.layout.columns.iter().map(|c| c.name);
    if let Some(row) = row {
        return Ok(names.zip(row.cells).collect());
    }
    // what most rows have, so that a short row is soon written
    let usual = [("source", "D"), ("certainty", "design"), ("version", "1"), ("weight", "G")];
    let blank = |column: &'static Column| {
        let usual = usual.iter().find(|(name, _)| *name == column.name).map(|(_, value)| *value);
        let value = usual.or(matches!(column.shape, Shape::YesNo).then_some("0")).unwrap_or_default();
        (column.name, value.to_owned())
    };
    Ok(sheet.layout.columns.iter().map(blank).collect())
}
