//! What a leaf of the log says of an event, and how (see `docs/sealed-record.md`). No database.
//!
//! Canonical JSON (RFC 8785). What names people or is free text stands there as a commitment only: the hash of the field,
//! a salt and the value. The salt is kept beside the event; where salt and value are deleted by law, the leaf stays as it
//! is and the tree holds.

use crate::kernel::{Error, Result, db::Value, secret};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Columns of an event that a leaf shows.
pub const SHOWN: &[&str] =
    &["at", "office", "kind", "thing", "verb", "campaign", "enterprise", "province", "city", "county", "station"];
/// Columns of an event that a leaf holds as commitments.
pub const COMMITTED: [&str; 6] = ["actor", "actor_name", "name", "note", "change", "client"];
/// The salt of the thing's state, beside those of [`COMMITTED`].
pub const STATE: &str = "state";
/// Facts or files that a leaf lists one by one; of more it holds one hash.
const LISTED: usize = 400;

/// The salts of an event, by field; none where there is nothing to salt or it was erased.
pub type Salts = BTreeMap<&'static str, Option<String>>;

/// Columns by their names.
pub type Columns = BTreeMap<&'static str, Value>;

/// What is known of an event when its leaf is made or looked at again.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub event: Columns,
    pub salts: Salts,
    /// [`fact_hash`] of each, in order of their lines.
    pub facts: Vec<String>,
    /// The lines of the facts.
    pub lines: Vec<i64>,
    /// `role:sha256` of what the act has linked to the thing, in order.
    pub files: Vec<String>,
}

/// A leaf, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf(pub BTreeMap<String, Json>);

impl Leaf {
    /// The leaf of an event; `state` is what the thing's state is committed to, where it is known.
    pub fn of(known: &Known, state: Option<String>) -> Result<Self> {
        let mut leaf = BTreeMap::from([
            ("v".to_owned(), json!(1)),
            ("event".to_owned(), plain(known.column("id"))),
            ("facts".to_owned(), json!(listed(&known.facts))),
            ("files".to_owned(), json!(listed(&known.files))),
            ("salts".to_owned(), json!(salts_hash(&known.salts))),
            (STATE.to_owned(), json!(state)),
        ]);
        for column in SHOWN {
            leaf.insert((*column).to_owned(), shown(known, column));
        }
        for column in COMMITTED {
            let salt =
                || known.salts.get(column).cloned().flatten().ok_or_else(|| Error::broken("an event without salt"));
            let committed = match known.column(column) {
                Value::Null => Json::Null,
                value => json!(commitment(column, &salt()?, &text(value))),
            };
            leaf.insert((*column).to_owned(), committed);
        }
        Ok(Self(leaf))
    }

    /// Reads a leaf; none when that is none.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// As it is hashed.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(Error::broken)
    }

    /// A field that is a text.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The fields in which an event is not what was sealed. A field that was erased is not among them: see
    /// [`Leaf::erased`].
    pub fn differences(&self, known: &Known) -> Vec<&'static str> {
        let shown = SHOWN.iter().filter(|column| self.0.get(**column) != Some(&shown(known, column)));
        let committed = COMMITTED.iter().filter(|column| !self.holds(known, column));
        shown.chain(committed).copied().collect()
    }

    fn holds(&self, known: &Known, column: &str) -> bool {
        match (self.0.get(column), known.column(column), known.salts.get(column)) {
            (Some(Json::Null), Value::Null, _) => true,
            (Some(Json::String(sealed)), value, Some(Some(salt))) if *value != Value::Null => {
                *sealed == commitment(column, salt, &text(value))
            }
            (Some(Json::String(_)), value, Some(None)) => is_blank(value),
            _ => false,
        }
    }

    /// The fields that were sealed and whose salt and value are there no more.
    pub fn erased(&self, known: &Known) -> Vec<&'static str> {
        let gone = |column: &str| {
            let sealed = self.0.get(column).is_some_and(Json::is_string);
            sealed && known.salts.get(column) == Some(&None) && is_blank(known.column(column))
        };
        COMMITTED.iter().copied().filter(|column| gone(column)).collect()
    }

    /// Whether the salts are those that were sealed. Where one was erased, that cannot be told.
    pub fn has_salts(&self, known: &Known) -> bool {
        !self.erased(known).is_empty() || self.field("salts") == Some(&salts_hash(&known.salts))
    }

    /// Facts or files as they were sealed.
    pub fn list(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Json::as_array).into_iter().flatten();
        items.filter_map(Json::as_str).map(str::to_owned).collect()
    }
}

impl Known {
    /// A column of the event.
    pub fn column(&self, name: &str) -> &Value {
        self.event.get(name).unwrap_or(&Value::Null)
    }

    /// A column of the event as text; empty when there is nothing.
    pub fn say(&self, name: &str) -> String {
        text(self.column(name))
    }
}

/// A column as a leaf shows it. The id of an account stands for a person: it is committed to with the salt of the actor.
fn shown(known: &Known, column: &str) -> Json {
    let value = known.column(column);
    if column != "thing" || *known.column("kind") != Value::from("account") {
        return plain(value);
    }
    json!(known.salts.get("actor").cloned().flatten().map(|salt| commitment("thing", &salt, &text(value))))
}

/// What was erased is empty.
fn is_blank(value: &Value) -> bool {
    *value == Value::Null || *value == Value::Text(String::new())
}

/// The hash of field, salt and value, by which a leaf holds a value without showing it.
pub fn commitment(field: &str, salt: &str, value: &str) -> String {
    BASE64URL_NOPAD.encode(&secret::digest(format!("{field}\n{salt}\n{value}").as_bytes()))
}

/// A salt of 128 bits for each committed field and for the state.
pub fn salts() -> Result<Salts> {
    let mut chance = [0; 16 * 7];
    secret::random(&mut chance)?;
    let fields = COMMITTED.iter().copied().chain([STATE]);
    Ok(fields.zip(chance.chunks(16)).map(|(field, salt)| (field, Some(BASE64URL_NOPAD.encode(salt)))).collect())
}

/// The hash of a fact: of its columns as a JSON list.
pub fn fact_hash(columns: &[Value]) -> String {
    let columns: Vec<Json> = columns.iter().map(plain).collect();
    BASE64URL_NOPAD.encode(&secret::digest(Json::from(columns).to_string().as_bytes()))
}

/// JSON with the names of each object in order and no spaces.
pub fn canonical(value: &Json) -> String {
    match value {
        Json::Object(fields) => {
            let sorted: BTreeMap<&String, &Json> = fields.iter().collect();
            let inside: Vec<String> =
                sorted.into_iter().map(|(name, value)| format!("{}:{}", json!(name), canonical(value))).collect();
            format!("{{{}}}", inside.join(","))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// The hash of all salts of an event, so that a change of a salt can be told from a change of a value.
fn salts_hash(salts: &Salts) -> String {
    let all: Vec<&str> = salts.values().map(|salt| salt.as_deref().unwrap_or_default()).collect();
    BASE64URL_NOPAD.encode(&secret::digest(all.join("\n").as_bytes()))
}

/// Items as a leaf holds them: of too many, one hash.
pub fn listed(items: &[String]) -> Vec<String> {
    if items.len() <= LISTED {
        return items.to_vec();
    }
    vec![format!("all:{}", BASE64URL_NOPAD.encode(&secret::digest(items.join("\n").as_bytes())))]
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(n) => json!(n),
        Value::Text(text) => json!(text),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Int(n) => n.to_string(),
        Value::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let event = Columns::from([
            ("id", "0188b".into()),
            ("at", 1_686_705_000_000.into()),
            ("kind", "hazard".into()),
            ("actor_name", "英督查".into()),
            ("note", Value::Null),
        ]);
        Known {
            event,
            salts: salts().unwrap(),
            facts: vec!["f1".into(), "f2".into()],
            lines: vec![0, 1],
            files: vec![],
        }
    }

    #[test]
    fn a_leaf_is_one_line_in_order_and_names_nobody() {
        let leaf = Leaf::of(&known(), None).unwrap();
        let text = leaf.text().unwrap();
        assert!(
            text.starts_with(r#"{"actor":null,"actor_name":""#) && text.contains(r#","at":1686705000000,"#),
            "{text}"
        );
        assert!(!text.contains('英') && text.ends_with(r#""v":1,"verb":null}"#), "{text}");
        assert_eq!(Leaf::parse(&text), Some(leaf));
    }

    #[test]
    fn each_change_is_named() {
        let known = known();
        let leaf = Leaf::of(&known, None).unwrap();
        assert!(leaf.differences(&known).is_empty());
        let with = |column, value: Value| {
            let mut other = known.clone();
            other.event.insert(column, value);
            leaf.differences(&other)
        };
        assert_eq!(with("at", 1.into()), ["at"]);
        assert_eq!(with("actor_name", "薄督查".into()), ["actor_name"]);
        assert_eq!(with("note", "".into()), ["note"], "nothing is not an empty text");
        let mut salted = known.clone();
        salted.salts.insert("actor_name", Some("AAAA".into()));
        assert_eq!(leaf.differences(&salted), ["actor_name"]);
        assert!(leaf.has_salts(&known) && !leaf.has_salts(&salted), "it was the salt");
        assert_eq!(leaf.list("facts"), known.facts);
    }

    #[test]
    fn what_was_erased_is_no_difference_and_is_named() {
        let mut known = known();
        let leaf = Leaf::of(&known, None).unwrap();
        known.salts.insert("actor_name", None);
        assert_eq!(leaf.differences(&known), ["actor_name"], "a salt alone is not erased");
        known.event.insert("actor_name", "".into());
        assert_eq!((leaf.differences(&known), leaf.erased(&known)), (vec![], vec!["actor_name"]));
    }

    #[test]
    fn names_of_objects_are_in_order_at_every_depth() {
        let value = serde_json::from_str(r#"{"b": [1, {"z": null, "a": "é\n"}], "a": true}"#).unwrap();
        assert_eq!(canonical(&value), r#"{"a":true,"b":[1,{"a":"é\n","z":null}]}"#);
    }
}
