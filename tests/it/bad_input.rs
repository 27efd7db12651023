//! Nothing that a client sends breaks the server: whatever is wrong is refused, in words, with a documented status.

use crate::{
    api::{ask, lively, of_zhengding, things, wire},
    openapi::{Operation, operations},
    world::{Person, World},
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

/// What does not belong where it is put.
fn wrong() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!(" \t\n"),
        json!("x"),
        json!("nul\u{0}inside"),
        json!("\u{202e}\u{feff}\u{1f600}\u{10ffff}"),
        json!("2023-02-30"),
        json!("9999-12-31"),
        json!("-009999-01-01"),
        json!("9999-12-31T23:59:59.999+08:00"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("' or 1=1 --"),
        json!("长".repeat(5000)),
        json!([]),
        json!([null]),
        json!([["x"]]),
        json!({}),
        json!({"verb": "x"}),
    ]
}

/// Bodies that differ from a good one in one thing.
fn spoilt(good: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let Some(fields) = good.as_object() else { return all };
    for (name, value) in fields {
        let mut without = fields.clone();
        without.remove(name);
        all.push(Value::Object(without));
        let deeper = match value {
            Value::Object(_) => spoilt(value),
            Value::Array(items) => {
                items.first().map(spoilt).unwrap_or_default().into_iter().map(|v| json!([v])).collect()
            }
            _ => Vec::new(),
        };
        for bad in wrong().into_iter().chain(deeper) {
            let mut spoilt = fields.clone();
            spoilt.insert(name.clone(), bad);
            all.push(Value::Object(spoilt));
        }
    }
    let mut more = fields.clone();
    more.insert("no such field".to_owned(), json!(1));
    all.push(Value::Object(more));
    all
}

/// Bodies that are no bodies.
fn rubbish() -> Vec<Vec<u8>> {
    let text = |t: &str| t.as_bytes().to_vec();
    let many: Vec<String> = (0..20_000).map(|n| format!("\"f{n}\":1")).collect();
    vec![
        text(""),
        text(" "),
        text("{"),
        text("null"),
        text("1e999"),
        text("[]"),
        text("[{}]"),
        text("\"text\""),
        text("{\"verb\":\"no such verb\"}"),
        text("{\"verb\":null}"),
        text("{\"verb\":[]}"),
        text("{\"a\":1}{\"b\":2}"),
        text("{\"verb\":\"x\",\"verb\":\"y\"}"),
        text("\u{feff}{}"),
        vec![0xff, 0xfe, 0x00],
        vec![b'{', b'"', 0xc3, b'"', b':', b'1', b'}'],
        vec![0; 100],
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(50_000).into_bytes(),
        format!("{{\"why\":\"{}\"}}", "x".repeat(2_000_000)).into_bytes(),
        format!("{{\"verb\":\"order\",\"due\":1,{}}}", many.join(",")).into_bytes(),
        vec![b' '; 5_000_000],
    ]
}

/// Somebody of Zhengding who may do nearly everything, so that what is sent gets far.
pub async fn everyman(w: &World) {
    w.make("sun", "administrator coordinator supervisor inspector").await;
}

/// The address of an operation that leads to something that is there, where there is something of its kind.
async fn addresses(w: &World) -> Vec<(Operation, String)> {
    let things = things(w).await;
    let of = |op: &Operation| {
        let thing = things.iter().rev().find(|(kind, _, _)| kind == op.kind());
        let id = thing.map_or_else(|| "01890d08-6000-7000-8000-000000000001".to_owned(), |(_, id, _)| id.clone());
        (op.clone(), op.at(if op.kind() == "office" { OWN_OFFICE } else { &id }))
    };
    operations().iter().map(of).collect()
}
const OWN_OFFICE: &str = "01890d08-6000-7000-8000-000000000002";

/// Sends it; when an earlier request has ended the session, signs in again.
async fn send<'w>(
    w: &'w World,
    sun: &mut Person<'w>,
    op: &Operation,
    path: &str,
    body: Option<(&str, Vec<u8>)>,
) -> u16 {
    let status = ask(sun, op, path, body.clone()).await.status;
    if status != 401 {
        return status;
    }
    everyman(w).await;
    *sun = w.person("sun").await;
    ask(sun, op, path, body).await.status
}

#[tokio::test]
async fn no_field_can_break_the_server() {
    let w = lively().await;
    everyman(&w).await;
    let mut sun = w.person("sun").await;
    let (mut sent, mut far) = (0, 0);
    for (op, path) in addresses(&w).await {
        for good in op.bodies() {
            for body in spoilt(&of_zhengding(good, &w)) {
                let status = send(&w, &mut sun, &op, &path, Some(wire(&body))).await;
                sent += 1;
                far += i32::from(status != 401 && status != 403 && status != 404);
            }
        }
    }
    println!("{sent} bodies sent, {far} of them read");
    assert!(sent > 1000 && far * 2 > sent, "{far} of {sent} were read: the others were stopped at the door");
}

#[tokio::test]
async fn no_body_can_break_the_server() {
    let w = lively().await;
    everyman(&w).await;
    let mut sun = w.person("sun").await;
    for (op, path) in addresses(&w).await.into_iter().filter(|(op, _)| op.body.is_some()) {
        for body in rubbish() {
            let status = send(&w, &mut sun, &op, &path, Some(("application/json", body.clone()))).await;
            let taken = op.body.as_ref().is_some_and(|(kind, _)| kind == "application/json") && status < 300;
            assert!(!taken, "{} took {:.80}", op.name(), String::from_utf8_lossy(&body));
        }
        for kind in [
            "",
            "text/plain",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "application/json; charset=gbk",
        ] {
            send(&w, &mut sun, &op, &path, Some((kind, b"{}".to_vec()))).await;
        }
        send(&w, &mut sun, &op, &path, None).await;
    }
}

/// What can be written into an address or a header and means nothing there.
fn garbage() -> Vec<String> {
    let cursor = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let mut all: Vec<String> =
        wrong().iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
    all.extend(
        ["9223372036854775808", "1e9", "0x10", "%", "_", "\\", "-", "-found", "--found", "found;drop", "*"]
            .map(str::to_owned),
    );
    all.extend(
        [
            "[]",
            "[1]",
            "[1,1]",
            "[1,\"x\"]",
            "[\"x\",\"x\"]",
            "[null,\"x\"]",
            "[1.5,\"x\"]",
            "[\"\\u0000\",\"\\u0000\"]",
            "[9223372036854775807,\"x\"]",
        ]
        .map(cursor),
    );
    all
}

#[tokio::test]
async fn no_address_can_break_the_server() {
    let w = lively().await;
    everyman(&w).await;
    let mut sun = w.person("sun").await;
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    for op in operations().iter().filter(|op| op.method == "GET") {
        for bad in garbage().iter().map(|g| escaped(g)).chain(["%ff".to_owned(), "%c3%28".to_owned()]) {
            if op.path.contains('{') && bad.len() < 2000 {
                send(&w, &mut sun, op, &op.at(if bad.is_empty() { "%20" } else { &bad }), None).await;
            }
            for name in op.of("query") {
                let path = op.at("01890d08-6000-7000-8000-000000000001");
                let sort = if name == "after" { ["", "sort=-name&", "sort=due&", "sort=starts&"] } else { [""; 4] };
                for with in sort.iter().take(if name == "after" { 4 } else { 1 }) {
                    send(&w, &mut sun, op, &format!("{path}?{with}{name}={bad}"), None).await;
                }
            }
        }
        for query in ["&&&", "=", "q", "q=1&q=2", "limit=1&limit=2", "q[]=1&q[]=2", "%00=%00", "a=%", "?"] {
            send(&w, &mut sun, op, &format!("{}?{query}", op.at("x")), None).await;
        }
    }
}

#[tokio::test]
async fn no_header_can_break_the_server() {
    let w = lively().await;
    let ying = w.ying().await;
    let long = "x".repeat(8000);
    let names = [
        "accept-language",
        "cookie",
        "range",
        "if-none-match",
        "upload-offset",
        "upload-length",
        "x-forwarded-for",
        "content-encoding",
    ];
    let values = [
        "",
        "x",
        "-1",
        "9223372036854775808",
        "bytes=9-1",
        "bytes=-",
        "*;q=x",
        "lang=;;=",
        "session==",
        "\"",
        "é",
        &long,
    ];
    for op in operations().iter().filter(|op| op.path.starts_with("/api/")) {
        for (name, value) in names.iter().flat_map(|n| values.iter().map(move |v| (*n, *v))) {
            let body = op.body.as_ref().map(|(kind, _)| (kind.as_str(), b"{}".to_vec()));
            let path = op.at("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            let reply = ying.ask(&op.method, &path, &[(name, value)], body).await;
            assert!(reply.status < 500, "{} with {name}: {value:.40}: {}", op.name(), reply.body);
        }
    }
    for token in ["", "Bearer", "Bearer ", "Bearer \u{e9}", "Basic eDp5", &format!("Bearer {long}")] {
        let reply = w.nobody().ask("GET", "/api/v1/hazards", &[("authorization", token)], None).await;
        assert_eq!(reply.status, 401, "{token:.40}: {}", reply.body);
    }
}
