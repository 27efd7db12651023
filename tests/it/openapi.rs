//! Our own OpenAPI document as data: its operations, and bodies made from its schemas.

use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, sync::LazyLock};

/// The document.
pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&paicha::openapi_json().unwrap()).unwrap());

/// Something that can be asked for in a path, a query or a header.
#[derive(Debug, Clone)]
pub struct Param {
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// A value that its schema allows, as text.
    pub sample: String,
}

/// An operation of the API.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub params: Vec<Param>,
    /// Type of the body and its schema, when it takes one.
    pub body: Option<(String, Value)>,
    pub responses: BTreeSet<u16>,
    /// Whether nobody has to be signed in: `security` is empty.
    pub public: bool,
    pub tags: usize,
    /// What it says of itself.
    pub text: String,
}

impl Operation {
    /// For messages: `GET /api/v1/hazards`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The path with every parameter filled in by `value`.
    pub fn at(&self, value: &str) -> String {
        let pieces = self.path.split('/').map(|piece| if piece.starts_with('{') { value } else { piece });
        pieces.collect::<Vec<_>>().join("/")
    }

    /// Its parameters of one place.
    pub fn of(&self, place: &str) -> Vec<&str> {
        self.params.iter().filter(|p| p.place == place).map(|p| p.name.as_str()).collect()
    }

    /// The kind of thing that its path leads to, as events name it: `hazards` leads to a `hazard`.
    pub fn kind(&self) -> &str {
        let pieces: Vec<&str> = self.path.trim_start_matches("/api/v1").trim_start_matches('/').split('/').collect();
        pieces[0].trim_end_matches('s')
    }

    /// Bodies that its schema allows: one for each variant. None when it takes none, or takes bytes.
    pub fn bodies(&self) -> Vec<Value> {
        let json = self.body.iter().filter(|(kind, _)| kind == "application/json");
        json.flat_map(|(_, schema)| samples(schema, 0)).collect()
    }
}

/// Every operation of the document.
pub fn operations() -> Vec<Operation> {
    let methods = ["get", "put", "post", "delete", "patch", "head"];
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| methods.iter().map(move |m| (path, *m, &item[*m])));
    all.filter(|(_, _, op)| op.is_object()).map(|(path, method, op)| operation(path, method, op)).collect()
}

fn operation(path: &str, method: &str, op: &Value) -> Operation {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let params = op["parameters"].as_array().into_iter().flatten();
    let sample = |p: &Value| match samples(&p["schema"], 0).remove(0) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let param = |p: &Value| Param { name: text(&p["name"]), place: text(&p["in"]), sample: sample(p) };
    let content = op["requestBody"]["content"].as_object().and_then(|c| c.iter().next());
    let statuses = op["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        params: params.map(param).collect(),
        body: content.map(|(kind, body)| (kind.clone(), body["schema"].clone())),
        responses: statuses.filter_map(|(status, _)| status.parse().ok()).collect(),
        public: op["security"].as_array().is_some_and(|s| s.iter().all(|r| r.as_object().is_some_and(Map::is_empty))),
        tags: op["tags"].as_array().map_or(0, Vec::len),
        text: text(&op["summary"]) + &text(&op["description"]),
    }
}

/// Values that a schema allows, at least one.
fn samples(schema: &Value, depth: usize) -> Vec<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        return samples(DOCUMENT.pointer(name.trim_start_matches('#')).unwrap_or(&Value::Null), depth + 1);
    }
    if let Some(value) = schema.get("const") {
        return vec![value.clone()];
    }
    if let Some(first) = schema["enum"].as_array().and_then(|e| e.first()) {
        return vec![first.clone()];
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(variants) = schema[several].as_array() {
            let full = variants.iter().filter(|v| v["type"] != "null");
            return full.flat_map(|v| samples(v, depth + 1)).collect();
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return together(parts, schema, depth);
    }
    vec![one(schema, depth)]
}

/// A value that is of all `parts`: the first of each, and every variant of the one that has several.
fn together(parts: &[Value], schema: &Value, depth: usize) -> Vec<Value> {
    let mut made = vec![Map::new()];
    for part in parts.iter().chain(schema.get("properties").map(|_| schema)) {
        let rest = if part.get("allOf").is_some() { vec![one(part, depth + 1)] } else { samples(part, depth + 1) };
        let join = |whole: &Map<String, Value>, piece: &Value| {
            whole.clone().into_iter().chain(piece.as_object().cloned().unwrap_or_default()).collect::<Map<_, _>>()
        };
        made = made.iter().flat_map(|whole| rest.iter().map(move |piece| join(whole, piece))).collect();
    }
    made.into_iter().map(Value::Object).collect()
}

fn one(schema: &Value, depth: usize) -> Value {
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").and_then(Value::as_str).unwrap_or("null"),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("01890d08-6000-7000-8000-000000000001"),
            Some("date") => json!("2023-06-20"),
            Some("date-time") => json!("2023-06-14T09:00:00.000+08:00"),
            _ => json!("文字 text"),
        },
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "array" if depth < 9 => json!([samples(&schema["items"], depth + 1).remove(0)]),
        "array" => json!([]),
        _ => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let first = |(name, of): (&String, &Value)| (name.clone(), samples(of, depth + 1).into_iter().next());
            let made = properties.map(first).filter_map(|(name, value)| Some((name, value?)));
            if depth < 9 { made.collect() } else { json!({}) }
        }
    }
}
