//! Sessions: a token in the hands of a browser or a program, of which we keep the hash.

use super::{Account, Client, PENDING, Proof, Session, SessionKind, password, store};
use crate::kernel::{App, Config, Moment, Result, db::Tx, http};
use axum::http::{HeaderMap, HeaderValue, header};

/// A new session and its token, which exists here and with its owner only.
#[derive(Debug, Clone)]
pub struct Begun {
    pub token: String,
    pub session: Session,
}

/// Begins a session of `kind`, as long as the settings allow.
pub fn begin(
    tx: &mut Tx,
    config: &Config,
    account: &Account,
    (kind, proof): (SessionKind, Proof),
    client: &Client,
    at: Moment,
) -> Result<Begun> {
    let lasts = match kind {
        SessionKind::Pending => PENDING,
        _ => config.session_max_hours * 3_600_000,
    };
    let label = client.agent.clone();
    begin_until(tx, account, (kind, proof), label, at, at.plus(lasts))
}

/// Begins a session that ends at `ends_at`.
pub fn begin_until(
    tx: &mut Tx,
    account: &Account,
    (kind, proof): (SessionKind, Proof),
    label: String,
    at: Moment,
    ends_at: Moment,
) -> Result<Begun> {
    let (token, stored) = password::token()?;
    let session =
        Session { token: stored, account: account.id, kind, proof, label, created_at: at, used_at: at, ends_at };
    store::end_expired(tx, at)?;
    store::add_session(tx, &session)?;
    Ok(Begun { token, session })
}

/// A token as a request carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The hash under which it is stored.
    pub stored: String,
    /// Whether a program sent it (`Authorization: Bearer`), not a browser by itself.
    pub bearer: bool,
}

/// The token of a request: `Authorization: Bearer` first, else the cookie.
pub fn carried(config: &Config, headers: &HeaderMap) -> Option<Carried> {
    let header = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok()).and_then(|h| h.split_once(' '));
    let bearer = header.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let token = bearer.or_else(|| http::cookie(headers, cookie_name(config)))?;
    let sane = (20..=100).contains(&token.len());
    sane.then(|| Carried { stored: password::stored(token), bearer: bearer.is_some() })
}

/// The cookie that carries a token. It ends with the browser; how long the session lasts is for the server to say.
pub fn cookie(config: &Config, token: &str) -> HeaderValue {
    made(config, token, "")
}

/// The cookie that takes the token back.
pub fn no_cookie(config: &Config) -> HeaderValue {
    made(config, "", "; Max-Age=0")
}

fn made(config: &Config, token: &str, more: &str) -> HeaderValue {
    let secure = if is_https(config) { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{more}", cookie_name(config));
    // Tokens are base64url: they always make a header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

fn cookie_name(config: &Config) -> &'static str {
    if is_https(config) { "__Host-sid" } else { "sid" }
}

/// Whether people reach us over TLS.
pub fn is_https(config: &Config) -> bool {
    config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
}

/// Notes that a session was used, at most once a minute; whoever asks does not fail when that fails.
pub async fn note_use(app: &App, session: &Session, at: Moment) {
    if !session.is_stale(at) {
        return;
    }
    let token = session.token.clone();
    if let Err(error) = app.db.write(move |tx| store::session_used(tx, &token, at)).await {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn over_tls_the_cookie_is_bound_to_the_host() {
        let plain = Config::default();
        let tls = Config { public_url: Some("https://paicha.example".into()), ..Config::default() };
        assert_eq!(cookie(&plain, "t"), "sid=t; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(cookie(&tls, "t"), "__Host-sid=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        let token = "x".repeat(43);
        assert!(
            carried(&tls, &headers(header::COOKIE, &format!("sid={token}"))).is_none(),
            "a plain cookie is refused"
        );
        assert!(carried(&tls, &headers(header::COOKIE, &format!("__Host-sid={token}"))).is_some());
    }

    #[test]
    fn a_program_sends_its_token_in_a_header() {
        let token = "y".repeat(43);
        let carried = carried(&Config::default(), &headers(header::AUTHORIZATION, &format!("bearer {token}"))).unwrap();
        assert_eq!(carried, Carried { stored: password::stored(&token), bearer: true });
        assert_eq!(super::carried(&Config::default(), &headers(header::AUTHORIZATION, "Basic eDp5")), None);
    }
}
