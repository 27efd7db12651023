//! A server in a process of its own.

use crate::{
    Failure,
    http::{Ask, Line},
};
use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running server; ended when this is dropped.
pub struct Server {
    pub address: String,
    /// How long it took from its start to its first answer.
    pub start_up: Duration,
    child: Child,
}

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

impl Server {
    /// Paicha over a data folder that is there.
    pub async fn paicha(program: &Path, folder: &Path) -> Result<Self, Failure> {
        Self::start(Command::new(program).arg("serve"), folder).await
    }

    /// The floor.
    pub async fn floor(folder: &Path) -> Result<Self, Failure> {
        Self::start(Command::new(std::env::current_exe()?).arg("floor"), folder).await
    }

    async fn start(command: &mut Command, folder: &Path) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let begin = Instant::now();
        let child = command
            .arg("--data")
            .arg(folder)
            .args(["--listen", &address])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut server = Self { address, start_up: Duration::ZERO, child };
        let mut line = Line::to(&server.address);
        while line.send(&Ask::get("/healthz")).await.is_err() {
            if begin.elapsed() > PATIENCE || server.child.try_wait()?.is_some() {
                return Err(Failure::new("the server did not start"));
            }
            std::thread::park_timeout(Duration::from_millis(1));
        }
        server.start_up = begin.elapsed();
        Ok(server)
    }

    /// Memory in MB: `VmRSS` now, `VmHWM` at its peak.
    pub fn memory(&self, which: &str) -> Result<f64, Failure> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|l| l.strip_prefix(which)?.strip_prefix(':'));
        let kib = line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0).ok_or_else(|| Failure::new("the system does not say"))
    }

    /// The processor time it has used, in seconds.
    pub fn processor(&self) -> Result<f64, Failure> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = text.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ').skip(11).take(2);
        Ok(fields.filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, or about to: either way nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
