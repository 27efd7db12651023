//! A line between phones and a server that refuses, cuts, loses replies, sends twice and turns the order about; and a server
//! in a process of its own, which can be ended without a warning and started again.

use crate::bad_line::Dice;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The program under test, over a data folder.
pub struct Server {
    folder: PathBuf,
    database: Option<String>,
    pub address: String,
    child: Child,
    /// How often it was killed.
    pub killed: usize,
}

impl Server {
    /// Starts it; answers when it listens.
    pub fn start(folder: PathBuf, database: Option<String>) -> Self {
        let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = probe.local_addr().unwrap().to_string();
        drop(probe);
        let child = run(&folder, database.as_deref(), &address);
        Self { folder, database, address, child, killed: 0 }
    }

    /// Ends it in the middle of whatever it does, and starts it again.
    pub fn kill(&mut self) {
        self.end();
        self.killed += 1;
        self.child = run(&self.folder, self.database.as_deref(), &self.address);
    }

    /// Tells it to stop, as systemd does; it goes on for as long as it needs.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.unwrap().success());
    }

    /// Waits until it has ended, and sees that it did so by itself.
    pub fn ends_well(&mut self) {
        assert!(self.child.wait().unwrap().success(), "it did not end well");
    }

    /// Starts it again where it was.
    pub fn start_again(&mut self) {
        self.child = run(&self.folder, self.database.as_deref(), &self.address);
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn run(folder: &PathBuf, database: Option<&str>, address: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paicha"));
    command.arg("serve").arg("--data").arg(folder).args(["--listen", address]);
    if let Some(url) = database {
        command.arg("--database-url").arg(url);
    }
    let command = command.env("RUST_LOG", "error,paicha=info").stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.by_ref().any(|line| line.contains("serving")), "the server did not start");
    // what it says later is read, so that it is never held up; trouble is said beside the test
    std::thread::spawn(move || said.filter(|line| line.contains("ERROR")).for_each(|line| println!("{line}")));
    child
}

/// What the line does to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It does not arrive.
    Refused,
    /// Half of it arrives.
    Cut,
    /// It arrives, the reply does not.
    ReplyLost,
    /// Half of the reply arrives.
    ReplyCut,
    /// It arrives twice, at the same moment.
    Twice,
    /// It arrives when others that were sent later have.
    Late,
}

const FAULTS: [Fault; 6] = [Fault::Refused, Fault::Cut, Fault::ReplyLost, Fault::ReplyCut, Fault::Twice, Fault::Late];

/// What the line has done so far.
#[derive(Debug, Default)]
pub struct Tally {
    pub requests: usize,
    pub faults: BTreeMap<Fault, usize>,
    late: Vec<Vec<u8>>,
}

/// A line that cannot be relied on.
#[derive(Clone)]
pub struct Line {
    pub address: String,
    pub tally: Arc<Mutex<Tally>>,
    dice: Arc<Mutex<Dice>>,
    /// How many requests have gone along it.
    pub gone: watch::Receiver<usize>,
}

impl Line {
    /// A line to `server`.
    pub async fn to(server: &str, dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (sender, gone) = watch::channel(0);
        let address = listener.local_addr().unwrap().to_string();
        let line = Self { address, tally: Arc::default(), dice: Arc::new(Mutex::new(dice)), gone };
        let (carrier, server) = (line.clone(), server.to_owned());
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                sender.send_modify(|n| *n += 1);
                let (carrier, server) = (carrier.clone(), server.clone());
                tokio::spawn(async move { carrier.carry(phone, &server).await });
            }
        });
        line
    }

    /// Every second request has a fault; one that comes late makes another one that has waited go.
    fn fault(&self) -> (Option<Fault>, Option<Vec<u8>>) {
        let (mut dice, mut tally) = (self.dice.lock().unwrap(), self.tally.lock().unwrap());
        tally.requests += 1;
        let fault = FAULTS.get(dice.below(FAULTS.len() * 2)).copied();
        if let Some(fault) = fault {
            *tally.faults.entry(fault).or_default() += 1;
        }
        let waits = tally.late.len();
        let late = (waits > 0 && dice.one_in(3)).then(|| tally.late.swap_remove(dice.below(waits)));
        (fault, late)
    }

    /// Carries one request. What is not answered is closed: the phone sees a broken line.
    async fn carry(self, mut phone: TcpStream, server: &str) -> Option<()> {
        let request = whole(&mut phone).await?;
        let (fault, late) = self.fault();
        if let Some(late) = late {
            let server = server.to_owned();
            tokio::spawn(async move { ask(&server, &late).await });
        }
        match fault {
            Some(Fault::Refused) => None,
            Some(Fault::Cut) => {
                let mut stream = TcpStream::connect(server).await.ok()?;
                stream.write_all(&request[..request.len() / 2]).await.ok().and(None)
            }
            Some(Fault::ReplyLost) => ask(server, &request).await.and(None),
            Some(Fault::Late) => {
                self.tally.lock().unwrap().late.push(request);
                None
            }
            Some(Fault::ReplyCut) => {
                let reply = ask(server, &request).await?;
                phone.write_all(&reply[..reply.len() / 2]).await.ok()
            }
            Some(Fault::Twice) => {
                let (_, reply) = tokio::join!(ask(server, &request), ask(server, &request));
                phone.write_all(&reply?).await.ok()
            }
            None => phone.write_all(&ask(server, &request).await?).await.ok(),
        }
    }
}

/// Reads one whole request.
async fn whole(phone: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            if request.len() >= end + 4 + length.unwrap_or(0) {
                return Some(request);
            }
        }
        if phone.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
}

/// Sends bytes and reads until the other end closes; nothing when it is not there.
pub async fn ask(address: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(bytes).await.ok()?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.ok()?;
    Some(reply)
}
