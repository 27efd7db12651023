//! The life of a licence or certificate: from where, by what, to where, and who records it.
//!
//! Five acts are loosely called «revoke»; they are done by different bodies on different grounds ([`law`]) and are kept
//! apart: cancel 注销, withdraw 撤销, revoke 吊销, recall 撤回, suspend 暂停. Paicha records what the competent body has
//! decided.

use super::Kind;
use crate::{
    enterprises::OFFICERS,
    people::Role::{self, Coordinator, Supervisor, System},
};

words! {
    /// Where a certificate stands.
    #[schema(as = CertificateState)]
    pub enum State {
        Valid "valid" "有效" "Valid",
        Suspended "suspended" "暂停" "Suspended",
        Cancelled "cancelled" "注销" "Cancelled",
        Withdrawn "withdrawn" "撤销" "Withdrawn",
        Revoked "revoked" "吊销" "Revoked",
        Recalled "recalled" "撤回" "Recalled",
        Expired "expired" "到期失效" "Expired",
    }
    /// What can happen to one.
    #[schema(as = CertificateVerb)]
    pub enum Verb {
        Correct "correct" "更正登记" "Correct the entry",
        Renew "renew" "登记延续换证" "Record renewal",
        Suspend "suspend" "登记暂停" "Record suspension",
        Restore "restore" "登记恢复" "Record restoration",
        Cancel "cancel" "登记注销" "Record cancellation",
        Withdraw "withdraw" "登记撤销" "Record withdrawal",
        Revoke "revoke" "登记吊销" "Record revocation",
        Recall "recall" "登记撤回" "Record recall of the grant",
        Reinstate "reinstate" "登记原决定被撤销" "Record that the decision was annulled",
        Expire "expire" "到期" "Expire",
    }
}

/// Who may do it and on what ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Law {
    /// Who decides: 中文, English.
    pub by: (&'static str, &'static str),
    /// The provision.
    pub basis: &'static str,
}

const HEADS: &[Role] = &[Supervisor, Coordinator];
const CLOCK: &[Role] = &[System];

impl State {
    /// States in which a certificate may rest for good.
    pub const ENDS: &[Self] = &[Self::Cancelled, Self::Withdrawn, Self::Revoked, Self::Recalled, Self::Expired];

    /// The whole life of a certificate, and who may record each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            (S::Valid | S::Suspended | S::Expired, V::Correct) => (self, OFFICERS),
            (S::Valid | S::Expired, V::Renew) => (S::Valid, OFFICERS),
            (S::Valid, V::Suspend) => (S::Suspended, HEADS),
            // after withdrawal, revocation or recall the grant is also struck off administratively (ALL art.70)
            (S::Valid | S::Suspended | S::Expired | S::Withdrawn | S::Revoked | S::Recalled, V::Cancel) => {
                (S::Cancelled, HEADS)
            }
            (S::Valid | S::Suspended | S::Expired, V::Withdraw) => (S::Withdrawn, HEADS),
            (S::Valid | S::Suspended, V::Revoke) => (S::Revoked, HEADS),
            (S::Valid | S::Suspended, V::Recall) => (S::Recalled, HEADS),
            (S::Suspended, V::Restore) | (S::Cancelled | S::Withdrawn | S::Revoked | S::Recalled, V::Reinstate) => {
                (S::Valid, HEADS)
            }
            (S::Valid | S::Suspended, V::Expire) => (S::Expired, CLOCK),
            _ => return None,
        })
    }

    /// Whether its holder may rely on it.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Valid)
    }
}

/// Who decides on `verb` for a certificate of `kind`, and on what ground; nothing where the law knows no such act.
pub const fn law(kind: Kind, verb: Verb) -> Option<Law> {
    const ISSUER: (&str, &str) = ("发证机关", "the issuing authority");
    const ABOVE: (&str, &str) = ("发证机关或者其上级机关", "the issuing authority or the one above it");
    const LICENSING: (&str, &str) = ("许可证主管机关（行政处罚）", "the licensing authority, as a penalty");
    const BODY: (&str, &str) = ("认证机构", "the certification body");
    let (by, basis) = match (kind, verb) {
        (Kind::Licence, Verb::Cancel) => (ISSUER, "ALL art.70; IPL art.31"),
        (Kind::Licence, Verb::Withdraw) => (ABOVE, "ALL art.69; IPL art.52"),
        (Kind::Licence, Verb::Revoke) => (LICENSING, "IPL art.47, 49, 54, 65; APL art.63"),
        (Kind::Licence, Verb::Recall) => (ISSUER, "ALL art.8"),
        (Kind::Licence, Verb::Renew) => (ISSUER, "IPL art.25"),
        (Kind::Ccc, Verb::Suspend | Verb::Restore | Verb::Withdraw | Verb::Cancel) => (BODY, "CAR art.26"),
        (Kind::Ccc, Verb::Renew) => (BODY, "CAR art.27"),
        (_, Verb::Correct | Verb::Expire | Verb::Reinstate) => (("", ""), ""),
        // a licence is not suspended as a certificate is; a certificate is no administrative grant to revoke or recall
        (Kind::Licence, Verb::Suspend | Verb::Restore) | (Kind::Ccc, Verb::Revoke | Verb::Recall) => return None,
    };
    Some(Law { by, basis })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_acts_called_revoke_are_kept_apart() {
        let after = |verb| State::Valid.step(verb).map(|(to, _)| to);
        let ends = [Verb::Cancel, Verb::Withdraw, Verb::Revoke, Verb::Recall, Verb::Suspend].map(after);
        let all = [State::Cancelled, State::Withdrawn, State::Revoked, State::Recalled, State::Suspended];
        assert_eq!(ends, all.map(Some));
    }

    #[test]
    fn a_certificate_body_withdraws_and_only_an_authority_revokes() {
        assert!(law(Kind::Ccc, Verb::Revoke).is_none() && law(Kind::Ccc, Verb::Recall).is_none());
        assert!(law(Kind::Licence, Verb::Suspend).is_none());
        assert_ne!(law(Kind::Ccc, Verb::Withdraw).unwrap().by, law(Kind::Licence, Verb::Withdraw).unwrap().by);
    }

    #[test]
    fn every_state_but_the_ends_can_be_left() {
        for state in State::ALL.iter().filter(|s| !State::ENDS.contains(s)) {
            assert!(Verb::ALL.iter().any(|v| state.step(*v).is_some_and(|(to, _)| to != *state)), "{state}");
        }
    }
}
