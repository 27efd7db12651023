//! The acts on a real database, on the engine under test. What the tests share stands here.

mod life;
mod numbers;
mod prints;
mod web;

use super::*;
use crate::{
    accounts,
    kernel::{AccountId, App, Clock, Config, EnterpriseId, Lang, Moment, db, secret::Keeper},
    people::Actor,
    record::Kind,
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

pub struct World {
    pub app: App,
    pub folder: tempfile::TempDir,
    pub province: Office,
    pub city: Office,
    pub county: Office,
    pub station: Office,
}

/// Ten in the morning, a millisecond later each time.
pub fn now() -> Moment {
    static PASSED: AtomicI64 = AtomicI64::new(0);
    let ten: Moment = "2023-06-20T10:00:00+08:00".parse().unwrap();
    ten.plus(PASSED.fetch_add(1, Ordering::SeqCst))
}

/// The id of Hengda Cement.
pub fn hengda() -> EnterpriseId {
    EnterpriseId::parse("0188d6a0-4c1e-7b3a-9f52-6d0c1e8a7b41").unwrap()
}

/// A schema of its own on the PostgreSQL that `./test` has started, if it has.
async fn postgres() -> Option<String> {
    let url = std::env::var("PAICHA_TEST_POSTGRES").ok()?;
    let schema = format!("t{}", uuid::Uuid::now_v7().simple());
    let (client, io) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let io = tokio::spawn(io);
    client.batch_execute(&format!("create schema {schema}")).await.unwrap();
    drop(client);
    io.await.unwrap().unwrap();
    Some(format!("{url}?options=-csearch_path%3D{schema}"))
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().to_owned(), database_url: postgres().await, ..Config::default() };
        let place = db::Place::of(config.database_url.as_deref(), &config.data);
        let db = db::Db::open(&place).await.unwrap();
        db.migrate().await.unwrap();
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        let app = App { db, clock: Clock::set_by(now), keeper, config: Arc::new(config), demo: false };
        let founding = accounts::Founding {
            code: "130000".into(),
            name: "河北省市场监督管理局".into(),
            name_en: "Hebei".into(),
            level: Level::Province,
            region: "130000".into(),
            login: "gu".into(),
            person: "顾".into(),
        };
        let province = accounts::found(&app, founding).await.unwrap().office;
        let city = below(&province, Level::City, "石家庄市市场监督管理局", "130100");
        let county = below(&city, Level::County, "正定县市场监督管理局", "130123");
        let station = below(&county, Level::Station, "新安市场监督管理所", "130123102");
        let w = Self { app, folder, province, city, county, station };
        for office in [&w.city, &w.county, &w.station] {
            w.add(office).await;
        }
        w
    }

    pub async fn add(&self, office: &Office) {
        let office = office.clone();
        self.app.db.write(move |tx| offices::add_office(tx, &office)).await.unwrap();
    }

    pub fn sun(&self) -> By {
        works_in(&self.county, &[Role::Supervisor])
    }

    pub fn ying(&self) -> By {
        works_in(&self.county, &[Role::Inspector])
    }

    pub fn wei(&self) -> By {
        let mut by = works_in(&self.county, &[Role::Enterprise]);
        by.actor.enterprise = Some(hengda());
        by
    }

    pub fn new_of(&self, form: Form) -> New {
        New {
            form,
            kind: Kind::Hazard,
            thing: "0188d6a0-4c1e-7b3a-9f52-000000000001".into(),
            party: "石家庄恒达水泥有限公司".into(),
            enterprise: Some(hengda()),
            campaign: None,
            place: self.county.place(),
            date: None,
        }
    }

    pub async fn issue(&self, by: &By, new: New) -> Result<Document> {
        self.app.act(by, move |tx, by| issue(tx, by, new.clone(), |header| says(new.form, header, &new.party))).await
    }

    pub async fn order(&self) -> Document {
        self.issue(&self.ying(), self.new_of(Form::CorrectionOrder)).await.unwrap()
    }

    pub async fn act(&self, by: &By, id: DocumentId, wanted: Act) -> Result<Document> {
        self.app.act(by, move |tx, by| act(tx, by, id, &wanted)).await
    }

    pub async fn get(&self, by: &By, id: DocumentId) -> Result<Document> {
        let scope = by.scope();
        self.app.db.read(move |tx| get(tx, scope, id)).await
    }

    pub async fn events(&self, id: DocumentId) -> Vec<(String, String)> {
        let events = self.app.db.read(move |tx| record::store::timeline(tx, &id.to_string())).await.unwrap();
        events.into_iter().rev().map(|e| (e.verb, e.actor_name)).collect()
    }

    pub async fn serials(&self, form: Form) -> Vec<i64> {
        let filter = Filter { form: Some(form), ..Filter::default() };
        let ask = crate::kernel::list::Ask { limit: Some(200), ..Default::default() };
        let scope = self.province.scope();
        let listed = self.app.db.read(move |tx| list(tx, scope, &filter, &ask)).await.unwrap();
        let mut serials: Vec<i64> = listed.items.iter().map(|d| d.serial).collect();
        serials.sort_unstable();
        serials
    }
}

/// An office below another.
pub fn below(above: &Office, level: Level, name: &str, code: &str) -> Office {
    let id = OfficeId::new(now());
    let at = |l: Level, inherited| if l == level { Some(id) } else { inherited };
    Office {
        id,
        code: code.into(),
        name: name.into(),
        name_en: name.into(),
        level,
        parent: Some(above.id),
        province: at(Level::Province, above.province),
        city: at(Level::City, above.city),
        county: at(Level::County, above.county),
        station: at(Level::Station, above.station),
        region: code.into(),
        active: true,
        version: 1,
    }
}

pub fn works_in(office: &Office, roles: &[Role]) -> By {
    let actor = Actor {
        account: AccountId::new(now()),
        name: "应晓岚".into(),
        roles: roles.to_vec(),
        office: office.clone(),
        enterprise: None,
        badge: None,
        lang: Lang::Zh,
    };
    By { actor, at: now(), client: None }
}

/// The shortest document of a form.
pub fn says(form: Form, header: paper::Header, party: &str) -> paper::Document {
    let party = serde_json::json!({ "name": party });
    let header = serde_json::to_value(header).unwrap();
    let data = serde_json::json!({ "kind": form.code(), "header": header, "party": party });
    serde_json::from_value(data).unwrap()
}

pub fn code(error: Error) -> &'static str {
    error.refusal().code
}
