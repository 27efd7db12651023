//! `map`: the operator's map files.

use super::{Common, lang};
use crate::{
    kernel::{Error, Result},
    reports::atlas::{self, Map},
};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Map files for the board: check one.
#[derive(Debug, Args)]
pub struct MapCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what is wrong with the GeoJSON in FILE, or what the board can draw from it.
    Check { file: PathBuf },
}

pub(super) fn map(common: &Common, command: &MapCommand) -> Result<()> {
    let What::Check { file } = &command.what;
    check(common, file)
}

fn check(common: &Common, file: &Path) -> Result<()> {
    let map = atlas::check(file).map_err(|fault| Error::Refused(fault.refusal().clone()))?;
    let out = json!({ "areas": map.areas.len(), "lines": map.lines.len(), "approval": map.approval });
    common.print(&out, || said(&map))
}

fn said(map: &Map) -> String {
    let areas = format!("{}{}", lang().say("区域：", "areas: "), map.areas.len());
    let approval = match &map.approval {
        Some(number) => format!("{}{number}", lang().say("审图号：", "approval number: ")),
        None => lang().say("没有审图号：不得公开发布", "no approval number: not for publication").to_owned(),
    };
    format!("{areas}\n{approval}")
}
