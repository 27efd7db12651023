//! Visits as a table, for CSV and XLSX.

use super::{Filter, Inspection, store};
use crate::{
    accounts,
    kernel::{AccountId, Lang, Result, db::Tx, list::Ask, sheet::Table},
    people::Scope,
};
use std::collections::BTreeMap;

/// All visits within `scope`, narrowed as asked, in the reader's language.
pub fn table(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, lang: Lang) -> Result<Table> {
    let visits = store::all(tx, scope, filter, ask)?;
    let rows = with_leads(tx, visits)?.into_iter().map(|row| cells(row, lang)).collect();
    Ok(Table::new(columns(lang), rows))
}

/// Each visit with the name of who leads it.
pub(super) fn with_leads(tx: &mut Tx, visits: Vec<Inspection>) -> Result<Vec<(Inspection, String)>> {
    let mut names: BTreeMap<AccountId, String> = BTreeMap::new();
    let mut rows = Vec::with_capacity(visits.len());
    for visit in visits {
        let name = match names.get(&visit.lead) {
            Some(name) => name.clone(),
            None => accounts::name_of(tx, Some(visit.lead))?,
        };
        names.insert(visit.lead, name.clone());
        rows.push((visit, name));
    }
    Ok(rows)
}

fn columns(lang: Lang) -> Vec<&'static str> {
    let say = |zh, en| lang.say(zh, en);
    vec![
        say("编号", "Number"),
        say("企业", "Enterprise"),
        say("领域", "Field"),
        say("来源", "Source"),
        say("状态", "State"),
        say("日期", "Date"),
        say("牵头人", "Lead"),
        say("检查人员", "Inspectors"),
        say("产品代码", "Products"),
        say("检查表", "Checklist"),
        say("发现隐患", "Hazards found"),
    ]
}

fn cells((v, lead): (Inspection, String), lang: Lang) -> Vec<String> {
    let people: Vec<String> = v.made_by().into_iter().map(|i| i.name).collect();
    vec![
        v.number.clone().unwrap_or_default(),
        v.party.clone(),
        v.field.label(lang).to_owned(),
        v.source.label(lang).to_owned(),
        v.state.label(lang).to_owned(),
        v.sorted_at.clone(),
        lead,
        people.join(lang.say("、", ", ")),
        v.products.clone(),
        v.checklist.clone().unwrap_or_default(),
        v.hazards.to_string(),
    ]
}
