//! Everything that is a device's, in the order in which it is wanted in the field.
//!
//! A visit comes with its enterprise, the certificates and the open hazards there. Whatever is read is narrowed by the
//! scope of whoever asks: nothing outside it ever reaches a device.

use super::model::{EnterpriseCard, Thing, Visit, risk};
use crate::{
    accounts,
    campaigns::{self, Campaign, Pack},
    enterprises::{self, Enterprise, Site, certificates},
    hazards::{self, Hazard},
    inspections::{
        Inspection,
        form::Asked,
        store::{self as visits, Past},
    },
    kernel::{
        AccountId, CampaignId, EnterpriseId, Result, Sent,
        db::{Tx, Value},
    },
    people::{By, Level},
};
use jiff::{ToSpan, civil::Date};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Planned visits of one device.
pub const MOST: i64 = 3000;
/// How far ahead a device sees the visits of its area, in days.
pub const AHEAD: i32 = 30;
/// How far back it sees the visits that were made there, in months.
pub const BACK: i32 = 12;
/// How many of those of one enterprise.
const PAST: usize = 5;
/// Enterprises of one statement.
const CHUNK: usize = 500;

/// What has been read, by enterprise.
#[derive(Default)]
struct Found {
    enterprises: BTreeMap<EnterpriseId, Enterprise>,
    sites: BTreeMap<EnterpriseId, Vec<Site>>,
    certificates: BTreeMap<EnterpriseId, Vec<certificates::Certificate>>,
    hazards: BTreeMap<EnterpriseId, Vec<Hazard>>,
    past: BTreeMap<EnterpriseId, Vec<Past>>,
    campaigns: BTreeMap<CampaignId, (Campaign, Arc<Pack>)>,
    names: BTreeMap<AccountId, String>,
}

/// A thing with the enterprise that it is read with; none for a campaign.
pub type Placed = (Option<EnterpriseId>, Thing);

/// Every thing that is a device's of `by`, the most urgent first; `only` those of some enterprises, when they are named.
pub fn gather(tx: &mut Tx, by: &By, only: Option<&BTreeSet<EnterpriseId>>) -> Result<Vec<Placed>> {
    let mut planned = planned(tx, by)?;
    planned.retain(|visit| only.is_none_or(|named| named.contains(&visit.enterprise)));
    let mut found = Found::default();
    found.read(tx, by, &planned)?;
    let mut visits = found.visits(tx, by, planned)?;
    let today = by.at.date().to_string();
    // mine, then what is late or due today, then what weighs most
    visits.sort_by_key(|v| (!v.mine, v.day > today, -v.risk, v.day.clone(), v.id));
    let mut things: Vec<Placed> =
        found.campaigns.values().map(|(c, pack)| (None, Thing::Campaign(c.clone(), pack.clone()))).collect();
    let mut history = Vec::new();
    for visit in visits {
        if let Some(enterprise) = found.enterprises.remove(&visit.enterprise) {
            history.push(visit.enterprise);
            let around = found.around(visit.enterprise, enterprise);
            things.extend(around.into_iter().map(|thing| (Some(visit.enterprise), thing)));
        }
        things.push((Some(visit.enterprise), Thing::Visit(visit)));
    }
    for id in history {
        for past in found.past.remove(&id).unwrap_or_default() {
            let (name, mine) = (found.name(tx, past.lead)?, past.lead == by.actor.account);
            things.push((Some(id), Thing::Visit(Visit::past(past, name, mine))));
        }
    }
    Ok(things)
}

/// What is assigned to whoever asks; and to those of a county or a station, what is due in their area.
fn planned(tx: &mut Tx, by: &By) -> Result<Vec<Inspection>> {
    let scope = by.scope();
    let mut planned = visits::assigned(tx, scope, by.actor.account, MOST)?;
    if by.actor.office.level >= Level::County {
        let mine: BTreeSet<_> = planned.iter().map(|v| v.id).collect();
        let until = ahead(by.at.date());
        let due: Vec<Inspection> = tx.query(&visits::due_query(scope, until, MOST))?;
        planned.extend(due.into_iter().filter(|v| !mine.contains(&v.id)));
    }
    Ok(planned)
}

/// The last day on which a visit is due so near that a device has it.
pub fn ahead(today: Date) -> Date {
    today.saturating_add(AHEAD.days())
}

/// The first day of the visits that a device remembers.
pub fn back(today: Date) -> Date {
    today.saturating_sub(BACK.months())
}

impl Found {
    fn read(&mut self, tx: &mut Tx, by: &By, planned: &[Inspection]) -> Result<()> {
        let ids: BTreeSet<EnterpriseId> = planned.iter().map(|v| v.enterprise).collect();
        let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
        for chunk in ids.chunks(CHUNK) {
            self.read_chunk(tx, by, chunk)?;
        }
        for id in planned.iter().map(|v| v.campaign).collect::<BTreeSet<_>>() {
            self.campaigns.insert(id, campaigns::of(tx, id)?);
        }
        for campaign in campaigns::current(tx, &by.actor.office.place(), by.at.date())? {
            let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
            self.campaigns.insert(campaign.id, (campaign, pack));
        }
        Ok(())
    }

    /// Reads what these enterprises are and have. What stands under a merged record is found under its own id as well.
    fn read_chunk(&mut self, tx: &mut Tx, by: &By, ids: &[Value]) -> Result<()> {
        let scope = by.scope();
        let standing = enterprises::get_all(tx, scope, ids)?;
        let roots = standing.iter().map(|(id, e)| (*id, e.id));
        let named: BTreeMap<EnterpriseId, EnterpriseId> = roots.map(|(id, root)| (root, id)).collect();
        let all: Vec<Value> = standing.iter().flat_map(|(id, e)| [Value::from(*id), e.id.into()]).collect();
        let of = |id: EnterpriseId| named.get(&id).copied().unwrap_or(id);
        for site in enterprises::store::sites_of_all(tx, &all)? {
            self.sites.entry(of(site.enterprise)).or_default().push(site);
        }
        for certificate in certificates::of_all(tx, &all)? {
            self.certificates.entry(of(certificate.enterprise)).or_default().push(certificate);
        }
        for hazard in hazards::open_at(tx, scope, &all)? {
            self.hazards.entry(of(hazard.enterprise)).or_default().push(hazard);
        }
        let mut past = visits::past(tx, scope, &all, back(by.at.date()))?;
        past.sort_by(|a, b| (&b.sorted_at, b.id).cmp(&(&a.sorted_at, a.id)));
        for visit in past {
            let those = self.past.entry(of(visit.enterprise)).or_default();
            if those.len() < PAST {
                those.push(visit);
            }
        }
        // the card bears the id by which the visit names it
        self.enterprises.extend(standing.into_iter().map(|(id, e)| (id, Enterprise { id, ..e })));
        Ok(())
    }

    /// The planned visits whose enterprise is within reach, each with what fits there.
    fn visits(&mut self, tx: &mut Tx, by: &By, planned: Vec<Inspection>) -> Result<Vec<Visit>> {
        let mut visits = Vec::new();
        for visit in planned {
            let Some(enterprise) = self.enterprises.get(&visit.enterprise) else { continue };
            let Some((campaign, pack)) = self.campaigns.get(&visit.campaign) else { continue };
            let day = visit.planned_for.unwrap_or(by.at.date());
            let asked = Asked::of(&Sent::default(), "", (campaign.id, pack.clone()), enterprise, day);
            let open = self.hazards.get(&visit.enterprise).map_or(&[][..], Vec::as_slice);
            let (risk, mine) = (risk(enterprise, open), visit.lead == by.actor.account);
            let name = self.name(tx, visit.lead)?;
            visits.push(Visit::planned(&visit, &asked, name, mine, risk));
        }
        Ok(visits)
    }

    /// The enterprise with what hangs on it.
    fn around(&mut self, id: EnterpriseId, enterprise: Enterprise) -> Vec<Thing> {
        let sites = self.sites.remove(&id).unwrap_or_default();
        let certificates = self.certificates.remove(&id).unwrap_or_default().into_iter().map(Thing::Certificate);
        let hazards = self.hazards.remove(&id).unwrap_or_default().into_iter().map(Thing::Hazard);
        let card = Thing::Enterprise(EnterpriseCard { enterprise, sites });
        std::iter::once(card).chain(certificates).chain(hazards).collect()
    }

    fn name(&mut self, tx: &mut Tx, id: AccountId) -> Result<String> {
        if let Some(name) = self.names.get(&id) {
            return Ok(name.clone());
        }
        let name = accounts::name_of(tx, Some(id))?;
        self.names.insert(id, name.clone());
        Ok(name)
    }
}
