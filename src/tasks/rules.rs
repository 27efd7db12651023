//! What the facts allow beside [`State::step`], and what becomes of a task. No database, no HTTP, no clock.

use super::{Act, Kind, State, Task, Verb};
use crate::{
    kernel::{Moment, Result, ensure, text},
    people::Actor,
};

/// Longest text of a report, result or reason, in characters.
const LONGEST: usize = 2000;

refusals! {
    NOT_YOURS "tasks.not_yours" "该任务的承办人不是您。" "This task is not yours to do.";
    NOT_HANDED_OUT_HERE "tasks.not_handed_out_here" "该任务由上级机构下达，请退回或者报告进展，由下达机构调整。" "A higher office handed this task out: return it or report; that office changes it.";
    VISIT_DOES_IT "tasks.visit_does_it" "检查任务随检查记录提交自动完成，不另行办结。" "A visit is done when its record is submitted; there is nothing else to finish.";
    DUE_PAST "tasks.due_past" "任务期限不得早于今天。" "The due date cannot lie before today.";
    SAME_OWNER "tasks.same_owner" "该任务现在的承办人就是所选人员。" "This task is with that person already.";
    NOT_AN_OWNER "tasks.not_an_owner" "检查任务只能派给检查人员。" "A visit goes to an inspector.";
}

/// What is known beside the task itself.
#[derive(Debug)]
pub struct Facts<'a> {
    pub actor: &'a Actor,
    pub at: Moment,
    /// Whether the actor stands at or above the office that handed it out.
    pub above: bool,
    /// Who is named by the act.
    pub named: Option<&'a Actor>,
}

impl Task {
    /// Refuses an act that the facts do not allow; the task after it.
    pub fn after(mut self, act: &Act, to: State, facts: &Facts) -> Result<Self> {
        self.check(act, facts)?;
        let said = act.said().map(|(field, said)| text::said(field, said, LONGEST)).transpose()?;
        match act {
            Act::Report { .. } => {}
            Act::Finish { .. } => self.result = said,
            Act::Extend { due, .. } => self.due = *due,
            Act::Reopen { due, .. } => {
                self.due = *due;
                self.reopened_at = Some(facts.at);
                self.visit = None;
                self.result = None;
                self.reason = said;
            }
            Act::Return { .. } | Act::Withdraw { .. } => self.reason = said,
            Act::VisitCancelled { .. } => {
                self.reason = said;
                self.visit = None;
            }
            Act::Reassign { .. } | Act::VisitMoved { .. } => {
                if let Some(named) = facts.named {
                    self.owner = Some(named.account);
                    self.office = named.office.id;
                    // a visit stands where its enterprise does, anything else where it is done
                    if self.kind != Kind::Visit {
                        self = self.at(named.office.place());
                    }
                }
                self.reason = None;
            }
            Act::Visited { visit } => self.visit = Some(*visit),
        }
        self.finished_at = (to == State::Done).then_some(self.finished_at.unwrap_or(facts.at));
        self.state = to;
        Ok(self)
    }

    fn check(&self, act: &Act, facts: &Facts) -> Result<()> {
        let verb = act.verb();
        let visit = self.kind == Kind::Visit;
        match verb {
            Verb::Report | Verb::Finish => {
                ensure(!visit, VISIT_DOES_IT)?;
                ensure(self.is_of(facts.actor), NOT_YOURS)?;
            }
            Verb::Return => ensure(self.is_of(facts.actor), NOT_YOURS)?,
            Verb::Extend | Verb::Withdraw | Verb::Reopen => ensure(facts.above, NOT_HANDED_OUT_HERE)?,
            Verb::Reassign => {
                let named = facts.named.map(|n| n.account);
                let stays = self.state == State::Assigned && self.owner == named;
                if stays {
                    return SAME_OWNER.at("owner");
                }
                if facts.named.is_some_and(|n| !can_do(self.kind, n)) {
                    return NOT_AN_OWNER.at("owner");
                }
            }
            Verb::Visited | Verb::VisitMoved | Verb::VisitCancelled => {}
        }
        match act {
            Act::Extend { due, .. } | Act::Reopen { due, .. } if *due < facts.at.date() => DUE_PAST.at("due"),
            _ => Ok(()),
        }
    }
}

/// Whether somebody can do a task of this kind.
pub fn can_do(kind: Kind, actor: &Actor) -> bool {
    match kind {
        Kind::Visit => actor.must_be(crate::inspections::VISITORS).is_ok(),
        Kind::Decision | Kind::Other => actor.must_be(super::OWNERS).is_ok(),
    }
}
