//! Handing targets over between offices, for programs and on a page: first who takes over, then how much of what. No rule
//! lives here.

use super::{
    HandOver, Handing, Measure, Misfit, Part, Target, hand_over,
    handover::{field, receivers},
    misfits, proposal,
};
use crate::{
    campaigns,
    kernel::{
        App, CampaignId, Error, NOT_A_CHOICE, OfficeId, Page, Result, Sent, TargetId, flash,
        http::{Failures, Form, Json, Params, Typed},
        page::html,
    },
    people::{Office, Visitor, store as offices},
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_misfits))
        .routes(routes!(get_proposal))
        .routes(routes!(post_handover))
        .route("/targets/handover", get(page).post(submit))
}

/// Of which campaign.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Id of the campaign.
    campaign: CampaignId,
}

/// The offices whose shares do not fit the tree of offices any more: closed ones that have something left, and such as
/// went under another office.
#[utoipa::path(get, path = "/api/v1/targets/misfits", tag = "targets", params(Of),
    responses((status = 200, body = Vec<Misfit>), Failures))]
async fn get_misfits(From(app): From<App>, visitor: Visitor, Params(of): Params<Of>) -> Result<Json<Vec<Misfit>>> {
    app.db.read(move |tx| misfits(tx, &visitor.by, of.campaign)).await.map(Json)
}

/// In which campaign, and to whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Between {
    /// Id of the campaign.
    campaign: Option<CampaignId>,
    /// Ids of the offices that take over, with commas between.
    to: Option<String>,
}

/// What the office `id` has and what each of the others would take over of it: what goes along with offices below, and of a
/// closed office the rest. Nothing is changed.
#[utoipa::path(get, path = "/api/v1/targets/handovers/{id}", tag = "targets",
    params(("id" = uuid::Uuid, Path), Between),
    responses((status = 200, body = Vec<Handing>), Failures))]
async fn get_proposal(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(between): Params<Between>,
) -> Result<Json<Vec<Handing>>> {
    let named = between.to.unwrap_or_default();
    let ids = named.split(',').map(str::trim).filter(|id| !id.is_empty());
    let to: Vec<OfficeId> = ids.map(OfficeId::parse).collect::<Result<_>>()?;
    let (campaign, from) = (between.campaign.ok_or(Error::NotFound)?, OfficeId::in_path(&id)?);
    app.db.read(move |tx| proposal(tx, &visitor.by, campaign, (from, &to), visitor.lang)).await.map(Json)
}

/// Hand the shares of an office over to others, as when it is merged or split, or an office below it went under another
/// one: all of it in one transaction, or nothing. Answers what the office has then.
#[utoipa::path(post, path = "/api/v1/targets/handovers", tag = "targets", request_body = HandOver,
    responses((status = 200, body = Vec<Target>), Failures))]
async fn post_handover(
    From(app): From<App>,
    visitor: Visitor,
    Json(wanted): Json<HandOver>,
) -> Result<Json<Vec<Target>>> {
    app.act(&visitor.by, move |tx, by| hand_over(tx, by, &wanted)).await.map(Json)
}

/// A share in the form: a field for each office that takes over.
struct Line {
    handing: Handing,
    unit: &'static str,
    least: bool,
    /// Name, what stands in it, what goes along, what is wrong with it.
    fields: Vec<(String, String, i64, String)>,
}

#[derive(Template)]
#[template(path = "campaigns/targets/handover.html")]
struct Show {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    campaign: CampaignId,
    from: Office,
    /// The offices that may take over: id, name, whether it does.
    choices: Vec<(OfficeId, String, bool)>,
    takers: Vec<String>,
    lines: Vec<Line>,
    back: String,
}

async fn page(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    draw(&app, &visitor, sent).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let done = match wanted(&sent) {
        Ok(wanted) => app.act(&visitor.by, move |tx, by| hand_over(tx, by, &wanted)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => {
            let page = format!("/targets?campaign={}", sent.value("campaign"));
            Ok(flash::well(
                &page,
                visitor.say("任务已交接，各级任务数已随之调整", "Handed over; every level has been adjusted"),
            ))
        }
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

fn wanted(sent: &Sent) -> Result<HandOver> {
    let mut parts = Vec::new();
    for (name, value) in sent.pairs() {
        let Some((target, office)) = name.strip_prefix("part-").and_then(|ids| ids.split_at_checked(36)) else {
            continue;
        };
        let target: TargetId = target.parse()?;
        let office: OfficeId = office.trim_start_matches('-').parse()?;
        let amount = match value.trim().replace([',', '，'], "").as_str() {
            "" => 0,
            typed => typed.parse().map_err(|_| Error::invalid(name, NOT_A_CHOICE.with("value", typed)))?,
        };
        let version = sent.value(&format!("version-{target}")).parse().map_err(|_| Error::Stale)?;
        parts.push(Part { target, office, amount, version });
    }
    let campaign = CampaignId::parse(sent.value("campaign"))?;
    Ok(HandOver { campaign, from: OfficeId::parse(sent.value("from"))?, parts, why: sent.value("why").to_owned() })
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let title = visitor.say("机构调整任务交接", "Hand targets over between offices");
    let (visitor, page) = (visitor.clone(), visitor.page("targets", title));
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let campaign = campaigns::find(tx, &by.actor, CampaignId::in_path(sent.value("campaign"))?)?.id;
        let from = offices::office_within(tx, by.scope(), OfficeId::in_path(sent.value("from"))?)?;
        let to: Vec<OfficeId> = sent.all("to").iter().map(|id| OfficeId::in_path(id)).collect::<Result<_>>()?;
        let mut near = receivers(tx, by, &from)?;
        for id in &to {
            if !near.iter().any(|o| o.id == *id) {
                near.push(offices::office_within(tx, by.scope(), *id)?);
            }
        }
        let handings = proposal(tx, by, campaign, (from.id, &to), lang)?;
        let takes = |o: &&Office| to.contains(&o.id);
        let name = |id: &OfficeId| near.iter().find(|o| o.id == *id).map_or("", |o| o.label(lang)).to_owned();
        let mut shown: Vec<String> = Vec::new();
        let mut line = |handing: Handing| {
            let fields = handing.parts.iter().map(|p| {
                let part = Part { target: handing.target, office: p.office, amount: p.amount, version: 0 };
                let name = field(&part);
                let typed = sent.value(&name);
                let value = if sent.is_wrong() { typed.to_owned() } else { p.amount.to_string() };
                (name.clone(), value, p.along, sent.wrong(&name, lang))
            });
            let fields: Vec<_> = fields.collect();
            shown.extend(fields.iter().map(|f| f.0.clone()));
            Line { unit: handing.measure.unit(lang), least: handing.measure == Measure::LookBack, fields, handing }
        };
        let lines: Vec<Line> = handings.into_iter().map(&mut line).collect();
        shown.push("why".to_owned());
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        Ok(Show {
            p: page,
            errors: Some(sent.wrong_otherwise(&shown, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
            choices: near.iter().map(|o| (o.id, o.label(lang).to_owned(), takes(&o))).collect(),
            takers: to.iter().map(name).collect(),
            back: format!("/targets?campaign={campaign}"),
            campaign,
            from,
            lines,
            sent,
        })
    });
    html(&show.await?)
}
