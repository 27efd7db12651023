//! Walks our own OpenAPI document: every operation, as nobody, as a stranger, as another enterprise.

use crate::{
    openapi::{DOCUMENT, Operation, operations},
    sources,
    world::{Person, Reply, World},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Sends one request as it is and checks what must hold for every answer: a documented status, and of a failure the
/// words that a program reads.
pub async fn ask(person: &Person<'_>, op: &Operation, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
    let reply = person.ask(&op.method, path, &[("accept", "application/json")], body).await;
    let said = format!("{} {path} answered {}: {:.500}", op.method, reply.status, reply.body);
    assert!(reply.status < 500, "{said}");
    assert!(op.responses.contains(&reply.status), "{said}\nNot documented: add it to the operation's `responses`.");
    if reply.status >= 400 && op.method != "HEAD" {
        let kind = reply.headers.get("content-type").map(|v| v.to_str().unwrap()).unwrap_or_default();
        assert_eq!(kind, "application/problem+json", "{said}");
        let problem = reply.json();
        let code = problem["code"].as_str().unwrap_or_default();
        assert!(!code.is_empty() && !problem["detail"].as_str().unwrap_or_default().is_empty(), "{said}");
        assert_eq!(problem["status"], reply.status, "{said}");
    }
    reply
}

/// A body as it goes over the wire.
pub fn wire(body: &Value) -> (&'static str, Vec<u8>) {
    ("application/json", body.to_string().into_bytes())
}

/// The bodies with which an operation is tried: what its schema allows, or bytes, or none.
fn tries(op: &Operation, w: &World) -> Vec<Option<(&'static str, Vec<u8>)>> {
    if op.body.as_ref().is_some_and(|(kind, _)| kind != "application/json") {
        return vec![Some(("application/octet-stream", b"bytes".to_vec()))];
    }
    let bodies: Vec<_> = op.bodies().into_iter().map(|b| Some(wire(&of_zhengding(b, w)))).collect();
    if bodies.is_empty() { vec![None] } else { bodies }
}

/// The body with the campaign and the enterprise of our world in it.
pub fn of_zhengding(mut body: Value, w: &World) -> Value {
    if let Some(fields) = body.as_object_mut() {
        for (name, value) in [("campaign", json!(w.house.campaign)), ("enterprise", json!(w.house.hengda))] {
            if fields.contains_key(name) {
                fields.insert(name.to_owned(), value);
            }
        }
    }
    body
}

/// Everything that has happened to in Zhengding: kind and id, and whose it is.
pub async fn things(w: &World) -> Vec<(String, String, Option<String>)> {
    let (sun, hengda) = (w.sun().await, w.house.hengda.to_string());
    let (mut found, mut after) = (BTreeMap::new(), String::new());
    loop {
        let page = sun.get(&format!("/api/v1/events?limit=200{after}")).await;
        let page = page.is(200, "items").json();
        for event in page["items"].as_array().unwrap() {
            let text = |name: &str| event[name].as_str().map(str::to_owned);
            let (kind, thing) = (text("kind").unwrap(), text("thing").unwrap());
            // the enterprise itself belongs to nobody else
            let of = text("enterprise").or_else(|| Some(hengda.clone()).filter(|id| *id == thing));
            found.insert((kind, thing), of);
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    found.into_iter().map(|((kind, thing), of)| (kind, thing, of)).collect()
}

/// A world in which something of every kind has happened at Hengda.
pub async fn lively() -> World {
    let w = World::new().await;
    w.closed().await;
    w.submitted().await;
    let plan = json!({"campaign": w.house.campaign, "enterprise": w.house.hengda, "planned_for": "2023-06-20"});
    let id = crate::world::new_id();
    let planned = w.ying().await.put(&format!("/api/v1/inspections/{id}/plan"), plan).await;
    assert_eq!(planned.is(200, "planned").id(), id);
    crate::targets::given_to_zhengding(&w).await;
    w
}

#[test]
fn every_operation_says_what_it_is() {
    for op in operations() {
        assert!(!op.text.is_empty(), "{}: give the handler a doc comment", op.name());
        assert!(op.tags > 0, "{}: give it a `tag`", op.name());
        assert!(op.responses.iter().any(|s| *s < 400), "{}: document how it succeeds", op.name());
        assert!(op.public || op.responses.contains(&401), "{}: document how it fails: `Failures`", op.name());
    }
}

/// The names of schemas that a file of the source declares, by `#[schema(as = …)]` or by the type's own name.
fn schemas(text: &str) -> Vec<String> {
    let (mut names, mut attributes, mut vocabulary) = (Vec::new(), String::new(), false);
    for line in text.lines() {
        let plain = line.trim();
        vocabulary = line.starts_with("words! {") || vocabulary && line != "}";
        if plain.starts_with("#[") || plain.starts_with("///") {
            attributes.push_str(plain);
            continue;
        }
        let declared =
            plain.trim_start_matches("pub ").trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
        let name = declared.strip_prefix("struct ").or_else(|| declared.strip_prefix("enum "));
        if let Some(name) = name.filter(|_| vocabulary || attributes.contains("ToSchema")) {
            let own = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let given = attributes.split("schema(as = ").nth(1).and_then(|rest| rest.split(')').next());
            names.push(given.unwrap_or(own).to_owned());
        }
        attributes.clear();
    }
    names
}

#[test]
fn every_schema_that_is_named_is_there() {
    let text = DOCUMENT.to_string();
    for name in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(
            DOCUMENT.pointer(name).is_some(),
            "{name} is nowhere: `#[param(inline)]` beside the field that names it"
        );
    }
}

#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut seen = BTreeMap::new();
    for file in sources::below("src", ".rs") {
        for name in schemas(&sources::text(&file)) {
            if let Some(other) = seen.insert(name.clone(), file.clone()) {
                panic!(
                    "The schema `{name}` is declared in {} and in {}; only one stands in the document. Tell them apart: \
                     `#[schema(as = HazardAct)]`",
                    other.display(),
                    file.display()
                );
            }
        }
    }
    assert!(seen.len() > 50, "{seen:?}");
}

#[test]
fn every_address_of_the_api_is_documented() {
    let known: BTreeSet<String> = operations().into_iter().map(|op| op.path).collect();
    for file in sources::below("src", ".rs") {
        let text = sources::text(&file);
        let routes =
            text.split(".route(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
        for route in routes.filter(|r| r.starts_with("/api/") && *r != "/api/openapi.json") {
            assert!(known.contains(route), "{}: {route} is served and not documented: use `routes!`", file.display());
        }
    }
}

#[tokio::test]
async fn an_unknown_address_of_the_api_is_a_problem_that_programs_can_read() {
    let w = World::new().await;
    for path in ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/hazards", "/api/v1/hazards/x/y/z"]
    {
        for person in [w.nobody(), w.sun().await] {
            let reply = person.ask("GET", path, &[], None).await;
            assert_eq!(
                (reply.status, reply.json()["code"].as_str()),
                (404, Some("not_found")),
                "{path}: {}",
                reply.body
            );
        }
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_refused_in_words() {
    let w = World::new().await;
    for op in operations().iter().filter(|op| op.method == "GET" && op.path.starts_with("/api/")) {
        let reply = w.nobody().ask("TRACE", &op.at("x"), &[], None).await;
        assert_eq!((reply.status, reply.json()["code"].as_str()), (405, Some("unreadable")), "{}", op.name());
    }
}

#[tokio::test]
async fn whatever_the_document_offers_is_understood() {
    let w = World::new().await;
    let lin = w.lin().await;
    for op in operations().iter().filter(|op| op.method == "GET" && !op.path.contains('{')) {
        let needed = if op.path.ends_with("/records") { "figure=found&" } else { "" };
        let own = ["sort", "after", "figure", "a", "b"];
        for param in op.params.iter().filter(|p| p.place == "query" && !own.contains(&p.name.as_str())) {
            let value = form_urlencoded::byte_serialize(param.sample.as_bytes()).collect::<String>();
            let reply = ask(&lin, op, &format!("{}?{needed}{}={value}", op.path, param.name), None).await;
            let known = [200, 403, 404].contains(&reply.status) || param.name == "as_of";
            assert!(known, "{} with {}={}: {}", op.name(), param.name, param.sample, reply.body);
        }
    }
}

#[tokio::test]
async fn nobody_gets_nothing() {
    let w = World::new().await;
    for op in operations().into_iter().filter(|op| !op.public) {
        for body in tries(&op, &w) {
            for id in ["01890d08-6000-7000-8000-000000000001", "x"] {
                let reply = ask(&w.nobody(), &op, &op.at(id), body.clone()).await;
                assert_eq!(reply.status, 401, "{} as nobody: {}", op.name(), reply.body);
            }
        }
    }
}

#[tokio::test]
async fn only_what_must_be_is_public() {
    let public: Vec<String> = operations().iter().filter(|op| op.public).map(Operation::name).collect();
    assert_eq!(public, ["POST /api/v1/sessions"], "Whatever else is public is named here, on purpose.");
}

#[tokio::test]
async fn who_must_change_the_password_first_gets_nothing_else() {
    let w = World::new().await;
    w.must_change("ying").await;
    for op in operations().iter().filter(|op| op.method == "GET" && !op.path.contains("/me")) {
        let reply = ask(&w.ying().await, op, &op.at("x"), None).await;
        assert_eq!(reply.status, 403, "{}: {}", op.name(), reply.body);
    }
}

#[tokio::test]
async fn who_only_watches_changes_nothing() {
    let w = lively().await;
    let things = things(&w).await;
    for op in
        operations().iter().filter(|op| !["GET", "HEAD"].contains(&op.method.as_str()) && !op.path.contains("/me"))
    {
        // evidence may be sent by anybody: it counts for nothing until an act names it
        if op.public || op.path.contains("/sessions") || op.kind() == "file" {
            continue;
        }
        let id = things.iter().find(|(kind, _, _)| kind == op.kind()).map_or("x", |(_, id, _)| id.as_str());
        for body in tries(op, &w) {
            let reply = ask(&w.auditor().await, op, &op.at(id), body).await;
            assert!(reply.status >= 400, "{} as auditor: {} {}", op.name(), reply.status, reply.body);
        }
    }
}

#[tokio::test]
async fn an_administrator_decides_no_case() {
    let w = lively().await;
    let hazard = w.submitted().await;
    for op in operations().iter().filter(|op| op.path == "/api/v1/hazards/{id}/acts") {
        for body in tries(op, &w) {
            let reply = ask(&w.gu().await, op, &format!("/api/v1/{}/acts", hazard.0), body).await;
            assert!([403, 422].contains(&reply.status), "{}", reply.body);
        }
    }
}

/// Things of others: what is asked for by id is not there, and nothing is done to it.
async fn finds_nothing(w: &World, login: &str, things: &[(String, String, Option<String>)]) {
    for op in operations().iter().filter(|op| op.path.contains("{id}") || op.path.contains("{sha256}")) {
        for (kind, id, _) in things {
            // reading is tried with every id there is, writing with those of its own kind
            if op.method != "GET" && op.kind() != kind {
                continue;
            }
            for body in tries(op, w) {
                let person = w.person(login).await;
                let reply = ask(&person, op, &op.at(id), body.clone()).await;
                let said =
                    format!("{} with a {kind} of others, as {login}: {} {}", op.name(), reply.status, reply.body);
                let refused = [403, 404].contains(&reply.status);
                match op.method.as_str() {
                    "HEAD" => {
                        let offset = reply.headers.get("upload-offset").map(axum::http::HeaderValue::as_bytes);
                        assert_eq!(offset, Some(&b"0"[..]), "{said}");
                    }
                    "GET" | "DELETE" | "POST" if op.kind() == kind => {
                        assert!(refused, "{said}\n{:?}", body.map(|b| String::from_utf8(b.1)));
                    }
                    _ => assert!(reply.status >= 400, "{said}"),
                }
            }
        }
    }
}

/// No list, whatever is asked of it, names a thing of others.
async fn lists_nothing(w: &World, login: &str, things: &[(String, String, Option<String>)]) {
    let person = w.person(login).await;
    // What was refused is kept for whoever sent it, with the ids they wrote into it themselves.
    let own = "/api/v1/refused";
    for op in operations().iter().filter(|op| op.method == "GET" && !op.path.contains('{') && op.path != own) {
        let mut asked = vec![op.path.clone(), format!("{}?limit=200", op.path)];
        for name in op.of("query") {
            asked.extend(things.iter().map(|(_, id, _)| format!("{}?{name}={id}", op.path)));
        }
        for path in asked {
            let reply = ask(&person, op, &path, None).await;
            for (kind, id, _) in things.iter().filter(|_| reply.status < 300) {
                assert!(
                    !reply.body.contains(id.as_str()),
                    "GET {path} shows {login} the {kind} {id} of others: {}",
                    reply.body
                );
            }
        }
    }
}

#[tokio::test]
async fn another_county_finds_nothing_of_ours() {
    let w = lively().await;
    let things = things(&w).await;
    let kinds: BTreeSet<_> = things.iter().map(|(kind, _, _)| kind.as_str()).collect();
    for kind in ["account", "enterprise", "hazard", "inspection", "certificate"] {
        assert!(kinds.contains(kind), "the world has a {kind} of Zhengding: {kinds:?}");
    }
    w.make("stranger", "inspector supervisor coordinator administrator").await;
    finds_nothing(&w, "stranger", &things).await;
    lists_nothing(&w, "stranger", &things).await;
}

#[tokio::test]
async fn another_enterprise_finds_nothing_of_ours() {
    let w = lively().await;
    let hengda = w.house.hengda.to_string();
    let mut things = things(&w).await;
    things.retain(|(_, _, of)| of.as_ref() == Some(&hengda));
    assert!(things.len() > 3, "{things:?}");
    finds_nothing(&w, "mei", &things).await;
    lists_nothing(&w, "mei", &things).await;
}
