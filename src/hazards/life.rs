//! The life of a hazard: from where, by what, to where, by whom.
//!
//! [`State::step`] is the only place where this is decided. The check before an act, the buttons on the page,
//! `docs/rights.md`, the diagram and the generated tests all ask it.

use crate::people::Role::{self, Coordinator, Enterprise, Inspector, Supervisor, System};

words! {
    /// Where a hazard stands.
    #[schema(as = HazardState)]
    pub enum State {
        Registered "registered" "待处置" "Registered",
        Ordered "ordered" "责令整改" "Ordered to correct",
        Rectifying "rectifying" "整改中" "Being rectified",
        Submitted "submitted" "待复查" "Awaiting re-check",
        Verified "verified" "待销号" "Awaiting close-out",
        Closed "closed" "已销号" "Closed out",
        LookingBack "looking_back" "回头看中" "Being looked back at",
        Confirmed "confirmed" "回头看通过" "Look-back passed",
        RepeatChecking "repeat_checking" "反复查中" "Being checked again",
        Reopened "reopened" "重新立账" "Reopened",
        NotEstablished "not_established" "不成立" "Not established",
    }
    /// What can be done to one.
    #[schema(as = HazardVerb)]
    pub enum Verb {
        Order "order" "责令改正" "Order to correct",
        CorrectOnSpot "correct_on_spot" "当场改正" "Corrected on the spot",
        Dismiss "dismiss" "认定不成立" "Dismiss",
        Acknowledge "acknowledge" "签收并开始整改" "Acknowledge and begin",
        Submit "submit" "提交整改报告" "Submit rectification",
        Verify "verify" "复查通过" "Verify",
        Reject "reject" "复查不通过" "Send back",
        Propose "propose" "提请其他方式销号" "Propose close-out without re-check",
        Decide "decide" "确定行政处理意见" "Decide on the case",
        Close "close" "批准销号" "Close out",
        Return "return" "退回复查" "Return for re-check",
        AskExtension "ask_extension" "申请延期" "Ask for an extension",
        GrantExtension "grant_extension" "同意延期" "Grant the extension",
        RefuseExtension "refuse_extension" "不同意延期" "Refuse the extension",
        Supervise "supervise" "挂牌督办" "Put under supervised handling",
        Release "release" "解除督办" "Release from supervised handling",
        Assign "assign" "指定承办人" "Assign a handler",
        Transfer "transfer" "移交其他机构" "Transfer to another office",
        WithdrawEvidence "withdraw_evidence" "撤除误传材料" "Withdraw wrongly attached evidence",
        Lapse "lapse" "逾期" "Fall overdue",
        DrawLookBack "draw_look_back" "抽取回头看" "Draw for look-back",
        PassLookBack "pass_look_back" "回头看通过" "Pass the look-back",
        DrawRepeatCheck "draw_repeat_check" "抽取反复查" "Draw for repeat check",
        PassRepeatCheck "pass_repeat_check" "反复查通过" "Pass the repeat check",
        Reopen "reopen" "重新立账" "Reopen",
    }
}

impl State {
    /// States in which a hazard may rest for good.
    pub const ENDS: &[Self] = &[Self::Closed, Self::Confirmed, Self::NotEstablished];

    /// The whole life of a hazard.
    pub const fn step(self, verb: Verb) -> Option<(Self, Role)> {
        use State as S;
        use Verb as V;
        Some(match (self, verb) {
            // what was sent back may be ordered anew, and must be where it never was: a correction on the spot, returned
            (S::Registered | S::Reopened | S::Submitted, V::Order) => (S::Ordered, Inspector),
            (S::Registered, V::CorrectOnSpot) => (S::Verified, Inspector),
            (S::Registered, V::Dismiss) => (S::NotEstablished, Supervisor),

            (S::Ordered, V::Acknowledge) => (S::Rectifying, Enterprise),
            (S::Ordered | S::Rectifying, V::Submit) => (S::Submitted, Enterprise),
            (S::Submitted, V::Verify) => (S::Verified, Inspector),
            (S::Submitted, V::Reject) => (S::Rectifying, Inspector),
            (S::Ordered | S::Rectifying | S::Submitted, V::Propose) => (S::Verified, Inspector),
            (S::Verified, V::Close) => (S::Closed, Supervisor),
            (S::Verified, V::Return) => (S::Submitted, Supervisor),

            (S::Ordered | S::Rectifying, V::AskExtension) => (self, Enterprise),
            (S::Ordered | S::Rectifying, V::GrantExtension | V::RefuseExtension) => (self, Supervisor),
            (S::Ordered | S::Rectifying, V::Lapse) => (self, System),

            (S::Closed, V::DrawLookBack) => (S::LookingBack, Coordinator),
            (S::LookingBack, V::PassLookBack) => (S::Confirmed, Inspector),
            // what has stood one look stands others, as often as it is drawn (反复查)
            (S::Confirmed, V::DrawRepeatCheck) => (S::RepeatChecking, Coordinator),
            (S::RepeatChecking, V::PassRepeatCheck) => (S::Confirmed, Inspector),
            (S::LookingBack | S::RepeatChecking, V::Reopen) => (S::Reopened, Inspector),
            (S::Closed | S::Confirmed, V::Reopen) => (S::Reopened, Supervisor),

            (_, V::Decide | V::Assign | V::WithdrawEvidence) if self.is_open() => (self, Supervisor),
            (_, V::Supervise | V::Release | V::Transfer) if self.is_open() => (self, Coordinator),
            _ => return None,
        })
    }

    /// Whether it still stands on the ledger.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Registered | Self::Ordered | Self::Rectifying | Self::Submitted | Self::Verified | Self::Reopened
        )
    }

    /// Whether it has been struck off the ledger (销号), looked back at or not.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Closed | Self::LookingBack | Self::Confirmed | Self::RepeatChecking)
    }

    /// The stations of the ordinary way, for the drawing on the page.
    pub const WAY: &[Self] = &[
        Self::Registered,
        Self::Ordered,
        Self::Rectifying,
        Self::Submitted,
        Self::Verified,
        Self::Closed,
        Self::Confirmed,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_submitted_hazard_can_be_verified() {
        let from: Vec<_> = State::ALL.iter().filter(|s| s.step(Verb::Verify).is_some()).collect();
        assert_eq!(from, [&State::Submitted]);
    }

    #[test]
    fn close_out_comes_after_verification_only() {
        let from: Vec<_> = State::ALL.iter().filter(|s| s.step(Verb::Close).is_some()).collect();
        assert_eq!(from, [&State::Verified]);
    }

    #[test]
    fn an_enterprise_never_verifies_or_closes() {
        for (state, verb) in State::ALL.iter().flat_map(|s| Verb::ALL.iter().map(move |v| (*s, *v))) {
            if let Some((to, Role::Enterprise)) = state.step(verb) {
                assert!(!to.is_closed() && to != State::Verified, "{state} {verb}");
            }
        }
    }
}
