//! The ladder over HTTP: the JSON API and the pages. No rule lives here.

use super::{
    Act, Filter, New, READERS, Reminder, Rung, State, Verb, act, forms, get,
    matters::{Matter, matters},
    new, propose, store, usual_due,
};
use crate::{
    accounts,
    documents::{self, Document},
    files,
    kernel::{
        App, Lang, Page, ReminderId, Result, Sent,
        forms::ActForm,
        http::{Failures, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::html,
    },
    people::{Visitor, store as offices},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get as page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Things that a page lists.
const MOST: usize = 50;

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_reminders))
        .routes(routes!(get_reminder, put_reminder))
        .routes(routes!(post_act))
        .route("/reminders", page(index))
        .merge(new::routes())
        .route("/reminders/{id}", page(show).post(submit).layer(DefaultBodyLimit::disable()))
}

/// The steps of the ladder over lower offices within the reader's scope: proposals, reminders, talks, circulars.
#[utoipa::path(get, path = "/api/v1/reminders", tag = "reminders", params(Ask, Filter),
    responses((status = 200, body = Listed<Reminder>), Failures))]
async fn get_reminders(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    visitor.actor().must_be(READERS)?;
    let scope = visitor.by.scope();
    app.db.read(move |tx| store::list(tx, scope, &filter, &ask)).await.map(Json)
}

/// One step of the ladder.
#[utoipa::path(get, path = "/api/v1/reminders/{id}", tag = "reminders", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Reminder), Failures))]
async fn get_reminder(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = ReminderId::in_path(&id)?;
    app.db.read(move |tx| get(tx, &visitor.by, id)).await.map(Json)
}

/// Propose the next step to an office just below on a ground of the pack, without waiting for the daily look.
#[utoipa::path(put, path = "/api/v1/reminders/{id}", tag = "reminders", params(("id" = uuid::Uuid, Path)),
    request_body = New, responses((status = 200, body = Reminder), Failures))]
async fn put_reminder(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<impl IntoResponse> {
    let id = ReminderId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| propose(tx, by, id, &new)).await.map(Json)
}

/// Issue a proposed step or dismiss it, answer it, accept the answer or not.
#[utoipa::path(post, path = "/api/v1/reminders/{id}/acts", tag = "reminders", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Reminder), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = ReminderId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

#[derive(Template)]
#[template(path = "supervision/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    /// Each with the name of the office it is addressed to.
    items: Vec<(String, Reminder)>,
    next: String,
    states: Vec<(&'static str, &'static str)>,
    rungs: Vec<(&'static str, &'static str)>,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    visitor.actor().must_be(READERS)?;
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    let (items, next) = app
        .db
        .read(move |tx| {
            let listed = store::list(tx, scope, &filter, &ask)?;
            let mut items = Vec::new();
            for reminder in listed.items {
                items.push((offices::office(tx, reminder.office)?.label(lang).to_owned(), reminder));
            }
            Ok((items, listed.next))
        })
        .await?;
    html(&Index {
        p: visitor.page("reminders", visitor.say("督促提醒、约谈、通报", "Reminders, talks, circulars")),
        next: links::next("/reminders", &sent, next.as_deref()),
        items,
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        rungs: Rung::ALL.iter().map(|r| (r.code(), r.label(lang))).collect(),
        sent,
    })
}

#[derive(Template)]
#[template(path = "supervision/show.html")]
struct Show {
    p: Page,
    r: Reminder,
    office: String,
    above: String,
    /// The figure behind it, as records.
    figure: String,
    items: Vec<Matter>,
    way: Vec<Step>,
    rungs: Vec<Step>,
    acts: Vec<ActForm>,
    sent: Sent,
    documents: Vec<Document>,
    events: Vec<(String, Event)>,
    names: Names,
}

/// A station of the life cycle, or a rung of the ladder, as it is drawn.
struct Step {
    label: &'static str,
    done: bool,
    now: bool,
}

/// Names of the people that a step mentions by account.
struct Names {
    issuer: String,
    answerer: String,
    decider: String,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, ReminderId::in_path(&id)?, Sent::default()).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = ReminderId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/reminders/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: ReminderId, sent: Sent) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let page = visitor.page("reminders", "");
    let show = app.db.read(move |tx| {
        let r = get(tx, &by, id)?;
        let thing = id.to_string();
        let mut name = |account| accounts::name_of(tx, account);
        let names = Names { issuer: name(r.issued_by)?, answerer: name(r.answered_by)?, decider: name(r.decided_by)? };
        Ok(Show {
            p: Page { title: format!("{} · {}", r.rung.label(lang), r.ground(lang)), ..page },
            office: offices::office(tx, r.office)?.label(lang).to_owned(),
            above: offices::office(tx, r.above)?.label(lang).to_owned(),
            figure: format!("/board?campaign={}&office={}", r.campaign, r.office),
            items: matters(tx, &r, MOST, lang)?,
            way: way(r.state, lang),
            rungs: rungs(&r, lang),
            acts: forms::of(&r, &by.actor, usual_due(tx, &by, &r)?, lang),
            documents: documents::of_thing(tx, by.scope(), &thing)?,
            events: events::timeline(tx, &thing)?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            names,
            r,
            sent,
        })
    });
    html(&show.await?)
}

/// The ordinary way with the present station; a step off the way shows its state behind where it left.
fn way(state: State, lang: Lang) -> Vec<Step> {
    let left = match state {
        State::Dismissed | State::Vanished => 1,
        State::Unanswered | State::Lifted => 2,
        State::Rejected | State::Climbed => 3,
        _ => State::WAY.iter().position(|s| *s == state).unwrap_or(0),
    };
    let on = State::WAY.contains(&state);
    let step = |(i, s): (usize, &State)| Step { label: s.label(lang), done: i < left, now: on && i == left };
    let mut way: Vec<Step> = State::WAY.iter().enumerate().map(step).collect();
    if !on {
        way.truncate(left);
        way.push(Step { label: state.label(lang), done: false, now: true });
    }
    way
}

fn rungs(reminder: &Reminder, lang: Lang) -> Vec<Step> {
    let step = |r: &Rung| Step { label: r.label(lang), done: *r < reminder.rung, now: *r == reminder.rung };
    Rung::ALL.iter().map(step).collect()
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    Verb::from_code(&event.verb).map_or(event.verb.as_str(), |v| v.label(lang)).to_owned()
}
