//! `pack`: what a campaign is about, as files.

use super::{Common, acts::actor, lang};
use crate::{
    campaigns::{self, Finding, Grade, Pack},
    kernel::Result,
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Campaign packs: check, add, list.
#[derive(Debug, Args)]
pub struct PackCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Name file, line and reason of each mistake in the pack in DIR.
    Check { dir: PathBuf },
    /// Add the pack in DIR, or the built-in one with this code, as a new version.
    Add {
        dir: PathBuf,
        /// As whom; the system when left out.
        #[arg(long = "as", value_name = "LOGIN")]
        who: Option<String>,
    },
    /// List the packs of this installation.
    List,
}

pub(super) async fn pack(common: &Common, command: PackCommand) -> Result<()> {
    match command.what {
        What::Check { dir } => check(common, &dir),
        What::Add { dir, who } => {
            let app = common.open().await?;
            let by = actor(&app, who.as_deref()).await?;
            let pack = if dir.exists() { Pack::load(&dir)? } else { Pack::built_in(&dir.to_string_lossy())? };
            let added = app.act(&by, move |tx, by| campaigns::add_pack(tx, by, &pack)).await?;
            common.print(&added, || format!("{} v{} {}", added.code, added.version, lang().say(&added.zh, &added.en)))
        }
        What::List => {
            let app = common.open().await?;
            let packs = app.db.read(campaigns::store::pack_versions).await?;
            common.print(&packs, || {
                packs.iter().map(|p| format!("{} v{} {}\n", p.code, p.version, lang().say(&p.zh, &p.en))).collect()
            })
        }
    }
}

fn check(common: &Common, dir: &std::path::Path) -> Result<()> {
    let findings = campaigns::check(dir);
    let lang = lang();
    let errors = findings.iter().filter(|f| f.grade == Grade::Error).count();
    let out: Vec<_> = findings.iter().map(|f: &Finding| f.out(lang)).collect();
    common.print(&out, || {
        let lines: String = findings.iter().map(|f| format!("{}\n", f.say(lang))).collect();
        let sum = lang.say("错误", "errors");
        format!("{lines}{sum}: {errors}")
    })?;
    if errors == 0 { Ok(()) } else { BAD_PACK.with("errors", errors).refuse() }
}

refusals! {
    BAD_PACK "cli.bad_pack" "任务包有 {errors} 处错误。" "The pack has {errors} errors.";
}
