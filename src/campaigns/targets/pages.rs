//! The page of an office's targets in a campaign: what it has, how far it is divided, how it stands below.

use super::{
    COORDINATORS, Decomposition, DivideBy, HEADS, Measure, SETTERS, State, label, misfits, set, show,
    standing::{Below, below},
    store,
};
use crate::{
    campaigns::{self, Campaign, Pack, milestones::due_in},
    kernel::{
        App, CampaignId, Filled, Lang, OfficeId, Page, Result, Sent, TargetId,
        db::Tx,
        flash,
        http::{Form, Params, Typed},
        list::Ask,
        page::html,
    },
    people::{By, Level, Office, Visitor, store as offices},
};
use askama::Template;
use axum::{
    extract::State as From,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/targets", get(index).post(submit)).merge(show::routes())
}

/// Which campaign, and whose targets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Look {
    campaign: Option<CampaignId>,
    office: Option<OfficeId>,
}

/// One target of the office, as the page shows it.
struct Line {
    href: String,
    label: String,
    measure: &'static str,
    total: String,
    divided: String,
    undivided: String,
    loose: bool,
    parts: String,
    state: State,
    due: String,
}

#[derive(Template)]
#[template(path = "campaigns/targets/index.html")]
struct Index {
    p: Page,
    f: Filled,
    campaign: Option<Campaign>,
    campaigns: Vec<(String, String)>,
    office: String,
    /// The way from the reader's office to the one that is shown.
    trail: Vec<(String, String)>,
    lines: Vec<Line>,
    /// Offices whose shares do not fit the tree any more: what is the matter, and where they are handed over.
    misfits: Vec<(String, String)>,
    /// Where the shares of the office that is shown are handed over, for who may.
    handover: String,
    /// The offices below, each with its page.
    below: Vec<(String, Below)>,
    may_set: bool,
    may_plan: bool,
    xlsx: String,
    csv: String,
    job: Option<Decomposition>,
    keys: Vec<(&'static str, &'static str)>,
    measures: Vec<(&'static str, &'static str)>,
    products: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(look): Params<Look>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    draw(&app, &visitor, look, sent).await
}

/// Sets a target for the whole campaign.
async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let wanted = TargetId::parse(sent.value("id")).and_then(|id| Ok((id, wanted(&sent)?)));
    let done = match wanted {
        Ok((id, new)) => app.act(&visitor.by, move |tx, by| set(tx, by, id, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(target) => Ok(flash::well(
            &target.href(),
            visitor.say("任务已下达，请分解到下级机构", "The target is set; divide it over the offices below"),
        )),
        Err(error) => {
            let status = error.status_code();
            let look = Look { campaign: sent.value("campaign").parse().ok(), office: None };
            Ok((status, draw(&app, &visitor, look, sent.blame(error)?).await?).into_response())
        }
    }
}

/// The form without what only the page needs.
fn wanted(sent: &Sent) -> Result<super::New> {
    Sent::new(sent.pairs().filter(|(name, _)| *name != "id").map(|(n, v)| (n.to_owned(), v.to_owned())).collect())
        .read()
}

async fn draw(app: &App, visitor: &Visitor, look: Look, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("targets", visitor.say("目标分解", "Targets")));
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let office = shown_office(tx, by, look.office)?;
        let all = campaigns::list(tx, &by.actor, None, &Ask { limit: Some(50), ..Ask::default() })?.items;
        let campaign = shown_campaign(tx, by, &all, look.campaign)?;
        let choice = |c: &Campaign| (c.id.to_string(), c.label(lang).to_owned());
        let mut index = Index {
            p: page,
            campaigns: all.iter().map(choice).collect(),
            office: office.label(lang).to_owned(),
            trail: trail(tx, by, &office, campaign.as_ref(), lang)?,
            lines: Vec::new(),
            misfits: Vec::new(),
            handover: String::new(),
            below: Vec::new(),
            may_set: false,
            may_plan: false,
            xlsx: String::new(),
            csv: String::new(),
            job: None,
            keys: DivideBy::ALL.iter().map(|k| (k.code(), k.label(lang))).collect(),
            measures: Measure::ALL.iter().map(|m| (m.code(), m.label(lang))).collect(),
            products: Vec::new(),
            kinds: Vec::new(),
            f: Filled::default(),
            campaign: campaign.clone(),
        };
        if let Some(campaign) = campaign {
            let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
            index.lines = lines(tx, &campaign, &office, &pack, lang)?;
            let below = below(tx, campaign.id, &office, None)?;
            index.below = below.into_iter().map(|b| (href(Some(campaign.id), b.office), b)).collect();
            index.may_set = by.actor.must_be(SETTERS).is_ok()
                && campaign.office == by.actor.office.id
                && office.id == campaign.office;
            index.may_plan =
                by.actor.must_be(HEADS).is_ok() && office.id == by.actor.office.id && !index.below.is_empty();
            if by.actor.must_be(COORDINATORS).is_ok() {
                index.misfits = ill_fitting(tx, by, campaign.id, lang)?;
                let hands = office.id != by.actor.office.id && !index.lines.is_empty();
                index.handover = if hands { handover(campaign.id, office.id, None) } else { String::new() };
            }
            index.xlsx = format!("/targets/sheet.xlsx?campaign={}", campaign.id);
            index.csv = format!("/targets/sheet.csv?campaign={}", campaign.id);
            index.job = store::decomposition(tx, campaign.id, office.id)?;
            index.products = pack.categories().map(|p| (p.code.clone(), p.label(lang).to_owned())).collect();
            index.kinds = pack.targeting.iter().map(|t| (t.code.clone(), t.label(lang).to_owned())).collect();
            let due = pack.milestone("investigation_done").map_or(campaign.ends, |m| due_in(m, &campaign, &pack));
            let sent = sent.or("id", TargetId::new(by.at).to_string()).or("due", due.to_string());
            index.f = sent.filled(lang, &["measure", "product", "focus", "total", "due"]);
        }
        Ok(index)
    });
    html(&show.await?)
}

/// The office that is asked for, within the reader's scope; else the reader's own.
fn shown_office(tx: &mut Tx, by: &By, asked: Option<OfficeId>) -> Result<Office> {
    offices::office_within(tx, by.scope().over_offices(), asked.unwrap_or(by.actor.office.id))
}

/// The campaign that is asked for; else the one under way that is nearest, else the latest.
fn shown_campaign(tx: &mut Tx, by: &By, all: &[Campaign], asked: Option<CampaignId>) -> Result<Option<Campaign>> {
    if let Some(id) = asked {
        return campaigns::find(tx, &by.actor, id).map(Some);
    }
    let current = campaigns::current(tx, &by.actor.office.place(), by.at.date())?;
    Ok(current.into_iter().next().or_else(|| all.first().cloned()))
}

/// The offices from the reader's own down to `office`, as links.
fn trail(
    tx: &mut Tx,
    by: &By,
    office: &Office,
    campaign: Option<&Campaign>,
    lang: Lang,
) -> Result<Vec<(String, String)>> {
    let mut line = vec![office.clone()];
    while let Some(parent) = line.last().filter(|o| o.id != by.actor.office.id).and_then(|o| o.parent) {
        line.push(offices::office(tx, parent)?);
    }
    let link = |o: &Office| (href(campaign.map(|c| c.id), o.id), o.label(lang).to_owned());
    Ok(line.iter().rev().map(link).collect())
}

/// The page on which the shares of an office are handed over.
fn handover(campaign: CampaignId, from: OfficeId, to: Option<OfficeId>) -> String {
    let to = to.map_or_else(String::new, |to| format!("&to={to}"));
    format!("/targets/handover?campaign={campaign}&from={from}{to}")
}

/// Offices whose shares do not fit the tree of offices any more, in words, each with the way to mend it.
fn ill_fitting(tx: &mut Tx, by: &By, campaign: CampaignId, lang: Lang) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for misfit in misfits(tx, by, campaign)? {
        let mut name = |id| Ok::<_, crate::kernel::Error>(offices::office(tx, id)?.label(lang).to_owned());
        let from = name(misfit.from)?;
        let (said, to) = match misfit.moved {
            None => {
                let said = lang.say("{from}已停用，尚有 {n} 项任务", "{from} is closed and still has {n} targets");
                (said.replace("{from}", &from), None)
            }
            Some((moved, to)) => {
                let said = lang.say(
                    "{moved}已由{from}划归{to}，{n} 项任务尚未划转",
                    "{moved} went from {from} to {to}; {n} targets have not",
                );
                let said = said.replace("{moved}", &name(moved)?).replace("{from}", &from);
                (said.replace("{to}", &name(to)?), Some(to))
            }
        };
        found.push((said.replace("{n}", &misfit.many.to_string()), handover(campaign, misfit.from, to)));
    }
    Ok(found)
}

/// The page of another office's targets.
fn href(campaign: Option<CampaignId>, office: OfficeId) -> String {
    campaign.map_or_else(String::new, |c| format!("/targets?campaign={c}&office={office}"))
}

fn lines(tx: &mut Tx, campaign: &Campaign, office: &Office, pack: &Arc<Pack>, lang: Lang) -> Result<Vec<Line>> {
    let mut targets = store::of_office(tx, campaign.id, office.id)?;
    targets.retain(|t| t.state != State::Withdrawn);
    let ids: Vec<_> = targets.iter().map(|t| t.id.into()).collect();
    let mut standing: BTreeMap<TargetId, Vec<(State, i64)>> = BTreeMap::new();
    for (parent, state, many) in store::standing(tx, &ids)? {
        standing.entry(parent).or_default().push((state, many));
    }
    let line = |t: super::Target| {
        let sums = t.measure != Measure::LookBack;
        let number = |n: i64| if sums { lang.count(n) } else { "–".to_owned() };
        let parts = standing.get(&t.id).map(Vec::as_slice).unwrap_or_default();
        Line {
            href: t.href(),
            label: label(pack, &t.product, &t.focus, lang),
            measure: t.measure.label(lang),
            total: format!("{} {}", lang.count(t.total), t.measure.unit(lang)),
            divided: number(t.divided()),
            undivided: number(t.undivided),
            loose: t.undivided > 0 && office.level < Level::County,
            parts: said(parts, lang),
            state: t.state,
            due: t.due.to_string(),
        }
    };
    Ok(targets.into_iter().map(line).collect())
}

/// How the parts stand, in words: 已接收 3 · 待接收 1.
fn said(parts: &[(State, i64)], lang: Lang) -> String {
    let standing = parts.iter().filter(|(state, _)| *state != State::Withdrawn);
    let words: Vec<String> = standing.map(|(state, many)| format!("{} {many}", state.label(lang))).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" · ") }
}
