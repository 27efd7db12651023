//! The smallest client that can measure a server: HTTP/1.1 on one kept connection, one request at a time.

use crate::Failure;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    /// Lines of the head, each with its end.
    pub head: String,
    pub body: Vec<u8>,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), head: String::new(), body: Vec::new() }
    }

    pub fn put(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { method: "PUT", path: path.into(), head: String::new(), body }
    }

    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One connection, opened when it is first used.
pub struct Line {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Line {
    pub fn to(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    /// Asks and waits for the whole answer.
    pub async fn send(&mut self, ask: &Ask) -> Result<Answer, Failure> {
        let sent = self.exchange(ask).await;
        if sent.is_err() {
            self.stream = None;
        }
        sent
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<Answer, Failure> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(BufReader::with_capacity(64 * 1024, stream));
        }
        let Some(stream) = &mut self.stream else { return Err(Failure::new("no connection")) };
        let (method, path, address, length) = (ask.method, &ask.path, &self.address, ask.body.len());
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n{}\r\n", ask.head);
        let mut whole = head.into_bytes();
        whole.extend_from_slice(&ask.body);
        stream.write_all(&whole).await?;
        read(stream).await
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Result<Answer, Failure> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
    let mut answer = Answer { status: status.ok_or_else(|| Failure::new("no status line"))?, body: Vec::new() };
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().map_err(Failure::new)?,
            "transfer-encoding" => chunked = true,
            _ => {}
        }
    }
    if chunked {
        while read_chunk(stream, &mut answer.body).await? {}
    } else {
        answer.body.resize(length, 0);
        stream.read_exact(&mut answer.body).await?;
    }
    Ok(answer)
}

/// Reads one chunk; whether another follows.
async fn read_chunk(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Result<bool, Failure> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let length = usize::from_str_radix(line.trim(), 16).map_err(Failure::new)?;
    let (from, mut end) = (body.len(), [0; 2]);
    body.resize(from + length, 0);
    stream.read_exact(&mut body[from..]).await?;
    stream.read_exact(&mut end).await?;
    Ok(length > 0)
}
