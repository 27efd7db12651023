//! W5: what a phone in the field is given, for an inspector with 300 tasks among 2000 enterprises with 5000 products; and
//! a storm of visits over a line that fails, which is a test of the project.

use crate::{
    Failure, Setting,
    house::{self, House},
    http::{Answer, Ask, Line},
    server::Server,
};
use jiff::ToSpan;
use paicha::{
    accounts,
    campaigns::{NATIONAL, Pack},
    enterprises::{self, New, certificates},
    inspections::{self, Plan, Submission},
    kernel::{Clock, InspectionId},
    reference::identifiers::{make_licence, make_uscc},
};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// Enterprises with a planned visit in the county.
const FIRMS: u64 = 2000;
/// Visits of the inspector among them.
const TASKS: u64 = 300;
/// Every so many has been visited before, and a hazard stands open there.
const KNOWN: u64 = 5;
/// Bytes a millisecond of 256 kbit/s.
const SLOW: usize = 32;

/// A part of the pack, or the whole of it.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// On the line, compressed.
    pub bytes: usize,
    pub things: usize,
    pub took: Duration,
}

/// What was measured.
#[derive(Debug)]
pub struct Given {
    pub first: Part,
    pub parts: Vec<Part>,
    /// After one hazard was ordered to be corrected.
    pub delta: Part,
    /// Peak memory of the server in MB.
    pub memory: f64,
    /// What the storms said.
    pub storms: Vec<String>,
}

impl Part {
    /// How long it takes on a line of 256 kbit/s with 400 ms there and back, by arithmetic.
    pub fn on_a_slow_line(&self) -> f64 {
        let line = Duration::from_millis((self.bytes / SLOW) as u64 + 400);
        (line + self.took).as_secs_f64()
    }
}

/// Measures the pack, and runs a storm of each of these numbers of visits.
pub async fn measure(setting: &Setting, storms: &[usize]) -> Result<Given, Failure> {
    let folder = setting.folder("field")?;
    let house = house::make(&folder, 1).await?;
    let began = Instant::now();
    fill(&folder, &house).await?;
    crate::say(&format!("a county of {FIRMS} enterprises in {} s", began.elapsed().as_secs()));
    let server = Server::paicha(&setting.program, &folder).await?;
    let (mut line, device) = (Line::to(&server.address), house::id(9_000_000));
    let path = format!("/api/v1/sync/pack?device={device}");
    // the first call makes the program warm, as it is on any working day
    ask(&mut line, &house, &path).await?;
    let (first, _) = part(&mut line, &house, &path).await?;
    let (_, mut answer) = part(&mut line, &house, &path).await?;
    let mut parts = vec![first.clone()];
    while let Some(after) = answer["after"].as_str().map(|after| format!("{path}&after={after}")) {
        let (got, next) = part(&mut line, &house, &after).await?;
        crate::say(&format!(
            "part {}: {} things, {} KB, {:?}",
            parts.len() + 1,
            got.things,
            got.bytes / 1000,
            got.took
        ));
        parts.push(got);
        answer = next;
    }
    let since = format!("{path}&since={}", answer["next"].as_str().unwrap_or_default());
    order(&mut line, &house).await?;
    let (delta, _) = part(&mut line, &house, &since).await?;
    let memory = server.memory("VmHWM")?;
    drop(server);
    let storms = storms.iter().map(|visits| storm(*visits)).collect::<Result<_, _>>()?;
    Ok(Given { first, parts, delta, memory, storms })
}

async fn ask(line: &mut Line, house: &House, path: &str) -> Result<Answer, Failure> {
    let answer = line.send(&house.signed(Ask::get(path))).await?;
    if answer.status == 200 { Ok(answer) } else { Err(Failure::new(answer.text())) }
}

/// Asks twice: compressed, for time and bytes, and as it is, to be read.
async fn part(line: &mut Line, house: &House, path: &str) -> Result<(Part, Value), Failure> {
    let began = Instant::now();
    let small = line.send(&house.signed(Ask::get(path)).with("accept-encoding", "gzip")).await?;
    let took = began.elapsed();
    let answer: Value = serde_json::from_slice(&ask(line, house, path).await?.body).map_err(Failure::new)?;
    let lists = ["campaigns", "enterprises", "certificates", "visits", "hazards"];
    let things = lists.iter().filter_map(|list| Some(answer[list].as_array()?.len())).sum();
    Ok((Part { bytes: small.body.len(), things, took }, answer))
}

/// One hazard of the county is ordered to be corrected.
async fn order(line: &mut Line, house: &House) -> Result<(), Failure> {
    let hazards: Value =
        serde_json::from_slice(&ask(line, house, "/api/v1/hazards?limit=1").await?.body).map_err(Failure::new)?;
    let id = hazards["items"][0]["id"].as_str().ok_or_else(|| Failure::new("no hazard"))?.to_owned();
    let due = Clock::system().now().date().saturating_add(9.days());
    let mut act = house.signed(Ask::put(
        format!("/api/v1/hazards/{id}/acts"),
        json!({"verb": "order", "due": due}).to_string().into_bytes(),
    ));
    act.method = "POST";
    let answer = line.send(&act.with("content-type", "application/json")).await?;
    if answer.status == 200 { Ok(()) } else { Err(Failure::new(answer.text())) }
}

/// Registers the enterprises with what they make and hold, and plans a visit to each, as people do.
async fn fill(folder: &Path, house: &House) -> Result<(), Failure> {
    let app = house::open(folder).await?;
    let at = app.clock.now();
    let acting = |login: &'static str| app.db.read(move |tx| accounts::acting(tx, login, at));
    let (gu, ying, sun) = (acting("gu").await?, acting("ying").await?, acting("sun").await?);
    let pack = Pack::built_in(NATIONAL)?;
    let products: Vec<String> = pack.products.iter().filter(|p| p.parent.is_some()).map(|p| p.code.clone()).collect();
    let product = |n: u64| &products[usize::try_from(n).unwrap_or(0) % products.len()];
    for n in 0..FIRMS {
        let (firm, serial) = (house::id(5_000_000 + n), u32::try_from(n).map_err(Failure::new)?);
        // two or three each: 5000 in all
        let made: Vec<&String> =
            std::iter::once(&products[0]).chain((1..=1 + n % 2).map(|i| product(n + i * 7))).collect();
        let new: New = serde_json::from_value(json!({ "id": firm, "name": format!("正定县{n:04}号制造有限公司"),
            "kind": "producer", "region": "130123", "address": format!("河北省石家庄市正定县工业园区{n}号"),
            // names as like as these are asked about, unless the codes say that they are two
            "uscc": make_uscc("130123", 500_000 + serial), "registration_no": format!("1301230000{n:05}"),
            "made": made, "lon": 114.57, "lat": 38.14 }))
        .map_err(Failure::new)?;
        let held: certificates::New =
            serde_json::from_value(json!({ "id": house::id(6_000_000 + n), "enterprise": firm,
            "kind": "licence", "number": make_licence('冀', 8, 1, 100 + serial), "products": [products[0]],
            "issued": "2024-01-06", "expires": "2030-01-05" }))
            .map_err(Failure::new)?;
        let (lead, ahead) = if n < TASKS { (&house.inspectors[0], 0) } else { (&house.inspectors[1], n % 28) };
        let day = at.date().saturating_add(i64::try_from(ahead).unwrap_or(0).days());
        let plan: Plan = serde_json::from_value(json!({ "campaign": house.campaign, "enterprise": firm, "lead": lead,
            "planned_for": day }))
        .map_err(Failure::new)?;
        let keeper = app.keeper.clone();
        app.act(&gu, move |tx, by| {
            enterprises::register(tx, by, &keeper, &new)?;
            certificates::register(tx, by, &held).map(|_| ())
        })
        .await?;
        let id = InspectionId::parse(&house::id(7_000_000 + n))?;
        app.act(&sun, move |tx, by| inspections::plan(tx, by, id, &plan)).await?;
        if n.is_multiple_of(KNOWN) {
            let sent: Submission = serde_json::from_value(house.record_of(n, &firm)).map_err(Failure::new)?;
            let id = InspectionId::parse(&house::id(n))?;
            app.act(&ying, move |tx, by| inspections::submit(tx, by, id, &sent)).await?;
        }
    }
    Ok(())
}

/// Runs the storm as the tests do, with the optimised program; what it says of itself.
fn storm(visits: usize) -> Result<String, Failure> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let run = Command::new(cargo)
        .args(["test", "--release", "--quiet", "--package", "paicha", "--test", "it", "storm", "--", "--nocapture"])
        .env("PAICHA_LONG", visits.to_string())
        .output()?;
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let line = said.lines().find_map(|l| l.split_once("storm: ")).map(|(_, line)| line.to_owned());
    line.filter(|_| run.status.success()).ok_or_else(|| Failure::new(format!("the storm failed:\n{said}")))
}
