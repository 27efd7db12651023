//! The pages of a pack in the making: how it stands as a whole, and a table of it. No rule lives here.

use super::{
    Act, EDITORS, New, PackDraft, Row, Sheet, Standing, Verb, act, base, begin, begin_from, checked,
    compare::{TableChange, of_table},
    find, newest, standing, store,
    titles::{self, Group, Title},
};
use crate::{
    campaigns::{
        Finding, Folder, Grade,
        cell::Shape,
        layout::{ABOUT, LISTS, Layout, file_of, list_of},
        packs_web::{self, LARGEST},
    },
    files,
    kernel::{
        App, Lang, PackDraftId, Page, Result, Sent,
        db::Tx,
        flash,
        forms::{ActForm, Field, Input},
        http::{Form, Params, Typed},
        page::html,
        upload,
    },
    people::{Visitor, store as offices},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Path, State as From},
    response::{Html, Response},
    routing::{get, post},
};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/pack-drafts", post(start))
        .route("/pack-drafts/zip", post(start_from).layer(upload::limit(LARGEST)))
        .route("/pack-drafts/{id}", get(show).post(press).layer(DefaultBodyLimit::disable()))
        .route("/pack-drafts/{id}/zip", get(super::web::get_zip))
        .route("/pack-drafts/{id}/table", get(table))
}

/// Begins a copy; what is refused stands beside its field on the page of packs.
async fn start(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    visitor.actor().must_be(EDITORS)?;
    let done = async {
        let id = PackDraftId::parse(sent.value("id"))?;
        let (from_code, version) = sent.value("from").rsplit_once('@').unwrap_or((sent.value("from"), ""));
        let text = |name: &str| Some(sent.value(name).trim().to_owned()).filter(|t| !t.is_empty());
        let new = New {
            code: text("code").unwrap_or_else(|| from_code.to_owned()),
            from_code: from_code.to_owned(),
            from_version: version.parse().unwrap_or_default(),
            zh: text("zh"),
            en: text("en"),
        };
        app.act(&visitor.by, move |tx, by| begin(tx, by, id, &new)).await
    };
    begun(&app, &visitor, done.await, &sent).await
}

/// Begins from a ZIP.
async fn start_from(From(app): From<App>, visitor: Visitor, form: Multipart) -> Result<Response> {
    visitor.actor().must_be(EDITORS)?;
    let done = async {
        let (name, zip) = upload::wanted(upload::form(form, LARGEST).await?.1)?;
        let folder = Folder::zipped(&zip, name.trim_end_matches(".zip"))?;
        let id = PackDraftId::new(visitor.by.at);
        app.act(&visitor.by, move |tx, by| begin_from(tx, by, id, &folder)).await
    };
    begun(&app, &visitor, done.await, &Sent::default()).await
}

async fn begun(app: &App, visitor: &Visitor, done: Result<PackDraft>, sent: &Sent) -> Result<Response> {
    match done {
        Ok(draft) => {
            Ok(flash::well(&draft.href(), visitor.say("已开始编制，可逐表修改", "Begun: change it table by table")))
        }
        Err(error) => packs_web::again_with(app, visitor, sent.clone(), error).await,
    }
}

#[derive(Template)]
#[template(path = "campaigns/editor/show.html")]
struct Show {
    p: Page,
    draft: PackDraft,
    office: String,
    groups: Vec<(&'static str, Vec<(Standing, &'static Title)>)>,
    /// Each with the address where it is mended.
    findings: Vec<(String, Finding)>,
    errors: usize,
    warnings: usize,
    changed: bool,
    newest: i64,
    acts: Vec<ActForm>,
    sent: Sent,
    events: Vec<(String, Event)>,
}

impl Show {
    /// Whether somebody has published a version since this one was begun.
    fn is_behind(&self) -> bool {
        let begun = self.draft.from_code.as_ref() == Some(&self.draft.code);
        self.draft.is_open() && begun && self.draft.from_version != Some(self.newest)
    }

    /// The table of a finding, for people.
    fn place(&self, finding: &Finding) -> String {
        place(finding, self.p.lang)
    }
}

/// Where a finding is, for people.
fn place(finding: &Finding, lang: Lang) -> String {
    let title = Title::of(&finding.file).label(lang);
    let list = list_of(&finding.file).map(|code| format!(" {code}")).unwrap_or_default();
    let column = Some(finding.field.as_str()).filter(|f| !f.is_empty());
    let layout = Layout::of(&finding.file);
    let column = column.and_then(|name| layout.and_then(|l| l.column(name)));
    let column = column.map(|c| format!(" · {}", titles::label(&finding.file, c.name, lang))).unwrap_or_default();
    format!("{title}{list}{column}")
}

async fn show(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    draw(&app, &visitor, PackDraftId::in_path(&id)?, Sent::default()).await
}

/// Published, given up, taken up again.
async fn press(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, form: Multipart) -> Result<Response> {
    let id = PackDraftId::in_path(&id)?;
    let done = async |wanted: Act| {
        let verb = wanted.verb();
        app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
        Ok(verb.label(visitor.lang))
    };
    let draw = async |sent| draw(&app, &visitor, id, sent).await;
    files::press((&app, &visitor), form, &format!("/pack-drafts/{id}"), done, draw).await
}

async fn draw(app: &App, visitor: &Visitor, id: PackDraftId, sent: Sent) -> Result<Html<String>> {
    let (visitor, page) = (visitor.clone(), visitor.page(packs_web::here(visitor), ""));
    let show = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let draft = find(tx, by, id)?;
        let files = store::files(tx, id)?;
        let findings = checked(tx, &files.folder(&draft.code, false))?.1;
        let many = |grade| findings.iter().filter(|f| f.grade == grade).count();
        let (errors, warnings) = (many(Grade::Error), many(Grade::Warning));
        let newest = newest(tx, &draft.code)?;
        Ok(Show {
            p: Page { title: draft.label(lang).to_owned(), ..page },
            office: offices::office(tx, draft.office)?.label(lang).to_owned(),
            groups: grouped(standing(&files, &findings)?, lang),
            acts: draft.open_to(&by.actor).into_iter().filter_map(|v| form(v, newest, errors, lang)).collect(),
            events: events::timeline(tx, &id.to_string())?.into_iter().map(|e| (did(&e, lang), e)).collect(),
            findings: findings.into_iter().map(|f| (address(&draft, &f), f)).collect(),
            changed: files.is_changed(),
            errors,
            warnings,
            newest,
            draft,
            sent,
        })
    });
    html(&show.await?)
}

/// The tables under their groups; the questions of all checklists count with the checklists.
fn grouped(all: Vec<Standing>, lang: Lang) -> Vec<(&'static str, Vec<(Standing, &'static Title)>)> {
    let (lists, mut tables): (Vec<_>, Vec<_>) = all.into_iter().partition(|s| list_of(&s.file).is_some());
    if let Some(heads) = tables.iter_mut().find(|s| s.file == LISTS) {
        for list in &lists {
            heads.errors += list.errors;
            heads.warnings += list.warnings;
            // a list whose questions differ is a list that differs
            heads.changed += usize::from(list.added + list.removed + list.changed > 0);
        }
    }
    tables.sort_by_key(|s| Title::rank(&s.file));
    let of = |group: &Group| {
        let mine = tables.iter().map(|s| (s.clone(), Title::of(&s.file))).filter(|(_, t)| t.group == *group);
        (group.label(lang), mine.collect())
    };
    Group::ALL.iter().map(of).collect()
}

/// Where a finding is mended; nowhere for what stands in the pack below.
fn address(draft: &PackDraft, finding: &Finding) -> String {
    if finding.file.starts_with("../") {
        return String::new();
    }
    format!("{}#L{}", draft.table(&finding.file), finding.line)
}

fn form(verb: Verb, newest: i64, errors: usize, lang: Lang) -> Option<ActForm> {
    if verb == Verb::Publish && errors > 0 {
        return None;
    }
    let fields = match verb {
        Verb::Publish => vec![Field::new("over", "", Input::Hidden).holding(newest)],
        _ => Vec::new(),
    };
    let label = match verb {
        Verb::Publish => lang.say("发布为第{n}版", "Publish as version {n}").replace("{n}", &(newest + 1).to_string()),
        verb => verb.label(lang).to_owned(),
    };
    let kind = match verb {
        Verb::Publish => "primary",
        Verb::Drop => "danger",
        _ => "",
    };
    Some(ActForm { verb: verb.code(), label, kind, open: false, fields })
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    verb.unwrap_or_else(|| lang.say("开始编制", "Begun")).to_owned()
}

/// Which table is shown, and by what it is narrowed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Which {
    file: String,
    q: String,
}

/// A row as the table shows it.
struct Shown {
    row: Row,
    key: String,
    name: String,
    cells: Vec<String>,
    /// `added`, `changed`, or nothing.
    change: &'static str,
    findings: Vec<Finding>,
    /// For a checklist: its questions, and how many mistakes stand in them.
    questions: Option<(String, usize, usize)>,
}

#[derive(Template)]
#[template(path = "campaigns/editor/table.html")]
struct Table {
    p: Page,
    draft: PackDraft,
    file: String,
    sent: Sent,
    help: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Shown>,
    total: usize,
    /// Findings about the file as a whole.
    whole: Vec<Finding>,
    change: TableChange,
    /// Rows of the pack below that this one does not replace.
    below: Vec<(String, String)>,
}

impl Table {
    /// Of which column a finding speaks; nothing when it speaks of the whole row.
    fn column_of(&self, finding: &Finding) -> String {
        let column = Layout::of(&self.file).and_then(|layout| layout.column(&finding.field));
        let label = column.map(|c| titles::label(&self.file, c.name, self.p.lang));
        label.map_or_else(String::new, |label| format!("{label}{}", self.p.say("：", ": ")))
    }
}

async fn table(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(which): Params<Which>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (id, page) = (PackDraftId::in_path(&id)?, visitor.page(packs_web::here(&visitor), ""));
    let table = app.db.read(move |tx| {
        let (lang, file) = (visitor.lang, &which.file);
        let draft = find(tx, &visitor.by, id)?;
        let files = store::files(tx, id)?;
        let folder = files.folder(&draft.code, false);
        let findings = checked(tx, &folder)?.1;
        let sheet = files.sheet(file)?;
        let first = files.sheet_at_first(file).unwrap_or_else(|| Sheet { rows: Vec::new(), ..sheet.clone() });
        let change = of_table(&first, &sheet, file);
        let shown = columns(&sheet, file);
        let mut rows: Vec<Shown> =
            sheet.rows.iter().map(|row| one(&sheet, row, &shown, (&findings, &change), lang)).collect();
        if file == LISTS {
            for row in &mut rows {
                let questions = file_of(&row.key);
                let wrong = findings.iter().filter(|f| f.file == questions && f.grade == Grade::Error).count();
                row.questions = Some((draft.table(&questions), files.sheet(&questions)?.rows.len(), wrong));
            }
        }
        rows.retain(|row| row.has(&which.q));
        let title = list_of(file).and_then(|code| {
            let heads = files.sheet(LISTS).ok()?;
            Some(heads.name(heads.keyed(code)?, lang).to_owned())
        });
        Ok(Table {
            p: Page { title: title.unwrap_or_else(|| Title::of(file).label(lang).to_owned()), ..page },
            help: Title::of(file).help(lang),
            columns: shown.iter().map(|c| titles::label(file, c, lang)).collect(),
            whole: findings.into_iter().filter(|f| f.file == *file && f.line <= 1 && file != ABOUT).collect(),
            below: below(tx, &folder, &sheet, file, lang)?,
            total: sheet.rows.len(),
            rows,
            change,
            file: which.file,
            sent,
            draft,
        })
    });
    html(&table.await?)
}

/// The columns that a list shows beside key and name: the first short ones.
fn columns(sheet: &Sheet, file: &str) -> Vec<&'static str> {
    let named = ["zh", "en", "title_zh", "title_en", "source", "certainty", "basis"];
    // of a question, on which answers it is asked matters more
    let less: &[&str] = if list_of(file).is_some() { &["photo", "products"] } else { &[] };
    let short = |name: &&str| {
        let key = sheet.layout.key.contains(name) && sheet.layout.key.len() == 1;
        !key && !named.contains(name) && !less.contains(name) && !titles::is_long(file, name) && !name.ends_with("_en")
    };
    sheet.layout.columns.iter().map(|c| c.name).filter(short).take(4).collect()
}

fn one(
    sheet: &Sheet,
    row: &Row,
    columns: &[&'static str],
    (findings, change): (&[Finding], &TableChange),
    lang: Lang,
) -> Shown {
    let key = sheet.key(row);
    let file = &change.file;
    let changed = if change.added.iter().any(|r| r.key == key) {
        "added"
    } else if change.changed.iter().any(|r| r.row.key == key) {
        "changed"
    } else {
        ""
    };
    let mine = |f: &&Finding| f.file == *file && (f.line == row.line || file == ABOUT);
    let cells = columns.iter().map(|column| said(sheet, column, sheet.cell(row, column), lang)).collect();
    Shown {
        name: sheet.name(row, lang).to_owned(),
        cells,
        change: changed,
        findings: findings.iter().filter(mine).cloned().collect(),
        questions: None,
        row: row.clone(),
        key,
    }
}

/// A cell for people: words by their names.
fn said(sheet: &Sheet, column: &str, text: &str, lang: Lang) -> String {
    let word = match sheet.layout.column(column).map(|c| c.shape) {
        Some(Shape::Word(words)) => words(lang).into_iter().find(|(code, _)| *code == text).map(|(_, label)| label),
        Some(Shape::YesNo) => Some(if text == "1" { lang.say("是", "yes") } else { lang.say("否", "no") }),
        _ => None,
    };
    word.unwrap_or(text).to_owned()
}

impl Shown {
    fn has(&self, wanted: &str) -> bool {
        let wanted = wanted.trim().to_lowercase();
        wanted.is_empty() || self.row.cells.iter().any(|cell| cell.to_lowercase().contains(&wanted))
    }

    fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn errors(&self) -> usize {
        self.findings.iter().filter(|f| f.grade == Grade::Error).count()
    }
}

/// The rows of the pack below, by key and name, that the table does not replace.
fn below(tx: &mut Tx, folder: &Folder, sheet: &Sheet, file: &str, lang: Lang) -> Result<Vec<(String, String)>> {
    let Some(base) = base(tx, folder)?.filter(|_| file != ABOUT) else { return Ok(Vec::new()) };
    let Some(under) = base.files.get(file).and_then(|b| Sheet::read(file, std::str::from_utf8(b).ok()?).ok()) else {
        return Ok(Vec::new());
    };
    let other = |row: &&Row| sheet.keyed(&under.key(row)).is_none();
    Ok(under.rows.iter().filter(other).map(|row| (under.key(row), under.name(row, lang).to_owned())).collect())
}
