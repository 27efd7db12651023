//! The press: one for the process, made in the background, with as many printers as processors.

use super::MISSING_GLYPH;
use crate::kernel::{Config, Error, Result};
use paper::{Press, Trouble};
use std::{
    path::{Path, PathBuf},
    sync::{LazyLock, OnceLock},
};
use tokio::sync::Semaphore;

/// The operator's folder of fonts. The first to say is heard: a process serves one installation.
static FONTS: OnceLock<Option<PathBuf>> = OnceLock::new();
static PRESS: OnceLock<Press> = OnceLock::new();
/// Setting a page keeps a processor busy: more at a time would only take memory.
static PRINTERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// Sets the press up on a thread of its own, so that a start is not kept waiting for the fonts.
pub fn prepare(config: &Config) {
    FONTS.get_or_init(|| config.fonts.clone());
    let made = std::thread::Builder::new().name("press".into()).spawn(|| press().map(drop));
    if let Err(error) = made {
        tracing::warn!(%error, "the press will be set up with the first document");
    }
}

fn press() -> Result<&'static Press> {
    if let Some(press) = PRESS.get() {
        return Ok(press);
    }
    let made = make(FONTS.get().and_then(Option::as_deref))?;
    Ok(PRESS.get_or_init(|| made))
}

/// Fonts that cannot be read are told in the log; documents that need them are then refused by character.
fn make(fonts: Option<&Path>) -> Result<Press> {
    Press::new(fonts).or_else(|trouble| {
        tracing::error!(%trouble, "printing without the fonts of the folder `fonts`");
        Press::new(None).map_err(Error::broken)
    })
}

/// Refuses a document with a character that no font has: it would come out as a blank.
pub fn check(paper: &paper::Document) -> Result<()> {
    press()?.check(paper).map_err(told)
}

/// As [`check`], where the document has been written as `json` already.
pub fn check_written(paper: &paper::Document, json: &str) -> Result<()> {
    press()?.check_written(paper, json).map_err(told)
}

/// The PDF of a document. The same document gives the same bytes.
pub async fn print(paper: paper::Document) -> Result<Vec<u8>> {
    let _printer = PRINTERS.acquire().await.map_err(Error::broken)?;
    tokio::task::spawn_blocking(move || press()?.print(&paper).map_err(told)).await.map_err(Error::broken)?
}

fn told(trouble: Trouble) -> Error {
    match trouble {
        Trouble::MissingGlyph { character, codepoint, field } => {
            let refusal = MISSING_GLYPH.with("character", character).with("codepoint", codepoint).with("field", &field);
            Error::invalid(field, refusal)
        }
        other => Error::broken(other),
    }
}
