//! Forms of acts: what a person must give for each thing that may be done next. Described as data, drawn by one template.

use super::{Lang, Sent};

/// How a field is filled in.
#[derive(Debug, Clone)]
pub enum Input {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A day.
    Date,
    /// A day and the time of day.
    Moment,
    /// Files to send: photographs, papers.
    Evidence,
    /// One of (value, label).
    Choice(Vec<(String, String)>),
    /// Nothing to fill in: it goes with the form as it is.
    Hidden,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub label: String,
    pub input: Input,
    pub required: bool,
    pub hint: String,
    /// What stands in it from the beginning.
    pub value: String,
}

/// The form of one act.
#[derive(Debug, Clone)]
pub struct ActForm {
    /// The verb's code.
    pub verb: &'static str,
    /// The verb in the reader's language.
    pub label: String,
    /// `primary`, `danger` or nothing.
    pub kind: &'static str,
    /// Whether it stands open: it was sent and refused, or it is the one thing to do.
    pub open: bool,
    pub fields: Vec<Field>,
}

impl Field {
    /// A field that must be filled in.
    pub fn new(name: &'static str, label: &str, input: Input) -> Self {
        Self { name, label: label.to_owned(), input, required: true, hint: String::new(), value: String::new() }
    }

    /// May be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// With something in it from the beginning.
    #[must_use]
    pub fn holding(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// With a sentence that helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// For the template: the kind of `<input>`, where it is one.
    pub fn kind(&self) -> &'static str {
        match self.input {
            Input::Line => "text",
            Input::Lines => "lines",
            Input::Date => "date",
            Input::Moment => "datetime-local",
            Input::Evidence => "evidence",
            Input::Choice(_) => "choice",
            Input::Hidden => "hidden",
        }
    }

    /// For the template: what can be chosen.
    pub fn choices(&self) -> &[(String, String)] {
        if let Input::Choice(choices) = &self.input { choices } else { &[] }
    }
}

/// What was wrong with a form that is no longer offered: the thing has gone on in between.
pub fn gone(acts: &[ActForm], sent: &Sent, lang: Lang) -> Vec<String> {
    let here = acts.iter().any(|act| act.was_sent(sent));
    let sentence = if here { String::new() } else { sent.wrong_otherwise(&[], lang) };
    Some(sentence).filter(|s| !s.is_empty()).into_iter().collect()
}

impl ActForm {
    /// Whether the form that was sent is this one.
    pub fn was_sent(&self, sent: &Sent) -> bool {
        sent.value("verb") == self.verb
    }

    /// What stands in a field of this form: what was typed before it was refused, else what it holds from the beginning.
    pub fn value<'s>(&self, sent: &'s Sent, field: &'s Field) -> &'s str {
        if self.was_sent(sent) { sent.value(field.name) } else { &field.value }
    }

    /// What was wrong with a field of this form.
    pub fn wrong(&self, sent: &Sent, field: &Field, lang: Lang) -> String {
        if self.was_sent(sent) { sent.wrong(field.name, lang) } else { String::new() }
    }

    /// What was wrong with this form as a whole.
    pub fn wrong_otherwise(&self, sent: &Sent, lang: Lang) -> Vec<String> {
        let shown: Vec<_> = self.fields.iter().map(|f| f.name).collect();
        let sentence = if self.was_sent(sent) { sent.wrong_otherwise(&shown, lang) } else { String::new() };
        if sentence.is_empty() { Vec::new() } else { vec![sentence] }
    }
}
