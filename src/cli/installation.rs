//! `init` and `migrate`: an installation's beginning and its schema.

use super::{Common, lang, open};
use crate::{
    accounts::{self, Founding},
    kernel::{Error, Result},
    people::Level,
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
