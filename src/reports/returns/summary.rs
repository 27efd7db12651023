//! The summary of a return (工作总结): drafted from its table, for people to go on writing. Every number is a field that
//! names its cell; the last page lists them all.
//!
//! What nothing records yet (typical cases, standards to be improved) is left to its author, and says so.

use super::{
    Cut, Part, Sheet,
    docx::{Docx, Number, Piece},
};
use crate::kernel::{Lang, Result};

/// How often a kind of problem was found, the most frequent first: its name and the number.
pub type Problems = Vec<(String, i64)>;

/// The draft as a DOCX file. The same table makes the same bytes.
pub fn draft(sheet: &Sheet, problems: &Problems, lang: Lang) -> Result<Vec<u8>> {
    let mut out = Docx::new();
    let say = |zh, en| lang.say(zh, en);
    let office = say(&sheet.office_zh, &sheet.office_en);
    let campaign = say(&sheet.campaign_zh, &sheet.campaign_en);
    let period = sheet.period.label(lang);
    out.title(&match lang {
        Lang::Zh => format!("{office}关于{campaign}的工作总结（{period}）"),
        Lang::En => format!("{office}: summary of “{campaign}”, {period}"),
    });
    out.heading(say("一、总体情况", "1. Overview"));
    out.paragraph(overview(sheet, lang));
    out.paragraph(outcome(sheet, lang));
    out.heading(say("二、分产品情况", "2. By product"));
    by_part(&mut out, sheet, &sheet.products, |code| Cut { product: Some(code), ..Cut::WHOLE }, lang);
    out.heading(say("三、分机构情况", "3. By office"));
    by_part(&mut out, sheet, &sheet.offices, |code| Cut { office: Some(code), ..Cut::WHOLE }, lang);
    out.heading(say("四、主要问题", "4. Main problems"));
    let heads = [say("问题类型", "Kind of problem"), say("发现隐患（项）", "Hazards found")];
    let line = |(name, n): &(String, i64)| {
        vec![vec![Piece::text(name)], vec![Piece::Number(Number::of("R07", &format!("problem={name}"), *n))]]
    };
    out.table(&heads, problems.iter().map(line).collect());
    out.heading(say("五、典型案例和需完善的标准", "5. Typical cases, and standards to be improved"));
    out.paragraph(vec![Piece::text(say(
        "（典型案例、需完善的标准清单尚未纳入系统记录，请据实补充。）",
        "(Typical cases and the list of standards are not recorded in the system yet; please add them.)",
    ))]);
    out.heading(say("六、数据说明", "6. About the figures"));
    for remark in remarks(sheet, lang) {
        out.paragraph(vec![Piece::Text(remark)]);
    }
    out.sources(
        say("附：数据出处", "Annex: where each number comes from"),
        &[say("编码", "Code"), say("范围", "Part"), say("数值", "Value")],
    );
    out.finish()
}

/// The total of a row in one part, as a field.
fn total(sheet: &Sheet, row: &str, cut: &Cut) -> Piece {
    let place = [&cut.office, &cut.product, &cut.field].into_iter().flatten().cloned().collect::<Vec<_>>().join(".");
    match sheet.cell(row, cut).total {
        Some(n) => Piece::Number(Number::of(row, &place, n)),
        None => Piece::text("—"),
    }
}

/// A sentence in which `{R07}` is the total of that row.
fn sentence(sheet: &Sheet, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (n, part) in text.split(['{', '}']).enumerate() {
        pieces.push(if n % 2 == 1 { total(sheet, part, &Cut::WHOLE) } else { Piece::text(part) });
    }
    pieces
}

fn overview(sheet: &Sheet, lang: Lang) -> Vec<Piece> {
    let until = lang.date(sheet.as_of.date());
    sentence(
        sheet,
        &match lang {
            Lang::Zh => format!(
                "截至{until}，累计出动检查人员{{R01}}人次，检查生产单位{{R02v}}家次（{{R02e}}家）、销售单位{{R03v}}家次\
             （{{R03e}}家）；发现隐患{{R07}}项，其中重大隐患{{R07m}}项。"
            ),
            Lang::En => format!(
                "By {until}, {{R01}} inspectors were dispatched; {{R02v}} visits were made to {{R02e}} producers and {{R03v}} \
             to {{R03e}} sellers. {{R07}} hazards were found, {{R07m}} of them major."
            ),
        },
    )
}

fn outcome(sheet: &Sheet, lang: Lang) -> Vec<Piece> {
    let of = |row: &str| sheet.cell(row, &Cut::WHOLE).total.unwrap_or(0);
    let (found, closed) = (of("R07"), of("R08c"));
    let mut pieces = sentence(sheet, lang.say(
        "已销号{R08c}项，已整改待销号{R08r}项，整改中未到期{R08n}项，逾期未整改{R08o}项；下达责令改正通知书{R14}份；\
         开展“回头看”“反复查”{R26v}家次，复发隐患{R26h}项。",
        "{R08c} are closed out, {R08r} are rectified and to be closed, {R08n} are being rectified in time and {R08o} are \
         overdue. {R14} orders to correct were served; {R26v} look-backs and repeat checks found {R26h} hazards again. ",
    ));
    if found > 0 {
        // per mille, rounded down: a rate is never said to be whole while something is open
        let rate = closed * 1000 / found;
        let said = format!("{}.{}%", rate / 10, rate % 10);
        pieces.push(Piece::text(lang.say("销号率", "The rate of close-out is ")));
        pieces.push(Piece::Number(Number { name: "R08c/R07".to_owned(), part: String::new(), said }));
        pieces.push(Piece::text(lang.say("。", ".")));
    }
    pieces
}

/// Found and closed, part by part; parts in which nothing was found are left out.
fn by_part(out: &mut Docx, sheet: &Sheet, parts: &[Part], cut: impl Fn(String) -> Cut, lang: Lang) {
    let say = |zh, en| lang.say(zh, en);
    let rows = ["R07", "R07m", "R08c", "R08o"];
    let mut lines = Vec::new();
    for part in parts {
        let cut = cut(part.code.clone());
        if sheet.cell("R07", &cut).total.unwrap_or(0) != 0 {
            let numbers = rows.iter().map(|row| vec![total(sheet, row, &cut)]);
            lines.push(std::iter::once(vec![Piece::text(part.label(lang))]).chain(numbers).collect());
        }
    }
    let heads = [
        say("名称", "Name"),
        say("发现隐患", "Found"),
        say("其中重大", "Major"),
        say("已销号", "Closed out"),
        say("逾期", "Overdue"),
    ];
    out.table(&heads, lines);
}

fn remarks(sheet: &Sheet, lang: Lang) -> Vec<String> {
    let mut remarks = vec![
        lang.say(
            "本文数据均由系统按记录汇总，截止时点之后的记录不计入；系统尚无记录的指标不计，不等于零。",
            "All figures are counted from records up to the cut-off. What nothing records is left out; it is not zero.",
        )
        .to_owned(),
    ];
    remarks.extend(sheet.adjustments.iter().map(|a| {
        format!("{}：{} {:+}，{}（{}）", lang.say("人工调整", "Adjusted by hand"), a.figure, a.amount, a.why, a.by_name)
    }));
    remarks.extend(
        sheet.gaps.iter().map(|g| format!("{}：{}，{}", lang.say("缺报", "Without"), lang.say(&g.zh, &g.en), g.why)),
    );
    remarks
}
