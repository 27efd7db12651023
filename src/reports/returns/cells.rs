//! The pages of a row in its parts, and of the records behind a cell. No rule lives here.

use super::{
    Adjustment, Counted, Cut, Return, Shown, export, get,
    pages::{address, plain},
    table,
    web::{Where, Which, wanted},
};
use crate::{
    campaigns::FigureRule,
    kernel::{
        App, Error, Page, Result, ReturnId,
        http::{Params, Typed},
        links,
        page::html,
    },
    people::Visitor,
    record::Field,
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::Html,
    routing::get as page,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/returns/{id}/row", page(one_row)).route("/returns/{id}/records", page(behind))
}

#[derive(Template)]
#[template(path = "reports/returns/row.html")]
struct OneRow {
    p: Page,
    own: Return,
    row: FigureRule,
    whole: Shown,
    fields: Vec<&'static str>,
    /// A class of products: its name, what it says in all, and in each field, each with the address of its records.
    products: Vec<(String, Vec<(Shown, String)>)>,
    offices: Vec<(String, Shown, String)>,
}

/// One row in its parts: product by field, and office by office.
async fn one_row(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(place): Params<Where>,
    Params(which): Params<Which>,
) -> Result<Html<String>> {
    let id = ReturnId::in_path(&id)?;
    let frame = visitor.page("returns", "");
    let lang = visitor.lang;
    let read = app.db.read(move |tx| {
        let own = get(tx, &visitor.by, id)?;
        let sheet = wanted(tx, &visitor, &own, &which)?;
        let row = sheet.row(&place.row).cloned().ok_or(Error::NotFound)?;
        let cell = |cut: Cut| (sheet.cell(&row.code, &cut), address(&own, "records", &row.code, &cut, &which, false));
        let fields: Vec<Option<String>> =
            std::iter::once(None).chain(Field::ALL.iter().map(|f| Some(f.code().to_owned()))).collect();
        let of_product = |code: String| -> Vec<(Shown, String)> {
            let cut = |field: &Option<String>| Cut { office: None, product: Some(code.clone()), field: field.clone() };
            fields.iter().map(|field| cell(cut(field))).collect()
        };
        let of_office = |code: &str| cell(Cut { office: Some(code.to_owned()), ..Cut::WHOLE });
        let mut products: Vec<(String, Vec<(Shown, String)>)> =
            sheet.products.iter().map(|p| (p.label(lang).to_owned(), of_product(p.code.clone()))).collect();
        products.push((lang.say("未注明", "not said").to_owned(), of_product(String::new())));
        products.retain(|(_, cells)| cells.iter().any(|(shown, _)| shown.total.is_some_and(|n| n != 0)));
        let offices = sheet.offices.iter().map(|o| {
            let (shown, records) = of_office(&o.code);
            (o.label(lang).to_owned(), shown, records)
        });
        Ok(OneRow {
            p: Page { title: format!("{} {}", row.code, row.label(lang)), ..frame },
            whole: sheet.cell(&row.code, &Cut::WHOLE),
            fields: Field::ALL.iter().map(|f| f.label(lang)).collect(),
            offices: offices.collect(),
            products,
            row,
            own,
        })
    });
    html(&read.await?)
}

#[derive(Template)]
#[template(path = "reports/returns/records.html")]
struct Behind {
    p: Page,
    own: Return,
    value: Option<i64>,
    unit: String,
    parts: Vec<String>,
    items: Vec<(String, Counted)>,
    adjustments: Vec<Adjustment>,
    next: String,
}

/// The records behind one cell.
async fn behind(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    (Params(place), Params(cut), Params(which)): (Params<Where>, Params<Cut>, Params<Which>),
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let id = ReturnId::in_path(&id)?;
    let (lang, frame, cut) = (visitor.lang, visitor.page("returns", ""), plain(cut));
    let read = app.db.read(move |tx| {
        let own = get(tx, &visitor.by, id)?;
        let sheet = wanted(tx, &visitor, &own, &which)?;
        let row = sheet.row(&place.row).cloned().ok_or(Error::NotFound)?;
        let period = place.column.as_deref() == Some("period");
        let (items, more) = table::records(tx, &own, &sheet, (&row.code, &cut, period), place.after.as_deref())?;
        let shown = sheet.cell(&row.code, &cut);
        let column = if period { lang.say("本期", "this period") } else { lang.say("累计", "total") };
        let mut parts = vec![own.office_label(lang).to_owned(), own.period_label(lang).to_owned(), column.to_owned()];
        parts.extend(export::parts(&sheet, &cut, lang));
        let in_period = |a: &&Adjustment| !period || a.day >= own.begins;
        Ok(Behind {
            p: Page { title: format!("{} {}", row.code, row.label(lang)), ..frame },
            value: if period { shown.period } else { shown.total },
            unit: row.unit(lang).to_owned(),
            parts,
            adjustments: sheet.adjustments_in(&row.code, &cut).filter(in_period).cloned().collect(),
            next: links::next(
                &format!("{}/records", own.href()),
                &sent,
                items.last().filter(|_| more).map(|c| c.thing.as_str()),
            ),
            items: items.into_iter().map(|c| (c.kind.page(&c.thing).unwrap_or_default(), c)).collect(),
            own,
        })
    });
    html(&read.await?)
}
