//! A form as people make them: what comes over, and what is named as left out.

use super::*;
use rust_xlsxwriter::Workbook;

fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (line, row) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(*row) {
                sheet.write_string(line, column, *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_form_becomes_a_checklist_and_the_rest_is_named() {
    let survey: &[&[&str]] = &[
        &["type", "name", "label::中文 (zh)", "label::English (en)", "hint", "relevant", "constraint"],
        &["note", "intro", "先看证照", "Look at the papers first", "", "", ""],
        &["select_one yn", "licence", "有许可证吗？", "Is there a licence?", "Ask for the original", "", ""],
        &["select_one yn", "valid", "许可证有效吗？", "Is it valid?", "", "${licence} = 'yes'", ""],
        &["image", "photo", "", "", "", "", ""],
        &["integer", "stock", "库存多少？", "How many in stock?", "", "${licence} = 'no' or ${valid} = 'no'", ". > 0"],
        &["select_one colour", "plate", "标牌什么颜色？", "Colour of the plate?", "", "", ""],
        &["geopoint", "where", "位置", "Place", "", "", ""],
    ];
    let choices: &[&[&str]] = &[
        &["list_name", "name", "label::中文 (zh)", "label::English (en)"],
        &["yn", "yes", "是", "Yes"],
        &["yn", "no", "否", "No"],
        &["colour", "r", "红", "red"],
        &["colour", "b", "蓝", "blue"],
    ];
    let found = read(&workbook(&[("survey", survey), ("choices", choices)]), "own").unwrap();
    let cell = |n: usize, column: &str| found.items[n][column].as_str();
    assert_eq!(found.items.len(), 4);
    assert_eq!((cell(0, "id"), cell(0, "zh"), cell(0, "en")), ("own-1", "有许可证吗？", "Is there a licence?"));
    assert_eq!(cell(0, "how_en"), "Look at the papers first Ask for the original");
    assert_eq!((cell(1, "asked_if"), cell(1, "photo"), cell(0, "photo")), ("own-1=conforms", "1", "0"));
    assert_eq!((cell(2, "asked_if"), cell(2, "how_zh")), ("", "将结果填入备注。"));
    assert!(cell(3, "how_en").contains("red, blue") && cell(3, "how_zh").contains("红、蓝"));
    let left: Vec<(i64, &str)> = found.left.iter().map(|l| (l.line, l.reason.code)).collect();
    let expected = [
        (6, "xlsform.other_relevant"),
        (6, "xlsform.in_remark"),
        (6, "xlsform.other_column"),
        (7, "xlsform.own_choices"),
        (8, "xlsform.other_type"),
    ];
    assert_eq!(left, expected);
}

#[test]
fn what_is_no_form_is_refused() {
    let code = |bytes: &[u8]| read(bytes, "x").unwrap_err().refusal().code;
    assert_eq!(code(&workbook(&[("data", &[&["type"], &["text"]])])), "xlsform.no_survey");
    assert_eq!(code(b"no workbook"), "imports.broken_workbook");
}
