//! How the offices above deal with those that are behind, and how these answer: most in time, one never.

use super::{
    days::at,
    house::{PEOPLE, Person},
    lists::COLLEAGUES,
};
use crate::{
    accounts,
    kernel::{Moment, Result, db::Tx},
    notices,
    people::By,
    reference::Calendar,
    supervision::{self, Act, Desk, Reminder, Rung, State},
};
use jiff::{ToSpan, civil::Date};

/// The office that lets every date pass: its ladder climbs.
const DEAF: &str = "130126";
/// Days that a proposal lies before somebody decides, and a letter before somebody answers.
const PATIENCE: i64 = 2;
/// Steps that somebody looks at on one day.
const A_DAY: i64 = 5;

/// One working day of everybody who has steps of the ladder on the desk.
pub fn walk(tx: &mut Tx, day: Date) -> Result<()> {
    if !Calendar::official().is_working_day(day).value {
        return Ok(());
    }
    for person in people("coordinator") {
        let by = accounts::acting(tx, &person.login, at(day, 1000))?;
        for step in supervision::first_at(tx, Desk::Decide, by.actor.office.id, A_DAY)?.0 {
            if let Some(act) = decision(&step, day, &by) {
                supervision::act(tx, &by, step.id, &act)?;
            }
        }
    }
    for person in people("supervisor").filter(|p| p.office != DEAF) {
        let by = accounts::acting(tx, &person.login, at(day, 1030))?;
        for step in supervision::first_at(tx, Desk::Answer, by.actor.office.id, A_DAY)?.0 {
            if waited(step.issued_at.map(Moment::date), day) && step.rung != Rung::Talk {
                let answer = "已逐项核查：两项因企业停产、一项因设备到货延迟未按期整改。已约谈企业负责人，落实专人跟踪，十个工作日内办结。";
                supervision::act(tx, &by, step.id, &Act::Answer { answer: answer.to_owned() })?;
            }
        }
    }
    Ok(())
}

/// Everybody has read what they were told until `day`.
pub fn read(tx: &mut Tx, day: Date) -> Result<()> {
    for person in PEOPLE.iter().chain(COLLEAGUES.iter()) {
        let by = accounts::acting(tx, &person.login, at(day, 1000))?;
        notices::read_until(tx, by.actor.account, by.at)?;
    }
    Ok(())
}

fn people(role: &'static str) -> impl Iterator<Item = &'static Person> {
    PEOPLE.iter().chain(COLLEAGUES.iter()).filter(move |p| p.roles.split(' ').any(|r| r == role))
}

fn waited(since: Option<Date>, day: Date) -> bool {
    since.is_some_and(|since| since.saturating_add(PATIENCE.days()) <= day)
}

fn decision(step: &Reminder, day: Date, by: &By) -> Option<Act> {
    let demand = "逐项核查上述事项，明确责任人和完成时限；\n按期书面回复原因、措施和进展。".to_owned();
    match step.state {
        State::Proposed if waited(Some(step.proposed_at.date()), day) => Some(match step.rung {
            Rung::Talk => Act::Issue {
                demand,
                due: None,
                talk_at: Some(at(day.saturating_add(3.days()), 540)),
                talk_place: Some("本局三楼会议室".to_owned()),
            },
            _ => Act::Issue { demand, due: None, talk_at: None, talk_place: None },
        }),
        State::Answered if waited(step.answered_at.map(Moment::date), day) => {
            Some(Act::Accept { why: Some("措施可行，按承诺时限核验。".to_owned()) })
        }
        State::Issued | State::Unanswered if step.talk_at.is_some_and(|talk| talk <= by.at) => Some(Act::Hold {
            participants: "被约谈机关分管负责人、隐患治理负责人".to_owned(),
            answer: "承认跟踪督促不到位，承诺月底前全部办结。".to_owned(),
        }),
        _ => None,
    }
}
