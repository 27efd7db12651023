use super::*;

fn of<'f>(findings: &'f [Finding], code: &str) -> &'f Finding {
    findings.iter().find(|f| f.code == code).unwrap_or_else(|| panic!("no {code}"))
}

fn healthy() -> Seen {
    let now = Moment::start_of(jiff::civil::date(2026, 7, 1)).millis();
    let pack = InForce {
        name: "p v1".into(),
        check_by: Some(jiff::civil::date(2026, 12, 31)),
        errors: Some(0),
        latest: 1,
        version: 1,
        ..InForce::default()
    };
    let inside = Inside {
        now,
        last_event: Some(now - 1),
        database_clock: Some(now + 20),
        last_backup: Some(now - 3_600_000),
        packs: vec![pack],
        sampled: 3,
        ..Inside::default()
    };
    Seen { engine: "SQLite", writable: true, room: Some(ROOM), inside: Some(inside), ..Seen::default() }
}

#[test]
fn a_healthy_installation_needs_nothing() {
    for f in judged(&healthy(), Lang::En) {
        assert!(f.good && f.advice.is_empty(), "{f:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_named_with_what_to_do() {
    let mut seen = healthy();
    (seen.room, seen.writable) = (Some(1), false);
    let inside = seen.inside.as_mut().unwrap();
    (inside.left, inside.stuck, inside.unprinted) = (1, 2, 3);
    inside.last_event = Some(inside.now + 3_600_000);
    inside.without_factor = vec!["gu".into()];
    (inside.database_clock, inside.last_backup) = (Some(inside.now + 60_000), None);
    inside.damaged = vec!["e3b0c44298fc".into()];
    inside.packs[0].check_by = Some(jiff::civil::date(2026, 6, 30));
    (inside.packs[0].errors, inside.packs[0].latest) = (Some(2), 4);
    for lang in [Lang::Zh, Lang::En] {
        let findings = judged(&seen, lang);
        for code in ["data_folder", "free_space", "clock", "files"] {
            assert_eq!(of(&findings, code).grade, Grade::Bad, "{code}");
        }
        for code in [
            "backlog",
            "stuck",
            "unprinted",
            "second_factor",
            "pack",
            "pack_version",
            "legal_data",
            "backup",
            "database_clock",
        ] {
            assert_eq!(of(&findings, code).grade, Grade::Warning, "{code}");
        }
        assert!(findings.iter().all(|f| f.good == f.advice.is_empty()));
    }
    assert_eq!(of(&judged(&seen, Lang::En), "second_factor").detail, "gu");
}

#[test]
fn before_a_migration_only_what_is_outside_is_looked_at() {
    let seen = Seen { behind: 2, inside: None, ..healthy() };
    let findings = judged(&seen, Lang::En);
    assert_eq!(of(&findings, "migrations").grade, Grade::Bad);
    assert_eq!(of(&findings, "not_looked").grade, Grade::Warning);
}

#[test]
fn the_holidays_of_a_year_that_is_not_known_are_missed_in_time() {
    let mut seen = healthy();
    seen.inside.as_mut().unwrap().now = Moment::start_of(jiff::civil::date(2039, 12, 1)).millis();
    assert_eq!(of(&judged(&seen, Lang::En), "calendar").grade, Grade::Warning);
}
