//! Exactly the records that a figure counts, a page at a time, read area by area off one index.

use super::model::{Asked, Breakdown, own};
use crate::{
    kernel::{
        EnterpriseId, Error, NOT_A_CHOICE, OfficeId, Result,
        db::{Query, Tx},
        list::Listed,
    },
    people::{Level, Office, store as offices},
    record::{
        Field, Figure, Kind, store as record,
        sums::{Fact, class_of, store as kept},
    },
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The part of what has no part: no product, no office below.
pub const NONE: &str = "-";

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Enterprises looked at in one go.
const PAGE: i64 = 100;

/// A record that a figure counts, and how often.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Counted {
    pub kind: Kind,
    pub thing: String,
    pub name: String,
    pub amount: i64,
}

/// A page of the records of a figure.
#[derive(Debug, Clone)]
pub struct Wish {
    pub figure: Figure,
    /// The value of the breakdown: an office's id, a product's code, a day's number; [`NONE`] for what has none, nothing
    /// for the whole.
    pub part: Option<String>,
    /// Where to go on: the `next` of the page before.
    pub after: Option<String>,
    /// Rows of a page.
    pub limit: usize,
}

/// A page of the records behind one figure. Together the pages are as long as the figure is high, or their amounts are
/// where one record counts several times.
pub fn counted(tx: &mut Tx, asked: &Asked, wish: &Wish) -> Result<Listed<Counted>> {
    let counting = Counting::of(tx, asked, wish)?;
    let (from, mut after) = cursor(wish.after.as_deref())?;
    let (mut found, mut last) = (Vec::new(), String::new());
    for area in areas(tx, &counting)?.range(from.clone()..) {
        if *area != from {
            after.clear();
        }
        for (thing, amount) in counting.within(tx, area, &after, wish.limit + 1 - found.len())? {
            if found.len() == wish.limit {
                return Ok(Listed { items: found, next: Some(last) });
            }
            last = format!("{area}.{thing}");
            let (kind, name) = record::called(tx, &thing)?;
            found.push(Counted { kind, thing, name, amount });
        }
    }
    Ok(Listed { items: found, next: None })
}

/// The area and the thing after which a page begins.
fn cursor(after: Option<&str>) -> Result<(String, String)> {
    let Some(after) = after else { return Ok(Default::default()) };
    let (area, thing) =
        after.split_once('.').ok_or_else(|| Error::invalid("after", NOT_A_CHOICE.with("value", after)))?;
    Ok((area.to_owned(), thing.to_owned()))
}

/// The areas within which `counting` finds anything: those that the sums know, and those of facts in no sum yet.
fn areas(tx: &mut Tx, counting: &Counting) -> Result<BTreeSet<String>> {
    let fresh = kept::fresh(tx)?;
    let mut areas: BTreeSet<String> = fresh.iter().filter(|fact| counting.counts(fact)).map(Fact::area).collect();
    let mut offices_left = vec![counting.office.clone()];
    while let Some(office) = offices_left.pop() {
        let place = office.place();
        let area = place.county.or(place.city).or(place.province);
        areas.insert(area.map(|area| area.to_string()).unwrap_or_default());
        if matches!(office.level, Level::County | Level::Station) {
            continue;
        }
        let key = if office.level == Level::Nation { String::new() } else { office.id.to_string() };
        for below in kept::below(tx, &key, counting.figure)?.iter().filter(|below| !below.is_empty()) {
            offices_left.push(offices::office(tx, OfficeId::parse(below)?)?);
        }
    }
    Ok(areas)
}

/// Which facts count.
struct Counting {
    /// Of what facts: enterprises inspected are counted from visits.
    figure: Figure,
    distinct: bool,
    asked: Asked,
    office: Office,
    part: Option<(Breakdown, String)>,
}

impl Counting {
    fn of(tx: &mut Tx, asked: &Asked, wish: &Wish) -> Result<Self> {
        let distinct = wish.figure.is_distinct();
        let part = wish.part.as_deref().map(|part| if part == NONE { "" } else { part }.to_owned());
        let part = asked.by.zip(part);
        let office = match &part {
            Some((Breakdown::Office, id)) if !id.is_empty() => {
                let office = offices::office(tx, OfficeId::parse(id)?)?;
                asked.office.scope().check(&office.place(), None)?;
                office
            }
            _ => asked.office.clone(),
        };
        let figure = if distinct { Figure::Visits } else { wish.figure };
        Ok(Self { figure, distinct, asked: asked.clone(), office, part })
    }

    /// What belongs to the office asked for itself, not to one below.
    fn is_own(&self) -> bool {
        matches!(&self.part, Some((Breakdown::Office, id)) if id.is_empty())
    }

    /// Adds the conditions to a statement on `facts` that has some already.
    fn narrow(&self, query: Query) -> Result<Query> {
        let query = self.office.scope().within(query).maybe(" and campaign = ?", self.asked.campaign);
        let query = query.add(" and at <= ?", &[self.asked.until.into()]);
        if self.is_own() {
            return Ok(query.add(own(self.office.level), &[]));
        }
        Ok(match &self.part {
            None | Some((Breakdown::Office, _)) => query,
            Some((Breakdown::Product, code)) => query.add(" and coalesce(product, '') = ?", &[code.as_str().into()]),
            Some((Breakdown::Class, code)) => query.add(" and substr(product, 1, 2) = ?", &[code.as_str().into()]),
            Some((Breakdown::Field, code)) => query.add(" and coalesce(field, '') = ?", &[code.as_str().into()]),
            Some((Breakdown::Problem, code)) => query.add(" and problem = ?", &[code.as_str().into()]),
            Some((Breakdown::Days, days)) => query.add(" and days = ?", &[number(days)?.into()]),
            Some((Breakdown::Day, day)) => {
                let from = number(day)? * DAY - 8 * 3_600_000;
                query.add(" and at >= ? and at < ?", &[from.into(), (from + DAY).into()])
            }
        })
    }

    /// Whether a fact counts, as [`Counting::narrow`] says it.
    fn counts(&self, fact: &Fact) -> bool {
        self.reaches(fact) && self.is_of_part(fact)
    }

    /// Whether it counts as far as office, campaign and cut-off go.
    fn reaches(&self, fact: &Fact) -> bool {
        let own = !self.is_own() || fact.place().owner().is_none_or(|owner| owner == self.office.id);
        fact.figure == self.figure
            && self.office.scope().holds(&fact.place(), None)
            && self.asked.campaign.is_none_or(|campaign| fact.campaign == Some(campaign))
            && fact.at <= self.asked.until
            && own
    }

    fn is_of_part(&self, fact: &Fact) -> bool {
        match &self.part {
            None | Some((Breakdown::Office, _)) => true,
            Some((Breakdown::Product, code)) => fact.product.as_deref().unwrap_or_default() == code,
            Some((Breakdown::Class, code)) => fact.product.as_deref().map(class_of) == Some(code),
            Some((Breakdown::Field, code)) => fact.field.map(Field::code).unwrap_or_default() == code,
            Some((Breakdown::Problem, code)) => fact.problem.as_ref() == Some(code),
            Some((Breakdown::Days, days)) => fact.days.map(|d| d.to_string()).as_ref() == Some(days),
            Some((Breakdown::Day, day)) => fact.day().to_string() == *day,
        }
    }

    /// Up to `room` things of an area that come after `after`, with their amounts.
    fn within(&self, tx: &mut Tx, area: &str, after: &str, room: usize) -> Result<Vec<(String, i64)>> {
        if self.distinct {
            return self.enterprises(tx, area, after, room);
        }
        let things = Query::new("select thing, cast(sum(amount) as bigint) from facts where 1 = 1")
            .add(" and area = ? and figure = ?", &[area.into(), self.figure.into()]);
        tx.query(&self.narrow(things)?.add(
            " and thing > ? group by thing having sum(amount) <> 0 order by thing limit ?",
            &[after.into(), (room as i64).into()],
        ))
    }

    /// As [`Counting::within`], for enterprises that are counted once each: each belongs to the first area in which it
    /// was visited.
    fn enterprises(&self, tx: &mut Tx, area: &str, after: &str, room: usize) -> Result<Vec<(String, i64)>> {
        let (mut found, mut after) = (Vec::new(), after.to_owned());
        while found.len() < room {
            let visited: Vec<EnterpriseId> = tx.query(&self.visited(area, &after)?)?;
            let Some(last) = visited.last() else { break };
            after = last.to_string();
            let visits = kept::visits_of(tx, &visited)?;
            let here = visits.into_iter().filter(|(_, visits)| self.first_area(visits).as_deref() == Some(area));
            found.extend(here.map(|(enterprise, _)| (enterprise.to_string(), 1)));
        }
        found.truncate(room);
        Ok(found)
    }

    /// The next enterprises visited in an area.
    fn visited(&self, area: &str, after: &str) -> Result<Query> {
        let query = Query::new("select distinct enterprise from facts where enterprise is not null");
        let query = query.add(" and area = ? and figure = ?", &[area.into(), self.figure.into()]);
        Ok(self.narrow(query)?.add(" and enterprise > ? order by enterprise limit ?", &[after.into(), PAGE.into()]))
    }

    /// The area under which an enterprise is listed, if it counts at all.
    fn first_area(&self, visits: &[(Fact, bool)]) -> Option<String> {
        let day = match &self.part {
            Some((Breakdown::Day, day)) => number(day).ok(),
            _ => None,
        };
        let counts = |fact: &&Fact| self.reaches(fact) && (day.is_some() || self.is_of_part(fact));
        let facts: Vec<&Fact> = visits.iter().map(|(fact, _)| fact).filter(counts).collect();
        let stands = |until: i64| facts.iter().filter(|f| f.day() <= until).map(|f| f.amount).sum::<i64>() > 0;
        let counts = match day {
            Some(day) => stands(day) && !stands(day - 1),
            None => stands(i64::MAX),
        };
        counts.then(|| facts.iter().filter(|f| f.amount > 0).map(|f| f.area()).min()).flatten()
    }
}

fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::invalid("part", NOT_A_CHOICE.with("value", text)))
}
