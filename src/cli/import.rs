//! `import`: tables in.

use super::{Common, acts::actor, lang};
use crate::{
    enterprises::imports::{self, Outcome},
    kernel::{App, Error, ImportId, Result},
    people::By,
};
use clap::Args;
use std::path::PathBuf;

/// Import enterprises from XLSX or CSV.
#[derive(Debug, Args)]
pub struct Import {
    /// The file. Its columns are guessed from their headings, as on the page.
    file: PathBuf,
    /// As whom; the system when left out.
    #[arg(long = "as", value_name = "LOGIN")]
    who: String,
}

pub(super) async fn import(common: &Common, import: &Import) -> Result<()> {
    let app = common.open().await?;
    let by = actor(&app, Some(&import.who)).await?;
    let bytes = std::fs::read(&import.file).map_err(|e| Error::broken(format!("{}: {e}", import.file.display())))?;
    let name = import.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let id = ImportId::new(by.at);
    let taken = imports::take(&app, &by, id, name, bytes).await?;
    app.act(&by, move |tx, by| imports::start(tx, by, id, &taken.mapping)).await?;
    imports::run(app.clone(), by.clone(), id).await?;
    told(common, &app, &by, id).await
}

async fn told(common: &Common, app: &App, by: &By, id: ImportId) -> Result<()> {
    let by = by.clone();
    let (progress, refused) = app
        .db
        .read(move |tx| {
            let import = imports::get(tx, &by, id)?;
            Ok((
                imports::store::progress(tx, &import)?,
                imports::store::results(tx, id, Some(Outcome::Refused), 0, 1000)?,
            ))
        })
        .await?;
    common.print(&serde_json::json!({ "import": id, "progress": progress, "refused": refused }), || {
        let say = |zh: &str, en: &str| lang().say(zh, en).to_owned();
        let mut text = format!(
            "{} {} · {} {} · {} {} · {} {}\n",
            say("新增", "new"),
            progress.new,
            say("更新", "updated"),
            progress.updated,
            say("未变", "unchanged"),
            progress.unchanged,
            say("未通过", "refused"),
            progress.refused
        );
        for row in &refused {
            text.push_str(&format!(
                "{} {}: {}\n",
                say("第", "line"),
                row.line,
                say(row.sentence_zh.as_deref().unwrap_or_default(), row.sentence_en.as_deref().unwrap_or_default())
            ));
        }
        text
    })
}
