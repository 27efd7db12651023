//! The on-site form (现场检查表): made for a phone, works without scripts, loses nothing. No rule lives here.

use super::{
    Answered, Inspection, Verb,
    form::{self, Asked},
    questions::{Question, Slot},
    store, submit,
};
use crate::{
    accounts,
    campaigns::{self, Side},
    enterprises, files,
    kernel::{App, Error, HazardId, InspectionId, Lang, Page, Result, Sent, db::Tx, flash, http::Typed, page::html},
    people::{Role, Visitor},
    record::{Field, refused},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/inspections/{id}/fill", get(open).post(send).layer(DefaultBodyLimit::disable()))
}

#[derive(Template)]
#[template(path = "inspections/fill.html")]
struct Fill {
    p: Page,
    visit: Inspection,
    sent: Sent,
    errors: Vec<String>,
    asked: Asked,
    checklist: String,
    basis: String,
    fields: Vec<(&'static str, &'static str)>,
    /// Products that can be chosen: code, label, whether it is.
    products: Vec<(String, String, bool)>,
    /// All products of the pack, to add one.
    catalogue: Vec<(String, String)>,
    lists: Vec<(String, String)>,
    questions: Vec<Question>,
    beside: Vec<Slot>,
    answers: Vec<(&'static str, &'static str)>,
    me: String,
    colleagues: Vec<(String, String)>,
    others: [String; 2],
}

/// Opens the form. A visit that is done already leads to its page.
async fn open(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Typed(sent): Typed) -> Result<Response> {
    visitor.actor().must_be(super::VISITORS)?;
    draw(&app, &visitor, InspectionId::in_path(&id)?, sent, "").await
}

/// Another checklist, one more finding, or the whole record.
async fn send(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = InspectionId::in_path(&id)?;
    let (sent, problem) = files::read_form(&app, &visitor.by, form).await?;
    match (sent.value("go"), problem) {
        ("choose", _) => draw(&app, &visitor, id, sent, "choose.").await,
        ("more", None) => {
            let one = HazardId::new(visitor.by.at).to_string();
            draw(&app, &visitor, id, sent.with("extra[]", one), "").await
        }
        (_, problem) => submitted(app, visitor, id, sent, problem).await,
    }
}

async fn submitted(
    app: App,
    visitor: Visitor,
    id: InspectionId,
    sent: Sent,
    problem: Option<Error>,
) -> Result<Response> {
    let (by, typed) = (visitor.by.clone(), sent.clone());
    let read = app.db.read(move |tx| {
        let visit = store::get(tx, by.scope(), id)?;
        let asked = asked(tx, &visit, &typed, "")?;
        form::submission(&typed, &asked, by.actor.account)
    });
    let done = match (problem, read.await) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(error),
        (None, Ok(record)) => {
            let content = serde_json::to_value(&record).map_err(Error::broken)?;
            let done = app.act(&visitor.by, move |tx, by| submit(tx, by, id, &record)).await;
            match done {
                // Somebody else has sent another record of this visit: what stands on this form is kept as well.
                Err(error) if error.status() == 409 => {
                    refused::keep(&app, &visitor.by, refused::What::visit(id), &content, &error).await?;
                    Err(error)
                }
                done => done,
            }
        }
    };
    match done {
        Ok(visit) => Ok(flash::well(&visit.href(), visitor.say("检查记录已提交", "The record is submitted"))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, id, sent.blame(error)?, "").await?).into_response())
        }
    }
}

/// What is asked on this visit, by what the form says or else by what fits the enterprise.
fn asked(tx: &mut Tx, visit: &Inspection, sent: &Sent, prefix: &str) -> Result<Asked> {
    let (campaign, current) = campaigns::of(tx, visit.campaign)?;
    let version = sent.value("pack_version").parse().ok().filter(|v| *v != campaign.pack_version && prefix.is_empty());
    let pack = match version {
        Some(version) => campaigns::pack(tx, &campaign.pack_code, version)?,
        None => current,
    };
    let site = enterprises::standing(tx, visit.enterprise)?;
    let day = sent.value("started_at").get(..10).and_then(|d| d.parse().ok());
    let day = day.or(visit.planned_for).unwrap_or(campaign.starts);
    Ok(Asked::of(sent, prefix, (campaign.id, pack), &site, day))
}

async fn draw(app: &App, visitor: &Visitor, id: InspectionId, sent: Sent, prefix: &'static str) -> Result<Response> {
    let (visitor, page) = (visitor.clone(), visitor.page("inspections", ""));
    let fill = app
        .db
        .read(move |tx| {
            let visit = store::get(tx, visitor.by.scope(), id)?;
            if visit.state.step(Verb::Submit).is_none() && !sent.is_wrong() {
                return Ok(Err(visit.href()));
            }
            let now = visitor.by.at.local();
            let sent = sent.or("started_at", now);
            let asked = asked(tx, &visit, &sent, prefix)?;
            let p = Page { title: visit.party.clone(), ..page };
            fill(tx, &visitor, visit, sent, asked, p).map(Ok)
        })
        .await?;
    match fill {
        Ok(fill) => html(&fill).map(IntoResponse::into_response),
        Err(done) => Ok(Redirect::to(&done).into_response()),
    }
}

fn fill(tx: &mut Tx, visitor: &Visitor, visit: Inspection, sent: Sent, asked: Asked, p: Page) -> Result<Fill> {
    let (by, lang) = (&visitor.by, visitor.lang);
    let me = by.actor.account.to_string();
    let mut colleagues = accounts::colleagues(tx, &visit.place(), Role::Inspector)?;
    colleagues.retain(|c| c.0 != me);
    let questions: Vec<Question> = asked.items().iter().map(|i| Question::of(i, &asked, &sent, visitor)).collect();
    let beside: Vec<Slot> = form::extra(&sent).map(|key| Slot::beside(key, &asked, &sent, lang)).collect();
    let shown: Vec<String> = questions.iter().flat_map(Question::names).collect();
    let shown =
        shown.into_iter().chain(beside.iter().flat_map(Slot::names)).chain(ENDING.iter().map(ToString::to_string));
    let shown: Vec<String> = shown.collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    let mut errors: Vec<String> =
        Some(sent.wrong_otherwise(&shown, lang)).filter(|e| !e.is_empty()).into_iter().collect();
    let open = questions.iter().filter(|q| !q.error.is_empty() && q.answer.is_empty()).count();
    if open > 0 {
        let n = open.to_string();
        errors.push(lang.say("还有 {n} 项未作答。", "{n} questions have no answer yet.").replace("{n}", &n));
    }
    let chosen = |i: usize| sent.all("inspectors[]").get(i).cloned().unwrap_or_default();
    let only = if colleagues.len() == 1 { colleagues[0].0.clone() } else { String::new() };
    let others = [Some(chosen(0)).filter(|id| !id.is_empty()).unwrap_or(only), chosen(1)];
    let list = asked.list();
    Ok(Fill {
        p,
        checklist: list.map_or_else(String::new, |l| l.label(lang).to_owned()),
        basis: list.map_or_else(String::new, |l| asked.pack.cite(&l.head.basis, lang)),
        fields: Field::ALL.iter().map(|f| (f.code(), f.label(lang))).collect(),
        products: products(tx, &visit, &asked, lang)?,
        catalogue: asked
            .pack
            .products
            .iter()
            .map(|p| (p.code.clone(), asked.pack.product_label(&p.code, lang)))
            .collect(),
        lists: lists(&asked, lang),
        answers: Answered::ALL.iter().map(|a| (a.code(), a.label(lang))).collect(),
        me: by.actor.name.clone(),
        errors,
        questions,
        beside,
        colleagues,
        others,
        asked,
        visit,
        sent,
    })
}

/// Fields of the end of the form.
const ENDING: &[&str] = &[
    "inspectors",
    "credentials_shown",
    "withdrawal_told",
    "statement",
    "signed_by",
    "refused",
    "witness",
    "started_at",
    "ended_at",
    "evidence",
];

/// The products of the enterprise and those chosen beside them.
fn products(tx: &mut Tx, visit: &Inspection, asked: &Asked, lang: Lang) -> Result<Vec<(String, String, bool)>> {
    let site = enterprises::standing(tx, visit.enterprise)?;
    let mut codes: Vec<String> = site.products().into_iter().map(str::to_owned).collect();
    codes.extend(asked.products.iter().cloned());
    codes.sort_unstable();
    codes.dedup();
    let line = |code: String| {
        let chosen = asked.products.contains(&code);
        (code.clone(), asked.pack.product_label(&code, lang), chosen)
    };
    Ok(codes.into_iter().map(line).collect())
}

/// The checklists that fit, the best first, with how many questions each has.
fn lists(asked: &Asked, lang: Lang) -> Vec<(String, String)> {
    let products: Vec<&str> = asked.products.iter().map(String::as_str).collect();
    let side = Side::of(asked.field);
    let one = |code: &String| {
        let list = asked.pack.checklist(code)?;
        let n = asked.pack.items_for(list, &products, side, asked.day).len();
        Some((code.clone(), format!("{} · {n} {}", list.label(lang), lang.say("项", "questions"))))
    };
    asked.fitting.iter().filter_map(one).collect()
}
