//! Certificates for programs and people.

use super::{forms, sheets};
use crate::{
    enterprises::{
        self, Enterprise, Lexicon, OFFICERS,
        certificates::{self as papers, Act, Certificate, Entry, Filter, Kind, New, State, Verb, law, store},
    },
    files,
    kernel::{
        App, CertificateId, EnterpriseId, Error, Filled, Page, Result, Sent, flash,
        forms::ActForm,
        http::{Failures, Form, Json, Params, Typed},
        links,
        list::{Ask, Listed},
        page::html,
        sheet,
    },
    people::Visitor,
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::civil::Date;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_certificates))
        .routes(routes!(get_certificate, put_certificate))
        .routes(routes!(post_act))
        .routes(routes!(get_history))
        .route("/certificates", get(index))
        .route("/certificates.csv", get(download))
        .route("/certificates.xlsx", get(download))
        .route("/certificates/{id}", get(show).post(submit).layer(DefaultBodyLimit::disable()))
        .route("/enterprises/{id}/certificates/new", get(blank).post(create))
}

/// Licences and certificates within the reader's scope.
#[utoipa::path(get, path = "/api/v1/certificates", tag = "certificates", params(Ask, Filter),
    responses((status = 200, body = Listed<Certificate>), Failures))]
async fn get_certificates(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<impl IntoResponse> {
    let (scope, today) = (visitor.by.scope(), visitor.by.at.date());
    app.db.read(move |tx| papers::list(tx, scope, &filter, today, &ask)).await.map(Json)
}

/// One certificate.
#[utoipa::path(get, path = "/api/v1/certificates/{id}", tag = "certificates", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Certificate), Failures))]
async fn get_certificate(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (CertificateId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| papers::get(tx, scope, id)).await.map(Json)
}

/// Register a certificate of a subject. The same id with the same content answers as the first time.
#[utoipa::path(put, path = "/api/v1/certificates/{id}", tag = "certificates", params(("id" = uuid::Uuid, Path)), request_body = New,
    responses((status = 200, body = Certificate), Failures))]
async fn put_certificate(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Result<impl IntoResponse> {
    let new = New { id: CertificateId::in_path(&id)?, ..new };
    app.act(&visitor.by, move |tx, by| papers::register(tx, by, &new)).await.map(Json)
}

/// Record what has happened to a certificate: renewal, suspension, cancellation, withdrawal, revocation, recall …
#[utoipa::path(post, path = "/api/v1/certificates/{id}/acts", tag = "certificates", params(("id" = uuid::Uuid, Path)), request_body = Act,
    responses((status = 200, body = Certificate), Failures))]
async fn post_act(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Json(wanted): Json<Act>,
) -> Result<impl IntoResponse> {
    let id = CertificateId::in_path(&id)?;
    app.act(&visitor.by, move |tx, by| papers::act(tx, by, id, &wanted)).await.map(Json)
}

/// What a certificate was from which day on.
#[utoipa::path(get, path = "/api/v1/certificates/{id}/history", tag = "certificates", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<Entry>), Failures))]
async fn get_history(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<impl IntoResponse> {
    let (id, scope) = (CertificateId::in_path(&id)?, visitor.by.scope());
    app.db.read(move |tx| papers::get(tx, scope, id).and_then(|c| store::history(tx, c.id))).await.map(Json)
}

#[derive(Template)]
#[template(path = "enterprises/certificates.html")]
struct Index {
    p: Page,
    sent: Sent,
    items: Vec<Certificate>,
    today: Date,
    next: String,
    kinds: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    terms: Vec<(String, String)>,
    csv: String,
    xlsx: String,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let today = by.at.date();
    let ask = Ask { sort: ask.sort.clone().or_else(|| Some("expires".into())), ..ask };
    let (listed, clocks) = app
        .db
        .read(move |tx| {
            let lexicon = Lexicon::at(tx, &by.actor.office.place(), today)?;
            Ok((papers::list(tx, by.scope(), &filter, today, &ask)?, lexicon.clocks(today)))
        })
        .await?;
    let terms = [clocks.certificate_warning_days, clocks.licence_warning_days].into_iter().filter(|days| *days > 0);
    let term = |days: i64| {
        let day = today.checked_add(jiff::Span::new().days(i32::try_from(days).unwrap_or(0))).unwrap_or(today);
        (day.to_string(), visitor.say("{} 天内到期", "Expire within {} days").replace("{}", &days.to_string()))
    };
    html(&Index {
        p: visitor.page("enterprises", visitor.say("许可证与认证证书", "Licences and certificates")),
        next: links::next("/certificates", &sent, listed.next.as_deref()),
        csv: links::same("/certificates.csv", &sent),
        xlsx: links::same("/certificates.xlsx", &sent),
        items: listed.items,
        today,
        kinds: forms::paper_kinds(lang),
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        terms: terms.map(term).collect(),
        sent,
    })
}

async fn table(app: &App, visitor: &Visitor, ask: Ask, filter: Filter) -> Result<sheet::Table> {
    let (scope, lang, today) = (visitor.by.scope(), visitor.lang, visitor.by.at.date());
    app.db.read(move |tx| sheets::paper_table(tx, scope, &filter, (today, &ask), lang)).await
}

/// The list as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    sheet::download(&uri, "certificates", &table(&app, &visitor, ask, filter).await?)
}

#[derive(Template)]
#[template(path = "enterprises/certificate.html")]
struct Show {
    p: Page,
    c: Certificate,
    state: &'static str,
    colour: &'static str,
    holder: Enterprise,
    products: Vec<String>,
    warnings: Vec<(&'static str, String, &'static str)>,
    history: Vec<Line>,
    acts: Vec<ActForm>,
    sent: Sent,
    events: Vec<(String, Event)>,
}

/// A line of the history: what it was from a day on, by whom, on what ground.
struct Line {
    entry: Entry,
    state: &'static str,
    verb: &'static str,
    basis: &'static str,
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, CertificateId::in_path(&id)?, None).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = CertificateId::in_path(&id)?;
    let (sent, problem) = files::read_form(&app, &visitor.by, form).await?;
    match press(&app, &visitor, id, &sent, problem).await {
        Ok(verb) => Ok(flash::done(&format!("/certificates/{id}"), verb.label(visitor.lang), visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            let page = draw(&app, &visitor, id, Some(sent.blame(error)?)).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn press(app: &App, visitor: &Visitor, id: CertificateId, sent: &Sent, problem: Option<Error>) -> Result<Verb> {
    problem.map_or(Ok(()), Err)?;
    let wanted: Act = sent.read()?;
    let verb = wanted.verb();
    app.act(&visitor.by, move |tx, by| papers::act(tx, by, id, &wanted)).await?;
    Ok(verb)
}

async fn draw(app: &App, visitor: &Visitor, id: CertificateId, sent: Option<Sent>) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let page = visitor.page("enterprises", "");
    let show = app
        .db
        .read(move |tx| {
            let today = by.at.date();
            let c = papers::get(tx, by.scope(), id)?;
            let holder = enterprises::get(tx, by.scope(), c.enterprise)?;
            let lexicon = Lexicon::at(tx, &c.place(), today)?;
            let history = store::history(tx, id)?;
            let warnings = c.warnings(&history, today, &lexicon.clocks(today));
            let did = |e: &Event| {
                Verb::from_code(&e.verb).map_or(lang.say("登记证书", "Registered"), |v| v.label(lang)).to_owned()
            };
            let line = |entry: Entry| Line {
                state: entry.state.label(lang),
                verb: entry.verb.map_or(lang.say("发证", "Issued"), |v| v.label(lang)),
                basis: entry.verb.and_then(|v| law(c.kind, v)).map_or("", |l| l.basis),
                entry,
            };
            Ok(Show {
                p: Page { title: c.number.clone(), ..page },
                state: c.state_on(today).label(lang),
                colour: c.colour(&today),
                products: c.products.0.iter().map(|code| lexicon.label(code, lang)).collect(),
                warnings: warnings.iter().map(|w| (w.kind, w.sentence.say(lang).to_owned(), w.source)).collect(),
                history: history.into_iter().rev().map(line).collect(),
                acts: forms::of_paper(&c, &by.actor, lang),
                events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e), e)).collect(),
                sent: sent.unwrap_or_else(|| forms::filled_paper(&c)),
                holder,
                c,
            })
        })
        .await?;
    html(&show)
}

#[derive(Template)]
#[template(path = "enterprises/certificate_form.html")]
struct PaperForm {
    p: Page,
    e: Enterprise,
    f: Filled,
    kinds: Vec<(&'static str, &'static str)>,
    warnings: Vec<(&'static str, String, &'static str)>,
}

async fn blank(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let id = EnterpriseId::in_path(&id)?;
    let sent = Sent::default().or("id", CertificateId::new(visitor.by.at).to_string());
    paper_form(&app, &visitor, id, sent.or("kind", Kind::Licence.code())).await
}

async fn create(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Form(sent): Form) -> Result<Response> {
    let id = EnterpriseId::in_path(&id)?;
    let done = match sent.clone().or("enterprise", id.to_string()).read::<New>() {
        Ok(new) => {
            let new = New { enterprise: id, ..new };
            app.act(&visitor.by, move |tx, by| papers::register(tx, by, &new)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(c) => Ok(flash::well(&c.href(), visitor.say("证书已登记。", "The certificate is registered."))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, paper_form(&app, &visitor, id, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn paper_form(app: &App, visitor: &Visitor, id: EnterpriseId, sent: Sent) -> Result<Html<String>> {
    visitor.actor().must_be(OFFICERS)?;
    let by = visitor.by.clone();
    let (e, bans) = app
        .db
        .read(move |tx| {
            let today = by.at.date();
            let e = enterprises::get(tx, by.scope(), id)?;
            let clocks = Lexicon::at(tx, &e.place(), today)?.clocks(today);
            let products: Vec<String> = e.products().into_iter().map(str::to_owned).collect();
            let bans = papers::bans(tx, e.id, &products, today, &clocks)?;
            Ok((e, bans))
        })
        .await?;
    let lang = visitor.lang;
    html(&PaperForm {
        p: visitor.page("enterprises", visitor.say("登记证书", "Register a certificate")),
        f: sent.or("holder", e.name.clone()).or("products", e.made.0.join("、")).filled(lang, forms::PAPER),
        kinds: forms::paper_kinds(lang),
        warnings: bans.iter().map(|w| (w.kind, w.sentence.say(lang).to_owned(), w.source)).collect(),
        e,
    })
}
