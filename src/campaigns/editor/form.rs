//! The fields of a row's form, made from what the table says of its columns.

use super::{Row, Sheet, files::Files, titles};
use crate::{
    campaigns::{
        Answered, Finding, Folder, Grade,
        cell::{Column, Shape},
    },
    kernel::{Lang, Sent},
};

/// An earlier question, and each answer that can be chosen: value, label, whether it is.
pub struct Branch {
    pub id: String,
    pub text: String,
    pub answers: Vec<(String, &'static str, bool)>,
}

/// A field of the form: one column.
pub struct Cell {
    pub column: &'static Column,
    pub name: String,
    pub label: &'static str,
    pub hint: &'static str,
    pub value: String,
    /// What the checker says of it.
    pub error: String,
    pub warning: String,
    /// What stands there now, when somebody else has changed it.
    pub now: String,
    pub kind: &'static str,
    pub wide: bool,
    pub choices: Vec<(String, String)>,
    /// Codes that can be chosen: code, label, whether it is.
    pub codes: Vec<(String, String, bool)>,
    /// Earlier questions, with the answers on which this one may be asked.
    pub branches: Vec<Branch>,
}

impl Cell {
    /// What can be chosen: value, label.
    pub fn choices(&self) -> &[(String, String)] {
        &self.choices
    }
}

/// What columns can be chosen from.
pub struct Choices<'a> {
    pub files: &'a Files,
    pub base: Option<Folder>,
    pub lang: Lang,
}

/// What the checker says, what was typed, the table, and the row when it is there already.
pub type Around<'a> = (&'a [Finding], Option<&'a Sent>, &'a Sheet, Option<&'a Row>);

impl Choices<'_> {
    /// The field of a column.
    pub fn cell(&self, file: &str, column: &'static Column, value: String, now: &str, around: Around) -> Cell {
        let (findings, sent, sheet, row) = around;
        let lang = self.lang;
        let said = |grade: Grade| {
            let mine = findings.iter().filter(|f| f.field == column.name && f.grade == grade);
            mine.map(|f| f.reason.say(lang).to_owned()).collect::<Vec<_>>().join(" ")
        };
        let refused = sent.map(|s| s.wrong(&format!("cells.{}", column.name), lang)).unwrap_or_default();
        let long = titles::is_long(file, column.name);
        let known = titles::codes_of(file, column.name).map(|table| self.codes(table));
        let chosen: Vec<&str> = value.split_whitespace().collect();
        let (mut choices, mut codes, mut branches) = (Vec::new(), Vec::new(), Vec::new());
        let kind = match (column.shape, known) {
            (Shape::Codes, _) if column.name == "asked_if" => {
                branches = self.branches(sheet, row, &chosen);
                "branch"
            }
            (Shape::Codes, Some(known)) => {
                codes = marked(known, &chosen);
                "codes"
            }
            (Shape::Text, Some(known)) => {
                choices = with(known, &value);
                "choice"
            }
            (Shape::Word(words), _) => {
                choices = words(lang).into_iter().map(|(code, label)| (code.to_owned(), label.to_owned())).collect();
                choices = with(choices, &value);
                "choice"
            }
            (Shape::YesNo, _) => {
                choices = vec![("1".into(), lang.say("是", "Yes").into()), ("0".into(), lang.say("否", "No").into())];
                choices = with(choices, &value);
                "yes_no"
            }
            (Shape::Number, _) => "number",
            (Shape::Date, _) => "date",
            (Shape::Text | Shape::Codes, _) => {
                if long {
                    "lines"
                } else {
                    "text"
                }
            }
        };
        Cell {
            name: format!("c.{}", column.name),
            label: titles::label(file, column.name, lang),
            hint: titles::hint(file, column.name, lang),
            error: if refused.is_empty() { said(Grade::Error) } else { refused },
            warning: said(Grade::Warning),
            now: now.to_owned(),
            wide: matches!(kind, "codes" | "branch") || matches!(column.name, "source" | "basis"),
            column,
            value,
            kind,
            choices,
            codes,
            branches,
        }
    }

    /// The codes of a table with their names, those of the pack below first.
    fn codes(&self, table: &str) -> Vec<(String, String)> {
        let under =
            self.base.as_ref().and_then(|b| Sheet::read(table, std::str::from_utf8(b.files.get(table)?).ok()?).ok());
        let mut all: Vec<(String, String)> = Vec::new();
        for sheet in under.into_iter().chain(self.files.sheet(table).ok()) {
            let column = sheet.layout.key[0];
            for row in &sheet.rows {
                let code = sheet.cell(row, column).to_owned();
                all.retain(|(known, _)| *known != code);
                all.push((code.clone(), format!("{code} {}", sheet.name(row, self.lang))));
            }
        }
        all
    }

    /// The questions before this one, each with the answers that can be chosen.
    fn branches(&self, sheet: &Sheet, row: Option<&Row>, chosen: &[&str]) -> Vec<Branch> {
        let until = row.and_then(|row| sheet.at(&row.mark())).unwrap_or(sheet.rows.len());
        let one = |row: &Row| {
            let id = sheet.cell(row, "id").to_owned();
            let answer = |a: &Answered| {
                let value = format!("{id}={a}");
                let on = chosen.contains(&value.as_str());
                (value, a.label(self.lang), on)
            };
            let answers = Answered::ALL.iter().map(answer).collect();
            Branch { text: sheet.name(row, self.lang).to_owned(), answers, id }
        };
        sheet.rows[..until].iter().map(one).collect()
    }
}

/// The choices with the value among them, even when it is no good.
fn with(mut choices: Vec<(String, String)>, value: &str) -> Vec<(String, String)> {
    if !value.is_empty() && !choices.iter().any(|(code, _)| code == value) {
        choices.push((value.to_owned(), value.to_owned()));
    }
    choices
}

/// Codes that can be chosen, those that are first.
fn marked(known: Vec<(String, String)>, chosen: &[&str]) -> Vec<(String, String, bool)> {
    let lost = chosen.iter().filter(|c| !known.iter().any(|(code, _)| code == *c));
    let lost: Vec<_> = lost.map(|c| ((*c).to_owned(), (*c).to_owned(), true)).collect();
    let mut all: Vec<_> = known
        .into_iter()
        .map(|(code, label)| {
            let on = chosen.contains(&code.as_str());
            (code, label, on)
        })
        .collect();
    all.sort_by_key(|(_, _, on)| !on);
    lost.into_iter().chain(all).collect()
}
