//! The table of a return as it stands: computed while it is prepared, read as it was kept once it is out.

use super::{
    Act, Adjustment, Counted, Cut, Edition, Finding, How, LONGEST, NO_AMOUNT, NOT_NIL, NOT_OVER, NOTHING_NEW, ONLY_NIL,
    Part, Return, STOCK, Sheet, State, checks,
    count::Tally,
    facts::{self, Span},
    paper, periods, reporters_below, store,
    summary::Problems,
};
use crate::{
    accounts,
    campaigns::{self, Pack},
    enterprises,
    kernel::{EnterpriseId, Error, EventId, Lang, NOT_A_CHOICE, OfficeId, Result, db::Tx, db::Value, ensure, text},
    people::{By, Office, store as offices},
    record::{Figure, Kind},
    reports::{Breakdown, Wanted, figures},
};

use std::collections::BTreeMap;

/// Kinds of problems that a summary names.
const SHOWN: usize = 10;

/// The table as it stands: what is counted up to now while it is prepared, else what was submitted last.
pub fn current(tx: &mut Tx, by: &By, own: &Return) -> Result<Sheet> {
    if own.state.is_out() { edition(tx, own, own.edition) } else { compute(tx, by, own) }
}

/// The table as it was submitted or revised.
pub fn edition(tx: &mut Tx, own: &Return, edition: i64) -> Result<Sheet> {
    let (content, digest) = store::sheet(tx, own.id, edition)?;
    Sheet::thawed(&content, &digest)
}

/// Counts the table anew, up to the cut-off or now.
pub(super) fn compute(tx: &mut Tx, by: &By, own: &Return) -> Result<Sheet> {
    let (campaign, pack) = campaigns::of(tx, own.campaign)?;
    let office = offices::office(tx, own.office)?;
    // closed offices and those that do not report themselves included: their records count
    let below = offices::offices_below(tx, office.id)?;
    let part = |o: &Office| Part { code: o.id.to_string(), zh: o.name.clone(), en: o.name_en.clone() };
    let mut sheet = Sheet {
        campaign: own.campaign,
        campaign_zh: campaign.zh,
        campaign_en: campaign.en,
        office: own.office,
        office_zh: own.office_zh.clone(),
        office_en: own.office_en.clone(),
        period: own.period(),
        as_of: own.until(by.at),
        nil: own.nil,
        note: own.note.clone(),
        prepared_by: accounts::name_of(tx, Some(own.prepared_by))?,
        submitted_by: accounts::name_of(tx, own.submitted_by)?,
        submitted_at: own.submitted_at,
        rows: pack.figures.clone(),
        products: categories(&pack),
        offices: std::iter::once(&office).chain(&below).map(part).collect(),
        cells: Vec::new(),
        adjustments: store::adjustments(tx, office.scope(), own.campaign, own.ends, own.id)?,
        gaps: own.gaps(),
    };
    let mut tally = Tally::new(&pack.figures, own.office);
    facts::count(tx, &span(own, &office, &sheet), &pack.figures, &mut tally)?;
    for adjustment in &sheet.adjustments {
        tally.adjust(&sheet, adjustment);
    }
    sheet.cells = tally.cells();
    Ok(sheet)
}

fn categories(pack: &Pack) -> Vec<Part> {
    pack.categories().map(|p| Part { code: p.code.clone(), zh: p.zh.clone(), en: p.en.clone() }).collect()
}

fn span<'a>(own: &Return, office: &'a Office, sheet: &Sheet) -> Span<'a> {
    Span { office, campaign: own.campaign, from: own.from(), until: sheet.as_of }
}

/// What does not fit in the table as it stands.
pub fn findings(tx: &mut Tx, own: &Return, sheet: &Sheet) -> Result<Vec<Finding>> {
    let (campaign, pack) = campaigns::of(tx, own.campaign)?;
    let last = own.begins.yesterday().ok();
    let before = periods(&pack, &campaign).into_iter().find(|p| Some(p.ends) == last && p.code != own.period);
    let before = match before {
        Some(period) => store::of_office(tx, own.campaign, own.office, &period.code)?.filter(|r| r.edition > 0),
        None => None,
    };
    let before = before.map(|r| edition(tx, &r, r.edition)).transpose()?;
    let ids: Vec<OfficeId> = reporters_below(tx, own.office, own)?.into_iter().map(|o| o.id).collect();
    let mut below = Vec::new();
    for office in store::of_offices(tx, own.campaign, &ids)? {
        if office.period == own.period && office.state.is_out() {
            below.push(edition(tx, &office, office.edition)?);
        }
    }
    Ok(checks::findings(sheet, &pack.return_checks, before.as_ref(), &below))
}

/// Keeps the table that is submitted now.
pub(super) fn submit(tx: &mut Tx, by: &By, own: &mut Return) -> Result<()> {
    ensure(own.ends <= by.at.date(), NOT_OVER.with("ends", own.ends))?;
    let sheet = compute(tx, by, own)?;
    match (own.nil, sheet.first_record()) {
        (true, Some(row)) => return NOT_NIL.with("zh", &row.zh).with("en", &row.en).refuse(),
        (false, None) => return ONLY_NIL.refuse(),
        _ => {}
    }
    paper::check(&sheet)?;
    freeze(tx, by, own, &sheet, None)
}

/// Keeps what is counted now beside what was submitted; refused when nothing differs.
pub(super) fn revise(tx: &mut Tx, by: &By, own: &mut Return, why: &str) -> Result<()> {
    let before = edition(tx, own, own.edition)?;
    own.nil = false;
    let after = compute(tx, by, own)?;
    ensure(!before.differences(&after).is_empty(), NOTHING_NEW)?;
    freeze(tx, by, own, &after, Some(why))
}

fn freeze(tx: &mut Tx, by: &By, own: &mut Return, sheet: &Sheet, why: Option<&str>) -> Result<()> {
    let (content, digest) = sheet.frozen()?;
    own.edition += 1;
    own.digest = Some(digest.clone());
    let kept = Edition { edition: own.edition, digest, frozen_at: by.at, why: why.map(str::to_owned) };
    store::add_sheet(tx, own.id, &kept, &content)
}

/// Notes an amount that is added by hand.
pub(super) fn adjust(tx: &mut Tx, by: &By, own: &Return, act: &Act) -> Result<()> {
    let Act::Adjust { figure, product, field, amount, why } = act else { return Ok(()) };
    let (_, pack) = campaigns::of(tx, own.campaign)?;
    let Some(rule) = pack.figures.iter().find(|rule| rule.code == *figure) else {
        return NOT_A_CHOICE.with("value", figure).at("figure");
    };
    if How::of(rule) == How::Stock {
        return STOCK.with("zh", &rule.zh).with("en", &rule.en).at("figure");
    }
    if let Some(product) = product.as_ref().filter(|code| !pack.categories().any(|c| c.code == **code)) {
        return NOT_A_CHOICE.with("value", product).at("product");
    }
    if *amount == 0 {
        return NO_AMOUNT.at("amount");
    }
    let adjustment = Adjustment {
        id: EventId::new(by.at).to_string(),
        of_return: own.id,
        campaign: own.campaign,
        office: own.office,
        day: own.ends,
        figure: figure.clone(),
        product: product.clone(),
        field: *field,
        amount: *amount,
        why: text::said("why", why, LONGEST)?,
        by_name: by.actor.name.clone(),
        made_at: by.at,
        province: own.province,
        city: own.city,
        county: own.county,
        station: own.station,
    };
    store::add_adjustment(tx, &adjustment)
}

/// Exactly the records that a cell of `sheet` counts, a page of them; whether there are more. `period`: the cell of this
/// period.
pub fn records(
    tx: &mut Tx,
    own: &Return,
    sheet: &Sheet,
    (row, cut, period): (&str, &Cut, bool),
    after: Option<&str>,
) -> Result<(Vec<Counted>, bool)> {
    let rule = sheet.row(row).ok_or_else(|| Error::invalid("row", NOT_A_CHOICE.with("value", row)))?;
    if rule.counts.is_empty() {
        return Ok((Vec::new(), false));
    }
    let office = offices::office(tx, own.office)?;
    let part = match cut.office.as_deref() {
        Some(id) if id != own.office.to_string() => {
            let part = OfficeId::parse(id)?;
            let known = sheet.offices.iter().any(|o| o.code == id);
            ensure(known, NOT_A_CHOICE.with("value", id))?;
            Some(offices::office(tx, part)?)
        }
        _ => None,
    };
    let mut found = facts::records(tx, &span(own, &office, sheet), rule, (cut, part.as_ref(), period), after)?;
    let more = found.len() > facts::PAGE;
    found.truncate(facts::PAGE);
    if rule.distinct {
        name_enterprises(tx, &office, &mut found)?;
    }
    Ok((found, more))
}

/// Gives enterprises the names that they bear now.
fn name_enterprises(tx: &mut Tx, office: &Office, found: &mut [Counted]) -> Result<()> {
    let ids: Vec<Value> = found.iter().map(|c| Value::from(c.thing.as_str())).collect();
    let known: BTreeMap<EnterpriseId, String> =
        enterprises::get_all(tx, office.scope(), &ids)?.into_iter().map(|(id, e)| (id, e.name)).collect();
    for record in found.iter_mut().filter(|r| r.kind == Kind::Enterprise) {
        let name = EnterpriseId::parse(&record.thing).ok().and_then(|id| known.get(&id).cloned());
        record.name = name.unwrap_or_else(|| record.thing.clone());
    }
    Ok(())
}

/// How often each kind of problem was found, up to the table's cut-off, the most frequent first.
pub(super) fn problems(tx: &mut Tx, by: &By, own: &Return, sheet: &Sheet, lang: Lang) -> Result<Problems> {
    let (_, pack) = campaigns::of(tx, own.campaign)?;
    let wanted = Wanted {
        campaign: Some(own.campaign),
        office: Some(own.office),
        as_of: Some(sheet.as_of.to_string()),
        by: Some(Breakdown::Problem),
    };
    let name =
        |code: &str| pack.problem(code).map_or_else(|| code.to_owned(), |p| format!("{} {}", p.code, p.label(lang)));
    let found = figures(tx, by, &wanted, lang)?.into_iter().filter(|c| c.figure == Figure::Found);
    let mut found: Problems = found.filter_map(|c| Some((name(c.problem.as_deref()?), c.value))).collect();
    found.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    found.truncate(SHOWN);
    Ok(found)
}

/// Whether more was recorded since the table was kept: what a revision would take in.
pub(super) fn has_changed(tx: &mut Tx, by: &By, own: &Return, kept: &Sheet) -> Result<bool> {
    Ok(own.state != State::Submitted && !kept.differences(&compute(tx, by, own)?).is_empty())
}
