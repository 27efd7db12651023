//! Documents as a table, for CSV and XLSX.

use super::{Document, Filter, store};
use crate::{
    kernel::{Lang, Result, db::Tx, list::Ask, sheet::Table},
    people::Scope,
};

/// All documents within `scope`, narrowed as asked, in the reader's language.
pub fn table(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, lang: Lang) -> Result<Table> {
    let rows = store::all(tx, scope, filter, ask)?.iter().map(|d| cells(d, lang)).collect();
    Ok(Table::new(columns(lang), rows))
}

fn columns(lang: Lang) -> Vec<&'static str> {
    let say = |zh, en| lang.say(zh, en);
    vec![
        say("文号", "Number"),
        say("文书种类", "Form"),
        say("标题", "Title"),
        say("制发机构", "Issued by"),
        say("当事人", "Party"),
        say("制发日期", "Dated"),
        say("状态", "State"),
        say("作废原因", "Why voided"),
        say("送达日期", "Served on"),
        say("送达方式", "How served"),
        say("签收人", "Received by"),
        say("内容校验值", "Hash of what it says"),
    ]
}

fn cells(d: &Document, lang: Lang) -> Vec<String> {
    vec![
        d.number.clone(),
        d.form.label(lang).to_owned(),
        d.title.clone(),
        d.issuer.clone(),
        d.party.clone(),
        d.dated.to_string(),
        d.state.label(lang).to_owned(),
        d.reason.clone().unwrap_or_default(),
        d.served_at.map_or_else(String::new, |at| at.date().to_string()),
        d.service.map_or_else(String::new, |method| method.label(lang).to_owned()),
        d.recipient.clone().unwrap_or_default(),
        d.digest.clone(),
    ]
}
