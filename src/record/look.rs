//! How a list is searched: first a look at how much each word finds, then by the index or along the list.
//!
//! What few things match is read from the index of words and sorted; what many match is found soon when one goes along
//! the list in its own order. Neither reads more than a few thousand rows, however much there is.

use super::search::{key, number_key};
use crate::{
    kernel::{
        Result,
        db::{Query, Tx, Value},
        text,
    },
    people::{Level, Scope},
};

/// Words of a query that are heeded, and pairs of characters of each; more narrow the answer hardly.
const WORDS: usize = 3;
const PAIRS: usize = 8;
/// Up to where it is counted which pair is the rarest.
const RARE: i64 = 500;
/// What is read from the index and sorted at the most: some ten milliseconds.
const FEW: i64 = 4000;

/// A table whose things can be searched, and by what its rows are found.
#[derive(Debug, Clone, Copy)]
pub struct Shelf {
    table: &'static str,
    /// Piece ` from TABLE where 1 = 1`.
    all: &'static str,
    /// By texts of their own.
    texts: bool,
    /// Asks whether a thing is one of theirs.
    own: Option<&'static str>,
    /// By the names of the enterprise that they belong to (and by their own number): the piece that goes from an
    /// enterprise to them.
    firm: Option<&'static str>,
}

/// Enterprises, by their names and codes.
pub const ENTERPRISES: Shelf =
    Shelf { table: "enterprises", all: " from enterprises where 1 = 1", texts: true, own: None, firm: None };
/// Hazards, by what was found, their number and their enterprise.
pub const HAZARDS: Shelf = Shelf {
    table: "hazards",
    all: " from hazards where 1 = 1",
    texts: true,
    own: Some("select 1 from hazards where id = $1"),
    firm: Some(
        "select t.id as found from words cross join hazards t where t.enterprise = words.thing and words.key = ?",
    ),
};
/// Tasks, by what is to be done and their enterprise.
pub const TASKS: Shelf = Shelf {
    table: "tasks",
    all: " from tasks where 1 = 1",
    texts: true,
    own: Some("select 1 from tasks where id = $1"),
    firm: Some("select t.id as found from words cross join tasks t where t.enterprise = words.thing and words.key = ?"),
};
/// Visits, by their number and their enterprise.
pub const INSPECTIONS: Shelf = Shelf {
    table: "inspections",
    all: " from inspections where 1 = 1",
    texts: false,
    own: None,
    firm: Some(
        "select t.id as found from words cross join inspections t where t.enterprise = words.thing and words.key = ?",
    ),
};
/// Documents, by their number and their enterprise.
pub const DOCUMENTS: Shelf = Shelf {
    table: "documents",
    all: " from documents where 1 = 1",
    texts: false,
    own: None,
    firm: Some(
        "select t.id as found from words cross join documents t where t.enterprise = words.thing and words.key = ?",
    ),
};

/// A word of the query: the keys of its pairs of characters, the rarest first, and of the number that it may be.
#[derive(Debug, Clone)]
pub struct Word {
    pairs: Vec<i64>,
    number: Option<i64>,
}

/// What a look has shown.
#[derive(Debug, Clone)]
pub enum Look {
    /// Nothing is looked for: the whole list.
    All,
    /// Nothing can be found.
    Nothing,
    /// The first word finds little: it is read from the index, the others narrow it.
    Few(Vec<Word>),
    /// A word finds one enterprise and nothing else: what belongs to it, in the list's own order; the others narrow it.
    Firm(String, Vec<Word>),
    /// Each word finds much: along the list.
    Many(Vec<Word>),
}

/// Looks how much the words of `q` find on `shelf`.
pub fn look(tx: &mut Tx, shelf: &Shelf, scope: Scope, q: Option<&str>) -> Result<Look> {
    let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) else { return Ok(Look::All) };
    let Some(mut words) = words(scope, q) else { return Ok(Look::Nothing) };
    if goes_along(scope) {
        return Ok(Look::Many(words));
    }
    let mut finds = Vec::new();
    for i in 0..words.len() {
        words[i].rarest_first(tx)?;
        if let Some(firm) = words[i].only_firm(tx, shelf)? {
            words.remove(i);
            return Ok(Look::Firm(firm, words));
        }
        finds.push(count(tx, words[i].hits(shelf, Query::new(COUNT), " union all "), FEW)?);
    }
    let fewest = finds.iter().enumerate().min_by_key(|(_, n)| **n).map_or(0, |(i, _)| i);
    words.swap(0, fewest);
    Ok(if finds[fewest] <= FEW { Look::Few(words) } else { Look::Many(words) })
}

/// Begins the statement of a list: `select` names columns of the shelf's table, which has an `id`.
pub fn search(select: &'static str, shelf: &Shelf, look: &Look) -> Query {
    let query = Query::new(select);
    match look {
        Look::All => query.add(shelf.all, &[]),
        Look::Nothing => query.add(shelf.all, &[]).add(" and 1 = 0", &[]),
        Look::Many(words) => words.iter().fold(query.add(shelf.all, &[]), |query, word| word.narrow(shelf, query)),
        Look::Firm(firm, words) => {
            let of = query.add(shelf.all, &[]).add(" and enterprise = ?", &[firm.as_str().into()]);
            words.iter().fold(of, |query, word| word.narrow(shelf, query))
        }
        Look::Few(words) => {
            // `cross join` keeps SQLite from beginning with the table.
            let hits = words[0].hits(shelf, query.add(" from (", &[]), " union ");
            let found = hits.add(") as hits cross join ", &[]).add(shelf.table, &[]).add(" where id = found", &[]);
            words[1..].iter().fold(found, |query, word| word.narrow(shelf, query))
        }
    }
}

/// The words of `q`; none when the searcher has no shelf or a word has nothing to be found by.
fn words(scope: Scope, q: &str) -> Option<Vec<Word>> {
    let shelf = shelf_of(scope)?;
    let word = |word: &str| {
        let pairs: Vec<i64> = text::pieces(word).iter().take(PAIRS).map(|piece| key(&shelf, piece)).collect();
        (!pairs.is_empty()).then(|| Word { pairs, number: number_key(&shelf, word) })
    };
    let words: Vec<Word> = q.split_whitespace().filter_map(word).take(WORDS).collect();
    (!words.is_empty()).then_some(words)
}

impl Word {
    fn rarest_first(&mut self, tx: &mut Tx) -> Result<()> {
        let mut counted = Vec::new();
        for pair in &self.pairs {
            let standing = Query::new(COUNT).add("select thing from words where key = ?", &[(*pair).into()]);
            counted.push((count(tx, standing, RARE)?, *pair));
        }
        counted.sort_by_key(|(n, _)| *n);
        self.pairs = counted.into_iter().map(|(_, pair)| pair).collect();
        Ok(())
    }

    /// The one thing that stands under this word, when it is none of the shelf's own and the word can be no number: only
    /// what belongs to it can be found.
    fn only_firm(&self, tx: &mut Tx, shelf: &Shelf) -> Result<Option<String>> {
        if shelf.firm.is_none() || self.number.is_some() {
            return Ok(None);
        }
        let mut things: Vec<String> = tx.query(&self.standing(Query::default()).add(" limit 2", &[]))?;
        let Some(thing) = things.pop().filter(|_| things.is_empty()) else { return Ok(None) };
        let Some(own) = shelf.own else { return Ok(Some(thing)) };
        Ok(if tx.one::<i64>(own, args![&thing])?.is_some() { None } else { Some(thing) })
    }

    /// Adds a statement of the things that stand under all pairs of this word.
    fn standing(&self, query: Query) -> Query {
        self.rest(query.add("select thing as found from words where key = ?", &[self.pairs[0].into()]))
    }

    /// Adds that the thing in `words` stands under the other pairs, too.
    fn rest(&self, query: Query) -> Query {
        self.pairs[1..].iter().fold(query, |query, pair| {
            let too = " and exists (select 1 from words more where more.key = ? and more.thing = words.thing)";
            query.add(too, &[(*pair).into()])
        })
    }

    /// Adds a statement of the ids that this word finds, as `found`; the ways in which it does so put together by `and`.
    fn hits(&self, shelf: &Shelf, query: Query, and: &'static str) -> Query {
        let first = [Value::from(self.pairs[0])];
        let query = match (shelf.texts, shelf.firm) {
            (true, Some(firm)) => self.rest(self.standing(query).add(and, &[]).add(firm, &first)),
            (false, Some(firm)) => self.rest(query.add(firm, &first)),
            (_, None) => self.standing(query),
        };
        match self.number {
            Some(number) => query.add(and, &[]).add("select thing from words where key = ?", &[number.into()]),
            None => query,
        }
    }

    /// Adds the condition that a row of the list is found by this word.
    fn narrow(&self, shelf: &Shelf, query: Query) -> Query {
        let all = |query: Query, with: &'static str| {
            self.pairs.iter().enumerate().fold(query, |query, (i, pair)| {
                query.add(if i == 0 { "" } else { " and " }, &[]).add(with, &[(*pair).into()])
            })
        };
        let query = query.add(" and (", &[]);
        let own = "exists (select 1 from words where key = ? and thing = id)";
        let firm = "exists (select 1 from words where key = ? and thing = enterprise)";
        let query = match (shelf.texts, shelf.firm) {
            (true, Some(_)) => all(all(query, own).add(" or ", &[]), firm),
            (false, Some(_)) => all(query, firm),
            (_, None) => all(query, own),
        };
        let number = " or exists (select 1 from words where key = ? and thing = id)";
        query.maybe(number, self.number).add(")", &[])
    }
}

/// Begins to count what a statement gives.
const COUNT: &str = "select count(*) from (select 1 as one from (";

/// How many rows the statement that was begun with [`COUNT`] gives; one more than `most` when there are more.
fn count(tx: &mut Tx, begun: Query, most: i64) -> Result<i64> {
    let counted = tx.query(&begun.add(") as standing limit ?) as counted", &[(most + 1).into()]))?;
    Ok(counted.into_iter().next().unwrap_or(0))
}

/// The shelf on which everything within `scope` stands; those who have no shelf of their own look on the nation's.
fn shelf_of(scope: Scope) -> Option<String> {
    match scope {
        Scope::Office { level: Level::Province | Level::City | Level::County, id } => Some(id.to_string()),
        Scope::Office { level: Level::Nation | Level::Station, .. } | Scope::Enterprise(_) => Some(String::new()),
        Scope::Nothing => None,
    }
}

/// Whether the scope holds so little that each of its things can be looked at.
fn goes_along(scope: Scope) -> bool {
    matches!(scope, Scope::Office { level: Level::Station, .. } | Scope::Enterprise(_))
}
