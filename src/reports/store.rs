//! Figures read from `facts`, which belong to the record: this capability reads them and never writes.

use super::model::{Asked, Breakdown, Sum, below};
use crate::{
    kernel::{
        Result,
        db::{Query, Tx},
    },
    record::{Figure, Kind},
};
use serde::Serialize;
use utoipa::ToSchema;

row! {
    /// A record that a figure counts, and how often.
    #[derive(Debug, Clone, Serialize, ToSchema)]
    pub struct Counted {
        pub kind: Kind,
        pub thing: String,
        pub name: String,
        pub amount: i64,
    }
}

/// The sums of all figures, broken down as asked.
pub fn sums(tx: &mut Tx, asked: &Asked) -> Result<Vec<Sum>> {
    let part = part_of(asked);
    let plain = narrowed(
        Query::new("select figure, ")
            .add(part, &[])
            .add(" as part, cast(sum(amount) as bigint) from facts where figure <> 'inspected'", &[]),
        asked,
    )
    .add(" group by figure, part having sum(amount) <> 0 order by figure, part", &[]);
    let distinct = narrowed(
        Query::new("select 'inspected' as figure, part, count(*) from (select ")
            .add(part, &[])
            .add(" as part, enterprise from facts where figure = 'inspected'", &[]),
        asked,
    )
    .add(" group by part, enterprise having sum(amount) > 0) as seen group by part order by part", &[]);
    let mut sums = tx.query(&plain)?;
    sums.extend(tx.query::<Sum>(&distinct)?);
    Ok(sums)
}

/// The records behind one figure: every thing that contributes, with its amount.
pub fn counted(tx: &mut Tx, asked: &Asked, figure: Figure, part: Option<&str>) -> Result<Vec<Counted>> {
    let query = Query::new(
        "select min(e.kind) as kind, f.thing as thing, max(e.name) as name, cast(sum(f.amount) as bigint) as amount
         from (select event, thing, amount from facts where figure = ",
    )
    .add("?", &[figure.into()]);
    let query = narrowed(query, asked);
    let query = match part {
        Some(part) => query.add(" and ", &[]).add(part_of(asked), &[]).add(" = ?", &[part.into()]),
        None => query,
    };
    tx.query(
        &query.add(
            ") as f join events e on e.id = f.event group by f.thing having sum(f.amount) <> 0 order by f.thing",
            &[],
        ),
    )
}

fn part_of(asked: &Asked) -> &'static str {
    match asked.by {
        None => "cast(null as text)",
        Some(Breakdown::Office) => below(asked.office.level),
        Some(Breakdown::Product) => "product",
        Some(Breakdown::Field) => "field",
        // days of UTC+8, as numbers since 1970
        Some(Breakdown::Day) => "cast((at + 28800000) / 86400000 as text)",
    }
}

fn narrowed(query: Query, asked: &Asked) -> Query {
    asked
        .office
        .scope()
        .within(query)
        .maybe(" and campaign = ?", asked.campaign)
        .add(" and at <= ?", &[asked.until.into()])
}
