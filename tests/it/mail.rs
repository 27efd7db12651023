//! The daily digest, sent to a mail server of our own.

use crate::world::World;
use paicha::{
    follow::digest,
    kernel::{App, Config},
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail server that keeps what it is given; the first so many connections it turns away.
struct Post {
    address: String,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Post {
    async fn open(mut turned_away: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let mails: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let busy = turned_away > 0;
                turned_away = turned_away.saturating_sub(1);
                serve(line, busy, &kept).await;
            }
        });
        Self { address, mails }
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

/// Speaks SMTP as far as a digest needs it.
async fn serve(line: TcpStream, busy: bool, kept: &Mutex<Vec<String>>) {
    let (read, mut write) = line.into_split();
    let mut lines = BufReader::new(read).lines();
    let greeting = if busy { "421 too busy\r\n" } else { "220 post\r\n" };
    write.write_all(greeting.as_bytes()).await.unwrap();
    while let Ok(Some(said)) = lines.next_line().await {
        let answer = match said.split(' ').next().unwrap_or_default() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                while let Ok(Some(text)) = lines.next_line().await {
                    if text == "." {
                        break;
                    }
                    mail.push_str(&text);
                    mail.push('\n');
                }
                kept.lock().unwrap().push(mail);
                "250 kept\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 well\r\n",
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The app with a mail server.
fn with_post(w: &World, post: &Post) -> App {
    let config = Config {
        smtp_url: Some(post.address.clone()),
        mail_from: Some("排查 <paicha@example.gov.cn>".into()),
        public_url: Some("https://paicha.example.gov.cn".into()),
        ..(*w.app.config).clone()
    };
    App { config: Arc::new(config), ..w.app.clone() }
}

/// A mail as people read it.
fn read(mail: &str) -> String {
    let (head, body) = mail.split_once("\n\n").unwrap();
    let decode = |text: &str| {
        let bytes = data_encoding::BASE64.decode(text.replace('\n', "").as_bytes());
        bytes.map_or_else(|_| text.to_owned(), |b| String::from_utf8(b).unwrap())
    };
    format!("{head}\n\n{}", decode(body))
}

#[tokio::test]
async fn who_wants_it_gets_a_digest_on_days_on_which_something_waits() {
    let w = World::new().await;
    let post = Post::open(0).await;
    let app = with_post(&w, &post);
    let settings = json!({"address": "sun@example.gov.cn", "digest": true});
    w.sun().await.put("/api/v1/me/mail", settings).await.is(200, "sun@example.gov.cn");
    w.bo().await.put("/api/v1/me/mail", json!({"address": "bo@example.gov.cn", "digest": false})).await.is(200, "");
    assert_eq!(digest::send_due(&w.app).await.unwrap(), 0, "off until there is a server");
    assert_eq!(digest::send_due(&app).await.unwrap(), 0, "the hour of today is over");
    w.days_pass(1).await;
    assert_eq!(digest::send_due(&app).await.unwrap(), 0, "nothing waits");
    w.verified_by("bo").await;
    w.days_pass(1).await;
    assert_eq!(digest::send_due(&app).await.unwrap(), 1);
    assert_eq!(digest::send_due(&app).await.unwrap(), 0, "once a day");
    let mails = post.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = read(&mails[0]);
    for said in [
        "To: sun@example.gov.cn",
        "<paicha@example.gov.cn>",
        "List-Unsubscribe: <https://paicha.example.gov.cn/me/mail>",
        "待批 · 待审批销号: 1",
        "打开： https://paicha.example.gov.cn/inbox",
    ] {
        assert!(mail.contains(said), "no «{said}» in {mail}");
    }
    assert!(!mail.contains("恒达") && !mail.contains("应红"), "no names leave the house: {mail}");
    w.sun().await.get("/me/mail").await.is(200, "sun@example.gov.cn").is(200, "Last sent");

    w.sun().await.send_form("/me/mail", &[("address", "sun@example.gov.cn")]).await.is(303, "");
    w.days_pass(2).await;
    assert_eq!(digest::send_due(&app).await.unwrap(), 0, "no longer wanted");
}

#[tokio::test]
async fn what_could_not_be_sent_is_sent_later_and_the_reader_sees_why() {
    let w = World::new().await;
    let post = Post::open(1).await;
    let app = with_post(&w, &post);
    w.verified_by("bo").await;
    w.sun().await.put("/api/v1/me/mail", json!({"address": "sun@example.gov.cn", "digest": true})).await.is(200, "");
    w.days_pass(1).await;
    assert_eq!(digest::send_due(&app).await.unwrap(), 0);
    w.sun().await.get("/me/mail").await.is(200, "could not be sent").is(200, "421");
    assert_eq!(digest::send_due(&app).await.unwrap(), 0, "not at once");
    assert!(post.mails().is_empty());
    w.days_pass(1).await;
    assert_eq!(digest::send_due(&app).await.unwrap(), 1);
    assert!(!w.sun().await.get("/me/mail").await.body.contains("could not be sent"));
}

#[tokio::test]
async fn an_address_is_checked_kept_locked_and_taken_away() {
    let w = World::new().await;
    let sun = w.sun().await;
    sun.put("/api/v1/me/mail", json!({"address": "nowhere", "digest": true})).await.is(422, "mail.not_an_address");
    sun.send_form("/me/mail", &[("address", "nowhere")]).await.is(422, "not an e-mail address");
    sun.put("/api/v1/me/mail", json!({"address": "sun@example.gov.cn", "digest": false}))
        .await
        .is(200, "\"digest\":false");
    let stored: String = w.app.db.read(|tx| tx.get("select address from mailboxes", &[])).await.unwrap();
    assert!(!stored.contains("example"), "{stored}");
    assert!(!w.gu().await.get("/api/v1/events").await.body.contains("example.gov.cn"), "nor in the record");
    sun.put("/api/v1/me/mail", json!({"digest": false})).await.is(200, "\"address\":null");
}
