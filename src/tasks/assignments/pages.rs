//! The pages of assignments: the list, the form with its preview, and the assignment itself. No rule lives here.

use super::{Assignment, Filter, Line, New, Preview, Sharing, list, preview, store, web};
use crate::{
    accounts,
    campaigns::{self, targets},
    enterprises::Tag,
    kernel::{
        AccountId, App, AssignmentId, Lang, Page, Result, Sent, TargetId,
        db::Tx,
        flash,
        http::{Form, Params, Typed},
        links,
        list::Ask,
        page::html,
    },
    people::{By, Role, Visitor, store as offices},
    tasks::{HEADS, State as TaskState, Way, pages::tabs, store as tasks},
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::ToSpan;
use std::collections::{BTreeMap, btree_map::Entry};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/assignments", get(index))
        .route("/assignments/new", get(new).post(submit))
        .route("/assignments/{id}", get(show))
}

/// Fields that show what was wrong with them; anything else is said above the form.
const FIELDS: &[&str] = &["campaign", "way", "products", "tag", "wanted", "names", "seed", "sharing", "owners", "due"];
/// Lines on a page.
const LINES: i64 = 200;

#[derive(Template)]
#[template(path = "tasks/assignments/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    tabs: Vec<(&'static str, &'static str, &'static str, bool)>,
    items: Vec<Assignment>,
    next: String,
    ways: Vec<(&'static str, &'static str)>,
    may: bool,
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
    html(&Index {
        p: visitor.page("tasks", visitor.say("任务派发", "Assignments")),
        tabs: tabs("/assignments", visitor.lang),
        next: links::next("/assignments", &sent, listed.next.as_deref()),
        items: listed.items,
        ways: ways(visitor.lang),
        may: visitor.actor().must_be(HEADS).is_ok(),
        sent,
    })
}

fn ways(lang: Lang) -> Vec<(&'static str, &'static str)> {
    Way::ALL.iter().map(|w| (w.code(), w.label(lang))).collect()
}

/// The name of each account that lines mention.
fn names(tx: &mut Tx, lines: &[Line]) -> Result<BTreeMap<AccountId, String>> {
    let mut names = BTreeMap::new();
    for owner in lines.iter().filter_map(|l| l.owner) {
        if let Entry::Vacant(unknown) = names.entry(owner) {
            unknown.insert(accounts::name_of(tx, Some(owner))?);
        }
    }
    Ok(names)
}

/// A line with the name of who goes.
pub(super) struct Row {
    pub line: Line,
    pub owner: String,
}

pub(super) fn rows(tx: &mut Tx, lines: Vec<Line>) -> Result<Vec<Row>> {
    let names = names(tx, &lines)?;
    let name = |l: &Line| l.owner.and_then(|o| names.get(&o).cloned()).unwrap_or_default();
    Ok(lines.into_iter().map(|line| Row { owner: name(&line), line }).collect())
}

#[derive(Template)]
#[template(path = "tasks/assignments/new.html")]
struct Asked {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    campaigns: Vec<(String, String)>,
    ways: Vec<(&'static str, &'static str)>,
    products: Vec<(String, String)>,
    groups: Vec<(String, String)>,
    sharings: Vec<(&'static str, &'static str)>,
    owners: Vec<(String, String)>,
    preview: Option<Preview>,
    rows: Vec<Row>,
    is_draw: bool,
}

async fn new(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    visitor.actor().must_be(HEADS)?;
    draw(&app, &visitor, sent, None).await
}

/// First the preview, then the tasks. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    match wanted(&app, &visitor, &sent).await {
        Ok(Done::Seen(seen)) => Ok(draw(&app, &visitor, sent, Some(seen)).await?.into_response()),
        Ok(Done::Made(assignment)) => {
            let text = visitor.say("已派发检查任务：{n} 家", "Handed out: {n} visits");
            Ok(flash::well(&assignment.href(), &text.replace("{n}", &assignment.chosen.to_string())))
        }
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?, None).await?).into_response())
        }
    }
}

enum Done {
    Seen(Preview),
    Made(Box<Assignment>),
}

async fn wanted(app: &App, visitor: &Visitor, sent: &Sent) -> Result<Done> {
    let id = AssignmentId::parse(sent.value("id"))?;
    let wanted: New = sent.read()?;
    if sent.value("go") == "make" {
        return web::hand_out(app, &visitor.by, id, wanted).await.map(|made| Done::Made(Box::new(made)));
    }
    let by = visitor.by.clone();
    app.db.read(move |tx| preview(tx, &by, &wanted)).await.map(Done::Seen)
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent, seen: Option<Preview>) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", visitor.say("派发检查任务", "Assign visits")));
    let page = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let campaigns = campaigns::current(tx, &by.actor.office.place(), by.at.date())?;
        let sent = of_target(tx, by, sent)?
            .or("id", AssignmentId::new(by.at).to_string())
            .or("campaign", campaigns.first().map(|c| c.id.to_string()).unwrap_or_default())
            .or("way", Way::Risk.code())
            .or("sharing", Sharing::Turn.code())
            .or("due", by.at.date().saturating_add(14.days()).to_string());
        let chosen = campaigns.iter().find(|c| sent.has("campaign", &c.id.to_string())).or(campaigns.first());
        let pack = chosen.map(|c| campaigns::of(tx, c.id)).transpose()?.map(|(_, pack)| pack);
        let categories = pack.iter().flat_map(|p| p.categories());
        let products = categories.map(|c| (c.code.clone(), c.label(lang).to_owned())).collect();
        let known = pack.iter().flat_map(|p| &p.targeting).filter(|t| Tag::from_code(&t.code).is_some());
        let lines = seen.as_ref().map(|s| s.lines.clone()).unwrap_or_default();
        Ok(Asked {
            p: page,
            errors: Some(sent.wrong_otherwise(FIELDS, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
            campaigns: campaigns.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect(),
            ways: ways(lang),
            products,
            groups: known.map(|t| (t.code.clone(), t.label(lang).to_owned())).collect(),
            sharings: Sharing::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
            owners: inspectors(tx, by, lang)?,
            is_draw: sent.value("way") == Way::Draw.code(),
            preview: seen,
            rows: rows(tx, lines)?,
            sent,
        })
    });
    html(&page.await?)
}

/// What a share of a target asks for stands in the form that was opened from it.
fn of_target(tx: &mut Tx, by: &By, sent: Sent) -> Result<Sent> {
    let Ok(id) = TargetId::parse(sent.value("target")) else { return Ok(sent) };
    let target = targets::get(tx, by.scope(), id)?;
    let filled = sent
        .or("campaign", target.campaign.to_string())
        .or("products", target.product)
        .or("tag", target.focus)
        .or("wanted", target.total.to_string())
        .or("due", target.due.to_string());
    Ok(filled)
}

/// The inspectors of the own office and of those directly below it, as (id, name and office).
fn inspectors(tx: &mut Tx, by: &By, lang: Lang) -> Result<Vec<(String, String)>> {
    let own = by.actor.office.clone();
    let below = offices::offices_below(tx, own.id)?;
    let mut found: Vec<(String, String)> = Vec::new();
    for office in std::iter::once(own).chain(below.into_iter().filter(|o| o.active)) {
        let open = accounts::store::of_office(tx, office.id)?.into_iter();
        let go = open.filter(|a| a.active && a.roles().contains(&Role::Inspector));
        found.extend(go.map(|a| (a.id.to_string(), format!("{} · {}", a.name, office.label(lang)))));
    }
    Ok(found)
}

#[derive(Template)]
#[template(path = "tasks/assignments/show.html")]
struct Show {
    p: Page,
    assignment: Assignment,
    campaign: String,
    products: String,
    group: String,
    office: String,
    made_by: String,
    progress: Vec<(TaskState, i64)>,
    rows: Vec<Row>,
    next: String,
    /// Rows of its table that were refused, and what is said of them; where the table can be had.
    wrong: i64,
    refused_rows: String,
    result: String,
}

impl Show {
    /// How many of the chosen are tasks by now.
    fn done(&self) -> String {
        format!("{} / {}", self.assignment.made, self.assignment.chosen)
    }

    /// The list of its tasks in a state.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn tasks_in(&self, state: &TaskState) -> String {
        format!("/tasks?assignment={}&state={state}", self.assignment.id)
    }
}

/// From where on the lines are shown.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct After {
    #[serde(deserialize_with = "crate::kernel::list::whole")]
    after: Option<i64>,
}

async fn show(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(from): Params<After>,
) -> Result<Html<String>> {
    let id = AssignmentId::in_path(&id)?;
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", ""));
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let assignment = store::get(tx, by.scope(), id)?;
        let (campaign, pack) = campaigns::of(tx, assignment.campaign)?;
        let lines = store::lines(tx, id, from.after.unwrap_or(0), LINES + 1)?;
        let more = lines.len() as i64 > LINES;
        let wrong = store::count_wrong(tx, id)?;
        let lines: Vec<Line> = lines.into_iter().take(usize::try_from(LINES).unwrap_or(0)).collect();
        let last = lines.last().filter(|_| more).map(|l| format!("{}?after={}", assignment.href(), l.line));
        let products: Vec<String> = assignment.products.0.iter().map(|p| pack.product_label(p, lang)).collect();
        let group = assignment.tag.as_deref().and_then(|code| pack.targeting.iter().find(|t| t.code == code));
        let title = format!("{} · {}", assignment.way.label(lang), lang.date(assignment.made_at.date()));
        Ok(Show {
            p: Page { title, ..page },
            campaign: campaign.label(lang).to_owned(),
            products: products.join(lang.say("；", "; ")),
            group: group.map_or_else(String::new, |g| g.label(lang).to_owned()),
            office: offices::office(tx, assignment.office)?.label(lang).to_owned(),
            made_by: accounts::name_of(tx, Some(assignment.made_by))?,
            progress: tasks::progress(tx, id)?,
            rows: rows(tx, lines)?,
            next: last.unwrap_or_default(),
            wrong,
            refused_rows: lang
                .say(
                    "表中有 {n} 行填写有误，未派发；改正后可将整张表再传一次。",
                    "{n} rows of the table were wrong and left out; correct them and send it once more.",
                )
                .replace("{n}", &wrong.to_string()),
            result: format!("{}/result.xlsx", assignment.href()),
            assignment,
        })
    });
    html(&show.await?)
}
