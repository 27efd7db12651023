//! The pages of assessment: the offices side by side, one sheet as it stands, one as it was fixed. No rule lives here.

use super::{
    Act, Assessed, Assessment, Filter, Fixed, JUDGES, Line, READERS, Remark, State, Verb, Wanted, act, assessed,
    fix_all, forms, get, list, model, sheet::points, table,
};
use crate::{
    accounts,
    campaigns::{self, Pack},
    files,
    kernel::{
        App, AssessmentId, CampaignId, Lang, Page, Result, Sent, flash,
        forms::ActForm,
        http::{Form, Params, Typed},
        list::Ask,
        page::html,
        sheet::download,
    },
    people::Visitor,
    record::{Event, store as events},
    reports::returns,
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    response::{Html, IntoResponse, Response},
    routing::get as page,
};
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/assessments", page(index).post(fix))
        .route("/assessments.csv", page(exported))
        .route("/assessments.xlsx", page(exported))
        .route("/assessments/{id}", page(show).post(press).layer(DefaultBodyLimit::disable()))
}

#[derive(Template)]
#[template(path = "reports/assessment/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    /// None: there is no campaign to judge by.
    assessed: Option<Assessed>,
    campaigns: Vec<(String, String)>,
    /// The last sheets that were fixed, here and below.
    fixed: Vec<Assessment>,
    pack: Option<Arc<Pack>>,
    may_fix: bool,
}

impl Index {
    /// The same sheets as a file.
    fn file(&self, ending: &str) -> String {
        crate::kernel::links::same(&format!("/assessments.{ending}"), &self.sent)
    }

    fn cite(&self, line: &Line) -> String {
        self.pack.as_ref().map_or_else(String::new, |pack| pack.cite(&line.rule.source, self.p.lang))
    }
}

async fn index(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    overview(&app, &visitor, sent.read()?, sent).await
}

async fn overview(app: &App, visitor: &Visitor, wanted: Wanted, sent: Sent) -> Result<Html<String>> {
    visitor.actor().must_be(READERS)?;
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let read = app.db.read(move |tx| {
        let campaigns = returns::reported(tx, &by)?;
        let names = campaigns.iter().map(|c| (c.id.to_string(), c.label(lang).to_owned())).collect();
        if campaigns.is_empty() && wanted.campaign.is_none() {
            return Ok((None, names, Vec::new(), None));
        }
        let assessed = assessed(tx, &by, &wanted)?;
        let (_, pack) = campaigns::of(tx, assessed.own.campaign)?;
        let filter = Filter { campaign: Some(assessed.own.campaign), ..Filter::default() };
        let fixed = list(tx, &by, &filter, &Ask { limit: Some(20), ..Ask::default() })?.items;
        Ok((Some(assessed), names, fixed, Some(pack)))
    });
    let (assessed, campaigns, fixed, pack) = read.await?;
    let own = |assessed: &Assessed| assessed.own.office == visitor.actor().office.id && !assessed.below.is_empty();
    html(&Index {
        p: visitor.page("assessments", visitor.say("质量工作考核", "Assessment")),
        may_fix: visitor.actor().must_be(JUDGES).is_ok() && assessed.as_ref().is_some_and(own),
        sent,
        assessed,
        campaigns,
        fixed,
        pack,
    })
}

/// What the form that fixes sheets sends.
#[derive(Deserialize)]
struct Fixing {
    campaign: CampaignId,
    day: Date,
    #[serde(default)]
    due: Option<Date>,
}

/// Fixes the sheets of all offices directly below.
async fn fix(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let done = match sent.read::<Fixing>() {
        Ok(Fixing { campaign, day, due }) => {
            app.act(&visitor.by, move |tx, by| fix_all(tx, by, campaign, day, due)).await.map(|_| campaign)
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(campaign) => {
            let what = visitor.say("评分", "sheets fixed");
            Ok(flash::done(&format!("/assessments?campaign={campaign}"), what, visitor.lang))
        }
        Err(error) => {
            let status = error.status_code();
            let wanted = Wanted { campaign: sent.value("campaign").parse().ok(), ..Wanted::default() };
            Ok((status, overview(&app, &visitor, wanted, sent.blame(error)?).await?).into_response())
        }
    }
}

/// The sheets side by side as a file, of the kind that the address asks for.
async fn exported(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(wanted): Params<Wanted>,
) -> Result<Response> {
    let lang = visitor.lang;
    let assessed = app.db.read(move |tx| assessed(tx, &visitor.by, &wanted)).await?;
    download(&uri, "assessment", &table::table(&assessed, lang))
}

#[derive(Template)]
#[template(path = "reports/assessment/show.html")]
struct Show {
    p: Page,
    fixed: Fixed,
    /// Each line with what it has after corrections, and what was said about it.
    lines: Vec<(Line, String, Vec<Remark>)>,
    way: Vec<Step>,
    acts: Vec<ActForm>,
    sent: Sent,
    events: Vec<(String, Event)>,
    fixed_by: String,
    confirmed_by: String,
}

/// A station of the life cycle, as it is drawn.
struct Step {
    label: &'static str,
    done: bool,
    now: bool,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, AssessmentId::in_path(&id)?, Sent::default()).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = AssessmentId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/assessments/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: AssessmentId, sent: Sent) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let frame = visitor.page("assessments", "");
    let show = app.db.read(move |tx| {
        let fixed = get(tx, &by, id)?;
        let of = |line: &Line| {
            let said = fixed.remarks.iter().filter(|r| r.line == line.rule.code).cloned().collect();
            (line.clone(), points(model::mark(&fixed.sheet, &fixed.remarks, &line.rule.code)), said)
        };
        let title = format!("{} · {}", fixed.assessment.office_label(lang), lang.date(fixed.assessment.day));
        Ok(Show {
            p: Page { title, ..frame },
            lines: fixed.sheet.lines.iter().map(of).collect(),
            way: way(fixed.assessment.state, lang),
            acts: forms::of(&fixed, &by.actor, by.at.date(), lang),
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            fixed_by: accounts::name_of(tx, Some(fixed.assessment.fixed_by))?,
            confirmed_by: accounts::name_of(tx, fixed.assessment.confirmed_by)?,
            fixed,
            sent,
        })
    });
    html(&show.await?)
}

/// The ordinary way with the present station; a sheet off the way shows its state where it left.
fn way(state: State, lang: Lang) -> Vec<Step> {
    let at = State::WAY.iter().position(|s| *s == state);
    let step =
        |(i, s): (usize, &State)| Step { label: s.label(lang), done: at.is_none_or(|at| i < at), now: at == Some(i) };
    let mut way: Vec<Step> = State::WAY.iter().enumerate().map(step).collect();
    if at.is_none() {
        way.truncate(1);
        way.push(Step { label: state.label(lang), done: false, now: true });
    }
    way
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    Verb::from_code(&event.verb).map_or_else(|| lang.say("核定评分", "Fixed"), |v| v.label(lang)).to_owned()
}
