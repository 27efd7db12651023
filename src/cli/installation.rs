//! `init`, `migrate` and `doctor`: an installation's beginning, its schema, its health.

use super::{Common, lang, open};
use crate::{
    accounts::{self, Founding},
    kernel::{Error, Result, config::REFERENCE},
    people::Level,
    record,
};
use clap::Args;
use serde::Serialize;

/// Make a new installation.
#[derive(Debug, Args)]
pub struct Init {
    /// Code of the office at the top, such as 100000 for the country or 130000 for a province.
    #[arg(long, default_value = "100000")]
    code: String,
    /// Its name.
    #[arg(long, default_value = "国家市场监督管理总局")]
    name: String,
    /// Its name in English.
    #[arg(long, default_value = "State Administration for Market Regulation")]
    name_en: String,
    /// Its level: nation, province, city or county.
    #[arg(long, default_value = "nation")]
    level: String,
    /// The GB/T 2260 region it is responsible for.
    #[arg(long, default_value = "100000")]
    region: String,
    /// Login of the first administrator.
    #[arg(long, default_value = "admin")]
    admin: String,
    /// Name of the first administrator.
    #[arg(long, default_value = "系统管理员")]
    person: String,
}

#[derive(Serialize)]
struct Begun {
    data: String,
    login: String,
    password: String,
}

pub(super) async fn init(common: &Common, init: &Init) -> Result<()> {
    let config = common.config("data")?;
    std::fs::create_dir_all(&config.data).map_err(Error::broken)?;
    let app = open(config, false).await?;
    app.db.migrate().await?;
    let founding = Founding {
        code: init.code.clone(),
        name: init.name.clone(),
        name_en: init.name_en.clone(),
        level: super::choice(&init.level, "level", Level::from_code)?,
        region: init.region.clone(),
        login: init.admin.clone(),
        person: init.person.clone(),
    };
    let first = accounts::found(&app, founding).await?;
    let data = app.config.data.display().to_string();
    let begun = Begun { data, login: first.administrator.login, password: first.password };
    common.print(&begun, || {
        lang()
            .say(
                "已建立。首个管理员：{login}，初始密码（只显示这一次）：{password}",
                "Done. First administrator: {login}; first password, shown this once: {password}",
            )
            .replace("{login}", &begun.login)
            .replace("{password}", &begun.password)
    })
}

pub(super) async fn migrate(common: &Common) -> Result<()> {
    let taken = common.open().await?.db.migrate().await?;
    common.print(&serde_json::json!({ "steps": taken }), || {
        format!("{}{taken}", lang().say("已执行升级步骤：", "Steps taken: "))
    })
}

/// One thing that doctor looked at.
#[derive(Serialize)]
struct Finding {
    what: String,
    good: bool,
    detail: String,
}

pub(super) async fn doctor(common: &Common) -> Result<()> {
    let app = common.open().await?;
    let settings = serde_json::to_value(&*app.config).map_err(Error::broken)?;
    let behind = app.db.behind().await?;
    let stuck = if behind == 0 { app.db.read(record::store::stuck).await? } else { 0 };
    let say = |zh: &str, en: &str| lang().say(zh, en).to_owned();
    let findings = [
        Finding { what: say("数据库", "Database"), good: true, detail: app.db.engine().to_owned() },
        Finding { what: say("待升级步骤", "Migrations missing"), good: behind == 0, detail: behind.to_string() },
        Finding {
            what: say("后续事项受阻", "Follow-up work that failed"),
            good: stuck == 0,
            detail: stuck.to_string(),
        },
        Finding {
            what: say("数据目录可写", "Data folder writable"),
            good: writable(&app.config.data),
            detail: app.config.data.display().to_string(),
        },
    ];
    common.print(&serde_json::json!({ "settings": settings, "findings": findings }), || {
        let mut text = String::new();
        for finding in &findings {
            text.push_str(&format!("{} {}: {}\n", if finding.good { "✓" } else { "✗" }, finding.what, finding.detail));
        }
        text.push('\n');
        for (name, meaning) in REFERENCE {
            text.push_str(&format!("{name} = {}   # {}\n", settings[name], meaning.trim()));
        }
        text
    })
}

fn writable(folder: &std::path::Path) -> bool {
    let probe = folder.join(".probe");
    let done = std::fs::write(&probe, b"x").is_ok();
    let _ = std::fs::remove_file(probe);
    done
}
