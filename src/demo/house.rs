//! Offices, people and the campaign of the demonstration.

use crate::{
    accounts::{self, Founding, Settler, password},
    campaigns::{self, Pack},
    enterprises::{
        self, Kind, List, New,
        certificates::{self, Kind as Paper},
    },
    kernel::{App, CampaignId, CertificateId, EnterpriseId, Error, Moment, OfficeId, Result, db::Tx},
    people::{By, Level, Office, Role, roles_of, store as offices},
    record,
    reference::identifiers,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde::Deserialize;
use std::sync::LazyLock;

/// Everybody's password in a demonstration folder, which is never served beyond loopback.
pub const PASSWORD: &str = "paicha-demo";

/// The day on which the notice was issued, and the first day in every test.
const FIRST: Date = date(2023, 6, 14);

/// One of the people everybody knows.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    pub login: String,
    pub name: String,
    /// Code of the office.
    pub office: String,
    /// Codes of roles with a space between.
    pub roles: String,
    pub badge: Option<String>,
    #[serde(default)]
    pub what_zh: String,
    #[serde(default)]
    pub what_en: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct OfficeRow {
    pub code: String,
    pub name: String,
    name_en: String,
    pub level: String,
    parent: String,
    region: String,
}

/// Who can be signed in as.
pub static PEOPLE: LazyLock<Vec<Person>> = LazyLock::new(|| rows(include_str!("../../demo/people.csv")));
pub(super) static OFFICES: LazyLock<Vec<OfficeRow>> = LazyLock::new(|| rows(include_str!("../../demo/offices.csv")));

pub(super) fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<std::result::Result<_, _>>()
        .expect("our own data")
}

/// What the house holds that others build on.
#[derive(Debug, Clone)]
pub struct House {
    pub campaign: CampaignId,
    /// Hengda Cement (恒达水泥), of which Wei is the quality safety director.
    pub hengda: EnterpriseId,
    /// Mei's village store.
    pub store: EnterpriseId,
}

/// Lays offices, people and the open campaign in an empty database, on the day that the clock says.
pub async fn house(app: &App) -> Result<House> {
    let top = &OFFICES[0];
    let founding = Founding {
        code: top.code.clone(),
        name: top.name.clone(),
        name_en: top.name_en.clone(),
        level: Level::Nation,
        region: top.region.clone(),
        login: "admin".to_owned(),
        person: "初始管理员".to_owned(),
    };
    accounts::found(app, founding).await?;
    let by = accounts::system(app).await?;
    let hash = password::hash(PASSWORD)?;
    let keeper = app.keeper.clone();
    app.act(&by, move |tx, by| {
        for row in OFFICES.iter().skip(1) {
            add_office(tx, by, row)?;
        }
        for person in PEOPLE.iter().filter(|p| !p.roles.contains("enterprise")) {
            settle(tx, by, person, None, &hash)?;
        }
        let at = by.at;
        let gu = accounts::acting(tx, "gu", at)?;
        let hengda = enterprises::register(tx, &gu, &keeper, &hengda(at))?.id;
        certificates::register(tx, &gu, &licence(hengda, at))?;
        let store = enterprises::register(tx, &gu, &keeper, &village_store(at))?.id;
        for person in PEOPLE.iter().filter(|p| p.roles.contains("enterprise")) {
            let enterprise = if person.login == "wei" { hengda } else { store };
            settle(tx, by, person, Some(enterprise), &hash)?;
        }
        let campaign = open_campaign(tx, at)?;
        Ok(House { campaign, hengda, store })
    })
    .await
}

fn add_office(tx: &mut Tx, by: &By, row: &OfficeRow) -> Result<()> {
    let parent = offices::office_by_code(tx, &row.parent)?.ok_or(Error::NotFound)?;
    let level = Level::from_code(&row.level).ok_or_else(|| Error::broken("our own data"))?;
    let id = OfficeId::new(by.at);
    let at = |of: Level, above: Option<OfficeId>| if of == level { Some(id) } else { above };
    let office = Office {
        id,
        code: row.code.clone(),
        name: row.name.clone(),
        name_en: row.name_en.clone(),
        level,
        parent: Some(parent.id),
        province: at(Level::Province, parent.province),
        city: at(Level::City, parent.city),
        county: at(Level::County, parent.county),
        station: at(Level::Station, None),
        region: row.region.clone(),
        active: true,
        version: 1,
    };
    offices::add_office(tx, &office)?;
    record::began(tx, by, &office, "create", None).map(|_| ())
}

pub(super) fn settle(
    tx: &mut Tx,
    by: &By,
    person: &Person,
    enterprise: Option<EnterpriseId>,
    hash: &str,
) -> Result<()> {
    let office = offices::office_by_code(tx, &person.office)?.ok_or(Error::NotFound)?;
    let roles: Vec<Role> = roles_of(&person.roles);
    let settler = Settler {
        login: &person.login,
        name: &person.name,
        office: &office,
        roles: &roles,
        badge: person.badge.clone(),
        enterprise,
        password: hash,
    };
    accounts::settle(tx, by, &settler).map(|_| ())
}

fn open_campaign(tx: &mut Tx, at: Moment) -> Result<CampaignId> {
    let lin = accounts::acting(tx, "lin", at)?;
    let pack = Pack::built_in(campaigns::NATIONAL)?;
    let added = campaigns::add_pack(tx, &lin, &pack)?;
    let new = campaigns::New {
        code: "zdgyp-2023".to_owned(),
        zh: "重点工业产品质量安全隐患排查治理专项行动".to_owned(),
        en: "Special action on hidden quality-and-safety hazards of key industrial products".to_owned(),
        pack_code: added.code,
        pack_version: added.version,
        starts: at.date(),
        ends: moved(date(2023, 11, 30), at),
    };
    let id = CampaignId::new(at);
    campaigns::create(tx, &lin, id, &new)?;
    campaigns::act(tx, &lin, id, &campaigns::Act::Open {})?;
    Ok(id)
}

/// A date of 2023, moved by as much as the first day of the demonstration is later than that of the campaign.
fn moved(date: Date, at: Moment) -> Date {
    let days = FIRST.until(at.date()).map_or(0, |s| s.get_days());
    date.saturating_add(days.days())
}

fn hengda(at: Moment) -> New {
    let entry = enterprises::Entry {
        name: "正定恒达水泥有限公司".to_owned(),
        name_en: Some("Zhengding Hengda Cement Co., Ltd.".to_owned()),
        uscc: Some(identifiers::make_uscc("130123", 1)),
        kind: Some(Kind::Producer),
        size: Some(enterprises::Size::Medium),
        legal_person: Some("何达".to_owned()),
        phone: Some("13800000001".to_owned()),
        address: Some("河北省石家庄市正定县新城铺镇工业路1号".to_owned()),
        region: Some("130123".to_owned()),
        made: List(vec!["0301".to_owned()]),
        ..entry()
    };
    New { id: EnterpriseId::new(at), entry, confirm_not_duplicate: List::default() }
}

fn licence(enterprise: EnterpriseId, at: Moment) -> certificates::New {
    certificates::New {
        id: CertificateId::new(at),
        enterprise,
        kind: Paper::Licence,
        number: identifiers::make_licence('冀', 8, 1, 1),
        holder: None,
        products: List(vec!["0301".to_owned()]),
        scope: Some("通用硅酸盐水泥（P·O 42.5、P·S·A 32.5），水泥粉磨".to_owned()),
        address: None,
        body: Some("河北省市场监督管理局".to_owned()),
        issued: moved(date(2019, 3, 1), at),
        expires: moved(date(2024, 2, 29), at),
    }
}

fn village_store(at: Moment) -> New {
    let entry = enterprises::Entry {
        name: "正定县新城铺镇村口便民店".to_owned(),
        name_en: Some("Cunkou village store".to_owned()),
        person: Some("梅香".to_owned()),
        kind: Some(Kind::Seller),
        size: Some(enterprises::Size::Micro),
        address: Some("河北省石家庄市正定县新城铺镇东街村村口".to_owned()),
        region: Some("130123".to_owned()),
        station: Some("新城铺镇市场监督管理所".to_owned()),
        sold: List(vec!["0401".to_owned(), "0501".to_owned()]),
        tags: List(vec![enterprises::Tag::UrbanRuralFringe]),
        ..entry()
    };
    New { id: EnterpriseId::new(at), entry, confirm_not_duplicate: List::default() }
}

/// An entry with nothing in it.
pub fn entry() -> enterprises::Entry {
    serde_json::from_value(serde_json::json!({ "name": "" })).expect("every other field may be left out")
}
