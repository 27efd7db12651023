//! The life of a document: issued, printed, served; voided at the worst. It is never changed and never goes away.

use crate::people::Role::{self, Inspector, Supervisor, System};

words! {
    /// Where a document stands.
    #[schema(as = DocumentState)]
    pub enum State {
        Issued "issued" "有效" "In force",
        Voided "voided" "已作废" "Voided",
    }
    /// What can be done to one.
    #[schema(as = DocumentVerb)]
    pub enum Verb {
        Issue "issue" "制发" "Issue",
        Print "print" "首次印制" "Print for the first time",
        Serve "serve" "登记送达" "Record the service",
        Void "void" "作废" "Void",
    }
}

impl State {
    /// States in which a document may rest for good.
    pub const ENDS: &[Self] = Self::ALL;

    /// The whole life of a document. It is issued by the act of another capability, and printed by the system.
    pub const fn step(self, verb: Verb) -> Option<(Self, Role)> {
        Some(match (self, verb) {
            (_, Verb::Print) => (self, System),
            (Self::Issued, Verb::Serve) => (Self::Issued, Inspector),
            (Self::Issued, Verb::Void) => (Self::Voided, Supervisor),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Issued => "green",
            Self::Voided => "grey",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voided_document_stays_voided() {
        assert!(Verb::ALL.iter().all(|v| State::Voided.step(*v).is_none_or(|(to, _)| to == State::Voided)));
        assert_eq!(State::Voided.step(Verb::Serve), None);
    }
}
