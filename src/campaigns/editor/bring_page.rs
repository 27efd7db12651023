//! The pages on which a checklist is taken over from a workbook, and a picture is added. No rule lives here.

use super::{EDITORS, NewList, NewPicture, PackDraft, add_picture, bring::LARGEST, find, take_over, xlsform::LeftOut};
use crate::{
    campaigns::{Fit, layout::file_of, packs_web},
    kernel::{App, Error, Filled, PackDraftId, Page, Result, Sent, flash, page::html, upload},
    people::Visitor,
    record::Field,
};
use askama::Template;
use axum::{
    extract::{Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/pack-drafts/{id}/xlsform", get(list_form).post(list).layer(upload::limit(LARGEST)))
        .route("/pack-drafts/{id}/picture", get(picture_form).post(picture).layer(upload::limit(LARGEST)))
}

#[derive(Template)]
#[template(path = "campaigns/editor/bring.html")]
struct Bring {
    p: Page,
    draft: PackDraft,
    f: Filled,
    /// A checklist, else a picture.
    list: bool,
    sides: Vec<(&'static str, &'static str)>,
    scopes: Vec<(&'static str, &'static str)>,
    /// What was left out of the workbook that has just come, and where its checklist is.
    report: Option<(String, Vec<LeftOut>)>,
}

async fn list_form(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, PackDraftId::in_path(&id)?, (true, Sent::default(), None)).await
}

async fn picture_form(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, PackDraftId::in_path(&id)?, (false, Sent::default(), None)).await
}

type Drawn = (bool, Sent, Option<(String, Vec<LeftOut>)>);

async fn draw(app: &App, visitor: &Visitor, id: PackDraftId, (list, sent, report): Drawn) -> Result<Html<String>> {
    let by = visitor.by.clone();
    let draft = app.db.read(move |tx| find(tx, &by, id)).await?;
    let lang = visitor.lang;
    let title = if list {
        visitor.say("导入检查表（XLSForm）", "Take over a checklist (XLSForm)")
    } else {
        visitor.say("添加示意图", "Add a picture")
    };
    html(&Bring {
        p: visitor.page(packs_web::here(visitor), title),
        f: sent.filled(lang, &["code", "zh", "en", "side", "scope", "file", "items"]),
        sides: Field::ALL.iter().map(|f| (f.code(), f.label(lang))).collect(),
        scopes: Fit::ALL.iter().map(|f| (f.code(), f.label(lang))).collect(),
        draft,
        list,
        report,
    })
}

async fn list(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = PackDraftId::in_path(&id)?;
    visitor.actor().must_be(EDITORS)?;
    let (sent, file) = upload::form(form, LARGEST).await?;
    let done = match upload::wanted(file).and_then(|(_, bytes)| Ok((sent.read::<NewList>()?, bytes))) {
        Ok((new, bytes)) => app.act(&visitor.by, move |tx, by| take_over(tx, by, id, &new, &bytes)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok((draft, left)) => {
            let href = draft.table(&file_of(sent.value("code")));
            let report = left.iter().map(|l| l.out(visitor.lang)).collect();
            Ok(draw(&app, &visitor, id, (true, sent, Some((href, report)))).await?.into_response())
        }
        Err(error) => again(&app, &visitor, id, (true, sent), error).await,
    }
}

async fn picture(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = PackDraftId::in_path(&id)?;
    visitor.actor().must_be(EDITORS)?;
    let (sent, file) = upload::form(form, LARGEST).await?;
    let done = match upload::wanted(file) {
        Ok((name, bytes)) => {
            let text = |name: &str| sent.value(name).trim().to_owned();
            let new = NewPicture { file: name, items: text("items"), zh: text("zh"), en: text("en") };
            app.act(&visitor.by, move |tx, by| add_picture(tx, by, id, &new, &bytes)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(draft) => {
            Ok(flash::well(&draft.table("pictures.csv"), visitor.say("示意图已添加", "The picture has been added")))
        }
        Err(error) => again(&app, &visitor, id, (false, sent), error).await,
    }
}

async fn again(
    app: &App,
    visitor: &Visitor,
    id: PackDraftId,
    (list, sent): (bool, Sent),
    error: Error,
) -> Result<Response> {
    let status = error.status_code();
    Ok((status, draw(app, visitor, id, (list, sent.blame(error)?, None)).await?).into_response())
}
