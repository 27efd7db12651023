//! The life of a return: from where, by what, to where, by whom.

use crate::people::Role::{self, Coordinator, Supervisor, System};

words! {
    /// Where a return stands.
    #[schema(as = ReturnState)]
    pub enum State {
        Draft "draft" "填报中" "Being prepared",
        Submitted "submitted" "已报送" "Submitted",
        Returned "returned" "已退回" "Returned",
        Accepted "accepted" "已审核" "Accepted",
        Locked "locked" "已锁定" "Locked",
    }
    /// What can be done to one.
    #[schema(as = ReturnVerb)]
    pub enum Verb {
        Adjust "adjust" "调整" "Adjust a figure",
        Excuse "excuse" "下级缺报说明" "Go on without an office below",
        Submit "submit" "报送" "Submit",
        ReportNil "report_nil" "零报告" "Report nothing",
        Recall "recall" "撤回" "Take back",
        Return "return" "退回" "Return",
        Accept "accept" "审核通过" "Accept",
        Reopen "reopen" "撤销审核" "Withdraw the acceptance",
        Lock "lock" "锁定" "Lock",
        Unlock "unlock" "解除锁定" "Unlock",
        Revise "revise" "修订" "Revise",
        Deliver "deliver" "登记报送凭据" "Note the receipt of the document exchange",
    }
}

/// Whose hand a verb is for, seen from the office that reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The office that reports: nobody else ever touches its figures.
    Own,
    /// The office above it; at the top, the office itself.
    Above,
    /// Nobody's: it follows from what happens above.
    Nobody,
}

/// Those who answer for an office's figures.
const HEADS: &[Role] = &[Coordinator, Supervisor];

impl State {
    /// States in which a return may rest for good.
    pub const ENDS: &[Self] = &[Self::Locked];

    /// The whole life of a return. What stands around it is judged beside this, by `lattice.rs`.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Draft | S::Returned, V::Adjust | V::Excuse) => (self, HEADS),
            (S::Draft | S::Returned, V::Submit | V::ReportNil) => (S::Submitted, HEADS),
            (S::Submitted, V::Recall) => (S::Draft, HEADS),
            (S::Submitted, V::Return) => (S::Returned, HEADS),
            (S::Submitted, V::Accept) => (S::Accepted, HEADS),
            (S::Accepted, V::Reopen) => (S::Submitted, HEADS),
            // by hand at the top only; below it follows from the acceptance above
            (S::Accepted, V::Lock) => (S::Locked, &[Coordinator, System]),
            (S::Locked, V::Unlock) => (S::Accepted, &[System]),
            (S::Accepted | S::Locked, V::Revise) => (self, HEADS),
            (S::Submitted | S::Accepted | S::Locked, V::Deliver) => (self, HEADS),
            _ => return None,
        })
    }

    /// Whether the office above has accepted it.
    pub const fn is_approved(self) -> bool {
        matches!(self, Self::Accepted | Self::Locked)
    }

    /// Whether it has left the office that reports.
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Locked)
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Draft => "grey",
            Self::Submitted => "blue",
            Self::Returned => "red",
            Self::Accepted | Self::Locked => "green",
        }
    }

    /// The stations of the ordinary way, for the drawing on the page.
    pub const WAY: &[Self] = &[Self::Draft, Self::Submitted, Self::Accepted, Self::Locked];
}

impl Verb {
    /// Whose hand it is for.
    pub const fn hand(self) -> Hand {
        match self {
            Self::Adjust
            | Self::Excuse
            | Self::Submit
            | Self::ReportNil
            | Self::Recall
            | Self::Revise
            | Self::Deliver => Hand::Own,
            Self::Return | Self::Accept | Self::Reopen => Hand::Above,
            Self::Lock | Self::Unlock => Hand::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_submitted_is_changed_by_nobody() {
        for state in State::ALL.iter().filter(|s| s.is_out()) {
            assert_eq!((state.step(Verb::Adjust), state.step(Verb::Submit)), (None, None), "{state}");
        }
    }

    #[test]
    fn the_office_above_never_touches_the_figures() {
        let above = Verb::ALL.iter().filter(|v| v.hand() == Hand::Above);
        assert!(above.copied().all(|v| matches!(v, Verb::Return | Verb::Accept | Verb::Reopen)));
    }
}
