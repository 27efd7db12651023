//! W4: the nation's figures, its board and the records behind a number, at more and more facts of 3 069 counties.

use crate::{
    Failure, Setting,
    house::{self, House},
    http::Ask,
    lists::Grown,
    load::{self, Run},
    server::Server,
};
use paicha::{accounts, kernel::App, record::sums};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// Events folded in one transaction while the data are made.
const BATCH: i64 = 20_000;

/// What is asked for as the nation's coordinator.
const ASKED: [(&str, &str); 8] = [
    ("figures of the nation", "/api/v1/figures"),
    ("figures by office", "/api/v1/figures?by=office"),
    ("figures by product", "/api/v1/figures?by=product"),
    ("figures by day", "/api/v1/figures?by=day"),
    ("figures by office as of a day before", "/api/v1/figures?by=office&as_of=2023-07-20"),
    ("the board, as a page", "/board"),
    ("records of a figure, first page", "/api/v1/figures/records?figure=found&limit=50"),
    ("enterprises inspected, first page", "/api/v1/figures/records?figure=inspected&limit=50"),
];

/// Measures each at each of `sizes` facts.
pub async fn measure(setting: &Setting, sizes: &[usize]) -> Result<Vec<Grown>, Failure> {
    let mut grown: Vec<Grown> = ASKED.iter().map(|(what, _)| Grown { what, at: Vec::new() }).collect();
    for facts in sizes {
        let folder = setting.folder(&format!("figures-{facts}"))?;
        let house = Arc::new(house::make(&folder, 1).await?);
        let begun = Instant::now();
        fill(&folder.join("paicha.db"), *facts)?;
        crate::say(&format!("{facts} facts made in {:.0} s", begun.elapsed().as_secs_f64()));
        let lin = reader(&folder, *facts).await?;
        let server = Server::paicha(&setting.program, &folder).await?;
        for (list, (what, path)) in grown.iter_mut().zip(ASKED) {
            let run = ask(&server, setting.time, path, &lin).await?;
            crate::say(&format!(
                "{what}, {facts} facts: p50 {:.1} ms, p99 {:.1} ms",
                run.percentile(50),
                run.percentile(99)
            ));
            list.at.push((*facts, run));
        }
        told_at_once(&server, &house, &lin).await?;
    }
    Ok(grown)
}

async fn ask(server: &Server, time: Duration, path: &'static str, token: &str) -> Result<Run, Failure> {
    let token = token.to_owned();
    let make: load::Make =
        Arc::new(move |_| vec![Ask::get(path.to_owned()).with("authorization", format!("Bearer {token}"))]);
    load::run(&server.address, 1, Duration::from_millis(300), 0, &make).await?;
    Ok(load::run(&server.address, 1, time, 0, &make).await?.0)
}

/// An act counts in the nation's next figure.
async fn told_at_once(server: &Server, house: &Arc<House>, lin: &str) -> Result<(), Failure> {
    let mut line = crate::http::Line::to(&server.address);
    let mut visits = async || -> Result<i64, Failure> {
        let ask = Ask::get("/api/v1/figures").with("authorization", format!("Bearer {lin}"));
        let answer: serde_json::Value = serde_json::from_slice(&line.send(&ask).await?.body).map_err(Failure::new)?;
        let cells = answer["items"].as_array().cloned().unwrap_or_default();
        Ok(cells.iter().find(|c| c["figure"] == "visits").and_then(|c| c["value"].as_i64()).unwrap_or(0))
    };
    let before = visits().await?;
    for ask in house.submit(9_000_001, None) {
        crate::http::Line::to(&server.address).send(&ask).await?;
    }
    let after = visits().await?;
    if after == before + 1 { Ok(()) } else { Err(Failure::new(format!("{before} visits, then {after}"))) }
}

/// Folds what has been made, and says the token of the nation's coordinator.
async fn reader(folder: &Path, facts: usize) -> Result<String, Failure> {
    let app: App = house::open(folder).await?;
    let begun = Instant::now();
    while app.db.write(|tx| sums::fold(tx, BATCH)).await? == BATCH {}
    crate::say(&format!("{facts} facts folded in {:.0} s", begun.elapsed().as_secs_f64()));
    let at = app.clock.now();
    Ok(app.db.write(move |tx| accounts::session_for(tx, "lin", at)).await?)
}

/// Makes offices down to the counties, events, and facts that wait to be folded: a fifth of the events are visits, the
/// others find a hazard. Indexes are made again afterwards, which is how so many rows come in in minutes.
fn fill(file: &Path, facts: usize) -> Result<(), Failure> {
    let db = rusqlite::Connection::open(file).map_err(Failure::new)?;
    // a fifth of the events has one fact, the others three
    let events = facts * 5 / 13;
    let indexes: Vec<(String, String)> = db
        .prepare("select name, sql from sqlite_master where type = 'index' and tbl_name in ('events', 'facts') and sql is not null")
        .and_then(|mut found| found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(Failure::new)?;
    let drop: String = indexes.iter().map(|(name, _)| format!("drop index {name};")).collect();
    let again: String = indexes.iter().map(|(_, sql)| format!("{sql};")).collect();
    let text = FILL.replace("{EVENTS}", &events.to_string());
    db.execute_batch(&format!("pragma synchronous = off; pragma cache_size = -524288; {drop} {text} {again} analyze;"))
        .map_err(Failure::new)
}

/// Ids are UUIDv7 made of numbers; `{EVENTS}` is how many events there are, half a minute between two at most.
const FILL: &str = "
create temp table n as with recursive n(n) as (select 0 union all select n + 1 from n where n < 3068) select n from n;
create temp view provinces as select n, printf('0188b000-0001-7000-8000-%012x', n) as id from n where n < 31;
create temp view cities as select n, printf('0188b000-0002-7000-8000-%012x', n) as id,
    printf('0188b000-0001-7000-8000-%012x', n % 31) as province from n where n < 341;
create temp table counties as select n, printf('0188b000-0003-7000-8000-%012x', n) as id,
    printf('0188b000-0002-7000-8000-%012x', n % 341) as city,
    printf('0188b000-0001-7000-8000-%012x', n % 341 % 31) as province from n;
create temp table top as select id from main.offices where level = 'nation';
insert into offices (id, code, name, name_en, level, parent, province, city, county, station, region, active, version)
    select id, 'P' || n, '省' || n, 'Province ' || n, 'province', (select id from top), id, null, null, null, '', 1, 1 from provinces;
insert into offices (id, code, name, name_en, level, parent, province, city, county, station, region, active, version)
    select id, 'C' || n, '市' || n, 'City ' || n, 'city', province, province, id, null, null, '', 1, 1 from cities;
insert into offices (id, code, name, name_en, level, parent, province, city, county, station, region, active, version)
    select id, 'X' || n, '县' || n, 'County ' || n, 'county', city, province, city, id, null, '', 1, 1 from counties;
create temp table made as with recursive e(n) as (select 1 union all select n + 1 from e where n < {EVENTS})
    select e.n as n, 1686711600000 + cast(e.n * (14400000000.0 / {EVENTS}) as integer) as at, c.id as county, c.city as city,
        c.province as province, lower(printf('%08x-%04x-7%03x-8%03x-%012x',
            (1686711600000 + cast(e.n * (14400000000.0 / {EVENTS}) as integer)) >> 16,
            (1686711600000 + cast(e.n * (14400000000.0 / {EVENTS}) as integer)) & 65535, e.n & 4095, (e.n >> 12) & 4095, e.n)) as id
    from e join counties c on c.rowid = 1 + (e.n * 7919) % 3069;
insert into events (id, at, actor, actor_name, office, kind, thing, name, verb, note, client, campaign, enterprise, province,
    city, county, station, change)
    select id, at, (select id from accounts where login = 'ying'), '应', county,
        case when n % 5 = 0 then 'inspection' else 'hazard' end, id, '记录' || n, 'submit', null, null,
        (select id from campaigns), printf('0188b000-0004-7000-8000-%012x', n % 300000), province, city, county, null, '{}' from made;
create temp table lines as
    select 0 as line, 'visits' as figure, 0 as hazard union all select 0, 'found', 1 union all select 1, 'open', 1
    union all select 2, 'ordered', 1;
insert into facts (event, line, at, figure, amount, campaign, product, field, problem, days, enterprise, thing, area, province,
    city, county, station)
    select m.id, l.line, m.at, l.figure, 1, (select id from campaigns), printf('%02d', 1 + m.n % 18),
        case m.n % 4 when 0 then 'rural' when 1 then 'circulation' else 'production' end,
        case when l.figure = 'found' then printf('P%02d', 1 + m.n % 15) end, null,
        printf('0188b000-0004-7000-8000-%012x', m.n % 300000), m.id, m.county, m.province, m.city, m.county, null
    from made m join lines l on l.hazard = (m.n % 5 <> 0);
insert into outbox (event, follower, due_at, tries, trouble) select id, 'sums', at, 0, null from made;
";
