//! What is wrong with a pack: every code that leads nowhere, every period that overlaps, every rule without a source.

use super::{
    assessment,
    cell::{Line, Table},
    counted,
    draft::Draft,
    finding::{
        At, BACKWARDS, CIRCLE, EMPTY_LIST, Finding, Findings, Grade, NO_LIST, NO_SEVERITY, OTHER_NAME, OTHER_SIDE,
        OVERLAP, RANGE, TWICE, UNKNOWN,
    },
    folder::{Folder, beside},
    outcomes,
    pack::Pack,
    pictures,
    rows::{Item, Severity, Side},
    sources,
};
use crate::{
    kernel::{Error, Lang, NOT_A_CHOICE, Result},
    people::Level,
    reference::{Term, standards},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What is wrong with the pack in the folder `dir`; nothing at all for a good one. Never panics, whatever stands there.
pub fn check(dir: &Path) -> Vec<Finding> {
    match Folder::open(dir) {
        Ok(folder) => examine(&folder, &beside(dir)).1,
        Err(why) => {
            let file = dir.display().to_string();
            vec![Finding { file, line: 0, field: String::new(), reason: why.refusal(), grade: Grade::Error }]
        }
    }
}

/// The pack in `folder` and all findings; no pack when one of them is an error. `base` finds a pack that it extends.
pub fn examine(folder: &Folder, base: &dyn Fn(&str) -> Option<Folder>) -> (Option<Pack>, Vec<Finding>) {
    let mut findings = Findings::default();
    let draft = Draft::read(folder, base, &mut findings);
    draft.want_rows(&mut findings);
    names(&draft, folder, &mut findings);
    // Codes that lead nowhere are looked for even when some lines could not be read: all mistakes come at once.
    codes(&draft, &mut findings);
    tree(&draft, &mut findings);
    periods(&draft, &mut findings);
    severities(&draft, &mut findings);
    counted::check(&draft, &mut findings);
    outcomes::check(&draft, &mut findings);
    assessment::check(&draft, &mut findings);
    checklists(&draft, &mut findings);
    pictures::check(&draft, &mut findings);
    sources::check(&draft, &mut findings);
    let refused = findings.all.iter().any(|f| f.grade == Grade::Error);
    let pack = if refused { None } else { draft.pack().map(Pack::finished) };
    (pack, findings.all)
}

impl Pack {
    /// The pack in the folder `dir`; refused with the first mistake when there is one.
    pub fn load(dir: &Path) -> Result<Self> {
        only_good(examine(&Folder::open(dir)?, &beside(dir)))
    }

    /// The pack with this code that comes with the program.
    pub fn built_in(code: &str) -> Result<Self> {
        only_good(examine(&Folder::built_in(code).ok_or(Error::NotFound)?, &|code| Folder::built_in(code)))
    }
}

/// The pack; refused with the first mistake when there is one.
pub(super) fn only_good((pack, findings): (Option<Pack>, Vec<Finding>)) -> Result<Pack> {
    pack.ok_or_else(|| match findings.iter().find(|f| f.grade == Grade::Error) {
        Some(first) => {
            Error::Refused(super::finding::BAD_PACK.with("zh", first.say(Lang::Zh)).with("en", first.say(Lang::En)))
        }
        None => Error::broken("a pack without findings was not built"),
    })
}

fn names(draft: &Draft, folder: &Folder, findings: &mut Findings) {
    let Some(about) = &draft.about else { return };
    let at = At { file: "pack.toml".into(), line: 0 };
    if about.code != folder.name {
        findings.warn(&at, "code", OTHER_NAME.with("code", &about.code).with("name", &folder.name));
    }
    let blank = [("code", &about.code), ("zh", &about.zh), ("en", &about.en), ("source", &about.source)];
    for (field, _) in blank.iter().filter(|(_, text)| text.trim().is_empty()) {
        findings.error(&at, field, super::finding::BLANK);
    }
    if about.version < 1 {
        findings.error(&at, "version", range(about.version, 1, i64::MAX));
    }
    if about.starts > about.ends {
        findings.error(&at, "ends", BACKWARDS.with("from", about.starts).with("to", about.ends));
    }
}

pub(super) fn range(value: i64, least: i64, most: i64) -> crate::kernel::Refusal {
    RANGE.with("value", value).with("least", least).with("most", most)
}

/// The codes of a table.
struct Codes<'a> {
    table: &'static str,
    known: BTreeSet<&'a str>,
}

impl<'a> Codes<'a> {
    fn of<T>(table: &'static str, rows: &'a [Line<T>], code: impl Fn(&'a T) -> &'a str) -> Self {
        Self { table, known: rows.iter().map(|line| code(&line.row)).collect() }
    }

    /// Notes every code that `rows` name in `field` and that this table lacks.
    fn want<'r, T, I>(&self, rows: &'r [Line<T>], field: &str, named: impl Fn(&'r T) -> I, findings: &mut Findings)
    where
        I: IntoIterator<Item = &'r String>,
    {
        for line in rows {
            for code in named(&line.row) {
                self.look(&line.at, field, code, findings);
            }
        }
    }

    fn look(&self, at: &At, field: &str, code: &str, findings: &mut Findings) {
        if !self.known.contains(code) && !findings.lost.contains(code) {
            findings.error(at, field, UNKNOWN.with("table", self.table).with("code", code));
        }
    }
}

fn codes(draft: &Draft, findings: &mut Findings) {
    let clauses = Codes::of("clauses.csv", &draft.clauses, |c| &c.id);
    clauses.want(&draft.products, "clause", |r| &r.clause, findings);
    clauses.want(&draft.targeting, "clause", |r| &r.clause, findings);
    clauses.want(&draft.problems, "clause", |r| &r.clause, findings);
    clauses.want(&draft.milestones, "clause", |r| &r.clause, findings);
    clauses.want(&draft.periods, "clause", |r| &r.clause, findings);
    clauses.want(&draft.assessment, "clause", |r| &r.clause, findings);

    let figures = Codes::of("figures.csv", &draft.figures, |f| &f.code);
    figures.want(&draft.return_checks, "left", |r| &r.left, findings);
    figures.want(&draft.return_checks, "right", |r| &r.right, findings);

    let products = Codes::of("products.csv", &draft.products, |p| &p.code);
    products.want(&draft.products, "parent", |r| &r.parent, findings);
    products.want(&draft.product_regimes, "product", |r| [&r.product], findings);
    products.want(&draft.product_standards, "product", |r| [&r.product], findings);
    products.want(&draft.heads, "products", |r| &r.products, findings);

    let regimes = Codes::of("regimes.csv", &draft.regimes, |r| r.code.code());
    for line in &draft.product_regimes {
        regimes.look(&line.at, "regime", line.row.regime.code(), findings);
    }
    for line in &draft.heads {
        if let Some(regime) = line.row.regime {
            regimes.look(&line.at, "regime", regime.code(), findings);
        }
    }

    let standards = Codes::of("standards.csv", &draft.standards, |s| &s.number);
    standards.want(&draft.product_standards, "standard", |r| [&r.standard], findings);
    let editions: BTreeSet<String> = draft.standards.iter().map(|l| standards::number(&l.row.designation())).collect();
    for line in &draft.standards {
        let next = line.row.superseded_by.as_deref();
        if let Some(next) = next.filter(|next| !editions.contains(&standards::number(next))) {
            findings.error(&line.at, "superseded_by", UNKNOWN.with("table", standards.table).with("code", next));
        }
    }

    let problems = Codes::of("problems.csv", &draft.problems, |p| &p.code);
    for items in draft.items.values() {
        problems.want(items, "problems", |i| &i.problems, findings);
        products.want(items, "products", |i| &i.products, findings);
    }
}

/// A product that is above itself.
fn tree(draft: &Draft, findings: &mut Findings) {
    let parents: BTreeMap<&str, &str> =
        draft.products.iter().filter_map(|l| Some((l.row.code.as_str(), l.row.parent.as_deref()?))).collect();
    for line in &draft.products {
        let mut above = parents.get(line.row.code.as_str());
        for _ in 0..=parents.len() {
            match above {
                Some(code) if *code == line.row.code => {
                    findings.error(&line.at, "parent", CIRCLE.with("code", &line.row.code));
                    break;
                }
                Some(code) => above = parents.get(code),
                None => break,
            }
        }
    }
}

/// Rows that say two things for the same day.
fn periods(draft: &Draft, findings: &mut Findings) {
    overlaps(&draft.product_regimes, "from", |r| (format!("{} {}", r.product, r.regime), r.term()), findings);
    overlaps(&draft.clocks, "from", |r| (r.code.clone(), r.term()), findings);
    let known = draft.standards.iter().filter(|l| l.row.in_force.is_some()).cloned().collect::<Vec<_>>();
    let term = |from, until: Option<jiff::civil::Date>| Term { from, to: until.and_then(|d| d.yesterday().ok()) };
    overlaps(&known, "in_force", |s| (s.number.clone(), term(s.in_force, s.superseded_on)), findings);
    for line in &draft.standards {
        if let (Some(from), Some(to)) = (line.row.in_force, line.row.superseded_on)
            && from >= to
        {
            findings.error(&line.at, "superseded_on", BACKWARDS.with("from", from).with("to", to));
        }
    }
}

fn overlaps<T: Table>(rows: &[Line<T>], field: &str, term: impl Fn(&T) -> (String, Term), findings: &mut Findings) {
    let mut groups: BTreeMap<String, Vec<(&Line<T>, Term)>> = BTreeMap::new();
    for line in rows {
        let (group, term) = term(&line.row);
        let others = groups.entry(group.clone()).or_default();
        if let Some((other, _)) = others.iter().find(|(_, other)| other.overlaps(&term)) {
            let why = OVERLAP.with("key", group).with("file", &other.at.file).with("line", other.at.line);
            findings.error(&line.at, field, why);
        }
        others.push((line, term));
    }
}

fn severities(draft: &Draft, findings: &mut Findings) {
    for severity in Severity::ALL {
        if !draft.severities.iter().any(|l| l.row.code == *severity) && !findings.lost.contains(severity.code()) {
            let at = At { file: "severities.csv".into(), line: 0 };
            findings.error(&at, "code", NO_SEVERITY.with("code", severity));
        }
    }
    for line in &draft.severities {
        let shares = [
            ("look_back_percent", line.row.look_back_percent),
            ("repeat_check_percent", line.row.repeat_check_percent),
        ];
        for (field, share) in shares.into_iter().filter(|(_, share)| !(0..=100).contains(share)) {
            findings.error(&line.at, field, range(share, 0, 100));
        }
        if !(0..=366).contains(&line.row.days) {
            findings.error(&line.at, "days", range(line.row.days, 0, 366));
        }
    }
    for line in draft.clocks.iter().filter(|l| !(0..=36_600).contains(&l.row.amount)) {
        findings.error(&line.at, "amount", range(line.row.amount, 0, 36_600));
    }
    for line in draft.closing_reasons.iter().filter(|l| !(1..=20).contains(&l.row.evidence_min)) {
        findings.error(&line.at, "evidence_min", range(line.row.evidence_min, 1, 20));
    }
    for line in &draft.ladder {
        let rule = &line.row;
        let most = if rule.measure.is_share() { 100 } else { 1_000_000 };
        let numbers = [
            ("amount", rule.amount, 1, most),
            ("days", rule.days, 0, 366),
            ("answer_days", rule.answer_days, 1, 60),
            ("again_days", rule.again_days, 1, 366),
        ];
        for (field, number, least, most) in numbers {
            if !(least..=most).contains(&number) {
                findings.error(&line.at, field, range(number, least, most));
            }
        }
        // nobody stands above the nation, and a station is led by its county
        if matches!(rule.level, Level::Nation | Level::Station) {
            findings.error(&line.at, "level", NOT_A_CHOICE.with("value", rule.level));
        }
    }
    for line in &draft.signs {
        // the mark of a picture is found by a quarter that is the same: further apart none need be
        let most = if line.row.code == "alike" { 3 } else { 1_000_000 };
        if !(0..=most).contains(&line.row.amount) {
            findings.error(&line.at, "amount", range(line.row.amount, 0, most));
        }
    }
    for line in &draft.risks {
        for (field, points) in [("points", line.row.points), ("most", line.row.most)] {
            if !(0..=1000).contains(&points) {
                findings.error(&line.at, field, range(points, 0, 1000));
            }
        }
    }
}

fn checklists(draft: &Draft, findings: &mut Findings) {
    for line in &draft.heads {
        if draft.items.get(&line.row.code).is_none_or(Vec::is_empty) {
            findings.error(&line.at, "code", EMPTY_LIST);
        }
        if line.row.version < 1 {
            findings.error(&line.at, "version", range(line.row.version, 1, i64::MAX));
        }
    }
    let sides: BTreeMap<&str, Side> = draft.problems.iter().map(|l| (l.row.code.as_str(), l.row.side)).collect();
    let mut ids: BTreeMap<&str, &At> = BTreeMap::new();
    for (code, items) in &draft.items {
        let head = draft.heads.iter().find(|l| l.row.code == *code);
        if head.is_none() {
            let file = items.first().map_or_else(|| format!("checklists/{code}.csv").into(), |l| l.at.file.clone());
            findings.error(&At { file, line: 0 }, "", NO_LIST.with("code", code));
        }
        if let Some(side) = head.and_then(|l| l.row.side) {
            other_side(items, Side::of(side), &sides, findings);
        }
        for line in items {
            if let Some(first) = ids.insert(&line.row.id, &line.at) {
                let key = format!("{} ({})", line.row.id, first.file);
                findings.error(&line.at, "id", TWICE.with("key", key).with("line", first.line));
            }
        }
    }
}

fn other_side(items: &[Line<Item>], side: Side, sides: &BTreeMap<&str, Side>, findings: &mut Findings) {
    for line in items {
        for code in &line.row.problems {
            if let Some(other) = sides.get(code.as_str()).filter(|s| **s != side) {
                let mut why = OTHER_SIDE.with("code", code);
                why.zh = why.zh.replace("{side}", other.label(Lang::Zh)).into();
                why.en = why.en.replace("{side}", other.label(Lang::En)).into();
                findings.error(&line.at, "problems", why);
            }
        }
    }
}

#[cfg(test)]
mod tests;
