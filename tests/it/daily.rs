//! What the house does by itself once a day.

use crate::world::World;
use paicha::{
    follow::Daily,
    kernel::{App, secret::sha256},
};
use std::{
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};

/// The pieces of unfinished uploads that lie in the data folder.
fn pieces(app: &App) -> Vec<PathBuf> {
    let parts = app.config.data.join("files").join("parts");
    let mut found = Vec::new();
    let mut folders = vec![parts];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_taken_away_after_a_week() {
    let w = World::new().await;
    let path = format!("/api/v1/files/{}", sha256(b"a long video"));
    let headers = [("accept", "*/*"), ("upload-offset", "0"), ("upload-length", "12")];
    let piece = Some(("application/offset+octet-stream", b"a long".to_vec()));
    assert_eq!(w.ying().await.ask("PATCH", &path, &headers, piece).await.status, 200);
    // the disk dates the piece by the machine; it came on the world's day
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(w.app.clock.now().millis()).unwrap());
    let [piece] = &pieces(&w.app)[..] else { panic!("one piece") };
    std::fs::File::options().write(true).open(piece).unwrap().set_modified(at).unwrap();

    let mut daily = Daily::default();
    assert_eq!(daily.look(&w.app).await.unwrap(), Some(0), "the first look of a process");
    assert_eq!(daily.look(&w.app).await.unwrap(), None, "not twice on a day");
    w.days_pass(6).await;
    assert_eq!(daily.look(&w.app).await.unwrap(), Some(0), "it may still go on");
    assert_eq!(pieces(&w.app).len(), 1);
    w.days_pass(2).await;
    assert_eq!(daily.look(&w.app).await.unwrap(), Some(1));
    assert!(pieces(&w.app).is_empty());
}
