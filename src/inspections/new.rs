//! The page on which a visit is planned, or begun at once. No rule lives here.

use super::{Inspection, Plan, Source, pages, plan};
use crate::{
    accounts, campaigns,
    enterprises::{self, Enterprise},
    kernel::{
        App, EnterpriseId, InspectionId, Page, Result, Sent,
        db::Tx,
        flash,
        http::{Form, Typed},
        list::Ask,
        page::html,
    },
    people::{Place, Role, Visitor},
};
use askama::Template;
use axum::{
    extract::State as From,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/inspections/new", get(new).post(create))
}

/// Enterprises offered at a time.
const SHOWN: i64 = 8;

/// Fields that show what was wrong with them; anything else is said above the form.
const FIELDS: &[&str] = &["enterprise", "campaign", "planned_for", "lead", "source"];

#[derive(Template)]
#[template(path = "inspections/new.html")]
struct New {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    enterprises: Vec<Enterprise>,
    campaigns: Vec<(String, String)>,
    leads: Vec<(String, String)>,
    sources: Vec<(&'static str, &'static str)>,
    may_begin: bool,
}

async fn new(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    visitor.actor().must_be(super::PLANNERS)?;
    draw(&app, &visitor, sent).await
}

/// Plans the visit; whoever begins at once goes on to the on-site form.
async fn create(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    match planned(&app, &visitor, &sent).await {
        Ok(visit) if sent.value("go") == "begin" => {
            let text = visitor.say("检查已登记，请按现场情况填写", "The visit is on record; fill in what you see");
            Ok(flash::well(&format!("{}/fill", visit.href()), text))
        }
        Ok(visit) => Ok(flash::well(&visit.href(), visitor.say("检查已安排", "The visit is planned"))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn planned(app: &App, visitor: &Visitor, sent: &Sent) -> Result<Inspection> {
    let id = InspectionId::parse(sent.value("id"))?;
    let wanted: Plan = sent.read()?;
    // Whoever stands at the gate already has not planned it.
    let now = (sent.value("go") == "begin").then_some(Source::Unplanned);
    let wanted = Plan { source: wanted.source.or(now), ..wanted };
    app.act(&visitor.by, move |tx, by| plan(tx, by, id, &wanted)).await
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("inspections", ""));
    let page = app
        .db
        .read(move |tx| {
            let (by, lang) = (&visitor.by, visitor.lang);
            let chosen = chosen(tx, &visitor, &sent)?;
            let place = chosen.as_ref().map_or_else(|| by.actor.office.place(), Enterprise::place);
            let campaigns = campaigns_at(tx, &visitor, &place)?;
            let leads = accounts::colleagues(tx, &place, Role::Inspector)?;
            let me = by.actor.account.to_string();
            let sent = sent
                .or("id", InspectionId::new(by.at).to_string())
                .or("campaign", campaigns.first().map(|c| c.0.clone()).unwrap_or_default())
                .or("planned_for", by.at.date().to_string())
                .or("lead", if leads.iter().any(|l| l.0 == me) { me } else { String::new() });
            let title = visitor.say("新建检查", "New visit").to_owned();
            Ok(New {
                p: Page { title, ..page },
                errors: Some(sent.wrong_otherwise(FIELDS, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
                enterprises: offered(tx, &visitor, &sent, chosen)?,
                campaigns,
                leads,
                sources: pages::sources(lang),
                may_begin: by.actor.is(Role::Inspector),
                sent,
            })
        })
        .await?;
    html(&page)
}

/// The enterprise that is chosen already, on this page or on its own.
fn chosen(tx: &mut Tx, visitor: &Visitor, sent: &Sent) -> Result<Option<Enterprise>> {
    let Ok(id) = EnterpriseId::parse(sent.value("enterprise")) else { return Ok(None) };
    enterprises::get(tx, visitor.by.scope(), id).map(Some)
}

/// What the words find, after what is chosen already.
fn offered(tx: &mut Tx, visitor: &Visitor, sent: &Sent, chosen: Option<Enterprise>) -> Result<Vec<Enterprise>> {
    let ask = Ask { q: Some(sent.value("q").to_owned()), limit: Some(SHOWN), ..Ask::default() };
    let found = enterprises::list(tx, visitor.by.scope(), &enterprises::Filter::default(), &ask)?.items;
    let known = chosen.as_ref().map(|e| e.id);
    Ok(chosen.into_iter().chain(found.into_iter().filter(|e| Some(e.id) != known)).collect())
}

/// The campaigns that can be worked for at `place`: those under way today first, then others that are open.
fn campaigns_at(tx: &mut Tx, visitor: &Visitor, place: &Place) -> Result<Vec<(String, String)>> {
    let mut found = campaigns::current(tx, place, visitor.by.at.date())?;
    let seen = (&visitor.actor().office.place(), visitor.by.scope());
    let open = campaigns::store::campaigns(tx, seen, Some(campaigns::State::Open), &Ask::default())?.items;
    found.extend(open.into_iter().filter(|c| c.reaches(place)));
    let mut listed: Vec<(String, String)> = Vec::new();
    for campaign in found {
        let id = campaign.id.to_string();
        if listed.iter().all(|c| c.0 != id) {
            listed.push((id, campaign.label(visitor.lang).to_owned()));
        }
    }
    Ok(listed)
}
