//! The ledger as a table, for CSV and XLSX.

use super::{Filter, Hazard, store};
use crate::{
    kernel::{Lang, Result, db::Tx, list::Ask, sheet::Table},
    people::Scope,
};

/// The whole ledger within `scope`, narrowed as asked, in the reader's language.
pub fn table(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, lang: Lang) -> Result<Table> {
    let rows = store::all(tx, scope, filter, ask, |h| cells(&h, lang))?;
    Ok(Table::new(columns(lang), rows))
}

fn columns(lang: Lang) -> Vec<&'static str> {
    let say = |zh, en| lang.say(zh, en);
    vec![
        say("编号", "Number"),
        say("企业", "Enterprise"),
        say("隐患", "Hazard"),
        say("问题代码", "Problem"),
        say("产品代码", "Product"),
        say("级别", "Severity"),
        say("状态", "State"),
        say("逾期", "Overdue"),
        say("发现日期", "Found on"),
        say("整改期限", "Due"),
        say("依据条款", "Provision"),
    ]
}

fn cells(h: &Hazard, lang: Lang) -> Vec<String> {
    vec![
        h.number.clone(),
        h.party.clone(),
        h.what.clone(),
        h.problem.clone(),
        h.product.clone(),
        h.severity.label(lang).to_owned(),
        h.state.label(lang).to_owned(),
        if h.overdue { lang.say("是", "yes").to_owned() } else { String::new() },
        h.found_at.date().to_string(),
        h.due.map_or_else(String::new, |d| d.to_string()),
        h.clause.clone(),
    ]
}
