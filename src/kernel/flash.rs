//! What has just happened, said once: a word carried over a redirect in a cookie that the next page takes away.

use super::{Lang, http, page::Flash};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use data_encoding::BASE64URL_NOPAD;

/// On to the page `to`, which says that this went well.
pub fn well(to: &str, text: &str) -> Response {
    said(to, &Flash { good: true, text: text.to_owned() })
}

/// On to the page `to`, which says that this was done.
pub fn done(to: &str, what: &str, lang: Lang) -> Response {
    well(to, &format!("{}{what}", lang.say("已办理：", "Done: ")))
}

/// On to the page `to`, which says `flash` once.
pub fn said(to: &str, flash: &Flash) -> Response {
    let text: String = flash.text.chars().take(500).collect();
    let value = BASE64URL_NOPAD.encode(format!("{}{text}", if flash.good { '+' } else { '-' }).as_bytes());
    let mut response = Redirect::to(to).into_response();
    set(&mut response, &format!("flash={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"));
    response
}

/// What the page before wants said.
pub fn of(headers: &HeaderMap) -> Option<Flash> {
    let bytes = BASE64URL_NOPAD.decode(http::cookie(headers, "flash")?.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let good = text.starts_with('+');
    let text = text.strip_prefix(['+', '-'])?.to_owned();
    Some(Flash { good, text })
}

/// Takes the word away once a page has shown it. A layer around all pages.
pub async fn once(request: Request, next: Next) -> Response {
    let said = http::cookie(request.headers(), "flash").is_some();
    let mut response = next.run(request).await;
    let page = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    if said && page {
        set(&mut response, "flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
    response
}

fn set(response: &mut Response, cookie: &str) {
    // The value is base64url: it always makes a header.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_arrives_at_the_next_page() {
        let sent = well("/offices", "机构已停用");
        let cookie = sent.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("a=b; {cookie}").parse().unwrap());
        let flash = of(&headers).unwrap();
        assert_eq!((flash.good, flash.text.as_str()), (true, "机构已停用"));
        assert!(of(&HeaderMap::new()).is_none());
    }
}
