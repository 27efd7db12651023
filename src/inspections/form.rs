//! The on-site form as a browser sends it: the names of its fields, and the submission they make. No rule: what is missing
//! or wrong, [`submit`](super::submit) says, under the same names.

use super::{Answer, Answered, Finding, Sheet, Submission};
use crate::{
    campaigns::{self, Checklist, Item, Pack, Severity, Side},
    enterprises::{Enterprise, Kind, Tag},
    kernel::{AccountId, CampaignId, EnterpriseId, HazardId, Moment, NOT_A_CHOICE, NOT_A_DATE, REQUIRED, Result, Sent},
    record::Field,
};
use jiff::civil::Date;
use std::sync::Arc;

/// What is asked at this site: chosen on the form, else what fits the enterprise best.
#[derive(Debug, Clone)]
pub struct Asked {
    pub campaign: CampaignId,
    pub enterprise: EnterpriseId,
    pub pack: Arc<Pack>,
    pub field: Field,
    /// Codes of the products looked at.
    pub products: Vec<String>,
    /// Codes of the checklists that fit, best first.
    pub fitting: Vec<String>,
    /// Code of the checklist; empty when none fits.
    pub checklist: String,
    pub day: Date,
}

impl Asked {
    /// Reads the choice from a form: `chosen` says under which prefix, `choose.` when another list was asked for.
    pub fn of(
        sent: &Sent,
        prefix: &str,
        (campaign, pack): (CampaignId, Arc<Pack>),
        site: &Enterprise,
        day: Date,
    ) -> Self {
        let name = |name: &str| format!("{prefix}{name}");
        let field = Field::from_code(sent.value(&name("field"))).unwrap_or_else(|| field_of(site));
        let known = |codes: Vec<&str>| -> Vec<String> {
            codes.into_iter().filter(|c| pack.product(c).is_some()).map(str::to_owned).collect()
        };
        let mut products = known(sent.all(&name("products[]")).iter().map(String::as_str).collect());
        if products.is_empty() {
            products = known(site.products());
        }
        products.dedup();
        let codes: Vec<&str> = products.iter().map(String::as_str).collect();
        let fitting: Vec<String> =
            pack.checklists_for(&codes, field, &[], day).iter().map(|l| l.head.code.clone()).collect();
        let wanted = sent.value(&name("checklist"));
        let checklist =
            if fitting.iter().any(|code| code == wanted) { Some(&wanted.to_owned()) } else { fitting.first() };
        let checklist = checklist.cloned().unwrap_or_default();
        Self { campaign, enterprise: site.id, field, products, fitting, checklist, day, pack }
    }

    /// The checklist.
    pub fn list(&self) -> Option<&Checklist> {
        self.pack.checklist(&self.checklist)
    }

    /// The questions, in order.
    pub fn items(&self) -> Vec<&Item> {
        let products: Vec<&str> = self.products.iter().map(String::as_str).collect();
        let asked = |list| self.pack.items_for(list, &products, Side::of(self.field), self.day);
        self.list().map_or_else(Vec::new, asked)
    }
}

/// Where the products of such an enterprise are met.
fn field_of(site: &Enterprise) -> Field {
    if site.kind.is_online() {
        Field::Online
    } else if site.kind.makes() {
        Field::Production
    } else if site.kind == Kind::Seller && site.tags.0.contains(&Tag::UrbanRuralFringe) {
        Field::Rural
    } else {
        Field::Circulation
    }
}

/// What the form says, as a client of the API would send it.
///
/// Without scripts a form shows every question: an answer to one that the others do not ask is left out.
pub fn submission(sent: &Sent, asked: &Asked, me: AccountId) -> Result<Submission> {
    let items = campaigns::asked(&asked.items(), |id| Answered::from_code(sent.value(&answer(id, ""))));
    let findings = items.iter().filter(|i| !i.problems.is_empty()).map(|i| (i.id.as_str(), Some(i.id.clone())));
    let failed = findings.filter(|(key, _)| sent.value(&answer(key, "")) == Answered::Fails.code());
    let beside = extra(sent).map(|key| (key, None)).filter(|(key, _)| is_filled(sent, key));
    Ok(Submission {
        campaign: asked.campaign,
        enterprise: asked.enterprise,
        field: asked.field,
        source: None,
        checklist: asked.checklist.clone(),
        pack_version: Some(asked.pack.about.version),
        products: asked.products.clone(),
        started_at: moment(sent, "started_at")?,
        ended_at: moment(sent, "ended_at")?,
        inspectors: inspectors(sent, me)?,
        sheet: sheet(sent, &items)?,
        hazards: failed.chain(beside).map(|(key, item)| finding(sent, key, item)).collect::<Result<_>>()?,
    })
}

/// The name of a field of the answer to `item`; `part` is empty for the answer itself.
pub fn answer(item: &str, part: &str) -> String {
    if part.is_empty() { format!("answers.{item}") } else { format!("answers.{item}.{part}") }
}

/// The name of a field of a finding, by its question or, beside the checklist, by its id.
pub fn hazard(key: &str, part: &str) -> String {
    format!("hazards.{key}.{part}")
}

/// The findings beside the checklist, by their ids.
pub fn extra(sent: &Sent) -> impl Iterator<Item = &str> {
    sent.all("extra[]").iter().map(String::as_str)
}

fn is_filled(sent: &Sent, key: &str) -> bool {
    ["problem", "what"].iter().any(|part| !sent.value(&hazard(key, part)).trim().is_empty())
}

fn sheet(sent: &Sent, items: &[&Item]) -> Result<Sheet> {
    let answers = items.iter().filter(|i| !sent.value(&answer(&i.id, "")).is_empty());
    Ok(Sheet {
        credentials_shown: !sent.value("credentials_shown").is_empty(),
        withdrawal_told: !sent.value("withdrawal_told").is_empty(),
        answers: answers.map(|i| answered(sent, &i.id)).collect::<Result<_>>()?,
        statement: text(sent, "statement"),
        signed_by: text(sent, "signed_by"),
        refused: !sent.value("refused").is_empty(),
        witness: text(sent, "witness"),
        evidence: files(sent, "evidence"),
        claimed_place: text(sent, "claimed_place"),
    })
}

fn answered(sent: &Sent, item: &str) -> Result<Answer> {
    let name = answer(item, "");
    let given = sent.value(&name);
    let Some(choice) = Answered::from_code(given) else { return NOT_A_CHOICE.with("value", given).at(&name) };
    Ok(Answer {
        item: item.to_owned(),
        answer: choice,
        note: text(sent, &answer(item, "note")),
        evidence: files(sent, &answer(item, "evidence")),
    })
}

/// A finding. The photographs of its answer show it too.
fn finding(sent: &Sent, key: &str, item: Option<String>) -> Result<Finding> {
    let name = |part| hazard(key, part);
    let id = name("id");
    let severity = text(sent, &name("severity")).map(|code| match Severity::from_code(&code) {
        Some(severity) => Ok(severity),
        None => NOT_A_CHOICE.with("value", code).at(&name("severity")),
    });
    let mut evidence = files(sent, &name("evidence"));
    if let Some(item) = &item {
        evidence.extend(files(sent, &answer(item, "evidence")));
    }
    Ok(Finding {
        id: HazardId::parse(if item.is_some() { sent.value(&id) } else { key })?,
        item,
        problem: text(sent, &name("problem")).map_or_else(|| REQUIRED.at(&name("problem")), Ok)?,
        severity: severity.transpose()?,
        product: text(sent, &name("product")),
        made_on: date(sent, &name("made_on"))?,
        what: text(sent, &name("what")).map_or_else(|| REQUIRED.at(&name("what")), Ok)?,
        evidence,
        corrected: corrected(sent, key)?,
    })
}

/// What was corrected on the spot, when it was said that something was.
fn corrected(sent: &Sent, key: &str) -> Result<Option<String>> {
    if sent.value(&hazard(key, "corrected")).is_empty() {
        return Ok(None);
    }
    let name = hazard(key, "measure");
    text(sent, &name).map_or_else(|| REQUIRED.at(&name), |measure| Ok(Some(measure)))
}

/// Whoever fills in the form, then the others.
fn inspectors(sent: &Sent, me: AccountId) -> Result<Vec<AccountId>> {
    let others = sent.all("inspectors[]").iter().filter(|id| !id.trim().is_empty());
    let parsed = others.map(|id| match AccountId::parse(id) {
        Ok(id) => Ok(id),
        Err(_) => NOT_A_CHOICE.with("value", id).at("inspectors"),
    });
    let mut all: Vec<AccountId> = std::iter::once(Ok(me)).chain(parsed).collect::<Result<_>>()?;
    let mut seen = Vec::new();
    all.retain(|id| {
        if seen.contains(id) {
            false
        } else {
            seen.push(*id);
            true
        }
    });
    Ok(all)
}

fn text(sent: &Sent, name: &str) -> Option<String> {
    Some(sent.value(name).trim()).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn files(sent: &Sent, name: &str) -> Vec<String> {
    sent.all(&format!("{name}[]")).iter().filter(|hash| !hash.is_empty()).cloned().collect()
}

fn moment(sent: &Sent, name: &str) -> Result<Moment> {
    let Some(given) = text(sent, name) else { return REQUIRED.at(name) };
    given.parse().or_else(|_| NOT_A_DATE.with("value", given).at(name))
}

fn date(sent: &Sent, name: &str) -> Result<Option<Date>> {
    let Some(given) = text(sent, name) else { return Ok(None) };
    given.parse().map(Some).or_else(|_| NOT_A_DATE.with("value", given).at(name))
}
