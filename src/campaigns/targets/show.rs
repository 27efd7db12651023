//! The page of one target: where it stands, how it is divided, what may be done next, what has happened.

use super::{
    Act, HEADS, Measure, Share, State, Target, Verb, act, even, forms, get, label, proposed, store, tree::Rule,
};
use crate::{
    campaigns, files,
    kernel::{
        App, Error, Lang, NOT_A_CHOICE, OfficeId, Page, Result, Sent, TargetId,
        db::Tx,
        flash,
        forms::ActForm,
        http::{Form, Params},
        list::Ask,
        page::html,
    },
    people::{Actor, Level, Office, Visitor, store as offices},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
    routing,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/targets/{id}", routing::get(page).post(submit).layer(DefaultBodyLimit::disable()))
        .route("/targets/{id}/division", routing::post(submit_division))
}

/// An office below, with its part of the target.
struct Part {
    office: String,
    /// Its share's page; empty when it has none.
    href: String,
    state: Option<State>,
    total: i64,
    undivided: i64,
    /// The field of the form.
    name: String,
    value: String,
    error: String,
}

#[derive(Template)]
#[template(path = "campaigns/targets/show.html")]
struct Show {
    p: Page,
    target: Target,
    campaign: String,
    /// Product and kind of targets.
    about: String,
    office: String,
    above: String,
    unit: &'static str,
    sums: bool,
    parts: Vec<Part>,
    /// What stands in the form altogether.
    sum: i64,
    may_divide: bool,
    /// Whether the reader may assign visits by it.
    may_assign: bool,
    acts: Vec<ActForm>,
    sent: Sent,
    events: Vec<(String, Event)>,
}

impl Show {
    /// Where visits are assigned by it.
    fn assign(&self) -> String {
        format!("/assignments/new?target={}", self.target.id)
    }
}

/// What the form of the division holds from the beginning.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wish {
    /// `even`: a proposal of the system.
    by: String,
}

async fn page(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(wish): Params<Wish>,
) -> Result<Html<String>> {
    let id = TargetId::in_path(&id)?;
    let scope = visitor.by.scope();
    let propose = move |tx: &mut Tx| {
        let target = get(tx, scope, id)?;
        proposed(tx, &target, &mut even)
    };
    let shares = if wish.by == "even" { Some(app.db.read(propose).await?) } else { None };
    draw(&app, &visitor, id, (shares, Sent::default())).await
}

/// The page of a target with a proposal in its form, for somebody to change and confirm.
pub async fn page_with(app: &App, visitor: &Visitor, id: TargetId, shares: Vec<Share>) -> Result<Html<String>> {
    draw(app, visitor, id, (Some(shares), Sent::default())).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = TargetId::in_path(&id)?;
    let (sent, problem) = files::read_form(&app, &visitor.by, form).await?;
    let wanted = problem.map_or(Ok(()), Err).and_then(|()| sent.read::<Act>());
    finish(&app, &visitor, id, sent, wanted).await
}

/// The division was sent: one field for each office below.
async fn submit_division(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form,
) -> Result<Response> {
    let id = TargetId::in_path(&id)?;
    let wanted = division(&sent);
    finish(&app, &visitor, id, sent, wanted).await
}

async fn finish(app: &App, visitor: &Visitor, id: TargetId, sent: Sent, wanted: Result<Act>) -> Result<Response> {
    let done = match wanted {
        Ok(wanted) => {
            let verb = wanted.verb();
            app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await.map(|_| verb)
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(verb) => Ok(flash::done(&format!("/targets/{id}"), verb.label(visitor.lang), visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(app, visitor, id, (None, sent.blame(error)?)).await?).into_response())
        }
    }
}

/// The division that a form holds; an empty field is nothing.
fn division(sent: &Sent) -> Result<Act> {
    let mut shares = Vec::new();
    for (name, value) in sent.pairs() {
        let Some(office) = name.strip_prefix("share-") else { continue };
        let office: OfficeId = office.parse()?;
        let total = match value.trim() {
            "" => 0,
            typed => typed.replace([',', '，'], "").parse().map_err(|_| wrong_number(name, typed))?,
        };
        shares.push(Share { office, total });
    }
    let version = sent.value("version").parse().map_err(|_| Error::Stale)?;
    Ok(Act::Divide { shares, version })
}

fn wrong_number(field: &str, typed: &str) -> Error {
    Error::invalid(field, NOT_A_CHOICE.with("value", typed))
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    id: TargetId,
    (shares, sent): (Option<Vec<Share>>, Sent),
) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page("targets", ""));
    let show = app.db.read(move |tx| {
        let (actor, lang) = (visitor.actor(), visitor.lang);
        let target = get(tx, visitor.by.scope(), id)?;
        let (campaign, pack) = campaigns::of(tx, target.campaign)?;
        let may_divide = target.open_to(actor).contains(&Verb::Divide);
        let parts = parts(tx, &target, shares.as_deref(), &sent, lang)?;
        let receivers = receivers(tx, &target, actor, lang)?;
        let about = label(&pack, &target.product, &target.focus, lang);
        let office = offices::office(tx, target.office)?;
        let above = match target.parent.map(|parent| store::find(tx, parent)).transpose()?.flatten() {
            Some(parent) if get(tx, visitor.by.scope(), parent.id).is_ok() => parent.href(),
            _ => String::new(),
        };
        Ok(Show {
            p: Page {
                title: format!("{about}{}{}", lang.say("：", ": "), target.measure.label(lang)),
                path: target.href(),
                ..page
            },
            campaign: campaign.label(lang).to_owned(),
            office: office.label(lang).to_owned(),
            unit: target.measure.unit(lang),
            sums: target.measure.rule() == Rule::Sum,
            sum: parts.iter().filter_map(|p| p.value.parse::<i64>().ok()).fold(0, i64::saturating_add),
            may_divide: may_divide && !parts.is_empty(),
            may_assign: target.measure == Measure::Inspect
                && target.office == actor.office.id
                && actor.must_be(HEADS).is_ok(),
            acts: forms::of(&target, actor, &receivers, lang),
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            above,
            about,
            target,
            parts,
            sent,
        })
    });
    html(&show.await?)
}

/// The offices just below and those that have a part: what each has, and what stands in the form for it.
fn parts(tx: &mut Tx, target: &Target, shares: Option<&[Share]>, sent: &Sent, lang: Lang) -> Result<Vec<Part>> {
    let mut children: BTreeMap<OfficeId, Target> =
        store::children(tx, target.id)?.into_iter().map(|c| (c.office, c)).collect();
    let mut parts = Vec::new();
    let mut below = offices::offices_below(tx, target.office)?;
    below.retain(|o| o.active || children.contains_key(&o.id));
    for office in &below {
        parts.push(part(office, children.remove(&office.id), (shares, sent), lang));
    }
    // what an office that has moved elsewhere still has
    for (id, child) in children.into_iter().filter(|(_, c)| c.state != State::Withdrawn) {
        parts.push(part(&offices::office(tx, id)?, Some(child), (shares, sent), lang));
    }
    Ok(parts)
}

fn part(office: &Office, child: Option<Target>, (shares, sent): (Option<&[Share]>, &Sent), lang: Lang) -> Part {
    let name = format!("share-{}", office.id);
    let child = child.filter(|c| c.state != State::Withdrawn);
    let total = child.as_ref().map_or(0, |c| c.total);
    let proposed = shares.map(|all| all.iter().find(|s| s.office == office.id).map_or(0, |s| s.total));
    let number = |n: i64| if n == 0 { String::new() } else { n.to_string() };
    let typed = !sent.value("version").is_empty() && sent.pairs().any(|(n, _)| n == name);
    Part {
        office: office.label(lang).to_owned(),
        href: child.as_ref().map_or_else(String::new, Target::href),
        state: child.as_ref().map(|c| c.state),
        total,
        undivided: child.as_ref().map_or(0, |c| c.undivided),
        value: if typed { sent.value(&name).to_owned() } else { number(proposed.unwrap_or(total)) },
        error: sent.wrong(&name, lang),
        name,
    }
}

/// The offices to which a part may go: those of the same level within the reader's scope; beside it, for the nation.
fn receivers(tx: &mut Tx, target: &Target, actor: &Actor, lang: Lang) -> Result<Vec<(String, String)>> {
    if !target.open_to(actor).contains(&Verb::Move) {
        return Ok(Vec::new());
    }
    let mut found = if actor.office.level == Level::Nation {
        let parent = offices::office(tx, target.office)?.parent;
        parent.map_or_else(|| Ok(Vec::new()), |parent| offices::offices_below(tx, parent))?
    } else {
        let ask = Ask { sort: Some("code".to_owned()), limit: Some(200), ..Ask::default() };
        offices::offices(tx, actor.scope(), Some(target.level), &ask)?.items
    };
    found.retain(|o| o.active && o.id != target.office);
    Ok(found.iter().map(|o| (o.id.to_string(), o.label(lang).to_owned())).collect())
}

/// What an event did, in the reader's language.
pub(in crate::campaigns) fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    let born = match event.verb.as_str() {
        "set" => lang.say("下达任务", "Set"),
        _ => lang.say("分配任务", "Assigned"),
    };
    verb.unwrap_or(born).to_owned()
}
