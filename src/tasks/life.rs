//! The life of a task: from where, by what, to where, by whom.
//!
//! [`State::step`] is the only place where this is decided. The check before an act, the buttons on the page,
//! `docs/rights.md`, the diagram and the generated tests all ask it.

use crate::people::Role::{self, Coordinator, Inspector, Supervisor, System};

words! {
    /// Where a task stands. Overdue is no state: it follows from the due date and the clock.
    #[schema(as = TaskState)]
    pub enum State {
        Assigned "assigned" "待办理" "To be done",
        Returned "returned" "已退回" "Returned",
        Done "done" "已完成" "Done",
        Withdrawn "withdrawn" "已撤销" "Withdrawn",
    }
    /// What can be done to one.
    #[schema(as = TaskVerb)]
    pub enum Verb {
        Report "report" "报告进展" "Report progress",
        Finish "finish" "办结" "Finish",
        Return "return" "退回" "Return",
        Reassign "reassign" "改派" "Reassign",
        Extend "extend" "调整期限" "Change the due date",
        Withdraw "withdraw" "撤销" "Withdraw",
        Reopen "reopen" "重新办理" "Reopen",
        Visited "visited" "企业已检查，任务完成" "The enterprise was visited: done",
        VisitMoved "visit_moved" "随检查安排改派" "Went over with its visit",
        VisitCancelled "visit_cancelled" "检查取消，任务退回" "Its visit was cancelled: returned",
    }
}

/// Who does tasks: guards beside [`State::step`] see to it that each does only the own ones.
pub const OWNERS: &[Role] = &[Inspector, Supervisor, Coordinator];
/// Who hands tasks out.
pub const HEADS: &[Role] = &[Supervisor, Coordinator];
const CLOCKWORK: &[Role] = &[System];

impl State {
    /// States in which a task may rest for good.
    pub const ENDS: &[Self] = &[Self::Done, Self::Withdrawn];

    /// The whole life of a task, and who may do each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Assigned, V::Report) => (S::Assigned, OWNERS),
            (S::Assigned, V::Finish) => (S::Done, OWNERS),
            (S::Assigned, V::Return) => (S::Returned, OWNERS),
            (S::Assigned | S::Returned, V::Reassign) => (S::Assigned, HEADS),
            (S::Assigned | S::Returned, V::Extend) => (self, HEADS),
            (S::Assigned | S::Returned, V::Withdraw) => (S::Withdrawn, HEADS),
            (S::Done, V::Reopen) => (S::Assigned, HEADS),
            // what the visit of a task goes through, the task follows
            (S::Assigned | S::Returned, V::Visited) => (S::Done, CLOCKWORK),
            (S::Assigned | S::Returned, V::VisitMoved) => (S::Assigned, CLOCKWORK),
            (S::Assigned, V::VisitCancelled) => (S::Returned, CLOCKWORK),
            _ => return None,
        })
    }

    /// Whether something is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Assigned | Self::Returned)
    }

    /// The colour of its chip, while it is not overdue.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Assigned => "blue",
            Self::Returned => "orange",
            Self::Done => "green",
            Self::Withdrawn => "grey",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_withdrawn_never_comes_back() {
        assert!(Verb::ALL.iter().all(|verb| State::Withdrawn.step(*verb).is_none()));
    }

    #[test]
    fn an_owner_neither_withdraws_nor_puts_off() {
        for (state, verb) in State::ALL.iter().flat_map(|s| Verb::ALL.iter().map(move |v| (*s, *v))) {
            let may = state.step(verb).is_some_and(|(_, who)| who.contains(&Inspector));
            assert!(!may || matches!(verb, Verb::Report | Verb::Finish | Verb::Return), "{state} {verb}");
        }
    }
}
