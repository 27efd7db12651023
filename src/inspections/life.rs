//! The life of a visit: from where, by what, to where, by whom.

use crate::people::Role::{self, Coordinator, Inspector, Supervisor, System};

words! {
    /// Where a visit stands.
    #[schema(as = InspectionState)]
    pub enum State {
        Planned "planned" "待检查" "Planned",
        Done "done" "已检查" "Done",
        Cancelled "cancelled" "已取消" "Cancelled",
    }
    /// What can be done to one.
    #[schema(as = InspectionVerb)]
    pub enum Verb {
        Submit "submit" "提交检查记录" "Submit the record",
        Move "move" "调整检查安排" "Change the plan",
        Cancel "cancel" "取消检查" "Cancel",
        Amend "amend" "补充说明" "Add an amendment",
        Confirm "confirm" "同行人员确认" "Confirm as a colleague",
    }
}

/// Who runs the campaign in an office arranges its visits.
const HEADS: &[Role] = &[Supervisor, Coordinator];
/// … and what another visit has made needless, the system cancels.
const CANCELLERS: &[Role] = &[Supervisor, Coordinator, System];

impl State {
    /// States in which a visit may rest for good.
    pub const ENDS: &[Self] = &[Self::Done, Self::Cancelled];

    /// The whole life of a visit. A record that has been submitted is never changed: an amendment stands beside it.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        Some(match (self, verb) {
            (Self::Planned, Verb::Submit) => (Self::Done, &[Inspector]),
            (Self::Planned, Verb::Move) => (Self::Planned, HEADS),
            (Self::Planned, Verb::Cancel) => (Self::Cancelled, CANCELLERS),
            (Self::Done, Verb::Amend | Verb::Confirm) => (Self::Done, &[Inspector]),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submitted_record_is_never_submitted_again() {
        assert_eq!(State::Done.step(Verb::Submit), None);
        assert_eq!(State::Cancelled.step(Verb::Submit), None);
    }
}
