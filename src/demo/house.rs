//! Offices, people and the campaign of the demonstration.

use crate::{
    accounts::{self, Founding},
    campaigns,
    kernel::{App, CampaignId, Error, OfficeId, Result, db::Tx},
    people::{By, Level, Office, store as offices},
};
use serde::Deserialize;
use std::sync::LazyLock;

/// Everybody's password in a demonstration folder, which is never served beyond loopback.
pub const PASSWORD: &str = "paicha-demo";

/// One of the people everybody knows.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    pub login: String,
    pub name: String,
    pub office: String,
    pub roles: String,
    pub badge: Option<String>,
    pub what_zh: String,
    pub what_en: String,
}

#[derive(Debug, Clone, Deserialize)]
struct OfficeRow {
    code: String,
    name: String,
    name_en: String,
    level: String,
    parent: String,
    region: String,
}

/// Who can be signed in as.
pub static PEOPLE: LazyLock<Vec<Person>> = LazyLock::new(|| rows(include_str!("../../demo/people.csv")));
static OFFICES: LazyLock<Vec<OfficeRow>> = LazyLock::new(|| rows(include_str!("../../demo/offices.csv")));

fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<std::result::Result<_, _>>().expect("our own data")
}
