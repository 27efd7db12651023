//! Each form says what it has to say.

use paper::{Deadline, Document, Press, Verdict};

use crate::samples::{self, COUNTY, HENGDA, ORDER};
use crate::{press, print};

#[test]
fn every_form_carries_title_authority_number_and_party() {
    for document in samples::all() {
        let printed = print(&document);
        printed.says(&document.title()).says(&document.header().issuer).says(&document.header().number);
        // what goes between offices concerns no enterprise
        let between_offices = matches!(
            document,
            Document::SupervisedHandling(_)
                | Document::ReminderLetter(_)
                | Document::Circular(_)
                | Document::MeetingMinutes(_)
                | Document::StatisticalTable(_)
        );
        if !between_offices {
            printed.says(HENGDA);
        }
        printed.says(&format!("第 1 页　共 {} 页", printed.pages()));
        printed.says("校验值 3f9a 72c1 e05b 8d64");
        assert_eq!(printed.info(b"Title"), document.title().replace('\n', ""));
        assert_eq!(printed.info(b"Author"), document.header().issuer);
    }
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    for document in samples::all() {
        let again = Press::without_system_fonts(None).unwrap().print(&document).unwrap();
        assert_eq!(print(&document).bytes, again, "{} differs between two prints", document.form());
    }
}

#[test]
fn every_document_is_pdf_a() {
    for document in samples::all() {
        let bytes = print(&document).bytes;
        let metadata = String::from_utf8_lossy(&bytes);
        assert!(metadata.contains("<pdfaid:part>2</pdfaid:part>"), "{} is not PDF/A-2", document.form());
    }
}

#[test]
fn documents_survive_json() {
    for document in samples::all() {
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
    }
}

#[test]
fn an_order_says_by_when_on_what_grounds_and_what_remedies_there_are() {
    let mut order = samples::correction_order();
    print(&Document::CorrectionOrder(order.clone()))
        .says("于2023年7月20日前（含当日）改正")
        .says("违反了《中华人民共和国产品质量法》第十二条")
        .says("六十日内向正定县人民政府申请行政复议")
        .says("六个月内依法向正定县人民法院提起行政诉讼")
        .says("本文书一式2份，一份送达，一份归档。")
        .says("☑直接");

    order.deadline = Deadline::Immediately;
    order.remedies = None;
    let printed = print(&Document::CorrectionOrder(order));
    assert!(!printed.says("立即改正").text().contains("行政复议"));
}

#[test]
fn the_record_grows_with_its_checklist_and_repeats_the_head_of_the_table() {
    let pages = |answers| print(&Document::OnSiteRecord(samples::on_site_record(answers))).pages();
    assert!(pages(5) < pages(40));
    assert!(pages(40) < pages(200));

    let long = print(&Document::OnSiteRecord(samples::on_site_record(200)));
    let heads = long.text().matches("检查内容").count();
    assert!(heads >= long.pages() - 2, "{heads} heads on {} pages", long.pages());
}

#[test]
fn the_record_names_inspectors_answers_and_hashes() {
    let record = samples::on_site_record(12);
    print(&Document::OnSiteRecord(record.clone()))
        .says("应晓岚（执法证号：冀A01230017）、薄建平（执法证号：冀A01230023）")
        .says("2023年6月20日9时30分至11时45分")
        .says("有权申请回避")
        .says("批号HD2305-17缺28天强度")
        .says(&record.evidence[0].sha256)
        .says("检查人员（签名）");
}

#[test]
fn every_page_of_a_record_but_the_last_has_a_line_for_signatures() {
    let printed = print(&Document::OnSiteRecord(samples::on_site_record(60)));
    let lines = printed.text().matches("被检查人（签名）").count();
    assert_eq!(lines, printed.pages(), "one line on each page, the last page has the signatures themselves");
}

#[test]
fn a_recheck_ticks_its_verdict() {
    let mut record = samples::recheck_record();
    print(&Document::RecheckRecord(record.clone())).says("☑复查合格☐部分合格☐复查不合格").says(ORDER);
    record.verdict = Some(Verdict::Failed);
    record.items[1].passed = false;
    print(&Document::RecheckRecord(record.clone())).says("☐复查合格☐部分合格☑复查不合格").says("不符合");
    record.verdict = None;
    print(&Document::RecheckRecord(record)).says("☐复查合格☐部分合格☐复查不合格");
}

#[test]
fn supervised_handling_names_matters_deadline_and_copies() {
    let mut letter = samples::supervised_handling();
    letter.header.title.clear();
    print(&Document::SupervisedHandling(letter))
        .says("关于对正定县水泥、危险化学品包装物质量安全隐患实施挂牌督办的通知")
        .says(&format!("{COUNTY}："))
        .says("YH-130123-2023-00057")
        .says("办结期限：2023年8月31日")
        .says("抄送：正定县人民政府，河北省市场监督管理局。");
}

#[test]
fn the_approval_keeps_the_opinions_in_order() {
    let text = print(&Document::CloseOutApproval(samples::close_out_approval())).text();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing"));
    assert!(at("经办人意见") < at("建议销号") && at("建议销号") < at("同意销号") && at("同意销号") < at("分管负责人"));
}

#[test]
fn a_table_repeats_its_head_and_says_what_is_no_zero() {
    let printed = print(&Document::StatisticalTable(samples::statistical_table(72)));
    assert!(printed.pages() > 1);
    assert_eq!(printed.text().matches("编码指标单位本期累计").count(), printed.pages(), "a head on every page");
    printed.says("R01e").says("12,345,678").says("未纳入系统记录").says("1. 调整：R15f +2").says("3f9a72c1e05b8d64");
}

#[test]
fn forms_left_empty_print_as_blanks_to_be_filled_in() {
    let kinds = [
        "on_site_record",
        "correction_order",
        "rectification_report",
        "recheck_record",
        "close_out_approval",
        "supervised_handling",
        "talk_notice",
        "talk_record",
        "meeting_minutes",
        "statistical_table",
    ];
    for kind in kinds {
        let document: Document = serde_json::from_value(serde_json::json!({ "kind": kind })).unwrap();
        let printed = press().print(&document);
        assert!(printed.is_ok(), "an empty {kind} should print: {printed:?}");
    }
}
