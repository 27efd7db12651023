//! Targets (目标分解): what a campaign wants done, divided from the nation down to the county, and never lost on the way.
//!
//! Read `life.rs` first: [`State::step`] is the whole life of a target. `tree.rs` is the algebra by which the parts always
//! make up the whole; `family.rs` applies it to rows. Everything happens through [`set`] and [`act`]; page, API,
//! spreadsheet and command line all come through here.

mod decompose;
mod division;
mod family;
mod forms;
mod handover;
mod handover_web;
mod life;
mod model;
mod pages;
mod run;
mod sheets;
mod sheets_web;
mod show;
mod standing;
mod store;
mod tree;
mod web;

pub use decompose::{Key, Progress, decompose, even, proposed};
pub use handover::{HandOver, Handed, Handing, Misfit, Part, hand_over, misfits, proposal, receivers};
pub use life::{COORDINATORS, HEADS, Side, State, Verb};
pub use model::{Act, Measure, New, Share, Spread, Target};
pub use run::{Decomposition, DivideBy, NewDecomposition, begin, go_on, progress, unfinished};
pub use show::page_with;
pub use standing::{Below, below};
pub use store::{
    Desk, Filter, ORDERS, Wait, count_at, count_query, find, first_at, laggards, laggards_query, list, of_office,
    of_offices, query, waiting_since,
};
pub use tree::apportion;
pub use web::{Proposal, routes};

use super::{Campaign, Pack, State as CampaignState};
use crate::{
    kernel::{Error, Lang, NOT_A_CHOICE, Refusal, Result, TargetId, db::Tx, ensure, on_taken, text},
    people::{By, Role, Scope, store as offices},
    record,
};
use family::Family;
use model::not_now;

/// Every refusal of targets.
pub(super) const REFUSALS: [&[Refusal]; 3] = [model::REFUSALS, sheets::REFUSALS, handover::REFUSALS];

/// Who may set the targets of a campaign that their office runs.
pub const SETTERS: &[Role] = &[Role::Coordinator];

/// Longest reason or comment, in characters.
const LONGEST: usize = 2000;

/// The target `id` within `scope`.
pub fn get(tx: &mut Tx, scope: Scope, id: TargetId) -> Result<Target> {
    store::get(tx, scope, id)
}

/// Sets a target for the whole of a campaign, at the office that runs it. The same id with the same content answers as the
/// first time; with other content it is refused. Clause: S-1b.
pub fn set(tx: &mut Tx, by: &By, id: TargetId, new: &New) -> Result<Target> {
    by.actor.must_be(SETTERS)?;
    let campaign = super::find(tx, &by.actor, new.campaign)?;
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), None)?;
        return if is_of(&known, new) { Ok(known) } else { Err(Error::Conflict(model::OTHER_CONTENT)) };
    }
    ensure(campaign.office == by.actor.office.id, model::NOT_RUN_HERE)?;
    ensure_open(&campaign)?;
    let pack = super::pack(tx, &campaign.pack_code, campaign.pack_version)?;
    let target = whole_of(by, id, new, &campaign, &pack)?;
    let index = "targets_campaign_measure_product_focus_office";
    on_taken(store::add(tx, &target), index, "product", model::ALREADY_SET)?;
    record::began(tx, by, &target, "set", None)?;
    Ok(target)
}

/// Whether a target came of this request; its numbers may have changed since.
fn is_of(known: &Target, new: &New) -> bool {
    let same = (known.campaign, known.measure, known.due) == (new.campaign, new.measure, new.due);
    let numbers = known.total == new.total || known.version > 1;
    same && known.parent.is_none() && known.product == new.product && known.focus == new.focus && numbers
}

fn whole_of(by: &By, id: TargetId, new: &New, campaign: &Campaign, pack: &Pack) -> Result<Target> {
    if !new.product.is_empty() && pack.product(&new.product).is_none() {
        return NOT_A_CHOICE.with("value", &new.product).at("product");
    }
    if !new.focus.is_empty() && !pack.targeting.iter().any(|t| t.code == new.focus) {
        return NOT_A_CHOICE.with("value", &new.focus).at("focus");
    }
    check_total(new.measure, new.total)?;
    if !(campaign.starts..=campaign.ends).contains(&new.due) {
        return model::DUE_OUTSIDE.with("starts", campaign.starts).with("ends", campaign.ends).at("due");
    }
    let office = &by.actor.office;
    Ok(Target {
        id,
        campaign: new.campaign,
        measure: new.measure,
        product: new.product.clone(),
        focus: new.focus.clone(),
        name: label(pack, &new.product, &new.focus, Lang::Zh) + "：" + new.measure.label(Lang::Zh),
        office: office.id,
        level: office.level,
        parent: None,
        total: new.total,
        undivided: new.measure.rule().free(new.total),
        state: State::Accepted,
        reason: None,
        due: new.due,
        made_at: by.at,
        since: by.at,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        version: 1,
    })
}

/// What a target is about, in the reader's language: its product and its kind of targets.
pub fn label(pack: &Pack, product: &str, focus: &str, lang: Lang) -> String {
    let product = match product {
        "" => lang.say("全部重点产品", "All key products").to_owned(),
        code => pack.product_label(code, lang),
    };
    match pack.targeting.iter().find(|t| t.code == focus) {
        Some(kind) => format!("{product}{}{}", lang.say("·", " · "), kind.label(lang)),
        None => product,
    }
}

fn check_total(measure: Measure, total: i64) -> Result<()> {
    match total {
        n if n < 1 => model::NOTHING.at("total"),
        n if n > measure.most() => model::TOO_MUCH.with("most", measure.most()).at("total"),
        _ => Ok(()),
    }
}

/// Refuses to change what belongs to a campaign that is over.
fn ensure_open(campaign: &Campaign) -> Result<()> {
    let over = model::CAMPAIGN_OVER
        .with("state_zh", campaign.state.label(Lang::Zh))
        .with("state_en", campaign.state.label(Lang::En));
    ensure(matches!(campaign.state, CampaignState::Draft | CampaignState::Open), over)
}

/// Does `act` to the target `id`: permitted, reckoned through, saved and recorded together, or not at all.
/// Clause: S-1b.
pub fn act(tx: &mut Tx, by: &By, id: TargetId, act: &Act) -> Result<Target> {
    let before = store::get(tx, by.scope(), id)?;
    permit(tx, by, &before, act.verb())?;
    let why = act.why().map(|why| text::said("why", why, LONGEST)).transpose()?;
    let done = (act.verb(), why.as_deref());
    match act {
        Act::Accept {} | Act::Return { .. } | Act::Uphold { .. } => step(tx, by, &before, done),
        Act::Comment { .. } => {
            record::changed(tx, by, &before, &before, (Verb::Comment.code(), done.1))?;
            Ok(before)
        }
        Act::Divide { shares, version } => division::divide(tx, by, &before, shares, *version),
        Act::Change { total, spread, version, .. } => {
            check_total(before.measure, *total)?;
            is_current(&before, *version)?;
            let mut family = Family::around(tx, &before)?;
            let spread = *spread == Some(Spread::Below);
            family.tree.change(id, *total, spread).map_err(|fault| before.refused(&fault, "total"))?;
            family.save(tx, by, id, done)
        }
        Act::Withdraw { .. } => {
            let mut family = Family::around(tx, &before)?;
            family.tree.withdraw(id).map_err(|fault| before.refused(&fault, "why"))?;
            family.save(tx, by, id, done)
        }
        Act::Move { office, amount, version, .. } => {
            is_current(&before, *version)?;
            division::carry(tx, by, &before, (*office, *amount), done)
        }
    }
}

/// Whether the actor may do `verb` to a target now.
fn permit(tx: &mut Tx, by: &By, target: &Target, verb: Verb) -> Result<()> {
    let (_, who) = target.state.step(verb).ok_or_else(|| Error::Refused(not_now(target, verb)))?;
    by.actor.must_be(who)?;
    if !target.is_for(verb, &by.actor) {
        let whose = match (verb.side(), target.parent) {
            (Side::Above, Some(parent)) => store::find(tx, parent)?.map_or(target.office, |p| p.office),
            _ => target.office,
        };
        let office = offices::office(tx, whose)?;
        let refusal = model::NOT_YOURS.with("office_zh", &office.name).with("office_en", &office.name_en);
        return refusal.refuse();
    }
    if verb == Verb::Comment { Ok(()) } else { ensure_open(&super::of(tx, target.campaign)?.0) }
}

fn is_current(target: &Target, version: i64) -> Result<()> {
    if target.version == version { Ok(()) } else { Err(Error::Stale) }
}

/// An act that changes no number.
fn step(tx: &mut Tx, by: &By, before: &Target, (verb, why): (Verb, Option<&str>)) -> Result<Target> {
    let to = before.state.step(verb).map_or(before.state, |(to, _)| to);
    let reason = why.filter(|_| verb == Verb::Return).map(str::to_owned);
    let since = if to == before.state { before.since } else { by.at };
    let after = Target { state: to, reason, since, ..before.clone() };
    store::save(tx, &after)?;
    record::changed(tx, by, before, &after, (verb.code(), why))?;
    Ok(Target { version: after.version + 1, ..after })
}
