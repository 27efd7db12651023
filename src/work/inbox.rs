//! The inbox over HTTP: the first page of everybody, its list of notices, and the same as JSON. No rule lives here.

use super::{Inbox, Section, Told, address, inbox};
use crate::{
    kernel::{
        App, NoticeId, Page, Result, flash,
        http::{Failures, Form, Json, Params, Typed},
        links,
        list::Ask,
        page::html,
    },
    notices::{self, Act, Filter},
    people::{Role, Visitor},
    record::Figure,
    reports::{self, Wanted},
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_inbox))
        .route("/", get(home))
        // the address that mails and habits know
        .route("/inbox", get(|| async { Redirect::to("/") }))
        .route("/notices", get(told))
        .route("/notices/{id}", get(open).post(press))
}

/// What asks for one's attention: what is to be done, approved, answered and read, the overdue first.
#[utoipa::path(get, path = "/api/v1/inbox", tag = "inbox", responses((status = 200, body = Inbox), Failures))]
async fn get_inbox(From(app): From<App>, visitor: Visitor) -> Result<impl IntoResponse> {
    app.db.read(move |tx| inbox(tx, &visitor.by, visitor.lang)).await.map(Json)
}

#[derive(Template)]
#[template(path = "work/home.html")]
struct Home {
    p: Page,
    greeting: String,
    inbox: Inbox,
    /// The sections that have something: address, name, how many, whether it is the one.
    sections: Vec<(String, &'static str, String, bool)>,
    tiles: Vec<(Figure, i64)>,
    role: Role,
}

/// What the tiles of the first page show.
const TILES: &[Figure] = &[Figure::Inspected, Figure::Found, Figure::Open, Figure::Overdue, Figure::Closed];

async fn home(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let office = !visitor.actor().is(Role::Enterprise);
    let (inbox, tiles) = app
        .db
        .read(move |tx| {
            let inbox = inbox(tx, &by, lang)?;
            let cells = if office { reports::figures(tx, &by, &Wanted::default(), lang)? } else { Vec::new() };
            let value = |f: Figure| cells.iter().find(|c| c.figure == f).map_or(0, |c| c.value);
            let tiles = if office { TILES.iter().map(|f| (*f, value(*f))).collect() } else { Vec::new() };
            Ok((inbox, tiles))
        })
        .await?;
    let actor = visitor.actor();
    let greeting = format!("{} · {}", actor.name, actor.titles(lang));
    let role = actor.roles.first().copied().unwrap_or(Role::Auditor);
    let p = visitor.page("work", visitor.say("我的工作", "My work"));
    html(&Home { p, greeting, sections: sections(&inbox, &visitor), inbox, tiles, role })
}

/// The way to each section, where there are several.
fn sections(inbox: &Inbox, visitor: &Visitor) -> Vec<(String, &'static str, String, bool)> {
    let many = |section: Section| {
        if section == Section::Read {
            return (inbox.notices.len(), false);
        }
        let groups = || inbox.groups.iter().filter(move |g| g.section == section);
        (groups().map(|g| g.jobs.len()).sum(), groups().any(|g| g.more))
    };
    let tab = |section: &Section| {
        let (many, more) = many(*section);
        let count = format!("{many}{}", if more { "+" } else { "" });
        (many > 0).then(|| (format!("#{section}"), section.label(visitor.lang), count, false))
    };
    let tabs: Vec<_> = Section::ALL.iter().filter_map(tab).collect();
    if tabs.len() > 1 { tabs } else { Vec::new() }
}

#[derive(Template)]
#[template(path = "work/notices.html")]
struct Notices {
    p: Page,
    items: Vec<Told>,
    next: String,
}

/// Everything one was told, read or not.
async fn told(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (account, lang) = (visitor.actor().account, visitor.lang);
    let listed = app.db.read(move |tx| notices::list(tx, account, &filter, &ask)).await?;
    html(&Notices {
        p: visitor.page("work", visitor.say("全部通知", "All notices")),
        next: links::next("/notices", &sent, listed.next.as_deref()),
        items: listed.items.into_iter().map(|n| Told::of(n, lang)).collect(),
    })
}

/// Opens what a notice is about; it has been read then.
async fn open(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Redirect> {
    let id = NoticeId::in_path(&id)?;
    let notice = app.act(&visitor.by, move |tx, by| notices::act(tx, by, id, &Act::Read)).await?;
    let to = address(notice.kind, &notice.thing, visitor.actor());
    Ok(Redirect::to(if to.is_empty() { "/notices" } else { &to }))
}

/// Marks as read without opening: this one, or it and all before it.
async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Form(sent): Form) -> Result<Response> {
    let id = NoticeId::in_path(&id)?;
    let wanted: Act = sent.read()?;
    app.act(&visitor.by, move |tx, by| notices::act(tx, by, id, &wanted)).await?;
    Ok(flash::well("/", visitor.say("已标为已读。", "Marked as read.")))
}
