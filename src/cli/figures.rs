//! `figures`: the figures of a campaign, as the API answers them.

use super::{Common, acts::actor, lang};
use crate::{
    kernel::{CampaignId, OfficeId, Result},
    reports::{self, Breakdown, Wanted},
};
use clap::Args;

/// Print the figures of a campaign.
#[derive(Debug, Args)]
pub struct FiguresCommand {
    /// Id of the campaign; all of them when left out.
    #[arg(long)]
    campaign: Option<CampaignId>,
    /// Id of the office; the whole installation when left out.
    #[arg(long)]
    office: Option<OfficeId>,
    /// The cut-off: a day or a moment.
    #[arg(long)]
    as_of: Option<String>,
    /// office, product, field or day.
    #[arg(long)]
    by: Option<String>,
    /// As whom; the system when left out.
    #[arg(long = "as", value_name = "LOGIN")]
    who: Option<String>,
}

pub(super) async fn figures(common: &Common, asked: &FiguresCommand) -> Result<()> {
    let app = common.open().await?;
    let by = actor(&app, asked.who.as_deref()).await?;
    let breakdown = match asked.by.as_deref() {
        Some(code) => Some(super::choice(code, "by", Breakdown::from_code)?),
        None => None,
    };
    let wanted = Wanted { campaign: asked.campaign, office: asked.office, as_of: asked.as_of.clone(), by: breakdown };
    let lang = lang();
    let cells = app.db.read(move |tx| reports::figures(tx, &by, &wanted, lang)).await?;
    common.print(&cells, || {
        let line = |c: &reports::Cell| {
            let part =
                c.product.clone().or(c.field.map(|f| f.label(lang).to_owned())).or(c.period.map(|d| d.to_string()));
            format!("{:<24}{:>10}  {}\n", format!("{} {}", c.label, part.unwrap_or_default()), c.value, c.office_name)
        };
        cells.iter().map(line).collect()
    })
}
