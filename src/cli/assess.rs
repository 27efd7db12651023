//! `assess`: the scoring sheets of offices, as the API answers them.

use super::{Common, acts::actor, lang};
use crate::{
    kernel::{CampaignId, OfficeId, Result},
    reports::assessment::{self, Sheet, Wanted},
};
use clap::Args;

/// Print the scoring sheets of an office and of those directly below it.
#[derive(Debug, Args)]
pub struct Assess {
    /// Id of the campaign; the one under way when left out.
    #[arg(long)]
    campaign: Option<CampaignId>,
    /// Id of the office; the actor's own when left out.
    #[arg(long)]
    office: Option<OfficeId>,
    /// The last day that counts; today when left out.
    #[arg(long)]
    as_of: Option<String>,
    /// As whom: a coordinator, supervisor or auditor.
    #[arg(long = "as", value_name = "LOGIN")]
    who: String,
}

pub(super) async fn assess(common: &Common, asked: &Assess) -> Result<()> {
    let app = common.open().await?;
    let by = actor(&app, Some(asked.who.as_str())).await?;
    let wanted =
        Wanted { campaign: asked.campaign, office: asked.office, as_of: asked.as_of.clone(), ..Wanted::default() };
    let lang = lang();
    let assessed = app.db.read(move |tx| assessment::assessed(tx, &by, &wanted)).await?;
    common.print(&assessed, || {
        let line = |sheet: &Sheet| format!("{:>7}  {}  {}\n", sheet.points(), sheet.code, sheet.label(lang));
        let of = |l: &assessment::Line| {
            format!("{:>7} / {:<3} {}: {}\n", l.points(), l.rule.weight, l.rule.label(lang), l.reason(lang))
        };
        let own = std::iter::once(line(&assessed.own)).chain(assessed.own.lines.iter().map(of));
        own.chain(std::iter::once("\n".to_owned())).chain(assessed.below.iter().map(line)).collect()
    })
}
