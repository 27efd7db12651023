//! The editor of campaigns (专项行动编辑): packs made and changed by those who run campaigns, without a programmer.
//!
//! A draft is a pack's own tables, the same text as in `packs/`, kept beside what they were in the beginning. Read
//! `model.rs` for its life, `files.rs` for what an act does to the tables. What is right is judged by the one checker of
//! packs, as often as somebody looks; what is published becomes a version like any other and is never changed again.

mod bring;
mod bring_page;
mod changes_page;
pub mod compare;
mod files;
mod form;
mod model;
mod pages;
mod row_page;
mod sheet;
pub mod store;
pub mod titles;
mod web;
pub mod xlsform;

pub use bring::{NewList, NewPicture, add_picture, take_over};
pub use files::{Files, Kept};
pub use model::{Act, EDITORS, New, PackDraft, State, Verb};
pub use sheet::{Row, Sheet};
pub use web::routes;

use crate::{
    campaigns::{
        About, Finding, Folder, Grade, Pack, add_pack,
        check::{self, examine, only_good},
        layout::{ABOUT, list_of},
        own_pack, pack as stored, store as packs,
    },
    kernel::{
        Error, Lang, PackDraftId, Refusal, Result,
        db::Tx,
        list::{Ask, Listed},
        secret::sha256,
    },
    people::By,
    record,
};
use files::good_code;
use std::collections::BTreeMap;

refusals! {
    NOT_NOW "packs.draft_not_now" "该任务包目前为“{state_zh}”，不能办理“{verb_zh}”。" "This pack is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_DRAFT "packs.other_draft" "同一编号已用于另一份编制中的任务包。" "This id was used for another draft of a pack.";
    NO_SOURCE "packs.no_source" "没有任务包“{code}”第{version}版可供复制。" "There is no version {version} of the pack “{code}” to copy.";
    NEWER "packs.newer" "“{code}”现已发布到第{version}版，请先核对两者的差异再发布。" "“{code}” has been published up to version {version}: look at what differs before publishing.";
    SAME "packs.nothing_changed" "内容与现行版本相同，无需发布。" "Nothing differs from the version in use.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [REFUSALS, bring::REFUSALS, files::REFUSALS, xlsform::REFUSALS].into_iter().flatten().cloned()
}

/// Begins a draft of the actor's office as a copy of a version of a pack. The same request again answers as the first
/// time. Clause: T1-1.
pub fn begin(tx: &mut Tx, by: &By, id: PackDraftId, new: &New) -> Result<PackDraft> {
    by.actor.must_be(EDITORS)?;
    let made = sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = known(tx, by, id, &made)? {
        return Ok(known);
    }
    good_code("code", &new.code)?;
    let from = stored(tx, &new.from_code, new.from_version).map_err(|e| match e {
        Error::NotFound => {
            let refusal = NO_SOURCE.with("code", &new.from_code).with("version", new.from_version);
            Error::invalid("from_version", refusal)
        }
        other => other,
    })?;
    let name = |given: &Option<String>, own: &str| {
        given.as_deref().map(sheet::clean).filter(|n| !n.is_empty()).unwrap_or_else(|| own.to_owned())
    };
    let version = if new.code == new.from_code { from.about.version } else { 1 };
    let about = About {
        code: new.code.clone(),
        version,
        zh: name(&new.zh, &from.about.zh),
        en: name(&new.en, &from.about.en),
        extends: String::new(),
        ..from.about.clone()
    };
    let mut folder = Folder::of(&from)?;
    folder.files.insert(ABOUT.to_owned(), toml::to_string(&about).map_err(Error::broken)?.into_bytes());
    let from = (Some(new.from_code.clone()), Some(new.from_version));
    lay(tx, by, id, (folder, about, from, made))
}

/// Begins a draft from the files of a pack that was sent. Files that no table can be read from are refused; what is wrong
/// in their cells is shown beside them.
pub fn begin_from(tx: &mut Tx, by: &By, id: PackDraftId, folder: &Folder) -> Result<PackDraft> {
    by.actor.must_be(EDITORS)?;
    let files: Vec<(&String, String)> = folder.files.iter().map(|(name, bytes)| (name, sha256(bytes))).collect();
    let made = sha256(serde_json::to_string(&files).map_err(Error::broken)?.as_bytes());
    if let Some(known) = known(tx, by, id, &made)? {
        return Ok(known);
    }
    let findings = examine(folder, &|_| None).1;
    let unreadable =
        ["packs.no_about", "packs.not_utf8", "packs.quotes", "packs.syntax", "packs.cells", "packs.no_file"];
    if let Some(first) = findings.into_iter().find(|f| unreadable.contains(&f.reason.code)) {
        only_good((None, vec![first]))?;
    }
    let about = folder.about().ok_or(Error::NotFound)?;
    for code in folder.files.keys().filter_map(|file| list_of(file)).chain([about.code.as_str()]) {
        good_code("file", code)?;
    }
    lay(tx, by, id, (folder.clone(), about, (None, None), made))
}

/// The draft `id` when it was made by the same request before.
fn known(tx: &mut Tx, by: &By, id: PackDraftId, made: &str) -> Result<Option<PackDraft>> {
    let Some(known) = store::find(tx, id)? else { return Ok(None) };
    let same = known.made == made && known.office == by.actor.office.id;
    if same { Ok(Some(known)) } else { Err(Error::Conflict(OTHER_DRAFT)) }
}

type Beginning = (Folder, About, (Option<String>, Option<i64>), String);

fn lay(tx: &mut Tx, by: &By, id: PackDraftId, (folder, about, from, made): Beginning) -> Result<PackDraft> {
    own_pack(tx, by, &about.code)?;
    let office = &by.actor.office;
    let draft = PackDraft {
        id,
        code: about.code,
        zh: about.zh,
        en: about.en,
        from_code: from.0,
        from_version: from.1,
        state: State::Open,
        published: None,
        office: office.id,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        made,
        made_by: by.actor.account,
        made_at: by.at,
        changed_at: by.at,
        version: 1,
    };
    store::add(tx, &draft, &Files::begun(&folder)?)?;
    record::began(tx, by, &draft, "create", None)?;
    Ok(draft)
}

/// Does `act` to the draft `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: PackDraftId, act: &Act) -> Result<PackDraft> {
    let (before, to) = permitted(tx, by, id, act.verb())?;
    let files = store::files(tx, id)?;
    let mut after = PackDraft { state: to, ..before.clone() };
    let mut changed = files.clone();
    let note = match act {
        Act::Publish { over } => {
            let version = publish(tx, by, &before, &mut changed, *over)?;
            after.published = Some(version);
            format!("{} v{version}", before.code)
        }
        act => changed.act(act)?,
    };
    keep(tx, by, (&before, after), (&files, &changed), (act.verb(), &note))
}

/// The draft, and where `verb` leads, if the actor may do it now.
fn permitted(tx: &mut Tx, by: &By, id: PackDraftId, verb: Verb) -> Result<(PackDraft, State)> {
    let draft = find(tx, by, id)?;
    let (to, who) = draft.state.step(verb).ok_or_else(|| not_now(&draft, verb))?;
    by.actor.must_be(who)?;
    Ok((draft, to))
}

fn keep(
    tx: &mut Tx,
    by: &By,
    (before, after): (&PackDraft, PackDraft),
    (old, new): (&Files, &Files),
    (verb, note): (Verb, &str),
) -> Result<PackDraft> {
    let about = new.about()?;
    let mut after = PackDraft { zh: about.zh, en: about.en, changed_at: by.at, ..after };
    store::save(tx, &after)?;
    store::save_files(tx, before.id, old, new)?;
    after.version += 1;
    record::changed(tx, by, before, &after, (verb.code(), Some(note).filter(|n| !n.is_empty())))?;
    Ok(after)
}

/// Adds the draft as the next version of its pack. Nothing is published over a version that the publisher has not seen.
fn publish(tx: &mut Tx, by: &By, draft: &PackDraft, files: &mut Files, over: i64) -> Result<i64> {
    let newest = newest(tx, &draft.code)?;
    if over != newest {
        let refusal = NEWER.with("code", &draft.code).with("version", newest);
        return Err(Error::Conflict(refusal));
    }
    if newest > 0
        && compare::compare(&published(tx, &draft.code, newest)?, &files.folder(&draft.code, false))?.is_empty()
    {
        return SAME.refuse();
    }
    files.raise_lists()?;
    let about = About { version: newest + 1, ..files.about()? };
    files.put(ABOUT, Some(toml::to_string(&about).map_err(Error::broken)?));
    let (pack, findings) = checked(tx, &files.folder(&draft.code, false))?;
    let pack = only_good((pack, findings))?;
    Ok(add_pack(tx, by, &pack)?.version)
}

/// The newest version of a pack; 0 when there is none.
pub fn newest(tx: &mut Tx, code: &str) -> Result<i64> {
    let versions = packs::pack_versions(tx)?;
    Ok(versions.iter().filter(|v| v.code == code).map(|v| v.version).max().unwrap_or_default())
}

/// A version of a pack as its tables.
pub fn published(tx: &mut Tx, code: &str, version: i64) -> Result<Folder> {
    Folder::of(&*stored(tx, code, version)?)
}

/// The draft `id`, if it lies within the actor's scope and they make packs.
pub fn find(tx: &mut Tx, by: &By, id: PackDraftId) -> Result<PackDraft> {
    by.actor.must_be(EDITORS)?;
    store::find(tx, id)?.filter(|d| d.is_within(by.scope())).ok_or(Error::NotFound)
}

/// The drafts within the actor's scope.
pub fn list(tx: &mut Tx, by: &By, state: Option<State>, ask: &Ask) -> Result<Listed<PackDraft>> {
    by.actor.must_be(EDITORS)?;
    store::list(tx, by.scope(), state, ask)
}

/// The pack that these files are, as far as it can be made, and what the checker says of them.
pub fn checked(tx: &mut Tx, folder: &Folder) -> Result<(Option<Pack>, Vec<Finding>)> {
    let base = base(tx, folder)?;
    Ok(examine(folder, &|_| base.clone()))
}

/// The draft `id` as the pack that it is so far, mistakes and all; none when it is none yet.
pub fn as_it_stands(tx: &mut Tx, by: &By, id: PackDraftId) -> Result<(PackDraft, Option<Pack>)> {
    let draft = find(tx, by, id)?;
    let folder = store::files(tx, id)?.folder(&draft.code, false);
    let base = base(tx, &folder)?;
    Ok((draft, check::as_it_stands(&folder, &|_| base.clone())))
}

/// What an overlay lies on: the newest version of that pack here, else the one that comes with the program.
pub fn base(tx: &mut Tx, folder: &Folder) -> Result<Option<Folder>> {
    let code = folder.about().map(|about| about.extends).unwrap_or_default();
    if code.is_empty() {
        return Ok(None);
    }
    match newest(tx, &code)? {
        0 => Ok(Folder::built_in(&code)),
        version => published(tx, &code, version).map(Some),
    }
}

/// A table of a draft, in numbers.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
#[schema(as = PackDraftTable)]
pub struct Standing {
    /// The table, such as `products.csv`.
    pub file: String,
    pub rows: usize,
    /// Rows that differ from the beginning.
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
    pub errors: usize,
    pub warnings: usize,
}

/// How each table of a draft stands, in the order in which people look at them.
pub fn standing(files: &Files, findings: &[Finding]) -> Result<Vec<Standing>> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let (errors, warnings) = counts.entry(finding.file.as_str()).or_default();
        *if finding.grade == Grade::Error { errors } else { warnings } += 1;
    }
    let one = |file: String| {
        let sheet = files.sheet(&file)?;
        let first = files.sheet_at_first(&file).unwrap_or_else(|| Sheet { rows: Vec::new(), ..sheet.clone() });
        let change = compare::of_table(&first, &sheet, &file);
        let (errors, warnings) = counts.get(file.as_str()).copied().unwrap_or_default();
        let (added, removed, changed) = (change.added.len(), change.removed.len(), change.changed.len());
        Ok(Standing { rows: sheet.rows.len(), added, removed, changed, errors, warnings, file })
    };
    compare::tables(files).into_iter().map(one).collect()
}

fn not_now(draft: &PackDraft, verb: Verb) -> Error {
    let refusal = NOT_NOW
        .with("state_zh", draft.state.label(Lang::Zh))
        .with("state_en", draft.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En));
    Error::Refused(refusal)
}
