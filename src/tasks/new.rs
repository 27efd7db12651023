//! The page on which a task is handed out that is no visit. No rule lives here.

use super::{HEADS, New, Task, make, pages::owners_near};
use crate::{
    campaigns,
    kernel::{
        App, Page, Result, Sent, TaskId, flash,
        http::{Form, Typed},
        page::html,
    },
    people::{Visitor, store as offices},
};
use askama::Template;
use axum::{
    extract::State as From,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/tasks/new", get(new).post(submit))
}

/// Fields that show what was wrong with them; anything else is said above the form.
const FIELDS: &[&str] = &["campaign", "title", "what", "office", "owner", "due"];

#[derive(Template)]
#[template(path = "tasks/new.html")]
struct Asked {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    campaigns: Vec<(String, String)>,
    offices: Vec<(String, String)>,
    owners: Vec<(String, String)>,
}

async fn new(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    visitor.actor().must_be(HEADS)?;
    draw(&app, &visitor, sent).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    match made(&app, &visitor, &sent).await {
        Ok(task) => Ok(flash::well(&task.href(), visitor.say("任务已下达", "The task is handed out"))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn made(app: &App, visitor: &Visitor, sent: &Sent) -> Result<Task> {
    let id = TaskId::parse(sent.value("id"))?;
    let wanted: New = sent.read()?;
    app.act(&visitor.by, move |tx, by| make(tx, by, id, &wanted)).await
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", visitor.say("下达任务", "New task")));
    let page = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let campaigns = campaigns::current(tx, &by.actor.office.place(), by.at.date())?;
        let sent = sent
            .or("id", TaskId::new(by.at).to_string())
            .or("campaign", campaigns.first().map(|c| c.id.to_string()).unwrap_or_default());
        Ok(Asked {
            p: page,
            errors: Some(sent.wrong_otherwise(FIELDS, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
            campaigns: campaigns.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect(),
            offices: offices::choices(tx, by.scope(), lang)?,
            owners: owners_near(tx, by)?,
            sent,
        })
    });
    html(&page.await?)
}
