//! What stands in the tables of `demo/`: counties, trades, what is found, how it goes on.

use super::house::{Person, rows};
use crate::{campaigns::Severity, enterprises::Micro, reference::Regime};
use serde::{Deserialize, Deserializer};
use std::sync::LazyLock;

/// A county and who works there.
#[derive(Debug, Clone, Deserialize)]
pub struct County {
    /// Code of the office.
    pub office: String,
    /// The place as names of firms have it.
    pub place: String,
    pub place_en: String,
    /// GB/T 2260 code.
    pub region: String,
    /// The beginning of every address.
    pub address: String,
    #[serde(deserialize_with = "words")]
    pub towns: Vec<String>,
    /// How many subjects there are.
    pub firms: usize,
    /// Logins: who finds and orders, who goes along and re-checks, who looks back.
    #[serde(deserialize_with = "words")]
    pub inspectors: Vec<String>,
    pub supervisor: String,
    /// Who approves and coordinates at the office above.
    pub above: String,
    #[serde(deserialize_with = "degrees")]
    pub lon: Micro,
    #[serde(deserialize_with = "degrees")]
    pub lat: Micro,
    /// The character in front of licence numbers.
    pub province: char,
    /// The office's short name, in numbers of cases.
    pub short: String,
}

/// A trade: what such a subject is called and what it makes or sells.
#[derive(Debug, Clone, Deserialize)]
pub struct Trade {
    pub kind: Sort,
    pub word: String,
    pub word_en: String,
    #[serde(deserialize_with = "words")]
    pub products: Vec<String>,
    /// Category in the numbers of its CCC certificates.
    pub ccc: Option<u16>,
    #[serde(deserialize_with = "words")]
    pub sizes: Vec<String>,
    /// How many of 110 subjects are in it.
    pub share: usize,
}

/// Kinds of subjects; a village shop has no credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Producer,
    Both,
    Seller,
    Village,
    OnlineShop,
    User,
}

/// A made-up name; all of them are herbs, so that nobody takes one for a real firm.
#[derive(Debug, Clone, Deserialize)]
pub struct Brand {
    pub zh: String,
    pub en: String,
}

/// Something that is found wrong, and what is done about it. `{p}` is the product.
#[derive(Debug, Clone, Deserialize)]
pub struct Wrong {
    /// Code of the problem in the pack.
    pub problem: String,
    /// `made`, `sold` or `online`.
    pub side: String,
    /// Only where a product stands under it.
    pub regime: Option<Regime>,
    /// Only of these products or classes; of any when there are none.
    #[serde(deserialize_with = "words")]
    pub about: Vec<String>,
    /// What the photograph shows.
    pub scene: String,
    pub what: String,
    pub measure: String,
}

/// How a hazard goes on after it was found.
#[derive(Debug, Clone, Deserialize)]
pub struct Course {
    pub name: String,
    /// How many go this way.
    pub hazards: usize,
    /// `*`, `hengda`, `store` or the code of an office.
    pub who: String,
    pub severity: Severity,
    /// Found so many days before today …
    pub from: i64,
    /// … up to so many.
    pub to: i64,
    /// Verbs with the day after the finding: `order submit@5 close@9`.
    #[serde(deserialize_with = "words")]
    pub steps: Vec<String>,
}

/// What people write when they do something.
#[derive(Debug, Clone, Deserialize)]
struct Saying {
    verb: String,
    text: String,
}

pub static COUNTIES: LazyLock<Vec<County>> = LazyLock::new(|| rows(include_str!("../../demo/counties.csv")));
pub static TRADES: LazyLock<Vec<Trade>> = LazyLock::new(|| rows(include_str!("../../demo/trades.csv")));
pub static BRANDS: LazyLock<Vec<Brand>> = LazyLock::new(|| rows(include_str!("../../demo/brands.csv")));
pub static WRONGS: LazyLock<Vec<Wrong>> = LazyLock::new(|| rows(include_str!("../../demo/findings.csv")));
pub static COURSES: LazyLock<Vec<Course>> = LazyLock::new(|| rows(include_str!("../../demo/courses.csv")));
/// People of the other counties and of the offices above them.
pub static COLLEAGUES: LazyLock<Vec<Person>> = LazyLock::new(|| rows(include_str!("../../demo/colleagues.csv")));
static SAYINGS: LazyLock<Vec<Saying>> = LazyLock::new(|| rows(include_str!("../../demo/sayings.csv")));

/// What somebody writes with `verb`; another text for each `number`.
pub fn saying(verb: &str, number: usize) -> Option<String> {
    let texts: Vec<&str> = SAYINGS.iter().filter(|s| s.verb == verb).map(|s| s.text.as_str()).collect();
    let count = texts.len().max(1);
    texts.get(number % count).map(|text| (*text).to_owned())
}

fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

fn degrees<'de, D: Deserializer<'de>>(from: D) -> Result<Micro, D::Error> {
    let text = String::deserialize(from)?;
    Micro::from_degrees(&text).ok_or_else(|| serde::de::Error::custom(text))
}
