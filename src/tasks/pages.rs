//! The pages of tasks: the list with its exports, and the task itself. No rule lives here.

use super::{
    Act, Filter, HEADS, Kind, State, Task, Verb, Way, above, act, forms,
    life::OWNERS,
    list, meetings, store,
    table::{Row, table, with_names},
};
use crate::{
    accounts, campaigns,
    files::{self, Evidence},
    kernel::{
        App, Lang, Page, Result, Sent, TaskId,
        db::Tx,
        forms::ActForm,
        http::{Params, Typed},
        links,
        list::Ask,
        page::html,
        sheet,
    },
    people::{By, Visitor, store as offices},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    response::{Html, Response},
    routing::get,
};
use jiff::civil::Date;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/tasks", get(index))
        .route("/tasks.csv", get(download))
        .route("/tasks.xlsx", get(download))
        .route("/tasks/{id}", get(show).post(submit).layer(DefaultBodyLimit::disable()))
}

/// The tabs of everything around tasks: address, label, count, whether it is here.
pub(super) fn tabs(here: &str, lang: Lang) -> Vec<(&'static str, &'static str, &'static str, bool)> {
    let all = [
        ("/tasks", lang.say("工作任务", "Tasks")),
        ("/assignments", lang.say("任务派发", "Assignments")),
        ("/meetings", lang.say("调度会议", "Meetings")),
        ("/task-forces", lang.say("工作专班", "Task forces")),
    ];
    all.into_iter().map(|(href, label)| (href, label, "", href == here)).collect()
}

#[derive(Template)]
#[template(path = "tasks/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    tabs: Vec<(&'static str, &'static str, &'static str, bool)>,
    rows: Vec<Row>,
    today: Date,
    next: String,
    states: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    ways: Vec<(&'static str, &'static str)>,
    owners: Vec<(String, String)>,
    csv: String,
    xlsx: String,
    may: bool,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let today = by.at.date();
    let (rows, next, owners) = app
        .db
        .read(move |tx| {
            let listed = list(tx, by.scope(), &filter, &ask, today)?;
            Ok((with_names(tx, listed.items, lang)?, listed.next, owners_near(tx, &by)?))
        })
        .await?;
    html(&Index {
        p: visitor.page("tasks", visitor.say("工作任务", "Tasks")),
        tabs: tabs("/tasks", lang),
        next: links::next("/tasks", &sent, next.as_deref()),
        csv: links::same("/tasks.csv", &sent),
        xlsx: links::same("/tasks.xlsx", &sent),
        rows,
        today,
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        kinds: Kind::ALL.iter().map(|k| (k.code(), k.label(lang))).collect(),
        ways: Way::ALL.iter().map(|w| (w.code(), w.label(lang))).collect(),
        owners,
        may: visitor.actor().must_be(HEADS).is_ok(),
        sent,
    })
}

/// Colleagues of the own office who may have tasks, each once.
pub(super) fn owners_near(tx: &mut Tx, by: &By) -> Result<Vec<(String, String)>> {
    colleagues(tx, &by.actor.office.place(), OWNERS)
}

/// The open accounts with one of `roles` responsible at `place`, each once.
fn colleagues(
    tx: &mut Tx,
    place: &crate::people::Place,
    roles: &[crate::people::Role],
) -> Result<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for role in roles {
        for one in accounts::colleagues(tx, place, *role)? {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    Ok(found)
}

#[derive(Template)]
#[template(path = "tasks/show.html")]
struct Show {
    p: Page,
    task: Task,
    today: Date,
    campaign: String,
    office: String,
    from_office: String,
    owner: String,
    products: String,
    /// The meeting that decided on it, with its address.
    meeting: Option<(String, String)>,
    evidence: Vec<Evidence>,
    acts: Vec<ActForm>,
    events: Vec<(String, Event)>,
    sent: Sent,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, TaskId::in_path(&id)?, Sent::default()).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = TaskId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/tasks/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: TaskId, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", ""));
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let task = store::get(tx, by.scope(), id)?;
        let (campaign, pack) = campaigns::of(tx, task.campaign)?;
        let thing = id.to_string();
        let may_do = if task.kind == Kind::Visit { crate::inspections::VISITORS } else { OWNERS };
        let around = colleagues(tx, &task.place(), may_do)?;
        let above = above(tx, by, &task)?;
        let products: Vec<String> = task.products.0.iter().map(|p| pack.product_label(p, lang)).collect();
        Ok(Show {
            p: Page { title: task.title.clone(), ..page },
            today: by.at.date(),
            campaign: campaign.label(lang).to_owned(),
            office: offices::office(tx, task.office)?.label(lang).to_owned(),
            from_office: offices::office(tx, task.from_office)?.label(lang).to_owned(),
            owner: accounts::name_of(tx, task.owner)?,
            products: products.join(lang.say("；", "; ")),
            meeting: meetings::link(tx, by, task.meeting)?,
            evidence: files::linked_to(tx, &thing)?,
            acts: forms::of(&task, &by.actor, above, &around, lang),
            events: events::timeline(tx, &thing)?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            task,
            sent,
        })
    });
    html(&show.await?)
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("下达任务", "Handed out")).to_owned()
}

/// The list as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    let (scope, reader) = (visitor.by.scope(), (visitor.by.at.date(), visitor.lang));
    sheet::download(&uri, "tasks", &app.db.read(move |tx| table(tx, scope, &filter, &ask, reader)).await?)
}
