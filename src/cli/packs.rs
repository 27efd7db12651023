//! `pack`: what a campaign is about, as files.

use super::{Common, acts::actor, lang};
use crate::{
    campaigns::{
        self, Finding, Folder, Grade, Pack,
        editor::{
            self,
            compare::{Comparison, compare},
            xlsform,
        },
    },
    kernel::{Error, Result},
};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

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
    /// Say what differs between two packs, by table and row: folders, codes of built-in ones, or CODE@VERSION of this
    /// installation.
    Compare { a: String, b: String },
    /// Write a pack as its tables into DIR: the code of a built-in one, or CODE@VERSION of this installation.
    Write { pack: String, dir: PathBuf },
    /// Read a checklist out of an XLSForm workbook: its questions are printed as a table, or written to OUT; what could
    /// not be taken over is named with its row and the reason.
    FromXlsform {
        file: PathBuf,
        /// Code of the checklist.
        #[arg(long, default_value = "form")]
        code: String,
        #[arg(long)]
        out: Option<PathBuf>,
    },
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
        What::Compare { a, b } => {
            let (a, b) = (folder(common, &a).await?, folder(common, &b).await?);
            let found = compare(&a, &b)?;
            common.print(&found, || told(&found))
        }
        What::Write { pack, dir } => {
            let folder = folder(common, &pack).await?;
            for (file, bytes) in &folder.files {
                let path = dir.join(file);
                std::fs::create_dir_all(path.parent().unwrap_or(&dir))
                    .and_then(|()| std::fs::write(&path, bytes))
                    .map_err(Error::broken)?;
            }
            common.print(&folder.files.keys().collect::<Vec<_>>(), || {
                format!("{} → {}", folder.files.len(), dir.display())
            })
        }
        What::FromXlsform { file, code, out } => from_xlsform(common, &file, &code, out.as_deref()),
        What::List => {
            let app = common.open().await?;
            let packs = app.db.read(campaigns::store::pack_versions).await?;
            common.print(&packs, || {
                packs.iter().map(|p| format!("{} v{} {}\n", p.code, p.version, lang().say(&p.zh, &p.en))).collect()
            })
        }
    }
}

/// The pack that `name` means, as its tables.
async fn folder(common: &Common, name: &str) -> Result<Folder> {
    let dir = Path::new(name);
    if dir.is_dir() {
        return Folder::open(dir);
    }
    let wrong = || Error::Refused(NO_PACK.with("name", name));
    match name.rsplit_once('@') {
        Some((code, version)) => {
            let (code, version) = (code.to_owned(), version.parse().map_err(|_| wrong())?);
            let app = common.open().await?;
            app.db.read(move |tx| editor::published(tx, &code, version)).await.map_err(|_| wrong())
        }
        None => Folder::built_in(name).ok_or_else(wrong),
    }
}

/// What differs, a line for each row and cell.
fn told(found: &Comparison) -> String {
    let lang = lang();
    let mut text = String::new();
    for table in &found.tables {
        text.push_str(&format!("{} {}\n", table.file, table.sum()));
        for row in &table.added {
            text.push_str(&format!("  + {} {}\n", row.key, row.label(lang)));
        }
        for row in &table.removed {
            text.push_str(&format!("  - {} {}\n", row.key, row.label(lang)));
        }
        for change in &table.changed {
            for cell in &change.cells {
                text.push_str(&format!("  ~ {} [{}] {} → {}\n", change.row.key, cell.column, cell.before, cell.after));
            }
        }
    }
    for picture in &found.pictures {
        text.push_str(&format!("pictures/{picture}\n"));
    }
    if text.is_empty() { lang.say("内容相同", "Nothing differs").to_owned() } else { text }
}

fn from_xlsform(common: &Common, file: &Path, code: &str, out: Option<&Path>) -> Result<()> {
    let found = xlsform::read(&std::fs::read(file).map_err(Error::broken)?, code)?;
    let left: Vec<_> = found.left.iter().map(|l| l.out(lang())).collect();
    let table = found.table()?;
    if let Some(out) = out {
        std::fs::write(out, &table).map_err(Error::broken)?;
    }
    common.print(&left, || {
        let lines: String = left.iter().map(|l| format!("{}:{} {} {}\n", l.sheet, l.line, l.name, l.reason)).collect();
        if out.is_some() { lines } else { format!("{table}\n{lines}") }
    })
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
    NO_PACK "cli.no_pack" "找不到任务包“{name}”：应为文件夹、程序自带任务包的代码，或者“代码@版本”。" "There is no pack “{name}”: give a folder, the code of a built-in pack, or CODE@VERSION.";
    BAD_PACK "cli.bad_pack" "任务包有 {errors} 处错误。" "The pack has {errors} errors.";
}
