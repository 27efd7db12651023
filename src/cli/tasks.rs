//! `tasks`: handing out by a table.

use super::{Common, acts::actor, lang};
use crate::{
    kernel::{AssignmentId, CampaignId, Error, Result, TargetId, sheet},
    tasks::assignments::{self, State, Wanted},
};
use clap::{Args, Subcommand};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Tasks: hand them out by a table.
#[derive(Debug, Args)]
pub struct Tasks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hand out visits by an XLSX or CSV: enterprise, products, login of who goes, due date. A row that is wrong is left
    /// out and told; the same table once more makes nothing twice.
    Assign(Assign),
}

#[derive(Debug, Args)]
struct Assign {
    /// The file.
    file: PathBuf,
    /// Id of the campaign.
    #[arg(long)]
    campaign: CampaignId,
    /// Id of the share of a target that the visits serve.
    #[arg(long)]
    target: Option<TargetId>,
    /// Only look what would come of it.
    #[arg(long)]
    preview: bool,
    /// Write the table with what comes of each row here, as XLSX.
    #[arg(long, value_name = "FILE")]
    result: Option<PathBuf>,
    /// As whom.
    #[arg(long = "as", value_name = "LOGIN")]
    who: String,
}

pub(super) async fn tasks(common: &Common, wanted: &Tasks) -> Result<()> {
    let Command::Assign(wanted) = &wanted.command;
    let app = common.open().await?;
    let by = actor(&app, Some(&wanted.who)).await?;
    let broken = |at: &Path, e: std::io::Error| Error::broken(format!("{}: {e}", at.display()));
    let bytes = std::fs::read(&wanted.file).map_err(|e| broken(&wanted.file, e))?;
    let file = wanted.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let table = Wanted { campaign: wanted.campaign, target: wanted.target, file, rows: sheet::read(&bytes)? };
    let (asker, asked) = (by.clone(), table.clone());
    let seen = app.db.read(move |tx| assignments::preview_sheet(tx, &asker, &asked, lang())).await?;
    if let Some(at) = &wanted.result {
        std::fs::write(at, sheet::xlsx_bytes(&seen.table)?).map_err(|e| broken(at, e))?;
    }
    let faults: String =
        seen.faults.iter().map(|f| format!("{} {}: {}\n", say("第", "row"), f.line, f.sentence)).collect();
    if wanted.preview || seen.preview.chosen == 0 {
        return common.print(&seen, || {
            format!(
                "{} {} · {} {}\n{faults}",
                say("将派发", "to assign"),
                seen.preview.chosen,
                say("问题", "faults"),
                seen.faults.len()
            )
        });
    }
    let id = AssignmentId::new(by.at);
    app.act(&by, move |tx, by| assignments::assign_sheet(tx, by, id, &table)).await?;
    let made = loop {
        let now = assignments::run(&app, &by, id, 1).await?;
        let _ = write!(std::io::stderr(), "\r{} {}", say("已派发", "assigned"), now.made);
        if now.state != State::Making {
            break now;
        }
    };
    let _ = writeln!(std::io::stderr());
    let told = serde_json::json!({ "assignment": made, "faults": seen.faults });
    common.print(&told, || {
        format!(
            "{} {} · {} {}\n{faults}",
            say("已派发", "assigned"),
            made.made,
            say("问题", "faults"),
            seen.faults.len()
        )
    })
}

fn say(zh: &'static str, en: &'static str) -> &'static str {
    lang().say(zh, en)
}
