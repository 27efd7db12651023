//! Packs sent as a ZIP: checked line by line, added as a new version. Clause: T1-1.

use crate::world::{Person, Reply, World};
use std::io::{Cursor, Write};

/// The pack of 2023 as a ZIP of its folder, each file through `change`.
pub fn zipped(change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let root = std::path::Path::new("packs/key-industrial-products-2023");
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix("packs").unwrap().display().to_string();
            writer.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            writer.write_all(change(name.split_once('/').unwrap().1, text).as_bytes()).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

pub fn version(n: u8) -> impl Fn(&str, String) -> String {
    move |name, text| if name == "pack.toml" { text.replace("version = 1", &format!("version = {n}")) } else { text }
}

/// … with a severity that is none in line 2, and a product under a parent that is none in line 3.
fn broken(name: &str, text: String) -> String {
    match name {
        "severities.csv" => text.replacen("minor,", "tiny,", 1),
        "closing_reasons.csv" => text.replacen(",1,0,1,O18", ",0,0,1,O18", 1),
        _ => text,
    }
}

pub async fn send(person: &Person<'_>, path: &str, zip: &[u8]) -> Reply {
    person.send("POST", path, Some(("application/zip", zip.to_vec()))).await
}

async fn on_page(person: &Person<'_>, act: &str, zip: &[u8]) -> Reply {
    let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.zip\"\r\n\
        Content-Type: application/zip\r\n\r\n"
        .to_vec();
    body.extend_from_slice(zip);
    let rest = format!("\r\n--edge\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\n{act}\r\n--edge--\r\n");
    body.extend_from_slice(rest.as_bytes());
    person.send("POST", "/packs", Some(("multipart/form-data; boundary=edge", body))).await
}

#[tokio::test]
async fn a_pack_with_mistakes_is_not_added_and_each_is_named_with_file_and_line() {
    let w = World::new().await;
    let (lin, zip) = (w.lin().await, zipped(broken));
    let report = send(&lin, "/api/v1/packs/check", &zip).await.json();
    assert!(report["errors"].as_u64().unwrap() >= 2, "{report:#}");
    let named = |file: &str, line: u64, field: &str| {
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["file"] == file && f["line"] == line && f["field"] == field && f["grade"] == "error")
    };
    assert!(named("severities.csv", 2, "code") && named("closing_reasons.csv", 2, "evidence_min"), "{report:#}");
    send(&lin, "/api/v1/packs", &zip).await.is(422, "packs.bad_pack");
    let page = on_page(&lin, "add", &zip).await;
    page.is(422, "Mistakes: not added").is(422, "severities.csv").is(422, "out of range (1 to 20)");
    assert_eq!(lin.get("/api/v1/packs").await.json().as_array().unwrap().len(), 1, "nothing was added");
}

#[tokio::test]
async fn a_good_pack_is_checked_and_added_once_as_a_new_version() {
    let w = World::new().await;
    let (lin, two) = (w.lin().await, zipped(version(2)));
    on_page(&lin, "check", &two).await.is(200, "No mistakes");
    on_page(&lin, "add", &two).await.is(303, "");
    send(&lin, "/api/v1/packs", &two).await.is(200, "\"version\":2");
    lin.get("/packs").await.is(200, "<td class=\"num\" data-label=\"Version\">2</td>");
    let other =
        zipped(|name, text| version(2)(name, text).replace("正定", "其他").replace("15,calendar", "14,calendar"));
    send(&lin, "/api/v1/packs", &other).await.is(409, "campaigns.pack_changed");
    send(&w.gu().await, "/api/v1/packs", &zipped(version(3))).await.is(200, "\"version\":3");
    w.gu().await.get("/").await.is(200, "href=\"/packs\"");
}

#[tokio::test]
async fn a_pack_is_followed_by_its_own_office_and_nobody_below() {
    let w = World::new().await;
    let two = zipped(version(2));
    send(&w.qian().await, "/api/v1/packs", &two).await.is(422, "packs.not_yours");
    on_page(&w.qian().await, "add", &two).await.is(422, "is for that office or one above it");
    for login in ["ying", "wei", "auditor"] {
        send(&w.person(login).await, "/api/v1/packs", &two).await.is(403, "forbidden");
        send(&w.person(login).await, "/api/v1/packs/check", &two).await.is(403, "forbidden");
        assert_eq!(on_page(&w.person(login).await, "add", &two).await.status, 403);
    }
    send(&w.nobody(), "/api/v1/packs", &two).await.is(401, "sign_in");
    send(&w.lin().await, "/api/v1/packs", b"no zip").await.is(422, "packs.not_a_zip");
    on_page(&w.lin().await, "check", b"no zip").await.is(422, "cannot be read as a pack");
    let large = vec![b'x'; 9 << 20];
    assert_eq!(send(&w.lin().await, "/api/v1/packs", &large).await.status, 413);
}
