//! The pages of accounts. No rule lives here.

use super::{Act, Done, Filter, New, Standing, account_within, may_look};
use crate::{
    accounts::{Account, Door, Profile, store, verbs::Verb, web::once_more},
    kernel::{
        AccountId, App, Error, Filled, Lang, OfficeId, Page, Result, Sent, flash,
        http::{Form, Params, Typed},
        links,
        list::Ask,
        page::html,
    },
    people::{self, Office, Role, Visitor},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/accounts", get(index))
        .route("/accounts/new", get(new).post(submit_new))
        .route("/accounts/{id}", get(show).post(submit))
}

type Choices = Vec<(&'static str, &'static str)>;

/// The roles that can be chosen here.
fn roles(lang: Lang) -> Choices {
    let open = Role::ALL.iter().filter(|r| !matches!(r, Role::System | Role::Enterprise));
    open.map(|r| (r.code(), r.label(lang))).collect()
}

#[derive(Template)]
#[template(path = "accounts/admin/index.html")]
struct IndexPage {
    p: Page,
    sent: Sent,
    roles: Choices,
    states: Choices,
    items: Vec<Account>,
    next: String,
}

async fn index(
    State(app): State<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Response> {
    may_look(visitor.actor())?;
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    let ask = Ask { sort: ask.sort.or(Some("login".into())), ..ask };
    let listed = app.db.read(move |tx| store::list(tx, scope, &filter, &ask)).await?;
    let page = IndexPage {
        p: visitor.page("offices", visitor.say("账号", "Accounts")),
        roles: Role::ALL.iter().filter(|r| **r != Role::System).map(|r| (r.code(), r.label(lang))).collect(),
        states: Standing::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        next: links::next("/accounts", &sent, listed.next.as_deref()),
        items: listed.items,
        sent,
    };
    Ok(html(&page)?.into_response())
}

#[derive(Template)]
#[template(path = "accounts/admin/show.html")]
struct ShowPage {
    p: Page,
    f: Filled,
    /// The verb that was sent and refused, if one was.
    refused: String,
    a: Profile,
    office: Office,
    /// The page of the office.
    up: String,
    has: Vec<Role>,
    roles: Choices,
    offices: Vec<(String, String)>,
    events: Vec<(&'static str, Event)>,
    /// A first password, shown this once.
    password: String,
    may_change: bool,
    own: bool,
}

impl ShowPage {
    fn has_role(&self, code: &str) -> bool {
        self.has.iter().any(|r| r.code() == code)
    }
}

const FIELDS: &[&str] = &["name", "badge", "roles", "office", "external", "why"];

async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response> {
    draw(&app, &visitor, AccountId::in_path(&id)?, Sent::default(), None).await
}

async fn draw(app: &App, visitor: &Visitor, id: AccountId, sent: Sent, password: Option<String>) -> Result<Response> {
    may_look(visitor.actor())?;
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (page, refused) = (visitor.page("offices", ""), sent.value("verb").to_owned());
    let shown = app
        .db
        .read(move |tx| {
            let account = account_within(tx, by.scope(), id)?;
            let timeline = events::timeline(tx, &id.to_string())?;
            let sent = sent
                .or("name", &account.name)
                .or("badge", account.badge.clone().unwrap_or_default())
                .or("external", account.external.clone().unwrap_or_default());
            Ok(ShowPage {
                p: Page { title: account.name.clone(), ..page },
                f: sent.filled(lang, FIELDS),
                refused,
                office: people::store::office(tx, account.office)?,
                up: format!("/offices/{}", account.office),
                has: account.roles(),
                roles: roles(lang),
                offices: people::store::choices(tx, by.scope(), lang)?,
                events: timeline.into_iter().map(|e| (did(&e, lang), e)).collect(),
                password: password.unwrap_or_default(),
                may_change: by.actor.is(Role::Administrator),
                own: account.id == by.actor.account,
                a: Profile::of(account, by.at),
            })
        })
        .await?;
    Ok(html(&shown)?.into_response())
}

fn did(event: &Event, lang: Lang) -> &'static str {
    Verb::from_code(&event.verb).map_or("–", |v| v.label(lang))
}

async fn submit(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form,
) -> Result<Response> {
    let id = AccountId::in_path(&id)?;
    let done = match sent.read::<Act>() {
        Ok(wanted) => super::act(&app, &door, &visitor.by, id, wanted).await,
        Err(error) => Err(error),
    };
    match done {
        // Shown in the answer itself: a first password is in no address and in no cookie.
        Ok(Done { password: Some(password), .. }) => draw(&app, &visitor, id, Sent::default(), Some(password)).await,
        Ok(_) => Ok(flash::well(&format!("/accounts/{id}"), visitor.say("已办理。", "Done."))),
        Err(error) => Ok(once_more(draw(&app, &visitor, id, sent.blame(error)?, None).await?)),
    }
}

#[derive(Template)]
#[template(path = "accounts/admin/new.html")]
struct NewPage {
    p: Page,
    f: Filled,
    office: Office,
    up: String,
    roles: Choices,
}

async fn new(State(app): State<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Response> {
    visitor.actor().must_be(super::ADMINISTRATORS)?;
    draw_new(&app, &visitor, sent).await
}

async fn draw_new(app: &App, visitor: &Visitor, sent: Sent) -> Result<Response> {
    let id = OfficeId::in_path(sent.value("office"))?;
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    let office = app.db.read(move |tx| people::store::office_within(tx, scope, id)).await?;
    let page = NewPage {
        p: visitor.page("offices", visitor.say("开通账号", "New account")),
        f: sent.filled(lang, &["login", "name", "roles", "badge", "external"]),
        roles: roles(lang),
        up: format!("/offices/{}", office.id),
        office,
    };
    Ok(html(&page)?.into_response())
}

async fn submit_new(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    visitor: Visitor,
    Form(sent): Form,
) -> Result<Response> {
    let id = AccountId::new(visitor.by.at);
    let done: Result<Done, Error> = match sent.read::<New>() {
        Ok(wanted) => super::create(&app, &door, &visitor.by, id, wanted).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(done) => draw(&app, &visitor, id, Sent::default(), done.password).await,
        Err(error) => Ok(once_more(draw_new(&app, &visitor, sent.blame(error)?).await?)),
    }
}
