//! Every statement that touches `pack_drafts` and `pack_draft_files`. Nobody else writes one.

use super::{
    files::{Files, Kept},
    model::{PackDraft, State},
};
use crate::{
    kernel::{
        PackDraftId, Result,
        db::{Query, Tx},
        list::{Ask, Listed, Order},
    },
    people::Scope,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, code, zh, en, from_code, from_version, state, published, office, province, city, county, station,
             made, made_by, made_at, changed_at, version from pack_drafts ",
            $rest
        )
    };
}

/// Orders in which drafts can be listed.
pub const ORDERS: &[Order] = &[order!("changed", "changed_at")];

pub fn find(tx: &mut Tx, id: PackDraftId) -> Result<Option<PackDraft>> {
    tx.one(select!("where id = $1"), args![id])
}

pub fn list(tx: &mut Tx, scope: Scope, state: Option<State>, ask: &Ask) -> Result<Listed<PackDraft>> {
    ask.list(tx, query(scope, state), ORDERS)
}

/// The statement of [`list`], so that a test can ask the engine for its plan.
pub fn query(scope: Scope, state: Option<State>) -> Query {
    scope.over_offices().within(Query::new(select!("where 1 = 1"))).maybe(" and state = ?", state)
}

pub fn files(tx: &mut Tx, draft: PackDraftId) -> Result<Files> {
    let kept: Vec<Kept> =
        tx.all("select file, content, first from pack_draft_files where draft = $1 order by file", args![draft])?;
    Ok(Files(kept.into_iter().map(|kept| (kept.file.clone(), kept)).collect()))
}

pub fn add(tx: &mut Tx, d: &PackDraft, files: &Files) -> Result<()> {
    tx.run_one(
        "insert into pack_drafts (id, code, zh, en, from_code, from_version, state, published, office, province, city,
         county, station, made, made_by, made_at, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)",
        args![
            d.id,
            &d.code,
            &d.zh,
            &d.en,
            &d.from_code,
            d.from_version,
            d.state,
            d.published,
            d.office,
            d.province,
            d.city,
            d.county,
            d.station,
            &d.made,
            d.made_by,
            d.made_at,
            d.changed_at
        ],
    )?;
    save_files(tx, d.id, &Files::default(), files)
}

/// Saves what an act may change; refused as stale when somebody was faster.
pub fn save(tx: &mut Tx, d: &PackDraft) -> Result<()> {
    tx.run_one(
        "update pack_drafts set zh = $1, en = $2, state = $3, published = $4, changed_at = $5, version = version + 1
         where id = $6 and version = $7",
        args![&d.zh, &d.en, d.state, d.published, d.changed_at, d.id, d.version],
    )
}

/// Saves the files that differ from those before.
pub fn save_files(tx: &mut Tx, draft: PackDraftId, before: &Files, after: &Files) -> Result<()> {
    for kept in after.0.values().filter(|kept| before.0.get(&kept.file) != Some(kept)) {
        tx.run_one(
            "insert into pack_draft_files (draft, file, content, first) values ($1, $2, $3, $4)
             on conflict (draft, file) do update set content = excluded.content",
            args![draft, &kept.file, &kept.content, &kept.first],
        )?;
    }
    Ok(())
}
