//! The number of a production licence (生产许可证编号): `(冀)XK08-001-00123`.

use super::tidy;
use crate::{kernel::Refusal, reference::regions};

/// The Corps numbers licences of its own without being a region.
const CORPS: char = '兵';

/// A production licence's number and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceNumber {
    /// In the one form: `(冀)XK08-001-00123`, with plain brackets and hyphens.
    pub number: String,
    /// The character of the issuing province; none: issued by the national authority, as formerly.
    pub province: Option<char>,
    /// The code of that province; none also for the Corps, which is no region.
    pub region: Option<&'static str>,
    /// The industry, two digits.
    pub industry: String,
    /// The product within it, three digits.
    pub product: String,
    /// The enterprise, five digits.
    pub enterprise: String,
    /// What is odd about it and does not make it wrong.
    pub warnings: Vec<Refusal>,
}

impl LicenceNumber {
    /// Industry and product, as the rules for licences are named: `XK08-001`.
    pub fn product_code(&self) -> String {
        format!("XK{}-{}", self.industry, self.product)
    }
}

/// Reads a licence number; full-width brackets and dashes, lower case, missing brackets or dashes do not matter.
pub fn licence(typed: &str) -> Result<LicenceNumber, Refusal> {
    let code = tidy(typed);
    let (province, rest) = province(&code)?;
    let rest = rest.strip_prefix("XK").ok_or_else(|| LICENCE_FORM.with("found", &code))?;
    let (industry, rest) = part(&code, rest, 2, "行业代码", "the industry")?;
    let (product, rest) = part(&code, rest, 3, "产品代码", "the product")?;
    let (enterprise, rest) = part(&code, rest, 5, "企业序号", "the enterprise")?;
    if !rest.is_empty() {
        return Err(LICENCE_END.with("rest", rest));
    }
    let region = province.and_then(regions::of_abbreviation).map(|r| r.code);
    let number = written(province, industry, product, enterprise);
    let warnings = province.is_none().then_some(LICENCE_NO_PROVINCE).into_iter().collect();
    let (industry, product, enterprise) = (industry.to_owned(), product.to_owned(), enterprise.to_owned());
    Ok(LicenceNumber { number, province, region, industry, product, enterprise, warnings })
}

/// A made-up number, for tests and demonstration: serials count down from 99999, where numbers are not given out yet.
pub fn make_licence(province: char, industry: u8, product: u16, serial: u32) -> String {
    let (industry, product) = (format!("{:02}", industry % 100), format!("{:03}", product % 1000));
    written(Some(province), &industry, &product, &format!("{:05}", 99_999 - serial % 50_000))
}

fn written(province: Option<char>, industry: &str, product: &str, enterprise: &str) -> String {
    let province = province.map(|p| format!("({p})")).unwrap_or_default();
    format!("{province}XK{industry}-{product}-{enterprise}")
}

/// The province in front, with or without brackets, and what follows.
fn province(code: &str) -> Result<(Option<char>, &str), Refusal> {
    let inner = code.trim_start_matches(['(', '[', '〔', '【']);
    let Some(first) = inner.chars().next().filter(|c| !c.is_ascii_alphanumeric()) else {
        return Ok((None, inner));
    };
    if first != CORPS && regions::of_abbreviation(first).is_none() {
        return Err(LICENCE_PROVINCE.with("found", first));
    }
    Ok((Some(first), inner[first.len_utf8()..].trim_start_matches([')', ']', '〕', '】'])))
}

/// The next `digits` digits, after an optional hyphen, and what follows.
fn part<'a>(code: &str, rest: &'a str, digits: usize, zh: &str, en: &str) -> Result<(&'a str, &'a str), Refusal> {
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let found = rest.chars().take_while(char::is_ascii_digit).count();
    if found >= digits {
        return Ok(rest.split_at(digits));
    }
    let at = code.chars().count() - rest.chars().count() + found;
    let wrong = code.chars().nth(at).map_or_else(|| "…".to_owned(), String::from);
    let mut refusal = LICENCE_DIGITS.with("digits", digits).with("position", at + 1).with("found", wrong);
    refusal.zh = refusal.zh.replace("{part}", zh).into();
    refusal.en = refusal.en.replace("{part}", en).into();
    Err(refusal)
}

refusals! {
    LICENCE_FORM "reference.licence_form" "“{found}”不像生产许可证编号，应如 (冀)XK08-001-00123。" "“{found}” does not look like a production licence number; it should be like (冀)XK08-001-00123.";
    LICENCE_PROVINCE "reference.licence_province" "“{found}”不是省、自治区、直辖市或者兵团的简称。" "“{found}” does not stand for a province or the Corps.";
    LICENCE_DIGITS "reference.licence_digits" "{part}应为 {digits} 位数字，编号第 {position} 位“{found}”不对；格式如 (冀)XK08-001-00123。" "The code of {part} should have {digits} digits; character {position} of the number, “{found}”, is wrong. The form is (冀)XK08-001-00123.";
    LICENCE_END "reference.licence_end" "编号后面多出“{rest}”；格式如 (冀)XK08-001-00123。" "“{rest}” follows the number; the form is (冀)XK08-001-00123.";
    LICENCE_NO_PROVINCE "reference.licence_no_province" "编号前没有省份简称，为原国家发证编号，请核对是否仍在有效期内。" "There is no province in front: a number of the former national issue; please check that it is still valid.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn many_spellings_are_one_number() {
        for typed in [
            "(冀)XK08-001-00123",
            "（冀）XK08－001－00123",
            "（冀）xk08—001–00123",
            "冀XK0800100123",
            "[冀] ＸＫ08 001 00123",
        ] {
            let read = licence(typed).unwrap();
            assert_eq!(read.number, "(冀)XK08-001-00123", "{typed}");
            assert_eq!((read.province, read.region), (Some('冀'), Some("130000")));
            assert_eq!((read.product_code().as_str(), read.enterprise.as_str()), ("XK08-001", "00123"));
        }
    }

    #[test]
    fn the_national_issue_and_the_corps() {
        let national = licence("XK08-001-00123").unwrap();
        assert_eq!((national.province, national.warnings.len()), (None, 1));
        let corps = licence("(兵)XK08-001-00123").unwrap();
        assert_eq!((corps.province, corps.region, corps.warnings.len()), (Some('兵'), None, 0));
    }

    #[test]
    fn the_wrong_place_is_named() {
        let refused = |typed| licence(typed).unwrap_err();
        assert_eq!(refused("(某)XK08-001-00123").zh, "“某”不是省、自治区、直辖市或者兵团的简称。");
        assert_eq!(refused("(冀)QS08-001-00123").code, LICENCE_FORM.code);
        assert!(refused("(冀)XK08-0O1-00123").zh.contains("产品代码应为 3 位数字，编号第 10 位“O”不对"));
        assert!(refused("(冀)XK08-001-0012").en.contains("The code of the enterprise should have 5 digits"));
        assert_eq!(refused("(冀)XK08-001-001234").code, LICENCE_END.code);
        assert_eq!(refused("").code, LICENCE_FORM.code);
    }

    proptest! {
        #[test]
        fn made_numbers_are_read_back(serial in 0u32..50_000, industry in 0u8..100, product in 0u16..1000) {
            let made = make_licence('冀', industry, product, serial);
            prop_assert_eq!(licence(&made).unwrap().number, made);
        }

        #[test]
        fn nothing_typed_breaks_it(typed in "[（(]?\\PC{0,3}(XK|xk)?[0-9－-]{0,14}\\PC{0,2}") {
            let _ = licence(&typed);
        }
    }
}
