//! Campaigns (专项行动) and the packs (任务包) that say what they are about.
//!
//! Read `model.rs` first: [`State::step`] is the whole life of a campaign. Then `pack.rs`, `law.rs`, `fit.rs`: what
//! other capabilities ask a pack. A pack is read by `draft.rs` from the tables of `rows.rs` and checked by `check.rs`.
//!
//! Who sees a campaign: every office that it reaches, which is the office that runs it and all below (a national one
//! reaches everybody), and every office that stands above the one that runs it. One in preparation is seen by the
//! latter only. Who changes it: coordinators of the office that runs it, or of one above.

mod assessment;
mod branch;
mod cell;
pub mod check;
mod cite;
mod counted;
mod coverage;
mod draft;
pub mod editor;
mod finding;
mod fit;
mod folder;
mod ladder;
mod layout;
mod law;
pub mod milestones;
mod model;
pub mod outcomes;
mod pack;
mod risks;
pub mod rows;
mod sources;
mod packs_web;
mod pages;
mod pictures;
pub mod store;
pub mod targets;
#[cfg(test)]
mod tests;
mod web;

pub use assessment::{Aspect, AssessmentRule};
pub use branch::{Answered, asked};
pub use check::check;
pub use cite::{Provision, numeral};
pub use counted::{FigureRule, PeriodRule, Relation, ReturnCheck, Rhythm};
pub use coverage::coverage;
pub use draft::{About, Words};
pub use finding::{Finding, FindingOut, Grade};
pub use folder::Folder;
pub use ladder::{LadderRule, Measure, limit};
pub use model::{Act, Campaign, New, PackVersion, State, Verb, ensure_current};
pub use outcomes::OutcomeRule;
pub use pack::{Checklist, Pack};
pub use pictures::Picture;
pub use risks::RiskRule;
pub use rows::{
    ChecklistHead, Clause, ClockRule, ClosingReason, Days, Fit, Item, Milestone, PictureRow, Problem, Product,
    ProductRegime, ProductStandard, RegimeRule, Severity, SeverityRule, Side, SignRule, Standard, Subject, Target,
    Text, Weight,
};
pub use web::routes;

use crate::{
    accounts,
    kernel::{
        CampaignId, Error, REQUIRED, Refusal, Result,
        db::Tx,
        list::{Ask, Listed},
        on_taken,
        secret::sha256,
        text,
    },
    people::{Actor, By, Place, Role, store as offices},
    record,
};
use jiff::civil::Date;
use model::{CODE_TAKEN, NO_PACK, OTHER_CONTENT, PACK_CHANGED, name, not_now};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// Every refusal of campaigns and packs, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    let own = [model::REFUSALS, finding::REFUSALS].into_iter().chain(targets::REFUSALS).flatten().cloned();
    own.chain(editor::refusals())
}

/// The code of the pack of 2023 that comes with the program.
pub const NATIONAL: &str = "key-industrial-products-2023";

/// Parsed packs by the digest of their content, which is why an entry never grows stale.
static PACKS: LazyLock<Mutex<HashMap<String, Arc<Pack>>>> = LazyLock::new(Mutex::default);

/// Version `version` of the pack `code`, as it was added. Costs one look at a key once it has been read.
pub fn pack(tx: &mut Tx, code: &str, version: i64) -> Result<Arc<Pack>> {
    let digest = store::digest(tx, code, version)?.ok_or(Error::NotFound)?;
    let known = PACKS.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
    if let Some(pack) = known {
        return Ok(pack);
    }
    let pack = Arc::new(Pack::from_json(&store::content(tx, code, version)?)?);
    PACKS.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, pack.clone());
    Ok(pack)
}

/// The campaign and its pack, whoever asks: for acts on things that belong to it and have been permitted themselves.
pub fn of(tx: &mut Tx, id: CampaignId) -> Result<(Campaign, Arc<Pack>)> {
    let campaign = store::campaign(tx, id)?.ok_or(Error::NotFound)?;
    let pack = pack(tx, &campaign.pack_code, campaign.pack_version)?;
    Ok((campaign, pack))
}

/// The campaign, if `actor` may see it.
pub fn find(tx: &mut Tx, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    store::campaign(tx, id)?.filter(|c| c.is_visible_to(actor)).ok_or(Error::NotFound)
}

/// The campaigns that `actor` may see.
pub fn list(tx: &mut Tx, actor: &Actor, state: Option<State>, ask: &Ask) -> Result<Listed<Campaign>> {
    store::campaigns(tx, (&actor.office.place(), actor.scope()), state, ask)
}

/// The campaigns under way at `place` on `date`, those of the nearest office first.
pub fn current(tx: &mut Tx, place: &Place, date: Date) -> Result<Vec<Campaign>> {
    store::current(tx, place, date)
}

/// Every campaign of the installation that is under way on `date`.
pub fn under_way(tx: &mut Tx, date: Date) -> Result<Vec<Campaign>> {
    store::under_way(tx, date)
}

/// Who may add a version of a pack.
pub const PACKERS: &[Role] = &[Role::Coordinator, Role::Administrator, Role::System];
/// Who may make a campaign, for their own office.
pub const MAKERS: &[Role] = &[Role::Coordinator];

/// Adds a pack to the installation. The same content again changes nothing; other content needs a higher version, which
/// is for the office that added the pack, or for one above it.
///
/// Clause: T1-1.
pub fn add_pack(tx: &mut Tx, by: &By, pack: &Pack) -> Result<PackVersion> {
    by.actor.must_be(PACKERS)?;
    let (content, about) = (pack.to_json()?, &pack.about);
    let added = PackVersion {
        code: about.code.clone(),
        version: about.version,
        digest: sha256(content.as_bytes()),
        zh: about.zh.clone(),
        en: about.en.clone(),
        added_at: by.at,
        added_by: by.actor.account,
    };
    if let Some(known) = store::pack_version(tx, &added.code, added.version)? {
        let same = known.digest == added.digest;
        let refusal = PACK_CHANGED.with("code", &added.code).with("version", added.version);
        return if same { Ok(known) } else { Err(Error::Conflict(refusal)) };
    }
    own_pack(tx, by, &added.code)?;
    store::add_pack(tx, &added, &content)?;
    record::began(tx, by, &added, "add", None)?;
    Ok(added)
}

/// Refuses a new version of a pack that an office beside or above the actor's has added.
fn own_pack(tx: &mut Tx, by: &By, code: &str) -> Result<()> {
    let versions = store::pack_versions(tx)?;
    let Some(last) = versions.into_iter().find(|v| v.code == code) else { return Ok(()) };
    let adder = match accounts::store::account(tx, last.added_by) {
        Ok(adder) => adder,
        // the system itself, before there was an office
        Err(Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    let office = offices::office(tx, adder.office)?;
    if by.scope().holds(&office.place(), None) {
        return Ok(());
    }
    finding::NOT_YOURS.with("code", code).with("zh", &office.name).with("en", &office.name_en).refuse()
}

/// Makes a campaign of the actor's office, in preparation. The same request again answers as the first time.
pub fn create(tx: &mut Tx, by: &By, id: CampaignId, new: &New) -> Result<Campaign> {
    by.actor.must_be(MAKERS)?;
    let made = sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::campaign(tx, id)? {
        let same = known.made == made && known.office == by.actor.office.id;
        return if same { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let campaign = begin(by, id, new, made)?;
    wanted_pack(tx, &campaign.pack_code, campaign.pack_version)?;
    let taken = CODE_TAKEN.with("code", &campaign.code);
    on_taken(store::add(tx, &campaign), "campaigns_office_code", "code", taken)?;
    record::began(tx, by, &campaign, "create", None)?;
    Ok(campaign)
}

fn begin(by: &By, id: CampaignId, new: &New, made: String) -> Result<Campaign> {
    model::ensure_order(new.starts, new.ends)?;
    let code = text::plain(&new.code).replace(' ', "-");
    if code.is_empty() {
        return REQUIRED.at("code");
    }
    let office = &by.actor.office;
    Ok(Campaign {
        id,
        code: name("code", &code)?,
        zh: name("zh", &new.zh)?,
        en: name("en", &new.en)?,
        pack_code: new.pack_code.clone(),
        pack_version: new.pack_version,
        starts: new.starts,
        ends: new.ends,
        state: State::Draft,
        office: office.id,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        made,
        created_at: by.at,
        version: 1,
    })
}

fn wanted_pack(tx: &mut Tx, code: &str, version: i64) -> Result<Arc<Pack>> {
    pack(tx, code, version).map_err(|e| match e {
        Error::NotFound => Error::invalid("pack_version", NO_PACK.with("code", code).with("version", version)),
        other => other,
    })
}

/// Does `act` to the campaign `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: CampaignId, act: &Act) -> Result<Campaign> {
    let before = find(tx, &by.actor, id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| Error::Refused(not_now(before.state, act.verb())))?;
    by.actor.must_be(&[who])?;
    if !before.is_run_by(by.scope()) {
        return Err(Error::Forbidden);
    }
    let mut after = before.clone().after(act, to)?;
    wanted_pack(tx, &after.pack_code, after.pack_version)?;
    store::save(tx, &after)?;
    after.version += 1;
    record::changed(tx, by, &before, &after, (act.verb().code(), act.why()))?;
    Ok(after)
}
