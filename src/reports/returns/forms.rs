//! What a person must give for each act on a return. No rule: what is missing or wrong, the act says.

use super::{How, Return, Sheet, Verb};
use crate::{
    kernel::{
        Lang, OfficeId,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
    record,
};

/// Whom an act can name, and what stands in the table.
#[derive(Debug)]
pub struct Around<'a> {
    pub above: Option<OfficeId>,
    /// Offices below whose returns are missing, as (id, name).
    pub missing: Vec<(String, String)>,
    pub sheet: &'a Sheet,
    /// Whether more was recorded since it was submitted.
    pub changed: bool,
}

/// The forms for what `actor` may do next.
pub fn of(own: &Return, actor: &Actor, around: &Around, lang: Lang) -> Vec<ActForm> {
    let mut open_to = own.open_to(actor, around.above);
    let nil = around.sheet.first_record().is_none();
    open_to.retain(|verb| match verb {
        Verb::Excuse => !around.missing.is_empty(),
        Verb::Submit => !nil,
        Verb::ReportNil => nil,
        Verb::Revise => around.changed,
        _ => true,
    });
    // the way forward first
    open_to.sort_by_key(|verb| kind(*verb) != "primary");
    let form = |(i, verb): (usize, &Verb)| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: kind(*verb),
        open: i == 0 && kind(*verb) == "primary",
        fields: fields(*verb, around, lang),
    };
    open_to.iter().enumerate().map(form).collect()
}

const fn kind(verb: Verb) -> &'static str {
    match verb {
        Verb::Submit | Verb::ReportNil | Verb::Accept => "primary",
        Verb::Return | Verb::Reopen => "danger",
        _ => "",
    }
}

fn fields(verb: Verb, around: &Around, lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let note = || Field::new("note", say("说明", "Note"), Input::Lines).optional();
    match verb {
        Verb::Adjust => adjustment(around, lang).into_iter().chain([why()]).collect(),
        Verb::Excuse => {
            let hint = say(
                "该机构的记录仍按系统汇总计入，但未经其确认；缺报和理由随表上报。",
                "What its people recorded is counted all the same, without its word; the gap and the reason go up with the table.",
            );
            let office = Field::new("office", say("缺报机构", "Office"), Input::Choice(around.missing.clone()));
            vec![office.hint(hint), why()]
        }
        Verb::ReportNil => vec![note().hint(say(
            "系统中本期没有任何记录，报送后即为零报告。",
            "Nothing was recorded in this period; this says so explicitly.",
        ))],
        Verb::Submit | Verb::Accept => vec![note()],
        Verb::Recall | Verb::Return | Verb::Reopen | Verb::Revise => vec![why()],
        Verb::Deliver => vec![
            Field::new("receipt", say("凭据编号", "Number of the receipt"), Input::Line)
                .hint(say("公文交换系统回执或者收文编号", "As the document exchange gives it")),
            Field::new("on", say("报送日期", "Delivered on"), Input::Date),
        ],
        Verb::Lock | Verb::Unlock => Vec::new(),
    }
}

fn adjustment(around: &Around, lang: Lang) -> [Field; 4] {
    let say = |zh, en| lang.say(zh, en);
    let rows = around.sheet.rows.iter().filter(|r| How::of(r) != How::Stock);
    let rows = rows.map(|r| (r.code.clone(), format!("{} {}", r.code, r.label(lang)))).collect();
    let products = around.sheet.products.iter().map(|p| (p.code.clone(), p.label(lang).to_owned())).collect();
    let fields = record::Field::ALL.iter().map(|f| (f.code().to_owned(), f.label(lang).to_owned())).collect();
    let hint = say(
        "只用于法律要求或者系统尚未记录的数据；可为负数。调整和理由在每一级汇总中都可见。",
        "Only where law demands it or nothing records it; may be negative. It is seen, with its reason, in every sum above.",
    );
    [
        Field::new("figure", say("指标", "Row"), Input::Choice(rows)).hint(hint),
        Field::new("amount", say("调整数", "Amount"), Input::Line),
        Field::new("product", say("产品", "Product"), Input::Choice(products)).optional(),
        Field::new("field", say("领域", "Field"), Input::Choice(fields)).optional(),
    ]
}
