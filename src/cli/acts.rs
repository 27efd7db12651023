//! `act` and `list`: everything that pages can do, as somebody.
//!
//! Whoever holds the data folder can do anything to it; acting as a person is recorded as done by that person at the
//! command line.

use super::{Common, print_text};
use crate::{
    accounts,
    campaigns::targets,
    enterprises, hazards, inspections,
    kernel::{
        App, Error, HazardId, InspectionId, NOT_A_CHOICE, NOT_FOUND, Result, TargetId, UNREADABLE, list::Ask,
        page::read_json,
    },
    people::By,
    record,
};
use clap::{Args, ValueEnum};
use serde::{Serialize, de::DeserializeOwned};
use std::io::Read;

/// Kinds of things that can be acted on or listed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Hazards,
    Inspections,
    Enterprises,
    Targets,
    Events,
}

/// Do an act as somebody.
#[derive(Debug, Args)]
pub struct ActCommand {
    /// What kind of thing.
    kind: Kind,
    /// Its id.
    id: String,
    /// What to do, as JSON: '{"verb":"order","due":"2023-07-15"}'; `-` reads standard input. A whole visit is submitted
    /// with '{"verb":"submit", …}'.
    act: String,
    /// As whom.
    #[arg(long = "as", value_name = "LOGIN")]
    who: String,
}

/// List things within somebody's scope.
#[derive(Debug, Args)]
pub struct ListCommand {
    /// What kind of things.
    kind: Kind,
    /// Words to find.
    #[arg(long)]
    q: Option<String>,
    /// A state, such as `submitted`.
    #[arg(long)]
    state: Option<String>,
    /// Where to go on.
    #[arg(long)]
    after: Option<String>,
    /// As whom; the system when left out.
    #[arg(long = "as", value_name = "LOGIN")]
    who: Option<String>,
}

/// The person with this login, or the system.
pub(super) async fn actor(app: &App, login: Option<&str>) -> Result<By> {
    let system = accounts::system(app).await?;
    let Some(login) = login.map(str::to_owned) else { return Ok(system) };
    let at = app.clock.now();
    let named = login.clone();
    let found = app.db.read(move |tx| accounts::acting(tx, &named, at)).await;
    found.map_err(|e| if matches!(e, Error::NotFound) { Error::invalid(login, NOT_FOUND) } else { e })
}

pub(super) async fn act(common: &Common, command: &ActCommand) -> Result<()> {
    let app = common.open().await?;
    let by = actor(&app, Some(&command.who)).await?;
    let text = if command.act == "-" { standard_input()? } else { command.act.clone() };
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|e| Error::Unreadable { status: 400, refusal: UNREADABLE.with("why", e) })?;
    match command.kind {
        Kind::Hazards => {
            let (id, act): (HazardId, hazards::Act) = (command.id.parse()?, read(value)?);
            show(common, &app.act(&by, move |tx, by| hazards::act(tx, by, id, &act)).await?)
        }
        Kind::Inspections if value["verb"] == "submit" => {
            let (id, sent): (InspectionId, inspections::Submission) = (command.id.parse()?, read(value)?);
            show(common, &app.act(&by, move |tx, by| inspections::submit(tx, by, id, &sent)).await?)
        }
        Kind::Inspections => {
            let (id, act): (InspectionId, inspections::Act) = (command.id.parse()?, read(value)?);
            show(common, &app.act(&by, move |tx, by| inspections::act(tx, by, id, &act)).await?)
        }
        Kind::Enterprises => {
            let (id, act): (crate::kernel::EnterpriseId, enterprises::Act) = (command.id.parse()?, read(value)?);
            show(common, &app.act(&by, move |tx, by| enterprises::act(tx, by, id, &act)).await?)
        }
        Kind::Targets => {
            let (id, act): (TargetId, targets::Act) = (command.id.parse()?, read(value)?);
            show(common, &app.act(&by, move |tx, by| targets::act(tx, by, id, &act)).await?)
        }
        Kind::Events => NOT_A_CHOICE.with("value", "events").at("kind"),
    }
}

pub(super) async fn list(common: &Common, command: &ListCommand) -> Result<()> {
    let app = common.open().await?;
    let by = actor(&app, command.who.as_deref()).await?;
    let ask = Ask { q: command.q.clone(), after: command.after.clone(), ..Ask::default() };
    let scope = by.scope();
    match command.kind {
        Kind::Hazards => {
            let state =
                command.state.as_deref().map(|s| super::choice(s, "state", hazards::State::from_code)).transpose()?;
            let filter = hazards::Filter { state, ..Default::default() };
            show(common, &app.db.read(move |tx| hazards::list(tx, scope, &filter, &ask)).await?)
        }
        Kind::Inspections => {
            let state = command
                .state
                .as_deref()
                .map(|s| super::choice(s, "state", inspections::State::from_code))
                .transpose()?;
            let filter = inspections::Filter { state, ..Default::default() };
            show(common, &app.db.read(move |tx| inspections::list(tx, scope, &filter, &ask)).await?)
        }
        Kind::Enterprises => {
            let filter = enterprises::Filter::default();
            show(common, &app.db.read(move |tx| enterprises::list(tx, scope, &filter, &ask)).await?)
        }
        Kind::Targets => {
            let state =
                command.state.as_deref().map(|s| super::choice(s, "state", targets::State::from_code)).transpose()?;
            let filter = targets::Filter { state, ..Default::default() };
            show(common, &app.db.read(move |tx| targets::list(tx, scope, &filter, &ask)).await?)
        }
        Kind::Events => show(common, &app.db.read(move |tx| record::store::events(tx, scope, None, &ask)).await?),
    }
}

fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    read_json(value)
}

/// Things are printed as JSON in either case: they have too many fields for a line.
fn show(_: &Common, thing: &impl Serialize) -> Result<()> {
    print_text(&serde_json::to_string_pretty(thing).map_err(Error::broken)?)
}

fn standard_input() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(Error::broken)?;
    Ok(text)
}
