//! Viruses: asks a scanner that speaks the protocol of clamd (`man clamd`, INSTREAM), when one is configured.
//!
//! Fails closed: what could not be scanned is not kept.

use super::model::{INFECTED, Scanned, UNSCANNED};
use crate::kernel::{Error, Result};
use std::{io, path::Path, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// How long the scanner may take in all.
const PATIENCE: Duration = Duration::from_mins(2);
/// Bytes sent at a time.
const PIECE: usize = 64 * 1024;
/// The longest answer that is read.
const ANSWER: u64 = 4096;

/// Has `file` scanned at `address`; refuses it when it is infected or when the scanner does not answer.
pub async fn scan(address: Option<&str>, file: &Path) -> Result<Scanned> {
    let Some(address) = address.filter(|a| !a.is_empty()) else { return Ok(Scanned::Off) };
    let answer = timeout(PATIENCE, ask(address, file)).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    match answer.as_deref().map(verdict) {
        Ok(Verdict::Clean) => Ok(Scanned::Clean),
        Ok(Verdict::Infected(name)) => {
            tracing::warn!(name, "an infected file was refused");
            INFECTED.with("name", name).refuse()
        }
        Ok(Verdict::Unclear(words)) => unscanned(words),
        Err(error) => unscanned(&error.to_string()),
    }
}

fn unscanned<T>(reason: &str) -> Result<T, Error> {
    tracing::error!(reason, "the virus scanner did not do its work; uploads are refused");
    UNSCANNED.refuse()
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict<'a> {
    Clean,
    Infected(&'a str),
    Unclear(&'a str),
}

/// Reads `stream: OK`, `stream: NAME FOUND` and everything else.
fn verdict(answer: &str) -> Verdict<'_> {
    let answer = answer.trim_end_matches(['\0', '\n']);
    match answer.strip_prefix("stream: ") {
        Some("OK") => Verdict::Clean,
        Some(found) => found.strip_suffix(" FOUND").map_or(Verdict::Unclear(answer), Verdict::Infected),
        None => Verdict::Unclear(answer),
    }
}

async fn ask(address: &str, file: &Path) -> io::Result<String> {
    let file = tokio::fs::File::open(file).await?;
    if address.starts_with('/') {
        stream(UnixStream::connect(address).await?, file).await
    } else {
        stream(TcpStream::connect(address).await?, file).await
    }
}

async fn stream(
    mut scanner: impl AsyncRead + AsyncWrite + Unpin,
    mut file: impl AsyncRead + Unpin,
) -> io::Result<String> {
    let sent = send(&mut scanner, &mut file).await;
    // A scanner that has had enough (StreamMaxLength) says so and hangs up: its words tell more than the broken pipe.
    let mut answer = Vec::new();
    let read = (&mut scanner).take(ANSWER).read_to_end(&mut answer).await;
    if answer.is_empty() {
        sent?;
        read?;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

async fn send(scanner: &mut (impl AsyncWrite + Unpin), file: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    scanner.write_all(b"zINSTREAM\0").await?;
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece).await?;
        // A piece of length zero ends the stream.
        scanner.write_all(&u32::try_from(length).unwrap_or(0).to_be_bytes()).await?;
        scanner.write_all(&piece[..length]).await?;
        if length == 0 {
            return scanner.flush().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use tokio::net::{TcpListener, UnixListener};

    /// A scanner that reads one stream and gives `answer`; it hands back what it was sent.
    async fn scanner(mut line: impl AsyncRead + AsyncWrite + Unpin, answer: &str) -> Vec<u8> {
        let mut hello = [0; 10];
        line.read_exact(&mut hello).await.unwrap();
        assert_eq!(&hello, b"zINSTREAM\0");
        let mut got = Vec::new();
        loop {
            let length = line.read_u32().await.unwrap() as usize;
            if length == 0 {
                break;
            }
            let from = got.len();
            got.resize(from + length, 0);
            line.read_exact(&mut got[from..]).await.unwrap();
        }
        line.write_all(answer.as_bytes()).await.unwrap();
        got
    }

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    async fn over_tcp(bytes: &[u8], answer: &'static str) -> (Result<Scanned>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serve = async { scanner(listener.accept().await.unwrap().0, answer).await };
        let file = file(bytes);
        tokio::join!(scan(Some(&address), file.path()), serve)
    }

    #[tokio::test]
    async fn the_whole_file_is_sent_and_a_clean_one_passes() {
        let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let (verdict, got) = over_tcp(&bytes, "stream: OK\0").await;
        assert_eq!((verdict.unwrap(), got == bytes), (Scanned::Clean, true));
    }

    #[tokio::test]
    async fn an_infected_file_is_refused_by_name() {
        let (verdict, _) = over_tcp(b"x", "stream: Win.Test.EICAR_HDB-1 FOUND\0").await;
        let refusal = verdict.unwrap_err().refusal();
        assert_eq!(refusal.code, "files.infected");
        assert!(refusal.zh.contains("Win.Test.EICAR_HDB-1"));
    }

    #[tokio::test]
    async fn a_scanner_that_does_not_do_its_work_lets_nothing_through() {
        for answer in ["INSTREAM size limit exceeded. ERROR\0", "stream: OK, mostly\0", "", "OK\0"] {
            let (verdict, _) = over_tcp(b"x", answer).await;
            assert_eq!(verdict.unwrap_err().refusal().code, "files.unscanned", "{answer}");
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let gone = scan(Some(&address), file(b"x").path()).await;
        assert_eq!(gone.unwrap_err().refusal().code, "files.unscanned");
    }

    #[tokio::test]
    async fn a_unix_socket_will_do() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("clamd.ctl");
        let listener = UnixListener::bind(&socket).unwrap();
        let serve = async { scanner(listener.accept().await.unwrap().0, "stream: OK\0").await };
        let file = file(b"x");
        let (verdict, _) = tokio::join!(scan(socket.to_str(), file.path()), serve);
        assert_eq!(verdict.unwrap(), Scanned::Clean);
    }

    #[tokio::test]
    async fn nothing_is_scanned_where_no_scanner_is_configured() {
        assert_eq!(scan(None, Path::new("/nowhere")).await.unwrap(), Scanned::Off);
    }
}
