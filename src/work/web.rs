//! The first page and the search page. No rule lives here.

use super::{Group, waiting};
use crate::{
    enterprises,
    hazards::{self, Hazard},
    kernel::{App, Page, Result, http::Params, list::Ask, page::html},
    people::{Role, Visitor},
    record::Figure,
    reports::{self, Wanted},
};
use askama::Template;
use axum::{extract::State, response::Html, routing::get};
use utoipa_axum::router::OpenApiRouter;

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(super::events::routes()).route("/", get(home)).route("/search", get(search))
}

#[derive(Template)]
#[template(path = "work/home.html")]
struct Home {
    p: Page,
    greeting: String,
    groups: Vec<Group>,
    tiles: Vec<(Figure, i64)>,
    role: Role,
}

/// What the tiles of the first page show.
const TILES: &[Figure] = &[Figure::Inspected, Figure::Found, Figure::Open, Figure::Overdue, Figure::Closed];

async fn home(State(app): State<App>, visitor: Visitor) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let office = !visitor.actor().is(Role::Enterprise);
    let (groups, tiles) = app
        .db
        .read(move |tx| {
            let groups = waiting(tx, &by, lang)?;
            let cells = if office { reports::figures(tx, &by, &Wanted::default(), lang)? } else { Vec::new() };
            let value = |f: Figure| cells.iter().find(|c| c.figure == f).map_or(0, |c| c.value);
            let tiles = if office { TILES.iter().map(|f| (*f, value(*f))).collect() } else { Vec::new() };
            Ok((groups, tiles))
        })
        .await?;
    let actor = visitor.actor();
    let greeting = format!("{} · {}", actor.name, actor.titles(lang));
    let role = actor.roles.first().copied().unwrap_or(Role::Auditor);
    html(&Home { p: visitor.page("work", visitor.say("我的工作", "My work")), greeting, groups, tiles, role })
}

/// What was found.
struct Found {
    enterprises: Vec<enterprises::Enterprise>,
    hazards: Vec<Hazard>,
}

#[derive(Template)]
#[template(path = "work/search.html")]
struct SearchPage {
    p: Page,
    q: String,
    found: Found,
}

async fn search(State(app): State<App>, visitor: Visitor, Params(ask): Params<Ask>) -> Result<Html<String>> {
    let q = ask.q.clone().unwrap_or_default();
    let scope = visitor.by.scope();
    let ask = Ask { limit: Some(30), sort: None, after: None, ..ask };
    let empty = q.trim().is_empty();
    let found = app
        .db
        .read(move |tx| {
            if empty {
                return Ok(Found { enterprises: Vec::new(), hazards: Vec::new() });
            }
            let enterprises = enterprises::list(tx, scope, &enterprises::Filter::default(), &ask)?.items;
            let hazards = hazards::list(tx, scope, &hazards::Filter::default(), &ask)?.items;
            Ok(Found { enterprises, hazards })
        })
        .await?;
    let p = Page { search: q.clone(), ..visitor.page("search", visitor.say("搜索", "Search")) };
    html(&SearchPage { p, q, found })
}
