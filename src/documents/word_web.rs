//! The page on which an office's word for documents (发文代字) is set. No rule lives here.

use super::{Form, WORDERS, form, set_word, store};
use crate::{
    kernel::{App, Filled, OfficeId, Page, Result, Sent, flash, http::Form as Typed, page::html},
    people::{Level, Office, Visitor, store as offices},
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/offices/{id}/word", get(show).post(submit))
}

#[derive(Template)]
#[template(path = "documents/word.html")]
struct Show {
    p: Page,
    f: Filled,
    office: Office,
    /// The word in force; empty before the first document.
    word: String,
    /// A number under it, as an example.
    example: String,
    may: bool,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, OfficeId::in_path(&id)?, Sent::default()).await
}

async fn draw(app: &App, visitor: &Visitor, id: OfficeId, sent: Sent) -> Result<Html<String>> {
    let (scope, lang, year) = (visitor.by.scope(), visitor.lang, visitor.by.at.date().year());
    let found = app.db.read(move |tx| {
        let office = offices::office_within(tx, scope, id)?;
        let word = store::word_of(tx, office.id)?;
        Ok((office, word.unwrap_or_default()))
    });
    let (office, word) = found.await?;
    let may = visitor.actor().must_be(WORDERS).is_ok() && office.level != Level::Station;
    html(&Show {
        p: visitor.page("offices", visitor.say("发文代字", "Word for documents")),
        f: sent.or("word", &word).filled(lang, &["word"]),
        example: if word.is_empty() { String::new() } else { form::number(&word, Form::CorrectionOrder, year, 1) },
        office,
        word,
        may,
    })
}

async fn submit(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Typed(sent): Typed,
) -> Result<Response> {
    let id = OfficeId::in_path(&id)?;
    let word = sent.value("word").trim().to_owned();
    match app.act(&visitor.by, move |tx, by| set_word(tx, by, id, &word)).await {
        Ok(_) => {
            Ok(flash::well(&format!("/offices/{id}/word"), visitor.say("发文代字已设定", "The word has been set")))
        }
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, id, sent.blame(error)?).await?).into_response())
        }
    }
}
