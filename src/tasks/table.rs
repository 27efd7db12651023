//! Tasks as a table, for CSV and XLSX, and the names that every list of them shows.

use super::{Filter, Task, line, store};
use crate::{
    accounts,
    kernel::{AccountId, Lang, OfficeId, Result, db::Tx, list::Ask, sheet::Table},
    people::{Scope, store as offices},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A task with the names of whom it is with.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub task: Task,
    pub owner: String,
    pub office: String,
}

/// All tasks within `scope`, narrowed as asked, in the reader's language.
pub fn table(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, (today, lang): (Date, Lang)) -> Result<Table> {
    let tasks = store::all(tx, scope, filter, ask, today)?;
    let rows = with_names(tx, tasks, lang)?.into_iter().map(|row| cells(row, today, lang)).collect();
    Ok(Table::new(columns(lang), rows))
}

/// Each task with the names of its owner and its office.
pub(super) fn with_names(tx: &mut Tx, tasks: Vec<Task>, lang: Lang) -> Result<Vec<Row>> {
    let mut owners: BTreeMap<AccountId, String> = BTreeMap::new();
    let mut names: BTreeMap<OfficeId, String> = BTreeMap::new();
    let mut rows = Vec::with_capacity(tasks.len());
    for task in tasks {
        if let Some(owner) = task.owner.filter(|owner| !owners.contains_key(owner)) {
            owners.insert(owner, accounts::name_of(tx, Some(owner))?);
        }
        if !names.contains_key(&task.office) {
            names.insert(task.office, offices::office(tx, task.office)?.label(lang).to_owned());
        }
        let owner = task.owner.and_then(|o| owners.get(&o).cloned()).unwrap_or_default();
        let office = names.get(&task.office).cloned().unwrap_or_default();
        rows.push(Row { task, owner, office });
    }
    Ok(rows)
}

fn columns(lang: Lang) -> Vec<&'static str> {
    let say = |zh, en| lang.say(zh, en);
    vec![
        say("任务", "Task"),
        say("类别", "Kind"),
        say("选取方式", "Way"),
        say("选取理由", "Reasons"),
        say("产品代码", "Products"),
        say("承办机构", "Office"),
        say("承办人", "Owner"),
        say("期限", "Due"),
        say("状态", "State"),
        say("逾期", "Overdue"),
        say("下达日期", "Handed out on"),
        say("完成日期", "Finished on"),
        say("办理结果", "Result"),
    ]
}

fn cells(row: Row, today: Date, lang: Lang) -> Vec<String> {
    let Row { task, owner, office } = row;
    vec![
        task.title.clone(),
        task.kind.label(lang).to_owned(),
        task.way.map_or_else(String::new, |way| way.label(lang).to_owned()),
        line(&task.reasons.0, lang),
        task.products.0.join(" "),
        office,
        owner,
        task.due.to_string(),
        task.state.label(lang).to_owned(),
        if task.is_overdue(today) { lang.say("是", "yes").to_owned() } else { String::new() },
        task.made_at.date().to_string(),
        task.finished_at.map_or_else(String::new, |at| at.date().to_string()),
        task.result.unwrap_or_default(),
    ]
}
