//! The page of a subject: what it is, where it works, what it holds, what may be done next, what happened.

use super::forms;
use crate::{
    enterprises::{
        self, Act, Enterprise, Lexicon, OFFICERS, Secrets, Site, Verb,
        certificates::{Certificate, Verb as PaperVerb, store as papers},
        duplicates::{self, Likely},
        store,
        watches::{self, Watch, WatchState},
    },
    files,
    kernel::{
        App, EnterpriseId, Error, Lang, Page, Result, Sent, SiteId, db::Tx, flash, forms::ActForm, http::Form,
        page::html, text,
    },
    people::{Scope, Visitor, store as offices},
    record::{Event, Kind, store as events},
    reference::{Region, regions},
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
        .route("/enterprises/{id}", get(show).post(submit).layer(DefaultBodyLimit::disable()))
        .route("/enterprises/{id}/look", post(look))
}

/// A certificate as the page of its holder shows it.
struct Paper {
    c: Certificate,
    meta: String,
    state: &'static str,
    colour: &'static str,
    warnings: Vec<(&'static str, String, &'static str)>,
}

#[derive(Template)]
#[template(path = "enterprises/show.html")]
struct Show {
    p: Page,
    e: Enterprise,
    region: String,
    office: String,
    survivor: Option<Enterprise>,
    merged: Vec<Enterprise>,
    made: Vec<String>,
    sold: Vec<String>,
    regimes: Vec<String>,
    sites: Vec<(Site, String)>,
    papers: Vec<Paper>,
    likely: Vec<Likely>,
    acts: Vec<ActForm>,
    sent: Sent,
    events: Vec<(String, Event)>,
    secrets: Option<Secrets>,
    may_edit: bool,
    may_look: bool,
    new_site: String,
    /// What it is watched for; not told to itself.
    watches: Vec<Watch>,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, EnterpriseId::in_path(&id)?, Sent::default(), None).await
}

/// Shows what is locked up, once; the look is recorded.
async fn look(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form,
) -> Result<Html<String>> {
    let (id, keeper) = (EnterpriseId::in_path(&id)?, app.keeper.clone());
    let why = Some(sent.value("why").trim().to_owned()).filter(|w| !w.is_empty());
    let secrets = app.act(&visitor.by, move |tx, by| enterprises::look(tx, by, &keeper, id, why.as_deref())).await?;
    draw(&app, &visitor, id, Sent::default(), Some(secrets)).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = EnterpriseId::in_path(&id)?;
    let (sent, problem) = files::read_form(&app, &visitor.by, form).await?;
    match press(&app, &visitor, id, &sent, problem).await {
        Ok(verb) => Ok(flash::done(&format!("/enterprises/{id}"), verb.label(visitor.lang), visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            let page = draw(&app, &visitor, id, sent.blame(error)?, None).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn press(app: &App, visitor: &Visitor, id: EnterpriseId, sent: &Sent, problem: Option<Error>) -> Result<Verb> {
    problem.map_or(Ok(()), Err)?;
    let wanted: Act = by_code(app, sent).await?.read()?;
    let verb = wanted.verb();
    app.act(&visitor.by, move |tx, by| enterprises::act(tx, by, id, &wanted)).await?;
    Ok(verb)
}

/// People name the other subject by its credit code; the act wants its id.
async fn by_code(app: &App, sent: &Sent) -> Result<Sent> {
    let typed = sent.value("into").trim().to_owned();
    if typed.is_empty() || EnterpriseId::parse(&typed).is_ok() {
        return Ok(sent.clone());
    }
    let code = text::code(&typed);
    let found = app.db.read(move |tx| store::by_uscc(tx, &code)).await?;
    let into = found.map_or(typed, |e| e.id.to_string());
    let pairs = sent.pairs().filter(|(name, _)| *name != "into").map(|(n, v)| (n.to_owned(), v.to_owned()));
    Ok(Sent::new(pairs.chain([("into".to_owned(), into)]).collect()))
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    id: EnterpriseId,
    sent: Sent,
    secrets: Option<Secrets>,
) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let page = visitor.page("enterprises", "");
    let show = app
        .db
        .read(move |tx| {
            let (scope, today) = (by.scope(), by.at.date());
            let e = enterprises::record_of(tx, scope, id)?;
            let lexicon = Lexicon::at(tx, &e.place(), today)?;
            let clocks = lexicon.clocks(today);
            let mut papers_of = Vec::new();
            for c in enterprises::certificates_of(tx, id)? {
                let history = papers::history(tx, c.id)?;
                let warnings = c.warnings(&history, today, &clocks);
                papers_of.push(Paper {
                    meta: format!("{} · {} – {}", c.kind.label(lang), c.issued, c.expires),
                    state: c.state_on(today).label(lang),
                    colour: c.colour(&today),
                    warnings: warnings.iter().map(|w| (w.kind, w.sentence.say(lang).to_owned(), w.source)).collect(),
                    c,
                });
            }
            let places = offices::neighbours(tx, scope, lang)?;
            let officer = by.actor.must_be(OFFICERS).is_ok();
            let likely =
                if officer && e.merged_into.is_none() { duplicates::likely(tx, scope, &e)? } else { Vec::new() };
            let office = match e.place().owner() {
                Some(office) => offices::office(tx, office)?.label(lang).to_owned(),
                None => String::new(),
            };
            let regimes = e.regimes_on(today, |product, date| lexicon.regimes(product, date));
            let sites = store::sites(tx, id)?.into_iter().map(|s| (region_name(&s.region), s));
            let office_looks = matches!(scope, Scope::Office { .. });
            let watches = if office_looks { watches::of(tx, id)? } else { Vec::new() };
            let leads = watches.iter().any(|w| w.state == WatchState::Resumed);
            let mut acts = forms::of(&e, &by.actor, &likely, &places, lang);
            acts.retain(|act| leads || act.verb != Verb::KeepWatch.code());
            Ok(Show {
                p: Page { title: e.name.clone(), ..page },
                region: region_name(&e.region),
                office,
                survivor: match e.merged_into {
                    Some(_) => Some(store::standing_for(tx, id)?),
                    None => None,
                },
                merged: store::merged_into(tx, id)?,
                made: e.made.0.iter().map(|code| lexicon.label(code, lang)).collect(),
                sold: e.sold.0.iter().map(|code| lexicon.label(code, lang)).collect(),
                regimes: named(regimes.into_iter().map(|(_, regime)| regime.label(lang))),
                sites: sites.map(|(region, site)| (site, region)).collect(),
                papers: papers_of,
                acts,
                watches,
                likely,
                events: timeline(tx, id, lang)?,
                may_edit: officer && e.state.step(Verb::Edit).is_some(),
                may_look: by.actor.must_be(enterprises::LOOKERS).is_ok()
                    && (e.phone.is_some() || e.person_id.is_some()),
                new_site: SiteId::new(by.at).to_string(),
                secrets,
                sent,
                e,
            })
        })
        .await?;
    html(&show)
}

fn named(labels: impl Iterator<Item = &'static str>) -> Vec<String> {
    let mut labels: Vec<String> = labels.map(str::to_owned).collect();
    labels.sort();
    labels.dedup();
    labels
}

fn region_name(code: &str) -> String {
    regions::find(code).map_or_else(|| code.to_owned(), Region::full_name)
}

/// What happened to a subject and to its certificates, newest first.
fn timeline(tx: &mut Tx, id: EnterpriseId, lang: Lang) -> Result<Vec<(String, Event)>> {
    let mut all = events::timeline(tx, &id.to_string())?;
    for certificate in enterprises::certificates_of(tx, id)? {
        all.extend(events::timeline(tx, &certificate.id.to_string())?);
    }
    all.sort_by_key(|e| std::cmp::Reverse((e.at, e.id)));
    Ok(all.into_iter().map(|e| (did(&e, lang), e)).collect())
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = event.verb.as_str();
    let known = match event.kind {
        Kind::Certificate => PaperVerb::from_code(verb).map(|v| v.label(lang)),
        _ => Verb::from_code(verb).map(|v| v.label(lang)),
    };
    let what = known.unwrap_or(match verb {
        "register" => lang.say("登记", "Registered"),
        "watch" => lang.say("列入恢复生产经营监视", "Put under watch for a resumption"),
        "watch_sign" => lang.say("监视期间发现恢复迹象", "Seen at work again while under watch"),
        "look" => lang.say("查看联系方式", "Looked at the telephone"),
        "absorb" => lang.say("并入了另一记录", "Took in another record"),
        "release" => lang.say("分出了一个记录", "Let a record go"),
        "add_site" => lang.say("增加地点", "Added a site"),
        "change_site" => lang.say("更正地点", "Corrected a site"),
        other => other,
    });
    if event.kind == Kind::Certificate { format!("{what} · {}", event.name) } else { what.to_owned() }
}
