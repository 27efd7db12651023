//! The life of a sign: found by the machine, looked at by a person.

use crate::people::Role::{self, Supervisor};

words! {
    /// Where a sign stands.
    #[schema(as = SignState)]
    pub enum State {
        Open "open" "待核查" "To be looked at",
        Pursued "pursued" "需跟进" "To be pursued",
        Explained "explained" "已说明" "Explained",
    }
    /// What can be done to one.
    #[schema(as = SignVerb)]
    pub enum Verb {
        Explain "explain" "核查：情况有说明" "Looked at: explained",
        Pursue "pursue" "核查：需跟进处理" "Looked at: to be pursued",
    }
}

impl State {
    /// States in which a sign may rest for good.
    pub const ENDS: &[Self] = &[Self::Explained];

    /// The whole life of a sign.
    pub const fn step(self, verb: Verb) -> Option<(Self, Role)> {
        Some(match (self, verb) {
            (Self::Open | Self::Pursued, Verb::Explain) => (Self::Explained, Supervisor),
            (Self::Open | Self::Explained, Verb::Pursue) => (Self::Pursued, Supervisor),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Open => "orange",
            Self::Pursued => "red",
            Self::Explained => "green",
        }
    }
}
