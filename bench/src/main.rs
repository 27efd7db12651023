//! Measures Paicha beside a floor: a server with the same guarantees and nothing else, in the same rounds, so that
//! what counts are ratios of one run. `cargo run --release -p bench -- all` writes `docs/performance.md`.

mod field;
mod figures;
mod floor;
mod house;
mod http;
mod lists;
mod load;
mod photo;
mod report;
mod server;
mod submit;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

const HELP: &str =
    "bench all|submit|lists|figures|field [--rounds 5] [--seconds 2] [--records-only] [--rows 1000,100000,1000000]
      [--facts 10000,1000000,15000000] [--visits 2000,10000] [--program FILE]
bench floor --data DIR --listen ADDRESS";

/// Why a measurement was given up.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    fn new(why: impl std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        Self::new(e)
    }
}

impl From<paicha::kernel::Error> for Failure {
    fn from(e: paicha::kernel::Error) -> Self {
        Self::new(e)
    }
}

/// How it is measured.
pub struct Setting {
    /// The program that is measured.
    pub program: PathBuf,
    /// How often each pair is measured in turn.
    pub rounds: usize,
    /// How long each run lasts.
    pub time: Duration,
    /// Only submissions without photographs.
    pub only_records: bool,
    place: tempfile::TempDir,
}

impl Setting {
    /// A folder of this run, gone after it.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.place.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            let _ = writeln!(std::io::stderr(), "bench: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Result<(), Failure> {
    let option = |name: &str| words.iter().position(|w| w == name).and_then(|at| words.get(at + 1));
    let number = |name: &str, usual: u64| option(name).map_or(Ok(usual), |n| n.parse().map_err(Failure::new));
    match words.first().map(String::as_str) {
        Some("floor") => {
            let folder = option("--data").ok_or_else(|| Failure::new(HELP))?;
            let address = option("--listen").ok_or_else(|| Failure::new(HELP))?;
            floor::serve(folder.into(), address).await
        }
        Some(what @ ("all" | "submit" | "lists" | "figures" | "field")) => {
            let setting = Setting {
                program: option("--program").map_or_else(build, |p| Ok(p.into()))?,
                rounds: usize::try_from(number("--rounds", 5)?).map_err(Failure::new)?,
                time: Duration::from_secs(number("--seconds", 2)?),
                only_records: words.iter().any(|w| w == "--records-only"),
                place: tempfile::tempdir_in(target()?)?,
            };
            let sizes = |name, usual| {
                let sizes = option(name).map_or(usual, String::as_str).split(',').map(str::parse);
                sizes.collect::<Result<Vec<usize>, _>>().map_err(Failure::new)
            };
            let (rows, facts) = (sizes("--rows", "1000,100000,1000000")?, sizes("--facts", "10000,1000000,15000000")?);
            if matches!(what, "all" | "submit") {
                report::submissions(&submit::measure(&setting).await?)?;
            }
            if matches!(what, "all" | "lists") {
                report::lists(&lists::measure(&setting, &rows).await?)?;
            }
            if matches!(what, "all" | "figures") {
                report::figures(&figures::measure(&setting, &facts).await?)?;
            }
            if matches!(what, "all" | "field") {
                report::field(&field::measure(&setting, &sizes("--visits", "2000,10000")?).await?)?;
            }
            report::write()
        }
        _ => Err(Failure::new(HELP)),
    }
}

/// The folder of what is built: on the same disk as the sources, not in memory as `/tmp` may be.
fn target() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    program.parent().and_then(Path::parent).map(Path::to_owned).ok_or_else(|| Failure::new("no target folder"))
}

/// Builds the program that is measured, unless it is there and fresh.
fn build() -> Result<PathBuf, Failure> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built = Command::new(cargo).args(["build", "--release", "--quiet", "--bin", "paicha"]).status()?;
    if built.success() { Ok(target()?.join("release/paicha")) } else { Err(Failure::new("it does not build")) }
}

/// Says how far it is.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
