//! W3: the newest page, filters and searches within a county, at more and more rows.

use crate::{
    Failure, Setting,
    house::{self, House},
    http::Ask,
    load::{self, Run},
    server::Server,
};
use paicha::{
    accounts, follow,
    inspections::{self, Submission},
    kernel::InspectionId,
};
use std::{path::Path, sync::Arc, time::Duration};

/// Enterprises of the county; each has its share of visits and hazards.
const FIRMS: usize = 200;

/// A list at each number of rows.
#[derive(Debug)]
pub struct Grown {
    pub what: &'static str,
    pub at: Vec<(usize, Run)>,
}

/// What is asked for: its name, and the address within the API; `{firm}` is an enterprise, `{name}` its name and
/// `{number}` the number of one of its visits.
const ASKED: [(&str, &str); 9] = [
    ("newest hazards", "/hazards"),
    ("newest visits", "/inspections"),
    ("hazards in a state", "/hazards?state=registered"),
    ("hazards of an enterprise", "/hazards?enterprise={firm}"),
    ("visits of an enterprise", "/inspections?enterprise={firm}"),
    ("hazards by a name", "/hazards?q={name}"),
    ("visits by a name", "/inspections?q={name}"),
    ("visits by a word that all names have", "/inspections?q=%E6%9C%89%E9%99%90"),
    ("a visit by its number", "/inspections?q={number}"),
];

/// Measures each list at each of `sizes` rows.
pub async fn measure(setting: &Setting, sizes: &[usize]) -> Result<Vec<Grown>, Failure> {
    let mut grown: Vec<Grown> = ASKED.iter().map(|(what, _)| Grown { what, at: Vec::new() }).collect();
    for rows in sizes {
        let folder = setting.folder(&format!("lists-{rows}"))?;
        let house = Arc::new(house::make(&folder, FIRMS).await?);
        let county = fill(&folder, &house).await?;
        multiply(&folder.join("paicha.db"), rows / FIRMS)?;
        let server = Server::paicha(&setting.program, &folder).await?;
        for (list, (_, path)) in grown.iter_mut().zip(ASKED) {
            let (path, house) = (format!("/api/v1{}", county.put_into(path)), house.clone());
            let make: load::Make = Arc::new(move |_| vec![house.signed(Ask::get(path.clone()))]);
            load::run(&server.address, 1, Duration::from_millis(300), 0, &make).await?;
            let (run, _) = load::run(&server.address, 1, setting.time, 0, &make).await?;
            crate::say(&format!(
                "{}, {rows} rows: p50 {:.2} ms, p99 {:.2} ms",
                list.what,
                run.percentile(50),
                run.percentile(99)
            ));
            list.at.push((*rows, run));
        }
    }
    Ok(grown)
}

/// One enterprise of the county, to be looked for.
struct County {
    firm: String,
    name: String,
    number: String,
}

impl County {
    fn put_into(&self, path: &str) -> String {
        let bytes = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        path.replace("{firm}", &self.firm)
            .replace("{name}", &bytes(&self.name))
            .replace("{number}", &bytes(&self.number))
    }
}

/// Makes one visit to each enterprise, as people do.
async fn fill(folder: &Path, house: &House) -> Result<County, Failure> {
    let app = house::open(folder).await?;
    let at = app.clock.now();
    let ying = app.db.read(move |tx| accounts::acting(tx, "ying", at)).await?;
    let mut county = None;
    for (n, firm) in (0..).zip(&house.firms) {
        let sent: Submission = serde_json::from_value(house.record_of(n, &firm.id)).map_err(Failure::new)?;
        let id = InspectionId::parse(&house::id(n))?;
        let visit = app.act(&ying, move |tx, by| inspections::submit(tx, by, id, &sent)).await?;
        let number = visit.number.unwrap_or_default();
        county = Some(County { firm: firm.id.clone(), name: firm.name.clone(), number });
    }
    follow::catch_up(&app).await?;
    county.ok_or_else(|| Failure::new("no enterprise"))
}

/// Makes of each visit and each hazard so many: copies with ids, numbers and days of their own.
fn multiply(file: &Path, times: usize) -> Result<(), Failure> {
    let db = rusqlite::Connection::open(file).map_err(Failure::new)?;
    let failed = |e: rusqlite::Error| Failure::new(e);
    for table in ["inspections", "hazards"] {
        let mut columns = db.prepare(&format!("select name from pragma_table_info('{table}')")).map_err(failed)?;
        let names = columns.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
        let names = names.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let of = |name: &String| {
            match name.as_str() {
            "id" => "lower(printf('%08x-%04x-7%03x-8%03x-%012x', 24000000 + n, t.rowid, n & 4095, abs(random()) % 4096, abs(random()) % 281474976710656))".to_owned(),
            "number" => "number || '/' || n".to_owned(),
            "sorted_at" => "date(sorted_at, '-' || (n % 700) || ' days')".to_owned(),
            "found_at" => "found_at - n * 60000 - t.rowid".to_owned(),
            other => other.to_owned(),
        }
        };
        let values: Vec<String> = names.iter().map(of).collect();
        db.execute_batch(&format!(
            "pragma synchronous = off; pragma cache_size = -262144;
             with recursive more(n) as (select 1 union all select n + 1 from more where n < {most})
             insert into {table} ({names}) select {values} from more cross join {table} t where {most} > 0 and t.rowid <= {FIRMS};
             insert into words (key, thing) select random(), id from {table} where rowid > {FIRMS};",
            most = times.saturating_sub(1),
            names = names.join(", "),
            values = values.join(", "),
        ))
        .map_err(failed)?;
    }
    Ok(())
}
