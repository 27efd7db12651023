//! The pages of meetings: the list, the form, and the meeting with what became of its decisions. No rule lives here.

use super::{Act, Meeting, New, Verb, act, hold, list, store};
use crate::{
    accounts, campaigns,
    documents::{self, Document},
    files,
    kernel::{
        App, Lang, MeetingId, Page, Result, Sent,
        db::Tx,
        flash,
        forms::{ActForm, Field, Input},
        http::{Form, Params, Typed},
        links,
        list::Ask,
        page::html,
    },
    people::{Visitor, store as offices},
    record::{Event, store as events},
    tasks::{
        HEADS, pages as around, store as tasks,
        table::{Row, with_names},
    },
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::civil::Date;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/meetings", get(index))
        .route("/meetings/new", get(new).post(submit))
        .route("/meetings/{id}", get(show).post(press).layer(DefaultBodyLimit::disable()))
}

/// Fields that show what was wrong with them; anything else is said above the form.
const FIELDS: &[&str] = &["campaign", "title", "at", "place", "presiding", "participants", "discussed"];

#[derive(Template)]
#[template(path = "tasks/meetings/index.html")]
struct Index {
    p: Page,
    tabs: Vec<(&'static str, &'static str, &'static str, bool)>,
    rows: Vec<(Meeting, String)>,
    next: String,
    may: bool,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    let found = app.db.read(move |tx| {
        let listed = list(tx, scope, &ask)?;
        let mut rows = Vec::new();
        for meeting in listed.items {
            let office = offices::office(tx, meeting.office)?.label(lang).to_owned();
            rows.push((meeting, office));
        }
        Ok((rows, listed.next))
    });
    let (rows, next) = found.await?;
    html(&Index {
        p: visitor.page("tasks", visitor.say("调度会议", "Dispatch meetings")),
        tabs: around::tabs("/meetings", lang),
        next: links::next("/meetings", &sent, next.as_deref()),
        rows,
        may: visitor.actor().must_be(HEADS).is_ok(),
    })
}

#[derive(Template)]
#[template(path = "tasks/meetings/new.html")]
struct Asked {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    campaigns: Vec<(String, String)>,
}

async fn new(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    visitor.actor().must_be(HEADS)?;
    draw_new(&app, &visitor, sent).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let wanted = MeetingId::parse(sent.value("id")).and_then(|id| Ok((id, sent.read::<New>()?)));
    let done = match wanted {
        Ok((id, new)) => app.act(&visitor.by, move |tx, by| hold(tx, by, id, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(meeting) => {
            let text = visitor.say("会议已登记，请登记议定事项", "The meeting is on record; now record its decisions");
            Ok(flash::well(&meeting.href(), text))
        }
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw_new(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn draw_new(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", visitor.say("登记调度会议", "Record a meeting")));
    let page = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let campaigns = campaigns::current(tx, &by.actor.office.place(), by.at.date())?;
        let sent = sent
            .or("id", MeetingId::new(by.at).to_string())
            .or("campaign", campaigns.first().map(|c| c.id.to_string()).unwrap_or_default())
            .or("presiding", by.actor.name.clone())
            .or("at", by.at.local());
        Ok(Asked {
            p: page,
            errors: Some(sent.wrong_otherwise(FIELDS, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
            campaigns: campaigns.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect(),
            sent,
        })
    });
    html(&page.await?)
}

#[derive(Template)]
#[template(path = "tasks/meetings/show.html")]
struct Show {
    p: Page,
    meeting: Meeting,
    today: Date,
    campaign: String,
    office: String,
    made_by: String,
    /// What it decided, and what became of it.
    decisions: Vec<Row>,
    documents: Vec<Document>,
    acts: Vec<ActForm>,
    events: Vec<(String, Event)>,
    sent: Sent,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, MeetingId::in_path(&id)?, Sent::default()).await
}

async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = MeetingId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/meetings/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: MeetingId, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("tasks", ""));
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let meeting = store::get(tx, by.scope(), id)?;
        let decisions = tasks::of_meeting(tx, id)?;
        Ok(Show {
            p: Page { title: meeting.title.clone(), ..page },
            today: by.at.date(),
            campaign: campaigns::of(tx, meeting.campaign)?.0.label(lang).to_owned(),
            office: offices::office(tx, meeting.office)?.label(lang).to_owned(),
            made_by: accounts::name_of(tx, Some(meeting.made_by))?,
            decisions: with_names(tx, decisions, lang)?,
            documents: documents::of_thing(tx, by.scope(), &id.to_string())?,
            acts: forms(tx, &visitor, &meeting)?,
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            meeting,
            sent,
        })
    });
    html(&show.await?)
}

/// The forms for what the reader may do next.
fn forms(tx: &mut Tx, visitor: &Visitor, meeting: &Meeting) -> Result<Vec<ActForm>> {
    let (by, lang) = (&visitor.by, visitor.lang);
    let offices = offices::choices(tx, by.scope(), lang)?;
    let owners = around::owners_near(tx, by)?;
    let form = |verb: Verb| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: if verb == Verb::Issue { "primary" } else { "" },
        open: false,
        fields: if verb == Verb::Issue { Vec::new() } else { decision(&offices, &owners, lang) },
    };
    Ok(meeting.open_to(visitor.actor()).into_iter().map(form).collect())
}

fn decision(offices: &[(String, String)], owners: &[(String, String)], lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let hint = say("只选机构的，由该机构指定承办人", "With an office alone, the office names somebody");
    vec![
        Field::new("title", say("议定事项", "Decision"), Input::Line),
        Field::new("what", say("具体要求", "At length"), Input::Lines).optional(),
        Field::new("office", say("责任单位", "Office"), Input::Choice(offices.to_vec())).optional().hint(hint),
        Field::new("owner", say("责任人", "Owner"), Input::Choice(owners.to_vec())).optional(),
        Field::new("due", say("完成期限", "Due date"), Input::Date),
    ]
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("登记会议", "Put on record")).to_owned()
}
