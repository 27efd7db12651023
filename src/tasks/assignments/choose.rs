//! Who is chosen, why, and who goes there when. No database, no HTTP, no clock.
//!
//! Whoever could be chosen is put in an order that the way decides; the first as many as are wanted are chosen. Every
//! enterprise bears its reasons. Clauses: T1-2, S-2b.

use super::model::{Line, New, Outcome, Sharing};
use crate::{
    campaigns::{Pack, RiskRule},
    enterprises::Tag,
    kernel::{AccountId, EnterpriseId, Lang, OfficeId, lots, secret},
    reference::Calendar,
    tasks::{Reason, Way},
};
use jiff::{ToSpan, civil::Date};
use std::collections::BTreeMap;

/// An enterprise that comes into question, with what is known of it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// None when a name of a list was not found.
    pub id: Option<EnterpriseId>,
    pub party: String,
    pub station: Option<OfficeId>,
    /// Why it cannot be chosen.
    pub barred: Option<Outcome>,
    pub known: Known,
}

/// What speaks for a visit.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Hazards not yet closed, of these major ones, of these overdue ones, and all that were ever found.
    pub open: i64,
    pub major: i64,
    pub overdue: i64,
    pub found: i64,
    pub tags: Vec<Tag>,
    /// The day of the last visit, whatever for.
    pub last: Option<Date>,
}

/// Somebody who goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub account: AccountId,
    pub office: OfficeId,
}

/// The list that is chosen from: a line for each id, in order. Its hash is published before a draw.
pub fn list_of(candidates: &[Candidate]) -> String {
    let mut ids: Vec<EnterpriseId> = eligible(candidates).filter_map(|c| c.id).collect();
    ids.sort();
    ids.iter().map(|id| format!("{id}\n")).collect()
}

/// SHA-256 of [`list_of`].
pub fn digest(candidates: &[Candidate]) -> String {
    secret::sha256(list_of(candidates).as_bytes())
}

fn eligible(candidates: &[Candidate]) -> impl Iterator<Item = &Candidate> {
    candidates.iter().filter(|c| c.barred.is_none() && c.id.is_some())
}

/// Puts everybody in order: the chosen first, then those for whom there is no place, then those left out. `seed` is
/// there for a draw; without one nobody is drawn yet.
pub fn choose(pack: &Pack, new: &New, seed: Option<&str>, today: Date, candidates: &[Candidate]) -> Vec<Line> {
    let mut lines: Vec<Line> = eligible(candidates).map(|c| line(pack, new, seed, today, c)).collect();
    match new.way {
        Way::List | Way::Full => {}
        Way::Risk => lines.sort_by_key(|l| (-l.points, l.enterprise)),
        Way::Draw => {
            let ids: Vec<EnterpriseId> = lines.iter().filter_map(|l| l.enterprise).collect();
            let drawn = seed.map_or_else(|| ids.clone(), |seed| lots::drawn(seed, &ids, ids.len()));
            let place: BTreeMap<EnterpriseId, usize> = drawn.into_iter().enumerate().map(|(i, id)| (id, i)).collect();
            lines.sort_by_key(|l| l.enterprise.and_then(|id| place.get(&id).copied()));
        }
    }
    let wanted = match (new.way, seed) {
        (Way::Draw, None) => 0,
        _ => new.wanted.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0)),
    };
    for line in lines.iter_mut().skip(wanted) {
        line.outcome = Outcome::NotReached;
    }
    lines.extend(candidates.iter().filter_map(left_out));
    for (number, line) in (1..).zip(&mut lines) {
        line.line = number;
    }
    lines
}

fn line(pack: &Pack, new: &New, seed: Option<&str>, today: Date, candidate: &Candidate) -> Line {
    let reasons = match new.way {
        Way::Risk => risks(pack, today, &candidate.known),
        Way::Draw => candidate.id.zip(seed).map(|(id, seed)| lot(seed, id)).into_iter().collect(),
        Way::Full => vec![said("属于全覆盖范围", "Within what is covered in full", None)],
        Way::List => vec![said("列入检查名单", "On the list", None)],
    };
    Line::of(candidate.id, &candidate.party, Outcome::Chosen, reasons)
}

fn left_out(candidate: &Candidate) -> Option<Line> {
    let outcome = candidate.barred.or_else(|| candidate.id.is_none().then_some(Outcome::Unknown))?;
    Some(Line::of(candidate.id, &candidate.party, outcome, Vec::new()))
}

fn lot(seed: &str, id: EnterpriseId) -> Reason {
    let lot = lots::lot(seed, id);
    let short = &lot[..12];
    said(&format!("抽签值 {short}"), &format!("Lot {short}"), None)
}

/// What speaks for a visit by the weights of the pack, each with its points; that nothing does is said, too.
pub fn risks(pack: &Pack, today: Date, known: &Known) -> Vec<Reason> {
    let weigh = |code: &str, amount: i64, of: Option<(&str, &str)>| {
        let rule = pack.risk(code).filter(|_| amount > 0)?;
        let points = amount.saturating_mul(rule.points).min(rule.most);
        let (zh, en) =
            of.map_or_else(|| counted(rule, amount), |(zh, en)| (named(rule, zh, Lang::Zh), named(rule, en, Lang::En)));
        Some(said(&zh, &en, Some(points)))
    };
    let tags = |lang: Lang| known.tags.iter().map(|t| t.label(lang)).collect::<Vec<_>>().join(lang.say("、", ", "));
    let (zh, en) = (tags(Lang::Zh), tags(Lang::En));
    let months = known.last.map(|day| day.until(today).map_or(0, |s| i64::from(s.get_days()) / 30));
    let never = pack.risk("unvisited").map(|rule| said("系统内尚无检查记录", "No visit on record", Some(rule.most)));
    let reasons: Vec<Reason> = [
        weigh("major", known.major, None),
        weigh("overdue", known.overdue, None),
        weigh("open", known.open, None),
        weigh("found", known.found, None),
        weigh("tag", known.tags.len() as i64, Some((&zh, &en))),
        months.map_or(never, |months| weigh("unvisited", months, None)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if reasons.is_empty() { vec![said("无风险记录", "Nothing known against it", Some(0))] } else { reasons }
}

fn counted(rule: &RiskRule, amount: i64) -> (String, String) {
    (format!("{} {amount} {}", rule.zh, rule.unit_zh), format!("{} {amount} {}", rule.en, rule.unit_en))
}

fn named(rule: &RiskRule, names: &str, lang: Lang) -> String {
    format!("{}{}{names}", lang.say(&rule.zh, &rule.en), lang.say("：", ": "))
}

pub(super) fn said(zh: &str, en: &str, points: Option<i64>) -> Reason {
    Reason { zh: zh.to_owned(), en: en.to_owned(), points }
}

/// Shares the chosen out: in turn, or first to those of the station responsible, in turn among them. What no station of
/// theirs is responsible for goes to those of the other offices, or to all where there are none.
pub fn share(
    lines: &mut [Line],
    owners: &[Owner],
    sharing: Sharing,
    station: impl Fn(EnterpriseId) -> Option<OfficeId>,
) {
    let stations: Vec<OfficeId> = lines.iter().filter_map(|l| l.enterprise.and_then(&station)).collect();
    let elsewhere: Vec<Owner> = owners.iter().filter(|o| !stations.contains(&o.office)).copied().collect();
    let mut turns: BTreeMap<Option<OfficeId>, usize> = BTreeMap::new();
    for line in lines.iter_mut().filter(|l| l.outcome == Outcome::Chosen) {
        let at = line.enterprise.and_then(&station).filter(|_| sharing == Sharing::Station);
        let at = at.filter(|office| owners.iter().any(|o| o.office == *office));
        let near: Vec<Owner> = match (sharing, at) {
            (_, Some(office)) => owners.iter().filter(|o| o.office == office).copied().collect(),
            (Sharing::Station, None) if !elsewhere.is_empty() => elsewhere.clone(),
            _ => owners.to_vec(),
        };
        let turn = turns.entry(at).or_default();
        line.owner = (!near.is_empty()).then(|| near[*turn % near.len()].account);
        *turn += 1;
    }
}

/// Spreads each one's visits evenly over the working days up to `due`, or up to the day by which the line itself is due.
pub fn spread(lines: &mut [Line], today: Date, due: Date) {
    let whose = |l: &Line| l.owner.filter(|_| l.outcome == Outcome::Chosen).map(|owner| (owner, l.due.unwrap_or(due)));
    let mut each: BTreeMap<(AccountId, Date), i64> = BTreeMap::new();
    for whose in lines.iter().filter_map(whose) {
        *each.entry(whose).or_default() += 1;
    }
    let mut turns: BTreeMap<(AccountId, Date), i64> = BTreeMap::new();
    for line in lines {
        let Some(whose) = whose(line) else { continue };
        let first = today.saturating_add(1.day()).min(whose.1);
        let span = first.until(whose.1).map_or(0, |s| i64::from(s.get_days()));
        let turn = turns.entry(whose).or_default();
        let many = each.get(&whose).copied().unwrap_or(1).max(1);
        line.planned_for = Some(working(first.saturating_add((span * *turn / many).days()), first, whose.1));
        *turn += 1;
    }
}

/// The working day on or before `day`, or else after it, between `first` and `due`; the day itself when there is none.
fn working(day: Date, first: Date, due: Date) -> Date {
    let calendar = Calendar::official();
    let works = |d: &Date| calendar.is_working_day(*d).value;
    let before = day.series(-1.day()).take_while(|d| *d >= first).take(15).find(works);
    let after = || day.series(1.day()).take_while(|d| *d <= due).take(15).find(works);
    before.or_else(after).unwrap_or(day)
}

#[cfg(test)]
mod tests;
