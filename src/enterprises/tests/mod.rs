//! Acts on a real database: subjects, certificates, imports.

mod certificates;
mod files;
mod imports;
mod samples;
mod subjects;

use super::*;
use crate::{
    kernel::{AccountId, App, Clock, Config, Lang, Moment, OfficeId, db},
    people::{Actor, Level, Office, Role},
    reference::identifiers::make_uscc,
};
use std::sync::Arc;

pub struct World {
    pub app: App,
    _data: tempfile::TempDir,
    pub city: Office,
    pub county: Office,
    pub station: Office,
    pub elsewhere: Office,
}

pub fn now() -> Moment {
    "2023-06-14T01:30:00Z".parse().unwrap()
}

fn office(n: i64, name: &str, level: Level, region: &str, above: &[&Office]) -> Office {
    let id = OfficeId::new(Moment::from_millis(n));
    let at = |wanted: Level| {
        if level == wanted { Some(id) } else { above.iter().find(|o| o.level == wanted).map(|o| o.id) }
    };
    Office {
        id,
        code: format!("{region}-{n}"),
        name: name.into(),
        name_en: format!("Office {n}"),
        level,
        parent: above.last().map(|o| o.id),
        province: at(Level::Province),
        city: at(Level::City),
        county: at(Level::County),
        station: at(Level::Station),
        region: region.into(),
        active: true,
        version: 1,
    }
}

/// Somebody of an office, at work on the first day of the campaign.
pub fn by(office: &Office, roles: &[Role]) -> By {
    let actor = Actor {
        account: AccountId::new(now()),
        name: "孙".into(),
        roles: roles.to_vec(),
        office: office.clone(),
        enterprise: None,
        badge: None,
        lang: Lang::Zh,
    };
    By { actor, at: now(), client: None }
}

pub fn hengda() -> Entry {
    Entry {
        name: "正定县恒达水泥有限公司".into(),
        uscc: Some(make_uscc("130123", 1)),
        kind: Some(Kind::Producer),
        address: Some("正定县南牛乡工业路1号".into()),
        phone: Some("13800000000".into()),
        made: List(vec!["0301".into()]),
        ..Entry::default()
    }
}

impl World {
    pub async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = Config { data: data.path().to_owned(), ..Config::default() };
        let db = db::Db::open(&db::Place::of(None, &config.data)).await.unwrap();
        db.migrate().await.unwrap();
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        let app = App { db, clock: Clock::set_by(now), keeper, config: Arc::new(config), demo: false };
        let city = office(1, "石家庄市市场监督管理局", Level::City, "130100", &[]);
        let county = office(2, "正定县市场监督管理局", Level::County, "130123", &[&city]);
        let elsewhere = office(3, "藁城区市场监督管理局", Level::County, "130109", &[&city]);
        let station = office(4, "南牛乡市场监管所", Level::Station, "130123", &[&city, &county]);
        let all = [city.clone(), county.clone(), elsewhere.clone(), station.clone()];
        app.db.write(move |tx| all.iter().try_for_each(|o| offices::add_office(tx, o))).await.unwrap();
        Self { app, _data: data, city, county, station, elsewhere }
    }

    pub fn ying(&self) -> By {
        by(&self.county, &[Role::Inspector])
    }

    pub fn qian(&self) -> By {
        by(&self.city, &[Role::Coordinator])
    }

    pub fn stranger(&self) -> By {
        by(&self.elsewhere, &[Role::Inspector])
    }

    pub async fn register(&self, by: &By, entry: Entry) -> Result<Enterprise> {
        let new = New { id: EnterpriseId::new(now()), entry, confirm_not_duplicate: List::default() };
        self.register_as(by, new).await
    }

    pub async fn register_as(&self, by: &By, new: New) -> Result<Enterprise> {
        let keeper = self.app.keeper.clone();
        self.app.act(by, move |tx, by| register(tx, by, &keeper, &new)).await
    }

    pub async fn edit(&self, by: &By, id: EnterpriseId, entry: Entry) -> Result<Enterprise> {
        let keeper = self.app.keeper.clone();
        let change = Change { entry, version: None, confirm_not_duplicate: List::default() };
        self.app.act(by, move |tx, by| edit(tx, by, &keeper, id, &change)).await
    }

    pub async fn act(&self, by: &By, id: EnterpriseId, wanted: Act) -> Result<Enterprise> {
        self.app.act(by, move |tx, by| act(tx, by, id, &wanted)).await
    }

    pub async fn get(&self, by: &By, id: EnterpriseId) -> Result<Enterprise> {
        let scope = by.scope();
        self.app.db.read(move |tx| get(tx, scope, id)).await
    }

    pub async fn names(&self, by: &By, filter: Filter) -> Vec<String> {
        let scope = by.scope();
        let ask = crate::kernel::list::Ask { sort: Some("name".into()), ..Default::default() };
        let listed = self.app.db.read(move |tx| list(tx, scope, &filter, &ask)).await.unwrap();
        listed.items.into_iter().map(|e| e.name).collect()
    }

    /// Indexes what was registered, as the follower does.
    pub async fn index(&self, ids: &[EnterpriseId]) {
        let ids = ids.to_vec();
        let index = move |tx: &mut Tx| {
            ids.iter().try_for_each(|id| {
                let found = entry(tx, &id.to_string())?.ok_or(Error::NotFound)?;
                record::index(tx, record::Kind::Enterprise, &id.to_string(), &found)
            })
        };
        self.app.db.write(index).await.unwrap();
    }
}
