//! How a deed is done: through the same acts as in earnest.

use super::{
    deeds::{Deed, Plan, What},
    firms::{self, Firm},
    heads,
    house::{self, House, Person},
    lists::saying,
};
use crate::{
    accounts,
    enterprises::{self, List, certificates},
    hazards::{self, Act, DrawKind, Found, Handling, NewDraw},
    inspections,
    kernel::{AccountId, EnterpriseId, Error, InspectionId, LookBackId, Result, SiteId, db::Tx, secret::Keeper},
    people::{By, store as offices},
    tasks,
};
use jiff::{ToSpan, civil::Date};
use std::collections::HashMap;

/// What every deed needs.
#[derive(Clone)]
pub struct Ground {
    pub house: House,
    pub keeper: Keeper,
    /// The hash of everybody's password.
    pub password: String,
}

/// Does `deed`; `photos` are the hashes of what was photographed for it.
pub fn act(tx: &mut Tx, ground: &Ground, plan: &Plan, deed: &Deed, photos: &[String]) -> Result<()> {
    let by = By { client: None, ..accounts::acting(tx, &deed.who, deed.at)? };
    match &deed.what {
        What::Register { firm } => register(tx, &by, ground, plan, *firm),
        What::Paper { firm, paper } => {
            let paper = &plan.firms[*firm].papers[*paper];
            paper.fate.as_ref().map_or(Ok(()), |fate| certificates::act(tx, &by, paper.id, fate).map(|_| ()))
        }
        What::Life { firm, close } => {
            let why = "现场检查时已停止经营，门店关闭".to_owned();
            let act = if *close { enterprises::Act::Close { why } } else { enterprises::Act::Suspend { why } };
            enterprises::act(tx, &by, plan.firms[*firm].id, &act).map(|_| ())
        }
        What::Twin { firm } => {
            let twin = firms::twin(&plan.firms[*firm], plan.start());
            enterprises::register(tx, &by, &ground.keeper, &twin).map(|_| ())
        }
        What::Merge { firm } => {
            let (firm, twin) = (&plan.firms[*firm], firms::twin(&plan.firms[*firm], plan.start()));
            let why = "同一地址、同一负责人，重复登记".to_owned();
            enterprises::act(tx, &by, twin.id, &enterprises::Act::Merge { into: firm.id, why }).map(|_| ())
        }
        What::Plan { visit } => plan_visit(tx, &by, ground, plan, *visit),
        What::Submit { visit } => submit(tx, &by, ground, plan, (*visit, photos)),
        What::Cancel { visit } => {
            let act = inspections::Act::Cancel { why: said("cancel", *visit) };
            let id = assigned(tx, ground, plan, *visit)?.unwrap_or(plan.visits[*visit].id);
            // what was made in between is no longer cancelled
            if inspections::get(tx, by.scope(), id).is_ok_and(|v| v.state == inspections::State::Planned) {
                inspections::act(tx, &by, id, &act)?;
            }
            Ok(())
        }
        What::Report { case } => hazards::register(tx, &by, &found(ground, plan, *case, photos)).map(|_| ()),
        What::Draw => {
            let due = by.at.date().saturating_add(21.days());
            let new = NewDraw {
                kind: DrawKind::LookBack,
                campaign: ground.house.campaign,
                seed: Some(format!("石家庄 {}", by.at.date())),
                due,
            };
            hazards::draw(tx, &by, LookBackId::new(by.at), &new).map(|_| ())
        }
        What::Head(chore) => heads::act(tx, &by, ground, plan, *chore),
        What::Step { case, verb, number } => {
            let act = step(tx, &by, plan, (*case, verb, *number), photos)?;
            hazards::act(tx, &by, plan.cases[*case].id, &act).map(|_| ())
        }
    }
}

impl Plan {
    /// When the first day begins.
    pub fn start(&self) -> crate::kernel::Moment {
        crate::kernel::Moment::start_of(self.days.first)
    }
}

fn register(tx: &mut Tx, by: &By, ground: &Ground, plan: &Plan, number: usize) -> Result<()> {
    let firm = &plan.firms[number];
    // those before it were looked at: names of one trade in one county are alike
    let others: Vec<EnterpriseId> = plan.firms.iter().filter(|f| f.county == firm.county).map(|f| f.id).collect();
    let new = enterprises::New { id: firm.id, entry: firm.entry.clone(), confirm_not_duplicate: List(others) };
    enterprises::register(tx, by, &ground.keeper, &new)?;
    if let Some(site) = &firm.site {
        enterprises::put_site(tx, by, firm.id, SiteId::new(by.at), site)?;
    }
    for paper in &firm.papers {
        certificates::register(tx, by, &firms::certificate(firm, paper))?;
    }
    if plan.cases.iter().any(|c| c.firm == number) { give_account(tx, by, ground, firm) } else { Ok(()) }
}

/// Somebody of a subject that has to answer for something gets an account.
fn give_account(tx: &mut Tx, by: &By, ground: &Ground, firm: &Firm) -> Result<()> {
    let person = Person {
        login: firm.login.clone(),
        name: firm.person.clone(),
        office: firm.county().office.clone(),
        roles: "enterprise".to_owned(),
        badge: None,
        what_zh: String::new(),
        what_en: String::new(),
    };
    let system = accounts::system_in(tx, by.at)?;
    house::settle(tx, &system, &person, Some(firm.id), &ground.password)
}

fn plan_visit(tx: &mut Tx, by: &By, ground: &Ground, plan: &Plan, number: usize) -> Result<()> {
    let visit = &plan.visits[number];
    if let Some(own) = assigned(tx, ground, plan, number)? {
        let lead = Some(account(tx, &visit.team[0], by)?);
        let act = inspections::Act::Move { planned_for: visit.planned_for, lead };
        return inspections::act(tx, by, own, &act).map(|_| ());
    }
    let wanted = inspections::Plan {
        campaign: ground.house.campaign,
        enterprise: plan.firms[visit.firm].id,
        planned_for: visit.planned_for,
        lead: Some(account(tx, &visit.team[0], by)?),
        source: Some(visit.source),
    };
    inspections::plan(tx, by, visit.id, &wanted).map(|_| ())
}

fn submit(tx: &mut Tx, by: &By, ground: &Ground, plan: &Plan, (number, photos): (usize, &[String])) -> Result<()> {
    let visit = &plan.visits[number];
    let team = visit.team.iter().map(|login| account(tx, login, by)).collect::<Result<Vec<_>>>()?;
    let firm = &plan.firms[visit.firm];
    let record = visit.record(number, firm, &plan.cases, ground.house.campaign, (team, photos))?;
    let id = assigned(tx, ground, plan, number)?.unwrap_or(visit.id);
    inspections::submit(tx, by, id, &record).map(|_| ())
}

/// The visit that is planned for a task already: nobody plans another.
fn assigned(tx: &mut Tx, ground: &Ground, plan: &Plan, number: usize) -> Result<Option<InspectionId>> {
    tasks::planned_visit(tx, ground.house.campaign, plan.firms[plan.visits[number].firm].id)
}

fn account(tx: &mut Tx, login: &str, by: &By) -> Result<AccountId> {
    Ok(accounts::acting(tx, login, by.at)?.actor.account)
}

fn found(ground: &Ground, plan: &Plan, number: usize, photos: &[String]) -> Found {
    let case = &plan.cases[number];
    let firm = &plan.firms[case.firm];
    Found {
        id: case.id,
        campaign: ground.house.campaign,
        enterprise: firm.id,
        product: case.product.clone(),
        made_on: None,
        field: firm.field,
        problem: case.wrong.problem.clone(),
        severity: None,
        what: case.what(),
        origin: case.origin,
        origin_id: None,
        evidence: photos.to_vec(),
    }
}

/// The act that a step of a course stands for.
fn step(
    tx: &mut Tx,
    by: &By,
    plan: &Plan,
    (number, step, turn): (usize, &str, usize),
    photos: &[String],
) -> Result<Act> {
    let case = &plan.cases[number];
    let (verb, reason) = step.split_once(':').unwrap_or((step, ""));
    let today = by.at.date();
    let later = |days: i64| today.saturating_add(days.days());
    let (why, evidence) = (said(verb, turn), photos.to_vec());
    Ok(match verb {
        "order" => Act::Order { due: later(term(case.course.name.as_str())), demand: Some(why) },
        "dismiss" => Act::Dismiss { why },
        "acknowledge" => Act::Acknowledge,
        "submit" => Act::Submit { measure: case.wrong.measure.clone(), evidence },
        "verify" => Act::Verify { note: Some(why), evidence },
        "reject" => Act::Reject { why },
        "propose" => Act::Propose { reason: reason.to_owned(), why, evidence },
        "decide" => Act::Decide {
            handling: Handling::Filed,
            case_number: Some(case_number(plan, number, today)),
            why: Some(why),
        },
        "close" => Act::Close { handling: handling(&case.course.steps), case_number: None, note: Some(why) },
        "return" => Act::Return { why },
        "ask_extension" => Act::AskExtension { until: due(tx, by, plan, number)?.saturating_add(7.days()), why },
        "grant_extension" => Act::GrantExtension { note: Some(why) },
        "refuse_extension" => Act::RefuseExtension { why },
        "supervise" => Act::Supervise { why },
        "assign" => Act::Assign { handler: account(tx, &plan.firms[case.firm].county().inspectors[1], by)? },
        "transfer" => {
            let office = offices::office_by_code(tx, "130123")?.ok_or(Error::NotFound)?.id;
            Act::Transfer { office, why }
        }
        "draw_look_back" => Act::DrawLookBack { due: later(18) },
        "pass_look_back" => Act::PassLookBack { note: Some(why), evidence },
        "draw_repeat_check" => Act::DrawRepeatCheck { due: later(18) },
        "pass_repeat_check" => Act::PassRepeatCheck { note: Some(why), evidence },
        "reopen" => Act::Reopen { why },
        other => return Err(Error::broken(format!("demo/courses.csv: {other}"))),
    })
}

/// Days in which it is to be rectified.
fn term(course: &str) -> i64 {
    match course {
        "overdue_major" => 25,
        _ if course.starts_with("overdue") || course.starts_with("supervised") => 12,
        _ if course.ends_with("major") => 30,
        _ => 15,
    }
}

fn due(tx: &mut Tx, by: &By, plan: &Plan, number: usize) -> Result<Date> {
    let hazard = hazards::get(tx, by.scope(), plan.cases[number].id)?;
    Ok(hazard.due.unwrap_or_else(|| by.at.date()))
}

/// Where the case was decided before, the approval leaves that as it is.
fn handling(steps: &[String]) -> Option<Handling> {
    let is_decided = steps.iter().any(|s| s.starts_with("decide"));
    (!is_decided).then_some(Handling::NoCase)
}

fn case_number(plan: &Plan, number: usize, on: Date) -> String {
    let mut counted: HashMap<usize, usize> = HashMap::new();
    for case in &plan.cases[..=number] {
        *counted.entry(plan.firms[case.firm].county).or_default() += 1;
    }
    let county = plan.firms[plan.cases[number].firm].county;
    format!("{}立〔{}〕{}号", plan.firms[plan.cases[number].firm].county().short, on.year(), counted[&county])
}

fn said(verb: &str, number: usize) -> String {
    saying(verb, number).unwrap_or_default()
}
