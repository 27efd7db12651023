//! What waits for whom: one table that the lists, the counts and the notices ask.

use super::{
    Group, Job, Section,
    jobs::{from_device, hazard, lead, milestone, reminder, reports, score, sign, target, task, visit},
};
use crate::{
    campaigns::targets::{self, Target},
    enterprises::watches,
    hazards::{self, Filter, Hazard, State},
    inspections::{self, signs, sync},
    kernel::{Lang, OfficeId, Result, db::Tx, list::Ask},
    people::{
        Actor, By,
        Role::{self, Coordinator, Enterprise, Inspector, Supervisor},
    },
    reports::{
        assessment, milestones,
        returns::{self, Return},
    },
    supervision::{self, Reminder},
    tasks::{self, Task},
};
use jiff::civil::Date;

/// Things of one group on the page.
const SHOWN: i64 = 20;
/// Where counting ends: a badge says 99+ at the most, and no page waits for a long count.
const MOST: i64 = 100;

/// What kind of things wait, by where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Visits,
    Hazards(State),
    /// Hazards of which the enterprise asks for more time.
    Extensions,
    Overdue,
    Signs,
    /// What came from the reader's own devices and lacks its photographs.
    Held,
    /// Enterprises that had stopped, for which a hazard was closed, and that were seen at work again.
    Leads,
    /// Steps of the ladder over lower offices.
    Reminders(supervision::Desk),
    /// Targets of the own office that it has not accepted.
    Targets,
    /// Targets that offices just below have sent back.
    ReturnedTargets,
    /// What must be done by a day that is near.
    Milestones,
    /// Tasks of the reader, and of the office where nobody is named; a visit waits as a visit.
    Tasks,
    /// Tasks to be handed to somebody else.
    ReturnedTasks,
    /// Tasks of others that are late.
    LateTasks,
    /// Returns of the own office.
    OwnReturns,
    /// Returns of offices below that wait for the own one.
    ReturnsBelow,
    /// Scoring sheets: of offices below to be decided on (`true`), of the own office to be agreed to.
    Sheets(bool),
}

/// A desk: what waits there for some roles.
#[derive(Debug)]
pub(super) struct Desk {
    pub section: Section,
    pub roles: &'static [Role],
    pub what: What,
    zh: &'static str,
    en: &'static str,
}

const fn desk(section: Section, roles: &'static [Role], what: What, zh: &'static str, en: &'static str) -> Desk {
    Desk { section, roles, what, zh, en }
}

const HEADS: &[Role] = &[Supervisor, Coordinator];
const OFFICERS: &[Role] = &[Inspector, Supervisor, Coordinator];

/// Every desk, the most urgent first. Nobody finds a thing on two of their desks: the first one has it.
const DESKS: &[Desk] = &[
    desk(Section::Approve, &[Supervisor], What::Hazards(State::Verified), "待审批销号", "Awaiting close-out"),
    desk(Section::Approve, &[Supervisor], What::Extensions, "待审批延期", "Extensions asked for"),
    desk(
        Section::Approve,
        supervision::DECIDERS,
        What::Reminders(supervision::Desk::Decide),
        "对下级机构的督促，待决定",
        "Supervision of offices below: to decide",
    ),
    desk(Section::Approve, returns::REPORTERS, What::ReturnsBelow, "待审核统计报表", "Returns to accept"),
    desk(
        Section::Approve,
        targets::COORDINATORS,
        What::ReturnedTargets,
        "下级退回的目标任务",
        "Targets sent back from below",
    ),
    desk(
        Section::Approve,
        assessment::JUDGES,
        What::Sheets(true),
        "下级考核评分，待处理",
        "Scoring sheets to decide on",
    ),
    desk(Section::Answer, returns::REPORTERS, What::Sheets(false), "考核评分待确认", "Sheets to agree or object to"),
    desk(
        Section::Answer,
        supervision::ANSWERERS,
        What::Reminders(supervision::Desk::Answer),
        "上级机构督促，待回复",
        "Asked by the office above: to answer",
    ),
    desk(Section::Do, &[Inspector], What::Visits, "待检查企业", "Visits to make"),
    desk(Section::Do, targets::HEADS, What::Targets, "待接收目标任务", "Targets to accept"),
    desk(Section::Do, tasks::OWNERS, What::Tasks, "待办任务", "Tasks to do"),
    desk(Section::Do, tasks::HEADS, What::ReturnedTasks, "退回待改派", "Returned, to be reassigned"),
    desk(Section::Do, &[Inspector], What::Hazards(State::Submitted), "待复查", "To be re-checked"),
    desk(Section::Do, &[Inspector], What::Hazards(State::LookingBack), "待回头看", "To be looked back at"),
    desk(Section::Do, &[Inspector], What::Hazards(State::RepeatChecking), "待反复查", "To be checked again"),
    desk(Section::Do, &[Inspector], What::Hazards(State::Registered), "待责令改正", "To be ordered"),
    desk(Section::Do, &[Inspector], What::Hazards(State::Reopened), "重新立账待处置", "Reopened"),
    desk(Section::Do, &[Inspector], What::Held, "离线提交待补材料", "Field records that lack something"),
    desk(Section::Do, &[Enterprise], What::Hazards(State::Ordered), "待整改", "To be rectified"),
    desk(Section::Do, &[Enterprise], What::Hazards(State::Rectifying), "整改中", "Being rectified"),
    desk(Section::Do, returns::REPORTERS, What::OwnReturns, "待报送统计报表", "Returns to submit"),
    desk(Section::Do, OFFICERS, What::Leads, "疑似恢复生产经营，待核查", "Seem to have resumed: to be looked at"),
    desk(Section::Watch, HEADS, What::Milestones, "临近时间节点", "Days that are near"),
    desk(Section::Watch, HEADS, What::Overdue, "逾期未整改", "Overdue"),
    desk(Section::Watch, tasks::HEADS, What::LateTasks, "逾期任务", "Overdue tasks"),
    desk(Section::Watch, &[Supervisor], What::Signs, "存疑检查待核查", "Signs on visits to look at"),
    desk(
        Section::Watch,
        &[Enterprise],
        What::Hazards(State::Submitted),
        "已提交，等待复查",
        "Submitted, awaiting re-check",
    ),
];

/// The desks of somebody.
pub(super) fn of(actor: &Actor) -> impl Iterator<Item = &'static Desk> {
    DESKS.iter().filter(|desk| desk.roles.iter().any(|role| actor.is(*role)))
}

impl Desk {
    /// What lies there, the overdue first.
    pub(super) fn look(&self, tx: &mut Tx, by: &By, lang: Lang) -> Result<Group> {
        let (mut jobs, more) = self.what.jobs(tx, by, lang)?;
        jobs.sort_by_key(|job| (!job.late, job.due.unwrap_or(Date::MAX)));
        Ok(Group {
            section: self.section,
            title: lang.say(self.zh, self.en).to_owned(),
            jobs,
            more,
            all: self.what.all(),
        })
    }

    /// How many things lie there, a hundred at the most.
    pub(super) fn count(&self, tx: &mut Tx, by: &By) -> Result<i64> {
        let scope = by.scope();
        match self.what {
            What::Visits => inspections::count_planned(tx, scope, MOST),
            What::Held => sync::held(tx, by.actor.account).map(|held| i64::from(held > 0)),
            What::Signs => signs::count_open(tx, scope, MOST),
            What::Reminders(desk) => supervision::count_at(tx, desk, by.actor.office.id, MOST),
            What::Leads => Ok(watches::leads(tx, scope, MOST)?.len() as i64),
            What::Targets => targets::count_at(tx, targets::Desk::Accept, by.actor.office.id, MOST),
            What::ReturnedTargets => targets::count_at(tx, targets::Desk::Decide, by.actor.office.id, MOST),
            What::Milestones => Ok(milestones::near(tx, by, Lang::Zh)?.len() as i64),
            What::Tasks => Ok(tasks::waiting(tx, &by.actor, MOST)?.len() as i64),
            What::ReturnedTasks => Ok(tasks::returned(tx, scope, MOST)?.len() as i64),
            What::LateTasks => Ok(late(tx, by, MOST)?.len() as i64),
            What::OwnReturns => Ok(returns::to_submit(tx, by, Lang::Zh)?.len() as i64),
            What::ReturnsBelow => Ok(returns::to_accept(tx, by, Lang::Zh)?.len() as i64),
            What::Sheets(judges) => Ok(assessment::waiting(tx, by, judges, MOST)?.len() as i64),
            What::Hazards(_) | What::Extensions | What::Overdue => hazards::count(tx, scope, &self.what.filter(), MOST),
        }
    }

    /// Whether this step of the ladder lies there.
    pub(super) fn holds_reminder(&self, reminder: &Reminder, actor: &Actor) -> bool {
        match self.what {
            What::Reminders(supervision::Desk::Decide) => reminder.asks_decision_of(actor),
            What::Reminders(supervision::Desk::Answer) => reminder.asks_answer_of(actor),
            _ => false,
        }
    }

    /// Whether this target lies there, given by the office `above`.
    pub(super) fn holds_target(&self, target: &Target, above: Option<OfficeId>, actor: &Actor) -> bool {
        match self.what {
            What::Targets => target.state == targets::State::Assigned && target.office == actor.office.id,
            What::ReturnedTargets => target.state == targets::State::Returned && above == Some(actor.office.id),
            _ => false,
        }
    }

    /// Whether this task lies there.
    pub(super) fn holds_task(&self, task: &Task, actor: &Actor) -> bool {
        match self.what {
            What::Tasks => task.state == tasks::State::Assigned && task.kind != tasks::Kind::Visit && task.is_of(actor),
            What::ReturnedTasks => {
                task.state == tasks::State::Returned && actor.scope().over_offices().holds(&task.place(), None)
            }
            _ => false,
        }
    }

    /// Whether this return lies there, which goes to the office `above`.
    pub(super) fn holds_return(&self, own: &Return, above: Option<OfficeId>, actor: &Actor) -> bool {
        match self.what {
            What::OwnReturns => !own.state.is_out() && own.office == actor.office.id,
            What::ReturnsBelow => own.state == returns::State::Submitted && above == Some(actor.office.id),
            _ => false,
        }
    }

    /// Whether this hazard lies there.
    pub(super) fn holds_hazard(&self, hazard: &Hazard) -> bool {
        match self.what {
            What::Hazards(state) => hazard.state == state,
            What::Extensions => hazard.extension.is_some(),
            What::Overdue => hazard.overdue,
            _ => false,
        }
    }
}

impl What {
    fn jobs(self, tx: &mut Tx, by: &By, lang: Lang) -> Result<(Vec<Job>, bool)> {
        match self {
            Self::Visits => {
                let filter = inspections::Filter { state: Some(inspections::State::Planned), ..Default::default() };
                let listed = inspections::list(tx, by.scope(), &filter, &ask("date"))?;
                Ok((listed.items.iter().map(|v| visit(v, by, lang)).collect(), listed.next.is_some()))
            }
            Self::Held => {
                let held = sync::held(tx, by.actor.account)?;
                Ok(((held > 0).then(|| from_device(held, lang)).into_iter().collect(), false))
            }
            Self::Signs => {
                let (signs, more) = signs::first_open(tx, by.scope(), &ask("found"))?;
                Ok((signs.iter().map(|s| sign(s, lang)).collect(), more))
            }
            Self::Reminders(desk) => {
                let (steps, more) = supervision::first_at(tx, desk, by.actor.office.id, SHOWN)?;
                let jobs: Result<Vec<Job>> = steps.iter().map(|r| reminder(tx, r, by, lang)).collect();
                Ok((jobs?, more))
            }
            Self::Targets | Self::ReturnedTargets => {
                let desk = if self == Self::Targets { targets::Desk::Accept } else { targets::Desk::Decide };
                let (found, more) = targets::first_at(tx, desk, by.actor.office.id, SHOWN)?;
                let jobs: Result<Vec<Job>> = found.iter().map(|t| target(tx, t, by, lang)).collect();
                Ok((jobs?, more))
            }
            Self::Milestones => {
                let near = milestones::near(tx, by, lang)?;
                Ok((near.into_iter().map(|near| milestone(near, by, lang)).collect(), false))
            }
            Self::OwnReturns => Ok((reports(returns::to_submit(tx, by, lang)?, by, lang), false)),
            Self::ReturnsBelow => Ok((reports(returns::to_accept(tx, by, lang)?, by, lang), false)),
            Self::Sheets(judges) => {
                let found = assessment::waiting(tx, by, judges, SHOWN)?;
                let more = found.len() as i64 >= SHOWN;
                Ok((found.iter().map(|a| score(a, by, lang)).collect(), more))
            }
            Self::Tasks | Self::ReturnedTasks | Self::LateTasks => {
                let found = match self {
                    Self::Tasks => tasks::waiting(tx, &by.actor, SHOWN)?,
                    Self::ReturnedTasks => tasks::returned(tx, by.scope(), SHOWN)?,
                    _ => late(tx, by, SHOWN)?,
                };
                let more = found.len() as i64 >= SHOWN;
                Ok((found.iter().map(|t| task(t, by, lang)).collect(), more))
            }
            Self::Leads => {
                let leads = watches::leads(tx, by.scope(), SHOWN)?;
                let more = leads.len() as i64 == SHOWN;
                Ok((leads.into_iter().map(|w| lead(w, lang)).collect(), more))
            }
            Self::Hazards(_) | Self::Extensions | Self::Overdue => {
                let listed = hazards::list(tx, by.scope(), &self.filter(), &ask(self.order()))?;
                Ok((listed.items.iter().map(|h| hazard(h, by, lang)).collect(), listed.next.is_some()))
            }
        }
    }

    fn filter(self) -> Filter {
        match self {
            Self::Hazards(state) => Filter { state: Some(state), ..Filter::default() },
            Self::Extensions => Filter { extension: Some("1".into()), ..Filter::default() },
            _ => Filter { overdue: Some("1".into()), ..Filter::default() },
        }
    }

    /// What has a due date goes by it, the rest by its age.
    const fn order(self) -> &'static str {
        match self {
            Self::Hazards(State::Ordered | State::Rectifying) | Self::Extensions | Self::Overdue => "due",
            _ => "found",
        }
    }

    /// Where the whole list stands.
    fn all(self) -> String {
        match self {
            Self::Visits => "/inspections?state=planned".to_owned(),
            Self::Hazards(state) => format!("/hazards?state={state}"),
            Self::Extensions => "/hazards?extension=1&sort=due".to_owned(),
            Self::Overdue => "/hazards?overdue=1&sort=due".to_owned(),
            Self::Signs => "/signs?state=open".to_owned(),
            Self::Held => "/field/".to_owned(),
            Self::Leads => "/enterprises".to_owned(),
            Self::Reminders(_) => "/reminders".to_owned(),
            Self::OwnReturns | Self::ReturnsBelow => "/returns".to_owned(),
            Self::Targets | Self::ReturnedTargets => "/targets".to_owned(),
            Self::Milestones => "/campaigns".to_owned(),
            Self::Sheets(_) => "/assessments".to_owned(),
            Self::Tasks => "/tasks?state=assigned&sort=due".to_owned(),
            Self::ReturnedTasks => "/tasks?state=returned&sort=due".to_owned(),
            Self::LateTasks => "/tasks?overdue=1&sort=due".to_owned(),
        }
    }
}

fn ask(sort: &str) -> Ask {
    Ask { sort: Some(sort.to_owned()), limit: Some(SHOWN), ..Ask::default() }
}

/// What others are late with. What waits for the reader stands elsewhere already, as a task or as a visit.
fn late(tx: &mut Tx, by: &By, most: i64) -> Result<Vec<Task>> {
    let mut late = tasks::overdue(tx, by.scope(), by.at.date(), most)?;
    late.retain(|task| match task.kind {
        tasks::Kind::Visit => !by.actor.is(Inspector),
        _ => !task.is_of(&by.actor),
    });
    Ok(late)
}
