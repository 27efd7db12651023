//! What a subject is. No database, no HTTP, no clock.

use super::{
    State, Verb,
    values::{List, Locked, Micro},
};
use crate::{
    kernel::{AccountId, EnterpriseId, Moment, OfficeId, SiteId},
    people::{Actor, Place},
    record::{Kind as ThingKind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What a subject does with products.
    #[schema(as = EnterpriseKind)]
    pub enum Kind {
        Producer "producer" "生产企业" "Producer",
        Seller "seller" "销售企业" "Seller",
        Both "both" "生产兼销售企业" "Producer and seller",
        OnlineShop "online_shop" "网络店铺" "Online shop",
        Platform "platform" "网络交易平台" "Online platform",
        User "user" "使用单位" "Business user",
    }
    /// Size class. Large and medium units need a quality safety director as well (Orders 75 and 76).
    pub enum Size {
        Large "large" "大型" "Large",
        Medium "medium" "中型" "Medium",
        Small "small" "小型" "Small",
        Micro "micro" "微型" "Micro",
        Unknown "unknown" "未核定" "Not known",
    }
    /// The six targeting criteria of the notice, T1-2.
    pub enum Tag {
        Cluster "cluster" "集聚区内" "In a cluster",
        FrequentProblems "frequent_problems" "问题易发多发区" "Problem-prone area",
        UrbanRuralFringe "urban_rural_fringe" "城乡结合部和农村市场" "Urban-rural fringe or rural market",
        PublicOpinion "public_opinion" "舆情反映集中" "Concentrated public opinion",
        Complaints "complaints" "投诉较多" "Many complaints",
        RepeatedFailures "repeated_failures" "多次发现问题" "Repeated findings",
    }
    /// What happens at a site.
    pub enum SiteKind {
        Production "production" "生产地址" "Production",
        Shop "shop" "销售门店" "Shop",
        Warehouse "warehouse" "仓库" "Warehouse",
        Office "office" "办公地址" "Office",
    }
}

impl Kind {
    /// Whether it makes products.
    pub const fn makes(self) -> bool {
        matches!(self, Self::Producer | Self::Both)
    }

    /// Whether its business is on the network.
    pub const fn is_online(self) -> bool {
        matches!(self, Self::OnlineShop | Self::Platform)
    }
}

row! {
    /// A subject of supervision (企业、个体工商户、无证照经营者): with a credit code, or else with a person, an address and a
    /// place on the map.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Enterprise {
        pub id: EnterpriseId,
        /// Hash of what was registered: the same id with other content is refused.
        #[serde(skip)]
        pub digest: String,
        pub name: String,
        pub name_en: Option<String>,
        /// Other names under which it is known.
        #[schema(value_type = Vec<String>)]
        pub aliases: List<String>,
        /// Unified social credit code (统一社会信用代码, GB 32100), 18 characters.
        pub uscc: Option<String>,
        /// The old registration number, 15 digits.
        pub registration_no: Option<String>,
        /// Who runs it, where there is no credit code.
        pub person: Option<String>,
        /// Last digits of that person's identity number. Locked up.
        pub person_id: Option<Locked>,
        pub kind: Kind,
        pub size: Size,
        /// Legal representative or person in charge.
        pub legal_person: Option<String>,
        /// Locked up; every look at it is recorded.
        pub phone: Option<Locked>,
        pub address: String,
        /// GB/T 2260 code of the region.
        pub region: String,
        /// Millionths of a degree.
        pub lon: Option<Micro>,
        /// Millionths of a degree.
        pub lat: Option<Micro>,
        pub state: State,
        #[schema(value_type = Vec<Tag>)]
        pub tags: List<Tag>,
        /// Codes of the products it makes.
        #[schema(value_type = Vec<String>)]
        pub made: List<String>,
        /// Codes of the products it sells or uses.
        #[schema(value_type = Vec<String>)]
        pub sold: List<String>,
        /// The platform on which an online shop stands.
        pub platform: Option<String>,
        pub shop_url: Option<String>,
        /// The record into which this one was merged.
        pub merged_into: Option<EnterpriseId>,
        /// The state to which it returns when the merge is undone.
        pub resumes: Option<State>,
        pub registered_at: Moment,
        pub registered_by: AccountId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

row! {
    /// An address where a subject works. It may stand in another area than the subject itself.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Site {
        pub id: SiteId,
        pub enterprise: EnterpriseId,
        pub name: String,
        pub kind: SiteKind,
        pub address: String,
        /// GB/T 2260 code of the region.
        pub region: String,
        /// Millionths of a degree.
        pub lon: Option<Micro>,
        /// Millionths of a degree.
        pub lat: Option<Micro>,
        pub active: bool,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// One thing done to a subject, with what it takes to do it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = EnterpriseAct)]
pub enum Act {
    Suspend {
        why: String,
    },
    Resume {
        why: Option<String>,
    },
    Close {
        why: String,
    },
    Deregister {
        why: String,
    },
    /// What seemed to show it at work again was looked at, and it is not: it is watched on.
    KeepWatch {
        why: String,
    },
    Move {
        office: OfficeId,
        why: String,
    },
    Merge {
        into: EnterpriseId,
        why: String,
    },
    Unmerge {
        why: String,
    },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Suspend { .. } => Verb::Suspend,
            Self::Resume { .. } => Verb::Resume,
            Self::Close { .. } => Verb::Close,
            Self::Deregister { .. } => Verb::Deregister,
            Self::KeepWatch { .. } => Verb::KeepWatch,
            Self::Move { .. } => Verb::Move,
            Self::Merge { .. } => Verb::Merge,
            Self::Unmerge { .. } => Verb::Unmerge,
        }
    }

    /// The reason given, in the actor's words.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Suspend { why }
            | Self::Close { why }
            | Self::Deregister { why }
            | Self::KeepWatch { why }
            | Self::Move { why, .. }
            | Self::Merge { why, .. }
            | Self::Unmerge { why } => Some(why),
            Self::Resume { why } => why.as_deref(),
        }
    }
}

impl Enterprise {
    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/enterprises/{}", self.id)
    }

    /// Nothing yet but an id: what was typed is put into it.
    pub fn blank(id: EnterpriseId, digest: String, region: String, at: Moment, by: AccountId) -> Self {
        Self {
            id,
            digest,
            name: String::new(),
            name_en: None,
            aliases: List::default(),
            uscc: None,
            registration_no: None,
            person: None,
            person_id: None,
            kind: Kind::Producer,
            size: Size::Unknown,
            legal_person: None,
            phone: None,
            address: String::new(),
            region,
            lon: None,
            lat: None,
            state: State::Active,
            tags: List::default(),
            made: List::default(),
            sold: List::default(),
            platform: None,
            shop_url: None,
            merged_into: None,
            resumes: None,
            registered_at: at,
            registered_by: by,
            province: None,
            city: None,
            county: None,
            station: None,
            version: 1,
        }
    }

    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The colour of its state.
    pub const fn colour(&self) -> &'static str {
        match self.state {
            State::Active => "green",
            State::Suspended => "orange",
            State::Closed | State::Deregistered | State::Merged => "grey",
        }
    }

    /// Puts it at another place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        (self.province, self.city, self.county, self.station) =
            (place.province, place.city, place.county, place.station);
        self
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let mine = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| who.iter().any(|r| actor.is(*r)));
        Verb::ALL.iter().copied().filter(mine).collect()
    }

    /// Every product it makes, sells or uses, once.
    pub fn products(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = self.made.0.iter().chain(&self.sold.0).map(String::as_str).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Under which regimes its products stand on `date`: product and regime, as `regimes` (the campaign's pack) says.
    pub fn regimes_on<R>(&self, date: Date, regimes: impl Fn(&str, Date) -> Vec<R>) -> Vec<(String, R)> {
        let of = |code: &str| regimes(code, date).into_iter().map(|r| (code.to_owned(), r)).collect::<Vec<_>>();
        self.products().into_iter().flat_map(of).collect()
    }
}

impl Site {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }
}

impl Thing for Enterprise {
    const KIND: ThingKind = ThingKind::Enterprise;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        Some(self.id)
    }

    fn hidden() -> &'static [&'static str] {
        &["person_id", "phone"]
    }
}

/// A site is recorded in the life of its subject.
impl Thing for Site {
    const KIND: ThingKind = ThingKind::Enterprise;

    fn id(&self) -> String {
        self.enterprise.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        Some(self.enterprise)
    }
}
