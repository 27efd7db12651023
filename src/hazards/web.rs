//! Hazards over HTTP: the JSON API and the pages. No rule lives here.

use super::{Act, Filter, Found, Hazard, State, Verb, act, forms, list, register, store, table};
use crate::{
    accounts, campaigns,
    documents::{self, Document},
    files::{self, Evidence},
    kernel::{
        App, HazardId, Lang, Page, Result, Sent,
        forms::ActForm,
        http::{Failures, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::{html, read_json},
        sheet,
    },
    people::{Role, Visitor, store as offices},
    record::{
        Event,
        refused::{self, What},
        store as events,
    },
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_hazards))
        .routes(routes!(get_hazard, put_hazard))
        .routes(routes!(post_act))
        .merge(super::draw_web::routes())
        .route("/hazards", get(index))
        .route("/hazards.csv", get(download))
        .route("/hazards.xlsx", get(download))
        .route("/hazards/{id}", get(show).post(submit).layer(DefaultBodyLimit::disable()))
}

/// The hazard ledger within the reader's scope.
#[utoipa::path(get, path = "/api/v1/hazards", tag = "hazards", params(Ask, Filter),
    responses((status = 200, body = Listed<Hazard>), Failures))]
async fn get_hazards(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let scope = visitor.by.scope();
    app.db.read(move |tx| list(tx, scope, &filter, &ask)).await.map(Json)
}

/// One hazard.
#[utoipa::path(get, path = "/api/v1/hazards/{id}", tag = "hazards", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Hazard), Failures))]
async fn get_hazard(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (HazardId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| store::get(tx, scope, id)).await.map(Json)
}

/// Put a hazard on the ledger. The same id with the same content answers as the first time; other content is refused.
#[utoipa::path(put, path = "/api/v1/hazards/{id}", tag = "hazards", params(("id" = uuid::Uuid, Path)), request_body = Found,
    responses((status = 200, body = Hazard), Failures))]
async fn put_hazard(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(content): Json<serde_json::Value>,
) -> Result<impl IntoResponse> {
    let id = HazardId::in_path(&id)?;
    let done = match read_json::<Found>(content.clone()) {
        Ok(found) => app.act(&visitor.by, move |tx, by| register(tx, by, &Found { id, ..found.clone() })).await,
        Err(error) => Err(error),
    };
    refused::or_keep(&app, &visitor.by, What::hazard(id), &content, done).await.map(Json)
}

/// Do something to a hazard: order it to be corrected, submit its rectification, verify, close out, look back …
#[utoipa::path(post, path = "/api/v1/hazards/{id}/acts", tag = "hazards", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Hazard), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = HazardId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

#[derive(Template)]
#[template(path = "hazards/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    items: Vec<Hazard>,
    next: String,
    states: Vec<(&'static str, &'static str)>,
    severities: Vec<(&'static str, &'static str)>,
    csv: String,
    xlsx: String,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let scope = visitor.by.scope();
    let listed = app.db.read(move |tx| list(tx, scope, &filter, &ask)).await?;
    let lang = visitor.lang;
    html(&Index {
        p: visitor.page("hazards", visitor.say("隐患台账", "Hazard ledger")),
        next: links::next("/hazards", &sent, listed.next.as_deref()),
        csv: links::same("/hazards.csv", &sent),
        xlsx: links::same("/hazards.xlsx", &sent),
        items: listed.items,
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        severities: campaigns::Severity::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        sent,
    })
}

#[derive(Template)]
#[template(path = "hazards/show.html")]
struct Show {
    p: Page,
    hazard: Hazard,
    product: String,
    problem: String,
    sanction: String,
    basis: String,
    certainty: String,
    reason: String,
    way: Vec<Step>,
    acts: Vec<ActForm>,
    sent: Sent,
    evidence: Vec<Evidence>,
    withdrawn: Vec<Evidence>,
    documents: Vec<Document>,
    events: Vec<(String, Event)>,
    names: Names,
}

/// A station of the life cycle, as it is drawn.
struct Step {
    label: &'static str,
    done: bool,
    now: bool,
}

/// Names of the people that a hazard mentions by account.
struct Names {
    handler: String,
    verified_by: String,
    closed_by: String,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, HazardId::in_path(&id)?, Sent::default()).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = HazardId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/hazards/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: HazardId, sent: Sent) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let page = visitor.page("hazards", "");
    let show = app
        .db
        .read(move |tx| {
            let hazard = store::get(tx, by.scope(), id)?;
            let (_, pack) = campaigns::of(tx, hazard.campaign)?;
            let thing = id.to_string();
            let evidence = files::linked_to(tx, &thing)?;
            let choice = |e: &Evidence| (e.sha256.to_string(), format!("{} · {}", e.name(lang), e.meta(lang)));
            let around = forms::Around {
                evidence: evidence.iter().map(choice).collect(),
                colleagues: accounts::colleagues(tx, &hazard.place(), Role::Inspector)?,
                offices: offices::neighbours(tx, by.scope(), lang)?,
            };
            let mut name = |account| accounts::name_of(tx, account);
            let names = Names {
                handler: name(Some(hazard.handler))?,
                verified_by: name(hazard.verified_by)?,
                closed_by: name(hazard.closed_by)?,
            };
            let problem = pack.problem(&hazard.problem);
            Ok(Show {
                p: Page { title: hazard.number.clone(), ..page },
                product: pack.product_label(&hazard.product, lang),
                problem: problem.map_or_else(|| hazard.problem.clone(), |p| format!("{} {}", p.code, p.label(lang))),
                sanction: problem.map_or_else(String::new, |p| lang.say(&p.sanction_zh, &p.sanction_en).to_owned()),
                basis: problem.map_or_else(String::new, |p| pack.cite(&p.source, lang)),
                certainty: problem.map_or_else(String::new, |p| p.certainty.code().to_owned()),
                reason: hazard
                    .reason
                    .as_deref()
                    .and_then(|r| pack.closing_reason(r))
                    .map_or_else(String::new, |r| r.label(lang).to_owned()),
                way: way(&hazard, lang),
                acts: forms::of(&hazard, &by.actor, &pack, &around, lang),
                withdrawn: files::withdrawn_from(tx, &thing)?,
                evidence,
                documents: documents::of_thing(tx, by.scope(), &thing)?,
                events: events::timeline(tx, &thing)?.into_iter().map(|e| (did(&e, lang), e)).collect(),
                names,
                hazard,
                sent,
            })
        })
        .await?;
    html(&show)
}

/// The ordinary way with the present station; a hazard off the way shows its state at the end.
fn way(hazard: &Hazard, lang: Lang) -> Vec<Step> {
    let at = State::WAY.iter().position(|s| *s == hazard.state);
    let here = at.unwrap_or(match hazard.state {
        State::LookingBack | State::RepeatChecking => State::WAY.len() - 1,
        _ => 0,
    });
    let step = |(i, state): (usize, &State)| Step { label: state.label(lang), done: i < here, now: Some(i) == at };
    let mut way: Vec<Step> = State::WAY.iter().enumerate().map(step).collect();
    if at.is_none() {
        let now = Step { label: hazard.state.label(lang), done: false, now: true };
        match hazard.state {
            State::LookingBack => way.insert(here, now),
            // it has passed the look-back before
            State::RepeatChecking => {
                if let Some(passed) = way.last_mut() {
                    passed.done = true;
                }
                way.push(now);
            }
            _ => way.insert(0, now),
        }
    }
    way
}

/// The list as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    sheet::download(&uri, "hazards", &app.db.read(move |tx| table(tx, scope, &filter, &ask, lang)).await?)
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("登记隐患", "Registered")).to_owned()
}
