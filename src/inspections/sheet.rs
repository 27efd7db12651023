//! A submitted record as it is shown: each answer with its question, in the words of the pack by which it was asked.

use super::{Answered, Inspection, Sheet};
use crate::{
    campaigns::{Item, Pack},
    files::Evidence,
    kernel::Lang,
};

/// An answer with its question.
#[derive(Debug, Clone)]
pub struct Line {
    pub item: String,
    pub question: String,
    pub answer: Answered,
    pub note: String,
    pub evidence: Vec<Evidence>,
}

impl Line {
    /// Colour of the answer.
    pub const fn colour(&self) -> &'static str {
        match self.answer {
            Answered::Conforms => "green",
            Answered::Fails => "red",
            Answered::NotApplicable => "grey",
            Answered::NotChecked => "orange",
        }
    }
}

/// The role of the evidence of an answer.
pub fn role_of(item: &str) -> String {
    format!("answer {item}")
}

/// The answers of a sheet, in the order of the checklist. A question that the pack no longer knows stands by its id.
pub fn lines(visit: &Inspection, sheet: &Sheet, pack: &Pack, evidence: &[Evidence], lang: Lang) -> Vec<Line> {
    let list = visit.checklist.as_deref().and_then(|code| pack.checklist(code));
    let items: &[Item] = list.map_or(&[], |list| &list.items);
    let place = |id: &str| items.iter().position(|i| i.id == id).unwrap_or(usize::MAX);
    let mut lines: Vec<Line> = sheet
        .answers
        .iter()
        .map(|answer| Line {
            question: items.iter().find(|i| i.id == answer.item).map_or_else(String::new, |i| i.label(lang).to_owned()),
            item: answer.item.clone(),
            answer: answer.answer,
            note: answer.note.clone().unwrap_or_default(),
            evidence: evidence.iter().filter(|e| e.role == role_of(&answer.item)).cloned().collect(),
        })
        .collect();
    lines.sort_by_key(|line| place(&line.item));
    lines
}

/// How many answers of each kind, those with none left out.
pub fn tally(lines: &[Line]) -> Vec<(Answered, usize)> {
    let count = |a: &Answered| (*a, lines.iter().filter(|l| l.answer == *a).count());
    Answered::ALL.iter().map(count).filter(|(_, n)| *n > 0).collect()
}
