//! A file in one go, what is refused at the door, and what lies in the vault.

use super::*;

#[tokio::test]
async fn a_photo_comes_in_and_goes_out_as_it_was() {
    let (w, ying) = (World::new().await, ying());
    let photo = pictures::jpeg(800, 600, Some(&pictures::phone()));
    let file = w.put(&ying, &photo).await.unwrap();
    assert_eq!((file.media, file.bytes, file.thumb), (Media::Jpeg, photo.len() as i64, true));
    assert_eq!(file.claimed_at.as_deref(), Some("2023-06-14T09:30:05+08:00"));
    assert_eq!(w.bytes(&ying, &file.sha256).await.unwrap(), photo);
    let thumb = thumb_bytes(&w.app, &file).await.unwrap();
    assert!(thumb.size < 20_000);
    let place = format!("/files/{}/{}", &file.sha256.as_str()[..2], file.sha256);
    assert_eq!(w.on_disk().iter().map(|f| f.contains(&place)).collect::<Vec<_>>(), [true, true]);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let (w, ying) = (World::new().await, ying());
    let photo = photo(40, 30);
    let first = w.put(&ying, &photo).await.unwrap();
    let (disk, events) = (w.on_disk(), w.events().await);
    assert_eq!(w.put(&ying, &photo).await.unwrap(), first);
    assert_eq!((w.on_disk(), w.events().await), (disk, events));
}

#[tokio::test]
async fn another_hash_than_announced_is_refused_with_both() {
    let (w, ying) = (World::new().await, ying());
    let (said, photo) = (hash(b"something else"), photo(40, 30));
    let error = put(&w.app, &ying, &said, None, whole(&photo)).await.unwrap_err();
    let refusal = error.refusal();
    assert_eq!((error.status(), refusal.code), (422, "files.hash_differs"));
    assert!(refusal.en.contains(said.as_str()) && refusal.en.contains(hash(&photo).as_str()));
    assert!(w.on_disk().is_empty());
}

#[tokio::test]
async fn nothing_bad_gets_in_and_nothing_of_it_stays() {
    let (w, ying) = (World::new().await, ying());
    let polyglot = [b"\x89PNG\r\n\x1a\n".as_slice(), b"<script>alert(1)</script>"].concat();
    let cases: [(&[u8], &str); 5] = [
        (b"", "files.empty"),
        (b"<html><script>alert(1)</script>", "files.not_accepted"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "files.not_accepted"),
        (&polyglot, "files.damaged"),
        (&pictures::bomb(2000), "files.damaged"),
    ];
    for (bytes, refused) in cases {
        assert_eq!(code(w.put(&ying, bytes).await.unwrap_err()), refused);
    }
    assert_eq!((w.on_disk().len(), w.events().await), (0, 0));
}

#[tokio::test]
async fn a_picture_with_a_page_behind_it_is_a_picture_and_a_bomb_has_no_preview() {
    let (w, ying) = (World::new().await, ying());
    let both = [photo(40, 30), b"<script>alert(1)</script>PK\x05\x06".to_vec()].concat();
    assert_eq!(w.put(&ying, &both).await.unwrap().media, Media::Jpeg);
    let bomb = w.put(&ying, &pictures::bomb(60_000)).await.unwrap();
    assert_eq!((bomb.width, bomb.thumb), (Some(60_000), false));
}

#[tokio::test]
async fn size_and_right_are_checked() {
    let w = World::with(Config { max_file_bytes: 1000, ..Config::default() }).await;
    let (ying, auditor) = (ying(), of_county(1, &[Role::Auditor]));
    let large = photo(400, 400);
    let said = put(&w.app, &ying, &hash(&large), Some(large.len() as u64), whole(&[])).await;
    for refused in [w.put(&ying, &large).await, said] {
        let error = refused.unwrap_err();
        assert_eq!((error.status(), error.refusal().code), (413, "too_large"));
    }
    assert_eq!(w.piece(&ying, &large, 0, 500).await.unwrap_err().status(), 413);
    let small = photo(8, 8);
    assert!(matches!(w.put(&auditor, &small).await, Err(Error::Forbidden)));
    assert!(matches!(w.piece(&auditor, &small, 0, 10).await, Err(Error::Forbidden)));
    assert!(w.on_disk().is_empty());
}

#[tokio::test]
async fn damage_in_the_vault_is_found_and_healed_by_another_upload() {
    let (w, ying) = (World::new().await, ying());
    let photos = [1, 2, 3].map(|n| photo(8 * n, 8));
    for photo in &photos {
        w.put(&ying, photo).await.unwrap();
    }
    assert!(damaged(&w.app).await.unwrap().is_empty());
    let path = |n: usize| w.data.path().join("files").join(vault::name_of(&hash(&photos[n])).as_ref());
    let mut changed = photos[0].clone();
    changed[60] ^= 1;
    std::fs::write(path(0), changed).unwrap();
    std::fs::remove_file(path(1)).unwrap();
    let mut both = vec![hash(&photos[0]), hash(&photos[1])];
    both.sort();
    assert_eq!(damaged(&w.app).await.unwrap(), both);
    assert!(matches!(w.bytes(&ying, &both[0]).await, Ok(_) | Err(Error::Broken(_))));
    w.put(&ying, &photos[1]).await.unwrap();
    assert_eq!(damaged(&w.app).await.unwrap(), [hash(&photos[0])]);
}

#[tokio::test]
async fn a_bucket_serves_as_well_as_a_disk() {
    let spool = tempfile::tempdir().unwrap();
    let store = Arc::new(object_store::memory::InMemory::new());
    let vault = vault::Vault::over(store, spool.path().to_owned());
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut file = spool::Spool::new(&vault, u64::MAX).unwrap();
    assert!(file.fill(whole(&bytes)).await.unwrap());
    file.sync().await.unwrap();
    let name = vault::name_of(&file.hash());
    vault.settle(file.path(), &name).await.unwrap();
    assert_eq!(vault.size(&name).await.unwrap(), Some(bytes.len() as u64));
    assert_eq!(vault.hash(&name).await.unwrap(), file.hash());
    let part = vault.get(&name, Some(8..12)).await.unwrap();
    assert_eq!(part.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), [2, 0, 0, 0]);
    vault.remove(&name).await.unwrap();
    vault.remove(&name).await.unwrap();
    assert_eq!(vault.size(&name).await.unwrap(), None);
}
