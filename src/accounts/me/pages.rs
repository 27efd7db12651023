//! The pages of one's own account. No rule lives here.

use super::{Act, Asking, Done, NOT_THE_SAME, NewToken, OwnSession, web::open_sessions};
use crate::{
    accounts::{
        Arrival, Client, Door,
        devices::{self, Device},
        second_factor::{self, Draft},
    },
    kernel::{App, Error, Filled, Lang, Page, Result, Sent, flash, http::Form, page::html},
};
use askama::Template;
use axum::{
    Extension,
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{ToSpan, civil::Date};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/me", get(show).post(settings))
        .route("/me/password", get(password).post(change_password))
        .route("/me/second-factor", get(factor).post(change_factor))
        .route("/me/tokens", get(token).post(issue))
        .route("/me/sessions/{id}/end", post(end))
}

/// Whoever asks for a page of their own account, with what the acts need.
struct Own {
    app: App,
    door: Door,
    client: Client,
    arrival: Arrival,
}

impl FromRequestParts<App> for Own {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let arrival = <Arrival as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let Extension(door) = Extension::<Door>::from_request_parts(parts, app).await.map_err(Error::broken)?;
        let Ok(client) = Client::from_request_parts(parts, app).await;
        Ok(Self { app: app.clone(), door, client, arrival })
    }
}

impl Own {
    fn asking(&self) -> Asking<'_> {
        Asking { app: &self.app, door: &self.door, client: &self.client, arrival: &self.arrival }
    }

    fn page(&self, zh: &str, en: &str) -> Page {
        self.arrival.visitor.page("me", self.lang().say(zh, en))
    }

    fn lang(&self) -> Lang {
        self.arrival.visitor.lang
    }

    fn today(&self) -> Date {
        self.arrival.visitor.by.at.date()
    }
}

#[derive(Template)]
#[template(path = "accounts/me/show.html")]
struct ShowPage {
    p: Page,
    login: String,
    badge: String,
    lang: String,
    password_since: String,
    external: bool,
    second_factor: bool,
    recovery_left: usize,
    sessions: Vec<OwnSession>,
    devices: Vec<Device>,
}

async fn show(own: Own) -> Result<Response> {
    own.arrival.settled()?;
    let account = &own.arrival.account;
    let id = account.id;
    let page = ShowPage {
        p: own.page("账号与安全", "Account and security"),
        login: account.login.clone(),
        badge: account.badge.clone().unwrap_or_default(),
        lang: account.lang.clone(),
        password_since: account.password_at.minute(),
        external: account.external.is_some(),
        second_factor: account.totp.is_some(),
        recovery_left: second_factor::recovery_left(account),
        sessions: open_sessions(&own.app, &own.arrival).await?,
        devices: own.app.db.read(move |tx| devices::of(tx, id)).await?,
    };
    Ok(html(&page)?.into_response())
}

async fn settings(own: Own, Form(sent): Form) -> Result<Response> {
    let lang = Lang::from_code(sent.value("lang")).unwrap_or_default();
    own.asking().act(Act::SetLanguage { lang }).await?;
    let mut response = flash::well("/me", lang.say("已保存。", "Saved."));
    response.headers_mut().append(axum::http::header::SET_COOKIE, crate::accounts::web::lang_cookie(lang));
    Ok(response)
}

#[derive(Template)]
#[template(path = "accounts/me/password.html")]
struct PasswordPage {
    p: Page,
    f: Filled,
    /// Whether it is the first password that must go.
    first: bool,
    login: String,
}

fn password_page(own: &Own, sent: Sent) -> Result<Response> {
    let page = PasswordPage {
        p: own.page("修改密码", "Change the password"),
        f: sent.filled(own.lang(), &["current", "password", "again"]),
        first: own.arrival.must_change(),
        login: own.arrival.account.login.clone(),
    };
    Ok(html(&page)?.into_response())
}

async fn password(own: Own) -> Result<Response> {
    password_page(&own, Sent::default())
}

async fn change_password(own: Own, Form(sent): Form) -> Result<Response> {
    // Passwords are taken as they are typed, spaces included.
    let text = |name: &str| sent.value(name).to_owned();
    let done = if sent.value("password") == sent.value("again") {
        own.asking().act(Act::ChangePassword { current: text("current"), password: text("password") }).await
    } else {
        NOT_THE_SAME.at("again")
    };
    match done {
        Ok(_) if own.arrival.must_change() => {
            Ok(flash::well("/", own.lang().say("密码已修改。", "Your password has been changed.")))
        }
        Ok(_) => Ok(flash::well(
            "/me",
            own.lang().say(
                "密码已修改，其他登录均已退出。",
                "Your password has been changed; all other sessions have ended.",
            ),
        )),
        Err(error) => password_page(&own, sent.blame(error)?),
    }
}

#[derive(Template)]
#[template(path = "accounts/me/factor.html")]
struct FactorPage {
    p: Page,
    f: Filled,
    on: bool,
    picture: String,
    secret: String,
    sealed: String,
    /// New recovery codes, shown this once.
    recovery: Vec<String>,
}

fn factor_page(own: &Own, sent: Sent, done: Option<Done>) -> Result<Response> {
    let account = done.as_ref().map_or(&own.arrival.account, |d| &d.account);
    let on = account.totp.is_some();
    // A refused code comes back with the draft it was made for.
    let draft = Draft::unseal(account, &own.app.keeper, sent.value("sealed"));
    let draft = draft.map_or_else(|| Draft::new(account, &own.app.keeper), Ok)?;
    let page = FactorPage {
        p: own.page("第二因素", "Second factor"),
        f: sent.filled(own.lang(), &["code", "current"]),
        on,
        picture: draft.picture()?,
        secret: draft.in_fours(),
        sealed: draft.sealed,
        recovery: done.map(|d| d.recovery).unwrap_or_default(),
    };
    Ok(html(&page)?.into_response())
}

async fn factor(own: Own) -> Result<Response> {
    own.arrival.settled()?;
    factor_page(&own, Sent::default(), None)
}

async fn change_factor(own: Own, Form(sent): Form) -> Result<Response> {
    let current = sent.value("current").to_owned();
    let act = match sent.value("verb") {
        "disable_second_factor" => Act::DisableSecondFactor { current },
        "renew_recovery" => Act::RenewRecovery { current },
        _ => {
            let (sealed, code) = (sent.value("sealed").to_owned(), sent.value("code").to_owned());
            Act::EnableSecondFactor { sealed, code, current }
        }
    };
    let off = matches!(act, Act::DisableSecondFactor { .. });
    match own.asking().act(act).await {
        Ok(_) if off => Ok(flash::well("/me", own.lang().say("第二因素已停用。", "The second factor is off."))),
        Ok(done) => factor_page(&own, Sent::default(), Some(done)),
        Err(error) => factor_page(&own, sent.blame(error)?, None),
    }
}

#[derive(Template)]
#[template(path = "accounts/me/token.html")]
struct TokenPage {
    p: Page,
    f: Filled,
    /// The new token, shown this once.
    token: String,
}

fn token_page(own: &Own, sent: Sent, token: String) -> Result<Response> {
    let sent = sent.or("ends_on", own.today().saturating_add(90.days()).to_string());
    let f = sent.filled(own.lang(), &["label", "ends_on", "current"]);
    Ok(html(&TokenPage { p: own.page("接口令牌", "API token"), f, token })?.into_response())
}

async fn token(own: Own) -> Result<Response> {
    own.arrival.settled()?;
    token_page(&own, Sent::default(), String::new())
}

async fn issue(own: Own, Form(sent): Form) -> Result<Response> {
    let asked = sent.read::<NewToken>().map(|new| NewToken { current: sent.value("current").to_owned(), ..new });
    let issued = match asked {
        Ok(new) => own.asking().issue(new).await,
        Err(error) => Err(error),
    };
    match issued {
        Ok(begun) => token_page(&own, Sent::default(), begun.token),
        Err(error) => token_page(&own, sent.blame(error)?, String::new()),
    }
}

async fn end(own: Own, Path(id): Path<String>) -> Result<Response> {
    own.arrival.settled()?;
    own.asking().end(id).await?;
    Ok(flash::well("/me", own.lang().say("已结束。", "It has ended.")))
}
