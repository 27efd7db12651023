//! `simulate`: a country of any size, for trying out and measuring.

use super::{Common, lang, open, serve};
use crate::{
    kernel::{Error, Result},
    simulate::{self, Scale},
};
use clap::{Args, ValueEnum};
use std::io::Write;

/// Make a country of any size, the same for the same seed; go on with one that was stopped.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Where offices are: in the counties of the demonstration, or in all of the country (about 3 000).
    #[arg(long, value_enum, default_value_t = Offices::Demo)]
    offices: Offices,
    /// How many enterprises.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    enterprises: u64,
    /// How many visits.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(0..=1_000_000_000))]
    inspections: u64,
    /// What chance begins with.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Offices {
    Demo,
    All,
}

pub(super) async fn simulate(common: &Common, wanted: &Simulate) -> Result<()> {
    let config = common.config("simulated-data")?;
    std::fs::create_dir_all(&config.data).map_err(Error::broken)?;
    let app = open(config, true).await?;
    serve::become_demo(&app).await?;
    let many = |n: u64| usize::try_from(n).map_err(Error::broken);
    let scale = Scale {
        whole: matches!(wanted.offices, Offices::All),
        enterprises: many(wanted.enterprises)?,
        inspections: many(wanted.inspections)?,
        seed: wanted.seed,
    };
    let say = (lang().say("企业", "enterprises"), lang().say("检查", "visits"));
    let made = simulate::make(&app, scale, |now| {
        let (done, all) = ((now.enterprises, now.inspections), (scale.enterprises, scale.inspections));
        let _ = write!(std::io::stderr(), "\r{} {}/{} · {} {}/{}", say.0, done.0, all.0, say.1, done.1, all.1);
    })
    .await?;
    let _ = writeln!(std::io::stderr());
    common.print(&made, || {
        let lines = made.figures.iter().map(|(figure, value)| format!("  {figure:<24}{value:>12}\n"));
        lines.collect()
    })
}
