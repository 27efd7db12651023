//! Every statement that touches `sums` and `sums_by_day`, and those that read facts for them.

use super::{FOLLOWER, Fact, Growth};
use crate::{
    kernel::{
        EnterpriseId, EventId, Moment, Result,
        db::{FromRow, Query, Row, Tx, Value},
    },
    record::Figure,
};
use std::collections::BTreeMap;

/// Things asked for in one statement.
const CHUNK: usize = 200;

/// Begins a statement that reads facts.
const FACTS: &str =
    "select f.event as event, f.at as at, f.figure as figure, f.amount as amount, f.campaign as campaign,
    f.product as product, f.field as field, f.problem as problem, f.days as days, f.enterprise as enterprise,
    f.province as province, f.city as city, f.county as county, f.station as station";

/// Whether a fact is in no sum yet.
const FRESH: &str =
    "exists (select 1 from outbox o where o.follower = 'sums' and o.due_at = f.at and o.event = f.event)";

/// The oldest `most` events whose facts are in no sum yet, with their moments.
pub fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<(EventId, Moment)>> {
    tx.all(
        "select event, due_at from outbox where follower = $1 order by due_at, event limit $2",
        args![FOLLOWER, most],
    )
}

/// The facts of these events.
pub fn facts_of(tx: &mut Tx, events: &[(EventId, Moment)]) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for events in events.chunks(CHUNK) {
        let ids: Vec<Value> = events.iter().map(|(event, _)| event.into()).collect();
        facts.extend(tx.query::<Fact>(&Query::new(FACTS).add(" from facts f where", &[]).among(" f.event", &ids))?);
    }
    Ok(facts)
}

/// All facts that are in no sum yet.
pub fn fresh(tx: &mut Tx) -> Result<Vec<Fact>> {
    // `cross join` keeps SQLite from beginning with the facts
    let waiting = " from outbox o cross join facts f where o.follower = ? and f.event = o.event";
    tx.query(&Query::new(FACTS).add(waiting, &[FOLLOWER.into()]))
}

/// The facts from the beginning of `day` to `until`.
pub fn between(tx: &mut Tx, day: i64, until: Moment) -> Result<Vec<Fact>> {
    let from = Moment::from_millis(day * 86_400_000 - 8 * 3_600_000);
    let during = " from events e cross join facts f where e.at >= ? and e.at <= ? and f.event = e.id";
    tx.query(&Query::new(FACTS).add(during, &[from.into(), until.into()]))
}

/// Their facts are in the sums: they wait no more.
pub fn take_off(tx: &mut Tx, events: &[(EventId, Moment)]) -> Result<()> {
    for (event, at) in events {
        tx.run_one(
            "delete from outbox where follower = $1 and due_at = $2 and event = $3",
            args![FOLLOWER, *at, event],
        )?;
    }
    Ok(())
}

/// A fact, and whether it is in no sum yet.
struct Visit(Fact, bool);

impl FromRow for Visit {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self(Fact::from_row(row)?, row.take("fresh")?))
    }
}

/// The facts that say when these enterprises were visited, and whether each is in no sum yet.
pub fn visits_of(tx: &mut Tx, enterprises: &[EnterpriseId]) -> Result<BTreeMap<EnterpriseId, Vec<(Fact, bool)>>> {
    let mut visits: BTreeMap<EnterpriseId, Vec<(Fact, bool)>> = BTreeMap::new();
    for enterprises in enterprises.chunks(CHUNK) {
        let ids: Vec<Value> = enterprises.iter().map(Value::from).collect();
        let query = Query::new(FACTS).add(", case when ", &[]).add(FRESH, &[]);
        let query = query.add(" then 1 else 0 end as fresh from facts f where f.figure = 'visits' and", &[]);
        for Visit(fact, fresh) in tx.query::<Visit>(&query.among(" f.enterprise", &ids))? {
            if let Some(enterprise) = fact.enterprise {
                visits.entry(enterprise).or_default().push((fact, fresh));
            }
        }
    }
    Ok(visits)
}

/// Lets the sums grow.
pub fn grow(tx: &mut Tx, growth: &Growth) -> Result<()> {
    let mut whole = BTreeMap::new();
    for ((key, day), amount) in growth.iter().filter(|(_, amount)| **amount != 0) {
        let office = key.office.map(|o| o.to_string()).unwrap_or_default();
        tx.run_one(
            "insert into sums_by_day (office, cut, campaign, figure, part, day, amount)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (office, cut, campaign, figure, part, day)
             do update set amount = sums_by_day.amount + excluded.amount",
            args![office, key.cut, key.campaign.text(), key.figure, &key.part, *day, *amount],
        )?;
        *whole.entry(key).or_default() += *amount;
    }
    for (key, amount) in whole.into_iter().filter(|(_, amount): &(_, i64)| *amount != 0) {
        let office = key.office.map(|o| o.to_string()).unwrap_or_default();
        tx.run_one(
            "insert into sums (office, cut, campaign, figure, part, amount) values ($1, $2, $3, $4, $5, $6)
             on conflict (office, cut, campaign, figure, part) do update set amount = sums.amount + excluded.amount",
            args![office, key.cut, key.campaign.text(), key.figure, &key.part, amount],
        )?;
    }
    Ok(())
}

/// Figure, part and sum.
pub type Sum = (Figure, String, i64);

/// The sums that begin with these conditions; those of enterprises over all campaigns stand apart.
fn sums_within(query: Query, asked: &Asked) -> Query {
    let office = asked.office.clone();
    let query = query.add(" where office = ? and cut = ?", &[office.into(), asked.cut.into()]);
    match &asked.campaign {
        Some(campaign) => query.add(" and campaign = ?", &[campaign.as_str().into()]),
        None => query.add(" and case when figure = 'inspected' then campaign = '*' else campaign <> '*' end", &[]),
    }
}

/// Which sums are wanted.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Id of the office; empty for the nation.
    pub office: String,
    pub cut: super::Cut,
    /// Id of the campaign; none for all of them.
    pub campaign: Option<String>,
}

/// The offices below `office` that facts of `figure` have ever counted for, as parts.
pub fn below(tx: &mut Tx, office: &str, figure: Figure) -> Result<Vec<String>> {
    tx.all("select distinct part from sums where office = $1 and cut = 'office' and figure = $2", args![office, figure])
}

/// The sums as they stand.
pub fn sums(tx: &mut Tx, asked: &Asked) -> Result<Vec<Sum>> {
    let query = sums_within(Query::new("select figure, part, cast(sum(amount) as bigint) from sums"), asked);
    tx.query(&query.add(" group by figure, part", &[]))
}

/// The sums as they stood at the end of `day`.
pub fn sums_until(tx: &mut Tx, asked: &Asked, day: i64) -> Result<Vec<Sum>> {
    let query = sums_within(Query::new("select figure, part, cast(sum(amount) as bigint) from sums_by_day"), asked);
    tx.query(&query.add(" and day <= ? group by figure, part", &[day.into()]))
}

row! {
    /// A sum of one of several offices.
    #[derive(Debug, Clone)]
    pub struct OfficeSum {
        /// Id of the office; empty for the nation.
        pub office: String,
        pub cut: super::Cut,
        pub figure: Figure,
        pub part: String,
        pub amount: i64,
    }
}

/// Some figures of several offices in a campaign, in some cuts: as they stood at the end of `day`, or as they stand.
pub fn of_offices(
    tx: &mut Tx,
    offices: &[Value],
    (cuts, figures): (&[super::Cut], &[Figure]),
    campaign: &str,
    day: Option<i64>,
) -> Result<Vec<OfficeSum>> {
    let query = Query::new("select office, cut, figure, part, cast(sum(amount) as bigint) as amount from ")
        .add(if day.is_some() { "sums_by_day" } else { "sums" }, &[])
        .add(" where campaign = ? and", &[campaign.into()])
        .among(" office", offices)
        .among(" and cut", &cuts.iter().map(|cut| Value::from(*cut)).collect::<Vec<_>>())
        .among(" and figure", &figures.iter().map(|figure| Value::from(*figure)).collect::<Vec<_>>())
        .maybe(" and day <= ?", day);
    tx.query(&query.add(" group by office, cut, figure, part", &[]))
}

/// What each day up to `day` has added.
pub fn days_until(tx: &mut Tx, asked: &Asked, day: i64) -> Result<Vec<(Figure, i64, i64)>> {
    let query = sums_within(Query::new("select figure, day, cast(sum(amount) as bigint) from sums_by_day"), asked);
    tx.query(&query.add(" and day <= ? group by figure, day", &[day.into()]))
}
