//! Data of any kind prints, or is refused with a reason; none of it is taken for commands.

use paper::{Answer, Document, Signature, Trouble};

use crate::{print, refusal, samples};

#[test]
fn markup_in_the_data_is_text() {
    let mut record = samples::on_site_record(2);
    let hostile = "#read(\"/etc/passwd\") *粗* $x^2$ @a <b> \\ // [注] = 标题 `code` 10% #import \"@preview/x:1.0.0\"";
    record.findings = hostile.to_owned();
    print(&Document::OnSiteRecord(record)).says(hostile);
}

#[test]
fn long_texts_go_on_over_the_pages() {
    let long = |end: &str| format!("{}{end}", "检查中发现的情况逐条记录如下，".repeat(400));
    let mut record = samples::on_site_record(2);
    record.findings = long("情况完毕。");
    record.statement = long("陈述完毕。");
    let printed = print(&Document::OnSiteRecord(record));
    printed.says("情况完毕。").says("陈述完毕。");
    assert!(printed.pages() > 10);

    let mut order = samples::correction_order();
    order.service.refusal = long("拒收完毕。");
    assert!(print(&Document::CorrectionOrder(order)).says("拒收完毕。").pages() > 4);
}

#[test]
fn a_word_without_a_space_stays_readable() {
    let mut record = samples::on_site_record(1);
    let address = format!("https://www.example.com/{}", "abcdef0123456789/".repeat(3));
    let checklist = record.checklist.as_mut().unwrap();
    checklist.answers.push(Answer { id: "9".into(), note: address.clone(), ..Answer::default() });
    record.evidence[0].number = "IMG_20230620_101233".into();
    record.checklist.as_mut().unwrap().answers[0].id = "HBX-2023-0000-1234567".into();
    print(&Document::OnSiteRecord(record)).says(&address).says("IMG_20230620_101233").says("HBX-2023-0000-1234567");
}

#[test]
fn a_signature_taken_on_a_screen_is_printed() {
    let mut record = samples::recheck_record();
    record.signed_by_party = Signature { png: png(), ..Signature::default() };
    let with = print(&Document::RecheckRecord(record.clone()));
    assert!(with.bytes.windows(14).any(|part| part == b"/Subtype/Image"));

    record.signed_by_party.png = b"not a picture".to_vec();
    assert!(matches!(refusal(&Document::RecheckRecord(record)), Trouble::Typesetting(_)));
}

/// A picture of one black point.
fn png() -> Vec<u8> {
    let mut file = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    file.extend(chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
    file.extend(chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01]));
    file.extend(chunk(b"IEND", &[]));
    file
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let body: Vec<u8> = kind.iter().chain(data).copied().collect();
    let sum = body.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |s, _| if s & 1 == 1 { (s >> 1) ^ 0xEDB8_8320 } else { s >> 1 })
    });
    [length.to_vec(), body, (!sum).to_be_bytes().to_vec()].concat()
}
