//! Imports (导入): files of subjects, worked off row by row, with a result beside every row.
//!
//! A file is read once and kept row by row ([`begin`], [`load`], [`ready`]); somebody confirms what its columns mean
//! ([`start`]); [`work()`] does the rest in batches, and may be stopped and called again at any point. [`run`] calls it to
//! the end; [`unfinished`] names what a stopped process has left.

mod cells;
mod guess;
mod model;
mod row;
pub mod store;
mod work;

pub use crate::kernel::sheet::{Row, read};
pub use cells::{date_of, filled};
pub use model::{Column, IMPORTERS, Import, Mapping, Outcome, Progress, RowResult, State, Verb};
pub use work::work;

use crate::{
    kernel::{App, Error, ImportId, Refusal, Result, db::Tx, ensure, secret, secret::Keeper, sheet, text},
    people::{By, Scope},
    record,
};

/// Rows of one transaction.
const BATCH: i64 = 200;
/// Rows put in by one transaction while a file is read.
pub const LOAD: usize = 5000;
/// Tries of a batch before the rest is left for later.
const TRIES: u32 = 5;

refusals! {
    NOT_NOW "imports.not_now" "该导入目前为“{state_zh}”，不能办理“{verb_zh}”。" "This import is “{state_en}” now; “{verb_en}” is not possible.";
    NO_NAME_COLUMN "imports.no_name_column" "请指定哪一列是企业名称或者统一社会信用代码。" "Say which column holds the name or the credit code.";
    TWICE "imports.column_twice" "有两列都指定为“{column}”，请只保留一列。" "Two columns are both “{column}”; keep one.";
}

/// Every refusal of imports.
pub fn refusals() -> [&'static [Refusal]; 4] {
    [REFUSALS, cells::REFUSALS, sheet::REFUSALS, work::REFUSALS]
}

/// The import `id` within the scope of whoever asks.
pub fn get(tx: &mut Tx, by: &By, id: ImportId) -> Result<Import> {
    let import = store::find(tx, id)?.ok_or(Error::NotFound)?;
    by.scope().check(&import.place(), None)?;
    permitted(by)?;
    Ok(import)
}

/// Importing is for those who answer for an area.
pub fn permitted(by: &By) -> Result<()> {
    by.actor.must_be(IMPORTERS)?;
    if matches!(by.scope(), Scope::Office { .. }) { Ok(()) } else { Err(Error::Forbidden) }
}

/// Opens an import for a file that was read. The same id with the same file answers as the first time.
pub fn begin(tx: &mut Tx, by: &By, id: ImportId, name: &str, digest: &str) -> Result<Import> {
    permitted(by)?;
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), None)?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Stale) };
    }
    let place = by.actor.office.place();
    let import = Import {
        id,
        name: text::plain(name).chars().take(200).collect(),
        digest: digest.to_owned(),
        state: State::Loading,
        mapping: Mapping::default(),
        total: 0,
        account: by.actor.account,
        account_name: by.actor.name.clone(),
        office: by.actor.office.id,
        created_at: by.at,
        finished_at: None,
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
        version: 1,
    };
    store::add(tx, &import)?;
    record::began(tx, by, &import, "upload", None)?;
    Ok(import)
}

/// Keeps some rows of the file, locked up.
pub fn load(tx: &mut Tx, by: &By, keeper: &Keeper, id: ImportId, rows: &[Row]) -> Result<()> {
    let import = get(tx, by, id)?;
    if import.state != State::Loading {
        return Ok(());
    }
    let lock = |row: &Row| {
        let cells = serde_json::to_string(&row.cells).map_err(Error::broken)?;
        Ok((row.line, keeper.lock(work::CELLS, &cells)?))
    };
    store::add_rows(tx, id, &rows.iter().map(lock).collect::<Result<Vec<_>>>()?)
}

/// The file is in: guesses what its columns mean, for somebody to confirm.
pub fn ready(tx: &mut Tx, by: &By, id: ImportId, rows: &[Row]) -> Result<Import> {
    let before = get(tx, by, id)?;
    if before.state == State::Preview {
        return Ok(before);
    }
    let mapping = guess::mapping(rows);
    let total = store::count_below(tx, id, mapping.header)?;
    step(tx, by, &before, Verb::Load, |import| Import { mapping, total, ..import })
}

/// Somebody has confirmed what the columns mean: the rows may be worked off.
pub fn start(tx: &mut Tx, by: &By, id: ImportId, mapping: &Mapping) -> Result<Import> {
    let before = get(tx, by, id)?;
    let has = |column| mapping.columns.contains(&Some(column));
    ensure(has(Column::Name) || has(Column::Uscc), NO_NAME_COLUMN)?;
    let times = |column: &Column| mapping.columns.iter().filter(|m| **m == Some(*column)).count();
    if let Some(column) = Column::ALL.iter().find(|c| times(c) > 1) {
        return TWICE.with("column", column.label(by.actor.lang)).at("columns");
    }
    store::set_head_aside(tx, id, mapping.header)?;
    let total = store::count_below(tx, id, mapping.header)?;
    step(tx, by, &before, Verb::Start, |import| Import { mapping: mapping.clone(), total, ..import })
}

/// The import `id`, whose rows somebody takes along with all that is in them: that is recorded.
pub fn downloaded(tx: &mut Tx, by: &By, id: ImportId) -> Result<Import> {
    let import = get(tx, by, id)?;
    record::changed(tx, by, &import, &import, ("download", None))?;
    Ok(import)
}

/// Stops an import. What was imported stays, and is recorded as every act is.
pub fn cancel(tx: &mut Tx, by: &By, id: ImportId) -> Result<Import> {
    let before = get(tx, by, id)?;
    step(tx, by, &before, Verb::Cancel, |import| Import { finished_at: Some(by.at), ..import })
}

fn step(tx: &mut Tx, by: &By, before: &Import, verb: Verb, change: impl FnOnce(Import) -> Import) -> Result<Import> {
    use crate::kernel::Lang::{En, Zh};
    let not_now = || {
        NOT_NOW
            .with("state_zh", before.state.label(Zh))
            .with("state_en", before.state.label(En))
            .with("verb_zh", verb.label(Zh))
            .with("verb_en", verb.label(En))
    };
    let (to, who) = before.state.step(verb).ok_or_else(|| Error::Refused(not_now()))?;
    by.actor.must_be(who)?;
    let after = Import { state: to, ..change(before.clone()) };
    store::save(tx, &after)?;
    record::changed(tx, by, before, &after, (verb.code(), None))?;
    Ok(Import { version: after.version + 1, ..after })
}

/// Reads and keeps a file; the import waits for its columns to be confirmed.
pub async fn take(app: &App, by: &By, id: ImportId, name: String, bytes: Vec<u8>) -> Result<Import> {
    permitted(by)?;
    let digest = secret::sha256(&bytes);
    let rows = tokio::task::spawn_blocking(move || read(&bytes)).await.map_err(Error::broken)??;
    app.act(by, move |tx, by| begin(tx, by, id, &name, &digest)).await?;
    for some in rows.chunks(LOAD) {
        let (some, keeper) = (some.to_vec(), app.keeper.clone());
        app.act(by, move |tx, by| load(tx, by, &keeper, id, &some)).await?;
    }
    let head: Vec<Row> = rows.into_iter().take(50).collect();
    app.act(by, move |tx, by| ready(tx, by, id, &head)).await
}

/// Works an import off to the end, batch by batch, as the person who started it.
pub async fn run(app: App, by: By, id: ImportId) -> Result<()> {
    let mut failures = 0;
    loop {
        let by = By { at: app.clock.now(), ..by.clone() };
        let keeper = app.keeper.clone();
        match app.act(&by, move |tx, by| work(tx, by, &keeper, id, BATCH)).await {
            Ok(true) => failures = 0,
            Ok(false) => return Ok(()),
            Err(error) if failures < TRIES => {
                failures += 1;
                tracing::warn!(import = %id, %error, "a batch of an import failed; again");
            }
            Err(error) => {
                tracing::error!(import = %id, %error, "an import stopped; it goes on at the next start");
                return Err(error);
            }
        }
    }
}

/// What a stopped process has left: each import and the account for whom it runs.
pub fn unfinished(tx: &mut Tx) -> Result<Vec<Import>> {
    store::running(tx)
}
