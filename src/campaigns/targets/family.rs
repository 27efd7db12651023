//! Targets that hang together, as they stood and as an act leaves them: loaded, reckoned with, saved and recorded.

use super::{
    State, Verb,
    model::Target,
    store,
    tree::{Rule, Tree},
};
use crate::{
    kernel::{Error, Result, TargetId, db::Tx},
    people::{By, Office, Place, store as offices},
    record,
};
use std::collections::BTreeMap;

/// Targets that an act may touch.
pub(super) struct Family {
    rows: BTreeMap<TargetId, Target>,
    /// Where targets stand that have gone along with their offices.
    places: BTreeMap<TargetId, Place>,
    pub tree: Tree<TargetId>,
}

impl Family {
    /// These targets as they stand.
    pub fn of(rule: Rule, rows: Vec<Target>) -> Self {
        let mut family = Self { rows: BTreeMap::new(), places: BTreeMap::new(), tree: Tree::new(rule) };
        for row in rows {
            family.put(row);
        }
        family
    }

    /// A target with all it is divided into, and the one of which it is a part.
    pub fn around(tx: &mut Tx, target: &Target) -> Result<Self> {
        let mut family = Self::of(target.measure.rule(), store::whole(tx, target)?);
        if let Some(parent) = target.parent {
            family.put_found(tx, parent)?;
        }
        Ok(family)
    }

    /// One more target, once.
    pub fn put(&mut self, row: Target) {
        if !self.rows.contains_key(&row.id) {
            self.tree.put(row.id, row.node());
            self.rows.insert(row.id, row);
        }
    }

    /// One more target and all that stand above it.
    pub fn put_line(&mut self, tx: &mut Tx, row: Target) -> Result<()> {
        let mut next = row.parent;
        self.put(row);
        while let Some(id) = next {
            next = self.put_found(tx, id)?;
        }
        Ok(())
    }

    fn put_found(&mut self, tx: &mut Tx, id: TargetId) -> Result<Option<TargetId>> {
        let row = store::find(tx, id)?.ok_or(Error::NotFound)?;
        let parent = row.parent;
        self.put(row);
        Ok(parent)
    }

    /// A target and all below it stand where their offices stand now.
    pub fn replace(&mut self, tx: &mut Tx, id: TargetId) -> Result<()> {
        if let Some(row) = self.rows.get(&id) {
            self.places.insert(id, offices::office(tx, row.office)?.place());
        }
        self.tree.below(id).to_vec().into_iter().try_for_each(|below| self.replace(tx, below))
    }

    /// Whether the algebra has changed anything.
    pub fn is_changed(&self) -> bool {
        self.rows.values().any(|row| self.tree.nodes().get(&row.id).is_some_and(|node| *node != row.node()))
    }

    /// Saves and records everything that has changed; the target `id` on which `verb` was done, as it is now.
    ///
    /// What comes of it for the others is recorded as what it is for each: another total, nothing any more, or another
    /// part that is not divided.
    pub fn save(self, tx: &mut Tx, by: &By, id: TargetId, (verb, why): (Verb, Option<&str>)) -> Result<Target> {
        let mut done = None;
        // a new share is there before others become parts of it
        let (new, known) = self.rows.values().partition::<Vec<_>, _>(|row| row.version == 0);
        for (before, node) in new.into_iter().chain(known).map(|row| (row, &self.tree.nodes()[&row.id])) {
            let place = self.places.get(&before.id).copied().unwrap_or_else(|| before.place());
            let mut after = before.with(node).at(place);
            if before.id == id {
                after.state = before.state_after(verb, after.state);
                after.reason = after.reason.filter(|_| after.state == State::Returned);
            } else if after == *before {
                continue;
            }
            if (after.state, after.total) != (before.state, before.total) {
                after.since = by.at;
            }
            if before.version == 0 {
                after = Target { version: 1, ..after };
                store::add(tx, &after)?;
                record::began(tx, by, &after, "assign", why)?;
                continue;
            }
            store::save(tx, &after)?;
            let verb = if before.id == id { verb } else { befell(before, &after) };
            record::changed(tx, by, before, &after, (verb.code(), why))?;
            if before.id == id {
                done = Some(Target { version: after.version + 1, ..after });
            }
        }
        done.ok_or(Error::NotFound)
    }
}

/// What has come over a target by an act on another one.
fn befell(before: &Target, after: &Target) -> Verb {
    if (before.parent, before.place()) != (after.parent, after.place()) {
        return Verb::Move;
    }
    match after.total {
        same if same == before.total => Verb::Divide,
        0 => Verb::Withdraw,
        _ => Verb::Change,
    }
}

impl Target {
    /// The state of the target itself after `verb`, where the algebra alone would leave it in `reckoned`.
    fn state_after(&self, verb: Verb, reckoned: State) -> State {
        let stepped = self.state.step(verb).map_or(self.state, |(to, _)| to);
        match verb {
            Verb::Divide => self.state,
            _ if reckoned == State::Withdrawn => reckoned,
            _ if self.parent.is_none() && stepped == State::Assigned => State::Accepted,
            _ => stepped,
        }
    }

    /// The share that an office below would have, with nothing in it yet.
    pub(super) fn part_for(&self, by: &By, office: &Office) -> Self {
        Self {
            id: TargetId::new(by.at),
            office: office.id,
            level: office.level,
            parent: Some(self.id),
            total: 0,
            undivided: 0,
            state: State::Withdrawn,
            reason: None,
            made_at: by.at,
            since: by.at,
            version: 0,
            ..self.clone()
        }
        .at(office.place())
    }
}
