//! Single cells: what counts as blank, dates in every spelling met, and words of closed vocabularies.

use crate::{
    enterprises::{Kind, Size, Tag},
    kernel::{Error, Lang, NOT_A_CHOICE, NOT_A_DATE, Result, text},
    reference::regions,
};
use jiff::{ToSpan, civil::Date};

refusals! {
    SEVERAL_REGIONS "imports.several_regions" "“{name}”有多处：{list}。请填写六位行政区划代码或者写明省市。" "There are several places called “{name}”: {list}. Give the six-digit code, or the name with province and city.";
    NOT_A_REGION_NAME "imports.not_a_region" "“{name}”不是现行县级以上行政区划名称或者代码。" "“{name}” is neither the name nor the code of a county, city or province.";
}

/// What people write where they have nothing to write.
const NOTHING: &[&str] = &["", "/", "\\", "-", "--", "—", "——", "无", "暂无", "N/A", "n/a", "NULL", "null"];

/// The cell in plain forms; nothing when it says nothing.
pub fn filled(cell: &str) -> Option<String> {
    let text = text::plain(cell);
    (!NOTHING.contains(&text.as_str())).then_some(text)
}

/// A day in any of the spellings met: 2023-10-23, 2023/10/23, 2023.10.23, 2023年10月23日, 20231023, 231023, or the serial
/// number under which spreadsheets keep days. A time of day that follows is left out.
pub fn date(cell: &str) -> Option<Date> {
    let plain = text::plain(cell);
    let day = plain.split([' ', 'T']).next().unwrap_or_default();
    if day.chars().all(|c| c.is_ascii_digit()) {
        return from_digits(day);
    }
    // behind the point stands the time of day
    if let Some((whole, _)) = day.split_once('.').filter(|(w, p)| w.len() == 5 && digits(w) && digits(p)) {
        return from_digits(whole);
    }
    let parts: Vec<&str> = day.trim_end_matches('日').split(['年', '月', '/', '-', '.']).collect();
    let [year, month, date] = parts.as_slice() else { return None };
    if ![year, month, date].iter().all(|p| digits(p)) {
        return None;
    }
    let year = if year.len() == 2 { century(year.parse().ok()?) } else { year.parse().ok()? };
    (1900..2200).contains(&year).then(|| Date::new(year, month.parse().ok()?, date.parse().ok()?).ok())?
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 + 1 && text.chars().all(|c| c.is_ascii_digit())
}

fn century(year: i16) -> i16 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

fn from_digits(day: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| day.get(range)?.parse::<i16>().ok();
    let made =
        |year: i16, month: i16, date: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok();
    match day.len() {
        8 => made(number(0..4)?, number(4..6)?, number(6..8)?).filter(|d| (1900..2200).contains(&d.year())),
        6 => made(century(number(0..2)?), number(2..4)?, number(4..6)?),
        5 => {
            let serial: i32 = day.parse().ok()?;
            let first = jiff::civil::date(1899, 12, 30);
            (18_000..80_000).contains(&serial).then(|| first.checked_add(serial.days()).ok())?
        }
        _ => None,
    }
}

/// As `date`, or the sentence beside `field`.
pub fn date_of(field: &str, cell: &str) -> Result<Date> {
    date(cell).ok_or_else(|| Error::invalid(field, NOT_A_DATE.with("value", cell)))
}

/// The two ends of `2020-06-09至2025-06-08`; of one day, that day as the end.
pub fn period(field: &str, cell: &str) -> Result<(Option<Date>, Date)> {
    let parts: Vec<&str> =
        cell.split(['至', '到', '~', '～', '—', '–']).map(str::trim).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [from, to] => Ok((Some(date_of(field, from)?), date_of(field, to)?)),
        [to] => Ok((None, date_of(field, to)?)),
        _ => NOT_A_DATE.with("value", cell).at(field),
    }
}

/// What kind of subject a cell names.
pub fn kind(cell: &str) -> Result<Kind> {
    let said = |words: &[&str]| words.iter().any(|w| cell.contains(w));
    if let Some(kind) = Kind::ALL.iter().find(|k| is(cell, k.code(), k.label(Lang::Zh), k.label(Lang::En))) {
        return Ok(*kind);
    }
    let (makes, sells) = (said(&["生产", "制造", "加工"]), said(&["销售", "经营", "流通", "零售", "批发"]));
    Ok(match (makes, sells) {
        _ if said(&["平台"]) => Kind::Platform,
        _ if said(&["网店", "网络店铺", "网上", "电商"]) => Kind::OnlineShop,
        (true, true) => Kind::Both,
        (true, false) => Kind::Producer,
        (false, true) => Kind::Seller,
        _ if said(&["产销"]) => Kind::Both,
        _ if said(&["使用"]) => Kind::User,
        _ => return NOT_A_CHOICE.with("value", cell).at("kind"),
    })
}

/// The size class a cell names.
pub fn size(cell: &str) -> Result<Size> {
    let found = Size::ALL.iter().find(|s| {
        let zh = s.label(Lang::Zh);
        is(cell, s.code(), zh, s.label(Lang::En)) || (cell.starts_with(&zh[..3]) && cell != "未知")
    });
    match found {
        Some(size) => Ok(*size),
        None if matches!(cell, "未知" | "不详" | "unknown") => Ok(Size::Unknown),
        None => NOT_A_CHOICE.with("value", cell).at("size"),
    }
}

/// The targeting criteria a cell names, with 、 between.
pub fn tags(cell: &str) -> Result<Vec<Tag>> {
    let pieces = cell.split(['、', '；', ';', '，', ',', '\n']).map(str::trim).filter(|p| !p.is_empty());
    let tag = |piece: &str| {
        let found = Tag::ALL.iter().find(|t| is(piece, t.code(), t.label(Lang::Zh), t.label(Lang::En)));
        found.copied().ok_or_else(|| Error::invalid("tags", NOT_A_CHOICE.with("value", piece)))
    };
    pieces.map(tag).collect()
}

fn is(cell: &str, code: &str, zh: &str, en: &str) -> bool {
    cell == code || cell == zh || cell.eq_ignore_ascii_case(en)
}

/// The code of the region a cell names, by code or by name; among several of one name, the one in `home`.
pub fn region(cell: &str, home: &str) -> Result<String> {
    let code = text::code(cell);
    if code.chars().all(|c| c.is_ascii_digit()) {
        // codes of townships and villages begin with that of their county
        let county = code.get(..6).unwrap_or(&code);
        return regions::get(county).map(|r| r.code.to_owned()).or_else(|refusal| refusal.at("region"));
    }
    let found = regions::named(cell);
    let home = regions::find(home.get(..6).unwrap_or(home));
    let near: Vec<_> =
        found.iter().copied().filter(|r| home.is_some_and(|h| h.contains(r) || h.code == r.code)).collect();
    match (found.as_slice(), near.as_slice()) {
        ([], _) => NOT_A_REGION_NAME.with("name", cell).at("region"),
        ([one], _) | (_, [one]) => Ok(one.code.to_owned()),
        _ => {
            let list: Vec<String> = found.iter().take(5).map(|r| format!("{} {}", r.code, r.full_name())).collect();
            SEVERAL_REGIONS.with("name", cell).with("list", list.join("、")).at("region")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_in_every_spelling_met() {
        let day = jiff::civil::date(2023, 10, 23);
        for text in [
            "2023-10-23",
            "2023/10/23",
            "2023.10.23",
            "2023年10月23日",
            "20231023",
            "231023",
            "45222",
            "45222.5",
            "２０２３年１０月２３日",
            "2023-10-23 00:00:00",
            "2023-10-23T08:30:00",
            "23/10/23",
            " 2023年10月23 日 ".trim(),
        ] {
            assert_eq!(date(text).or_else(|| date(&text.replace(' ', ""))), Some(day), "{text}");
        }
        assert_eq!(date("231011"), Some(jiff::civil::date(2023, 10, 11)));
        assert_eq!(date("20200609"), Some(jiff::civil::date(2020, 6, 9)));
        for wrong in ["", "长期", "2023年10月", "20231332", "99", "10/23/2023", "9.13E+17"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_people_write_for_nothing_is_nothing() {
        assert!(["/", "无", " － ", "—", "N/A", "　"].iter().all(|cell| filled(cell).is_none()));
        assert_eq!(filled(" ＡＢ１ "), Some("AB1".into()));
    }

    #[test]
    fn kinds_and_sizes_are_understood() {
        assert_eq!(kind("生产企业").unwrap(), Kind::Producer);
        assert_eq!(kind("生产、销售").unwrap(), Kind::Both);
        assert_eq!(kind("经营单位").unwrap(), Kind::Seller);
        assert_eq!(size("小型企业").unwrap(), Size::Small);
        assert_eq!(size("微").unwrap(), Size::Micro);
        assert_eq!(size("巨型").unwrap_err().field(), Some("size"));
    }

    #[test]
    fn a_region_is_found_by_name_within_the_office() {
        assert_eq!(region("正定县", "130100").unwrap(), "130123");
        assert_eq!(region("130123104000", "130100").unwrap(), "130123");
        assert_eq!(region("河北省石家庄市正定县", "").unwrap(), "130123");
        assert_eq!(region("某某县", "").unwrap_err().field(), Some("region"));
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_it(cell in "\\PC{0,30}") {
            let _ = (date(&cell), filled(&cell), kind(&cell), size(&cell), tags(&cell), region(&cell, "130123"), period("x", &cell));
        }

        #[test]
        fn every_day_comes_back(days in 0i32..60_000) {
            let day = jiff::civil::date(1950, 1, 1).checked_add(days.days()).unwrap();
            for text in [day.to_string(), day.strftime("%Y%m%d").to_string(), day.strftime("%Y年%-m月%-d日").to_string(), day.strftime("%Y/%-m/%-d").to_string()] {
                prop_assert_eq!(date(&text), Some(day));
            }
        }
    }
}
