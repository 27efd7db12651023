//! Signs over HTTP: the JSON API and the pages. No rule lives here.

use super::{Act, Filter, Kind, READERS, Sign, State, Verb, act, get, store};
use crate::{
    accounts, files,
    kernel::{
        App, Lang, Page, Result, Sent, SignId,
        forms::{ActForm, Field, Input},
        http::{Failures, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::html,
    },
    people::Visitor,
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get as page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_signs))
        .routes(routes!(get_sign))
        .routes(routes!(post_act))
        .route("/signs", page(index))
        .route("/signs/{id}", page(show).post(press).layer(DefaultBodyLimit::disable()))
}

/// Signs within the reader's scope that visits were not made as recorded, for those who supervise. None is a proof.
#[utoipa::path(get, path = "/api/v1/signs", tag = "inspections", params(Ask, Filter),
    responses((status = 200, body = Listed<Sign>), Failures))]
async fn get_signs(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    listed(&app, &visitor, ask, filter).await.map(Json)
}

async fn listed(app: &App, visitor: &Visitor, ask: Ask, filter: Filter) -> Result<Listed<Sign>> {
    visitor.actor().must_be(READERS)?;
    let scope = visitor.by.scope();
    app.db.read(move |tx| store::list(tx, scope, &filter, &ask)).await
}

/// One sign.
#[utoipa::path(get, path = "/api/v1/signs/{id}", tag = "inspections", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Sign), Failures))]
async fn get_sign(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let id = SignId::in_path(&id)?;
    app.db.read(move |tx| get(tx, &visitor.by, id)).await.map(Json)
}

/// Say what a look at a sign has brought: it is explained, or to be pursued.
#[utoipa::path(post, path = "/api/v1/signs/{id}/acts", tag = "inspections", params(("id" = uuid::Uuid, Path)),
    request_body = Act, responses((status = 200, body = Sign), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = SignId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(Json)
}

#[derive(Template)]
#[template(path = "inspections/signs/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    items: Vec<Sign>,
    next: String,
    states: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let found = listed(&app, &visitor, ask, filter).await?;
    let lang = visitor.lang;
    html(&Index {
        p: visitor.page("signs", visitor.say("存疑检查提示", "Signs on visits")),
        next: links::next("/signs", &sent, found.next.as_deref()),
        items: found.items,
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        kinds: Kind::ALL.iter().map(|k| (k.code(), k.label(lang))).collect(),
        sent,
    })
}

#[derive(Template)]
#[template(path = "inspections/signs/show.html")]
struct Show {
    p: Page,
    sign: Sign,
    decided_by: String,
    acts: Vec<ActForm>,
    events: Vec<(String, Event)>,
    sent: Sent,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, SignId::in_path(&id)?, Sent::default()).await
}

async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = SignId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/signs/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: SignId, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("signs", ""));
    let show = app.db.read(move |tx| {
        let lang = visitor.lang;
        let sign = get(tx, &visitor.by, id)?;
        Ok(Show {
            p: Page { title: sign.kind.label(lang).to_owned(), ..page },
            decided_by: accounts::name_of(tx, sign.decided_by)?,
            acts: sign.open_to(visitor.actor()).into_iter().map(|verb| form(verb, lang)).collect(),
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            sign,
            sent,
        })
    });
    html(&show.await?)
}

fn form(verb: Verb, lang: Lang) -> ActForm {
    let hint =
        lang.say("写明核查方式和结果，如调取轨迹、询问当事人、回访企业", "How it was looked into and what came out");
    ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: "",
        open: false,
        fields: vec![Field::new("why", lang.say("核查情况", "What was found"), Input::Lines).hint(hint)],
    }
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("系统提示", "Found by the system")).to_owned()
}
