//! The record of acts (操作记录) as the API and a page show it: who did what to which thing, when.

use crate::{
    campaigns, documents,
    enterprises::{self, imports},
    hazards, inspections,
    kernel::{
        App, Lang, Page, Result, Sent,
        http::{Failures, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::html,
    },
    people::{Actor, Role, Visitor},
    record::{Event, Kind, store},
    reports::{assessment, returns},
    supervision, tasks,
};
use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse},
    routing::get,
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Who may read everything that happened in the own scope.
pub const READERS: &[Role] = &[Role::Auditor, Role::Administrator, Role::Coordinator, Role::Supervisor];

/// Who may look at the sealed record. See `src/transparency`.
pub const AUDITORS: &[Role] = &[Role::Auditor, Role::Administrator];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_events)).route("/events", get(page))
}

/// By what the record can be narrowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Id of the thing.
    thing: Option<String>,
}

/// What happened within the reader's scope, newest first.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(Ask, Filter),
    responses((status = 200, body = Listed<Event>), Failures))]
async fn get_events(
    State(app): State<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    listed(&app, &visitor, ask, filter).await.map(Json)
}

async fn listed(app: &App, visitor: &Visitor, ask: Ask, filter: Filter) -> Result<Listed<Event>> {
    visitor.actor().must_be(READERS)?;
    let scope = visitor.by.scope();
    app.db.read(move |tx| store::events(tx, scope, filter.thing.as_deref(), &ask)).await
}

#[derive(Template)]
#[template(path = "work/events.html")]
struct Events {
    p: Page,
    sent: Sent,
    items: Vec<(String, String, Event)>,
    next: String,
    /// Whether the reader may look at the sealed record.
    auditor: bool,
}

async fn page(
    State(app): State<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let found = listed(&app, &visitor, ask, filter).await?;
    html(&Events {
        p: visitor.page("events", visitor.say("操作记录", "Record of acts")),
        next: next(&sent, found.next.as_deref()),
        auditor: visitor.actor().must_be(AUDITORS).is_ok(),
        items: found.items.into_iter().map(|e| row(e, &visitor)).collect(),
        sent,
    })
}

fn row(event: Event, visitor: &Visitor) -> (String, String, Event) {
    let href = address(event.kind, &event.thing, visitor.actor());
    (did(event.kind, &event.verb, visitor.lang), href, event)
}

fn next(sent: &Sent, after: Option<&str>) -> String {
    links::next("/events", sent, after)
}

/// What was done to a thing, in the reader's language: the verb of its capability, else the verb itself.
pub fn did(kind: Kind, verb: &str, lang: Lang) -> String {
    let label = match kind {
        Kind::Hazard => hazards::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Inspection => inspections::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Enterprise => enterprises::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Certificate => enterprises::certificates::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Campaign => campaigns::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::PackDraft => campaigns::editor::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Target => campaigns::targets::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Document => documents::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Sign => inspections::signs::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Task => tasks::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::TaskForce => tasks::force::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Meeting => tasks::meetings::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Return => returns::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Reminder => supervision::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Assessment => assessment::Verb::from_code(verb).map(|v| v.label(lang)),
        Kind::Import => imports::Verb::from_code(verb).map(|v| v.label(lang)),
        _ => None,
    };
    label.or_else(|| common(verb, lang)).unwrap_or(verb).to_owned()
}

/// Verbs that many capabilities share.
fn common(verb: &str, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match verb {
        "create" => ("建立", "Created"),
        "register" => ("登记", "Registered"),
        "add" => ("添加", "Added"),
        "plan" => ("安排检查", "Planned a visit"),
        "watch" => ("列入恢复生产经营监视", "Put under watch for a resumption"),
        "watch_sign" => ("监视期间发现恢复迹象", "Seen at work again while under watch"),
        "set" => ("下达任务", "Set a target"),
        "fix" => ("核定评分", "Fixed a scoring sheet"),
        "assign" => ("下达任务", "Assigned"),
        "decompose" => ("逐级分解任务", "Decomposed the targets"),
        "hand_over" => ("机构调整任务交接", "Handed targets over between offices"),
        "issue" => ("制发文书", "Issued"),
        "draw" => ("抽取回头看或反复查", "Drew look-backs or repeat checks"),
        "set_mail" => ("设置邮件摘要", "Set the digest by mail"),
        "sign_in" => ("登录", "Signed in"),
        "sign_out" => ("退出", "Signed out"),
        "upload" => ("上传证据", "Uploaded"),
        "find" => ("系统提示", "Found by the system"),
        "make" => ("下达任务", "Handed out a task"),
        "hand_out" => ("派发完成", "All handed out"),
        "stop" => ("派发中止", "Stopped"),
        "set_up" => ("建立专班", "Set up a task force"),
        "look" => ("查看联系方式", "Looked at contact data"),
        "hold" => ("登记会议", "Put a meeting on record"),
        _ => return None,
    };
    Some(lang.say(zh, en))
}

/// Where a thing is looked at; nowhere for some, and for some readers.
pub fn address(kind: Kind, thing: &str, reader: &Actor) -> String {
    let house = [Role::Administrator, Role::Auditor];
    let heads = [Role::Supervisor, Role::Coordinator, Role::Auditor];
    let readers: &[Role] = match kind {
        Kind::Return | Kind::Assessment | Kind::Sign | Kind::LookBack => &heads,
        Kind::Account | Kind::Office => &house,
        Kind::Reminder => supervision::READERS,
        Kind::Import => imports::IMPORTERS,
        Kind::PackDraft => campaigns::editor::EDITORS,
        _ => Role::ALL,
    };
    if reader.must_be(readers).is_err() {
        return String::new();
    }
    if kind == Kind::LookBack {
        return "/look-backs".to_owned();
    }
    kind.page(thing).unwrap_or_default()
}
