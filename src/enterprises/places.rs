//! Which office is responsible: as told, else found from the region and the station's name, within the actor's scope.

use crate::{
    kernel::{Error, OfficeId, Result, db::Tx, text},
    people::{By, Level, Office, Place, store as offices},
    reference::{Region, regions},
};

refusals! {
    REGION_OUTSIDE "enterprises.region_outside" "行政区划 {region} 不在您的管辖范围内。" "The region {region} is not within your jurisdiction.";
    REGION_MISSING "enterprises.region_missing" "请填写县级行政区划代码，以便确定监管机构。" "Give the code of the county, so that the responsible office can be found.";
    NO_OFFICE "enterprises.no_office" "您的管辖范围内没有负责行政区划 {region} 的监管机构，请联系系统管理员。" "No office within your jurisdiction is responsible for the region {region}; please tell the administrator.";
    SEVERAL_OFFICES "enterprises.several_offices" "负责行政区划 {region} 的监管机构有多个：{names}。请写明机构或者市场监管所名称。" "Several offices are responsible for the region {region}: {names}. Name the office or the station.";
    NO_STATION "enterprises.no_station" "没有找到名为“{name}”的市场监管所，现有：{names}。" "There is no station called “{name}”; there are: {names}.";
}

/// Where a subject of `region` stands, and the region itself (the office's own when none is given).
pub fn found(
    tx: &mut Tx,
    by: &By,
    region: Option<&str>,
    office: Option<OfficeId>,
    station: Option<&str>,
) -> Result<(Place, String)> {
    let office = match office {
        Some(id) => told(tx, by, id)?,
        None => responsible(tx, by, region, station)?,
    };
    let office = match station {
        Some(name) if office.level != Level::Station => station_of(tx, &office, name)?,
        _ => office,
    };
    let region = region.map_or_else(|| office.region.chars().take(6).collect(), str::to_owned);
    Ok((office.place(), region))
}

/// Where things of `region` stand, whoever asks; nothing when no single office is responsible.
pub fn of_region(tx: &mut Tx, region: &str) -> Result<Option<Place>> {
    let found = offices::offices_of_region(tx, region)?;
    let mut found = found.iter().filter(|o| o.level != Level::Station);
    Ok(match (found.next(), found.next()) {
        (Some(one), None) => Some(one.place()),
        _ => None,
    })
}

fn told(tx: &mut Tx, by: &By, id: OfficeId) -> Result<Office> {
    let office = offices::office(tx, id).map_err(|_| Error::NotFound)?;
    by.scope().check(&office.place(), None)?;
    Ok(office)
}

fn responsible(tx: &mut Tx, by: &By, region: Option<&str>, station: Option<&str>) -> Result<Office> {
    let own = &by.actor.office;
    let Some(region) = region else {
        return if own.level >= Level::County { Ok(own.clone()) } else { REGION_MISSING.at("region") };
    };
    if own.level >= Level::County {
        let inside = within(region, &own.region);
        return if inside { Ok(own.clone()) } else { REGION_OUTSIDE.with("region", spoken(region)).at("region") };
    }
    let mut found = offices::offices_of_region(tx, region)?;
    found.retain(|o| o.level != Level::Station && by.scope().holds(&o.place(), None));
    let named = |o: &&Office| station.is_some_and(|s| text::plain(s).contains(&o.name));
    let lowest = found.iter().map(|o| o.level).max();
    let mut low = found.iter().filter(|o| Some(o.level) == lowest);
    match (low.next(), low.next()) {
        (None, _) => NO_OFFICE.with("region", spoken(region)).at("region"),
        (Some(one), None) => Ok(one.clone()),
        _ => match found.iter().find(named) {
            Some(office) => Ok(office.clone()),
            None => SEVERAL_OFFICES.with("region", spoken(region)).with("names", names(&found)).at("station"),
        },
    }
}

fn within(region: &str, whole: &str) -> bool {
    let whole: String = whole.chars().take(6).collect();
    match (regions::find(region), regions::find(&whole)) {
        (Some(part), Some(whole)) => part.code == whole.code || whole.contains(part),
        // the code of an office that is no region of the list covers what it says itself
        _ => region == whole,
    }
}

fn station_of(tx: &mut Tx, office: &Office, name: &str) -> Result<Office> {
    let wanted = text::plain(name);
    let stations: Vec<Office> =
        offices::offices_below(tx, office.id)?.into_iter().filter(|o| o.level == Level::Station && o.active).collect();
    let exact = stations.iter().find(|o| o.name == wanted || o.name_en == wanted || o.code == wanted);
    let mut partly = stations.iter().filter(|o| o.name.contains(&wanted) || wanted.ends_with(&o.name));
    let only = match (partly.next(), partly.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    };
    match exact.or(only) {
        Some(station) => Ok(station.clone()),
        None if wanted.contains(&office.name) && stations.iter().all(|s| !wanted.contains(&s.name)) => {
            Ok(office.clone())
        }
        None => NO_STATION.with("name", wanted).with("names", names(&stations)).at("station"),
    }
}

fn names(offices: &[Office]) -> String {
    let names: Vec<&str> = offices.iter().take(20).map(|o| o.name.as_str()).collect();
    if names.is_empty() { "—".to_owned() } else { names.join("、") }
}

fn spoken(code: &str) -> String {
    regions::find(code).map_or_else(|| code.to_owned(), |r: &Region| format!("{code} {}", r.full_name()))
}
