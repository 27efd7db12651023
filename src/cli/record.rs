//! `record`: the sealed record — verify it, print its checkpoint, hand it out, take in what witnesses signed.

use super::{Common, acts::actor, lang};
use crate::{
    kernel::{Error, Result},
    transparency::{self, Report, Wanted},
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The sealed record: verify, print the checkpoint, export, take in cosignatures.
#[derive(Debug, Args)]
pub struct RecordCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Recompute everything: names each event, fact, salt, file, record, leaf, tile and checkpoint that is not as it was
    /// sealed. Fails when there is one.
    Verify {
        /// A checkpoint that was kept earlier: the log must go on where it ended. Can be given more than once.
        #[arg(long, value_name = "FILE")]
        against: Vec<PathBuf>,
        /// Leave out the bytes of the files.
        #[arg(long)]
        no_files: bool,
    },
    /// Seal what waits and print the latest checkpoint, a signed note to be published or kept elsewhere.
    Checkpoint,
    /// Write a bundle that others can verify with `tools/verify`: the whole log, or some events with their proofs.
    Export {
        file: PathBuf,
        /// Id of an event.
        #[arg(long, value_name = "ID")]
        event: Vec<String>,
        /// Id of a thing: all its events.
        #[arg(long, value_name = "ID")]
        thing: Vec<String>,
        /// Show the values behind the commitments, names included, with their salts.
        #[arg(long)]
        open: bool,
    },
    /// Take in a checkpoint with the signatures of witnesses that the settings name.
    Cosign {
        file: PathBuf,
        /// As whom: an auditor or an administrator.
        #[arg(long = "as", value_name = "LOGIN")]
        who: String,
    },
}

refusals! {
    FAULTY_RECORD "cli.faulty_record" "可信记录核验发现 {faults} 处问题。" "The verification of the sealed record found {faults} faults.";
}

pub(super) async fn record(common: &Common, command: RecordCommand) -> Result<()> {
    match command.what {
        What::Verify { against, no_files } => verify(common, &against, !no_files).await,
        What::Checkpoint => {
            let app = common.open().await?;
            let by = actor(&app, None).await?;
            while !transparency::keep_up(&app, &by, usize::MAX).await? {}
            let standing = app.db.read(transparency::standing).await?;
            common.print(&standing, || standing.checkpoint.clone().unwrap_or_default())
        }
        What::Export { file, event, thing, open } => {
            let app = common.open().await?;
            let (config, wanted) = (app.config.clone(), Wanted { events: event, things: thing, open });
            let bundle = app.db.read(move |tx| transparency::bundle(tx, &config, &wanted)).await?;
            let text = serde_json::to_vec_pretty(&bundle).map_err(Error::broken)?;
            std::fs::write(&file, text).map_err(Error::broken)?;
            let (leaves, entries) = (bundle.leaves.len(), bundle.entries.len());
            common.print(&serde_json::json!({ "leaves": leaves, "entries": entries }), || {
                format!("{} → {}", leaves.max(entries), file.display())
            })
        }
        What::Cosign { file, who } => {
            let app = common.open().await?;
            let by = actor(&app, Some(&who)).await?;
            let note = std::fs::read_to_string(&file).map_err(Error::broken)?;
            let config = app.config.clone();
            let witnesses = app.act(&by, move |tx, by| transparency::cosign(tx, by, &config, &note)).await?;
            common.print(&serde_json::json!({ "witnesses": witnesses }), || {
                format!("{}: {witnesses}", lang().say("见证方签名", "witnesses"))
            })
        }
    }
}

async fn verify(common: &Common, against: &[PathBuf], with_files: bool) -> Result<()> {
    let app = common.open().await?;
    let by = actor(&app, None).await?;
    let notes = against.iter().map(std::fs::read_to_string).collect::<Result<_, _>>().map_err(Error::broken)?;
    let report = transparency::verify(&app, &by, notes, with_files).await?;
    common.print(&report, || told(&report))?;
    match report.findings.len() {
        0 => Ok(()),
        faults => FAULTY_RECORD.with("faults", faults).refuse(),
    }
}

/// What was seen, and a line for each finding.
fn told(report: &Report) -> String {
    let lang = lang();
    let seen = [
        (report.size, lang.say("条目", "leaves")),
        (report.events, lang.say("事件", "events")),
        (report.facts, lang.say("统计事实", "facts")),
        (report.things, lang.say("业务记录", "records")),
        (report.links, lang.say("证据关联", "links to files")),
        (report.files, lang.say("证据文件", "files")),
        (report.tiles, lang.say("哈希分块", "tiles")),
        (report.checkpoints, lang.say("检查点", "checkpoints")),
        (report.waiting, lang.say("待存证", "waiting")),
    ];
    let seen: Vec<String> = seen.iter().map(|(n, what)| format!("{n} {what}")).collect();
    let mut text = seen.join(lang.say("，", ", "));
    for finding in &report.findings {
        text.push_str(&format!("\n✗ {}", finding.say(lang)));
    }
    if report.findings.is_empty() {
        text.push_str(lang.say("\n✓ 与存证内容一致", "\n✓ all is as it was sealed"));
    }
    text
}
