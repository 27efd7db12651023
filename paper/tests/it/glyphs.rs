//! What no font can print is refused by name, never printed as a blank.

use std::fs;
use std::path::Path;

use paper::{Document, OnSiteRecord, Press, TalkRecord, Trouble};

use crate::{press, print, refusal, samples};

fn record_of(name: &str) -> Document {
    let mut record: OnSiteRecord = samples::on_site_record(3);
    record.party.representative = name.into();
    record.evidence[1].name = format!("{name}的身份证");
    Document::OnSiteRecord(record)
}

#[test]
fn rare_characters_of_names_are_printed() {
    for name in ["陶喆", "李堃", "龘靐", "䶮䶮", "㛃", "𬱖𫟹", "Łukasz Żółć", "Иванов", "Müller & Söhne"]
    {
        print(&record_of(name)).says(name);
    }
}

#[test]
fn a_character_without_a_glyph_is_named_with_its_place() {
    for (name, wanted, code) in
        [("𠮷田", '𠮷', "U+20BB7"), ("张\u{e000}", '\u{e000}', "U+E000"), ("李😀", '😀', "U+1F600")]
    {
        let Trouble::MissingGlyph { character, codepoint, field } = refusal(&record_of(name)) else {
            panic!("{name} should be refused for its character")
        };
        assert_eq!((character, codepoint.as_str(), field.as_str()), (wanted, code, "evidence.2.name"));
    }
}

#[test]
fn the_check_refuses_what_the_press_refuses() {
    assert!(press().check(&record_of("李堃")).is_ok());
    let trouble = press().check(&record_of("𠮷田")).unwrap_err();
    assert_eq!(
        trouble.to_string(),
        "“𠮷”（U+20BB7）不在任何可用字体中，文书未印制；字段：evidence.2.name / no font has “𠮷” (U+20BB7), nothing was printed; field: evidence.2.name"
    );
}

#[test]
fn what_is_written_with_an_escape_does_not_slip_through() {
    for hidden in ['\u{1}', '\u{8}', '\u{c}', '\u{7f}'] {
        let record = record_of(&format!("李{hidden}堃"));
        assert_eq!(press().check(&record).is_ok(), press().print(&record).is_ok(), "{hidden:?}");
        assert!(press().check(&record).is_err(), "{hidden:?}");
    }
    assert!(press().check(&record_of("李\n“堃”\\\"")).is_ok());
}

#[test]
fn the_forms_themselves_need_no_other_fonts() {
    for template in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")).unwrap() {
        let explanation = fs::read_to_string(template.unwrap().path()).unwrap();
        let all_of_it = Document::TalkRecord(TalkRecord { explanation, ..TalkRecord::default() });
        press().check(&all_of_it).unwrap();
    }
}

#[test]
fn marks_that_turn_the_text_round_are_refused() {
    assert!(matches!(refusal(&record_of("李\u{202e}堃")), Trouble::MissingGlyph { character: '\u{202e}', .. }));
}

#[test]
fn invisible_characters_that_come_with_pasted_text_do_no_harm() {
    print(&record_of("\u{feff}李\u{200b}堃\t")).says("法定代表人");
}

#[test]
fn the_folder_of_more_fonts_is_used_and_checked() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
    let with_folder = Press::without_system_fonts(Some(&ours)).unwrap();
    assert_eq!(with_folder.print(&record_of("李堃")).unwrap(), press().print(&record_of("李堃")).unwrap());

    let missing = Press::new(Some(&ours.join("nothing"))).unwrap_err();
    assert!(matches!(missing, Trouble::Font { .. }));

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken-fonts");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("not-a-font.ttf"), "words").unwrap();
    assert!(
        matches!(Press::new(Some(&folder)).unwrap_err(), Trouble::Font { path, .. } if path.ends_with("not-a-font.ttf"))
    );
}
