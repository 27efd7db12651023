//! The pages of visits: the list with its exports, and the visit itself. No rule lives here.

use super::{
    Act, Filter, Inspection, Inspector, PLANNERS, Sheet, Source, State, Verb, act, forms, list,
    sheet::{self, Line},
    signs::{self, Sign},
    store, sync,
    table::{table, with_leads},
};
use crate::{
    accounts,
    campaigns::{self, Checklist, Pack},
    documents::{self, Document},
    files::{self, Evidence},
    hazards::{self, Hazard, Origin},
    kernel::{
        App, InspectionId, Lang, Page, Result, Sent,
        db::Tx,
        forms::ActForm,
        http::{Params, Typed},
        links,
        list::Ask,
        page::html,
        sheet as export,
    },
    people::{Actor, Role, Visitor},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    response::{Html, Response},
    routing::get,
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/inspections", get(index))
        .route("/inspections.csv", get(download))
        .route("/inspections.xlsx", get(download))
        .route("/inspections/{id}", get(show).post(press).layer(DefaultBodyLimit::disable()))
}

#[derive(Template)]
#[template(path = "inspections/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    rows: Vec<(Inspection, String)>,
    next: String,
    states: Vec<(&'static str, &'static str)>,
    leads: Vec<(String, String)>,
    csv: String,
    xlsx: String,
    may_plan: bool,
    may_review: bool,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let by = visitor.by.clone();
    let (rows, next, leads) = app
        .db
        .read(move |tx| {
            let listed = list(tx, by.scope(), &filter, &ask)?;
            let leads = accounts::colleagues(tx, &by.actor.office.place(), Role::Inspector)?;
            Ok((with_leads(tx, listed.items)?, listed.next, leads))
        })
        .await?;
    let lang = visitor.lang;
    html(&Index {
        p: visitor.page("inspections", visitor.say("现场检查", "Inspections")),
        next: links::next("/inspections", &sent, next.as_deref()),
        csv: links::same("/inspections.csv", &sent),
        xlsx: links::same("/inspections.xlsx", &sent),
        rows,
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        leads: if visitor.actor().is(Role::Enterprise) { Vec::new() } else { leads },
        may_plan: may_plan(visitor.actor()),
        may_review: !visitor.actor().is(Role::Enterprise),
        sent,
    })
}

/// Whether the buttons for a new visit are shown.
pub(super) fn may_plan(actor: &Actor) -> bool {
    actor.must_be(PLANNERS).is_ok()
}

#[derive(Template)]
#[template(path = "inspections/show.html")]
struct Show {
    p: Page,
    visit: Inspection,
    campaign: String,
    lead: String,
    people: Vec<Inspector>,
    products: String,
    checklist: String,
    sheet: Option<Sheet>,
    /// Whether the seals of the record hold; nothing when it was not sealed.
    sealed: Option<bool>,
    /// What those who supervise should look at.
    signs: Vec<Sign>,
    lines: Vec<Line>,
    tally: String,
    scene: Vec<Evidence>,
    hazards: Vec<Hazard>,
    documents: Vec<Document>,
    events: Vec<(String, Event)>,
    may_fill: bool,
    acts: Vec<ActForm>,
    sent: Sent,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, InspectionId::in_path(&id)?, Sent::default()).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = InspectionId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/inspections/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: InspectionId, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("inspections", ""));
    let show = app
        .db
        .read(move |tx| {
            let (by, lang) = (&visitor.by, visitor.lang);
            let visit = store::get(tx, by.scope(), id)?;
            let (campaign, pack) = asked_by(tx, &visit)?;
            let thing = id.to_string();
            let hazards = hazards::of_origin(tx, Origin::Inspection, &thing)?;
            let evidence = files::linked_to(tx, &thing)?;
            let colleagues = accounts::colleagues(tx, &visit.place(), Role::Inspector)?;
            let sheet = visit.sheet();
            let lines = sheet.as_ref().map_or_else(Vec::new, |s| sheet::lines(&visit, s, &pack, &evidence, lang));
            let list = visit.checklist.as_deref().and_then(|code| pack.checklist(code));
            let products: Vec<String> = visit.products().iter().map(|p| pack.product_label(p, lang)).collect();
            Ok(Show {
                p: Page { title: visit.party.clone(), ..page },
                campaign: campaign.label(lang).to_owned(),
                lead: accounts::name_of(tx, Some(visit.lead))?,
                people: visit.made_by(),
                products: products.join(lang.say("；", "; ")),
                checklist: list.map_or_else(String::new, |l| edition(l, lang)),
                sheet,
                sealed: sync::seal_holds(tx, &visit)?,
                signs: signs::of_visit(tx, by, id)?,
                tally: tally(&lines, lang),
                lines,
                scene: evidence.into_iter().filter(|e| e.role == "scene").collect(),
                documents: papers(tx, &visitor, &thing, &hazards)?,
                events: events::timeline(tx, &thing)?.into_iter().map(|e| (did(&e, lang), e)).collect(),
                may_fill: visit.open_to(&by.actor).contains(&Verb::Submit),
                acts: forms::of(&visit, &by.actor, &colleagues, lang),
                hazards,
                visit,
                sent,
            })
        })
        .await?;
    html(&show)
}

/// The campaign of a visit and the pack by which it was asked.
pub(super) fn asked_by(tx: &mut Tx, visit: &Inspection) -> Result<(campaigns::Campaign, Arc<Pack>)> {
    let (campaign, _) = campaigns::of(tx, visit.campaign)?;
    let pack = campaigns::pack(tx, &campaign.pack_code, visit.pack_version)?;
    Ok((campaign, pack))
}

/// The documents of the visit itself and of what it found.
fn papers(tx: &mut Tx, visitor: &Visitor, thing: &str, hazards: &[Hazard]) -> Result<Vec<Document>> {
    let scope = visitor.by.scope();
    let mut papers = documents::of_thing(tx, scope, thing)?;
    for hazard in hazards {
        papers.extend(documents::of_thing(tx, scope, &hazard.id.to_string())?);
    }
    Ok(papers)
}

/// The name of a checklist with its version.
fn edition(list: &Checklist, lang: Lang) -> String {
    let version = list.head.version;
    match lang {
        Lang::Zh => format!("{}（第{version}版）", list.label(lang)),
        Lang::En => format!("{} (version {version})", list.label(lang)),
    }
}

fn tally(lines: &[Line], lang: Lang) -> String {
    let one = |(answer, n): (super::Answered, usize)| format!("{} {n}", answer.label(lang));
    sheet::tally(lines).into_iter().map(one).collect::<Vec<_>>().join(" · ")
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("安排检查", "Planned")).to_owned()
}

/// The list as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    export::download(&uri, "inspections", &app.db.read(move |tx| table(tx, scope, &filter, &ask, lang)).await?)
}

/// The sources a visit can be planned with, as (code, label).
pub(super) fn sources(lang: Lang) -> Vec<(&'static str, &'static str)> {
    Source::ALL.iter().map(|s| (s.code(), s.label(lang))).collect()
}
