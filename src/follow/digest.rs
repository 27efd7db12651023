//! The daily digest by mail (每日摘要): what waits, how much of it and by when, to everybody who wants it.

use crate::{
    accounts,
    kernel::{App, Error, Lang, Moment, Result},
    notices::mail::{self, Mailbox},
    people::By,
    work::{self, Inbox, Section},
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox as Address,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::authentication::Credentials,
};
use std::time::{Duration, SystemTime};

/// Mailboxes that are served at a time.
const AT_ONCE: i64 = 20;
/// How often a process looks whether a digest is due.
const EVERY: Duration = Duration::from_secs(20);
/// How long a mail server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends what is due until `stop` is called off, beside everything else: a mail server that hangs keeps nobody waiting.
pub(super) async fn run(app: App, stop: tokio_util::sync::CancellationToken) {
    if !app.config.mails() {
        return;
    }
    let mut beat = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        if let Err(error) = send_due(&app).await {
            tracing::error!(%error, "the digests were not sent; they will be tried again");
        }
    }
}

/// Sends the digests that are due; says how many went out. What fails is tried again later.
pub async fn send_due(app: &App) -> Result<u64> {
    if !app.config.mails() {
        return Ok(0);
    }
    let (now, mut sent) = (app.clock.now(), 0);
    let due = app.db.write(move |tx| mail::claim(tx, now, AT_ONCE)).await?;
    for mailbox in due {
        let account = mailbox.account;
        match deliver(app, &mailbox, now).await {
            Ok(went) => {
                sent += u64::from(went);
                let (at, next) = (went.then_some(now), app.config.next_digest(now));
                app.db.write(move |tx| mail::done(tx, account, at, next)).await?;
            }
            Err(error) => {
                tracing::warn!(%account, %error, "a digest was put off");
                let trouble = error.to_string();
                app.db.write(move |tx| mail::failed(tx, account, &trouble)).await?;
            }
        }
    }
    Ok(sent)
}

/// Sends one digest; nothing when nothing waits or the account is closed.
async fn deliver(app: &App, mailbox: &Mailbox, now: Moment) -> Result<bool> {
    let account = mailbox.account;
    let found = app.db.read(move |tx| {
        let Some(by) = accounts::on_behalf(tx, account, now)? else { return Ok(None) };
        let inbox = work::inbox(tx, &by, by.actor.lang)?;
        Ok(Some((by, inbox)))
    });
    let Some((by, inbox)) = found.await?.filter(|(_, inbox)| inbox.count > 0) else { return Ok(false) };
    let message = write(app, &by, &inbox, &mailbox.address(&app.keeper)?)?;
    transport(app)?.send(message).await.map_err(Error::broken)?;
    Ok(true)
}

fn transport(app: &App) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let url = app.config.smtp_url.as_deref().unwrap_or_default();
    let mut smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(Error::broken)?.timeout(Some(PATIENCE));
    if let (Some(user), Ok(password)) = (app.config.smtp_user.clone(), std::env::var("PAICHA_SMTP_PASSWORD")) {
        smtp = smtp.credentials(Credentials::new(user, password));
    }
    Ok(smtp.build())
}

fn write(app: &App, by: &By, inbox: &Inbox, address: &str) -> Result<Message> {
    let lang = by.actor.lang;
    let from: Address = app.config.mail_from.as_deref().unwrap_or_default().parse().map_err(Error::broken)?;
    let home = app.config.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
    let settings = format!("{home}/me/mail");
    let millis = u64::try_from(by.at.millis()).map_err(Error::broken)?;
    let mut message = Message::builder()
        .from(from)
        .to(Address::new(None, address.parse().map_err(Error::broken)?))
        .subject(subject(inbox, lang))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .message_id(Some(mail::message_id(by.actor.account, by.at.date())?))
        .header(ContentType::TEXT_PLAIN)
        .body(body(inbox, home, &settings, lang))
        .map_err(Error::broken)?;
    if !home.is_empty() {
        let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
        message.headers_mut().insert_raw(HeaderValue::new(name, format!("<{settings}>")));
    }
    Ok(message)
}

fn late(inbox: &Inbox) -> usize {
    inbox.groups.iter().filter(|g| g.section != Section::Watch).flat_map(|g| &g.jobs).filter(|job| job.late).count()
}

fn subject(inbox: &Inbox, lang: Lang) -> String {
    let (count, late) = (lang.count(inbox.count), late(inbox));
    match (lang, late) {
        (Lang::Zh, 0) => format!("【排查】有{count}项等待您处理"),
        (Lang::Zh, late) => format!("【排查】有{count}项等待您处理，其中{late}项逾期"),
        (Lang::En, 0) => format!("Paicha: {count} waiting for you"),
        (Lang::En, late) => format!("Paicha: {count} waiting for you, {late} overdue"),
    }
}

/// How much of what waits, and by when. No name of an enterprise or a person leaves the house.
fn body(inbox: &Inbox, home: &str, settings: &str, lang: Lang) -> String {
    let mut text = String::new();
    for group in &inbox.groups {
        let more = if group.more { "+" } else { "" };
        text.push_str(&format!("{} · {}: {}{more}", group.section.label(lang), group.title, group.jobs.len()));
        let late = group.jobs.iter().filter(|job| job.late).count();
        if late > 0 {
            text.push_str(&format!(" ({} {late})", lang.say("逾期", "overdue")));
        }
        if let Some(due) = group.jobs.iter().filter(|job| !job.late).filter_map(|job| job.due).min() {
            text.push_str(&format!(" · {} {}", lang.say("最近期限", "next due"), lang.date(due)));
        }
        text.push('\n');
    }
    if !inbox.notices.is_empty() {
        text.push_str(&format!("{}: {}\n", lang.say("待阅通知", "Notices to read"), inbox.notices.len()));
    }
    text.push_str(&format!("\n{} {home}/inbox\n", lang.say("打开：", "Open:")));
    text.push_str(&format!("{} {settings}\n", lang.say("不再接收：", "No longer wanted:")));
    text
}
