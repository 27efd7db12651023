//! Targets from the nation down to the county: divided, accepted, sent back, changed, moved; nothing is lost on the way.
//! Clause: S-1b.

use crate::world::{Person, Reply, World, new_id};
use paicha::{
    campaigns::targets::{self, Target},
    kernel::list::Ask,
    people::{Scope, store as offices},
};
use serde_json::{Value, json};

/// Addresses of targets, and the offices by code.
impl World {
    /// The id of an office.
    pub async fn office(&self, code: &str) -> String {
        let code = code.to_owned();
        let found = self.app.db.read(move |tx| offices::office_by_code(tx, &code)).await;
        found.unwrap().unwrap().id.to_string()
    }

    /// A target for the whole campaign, set by Lin.
    pub async fn target(&self, measure: &str, product: &str, total: i64) -> String {
        let new = json!({"campaign": self.house.campaign, "measure": measure, "product": product, "total": total, "due": "2023-08-31"});
        let id = new_id();
        self.lin().await.put(&format!("/api/v1/targets/{id}"), new).await.is(200, "accepted");
        id
    }

    /// Somebody divides a target over offices by code; says how it went.
    pub async fn divide(&self, who: &Person<'_>, id: &str, shares: &[(&str, i64)]) -> Reply {
        let version = who.get(&format!("/api/v1/targets/{id}")).await.json()["version"].clone();
        self.divide_at(who, id, shares, &version).await
    }

    async fn divide_at(&self, who: &Person<'_>, id: &str, shares: &[(&str, i64)], version: &Value) -> Reply {
        let mut list = Vec::new();
        for (code, total) in shares {
            list.push(json!({"office": self.office(code).await, "total": total}));
        }
        who.post(&format!("/api/v1/targets/{id}/acts"), json!({"verb": "divide", "shares": list, "version": version}))
            .await
    }

    /// The part of a target that an office has.
    pub async fn part(&self, id: &str, code: &str) -> Value {
        let (office, lin) = (self.office(code).await, self.lin().await);
        let found = lin.get(&format!("/api/v1/targets?parent={id}&office={office}")).await.json();
        found["items"][0].clone()
    }

    /// Every target, and that they add up.
    pub async fn sums(&self) -> Vec<Target> {
        let filter = targets::Filter::default();
        let nation = self.app.db.read(|tx| offices::office_by_code(tx, "100000")).await.unwrap().unwrap().scope();
        let mut all: Vec<Target> = Vec::new();
        let mut after = None;
        loop {
            let (filter, ask) = (filter.clone(), Ask { limit: Some(200), after: after.take(), ..Ask::default() });
            let page = self.app.db.read(move |tx| targets::list(tx, nation, &filter, &ask)).await.unwrap();
            all.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        for target in all.iter().filter(|t| t.measure != targets::Measure::LookBack) {
            let below: i64 = all.iter().filter(|t| t.parent == Some(target.id)).map(|t| t.total).sum();
            assert_eq!(target.total, target.undivided + below, "{} does not add up", target.name);
        }
        assert!(matches!(nation, Scope::Office { .. }));
        all
    }
}

async fn act(who: &Person<'_>, id: &str, act: Value) -> Reply {
    who.post(&format!("/api/v1/targets/{id}/acts"), act).await
}

fn id_of(target: &Value) -> String {
    target["id"].as_str().unwrap_or_else(|| panic!("no target: {target}")).to_owned()
}

/// 1 000 enterprises of cement: Hebei 600, Shandong 300; of Hebei's, Shijiazhuang 400 and Tangshan 150; Zhengding 120.
async fn cement(w: &World) -> [String; 4] {
    let whole = w.target("inspect", "03", 1000).await;
    w.divide(&w.lin().await, &whole, &[("130000", 600), ("370000", 300)]).await.is(200, "\"undivided\":100");
    let hebei = id_of(&w.part(&whole, "130000").await);
    let zhao = w.person("zhao").await;
    act(&zhao, &hebei, json!({"verb": "accept"})).await.is(200, "accepted");
    w.divide(&zhao, &hebei, &[("130100", 400), ("130200", 150)]).await.is(200, "\"undivided\":50");
    let city = id_of(&w.part(&hebei, "130100").await);
    w.divide(&w.qian().await, &city, &[("130123", 120), ("130109", 100)]).await.is(200, "\"undivided\":180");
    let county = id_of(&w.part(&city, "130123").await);
    [whole, hebei, city, county]
}

/// Something for the county to accept.
pub async fn given_to_zhengding(w: &World) {
    cement(w).await;
}

#[tokio::test]
async fn a_target_goes_down_to_the_county_and_comes_back_with_a_reason() {
    let w = World::new().await;
    let [_, hebei, city, county] = cement(&w).await;
    let (sun, qian) = (w.sun().await, w.qian().await);
    // the county says that it has not that many; the city upholds, then changes
    let why = "辖区内水泥企业只有 90 家";
    act(&sun, &county, json!({"verb": "return", "why": why})).await.is(200, "returned").is(200, why);
    act(&sun, &county, json!({"verb": "uphold", "why": "x"})).await.is(403, "forbidden");
    act(&qian, &county, json!({"verb": "uphold", "why": "含粉磨站"})).await.is(200, "assigned");
    act(&sun, &county, json!({"verb": "return", "why": why})).await.is(200, "returned");
    let version = qian.get(&format!("/api/v1/targets/{county}")).await.json()["version"].clone();
    let change = json!({"verb": "change", "total": 90, "why": "按实际家数核减", "version": version});
    act(&qian, &county, change.clone()).await.is(200, "\"total\":90").is(200, "assigned");
    act(&qian, &county, change).await.is(409, "stale");
    assert_eq!(qian.get(&format!("/api/v1/targets/{city}")).await.json()["undivided"], 210);
    act(&sun, &county, json!({"verb": "accept"})).await.is(200, "accepted");
    act(&sun, &county, json!({"verb": "comment", "why": "拟于七月底前完成"})).await.is(200, "accepted");
    // nobody above speaks for the county, nobody below changes its number, nobody elsewhere sees it
    act(&w.person("zhao").await, &city, json!({"verb": "accept"})).await.is(422, "targets.not_yours");
    act(&qian, &city, json!({"verb": "change", "total": 1, "why": "x", "version": 1}))
        .await
        .is(422, "targets.not_yours");
    w.person("tang").await.get(&format!("/api/v1/targets/{county}")).await.is(404, "not_found");
    sun.get(&format!("/api/v1/targets/{hebei}")).await.is(404, "not_found");
    let wei = w.wei().await;
    wei.get("/api/v1/targets").await.is(200, "\"items\":[]");
    wei.get("/targets").await.is(404, "");
    wei.get(&format!("/targets/{county}")).await.is(404, "");
    let file = format!("/targets/sheet.csv?campaign={}", w.house.campaign);
    for (who, status) in [("wei", 403), ("ying", 403), ("sun", 200)] {
        w.person(who).await.get(&file).await.is(status, "");
    }
    let history = sun.get(&format!("/targets/{county}")).await;
    for done in [why, "按实际家数核减", "拟于七月底前完成", "120 → 90"] {
        history.is(200, done);
    }
    w.sums().await;
}

#[tokio::test]
async fn nothing_is_divided_that_is_not_there() {
    let w = World::new().await;
    let [whole, ..] = cement(&w).await;
    let lin = w.lin().await;
    w.divide(&lin, &whole, &[("130000", 600), ("370000", 401)]).await.is(422, "targets.over").is(422, "1 more");
    w.divide(&lin, &whole, &[("130100", 5)]).await.is(422, "targets.not_below");
    w.divide(&lin, &whole, &[("130000", -1)]).await.is(422, "targets.too_much");
    // what is left out is taken back, down to the last office; what is there already is there
    w.divide(&lin, &whole, &[("370000", 700)]).await.is(200, "\"undivided\":300");
    w.divide(&lin, &whole, &[("370000", 700)]).await.is(200, "\"undivided\":300");
    let all = w.sums().await;
    let gone = all.iter().filter(|t| t.state == targets::State::Withdrawn).count();
    assert_eq!((gone, all.iter().map(|t| t.total).max()), (5, Some(1000)));
    // given back, it stands as a target to be accepted, without what was below
    w.divide(&lin, &whole, &[("370000", 700), ("130000", 300)]).await.is(200, "\"undivided\":0");
    assert_eq!(w.part(&whole, "130000").await["state"], "assigned");
    w.sums().await;
}

#[tokio::test]
async fn a_smaller_total_goes_down_to_the_last_office_and_each_accepts_anew() {
    let w = World::new().await;
    let [whole, hebei, city, county] = cement(&w).await;
    let lin = w.lin().await;
    let version = |target: Value| target["version"].clone();
    let at = version(lin.get(&format!("/api/v1/targets/{hebei}")).await.json());
    let less = json!({"verb": "change", "total": 110, "why": "全国总量核减", "version": at});
    act(&lin, &hebei, less).await.is(200, "\"undivided\":0");
    for (id, total) in [(&hebei, 110), (&city, 80), (&county, 44)] {
        let target = lin.get(&format!("/api/v1/targets/{id}")).await.json();
        assert_eq!((target["total"].as_i64(), &target["state"]), (Some(total), &json!("assigned")));
    }
    // what is added may be spread at once
    let at = version(lin.get(&format!("/api/v1/targets/{whole}")).await.json());
    let more = json!({"verb": "change", "total": 2000, "spread": "below", "why": "扩面", "version": at});
    act(&lin, &whole, more).await.is(200, "accepted");
    w.sums().await;
}

#[tokio::test]
async fn a_part_moves_with_an_office_and_every_office_above_follows() {
    let w = World::new().await;
    let [whole, hebei, city, county] = cement(&w).await;
    let (lin, zhao) = (w.lin().await, w.person("zhao").await);
    let fengrun = w.office("130208").await;
    let version = zhao.get(&format!("/api/v1/targets/{county}")).await.json()["version"].clone();
    let moved = |office: &str, amount: i64| json!({"verb": "move", "office": office, "amount": amount, "why": "区划调整", "version": version});
    act(&w.qian().await, &county, moved(&fengrun, 20)).await.is(422, "not_a_choice");
    act(&zhao, &county, moved(&fengrun, 121)).await.is(422, "targets.too_much");
    act(&zhao, &county, moved(&w.office("130100").await, 5)).await.is(422, "targets.one_line");
    act(&zhao, &county, moved(&fengrun, 120)).await.is(200, "withdrawn").is(200, "\"total\":0");
    let total = |t: Value| t["total"].as_i64().unwrap();
    assert_eq!(total(zhao.get(&format!("/api/v1/targets/{city}")).await.json()), 280);
    assert_eq!(total(w.part(&hebei, "130200").await), 270);
    assert_eq!(total(w.part(&id_of(&w.part(&hebei, "130200").await), "130208").await), 120);
    assert_eq!(
        (total(w.part(&whole, "130000").await), total(lin.get(&format!("/api/v1/targets/{whole}")).await.json())),
        (600, 1000)
    );
    w.sums().await;
}

#[tokio::test]
async fn a_share_of_look_backs_is_a_minimum_all_the_way_down() {
    let w = World::new().await;
    let whole = w.target("look_back", "", 30).await;
    let lin = w.lin().await;
    w.divide(&lin, &whole, &[("130000", 20)]).await.is(422, "targets.below_least");
    w.divide(&lin, &whole, &[("130000", 40), ("370000", 30)]).await.is(200, "\"undivided\":0");
    let hebei = id_of(&w.part(&whole, "130000").await);
    w.divide(&w.person("zhao").await, &hebei, &[("130100", 40)]).await.is(200, "assigned");
    let change = json!({"verb": "change", "total": 50, "why": "提高比例", "version": 2});
    act(&lin, &whole, change).await.is(200, "\"total\":50");
    assert_eq!(w.part(&hebei, "130100").await["total"], 50);
}

#[tokio::test]
async fn of_two_who_divide_at_once_one_is_told() {
    let w = World::new().await;
    let whole = w.target("inspect", "04", 500).await;
    let (lin, other) = (w.lin().await, w.lin().await);
    let version = lin.get(&format!("/api/v1/targets/{whole}")).await.json()["version"].clone();
    for round in 0..5 {
        let (here, there) = ([("130000", 100 + round)], [("130000", 200 + round), ("370000", 50)]);
        let version = if round == 0 {
            version.clone()
        } else {
            lin.get(&format!("/api/v1/targets/{whole}")).await.json()["version"].clone()
        };
        let (one, two) =
            tokio::join!(w.divide_at(&lin, &whole, &here, &version), w.divide_at(&other, &whole, &there, &version));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.body, two.body);
        w.sums().await;
    }
    // a target from above that shrinks while it is divided below: whoever comes second is told as well
    let hebei = id_of(&w.part(&whole, "130000").await);
    let zhao = w.person("zhao").await;
    let at = |t: Value| t["version"].clone();
    let version = at(zhao.get(&format!("/api/v1/targets/{hebei}")).await.json());
    let less = json!({"verb": "change", "total": 10, "why": "核减", "version": version});
    let (one, two) = tokio::join!(act(&lin, &hebei, less), w.divide_at(&zhao, &hebei, &[("130100", 60)], &version));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.body, two.body);
    w.sums().await;
}

#[tokio::test]
async fn a_target_is_set_once_by_the_office_that_runs_the_campaign() {
    let w = World::new().await;
    let id = w.target("inspect", "03", 10).await;
    let new = |total: i64, product: &str, due: &str| json!({"campaign": w.house.campaign, "measure": "inspect", "product": product, "total": total, "due": due});
    let (lin, path) = (w.lin().await, format!("/api/v1/targets/{id}"));
    lin.put(&path, new(10, "03", "2023-08-31")).await.is(200, &id);
    lin.put(&path, new(11, "03", "2023-08-31")).await.is(409, "targets.other_content");
    let other = format!("/api/v1/targets/{}", new_id());
    lin.put(&other, new(10, "03", "2023-08-31")).await.is(422, "targets.already_set");
    lin.put(&other, new(10, "77", "2023-08-31")).await.is(422, "not_a_choice");
    lin.put(&other, new(0, "05", "2023-08-31")).await.is(422, "targets.nothing");
    lin.put(&other, new(1, "05", "2024-08-31")).await.is(422, "targets.due_outside");
    w.qian().await.put(&other, new(1, "05", "2023-08-31")).await.is(422, "targets.not_run_here");
    w.ying().await.put(&other, new(1, "05", "2023-08-31")).await.is(403, "forbidden");
    // a campaign that is over changes no more
    let close = format!("/api/v1/campaigns/{}/acts", w.house.campaign);
    lin.post(&close, json!({"verb": "close"})).await.is(200, "closed");
    w.divide(&lin, &id, &[("130000", 1)]).await.is(422, "targets.campaign_over");
}

#[tokio::test]
async fn the_pages_show_whose_share_it_is_and_lose_nothing() {
    let w = World::new().await;
    let [whole, hebei, city, county] = cement(&w).await;
    let (lin, qian) = (w.lin().await, w.qian().await);
    lin.get("/targets").await.is(200, "1,000 enterprises").is(200, "Set a target");
    let office = w.office("130000").await;
    lin.get(&format!("/targets?office={office}")).await.is(200, "600 enterprises").is(200, "Shijiazhuang");
    w.sun().await.get("/targets").await.is(200, "120 enterprises");
    w.sun().await.get(&format!("/targets/{city}")).await.is(404, "");
    let page = format!("/targets/{city}");
    qian.get(&page).await.is(200, "Confirm the division").is(200, "180");
    let even = qian.get(&format!("{page}?by=even")).await;
    even.is(200, "value=\"100\""); // 400 over four counties
    let field = format!("share-{}", w.office("130123").await);
    let version = qian.get(&format!("/api/v1/targets/{city}")).await.json()["version"].to_string();
    let send = |value: &str| vec![("version".to_owned(), version.clone()), (field.clone(), value.to_owned())];
    for (typed, status, said) in
        [("一百", 422, "not one of the choices"), ("401", 422, "1 more than the 400"), ("130", 303, "")]
    {
        let form = send(typed);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let reply = qian.send_form(&format!("{page}/division"), &form).await;
        reply.is(status, said);
        assert!(status == 303 || reply.body.contains(&format!("value=\"{typed}\"")), "{}", reply.body);
    }
    assert_eq!(qian.get(&format!("/api/v1/targets/{county}")).await.json()["total"], 130);
    let form = [
        ("id", &new_id()[..]),
        ("campaign", &w.house.campaign.to_string()),
        ("measure", "sample"),
        ("total", "many"),
        ("due", "2023-08-31"),
    ];
    lin.send_form("/targets", &form).await.is(422, "value=\"many\"");
    qian.press(&page, &[("verb", "comment"), ("why", "")]).await.is(422, "");
    for id in [whole, hebei] {
        lin.get(&format!("/targets/{id}")).await.is(200, "timeline");
    }
    w.sums().await;
}
