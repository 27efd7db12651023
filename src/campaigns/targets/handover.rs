//! Shares of an office that is split, merged or put under another one (机构调整任务交接), handed over in one transaction.
//!
//! The tree of offices changes first, by its administrators. What an office that went along has, goes along with it; of the
//! rest the coordinator above says who gets how much. Every level keeps making up its whole, and each share that changes
//! has it in its history. Clause: S-1b.

use super::{
    COORDINATORS, Measure, State, Target, Verb, division,
    family::Family,
    is_current, label, permit, store,
    tree::{Fault, Rule, apportion},
};
use crate::{
    campaigns::{self, model::whole},
    kernel::{CampaignId, Error, Lang, NOT_A_CHOICE, OfficeId, Result, TargetId, db::Tx, ensure, text},
    people::{By, Office, store as offices},
    record,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

refusals! {
    SAME_OFFICE "targets.handover_same_office" "接收机构不能是移交机构本身。" "An office cannot take over from itself.";
    BELOW_OWN "targets.handover_not_below" "只有上级机构的统筹人员可以办理下级机构之间的任务交接。" "Only a coordinator of an office above hands over between offices below.";
    LESS_THAN_ALONG "targets.handover_less" "随下级机构一并划入的已有 {along}，不能少于此数。" "Offices that went along bring {along}; it cannot be less.";
    MORE_THAN_THERE "targets.handover_more" "划出合计 {sum}，超过该机构的任务数 {total}。" "The sum is {sum}, more than the {total} there are.";
    LEFT_BEHIND "targets.handover_left" "该机构已停用，任务须全部划出，尚余 {left}。" "The office is closed: everything has to go; {left} would be left.";
}

/// A part of a share that another office takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandedPart)]
pub struct Part {
    /// The share of the office that hands over.
    pub target: TargetId,
    /// The office that takes over.
    pub office: OfficeId,
    /// How much, with what offices bring that went along; a minimum in percent is taken on as it is, whatever stands here.
    #[serde(deserialize_with = "whole")]
    pub amount: i64,
    /// The version of the share that was looked at.
    #[serde(deserialize_with = "whole")]
    pub version: i64,
}

/// What one office hands over to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    pub campaign: CampaignId,
    /// The office that is merged, split, or loses an office below.
    pub from: OfficeId,
    pub parts: Vec<Part>,
    pub why: String,
}

/// A share that is to be handed over, with what is proposed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Handing {
    pub target: TargetId,
    pub label: String,
    pub measure: Measure,
    pub total: i64,
    pub version: i64,
    /// For each office that takes over: what goes along with offices below, and what is proposed altogether.
    pub parts: Vec<Handed>,
}

/// What an office would take over of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Handed {
    pub office: OfficeId,
    pub along: i64,
    pub amount: i64,
}

/// An office whose shares do not fit the tree of offices any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Misfit {
    /// The office that should hand over.
    pub from: OfficeId,
    /// The office that went under another one, and that one; none when `from` is closed.
    pub moved: Option<(OfficeId, OfficeId)>,
    /// How many shares.
    pub many: i64,
}

/// The offices within the actor's scope whose shares do not fit the tree of offices any more: closed ones that have
/// something left, and such as went under another office.
pub fn misfits(tx: &mut Tx, by: &By, campaign: CampaignId) -> Result<Vec<Misfit>> {
    by.actor.must_be(COORDINATORS)?;
    let found = store::misfits(tx, by.scope(), campaign)?;
    Ok(found
        .into_iter()
        .map(|m| match m.parent {
            Some(parent) if m.active => Misfit { from: m.above, moved: Some((m.office, parent)), many: m.many },
            _ => Misfit { from: m.office, moved: None, many: m.many },
        })
        .collect())
}

/// The offices that may take over from `from`: those of its level within the actor's scope.
pub fn receivers(tx: &mut Tx, by: &By, from: &Office) -> Result<Vec<Office>> {
    let beside = match from.parent {
        Some(parent) => offices::offices_below(tx, parent)?,
        None => Vec::new(),
    };
    Ok(beside.into_iter().filter(|o| o.active && o.id != from.id && by.scope().holds(&o.place(), None)).collect())
}

/// What the office `from` has, and what each of `to` would take over: what goes along with offices below it; of a closed
/// office the rest by what they have already, or evenly. Nothing is changed.
pub fn proposal(
    tx: &mut Tx,
    by: &By,
    campaign: CampaignId,
    (from, to): (OfficeId, &[OfficeId]),
    lang: Lang,
) -> Result<Vec<Handing>> {
    by.actor.must_be(COORDINATORS)?;
    let from = giver(tx, by, from)?;
    let campaign = campaigns::find(tx, &by.actor, campaign)?;
    let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
    let mut handings = Vec::new();
    for target in shares_of(tx, campaign.id, &from)? {
        handings.push(Handing {
            target: target.id,
            label: label(&pack, &target.product, &target.focus, lang),
            measure: target.measure,
            total: target.total,
            version: target.version,
            parts: proposed(tx, &target, &from, to)?,
        });
    }
    Ok(handings)
}

fn proposed(tx: &mut Tx, target: &Target, from: &Office, to: &[OfficeId]) -> Result<Vec<Handed>> {
    let least = target.measure.rule() == Rule::Least;
    let (mut along, mut has) = (Vec::new(), Vec::new());
    for office in to {
        along.push(gone_along(tx, target, *office)?.iter().map(|t| t.total).sum::<i64>());
        has.push(store::twin(tx, target, *office)?.map_or(0, |t| t.total));
    }
    let rest = if from.active { 0 } else { target.total - along.iter().sum::<i64>() };
    let weights = if has.iter().all(|n| *n == 0) { vec![1; to.len()] } else { has };
    let shares = apportion(rest.max(0), &weights);
    let handed = |i: usize| {
        let (along, amount) = if least { (0, target.total) } else { (along[i], along[i] + shares[i]) };
        Handed { office: to[i], along, amount }
    };
    Ok((0..to.len()).map(handed).collect())
}

/// The office that hands over: below the actor's own.
fn giver(tx: &mut Tx, by: &By, from: OfficeId) -> Result<Office> {
    let office = offices::office_within(tx, by.scope(), from)?;
    ensure(office.id != by.actor.office.id, BELOW_OWN)?;
    Ok(office)
}

/// What an office has in a campaign.
fn shares_of(tx: &mut Tx, campaign: CampaignId, office: &Office) -> Result<Vec<Target>> {
    let mut shares = store::of_office(tx, campaign, office.id)?;
    shares.retain(|t| t.state != State::Withdrawn);
    Ok(shares)
}

/// The parts of a share that belong to offices which stand under `office` now.
fn gone_along(tx: &mut Tx, target: &Target, office: OfficeId) -> Result<Vec<Target>> {
    let mut gone = Vec::new();
    for part in store::children(tx, target.id)? {
        if part.state != State::Withdrawn && offices::office(tx, part.office)?.parent == Some(office) {
            gone.push(part);
        }
    }
    Ok(gone)
}

/// Hands over: every share of the office with all its parts, or nothing at all; the shares of the office as they are then.
pub fn hand_over(tx: &mut Tx, by: &By, wanted: &HandOver) -> Result<Vec<Target>> {
    by.actor.must_be(COORDINATORS)?;
    let why = text::said("why", &wanted.why, super::LONGEST)?;
    let from = giver(tx, by, wanted.from)?;
    let campaign = campaigns::find(tx, &by.actor, wanted.campaign)?;
    let mut parts: BTreeMap<TargetId, Vec<&Part>> = BTreeMap::new();
    for part in &wanted.parts {
        parts.entry(part.target).or_default().push(part);
    }
    let shares = shares_of(tx, campaign.id, &from)?;
    if let Some(unknown) = parts.keys().find(|id| !shares.iter().any(|t| t.id == **id)) {
        return NOT_A_CHOICE.with("value", unknown).at("parts");
    }
    for target in &shares {
        let parts = parts.remove(&target.id).unwrap_or_default();
        ensure(from.active || !parts.is_empty(), LEFT_BEHIND.with("left", target.total))?;
        // a share of the same campaign is changed by what was handed over before it only through its own family
        if !parts.is_empty() {
            one(tx, by, (target, from.active), &parts, &why)?;
        }
    }
    let told = from.name.clone() + "：" + &why;
    record::changed(tx, by, &campaign, &campaign, ("hand_over", Some(&told)))?;
    store::of_office(tx, campaign.id, from.id)
}

/// Hands over one share.
fn one(tx: &mut Tx, by: &By, (target, stays): (&Target, bool), parts: &[&Part], why: &str) -> Result<()> {
    by.scope().check(&target.place(), None)?;
    permit(tx, by, target, Verb::Move)?;
    let rule = target.measure.rule();
    let mut family = Family::of(rule, store::whole(tx, target)?);
    family.put_line(tx, target.clone())?;
    let mut sum = 0;
    for part in parts {
        is_current(target, part.version)?;
        ensure(part.office != target.office, SAME_OFFICE)?;
        let along = gone_along(tx, target, part.office)?;
        let brought: i64 = along.iter().map(|t| t.total).sum();
        if rule == Rule::Sum && part.amount < brought {
            return LESS_THAN_ALONG.with("along", brought).at(&field(part));
        }
        sum += part.amount;
        if rule == Rule::Sum && sum > target.total {
            return MORE_THAN_THERE.with("sum", sum).with("total", target.total).at(&field(part));
        }
        if rule == Rule::Sum && part.amount == 0 && along.is_empty() {
            continue;
        }
        let office = match offices::office_within(tx, by.scope(), part.office) {
            Ok(office) if office.active => office,
            _ => return NOT_A_CHOICE.with("value", part.office).at(&field(part)),
        };
        let taker = division::taker(tx, by, target, office, &mut family)?;
        let ids: Vec<TargetId> = along.iter().map(|t| t.id).collect();
        let done = family.tree.hand_over(target.id, taker, &ids, part.amount - brought);
        done.map_err(|fault| not_possible(target, &fault, part))?;
        for id in ids {
            family.replace(tx, id)?;
        }
    }
    if !stays {
        ensure(rule == Rule::Least || sum == target.total, LEFT_BEHIND.with("left", target.total - sum))?;
        family.tree.withdraw(target.id).map_err(|fault| target.refused(&fault, "parts"))?;
    }
    if family.is_changed() { family.save(tx, by, target.id, (Verb::Move, Some(why))).map(drop) } else { Ok(()) }
}

/// The field of a part in the form.
pub(super) fn field(part: &Part) -> String {
    format!("part-{}-{}", part.target, part.office)
}

fn not_possible(target: &Target, fault: &Fault<TargetId>, part: &Part) -> Error {
    target.refused(fault, &field(part))
}
