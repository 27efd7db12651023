//! Looking at what was sent: at the door as little as is needed to know what it is; closer when somebody wants to see it,
//! or when there is time.

use super::{
    model::{DAMAGED, File, FileHash, Media},
    picture::{self, Picture, Small},
    sniff, store,
    vault::{Vault, name_of, thumb_of, trouble},
};
use crate::kernel::{App, Error, Result};
use futures_util::TryStreamExt;
use std::path::Path;
use tokio::sync::Semaphore;

/// Opening a large picture takes hundreds of megabytes: one at a time.
static EYES: Semaphore = Semaphore::const_new(1);
/// Pictures of one look.
const AT_ONCE: i64 = 50;

/// What the file in `path` is, and what a picture says of itself.
pub async fn look(path: &Path) -> Result<(Media, Picture)> {
    let own = path.to_owned();
    let media = blocking(move || sniff::media_of(&mut std::fs::File::open(&own).map_err(trouble)?)).await?;
    let _turn = if picture::is_heavy(media) { Some(EYES.acquire().await.map_err(Error::broken)?) } else { None };
    let path = path.to_owned();
    Ok((media, blocking(move || picture::look(&path, media)).await?))
}

/// Makes the small copy of a picture that is in the vault, keeps it, and notes what the picture shows.
pub async fn look_closer(app: &App, vault: &Vault, file: &File) -> Result<()> {
    let _turn = EYES.acquire().await.map_err(Error::broken)?;
    let original = vault.get(&name_of(&file.sha256), None).await?;
    let (bytes, media) = (original.bytes.try_collect::<Vec<_>>().await?.concat(), file.media);
    let Small { jpeg, likeness } = blocking(move || picture::small(&bytes, media)).await?;
    vault.put(&thumb_of(&file.sha256), jpeg).await?;
    note(app, file.sha256.clone(), likeness.unwrap_or_default()).await
}

/// Looks closer at pictures that nobody has looked at yet, oldest first; says at how many. What cannot be opened is noted,
/// told in the log and left.
pub async fn look_at_new(app: &App) -> Result<usize> {
    let new = app.db.read(|tx| store::not_looked_at(tx, AT_ONCE)).await?;
    let vault = Vault::of(&app.config)?;
    for file in &new {
        if let Err(error) = look_closer(app, &vault, file).await {
            tracing::warn!(file = %file.sha256, %error, "a picture could not be looked at");
            note(app, file.sha256.clone(), String::new()).await?;
        }
    }
    Ok(new.len())
}

async fn note(app: &App, hash: FileHash, likeness: String) -> Result<()> {
    app.db.write(move |tx| store::looked_at(tx, &hash, &likeness)).await
}

/// A decoder that panics has met something that was made to hurt it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| DAMAGED.with("media", "image").refuse())
}
