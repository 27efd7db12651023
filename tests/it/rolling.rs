//! Two processes on one PostgreSQL behind a balancer: each is restarted in turn under load, and no request fails. What one
//! does the other knows: sessions, what happens live.

use crate::{
    line::{Server, ask},
    storm::house,
    world::{jpeg, new_id, postgres},
};
use paicha::{
    accounts,
    kernel::{Config, secret::sha256},
};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Who sends requests at once.
const CLIENTS: usize = 6;

/// A balancer as simple as can be: it asks each server every 50 ms whether it is ready, and sends each connection to one
/// that is.
struct Balancer {
    address: String,
    ready: Arc<Vec<AtomicBool>>,
}

impl Balancer {
    async fn over(servers: [String; 2]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let ready: Arc<Vec<AtomicBool>> = Arc::new(servers.iter().map(|_| AtomicBool::new(false)).collect());
        let (seen, asked) = (ready.clone(), servers.clone());
        tokio::spawn(async move {
            let mut beat = tokio::time::interval(Duration::from_millis(50));
            loop {
                beat.tick().await;
                for (n, server) in asked.iter().enumerate() {
                    let reply = ask(server, b"GET /readyz HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n").await;
                    seen[n].store(reply.is_some_and(|r| r.starts_with(b"HTTP/1.1 200")), Ordering::SeqCst);
                }
            }
        });
        let chosen = ready.clone();
        tokio::spawn(async move {
            let turn = AtomicUsize::new(0);
            while let Ok((mut client, _)) = listener.accept().await {
                let n = turn.fetch_add(1, Ordering::SeqCst);
                let server = (n..n + 2).map(|n| n % 2).find(|n| chosen[*n].load(Ordering::SeqCst));
                let Some(server) = server.map(|n| servers[n].clone()) else { continue };
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.ok()?;
                    tokio::io::copy_bidirectional(&mut client, &mut server).await.ok()
                });
            }
        });
        Self { address, ready }
    }

    /// Waits until the server is as it should be.
    async fn sees(&self, server: usize, ready: bool) {
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        while self.ready[server].load(Ordering::SeqCst) != ready {
            beat.tick().await;
        }
    }
}

/// A media type and bytes of it.
type Body<'a> = (&'a str, &'a [u8]);

/// Sends one request; its status, none when the line broke or the answer is not whole.
async fn send(address: &str, token: &str, method: &str, path: &str, (kind, body): Body<'_>) -> Option<u16> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: b\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let reply = ask(address, &[head.as_bytes(), body].concat()).await?;
    let text = String::from_utf8_lossy(&reply);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let head = head.to_ascii_lowercase();
    let length: Option<usize> = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok());
    let whole = length.map_or(head.contains("transfer-encoding") && text.ends_with("0\r\n\r\n"), |l| l == body.len());
    whole.then(|| head.split(' ').nth(1)?.parse().ok())?
}

/// Uploads, finds and reads by turns until told to stop; what failed, and how many there were.
async fn work(address: String, token: String, found: serde_json::Value, stop: Arc<AtomicBool>) -> (usize, Vec<String>) {
    let (mut many, mut failed) = (0, Vec::new());
    while !stop.load(Ordering::SeqCst) {
        let (mut found, id, photo) = (found.clone(), new_id(), jpeg(&new_id()));
        found["id"] = id.clone().into();
        let (hazard, found) = (format!("/api/v1/hazards/{id}"), found.to_string());
        let file = format!("/api/v1/files/{}", sha256(&photo));
        let asked: [(&str, &str, Body); 4] = [
            ("PUT", &file, ("image/jpeg", &photo)),
            ("PUT", &hazard, ("application/json", found.as_bytes())),
            ("GET", "/api/v1/hazards", ("text/plain", b"")),
            ("GET", "/", ("text/plain", b"")),
        ];
        for (method, path, body) in asked {
            let status = send(&address, &token, method, path, body).await;
            many += 1;
            // 409: somebody else drew the same number at the same moment; an answer, and no failure
            if !matches!(status, Some(200 | 201 | 409)) {
                failed.push(format!("{method} {path}: {status:?}"));
            }
        }
    }
    (many, failed)
}

/// Follows what happens at `address`; answers all that came when the stream ended.
async fn follow(address: String, token: String, begun: Arc<Mutex<String>>) -> Option<()> {
    let head = format!("GET /api/v1/live HTTP/1.1\r\nhost: b\r\nauthorization: Bearer {token}\r\n\r\n");
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(head.as_bytes()).await.ok()?;
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).await.ok()?;
        if read == 0 {
            return Some(());
        }
        begun.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
    }
}

/// Waits until the stream has said `text`.
async fn says(stream: &Mutex<String>, text: &str) {
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..1500 {
        if stream.lock().unwrap().contains(text) {
            return;
        }
        beat.tick().await;
    }
    panic!("no «{text}» in {}", stream.lock().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_two_is_restarted_in_turn_and_no_request_fails() {
    let Some(url) = postgres("").await else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let config = Config { data: folder.path().to_owned(), database_url: Some(url.clone()), ..Config::default() };
    std::fs::write(folder.path().join("DEMO"), "made for a test\n").unwrap();
    std::fs::write(folder.path().join("paicha.toml"), "drain_seconds = 1\n").unwrap();
    let (app, made) = house(config).await;
    let at = app.clock.now();
    let token = app.db.write(move |tx| accounts::session_for(tx, "ying", at)).await.unwrap();
    let mut servers = [0, 1].map(|_| Server::start(folder.path().to_owned(), Some(url.clone())));
    let addresses = servers.each_ref().map(|server| server.address.clone());
    let balancer = Balancer::over(addresses.clone()).await;
    balancer.sees(0, true).await;
    balancer.sees(1, true).await;

    // what one does is seen at the other within a moment, under the same session
    let live: [Arc<Mutex<String>>; 2] = Default::default();
    let streams = [0, 1].map(|n| tokio::spawn(follow(addresses[n].clone(), token.clone(), live[n].clone())));
    says(&live[1], "text/event-stream").await;
    let found = serde_json::json!({
        "id": new_id(), "campaign": made.campaign, "enterprise": made.hengda, "product": "0301",
        "field": "production", "problem": "P08", "severity": "general", "what": "出厂检验记录不全", "origin": "inspection",
    });
    let path = format!("/api/v1/hazards/{}", found["id"].as_str().unwrap());
    let body = found.to_string();
    let done = send(&addresses[0], &token, "PUT", &path, ("application/json", body.as_bytes())).await;
    assert_eq!(done, Some(200));
    says(&live[1], "event: change").await;

    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| tokio::spawn(work(balancer.address.clone(), token.clone(), found.clone(), stop.clone())))
        .collect();
    for n in [0, 1] {
        servers[n].terminate();
        balancer.sees(n, false).await;
        tokio::task::block_in_place(|| servers[n].ends_well());
        servers[n].start_again();
        balancer.sees(n, true).await;
    }
    stop.store(true, Ordering::SeqCst);
    let (mut many, mut failed) = (0, Vec::new());
    for client in clients {
        let (sent, not) = client.await.unwrap();
        many += sent;
        failed.extend(not);
    }
    for (n, stream) in streams.into_iter().enumerate() {
        stream.await.unwrap();
        assert!(live[n].lock().unwrap().ends_with("0\r\n\r\n"), "the stream was not ended, but cut");
    }
    assert_eq!(failed, Vec::<String>::new(), "of {many}");
    println!("{many} requests by {CLIENTS} clients while each of two servers was restarted: none failed");
}
