//! Figures over HTTP: the JSON API and the board. No rule lives here.

use super::{Breakdown, Cell, Counted, Wanted, Wish, figures, records};
use crate::{
    kernel::{
        App, Page, Result,
        http::{Failures, Json, Params},
        list::{Listed, whole},
        page::html,
    },
    people::Visitor,
    record::Figure,
};
use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse},
    routing::get,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_figures)).routes(routes!(get_records)).route("/board", get(board))
}

/// The cells of a breakdown.
#[derive(Debug, Serialize, ToSchema)]
struct Cells {
    items: Vec<Cell>,
}

/// Which records are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The figure.
    figure: Figure,
    /// The value of the breakdown: an office's id, a product's code, a field; `-` for what has none.
    part: Option<String>,
    /// Where to go on: the `next` of the page before.
    after: Option<String>,
    /// Rows of a page, 1 to 1000; 200 when left out.
    #[serde(default, deserialize_with = "whole")]
    limit: Option<i64>,
}

/// Rows of a page of records when the reader does not say, and at the most.
const PAGE: i64 = 200;
const LONGEST: i64 = 1000;

/// The figures of a campaign: every cell is a count of recorded facts up to the cut-off.
#[utoipa::path(get, path = "/api/v1/figures", tag = "figures", params(Wanted),
    responses((status = 200, body = Cells), Failures))]
async fn get_figures(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
) -> Result<impl IntoResponse> {
    let items = app.db.read(move |tx| figures(tx, &visitor.by, &wanted, visitor.lang)).await?;
    Ok(Json(Cells { items }))
}

/// Exactly the records that one figure counts, a page at a time.
#[utoipa::path(get, path = "/api/v1/figures/records", tag = "figures", params(Wanted, Which),
    responses((status = 200, body = Listed<Counted>), Failures))]
async fn get_records(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
    Params(which): Params<Which>,
) -> Result<impl IntoResponse> {
    let limit = which.limit.unwrap_or(PAGE).clamp(1, LONGEST);
    let wish = Wish { figure: which.figure, part: which.part, after: which.after, limit: limit as usize };
    Ok(Json(app.db.read(move |tx| records(tx, &visitor.by, &wanted, &wish)).await?))
}

/// A row of the board: an office below and its figures.
struct Line {
    name: String,
    values: Vec<String>,
    closed: i64,
    found: i64,
}

impl Line {
    /// How many of a hundred that were found have been closed out, rounded down; a dash where nothing was found.
    fn rate(&self) -> String {
        if self.found == 0 { "–".to_owned() } else { format!("{}%", self.closed * 100 / self.found) }
    }
}

#[derive(Template)]
#[template(path = "reports/board.html")]
struct Board {
    p: Page,
    office: String,
    tiles: Vec<(Figure, i64)>,
    heads: Vec<&'static str>,
    lines: Vec<Line>,
}

/// What the board shows of every office.
const SHOWN: &[Figure] = &[
    Figure::Visits,
    Figure::Inspected,
    Figure::Found,
    Figure::Major,
    Figure::Open,
    Figure::Closed,
    Figure::Overdue,
    Figure::LookBacks,
    Figure::RepeatChecks,
    Figure::Reopened,
];

async fn board(State(app): State<App>, visitor: Visitor, Params(wanted): Params<Wanted>) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (whole, parts) = app
        .db
        .read(move |tx| {
            let whole = figures(tx, &by, &Wanted { by: None, ..wanted.clone() }, lang)?;
            let parts = figures(tx, &by, &Wanted { by: Some(Breakdown::Office), ..wanted }, lang)?;
            Ok((whole, parts))
        })
        .await?;
    let value = |cells: &[&Cell], figure: Figure| cells.iter().find(|c| c.figure == figure).map_or(0, |c| c.value);
    let all: Vec<&Cell> = whole.iter().collect();
    let mut below: BTreeMap<&str, Vec<&Cell>> = BTreeMap::new();
    for cell in &parts {
        below.entry(&cell.office_name).or_default().push(cell);
    }
    let line = |(name, cells): (&&str, &Vec<&Cell>)| Line {
        name: (*name).to_owned(),
        values: SHOWN.iter().map(|f| lang.count(value(cells, *f))).collect(),
        closed: value(cells, Figure::Closed),
        found: value(cells, Figure::Found),
    };
    html(&Board {
        p: visitor.page("board", visitor.say("行动进展", "Campaign board")),
        office: visitor.actor().office.label(lang).to_owned(),
        tiles: SHOWN.iter().map(|f| (*f, value(&all, *f))).collect(),
        heads: SHOWN.iter().map(|f| f.label(lang)).collect(),
        lines: below.iter().map(line).collect(),
    })
}
