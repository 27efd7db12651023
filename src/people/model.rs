//! Who acts, and over what. No database, no HTTP, no clock.

use crate::kernel::{
    AccountId, EnterpriseId, Error, Lang, Moment, OfficeId, Result,
    db::{Query, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What somebody is trusted to do. One person may have several roles: in a small county one hand has many posts.
    pub enum Role {
        Administrator "administrator" "系统管理员" "Administrator",
        Coordinator "coordinator" "统筹人员" "Coordinator",
        Supervisor "supervisor" "审核人员" "Supervisor",
        Inspector "inspector" "检查人员" "Inspector",
        Sampler "sampler" "抽样人员" "Sampler",
        Laboratory "laboratory" "检验机构" "Laboratory",
        Enterprise "enterprise" "企业" "Enterprise",
        Auditor "auditor" "审计人员" "Auditor",
        System "system" "系统" "System",
    }
    /// The levels of offices, from the top. A county directly under a province has no city above it.
    pub enum Level {
        Nation "nation" "国家级" "National",
        Province "province" "省级" "Provincial",
        City "city" "市级" "City",
        County "county" "县级" "County",
        Station "station" "基层所" "Station",
    }
}

row! {
    /// An office (机构) in the reporting tree, which is not the tree of regions: the Production and Construction Corps
    /// reports as a province, a development zone as a county.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Office {
        pub id: OfficeId,
        /// Its number in the tree: a GB/T 2260 code where it has one, else its own. Unique.
        pub code: String,
        pub name: String,
        pub name_en: String,
        pub level: Level,
        /// The office it reports to; none at the top.
        pub parent: Option<OfficeId>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        /// The GB/T 2260 region it is responsible for.
        pub region: String,
        pub active: bool,
        pub version: i64,
    }
}

impl Level {
    /// The column of rows that names their office of this level; the nation needs none.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Nation => "null",
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Station => "station",
        }
    }
}

impl Office {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.name, &self.name_en)
    }

    /// Where things of this office stand in the tree.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The scope of everybody who works here: the office and all below it.
    pub fn scope(&self) -> Scope {
        Scope::Office { level: self.level, id: self.id }
    }
}

/// Where a thing stands in the tree of offices: the office of each level above it. Unknown levels are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Place {
    pub province: Option<OfficeId>,
    pub city: Option<OfficeId>,
    pub county: Option<OfficeId>,
    pub station: Option<OfficeId>,
}

impl Place {
    /// The office of `level`, if the thing stands below one.
    pub fn at(&self, level: Level) -> Option<OfficeId> {
        match level {
            Level::Nation => None,
            Level::Province => self.province,
            Level::City => self.city,
            Level::County => self.county,
            Level::Station => self.station,
        }
    }

    /// The lowest office that is responsible; none for a thing of the nation.
    pub fn owner(&self) -> Option<OfficeId> {
        self.station.or(self.county).or(self.city).or(self.province)
    }
}

/// What somebody may see. Every list, search, count, export and download is narrowed by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// An office and all below it.
    Office { level: Level, id: OfficeId },
    /// One enterprise's own things.
    Enterprise(EnterpriseId),
    /// Nothing at all.
    Nothing,
}

impl Scope {
    /// Narrows a query (which ends in a condition) by an equality on the column of the scope's level.
    pub fn within(self, query: Query) -> Query {
        let (piece, id): (_, Value) = match self {
            Self::Office { level: Level::Nation, .. } => return query,
            Self::Office { level: Level::Province, id } => (" and province = ?", id.into()),
            Self::Office { level: Level::City, id } => (" and city = ?", id.into()),
            Self::Office { level: Level::County, id } => (" and county = ?", id.into()),
            Self::Office { level: Level::Station, id } => (" and station = ?", id.into()),
            Self::Enterprise(id) => (" and enterprise = ?", id.into()),
            Self::Nothing => return query.add(" and 1 = 0", &[]),
        };
        query.add(piece, &[id])
    }

    /// The part of the scope that offices lie in: people of an enterprise have none.
    #[must_use]
    pub fn over_offices(self) -> Self {
        if matches!(self, Self::Enterprise(_)) { Self::Nothing } else { self }
    }

    /// Whether a thing that stands at `place` and belongs to `enterprise` is within.
    pub fn holds(self, place: &Place, enterprise: Option<EnterpriseId>) -> bool {
        match self {
            Self::Office { level: Level::Nation, .. } => true,
            Self::Office { level, id } => place.at(level) == Some(id),
            Self::Enterprise(id) => enterprise == Some(id),
            Self::Nothing => false,
        }
    }

    /// [`Error::NotFound`] unless the thing is within: what is out of scope does not exist.
    pub fn check(self, place: &Place, enterprise: Option<EnterpriseId>) -> Result<()> {
        if self.holds(place, enterprise) { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// Whoever does something, as far as rules need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub account: AccountId,
    pub name: String,
    pub roles: Vec<Role>,
    pub office: Office,
    /// The enterprise they act for, when they are one of its people.
    pub enterprise: Option<EnterpriseId>,
    /// Number of the enforcement certificate (执法证号).
    pub badge: Option<String>,
    pub lang: Lang,
}

impl Actor {
    /// Whether they have `role`.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// [`Error::Forbidden`] unless they have one of `roles`.
    pub fn must_be(&self, roles: &[Role]) -> Result<()> {
        if roles.iter().any(|r| self.is(*r)) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// What they may see.
    pub fn scope(&self) -> Scope {
        match (self.is(Role::Enterprise), self.enterprise) {
            (true, Some(id)) => Scope::Enterprise(id),
            (true, None) => Scope::Nothing,
            (false, _) => self.office.scope(),
        }
    }

    /// Roles in the reader's language, for the frame of the page.
    pub fn titles(&self, lang: Lang) -> String {
        let labels: Vec<_> = self.roles.iter().map(|r| r.label(lang)).collect();
        labels.join(lang.say("、", ", "))
    }
}

/// Under what circumstances an act is done: by whom, when, and what the client says of time and place.
#[derive(Debug, Clone)]
pub struct By {
    pub actor: Actor,
    pub at: Moment,
    /// What the client claimed, as JSON: its own time, its place, its address. A claim, never trusted.
    pub client: Option<String>,
}

impl By {
    /// Where a thing stands that comes up at an enterprise: where the enterprise stands, or at the own office when that is
    /// out of reach, as with a site here of an enterprise from elsewhere.
    pub fn stands(&self, place: Place, enterprise: EnterpriseId) -> Place {
        if self.scope().holds(&place, Some(enterprise)) { place } else { self.actor.office.place() }
    }

    /// The scope of whoever acts.
    pub fn scope(&self) -> Scope {
        self.actor.scope()
    }

    /// When it was done, for rules that count days: what was sealed on a device without a network was done when it was
    /// sealed, a month before it came in at the most; all else is done now. The record knows both.
    pub fn done_at(&self) -> Moment {
        let says: Option<serde_json::Value> = self.client.as_deref().and_then(|c| serde_json::from_str(c).ok());
        let sealed = says.filter(|s| s["device"].is_string()).and_then(|s| s["at"].as_str()?.parse::<Moment>().ok());
        sealed.filter(|at| (self.at.plus(-SEALED_BEFORE)..=self.at).contains(at)).unwrap_or(self.at)
    }
}

/// How long before it comes in something may have been sealed: 31 days, in milliseconds.
const SEALED_BEFORE: i64 = 31 * 86_400_000;

/// Reads `roles` from their stored form, codes with a space between.
pub fn roles_of(text: &str) -> Vec<Role> {
    text.split(' ').filter_map(Role::from_code).collect()
}

/// The stored form of roles.
pub fn roles_text(roles: &[Role]) -> String {
    roles.iter().map(|r| r.code()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: i64) -> OfficeId {
        OfficeId::new(Moment::from_millis(n))
    }

    #[test]
    fn a_scope_holds_what_is_below_and_nothing_beside() {
        let (hebei, zhengding, other) = (id(1), id(2), id(3));
        let place = Place { province: Some(hebei), city: None, county: Some(zhengding), station: None };
        assert!(Scope::Office { level: Level::Province, id: hebei }.holds(&place, None));
        assert!(Scope::Office { level: Level::County, id: zhengding }.holds(&place, None));
        assert!(!Scope::Office { level: Level::County, id: other }.holds(&place, None));
        assert!(!Scope::Office { level: Level::City, id: other }.holds(&place, None));
        assert!(!Scope::Nothing.holds(&place, None));
    }

    #[test]
    fn what_was_sealed_in_the_field_was_done_then() {
        let office = Office {
            id: id(1),
            code: String::new(),
            name: String::new(),
            name_en: String::new(),
            level: Level::County,
            parent: None,
            province: None,
            city: None,
            county: Some(id(1)),
            station: None,
            region: String::new(),
            active: true,
            version: 1,
        };
        let actor = Actor {
            account: AccountId::new(Moment::from_millis(0)),
            name: String::new(),
            roles: vec![],
            office,
            enterprise: None,
            badge: None,
            lang: Lang::Zh,
        };
        let at: Moment = "2023-06-20T09:00:00+08:00".parse().unwrap();
        let done = |client: &str| By { actor: actor.clone(), at, client: Some(client.to_owned()) }.done_at();
        let sealed = "2023-06-14T09:00:00.000+08:00";
        assert_eq!(done(&format!("{{\"device\":\"x\",\"at\":\"{sealed}\"}}")).to_string(), sealed);
        for other in [
            format!("{{\"at\":\"{sealed}\"}}"),
            "{\"device\":\"x\",\"at\":\"2023-06-21T09:00:00+08:00\"}".to_owned(),
            "{\"device\":\"x\",\"at\":\"2023-01-01T09:00:00+08:00\"}".to_owned(),
            "nonsense".to_owned(),
        ] {
            assert_eq!(done(&other), at, "{other}");
        }
    }

    #[test]
    fn roles_come_back_as_they_went() {
        let roles = [Role::Inspector, Role::Supervisor];
        assert_eq!(roles_of(&roles_text(&roles)), roles);
    }
}
