//! Who sees which file, and why.

use super::*;

#[tokio::test]
async fn knowing_a_hash_is_not_having_the_file() {
    let (w, ying, stranger) = (World::new().await, ying(), of_county(2, &[Role::Inspector]));
    let photo = photo(40, 30);
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
    let file = w.put(&ying, &photo(40, 30)).await.unwrap().sha256;
    assert!(w.bytes(&ying, &file).await.is_ok());
    assert!(matches!(w.bytes(&bo, &file).await, Err(Error::NotFound)));
    w.link(&ying, &file, to_hazard(&ying, "hz")).await.unwrap();
    assert!(w.bytes(&bo, &file).await.is_ok());
    assert!(matches!(w.bytes(&stranger, &file).await, Err(Error::NotFound)));
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
    let (shown, hidden) = (photo(40, 30), photo(41, 30));
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
    let file = w.put(&ying, &photo(40, 30)).await.unwrap().sha256;
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
    let file = w.put(&ying, &photo(40, 30)).await.unwrap().sha256.to_string();
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
