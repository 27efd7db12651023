//! Numbered steps that bring a database up to this program. One text for both engines.

use super::Tx;
use crate::kernel::{Error, Result};

/// The steps in order. Add yours at the end; never change one that has been released.
const STEPS: &[(i64, &str)] = &[
    (1, include_str!("../../../migrations/0001_people.sql")),
    (2, include_str!("../../../migrations/0002_record.sql")),
    (3, include_str!("../../../migrations/0003_files.sql")),
    (4, include_str!("../../../migrations/0004_campaigns.sql")),
    (5, include_str!("../../../migrations/0005_hazards.sql")),
    (6, include_str!("../../../migrations/0006_enterprises.sql")),
    (7, include_str!("../../../migrations/0007_inspections.sql")),
    (8, include_str!("../../../migrations/0008_documents.sql")),
    (9, include_str!("../../../migrations/0009_refused.sql")),
    (10, include_str!("../../../migrations/0010_look_backs.sql")),
    (11, include_str!("../../../migrations/0011_devices.sql")),
    (12, include_str!("../../../migrations/0012_exchange.sql")),
    (13, include_str!("../../../migrations/0013_signs.sql")),
    (14, include_str!("../../../migrations/0014_targets.sql")),
    (15, include_str!("../../../migrations/0015_tasks.sql")),
    (16, include_str!("../../../migrations/0016_returns.sql")),
    (18, include_str!("../../../migrations/0018_reminders.sql")),
    (19, include_str!("../../../migrations/0019_notices.sql")),
    (20, include_str!("../../../migrations/0020_editor.sql")),
    (21, include_str!("../../../migrations/0021_assessment.sql")),
    (22, include_str!("../../../migrations/0022_transparency.sql")),
    (23, include_str!("../../../migrations/0023_knocks.sql")),
    (25, include_str!("../../../migrations/0025_task_sheets.sql")),
];

/// Takes the steps the database has not seen; says how many.
pub(super) fn up(tx: &mut Tx) -> Result<u64> {
    up_to(tx, i64::MAX)
}

/// As [`up`], but not beyond the step `last`.
pub(super) fn up_to(tx: &mut Tx, last: i64) -> Result<u64> {
    tx.0.script("create table if not exists schema_version (version bigint primary key)")?;
    let at = version(tx)?;
    let mut taken = 0;
    for (number, sql) in STEPS.iter().filter(|(number, _)| *number > at && *number <= last) {
        tx.0.schema(sql).map_err(|e| Error::broken(format!("migration {number}: {e}")))?;
        tx.run("insert into schema_version (version) values ($1)", crate::args![*number])?;
        taken += 1;
    }
    Ok(taken)
}

/// How many steps are missing; all of them in an empty database.
#[expect(clippy::unnecessary_wraps, reason = "what reads the database answers a Result")]
pub(super) fn behind(tx: &mut Tx) -> Result<u64> {
    let at = version(tx).unwrap_or(0);
    Ok(STEPS.iter().filter(|(number, _)| *number > at).count() as u64)
}

pub(super) fn version(tx: &mut Tx) -> Result<i64> {
    tx.get("select coalesce(max(version), 0) from schema_version", &[])
}

/// The version behind the last step.
pub(super) fn newest() -> i64 {
    STEPS.last().map_or(0, |(number, _)| *number)
}

/// The tables that there are at `version`, in the order in which they were made: none refers to one behind it.
pub(super) fn tables(version: i64) -> impl Iterator<Item = &'static str> {
    let seen = STEPS.iter().filter(move |(number, _)| *number <= version);
    seen.flat_map(|(_, sql)| sql.lines()).filter_map(|line| line.strip_prefix("create table ")?.strip_suffix(" ("))
}

#[cfg(test)]
mod tests {
    use super::{STEPS, tables};

    #[test]
    fn steps_come_in_their_order() {
        assert!(STEPS.is_sorted_by(|a, b| a.0 < b.0), "a step out of order is never taken");
    }

    #[test]
    fn every_table_is_found_and_refers_to_those_before_it_only() {
        let made: Vec<&str> = tables(i64::MAX).collect();
        let all: String = STEPS.iter().map(|(_, sql)| *sql).collect();
        assert_eq!(made.len(), all.matches("create table").count(), "`create table NAME (` is expected on one line");
        assert!(!all.contains("drop table") && !all.contains("rename"), "then `tables` must know of it");
        for (n, table) in made.iter().enumerate() {
            let body = all.split(&format!("create table {table} (")).nth(1).unwrap().split("\n)").next().unwrap();
            for other in body.split("references ").skip(1).map(|rest| rest.split(' ').next().unwrap()) {
                assert!(made[..=n].contains(&other), "{table} refers to {other}, which is made behind it");
            }
        }
    }
}
