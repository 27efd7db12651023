//! The life of a scoring sheet that was fixed: the office that is judged may object, the one above decides.

use crate::people::Role::{self, Coordinator, Supervisor};

words! {
    /// Where a fixed sheet stands.
    #[schema(as = AssessmentState)]
    pub enum State {
        Published "published" "待确认" "To be confirmed",
        Objected "objected" "有异议" "Objected to",
        Agreed "agreed" "无异议" "Agreed to",
        Final "final" "已定" "Final",
        Withdrawn "withdrawn" "已撤回" "Withdrawn",
    }
    /// What can be done to one.
    #[schema(as = AssessmentVerb)]
    pub enum Verb {
        Agree "agree" "确认无异议" "Agree",
        Object "object" "提出异议" "Object to a line",
        Correct "correct" "更正得分" "Correct a line",
        Reject "reject" "不采纳异议" "Reject an objection",
        Confirm "confirm" "定分" "Make final",
        Withdraw "withdraw" "撤回评分" "Withdraw",
    }
}

/// Those who answer for an office.
const HEADS: &[Role] = &[Coordinator, Supervisor];
/// Those who judge for the office above.
pub const JUDGES: &[Role] = &[Coordinator];

impl State {
    /// States in which a sheet may rest for good.
    pub const ENDS: &[Self] = &[Self::Final, Self::Withdrawn];

    /// The whole life of a sheet. While other objections are open, one that is decided leaves it where it stands.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Published, V::Agree) => (S::Agreed, HEADS),
            (S::Published | S::Objected, V::Object) => (S::Objected, HEADS),
            (S::Published | S::Objected, V::Correct) => (S::Published, JUDGES),
            (S::Objected, V::Reject) => (S::Published, JUDGES),
            (S::Published | S::Agreed, V::Confirm) => (S::Final, JUDGES),
            (S::Published | S::Objected | S::Agreed, V::Withdraw) => (S::Withdrawn, JUDGES),
            _ => return None,
        })
    }

    /// The stations of the ordinary way, for the drawing on the page.
    pub const WAY: &[Self] = &[Self::Published, Self::Agreed, Self::Final];

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Published => "blue",
            Self::Objected => "orange",
            Self::Agreed | Self::Final => "green",
            Self::Withdrawn => "grey",
        }
    }
}

impl Verb {
    /// Whether it is for the office that is judged; else for the one that judges.
    pub const fn is_for_judged(self) -> bool {
        matches!(self, Self::Agree | Self::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_final_over_an_open_objection() {
        assert_eq!(State::Objected.step(Verb::Confirm), None);
        assert_eq!(State::Final.step(Verb::Correct), None, "what is final is changed by nobody");
    }

    #[test]
    fn who_is_judged_judges_nothing() {
        let own = Verb::ALL.iter().filter(|v| v.is_for_judged());
        assert!(own.copied().eq([Verb::Agree, Verb::Object]));
    }
}
