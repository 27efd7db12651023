//! Reading files: what is no table, what would not fit, and every encoding met.

use super::samples::{text, workbook};
use crate::enterprises::imports;

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    use std::io::Write;
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    bomb.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..600 {
        bomb.write_all(&zeros).unwrap();
    }
    let bytes = bomb.finish().unwrap().into_inner();
    assert!(bytes.len() < 2 * 1024 * 1024);
    let refused = imports::read(&bytes).unwrap_err();
    assert_eq!((refused.field(), refused.refusal().code), (Some("file"), "imports.too_big_unpacked"));
}

#[test]
fn a_cell_at_the_end_of_the_world_costs_nothing() {
    let far = workbook(&[vec![text("企业名称")]], |page| {
        page.write_string(1_048_575, 16_383, "x").unwrap();
    });
    assert_eq!(imports::read(&far).unwrap_err().refusal().code, "imports.too_many_columns");
    let deep = workbook(&[vec![text("企业名称")]], |page| {
        page.write_string(1_048_575, 0, "x").unwrap();
    });
    assert_eq!(imports::read(&deep).unwrap().len(), 2);
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1];
    assert_eq!(imports::read(&old).unwrap_err().refusal().code, "imports.old_workbook");
}

#[test]
fn every_encoding_of_a_table_reads_alike() {
    let table = "企业名称,信用代码\n正定县青石水泥有限公司,\"=\"\"91130123000000000X\"\"\"\n";
    let plain = imports::read(table.as_bytes()).unwrap();
    assert_eq!(plain[1].cells[1], "91130123000000000X");
    let utf16 = |little: bool| {
        let units = table.encode_utf16().flat_map(move |u| if little { u.to_le_bytes() } else { u.to_be_bytes() });
        units.collect::<Vec<u8>>()
    };
    let marked = [&[0xff, 0xfe][..], &utf16(true)].concat();
    let bom = [&[0xef, 0xbb, 0xbf][..], table.as_bytes()].concat();
    let gbk = encoding_rs::GBK.encode(table).0.into_owned();
    let tabs = table.replace(',', "\t").into_bytes();
    for bytes in [marked, utf16(true), utf16(false), bom, gbk, tabs] {
        assert_eq!(imports::read(&bytes).unwrap(), plain);
    }
}
