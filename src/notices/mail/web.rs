//! One's own mail settings over HTTP. No rule lives here.

use super::{Settings, of, set};
use crate::{
    kernel::{
        App, Filled, Page, Result, Sent, flash,
        http::{Failures, Form, Json},
        page::html,
    },
    people::Visitor,
};
use askama::Template;
use axum::{
    extract::State as From,
    response::{IntoResponse, Response},
    routing::get as page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations and the page.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_mail, put_mail)).route("/me/mail", page(show).post(submit))
}

async fn settings(app: &App, visitor: &Visitor) -> Result<(Settings, Option<super::Mailbox>)> {
    let account = visitor.actor().account;
    let mailbox = app.db.read(move |tx| of(tx, account)).await?;
    let address = mailbox.as_ref().map(|m| m.address(&app.keeper)).transpose()?;
    Ok((Settings { address, digest: mailbox.as_ref().is_some_and(|m| m.digest) }, mailbox))
}

async fn change(app: &App, visitor: &Visitor, wanted: Settings) -> Result<()> {
    let keeper = app.keeper.clone();
    let first = app.config.next_digest(visitor.by.at);
    app.act(&visitor.by, move |tx, by| set(tx, by, &keeper, &wanted, first)).await
}

/// One's own e-mail address and whether a daily digest goes there.
#[utoipa::path(get, path = "/api/v1/me/mail", tag = "inbox", responses((status = 200, body = Settings), Failures))]
async fn get_mail(From(app): From<App>, visitor: Visitor) -> Result<impl IntoResponse> {
    settings(&app, &visitor).await.map(|(settings, _)| Json(settings))
}

/// Set one's own e-mail address and whether a daily digest goes there; without an address none is kept.
#[utoipa::path(put, path = "/api/v1/me/mail", tag = "inbox", request_body = Settings,
    responses((status = 200, body = Settings), Failures))]
async fn put_mail(From(app): From<App>, visitor: Visitor, Json(wanted): Json<Settings>) -> Result<impl IntoResponse> {
    change(&app, &visitor, wanted).await?;
    settings(&app, &visitor).await.map(|(settings, _)| Json(settings))
}

#[derive(Template)]
#[template(path = "notices/mail/show.html")]
struct Show {
    p: Page,
    f: Filled,
    /// Whether this installation sends mail at all.
    on: bool,
    digest: bool,
    sent: String,
    trouble: String,
}

async fn show(From(app): From<App>, visitor: Visitor) -> Result<Response> {
    draw(&app, &visitor, Sent::default()).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    let address = Some(sent.value("address").to_owned()).filter(|a| !a.trim().is_empty());
    let wanted = Settings { address, digest: sent.value("digest") == "yes" };
    match change(&app, &visitor, wanted).await {
        Ok(()) => Ok(flash::well("/me/mail", visitor.say("已保存。", "Saved."))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent) -> Result<Response> {
    let (settings, mailbox) = settings(app, visitor).await?;
    let digest = if sent.is_wrong() { sent.value("digest") == "yes" } else { settings.digest };
    let sent = sent.or("address", settings.address.unwrap_or_default());
    let page = Show {
        p: visitor.page("me", visitor.say("邮件摘要", "Digest by mail")),
        f: sent.filled(visitor.lang, &["address"]),
        on: app.config.mails(),
        digest,
        sent: mailbox.as_ref().and_then(|m| m.sent_at).map_or_else(String::new, crate::kernel::Moment::minute),
        trouble: mailbox.and_then(|m| m.trouble).unwrap_or_default(),
    };
    Ok(html(&page)?.into_response())
}
