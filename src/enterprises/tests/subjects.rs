//! Subjects: entry, duplicates, merging, scope, secrets.

use super::*;

fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.unwrap_err().refusal().code
}

#[tokio::test]
async fn a_subject_stands_where_its_office_is() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    assert_eq!((e.county, e.city, e.region.as_str()), (Some(w.county.id), Some(w.city.id), "130123"));
    let store = Entry {
        name: "南牛乡万家五金店".into(),
        uscc: Some(make_uscc("130123", 2)),
        kind: Some(Kind::Seller),
        region: Some("130123".into()),
        station: Some("南牛乡市场监管所".into()),
        ..Entry::default()
    };
    assert_eq!(w.register(&w.qian(), store).await.unwrap().station, Some(w.station.id));
    let lost = Entry { uscc: Some(make_uscc("130123", 3)), name: "无处可归".into(), ..hengda() };
    assert_eq!(w.register(&w.qian(), lost).await.unwrap_err().field(), Some("region"));
}

#[tokio::test]
async fn out_of_scope_it_does_not_exist() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    assert!(matches!(w.get(&w.stranger(), e.id).await, Err(Error::NotFound)));
    assert!(w.names(&w.stranger(), Filter::default()).await.is_empty());
    assert_eq!(
        code(w.register(&w.stranger(), Entry { name: "另一家".into(), ..hengda() }).await),
        "enterprises.same_code_elsewhere"
    );
    let keeper = w.app.keeper.clone();
    let looked = w.app.act(&w.stranger(), move |tx, by| look(tx, by, &keeper, e.id, None)).await;
    assert!(matches!(looked, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_site_opens_the_subject_to_the_office_there() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    let site = SiteEntry {
        name: "藁城分厂".into(),
        kind: SiteKind::Production,
        address: "藁城区工业街2号".into(),
        region: Some("130109".into()),
        lon: None,
        lat: None,
        closed: None,
        office: None,
        version: None,
    };
    let id = crate::kernel::SiteId::new(now());
    let put = w.app.act(&w.ying(), move |tx, by| put_site(tx, by, e.id, id, &site)).await.unwrap();
    assert_eq!(put.county, Some(w.elsewhere.id));
    assert_eq!(w.get(&w.stranger(), e.id).await.unwrap().id, e.id);
    let here = Filter { sites: Some("1".into()), ..Filter::default() };
    assert_eq!(w.names(&w.stranger(), here).await, [e.name]);
    assert!(w.names(&w.stranger(), Filter::default()).await.is_empty());
}

#[tokio::test]
async fn the_same_registration_twice_is_one() {
    let w = World::new().await;
    let new = New { id: EnterpriseId::new(now()), entry: hengda(), confirm_not_duplicate: List::default() };
    let first = w.register_as(&w.ying(), new.clone()).await.unwrap();
    assert_eq!(w.register_as(&w.ying(), new.clone()).await.unwrap(), first);
    let other = New { entry: Entry { address: Some("别处".into()), ..hengda() }, ..new };
    assert_eq!(code(w.register_as(&w.ying(), other).await), "enterprises.other_content");
}

#[tokio::test]
async fn a_known_code_is_refused_with_the_subject_that_has_it() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    let refused = w.register(&w.ying(), Entry { name: "另一家".into(), ..hengda() }).await.unwrap_err();
    assert_eq!(refused.field(), Some("uscc"));
    assert!(refused.refusal().zh.contains(&e.id.to_string()));
}

#[tokio::test]
async fn a_similar_name_must_be_confirmed() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    let person = Entry { uscc: None, person: Some("王某".into()), ..hengda() };
    let same = Entry { name: "正定县恒达水泥有限责任公司".into(), ..person.clone() };
    assert_eq!(code(w.register(&w.ying(), same).await), "enterprises.likely_duplicate");
    w.index(&[e.id]).await;
    let alike = Entry { name: "正定恒达水泥有限公司".into(), ..person };
    let new = New { id: EnterpriseId::new(now()), entry: alike, confirm_not_duplicate: List::default() };
    assert_eq!(code(w.register_as(&w.ying(), new.clone()).await), "enterprises.likely_duplicate");
    let confirmed = New { confirm_not_duplicate: List(vec![e.id]), ..new };
    assert!(w.register_as(&w.ying(), confirmed).await.is_ok());
    // two credit codes are two subjects
    let branch = Entry {
        name: "正定县恒达水泥有限公司一分厂".into(), uscc: Some(make_uscc("130123", 9)), ..hengda()
    };
    assert!(w.register(&w.ying(), branch).await.is_ok());
}

#[tokio::test]
async fn merged_records_are_found_under_the_survivor_and_come_apart_again() {
    let w = World::new().await;
    let survivor = w.register(&w.ying(), hengda()).await.unwrap();
    let workshop = Entry { name: "南牛水泥作坊".into(), uscc: None, person: Some("王某".into()), ..hengda() };
    let loser = w.register(&w.ying(), workshop).await.unwrap();
    let merge = |into| Act::Merge { into, why: "同一经营者".into() };
    assert!(matches!(w.act(&w.ying(), loser.id, merge(survivor.id)).await, Err(Error::Forbidden)));
    let merged = w.act(&w.qian(), loser.id, merge(survivor.id)).await.unwrap();
    assert_eq!((merged.state, merged.merged_into), (State::Merged, Some(survivor.id)));
    assert_eq!(w.get(&w.ying(), loser.id).await.unwrap().id, survivor.id);
    let ids = w.app.db.read(move |tx| ids_of(tx, survivor.id)).await.unwrap();
    assert!(ids.contains(&loser.id) && ids.contains(&survivor.id));
    assert_eq!(w.names(&w.ying(), Filter::default()).await, [survivor.name]);
    assert_eq!(code(w.act(&w.qian(), loser.id, Act::Suspend { why: "x".into() }).await), "enterprises.not_now");
    let apart = w.act(&w.qian(), loser.id, Act::Unmerge { why: "核实为两家".into() }).await.unwrap();
    assert_eq!(apart.state, State::Active);
    assert_eq!(w.get(&w.ying(), loser.id).await.unwrap().id, loser.id);
    assert_eq!(w.names(&w.ying(), Filter::default()).await.len(), 2);
}

#[tokio::test]
async fn a_chain_of_merges_is_followed_and_undone_link_by_link() {
    let w = World::new().await;
    let mut ids = Vec::new();
    for name in ["甲字号电缆", "乙记线缆行", "丙家五金铺"] {
        let entry = Entry { name: name.into(), uscc: None, person: Some(name.into()), ..hengda() };
        ids.push(w.register(&w.ying(), entry).await.unwrap().id);
    }
    let [a, b, c] = [ids[0], ids[1], ids[2]];
    let merge = |into| Act::Merge { into, why: "同一家".into() };
    w.act(&w.qian(), a, merge(b)).await.unwrap();
    w.act(&w.qian(), b, merge(c)).await.unwrap();
    assert_eq!(w.get(&w.ying(), a).await.unwrap().id, c);
    assert_eq!(code(w.act(&w.qian(), c, merge(a)).await), "enterprises.merge_self");
    w.act(&w.qian(), b, Act::Unmerge { why: "错".into() }).await.unwrap();
    assert_eq!((w.get(&w.ying(), a).await.unwrap().id, w.get(&w.ying(), c).await.unwrap().id), (b, c));
}

#[tokio::test]
async fn a_phone_is_locked_up_and_every_look_is_recorded() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    assert!(!serde_json::to_string(&e).unwrap().contains("13800000000"));
    let stored: String = w.app.db.read(|tx| tx.get("select phone from enterprises", &[])).await.unwrap();
    assert!(!stored.contains("138"));
    let keeper = w.app.keeper.clone();
    let open = w.app.act(&w.ying(), move |tx, by| look(tx, by, &keeper, e.id, Some("通知复查"))).await.unwrap();
    assert_eq!(open.phone.as_deref(), Some("13800000000"));
    let events = w.app.db.read(move |tx| record::store::timeline(tx, &e.id.to_string())).await.unwrap();
    assert!(events.iter().any(|event| event.verb == "look" && event.note.as_deref() == Some("通知复查")));
    assert!(!serde_json::to_string(&events).unwrap().contains("13800000000"));
    let auditor = by(&w.county, &[Role::Auditor]);
    let keeper = w.app.keeper.clone();
    let refused = w.app.act(&auditor, move |tx, by| look(tx, by, &keeper, e.id, None)).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_correction_keeps_the_phone_and_nothing_changed_is_no_event() {
    let w = World::new().await;
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    let same = w.edit(&w.ying(), e.id, Entry::of(&e)).await.unwrap();
    assert_eq!((same.version, same.phone.is_some()), (e.version, true));
    let tagged = Entry { tags: List(vec![Tag::Complaints]), sold: List(vec!["0401 0402".into()]), ..Entry::of(&e) };
    let after = w.edit(&w.ying(), e.id, tagged).await.unwrap();
    assert_eq!((after.version, after.products()), (e.version + 1, vec!["0301", "0401", "0402"]));
    for (filter, found) in [
        (Filter { tag: Some(Tag::Complaints), ..Filter::default() }, 1),
        (Filter { tag: Some(Tag::Cluster), ..Filter::default() }, 0),
        (Filter { product: Some("04".into()), ..Filter::default() }, 1),
        (Filter { product: Some("0402".into()), ..Filter::default() }, 1),
        (Filter { product: Some("05".into()), ..Filter::default() }, 0),
        (Filter { region: Some("130100".into()), ..Filter::default() }, 1),
        (Filter { region: Some("130200".into()), ..Filter::default() }, 0),
        (Filter { kind: Some(Kind::Seller), ..Filter::default() }, 0),
    ] {
        assert_eq!(w.names(&w.ying(), filter.clone()).await.len(), found, "{filter:?}");
        assert_eq!(w.names(&w.qian(), filter.clone()).await.len(), found, "{filter:?}");
    }
    let wiped = Entry { phone: Some("-".into()), ..Entry::of(&after) };
    assert!(w.edit(&w.ying(), e.id, wiped).await.unwrap().phone.is_none());
}

#[tokio::test]
async fn what_is_typed_wrong_is_named_by_its_field() {
    let w = World::new().await;
    let cases: Vec<(&str, Entry)> = vec![
        ("name", Entry { name: " ".into(), ..hengda() }),
        ("uscc", Entry { uscc: Some("9.13501E+17".into()), ..hengda() }),
        ("uscc", Entry { uscc: Some("91350100M000100Y44".into()), ..hengda() }),
        ("person", Entry { uscc: None, ..hengda() }),
        ("address", Entry { uscc: None, person: Some("王某".into()), address: None, ..hengda() }),
        ("kind", Entry { kind: None, ..hengda() }),
        ("region", Entry { region: Some("130109".into()), ..hengda() }),
        ("region", Entry { region: Some("999999".into()), ..hengda() }),
        ("made", Entry { made: List(vec!["水泥".into()]), ..hengda() }),
        ("lon", Entry { lon: Some(Micro(1)), lat: Some(Micro(1)), ..hengda() }),
        ("lon", Entry { lon: Some(Micro(114_500_000)), ..hengda() }),
        ("person_id", Entry { person_id: Some("130123198801011234".into()), ..hengda() }),
        ("shop_url", Entry { shop_url: Some("javascript:alert(1)".into()), ..hengda() }),
        ("platform", Entry { kind: Some(Kind::OnlineShop), ..hengda() }),
    ];
    for (field, entry) in cases {
        let refused = w.register(&w.ying(), entry).await.unwrap_err();
        assert_eq!(refused.field(), Some(field), "{refused}");
    }
}
