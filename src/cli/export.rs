//! `export`: lists out, as CSV, XLSX or JSON.

use super::{Common, acts::actor, choice, lang};
use crate::{
    documents,
    enterprises::{self, certificates},
    hazards, inspections,
    kernel::{
        Error, Lang, Result,
        db::Tx,
        list::Ask,
        sheet::{self, Table},
    },
    people::By,
    tasks,
};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;

/// What can be exported.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Hazards,
    Inspections,
    Enterprises,
    Certificates,
    Documents,
    Tasks,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Csv,
    Xlsx,
    Json,
}

/// Export a list as CSV, XLSX or JSON, by the ending of the file.
#[derive(Debug, Args)]
pub struct Export {
    what: What,
    /// Where to: `ledger.csv` and `ledger.xlsx` are tables in the reader's language, `ledger.json` is what the API says.
    file: PathBuf,
    /// A state, such as `submitted`.
    #[arg(long)]
    state: Option<String>,
    /// Words to find.
    #[arg(long)]
    q: Option<String>,
    /// As whom; the system when left out.
    #[arg(long = "as", value_name = "LOGIN")]
    who: Option<String>,
}

refusals! {
    NO_SHAPE "cli.no_shape" "文件“{file}”应以 .csv、.xlsx 或者 .json 结尾。" "The name “{file}” should end in .csv, .xlsx or .json.";
}

pub(super) async fn export(common: &Common, export: &Export) -> Result<()> {
    let shape = Shape::of(export)?;
    let app = common.open().await?;
    let by = actor(&app, export.who.as_deref()).await?;
    let (what, lang) = (export.what, lang());
    let ask = Ask { q: export.q.clone(), ..Ask::default() };
    let state = export.state.clone();
    let (rows, bytes) = app.db.read(move |tx| Wanted { by: &by, ask, state, lang }.take(tx, what, shape)).await?;
    std::fs::write(&export.file, bytes).map_err(|e| Error::broken(format!("{}: {e}", export.file.display())))?;
    common.print(&serde_json::json!({ "rows": rows, "file": export.file }), || {
        format!("{rows} → {}", export.file.display())
    })
}

impl Shape {
    fn of(export: &Export) -> Result<Self> {
        let ending = export.file.extension().map(|e| e.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("xlsx") => Ok(Self::Xlsx),
            Some("json") => Ok(Self::Json),
            _ => NO_SHAPE.with("file", export.file.display()).refuse(),
        }
    }
}

/// By what the list is narrowed, and for whom.
struct Wanted<'a> {
    by: &'a By,
    ask: Ask,
    state: Option<String>,
    lang: Lang,
}

impl Wanted<'_> {
    fn take(&self, tx: &mut Tx, what: What, shape: Shape) -> Result<(usize, Vec<u8>)> {
        let (scope, ask, lang, today) = (self.by.scope(), &self.ask, self.lang, self.by.at.date());
        let whole = shape == Shape::Json;
        match what {
            What::Hazards => {
                let filter = hazards::Filter { state: self.state(hazards::State::from_code)?, ..Default::default() };
                if whole {
                    return json(&hazards::all(tx, scope, &filter, ask, |h| h)?);
                }
                table(&hazards::table(tx, scope, &filter, ask, lang)?, shape)
            }
            What::Inspections => {
                let state = self.state(inspections::State::from_code)?;
                let filter = inspections::Filter { state, ..Default::default() };
                if whole {
                    return json(&inspections::all(tx, scope, &filter, ask)?);
                }
                table(&inspections::table(tx, scope, &filter, ask, lang)?, shape)
            }
            What::Enterprises => {
                let state = self.state(enterprises::State::from_code)?;
                let filter = enterprises::Filter { state, ..Default::default() };
                if whole {
                    return json(&enterprises::store::all(tx, scope, &filter, ask, |e| e)?);
                }
                table(&enterprises::table(tx, scope, &filter, ask, lang)?, shape)
            }
            What::Certificates => {
                let state = self.state(certificates::State::from_code)?;
                let filter = certificates::store::Filter { state, ..Default::default() };
                if whole {
                    return json(&certificates::store::all(tx, scope, &filter, (today, ask), |c| c)?);
                }
                table(&enterprises::certificate_table(tx, scope, &filter, (today, ask), lang)?, shape)
            }
            What::Documents => {
                let filter =
                    documents::Filter { state: self.state(documents::State::from_code)?, ..Default::default() };
                if whole {
                    return json(&documents::all(tx, scope, &filter, ask)?);
                }
                table(&documents::table(tx, scope, &filter, ask, lang)?, shape)
            }
            What::Tasks => {
                let filter = tasks::Filter { state: self.state(tasks::State::from_code)?, ..Default::default() };
                if whole {
                    return json(&tasks::all(tx, scope, &filter, ask, today)?);
                }
                table(&tasks::table(tx, scope, &filter, ask, (today, lang))?, shape)
            }
        }
    }

    fn state<T>(&self, from: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        self.state.as_deref().map(|code| choice(code, "state", from)).transpose()
    }
}

fn json<T: Serialize>(things: &[T]) -> Result<(usize, Vec<u8>)> {
    Ok((things.len(), sheet::json_bytes(things)?))
}

fn table(table: &Table, shape: Shape) -> Result<(usize, Vec<u8>)> {
    let bytes = if shape == Shape::Xlsx { sheet::xlsx_bytes(table)? } else { sheet::csv_bytes(table)? };
    Ok((table.rows.len(), bytes))
}
