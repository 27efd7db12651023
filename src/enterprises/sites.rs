//! The addresses where a subject works. Each stands where it stands, under its own office.

use super::{
    OFFICERS, Site, SiteKind, entry, places, record_of, store,
    values::{self, Micro},
};
use crate::{
    kernel::{EnterpriseId, Error, OfficeId, REQUIRED, Result, SiteId, db::Tx},
    people::By,
    record,
    reference::regions,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

refusals! {
    OTHER_ENTERPRISE "enterprises.site_elsewhere" "该地点属于另一主体。" "This site belongs to another subject.";
}

/// What people type of a site.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SiteEntry {
    pub name: String,
    pub kind: SiteKind,
    pub address: String,
    /// GB/T 2260 code; that of the subject when left out.
    #[serde(default)]
    pub region: Option<String>,
    /// Degrees as text, or millionths of a degree as a number.
    #[serde(default)]
    pub lon: Option<Micro>,
    /// As `lon`.
    #[serde(default)]
    pub lat: Option<Micro>,
    /// `closed` when it no longer works there.
    #[serde(default)]
    pub closed: Option<String>,
    /// The office that is responsible; found from the region when left out.
    #[serde(default)]
    pub office: Option<OfficeId>,
    /// The version that was read.
    #[serde(default, deserialize_with = "values::number")]
    pub version: Option<i64>,
}

/// Adds the site `id` to a subject, or corrects it. It may stand in an area that another office looks after.
pub fn put_site(tx: &mut Tx, by: &By, enterprise: EnterpriseId, id: SiteId, typed: &SiteEntry) -> Result<Site> {
    by.actor.must_be(OFFICERS)?;
    let owner = record_of(tx, by.scope(), enterprise)?;
    let known = store::site(tx, id)?;
    if known.as_ref().is_some_and(|s| s.enterprise != owner.id) {
        return OTHER_ENTERPRISE.refuse();
    }
    if let (Some(known), Some(version)) = (&known, typed.version)
        && known.version != version
    {
        return Err(Error::Stale);
    }
    let region = entry::code("region", typed.region.as_ref(), |c| regions::get(c).map(|r| r.code.to_owned()))?;
    let (place, region) = match (&region, typed.office) {
        (None, None) => (owner.place(), owner.region.clone()),
        (Some(region), None) if *region == owner.region => (owner.place(), region.clone()),
        (region, Some(office)) => places::found(tx, by, region.as_deref(), Some(office), None)?,
        // whoever sees the subject may say where else it works; the office there sees it then
        (Some(region), None) => (places::of_region(tx, region)?.unwrap_or_else(|| owner.place()), region.clone()),
    };
    entry::place("lon", typed.lon, typed.lat)?;
    let required = |field: &str, text: &str| {
        let text = entry::line(field, text)?;
        if text.is_empty() { REQUIRED.at(field) } else { Ok(text) }
    };
    let site = Site {
        id,
        enterprise: owner.id,
        name: required("name", &typed.name)?,
        kind: typed.kind,
        address: required("address", &typed.address)?,
        region,
        lon: typed.lon,
        lat: typed.lat,
        active: typed.closed.is_none(),
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
        version: known.as_ref().map_or(1, |s| s.version),
    };
    match known {
        Some(known) if known == site => return Ok(known),
        Some(known) => {
            store::save_site(tx, &site)?;
            record::changed(tx, by, &known, &site, ("change_site", None))?;
        }
        None => {
            store::add_site(tx, &site)?;
            record::began(tx, by, &site, "add_site", None)?;
        }
    }
    store::put_marks(tx, &owner)?;
    Ok(site)
}
