//! Pages: what every page carries, and forms that lose nothing.

use super::{Error, Lang, NOT_A_CHOICE, NUL, REQUIRED, Refusal, Result, UNREADABLE};
use axum::response::Html;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// What the frame of every page shows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The reader's language.
    pub lang: Lang,
    /// Title of the window and of the page.
    pub title: String,
    /// Which entry of the menu is lit.
    pub here: &'static str,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The menu.
    pub nav: Vec<Link>,
    /// What has just happened, said once.
    pub flash: Option<Flash>,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// What stands in the search box.
    pub search: String,
    /// The page's own address, for the language switch.
    pub path: String,
}

/// Who is signed in, as the frame shows it.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub office: String,
    pub roles: String,
}

/// An entry of the menu.
#[derive(Debug, Clone)]
pub struct Link {
    pub code: &'static str,
    pub href: String,
    pub label: String,
    pub icon: &'static str,
    pub count: i64,
}

/// What has just happened.
#[derive(Debug, Clone)]
pub struct Flash {
    pub good: bool,
    pub text: String,
}

impl Page {
    /// The reader's language of the two.
    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.say(zh, en)
    }
}

impl Page {
    /// Whether two codes read the same, of whatever type they are.
    pub fn same(&self, a: impl std::fmt::Display, b: impl std::fmt::Display) -> bool {
        format!("{a}") == format!("{b}")
    }

    /// A date as people write it.
    pub fn date(&self, date: &jiff::civil::Date) -> String {
        self.lang.date(*date)
    }

    /// A date as people write it, or a dash.
    pub fn date_or_dash(&self, date: &Option<jiff::civil::Date>) -> String {
        date.map_or_else(|| "–".to_owned(), |d| self.lang.date(d))
    }
}

/// Renders a page.
pub fn html(template: &impl askama::Template) -> Result<Html<String>> {
    template.render().map(Html).map_err(Error::broken)
}

/// A form as it was sent, kept for showing it again, with what was wrong.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    values: BTreeMap<String, Vec<String>>,
    problem: Option<(Option<String>, Refusal)>,
}

impl Sent {
    /// From the pairs of a form body or of an address.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            values.entry(name).or_default().push(value);
        }
        Self { values, problem: None }
    }

    /// The first value of a field, empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).and_then(|v| v.first()).map_or("", String::as_str)
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the field has this value among its own.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).iter().any(|v| v == value)
    }

    /// Every field and value, in the order of their names.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().flat_map(|(name, values)| values.iter().map(|v| (name.as_str(), v.as_str())))
    }

    /// How many of these fields say something: the filters that are set.
    pub fn count<const N: usize>(&self, names: &[&str; N]) -> i64 {
        names.iter().filter(|name| !self.value(name).is_empty()).count() as i64
    }

    /// Fills in a value where the reader has typed nothing yet.
    #[must_use]
    pub fn or(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.entry(name.to_owned()).or_insert_with(|| vec![value.into()]);
        self
    }

    /// With one more value of a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.entry(name.to_owned()).or_default().push(value.into());
        self
    }

    /// Whether something was wrong with it when it was sent.
    pub fn is_wrong(&self) -> bool {
        self.problem.is_some()
    }

    /// What is wrong with a field, for its foot; empty when nothing is.
    pub fn wrong(&self, name: &str, lang: Lang) -> String {
        match &self.problem {
            Some((Some(field), refusal)) if field == name => refusal.say(lang).to_owned(),
            _ => String::new(),
        }
    }

    /// What is wrong with the form as a whole, or with a field that is not among `shown`.
    pub fn wrong_otherwise(&self, shown: &[&str], lang: Lang) -> String {
        match &self.problem {
            Some((Some(field), _)) if shown.contains(&field.as_str()) => String::new(),
            Some((_, refusal)) => refusal.say(lang).to_owned(),
            None => String::new(),
        }
    }

    /// Keeps what was wrong, to show it; failures that are not the reader's to mend go on upwards.
    pub fn blame(mut self, error: Error) -> Result<Self> {
        match error {
            Error::Refused(_)
            | Error::Invalid { .. }
            | Error::Conflict(_)
            | Error::Stale
            | Error::Unreadable { .. } => {
                self.problem = Some((error.field().map(str::to_owned), error.refusal()));
                Ok(self)
            }
            other => Err(other),
        }
    }

    /// Reads the form into `T`: blank fields count as left out, repeated ones as a list.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let mut object = serde_json::Map::new();
        for (name, values) in &self.values {
            let mut filled = values.iter().filter(|v| !v.trim().is_empty()).map(|v| v.trim().into());
            let value = match (filled.next(), filled.next()) {
                (None, _) => continue,
                (Some(one), None) if !name.ends_with("[]") => one,
                (Some(one), two) => [Some(one), two].into_iter().flatten().chain(filled).collect(),
            };
            object.insert(name.trim_end_matches("[]").to_owned(), value);
        }
        read_json(serde_json::Value::Object(object))
    }
}

/// A form as a template shows it: `f.value("due")`, `f.error("due")`, and `ui::errors(f.errors())` above the fields.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    sent: Sent,
    lang: Lang,
    shown: &'static [&'static str],
}

impl Sent {
    /// For a template that shows the fields `shown`; what is wrong elsewhere is said above them.
    pub fn filled(self, lang: Lang, shown: &'static [&'static str]) -> Filled {
        Filled { sent: self, lang, shown }
    }
}

impl Filled {
    /// What was typed.
    pub fn value(&self, name: &str) -> &str {
        self.sent.value(name)
    }

    /// Whether the field has this value among its own.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.sent.has(name, value)
    }

    /// What is wrong with a field; empty when nothing is.
    pub fn error(&self, name: &str) -> String {
        self.sent.wrong(name, self.lang)
    }

    /// What is wrong otherwise.
    pub fn errors(&self) -> Vec<String> {
        Some(self.sent.wrong_otherwise(self.shown, self.lang)).filter(|e| !e.is_empty()).into_iter().collect()
    }
}

/// Reads JSON into `T`, and says which field was at fault when it cannot.
pub fn read_json<T: DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    if let Some(field) = value.as_object().and_then(|o| o.iter().find(|(_, v)| has_nul(v))).map(|(name, _)| name) {
        return NUL.at(field);
    }
    let error = match serde_json::from_value(value.clone()) {
        Ok(read) => return Ok(read),
        Err(e) => e.to_string(),
    };
    if let Some(field) = named(&error, "missing field `") {
        return REQUIRED.at(field);
    }
    // Serde does not say where inside a tagged enum it stumbled: the culprit is the field without which the complaint
    // becomes another one.
    // Nothing here has more than a few dozen fields; a body with thousands is not worth the search.
    let fields = value.as_object().filter(|o| o.len() <= 100).map(|o| o.keys().cloned().collect::<Vec<_>>());
    let fields = fields.unwrap_or_default();
    let culprit = fields.into_iter().find(|field| {
        let mut rest = value.clone();
        rest.as_object_mut().and_then(|o| o.remove(field));
        serde_json::from_value::<T>(rest)
            .map_or_else(|e| named(&e.to_string(), "missing field `") == Some(field), |_| true)
    });
    match culprit {
        Some(field) => {
            let given = value[&field].as_str().map_or_else(|| value[&field].to_string(), str::to_owned);
            NOT_A_CHOICE.with("value", given.chars().take(60).collect::<String>()).at(&field)
        }
        None => Err(Error::Unreadable { status: 422, refusal: UNREADABLE.with("why", error) }),
    }
}

/// Whether a text in it holds a NUL character, which not every database keeps.
fn has_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(has_nul),
        serde_json::Value::Object(fields) => fields.iter().any(|(name, v)| name.contains('\0') || has_nul(v)),
        _ => false,
    }
}

fn named<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(tag = "verb", rename_all = "snake_case")]
    enum Act {
        Order { due: jiff::civil::Date, why: Option<String> },
    }

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        Sent::new(pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect())
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let late = sent(&[("verb", "order"), ("due", "soon"), ("why", "x")]);
        assert_eq!(late.read::<Act>().unwrap_err().field(), Some("due"));
        let none = sent(&[("verb", "order"), ("due", " ")]);
        let error = none.read::<Act>().unwrap_err();
        assert_eq!((error.field(), error.refusal().code), (Some("due"), "required"));
        let verb = sent(&[("verb", "sing"), ("due", "2023-07-01")]);
        assert_eq!(verb.read::<Act>().unwrap_err().field(), Some("verb"));
    }

    #[test]
    fn blank_counts_as_left_out() {
        let Act::Order { due, why } = sent(&[("verb", "order"), ("due", "2023-07-01"), ("why", "")]).read().unwrap();
        assert_eq!((due, why), (jiff::civil::date(2023, 7, 1), None));
    }

    #[test]
    fn what_was_typed_stays() {
        let kept = sent(&[("due", "soon")]).blame(REQUIRED.at::<()>("due").unwrap_err()).unwrap();
        assert_eq!((kept.value("due"), kept.wrong("due", Lang::Zh).as_str()), ("soon", "此项必填。"));
    }
}
