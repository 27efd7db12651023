//! The pages of offices. No rule lives here.

use super::{Act, New, Verb, act, administers, create, fits, web::Which};
use crate::{
    accounts::{Account, admin, store as accounts, web::once_more},
    kernel::{
        App, Error, Filled, Lang, OfficeId, Page, Result, Sent, flash,
        http::{Form, Params, Typed},
        links,
        list::Ask,
        page::html,
    },
    people::{Level, Office, Visitor, store},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/offices", get(index))
        .route("/offices/new", get(new).post(submit_new))
        .route("/offices/{id}", get(show).post(submit))
}

type Choices = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "accounts/offices/index.html")]
struct IndexPage {
    p: Page,
    sent: Sent,
    levels: Vec<(&'static str, &'static str)>,
    items: Vec<Office>,
    next: String,
    may_change: bool,
    new_office: String,
}

async fn index(
    State(app): State<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(which): Params<Which>,
    Typed(sent): Typed,
) -> Result<Response> {
    admin::may_look(visitor.actor())?;
    let (scope, own) = (visitor.by.scope(), visitor.actor().office.id);
    // Nothing asked: the own office and those right below it.
    let asked = !sent.value("q").is_empty() || which.level.is_some() || ask.after.is_some() || ask.sort.is_some();
    let ask = Ask { sort: ask.sort.or(Some("code".into())), ..ask };
    let (items, next) = app
        .db
        .read(move |tx| {
            if asked {
                let listed = store::offices(tx, scope, which.level, &ask)?;
                return Ok((listed.items, listed.next));
            }
            let mut items = vec![store::office(tx, own)?];
            items.extend(store::offices_below(tx, own)?);
            Ok((items, None))
        })
        .await?;
    let page = IndexPage {
        p: visitor.page("offices", visitor.say("机构", "Offices")),
        levels: Level::ALL.iter().map(|l| (l.code(), l.label(visitor.lang))).collect(),
        next: links::next("/offices", &sent, next.as_deref()),
        may_change: administers(visitor.actor()).is_ok(),
        sent,
        items,
        new_office: format!("/offices/new?parent={own}"),
    };
    Ok(html(&page)?.into_response())
}

#[derive(Template)]
#[template(path = "accounts/offices/show.html")]
struct ShowPage {
    p: Page,
    f: Filled,
    /// The verb that was sent and refused, if one was.
    refused: String,
    office: Office,
    trail: Choices,
    below: Vec<Office>,
    people: Vec<Account>,
    parents: Choices,
    events: Vec<(&'static str, Event)>,
    may_change: bool,
    new_office: String,
    new_account: String,
    /// Whether it may be moved and closed: not the own office, not the one at the top.
    may_move: bool,
}

const FIELDS: &[&str] = &["code", "name", "name_en", "region", "parent", "why"];

async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response> {
    admin::may_look(visitor.actor())?;
    draw(&app, &visitor, OfficeId::in_path(&id)?, Sent::default()).await
}

async fn draw(app: &App, visitor: &Visitor, id: OfficeId, sent: Sent) -> Result<Response> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (page, refused) = (visitor.page("offices", ""), sent.value("verb").to_owned());
    let shown = app
        .db
        .read(move |tx| {
            let office = store::office_within(tx, by.scope(), id)?;
            let name = |o: &Office| (o.id.to_string(), o.label(lang).to_owned());
            let mut trail = vec![("/offices".to_owned(), lang.say("机构", "Offices").to_owned())];
            for above in [office.province, office.city, office.county].into_iter().flatten().filter(|a| *a != id) {
                if let Ok(above) = store::office_within(tx, by.scope(), above) {
                    trail.push((format!("/offices/{}", above.id), above.label(lang).to_owned()));
                }
            }
            trail.push((String::new(), office.label(lang).to_owned()));
            let parents = store::offices_above(tx, by.scope(), office.level)?;
            let parents = parents.iter().filter(|o| Some(o.id) != office.parent).map(name).collect();
            let timeline = events::timeline(tx, &id.to_string())?;
            let sent = sent
                .or("code", &office.code)
                .or("name", &office.name)
                .or("name_en", &office.name_en)
                .or("region", &office.region);
            Ok(ShowPage {
                p: Page { title: office.label(lang).to_owned(), ..page },
                f: sent.filled(lang, FIELDS),
                refused,
                trail,
                below: store::offices_below(tx, id)?,
                people: accounts::of_office(tx, id)?
                    .into_iter()
                    .filter(|a| a.login != crate::accounts::LOGIN)
                    .collect(),
                parents,
                events: timeline.into_iter().map(|e| (did(&e, lang), e)).collect(),
                may_change: administers(&by.actor).is_ok(),
                new_office: format!("/offices/new?parent={id}"),
                new_account: format!("/accounts/new?office={id}"),
                may_move: office.parent.is_some() && office.id != by.actor.office.id,
                office,
            })
        })
        .await?;
    Ok(html(&shown)?.into_response())
}

fn did(event: &Event, lang: Lang) -> &'static str {
    // the word for documents belongs to `documents`, and is recorded in the life of its office
    let word = (event.verb == "document_word").then(|| lang.say("设定发文代字", "Set the word for documents"));
    word.or_else(|| Verb::from_code(&event.verb).map(|v| v.label(lang))).unwrap_or("–")
}

async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form,
) -> Result<Response> {
    let id = OfficeId::in_path(&id)?;
    let done = match sent.read::<Act>() {
        Ok(wanted) => app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(flash::well(&format!("/offices/{id}"), visitor.say("已办理。", "Done."))),
        Err(error) => Ok(once_more(draw(&app, &visitor, id, sent.blame(error)?).await?)),
    }
}

#[derive(Template)]
#[template(path = "accounts/offices/new.html")]
struct NewPage {
    p: Page,
    f: Filled,
    above: Office,
    up: String,
    levels: Vec<(&'static str, &'static str)>,
}

async fn new(State(app): State<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Response> {
    administers(visitor.actor())?;
    draw_new(&app, &visitor, sent).await
}

async fn draw_new(app: &App, visitor: &Visitor, sent: Sent) -> Result<Response> {
    let parent = OfficeId::in_path(sent.value("parent"))?;
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    let above = app.db.read(move |tx| store::office_within(tx, scope, parent)).await?;
    let page = NewPage {
        p: visitor.page("offices", visitor.say("设立机构", "New office")),
        levels: Level::ALL.iter().filter(|l| fits(**l, above.level)).map(|l| (l.code(), l.label(lang))).collect(),
        f: sent.or("region", &above.region).filled(lang, &["level", "code", "name", "name_en", "region"]),
        up: format!("/offices/{}", above.id),
        above,
    };
    Ok(html(&page)?.into_response())
}

async fn submit_new(State(app): State<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let id = OfficeId::new(visitor.by.at);
    let done: Result<Office, Error> = match sent.read::<New>() {
        Ok(wanted) => app.act(&visitor.by, move |tx, by| create(tx, by, id, &wanted)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(office) => Ok(flash::well(
            &format!("/offices/{}", office.id),
            visitor.say("机构已设立。", "The office has been created."),
        )),
        Err(error) => Ok(once_more(draw_new(&app, &visitor, sent.blame(error)?).await?)),
    }
}
