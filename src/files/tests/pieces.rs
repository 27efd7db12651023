//! Files in pieces, over lines that break.

use super::*;

#[tokio::test]
async fn an_upload_goes_on_where_the_line_was_cut() {
    let (w, ying) = (World::new().await, ying());
    let photo = photo(300, 300);
    let (all, half) = (photo.len() as u64, photo.len() / 2);
    let cut = line(vec![Ok(Bytes::copy_from_slice(&photo[..half])), Err("cut")]);
    let error = append(&w.app, &ying, &hash(&photo), (0, all), cut).await.unwrap_err();
    assert_eq!(code(error), "files.interrupted");
    assert_eq!(progress(&w.app, &ying, &hash(&photo)).await.unwrap().stored, half as u64);
    let done = w.piece(&ying, &photo, half, photo.len()).await.unwrap();
    assert_eq!((done.stored, done.file.unwrap().bytes as u64), (all, all));
    assert_eq!(w.bytes(&ying, &hash(&photo)).await.unwrap(), photo);
    assert_eq!(w.on_disk().len(), 1);
    // Asking again, or sending the last piece again, finds it complete.
    assert_eq!(progress(&w.app, &ying, &hash(&photo)).await.unwrap().stored, all);
    assert!(w.piece(&ying, &photo, half, photo.len()).await.unwrap().file.is_some());
}

#[tokio::test]
async fn a_wrong_offset_is_told_the_right_one() {
    let (w, ying) = (World::new().await, ying());
    let photo = photo(100, 100);
    w.piece(&ying, &photo, 0, 100).await.unwrap();
    for (from, to) in [(0, 100), (50, 150), (101, 200)] {
        let error = w.piece(&ying, &photo, from, to).await.unwrap_err();
        assert_eq!(error.status(), 409);
        assert!(error.refusal().en.contains("has 100 bytes"));
    }
    let long = append(&w.app, &ying, &hash(&photo), (100, 120), whole(&photo[100..200])).await;
    assert_eq!(code(long.unwrap_err()), "files.beyond_length");
    let behind = append(&w.app, &ying, &hash(&photo), (100, 99), whole(&[])).await;
    assert_eq!(code(behind.unwrap_err()), "files.beyond_length");
    assert_eq!(progress(&w.app, &ying, &hash(&photo)).await.unwrap().stored, 100);
    // Another account's upload of the same file is another upload.
    assert_eq!(progress(&w.app, &colleague(&ying), &hash(&photo)).await.unwrap().stored, 0);
}

#[tokio::test]
async fn pieces_of_another_file_are_refused_and_the_upload_begins_again() {
    let (w, ying) = (World::new().await, ying());
    let photo = photo(100, 100);
    let (said, all) = (hash(b"another"), photo.len() as u64);
    append(&w.app, &ying, &said, (0, all), whole(&photo[..50])).await.unwrap();
    let error = append(&w.app, &ying, &said, (50, all), whole(&photo[50..])).await.unwrap_err();
    assert_eq!(code(error), "files.hash_differs");
    assert_eq!(progress(&w.app, &ying, &said).await.unwrap().stored, 0);
    assert!(w.on_disk().is_empty());
}

#[tokio::test]
async fn what_the_scanner_holds_up_need_not_be_sent_again() {
    let w = World::with(Config { clamd: Some("/nowhere/clamd.ctl".into()), ..Config::default() }).await;
    let (ying, photo) = (ying(), photo(100, 100));
    w.piece(&ying, &photo, 0, 50).await.unwrap();
    assert_eq!(code(w.piece(&ying, &photo, 50, photo.len()).await.unwrap_err()), "files.unscanned");
    let mended =
        World { app: App { config: Arc::new(Config { clamd: None, ..(*w.app.config).clone() }), ..w.app }, ..w };
    let done = mended.piece(&ying, &photo, photo.len(), photo.len()).await.unwrap();
    assert_eq!(done.file.unwrap().scanned, Scanned::Off);
}

#[tokio::test]
async fn unfinished_uploads_are_few_and_do_not_stay() {
    let (w, ying) = (World::new().await, ying());
    for n in 0..50_u8 {
        append(&w.app, &ying, &hash(&[n]), (0, 9), whole(b"x")).await.unwrap();
    }
    let more = append(&w.app, &ying, &hash(b"more"), (0, 9), whole(b"x")).await;
    assert_eq!(code(more.unwrap_err()), "files.too_many_open");
    std::fs::write(w.data.path().join("files/spool/left-by-a-crash"), "x").unwrap();
    assert_eq!(sweep(&w.app, Moment::from_millis(0)).await.unwrap(), 0);
    assert_eq!(sweep(&w.app, Moment::from_millis(i64::MAX)).await.unwrap(), 51);
    assert!(w.on_disk().is_empty());
}

#[tokio::test]
async fn two_senders_of_one_file_do_not_harm_each_other() {
    let (w, ying) = (World::new().await, ying());
    let photo = photo(300, 200);
    let (one, two, three, four) = tokio::join!(
        w.put(&ying, &photo),
        w.put(&ying, &photo),
        w.piece(&ying, &photo, 0, photo.len()),
        w.piece(&ying, &photo, 0, photo.len())
    );
    assert!(one.is_ok() && two.is_ok());
    for done in [three, four] {
        assert!(done.map_or_else(|e| e.status() == 409, |p| p.file.is_some()));
    }
    assert_eq!(w.bytes(&ying, &hash(&photo)).await.unwrap(), photo);
    assert_eq!(w.events().await, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A file arrives whole however it is cut, with the line breaking anywhere.
    #[test]
    fn any_split_arrives_whole(cuts in prop::collection::vec((1usize..900, any::<bool>()), 0..12), side in 8u32..60) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (w, ying, photo) = (World::new().await, ying(), photo(side, side));
            let name = hash(&photo);
            for (length, is_cut) in cuts {
                let from = usize::try_from(progress(&w.app, &ying, &name).await.unwrap().stored).unwrap();
                let to = (from + length).min(photo.len());
                let mut pieces: Line = photo[from..to].chunks(97).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
                pieces.extend(is_cut.then_some(Err("cut")));
                let sent = append(&w.app, &ying, &name, (from as u64, photo.len() as u64), line(pieces)).await;
                if let Err(e) = sent {
                    assert_eq!(code(e), "files.interrupted");
                }
            }
            let from = usize::try_from(progress(&w.app, &ying, &name).await.unwrap().stored).unwrap();
            let done = w.piece(&ying, &photo, from, photo.len()).await.unwrap();
            assert_eq!(done.file.unwrap().sha256, name);
            assert_eq!(w.bytes(&ying, &name).await.unwrap(), photo);
            assert_eq!(w.on_disk().len(), 1);
        });
    }
}
