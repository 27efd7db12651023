//! A table as it stands on paper: the PDF of a return, in Chinese as every official paper, made from nothing but the table.

use super::{Cut, Sheet, export};
use crate::{
    documents,
    kernel::{Lang, Moment, Result},
};
use paper::{Document, Header, StatisticalTable, TableFact, TableRow, Verification};

/// The PDF of a table. The same table makes the same bytes; a character that no font has is refused by name.
pub async fn pdf(sheet: &Sheet) -> Result<Vec<u8>> {
    documents::set(set(sheet)?).await
}

/// Refuses a table that could not be printed, before it is submitted.
pub fn check(sheet: &Sheet) -> Result<()> {
    documents::check(&set(sheet)?)
}

/// Characters of a hash that stand at the foot of each page.
const SHORT: usize = 16;

fn set(sheet: &Sheet) -> Result<Document> {
    let (_, digest) = sheet.frozen()?;
    let short: Vec<char> = digest.chars().take(SHORT).collect();
    let short = short.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let period = sheet.period.label(Lang::Zh);
    let header = Header {
        issuer: sheet.office_zh.clone(),
        title: format!("{}\n{period}统计表", sheet.campaign_zh),
        date: Some(sheet.submitted_at.map_or(sheet.as_of, |at: Moment| at).date()),
        verification: Some(Verification { hash: short, ..Verification::default() }),
        ..Header::default()
    };
    let fact = |(label, value): (&str, String)| TableFact { label: label.to_owned(), value };
    Ok(Document::StatisticalTable(StatisticalTable {
        header,
        facts: export::header(sheet, Lang::Zh).into_iter().map(fact).collect(),
        digest,
        rows: rows(sheet),
        notes: export::remarks(sheet, Lang::Zh).into_iter().map(|remark| remark.join("：")).collect(),
    }))
}

fn rows(sheet: &Sheet) -> Vec<TableRow> {
    let row = |(rule, shown): (&crate::campaigns::FigureRule, super::Shown)| {
        let unsaid = export::unsaid(rule, Lang::Zh);
        let said = |n: Option<i64>| n.map_or_else(|| unsaid.to_owned(), |n| Lang::Zh.count(n));
        TableRow {
            code: rule.code.clone(),
            name: rule.zh.clone(),
            unit: rule.unit_zh.clone(),
            numbers: [said(shown.period), said(shown.total)],
            unsaid: if shown.total.is_none() { unsaid.to_owned() } else { String::new() },
        }
    };
    sheet.narrowed(&Cut::WHOLE).into_iter().map(row).collect()
}
