//! The board (行动进展看板): what an office sees of its campaign at a glance, every number open to its records.
//! It reads figures, and the targets they are measured by.
//!
//! Clauses: G-3, S-2b, S-4a.

mod live;
mod map;
mod pages;
mod plan;
mod trend;

pub(super) use pages::routes;

use super::{
    Breakdown, Cell, Wanted, figures,
    outcomes::{Outcome, outcomes},
    progress::{Plan, Standing},
    share,
};
use crate::{
    campaigns::{self, Campaign, Pack},
    kernel::{Config, Error, Lang, NOT_A_CHOICE, Result, db::Tx},
    people::{By, Office, store as offices},
    record::{Field, Figure},
};
use map::{Chart, Tile};
use std::{collections::BTreeMap, sync::Arc};
use trend::{HIGH, Trend, WIDE};

/// How many kinds of problems are shown.
const PROBLEMS: usize = 10;

/// What a row of the table shows.
const COLUMNS: &[Figure] = &[
    Figure::Visits,
    Figure::Inspected,
    Figure::Found,
    Figure::OpenMajor,
    Figure::Open,
    Figure::Overdue,
    Figure::Closed,
    Figure::LookBacks,
    Figure::Reopened,
];

/// What an office's board shows.
struct View {
    office: Office,
    /// The campaign asked for.
    campaign: Option<Campaign>,
    /// The campaign whose targets progress is measured by: the one asked for, else the nearest under way.
    planned: Option<Campaign>,
    pack: Option<Arc<Pack>>,
    /// How the office stands with each of its targets, and with all of them.
    standings: Vec<Standing>,
    plan: Plan,
    /// The figures of the office as a whole.
    now: Numbers,
    /// The offices below, each with its figures.
    below: Vec<Line>,
    /// What has come of the campaign (六个“一批”).
    outcomes: Vec<Outcome>,
    problems: Vec<Bar>,
    fields: Vec<Bar>,
    /// Half of the hazards that were closed took no more days than this.
    median: Option<i64>,
    trend: Trend,
    tiles: Vec<Tile>,
    /// The operator's map, which stands in for the tiles.
    chart: Option<Chart>,
}

/// Figures and where each one's records are.
#[derive(Debug, Clone, Default)]
struct Numbers(BTreeMap<Figure, (i64, String)>);

impl Numbers {
    fn of<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> Self {
        let number = |cell: &Cell| (cell.figure, (cell.value, page_of(&cell.records)));
        Self(cells.into_iter().map(number).collect())
    }

    fn value(&self, figure: Figure) -> i64 {
        self.0.get(&figure).map_or(0, |(value, _)| *value)
    }

    /// The page of its records; none where there are none.
    fn href(&self, figure: Figure) -> String {
        self.0.get(&figure).map(|(_, href)| href.clone()).unwrap_or_default()
    }

    fn found(&self) -> i64 {
        self.value(Figure::Found)
    }

    fn closed(&self) -> i64 {
        self.value(Figure::Closed)
    }

    /// How many of a hundred that were found have been closed out, rounded down; none where nothing was found.
    fn closing_rate(&self) -> Option<i64> {
        share(self.value(Figure::Closed), self.value(Figure::Found))
    }

    /// How many of a hundred look-backs passed.
    fn pass_rate(&self) -> Option<i64> {
        share(self.value(Figure::LookBackPassed), self.value(Figure::LookBacks))
    }
}

/// A share as people read it; a dash where there is none.
fn percent(share: Option<i64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{share}%"))
}

/// The page that shows what an address of the API lists.
fn page_of(records: &str) -> String {
    records.replacen("/api/v1/figures/records", "/board/records", 1)
}

/// An office below.
struct Line {
    office: Office,
    name: String,
    /// Its own board; none for the office itself.
    href: String,
    numbers: Numbers,
    plan: Plan,
    /// Where its targets stand.
    targets: String,
    /// Where the reader may remind it; empty for whom it is not to do.
    remind: String,
}

impl Line {
    fn rate(&self) -> String {
        percent(self.numbers.closing_rate())
    }

    /// How many of a hundred it has done of its targets, how many it should have, and whether it is behind.
    fn pace(&self) -> Option<(i64, i64, bool)> {
        Some((self.plan.percent()?, self.plan.should()?, self.plan.is_behind()))
    }
}

/// A bar of a ranking.
struct Bar {
    label: String,
    value: i64,
    href: String,
    /// The value and all those before it, of a hundred.
    up_to: i64,
}

/// Gathers what an office's board shows.
fn gather(tx: &mut Tx, by: &By, wanted: &Wanted, config: &Config, lang: Lang) -> Result<View> {
    let office = offices::office(tx, wanted.office.unwrap_or(by.actor.office.id))?;
    let (planned, pack) = campaign(tx, by, wanted)?;
    let cells = |tx: &mut Tx, part| figures(tx, by, &Wanted { by: part, ..wanted.clone() }, lang);
    let (whole, parts) = (cells(tx, None)?, cells(tx, Some(Breakdown::Office))?);
    let mut below = lines(tx, &office, wanted, &parts, lang)?;
    let standings = plan::lay(tx, by, (&office, planned.as_ref()), &mut below, wanted)?;
    let label = |cell: &Cell| problem(pack.as_deref(), cell, lang);
    let field = |cell: &Cell| cell.field.map_or_else(String::new, |field: Field| field.label(lang).to_owned());
    Ok(View {
        tiles: map::tiles(&office, &below, lang),
        chart: map::chart(config, &office, &below, lang),
        outcomes: pack.as_deref().map(|pack| outcomes(pack, &whole, lang)).unwrap_or_default(),
        problems: ranking(&cells(tx, Some(Breakdown::Problem))?, label),
        fields: ranking(&cells(tx, Some(Breakdown::Field))?, field),
        median: median(&cells(tx, Some(Breakdown::Days))?),
        trend: Trend::of(&cells(tx, Some(Breakdown::Day))?),
        now: Numbers::of(&whole),
        below,
        plan: Plan::of(&standings),
        standings,
        campaign: planned.clone().filter(|_| wanted.campaign.is_some()),
        planned,
        pack,
        office,
    })
}

/// The campaign asked for, else the nearest, and its pack, for the names of its problems.
fn campaign(tx: &mut Tx, by: &By, wanted: &Wanted) -> Result<(Option<Campaign>, Option<Arc<Pack>>)> {
    let found = super::campaign(tx, by, wanted)?;
    let pack = found.as_ref().map(|c| campaigns::pack(tx, &c.pack_code, c.pack_version)).transpose()?;
    Ok((found, pack))
}

fn lines(tx: &mut Tx, office: &Office, wanted: &Wanted, parts: &[Cell], lang: Lang) -> Result<Vec<Line>> {
    let mut below: BTreeMap<_, Vec<&Cell>> = BTreeMap::new();
    for cell in parts {
        below.entry(cell.office).or_default().push(cell);
    }
    // an office of which nothing has come stands there with nothing: silence is seen
    for child in offices::offices_below(tx, office.id)?.into_iter().filter(|child| child.active) {
        below.entry(child.id).or_default();
    }
    let mut lines = Vec::new();
    for (id, cells) in below {
        let child = offices::office(tx, id)?;
        let href = if id == office.id { String::new() } else { pages::address(Some(id), wanted) };
        let name = child.label(lang).to_owned();
        let numbers = Numbers::of(cells);
        lines.push(Line {
            href,
            name,
            numbers,
            plan: Plan::default(),
            targets: String::new(),
            remind: String::new(),
            office: child,
        });
    }
    Ok(lines)
}

fn problem(pack: Option<&Pack>, cell: &Cell, lang: Lang) -> String {
    let code = cell.problem.clone().unwrap_or_default();
    match pack.and_then(|pack| pack.problem(&code)) {
        Some(problem) => problem.label(lang).to_owned(),
        None => code,
    }
}

/// The parts of hazards found, the most frequent first.
fn ranking(cells: &[Cell], label: impl Fn(&Cell) -> String) -> Vec<Bar> {
    let mut found: Vec<&Cell> = cells.iter().filter(|c| c.figure == Figure::Found && c.value > 0).collect();
    found.sort_by_key(|cell| -cell.value);
    let (all, mut sum) = (found.iter().map(|c| c.value).sum::<i64>(), 0);
    let bar = |cell: &&Cell| {
        sum += cell.value;
        Bar { label: label(cell), value: cell.value, href: page_of(&cell.records), up_to: sum * 100 / all }
    };
    found.iter().take(PROBLEMS).map(bar).collect()
}

/// The days that half of the hazards closed out took at the most.
fn median(cells: &[Cell]) -> Option<i64> {
    let mut days: Vec<(i64, i64)> =
        cells.iter().filter(|c| c.figure == Figure::Closed).filter_map(|c| Some((c.days?, c.value))).collect();
    days.sort_unstable();
    let (all, mut sum) = (days.iter().map(|(_, n)| n).sum::<i64>(), 0);
    days.into_iter()
        .find(|(_, n)| {
            sum += n;
            sum * 2 >= all
        })
        .map(|(days, _)| days)
}

/// In which orders the offices below can be shown, by their heads.
fn sort(lines: &mut [Line], order: &str) -> Result<()> {
    let (name, down) = order.strip_prefix('-').map_or((order, false), |name| (name, true));
    match (name, Figure::from_code(name)) {
        ("office", _) => lines.sort_by(|a, b| a.office.code.cmp(&b.office.code)),
        // who has no targets comes behind those who have
        ("plan", _) => lines.sort_by_key(|line| line.plan.attained().unwrap_or(i64::MAX)),
        ("rate", _) => lines.sort_by_key(|line| line.numbers.closing_rate().unwrap_or(-1)),
        (_, Some(figure)) => lines.sort_by_key(|line| line.numbers.value(figure)),
        (wrong, None) => return Err(Error::invalid("sort", NOT_A_CHOICE.with("value", wrong))),
    }
    if down {
        lines.reverse();
    }
    Ok(())
}
