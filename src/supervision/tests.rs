//! The ladder as pure rules: which rung follows, and every way through a life.

use super::{Reminder, Rung, State, Verb, look::next};
use crate::{
    campaigns::Measure,
    kernel::{CampaignId, Moment, OfficeId, ReminderId},
    people::Role,
};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;

fn moment(day: Date) -> Moment {
    Moment::start_of(day).plus(9 * 3_600_000)
}

fn step(rung: Rung, state: State, decided: Option<Date>) -> Reminder {
    let at = moment(date(2023, 7, 3));
    Reminder {
        id: ReminderId::new(at),
        campaign: CampaignId::new(at),
        office: OfficeId::new(at),
        above: OfficeId::new(at),
        rule: "overdue_county".into(),
        measure: Measure::Overdue,
        rung,
        state,
        amount: 5,
        limit_amount: 3,
        limit_days: 10,
        ground_zh: String::new(),
        ground_en: String::new(),
        items: String::new(),
        previous: None,
        proposed_at: at,
        demand: None,
        talk_at: None,
        talk_place: None,
        due: None,
        issued_at: Some(at),
        issued_by: None,
        answer: None,
        participants: None,
        answered_at: None,
        answered_by: None,
        why: None,
        decided_at: decided.map(moment),
        decided_by: None,
        province: None,
        city: None,
        county: None,
        station: None,
        version: 1,
    }
}

/// Whatever came last, on whatever rung: a higher rung follows only what was not answered, not accepted, or accepted in
/// vain; and while something waits for anybody, nothing follows at all.
#[test]
fn a_higher_rung_comes_only_after_the_lower_one_has_failed() {
    let (decided, today) = (date(2023, 7, 5), date(2023, 7, 15));
    for (rung, state) in Rung::ALL.iter().flat_map(|r| State::ALL.iter().map(move |s| (*r, *s))) {
        let last = step(rung, state, Some(decided));
        let (soon, late) = (next(Some(&last), date(2023, 7, 14), 10), next(Some(&last), today, 10));
        let failed = matches!(state, State::Unanswered | State::Rejected | State::Ended);
        for follows in [soon, late].into_iter().flatten() {
            assert!(follows <= rung || failed && Some(follows) == rung.above(), "{follows} after {rung} {state}");
        }
        let waits = matches!(state, State::Proposed | State::Issued | State::Answered | State::Climbed);
        assert!(!waits || (soon, late) == (None, None), "{rung} {state}");
        let promised = matches!(state, State::Ended | State::Dismissed | State::Lifted);
        assert!(!promised || soon.is_none() && late.is_some(), "{rung} {state} has its days");
    }
    assert_eq!(next(None, today, 10), Some(Rung::Reminder), "it begins at the bottom");
    assert_eq!(
        next(Some(&step(Rung::Circular, State::Unanswered, None)), today, 10),
        None,
        "nothing is above a circular"
    );
}

/// From a proposal, along every way: what is issued was decided by a coordinator, what ended was answered, and the system
/// alone never issues anything.
#[test]
fn nothing_goes_out_without_a_person_and_nothing_ends_without_an_answer() {
    let mut seen = BTreeSet::new();
    let mut ahead = vec![(State::Proposed, false, false)];
    while let Some((state, issued, answered)) = ahead.pop() {
        if !seen.insert((state, issued, answered)) {
            continue;
        }
        assert_eq!(state.is_out(), issued, "{state}");
        assert!(state != State::Ended || answered, "accepted without an answer");
        for verb in Verb::ALL {
            let Some((to, who)) = state.step(*verb) else { continue };
            assert!(!who.contains(&Role::System) || who.len() == 1, "{verb}: by the system or by a person");
            if to.is_out() && !state.is_out() {
                assert_eq!(who, [Role::Coordinator]);
            }
            ahead.push((to, issued || *verb == Verb::Issue, answered || matches!(verb, Verb::Answer | Verb::Hold)));
        }
    }
    let reached: BTreeSet<State> = seen.iter().map(|(state, _, _)| *state).collect();
    assert_eq!(reached.len(), State::ALL.len(), "{reached:?}");
}
