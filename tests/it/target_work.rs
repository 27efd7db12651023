//! Targets in bulk: decomposed down to the county by a job that may be killed, planned by spreadsheet, due by milestones.

use crate::{kills::chance, world::World};
use paicha::{
    accounts,
    campaigns::targets::{self, DivideBy, NewDecomposition, State, Target},
    kernel::{Error, db::Tx},
    people::{By, Level, Office, store as offices},
    reference::regions,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn lin(w: &World) -> By {
    let at = w.app.clock.now();
    w.app.db.read(move |tx| accounts::acting(tx, "lin", at)).await.unwrap()
}

async fn decomposed(w: &World, by: &str) -> Value {
    let lin = w.lin().await;
    lin.post("/api/v1/targets/decompositions", json!({"campaign": w.house.campaign, "by": by})).await.is(200, by);
    let path = format!("/api/v1/targets/decompositions?campaign={}", w.house.campaign);
    loop {
        let now = lin.get(&path).await.json();
        if !now["finished_at"].is_null() {
            return now;
        }
        tokio::task::yield_now().await;
    }
}

fn of<'t>(all: &'t [Target], name: &str, level: Level) -> Vec<&'t Target> {
    all.iter().filter(|t| t.name.starts_with(name) && t.level == level && t.total > 0).collect()
}

#[tokio::test]
async fn everything_goes_down_to_the_county_evenly() {
    let w = World::new().await;
    w.target("inspect", "03", 90).await;
    w.target("look_back", "", 30).await;
    let done = decomposed(&w, "even").await;
    // the nation, four provinces and three cities, twice
    assert_eq!((done["divided"].as_i64(), done["remaining"].as_i64()), (Some(16), Some(0)));
    let all = w.sums().await;
    let counties = of(&all, "水泥", Level::County);
    assert!(counties.len() == 9 && counties.iter().all(|t| t.total == 10 && t.state == State::Assigned));
    assert!(of(&all, "全部", Level::County).iter().all(|t| t.total == 30));
    // once more: everything is there
    assert_eq!(decomposed(&w, "even").await["divided"], 0);
    assert_eq!(w.sums().await.len(), all.len());
    w.lin().await.get("/targets").await.is(200, "The last one is finished");
    let nobody = json!({"campaign": w.house.campaign, "by": "even"});
    w.ying().await.post("/api/v1/targets/decompositions", nobody).await.is(403, "forbidden");
}

#[tokio::test]
async fn by_enterprises_it_goes_where_they_are() {
    let w = World::new().await;
    let id = w.target("inspect", "03", 7).await;
    w.target("sample", "18", 5).await;
    let lin = w.lin().await;
    let proposed = lin.get(&format!("/api/v1/targets/{id}/by_enterprises")).await.json();
    let shares = proposed["shares"].as_array().unwrap();
    let hebei = w.office("130000").await;
    assert!(shares.iter().all(|s| s["total"] == if s["office"] == *hebei { 7 } else { 0 }), "{proposed}");
    lin.get(&format!("/targets/{id}/by-enterprises")).await.is(200, "value=\"7\"").is(200, "Confirm the division");
    let done = decomposed(&w, "enterprises").await;
    assert_eq!((done["divided"].as_i64(), done["remaining"].as_i64()), (Some(3), Some(1)));
    let all = w.sums().await;
    assert_eq!(of(&all, "水泥", Level::County).iter().map(|t| t.total).collect::<Vec<_>>(), [7]);
}

/// Decomposes in batches of `most`, killed in the midst of a transaction whenever `dies` says so; how often it was.
async fn killed(w: &World, most: i64, mut dies: impl FnMut() -> bool) -> usize {
    let (by, campaign) = (lin(w).await, w.house.campaign);
    let new = NewDecomposition { campaign, by: DivideBy::Even };
    let mut kills = 0;
    loop {
        let (new, kill) = (new.clone(), dies());
        let batch = move |tx: &mut Tx, by: &By| {
            targets::begin(tx, by, &new)?;
            let left = targets::go_on(tx, by, campaign, most, &mut targets::even)?;
            if kill { Err(Error::broken("killed")) } else { Ok(left.is_some()) }
        };
        let by = By { at: w.app.clock.now(), ..by.clone() };
        match w.app.act(&by, batch).await {
            Ok(true) => {}
            Ok(false) => return kills,
            Err(_) => kills += 1,
        }
    }
}

fn is_whole(all: &[Target]) {
    let places: BTreeSet<_> = all.iter().map(|t| (&t.name, t.office)).collect();
    assert_eq!(places.len(), all.len(), "an office has a share twice");
}

#[tokio::test]
async fn a_decomposition_killed_again_and_again_loses_and_doubles_nothing() {
    let w = World::new().await;
    for product in ["01", "03", "04", "05"] {
        w.target("inspect", product, 1000).await;
    }
    let mut dice = chance();
    let kills = killed(&w, 1, || dice().is_multiple_of(2)).await;
    assert!(kills > 10, "{kills}");
    let all = w.sums().await;
    is_whole(&all);
    assert_eq!(all.len(), 4 * (1 + 4 + 3 + 9));
    let counties: i64 = all.iter().filter(|t| t.level == Level::County).map(|t| t.total).sum();
    assert_eq!(counties, 4000);
}

/// The offices of a whole country: one for each region that is there today.
fn settle(tx: &mut Tx, by: &By) -> paicha::kernel::Result<usize> {
    let top = offices::office_by_code(tx, "100000")?.ok_or(Error::NotFound)?;
    let mut made = 0;
    for region in regions::all() {
        if offices::office_by_code(tx, region.code)?.is_some() {
            continue;
        }
        let parent = match region.parent {
            Some(code) => offices::office_by_code(tx, code)?.ok_or(Error::NotFound)?,
            None => top.clone(),
        };
        let level = match region.level {
            regions::Level::Province => Level::Province,
            regions::Level::City => Level::City,
            regions::Level::County => Level::County,
        };
        let id = paicha::kernel::OfficeId::new(by.at);
        let at = |of: Level, above| if of == level { Some(id) } else { above };
        let office = Office {
            id,
            code: region.code.to_owned(),
            name: format!("{}市场监督管理局", region.name),
            name_en: region.code.to_owned(),
            level,
            parent: Some(parent.id),
            province: at(Level::Province, parent.province),
            city: at(Level::City, parent.city),
            county: at(Level::County, parent.county),
            station: None,
            region: region.code.to_owned(),
            active: true,
            version: 1,
        };
        offices::add_office(tx, &office)?;
        made += 1;
    }
    Ok(made)
}

/// Every office of the country there is not yet; says how many that were.
pub async fn settle_country(w: &World) -> usize {
    let by = lin(w).await;
    w.app.act(&by, settle).await.unwrap()
}

#[tokio::test]
async fn a_table_is_filled_in_and_each_target_is_taken_whole_or_not_at_all() {
    let w = World::new().await;
    let cement = w.target("inspect", "03", 100).await;
    w.target("sample", "", 50).await;
    let lin = w.lin().await;
    let (file, path) = (
        format!("/targets/sheet.csv?campaign={}", w.house.campaign),
        format!("/api/v1/targets/sheet?campaign={}", w.house.campaign),
    );
    let blank = lin.get(&file).await;
    blank.is(200, "[inspect:03:]").is(200, "[sample::]").is(200, "370000,");
    let heads = blank.body.trim_start_matches('\u{feff}').lines().next().unwrap().to_owned();
    let table = |rows: &str| format!("{heads}\n100000,,100,50\n{rows}\n").into_bytes();
    let send = async |rows: &str| lin.send("PUT", &path, Some(("application/octet-stream", table(rows)))).await;
    let sent = send("130000,河北,60,30\n370000,山东,40,30\n420000,,,\nBT0000,,0,").await;
    sent.is(200, "\"divided\":1").is(200, "60, 10 more than the 50");
    assert_eq!(sent.json()["faults"][0]["line"], 2);
    assert_eq!(w.part(&cement, "130000").await["total"], 60);
    let right = "130000,河北,60,30\n370000,山东,40,20\n420000,,,\nBT0000,,0,";
    send(right).await.is(200, "\"divided\":1,\"unchanged\":1,\"faults\":[]");
    send(right).await.is(200, "\"divided\":0,\"unchanged\":2,\"faults\":[]");
    // a row that was taken out, a word for a number, an office from elsewhere, a total that is another one now
    let sent = send("130000,河北,6十,30\n130100,石家庄,1,\n420000,,,").await;
    sent.is(200, "\"divided\":0,\"unchanged\":0").is(200, "targets.sheet_unknown_office");
    assert!(
        sent.json()["faults"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["line"] == 3 && f["code"] == "targets.sheet_not_a_number")
    );
    send("130000,河北,60,30").await.is(200, "targets.sheet_office_missing");
    send("130000,河北,60,30\n130000,河北,60,30").await.is(200, "targets.sheet_office_twice");
    let old = String::from_utf8(table(right)).unwrap().replace("100000,,100", "100000,,90").into_bytes();
    lin.send("PUT", &path, Some(("application/octet-stream", old))).await.is(200, "the total is 100 now");
    lin.send("PUT", &path, Some(("application/octet-stream", b"a,b\n1,2\n".to_vec())))
        .await
        .is(422, "targets.sheet_no_targets");
    // as a workbook, from the page: what was wrong stands beside the row, to be downloaded
    let book = lin.get(&file.replace("csv", "xlsx")).await;
    let rows = paicha::kernel::sheet::read(&book.bytes).unwrap();
    assert_eq!((rows.len(), rows[2].cells[2].as_str()), (6, "60"));
    let campaign = w.house.campaign.to_string();
    let send =
        async |bytes: &[u8]| lin.send_file("/targets/sheet", &[("campaign", &campaign)], Some(("a.csv", bytes))).await;
    send(&book.bytes).await.is(303, "");
    send(&table("130000,河北,6十,30")).await.is(422, "is not a number");
    send(b"").await.is(422, "This is required");
    let rows = json!({"heads": ["a", "b"], "rows": [["1", "is not a number"]]}).to_string();
    let book = lin.send_form("/targets/sheet/result.xlsx", &[("table", &rows)]).await;
    assert_eq!(paicha::kernel::sheet::read(&book.is(200, "").bytes).unwrap()[1].cells[1], "is not a number");
    w.sums().await;
}

#[tokio::test]
async fn a_milestone_says_who_is_behind_and_how_many_days_are_left() {
    let w = World::new().await;
    let id = w.target("inspect", "03", 100).await;
    let (lin, zhao) = (w.lin().await, w.person("zhao").await);
    w.divide(&lin, &id, &[("130000", 60), ("370000", 40)]).await.is(200, "");
    let hebei = w.part(&id, "130000").await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/milestones?campaign={}", w.house.campaign);
    let first = |reply: Value| reply["items"][0].clone();
    let milestone = first(lin.get(&path).await.json());
    assert_eq!((milestone["due"].as_str(), milestone["days_left"].as_i64()), (Some("2023-08-31"), Some(78)));
    assert_eq!(milestone["missing"].as_array().unwrap().len(), 2);
    zhao.post(&format!("/api/v1/targets/{hebei}/acts"), json!({"verb": "accept"})).await.is(200, "accepted");
    w.divide(&zhao, &hebei, &[("130100", 60)]).await.is(200, "");
    let milestone = first(lin.get(&path).await.json());
    assert_eq!(milestone["missing"][0]["assigned"], 1, "{milestone}");
    assert_eq!(first(zhao.get(&path).await.json())["missing"][0]["undivided"], 1);
    lin.get(&format!("/campaigns/{}", w.house.campaign)).await.is(200, "78 days left").is(200, "To be accepted 1");
    w.stranger().await.get(&path).await.is(200, "\"missing\":[]");
    lin.get("/api/v1/milestones?campaign=01890d08-6000-7000-8000-000000000001").await.is(404, "not_found");
}
