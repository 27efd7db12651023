//! Campaigns made without a programmer: a pack copied, changed row by row, checked, published; the branch that it brings
//! on the on-site form; two people at one row; what comes as a file.
//!
//! Clauses: T1-1, T3-1a.

use crate::{
    visits::record,
    world::{Person, Reply, World, new_id},
};
use serde_json::{Value, json};

const NATIONAL: &str = "key-industrial-products-2023";
const LIST: &str = "checklists/cement-licence.csv";

/// A draft of this code, copied from the pack of 2023.
async fn begun(person: &Person<'_>, code: &str) -> String {
    let id = new_id();
    let new = json!({"code": code, "from_code": NATIONAL, "from_version": 1});
    let path = format!("/api/v1/pack_drafts/{id}");
    person.put(&path, new.clone()).await.is(200, "\"state\":\"open\"");
    person.put(&path, new).await.is(200, &id);
    id
}

async fn act(person: &Person<'_>, id: &str, act: Value) -> Reply {
    person.post(&format!("/api/v1/pack_drafts/{id}/acts"), act).await
}

/// The mark of the row with this key.
async fn mark(person: &Person<'_>, id: &str, file: &str, key: &str) -> String {
    let table = person.get(&format!("/api/v1/pack_drafts/{id}/table?file={file}")).await.json();
    let row = table["rows"].as_array().unwrap().iter().find(|row| row["key"] == key);
    row.unwrap_or_else(|| panic!("no {key} in {file}"))["mark"].as_str().unwrap().to_owned()
}

async fn change(person: &Person<'_>, id: &str, (file, key): (&str, &str), cells: Value) -> Reply {
    let row = mark(person, id, file, key).await;
    act(person, id, json!({"verb": "change_row", "file": file, "row": row, "cells": cells})).await
}

#[tokio::test]
async fn a_question_gets_a_branch_and_the_next_version_asks_by_it() {
    let w = World::new().await;
    let lin = w.lin().await;
    let id = begun(&lin, NATIONAL).await;
    act(&lin, &id, json!({"verb": "publish", "over": 1})).await.is(422, "packs.nothing_changed");
    // A2 is asked only when A1 fails
    change(&lin, &id, (LIST, "A2"), json!({"asked_if": "A1=fails"})).await.is(200, "open");
    lin.get(&format!("/pack-drafts/{id}/preview?list=cement-licence")).await.is(200, "data-asked-if=\"A1=fails\"");
    act(&lin, &id, json!({"verb": "publish", "over": 0})).await.is(409, "packs.newer");
    act(&lin, &id, json!({"verb": "publish", "over": 1})).await.is(200, "\"published\":2");
    act(&lin, &id, json!({"verb": "drop"})).await.is(422, "packs.draft_not_now");
    let changes = lin.get(&format!("/api/v1/packs/compare?a={NATIONAL}@1&b={NATIONAL}@2")).await.json();
    let tables: Vec<&str> = changes["tables"].as_array().unwrap().iter().map(|t| t["file"].as_str().unwrap()).collect();
    // the questions have changed, and with them the version of their list
    assert_eq!(tables, ["checklists.csv", LIST], "{changes:#}");
    lin.get(&format!("/packs/compare?a={NATIONAL}@1&b={NATIONAL}@2")).await.is(200, "<ins>A1=fails</ins>");

    let campaign = format!("/api/v1/campaigns/{}/acts", w.house.campaign);
    lin.post(&campaign, json!({"verb": "adopt", "pack_version": 2, "why": "检查表加分支"})).await.is(200, "open");
    let visit = |id: String| format!("/api/v1/inspections/{id}");
    let ying = w.ying().await;
    let with_all = record(&w, &[]).await;
    ying.put(&visit(new_id()), with_all.clone()).await.is(422, "inspections.not_asked").is(422, "answers.A2");
    let mut short = with_all;
    short["answers"].as_array_mut().unwrap().retain(|a| a["item"] != "A2");
    ying.put(&visit(new_id()), short).await.is(200, "done");
    let mut failed = record(&w, &[("A1", "P01")]).await;
    ying.put(&visit(new_id()), failed.clone()).await.is(200, "done");
    failed["answers"].as_array_mut().unwrap().retain(|a| a["item"] != "A2");
    ying.put(&visit(new_id()), failed).await.is(422, "inspections.unanswered");
}

#[tokio::test]
async fn nobody_overwrites_unseen_what_another_wrote_and_nothing_typed_is_lost() {
    let w = World::new().await;
    let qian = w.qian().await;
    let id = begun(&qian, "zlaq-2024").await;
    let file = "products.csv";
    let old = mark(&qian, &id, file, "0301").await;
    change(&qian, &id, (file, "0301"), json!({"zh": "通用水泥"})).await.is(200, "open");
    let late = json!({"verb": "change_row", "file": file, "row": old, "cells": {"zh": "别的水泥"}});
    act(&qian, &id, late.clone()).await.is(409, "packs.row_changed");
    act(&qian, &id, json!({"verb": "remove_row", "file": file, "row": old})).await.is(409, "packs.row_changed");
    let fields = [
        ("file", file),
        ("row", old.as_str()),
        ("c.code", "0301"),
        ("c.parent", "03"),
        ("c.zh", "别的水泥"),
        ("c.en", "Cement"),
        ("c.clause[]", "T1-1"),
        ("c.source", "D"),
        ("c.certainty", "design"),
    ];
    let page = qian.send_form(&format!("/pack-drafts/{id}/row"), &fields).await;
    // what was typed, and what stands there now
    page.is(409, "别的水泥").is(409, "Now: 通用水泥").is(409, "nothing was overwritten");
    let new = mark(&qian, &id, file, "0301").await;
    page.is(409, &format!("name=\"row\" value=\"{new}\""));
    let again: Vec<_> = fields.iter().map(|(n, v)| (*n, if *n == "row" { new.as_str() } else { *v })).collect();
    qian.send_form(&format!("/pack-drafts/{id}/row"), &again).await.is(303, "");
    qian.get(&format!("/api/v1/pack_drafts/{id}/table?file={file}")).await.is(200, "别的水泥");
    qian.get(&format!("/pack-drafts/{id}/table?file={file}&q=别的"))
        .await
        .is(200, &mark(&qian, &id, file, "0301").await);
}

#[tokio::test]
async fn what_was_removed_is_put_back_and_a_table_is_put_back_whole() {
    let w = World::new().await;
    let qian = w.qian().await;
    let id = begun(&qian, "zlaq-2024").await;
    let row = mark(&qian, &id, "checklists.csv", "rural-store").await;
    act(&qian, &id, json!({"verb": "remove_row", "file": "checklists.csv", "row": row})).await.is(200, "open");
    qian.get(&format!("/pack-drafts/{id}/table?file=checklists/rural-store.csv")).await.is(404, "");
    let changes = || async { qian.get(&format!("/api/v1/pack_drafts/{id}/changes")).await.json() };
    assert_eq!(changes().await["tables"].as_array().unwrap().len(), 2);
    qian.get(&format!("/pack-drafts/{id}/changes")).await.is(200, "rural-store").is(200, "Undo");
    let back = json!({"verb": "put_back", "file": "checklists.csv", "key": "rural-store"});
    act(&qian, &id, back).await.is(200, "open");
    assert!(changes().await["tables"].as_array().unwrap().is_empty(), "the list is where it was, with its questions");
    change(&qian, &id, ("severities.csv", "minor"), json!({"days": "5"})).await.is(200, "open");
    act(&qian, &id, json!({"verb": "add_row", "file": "clauses.csv", "cells": {"id": "Z-1"}})).await.is(200, "open");
    for file in ["severities.csv", "clauses.csv"] {
        act(&qian, &id, json!({"verb": "restore", "file": file})).await.is(200, "open");
    }
    assert!(changes().await["tables"].as_array().unwrap().is_empty());
    let events = qian.get(&format!("/api/v1/events?thing={id}")).await.json();
    assert_eq!(events["items"].as_array().unwrap().len(), 7, "every edit is an event");
    act(&qian, &id, json!({"verb": "drop"})).await.is(200, "dropped");
    act(&qian, &id, json!({"verb": "restore", "file": "clauses.csv"})).await.is(422, "packs.draft_not_now");
    act(&qian, &id, json!({"verb": "resume"})).await.is(200, "open");
}

#[tokio::test]
async fn mistakes_stand_beside_the_row_and_nothing_wrong_is_published() {
    let w = World::new().await;
    let qian = w.qian().await;
    let id = begun(&qian, "zlaq-2024").await;
    change(&qian, &id, ("problems.csv", "P01"), json!({"severity": "huge", "clause": "X-9"})).await.is(200, "open");
    change(&qian, &id, (LIST, "A1"), json!({"asked_if": "A9=fails"})).await.is(200, "open");
    let draft = qian.get(&format!("/api/v1/pack_drafts/{id}")).await.json();
    let wrong = |file: &str, field: &str| {
        draft["findings"].as_array().unwrap().iter().any(|f| f["file"] == file && f["field"] == field)
    };
    assert!(wrong("problems.csv", "severity") && wrong(LIST, "asked_if"), "{draft:#}");
    qian.get(&format!("/pack-drafts/{id}/table?file=problems.csv")).await.is(200, "should be one of: minor");
    let row = mark(&qian, &id, "problems.csv", "P01").await;
    let form = qian.get(&format!("/pack-drafts/{id}/row?file=problems.csv&row={row}")).await;
    form.is(200, "should be one of: minor").is(200, "<option value=\"huge\" selected>");
    qian.get(&format!("/pack-drafts/{id}")).await.is(200, "once these mistakes are corrected");
    act(&qian, &id, json!({"verb": "publish", "over": 0})).await.is(422, "packs.bad_pack");
    act(&qian, &id, json!({"verb": "change_row", "file": "pack.toml", "row": "x", "cells": {}}))
        .await
        .is(409, "row_changed");
    let about = mark(&qian, &id, "pack.toml", "").await;
    let bad = json!({"verb": "change_row", "file": "pack.toml", "row": about, "cells": {"ends": "soon"}});
    act(&qian, &id, bad).await.is(422, "cells.ends").is(422, "packs.not_a_date");
    act(&qian, &id, json!({"verb": "remove_row", "file": "pack.toml", "row": about})).await.is(422, "packs.one_row");
    let stray = json!({"verb": "add_row", "file": "clauses.csv", "cells": {"colour": "red"}});
    act(&qian, &id, stray).await.is(422, "packs.no_such_column");
}

#[tokio::test]
async fn a_pack_comes_as_a_zip_goes_as_one_and_is_used_by_a_campaign_of_the_city() {
    let w = World::new().await;
    let qian = w.qian().await;
    let id = begun(&qian, "zlaq-2024").await;
    let about = mark(&qian, &id, "pack.toml", "").await;
    let cells = json!({"zh": "石家庄市专项行动", "en": "Shijiazhuang action"});
    let named = json!({"verb": "change_row", "file": "pack.toml", "row": about, "cells": cells});
    act(&qian, &id, named).await.is(200, "石家庄市专项行动");
    let zip = qian.ask("GET", &format!("/api/v1/pack_drafts/{id}/zip"), &[], None).await;
    assert_eq!(zip.status, 200);
    let copy = format!("/api/v1/pack_drafts/{}/zip", new_id());
    qian.send("PUT", &copy, Some(("application/zip", zip.bytes.to_vec()))).await.is(200, "石家庄市专项行动");
    qian.send("PUT", &copy, Some(("application/zip", b"no zip".to_vec()))).await.is(422, "packs.not_a_zip");
    act(&qian, &id, json!({"verb": "publish", "over": 0})).await.is(200, "\"published\":1");
    let new = json!({"code": "own", "zh": "本市行动", "en": "Own", "pack_code": "zlaq-2024", "pack_version": 1,
        "starts": "2023-06-14", "ends": "2023-11-30"});
    qian.put(&format!("/api/v1/campaigns/{}", new_id()), new).await.is(200, "zlaq-2024");
    // a draft of another office is nobody else's, and inspectors make none
    let province = begun(&w.person("zhao").await, "hebei-2024").await;
    qian.get(&format!("/api/v1/pack_drafts/{province}")).await.is(404, "");
    w.ying().await.get(&format!("/pack-drafts/{province}")).await.is(403, "");
    w.lin().await.get(&format!("/pack-drafts/{province}")).await.is(200, "hebei-2024");
    qian.put(
        &format!("/api/v1/pack_drafts/{}", new_id()),
        json!({"code": NATIONAL, "from_code": NATIONAL, "from_version": 1}),
    )
    .await
    .is(422, "packs.not_yours");
    qian.get("/packs").await.is(200, "Compare two versions");
}
