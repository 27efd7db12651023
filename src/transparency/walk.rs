//! The record compared with the leaves of the log, leaf by leaf.

use super::{
    gather::gather_salted,
    leaf::{Known, Leaf, STATE, commitment, listed},
    model::{Fault, Finding, Part, Report},
    store::{self, Link, Placed},
    things,
};
use crate::{
    kernel::{Error, Result, db::Tx},
    record::Kind,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the walk has come upon.
#[derive(Debug, Default)]
pub struct Walk {
    /// Findings about what a leaf is of, with the place of the leaf: they count only when the leaf itself is right.
    pub found: Vec<(u64, Finding)>,
    /// The last leaf of each thing whose state it commits to.
    things: HashMap<String, Last>,
    /// Leaves that lie under the id of another event than their own.
    pub misplaced: HashSet<String>,
}

#[derive(Debug)]
struct Last {
    seq: u64,
    kind: Kind,
    commitment: String,
    salt: Option<String>,
}

impl Walk {
    /// Compares these leaves with the record as it is.
    pub fn compare(&mut self, tx: &mut Tx, placed: &[Placed], report: &mut Report) -> Result<()> {
        let leaves: Vec<(u64, &Placed, Leaf)> =
            placed.iter().filter_map(|p| Some((p.seq as u64, p, Leaf::parse(&p.leaf)?))).collect();
        let event = |p: &Placed, leaf: &Leaf| leaf.field("event").unwrap_or(&p.event).to_owned();
        let ids: Vec<String> = leaves.iter().map(|(_, p, leaf)| event(p, leaf)).collect();
        let mut things: Vec<String> =
            leaves.iter().filter_map(|(_, _, l)| l.field("thing").map(str::to_owned)).collect();
        things.sort();
        things.dedup();
        let (known, links) = (gather_salted(tx, &ids)?, store::links(tx, &things)?);
        for ((seq, placed, leaf), id) in leaves.iter().zip(&ids) {
            if placed.event != *id {
                self.misplaced.insert(id.clone());
                self.add(*seq, Finding::new(Part::Leaf, Fault::Differs, id).in_fields(["event"]));
            }
            self.links(*seq, leaf, &links, report);
            match known.get(id) {
                Some(known) => self.event(*seq, leaf, known, report),
                None => self.add(*seq, Finding::new(Part::Event, Fault::Missing, id)),
            }
            self.remember(*seq, leaf, known.get(id));
        }
        Ok(())
    }

    fn add(&mut self, seq: u64, finding: Finding) {
        self.found.push((seq, if finding.place.is_some() { finding } else { finding.at(seq) }));
    }

    fn event(&mut self, seq: u64, leaf: &Leaf, known: &Known, report: &mut Report) {
        let id = known.say("id");
        let mut fields = leaf.differences(known);
        if !leaf.has_salts(known) {
            let committed = fields.iter().filter(|field| super::leaf::COMMITTED.contains(field)).copied();
            self.add(seq, Finding::new(Part::Salt, Fault::Differs, &id).in_fields(committed.collect::<Vec<_>>()));
            fields.retain(|field| super::leaf::SHOWN.contains(field) && *field != "thing");
        }
        if !fields.is_empty() {
            self.add(seq, Finding::new(Part::Event, Fault::Differs, &id).in_fields(fields));
        }
        let erased = leaf.erased(known);
        if !erased.is_empty() {
            self.add(seq, Finding::new(Part::Event, Fault::Erased, &id).in_fields(erased));
        }
        self.facts(seq, &id, &leaf.list("facts"), known);
        report.events += 1;
        report.facts += known.facts.len() as u64;
    }

    /// Facts by their lines; of more than a leaf lists, all as one.
    fn facts(&mut self, seq: u64, event: &str, sealed: &[String], known: &Known) {
        let now = listed(&known.facts);
        if now == sealed {
            return;
        }
        let by_line: BTreeMap<i64, &String> = known.lines.iter().copied().zip(&known.facts).collect();
        let whole = known.facts.len() != now.len() || sealed.first().is_some_and(|s| s.starts_with("all:"));
        if whole || by_line.len() != known.facts.len() {
            return self.add(seq, Finding::new(Part::Fact, Fault::Differs, event));
        }
        for (line, sealed) in (0..).zip(sealed) {
            match by_line.get(&line) {
                None => self.add(seq, Finding::new(Part::Fact, Fault::Missing, event).at(line)),
                Some(now) if *now != sealed => self.add(seq, Finding::new(Part::Fact, Fault::Differs, event).at(line)),
                Some(_) => {}
            }
        }
        let known_lines = 0..sealed.len() as i64;
        for line in by_line.into_keys().filter(|line| !known_lines.contains(line)) {
            self.add(seq, Finding::new(Part::Fact, Fault::Unsealed, event).at(line));
        }
    }

    /// Files that the act has linked. One that was withdrawn and linked anew bears the later moment.
    fn links(&mut self, seq: u64, leaf: &Leaf, links: &BTreeMap<String, Vec<Link>>, report: &mut Report) {
        let (Some(thing), Some(at)) = (leaf.field("thing"), leaf.0.get("at").and_then(serde_json::Value::as_i64))
        else {
            return;
        };
        let of_thing: Vec<(String, i64)> =
            links.get(thing).into_iter().flatten().map(|l| (format!("{}:{}", l.role, l.file), l.linked_at)).collect();
        let sealed = leaf.list("files");
        let now: Vec<String> = of_thing.iter().filter(|(_, then)| *then == at).map(|(link, _)| link.clone()).collect();
        report.links += now.len() as u64;
        if listed(&now) == sealed {
            return;
        }
        let differing = |fault, link: &String| Finding::new(Part::Link, fault, thing).in_fields([link]);
        for link in sealed.iter().filter(|link| !of_thing.iter().any(|(now, then)| now == *link && *then >= at)) {
            self.add(seq, differing(Fault::Missing, link));
        }
        for link in now.iter().filter(|link| !sealed.contains(link)) {
            self.add(seq, differing(Fault::Unsealed, link));
        }
    }

    fn remember(&mut self, seq: u64, leaf: &Leaf, known: Option<&Known>) {
        let (Some(thing), Some(kind)) = (leaf.field("thing"), leaf.field("kind").and_then(Kind::from_code)) else {
            return;
        };
        let Some(commitment) = leaf.field(STATE) else {
            // a later event of a thing whose state was not known then: what an earlier one commits to is out of date
            self.things.remove(thing);
            return;
        };
        let salt =
            known.filter(|known| leaf.has_salts(known)).and_then(|known| known.salts.get(STATE).cloned().flatten());
        self.things.insert(thing.to_owned(), Last { seq, kind, commitment: commitment.to_owned(), salt });
    }

    /// Compares the state of each thing with what its last leaf commits to, but for those of which an event waits and
    /// those whose last leaf is one of `wrong`.
    pub fn states(&self, tx: &mut Tx, wrong: &HashSet<u64>, report: &mut Report) -> Result<()> {
        let waiting: HashSet<String> = store::waiting_things(tx)?.into_iter().collect();
        for (thing, last) in self.things.iter().filter(|(thing, _)| !waiting.contains(*thing)) {
            let Some(salt) = last.salt.as_ref().filter(|_| !wrong.contains(&last.seq)) else { continue };
            report.things += 1;
            let finding = |fault| Finding::new(Part::Thing, fault, thing).of(last.kind).at(last.seq);
            match things::state(tx, last.kind, thing) {
                Ok(Some(state)) if commitment(STATE, salt, &things::said(&state)) == last.commitment => {}
                Ok(Some(state)) => {
                    let fields = things::differences(&state, &store::changes(tx, thing)?);
                    report.findings.push(finding(Fault::Differs).in_fields(fields));
                }
                Err(Error::NotFound) => report.findings.push(finding(Fault::Missing)),
                // a row that can no longer be read: a word that is none, a text for a number
                Ok(None) | Err(Error::Broken(_) | Error::Invalid { .. }) => {
                    report.findings.push(finding(Fault::Differs));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
