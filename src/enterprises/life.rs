//! The life of a subject: from where, by what, to where, by whom.
//!
//! [`State::step`] is the only place where this is decided. The check before an act, the buttons on the page,
//! `docs/rights.md`, the diagram and the generated tests all ask it.

use crate::people::Role::{self, Administrator, Coordinator, Inspector, Supervisor};

words! {
    /// Where a subject stands.
    #[schema(as = EnterpriseState)]
    pub enum State {
        Active "active" "在业" "Active",
        Suspended "suspended" "停业" "Suspended",
        Closed "closed" "关闭" "Closed",
        Deregistered "deregistered" "注销登记" "Deregistered",
        Merged "merged" "已并入" "Merged",
    }
    /// What can be done to one.
    #[schema(as = EnterpriseVerb)]
    pub enum Verb {
        Edit "edit" "更正信息" "Correct the facts",
        Suspend "suspend" "登记停业" "Record suspension of business",
        Resume "resume" "恢复营业" "Record resumption",
        Close "close" "登记关闭" "Record closure",
        Deregister "deregister" "登记注销" "Record deregistration",
        KeepWatch "keep_watch" "核查未恢复，继续监视" "Looked: not resumed, watch on",
        Move "move" "变更监管机构" "Hand to another office",
        Merge "merge" "并入另一主体" "Merge into another",
        Unmerge "unmerge" "撤销合并" "Undo the merge",
    }
}

/// Whoever meets a subject at work corrects what is written of it.
pub const OFFICERS: &[Role] = &[Inspector, Supervisor, Coordinator, Administrator];
const HEADS: &[Role] = &[Supervisor, Coordinator];
/// Two records become one only by the hand of somebody who answers for the whole area.
const KEEPERS: &[Role] = &[Coordinator, Administrator];

impl State {
    /// States in which a subject may rest for good.
    pub const ENDS: &[Self] = &[Self::Active, Self::Deregistered, Self::Merged];

    /// The whole life of a subject, and who may do each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Active | S::Suspended | S::Closed | S::Deregistered, V::Edit | V::KeepWatch) => (self, OFFICERS),
            (S::Active, V::Suspend) => (S::Suspended, OFFICERS),
            (S::Suspended | S::Closed, V::Resume) => (S::Active, OFFICERS),
            (S::Active | S::Suspended, V::Close) => (S::Closed, OFFICERS),
            (S::Active | S::Suspended | S::Closed, V::Deregister) => (S::Deregistered, HEADS),
            (S::Active | S::Suspended | S::Closed | S::Deregistered, V::Move) => (self, KEEPERS),
            (S::Active | S::Suspended | S::Closed | S::Deregistered, V::Merge) => (S::Merged, KEEPERS),
            // where it returns to is what it was before: see `Enterprise::resumes`
            (S::Merged, V::Unmerge) => (S::Active, KEEPERS),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_merged_can_only_be_taken_apart_again() {
        let open: Vec<_> = Verb::ALL.iter().filter(|v| State::Merged.step(**v).is_some()).collect();
        assert_eq!(open, [&Verb::Unmerge]);
    }

    #[test]
    fn an_inspector_neither_merges_nor_moves() {
        for (state, verb) in State::ALL.iter().flat_map(|s| [Verb::Merge, Verb::Unmerge, Verb::Move].map(|v| (*s, v))) {
            assert!(!state.step(verb).is_some_and(|(_, who)| who.contains(&Inspector)), "{state} {verb}");
        }
    }
}
