//! A data folder with the people of the demonstration, and what they submit.

use crate::{
    Failure,
    http::Ask,
    photo::{self, mix},
};
use jiff::{SignedDuration, Timestamp};
use paicha::{
    accounts,
    campaigns::{NATIONAL, Pack},
    demo,
    enterprises::{self, New},
    follow,
    kernel::{App, Clock, Config, db, secret},
};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// Who submits, and what they need for it.
#[derive(Debug, Clone)]
pub struct House {
    pub campaign: String,
    /// Enterprises of one county, visited in turn.
    pub firms: Vec<Firm>,
    /// Inspectors of one county.
    pub inspectors: [String; 2],
    /// Questions of the checklist of a cement works.
    pub items: Vec<String>,
    /// A question that may fail, and the problem it then brings to light.
    pub finding: [String; 2],
    /// The token of an inspector.
    pub inspector: String,
}

/// An enterprise that is visited.
#[derive(Debug, Clone)]
pub struct Firm {
    pub id: String,
    pub name: String,
}

const FAMILY: [char; 20] = [
    '晟', '瀚', '鑫', '昊', '宸', '垚', '焱', '淼', '钧', '铭', '岚', '峥', '骏', '骁', '翊', '翀', '霖', '霁', '禾',
    '穗',
];
const GIVEN: [char; 10] = ['达', '远', '泰', '通', '源', '辉', '隆', '茂', '兴', '顺'];

const CHECKLIST: &str = "cement-licence";

/// Opens a data folder in this process; makes it when it is not there.
pub async fn open(folder: &Path) -> Result<App, Failure> {
    std::fs::create_dir_all(folder)?;
    let config = Config { data: folder.to_owned(), ..Config::default() };
    Ok(App {
        db: db::Db::open(&db::Place::of(None, folder)).await?,
        clock: Clock::system(),
        keeper: secret::Keeper::open(folder)?,
        config: Arc::new(config),
        demo: true,
    })
}

/// Lays offices, people, so many enterprises of one county and the open campaign in a new folder.
pub async fn make(folder: &Path, many: usize) -> Result<House, Failure> {
    let app = open(folder).await?;
    std::fs::write(folder.join("DEMO"), "made for measuring\n")?;
    app.db.migrate().await?;
    let made = demo::house(&app).await?;
    let at = app.clock.now();
    let inspector = app.db.write(move |tx| accounts::session_for(tx, "ying", at)).await?;
    let account = |login: &'static str| {
        app.db.read(move |tx| accounts::acting(tx, login, at).map(|by| by.actor.account.to_string()))
    };
    let inspectors = [account("ying").await?, account("bo").await?];
    let pack = Pack::built_in(NATIONAL)?;
    let list = pack.checklist(CHECKLIST).ok_or_else(|| Failure::new("no such checklist"))?;
    let failing = list.items.iter().find_map(|item| Some([item.id.clone(), item.problems.first()?.clone()]));
    Ok(House {
        finding: failing.ok_or_else(|| Failure::new("no question of the checklist can fail"))?,
        campaign: made.campaign.to_string(),
        firms: firms(&app, many).await?,
        inspectors,
        items: list.items.iter().map(|item| item.id.clone()).collect(),
        inspector,
    })
}

/// Two characters from the hundredth name on.
fn given(n: usize) -> String {
    let digits = std::iter::successors(Some(n), |n| Some(n / GIVEN.len()).filter(|n| *n > 0));
    digits.map(|digit| GIVEN[digit % GIVEN.len()]).collect()
}

async fn firms(app: &App, many: usize) -> Result<Vec<Firm>, Failure> {
    let at = app.clock.now();
    let gu = app.db.read(move |tx| accounts::acting(tx, "gu", at)).await?;
    let mut firms = Vec::new();
    for n in 0..many {
        let name = format!("{}{}制造有限公司", FAMILY[n % FAMILY.len()], given(n / FAMILY.len()));
        let firm = id(5_000_000 + n as u64);
        let new: New =
            serde_json::from_value(json!({ "id": firm, "name": name, "kind": "producer", "region": "130123",
            "address": "正定县", "registration_no": format!("1301230000{n:05}"), "made": ["0301"] }))
            .map_err(Failure::new)?;
        let keeper = app.keeper.clone();
        app.act(&gu, move |tx, by| enterprises::register(tx, by, &keeper, &new)).await?;
        firms.push(Firm { id: firm, name });
    }
    follow::catch_up(app).await?;
    Ok(firms)
}

/// The id of thing number `n`: a UUIDv7 of one moment after another.
pub fn id(n: u64) -> String {
    let (millis, chance) = (1_700_000_000_000 + n, mix(n));
    let (high, low) = (millis >> 16, millis & 0xffff);
    format!("{high:08x}-{low:04x}-7{:03x}-8{:03x}-{:012x}", chance & 0xfff, chance >> 12 & 0xfff, chance >> 16)
}

const NOTES: [&str; 8] = [
    "现场查看，记录完整",
    "抽查三个批次，均已留样",
    "设备检定证书在有效期内",
    "台账与实物相符",
    "人员培训记录齐全",
    "核对许可证附页，品种在范围内",
    "查阅近三个月出厂检验记录，未见异常",
    "包装标识清楚，编号可追溯",
];

impl House {
    fn firm(&self, n: u64) -> &str {
        let turn = usize::try_from(n).unwrap_or_default() % self.firms.len();
        &self.firms[turn].id
    }

    /// The record of visit number `n`: every question answered, a note beside each.
    pub fn record(&self, n: u64, photo: Option<&str>) -> Value {
        let answers = self.items.iter().zip(0..).map(|(item, i)| {
            let chance = mix(n << 8 | i);
            let answer = if chance.is_multiple_of(10) { "not_applicable" } else { "conforms" };
            json!({ "item": item, "answer": answer, "note": NOTES[(chance >> 8) as usize % NOTES.len()] })
        });
        let day = Timestamp::from_second(1_689_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
        let started = day + SignedDuration::from_mins((n % 100_000) as i64);
        json!({
            "campaign": self.campaign, "enterprise": self.firm(n), "field": "production", "checklist": CHECKLIST,
            "products": ["0301"], "started_at": started, "ended_at": started + SignedDuration::from_mins(90),
            "inspectors": self.inspectors, "credentials_shown": true, "withdrawal_told": true,
            "answers": answers.collect::<Vec<_>>(), "statement": "对检查情况无异议。", "signed_by": "何达",
            "evidence": photo.into_iter().collect::<Vec<_>>(), "claimed_place": "114.570941,38.146514",
        })
    }

    /// The record of a visit to `enterprise` that found one hazard.
    pub fn record_of(&self, n: u64, enterprise: &str) -> Value {
        let [item, problem] = &self.finding;
        let mut record = self.record(n, None);
        record["enterprise"] = enterprise.into();
        for answer in record["answers"].as_array_mut().into_iter().flatten().filter(|a| a["item"] == item.as_str()) {
            answer["answer"] = "fails".into();
        }
        record["hazards"] = json!([{ "id": id(1_000_000 + n), "item": item, "problem": problem,
            "what": NOTES[usize::try_from(n).unwrap_or(0) % NOTES.len()] }]);
        record
    }

    /// Submits visit number `n` to Paicha; with a photograph, this goes first.
    pub fn submit(&self, n: u64, base: Option<&[u8]>) -> Vec<Ask> {
        let mut asks = Vec::new();
        let hash = base.map(|base| {
            let photo = photo::unique(base, n);
            let hash = secret::sha256(&photo);
            asks.push(self.signed(Ask::put(format!("/api/v1/files/{hash}"), photo)).with("content-type", "image/jpeg"));
            hash
        });
        let record = self.record(n, hash.as_deref()).to_string();
        let ask = self.signed(Ask::put(format!("/api/v1/inspections/{}", id(n)), record.into_bytes()));
        asks.push(ask.with("content-type", "application/json"));
        asks
    }

    /// The same to the floor, in one request.
    pub fn submit_to_floor(&self, n: u64, base: Option<&[u8]>) -> Vec<Ask> {
        let mut body = self.record(n, None).to_string().into_bytes();
        let length = body.len();
        if let Some(base) = base {
            body.extend(photo::unique(base, n));
        }
        vec![Ask::put(format!("/inspections/{}", id(n)), body).with(crate::floor::RECORD, length)]
    }

    /// Asks as the inspector does.
    pub fn signed(&self, ask: Ask) -> Ask {
        ask.with("authorization", format!("Bearer {}", self.inspector))
    }
}
