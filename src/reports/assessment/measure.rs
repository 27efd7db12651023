//! What an office came to in each aspect, counted as of a day, with the reason in a sentence. Clause: S-1c.
//!
//! Figures and first submissions of returns are as of the day. What a person has decided about a sign or a target since
//! is seen as it stands: whoever wants to look at a day again fixes its sheet.

use super::sheet::{Line, Sheet, total};
use crate::{
    campaigns::{
        Aspect, AssessmentRule, Campaign, Pack,
        targets::{self, Measure, Target},
    },
    enterprises,
    inspections::signs,
    kernel::{Lang, Moment, Result, db::Tx},
    people::{By, Office, store as offices},
    record::{Figure, refused},
    reports::{Breakdown, Cell, Wanted, figures, returns},
};
use jiff::{ToSpan, civil::Date};

/// What is looked at.
#[derive(Debug)]
pub struct Look<'a> {
    pub office: &'a Office,
    pub campaign: &'a Campaign,
    pub pack: &'a Pack,
    /// The last day that counts.
    pub day: Date,
    /// Up to when it counts: the end of that day, or now.
    pub until: Moment,
}

/// So many of so many, and where both are looked at.
struct Found {
    part: i64,
    whole: i64,
    records: String,
}

/// The scoring sheet of an office.
pub fn sheet(tx: &mut Tx, by: &By, look: &Look) -> Result<Sheet> {
    let cells = figures(tx, by, &look.wanted(by, None), Lang::Zh)?;
    let mut lines = Vec::with_capacity(look.pack.assessment.len());
    for rule in &look.pack.assessment {
        let found = look.found(tx, by, rule.aspect, &cells)?;
        lines.push(scored(rule, found));
    }
    Ok(Sheet {
        campaign: look.campaign.id,
        campaign_zh: look.campaign.zh.clone(),
        campaign_en: look.campaign.en.clone(),
        office: look.office.id,
        code: look.office.code.clone(),
        office_zh: look.office.name.clone(),
        office_en: look.office.name_en.clone(),
        level: look.office.level,
        day: look.day,
        as_of: look.until,
        total: total(lines.iter().map(|l| (l.rule.weight, l.mark))),
        lines,
    })
}

fn scored(rule: &AssessmentRule, Found { part, whole, records }: Found) -> Line {
    let share = (whole > 0).then(|| part * 10_000 / whole);
    let reason = |lang| reason(rule.aspect, part, whole, lang);
    Line {
        mark: share.map(|share| rule.mark(share)),
        reason_zh: reason(Lang::Zh),
        reason_en: reason(Lang::En),
        rule: rule.clone(),
        part,
        whole,
        share,
        records,
    }
}

impl Look<'_> {
    fn wanted(&self, by: &By, breakdown: Option<Breakdown>) -> Wanted {
        // as things stand, sums need no cut-off
        let as_of = (self.until < by.at).then(|| self.day.to_string());
        Wanted { campaign: Some(self.campaign.id), office: Some(self.office.id), as_of, by: breakdown }
    }

    fn found(&self, tx: &mut Tx, by: &By, aspect: Aspect, cells: &[Cell]) -> Result<Found> {
        let value = |figure| cells.iter().find(|c| c.figure == figure).map_or(0, |c| c.value);
        let of = |part, whole| Found { part: value(part), whole: value(whole), records: records(cells, [part, whole]) };
        let besides = |part, whole, list: &str| Found { part, whole, records: format!("/api/v1/{list}") };
        let (scope, visits) = (self.office.scope(), value(Figure::Visits));
        Ok(match aspect {
            Aspect::Reported => self.reported(tx, false)?,
            Aspect::InTime => self.reported(tx, true)?,
            Aspect::Progress => self.progress(tx, by, cells)?,
            Aspect::Closing => of(Figure::Closed, Figure::Found),
            Aspect::Overdue => of(Figure::Overdue, Figure::Found),
            Aspect::LookBack => of(Figure::LookBackPassed, Figure::LookBacks),
            Aspect::Doubtful => {
                let doubtful = signs::count_pursued(tx, scope, self.campaign.id, self.until)?;
                besides(doubtful, visits, "signs?state=pursued")
            }
            Aspect::Refused => {
                let from = Moment::start_of(self.campaign.starts);
                besides(refused::count_visits(tx, scope, from, self.until)?, visits, "refused")
            }
            Aspect::Unnamed => {
                let (all, unnamed) = enterprises::store::count_codes(tx, scope, self.until)?;
                besides(unnamed, all, "enterprises")
            }
        })
    }

    /// The returns of the office and of all below it that were due before the day is over, and those that came.
    fn reported(&self, tx: &mut Tx, in_time: bool) -> Result<Found> {
        let mut due = returns::periods(self.pack, self.campaign);
        due.retain(|period| period.due < self.day);
        let mut whole = 0;
        for (level, many) in offices::count_by_level(tx, self.office.scope())? {
            whole += many * due.iter().filter(|period| level <= period.level).count() as i64;
        }
        let came = returns::first_submitted(tx, self.office.scope(), self.campaign.id, self.until)?;
        let counts = |(code, at): &&(String, Moment)| {
            let period = due.iter().find(|period| period.code == *code);
            period.is_some_and(|period| !in_time || at.date() <= period.due)
        };
        let part = came.iter().filter(counts).count() as i64;
        let records = format!("/api/v1/returns?campaign={}", self.campaign.id);
        Ok(Found { part, whole: whole.max(part), records })
    }

    /// Enterprises inspected beside those that should have been by the day, target by target: what one has too many fills
    /// no gap of another. Targets for kinds of places are left out: figures do not tell these apart.
    fn progress(&self, tx: &mut Tx, by: &By, cells: &[Cell]) -> Result<Found> {
        let mut wanted = targets::of_office(tx, self.campaign.id, self.office.id)?;
        wanted.retain(|t| t.measure == Measure::Inspect && t.focus.is_empty() && t.state != targets::State::Withdrawn);
        let products = if wanted.iter().all(|t| t.product.is_empty()) {
            Vec::new()
        } else {
            figures(tx, by, &self.wanted(by, Some(Breakdown::Product)), Lang::Zh)?
        };
        let done = |target: &Target| -> i64 {
            let cells = if target.product.is_empty() { cells } else { &products };
            let of = |c: &&Cell| c.product.as_deref().unwrap_or_default().starts_with(&target.product);
            cells.iter().filter(|c| c.figure == Figure::Inspected).filter(of).map(|c| c.value).sum()
        };
        let (mut part, mut whole) = (0, 0);
        for target in &wanted {
            let expected = self.expected(target);
            whole += expected;
            part += done(target).min(expected);
        }
        let records = records(cells, [Figure::Inspected, Figure::Inspected]);
        let targets = || format!("/api/v1/targets?campaign={}&office={}", self.campaign.id, self.office.id);
        Ok(Found { part, whole, records: if records.is_empty() { targets() } else { records } })
    }

    /// How much of a target is due by the day: all of it on its own, and evenly before.
    fn expected(&self, target: &Target) -> i64 {
        let days = |until: Date| i64::from(self.campaign.starts.until(until).map_or(0, |span| span.get_days()) + 1);
        let (gone, all) = (days(self.day.min(target.due)).max(0), days(target.due).max(1));
        target.total * gone / all
    }
}

/// The first of these figures that counts anything, by the address of its records; none when none does.
fn records(cells: &[Cell], figures: [Figure; 2]) -> String {
    let of = |figure: Figure| cells.iter().find(|c| c.figure == figure && c.value != 0);
    figures.into_iter().find_map(of).map(|cell| cell.records.clone()).unwrap_or_default()
}

/// Up to when a day counts when it is looked at `now`: its end at the latest.
pub fn until(day: Date, now: Moment) -> Moment {
    Moment::start_of(day.saturating_add(1.day())).plus(-1).min(now)
}

fn reason(aspect: Aspect, part: i64, whole: i64, lang: Lang) -> String {
    if whole <= 0 {
        let nothing = match aspect {
            Aspect::Reported | Aspect::InTime => ("尚无到期报表", "No return was due yet"),
            Aspect::Progress => ("未下达检查任务", "No target was set"),
            Aspect::Closing | Aspect::Overdue => ("未发现隐患", "No hazard was found"),
            Aspect::LookBack => ("未开展“回头看”", "No look-back was made"),
            Aspect::Doubtful | Aspect::Refused => ("未开展检查", "No visit was made"),
            Aspect::Unnamed => ("无登记企业", "No enterprise is registered"),
        };
        let (zh, en) = nothing;
        return format!("{}{}", lang.say(zh, en), lang.say("，不计分。", "; not scored."));
    }
    match (aspect, lang) {
        (Aspect::Reported, Lang::Zh) => format!("本级和下级应报{whole}份，已报{part}份。"),
        (Aspect::Reported, Lang::En) => format!("{part} of {whole} returns due here and below were submitted."),
        (Aspect::InTime, Lang::Zh) => format!("本级和下级应报{whole}份，按期报送{part}份。"),
        (Aspect::InTime, Lang::En) => format!("{part} of {whole} returns due here and below came in time."),
        (Aspect::Progress, Lang::Zh) => format!("按时间进度应检查{whole}家，已检查{part}家。"),
        (Aspect::Progress, Lang::En) => format!("{part} of the {whole} enterprises due by this day were inspected."),
        (Aspect::Closing, Lang::Zh) => format!("发现隐患{whole}项，已销号{part}项。"),
        (Aspect::Closing, Lang::En) => format!("{part} of {whole} hazards found are closed out."),
        (Aspect::Overdue, Lang::Zh) => format!("发现隐患{whole}项，逾期未整改{part}项。"),
        (Aspect::Overdue, Lang::En) => format!("{part} of {whole} hazards found are overdue."),
        (Aspect::LookBack, Lang::Zh) => format!("“回头看”{whole}家次，通过{part}家次。"),
        (Aspect::LookBack, Lang::En) => format!("{part} of {whole} look-backs were passed."),
        (Aspect::Doubtful, Lang::Zh) => format!("检查{whole}家次，经核查需跟进的存疑检查{part}家次。"),
        (Aspect::Doubtful, Lang::En) => format!("{part} of {whole} visits were looked at and found doubtful."),
        (Aspect::Refused, Lang::Zh) => format!("检查{whole}家次，不符合规则未入账的提交{part}次。"),
        (Aspect::Refused, Lang::En) => format!("{part} submissions were refused beside {whole} visits."),
        (Aspect::Unnamed, Lang::Zh) => format!("登记企业{whole}家，无统一社会信用代码{part}家。"),
        (Aspect::Unnamed, Lang::En) => format!("{part} of {whole} enterprises registered lack their credit code."),
    }
}
