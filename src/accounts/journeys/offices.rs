use super::*;
use crate::{
    accounts::offices::{self, Act, New},
    kernel::{Error, db::Tx},
    people::{By, store as tree},
};
use proptest::prelude::*;
use serde_json::json;

#[tokio::test]
async fn the_tree_grows_by_its_rules() {
    let world = World::new().await;
    world.account("ma", &[Role::Administrator]).await;
    let mut ma = world.program("ma").await;
    let top = world.first.office.clone();
    let new = |parent: &Office, level: &str, code: &str| json!({"parent": parent.id, "level": level, "code": code, "name": "局", "name_en": "Office", "region": "130000"});
    let put = async |who: &mut Agent, body: Value| {
        let id = OfficeId::new(world.app.clock.now());
        who.send(&world, "PUT", &format!("/api/v1/offices/{id}"), Some(body)).await
    };
    let refused = put(&mut ma, new(&top, "county", "130123")).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "offices.no_fit"));
    let corps = put(&mut ma, new(&top, "province", "BT0000")).await;
    assert_eq!(corps.status, 200, "{}", corps.body);
    let taken = put(&mut ma, new(&top, "province", "bt0000")).await;
    assert_eq!((taken.status, taken.json()["field"].as_str()), (422, Some("code")));
    let id = corps.json()["id"].as_str().unwrap().to_owned();
    let url = format!("/api/v1/offices/{id}");
    assert_eq!(ma.send(&world, "PUT", &url, Some(new(&top, "province", "BT0000"))).await.status, 200);
    assert_eq!(ma.send(&world, "PUT", &url, Some(new(&top, "province", "BT0001"))).await.status, 409);
    let below = ma.send(&world, "GET", &format!("/api/v1/offices/{}/below", top.id), None).await.json();
    assert_eq!((below.as_array().unwrap().len(), &below[0]["province"]), (1, &json!(id)));
}

#[tokio::test]
async fn an_office_moves_with_everything_below_and_its_past_stays() {
    let world = World::new().await;
    let top = world.first.office.clone();
    let hebei = world.office(&top, Level::Province, "130000").await;
    let (shijiazhuang, baoding) =
        (world.office(&hebei, Level::City, "130100").await, world.office(&hebei, Level::City, "130600").await);
    let dingzhou = world.office(&shijiazhuang, Level::County, "130682").await;
    let station = world.office(&dingzhou, Level::Station, "130682A").await;
    world.account_in("ying", &[Role::Inspector], &station).await;
    world.account_in("ma", &[Role::Administrator], &hebei).await;
    let mut ma = world.browser("ma").await;
    let page = format!("/offices/{}", dingzhou.id);
    let to = |parent: &Office| [("verb", "move".to_owned()), ("parent", parent.id.to_string())];
    for (parent, code) in [(&baoding, 303), (&hebei, 303), (&hebei, 422), (&top, 422)] {
        let form = to(parent);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(ma.submit(&world, &page, &form).await.status, code);
    }
    let (station, ying) = (stored(&world, station.id).await, world.stored("ying").await);
    assert_eq!((station.province, station.city, station.county), (Some(hebei.id), None, Some(dingzhou.id)));
    assert_eq!((ying.city, ying.county, ying.station), (None, Some(dingzhou.id), Some(station.id)));
    assert_eq!((world.events("move").await, world.events("moved_along").await), (2, 2));
    assert!(ma.get(&world, &page).await.body.contains("调整隶属关系"));
    let own = format!("/offices/{}", hebei.id);
    let own = ma.submit(&world, &own, &[("verb", "deactivate"), ("why", "x")]).await;
    assert!(own.status == 422 && own.body.contains("不能停用或调整本人所在机构"));
}

#[tokio::test]
async fn an_office_closes_from_the_bottom_up() {
    let world = World::new().await;
    let hebei = world.office(&world.first.office, Level::Province, "130000").await;
    let county = world.office(&hebei, Level::County, "130123").await;
    world.account("ma", &[Role::Administrator]).await;
    world.account_in("ying", &[Role::Inspector], &county).await;
    let (mut ma, mut ying) = (world.program("ma").await, world.browser("ying").await);
    let act = |verb: &str| Some(json!({"verb": verb, "why": "机构改革"}));
    let path = |office: &Office| format!("/api/v1/offices/{}/acts", office.id);
    assert_eq!(ma.send(&world, "POST", &path(&hebei), act("deactivate")).await.code(), "offices.still_below");
    assert_eq!(ma.send(&world, "POST", &path(&county), act("deactivate")).await.status, 200);
    assert_eq!(ying.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    assert_eq!(ma.send(&world, "POST", &path(&hebei), act("deactivate")).await.status, 200);
    assert_eq!(ma.send(&world, "POST", &path(&county), act("reactivate")).await.code(), "offices.parent_closed");
    let top = world.first.office.clone();
    assert_eq!(ma.send(&world, "POST", &path(&top), act("deactivate")).await.code(), "offices.own");
}

#[tokio::test]
async fn people_see_their_own_branch_of_the_tree() {
    let world = World::new().await;
    let hebei = world.office(&world.first.office, Level::Province, "130000").await;
    let county = world.office(&hebei, Level::County, "130123").await;
    world.account_in("ying", &[Role::Inspector], &county).await;
    world.account_in("au", &[Role::Auditor], &hebei).await;
    let mut ying = world.browser("ying").await;
    let seen = ying.send(&world, "GET", "/api/v1/offices?sort=code", None).await.json();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert_eq!(ying.send(&world, "GET", &format!("/api/v1/offices/{}", hebei.id), None).await.status, 404);
    assert_eq!(ying.get(&world, "/offices").await.status, 403);
    let mut au = world.browser("au").await;
    let page = au.get(&world, "/offices").await;
    assert!(page.status == 200 && page.body.contains("130123局") && !page.body.contains("/offices/new"));
    let act = json!({"verb": "edit", "code": "1", "name": "a", "name_en": "a", "region": "130000"});
    let path = format!("/api/v1/offices/{}/acts", county.id);
    assert_eq!(au.send(&world, "POST", &path, Some(act)).await.status, 403);
}

#[tokio::test]
async fn the_pages_create_and_edit() {
    let world = World::new().await;
    world.account("ma", &[Role::Administrator]).await;
    let mut ma = world.browser("ma").await;
    let top = world.first.office.id.to_string();
    assert!(ma.get(&world, &format!("/offices/new?parent={top}")).await.body.contains("省级"));
    let form = |region: &'static str| {
        [
            ("parent", top.as_str()),
            ("level", "province"),
            ("code", "130000"),
            ("name", "河北省局"),
            ("name_en", "Hebei"),
            ("region", region),
        ]
    };
    let wrong = ma.submit(&world, "/offices/new", &form("139999")).await;
    assert!(
        wrong.status == 422 && wrong.body.contains("河北省局") && wrong.body.contains("aria-invalid"),
        "{}",
        wrong.body
    );
    let made = ma.submit(&world, "/offices/new", &form("130000")).await;
    let page = made.location().to_owned();
    assert!(ma.get(&world, &page).await.body.contains("机构已设立"));
    let edit = [("verb", "edit"), ("code", "130000"), ("name", "河北局"), ("name_en", "Hebei"), ("region", "130000")];
    assert_eq!(ma.submit(&world, &page, &edit).await.status, 303);
    assert!(ma.get(&world, "/offices?q=河北").await.body.contains("河北局"));
}

async fn stored(world: &World, id: OfficeId) -> Office {
    world.app.db.read(move |tx| tree::office(tx, id)).await.unwrap()
}

/// What a mad administrator tries: an office of a level under any office, or any office under any other.
#[derive(Debug, Clone)]
enum Try {
    Create(usize, usize),
    Move(usize, usize),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let create = (0..5usize, 0..40usize).prop_map(|(level, parent)| Try::Create(level, parent));
    let moves = (0..40usize, 0..40usize).prop_map(|(office, parent)| Try::Move(office, parent));
    prop::collection::vec(prop_oneof![3 => create, 2 => moves], 1..100)
}

/// Does what is tried, one after the other; rules may refuse. Answers every office there is.
fn play(tx: &mut Tx, by: &By, top: OfficeId, tries: &[Try]) -> Result<Vec<Office>, Error> {
    let mut ids = vec![top];
    for (n, one) in tries.iter().enumerate() {
        let done = match one {
            Try::Create(level, parent) => {
                let (parent, level) = (ids[parent % ids.len()], Level::ALL[*level]);
                let (code, name) = (format!("X{n}"), "局".to_owned());
                let new = New { parent, level, code, name_en: name.clone(), name, region: "130000".into() };
                offices::create(tx, by, OfficeId::new(by.at), &new).map(|office| ids.push(office.id))
            }
            Try::Move(office, parent) => {
                let act = Act::Move { parent: ids[parent % ids.len()], why: None };
                offices::act(tx, by, ids[office % ids.len()], &act).map(drop)
            }
        };
        match done {
            Ok(()) | Err(Error::Refused(_) | Error::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    ids.into_iter().map(|id| tree::office(tx, id)).collect()
}

/// The offices above `office` by walking up, itself first; panics when there is no end to it.
fn way_up<'o>(office: &'o Office, all: &'o [Office]) -> Vec<&'o Office> {
    let mut way = vec![office];
    while let Some(parent) = way[way.len() - 1].parent {
        assert!(way.len() <= Level::ALL.len(), "a cycle");
        way.push(all.iter().find(|o| o.id == parent).unwrap());
    }
    way
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_the_tree_stays_a_tree(tries in tries()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let all = runtime.block_on(async {
            let world = World::new().await;
            let (top, by) = (world.first.office.id, super::super::system(&world.app).await.unwrap());
            world.app.act(&by, move |tx, by| play(tx, by, top, &tries)).await.unwrap()
        });
        for office in &all {
            let way = way_up(office, &all);
            prop_assert_eq!(way[way.len() - 1].parent, None);
            let at = |level| way.iter().find(|o| o.level == level).map(|o| o.id);
            prop_assert_eq!(
                [office.province, office.city, office.county, office.station],
                [at(Level::Province), at(Level::City), at(Level::County), at(Level::Station)]
            );
        }
    }
}
