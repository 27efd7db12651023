//! The pages of task forces: the list, and the contact list of one. No rule lives here.

use super::{Act, Contact, Member, New, Post, TaskForce, Verb, act, list, look, set_up, store};
use crate::{
    campaigns, files,
    kernel::{
        App, Lang, Page, Result, Sent, TaskForceId,
        db::Tx,
        flash,
        forms::{ActForm, Field, Input},
        http::Form,
        list::Ask,
        page::html,
    },
    people::{Visitor, store as offices},
    record::{Event, store as events},
    tasks::{HEADS, pages},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/task-forces", get(index).post(submit))
        .route("/task-forces/{id}", get(show).post(press).layer(DefaultBodyLimit::disable()))
        .route("/task-forces/{id}/look", post(look_at))
}

/// Fields that show what was wrong with them; anything else is said above the form.
const FIELDS: &[&str] = &["campaign", "name", "duty"];

#[derive(Template)]
#[template(path = "tasks/force/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    tabs: Vec<(&'static str, &'static str, &'static str, bool)>,
    rows: Vec<(TaskForce, String)>,
    campaigns: Vec<(String, String)>,
    may: bool,
}

async fn index(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    draw_index(&app, &visitor, Sent::default()).await
}

/// Sets one up. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let wanted = TaskForceId::parse(sent.value("id")).and_then(|id| Ok((id, sent.read::<New>()?)));
    let done = match wanted {
        Ok((id, new)) => app.act(&visitor.by, move |tx, by| set_up(tx, by, id, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(force) => Ok(flash::well(&force.href(), visitor.say("专班已建立", "The task force is set up"))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw_index(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn draw_index(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", visitor.say("工作专班", "Task forces")));
    let page = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let mut rows = Vec::new();
        for force in list(tx, by.scope(), &Ask { limit: Some(200), ..Ask::default() })?.items {
            let office = offices::office(tx, force.office)?.label(lang).to_owned();
            rows.push((force, office));
        }
        let campaigns = campaigns::current(tx, &by.actor.office.place(), by.at.date())?;
        let sent = sent.or("id", TaskForceId::new(by.at).to_string());
        Ok(Index {
            p: page,
            errors: Some(sent.wrong_otherwise(FIELDS, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
            tabs: pages::tabs("/task-forces", lang),
            rows,
            campaigns: campaigns.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect(),
            may: by.actor.must_be(HEADS).is_ok(),
            sent,
        })
    });
    html(&page.await?)
}

#[derive(Template)]
#[template(path = "tasks/force/show.html")]
struct Show {
    p: Page,
    force: TaskForce,
    campaign: String,
    office: String,
    members: Vec<Member>,
    /// Telephones, once they were asked for.
    contacts: Vec<Contact>,
    may_look: bool,
    acts: Vec<ActForm>,
    events: Vec<(String, Event)>,
    sent: Sent,
}

impl Show {
    /// The telephone of a member, once it was asked for.
    fn phone(&self, member: &Member) -> &str {
        self.contacts.iter().find(|c| c.member == member.id).and_then(|c| c.phone.as_deref()).unwrap_or_default()
    }
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, TaskForceId::in_path(&id)?, (Sent::default(), Vec::new())).await
}

/// Opens the telephones; the look is recorded.
async fn look_at(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, keeper) = (TaskForceId::in_path(&id)?, app.keeper.clone());
    let contacts = app.act(&visitor.by, move |tx, by| look(tx, by, &keeper, id)).await?;
    draw(&app, &visitor, id, (Sent::default(), contacts)).await
}

async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = TaskForceId::in_path(&id)?;
    let done = async |wanted: Act| {
        let (verb, keeper) = (wanted.verb(), app.keeper.clone());
        app.act(&visitor.by, move |tx, by| act(tx, by, &keeper, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, (sent, Vec::new())).await;
    files::press((&app, &visitor), form, &format!("/task-forces/{id}"), done, draw).await
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    id: TaskForceId,
    (sent, contacts): (Sent, Vec<Contact>),
) -> Result<Html<String>> {
    // what is shown after a look is still the page of the task force
    let path = format!("/task-forces/{id}");
    let (visitor, page) = (visitor.clone(), Page { path, ..visitor.page("tasks", "") });
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let force = store::get(tx, by.scope(), id)?;
        let members = store::members(tx, id)?;
        Ok(Show {
            p: Page { title: force.name.clone(), ..page },
            campaign: campaigns::of(tx, force.campaign)?.0.label(lang).to_owned(),
            office: offices::office(tx, force.office)?.label(lang).to_owned(),
            may_look: by.actor.must_be(super::LOOKERS).is_ok() && members.iter().any(|m| m.phone.is_some()),
            acts: forms(tx, &visitor, &force, &members)?,
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            members,
            contacts,
            force,
            sent,
        })
    });
    html(&show.await?)
}

/// The forms for what the reader may do next.
fn forms(tx: &mut Tx, visitor: &Visitor, force: &TaskForce, members: &[Member]) -> Result<Vec<ActForm>> {
    let lang = visitor.lang;
    let colleagues = pages::owners_near(tx, &visitor.by)?;
    let there: Vec<(String, String)> = members.iter().map(|m| (m.id.to_string(), m.name.clone())).collect();
    let mut verbs = force.open_to(visitor.actor());
    verbs.retain(|v| *v != Verb::RemoveMember || !there.is_empty());
    let form = |verb: Verb| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: if verb == Verb::AddMember { "" } else { "danger" },
        open: false,
        fields: fields(verb, &colleagues, &there, lang),
    };
    Ok(verbs.into_iter().map(form).collect())
}

fn fields(verb: Verb, colleagues: &[(String, String)], there: &[(String, String)], lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    match verb {
        Verb::AddMember => {
            let posts = Post::ALL.iter().map(|p| (p.code().to_owned(), p.label(lang).to_owned())).collect();
            let hint =
                say("系统内人员从这里选择；系统外人员填写姓名和单位", "People of this system; others by name and unit");
            vec![
                Field::new("post", say("专班职务", "Post"), Input::Choice(posts)),
                Field::new("account", say("系统内人员", "Account"), Input::Choice(colleagues.to_vec()))
                    .optional()
                    .hint(hint),
                Field::new("name", say("姓名", "Name"), Input::Line).optional(),
                Field::new("unit", say("单位", "Unit"), Input::Line).optional(),
                Field::new("duty", say("职务和分工", "Position and duty"), Input::Line).optional(),
                Field::new("phone", say("联系电话", "Telephone"), Input::Line)
                    .optional()
                    .hint(say("加密保存，每次查看留痕", "Locked up; every look is recorded")),
            ]
        }
        Verb::RemoveMember => {
            vec![Field::new("member", say("成员", "Member"), Input::Choice(there.to_vec())), why()]
        }
        Verb::Disband => vec![why()],
    }
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    let look = (event.verb == "look").then(|| lang.say("查看联系电话", "Looked at the telephones"));
    verb.or(look).unwrap_or_else(|| lang.say("建立专班", "Set up")).to_owned()
}
