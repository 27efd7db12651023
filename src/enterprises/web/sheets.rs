//! The tables that leave the house: subjects, certificates, and what became of an import.

use crate::{
    enterprises::{
        Enterprise, Filter, Micro,
        certificates::{self, Certificate},
        imports::{Column, Import, RowResult},
        store,
    },
    kernel::{Error, Lang, Result, db::Tx, list::Ask, secret::Keeper, sheet::Table},
    people::Scope,
};
use jiff::civil::Date;

/// All subjects within `scope`, narrowed as asked, in the reader's language.
pub fn table(tx: &mut Tx, scope: Scope, filter: &Filter, ask: &Ask, lang: Lang) -> Result<Table> {
    Ok(Table::new(heads(lang), store::all(tx, scope, filter, ask, |e| cells(&e, lang))?))
}

/// All certificates within `scope`, narrowed as asked; their states are those of `today`.
pub fn paper_table(
    tx: &mut Tx,
    scope: Scope,
    filter: &certificates::store::Filter,
    (today, ask): (Date, &Ask),
    lang: Lang,
) -> Result<Table> {
    let rows = certificates::store::all(tx, scope, filter, (today, ask), |c| paper_cells(&c, today, lang))?;
    Ok(Table::new(paper_heads(lang), rows))
}

/// The headings of subjects. An import understands them again.
fn heads(lang: Lang) -> Vec<&'static str> {
    use Column as C;
    let mut heads: Vec<&str> = [
        C::Name,
        C::NameEn,
        C::Aliases,
        C::Uscc,
        C::RegistrationNo,
        C::Kind,
        C::Size,
        C::LegalPerson,
        C::Address,
        C::Region,
        C::Lon,
        C::Lat,
        C::Tags,
        C::Made,
        C::Sold,
        C::Platform,
        C::ShopUrl,
    ]
    .iter()
    .map(|c| c.label(lang))
    .collect();
    heads.extend([lang.say("状态", "State"), lang.say("登记日期", "Registered on"), lang.say("编号", "Id")]);
    heads
}

fn cells(e: &Enterprise, lang: Lang) -> Vec<String> {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let list = |list: &[String]| list.join("、");
    let tags: Vec<String> = e.tags.0.iter().map(|t| t.label(lang).to_owned()).collect();
    vec![
        e.name.clone(),
        or_empty(&e.name_en),
        list(&e.aliases.0),
        or_empty(&e.uscc),
        or_empty(&e.registration_no),
        e.kind.label(lang).to_owned(),
        e.size.label(lang).to_owned(),
        or_empty(&e.legal_person),
        e.address.clone(),
        e.region.clone(),
        e.lon.map_or_else(String::new, Micro::degrees),
        e.lat.map_or_else(String::new, Micro::degrees),
        list(&tags),
        list(&e.made.0),
        list(&e.sold.0),
        or_empty(&e.platform),
        or_empty(&e.shop_url),
        e.state.label(lang).to_owned(),
        e.registered_at.date().to_string(),
        e.id.to_string(),
    ]
}

/// The headings of certificates.
fn paper_heads(lang: Lang) -> Vec<&'static str> {
    let say = |zh, en| lang.say(zh, en);
    vec![
        say("证书编号", "Number"),
        say("种类", "Kind"),
        say("持证人", "Holder"),
        say("产品代码", "Products"),
        say("范围", "Scope"),
        say("生产地址", "Production address"),
        say("发证机关", "Issued by"),
        say("发证日期", "Issued"),
        say("有效期至", "Expires"),
        say("状态", "State"),
    ]
}

fn paper_cells(c: &Certificate, today: Date, lang: Lang) -> Vec<String> {
    vec![
        c.number.clone(),
        c.kind.label(lang).to_owned(),
        c.holder.clone(),
        c.products.0.join("、"),
        c.scope.clone(),
        c.address.clone(),
        c.body.clone(),
        c.issued.to_string(),
        c.expires.to_string(),
        c.state_on(today).label(lang).to_owned(),
    ]
}

/// The rows of an import as they came, and beside each what became of it. `head` is the row of the headings.
pub(super) fn results(
    keeper: &Keeper,
    import: &Import,
    head: &[String],
    rows: &[RowResult],
    lang: Lang,
) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let say = |zh, en| lang.say(zh, en).to_owned();
    let mut table = Vec::with_capacity(rows.len());
    let width = import.mapping.columns.len().max(head.len());
    for row in rows {
        let mut cells = opened(keeper, &row.cells)?;
        cells.resize(width.max(cells.len()), String::new());
        cells.truncate(width);
        let sentence = lang.say(row.sentence_zh.as_deref().unwrap_or(""), row.sentence_en.as_deref().unwrap_or(""));
        let fault = row.field.as_deref().map_or_else(String::new, |field| column_of(field, import, head, lang));
        cells.push(row.outcome.map_or_else(String::new, |o| o.label(lang).to_owned()));
        cells.push(fault);
        cells.push(sentence.to_owned());
        table.push(cells);
    }
    let mut heads = head.to_vec();
    heads.resize(width, String::new());
    heads.extend([say("处理结果", "Result"), say("问题所在列", "Column at fault"), say("说明", "Explanation")]);
    Ok((heads, table))
}

/// The cells of a row, opened.
pub(super) fn opened(keeper: &Keeper, locked: &str) -> Result<Vec<String>> {
    serde_json::from_str(&keeper.unlock("imports.cells", locked)?).map_err(Error::broken)
}

/// The heading of the file under which the fault is, else the name of what is at fault.
pub(super) fn column_of(field: &str, import: &Import, head: &[String], lang: Lang) -> String {
    let at = import.mapping.columns.iter().position(|c| c.is_some_and(|c| c.is(field)));
    let own = at.and_then(|i| head.get(i)).filter(|h| !h.is_empty()).cloned();
    let name = || Column::from_code(field).map_or_else(|| field.to_owned(), |c| c.label(lang).to_owned());
    own.unwrap_or_else(name)
}
