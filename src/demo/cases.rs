//! Which hazards there are: whose, what, found when, and how each goes on.

use super::{
    days::Days,
    dice::Dice,
    firms::Firm,
    lists::{COUNTIES, COURSES, Course, WRONGS, Wrong},
    papers::PACK,
};
use crate::{
    hazards::Origin,
    kernel::{HazardId, Moment},
};
use jiff::civil::Date;
use std::collections::HashMap;

/// A hazard.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: HazardId,
    /// Its subject among the firms.
    pub firm: usize,
    pub course: &'static Course,
    pub wrong: &'static Wrong,
    pub product: String,
    pub found: Date,
    pub origin: Origin,
    /// The case in whose visit it was found as well.
    pub beside: Option<usize>,
}

impl Case {
    /// What was found, in words.
    pub fn what(&self) -> String {
        let name = PACK.product(&self.product).map_or(self.product.as_str(), |p| p.zh.as_str());
        let short = name.split('（').next().unwrap_or(name);
        self.wrong.what.replace("{p}", short)
    }

    /// Whether it was put right before the inspectors left.
    pub fn is_corrected_at_once(&self) -> bool {
        self.course.steps.first().is_some_and(|s| s == "correct_on_spot")
    }
}

/// In which order the counties come up: the large one most often.
const TURNS: &[usize] = &[0, 0, 1, 4, 0, 5, 2, 0, 3, 0, 6, 1, 0, 7, 5, 0, 8, 4];

/// Every hazard of the summer.
pub fn cases(firms: &[Firm], days: Days) -> Vec<Case> {
    let mut chooser = Chooser { firms, days, next: HashMap::new(), used: HashMap::new(), turn: 0 };
    let mut cases: Vec<Case> = Vec::new();
    for course in COURSES.iter() {
        for _ in 0..course.hazards {
            let case = chooser.case(cases.len(), course);
            cases.push(case);
        }
    }
    pair_up(&mut cases, firms);
    cases
}

/// A small thing corrected at once is often found beside a larger one, on the same visit.
fn pair_up(cases: &mut [Case], firms: &[Firm]) {
    let larger: Vec<usize> = (0..cases.len()).filter(|i| cases[*i].course.name == "closed").collect();
    let small: Vec<usize> = (0..cases.len()).filter(|i| cases[*i].course.name == "on_spot").collect();
    for (small, larger) in small.into_iter().zip(larger).step_by(2) {
        let (firm, found) = (cases[larger].firm, cases[larger].found);
        if firms[firm].sides() == firms[cases[small].firm].sides() {
            let product =
                fitting(&firms[firm], cases[small].wrong, found).unwrap_or_else(|| cases[larger].product.clone());
            let case = &mut cases[small];
            (case.firm, case.found, case.product, case.beside) = (firm, found, product, Some(larger));
        }
    }
}

struct Chooser<'a> {
    firms: &'a [Firm],
    days: Days,
    /// The next firm of each county.
    next: HashMap<usize, usize>,
    /// How often each finding has been used.
    used: HashMap<usize, usize>,
    turn: usize,
}

impl Chooser<'_> {
    fn case(&mut self, number: usize, course: &'static Course) -> Case {
        let mut dice = Dice::named("case", number);
        let found = self.days.ago(dice.between(course.from, course.to));
        loop {
            let firm = self.firm(course);
            let Some((wrong, product)) = self.wrong(&self.firms[firm], course, found) else { continue };
            let at = Moment::start_of(found);
            return Case {
                id: dice.id(at).parse().unwrap_or_else(|_| HazardId::new(at)),
                firm,
                course,
                wrong: &WRONGS[wrong],
                product,
                found,
                origin: origin(course),
                beside: None,
            };
        }
    }

    fn firm(&mut self, course: &Course) -> usize {
        match course.who.as_str() {
            "hengda" => return 0,
            "store" => return 1,
            _ => {}
        }
        let county = COUNTIES.iter().position(|c| c.office == course.who).unwrap_or_else(|| {
            self.turn += 1;
            TURNS[self.turn % TURNS.len()]
        });
        let own: Vec<usize> = (2..self.firms.len()).filter(|i| self.firms[*i].county == county).collect();
        let next = self.next.entry(county).or_default();
        *next += 1;
        own[(*next * 7) % own.len()]
    }

    /// The finding used least that fits the firm and the course, with the product it is about.
    fn wrong(&mut self, firm: &Firm, course: &Course, on: Date) -> Option<(usize, String)> {
        let fits = |wrong: &Wrong| {
            let problem = PACK.problem(&wrong.problem)?;
            let right = problem.severity == course.severity && firm.sides().contains(&wrong.side.as_str());
            if right && right_side(course, &wrong.side) { fitting(firm, wrong, on) } else { None }
        };
        let mut fitting: Vec<(usize, String)> =
            WRONGS.iter().enumerate().filter_map(|(i, w)| Some((i, fits(w)?))).collect();
        fitting.sort_by_key(|(i, _)| self.used.get(i).copied().unwrap_or(0));
        let chosen = fitting.into_iter().next()?;
        *self.used.entry(chosen.0).or_default() += 1;
        Some(chosen)
    }
}

/// Some grounds for close-out belong to makers, some to sellers.
fn right_side(course: &Course, side: &str) -> bool {
    match course.name.as_str() {
        "stopped_selling" => side == "sold",
        "producer_denies" | "production_stopped" | "bankrupt" => side == "made",
        _ => true,
    }
}

/// A product of the firm that such a finding can be about.
fn fitting(firm: &Firm, wrong: &Wrong, on: Date) -> Option<String> {
    let about = |p: &String| wrong.about.is_empty() || wrong.about.iter().any(|a| p.starts_with(a.as_str()));
    let stands =
        |p: &String| wrong.regime.is_none_or(|regime| PACK.regimes_of(p, on).iter().any(|r| r.regime == regime));
    firm.products.iter().find(|p| about(p) && stands(p)).cloned()
}

fn origin(course: &Course) -> Origin {
    match course.name.as_str() {
        "self_reported" => Origin::SelfReport,
        "complaint" => Origin::Complaint,
        "spot_check" => Origin::SpotCheck,
        _ => Origin::Inspection,
    }
}
