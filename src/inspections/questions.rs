//! The questions of the on-site form as they are drawn: what is asked, and what has been typed so far.

use super::{
    form::{self, Asked},
    rules::UNANSWERED,
};
use crate::{
    campaigns::{Item, Problem, Severity, Side, Weight},
    kernel::{HazardId, Lang, Sent},
    people::Visitor,
};

/// One question with the answer so far.
#[derive(Debug, Clone)]
pub struct Question {
    pub id: String,
    pub text: String,
    /// The answers on which it is asked, as the script of the form reads them, and in words; empty: always.
    pub asked_if: String,
    pub branch: String,
    /// How to check it.
    pub how: String,
    /// What to keep as evidence.
    pub keep: String,
    /// Pictures, each with what it shows.
    pub pictures: Vec<(String, String)>,
    pub basis: String,
    pub certainty: &'static str,
    pub weight: &'static str,
    /// Colour of the weight.
    pub colour: &'static str,
    /// Says whether a photograph is expected when it does not conform.
    pub photo: &'static str,
    pub answer: String,
    pub note: String,
    /// Hashes of the files that have arrived.
    pub files: Vec<String>,
    pub error: String,
    pub file_error: String,
    /// What becomes a hazard; none for a reminder.
    pub slot: Option<Slot>,
}

/// The fields of one finding.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The question, or the hazard's own id beside the checklist.
    pub key: String,
    /// The id of the hazard.
    pub id: String,
    problems: Vec<(String, String)>,
    severities: Vec<(&'static str, String)>,
    products: Vec<(String, String)>,
    pub files: Vec<String>,
    values: Vec<(&'static str, String, String)>,
}

const PHOTO: (&str, &str) = ("本项不符合时应当拍照", "A photograph is expected when this does not conform");

/// The parts of a finding.
const PARTS: &[&str] = &["problem", "severity", "product", "made_on", "what", "corrected", "measure", "evidence"];

impl Question {
    /// As it stands on the form.
    pub fn of(item: &Item, asked: &Asked, sent: &Sent, visitor: &Visitor) -> Self {
        let lang = visitor.lang;
        let name = form::answer(&item.id, "");
        let answer = sent.value(&name).to_owned();
        let said = sent.wrong(&name, lang);
        // All that is open is marked at once, not one after the other; what is asked on some answers only, in its turn.
        let open = sent.is_wrong() && answer.is_empty() && said.is_empty() && item.asked_if.is_empty();
        let error = if open { UNANSWERED.with("item", &item.id).say(lang).to_owned() } else { said };
        let files = form::answer(&item.id, "evidence");
        let (colour, weight) = weight(item.weight, lang);
        Self {
            text: item.label(lang).to_owned(),
            asked_if: item.asked_if.join(" "),
            branch: item.branch(lang),
            how: lang.say(&item.how_zh, &item.how_en).to_owned(),
            keep: lang.say(&item.evidence_zh, &item.evidence_en).to_owned(),
            pictures: asked.pack.pictures_of(&item.id).map(|p| (p.data.clone(), p.label(lang).to_owned())).collect(),
            basis: asked.pack.cite(&item.source, lang),
            certainty: item.certainty.code(),
            weight,
            colour,
            photo: if item.photo { lang.say(PHOTO.0, PHOTO.1) } else { "" },
            note: sent.value(&form::answer(&item.id, "note")).to_owned(),
            file_error: [sent.wrong(&files, lang), sent.wrong(&form::hazard(&item.id, "evidence"), lang)].concat(),
            files: sent.all(&format!("{files}[]")).to_vec(),
            slot: (!item.problems.is_empty()).then(|| Slot::of(item, asked, sent, visitor)),
            id: item.id.clone(),
            answer,
            error,
        }
    }

    /// The name of a field of its answer.
    pub fn name(&self, part: &str) -> String {
        form::answer(&self.id, part)
    }

    /// The names under which it says what is wrong.
    pub fn names(&self) -> Vec<String> {
        let own = [form::answer(&self.id, ""), form::answer(&self.id, "evidence")];
        own.into_iter().chain(self.slot.iter().flat_map(Slot::names)).collect()
    }

    /// Whether the part for remark and files stands open without a choice that needs it.
    pub fn is_noted(&self) -> bool {
        !self.note.is_empty() || !self.files.is_empty() || !self.file_error.is_empty()
    }

    /// Whether this is the answer so far.
    pub fn is(&self, code: &str) -> bool {
        self.answer == code
    }
}

fn weight(weight: Weight, lang: Lang) -> (&'static str, &'static str) {
    let colour = match weight {
        Weight::Veto => "red",
        Weight::Key => "orange",
        Weight::General => "grey",
    };
    (colour, weight.label(lang))
}

impl Slot {
    /// The finding of a question.
    fn of(item: &Item, asked: &Asked, sent: &Sent, visitor: &Visitor) -> Self {
        let side = Side::of(asked.field);
        let own = asked.pack.problems_of(item, side);
        let all = || asked.pack.problems.iter().filter(|p| p.side == side).collect();
        let problems = if own.is_empty() { all() } else { own };
        let id = Some(sent.value(&form::hazard(&item.id, "id"))).filter(|id| !id.is_empty()).map(str::to_owned);
        let id = id.unwrap_or_else(|| HazardId::new(visitor.by.at).to_string());
        Self::new(&item.id, id, &problems, asked, sent, visitor.lang)
    }

    /// A finding beside the checklist.
    pub fn beside(key: &str, asked: &Asked, sent: &Sent, lang: Lang) -> Self {
        let side = Side::of(asked.field);
        let problems: Vec<&Problem> = asked.pack.problems.iter().filter(|p| p.side == side).collect();
        Self::new(key, key.to_owned(), &problems, asked, sent, lang)
    }

    fn new(key: &str, id: String, problems: &[&Problem], asked: &Asked, sent: &Sent, lang: Lang) -> Self {
        let name = |p: &&Problem| (p.code.clone(), format!("{} {}", p.code, p.label(lang)));
        let product = |code: &String| (code.clone(), asked.pack.product_label(code, lang));
        let value = |part: &&'static str| {
            let name = form::hazard(key, part);
            let typed = sent.value(&name).to_owned();
            let only = *part == "problem" && typed.is_empty() && problems.len() == 1;
            let value = if only { problems[0].code.clone() } else { typed };
            (*part, value, sent.wrong(&name, lang))
        };
        Self {
            key: key.to_owned(),
            id,
            problems: problems.iter().map(name).collect(),
            severities: Severity::ALL
                .iter()
                .map(|s| (s.code(), asked.pack.severity(*s).label(lang).to_owned()))
                .collect(),
            products: asked.products.iter().map(product).collect(),
            files: sent.all(&form::hazard(key, "evidence[]")).to_vec(),
            values: PARTS.iter().map(value).collect(),
        }
    }

    /// The name of a field.
    pub fn name(&self, part: &str) -> String {
        form::hazard(&self.key, part)
    }

    /// The problems that can be chosen.
    pub fn problems(&self) -> &[(String, String)] {
        &self.problems
    }

    /// The severities that can be chosen.
    pub fn severities(&self) -> &[(&'static str, String)] {
        &self.severities
    }

    /// The products that were looked at.
    pub fn products(&self) -> &[(String, String)] {
        &self.products
    }

    /// What has been typed.
    pub fn value(&self, part: &str) -> &str {
        self.values.iter().find(|v| v.0 == part).map_or("", |v| &v.1)
    }

    /// What is wrong with it.
    pub fn error(&self, part: &str) -> &str {
        self.values.iter().find(|v| v.0 == part).map_or("", |v| &v.2)
    }

    /// The names under which it says what is wrong.
    pub fn names(&self) -> Vec<String> {
        PARTS.iter().map(|part| self.name(part)).collect()
    }
}
