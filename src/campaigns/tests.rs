//! The acts on a real database: who may, who sees, what is kept.

mod doors;

use super::*;
use crate::{
    kernel::{
        AccountId, Lang, Moment, OfficeId,
        db::{Db, Place as Data},
        list::Ask,
    },
    people::{Level, Office, Scope, store as offices},
    record::store as events,
};
use jiff::civil::date;
use std::sync::atomic::{AtomicI64, Ordering};

/// China, Hebei, Zhengding (directly under the province here), and a county of another province.
struct World {
    db: Db,
    nation: Office,
    hebei: Office,
    zhengding: Office,
    elsewhere: Office,
    /// Acts so far: each happens a millisecond after the one before.
    acts: AtomicI64,
    _data: tempfile::TempDir,
}

fn now() -> Moment {
    Moment::start_of(date(2023, 6, 20))
}

fn office(code: &str, level: Level, above: Option<&Office>) -> Office {
    let id = OfficeId::new(now());
    let place = above.map(Office::place).unwrap_or_default();
    let own = |at: Level| (at == level).then_some(id);
    Office {
        id,
        code: code.into(),
        name: code.into(),
        name_en: code.into(),
        level,
        parent: above.map(|o| o.id),
        province: place.province.or(own(Level::Province)),
        city: place.city.or(own(Level::City)),
        county: place.county.or(own(Level::County)),
        station: place.station.or(own(Level::Station)),
        region: code.into(),
        active: true,
        version: 1,
    }
}

fn of_office(office: &Office, role: Role) -> By {
    let actor = Actor {
        account: AccountId::new(now()),
        name: "赵".into(),
        roles: vec![role],
        office: office.clone(),
        enterprise: None,
        badge: None,
        lang: Lang::Zh,
    };
    By { actor, at: now(), client: None }
}

fn coordinator(office: &Office) -> By {
    of_office(office, Role::Coordinator)
}

fn wanted(code: &str) -> New {
    New {
        code: code.into(),
        zh: "重点工业产品隐患排查".into(),
        en: "Key industrial products".into(),
        pack_code: NATIONAL.into(),
        pack_version: 1,
        starts: date(2023, 6, 14),
        ends: date(2023, 11, 30),
    }
}

fn national() -> Pack {
    Pack::built_in(NATIONAL).unwrap()
}

impl World {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let db = Db::open(&Data::Sqlite(data.path().join("paicha.db"))).await.unwrap();
        db.migrate().await.unwrap();
        let nation = office("100000", Level::Nation, None);
        let hebei = office("130000", Level::Province, Some(&nation));
        let zhengding = office("130123", Level::County, Some(&hebei));
        let shanxi = office("140000", Level::Province, Some(&nation));
        let elsewhere = office("140121", Level::County, Some(&shanxi));
        let all = [&nation, &hebei, &zhengding, &shanxi, &elsewhere].map(Clone::clone);
        let world = Self { db, nation, hebei, zhengding, elsewhere, acts: AtomicI64::new(0), _data: data };
        world.write(move |tx| all.iter().try_for_each(|o| offices::add_office(tx, o))).await.unwrap();
        let gu = of_office(&world.nation, Role::Administrator);
        world.write(move |tx| add_pack(tx, &gu, &national())).await.unwrap();
        world
    }

    async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.db.write(work).await
    }

    async fn create(&self, by: &By, new: New) -> Result<Campaign> {
        let (by, id) = (by.clone(), CampaignId::new(now()));
        self.write(move |tx| create(tx, &by, id, &new)).await
    }

    async fn act(&self, by: &By, id: CampaignId, wanted: Act) -> Result<Campaign> {
        let at = by.at.plus(1 + self.acts.fetch_add(1, Ordering::SeqCst));
        let by = By { at, ..by.clone() };
        self.write(move |tx| act(tx, &by, id, &wanted)).await
    }

    /// A campaign of this office, under way.
    async fn under_way(&self, office: &Office, code: &str) -> Campaign {
        let by = coordinator(office);
        let made = self.create(&by, wanted(code)).await.unwrap();
        self.act(&by, made.id, Act::Open {}).await.unwrap()
    }

    /// The codes of the campaigns in the list of somebody; each must also be found by its id, and no other.
    async fn seen_by(&self, by: &By) -> Vec<String> {
        let by = by.clone();
        self.write(move |tx| {
            let ask = Ask { sort: Some("starts".into()), ..Ask::default() };
            let everybody = (&Place::default(), Scope::Office { level: Level::Nation, id: by.actor.office.id });
            let all = store::campaigns(tx, everybody, None, &ask)?.items;
            let place = by.actor.office.place();
            let listed = store::campaigns(tx, (&place, by.scope()), None, &ask)?.items;
            for campaign in all {
                let in_list = listed.iter().any(|c| c.id == campaign.id);
                assert_eq!(find(tx, &by.actor, campaign.id).is_ok(), in_list, "{}", campaign.code);
            }
            let mut codes: Vec<_> = listed.into_iter().map(|c| c.code).collect();
            codes.sort();
            Ok(codes)
        })
        .await
        .unwrap()
    }
}

fn code_of<T: std::fmt::Debug>(refused: Result<T>) -> &'static str {
    refused.unwrap_err().refusal().code
}

#[tokio::test]
async fn a_campaign_is_made_opened_closed_and_archived() {
    let w = World::new().await;
    let zhao = coordinator(&w.hebei);
    let made = w.create(&zhao, wanted("hebei-2023")).await.unwrap();
    assert_eq!(made.state, State::Draft);
    assert_eq!(code_of(w.act(&zhao, made.id, Act::Close { why: None }).await), "campaigns.not_now");
    w.act(&zhao, made.id, Act::Open {}).await.unwrap();
    w.act(&zhao, made.id, Act::Close { why: Some("完成".into()) }).await.unwrap();
    assert_eq!(w.act(&zhao, made.id, Act::Reopen { why: " ".into() }).await.unwrap_err().field(), Some("why"));
    let done = w.act(&zhao, made.id, Act::Archive {}).await.unwrap();
    assert_eq!((done.state, done.version), (State::Archived, 4));
    let verbs: Vec<String> = w
        .write(move |tx| Ok(events::timeline(tx, &made.id.to_string())?.into_iter().map(|e| e.verb).collect()))
        .await
        .unwrap();
    assert_eq!(verbs, ["archive", "close", "open", "create"]);
}

#[tokio::test]
async fn the_same_request_twice_is_one_campaign_and_another_is_a_conflict() {
    let w = World::new().await;
    let (zhao, id) = (coordinator(&w.hebei), CampaignId::new(now()));
    let put = |new: New| {
        let by = zhao.clone();
        w.write(move |tx| create(tx, &by, id, &new))
    };
    let first = put(wanted("a")).await.unwrap();
    w.act(&zhao, id, Act::Open {}).await.unwrap();
    assert_eq!(put(wanted("a")).await.unwrap().id, first.id);
    assert_eq!(code_of(put(New { ends: date(2024, 1, 1), ..wanted("a") }).await), "campaigns.other_content");
    let taken = w.create(&zhao, wanted("a")).await.unwrap_err();
    assert_eq!((taken.field(), taken.refusal().code), (Some("code"), "campaigns.code_taken"));
    let no_pack = w.create(&zhao, New { pack_version: 9, ..wanted("b") }).await.unwrap_err();
    assert_eq!((no_pack.field(), no_pack.refusal().code), (Some("pack_version"), "campaigns.no_pack"));
    let late = w.create(&zhao, New { ends: date(2023, 6, 13), ..wanted("c") }).await.unwrap_err();
    assert_eq!(late.field(), Some("ends"));
}

#[tokio::test]
async fn who_a_campaign_reaches_sees_it_and_who_stands_above_too() {
    let w = World::new().await;
    w.under_way(&w.nation, "nation").await;
    w.under_way(&w.hebei, "hebei").await;
    w.under_way(&w.zhengding, "zhengding").await;
    w.create(&coordinator(&w.hebei), wanted("draft")).await.unwrap();
    assert_eq!(w.seen_by(&coordinator(&w.nation)).await, ["draft", "hebei", "nation", "zhengding"]);
    assert_eq!(w.seen_by(&coordinator(&w.hebei)).await, ["draft", "hebei", "nation", "zhengding"]);
    assert_eq!(w.seen_by(&of_office(&w.zhengding, Role::Inspector)).await, ["hebei", "nation", "zhengding"]);
    assert_eq!(w.seen_by(&of_office(&w.elsewhere, Role::Inspector)).await, ["nation"]);
    let wei = of_office(&w.zhengding, Role::Enterprise);
    assert_eq!(w.seen_by(&wei).await, ["hebei", "nation", "zhengding"]);
    let place = w.zhengding.place();
    let on = |day| {
        let codes = move |tx: &mut Tx| Ok(current(tx, &place, day)?.into_iter().map(|c| c.code).collect::<Vec<_>>());
        w.db.read(codes)
    };
    assert_eq!(on(date(2023, 7, 1)).await.unwrap(), ["zhengding", "hebei", "nation"]);
    assert!(on(date(2023, 12, 1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn only_coordinators_of_the_office_or_above_change_a_campaign() {
    let w = World::new().await;
    let open = w.under_way(&w.hebei, "hebei").await;
    let close = || Act::Close { why: None };
    assert_eq!(code_of(w.act(&coordinator(&w.zhengding), open.id, close()).await), "forbidden");
    assert_eq!(code_of(w.act(&coordinator(&w.elsewhere), open.id, close()).await), "not_found");
    assert_eq!(code_of(w.act(&of_office(&w.hebei, Role::Inspector), open.id, close()).await), "forbidden");
    assert_eq!(code_of(w.create(&of_office(&w.hebei, Role::Auditor), wanted("x")).await), "forbidden");
    w.act(&coordinator(&w.nation), open.id, close()).await.unwrap();
}

#[tokio::test]
async fn nobody_overwrites_unseen_what_another_wrote() {
    let w = World::new().await;
    let zhao = coordinator(&w.hebei);
    let open = w.under_way(&w.hebei, "hebei").await;
    let amend = |zh: &str, version| {
        let (zh, en) = (zh.to_owned(), "Renamed".to_owned());
        Act::Amend { zh, en, starts: date(2023, 6, 14), ends: date(2023, 12, 31), version }
    };
    let renamed = w.act(&zhao, open.id, amend("新名称", open.version)).await.unwrap();
    assert_eq!((renamed.zh.as_str(), renamed.state), ("新名称", State::Open));
    assert_eq!(code_of(w.act(&zhao, open.id, amend("旧名称", open.version)).await), "stale");
    assert_eq!(w.act(&zhao, open.id, amend(" ", renamed.version)).await.unwrap_err().field(), Some("zh"));
}

#[tokio::test]
async fn a_changed_pack_is_a_new_version_and_the_old_one_stays_readable() {
    let w = World::new().await;
    let (gu, open) = (coordinator(&w.nation), w.under_way(&w.hebei, "hebei").await);
    let add = |pack: Pack| {
        let by = gu.clone();
        w.write(move |tx| add_pack(tx, &by, &pack))
    };
    assert_eq!(add(national()).await.unwrap().version, 1);
    let mut changed = national();
    changed.problems[0].zh = "无证生产（修订）".into();
    assert_eq!(code_of(add(changed.clone()).await), "campaigns.pack_changed");
    changed.about.version = 2;
    add(changed).await.unwrap();
    let adopt = |v| Act::Adopt { pack_version: v, why: "国家修订".into() };
    assert_eq!(code_of(w.act(&coordinator(&w.hebei), open.id, adopt(3)).await), "campaigns.no_pack");
    w.act(&coordinator(&w.hebei), open.id, adopt(2)).await.unwrap();
    w.write(move |tx| {
        assert_eq!(of(tx, open.id)?.1.problem("P01").unwrap().zh, "无证生产（修订）");
        assert_eq!(pack(tx, NATIONAL, 1)?.problem("P01").unwrap().zh, "无证生产");
        let (a, b) = (pack(tx, NATIONAL, 1)?, pack(tx, NATIONAL, 1)?);
        assert!(Arc::ptr_eq(&a, &b), "a pack is read once");
        assert_eq!(store::pack_versions(tx)?.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
        let added: i64 = tx.get("select count(*) from events where kind = $1", args!["pack"])?;
        assert_eq!(added, 2);
        Ok(())
    })
    .await
    .unwrap();
}

#[test]
fn every_state_is_reached_and_only_the_archive_is_an_end() {
    let steps = || State::ALL.iter().flat_map(|s| Verb::ALL.iter().filter_map(|v| Some((*s, s.step(*v)?.0))));
    for state in State::ALL {
        assert!(*state == State::Draft || steps().any(|(from, to)| from != to && to == *state), "{state}");
        assert_eq!(steps().any(|(from, _)| from == *state), *state != State::Archived, "{state}");
    }
}

#[test]
fn an_act_reads_from_json_and_from_a_form_alike() {
    let json: Act = serde_json::from_str(r#"{"verb": "adopt", "pack_version": 2, "why": "x"}"#).unwrap();
    let pairs = [("verb", "adopt"), ("pack_version", "2"), ("why", "x")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let form: Act = crate::kernel::Sent::new(pairs.to_vec()).read().unwrap();
    assert_eq!(json, form);
    let open: Act = serde_json::from_str(r#"{"verb": "open"}"#).unwrap();
    assert_eq!(open, Act::Open {});
}
