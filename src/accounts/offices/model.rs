//! How offices stand under one another. No database, no HTTP, no clock.

use super::{BAD_CODE, NO_FIT, REQUIRED_NAME};
use crate::{
    kernel::{Error, OfficeId, Result, text},
    people::{Level, Office, Place},
    record::{Kind, Thing},
    reference::regions,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

impl Thing for Office {
    const KIND: Kind = Kind::Office;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        Office::place(self)
    }
}

words! {
    /// What may be done to an office.
    #[schema(as = OfficeVerb)]
    pub enum Verb {
        Create "create" "设立机构" "Created",
        Edit "edit" "修改机构信息" "Edited",
        Move "move" "调整隶属关系" "Moved",
        MovedAlong "moved_along" "随上级机构调整隶属关系" "Moved along with a higher office",
        Deactivate "deactivate" "停用机构" "Deactivated",
        Reactivate "reactivate" "恢复机构" "Reactivated",
    }
}

/// What an office is made of. For creating one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NewOffice)]
pub struct New {
    /// The office it reports to.
    pub parent: OfficeId,
    pub level: Level,
    /// Its number in the tree: the GB/T 2260 code where it has one, else its own, at most 12 letters and digits.
    pub code: String,
    pub name: String,
    pub name_en: String,
    /// The GB/T 2260 region it is responsible for.
    pub region: String,
}

/// Something done to an office.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = OfficeAct)]
pub enum Act {
    /// Its number, names and region.
    Edit { code: String, name: String, name_en: String, region: String },
    /// Under another office; everything below moves along. What was recorded stays where it happened.
    Move { parent: OfficeId, why: Option<String> },
    /// Nobody of it can sign in any more.
    Deactivate { why: String },
    /// Opens it again.
    Reactivate { why: String },
}

impl Act {
    /// Its verb.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Edit { .. } => Verb::Edit,
            Self::Move { .. } => Verb::Move,
            Self::Deactivate { .. } => Verb::Deactivate,
            Self::Reactivate { .. } => Verb::Reactivate,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Edit { .. } => None,
            Self::Move { why, .. } => why.as_deref(),
            Self::Deactivate { why } | Self::Reactivate { why } => Some(why),
        }
    }
}

/// Whether an office of `level` may report to one of level `above`: province to nation, city to province, county to city
/// or straight to a province (direct counties, divisions of the XPCC), station to county or, in cities without counties
/// (Dongguan, Zhongshan, Jiayuguan), to the city.
pub const fn fits(level: Level, above: Level) -> bool {
    use Level::*;
    matches!(
        (level, above),
        (Province, Nation) | (City, Province) | (County, Province | City) | (Station, City | County)
    )
}

/// Hangs `office` under `above`: its parent, and the office of each level above it.
pub fn hang(office: &mut Office, above: &Office) -> Result<()> {
    if !fits(office.level, above.level) {
        return NO_FIT.at("parent");
    }
    office.parent = Some(above.id);
    (office.province, office.city, office.county, office.station) =
        (above.province, above.city, above.county, above.station);
    *own_column(office) = Some(office.id);
    Ok(())
}

fn own_column(office: &mut Office) -> &mut Option<OfficeId> {
    match office.level {
        // Nothing hangs a nation under anything; it has no column of its own.
        Level::Nation | Level::Province => &mut office.province,
        Level::City => &mut office.city,
        Level::County => &mut office.county,
        Level::Station => &mut office.station,
    }
}

impl New {
    /// The office `id` under `above`.
    pub fn office(&self, id: OfficeId, above: &Office) -> Result<Office> {
        let mut office = Office {
            id,
            code: String::new(),
            name: String::new(),
            name_en: String::new(),
            level: self.level,
            parent: None,
            province: None,
            city: None,
            county: None,
            station: None,
            region: String::new(),
            active: true,
            version: 1,
        };
        describe(&mut office, (&self.code, &self.name, &self.name_en, &self.region))?;
        hang(&mut office, above)?;
        Ok(office)
    }
}

/// Gives `office` its number, names and region.
pub fn describe(office: &mut Office, (code, name, name_en, region): (&str, &str, &str, &str)) -> Result<()> {
    let code = text::code(code);
    if !(1..=12).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return BAD_CODE.at("code");
    }
    for (field, text) in [("name", name), ("name_en", name_en)] {
        if !(1..=100).contains(&text.trim().chars().count()) {
            return REQUIRED_NAME.at(field);
        }
    }
    // The country itself is no region of the table.
    let region = match text::code(region) {
        nation if nation == "100000" => nation,
        code => regions::get(&code).map_err(|refusal| Error::invalid("region", refusal))?.code.to_string(),
    };
    (office.code, office.region) = (code, region);
    (office.name, office.name_en) = (text::plain(name), text::plain(name_en));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_fit_as_in_the_country() {
        use Level::*;
        let may: Vec<_> = Level::ALL
            .iter()
            .flat_map(|level| Level::ALL.iter().map(move |above| (*level, *above)))
            .filter(|(level, above)| fits(*level, *above))
            .collect();
        let should = [
            (Province, Nation),
            (City, Province),
            (County, Province),
            (County, City),
            (Station, City),
            (Station, County),
        ];
        assert_eq!(may, should);
        assert!(may.iter().all(|(level, above)| above < level), "a cycle would need a step up");
    }

    #[test]
    fn a_code_is_letters_and_digits() {
        let describe = |code, region| {
            let mut office = New {
                parent: OfficeId::new(crate::kernel::Moment::from_millis(0)),
                level: Province,
                code: String::new(),
                name: String::new(),
                name_en: String::new(),
                region: String::new(),
            };
            (office.code, office.region) = (String::from(code), String::from(region));
            (office.name, office.name_en) = ("河北省局".into(), "Hebei".into());
            let above = crate::accounts::model::tests::an_office();
            office.office(above.id, &above)
        };
        use Level::Province;
        assert_eq!(describe(" ｂｔ0000", "650000").unwrap().code, "BT0000");
        assert_eq!(describe("13 00 00!", "130000").unwrap_err().field(), Some("code"));
        assert_eq!(describe("130000", "139999").unwrap_err().field(), Some("region"));
    }
}
