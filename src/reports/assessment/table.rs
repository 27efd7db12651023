//! The sheets side by side as a table, for CSV and XLSX.

use super::{Assessed, Sheet};
use crate::kernel::{Lang, sheet::Table};

/// One line for the office itself, then one for each below in the order shown; for each line of the sheet its points and
/// its share.
pub fn table(assessed: &Assessed, lang: Lang) -> Table {
    let say = |zh, en| lang.say(zh, en).to_owned();
    let mut heads = vec![say("机构代码", "Code"), say("机构", "Office"), say("截至", "As of"), say("总分", "Total")];
    for line in &assessed.own.lines {
        let (label, weight) = (line.rule.label(lang), line.rule.weight);
        heads.push(match lang {
            Lang::Zh => format!("{label}（{weight}分）"),
            Lang::En => format!("{label} ({weight})"),
        });
        heads.push(line.rule.aspect.label(lang).to_owned());
    }
    let rows = std::iter::once(&assessed.own).chain(&assessed.below).map(|sheet| cells(sheet, lang)).collect();
    Table::new(heads, rows)
}

fn cells(sheet: &Sheet, lang: Lang) -> Vec<String> {
    let mut cells = vec![sheet.code.clone(), sheet.label(lang).to_owned(), sheet.day.to_string(), sheet.points()];
    for line in &sheet.lines {
        cells.push(line.points());
        cells.push(line.percent());
    }
    cells
}
