//! The acts on a real database and a real disk; the bucket's branch on a store in memory.

use super::{picture::tests as pictures, *};
use crate::{
    kernel::{AccountId, Clock, Config, Lang, Moment, OfficeId, db, secret::Keeper},
    people::{Level, Office, Role},
    record::Kind,
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use proptest::prelude::*;
use sha2::Digest;
use std::sync::Arc;

struct World {
    app: App,
    data: tempfile::TempDir,
}

/// What comes over a line; `Err` where it is cut.
type Line = Vec<std::result::Result<Bytes, &'static str>>;

fn line(pieces: Line) -> impl Stream<Item = std::result::Result<Bytes, &'static str>> {
    stream::iter(pieces)
}

fn whole(bytes: &[u8]) -> impl Stream<Item = std::result::Result<Bytes, &'static str>> + use<> {
    line(bytes.chunks(7000).map(|c| Ok(Bytes::copy_from_slice(c))).collect())
}

fn hash(bytes: &[u8]) -> FileHash {
    FileHash::of(&sha2::Sha256::digest(bytes))
}

fn now() -> Moment {
    "2023-06-14T01:30:00Z".parse().unwrap()
}

/// Somebody who works in the county with this number.
fn of_county(n: i64, roles: &[Role]) -> By {
    let county = OfficeId::new(Moment::from_millis(n));
    let office = Office {
        id: county,
        code: n.to_string(),
        name: "正定县市场监督管理局".into(),
        name_en: "Zhengding".into(),
        level: Level::County,
        parent: None,
        province: None,
        city: None,
        county: Some(county),
        station: None,
        region: "130123".into(),
        active: true,
        version: 1,
    };
    let actor = Actor {
        account: AccountId::new(now()),
        name: "应".into(),
        roles: roles.to_vec(),
        office,
        enterprise: None,
        badge: None,
        lang: Lang::Zh,
    };
    By { actor, at: now(), client: None }
}

fn colleague(by: &By) -> By {
    let mut other = by.clone();
    other.actor.account = AccountId::new(now());
    other
}

fn ying() -> By {
    of_county(1, &[Role::Inspector])
}

fn to_hazard(by: &By, thing: &str) -> Link {
    let (thing, role, place) = (thing.to_owned(), "submit".to_owned(), by.actor.office.place());
    Link { kind: Kind::Hazard, thing, role, note: None, place, enterprise: None }
}

impl World {
    async fn new() -> Self {
        Self::with(Config::default()).await
    }

    async fn with(config: Config) -> Self {
        let data = tempfile::tempdir().unwrap();
        let db = db::Db::open(&db::Place::Sqlite(data.path().join("paicha.db"))).await.unwrap();
        db.migrate().await.unwrap();
        let config = Arc::new(Config { data: data.path().to_owned(), ..config });
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        Self { app: App { db, clock: Clock::set_by(now), keeper, config, demo: false }, data }
    }

    async fn put(&self, by: &By, bytes: &[u8]) -> Result<File> {
        put(&self.app, by, &hash(bytes), None, whole(bytes)).await
    }

    async fn piece(&self, by: &By, all: &[u8], from: usize, to: usize) -> Result<Progress> {
        append(&self.app, by, &hash(all), (from as u64, all.len() as u64), whole(&all[from..to])).await
    }

    async fn bytes(&self, by: &By, hash: &FileHash) -> Result<Vec<u8>> {
        let (_, out) = open(&self.app, &by.actor, hash, None).await?;
        Ok(out.bytes.try_collect::<Vec<_>>().await?.concat())
    }

    async fn link(&self, by: &By, file: &FileHash, to: Link) -> Result<()> {
        let (by, file) = (by.clone(), file.clone());
        self.app.db.write(move |tx| link(tx, &by, &file, &to)).await
    }

    async fn evidence(&self, thing: &'static str) -> Vec<Evidence> {
        self.app.db.read(move |tx| linked_to(tx, thing)).await.unwrap()
    }

    async fn events(&self) -> i64 {
        self.app.db.read(|tx| tx.get("select count(*) from events", &[])).await.unwrap()
    }

    /// All files below the vault's folder, by their path.
    fn on_disk(&self) -> Vec<String> {
        fn below(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                if entry.is_dir() { below(&entry, found) } else { found.push(entry.display().to_string()) }
            }
        }
        let mut found = Vec::new();
        let folder = self.data.path().join("files");
        if folder.exists() {
            below(&folder, &mut found);
        }
        found.sort();
        found
    }
}

fn code(error: Error) -> &'static str {
    error.refusal().code
}

#[tokio::test]
async fn a_photo_comes_in_and_goes_out_as_it_was() {
    let (w, ying) = (World::new().await, ying());
    let photo = pictures::jpeg(800, 600, Some(&pictures::phone()));
    let file = w.put(&ying, &photo).await.unwrap();
    assert_eq!((file.media, file.bytes, file.thumb), (Media::Jpeg, photo.len() as i64, true));
    assert_eq!(file.claimed_at.as_deref(), Some("2023-06-14T09:30:05+08:00"));
    assert_eq!(w.bytes(&ying, &file.sha256).await.unwrap(), photo);
    let thumb = open_thumb(&w.app, &ying.actor, &file.sha256).await.unwrap();
    assert!(thumb.size < 20_000);
    let place = format!("/files/{}/{}", &file.sha256.as_str()[..2], file.sha256);
    assert_eq!(w.on_disk().iter().map(|f| f.contains(&place)).collect::<Vec<_>>(), [true, true]);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let (w, ying) = (World::new().await, ying());
    let photo = pictures::jpeg(40, 30, None);
    let first = w.put(&ying, &photo).await.unwrap();
    let (disk, events) = (w.on_disk(), w.events().await);
    assert_eq!(w.put(&ying, &photo).await.unwrap(), first);
    assert_eq!((w.on_disk(), w.events().await), (disk, events));
}

#[tokio::test]
async fn another_hash_than_announced_is_refused_with_both() {
    let (w, ying) = (World::new().await, ying());
    let (said, photo) = (hash(b"something else"), pictures::jpeg(40, 30, None));
    let error = put(&w.app, &ying, &said, None, whole(&photo)).await.unwrap_err();
    let refusal = error.refusal();
    assert_eq!((error.status(), refusal.code), (422, "files.hash_differs"));
    assert!(refusal.en.contains(said.as_str()) && refusal.en.contains(hash(&photo).as_str()));
    assert!(w.on_disk().is_empty());
}

#[tokio::test]
async fn knowing_a_hash_is_not_having_the_file() {
    let (w, ying, stranger) = (World::new().await, ying(), of_county(2, &[Role::Inspector]));
    let photo = pictures::jpeg(40, 30, None);
    let file = w.put(&ying, &photo).await.unwrap();
    let guess = put(&w.app, &stranger, &file.sha256, None, whole(b"")).await;
    assert_eq!(code(guess.unwrap_err()), "files.hash_differs");
    assert_eq!(progress(&w.app, &stranger, &file.sha256).await.unwrap().stored, 0);
    assert_eq!(code(describe(&w.app, &stranger.actor, &file.sha256).await.unwrap_err()), "not_found");
    let theirs = w.link(&stranger, &file.sha256, to_hazard(&stranger, "hz2")).await.unwrap_err();
    assert_eq!(code(theirs), "files.unknown");
    // Who has the same bytes may use them.
    assert_eq!(w.put(&stranger, &photo).await.unwrap(), file);
    w.link(&stranger, &file.sha256, to_hazard(&stranger, "hz2")).await.unwrap();
}

#[tokio::test]
async fn a_file_is_seen_by_its_uploader_until_linked_and_then_by_those_of_the_thing() {
    let (w, ying, stranger) = (World::new().await, ying(), of_county(2, &[Role::Inspector]));
    let bo = colleague(&ying);
    let file = w.put(&ying, &pictures::jpeg(40, 30, None)).await.unwrap().sha256;
    assert!(w.bytes(&ying, &file).await.is_ok());
    assert!(matches!(w.bytes(&bo, &file).await, Err(Error::NotFound)));
    w.link(&ying, &file, to_hazard(&ying, "hz")).await.unwrap();
    assert!(w.bytes(&bo, &file).await.is_ok());
    assert!(matches!(w.bytes(&stranger, &file).await, Err(Error::NotFound)));
    assert!(matches!(open_thumb(&w.app, &stranger.actor, &file).await, Err(Error::NotFound)));
    let place = stranger.actor.office.place();
    w.app.db.write(move |tx| moved(tx, "hz", &place, None)).await.unwrap();
    assert!(w.bytes(&stranger, &file).await.is_ok());
    // Ying's right went with the thing.
    assert!(matches!(w.bytes(&ying, &file).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_enterprise_sees_what_is_linked_to_it() {
    let (w, ying) = (World::new().await, ying());
    let mut wei = of_county(1, &[Role::Enterprise]);
    wei.actor.enterprise = Some(EnterpriseId::new(now()));
    let (shown, hidden) = (pictures::jpeg(40, 30, None), pictures::jpeg(41, 30, None));
    for (bytes, enterprise) in [(&shown, wei.actor.enterprise), (&hidden, None)] {
        let file = w.put(&ying, bytes).await.unwrap().sha256;
        w.link(&ying, &file, Link { enterprise, ..to_hazard(&ying, "hz") }).await.unwrap();
    }
    assert!(w.bytes(&wei, &hash(&shown)).await.is_ok());
    assert!(matches!(w.bytes(&wei, &hash(&hidden)).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn evidence_is_counted_by_role_and_a_photo_used_twice_is_noticed() {
    let (w, ying) = (World::new().await, ying());
    let file = w.put(&ying, &pictures::jpeg(40, 30, None)).await.unwrap().sha256;
    for _ in 0..2 {
        w.link(&ying, &file, to_hazard(&ying, "hz").noted(Some("灭火器已更换".into()))).await.unwrap();
    }
    w.link(&ying, &file, to_hazard(&ying, "other")).await.unwrap();
    let evidence = w.evidence("hz").await;
    assert_eq!(evidence.len(), 1);
    assert_eq!((evidence[0].note.as_deref(), evidence[0].linked_by_name.as_str()), (Some("灭火器已更换"), "应"));
    let counts = move |tx: &mut Tx| {
        let count = |roles: &[&str], tx: &mut Tx| count_linked(tx, "hz", roles);
        let roles = [count(&[], tx)?, count(&["submit", "verify"], tx)?, count(&["found"], tx)?];
        Ok((roles, count_elsewhere(tx, &file, "hz")?))
    };
    assert_eq!(w.app.db.read(counts).await.unwrap(), ([1, 1, 0], 1));
    let unknown = w.link(&ying, &hash(b"x"), to_hazard(&ying, "hz")).await.unwrap_err();
    assert!(unknown.refusal().zh.contains(hash(b"x").as_str()));
}

/// A thing of the county.
#[derive(serde::Serialize)]
struct Record(Place);

impl Thing for Record {
    const KIND: Kind = Kind::Hazard;
    fn id(&self) -> String {
        "hz".into()
    }
    fn name(&self) -> String {
        "灭火器过期".into()
    }
    fn place(&self) -> Place {
        self.0
    }
}

#[tokio::test]
async fn all_evidence_of_an_act_is_linked_or_the_one_at_fault_is_named() {
    let (w, ying) = (World::new().await, ying());
    let file = w.put(&ying, &pictures::jpeg(40, 30, None)).await.unwrap().sha256.to_string();
    let missing = hash(b"x").to_string();
    let cases = [
        (vec![file.clone(), file.to_uppercase()], None),
        (vec![file.clone(), missing.clone()], Some("files.unknown")),
        (vec!["photo.jpg".into()], Some("files.not_a_hash")),
        (vec![file.clone(); 201], Some("files.too_many")),
    ];
    for (files, refused) in cases {
        let by = ying.clone();
        let linked =
            w.app.db.write(move |tx| link_all(tx, &by, &files, &Record(by.actor.office.place()), "found")).await;
        let found = linked.err().map(|e| (e.field().map(str::to_owned), code(e)));
        assert_eq!(found, refused.map(|code| (Some("evidence".to_owned()), code)));
    }
    assert_eq!(w.evidence("hz").await.len(), 1);
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
    let both = [pictures::jpeg(40, 30, None), b"<script>alert(1)</script>PK\x05\x06".to_vec()].concat();
    assert_eq!(w.put(&ying, &both).await.unwrap().media, Media::Jpeg);
    let bomb = w.put(&ying, &pictures::bomb(60_000)).await.unwrap();
    assert_eq!((bomb.width, bomb.thumb), (Some(60_000), false));
}

#[tokio::test]
async fn size_and_right_are_checked() {
    let w = World::with(Config { max_file_bytes: 1000, ..Config::default() }).await;
    let (ying, auditor) = (ying(), of_county(1, &[Role::Auditor]));
    let large = pictures::jpeg(400, 400, None);
    let said = put(&w.app, &ying, &hash(&large), Some(large.len() as u64), whole(&[])).await;
    for refused in [w.put(&ying, &large).await, said] {
        let error = refused.unwrap_err();
        assert_eq!((error.status(), error.refusal().code), (413, "too_large"));
    }
    assert_eq!(w.piece(&ying, &large, 0, 500).await.unwrap_err().status(), 413);
    let small = pictures::jpeg(8, 8, None);
    assert!(matches!(w.put(&auditor, &small).await, Err(Error::Forbidden)));
    assert!(matches!(w.piece(&auditor, &small, 0, 10).await, Err(Error::Forbidden)));
    assert!(w.on_disk().is_empty());
}

#[tokio::test]
async fn an_upload_goes_on_where_the_line_was_cut() {
    let (w, ying) = (World::new().await, ying());
    let photo = pictures::jpeg(300, 300, None);
    let (all, half) = (photo.len() as u64, photo.len() / 2);
    let cut = line(vec![Ok(Bytes::copy_from_slice(&photo[..half])), Err("cut")]);
    let error = append(&w.app, &ying, &hash(&photo), (0, all), cut).await.unwrap_err();
    assert_eq!(code(error), "files.interrupted");
    assert_eq!(progress(&w.app, &ying, &hash(&photo)).await.unwrap().stored, half as u64);
    let done = w.piece(&ying, &photo, half, photo.len()).await.unwrap();
    assert_eq!((done.stored, done.file.unwrap().bytes as u64), (all, all));
    assert_eq!(w.bytes(&ying, &hash(&photo)).await.unwrap(), photo);
    assert_eq!(w.on_disk().len(), 2);
    // Asking again, or sending the last piece again, finds it complete.
    assert_eq!(progress(&w.app, &ying, &hash(&photo)).await.unwrap().stored, all);
    assert!(w.piece(&ying, &photo, half, photo.len()).await.unwrap().file.is_some());
}

#[tokio::test]
async fn a_wrong_offset_is_told_the_right_one() {
    let (w, ying) = (World::new().await, ying());
    let photo = pictures::jpeg(100, 100, None);
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
    let photo = pictures::jpeg(100, 100, None);
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
    let (ying, photo) = (ying(), pictures::jpeg(100, 100, None));
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
    let photo = pictures::jpeg(300, 200, None);
    let (a, b, c, d) = tokio::join!(
        w.put(&ying, &photo),
        w.put(&ying, &photo),
        w.piece(&ying, &photo, 0, photo.len()),
        w.piece(&ying, &photo, 0, photo.len())
    );
    assert!(a.is_ok() && b.is_ok());
    for done in [c, d] {
        assert!(done.map_or_else(|e| e.status() == 409, |p| p.file.is_some()));
    }
    assert_eq!(w.bytes(&ying, &hash(&photo)).await.unwrap(), photo);
    assert_eq!(w.events().await, 1);
}

#[tokio::test]
async fn damage_in_the_vault_is_found_and_healed_by_another_upload() {
    let (w, ying) = (World::new().await, ying());
    let photos = [1, 2, 3].map(|n| pictures::jpeg(8 * n, 8, None));
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
    let mut file = spool::Spool::new(&vault, u64::MAX).await.unwrap();
    assert!(file.fill(whole(&bytes)).await.unwrap());
    file.sync().await.unwrap();
    let name = vault::name_of(&file.hash());
    vault.settle(file.path(), &name).await.unwrap();
    assert_eq!(vault.size(&name).await.unwrap(), Some(bytes.len() as u64));
    assert_eq!(vault.hash(&name).await.unwrap(), file.hash());
    let part = vault.get(&name, Some(GetRange::Bounded(8..12))).await.unwrap();
    assert_eq!(part.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), [2, 0, 0, 0]);
    vault.remove(&name).await.unwrap();
    vault.remove(&name).await.unwrap();
    assert_eq!(vault.size(&name).await.unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A file arrives whole however it is cut, with the line breaking anywhere.
    #[test]
    fn any_split_arrives_whole(cuts in prop::collection::vec((1usize..900, any::<bool>()), 0..12), side in 8u32..60) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (w, ying, photo) = (World::new().await, ying(), pictures::jpeg(side, side, None));
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
            assert_eq!(w.on_disk().len(), 2);
        });
    }
}
