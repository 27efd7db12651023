//! A table as a file, made from nothing but the table: the same table is the same bytes, whenever it is asked for.

use super::{Cut, How, Sheet};
use crate::{
    campaigns::FigureRule,
    kernel::{
        Error, Lang, Moment, Result,
        sheet::{Table, csv_bytes},
    },
    record::Field,
};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Every cell, one in a line: for machines and for pivot tables.
pub fn csv(sheet: &Sheet, lang: Lang) -> Result<Vec<u8>> {
    csv_bytes(&Table::new(heads(lang), lines(sheet, lang)))
}

/// The table as people know it, every cell on a second page, adjustments and gaps on a third.
pub fn xlsx(sheet: &Sheet, lang: Lang) -> Result<Vec<u8>> {
    book(sheet, lang).map_err(Error::broken)
}

fn book(sheet: &Sheet, lang: Lang) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // not when the file is made: when the table was
    let made = sheet.submitted_at.unwrap_or(sheet.as_of).civil();
    let created = ExcelDateTime::parse_from_str(&made.strftime("%Y-%m-%dT%H:%M:%S").to_string())?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    whole(book.add_worksheet().set_name(lang.say("统计表", "Return"))?, sheet, lang)?;
    let bold = Format::new().set_bold();
    let cells = book.add_worksheet().set_name(lang.say("分项", "Breakdown"))?;
    listed(cells, &heads(lang), &lines(sheet, lang), &bold)?;
    let notes = book.add_worksheet().set_name(lang.say("调整与缺报", "Adjustments and gaps"))?;
    listed(notes, &[lang.say("类别", "Kind"), lang.say("内容", "What")], &remarks(sheet, lang), &bold)?;
    book.save_to_buffer()
}

/// Title, who, when; then one line for each row.
fn whole(page: &mut Worksheet, sheet: &Sheet, lang: Lang) -> std::result::Result<(), XlsxError> {
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    let (text, counted) = (
        Format::new().set_border(FormatBorder::Thin).set_text_wrap(),
        Format::new().set_border(FormatBorder::Thin).set_num_format("#,##0"),
    );
    page.merge_range(
        0,
        0,
        0,
        4,
        &format!("{} {}", lang.say(&sheet.campaign_zh, &sheet.campaign_en), sheet.period.label(lang)),
        &title,
    )?;
    for (line, (label, value)) in (1_u32..).zip(header(sheet, lang)) {
        page.write_string(line, 0, label)?.merge_range(line, 1, line, 4, &value, &Format::new())?;
    }
    let top = 2 + u32::try_from(header(sheet, lang).len()).unwrap_or(0);
    for (column, width) in [(0, 12), (1, 42), (2, 14), (3, 14), (4, 14)] {
        page.set_column_width(column, width)?;
    }
    for (column, label) in (0_u16..).zip(columns(lang)) {
        page.write_string_with_format(top, column, label, &head)?;
    }
    for (line, (row, shown)) in (top + 1..).zip(sheet.narrowed(&Cut::WHOLE)) {
        page.write_string_with_format(line, 0, &row.code, &text)?;
        page.write_string_with_format(line, 1, row.label(lang), &text)?;
        page.write_string_with_format(line, 2, row.unit(lang), &text)?;
        for (column, value) in [(3, shown.period), (4, shown.total)] {
            match value {
                Some(n) => page.write_number_with_format(line, column, number(n), &counted)?,
                None => page.write_string_with_format(line, column, unsaid(row, lang), &text)?,
            };
        }
    }
    Ok(())
}

/// A number as a spreadsheet has it.
#[expect(
    clippy::cast_precision_loss,
    reason = "a spreadsheet knows no whole numbers; counts are far below where it rounds"
)]
const fn number(n: i64) -> f64 {
    n as f64
}

/// What stands in a cell that says no number.
pub fn unsaid(row: &FigureRule, lang: Lang) -> &'static str {
    match How::of(row) {
        How::Absent => How::Absent.label(lang),
        _ => "–",
    }
}

/// The lines between title and table.
pub fn header(sheet: &Sheet, lang: Lang) -> Vec<(&'static str, String)> {
    let say = |zh: &'static str, en: &'static str| lang.say(zh, en);
    let draft = || say("尚未报送（草稿）", "not submitted (draft)").to_owned();
    let named = |name: &str| if name.is_empty() { "–".to_owned() } else { name.to_owned() };
    let mut lines = vec![
        (say("填报单位", "Office"), lang.say(&sheet.office_zh, &sheet.office_en).to_owned()),
        (say("报告期", "Period"), format!("{} – {}", sheet.period.begins, sheet.period.ends)),
        (say("数据截至", "As of"), sheet.as_of.minute()),
        (say("填报人", "Prepared by"), named(&sheet.prepared_by)),
        (say("审核人", "Checked by"), named(&sheet.submitted_by)),
        (say("填报时间", "Submitted"), sheet.submitted_at.map_or_else(draft, Moment::minute)),
    ];
    if sheet.nil {
        lines.push((
            say("零报告", "Nothing to report"),
            say("本期无数据", "nothing happened in this period").to_owned(),
        ));
    }
    if let Some(note) = &sheet.note {
        lines.push((say("说明", "Note"), note.clone()));
    }
    lines
}

fn columns(lang: Lang) -> [&'static str; 5] {
    let say = |zh, en| lang.say(zh, en);
    [say("编码", "Code"), say("指标", "Figure"), say("单位", "Unit"), say("本期", "This period"), say("累计", "Total")]
}

fn heads(lang: Lang) -> Vec<&'static str> {
    let say = |zh, en| lang.say(zh, en);
    let [code, name, unit, period, total] = columns(lang);
    vec![code, name, unit, say("机构", "Office"), say("产品", "Product"), say("领域", "Field"), period, total]
}

/// One line for each cell: the whole first, then every part.
fn lines(sheet: &Sheet, lang: Lang) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for (row, shown) in sheet.narrowed(&Cut::WHOLE) {
        let said = |value: Option<i64>| value.map_or_else(|| unsaid(row, lang).to_owned(), |n| n.to_string());
        let line = |cut: &Cut, period: String, total: String| {
            let [office, product, field] = parts(sheet, cut, lang);
            vec![
                row.code.clone(),
                row.label(lang).to_owned(),
                row.unit(lang).to_owned(),
                office,
                product,
                field,
                period,
                total,
            ]
        };
        lines.push(line(&Cut::WHOLE, said(shown.period), said(shown.total)));
        let cells = sheet.cells.iter().filter(|c| c.row == row.code && c.cut != Cut::WHOLE);
        lines.extend(cells.map(|c| line(&c.cut, c.period.to_string(), c.total.to_string())));
    }
    lines
}

/// Office, product and field of a part, as people call them.
pub fn parts(sheet: &Sheet, cut: &Cut, lang: Lang) -> [String; 3] {
    let all = lang.say("合计", "all");
    let none = lang.say("未注明", "not said");
    let named = |parts: &[super::Part], code: &Option<String>| match code.as_deref() {
        None => all.to_owned(),
        Some("") => none.to_owned(),
        Some(code) => {
            parts.iter().find(|p| p.code == code).map_or_else(|| code.to_owned(), |p| p.label(lang).to_owned())
        }
    };
    let field = cut.field.as_deref().and_then(Field::from_code).map(|f| f.label(lang).to_owned());
    [
        named(&sheet.offices, &cut.office),
        named(&sheet.products, &cut.product),
        field.unwrap_or_else(|| named(&[], &cut.field)),
    ]
}

/// Adjustments and gaps: what each is, and what it says.
pub fn remarks(sheet: &Sheet, lang: Lang) -> Vec<Vec<String>> {
    let say = |zh, en| lang.say(zh, en).to_owned();
    let adjusted = sheet.adjustments.iter().map(|a| {
        vec![say("调整", "Adjustment"), format!("{} {:+} · {} · {} {}", a.figure, a.amount, a.why, a.by_name, a.day)]
    });
    let gaps = sheet.gaps.iter().map(|g| vec![say("缺报", "Gap"), format!("{} · {}", lang.say(&g.zh, &g.en), g.why)]);
    adjusted.chain(gaps).collect()
}

fn listed(
    page: &mut Worksheet,
    heads: &[&str],
    lines: &[Vec<String>],
    bold: &Format,
) -> std::result::Result<(), XlsxError> {
    for (column, head) in (0_u16..).zip(heads) {
        page.write_string_with_format(0, column, *head, bold)?;
    }
    for (line, cells) in (1_u32..).zip(lines) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell.parse::<i64>() {
                Ok(n) if column >= 6 => page.write_number(line, column, number(n))?,
                _ => page.write_string(line, column, cell)?,
            };
        }
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}
