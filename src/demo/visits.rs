//! Visits: which were made, by whom, with what answers, and which lie ahead.

use super::{
    cases::Case,
    days::{Days, at},
    dice::Dice,
    firms::Firm,
    lists::saying,
    papers::PACK,
    scenes::Photo,
};
use crate::{
    campaigns::{Item, Side},
    hazards::Origin,
    inspections::{self, Answer, Answered, Finding, Sheet, Source, Submission},
    kernel::{AccountId, CampaignId, Error, InspectionId, Moment, Result},
};
use jiff::{ToSpan, civil::Date};

/// A visit.
#[derive(Debug, Clone)]
pub struct Visit {
    pub id: InspectionId,
    pub firm: usize,
    /// Hazards found in it.
    pub cases: Vec<usize>,
    /// When somebody planned it.
    pub planned_on: Option<Date>,
    pub planned_for: Date,
    /// From when to when it was made.
    pub made: Option<(Moment, Moment)>,
    pub cancelled_on: Option<Date>,
    /// Logins of those who go; the first one leads.
    pub team: Vec<String>,
    pub source: Source,
}

/// Visits that found nothing.
const CLEAN: usize = 42;
/// Visits that lie ahead or have not been made in time.
const AHEAD: usize = 36;

/// Every visit of the summer and those that are planned.
pub fn visits(firms: &[Firm], cases: &[Case], days: Days) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    let found = |(_, c): &(usize, &Case)| c.origin == Origin::Inspection && c.beside.is_none();
    for (number, case) in cases.iter().enumerate().filter(found) {
        let beside = cases.iter().enumerate().filter(|(_, c)| c.beside == Some(number)).map(|(i, _)| i);
        let cases: Vec<usize> = std::iter::once(number).chain(beside).collect();
        let visit = made(visits.len(), case.firm, &firms[case.firm], case.found, days);
        visits.push(Visit { cases, ..visit });
    }
    let busy = |firm: usize| cases.iter().any(|c| c.firm == firm);
    let mut free: Vec<usize> = (2..firms.len()).filter(|f| !busy(*f)).collect();
    Dice::named("free", 0).shuffle(&mut free);
    for turn in 0..CLEAN {
        let Some(firm) = free.pop() else { break };
        let day = days.ago(1 + (turn as i64 * 61) / CLEAN as i64);
        visits.push(made(visits.len(), firm, &firms[firm], day, days));
    }
    for turn in 0..AHEAD {
        let firm = free.pop().unwrap_or((turn * 5) % firms.len());
        visits.push(ahead(visits.len(), turn, firm, &firms[firm], days));
    }
    visits
}

fn made(number: usize, firm: usize, who: &Firm, day: Date, days: Days) -> Visit {
    let mut dice = Dice::named("visit", number);
    let begin = at(day, *dice.pick(&[540, 585, 640, 845, 890]) + dice.between(0, 12));
    let planned = dice.percent(62).then(|| days.working(day.saturating_sub(dice.between(3, 9).days())));
    let planned_on = planned.filter(|p| *p < day && *p > days.first.saturating_add(5.days()));
    let inspectors = &who.county().inspectors;
    let second = if dice.percent(25) { 2 } else { 1 };
    Visit {
        id: id(&mut dice, day),
        firm,
        cases: Vec::new(),
        planned_on,
        planned_for: day,
        made: Some((begin, begin.plus(dice.between(45, 95) * 60_000))),
        cancelled_on: None,
        team: vec![inspectors[0].clone(), inspectors[second].clone()],
        source: match planned_on {
            Some(_) => Source::Planned,
            None if dice.percent(30) => Source::Special,
            None => Source::Unplanned,
        },
    }
}

fn ahead(number: usize, turn: usize, firm: usize, who: &Firm, days: Days) -> Visit {
    let mut dice = Dice::named("ahead", number);
    let planned_on = days.ago(dice.between(4, 8));
    // three should have been made by now, three were given up, the others lie ahead
    let day = match turn {
        0..3 => days.ago(1 + turn as i64),
        _ => days.ahead((turn as i64 - 3) * 2 / 3),
    };
    let inspectors = &who.county().inspectors;
    Visit {
        id: id(&mut dice, planned_on),
        firm,
        cases: Vec::new(),
        planned_on: Some(planned_on),
        planned_for: day,
        made: None,
        cancelled_on: (turn >= AHEAD - 3).then(|| days.ago(2)),
        team: vec![inspectors[turn % 2].clone(), inspectors[(turn + 1) % 2].clone()],
        source: Source::Planned,
    }
}

fn id(dice: &mut Dice, day: Date) -> InspectionId {
    let at = Moment::start_of(day);
    dice.id(at).parse().unwrap_or_else(|_| InspectionId::new(at))
}

impl Visit {
    /// What is photographed on it: the place itself on some, and each thing found.
    pub fn photos(&self, number: usize, cases: &[Case]) -> Vec<Photo> {
        let scene = number.is_multiple_of(3).then(|| Photo::found(1000 + number, "gate"));
        let found = self.cases.iter().map(|c| Photo::found(*c, &cases[*c].wrong.scene));
        scene.into_iter().chain(found).collect()
    }

    /// The whole record of it, with the hashes of [`Visit::photos`].
    pub fn record(
        &self,
        number: usize,
        firm: &Firm,
        cases: &[Case],
        campaign: CampaignId,
        (team, photos): (Vec<AccountId>, &[String]),
    ) -> Result<Submission> {
        let (started_at, ended_at) = self.made.ok_or_else(|| Error::broken("a visit that was not made"))?;
        let products: Vec<&str> = firm.products.iter().map(String::as_str).collect();
        let fitting = PACK.checklists_for(&products, firm.field, &[], started_at.date());
        // the list made for such a site, or now and then the general one for its regime or for sellers
        let general = if number.is_multiple_of(3) { fitting.last() } else { None };
        let list = general.or(fitting.first()).ok_or_else(|| Error::broken("no checklist fits"))?;
        let (scene, found) = photos.split_at(photos.len().saturating_sub(self.cases.len()));
        let mut dice = Dice::named("record", number);
        let mut record = Submission {
            campaign,
            enterprise: firm.id,
            field: firm.field,
            source: Some(self.source),
            checklist: list.head.code.clone(),
            pack_version: None,
            products: firm.products.clone(),
            started_at,
            ended_at,
            inspectors: team,
            sheet: self.sheet(number, firm, scene.to_vec(), &mut dice),
            hazards: Vec::new(),
        };
        let items = inspections::asked(&PACK, list, &record);
        for (case, photo) in self.cases.iter().zip(found) {
            let taken: Vec<&str> = record.hazards.iter().filter_map(|h: &Finding| h.item.as_deref()).collect();
            let finding = finding(&cases[*case], &items, &taken, photo);
            record.hazards.push(finding);
        }
        record.sheet.answers = items.iter().map(|item| answer(item, &record.hazards, &mut dice)).collect();
        Ok(record)
    }

    fn sheet(&self, number: usize, firm: &Firm, evidence: Vec<String>, dice: &mut Dice) -> Sheet {
        let refused = !self.cases.is_empty() && dice.percent(4);
        Sheet {
            credentials_shown: true,
            withdrawal_told: true,
            answers: Vec::new(),
            statement: saying("statement", usize::from(!self.cases.is_empty())),
            signed_by: (!refused).then(|| firm.person.clone()),
            refused,
            witness: refused.then(|| "村委会工作人员".to_owned()),
            evidence,
            claimed_place: (!number.is_multiple_of(4))
                .then(|| Some(format!("{},{}", firm.entry.lon?.degrees(), firm.entry.lat?.degrees())))
                .flatten(),
        }
    }
}

/// The finding, with the question that brought it to light, where the checklist has one that is not taken yet.
fn finding(case: &Case, items: &[&Item], taken: &[&str], photo: &str) -> Finding {
    let asks = |item: &&&Item| item.problems.contains(&case.wrong.problem) && !taken.contains(&item.id.as_str());
    Finding {
        id: case.id,
        item: items.iter().find(asks).map(|item| item.id.clone()),
        problem: case.wrong.problem.clone(),
        severity: None,
        product: Some(case.product.clone()),
        made_on: (case.wrong.side == "made").then(|| case.found.saturating_sub(21.days())),
        what: case.what(),
        evidence: vec![photo.to_owned()],
        corrected: case.is_corrected_at_once().then(|| case.wrong.measure.clone()),
    }
}

fn answer(item: &Item, found: &[Finding], dice: &mut Dice) -> Answer {
    let fallen = dice.below(100);
    let (answer, note) = match found.iter().find(|f| f.item.as_ref() == Some(&item.id)) {
        Some(finding) => (Answered::Fails, Some(finding.what.clone())),
        None if fallen < 3 => (Answered::NotChecked, saying("not_checked", 0)),
        None if fallen < 14 && PACK.problems_of(item, Side::Production).len() < 2 => (Answered::NotApplicable, None),
        None if fallen > 85 => (Answered::Conforms, saying("conforms", fallen)),
        None => (Answered::Conforms, None),
    };
    Answer { item: item.id.clone(), answer, note, evidence: Vec::new() }
}
