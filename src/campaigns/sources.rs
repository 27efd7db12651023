//! Whether every rule says where it comes from, and whether what it names is registered.

use super::{
    cell::Line,
    draft::Draft,
    finding::{At, Findings, LAW_CLOCK, NOT_SOURCED, UNKNOWN},
    rows::ClockRule,
};
use crate::reference::{Certainty, standards};
use std::collections::BTreeSet;

/// What references may name.
struct Register<'a> {
    texts: BTreeSet<&'a str>,
    clauses: BTreeSet<&'a str>,
    /// Numbers and designations.
    standards: BTreeSet<String>,
}

/// Looks at every `source` and `basis`.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let numbers = draft.standards.iter().map(|l| standards::number(&l.row.number));
    let editions = draft.standards.iter().map(|l| standards::number(&l.row.designation()));
    let register = Register {
        texts: draft.sources.iter().map(|l| l.row.key.as_str()).collect(),
        clauses: draft.clauses.iter().map(|l| l.row.id.as_str()).collect(),
        standards: numbers.chain(editions).collect(),
    };
    macro_rules! sources {
        ($($table:ident),*) => { $(for line in &draft.$table {
            register.source(&line.at, (&line.row.source, line.row.certainty), findings);
        })* };
    }
    macro_rules! bases {
        ($($table:ident),*) => { $(for line in &draft.$table {
            register.cite(&line.at, "basis", &line.row.basis, findings);
        })* };
    }
    sources!(regimes, standards, products, product_regimes, product_standards, targeting, problems, severities);
    sources!(
        closing_reasons,
        clocks,
        milestones,
        figures,
        periods,
        return_checks,
        signs,
        ladder,
        outcomes,
        assessment,
        risks,
        heads,
        pictures
    );
    bases!(regimes, problems, heads);
    for line in draft.items.values().flatten() {
        register.source(&line.at, (&line.row.source, line.row.certainty), findings);
    }
    if let Some(about) = &draft.about {
        let at = At { file: "pack.toml".into(), line: 0 };
        register.source(&at, (&about.source, about.certainty), findings);
    }
}

impl Register<'_> {
    fn source(&self, at: &At, (source, certainty): (&str, Certainty), findings: &mut Findings) {
        self.cite(at, "source", source, findings);
        let keys: Vec<&str> = source.split(';').map(key).collect();
        if (keys == ["K"] || keys == ["D"]) && certainty == Certainty::Sourced {
            findings.error(at, "certainty", NOT_SOURCED);
        }
    }

    fn cite(&self, at: &At, field: &str, references: &str, findings: &mut Findings) {
        for reference in references.split(';').map(str::trim) {
            let (key, place) = (key(reference), reference.split_once(' ').map_or("", |(_, place)| place.trim()));
            let unknown = if !self.texts.contains(key) {
                Some(("sources.csv", key))
            } else if key == "NOTICE" && !place.is_empty() && !self.clauses.contains(place) {
                Some(("clauses.csv", place))
            } else if key == "STD" && !place.is_empty() && !self.standards.contains(&standards::number(place)) {
                Some(("standards.csv", place))
            } else {
                None
            };
            if let Some((table, code)) = unknown.filter(|(_, code)| !findings.lost.contains(*code)) {
                findings.error(at, field, UNKNOWN.with("table", table).with("code", code));
            }
        }
    }
}

fn key(reference: &str) -> &str {
    reference.split_whitespace().next().unwrap_or_default()
}

/// A place may set clocks of its own design; it may not make a clock of law longer or shorter.
pub(super) fn clocks_of_law(below: &[Line<ClockRule>], over: &[Line<ClockRule>], findings: &mut Findings) {
    for line in over {
        let (mine, law) = (&line.row, |c: &&Line<ClockRule>| c.row.certainty != Certainty::Design);
        let same = |c: &&Line<ClockRule>| c.row.code == mine.code && c.row.from == mine.from;
        let changed = below
            .iter()
            .filter(same)
            .find(law)
            .filter(|c| (c.row.amount, c.row.unit, c.row.rollover) != (mine.amount, mine.unit, mine.rollover));
        if changed.is_some() {
            findings.error(&line.at, "amount", LAW_CLOCK.with("code", &mine.code));
        }
    }
}
