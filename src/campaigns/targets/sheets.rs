//! Planning by spreadsheet: the division of everything an office has as one table, filled in and sent back.
//!
//! A row for each office below, a column for each target. A column is taken whole or not at all; what is wrong is written
//! beside the row. The same file again changes nothing, so that one that stopped half-way is simply sent again.

use super::{Act, HEADS, Share, State, Target, act, label, store};
use crate::{
    campaigns::{self, Pack},
    kernel::{
        App, CampaignId, Error, Lang, OfficeId, Refusal, Result, TargetId,
        db::Tx,
        sheet::{self, Fault, Row, Table},
        text,
    },
    people::{By, Office, store as offices},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

refusals! {
    NO_TARGETS "targets.sheet_no_targets" "没有找到任务列，请在下载的表格中填写后上传。" "No column of a target was found; fill in the table as it was downloaded.";
    UNKNOWN_TARGET "targets.sheet_unknown_target" "“{head}”：本机构没有这项任务。" "“{head}”: your office has no such target.";
    UNKNOWN_OFFICE "targets.sheet_unknown_office" "机构代码“{code}”不是直接下级机构。" "“{code}” is not the code of an office just below.";
    OFFICE_TWICE "targets.sheet_office_twice" "机构代码“{code}”重复。" "The code “{code}” stands there twice.";
    NOT_A_NUMBER "targets.sheet_not_a_number" "“{head}”：“{value}”不是数量。" "“{head}”: “{value}” is not a number.";
    OFFICE_MISSING "targets.sheet_office_missing" "“{head}”：缺少已有任务的机构“{name}”。" "“{head}”: the office “{name}”, which has a share, is missing.";
    CHANGED "targets.sheet_changed" "“{head}”：本级任务现为 {total}，请重新下载。" "“{head}”: the total is {total} now; download the table anew.";
    REFUSED_COLUMN "targets.sheet_refused" "“{head}”：{why}" "“{head}”: {why}";
}

/// What has come of a table.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Taken {
    /// Targets that were divided as the table says.
    pub divided: usize,
    /// Targets that were so already.
    pub unchanged: usize,
    pub faults: Vec<Fault>,
    /// The table as it was sent, with what was wrong beside each row.
    #[serde(skip)]
    pub table: Table,
}

/// What an office has in a campaign, for its table.
struct Plan {
    office: Office,
    below: Vec<Office>,
    targets: Vec<Target>,
    /// What each target's parts have: by target and office.
    shares: BTreeMap<(TargetId, OfficeId), i64>,
    pack: std::sync::Arc<Pack>,
}

impl Plan {
    fn of(tx: &mut Tx, by: &By, campaign: CampaignId) -> Result<Self> {
        by.actor.must_be(HEADS)?;
        let campaign = campaigns::find(tx, &by.actor, campaign)?;
        let office = by.actor.office.clone();
        let mut targets = store::of_office(tx, campaign.id, office.id)?;
        targets.retain(|t| t.state != State::Withdrawn);
        let mut below = offices::offices_below(tx, office.id)?;
        below.retain(|o| o.active);
        let mut shares = BTreeMap::new();
        for target in &targets {
            shares.extend(store::children(tx, target.id)?.iter().map(|c| ((target.id, c.office), c.total)));
        }
        let pack = campaigns::pack(tx, &campaign.pack_code, campaign.pack_version)?;
        Ok(Self { office, below, targets, shares, pack })
    }

    /// The head of a target's column: what it is, and in brackets what a program reads.
    fn head(&self, target: &Target, lang: Lang) -> String {
        let name = label(&self.pack, &target.product, &target.focus, lang);
        format!("{name} {}（{}）{}", target.measure.label(lang), target.measure.unit(lang), key(target))
    }

    /// The target that a head names.
    fn target(&self, head: &str) -> Option<&Target> {
        self.targets.iter().find(|t| text::plain(head).ends_with(&key(t)))
    }
}

/// `[inspect:03:complaints]`.
fn key(target: &Target) -> String {
    format!("[{}:{}:{}]", target.measure, target.product, target.focus)
}

/// The table of an office: its own totals in the first row, then each office below with what it has.
pub fn table(tx: &mut Tx, by: &By, campaign: CampaignId, lang: Lang) -> Result<Table> {
    let plan = Plan::of(tx, by, campaign)?;
    let heads = [lang.say("机构代码", "Office code"), lang.say("机构", "Office")].map(str::to_owned);
    let heads = heads.into_iter().chain(plan.targets.iter().map(|t| plan.head(t, lang)));
    let own = format!("{}{}", plan.office.label(lang), lang.say("（本级任务）", " (to be divided)"));
    let totals = plan.targets.iter().map(|t| t.total.to_string());
    let mut rows = vec![[plan.office.code.clone(), own].into_iter().chain(totals).collect()];
    for office in &plan.below {
        let share = |t: &Target| plan.shares.get(&(t.id, office.id)).filter(|n| **n > 0).map(ToString::to_string);
        let shares = plan.targets.iter().map(|t| share(t).unwrap_or_default());
        rows.push([office.code.clone(), office.label(lang).to_owned()].into_iter().chain(shares).collect());
    }
    Ok(Table::new(heads, rows))
}

/// A column as it was filled in.
struct Column {
    target: Target,
    head: String,
    shares: Vec<Share>,
    sound: bool,
}

/// What stands in a table: its columns, and what is wrong with its rows.
struct Reading<'p> {
    plan: &'p Plan,
    lang: Lang,
    columns: Vec<(usize, Column)>,
    faults: Vec<Fault>,
    /// The row of the office's own totals.
    own_line: i64,
}

impl<'p> Reading<'p> {
    fn of(plan: &'p Plan, rows: &[Row], lang: Lang) -> Result<Self> {
        let heads = rows.iter().position(|r| r.cells.iter().any(|c| c.trim_end().ends_with(']')));
        let Some(heads) = heads else { return NO_TARGETS.at("file") };
        let own_line = rows[heads].line + 1;
        let mut reading = Self { plan, lang, columns: Vec::new(), faults: Vec::new(), own_line };
        for (at, head) in rows[heads].cells.iter().enumerate().filter(|(_, c)| c.trim_end().ends_with(']')) {
            match plan.target(head) {
                Some(target) => {
                    let column = Column { target: target.clone(), head: head.clone(), shares: Vec::new(), sound: true };
                    reading.columns.push((at, column));
                }
                None => reading.fault(rows[heads].line, UNKNOWN_TARGET.with("head", head)),
            }
        }
        for row in &rows[heads + 1..] {
            reading.row(row);
        }
        reading.missing();
        Ok(reading)
    }

    fn fault(&mut self, line: i64, refusal: Refusal) {
        self.faults.push(Fault::of(line, &refusal, self.lang));
    }

    fn row(&mut self, row: &Row) {
        let code = text::code(row.cells.first().map_or("", String::as_str));
        let office = self.plan.below.iter().find(|o| o.code == code).map(|o| o.id);
        let own = self.plan.office.code == code;
        if own {
            self.own_line = row.line;
        }
        if office.is_none() && !own {
            let says = self.columns.iter().any(|(at, _)| row.cells.get(*at).is_some_and(|c| !c.trim().is_empty()));
            if says {
                self.columns.iter_mut().for_each(|(_, column)| column.sound = false);
                self.fault(row.line, UNKNOWN_OFFICE.with("code", code));
            }
            return;
        }
        if office.is_some_and(|id| self.columns.iter().any(|(_, c)| c.shares.iter().any(|s| s.office == id))) {
            self.columns.iter_mut().for_each(|(_, column)| column.sound = false);
            return self.fault(row.line, OFFICE_TWICE.with("code", code));
        }
        for i in 0..self.columns.len() {
            let (at, column) = &mut self.columns[i];
            let typed = row.cells.get(*at).map_or("", |c| c.trim());
            let number =
                if typed.is_empty() { Some(0) } else { text::plain(typed).replace(',', "").parse::<i64>().ok() };
            let trouble = match (number.filter(|n| *n >= 0), office) {
                (None, _) => Some(NOT_A_NUMBER.with("head", &column.head).with("value", typed)),
                (Some(total), None) if total != column.target.total => {
                    Some(CHANGED.with("head", &column.head).with("total", column.target.total))
                }
                (Some(total), Some(office)) => {
                    column.shares.push(Share { office, total });
                    None
                }
                _ => None,
            };
            if let Some(trouble) = trouble {
                column.sound = false;
                self.fault(row.line, trouble);
            }
        }
    }

    /// A row that somebody took out is no word that its office is to get nothing.
    fn missing(&mut self) {
        for i in 0..self.columns.len() {
            let column = &self.columns[i].1;
            let has = |o: &&Office| self.plan.shares.get(&(column.target.id, o.id)).is_some_and(|n| *n > 0);
            let left_out = |o: &&Office| !column.shares.iter().any(|s| s.office == o.id);
            let missing = self.plan.below.iter().filter(has).find(left_out);
            if let (Some(office), true) = (missing, column.sound) {
                let trouble = OFFICE_MISSING.with("head", &column.head).with("name", office.label(self.lang));
                self.columns[i].1.sound = false;
                self.fault(self.own_line, trouble);
            }
        }
    }
}

/// Divides as a table says: each target whole or not at all.
pub async fn take(app: &App, by: &By, campaign: CampaignId, bytes: Vec<u8>, lang: Lang) -> Result<Taken> {
    let rows = tokio::task::spawn_blocking(move || sheet::read(&bytes)).await.map_err(Error::broken)??;
    let (asker, read) = (by.clone(), rows.clone());
    let (columns, mut faults, own_line) = app
        .db
        .read(move |tx| {
            let plan = Plan::of(tx, &asker, campaign)?;
            let reading = Reading::of(&plan, &read, lang)?;
            Ok((reading.columns, reading.faults, reading.own_line))
        })
        .await?;
    let mut taken = Taken::default();
    for (_, column) in columns.into_iter().filter(|(_, c)| c.sound) {
        let (id, version, head) = (column.target.id, column.target.version, column.head.clone());
        let division = Act::Divide { shares: column.shares, version };
        match app.act(by, move |tx, by| act(tx, by, id, &division)).await {
            Ok(after) if after.version == version => taken.unchanged += 1,
            Ok(_) => taken.divided += 1,
            Err(error @ (Error::Broken(_) | Error::Again | Error::DiskFull | Error::Away | Error::Unsure)) => {
                return Err(error);
            }
            Err(error) => {
                let why = error.refusal();
                let said = REFUSED_COLUMN.with("head", &head).with("why", why.say(lang));
                faults.push(Fault { code: why.code, ..Fault::of(own_line, &said, lang) });
            }
        }
    }
    faults.sort_by_key(|f| f.line);
    taken.table = sheet::annotated(&rows, |line| sheet::said(&faults, line));
    taken.faults = faults;
    Ok(taken)
}
