//! Who is at the door of each request: a live session of an open account, or nobody.

use super::{Account, Client, Session, SessionKind, sessions, store};
use crate::{
    kernel::{App, Error, Lang, Moment, Result, db::Tx, flash, http},
    people::{self, By, Counter, Office, Visitor},
};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, header, request::Parts},
};

refusals! {
    MUST_CHANGE "accounts.must_change" "首次登录须先修改初始密码，再办理其他事项。" "Please change your first password before anything else.";
    NOT_FOR_PROGRAMS "accounts.not_for_programs" "接口令牌不能办理账号安全事项，请登录后办理。" "An API token cannot change how an account is protected; sign in for that.";
}

/// Somebody with a live session who may still have to change the first password. Only what concerns their own account
/// takes this; everything else takes a [`Visitor`].
#[derive(Debug, Clone)]
pub struct Arrival {
    /// As everybody else sees them.
    pub visitor: Visitor,
    /// The session they came with.
    pub session: Session,
    /// Their account.
    pub account: Account,
}

impl Arrival {
    /// See [`Session::must_change`].
    pub fn must_change(&self) -> bool {
        self.session.must_change(&self.account)
    }

    /// Refuses while the first password waits to be changed.
    pub fn settled(&self) -> Result<()> {
        if self.must_change() { Err(Error::First { at: "/me/password", refusal: MUST_CHANGE }) } else { Ok(()) }
    }

    /// Refuses programs with an API token: a stolen one must not take over the account.
    pub fn in_person(&self) -> Result<()> {
        let program = self.session.kind == SessionKind::Token;
        if program { Err(Error::Unreadable { status: 403, refusal: NOT_FOR_PROGRAMS }) } else { Ok(()) }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let arrival = <Arrival as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        arrival.settled()?;
        Ok(arrival.visitor)
    }
}

impl FromRequestParts<App> for Arrival {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let at = app.clock.now();
        let carried = sessions::carried(&app.config, &parts.headers).ok_or(Error::SignIn)?;
        let (token, idle) = (carried.stored.clone(), app.config.session_idle_minutes);
        let counter = parts.extensions.get::<Counter>().copied().filter(|_| wants_page(&parts.headers));
        let (session, account, office, waits) =
            app.db.read(move |tx| find(tx, &token, at, idle, counter)).await?.ok_or(Error::SignIn)?;
        if session.kind == SessionKind::Token && !carried.bearer {
            return Err(Error::SignIn);
        }
        sessions::note_use(app, &session, at).await;
        let Ok(client) = Client::from_request_parts(parts, app).await;
        let actor = account.actor(office);
        let visitor = Visitor {
            lang: lang(&parts.headers, carried.bearer, actor.lang),
            by: By { actor, at, client: Some(client.json()) },
            path: parts.uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string),
            demo: app.demo,
            flash: flash::of(&parts.headers),
            session: session.token.clone(),
            waits,
        };
        Ok(Self { visitor, session, account })
    }
}

impl OptionalFromRequestParts<App> for Arrival {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(arrival) => Ok(Some(arrival)),
            Err(Error::SignIn) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether a page is asked for: only those show how much waits.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// The session with this hash, if it is alive and its account and office are open; and how much waits for them, where
/// somebody counts.
fn find(
    tx: &mut Tx,
    token: &str,
    at: Moment,
    idle: i64,
    counter: Option<Counter>,
) -> Result<Option<(Session, Account, Office, i64)>> {
    let alive = |s: &Session| s.kind != SessionKind::Pending && s.is_alive(at, idle);
    let Some(session) = store::session(tx, token)?.filter(alive) else { return Ok(None) };
    let account = store::account(tx, session.account)?;
    let office = people::store::office(tx, account.office)?;
    if !account.active || !office.active {
        return Ok(None);
    }
    let by = By { actor: account.actor(office.clone()), at, client: None };
    let waits = counter.map_or(Ok(0), |Counter(count)| count(tx, &by))?;
    Ok(Some((session, account, office, waits)))
}

/// As chosen on the page; a program says it in a header; else as the account prefers.
fn lang(headers: &HeaderMap, bearer: bool, preferred: Lang) -> Lang {
    let says = bearer && headers.contains_key(header::ACCEPT_LANGUAGE);
    let chosen = http::cookie(headers, "lang").and_then(Lang::from_code);
    chosen.unwrap_or_else(|| if says { http::lang_of(headers) } else { preferred })
}
