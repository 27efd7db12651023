//! The command line, as the operator types it.

use crate::world::World;
use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};

/// Runs `paicha` on the installation of `w`.
fn paicha(w: &World, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paicha"));
    command.args(args).arg("--data").arg(&w.app.config.data).env("LC_ALL", "en");
    if let Some(url) = &w.app.config.database_url {
        command.arg("--database-url").arg(url);
    }
    command.output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_list_is_exported_as_table_and_as_json() {
    let w = World::new().await;
    w.closed().await;
    let folder = tempfile::tempdir().unwrap();
    for (what, head, holds) in [
        ("hazards", "Number,Enterprise,Hazard", "正定恒达水泥有限公司"),
        ("enterprises", "Name", "正定恒达水泥有限公司"),
        ("inspections", "Number,Enterprise", ""),
        ("certificates", "Number,Kind,Holder", ""),
        ("documents", "Number,Form,Title", "正定市监责改〔2023〕1号"),
    ] {
        let file = |ending: &str| folder.path().join(format!("{what}.{ending}"));
        for ending in ["csv", "xlsx", "json"] {
            let said = json(&paicha(&w, &["export", what, file(ending).to_str().unwrap(), "--as", "sun", "--json"]));
            assert!(said["rows"].is_u64(), "{said}");
        }
        let (table, whole) = (lines(&file("csv")), std::fs::read(file("json")).unwrap());
        assert!(table[0].starts_with(head), "{}", table[0]);
        assert!(table.iter().any(|line| line.contains(holds)), "{table:?}");
        let whole: Vec<Value> = serde_json::from_slice(&whole).unwrap();
        assert_eq!(whole.len(), table.len() - 1, "{what}");
        assert!(whole.iter().all(|thing| thing["id"].is_string()), "{what}");
        assert_eq!(&std::fs::read(file("xlsx")).unwrap()[..2], b"PK");
    }
    // a stranger's list is a stranger's; a state narrows it; nonsense is refused in words
    let file = folder.path().join("x.json");
    let rows = |args: &[&str]| {
        let all: Vec<&str> =
            ["export", "hazards", file.to_str().unwrap(), "--json"].iter().chain(args).copied().collect();
        json(&paicha(&w, &all))["rows"].clone()
    };
    assert_eq!(rows(&["--as", "stranger"]), 0);
    assert_eq!(rows(&["--as", "sun", "--state", "closed"]), 1);
    assert_eq!(rows(&["--as", "sun", "--state", "ordered"]), 0);
    for (args, code) in [(["hazards", "x.odt"], "cli.no_shape"), (["hazards", "/no/where/x.csv"], "broken")] {
        let refused = paicha(&w, &["export", args[0], args[1]]);
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains(code), "{refused:?}");
    }
}

#[tokio::test]
async fn doctor_says_what_is_wrong_and_what_to_do() {
    let w = World::new().await;
    let photo = w.ying().await.photo("gate").await;
    w.closed().await;
    let looked = |w: &World| json(&paicha(w, &["doctor", "--json"]))["findings"].clone();
    let of = |all: &Value, code: &str| all.as_array().unwrap().iter().find(|f| f["code"] == code).cloned().unwrap();
    let before = looked(&w);
    for good in ["database", "migrations", "data_folder", "clock", "pack", "files"] {
        assert_eq!(of(&before, good)["good"], true, "{before:#}");
    }
    let factor = of(&before, "second_factor");
    assert_eq!((factor["grade"].as_str(), factor["detail"].as_str()), (Some("warning"), Some("admin gu")));
    assert!(factor["advice"].as_str().unwrap().contains("Account and security"));
    // a piece of evidence is gone from the disk
    let mut folders = vec![w.app.config.data.join("files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&photo)) {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
    let after = of(&looked(&w), "files");
    assert_eq!(after["grade"], "bad");
    assert!(after["detail"].as_str().unwrap().contains(&photo[..12]), "{after:#}");
    let text = paicha(&w, &["doctor"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("→ Restore these files"));
}

#[tokio::test]
async fn tasks_are_handed_out_by_a_table() {
    let w = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, result) = (folder.path().join("tasks.csv"), folder.path().join("result.xlsx"));
    let rows = "企业名称,承办人,期限\n正定恒达水泥有限公司,ying,2099-06-20\n没有这家厂,ying,2099-06-20\n";
    std::fs::write(&file, rows).unwrap();
    let campaign = w.house.campaign.to_string();
    let base = ["tasks", "assign", file.to_str().unwrap(), "--campaign", &campaign, "--as", "sun", "--json"];
    let seen = json(&paicha(&w, &[&base[..], &["--preview", "--result", result.to_str().unwrap()]].concat()));
    assert_eq!((seen["chosen"].as_i64(), seen["faults"][0]["line"].as_i64()), (Some(1), Some(3)));
    assert_eq!(&std::fs::read(&result).unwrap()[..2], b"PK");
    let made = json(&paicha(&w, &base));
    assert_eq!((made["assignment"]["made"].as_i64(), made["faults"][0]["line"].as_i64()), (Some(1), Some(3)));
    // once more: nobody is left
    assert_eq!(json(&paicha(&w, &base))["left_out"], 1);
}
