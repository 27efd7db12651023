//! The pages of returns: who has reported, one table, its parts, the records behind a cell. No rule lives here.

use super::{
    Act, Cut, Difference, Edition, Finding, Matrix, New, READERS, REPORTERS, Return, Sheet, Shown, State, Verb, above,
    act, create, current, export, findings, forms, get, matrix, reported, reporters_below, store, table,
    web::{Changes, Which, changes, file, wanted},
};
use crate::{
    accounts,
    campaigns::{Campaign, FigureRule},
    files,
    kernel::{
        App, Lang, Page, Result, ReturnId, Sent, flash,
        forms::ActForm,
        http::{Form, Params, Typed},
        page::html,
    },
    people::Visitor,
    record::{Event, Field, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    http::Uri,
    response::{Html, IntoResponse, Response},
    routing::get as page,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/returns", page(index).post(begin))
        .route("/returns/{id}", page(show).post(press).layer(DefaultBodyLimit::disable()))
        .merge(super::cells::routes())
        .route("/returns/{id}/table.xlsx", page(download))
        .route("/returns/{id}/table.csv", page(download))
        .route("/returns/{id}/table.pdf", page(download))
        .route("/returns/{id}/summary.docx", page(download))
        .route("/returns/{id}/bundle.zip", page(download))
}

#[derive(Template)]
#[template(path = "reports/returns/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    campaigns: Vec<(String, String)>,
    matrix: Option<Matrix>,
    /// Id for a new return, and the periods for which the own office has none.
    id: String,
    missing: Vec<(String, String)>,
}

async fn index(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    overview(&app, &visitor, sent).await
}

async fn overview(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    by.actor.must_be(READERS)?;
    let wanted = sent.value("campaign").to_owned();
    let read = app.db.read(move |tx| {
        let current = reported(tx, &by)?;
        let asked = current.iter().find(|c| c.id.to_string() == wanted).or(current.first());
        let matrix = asked.map(|c| matrix(tx, &by, c.id)).transpose()?;
        Ok((current, matrix))
    });
    let (current, matrix) = read.await?;
    let actor = visitor.actor();
    let missing = matrix.iter().filter(|_| actor.must_be(REPORTERS).is_ok()).flat_map(|m| missing(m, lang)).collect();
    html(&Index {
        p: visitor.page("returns", visitor.say("统计报表", "Returns")),
        campaigns: current.iter().map(|c: &Campaign| (c.id.to_string(), c.label(lang).to_owned())).collect(),
        sent,
        id: ReturnId::new(visitor.by.at).to_string(),
        missing,
        matrix,
    })
}

/// The periods for which the own office has no return yet.
fn missing(matrix: &Matrix, lang: Lang) -> Vec<(String, String)> {
    let slots = matrix.lines.first().map(|line| line.slots.as_slice()).unwrap_or_default();
    let open = matrix.periods.iter().zip(slots).filter(|(_, slot)| slot.as_ref().is_some_and(|s| s.id.is_none()));
    open.map(|(period, _)| (period.code.clone(), period.label(lang).to_owned())).collect()
}

/// Begins a return, and goes there.
async fn begin(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let wanted = || -> Result<(ReturnId, New)> { Ok((ReturnId::parse(sent.value("id"))?, sent.read()?)) };
    let done = match wanted() {
        Ok((id, new)) => app.act(&visitor.by, move |tx, by| create(tx, by, id, &new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(made) => Ok(flash::done(&made.href(), visitor.say("建立报表", "return begun"), visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            Ok((status, overview(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "reports/returns/show.html")]
struct Show {
    p: Page,
    own: Return,
    sheet: Sheet,
    header: Vec<(&'static str, String)>,
    cut: Cut,
    lines: Vec<TableLine>,
    findings: Vec<Finding>,
    changed: bool,
    /// Each edition, and what it says otherwise than the one before.
    changes: Vec<(Edition, Vec<String>)>,
    accepted_by: String,
    late: Option<i64>,
    way: Vec<Step>,
    acts: Vec<ActForm>,
    events: Vec<(String, Event)>,
    fields: Vec<(&'static str, &'static str)>,
    products: Vec<(String, String)>,
    offices: Vec<(String, String)>,
    edition: String,
    sent: Sent,
}

/// A row of the table as it is shown.
struct TableLine {
    row: FigureRule,
    shown: Shown,
    /// Where an amount added by hand is part of it.
    adjusted: bool,
    /// Addresses of the records of this period and of all, and of the parts.
    period: String,
    total: String,
    parts: String,
    unsaid: &'static str,
}

/// A station of the life cycle, as it is drawn.
struct Step {
    label: &'static str,
    done: bool,
    now: bool,
}

async fn show(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(cut): Params<Cut>,
    Params(which): Params<Which>,
) -> Result<Html<String>> {
    draw(&app, &visitor, ReturnId::in_path(&id)?, (cut, which), Sent::default()).await
}

async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = ReturnId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, (Cut::WHOLE, Which::default()), sent).await;
    files::press((&app, &visitor), form, &format!("/returns/{id}"), done, draw).await
}

/// A part that a form left empty is not narrowed.
pub(super) fn plain(cut: Cut) -> Cut {
    let said =
        |text: Option<String>| text.filter(|t| !t.is_empty()).map(|t| if t == "none" { String::new() } else { t });
    Cut { office: said(cut.office), product: said(cut.product), field: said(cut.field) }
}

async fn draw(
    app: &App,
    visitor: &Visitor,
    id: ReturnId,
    (cut, which): (Cut, Which),
    sent: Sent,
) -> Result<Html<String>> {
    let (visitor, frame) = (visitor.clone(), visitor.page("returns", ""));
    let cut = plain(cut);
    let show = app.db.read(move |tx| {
        let lang = visitor.lang;
        let own = get(tx, &visitor.by, id)?;
        let sheet = wanted(tx, &visitor, &own, &which)?;
        let kept = own.state.is_approved().then(|| current(tx, &visitor.by, &own)).transpose()?;
        let changed = match &kept {
            Some(kept) => table::has_changed(tx, &visitor.by, &own, kept)?,
            None => false,
        };
        let mut gone_without = reporters_below(tx, own.office, &own)?;
        let settled = store::of_offices(tx, own.campaign, &gone_without.iter().map(|o| o.id).collect::<Vec<_>>())?;
        let approved = |o: &crate::people::Office| {
            settled.iter().any(|r| r.office == o.id && r.period == own.period && r.state.is_approved())
        };
        gone_without.retain(|o| !approved(o));
        let around = forms::Around {
            above: above(tx, &own)?,
            missing: gone_without.iter().map(|o| (o.id.to_string(), o.label(lang).to_owned())).collect(),
            sheet: &sheet,
            changed,
        };
        let acts = forms::of(&own, visitor.actor(), &around, lang);
        Ok(Show {
            p: Page { title: own.period_label(lang).to_owned(), ..frame },
            header: export::header(&sheet, lang),
            lines: lines(&own, &sheet, &cut, &which, lang),
            findings: findings(tx, &own, &sheet)?,
            changed,
            changes: changes(tx, &own)?.into_iter().map(|c| told(c, &sheet, lang)).collect(),
            accepted_by: accounts::name_of(tx, own.accepted_by)?,
            late: own.days_late(visitor.by.at.date()),
            way: way(own.state, lang),
            acts,
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            fields: Field::ALL.iter().map(|f| (f.code(), f.label(lang))).collect(),
            products: sheet.products.iter().map(|p| (p.code.clone(), p.label(lang).to_owned())).collect(),
            offices: sheet.offices.iter().map(|p| (p.code.clone(), p.label(lang).to_owned())).collect(),
            edition: which.edition.clone().unwrap_or_default(),
            cut,
            own,
            sheet,
            sent,
        })
    });
    html(&show.await?)
}

fn lines(own: &Return, sheet: &Sheet, cut: &Cut, which: &Which, lang: Lang) -> Vec<TableLine> {
    let line = |(row, shown): (&FigureRule, Shown)| TableLine {
        adjusted: sheet.adjustments_in(&row.code, cut).next().is_some(),
        period: address(own, "records", &row.code, cut, which, true),
        total: address(own, "records", &row.code, cut, which, false),
        parts: address(own, "row", &row.code, &Cut::WHOLE, which, false),
        unsaid: export::unsaid(row, lang),
        row: row.clone(),
        shown,
    };
    sheet.narrowed(cut).into_iter().map(line).collect()
}

/// An edition, and what it says otherwise than the one before, row by row for the whole.
fn told(changes: Changes, sheet: &Sheet, lang: Lang) -> (Edition, Vec<String>) {
    let number = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), |n| lang.count(n));
    let line = |d: &Difference| {
        let name = sheet.row(&d.row).map_or("", |row| row.label(lang));
        let [period, total] = [lang.say("本期", "this period"), lang.say("累计", "total")];
        let change = |before, after| format!("{} → {}", number(before), number(after));
        let periods = change(d.before.period, d.after.period);
        format!("{} {name}：{period} {periods}，{total} {}", d.row, change(d.before.total, d.after.total))
    };
    let lines = changes.differences.iter().filter(|d| d.cut == Cut::WHOLE).map(line).collect();
    (changes.edition, lines)
}

/// The address of a page about one cell.
pub(super) fn address(own: &Return, what: &str, row: &str, cut: &Cut, which: &Which, period: bool) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("row", row);
    for (name, code) in [("office", &cut.office), ("product", &cut.product), ("field", &cut.field)] {
        if let Some(code) = code {
            query.append_pair(name, if code.is_empty() { "none" } else { code });
        }
    }
    if let Some(edition) = which.edition.as_deref().filter(|e| !e.is_empty()) {
        query.append_pair("edition", edition);
    }
    if period {
        query.append_pair("column", "period");
    }
    format!("{}/{what}?{}", own.href(), query.finish())
}

/// The ordinary way with the present station.
fn way(state: State, lang: Lang) -> Vec<Step> {
    let at = State::WAY.iter().position(|s| *s == state);
    let step =
        |(i, s): (usize, &State)| Step { label: s.label(lang), done: at.is_some_and(|at| i < at), now: at == Some(i) };
    let mut way: Vec<Step> = State::WAY.iter().enumerate().map(step).collect();
    if at.is_none() {
        way.insert(0, Step { label: state.label(lang), done: false, now: true });
    }
    way
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("建立报表", "Begun")).to_owned()
}

/// The table as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
) -> Result<Response> {
    let ending = std::path::Path::new(uri.path()).extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();
    file(&app, visitor, ReturnId::in_path(&id)?, which, ending).await
}
