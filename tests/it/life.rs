//! What holds for every life cycle, whatever lives it.

use crate::{
    lives::{Life, lives},
    sources::{self, text},
};
use std::collections::BTreeSet;

fn reachable(life: &Life) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::from([life.states[0].code]);
    loop {
        let next: BTreeSet<_> = life.steps.iter().filter(|s| seen.contains(s.from.code)).map(|s| s.to.code).collect();
        if next.is_subset(&seen) {
            return seen;
        }
        seen.extend(next);
    }
}

#[test]
fn every_state_can_be_reached() {
    for life in lives() {
        let reached = reachable(&life);
        for state in &life.states {
            assert!(
                reached.contains(state.code),
                "{}: nothing leads to `{}`. Give `step` a way to it, or take the state out.",
                life.file,
                state.code
            );
        }
    }
}

#[test]
fn every_state_but_the_ends_can_be_left() {
    for life in lives() {
        for state in life.states.iter().filter(|s| !life.ends.contains(s)) {
            let left = life.steps.iter().any(|s| s.from == *state && s.to != *state);
            assert!(left, "{}: `{}` cannot be left. Add a way out, or name it among `ENDS`.", life.file, state.code);
        }
    }
}

#[test]
fn from_every_state_an_end_can_be_reached() {
    for life in lives() {
        let mut good: BTreeSet<_> = life.ends.iter().map(|s| s.code).collect();
        for _ in &life.states {
            good.extend(
                life.steps.iter().filter(|s| good.contains(s.to.code)).map(|s| s.from.code).collect::<Vec<_>>(),
            );
        }
        for state in &life.states {
            assert!(good.contains(state.code), "{}: from `{}` no end can be reached", life.file, state.code);
        }
    }
}

#[test]
fn every_verb_is_used() {
    for life in lives() {
        for verb in life.verbs.iter().filter(|v| Some(v.code) != life.born) {
            let used = life.steps.iter().any(|s| s.verb == *verb);
            assert!(used, "{}: no state takes `{}`. Use it in `step`, or take it out.", life.file, verb.code);
        }
    }
}

#[test]
fn every_step_names_somebody_who_may_take_it() {
    for life in lives() {
        for step in &life.steps {
            assert!(!step.who.is_empty(), "{}: nobody may {} from `{}`", life.file, step.verb.code, step.from.code);
        }
    }
}

#[test]
fn no_life_is_forgotten() {
    let known: BTreeSet<_> = lives().iter().map(|l| l.file.to_owned()).collect();
    let with_a_life = |file: &std::path::PathBuf| text(file).contains("fn step(self, verb: Verb)");
    let found: BTreeSet<_> =
        sources::below("src", ".rs").into_iter().filter(with_a_life).map(|f| f.display().to_string()).collect();
    assert_eq!(found, known, "Every file with a `step` has a line in `tests/it/lives.rs`, and no other.");
}
