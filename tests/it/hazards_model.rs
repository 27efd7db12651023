//! The whole life of a hazard, walked through: from the registration on, every act by everybody who may do it, until
//! nothing new is reached. What must always hold is checked in every hazard so met. No database, no chance.
//!
//! Clauses: T2-2c, S-4a.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use paicha::{
    campaigns::{self, Pack, Severity, SeverityRule},
    hazards::{Act, Facts, Handling, Hazard, Origin, RECTIFIED, State, Verb},
    kernel::{AccountId, CampaignId, EnterpriseId, HazardId, Lang, Moment, OfficeId},
    people::{Actor, Level, Office, Place, Role},
    record::{Field, Figure, Thing, difference},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    hash::Hash,
};

/// The two days on which things happen: that of the finding, and one after every due date.
const DAYS: [i8; 2] = [1, 27];

/// Somebody for every kind of rule: two inspectors, one of whom also approves; approvers of each level; the enterprise.
fn people() -> Vec<Actor> {
    let person = |n: i64, level, roles: &[Role]| {
        let id = OfficeId::new(Moment::from_millis(n));
        let office = Office {
            id,
            code: n.to_string(),
            name: String::new(),
            name_en: String::new(),
            level,
            parent: None,
            province: None,
            city: None,
            county: Some(id),
            station: None,
            region: String::new(),
            active: true,
            version: 1,
        };
        Actor {
            account: AccountId::new(Moment::from_millis(n)),
            name: n.to_string(),
            roles: roles.to_vec(),
            office,
            enterprise: None,
            badge: None,
            lang: Lang::Zh,
        }
    };
    vec![
        person(1, Level::County, &[Role::Inspector]),
        person(2, Level::County, &[Role::Inspector, Role::Supervisor]),
        person(3, Level::Station, &[Role::Supervisor]),
        person(4, Level::City, &[Role::Supervisor, Role::Coordinator]),
        person(5, Level::Station, &[Role::Enterprise]),
        person(6, Level::Nation, &[Role::System]),
    ]
}

/// A hazard on the way, with what the world around it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    hazard: Hazard,
    /// Evidence of the rectification that acts have brought so far, two at the most.
    shown: i64,
    /// Evidence of another ground for close-out, likewise.
    other: i64,
    /// Which of [`DAYS`] it is.
    day: usize,
}

fn registered(severity: Severity, rule: &SeverityRule) -> Node {
    let at = Moment::start_of(day(0));
    let me = AccountId::new(at);
    let hazard = Hazard {
        id: HazardId::new(at),
        number: String::new(),
        digest: String::new(),
        campaign: CampaignId::new(at),
        enterprise: EnterpriseId::new(at),
        party: String::new(),
        product: "0301".to_owned(),
        made_on: None,
        field: Field::Production,
        problem: "P08".to_owned(),
        clause: String::new(),
        what: String::new(),
        severity,
        origin: Origin::Inspection,
        origin_id: None,
        state: State::Registered,
        found_at: at,
        found_by: me,
        handler: me,
        due: None,
        orders: 0,
        measure: None,
        rectified_by: None,
        reason: None,
        verified_by: None,
        handling: None,
        case_number: None,
        closed_by: None,
        closed_at: None,
        supervised: rule.supervised,
        overdue: false,
        extension: None,
        extension_why: None,
        look_back_due: None,
        look_backs: 0,
        look_backs_passed: 0,
        repeat_checks: 0,
        repeat_checks_passed: 0,
        reopenings: 0,
        province: None,
        city: None,
        county: Some(OfficeId::new(at)),
        station: None,
        version: 1,
    };
    Node { hazard, shown: 0, other: 0, day: 0 }
}

fn day(n: usize) -> Date {
    date(2023, 7, DAYS[n])
}

/// Every act that says something different to the rules, on `today`.
fn acts(today: Date) -> Vec<Act> {
    let text = || "说明".to_owned();
    let evidence = |n: usize| vec!["0".repeat(64); n];
    let in_days = |n: i32| today.checked_add(n.days()).unwrap();
    let mut acts = vec![
        Act::Order { due: in_days(3), demand: None },
        Act::Order { due: today, demand: None },
        Act::Order { due: in_days(99), demand: None },
        Act::Dismiss { why: text() },
        Act::Acknowledge,
        Act::Verify { note: None, evidence: evidence(0) },
        Act::Reject { why: text() },
        Act::Return { why: text() },
        Act::AskExtension { until: in_days(5), why: text() },
        Act::GrantExtension { note: None },
        Act::RefuseExtension { why: text() },
        Act::Supervise { why: text() },
        Act::Release { why: text() },
        Act::Assign { handler: AccountId::new(Moment::start_of(today)) },
        Act::Transfer { office: OfficeId::new(Moment::start_of(today)), why: text() },
        Act::WithdrawEvidence { file: "of the rectification".to_owned(), why: text() },
        Act::WithdrawEvidence { file: "of another ground".to_owned(), why: text() },
        Act::Lapse,
        Act::DrawLookBack { due: in_days(9) },
        Act::PassLookBack { note: None, evidence: evidence(0) },
        Act::DrawRepeatCheck { due: in_days(9) },
        Act::PassRepeatCheck { note: None, evidence: evidence(0) },
        Act::Reopen { why: text() },
    ];
    for n in [0, 1, 2] {
        acts.push(Act::CorrectOnSpot { measure: text(), evidence: evidence(n) });
        acts.push(Act::Submit { measure: text(), evidence: evidence(n) });
        acts.push(Act::Propose { reason: "production_stopped".to_owned(), why: text(), evidence: evidence(n) });
    }
    for handling in [Handling::NoCase, Handling::Filed] {
        for case_number in [None, Some("〔2023〕1号".to_owned())] {
            acts.push(Act::Decide { handling, case_number: case_number.clone(), why: None });
            acts.push(Act::Close { handling: Some(handling), case_number, note: None });
        }
    }
    acts.push(Act::Close { handling: None, case_number: None, note: None });
    acts
}

/// The node after `act`, where the life allows it, `actor` may do it and the facts do not refuse it. What is looked up
/// from a database elsewhere (`src/hazards/known.rs`) is known here.
fn after(node: &Node, act: &Act, actor: &Actor, pack: &Pack) -> Option<Node> {
    let (to, who) = node.hazard.state.step(act.verb()).filter(|(_, who)| actor.is(*who))?;
    let _ = who;
    let own = act.evidence().len() as i64;
    let proposes = act.verb() == Verb::Propose;
    let shown = if proposes { node.shown } else { node.shown.max(own) };
    let other = if proposes { node.other.max(own) } else { node.other };
    let (shown, other) = match act {
        Act::WithdrawEvidence { file, .. } if file == "of another ground" => (shown, (other - 1).max(0)),
        Act::WithdrawEvidence { .. } => ((shown - 1).max(0), other),
        _ => (shown, other),
    };
    let today = day(node.day);
    let reason = match act {
        Act::Propose { reason, .. } => Some(reason.clone()),
        Act::Submit { .. } | Act::CorrectOnSpot { .. } | Act::Verify { .. } => Some(RECTIFIED.to_owned()),
        _ => node.hazard.reason.clone(),
    };
    let facts = Facts {
        actor,
        at: Moment::start_of(today),
        rule: pack.severity(node.hazard.severity),
        latest: today.checked_add(20.days()).unwrap(),
        evidence: match act.verb() {
            Verb::Submit | Verb::CorrectOnSpot | Verb::Propose => own,
            _ if reason.as_deref().is_none_or(|ground| ground == RECTIFIED) => shown,
            _ => other,
        },
        reason: reason.as_deref().and_then(|code| pack.closing_reason(code)),
        destination: Some(Place::default()),
    };
    let hazard = node.hazard.clone().after(act, to, &facts).ok()?;
    Some(Node { hazard, shown, other, day: node.day })
}

/// What of a node decides about its future; two nodes that agree in it are one. Who handles it and where it stands
/// decides nothing, nor does how often something happened beyond whether it did.
fn key(node: &Node) -> impl Hash + Eq + use<> {
    let h = &node.hazard;
    (
        (h.state, h.due, h.orders > 0, h.rectified_by, h.verified_by, h.closed_by, h.handling, h.case_number.is_some()),
        (h.reason.clone(), h.supervised, h.overdue, h.extension, h.look_back_due, h.look_backs > 0, h.reopenings > 0),
        (h.look_backs_passed > 0, h.repeat_checks > 0),
        (h.measure.is_some(), node.shown, node.other, node.day),
    )
}

/// What is true of every hazard, whatever happened to it; the name of what is not.
fn broken(node: &Node, people: &[Actor], pack: &Pack) -> Option<&'static str> {
    let rule = pack.severity(node.hazard.severity);
    let (h, today) = (&node.hazard, day(node.day));
    let level = |id: AccountId| people.iter().find(|p| p.account == id).map(|p| p.office.level);
    let counted = |figure| h.counts().iter().filter(|c| c.figure == figure).map(|c| c.amount).sum::<i64>();
    let under_order = matches!(h.state, State::Ordered | State::Rectifying);
    let looked_at = matches!(h.state, State::LookingBack | State::RepeatChecking);
    let holds = |condition: bool, name| (!condition).then_some(name);
    let of_all = [
        holds(h.closed_by.is_some() == h.state.is_closed(), "closed means: somebody approved"),
        holds(h.closed_at.is_some() == h.state.is_closed(), "closed means: on a day"),
        holds(!h.overdue || under_order, "overdue only while an order runs"),
        holds(!h.overdue || h.due.is_some_and(|due| due < today), "overdue means past its date"),
        holds(h.extension.is_none() || under_order, "an extension waits only while an order runs"),
        holds(!under_order || h.due.is_some(), "under an order there is a date"),
        holds(h.look_back_due.is_some() == looked_at, "a look-back has its date"),
        holds(!h.supervised || h.state.is_open(), "only what is open is supervised"),
        holds(h.state != State::Verified || h.verified_by.is_some() && h.reason.is_some(), "verified by somebody, why"),
        holds(h.handling.is_none_or(|x| x == Handling::NoCase) || h.case_number.is_some(), "a case has its number"),
        holds(h.look_backs_passed <= h.look_backs, "no more look-backs passed than done"),
        holds(h.repeat_checks_passed <= h.repeat_checks, "no more repeat checks passed than done"),
        holds(h.repeat_checks == 0 || h.look_backs_passed > 0, "checked again only after a passed look-back"),
        holds(counted(Figure::Found) == counted(Figure::Open) + counted(Figure::Closed), "found = open + closed"),
        holds(counted(Figure::Found) + counted(Figure::NotEstablished) == 1, "counted once"),
        holds(counted(Figure::Rectified) >= counted(Figure::Closed), "whatever is closed is rectified"),
    ];
    let of_closed = [
        holds(h.verified_by.is_some(), "closed means: verified"),
        holds(h.verified_by != h.closed_by, "who verified does not approve"),
        holds(h.rectified_by.is_none() || h.rectified_by != h.closed_by, "who rectified does not approve"),
        holds(h.handling.is_some(), "closed means: the case is decided"),
        holds(h.reason.is_some(), "closed for a reason"),
        holds(shown_for(node) >= asked_for(h, pack), "closed means: as much evidence as the pack asks for the ground"),
        holds(h.reason.as_deref() != Some(RECTIFIED) || h.measure.is_some(), "closed as rectified means: rectified"),
        holds(h.closed_by.and_then(level).is_some_and(|l| l <= rule.approval_level), "approved high enough"),
    ];
    let of_closed = of_closed.into_iter().filter(|_| h.state.is_closed());
    of_all.into_iter().chain(of_closed).flatten().next()
}

/// Pieces of evidence for the ground that stands.
fn shown_for(node: &Node) -> i64 {
    if node.hazard.reason.as_deref() == Some(RECTIFIED) { node.shown } else { node.other }
}

/// What the pack asks for the ground that stands; one at the least.
fn asked_for(hazard: &Hazard, pack: &Pack) -> i64 {
    let ground = hazard.reason.as_deref().and_then(|code| pack.closing_reason(code));
    ground.map_or(1, |ground| ground.evidence_min.max(1))
}

/// Whether the facts noted for a step lead from the figures before to the figures after.
fn adds_up(before: &Hazard, after: &Hazard) -> bool {
    let mut sum = BTreeMap::new();
    for count in before.counts().into_iter().chain(difference(before.counts(), after.counts())) {
        *sum.entry((count.figure, count.by)).or_insert(0) += count.amount;
    }
    sum.retain(|_, amount| *amount != 0);
    sum == after.counts().into_iter().map(|c| ((c.figure, c.by), c.amount)).collect()
}

/// Walks from the registration of a hazard of this severity; says what was met.
fn walk(severity: Severity, pack: &Pack) -> (usize, BTreeSet<State>, BTreeSet<Verb>) {
    let (people, rule) = (people(), pack.severity(severity));
    let acts = [acts(day(0)), acts(day(1))];
    let first = registered(severity, rule);
    let mut seen = HashSet::from([key(&first)]);
    let mut waiting = VecDeque::from([(first, Vec::<String>::new())]);
    let (mut states, mut verbs) = (BTreeSet::new(), BTreeSet::new());
    while let Some((node, way)) = waiting.pop_front() {
        if let Some(name) = broken(&node, &people, pack) {
            panic!("{severity}: not so: {name}\nafter {}\n{:#?}", way.join(", "), node.hazard);
        }
        states.insert(node.hazard.state);
        let mut next = |reached: Node, step: String| {
            if seen.insert(key(&reached)) {
                assert!(adds_up(&node.hazard, &reached.hazard), "{severity}: {step} does not add up");
                let way = way.iter().cloned().chain([step]).collect();
                waiting.push_back((reached, way));
            }
        };
        for (act, actor) in acts[node.day].iter().flat_map(|act| people.iter().map(move |p| (act, p))) {
            if let Some(reached) = after(&node, act, actor, pack) {
                verbs.insert(act.verb());
                next(reached, format!("{} by {}", act.verb(), actor.name));
            }
        }
        if node.day + 1 < DAYS.len() {
            next(Node { day: node.day + 1, ..node.clone() }, "time".to_owned());
        }
    }
    (seen.len(), states, verbs)
}

#[test]
fn whatever_happens_to_a_hazard_the_rules_hold() {
    let pack = Pack::built_in(campaigns::NATIONAL).unwrap();
    for severity in Severity::ALL {
        let (nodes, states, verbs) = walk(*severity, &pack);
        println!("{severity}: {nodes} hazards met");
        assert_eq!(states.len(), State::ALL.len(), "{severity}: every state is met");
        assert_eq!(verbs.len(), Verb::ALL.len(), "{severity}: every verb is done");
    }
}
