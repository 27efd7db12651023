//! What a device is given to work with. No database, no HTTP, no clock.

use crate::{
    campaigns::{Campaign, Pack, Severity},
    enterprises::{Enterprise, Site, certificates::Certificate},
    hazards::Hazard,
    inspections::{Inspection, Source, State, form::Asked, store::Past},
    kernel::{AccountId, CampaignId, EnterpriseId, Error, InspectionId, Lang, Moment, Result, secret},
    people::{Office, Role},
    record::Field,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};

/// What a device asks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The `next` of the last complete answer; from the beginning when left out.
    pub since: Option<String>,
    /// Where to go on: the `after` of the part before.
    pub after: Option<String>,
    /// Id of the device: what it has sent itself is not sent back.
    pub device: Option<String>,
}

/// A part of what a device is given, the most urgent first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldPack)]
pub struct Given {
    /// Keep it once all parts are in, and hand it back as `since`.
    pub next: String,
    /// Hand it back to get the next part; none with the last.
    pub after: Option<String>,
    /// Everything from the beginning: what the device has of before is to be forgotten.
    pub whole: bool,
    /// The server's time.
    pub now: Moment,
    /// Whoever asks; with the first part only, as the two below.
    pub me: Option<Me>,
    /// The own office and those directly below it.
    pub offices: Vec<Office>,
    /// Inspectors of the offices that are responsible here.
    pub colleagues: Vec<Colleague>,
    pub campaigns: Vec<CampaignCard>,
    pub enterprises: Vec<EnterpriseCard>,
    pub certificates: Vec<Certificate>,
    pub visits: Vec<Visit>,
    /// Those that stand open.
    pub hazards: Vec<Hazard>,
    /// Ids of what is no longer the device's: moved, done, closed or cancelled.
    pub gone: Vec<String>,
}

/// Whoever works with the device.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldMe)]
pub struct Me {
    pub account: AccountId,
    pub name: String,
    /// Number of the enforcement certificate.
    pub badge: Option<String>,
    pub roles: Vec<Role>,
    /// `zh` or `en`.
    pub lang: &'static str,
    pub office: Office,
}

/// Who may be the second inspector.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Colleague {
    pub id: String,
    pub name: String,
}

/// A campaign with everything that is asked in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CampaignCard {
    #[serde(flatten)]
    pub campaign: Campaign,
    /// Checklists, problems, severities, products, in both languages.
    #[serde(serialize_with = "shared")]
    #[schema(value_type = Pack)]
    pub pack: Arc<Pack>,
    /// The sources that questions and problems name, in words: reference → 中文, English.
    pub cited: BTreeMap<String, [String; 2]>,
}

fn shared<S: Serializer>(pack: &Arc<Pack>, to: S) -> std::result::Result<S::Ok, S::Error> {
    pack.serialize(to)
}

/// An enterprise with the addresses where it works.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnterpriseCard {
    #[serde(flatten)]
    pub enterprise: Enterprise,
    pub sites: Vec<Site>,
}

/// A visit: planned, or one of the last that were made there.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldVisit)]
pub struct Visit {
    pub id: InspectionId,
    pub number: Option<String>,
    pub enterprise: EnterpriseId,
    pub campaign: CampaignId,
    pub state: State,
    pub source: Source,
    pub planned_for: Option<Date>,
    /// The day it is planned for, or was made.
    pub day: String,
    pub lead: AccountId,
    pub lead_name: String,
    /// Whether whoever asks leads it.
    pub mine: bool,
    /// For the order of the day: see [`risk`].
    pub risk: i64,
    pub field: Field,
    /// Codes of the products looked at, or to be.
    pub products: Vec<String>,
    /// The checklist that fits best, or was used.
    pub checklist: Option<String>,
    /// All that fit, best first.
    pub fitting: Vec<String>,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    /// How many hazards it found.
    pub hazards: i64,
    pub version: i64,
}

impl Visit {
    /// One that is planned, with what fits there.
    pub fn planned(visit: &Inspection, asked: &Asked, lead_name: String, mine: bool, risk: i64) -> Self {
        Self {
            id: visit.id,
            number: None,
            enterprise: visit.enterprise,
            campaign: visit.campaign,
            state: visit.state,
            source: visit.source,
            planned_for: visit.planned_for,
            day: visit.sorted_at.clone(),
            lead: visit.lead,
            lead_name,
            mine,
            risk,
            field: asked.field,
            products: asked.products.clone(),
            checklist: Some(asked.checklist.clone()).filter(|code| !code.is_empty()),
            fitting: asked.fitting.clone(),
            started_at: None,
            ended_at: None,
            hazards: 0,
            version: visit.version,
        }
    }

    /// One that was made.
    pub fn past(visit: Past, lead_name: String, mine: bool) -> Self {
        Self {
            id: visit.id,
            number: visit.number,
            enterprise: visit.enterprise,
            campaign: visit.campaign,
            state: State::Done,
            source: visit.source,
            planned_for: None,
            day: visit.sorted_at,
            lead: visit.lead,
            lead_name,
            mine,
            risk: 0,
            field: visit.field,
            products: visit.products.split(' ').filter(|p| !p.is_empty()).map(str::to_owned).collect(),
            checklist: visit.checklist,
            fitting: Vec::new(),
            started_at: visit.started_at,
            ended_at: visit.ended_at,
            hazards: visit.hazards,
            version: visit.version,
        }
    }
}

/// By what the visits of a day are ordered beside their date: open hazards weigh five, two or one by severity, three more
/// when overdue; each targeting criterion of the notice (T1-2) weighs one.
pub fn risk(enterprise: &Enterprise, hazards: &[Hazard]) -> i64 {
    let weight = |h: &Hazard| {
        let severity = match h.severity {
            Severity::Major => 5,
            Severity::General => 2,
            Severity::Minor => 1,
        };
        severity + if h.overdue { 3 } else { 0 }
    };
    hazards.iter().map(weight).sum::<i64>() + enterprise.tags.0.len() as i64
}

/// One of the things that a device is given.
#[derive(Debug, Clone)]
pub enum Thing {
    Campaign(Campaign, Arc<Pack>),
    Enterprise(EnterpriseCard),
    Certificate(Certificate),
    Hazard(Hazard),
    Visit(Visit),
}

impl Thing {
    /// Its id: one for everything there is.
    pub fn id(&self) -> String {
        match self {
            Self::Campaign(campaign, _) => campaign.id.to_string(),
            Self::Enterprise(card) => card.enterprise.id.to_string(),
            Self::Certificate(certificate) => certificate.id.to_string(),
            Self::Hazard(hazard) => hazard.id.to_string(),
            Self::Visit(visit) => visit.id.to_string(),
        }
    }

    /// Its version, where an item of a device may have brought it about.
    pub fn version(&self) -> Option<i64> {
        match self {
            Self::Enterprise(card) => Some(card.enterprise.version),
            Self::Hazard(hazard) => Some(hazard.version),
            Self::Visit(visit) => Some(visit.version),
            Self::Campaign(..) | Self::Certificate(_) => None,
        }
    }

    /// A mark of what is sent of it: another mark means that the device has to be told.
    pub fn mark(&self) -> Result<String> {
        let json = match self {
            // the pack is large, and its version stands in the campaign
            Self::Campaign(campaign, _) => serde_json::to_vec(campaign),
            Self::Enterprise(card) => serde_json::to_vec(card),
            Self::Certificate(certificate) => serde_json::to_vec(certificate),
            Self::Hazard(hazard) => serde_json::to_vec(hazard),
            Self::Visit(visit) => serde_json::to_vec(visit),
        };
        let digest = secret::digest(&json.map_err(Error::broken)?);
        Ok(data_encoding::HEXLOWER.encode(&digest[..8]))
    }
}

impl CampaignCard {
    /// The campaign with its pack, and what the pack cites in words.
    pub fn of(campaign: Campaign, pack: Arc<Pack>) -> Self {
        let items = pack.checklists.iter().flat_map(|list| &list.items).map(|item| &item.source);
        let problems = pack.problems.iter().map(|problem| &problem.source);
        let both = |source: &String| (source.clone(), [Lang::Zh, Lang::En].map(|lang| pack.cite(source, lang)));
        let cited = items.chain(problems).map(both).collect();
        Self { campaign, pack, cited }
    }
}

impl Given {
    /// Puts a thing where it belongs.
    pub fn take(&mut self, thing: Thing) {
        match thing {
            Thing::Campaign(campaign, pack) => self.campaigns.push(CampaignCard::of(campaign, pack)),
            Thing::Enterprise(card) => self.enterprises.push(card),
            Thing::Certificate(certificate) => self.certificates.push(certificate),
            Thing::Hazard(hazard) => self.hazards.push(hazard),
            Thing::Visit(visit) => self.visits.push(visit),
        }
    }
}
