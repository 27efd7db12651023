//! The search page. No rule lives here.

use crate::{
    enterprises,
    hazards::{self, Hazard},
    kernel::{App, Page, Result, http::Params, list::Ask, page::html},
    people::Visitor,
};
use askama::Template;
use axum::{extract::State, response::Html, routing::get};
use utoipa_axum::router::OpenApiRouter;

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(super::events::routes()).merge(super::inbox::routes()).route("/search", get(search))
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
