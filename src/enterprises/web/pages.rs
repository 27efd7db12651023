//! Lists and forms of subjects for people.

use super::{forms, sheets};
use crate::{
    enterprises::{
        self, Change, Enterprise, Filter, Lexicon, New, OFFICERS, SiteEntry, State,
        duplicates::{self, Likely},
        store,
    },
    kernel::{
        App, EnterpriseId, Filled, Page, Result, Sent, SiteId, flash,
        http::{Form, Params, Typed},
        links,
        list::Ask,
        page::html,
        sheet,
    },
    people::{Role, Visitor, store as offices},
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    http::Uri,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/enterprises", get(index))
        .route("/enterprises.csv", get(download))
        .route("/enterprises.xlsx", get(download))
        .route("/enterprises/new", get(blank).post(create))
        .route("/enterprises/{id}/edit", get(edit).post(save))
        .route("/enterprises/{id}/sites/{site}", get(site).post(save_site))
}

#[derive(Template)]
#[template(path = "enterprises/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    items: Vec<Enterprise>,
    next: String,
    kinds: Vec<(&'static str, &'static str)>,
    tags: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    products: Vec<(String, String)>,
    csv: String,
    xlsx: String,
    may_register: bool,
    may_import: bool,
}

async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Response> {
    if let Some(own) = visitor.actor().enterprise.filter(|_| visitor.actor().is(Role::Enterprise)) {
        return Ok(Redirect::to(&format!("/enterprises/{own}")).into_response());
    }
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (listed, lexicon) = app
        .db
        .read(move |tx| {
            let lexicon = Lexicon::at(tx, &by.actor.office.place(), by.at.date())?;
            Ok((enterprises::list(tx, by.scope(), &filter, &ask)?, lexicon))
        })
        .await?;
    let page = html(&Index {
        p: visitor.page("enterprises", visitor.say("企业", "Enterprises")),
        next: links::next("/enterprises", &sent, listed.next.as_deref()),
        csv: links::same("/enterprises.csv", &sent),
        xlsx: links::same("/enterprises.xlsx", &sent),
        items: listed.items,
        kinds: forms::kinds(lang),
        tags: forms::tags(lang),
        states: State::ALL.iter().filter(|s| **s != State::Merged).map(|s| (s.code(), s.label(lang))).collect(),
        products: lexicon.products(lang),
        may_register: visitor.actor().must_be(OFFICERS).is_ok(),
        may_import: enterprises::imports::permitted(&visitor.by).is_ok(),
        sent,
    })?;
    Ok(page.into_response())
}

/// The list as a file, of the kind that the address asks for.
async fn download(
    From(app): From<App>,
    uri: Uri,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    let (scope, lang) = (visitor.by.scope(), visitor.lang);
    sheet::download(&uri, "enterprises", &app.db.read(move |tx| sheets::table(tx, scope, &filter, &ask, lang)).await?)
}

#[derive(Template)]
#[template(path = "enterprises/form.html")]
struct EntryForm {
    p: Page,
    f: Filled,
    choices: forms::Choices,
    /// Where the form goes.
    to: String,
    /// Where «cancel» goes.
    back: String,
    /// Look-alikes to be looked at and confirmed, and their ids as one text.
    likely: Vec<Likely>,
    confirm: String,
    known: bool,
}

async fn blank(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    visitor.actor().must_be(OFFICERS)?;
    let sent = Sent::default().or("id", EnterpriseId::new(visitor.by.at).to_string());
    entry_form(&app, &visitor, sent, None, Vec::new()).await
}

async fn create(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let keeper = app.keeper.clone();
    let done = match sent.read::<New>() {
        Ok(new) => app.act(&visitor.by, move |tx, by| enterprises::register(tx, by, &keeper, &new)).await,
        Err(error) => Err(error),
    };
    saved(&app, &visitor, sent, None, done, visitor.say("已登记。", "Registered.")).await
}

async fn edit(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, scope) = (EnterpriseId::in_path(&id)?, visitor.by.scope());
    visitor.actor().must_be(OFFICERS)?;
    let e = app.db.read(move |tx| enterprises::record_of(tx, scope, id)).await?;
    let sent = forms::filled(&e);
    entry_form(&app, &visitor, sent, Some(id), Vec::new()).await
}

async fn save(From(app): From<App>, visitor: Visitor, Path(id): Path<String>, Form(sent): Form) -> Result<Response> {
    let (id, keeper) = (EnterpriseId::in_path(&id)?, app.keeper.clone());
    let done = match sent.read::<Change>() {
        Ok(change) => app.act(&visitor.by, move |tx, by| enterprises::edit(tx, by, &keeper, id, &change)).await,
        Err(error) => Err(error),
    };
    saved(&app, &visitor, sent, Some(id), done, visitor.say("已更正。", "Corrected.")).await
}

/// On to the subject, or back to the form with everything typed and what was wrong.
async fn saved(
    app: &App,
    visitor: &Visitor,
    sent: Sent,
    id: Option<EnterpriseId>,
    done: Result<Enterprise>,
    said: &str,
) -> Result<Response> {
    let error = match done {
        Ok(e) => return Ok(flash::well(&e.href(), said)),
        Err(error) => error,
    };
    let status = error.status_code();
    let likely = if error.refusal().code == duplicates::LIKELY.code {
        let (by, name, region) = (visitor.by.clone(), sent.value("name").to_owned(), sent.value("region").to_owned());
        let region = Some(region).filter(|r| !r.is_empty());
        app.db.read(move |tx| enterprises::alike(tx, &by, &name, region.as_deref())).await?
    } else {
        Vec::new()
    };
    let likely = likely.into_iter().filter(|l| Some(l.id) != id).collect();
    Ok((status, entry_form(app, visitor, sent.blame(error)?, id, likely).await?).into_response())
}

async fn entry_form(
    app: &App,
    visitor: &Visitor,
    sent: Sent,
    id: Option<EnterpriseId>,
    likely: Vec<Likely>,
) -> Result<Html<String>> {
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let choices = app
        .db
        .read(move |tx| {
            let lexicon = Lexicon::at(tx, &by.actor.office.place(), by.at.date())?;
            let offices = offices::neighbours(tx, by.scope(), lang)?;
            Ok(forms::Choices::of(&by.actor, &lexicon, offices, lang))
        })
        .await?;
    let title = match id {
        Some(_) => visitor.say("更正企业信息", "Correct the facts"),
        None => visitor.say("登记企业", "Register an enterprise"),
    };
    let ids: Vec<String> = likely.iter().map(|l| l.id.to_string()).collect();
    html(&EntryForm {
        p: visitor.page("enterprises", title),
        f: sent.filled(lang, forms::ENTRY),
        choices,
        to: id.map_or_else(|| "/enterprises/new".to_owned(), |id| format!("/enterprises/{id}/edit")),
        back: id.map_or_else(|| "/enterprises".to_owned(), |id| format!("/enterprises/{id}")),
        confirm: ids.join(","),
        likely,
        known: id.is_some(),
    })
}

#[derive(Template)]
#[template(path = "enterprises/site.html")]
struct SiteForm {
    p: Page,
    e: Enterprise,
    f: Filled,
    kinds: Vec<(&'static str, &'static str)>,
    to: String,
    known: bool,
}

async fn site(
    From(app): From<App>,
    visitor: Visitor,
    Path((id, site)): Path<(String, String)>,
) -> Result<Html<String>> {
    let (id, site) = (EnterpriseId::in_path(&id)?, SiteId::in_path(&site)?);
    let known = app.db.read(move |tx| store::site(tx, site)).await?.filter(|s| s.enterprise == id);
    site_form(&app, &visitor, (id, site), known.as_ref().map(forms::filled_site).unwrap_or_default(), known.is_some())
        .await
}

async fn save_site(
    From(app): From<App>,
    visitor: Visitor,
    Path((id, site)): Path<(String, String)>,
    Form(sent): Form,
) -> Result<Response> {
    let (id, site) = (EnterpriseId::in_path(&id)?, SiteId::in_path(&site)?);
    let done = match sent.read::<SiteEntry>() {
        Ok(typed) => app.act(&visitor.by, move |tx, by| enterprises::put_site(tx, by, id, site, &typed)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(flash::well(&format!("/enterprises/{id}"), visitor.say("地点已保存。", "The site is saved."))),
        Err(error) => {
            let status = error.status_code();
            let known = !sent.value("version").is_empty();
            let page = site_form(&app, &visitor, (id, site), sent.blame(error)?, known).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn site_form(
    app: &App,
    visitor: &Visitor,
    (id, site): (EnterpriseId, SiteId),
    sent: Sent,
    known: bool,
) -> Result<Html<String>> {
    visitor.actor().must_be(OFFICERS)?;
    let scope = visitor.by.scope();
    let e = app.db.read(move |tx| enterprises::record_of(tx, scope, id)).await?;
    html(&SiteForm {
        p: visitor.page("enterprises", visitor.say("生产经营地点", "Site")),
        f: sent.or("region", e.region.clone()).filled(visitor.lang, forms::SITE),
        kinds: forms::site_kinds(visitor.lang),
        to: format!("/enterprises/{id}/sites/{site}"),
        known,
        e,
    })
}
