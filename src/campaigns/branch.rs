//! Branching (分支): questions that are asked only on certain answers to earlier ones.
//!
//! `asked_if` of a question names answers: `A3=fails A4=not_applicable`. Of the answers that it names for one question any
//! will do; when it names several questions, each must be answered so. A question that is not asked itself, because of
//! its products, its days or its own branch, has no answer.

use super::{
    draft::Draft,
    finding::{Findings, NOT_A_BRANCH, NOT_A_WORD, NOT_EARLIER},
    rows::Item,
};
use crate::kernel::Lang;

words! {
    /// What a question of the checklist was answered with.
    pub enum Answered {
        Conforms "conforms" "符合" "Conforms",
        Fails "fails" "不符合" "Does not conform",
        NotApplicable "not_applicable" "不适用" "Not applicable",
        NotChecked "not_checked" "未检查" "Not checked",
    }
}

/// An earlier question and the answer that it must have.
fn split(branch: &str) -> Option<(&str, &str)> {
    branch.split_once('=').filter(|(item, answer)| !item.is_empty() && !answer.is_empty())
}

/// Of `items`, in the order of the list, those that are asked when the earlier ones are answered as `answer` says.
pub fn asked<'a>(items: &[&'a Item], answer: impl Fn(&str) -> Option<Answered>) -> Vec<&'a Item> {
    let mut asked: Vec<&Item> = Vec::new();
    for item in items {
        let given = |id: &str| asked.iter().find(|a| a.id == id).and_then(|a| answer(&a.id));
        if item.is_asked(given) {
            asked.push(item);
        }
    }
    asked
}

impl Item {
    /// Whether it is asked, by what the earlier questions were answered with.
    fn is_asked(&self, given: impl Fn(&str) -> Option<Answered>) -> bool {
        let branches = || self.asked_if.iter().filter_map(|branch| split(branch));
        branches().all(|(earlier, _)| {
            let answer = given(earlier);
            branches()
                .any(|(item, wanted)| item == earlier && answer == Answered::from_code(wanted) && answer.is_some())
        })
    }

    /// On what it is asked, for people: “A3 不符合”.
    pub fn branch(&self, lang: Lang) -> String {
        let mut questions: Vec<(&str, Vec<&str>)> = Vec::new();
        for (item, answer) in self.asked_if.iter().filter_map(|branch| split(branch)) {
            let word = Answered::from_code(answer).map_or(answer, |a| a.label(lang));
            match questions.iter_mut().find(|(known, _)| *known == item) {
                Some((_, words)) => words.push(word),
                None => questions.push((item, vec![word])),
            }
        }
        let (or, and) = (lang.say("或", " or "), lang.say("，且", ", and "));
        let one = |(item, words): &(&str, Vec<&str>)| {
            let words: Vec<String> = words.iter().map(|w| lang.say("“{}”", "“{}”").replace("{}", w)).collect();
            format!("{item} {}", words.join(or))
        };
        questions.iter().map(one).collect::<Vec<_>>().join(and)
    }
}

/// That every branch names an answer to an earlier question of the same list.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let words = Answered::ALL.iter().map(|a| a.code()).collect::<Vec<_>>().join(" / ");
    for items in draft.items.values() {
        for (place, line) in items.iter().enumerate() {
            for branch in &line.row.asked_if {
                let Some((earlier, answer)) = split(branch) else {
                    findings.error(&line.at, "asked_if", NOT_A_BRANCH.with("value", branch));
                    continue;
                };
                if Answered::from_code(answer).is_none() {
                    findings.error(&line.at, "asked_if", NOT_A_WORD.with("value", answer).with("words", &words));
                }
                if !items[..place].iter().any(|l| l.row.id == earlier) && !findings.lost.contains(earlier) {
                    findings.error(&line.at, "asked_if", NOT_EARLIER.with("code", earlier));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::{NATIONAL, Pack};
    use Answered::*;

    /// The ids of questions with these branches that are asked on these answers.
    fn ids(branches: &[&str], answers: &[Option<Answered>]) -> String {
        let pack = Pack::built_in(NATIONAL).unwrap();
        let items: Vec<Item> = (pack.checklists[0].items.iter().zip(branches).enumerate())
            .map(|(n, (item, branch))| Item {
                id: n.to_string(),
                asked_if: branch.split_whitespace().map(str::to_owned).collect(),
                ..item.clone()
            })
            .collect();
        let all: Vec<&Item> = items.iter().collect();
        let answer = |id: &str| answers[id.parse::<usize>().unwrap()];
        asked(&all, answer).iter().map(|i| i.id.as_str()).collect()
    }

    #[test]
    fn a_question_is_asked_on_the_answers_that_it_names() {
        let list = ["", "0=fails", "0=fails 0=not_checked 1=conforms"];
        assert_eq!(ids(&list, &[None; 3]), "0");
        assert_eq!(ids(&list, &[Some(Conforms), None, None]), "0");
        assert_eq!(ids(&list, &[Some(Fails), None, None]), "01");
        assert_eq!(ids(&list, &[Some(Fails), Some(Conforms), None]), "012");
        assert_eq!(ids(&list, &[Some(Fails), Some(Fails), None]), "01");
    }

    #[test]
    fn the_answer_to_a_question_that_is_not_asked_counts_for_nothing() {
        let list = ["", "0=fails", "1=fails"];
        assert_eq!(ids(&list, &[Some(Conforms), Some(Fails), None]), "0");
    }

    #[test]
    fn a_branch_is_said_in_words() {
        let pack = Pack::built_in(NATIONAL).unwrap();
        let branches = ["A1=fails", "A1=not_checked", "A2=conforms"].map(str::to_owned).to_vec();
        let item = Item { asked_if: branches, ..pack.checklists[0].items[0].clone() };
        assert_eq!(item.branch(Lang::Zh), "A1 “不符合”或“未检查”，且A2 “符合”");
    }
}
