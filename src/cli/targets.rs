//! `targets`: the decomposition of everything.

use super::{Common, acts::actor, lang};
use crate::{
    campaigns::targets::{self, DivideBy, NewDecomposition},
    enterprises::shares,
    kernel::{CampaignId, Error, Result},
};
use clap::{Args, Subcommand};
use std::io::Write;

/// Targets: divide everything down to the county.
#[derive(Debug, Args)]
pub struct Targets {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Divide all that somebody's office has in a campaign and nobody has divided, level by level down to the county. One
    /// that was stopped goes on where it was.
    Divide(Divide),
}

#[derive(Debug, Args)]
struct Divide {
    /// Id of the campaign.
    #[arg(long)]
    campaign: CampaignId,
    /// even (over county offices) or enterprises.
    #[arg(long, default_value = "even")]
    by: String,
    /// As whom.
    #[arg(long = "as", value_name = "LOGIN")]
    who: String,
}

pub(super) async fn targets(common: &Common, wanted: &Targets) -> Result<()> {
    let Command::Divide(wanted) = &wanted.command;
    let app = common.open().await?;
    let by = actor(&app, Some(&wanted.who)).await?;
    let key = super::choice(&wanted.by, "by", DivideBy::from_code)?;
    let (campaign, say) = (wanted.campaign, lang().say("已分解", "divided"));
    let new = NewDecomposition { campaign, by: key };
    app.act(&by, move |tx, by| targets::begin(tx, by, &new)).await?;
    let tell = |now: &targets::Decomposition| {
        let _ = write!(std::io::stderr(), "\r{say} {}", now.divided);
    };
    shares::run(app.clone(), by.clone(), campaign, tell).await?;
    let _ = writeln!(std::io::stderr());
    let done = app.db.read(move |tx| targets::progress(tx, &by, campaign)).await?.ok_or(Error::NotFound)?;
    common.print(&done, || {
        format!("{say} {} · {} {}", done.divided, lang().say("未能分解", "not divided"), done.remaining)
    })
}
