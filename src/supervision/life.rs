//! The life of a step of the ladder: proposed by the system, decided by a person, answered, accepted or climbed over.
//!
//! [`State::step`] is the only place where this is decided; how the rungs follow each other stands in [`Rung::above`].

use crate::people::Role::{self, Coordinator, Supervisor, System};

words! {
    /// The rungs of the ladder over lower offices, from the bottom (T3-3e).
    pub enum Rung {
        Reminder "reminder" "督促提醒" "Reminder",
        Talk "talk" "约谈" "Talk",
        Circular "circular" "通报" "Circular",
    }
    /// Where a step stands.
    #[schema(as = ReminderState)]
    pub enum State {
        Proposed "proposed" "建议" "Proposed",
        Issued "issued" "待回复" "Awaiting an answer",
        Unanswered "unanswered" "逾期未回复" "Not answered in time",
        Answered "answered" "待审核" "Answered",
        Rejected "rejected" "回复未认可" "Answer not accepted",
        Ended "ended" "已办结" "Accepted",
        Dismissed "dismissed" "不予采取" "Dismissed",
        Vanished "vanished" "情形已消除" "Ground gone",
        Lifted "lifted" "已解除" "Lifted",
        Climbed "climbed" "已升级" "Climbed",
    }
    /// What can be done to one.
    #[schema(as = ReminderVerb)]
    pub enum Verb {
        Propose "propose" "系统建议" "Propose",
        Issue "issue" "发出" "Issue",
        Dismiss "dismiss" "不予采取" "Dismiss",
        Vanish "vanish" "情形已消除" "Ground gone",
        Answer "answer" "回复" "Answer",
        Hold "hold" "登记约谈" "Record the talk",
        Lapse "lapse" "逾期未回复" "Not answered in time",
        Accept "accept" "认可回复" "Accept the answer",
        Reject "reject" "不认可回复" "Do not accept the answer",
        Lift "lift" "解除" "Lift",
        Climb "climb" "升级" "Climb",
    }
}

impl Rung {
    /// The next rung; nothing above a circular.
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Reminder => Some(Self::Talk),
            Self::Talk => Some(Self::Circular),
            Self::Circular => None,
        }
    }
}

impl State {
    /// States in which a step may rest for good.
    pub const ENDS: &[Self] = &[Self::Ended, Self::Dismissed, Self::Vanished, Self::Lifted, Self::Climbed];

    /// The whole life of a step. Who issues, accepts and lifts is of the office above; who answers, of the addressee.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Proposed, V::Issue) => (S::Issued, DECIDERS),
            (S::Proposed, V::Dismiss) => (S::Dismissed, DECIDERS),
            (S::Proposed, V::Vanish) => (S::Vanished, SYSTEM),

            (S::Issued | S::Unanswered | S::Rejected, V::Answer) => (S::Answered, ANSWERERS),
            (S::Issued | S::Unanswered, V::Hold) => (S::Answered, DECIDERS),
            (S::Issued, V::Lapse) => (S::Unanswered, SYSTEM),

            (S::Answered, V::Accept) => (S::Ended, DECIDERS),
            (S::Answered, V::Reject) => (S::Rejected, DECIDERS),
            (S::Issued | S::Unanswered | S::Rejected, V::Lift) => (S::Lifted, DECIDERS),

            // it was not answered, or the answer was not accepted, or it was accepted and did not help
            (S::Unanswered | S::Rejected | S::Ended, V::Climb) => (S::Climbed, SYSTEM),
            _ => return None,
        })
    }

    /// Whether the addressee has it: what is only proposed is nobody's but the office's above.
    pub const fn is_out(self) -> bool {
        !matches!(self, Self::Proposed | Self::Dismissed | Self::Vanished)
    }

    /// Whether it waits for somebody or may still climb.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Issued | Self::Unanswered | Self::Answered | Self::Rejected)
    }

    /// The stations of the ordinary way, for the drawing on the page.
    pub const WAY: &[Self] = &[Self::Proposed, Self::Issued, Self::Answered, Self::Ended];

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Proposed | Self::Answered => "orange",
            Self::Issued => "blue",
            Self::Unanswered | Self::Rejected | Self::Climbed => "red",
            Self::Ended => "green",
            Self::Dismissed | Self::Vanished | Self::Lifted => "grey",
        }
    }
}

/// Who decides on a proposal and on an answer.
pub const DECIDERS: &[Role] = &[Coordinator];
/// Who answers for an office.
pub const ANSWERERS: &[Role] = &[Supervisor, Coordinator];
const SYSTEM: &[Role] = &[System];
