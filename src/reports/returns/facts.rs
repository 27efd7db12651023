//! Sums of facts in every part at once, and the records behind one cell. Reads `facts`, which belong to the record.

use super::{
    Cut,
    count::{Sum, Tally},
};
use crate::{
    campaigns::{FigureRule, Side},
    kernel::{
        CampaignId, Moment, Result,
        db::{Query, Tx, Value},
    },
    people::{Level, Office},
    record::{Field, Figure, Kind},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What is counted: everything of an office and of those below it, in a campaign, up to a moment.
#[derive(Debug, Clone)]
pub struct Span<'a> {
    pub office: &'a Office,
    pub campaign: CampaignId,
    /// The beginning of the period.
    pub from: Moment,
    pub until: Moment,
}

row! {
    /// A record that a cell counts, and how often. Where enterprises are counted, the record is the enterprise.
    #[derive(Debug, Clone, Serialize, ToSchema)]
    #[schema(as = ReturnRecord)]
    pub struct Counted {
        pub kind: Kind,
        pub thing: String,
        pub name: String,
        pub amount: i64,
    }
}

/// The piece of SQL that names the office directly below `level` to which a fact belongs; the office's own facts have none.
const fn below(level: Level) -> &'static str {
    match level {
        Level::Nation => "coalesce(province, city, county, station)",
        Level::Province => "coalesce(city, county, station)",
        Level::City => "coalesce(county, station)",
        Level::County => "station",
        Level::Station => "cast(null as text)",
    }
}

/// Counts everything that the rules ask for.
pub fn count(tx: &mut Tx, span: &Span, rules: &[FigureRule], tally: &mut Tally) -> Result<()> {
    tx.query_each(&sums(span, &Tally::figures(rules, false)), |sum: Sum| {
        tally.add(&sum);
        Ok(())
    })?;
    // those of one enterprise come one after the other
    let mut one: Vec<Sum> = Vec::new();
    tx.query_each(&sums_by_enterprise(span, &Tally::figures(rules, true)), |sum: Sum| {
        if one.first().is_some_and(|first| first.enterprise != sum.enterprise) {
            tally.add_enterprise(&one);
            one.clear();
        }
        one.push(sum);
        Ok(())
    })?;
    tally.add_enterprise(&one);
    Ok(())
}

/// The statement that sums up occurrences, so that a test can ask the engine for its plan.
pub fn sums(span: &Span, figures: &[Figure]) -> Query {
    let query = within(summed(span, "cast(null as text) as enterprise"), span, figures);
    query.add(" group by 1, 2, 3, 4, 5", &[])
}

/// The statement that sums up by enterprise, so that a test can ask the engine for its plan.
pub fn sums_by_enterprise(span: &Span, figures: &[Figure]) -> Query {
    let query = within(summed(span, "enterprise"), span, figures);
    query.add(" and enterprise is not null group by 1, 2, 3, 4, 5 order by 5", &[])
}

fn summed(span: &Span, enterprise: &'static str) -> Query {
    Query::new("select figure, ")
        .add(below(span.office.level), &[])
        .add(" as office, substr(product, 1, 2) as product, field, ", &[])
        .add(enterprise, &[])
        .add(", cast(sum(case when at >= ? then amount else 0 end) as bigint) as period,", &[span.from.into()])
        .add(" cast(sum(amount) as bigint) as total from facts where 1 = 1", &[])
}

fn within(query: Query, span: &Span, figures: &[Figure]) -> Query {
    let figures: Vec<Value> = figures.iter().map(|f| Value::from(*f)).collect();
    stands(query, span.office)
        .among(" and figure", &figures)
        .add(" and campaign = ? and at <= ?", &[span.campaign.into(), span.until.into()])
}

/// Facts of an office and of those below it, by the areas in which they are kept together.
fn stands(query: Query, office: &Office) -> Query {
    let scope = office.scope();
    let query = match office.level {
        Level::Nation => query,
        Level::Province | Level::City => {
            let areas = query.add(" and area in (select id from offices where level <> 'station'", &[]);
            scope.within(areas).add(")", &[])
        }
        Level::County | Level::Station => {
            query.maybe(" and area = ?", office.county.or(office.city).or(office.province))
        }
    };
    scope.within(query)
}

/// Records on one page of [`records`].
pub const PAGE: usize = 200;

/// The records behind a cell, in the order of their ids, those after `after`; one more than a page when there are more.
/// `period`: only what was recorded in the period. `part`: the office of the cell when it lies below.
pub fn records(
    tx: &mut Tx,
    span: &Span,
    rule: &FigureRule,
    (cut, part, period): (&Cut, Option<&Office>, bool),
    after: Option<&str>,
) -> Result<Vec<Counted>> {
    let query = narrowed(span, rule, (cut, part, period));
    let after = after.map(str::to_owned);
    let query = if rule.distinct {
        // the name of each is looked up by whoever shows it
        query
            .maybe(" and enterprise > ?", after)
            .add(" group by enterprise having sum(amount) > 0 order by enterprise", &[])
    } else {
        query.maybe(" and thing > ?", after).add(
            ") as f join events e on e.id = f.event group by f.thing having sum(f.amount) <> 0 order by f.thing",
            &[],
        )
    };
    tx.query(&query.add(" limit ?", &[(PAGE as i64 + 1).into()]))
}

/// The statement of [`records`] without grouping, order and page.
fn narrowed(span: &Span, rule: &FigureRule, (cut, part, period): (&Cut, Option<&Office>, bool)) -> Query {
    let terms = rule.terms();
    let minus: Vec<Value> = terms.iter().filter(|(sign, _)| *sign < 0).map(|(_, f)| Value::from(*f)).collect();
    let figures: Vec<Figure> = terms.iter().map(|(_, figure)| *figure).collect();
    let head = if rule.distinct {
        "select 'enterprise' as kind, enterprise as thing, enterprise as name, cast(1 as bigint) as amount from facts
         where enterprise is not null"
    } else {
        "select min(e.kind) as kind, f.thing as thing, max(e.name) as name, cast(sum(f.amount) as bigint) as amount
         from (select event, thing, case when"
    };
    let query = Query::new(head);
    let query = if rule.distinct {
        query
    } else {
        query.among(" figure", &minus).add(" then -amount else amount end as amount from facts where 1 = 1", &[])
    };
    let query = within(query, span, &figures);
    let query = match (cut.office.is_some(), part) {
        (false, _) => query,
        (true, Some(part)) => stands(query, part),
        // what belongs to none below
        (true, None) => query.add(" and ", &[]).add(below(span.office.level), &[]).add(" is null", &[]),
    };
    let query = match cut.product.as_deref() {
        None => query,
        Some("") => query.add(" and product is null", &[]),
        Some(product) => query.add(" and substr(product, 1, 2) = ?", &[product.into()]),
    };
    let query = match cut.field.as_deref() {
        None => query,
        Some("") => query.add(" and field is null", &[]),
        Some(field) => query.add(" and field = ?", &[field.into()]),
    };
    let query = match rule.side {
        Some(side) => {
            let fields = Field::ALL.iter().filter(|f| Side::of(**f) == side).map(|f| Value::from(*f));
            query.among(" and field", &fields.collect::<Vec<_>>())
        }
        None => query,
    };
    if period { query.add(" and at >= ?", &[span.from.into()]) } else { query }
}
