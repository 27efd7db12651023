//! What is done in the course of the summer, by whom and when.

use super::{
    cases::Case,
    days::{Days, at},
    dice::Dice,
    firms::Firm,
    heads::{self, Chore},
    scenes::Photo,
    visits::Visit,
};
use crate::{hazards::Origin, kernel::Moment};
use jiff::{ToSpan, civil::Date};

/// Something that somebody does.
#[derive(Debug, Clone)]
pub struct Deed {
    pub at: Moment,
    /// Login of whoever does it.
    pub who: String,
    pub what: What,
    /// What is photographed for it.
    pub photos: Vec<Photo>,
}

/// What is done; numbers are places in the lists of the plan.
#[derive(Debug, Clone)]
pub enum What {
    Register { firm: usize },
    Paper { firm: usize, paper: usize },
    Life { firm: usize, close: bool },
    Twin { firm: usize },
    Merge { firm: usize },
    Plan { visit: usize },
    Submit { visit: usize },
    Cancel { visit: usize },
    Report { case: usize },
    Draw,
    Head(Chore),
    Step { case: usize, verb: String, number: usize },
}

/// Everything there is, and everything that is done with it.
#[derive(Debug)]
pub struct Plan {
    pub days: Days,
    pub firms: Vec<Firm>,
    pub cases: Vec<Case>,
    pub visits: Vec<Visit>,
    /// In order of time.
    pub deeds: Vec<Deed>,
}

impl Plan {
    /// Puts the deeds in order.
    pub fn new(days: Days, firms: Vec<Firm>, cases: Vec<Case>, visits: Vec<Visit>) -> Self {
        let mut plan = Self { days, firms, cases, visits, deeds: Vec::new() };
        plan.deeds = plan.registrations().chain(plan.visiting()).chain(plan.following()).collect();
        plan.deeds.extend(heads::deeds(days));
        let last = at(plan.days.ago(1), 1075);
        plan.deeds.push(deed(last, "qian", What::Draw));
        plan.deeds.sort_by_key(|d| d.at);
        plan
    }

    fn registrations(&self) -> impl Iterator<Item = Deed> {
        let mut deeds = Vec::new();
        for (number, firm) in self.firms.iter().enumerate().filter(|(_, f)| !f.known) {
            let day = self.days.working(self.days.first.saturating_add((number as i64 / 60).days()));
            let now = at(day, 560 + (number as i64 % 60) * 6);
            deeds.push(deed(now, &firm.county().inspectors[0], What::Register { firm: number }));
            for (paper, fated) in firm.papers.iter().enumerate() {
                let decided = fated.fate.as_ref().and_then(crate::enterprises::certificates::Act::decision);
                if let Some(on) = decided.map(|d| d.on) {
                    let later = at(self.days.working(on.saturating_add(2.days())), 660);
                    deeds.push(deed(later, &firm.county().supervisor, What::Paper { firm: number, paper }));
                }
            }
        }
        deeds.into_iter().chain(self.changes())
    }

    /// Subjects that close, stop for a while, or turn out to have been registered twice.
    fn changes(&self) -> Vec<Deed> {
        let idle = |n: &usize| !self.cases.iter().any(|c| c.firm == *n) && !self.visits.iter().any(|v| v.firm == *n);
        let mut idle = (2..self.firms.len()).rev().filter(idle);
        let mut deeds = Vec::new();
        for (turn, day) in [41, 28, 19, 12].into_iter().enumerate() {
            let Some(firm) = idle.next() else { break };
            let who = &self.firms[firm].county().inspectors[1];
            deeds.push(deed(at(self.days.ago(day), 930), who, What::Life { firm, close: turn.is_multiple_of(2) }));
        }
        let county = |firm: &Firm| firm.county == 0 && firm.entry.name.ends_with("有限公司");
        if let Some(firm) = self.firms.iter().position(county) {
            let county = self.firms[firm].county();
            deeds.push(deed(at(self.days.ago(33), 610), &county.inspectors[1], What::Twin { firm }));
            deeds.push(deed(at(self.days.ago(26), 610), &county.above, What::Merge { firm }));
        }
        deeds
    }

    fn visiting(&self) -> impl Iterator<Item = Deed> {
        let mut deeds = Vec::new();
        for (number, visit) in self.visits.iter().enumerate() {
            let county = self.firms[visit.firm].county();
            if let Some(planned) = visit.planned_on {
                deeds.push(deed(at(planned, 505), &county.supervisor, What::Plan { visit: number }));
            }
            if let Some((_, ended)) = visit.made {
                let photos = visit.photos(number, &self.cases);
                let submit = deed(ended.plus(600_000), &visit.team[0], What::Submit { visit: number });
                deeds.push(Deed { photos, ..submit });
            }
            if let Some(on) = visit.cancelled_on {
                deeds.push(deed(at(on, 1000), &county.supervisor, What::Cancel { visit: number }));
            }
        }
        deeds.into_iter()
    }

    fn following(&self) -> impl Iterator<Item = Deed> {
        (0..self.cases.len()).flat_map(|number| self.course_of(number))
    }

    /// What is done about one hazard, one thing after the other.
    fn course_of(&self, number: usize) -> Vec<Deed> {
        let case = &self.cases[number];
        let firm = &self.firms[case.firm];
        let mut dice = Dice::named("course", number);
        let mut deeds = Vec::new();
        let mut last = at(case.found, 1010);
        if case.origin != Origin::Inspection {
            let who = if case.origin == Origin::SelfReport { &firm.login } else { &firm.county().inspectors[0] };
            let report = deed(at(case.found, 900), who, What::Report { case: number });
            deeds.push(Deed { photos: vec![Photo::found(number, &case.wrong.scene)], ..report });
        }
        let steps = case.course.steps.iter().filter(|s| *s != "correct_on_spot");
        for (turn, step) in steps.enumerate() {
            let (verb, after) = step.split_once('@').unwrap_or((step, "0"));
            let day = self.day_of(case.found, after, is_enterprise(verb));
            let wished = at(day, dice.between(520, 1010));
            last = if wished > last { wished } else { last.plus(dice.between(3, 16) * 60_000) };
            let step = What::Step { case: number, verb: verb.to_owned(), number: number + turn };
            let who = who(verb, firm, case);
            deeds.push(Deed { photos: photos(verb, number, case, turn), ..deed(last, &who, step) });
        }
        deeds
    }

    fn day_of(&self, found: Date, after: &str, any_day: bool) -> Date {
        let day = found.saturating_add(after.parse::<i64>().unwrap_or(0).days());
        if any_day && day < self.days.today { day } else { self.days.working(day) }
    }
}

fn deed(at: Moment, who: &str, what: What) -> Deed {
    Deed { at, who: who.to_owned(), what, photos: Vec::new() }
}

fn is_enterprise(verb: &str) -> bool {
    matches!(verb, "acknowledge" | "submit" | "ask_extension")
}

/// Who does it: one finds and orders, one re-checks, one looks back; the head closes, and the office above what is major.
fn who(verb: &str, firm: &Firm, case: &Case) -> String {
    let county = firm.county();
    let major = case.course.severity == crate::campaigns::Severity::Major;
    match verb.split(':').next().unwrap_or(verb) {
        _ if is_enterprise(verb) => &firm.login,
        "order" => &county.inspectors[0],
        "verify" | "reject" | "propose" => &county.inspectors[1],
        "pass_look_back" | "pass_repeat_check" | "reopen" => &county.inspectors[2],
        "draw_look_back" | "draw_repeat_check" | "supervise" | "transfer" => &county.above,
        "close" if major => &county.above,
        _ => &county.supervisor,
    }
    .clone()
}

fn photos(verb: &str, number: usize, case: &Case, turn: usize) -> Vec<Photo> {
    let scene = &case.wrong.scene;
    match verb.split(':').next().unwrap_or(verb) {
        "submit" => {
            let second = ["ledger", "paper", "label"][number % 3];
            vec![Photo::after(number, turn, scene), Photo::after(number, turn + 40, second)]
        }
        "verify" if number.is_multiple_of(2) => vec![Photo::after(number, turn + 80, scene)],
        "propose" => vec![Photo::after(number, turn, "paper"), Photo::after(number, turn + 40, "gate")],
        "pass_look_back" | "pass_repeat_check" => vec![Photo::after(number, turn + 120, scene)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        demo::{House, cases::cases, firms::firms, visits::visits},
        hazards::{State, Verb},
        kernel::{CampaignId, EnterpriseId},
    };
    use jiff::civil::date;
    use std::collections::BTreeSet;

    fn plan(today: Date) -> Plan {
        let (days, now) = (Days::before(today), Moment::from_millis(0));
        let (campaign, hengda, store) = (CampaignId::new(now), EnterpriseId::new(now), EnterpriseId::new(now));
        let firms = firms(&House { campaign, hengda, store }, days.first);
        let cases = cases(&firms, days);
        let visits = visits(&firms, &cases, days);
        Plan::new(days, firms, cases, visits)
    }

    #[test]
    fn whatever_day_it_is_everything_lies_in_the_past_and_in_order() {
        for week in 0..60 {
            let plan = plan(date(2026, 1, 1).saturating_add((week * 9).days()));
            let (first, today) = (at(plan.days.first, 0), at(plan.days.today, 0));
            assert!(plan.deeds.iter().all(|d| first < d.at && d.at < today), "{}", plan.days.today);
            for number in 0..plan.cases.len() {
                let course = plan.course_of(number);
                assert!(course.is_sorted_by(|a, b| a.at < b.at), "{} {number}", plan.days.today);
            }
        }
    }

    /// The life of a hazard itself says where each course leads.
    #[test]
    fn there_is_a_hazard_in_every_state() {
        let plan = plan(date(2026, 11, 23));
        let ends: BTreeSet<State> = plan
            .cases
            .iter()
            .map(|case| {
                let verbs = case.course.steps.iter().map(|s| s.split(['@', ':']).next().unwrap_or(s));
                verbs.fold(State::Registered, |state, verb| {
                    let step = Verb::from_code(verb).and_then(|v| state.step(v));
                    step.unwrap_or_else(|| panic!("{}: {verb} from {state}", case.course.name)).0
                })
            })
            .collect();
        assert_eq!(ends, State::ALL.iter().copied().collect());
    }

    #[test]
    fn the_same_day_brings_the_same_summer() {
        let told = |plan: Plan| {
            let deeds = plan.deeds.iter().map(|d| format!("{} {} {:?}", d.at, d.who, d.what));
            (deeds.collect::<Vec<_>>(), plan.cases.iter().map(Case::what).collect::<Vec<_>>())
        };
        assert_eq!(told(plan(date(2027, 3, 1))), told(plan(date(2027, 3, 1))));
    }
}
