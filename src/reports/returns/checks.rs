//! What does not fit in a table before it is submitted: shown to whoever submits it, with the figures.

use super::{Cell, Cut, Sheet, Shown};
use crate::{
    campaigns::{Relation, ReturnCheck},
    kernel::{Lang, Refusal},
};
use serde::Serialize;
use utoipa::ToSchema;

refusals! {
    CHECK_FAILS "returns.check_fails" "{zh}：{left} {relation_zh} {right} 不成立。" "{en}: not so, {left} {relation_en} {right}.";
    FALLEN "returns.fallen" "“{zh}”的累计数{now}小于上期的{before}，且没有调整说明。" "“{en}” has fallen since the period before, from {before} to {now}, without an adjustment.";
    LATER_BELOW "returns.later_below" "{office_zh}报送“{row_zh}”{told}，系统现计{counted}：报送之后又有记录，可请其修订或者退回重报。" "{office_en} submitted {told} for “{row_en}”, now {counted} are counted: more was recorded since; have it revised or return it.";
    WITHOUT "returns.without" "{zh}缺报：{why}" "Without {en}: {why}";
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReturnFinding)]
pub struct Finding {
    pub code: &'static str,
    pub zh: String,
    pub en: String,
}

impl Finding {
    fn of(refusal: &Refusal) -> Self {
        Self { code: refusal.code, zh: refusal.zh.to_string(), en: refusal.en.to_string() }
    }

    /// The sentence in the reader's language.
    pub fn say(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }
}

/// Everything that does not fit in `sheet`: the checks of the pack, what fell since the period before, what offices below
/// have submitted otherwise than it is counted now, and offices that are missing.
pub fn findings(sheet: &Sheet, checks: &[ReturnCheck], before: Option<&Sheet>, below: &[Sheet]) -> Vec<Finding> {
    let mut all: Vec<Finding> = checks.iter().filter_map(|check| fails(sheet, check)).collect();
    all.extend(before.into_iter().flat_map(|before| fallen(sheet, before)));
    all.extend(below.iter().flat_map(|below| later_below(sheet, below)));
    all.extend(
        sheet
            .gaps
            .iter()
            .map(|gap| Finding::of(&WITHOUT.with("zh", &gap.zh).with("en", &gap.en).with("why", &gap.why))),
    );
    all
}

/// Whether the whole keeps the check, and every office, product and field by itself.
fn fails(sheet: &Sheet, check: &ReturnCheck) -> Option<Finding> {
    let sum =
        |codes: &[String], cut: &Cut| -> Option<i64> { codes.iter().map(|code| sheet.cell(code, cut).total).sum() };
    let single = |cut: &Cut| [&cut.office, &cut.product, &cut.field].into_iter().flatten().count() == 1;
    let named: Vec<&Cell> = sheet.cells.iter().filter(|c| check.left.contains(&c.row) && single(&c.cut)).collect();
    let cuts = std::iter::once(&Cut::WHOLE).chain(named.iter().map(|c| &c.cut));
    cuts.filter_map(|cut| Some((sum(&check.left, cut)?, sum(&check.right, cut)?))).find_map(|(left, right)| {
        let holds = match check.relation {
            Relation::AtMost => left <= right,
            Relation::Equal => left == right,
        };
        let said = CHECK_FAILS
            .with("zh", &check.zh)
            .with("en", &check.en)
            .with("relation_zh", check.relation.label(Lang::Zh))
            .with("relation_en", check.relation.label(Lang::En));
        (!holds).then(|| Finding::of(&said.with("left", left).with("right", right)))
    })
}

/// What has become less since the period before, though nobody adjusted it. What stands at a cut-off may fall.
fn fallen<'s>(sheet: &'s Sheet, before: &'s Sheet) -> impl Iterator<Item = Finding> + 's {
    sheet.narrowed(&Cut::WHOLE).into_iter().filter_map(|(row, now)| {
        let (now, before) = (whole_period(now)?, before.cell(&row.code, &Cut::WHOLE).total?);
        let adjusted = sheet.adjustments_in(&row.code, &Cut::WHOLE).any(|a| a.day >= sheet.period.begins);
        let said = || FALLEN.with("zh", &row.zh).with("en", &row.en).with("now", now).with("before", before);
        (now < before && !adjusted).then(|| Finding::of(&said()))
    })
}

/// The total of what is counted by happenings.
fn whole_period(shown: Shown) -> Option<i64> {
    shown.period.and(shown.total)
}

/// Where an office below has submitted other figures than are counted for it now.
fn later_below<'s>(sheet: &'s Sheet, below: &'s Sheet) -> impl Iterator<Item = Finding> + 's {
    let cut = Cut { office: Some(below.office.to_string()), ..Cut::WHOLE };
    below.narrowed(&Cut::WHOLE).into_iter().filter_map(move |(row, told)| {
        let (told, counted) = (told.total?, sheet.cell(&row.code, &cut).total?);
        let said = || {
            LATER_BELOW
                .with("office_zh", &below.office_zh)
                .with("office_en", &below.office_en)
                .with("row_zh", &row.zh)
                .with("row_en", &row.en)
                .with("told", told)
                .with("counted", counted)
        };
        (told != counted).then(|| Finding::of(&said()))
    })
}
