//! What stands around a return: the one above and those below. No database.
//!
//! A level can be submitted and accepted only when all below it are; accepted means locked as soon as the level above is
//! accepted; an acceptance is withdrawn only while the level above has not gone on. `docs/decisions/0009-returns.md`.
//! The tests of this file walk through every state that small trees of offices can reach.

use super::{State, Verb};
use crate::kernel::{Error, Result, ensure};

refusals! {
    BELOW_OPEN "returns.below_open" "“{zh}”的同期报表尚未审核通过。请先审核，或者填写缺报说明。" "The return of {en} for this period is not accepted yet; accept it first, or say why you go on without it.";
    ABOVE_GONE_ON "returns.above_gone_on" "本级的同期报表已经报送，不能再撤销对下级报表的审核；请先撤回本级报表。" "Your own return for this period has been submitted; take it back before you withdraw what it rests on.";
}

/// An office below, seen from the return above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Below {
    /// Where its return stands; none when there is none.
    pub state: Option<State>,
    /// Whether the office above has said why it goes on without it.
    pub excused: bool,
}

impl Below {
    /// Whether nobody has to wait for it.
    pub fn is_settled(self) -> bool {
        self.excused || self.state.is_some_and(State::is_approved)
    }
}

/// Whether what stands around a return allows `verb`. `below` names each office with where it stands.
pub fn permit<'a>(
    verb: Verb,
    above: Option<State>,
    below: impl IntoIterator<Item = (Below, (&'a str, &'a str))>,
) -> Result<()> {
    match verb {
        Verb::Submit | Verb::ReportNil | Verb::Accept => {
            let waiting = below.into_iter().find(|(office, _)| !office.is_settled());
            waiting.map_or(Ok(()), |(_, (zh, en))| Err(Error::Refused(BELOW_OPEN.with("zh", zh).with("en", en))))
        }
        Verb::Reopen => ensure(!above.is_some_and(State::is_out), ABOVE_GONE_ON),
        _ => Ok(()),
    }
}

/// What follows for a return from where the one above it stands: accepted below accepted is locked, and no other.
pub const fn follows(state: State, above: Option<State>) -> Option<Verb> {
    match (state, above) {
        (State::Accepted, Some(above)) if above.is_approved() => Some(Verb::Lock),
        (State::Locked, Some(above)) if !above.is_approved() => Some(Verb::Unlock),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// An office: where its return stands, and whether the one above goes on without it.
    type Office = (Option<State>, bool);

    /// Every office by its place; the first is the top. `above[n]` is the place of the one above `n`.
    struct Tree(&'static [usize]);

    const TREES: &[Tree] = &[
        Tree(&[0]),
        Tree(&[0, 0]),
        Tree(&[0, 0, 1]),
        Tree(&[0, 0, 0]),
        Tree(&[0, 0, 1, 2]),
        Tree(&[0, 0, 0, 1]),
        Tree(&[0, 0, 1, 1]),
        Tree(&[0, 0, 0, 1, 2]),
    ];

    impl Tree {
        fn above(&self, n: usize) -> Option<usize> {
            (n > 0).then(|| self.0[n])
        }

        fn below(&self, n: usize) -> impl Iterator<Item = usize> + '_ {
            (1..self.0.len()).filter(move |c| self.0[*c] == n)
        }

        /// Where `verb` at `n` leads; none when it is not allowed.
        fn after(&self, offices: &[Office], n: usize, verb: Verb) -> Option<Vec<Office>> {
            let to = offices[n].0?.step(verb)?.0;
            let above = self.above(n).and_then(|a| offices[a].0);
            let below = self.below(n).map(|c| (Below { state: offices[c].0, excused: offices[c].1 }, ("", "")));
            permit(verb, above, below).ok()?;
            // by hand at the top only
            if verb == Verb::Unlock || verb == Verb::Lock && n > 0 {
                return None;
            }
            let mut after = offices.to_vec();
            after[n].0 = Some(to);
            for one in std::iter::once(n).chain(self.below(n)) {
                let above = self.above(one).and_then(|a| after[a].0);
                let follows = after[one].0.and_then(|s| s.step(follows(s, above)?));
                after[one].0 = follows.map(|(to, _)| to).or(after[one].0);
            }
            Some(after)
        }

        /// Everything that can happen next.
        fn next(&self, offices: &[Office]) -> Vec<Vec<Office>> {
            let mut next = Vec::new();
            for n in 0..offices.len() {
                if offices[n].0.is_none() {
                    let mut begun = offices.to_vec();
                    begun[n].0 = Some(State::Draft);
                    next.push(begun);
                }
                next.extend(Verb::ALL.iter().filter_map(|verb| self.after(offices, n, *verb)));
                // the one above says why it goes on without `n`
                let above = self.above(n).and_then(|a| offices[a].0);
                if above.and_then(|s| s.step(Verb::Excuse)).is_some() {
                    let mut excused = offices.to_vec();
                    excused[n].1 = true;
                    next.push(excused);
                }
            }
            next
        }

        fn holds(&self, offices: &[Office]) {
            for n in 0..offices.len() {
                let state = offices[n].0;
                let above = self.above(n).and_then(|a| offices[a].0);
                for below in self.below(n).map(|c| offices[c]) {
                    let settled = below.1 || below.0.is_some_and(State::is_approved);
                    assert!(
                        !state.is_some_and(State::is_out) || settled,
                        "out above an unapproved office: {offices:?}"
                    );
                }
                if state == Some(State::Locked) && n > 0 {
                    assert!(above.is_some_and(State::is_approved), "locked below an unaccepted return: {offices:?}");
                }
                let open = state == Some(State::Accepted) && above.is_some_and(State::is_approved);
                assert!(!open, "accepted above and below, and not locked: {offices:?}");
            }
        }
    }

    #[test]
    fn no_reachable_state_approves_above_an_unapproved_office() {
        let mut walked = 0;
        for tree in TREES {
            let start = vec![(None, false); tree.0.len()];
            let (mut seen, mut waiting) = (BTreeSet::from([start.clone()]), vec![start]);
            let (mut whole, mut gone_on) = (false, false);
            while let Some(offices) = waiting.pop() {
                tree.holds(&offices);
                whole |= offices.iter().all(|(state, excused)| *state == Some(State::Locked) && !excused);
                gone_on |= offices[0].0 == Some(State::Locked) && offices.iter().any(|(state, _)| state.is_none());
                for next in tree.next(&offices) {
                    if seen.insert(next.clone()) {
                        waiting.push(next);
                    }
                }
            }
            walked += seen.len();
            assert!(whole, "everything can be locked");
            assert!(gone_on || tree.0.len() == 1, "one can go on without an office that is silent");
        }
        assert!(walked > 10_000, "{walked} states");
    }

    #[test]
    fn an_acceptance_is_withdrawn_only_while_the_level_above_waits() {
        for above in State::ALL {
            let may = permit(Verb::Reopen, Some(*above), []).is_ok();
            assert_eq!(may, matches!(above, State::Draft | State::Returned), "{above}");
        }
        assert!(permit(Verb::Reopen, None, []).is_ok());
    }
}
