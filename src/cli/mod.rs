//! The command line: what the operator of an installation does, and every act that pages can do as well.
//!
//! Each command prints for people, or JSON with `--json`. Nothing here decides anything: acts do.

mod acts;
mod assess;
mod backup;
mod figures;
mod doctor;
mod export;
mod import;
mod installation;
mod judged;
mod maps;
mod packs;
mod record;
mod serve;
mod simulate;
mod targets;
mod tasks;
mod users;

use crate::kernel::{App, Clock, Config, Error, Lang, NOT_A_CHOICE, Refusal, Result, db, secret::Keeper};
use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use std::{io::Write, net::SocketAddr, path::PathBuf, sync::Arc};

/// Every refusal of the command line, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [serve::REFUSALS, packs::REFUSALS, export::REFUSALS, record::REFUSALS].into_iter().flatten().cloned()
}

/// Paicha (排查) runs a market-surveillance campaign from the first order to the last look-back.
#[derive(Debug, Parser)]
#[command(name = "paicha", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
struct Common {
    /// The data folder.
    #[arg(long, global = true, env = "PAICHA_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address to serve on [default: 127.0.0.1:8080].
    #[arg(long, global = true, env = "PAICHA_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// A PostgreSQL address; else one SQLite file in the data folder.
    #[arg(long, global = true, env = "PAICHA_DATABASE_URL", value_name = "URL")]
    database_url: Option<String>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a demonstration (once) and serve it on loopback.
    Demo(serve::Demo),
    /// Serve an installation.
    Serve,
    /// Make a new installation: the office at the top, the first administrator.
    Init(installation::Init),
    /// Bring the database up to this version.
    Migrate,
    /// Make a backup of everything in one file while the server runs.
    Backup(backup::Backup),
    /// Restore a backup into an empty folder and an empty database.
    Restore(backup::Restore),
    /// Accounts: list, add, reset a password.
    User(users::User),
    /// Import enterprises from XLSX or CSV.
    Import(import::Import),
    /// Export hazards, inspections, enterprises, certificates or documents as CSV, XLSX or JSON.
    Export(export::Export),
    /// Campaign packs: check, add, list.
    Pack(packs::PackCommand),
    /// Map files for the board: check one.
    Map(maps::MapCommand),
    /// Targets: divide everything down to the county.
    Targets(targets::Targets),
    /// Tasks: hand them out by a table.
    Tasks(tasks::Tasks),
    /// Print the figures of a campaign.
    Figures(figures::FiguresCommand),
    /// Print the scoring sheets of an office and of those directly below it.
    Assess(assess::Assess),
    /// Do an act as somebody: submit a visit, order a hazard to be corrected, close it out …
    Act(acts::ActCommand),
    /// List hazards, inspections, enterprises, targets or events within somebody's scope.
    List(acts::ListCommand),
    /// Make a country of any size for trying out and measuring.
    Simulate(simulate::Simulate),
    /// The sealed record: verify it, print its checkpoint, export it for others to verify.
    Record(record::RecordCommand),
    /// Print what is in force and what is wrong with this installation.
    Doctor,
    /// Print the OpenAPI document.
    Openapi,
}

/// Runs the command line; the exit code.
pub fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Error::broken(error)),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> std::process::ExitCode {
    let lang = lang();
    let sentence = match error {
        Error::Broken(reason) => reason.clone(),
        error => error.refusal().say(lang).to_owned(),
    };
    let field = error.field().map(|f| format!("{f}: ")).unwrap_or_default();
    let _ = writeln!(std::io::stderr(), "paicha: {field}{sentence} [{}]", error.refusal().code);
    std::process::ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<()> {
    let common = cli.common;
    match cli.command {
        Command::Demo(demo) => serve::demo(&common, &demo).await,
        Command::Serve => serve::serve(&common).await,
        Command::Init(init) => installation::init(&common, &init).await,
        Command::Migrate => installation::migrate(&common).await,
        Command::Backup(wanted) => backup::backup(&common, &wanted).await,
        Command::Restore(wanted) => backup::restore(&common, &wanted).await,
        Command::User(user) => users::user(&common, user).await,
        Command::Import(import) => import::import(&common, &import).await,
        Command::Export(export) => export::export(&common, &export).await,
        Command::Pack(pack) => packs::pack(&common, pack).await,
        Command::Map(command) => maps::map(&common, &command),
        Command::Targets(wanted) => targets::targets(&common, &wanted).await,
        Command::Tasks(wanted) => tasks::tasks(&common, &wanted).await,
        Command::Figures(wanted) => figures::figures(&common, &wanted).await,
        Command::Assess(wanted) => assess::assess(&common, &wanted).await,
        Command::Act(act) => acts::act(&common, &act).await,
        Command::List(list) => acts::list(&common, &list).await,
        Command::Simulate(wanted) => simulate::simulate(&common, &wanted).await,
        Command::Record(command) => record::record(&common, command).await,
        Command::Doctor => doctor::doctor(&common).await,
        Command::Openapi => print_text(&crate::openapi_json()?),
    }
}

impl Common {
    /// The settings in force.
    fn config(&self, default: &str) -> Result<Config> {
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from(default));
        let mut config = Config::load(data)?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.database_url = self.database_url.clone().or(config.database_url);
        Ok(config)
    }

    /// Opens the installation as it is.
    async fn open(&self) -> Result<App> {
        open(self.config("data")?, false).await
    }

    /// Prints `value` as JSON, or `text` for people.
    fn print(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.json {
            print_text(&serde_json::to_string_pretty(value).map_err(Error::broken)?)
        } else {
            print_text(&text())
        }
    }
}

/// Opens an installation with these settings.
async fn open(config: Config, demo: bool) -> Result<App> {
    crate::backup::is_whole(&config.data)?;
    let demo = demo || config.data.join(serve::MARKER).exists();
    let place = db::Place::of(config.database_url.as_deref(), &config.data);
    let keeper = Keeper::open(&config.data)?;
    let db = db::Db::open(&place).await?;
    Ok(App { db, clock: Clock::system(), keeper, config: Arc::new(config), demo })
}

/// The language of the terminal.
fn lang() -> Lang {
    let set = std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).unwrap_or_default();
    if set.starts_with("zh") { Lang::Zh } else { Lang::En }
}

fn print_text(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()) {
        // `paicha list | head` is no failure
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(Error::broken),
    }
}

/// The word with this code, or a sentence that says it is none.
fn choice<T>(code: &str, field: &str, from: impl Fn(&str) -> Option<T>) -> Result<T> {
    from(code).ok_or_else(|| Error::invalid(field, NOT_A_CHOICE.with("value", code)))
}
