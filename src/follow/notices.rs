//! Who is told of what (通知规则): one table.

use crate::{
    accounts,
    campaigns::targets,
    kernel::{AccountId, EnterpriseId, OfficeId, Result, db::Tx},
    notices,
    people::{
        Actor, By, Place,
        Role::{self, Inspector, Supervisor},
    },
    record::{
        Event, Kind,
        store::{self, Work},
    },
    reports::returns,
    supervision, tasks,
    work::Subject,
};

/// Whom something concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Whoever handles it.
    Handler,
    /// The people of the enterprise.
    Enterprise,
    /// Who has this role at the offices that are responsible: station and county, else the lowest there is.
    Office(Role),
    /// Who decides on a step of the ladder: the coordinators of the office above.
    Above,
    /// Who answers it: coordinators and supervisors of the office it is addressed to.
    Addressee,
    /// Who answers for the office that has a target or a return.
    Own,
    /// Who answers for the office that gave the target, or to which the return goes.
    Giver,
    /// Who is to do a task: its owner, else those who hand tasks out at its office.
    Owner,
    /// Whoever asked for it, even when the machine did it in their name.
    Asker,
}
use Who::{Above, Addressee, Asker, Enterprise, Giver, Handler, Office, Own, Owner};

/// Which events tell whom. Whoever did it is not told, and where the thing thereby comes into somebody's list of work, the
/// notice is the news of that entry. What is not named here is told to nobody: the timeline has it.
const TOLD: &[(Kind, &str, &[Who])] = &[
    (Kind::Hazard, "order", &[Enterprise]),
    (Kind::Hazard, "submit", &[Handler]),
    (Kind::Hazard, "verify", &[Enterprise, Office(Supervisor)]),
    (Kind::Hazard, "reject", &[Enterprise]),
    (Kind::Hazard, "propose", &[Office(Supervisor)]),
    (Kind::Hazard, "return", &[Handler]),
    (Kind::Hazard, "close", &[Enterprise, Handler]),
    (Kind::Hazard, "dismiss", &[Enterprise, Handler]),
    (Kind::Hazard, "ask_extension", &[Handler, Office(Supervisor)]),
    (Kind::Hazard, "grant_extension", &[Enterprise, Handler]),
    (Kind::Hazard, "refuse_extension", &[Enterprise, Handler]),
    (Kind::Hazard, "supervise", &[Handler, Office(Supervisor)]),
    (Kind::Hazard, "release", &[Handler, Office(Supervisor)]),
    (Kind::Hazard, "assign", &[Handler]),
    (Kind::Hazard, "transfer", &[Office(Inspector), Office(Supervisor)]),
    (Kind::Hazard, "lapse", &[Enterprise, Handler, Office(Supervisor)]),
    (Kind::Hazard, "draw_look_back", &[Office(Inspector)]),
    (Kind::Hazard, "draw_repeat_check", &[Office(Inspector)]),
    (Kind::Hazard, "reopen", &[Enterprise, Handler]),
    (Kind::Reminder, "propose", &[Above]),
    (Kind::Reminder, "issue", &[Addressee]),
    (Kind::Reminder, "lapse", &[Above, Addressee]),
    (Kind::Reminder, "answer", &[Above]),
    (Kind::Reminder, "hold", &[Addressee]),
    (Kind::Reminder, "accept", &[Addressee]),
    (Kind::Reminder, "reject", &[Addressee]),
    (Kind::Reminder, "lift", &[Addressee]),
    (Kind::Target, "change", &[Own]),
    (Kind::Target, "move", &[Own]),
    (Kind::Target, "uphold", &[Own]),
    (Kind::Target, "withdraw", &[Own]),
    (Kind::Target, "return", &[Giver]),
    (Kind::Target, "comment", &[Own, Giver]),
    (Kind::Task, "make", &[Owner]),
    (Kind::Task, "reassign", &[Owner]),
    (Kind::Task, "extend", &[Owner]),
    (Kind::Task, "withdraw", &[Owner]),
    (Kind::Task, "reopen", &[Owner]),
    (Kind::Return, "return", &[Own]),
    (Kind::Return, "accept", &[Own]),
    (Kind::Return, "reopen", &[Own]),
    (Kind::Return, "recall", &[Giver]),
    (Kind::Return, "revise", &[Giver]),
    (Kind::Sign, "find", &[Office(Supervisor)]),
    (Kind::Import, "finish", &[Asker]),
];

/// Tells whom it concerns what has happened, and puts away what has thereby been dealt with. A follower calls this.
pub(super) fn tell(tx: &mut Tx, work: &Work) -> Result<()> {
    let event = store::event(tx, work.event)?;
    let subject = Subject::find(tx, event.kind, &event.thing)?;
    notices::settle(tx, &event, |actor| subject.waits_for(actor))?;
    let Some((_, _, who)) = TOLD.iter().find(|(kind, verb, _)| *kind == event.kind && *verb == event.verb) else {
        return Ok(());
    };
    let mut readers: Vec<Actor> = Vec::new();
    for who in *who {
        let more = of(tx, *who, &event, &subject)?.into_iter();
        let known: Vec<AccountId> = readers.iter().map(|r| r.account).collect();
        readers.extend(more.filter(|r| !known.contains(&r.account) && (r.account != event.actor || *who == Asker)));
    }
    notices::tell(tx, &event, &readers, |actor| subject.waits_for(actor))
}

fn of(tx: &mut Tx, who: Who, event: &Event, subject: &Subject) -> Result<Vec<Actor>> {
    match who {
        Handler => match subject {
            Subject::Hazard(hazard) => person(tx, hazard.handler, event),
            _ => Ok(Vec::new()),
        },
        Enterprise => event.enterprise.map_or(Ok(Vec::new()), |id: EnterpriseId| accounts::people_of(tx, id)),
        Office(role) => at_offices(tx, &subject.place(), role),
        Above => match subject {
            Subject::Reminder(r) => accounts::people_at(tx, r.above, supervision::DECIDERS),
            _ => Ok(Vec::new()),
        },
        Addressee => match subject {
            Subject::Reminder(r) => accounts::people_at(tx, r.office, supervision::ANSWERERS),
            _ => Ok(Vec::new()),
        },
        Own => match subject {
            Subject::Target(target, _) => accounts::people_at(tx, target.office, targets::HEADS),
            Subject::Return(own, _) => accounts::people_at(tx, own.office, returns::REPORTERS),
            _ => Ok(Vec::new()),
        },
        Giver => match subject {
            Subject::Target(_, Some(above)) => accounts::people_at(tx, *above, targets::COORDINATORS),
            Subject::Return(_, Some(above)) => accounts::people_at(tx, *above, returns::REPORTERS),
            _ => Ok(Vec::new()),
        },
        Owner => match subject {
            Subject::Task(task) => match task.owner {
                Some(owner) => person(tx, owner, event),
                None => accounts::people_at(tx, task.office, tasks::HEADS),
            },
            _ => Ok(Vec::new()),
        },
        Asker => person(tx, event.actor, event),
    }
}

fn person(tx: &mut Tx, id: AccountId, event: &Event) -> Result<Vec<Actor>> {
    let found: Option<By> = accounts::on_behalf(tx, id, event.at)?;
    Ok(found.map(|by| by.actor).into_iter().collect())
}

fn at_offices(tx: &mut Tx, place: &Place, role: Role) -> Result<Vec<Actor>> {
    let mut offices: Vec<OfficeId> = [place.station, place.county].into_iter().flatten().collect();
    if offices.is_empty() {
        offices.extend(place.owner());
    }
    let mut found = Vec::new();
    for office in offices {
        found.extend(accounts::people_at(tx, office, &[role])?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{enterprises::imports, hazards};

    #[test]
    fn every_event_told_is_one_that_happens_and_stands_there_once() {
        for (i, (kind, verb, who)) in TOLD.iter().enumerate() {
            let known = match kind {
                Kind::Hazard => hazards::Verb::from_code(verb).is_some(),
                Kind::Reminder => supervision::Verb::from_code(verb).is_some(),
                Kind::Target => targets::Verb::from_code(verb).is_some(),
                Kind::Task => *verb == "make" || tasks::Verb::from_code(verb).is_some(),
                Kind::Return => returns::Verb::from_code(verb).is_some(),
                Kind::Import => imports::Verb::from_code(verb).is_some(),
                Kind::Sign => *verb == "find",
                _ => false,
            };
            assert!(known && !who.is_empty(), "{kind} {verb}");
            assert!(!TOLD[i + 1..].iter().any(|(k, v, _)| (k, v) == (kind, verb)), "{kind} {verb} stands there twice");
            assert!(
                crate::record::FOLLOWERS.iter().any(|(f, kinds)| *f == "notices" && kinds.contains(kind)),
                "{kind}"
            );
        }
    }
}
