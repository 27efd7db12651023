//! `backup` and `restore`: the whole installation in one file, and back.

use super::{Common, lang};
use crate::{
    backup::{self, How, NO_PASSPHRASE, Report, SHORT_PASSPHRASE, Step, To},
    files,
    kernel::{Error, Result},
};
use clap::Args;
use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};

/// Characters that a passphrase has at the least.
const LEAST: usize = 12;
/// The environment variable that holds it.
const PASSPHRASE: &str = "PAICHA_BACKUP_PASSPHRASE";
/// How often progress is told, at the most.
const OFTEN: Duration = Duration::from_secs(1);

/// Make a backup while the server runs.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make.
    file: PathBuf,
    /// Encrypt it with a passphrase, from PAICHA_BACKUP_PASSPHRASE or a file. Only then are the key and the settings within.
    #[arg(long)]
    encrypt: bool,
    /// A file whose first line is the passphrase.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Leave the evidence to a bucket with copies of its own.
    #[arg(long)]
    without_evidence: bool,
}

/// Restore a backup into an empty data folder and an empty database.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    /// The key file of the installation, for a backup that is not encrypted.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A file whose first line is the passphrase; else PAICHA_BACKUP_PASSPHRASE.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

pub(super) async fn backup(common: &Common, wanted: &Backup) -> Result<()> {
    let app = common.open().await?;
    let passphrase = if wanted.encrypt { Some(new_passphrase(wanted.passphrase_file.as_deref())?) } else { None };
    let how = How { passphrase, without_evidence: wanted.without_evidence };
    let progress = Progress::default();
    let report = backup::make(&app, &wanted.file, how, move |step| progress.tell(&step)).await?;
    common.print(&report, || made(&report))?;
    told_of_losses(&report)
}

pub(super) async fn restore(common: &Common, wanted: &Restore) -> Result<()> {
    let config = common.config("data")?;
    let data = config.data.display().to_string();
    let phrase_file = wanted.passphrase_file.clone();
    let passphrase = Box::new(move || passphrase(phrase_file.as_deref()));
    let progress = Progress::default();
    let to = To { config, key: wanted.key.clone(), passphrase };
    let report = backup::restore(&wanted.file, to, move |step| progress.tell(&step)).await?;
    common.print(&report, || restored(&report, &data))?;
    told_of_losses(&report)
}

/// What is lost is no reason to throw the rest away; whoever watches the exit code learns of it.
fn told_of_losses(report: &Report) -> Result<()> {
    if report.lost.is_empty() {
        return Ok(());
    }
    let lost: Vec<&str> = report.lost.iter().map(files::FileHash::as_str).collect();
    Err(Error::broken(format!(
        "{}\n{}",
        lang().say(
            "以下证据材料在备份时已缺失或者损坏，未能保全：",
            "This evidence was missing or damaged when the backup was made:"
        ),
        lost.join("\n")
    )))
}

/// Where the passphrase stands: a file when one is named, else the environment.
fn passphrase(file: Option<&Path>) -> Result<String> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file).map_err(|e| Error::broken(format!("{}: {e}", file.display())))?,
        None => std::env::var(PASSPHRASE).unwrap_or_default(),
    };
    let phrase = text.lines().next().unwrap_or_default().trim().to_owned();
    if phrase.is_empty() { NO_PASSPHRASE.refuse() } else { Ok(phrase) }
}

fn new_passphrase(file: Option<&Path>) -> Result<String> {
    let phrase = passphrase(file)?;
    if phrase.chars().count() < LEAST {
        return SHORT_PASSPHRASE.with("least", LEAST).refuse();
    }
    Ok(phrase)
}

fn held(report: &Report) -> String {
    lang()
        .say(
            "{tables} 张表 {rows} 行，证据材料 {files} 份（{size}）",
            "{tables} tables of {rows} rows, {files} files ({size})",
        )
        .replace("{tables}", &report.tables.to_string())
        .replace("{rows}", &report.rows.to_string())
        .replace("{files}", &report.files.to_string())
        .replace("{size}", &files::size(i64::try_from(report.bytes).unwrap_or(i64::MAX)))
}

fn made(report: &Report) -> String {
    let lang = lang();
    let key = if report.encrypted {
        lang.say("密钥和设置已在其中；口令请另行保管。", "Key and settings are within; keep the passphrase elsewhere.")
    } else {
        lang.say(
            "备份未加密，不含密钥：请另行保管数据目录中的 key 文件，没有它无法恢复。",
            "It is not encrypted and does not hold the key: keep the file `key` of the data folder apart; nothing is restored without it.",
        )
    };
    let evidence = if report.evidence {
        ""
    } else {
        lang.say(
            "\n证据材料未备份，请确认存储桶另有副本。",
            "\nEvidence is not within: see that the bucket has copies.",
        )
    };
    format!(
        "{}{}\nSHA-256 {}\n{key}{evidence}",
        lang.say("备份完成：", "Backup made: "),
        held(report),
        report.sha256.as_deref().unwrap_or_default()
    )
}

fn restored(report: &Report, data: &str) -> String {
    let lang = lang();
    let next = if report.behind == Some(0) { "" } else { "paicha migrate --data {data}\n  " };
    let text = lang.say(
        "已恢复到 {at} 的状态并逐表、逐份核对无误：{held}\n接下来：\n  {next}paicha doctor --data {data}\n  paicha serve --data {data}\n原设置保存为 paicha.toml.from-backup，请核对后改名启用。",
        "Restored as of {at}, every table and file compared: {held}\nNext:\n  {next}paicha doctor --data {data}\n  paicha serve --data {data}\nThe old settings, if they were within, are called paicha.toml.from-backup; look at them before renaming.",
    );
    text.replace("{at}", &report.at.minute())
        .replace("{held}", &held(report))
        .replace("{next}", next)
        .replace("{data}", data)
}

/// Tells a person who watches how far it has come, not more often than can be read.
#[derive(Default)]
struct Progress(Mutex<Option<Instant>>);

impl Progress {
    fn tell(&self, step: &Step) {
        let Ok(mut last) = self.0.lock() else { return };
        let soon = last.is_some_and(|at| at.elapsed() < OFTEN);
        if soon || !std::io::stderr().is_terminal() {
            return;
        }
        *last = Some(Instant::now());
        let size = |bytes: u64| files::size(i64::try_from(bytes).unwrap_or(i64::MAX));
        let line = match step {
            Step::Table(name, rows) => format!("{name}: {rows}"),
            Step::Files(bytes, of) if bytes == of => size(*bytes),
            Step::Files(bytes, of) => format!("{} / {}", size(*bytes), size(*of)),
        };
        let _ = writeln!(std::io::stderr(), "  {line}");
    }
}
