//! The life of a target: from where, by what, to where, by whom.
//!
//! An office that stands above gives, changes, moves and takes back; the office that has the target accepts it, divides
//! it further or sends it back. [`Side`] says which of the two a verb is for.

use crate::people::Role::{self, Coordinator, Supervisor};

words! {
    /// Where a target of an office stands.
    #[schema(as = TargetState)]
    pub enum State {
        Assigned "assigned" "待接收" "To be accepted",
        Accepted "accepted" "已接收" "Accepted",
        Returned "returned" "已退回" "Sent back",
        Withdrawn "withdrawn" "已撤回" "Withdrawn",
    }
    /// What can be done to one.
    #[schema(as = TargetVerb)]
    pub enum Verb {
        Accept "accept" "接收任务" "Accept",
        Return "return" "退回任务" "Send back",
        Divide "divide" "分解任务" "Divide",
        Change "change" "调整任务" "Change",
        Uphold "uphold" "维持任务" "Uphold",
        Move "move" "划转任务" "Move a part",
        Withdraw "withdraw" "撤回任务" "Withdraw",
        Comment "comment" "补充说明" "Comment",
    }
}

/// Whose a verb is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The office that has the target.
    Own,
    /// An office that stands above it; for a target of the office that runs the campaign, that office itself.
    Above,
    /// Either.
    Both,
}

/// Who answers for the targets of their office. In a small county that is the supervisor.
pub const HEADS: &[Role] = &[Coordinator, Supervisor];
/// Who decides on the targets of offices below.
pub const COORDINATORS: &[Role] = &[Coordinator];

impl State {
    /// States in which a target may rest for good.
    pub const ENDS: &[Self] = &[Self::Accepted, Self::Withdrawn];

    /// The whole life of a target, and who may do each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Assigned, V::Accept) => (S::Accepted, HEADS),
            (S::Assigned, V::Return) => (S::Returned, HEADS),
            (S::Assigned | S::Accepted, V::Divide) => (self, HEADS),

            // another total must be accepted anew; a target that was taken back is given again by a new total
            (_, V::Change) => (S::Assigned, COORDINATORS),
            (S::Returned, V::Uphold) => (S::Assigned, COORDINATORS),
            (S::Assigned | S::Accepted | S::Returned, V::Move) => (S::Assigned, COORDINATORS),
            (S::Assigned | S::Accepted | S::Returned, V::Withdraw) => (S::Withdrawn, COORDINATORS),

            (_, V::Comment) => (self, HEADS),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Assigned => "orange",
            Self::Accepted => "green",
            Self::Returned => "red",
            Self::Withdrawn => "grey",
        }
    }
}

impl Verb {
    /// Whose it is.
    pub const fn side(self) -> Side {
        match self {
            Self::Accept | Self::Return => Side::Own,
            Self::Divide | Self::Comment => Side::Both,
            Self::Change | Self::Uphold | Self::Move | Self::Withdraw => Side::Above,
        }
    }
}
