//! Every statement that touches `imports` and `import_rows`. Nobody else writes one.

use super::model::{Import, Outcome, Progress, RowResult, Waiting};
use crate::{
    kernel::{
        EnterpriseId, ImportId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};

/// Every column, in one place for all selects.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, name, digest, state, mapping, total, account, account_name, office, created_at, finished_at,
             province, city, county, station, version from imports ",
            $rest
        )
    };
}

/// Rows put in with one statement.
const TOGETHER: usize = 100;

/// Orders in which imports can be listed.
pub const ORDERS: &[Order] = &[order!("created", "created_at")];

pub fn find(tx: &mut Tx, id: ImportId) -> Result<Option<Import>> {
    tx.one(select!("where id = $1"), args![id])
}

pub fn list(tx: &mut Tx, scope: Scope, ask: &Ask) -> Result<Listed<Import>> {
    ask.list(tx, query(scope), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope) -> Query {
    scope.within(Query::new(select!("where 1 = 1")))
}

/// Imports that are to be worked off, oldest first.
pub fn running(tx: &mut Tx) -> Result<Vec<Import>> {
    tx.all(select!("where state = 'running' order by created_at, id"), &[])
}

/// The last other import of the same file within `scope` that was not cancelled.
pub fn same_file(tx: &mut Tx, scope: Scope, import: &Import) -> Result<Option<Import>> {
    let query = Query::new(select!("where state in ('running', 'done') and digest = "))
        .add("? and id <> ?", &[(&import.digest).into(), import.id.into()]);
    let query = scope.within(query).add(" order by created_at desc limit 1", &[]);
    Ok(tx.query(&query)?.into_iter().next())
}

pub fn add(tx: &mut Tx, i: &Import) -> Result<()> {
    tx.run_one(
        "insert into imports (id, name, digest, state, header, mapping, total, problem, account, account_name, office,
         created_at, finished_at, province, city, county, station, version)
         values ($1, $2, $3, $4, $5, $6, $7, null, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)",
        args![
            i.id,
            &i.name,
            &i.digest,
            i.state,
            i.mapping.header,
            &i.mapping,
            i.total,
            i.account,
            &i.account_name,
            i.office,
            i.created_at,
            i.finished_at,
            i.province,
            i.city,
            i.county,
            i.station
        ],
    )
}

pub fn save(tx: &mut Tx, i: &Import) -> Result<()> {
    tx.run_one(
        "update imports set state = $1, header = $2, mapping = $3, total = $4, finished_at = $5, version = version + 1
         where id = $6 and version = $7",
        args![i.state, i.mapping.header, &i.mapping, i.total, i.finished_at, i.id, i.version],
    )
}

/// Puts rows in as they came; those that are in already stay.
pub fn add_rows(tx: &mut Tx, id: ImportId, rows: &[(i64, String)]) -> Result<()> {
    for some in rows.chunks(TOGETHER) {
        let query = Query::new("insert into import_rows (import, line, cells, stage) values ");
        let query = some.iter().enumerate().fold(query, |query, (i, (line, cells))| {
            let piece = if i == 0 { "(?, ?, ?, 0)" } else { ", (?, ?, ?, 0)" };
            query.add(piece, &[id.into(), (*line).into(), cells.into()])
        });
        tx.query::<i64>(&query.add(" on conflict (import, line) do nothing", &[]))?;
    }
    Ok(())
}

/// What stands above the data is no data.
pub fn set_head_aside(tx: &mut Tx, id: ImportId, header: i64) -> Result<u64> {
    tx.run("update import_rows set stage = 2 where import = $1 and line <= $2", args![id, header])
}

pub fn count_below(tx: &mut Tx, id: ImportId, header: i64) -> Result<i64> {
    tx.get("select count(*) from import_rows where import = $1 and line > $2", args![id, header])
}

/// The first rows of a file.
pub fn first_rows(tx: &mut Tx, id: ImportId, most: i64) -> Result<Vec<(i64, String)>> {
    tx.all("select line, cells from import_rows where import = $1 order by line limit $2", args![id, most])
}

/// Rows that have come as far as `stage`, in the order of the file.
pub fn waiting(tx: &mut Tx, id: ImportId, stage: i64, most: i64) -> Result<Vec<Waiting>> {
    tx.all(
        "select line, cells, identity, twin, digest, licence, ccc, whole, target from import_rows
         where import = $1 and stage = $2 order by line limit $3",
        args![id, stage, most],
    )
}

/// Notes what a row is about: from now on the others can be compared with it.
pub fn prepared(tx: &mut Tx, id: ImportId, w: &Waiting) -> Result<()> {
    tx.run_one(
        "update import_rows set stage = 1, identity = $1, twin = $2, digest = $3, licence = $4, ccc = $5, whole = $6,
         target = $7 where import = $8 and line = $9 and stage = 0",
        args![&w.identity, &w.twin, &w.digest, &w.licence, &w.ccc, &w.whole, w.target, id, w.line],
    )
}

/// Notes what became of a row.
pub fn done(tx: &mut Tx, id: ImportId, r: &RowResult) -> Result<()> {
    tx.run_one(
        "update import_rows set stage = 2, outcome = $1, field = $2, sentence_zh = $3, sentence_en = $4, target = $5
         where import = $6 and line = $7 and stage < 2",
        args![r.outcome, &r.field, &r.sentence_zh, &r.sentence_en, r.target, id, r.line],
    )
}

/// Another row about the same thing that says something else: its number in the file.
pub fn contradiction(tx: &mut Tx, id: ImportId, w: &Waiting) -> Result<Option<i64>> {
    let coded = w.identity.as_deref().is_some_and(|i| i.starts_with("u:"));
    // a row without a credit code must not have the name of another subject of the file
    let twin = w.twin.clone().filter(|_| !coded);
    let looks: [(&'static str, Option<String>, &Option<String>); 5] = [
        (
            "select line from import_rows where import = $1 and identity = $2 and digest <> $3 order by line limit 1",
            w.identity.clone(),
            &w.digest,
        ),
        (
            "select line from import_rows where import = $1 and target = $2 and digest <> $3 order by line limit 1",
            w.target.map(|t| t.to_string()),
            &w.digest,
        ),
        (
            "select line from import_rows where import = $1 and licence = $2 and whole <> $3 order by line limit 1",
            w.licence.clone(),
            &w.whole,
        ),
        (
            "select line from import_rows where import = $1 and ccc = $2 and whole <> $3 order by line limit 1",
            w.ccc.clone(),
            &w.whole,
        ),
        (
            "select line from import_rows where import = $1 and twin = $2 and identity <> $3 order by line limit 1",
            twin,
            &w.identity,
        ),
    ];
    for (sql, what, says) in looks {
        let Some(what) = what else { continue };
        if let Some(line) = tx.one(sql, args![id, what, says])? {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// The subject that an equal row has become already.
pub fn became(tx: &mut Tx, id: ImportId, identity: Option<&str>) -> Result<Option<EnterpriseId>> {
    // that there is a target is asked here and not in the statement, which goes by the identity alone
    let found: Vec<Option<EnterpriseId>> = tx.all(
        "select target from import_rows where import = $1 and identity = $2 and stage = 2 and outcome <> 'refused' limit 1",
        args![id, identity.map(str::to_owned)],
    )?;
    Ok(found.into_iter().flatten().next())
}

/// What became of the rows, in the order of the file.
pub fn results(tx: &mut Tx, id: ImportId, outcome: Option<Outcome>, after: i64, most: i64) -> Result<Vec<RowResult>> {
    let query = Query::new(
        "select line, cells, outcome, field, sentence_zh, sentence_en, target from import_rows where import = ",
    )
    .add("? and line > ?", &[id.into(), after.into()])
    .maybe(" and outcome = ?", outcome);
    tx.query(&query.add(" order by line limit ?", &[most.into()]))
}

/// How far an import is.
pub fn progress(tx: &mut Tx, import: &Import) -> Result<Progress> {
    let mut progress = Progress { total: import.total, ..Progress::default() };
    tx.each(
        "select stage, outcome, count(*) as rows from import_rows where import = $1 and line > $2 group by stage, outcome",
        args![import.id, import.mapping.header],
        |(stage, outcome, rows): (i64, Option<Outcome>, i64)| {
            progress.checked += if stage > 0 { rows } else { 0 };
            progress.done += if stage > 1 { rows } else { 0 };
            match outcome {
                Some(Outcome::New) => progress.new += rows,
                Some(Outcome::Updated) => progress.updated += rows,
                Some(Outcome::Unchanged) => progress.unchanged += rows,
                Some(Outcome::Refused) => progress.refused += rows,
                None => {}
            }
            Ok(())
        },
    )?;
    Ok(progress)
}
