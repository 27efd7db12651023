//! The board and the records behind its numbers, as pages. No rule lives here.

use super::{COLUMNS, HIGH, Line, Numbers, View, WIDE, gather, live, percent, sort};
use crate::{
    campaigns,
    kernel::{
        App, Lang, OfficeId, Page, Result,
        db::Tx,
        http::{Params, Typed},
        links,
        list::{Ask, whole},
        page::{Sent, html},
    },
    people::{By, Visitor, store as offices},
    record::Figure,
    reports::{Counted, Wanted, Wish, records},
};
use askama::Template;
use axum::{extract::State, response::Html, routing::get};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and pages of the board.
pub(in crate::reports) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(live::get_live))
        .route("/board", get(board))
        .route("/board/records", get(counted))
}

/// The address of an office's board, under the same conditions.
pub(super) fn address(office: Option<OfficeId>, wanted: &Wanted) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let ids = [("office", office.map(|id| id.to_string())), ("campaign", wanted.campaign.map(|id| id.to_string()))];
    for (name, value) in ids.into_iter().chain([("as_of", wanted.as_of.clone())]) {
        query.extend_pairs(value.filter(|v| !v.is_empty()).map(|value| (name, value)));
    }
    let query = query.finish();
    if query.is_empty() { "/board".to_owned() } else { format!("/board?{query}") }
}

#[derive(Template)]
#[template(path = "reports/board/board.html")]
struct Board {
    p: Page,
    view: View,
    sent: Sent,
    trail: Vec<(String, String)>,
    campaigns: Vec<(String, String)>,
    /// Whether it shows what is, not what was: then it follows what happens.
    live: bool,
}

impl Board {
    /// The numbers at the top.
    fn tiles(&self) -> Vec<Number> {
        let (lang, now) = (self.p.lang, &self.view.now);
        let plain = |figure: Figure, kind| Number { kind, ..Number::of(now, figure, lang) };
        let share = |value: Option<i64>, label: &str, figure| Number {
            text: percent(value),
            label: label.to_owned(),
            href: now.href(figure),
            kind: "green",
            unit: "",
        };
        let mut tiles = vec![
            plain(Figure::Visits, ""),
            plain(Figure::Inspected, ""),
            plain(Figure::Found, ""),
            plain(Figure::Open, ""),
            plain(Figure::OpenMajor, "red"),
            plain(Figure::Overdue, "red"),
            share(now.closing_rate(), lang.say("销号率", "Closing rate"), Figure::Closed),
            share(now.pass_rate(), lang.say("回头看通过率", "Look-backs passed"), Figure::LookBackPassed),
        ];
        tiles.extend(self.view.median.map(|days| Number {
            text: days.to_string(),
            label: lang.say("销号用时中位数", "Median time to close").to_owned(),
            href: String::new(),
            kind: "",
            unit: lang.say("天", "days"),
        }));
        tiles
    }

    /// The heads of the table, with the order that a first click gives: the highest first.
    fn heads(&self) -> Vec<(&'static str, String)> {
        COLUMNS.iter().map(|figure| (figure.label(self.p.lang), format!("-{figure}"))).collect()
    }

    /// The numbers of an office below.
    fn columns(&self, line: &Line) -> Vec<Number> {
        COLUMNS.iter().map(|figure| Number::of(&line.numbers, *figure, self.p.lang)).collect()
    }

    fn title_of(&self) -> String {
        let campaign = self.view.campaign.as_ref().map(|c| format!(" · {}", c.label(self.p.lang))).unwrap_or_default();
        format!("{}{campaign}", self.view.office.label(self.p.lang))
    }
}

/// A number on the board, open to its records.
struct Number {
    text: String,
    label: String,
    href: String,
    kind: &'static str,
    unit: &'static str,
}

impl Number {
    fn of(numbers: &Numbers, figure: Figure, lang: Lang) -> Self {
        let (label, unit) = (figure.label(lang).to_owned(), figure.unit(lang));
        Self { text: lang.count(numbers.value(figure)), label, href: numbers.href(figure), kind: "", unit }
    }
}

async fn board(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (asked, order) = (wanted.clone(), sent.value("sort").to_owned());
    let (view, trail, campaigns) = app
        .db
        .read(move |tx| {
            let mut view = gather(tx, &by, &asked, lang)?;
            sort(&mut view.below, if order.is_empty() { "office" } else { &order })?;
            let trail = trail(tx, &by, &view, &asked, lang)?;
            let known = campaigns::list(tx, &by.actor, None, &Ask::default())?.items;
            Ok((view, trail, known.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect()))
        })
        .await?;
    let live = wanted.as_of.as_deref().is_none_or(str::is_empty);
    let p = visitor.page("board", visitor.say("行动进展", "Campaign board"));
    html(&Board { p, view, sent, trail, campaigns, live })
}

/// The way from the reader's own office down to the one shown.
fn trail(tx: &mut Tx, by: &By, view: &View, wanted: &Wanted, lang: Lang) -> Result<Vec<(String, String)>> {
    let place = view.office.place();
    let mut trail = Vec::new();
    for id in [place.province, place.city, place.county].into_iter().flatten().filter(|id| *id != view.office.id) {
        let above = offices::office(tx, id)?;
        if by.scope().holds(&above.place(), None) && id != by.actor.office.id {
            trail.push((address(Some(id), wanted), above.label(lang).to_owned()));
        }
    }
    if view.office.id != by.actor.office.id {
        trail.insert(0, (address(None, wanted), by.actor.office.label(lang).to_owned()));
        trail.push((String::new(), view.office.label(lang).to_owned()));
    }
    Ok(trail)
}

/// Which records are wanted.
#[derive(Debug, Deserialize)]
struct Which {
    figure: Figure,
    part: Option<String>,
    after: Option<String>,
    #[serde(default, deserialize_with = "whole")]
    limit: Option<i64>,
}

#[derive(Template)]
#[template(path = "reports/board/records.html")]
struct Records {
    p: Page,
    figure: Figure,
    /// Each record, and where it is looked at.
    items: Vec<(Counted, String)>,
    next: String,
    board: String,
}

/// A record with the address at which it is looked at; none for some.
fn located(record: Counted) -> (Counted, String) {
    let address = record.kind.page(&record.thing).unwrap_or_default();
    (record, address)
}

async fn counted(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
    Params(which): Params<Which>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let figure = which.figure;
    let board = address(wanted.office, &wanted);
    let limit = which.limit.unwrap_or(50).clamp(1, 200) as usize;
    let wish = Wish { figure, part: which.part, after: which.after, limit };
    let by = visitor.by.clone();
    let found = app.db.read(move |tx| records(tx, &by, &wanted, &wish)).await?;
    html(&Records {
        p: visitor.page("board", figure.label(visitor.lang)),
        figure,
        next: links::next("/board/records", &sent, found.next.as_deref()),
        items: found.items.into_iter().map(located).collect(),
        board,
    })
}
