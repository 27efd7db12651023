//! Draws of look-backs and repeat checks over HTTP. No rule lives here.

use super::draw::{DRAWERS, DrawKind, LookBack, NewDraw, draw, draws};
use crate::{
    campaigns,
    kernel::{
        App, LookBackId, Page, Result, Sent, flash,
        http::{Failures, Form, Json, Params},
        list::{Ask, Listed},
        page::html,
    },
    people::Visitor,
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and the page of draws.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_draws))
        .routes(routes!(put_draw))
        .route("/look-backs", get(show).post(submit))
}

/// The draws of look-backs and repeat checks within the reader's scope: seed, frozen list, hash, what was drawn.
#[utoipa::path(get, path = "/api/v1/look_backs", tag = "hazards", params(Ask),
    responses((status = 200, body = Listed<LookBack>), Failures))]
async fn get_draws(From(app): From<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| draws(tx, scope, &ask)).await.map(Json)
}

/// Draw look-backs among the closed hazards of the actor's office and all below it, or repeat checks among those that
/// passed a look-back. The same id again answers as the
/// first time.
#[utoipa::path(put, path = "/api/v1/look_backs/{id}", tag = "hazards", params(("id" = uuid::Uuid, Path)), request_body = NewDraw,
    responses((status = 200, body = LookBack), Failures))]
async fn put_draw(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<NewDraw>,
) -> Result<impl IntoResponse> {
    let id = LookBackId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| draw(tx, by, id, &new)).await.map(Json)
}

#[derive(Template)]
#[template(path = "hazards/draws.html")]
struct Draws {
    p: Page,
    sent: Sent,
    items: Vec<LookBack>,
    kinds: Vec<(&'static str, &'static str)>,
    campaigns: Vec<(String, String)>,
    id: LookBackId,
    may: bool,
}

async fn show(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    page(&app, &visitor, Sent::default()).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let wanted = LookBackId::parse(sent.value("id")).and_then(|id| Ok((id, sent.read::<NewDraw>()?)));
    let done = match wanted {
        Ok((id, new)) => app.act(&visitor.by, move |tx, by| draw(tx, by, id, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(drawn) => {
            let many = drawn.ids().len();
            let (zh, en) = match drawn.kind {
                DrawKind::LookBack => ("已抽取回头看：{n} 项", "Drawn for look-back: {n}"),
                DrawKind::RepeatCheck => ("已抽取反复查：{n} 项", "Drawn for a repeat check: {n}"),
            };
            let text = visitor.say(zh, en).replace("{n}", &many.to_string());
            Ok(flash::well("/look-backs", &text))
        }
        Err(error) => {
            let status = error.status_code();
            let page = page(&app, &visitor, sent.blame(error)?).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn page(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (draws, campaigns) = app
        .db
        .read(move |tx| {
            let place = by.actor.office.place();
            let current = campaigns::current(tx, &place, by.at.date())?;
            Ok((draws(tx, by.scope(), &Ask::default())?.items, current))
        })
        .await?;
    html(&Draws {
        p: visitor.page("look_backs", visitor.say("回头看、反复查抽取", "Draws of look-backs and repeat checks")),
        items: draws,
        kinds: DrawKind::ALL.iter().map(|k| (k.code(), k.label(lang))).collect(),
        campaigns: campaigns.iter().map(|c| (c.id.to_string(), lang.say(&c.zh, &c.en).to_owned())).collect(),
        id: LookBackId::new(visitor.by.at),
        may: visitor.actor().must_be(DRAWERS).is_ok(),
        sent,
    })
}
