//! Checklists out of XLSForm workbooks: what fits is taken over, everything else is named with its row and the reason.
//!
//! Taken over: `select_one` whose choices mean that something conforms or fails, `text` and `integer` (the answer goes
//! into the remark), `note` (help of the next question), `image` (photograph of the question before), `relevant` that names
//! answers to such questions.

mod relevant;

use super::sheet::{Row, Sheet, clean};
use crate::{
    campaigns::Answered,
    kernel::{Lang, Refusal, Result, sheet},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

refusals! {
    NO_SURVEY "xlsform.no_survey" "工作簿中没有名为survey的工作表，或者其中没有可用的问题。" "The workbook has no sheet “survey”, or no question in it that can be used.";
    OTHER_TYPE "xlsform.other_type" "类型“{value}”没有对应的检查项，未导入。" "Nothing corresponds to the type “{value}”; it was left out.";
    OTHER_COLUMN "xlsform.other_column" "“{column}”一栏（{value}）未导入。" "What stands in “{column}” ({value}) was left out.";
    OTHER_RELEVANT "xlsform.other_relevant" "条件“{value}”不能转换，该项将总是提问。" "The condition “{value}” cannot be taken over: the question is always asked.";
    OWN_CHOICES "xlsform.own_choices" "选项不是符合或者不符合，已写入“怎么查”，所选答案记入备注。" "The choices do not mean that it conforms or fails: they are named under “How to check”, and the answer goes into the remark.";
    IN_REMARK "xlsform.in_remark" "填写的内容记入备注。" "What is filled in goes into the remark.";
    NO_CHOICES "xlsform.no_choices" "choices中没有“{value}”这组选项。" "The sheet “choices” has no list “{value}”.";
    NO_QUESTION "xlsform.no_question" "前后没有可以附上的检查项，未导入。" "There is no question to put it to; it was left out.";
    HEADING "xlsform.heading" "分组标题未导入，组内问题已导入。" "The heading of the group was left out; its questions were taken over.";
}

/// A checklist as it was found in a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The questions, their cells by column.
    pub items: Vec<BTreeMap<String, String>>,
    /// What was not taken over as it stood.
    pub left: Vec<Left>,
}

impl Found {
    /// The questions as the table of a pack.
    pub fn table(&self) -> Result<String> {
        let mut sheet = Sheet::read("checklists/form.csv", "")?;
        let cell = |item: &BTreeMap<String, String>, column: &str| item.get(column).cloned().unwrap_or_default();
        for item in &self.items {
            let cells = sheet.layout.columns.iter().map(|c| cell(item, c.name)).collect();
            sheet.rows.push(Row { line: 0, cells });
        }
        sheet.write("")
    }
}

/// Something that was not taken over as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub sheet: &'static str,
    /// The row as the spreadsheet shows it, from 1.
    pub line: i64,
    /// Name of the question.
    pub name: String,
    pub reason: Refusal,
}

/// The same for a program, in the reader's language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = XlsformLeft)]
pub struct LeftOut {
    pub sheet: &'static str,
    pub line: i64,
    pub name: String,
    pub code: &'static str,
    pub reason: String,
}

impl Left {
    /// For the API and the page.
    pub fn out(&self, lang: Lang) -> LeftOut {
        let reason = self.reason.say(lang).to_owned();
        LeftOut { sheet: self.sheet, line: self.line, name: self.name.clone(), code: self.reason.code, reason }
    }
}

/// Columns that say something which a checklist has no place for.
const OTHERS: &[&str] =
    &["constraint", "calculation", "default", "choice_filter", "repeat_count", "appearance", "trigger", "parameters"];

/// A row of a sheet by the names of its columns.
struct Line {
    number: i64,
    cells: BTreeMap<String, String>,
}

impl Line {
    fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// A text in both languages: `label::中文 (zh)`, `label::English (en)`, else `label` in the language it is written in.
    fn said(&self, column: &str) -> [String; 2] {
        let mut said = [String::new(), String::new()];
        for (name, text) in self.cells.iter().filter(|(_, text)| !text.is_empty()) {
            let Some(rest) = name.strip_prefix(column) else { continue };
            let lang = rest.trim_start_matches(':').to_lowercase();
            let is = |words: &[&str]| words.iter().any(|word| lang.contains(word));
            let english = if is(&["en"]) {
                true
            } else if is(&["zh", "中文", "chinese", "汉"]) {
                false
            } else {
                !has_chinese(text)
            };
            let place = &mut said[usize::from(english)];
            if (rest.is_empty() || rest.starts_with(':')) && place.is_empty() {
                *place = clean(text);
            }
        }
        said
    }
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// What a choice means on a checklist.
fn meaning(choice: &Line) -> Option<Answered> {
    let words = [choice.get("name").to_lowercase(), choice.said("label").concat().to_lowercase()];
    words.iter().find_map(|word| match word.trim().replace([' ', '-', '/'], "_").as_str() {
        "yes" | "y" | "true" | "1" | "ok" | "pass" | "conforms" | "compliant" | "符合" | "是" | "合格" | "有" => {
            Some(Answered::Conforms)
        }
        "no" | "n" | "false" | "0" | "fail" | "fails" | "non_compliant" | "不符合" | "否" | "不合格" | "无" => {
            Some(Answered::Fails)
        }
        "na" | "n_a" | "not_applicable" | "不适用" | "不涉及" => Some(Answered::NotApplicable),
        "not_checked" | "unknown" | "dk" | "未检查" => Some(Answered::NotChecked),
        _ => None,
    })
}

/// Reads the checklist in a workbook; its questions are numbered `CODE-1` and on.
pub fn read(bytes: &[u8], code: &str) -> Result<Found> {
    let sheets = sheet::sheets(bytes)?;
    let lines = |name: &str| {
        let rows = sheets.iter().find(|(sheet, _)| sheet.trim().eq_ignore_ascii_case(name)).map(|(_, rows)| rows);
        rows.map_or_else(Vec::new, |rows| lines(rows))
    };
    let mut reading = Reading { code, choices: lines("choices"), ..Reading::default() };
    for line in lines("survey") {
        reading.take(&line);
    }
    reading.finish()
}

/// The rows below the first as cells by column.
fn lines(rows: &[sheet::Row]) -> Vec<Line> {
    let Some((head, rows)) = rows.split_first() else { return Vec::new() };
    let names: Vec<String> = head.cells.iter().map(|c| c.trim().to_lowercase().replace(": ", ":")).collect();
    let line = |row: &sheet::Row| Line {
        number: row.line,
        cells: names.iter().cloned().zip(row.cells.iter().map(|c| c.trim().to_owned())).collect(),
    };
    rows.iter().map(line).collect()
}

/// A checklist while it is being read.
#[derive(Default)]
struct Reading<'a> {
    code: &'a str,
    choices: Vec<Line>,
    found: Found,
    /// Names of the questions so far: the id of each, and what its choices mean.
    known: BTreeMap<String, (String, BTreeMap<String, Answered>)>,
    /// Notes that wait for the next question.
    notes: [String; 2],
}

impl Reading<'_> {
    fn left(&mut self, line: &Line, reason: Refusal) {
        self.found.left.push(Left { sheet: "survey", line: line.number, name: line.get("name").to_owned(), reason });
    }

    fn take(&mut self, line: &Line) {
        let kind = line.get("type").to_lowercase();
        let (first, list) = kind.split_once(char::is_whitespace).unwrap_or((&kind, ""));
        match first {
            "" | "end_group" | "end" if line.get("name").is_empty() && line.said("label").concat().is_empty() => {}
            "select_one" => self.choice(line, list.split_whitespace().next().unwrap_or_default()),
            "text" | "integer" => {
                let help = ["将结果填入备注。", "Write the result into the remark."].map(str::to_owned);
                self.question(line, help, BTreeMap::new());
                self.left(line, IN_REMARK);
            }
            "note" => {
                let said = line.said("label");
                self.notes = std::array::from_fn(|i| join(&self.notes[i], &said[i]));
            }
            "image" => match self.found.items.last_mut() {
                Some(item) => {
                    item.insert("photo".to_owned(), "1".to_owned());
                }
                None => self.left(line, NO_QUESTION),
            },
            "begin_group" | "begin" if !kind.contains("repeat") => self.left(line, HEADING),
            "end_group" => {}
            _ => self.left(line, OTHER_TYPE.with("value", &kind)),
        }
        for column in OTHERS {
            if !line.get(column).is_empty() {
                self.left(line, OTHER_COLUMN.with("column", column).with("value", line.get(column)));
            }
        }
    }

    fn choice(&mut self, line: &Line, list: &str) {
        let of =
            |c: &&Line| c.get("list_name").eq_ignore_ascii_case(list) || c.get("list name").eq_ignore_ascii_case(list);
        let choices: Vec<&Line> = self.choices.iter().filter(of).collect();
        let meanings: BTreeMap<String, Answered> =
            choices.iter().filter_map(|c| Some((c.get("name").to_owned(), meaning(c)?))).collect();
        let has = |wanted: Answered| meanings.values().any(|a| *a == wanted);
        let judged = meanings.len() == choices.len() && has(Answered::Conforms) && has(Answered::Fails);
        let none = choices.is_empty();
        let label = |lang: usize, c: &&Line| Some(c.said("label")[lang].clone()).filter(|t| !t.is_empty());
        let said = |lang: usize| choices.iter().filter_map(|c| label(lang, c)).collect::<Vec<_>>();
        let help = if judged || none {
            Default::default()
        } else {
            let [zh, en] = [said(0), said(1)];
            [
                format!("可选：{}，记入备注。", zh.join("、")),
                format!("One of: {}; write it into the remark.", en.join(", ")),
            ]
        };
        self.question(line, help, if judged { meanings } else { BTreeMap::new() });
        match (judged, none) {
            (true, _) => {}
            (false, true) => self.left(line, NO_CHOICES.with("value", list)),
            (false, false) => self.left(line, OWN_CHOICES),
        }
    }

    fn question(&mut self, line: &Line, help: [String; 2], meanings: BTreeMap<String, Answered>) {
        let id = format!("{}-{}", self.code, self.found.items.len() + 1);
        let condition = [line.get("relevant"), line.get("relevance")].concat();
        let asked_if = relevant::branches(&condition, &self.known);
        if asked_if.is_none() {
            self.left(line, OTHER_RELEVANT.with("value", &condition));
        }
        let (label, hint) = (line.said("label"), line.said("hint"));
        let notes = std::mem::take(&mut self.notes);
        let how: [String; 2] = std::array::from_fn(|i| join(&join(&notes[i], &hint[i]), &help[i]));
        let plain = ["按现场情况判断", "Judge by what is found on site"];
        let how: [String; 2] = if how.concat().is_empty() { plain.map(str::to_owned) } else { how };
        let cells = [
            ("id", id.as_str()),
            ("zh", &label[0]),
            ("en", &label[1]),
            ("how_zh", &how[0]),
            ("how_en", &how[1]),
            ("evidence_zh", "检查记录"),
            ("evidence_en", "The record of the visit"),
            ("weight", "G"),
            ("photo", "0"),
            ("asked_if", &asked_if.unwrap_or_default().join(" ")),
            ("source", "D"),
            ("certainty", "design"),
        ];
        self.found.items.push(cells.map(|(column, text)| (column.to_owned(), text.to_owned())).into());
        self.known.insert(line.get("name").to_owned(), (id, meanings));
    }

    /// What is left to be said once all rows have been read.
    fn finish(mut self) -> Result<Found> {
        let Some(last) = self.found.items.last_mut() else { return NO_SURVEY.at("file") };
        for (column, note) in ["how_zh", "how_en"].into_iter().zip(&self.notes) {
            let how = last.entry(column.to_owned()).or_default();
            *how = join(how, note);
        }
        Ok(self.found)
    }
}

fn join(a: &str, b: &str) -> String {
    [a, b].iter().filter(|t| !t.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
