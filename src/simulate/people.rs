//! Offices for every region and the people who work in them.

use super::model::County;
use crate::{
    accounts::{self, Settler},
    demo,
    kernel::{App, Error, OfficeId, Result, db::Tx},
    people::{Actor, By, Level, Office, Role, store as offices},
    record,
    reference::regions,
};
use std::collections::HashMap;

/// Who does what in a county.
#[derive(Debug, Clone)]
pub struct Staff {
    pub inspectors: Vec<Actor>,
    pub supervisor: Actor,
    pub coordinator: Actor,
}

/// Everybody who works, by the code of the office.
#[derive(Debug, Default)]
pub struct People {
    /// The counties, in the order of their codes.
    pub counties: Vec<County>,
    staff: HashMap<String, Staff>,
    supervisors: HashMap<String, Actor>,
    /// The hash of everybody's password.
    pub password: String,
}

impl People {
    /// Who works in the county.
    pub fn of(&self, county: &County) -> Result<&Staff> {
        self.staff.get(&county.code).ok_or_else(|| nobody(&county.code))
    }

    /// Who approves at the office.
    pub fn supervisor(&self, office: &str) -> Result<&Actor> {
        self.supervisors.get(office).ok_or_else(|| nobody(office))
    }
}

fn nobody(office: &str) -> Error {
    Error::broken(format!("nobody works in the simulated office {office}"))
}

/// Sees to it that the offices and their people are there; those that are, stay.
pub async fn settle(app: &App, whole: bool) -> Result<People> {
    let by = accounts::system(app).await?;
    app.act(&by, move |tx, by| {
        if whole {
            found_everywhere(tx, by)?;
        }
        let password = accounts::store::account_by_login(tx, "gu")?.ok_or(Error::NotFound)?.password;
        let mut people = People { password, ..People::default() };
        for level in [Level::Province, Level::City, Level::County] {
            for office in offices::of_level(tx, level)? {
                people.add(tx, by, &office)?;
            }
        }
        people.counties.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(people)
    })
    .await
}

impl People {
    fn add(&mut self, tx: &mut Tx, by: &By, office: &Office) -> Result<()> {
        match office.level {
            Level::Nation | Level::Station => return Ok(()),
            Level::Province | Level::City => {}
            Level::County => {
                let county = county(tx, office)?;
                let mut some = |role, many: usize| {
                    (1..=many).map(|n| person(tx, by, office, (role, n), &self.password)).collect::<Result<Vec<_>>>()
                };
                let inspectors = some(Role::Inspector, 3)?;
                let mut coordinators = some(Role::Coordinator, 1)?;
                let supervisor = person(tx, by, office, (Role::Supervisor, 1), &self.password)?;
                let coordinator = coordinators.pop().ok_or_else(|| nobody(&office.code))?;
                self.staff.insert(office.code.clone(), Staff { inspectors, supervisor, coordinator });
                self.counties.push(county);
            }
        }
        let supervisor = person(tx, by, office, (Role::Supervisor, 1), &self.password)?;
        self.supervisors.insert(office.code.clone(), supervisor);
        Ok(())
    }
}

fn county(tx: &mut Tx, office: &Office) -> Result<County> {
    let mut code = |id: Option<OfficeId>| id.map(|id| offices::office(tx, id).map(|o| o.code)).transpose();
    let name = regions::all().iter().find(|r| r.code == office.region).map_or(&*office.name, |r| r.name);
    Ok(County {
        office: office.id,
        code: office.code.clone(),
        region: office.region.clone(),
        name: name.to_owned(),
        city: code(office.city)?,
        province: code(office.province)?.ok_or_else(|| nobody(&office.code))?,
    })
}

/// Somebody of an office with one role: 130123-inspector-1.
fn person(tx: &mut Tx, by: &By, office: &Office, (role, number): (Role, usize), password: &str) -> Result<Actor> {
    let login = format!("{}-{role}-{number}", office.code.to_lowercase());
    if accounts::store::account_by_login(tx, &login)?.is_none() {
        let name = demo::Dice::named(&login, 0).name();
        let settler = Settler {
            login: &login,
            name: &name,
            office,
            roles: &[role],
            badge: (role == Role::Inspector).then(|| format!("{}{number:04}", office.code)),
            enterprise: None,
            password,
        };
        accounts::settle(tx, by, &settler)?;
    }
    Ok(accounts::acting(tx, &login, by.at)?.actor)
}

/// An office for each region that has none: city and county under the one that it belongs to.
fn found_everywhere(tx: &mut Tx, by: &By) -> Result<()> {
    let top = offices::office_by_code(tx, "100000")?.ok_or(Error::NotFound)?;
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
        let id = OfficeId::new(by.at);
        let at = |of: Level, above| if of == level { Some(id) } else { above };
        let office = Office {
            id,
            code: region.code.to_owned(),
            name: format!("{}市场监督管理局", region.name),
            name_en: format!("Market Regulation Bureau {}", region.code),
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
        record::began(tx, by, &office, "create", None)?;
    }
    Ok(())
}
