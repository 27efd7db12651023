//! The board and the records behind its numbers, as pages. No rule lives here.

use super::{COLUMNS, HIGH, Line, Numbers, View, WIDE, gather, live, page_of, percent, sort};
use crate::{
    campaigns::{self, Pack, targets::Measure},
    kernel::{
        App, Lang, OfficeId, Page, Result,
        db::Tx,
        http::{Params, Typed},
        links,
        list::{Ask, whole},
        page::{Sent, html},
    },
    people::{By, Level, Visitor, store as offices},
    record::Figure,
    reports::{Counted, Wanted, Wish, progress::Standing, records},
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
    /// The order of the offices below when the reader asks for none: laggards first, where there are targets.
    order: &'static str,
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
            note: String::new(),
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
        tiles.extend(self.pace_tile());
        tiles.extend(self.view.median.map(|days| Number {
            text: days.to_string(),
            label: lang.say("销号用时中位数", "Median time to close").to_owned(),
            href: String::new(),
            kind: "",
            unit: lang.say("天", "days"),
            note: String::new(),
        }));
        tiles
    }

    /// How far the office is with its targets; none where it has none.
    fn pace_tile(&self) -> Option<Number> {
        let (lang, plan) = (self.p.lang, &self.view.plan);
        let should = percent(plan.should());
        Some(Number {
            text: format!("{}%", plan.percent()?),
            label: lang.say("任务进度", "Progress against targets").to_owned(),
            href: self.targets(),
            kind: if plan.is_behind() { "red" } else { "green" },
            unit: "",
            note: format!("{} {should}", lang.say("按时间应达", "should be")),
        })
    }

    /// Each target of the office, as the reader sees it.
    fn standings(&self) -> Vec<Pace> {
        self.view.standings.iter().map(|s| Pace::of(s, self.view.pack.as_deref(), self.p.lang)).collect()
    }

    /// Where the office's targets stand.
    fn targets(&self) -> String {
        let campaign = self.view.planned.as_ref().map(|c| format!("campaign={}&", c.id)).unwrap_or_default();
        format!("/targets?{campaign}office={}", self.view.office.id)
    }

    fn has_plans(&self) -> bool {
        self.view.below.iter().any(|line| line.plan.total > 0)
    }

    fn pace_title(&self, line: &Line) -> String {
        let (lang, plan) = (self.p.lang, &line.plan);
        let (done, total, now) = (lang.count(plan.done), lang.count(plan.total), lang.count(plan.by_now));
        match lang {
            Lang::Zh => format!("已检查 {done} 家，任务 {total} 家，按时间应达 {now} 家"),
            Lang::En => format!("{done} of {total} enterprises inspected; {now} should be by now"),
        }
    }

    /// The heads of the table, with the order that a first click gives: the highest first.
    fn heads(&self) -> Vec<(&'static str, String)> {
        COLUMNS.iter().map(|figure| (figure.label(self.p.lang), format!("-{figure}"))).collect()
    }

    /// What the map shows, in words.
    fn map_title(&self) -> &'static str {
        match self.view.office.level {
            Level::Nation => self.p.lang.say("各省销号率", "Closing rate by province"),
            Level::Province => self.p.lang.say("各市销号率", "Closing rate by city"),
            _ => self.p.lang.say("各县（市、区）销号率", "Closing rate by county"),
        }
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
    /// A second line.
    note: String,
}

impl Number {
    fn of(numbers: &Numbers, figure: Figure, lang: Lang) -> Self {
        let (label, unit) = (figure.label(lang).to_owned(), figure.unit(lang));
        Self {
            text: lang.count(numbers.value(figure)),
            label,
            href: numbers.href(figure),
            kind: "",
            unit,
            note: String::new(),
        }
    }
}

/// How the office stands with a target, as the reader sees it.
struct Pace {
    href: String,
    name: String,
    done: String,
    total: String,
    records: String,
    /// How many of a hundred are done, how many should be, and whether it is behind.
    bar: Option<(i64, i64, bool)>,
    note: String,
}

impl Pace {
    fn of(s: &Standing, pack: Option<&Pack>, lang: Lang) -> Self {
        let unit = if s.measure == Measure::LookBack { "%".to_owned() } else { format!(" {}", s.unit(lang)) };
        let of_whole = |part: i64| (part * 100 / s.total.max(1)).min(100);
        let due = format!("{} {}", lang.say("期限", "due"), lang.date(s.due));
        let done = s.done.map(|done| lang.count(done));
        let by_now = match (s.measure, s.done) {
            (Measure::LookBack, _) => String::new(),
            (_, None) => String::new(),
            _ => format!("{} {} · ", lang.say("按时间应达", "should be"), lang.count(s.by_now)),
        };
        let unknown = match s.measure {
            Measure::LookBack => "–",
            _ => lang.say("系统尚未记录", "not recorded in the system yet"),
        };
        Self {
            href: format!("/targets/{}", s.target),
            name: pack.map_or_else(|| s.name.clone(), |pack| s.label(pack, lang)),
            done: done.unwrap_or_else(|| unknown.to_owned()),
            total: format!("{}{unit}", lang.count(s.total)),
            records: page_of(&s.records),
            bar: s.done.map(|done| (of_whole(done), of_whole(s.by_now), s.is_behind())),
            note: format!("{by_now}{due}"),
        }
    }
}

async fn board(
    State(app): State<App>,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (asked, sorted) = (wanted.clone(), sent.value("sort").to_owned());
    let config = app.config.clone();
    let (view, order, trail, campaigns) = app
        .db
        .read(move |tx| {
            let mut view = gather(tx, &by, &asked, &config, lang)?;
            let usual = if view.below.iter().any(|line| line.plan.by_now > 0) { "plan" } else { "office" };
            sort(&mut view.below, if sorted.is_empty() { usual } else { &sorted })?;
            let trail = trail(tx, &by, &view, &asked, lang)?;
            let known = campaigns::list(tx, &by.actor, None, &Ask::default())?.items;
            Ok((view, usual, trail, known.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect()))
        })
        .await?;
    let live = wanted.as_of.as_deref().is_none_or(str::is_empty);
    let p = visitor.page("board", visitor.say("行动进展", "Campaign board"));
    html(&Board { p, view, sent, trail, campaigns, order, live })
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
