//! The unified social credit code (统一社会信用代码, GB 32100-2015), and the 15-digit registration number before it.

use super::tidy;
use crate::{
    kernel::Refusal,
    reference::{region_changes, regions},
};

/// The characters of the code, by value; I, O, S, V and Z are left out because they look like others.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;
/// The region under which the national registry itself registers.
const NATIONAL: &str = "100000";

words! {
    /// Who registered a subject: the first character of its code.
    pub enum Authority {
        Staffing "1" "机构编制" "Staffing office",
        Foreign "2" "外交" "Foreign affairs",
        Justice "3" "司法行政" "Justice",
        Culture "4" "文化" "Culture",
        CivilAffairs "5" "民政" "Civil affairs",
        Tourism "6" "旅游" "Tourism",
        Religion "7" "宗教" "Religious affairs",
        Union "8" "工会" "Trade union",
        Market "9" "市场监管" "Market surveillance",
        Military "A" "中央军委" "Military commission",
        Agriculture "N" "农业" "Agriculture",
        Other "Y" "其他" "Other",
    }

    /// What kind of subject it is, as far as the code says.
    pub enum SubjectKind {
        Enterprise "enterprise" "企业" "Enterprise",
        Individual "individual" "个体工商户" "Individual business",
        Cooperative "cooperative" "农民专业合作社" "Farmers' cooperative",
        Organisation "organisation" "机关、事业单位、社会组织等" "Organisation",
    }
}

/// A unified social credit code whose check character holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uscc {
    /// The 18 characters, in capitals.
    pub code: String,
    /// Who registered the subject, if the character is one in use.
    pub authority: Option<Authority>,
    /// What it is.
    pub kind: SubjectKind,
    /// Six digits: the region of the registering authority, as of then.
    pub region: String,
    /// The organisation code within, nine characters.
    pub organisation: String,
    /// What is odd about it and does not make it wrong.
    pub warnings: Vec<Refusal>,
}

/// A registration number of 15 digits, as given out before 2015.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldNumber {
    /// The 15 digits.
    pub number: String,
    /// Six digits: the region of the registering authority, as of then.
    pub region: String,
    /// What is odd about it and does not make it wrong.
    pub warnings: Vec<Refusal>,
}

/// By what code a subject is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectCode {
    /// The code in use.
    Uscc(Uscc),
    /// The number before it: ask for the new one.
    Old(OldNumber),
}

/// Reads a unified social credit code; full width, lower case and spaces do not matter.
pub fn uscc(typed: &str) -> Result<Uscc, Refusal> {
    let code = tidy(typed);
    let values = values(&code)?;
    if let Some(i) = (2..8).find(|i| values[*i] > 9) {
        return Err(USCC_REGION.with("position", i + 1).with("found", char_at(&code, i)));
    }
    let expected = value_char(check(&values[..LENGTH - 1]));
    if char_at(&code, LENGTH - 1) != expected {
        return Err(USCC_CHECK.with("found", char_at(&code, LENGTH - 1)).with("expected", expected));
    }
    let (region, organisation) = (code[2..8].to_owned(), code[8..17].to_owned());
    let authority = Authority::from_code(&code[..1]);
    let kind = kind(authority, char_at(&code, 1));
    let warnings = warnings(authority, &region, &organisation);
    Ok(Uscc { code, authority, kind, region, organisation, warnings })
}

/// Reads a registration number of 15 digits.
pub fn old_number(typed: &str) -> Result<OldNumber, Refusal> {
    let number = tidy(typed);
    if let Some((position, found)) = super::not_a_digit(&number) {
        return Err(OLD_NOT_A_DIGIT.with("position", position).with("found", found));
    }
    if number.len() != 15 {
        return Err(OLD_LENGTH.with("found", number.len()));
    }
    let region = number[..6].to_owned();
    let mut warnings: Vec<Refusal> = region_warning(&region).into_iter().collect();
    let expected = mod_11_10(&number[..14]);
    if expected != super::digit(char_at(&number, 14)) {
        warnings.push(OLD_CHECK.with("expected", expected).with("found", char_at(&number, 14)));
    }
    Ok(OldNumber { number, region, warnings })
}

/// Reads either of the two, by its length.
pub fn subject(typed: &str) -> Result<SubjectCode, Refusal> {
    let code = tidy(typed);
    if code.len() == 15 && super::not_a_digit(&code).is_none() {
        return old_number(&code).map(SubjectCode::Old);
    }
    uscc(&code).map(SubjectCode::Uscc)
}

/// A made-up code of an enterprise (authority 9, kind 1) in `region`, for tests and demonstration: right by every rule, its
/// organisation code begins with `DEM`, which is not given out. The serial counts to 923 520 and begins again.
pub fn make_uscc(region: &str, serial: u32) -> String {
    let tail: String = (0..4u32).rev().map(|place| value_char(serial / 31u32.pow(place) % 31)).collect();
    let body = format!("DEM0{tail}");
    let region: String = region.chars().chain("000000".chars()).filter(char::is_ascii_digit).take(6).collect();
    let code = format!("91{region}{body}{}", organisation_check(&body));
    let sum: Vec<u32> = code.chars().map(|c| value(c).unwrap_or(0)).collect();
    format!("{code}{}", value_char(check(&sum)))
}

fn values(code: &str) -> Result<Vec<u32>, Refusal> {
    let length = code.chars().count();
    if length == 15 && super::not_a_digit(code).is_none() {
        return Err(USCC_OLD);
    }
    if length != LENGTH {
        return Err(USCC_LENGTH.with("found", length));
    }
    let wrong = |(i, c): (usize, char)| USCC_CHARACTER.with("position", i + 1).with("found", c);
    code.chars().enumerate().map(|(i, c)| value(c).ok_or_else(|| wrong((i, c)))).collect()
}

fn value(c: char) -> Option<u32> {
    ALPHABET.find(c).and_then(|i| u32::try_from(i).ok())
}

fn value_char(value: u32) -> char {
    ALPHABET.chars().nth(value as usize).unwrap_or('0')
}

fn char_at(code: &str, i: usize) -> char {
    code.chars().nth(i).unwrap_or('?')
}

/// The value of the check character: powers of three as weights, modulo 31.
fn check(values: &[u32]) -> u32 {
    let mut weight = 1;
    let mut sum = 0;
    for value in values {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    (31 - sum % 31) % 31
}

/// The check character of an organisation code (GB 11714), from its first eight characters.
fn organisation_check(body: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(36).unwrap_or(0) * w).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from_digit(n, 10).unwrap_or('0'),
    }
}

/// The check digit of a pure number by ISO 7064 MOD 11,10.
fn mod_11_10(body: &str) -> u32 {
    let carried = body.chars().fold(10, |p, c| {
        let s = (p + super::digit(c)) % 10;
        (if s == 0 { 10 } else { s }) * 2 % 11
    });
    (11 - carried) % 10
}

fn kind(authority: Option<Authority>, second: char) -> SubjectKind {
    match (authority, second) {
        (Some(Authority::Market), '1') => SubjectKind::Enterprise,
        (Some(Authority::Market), '2') => SubjectKind::Individual,
        (Some(Authority::Market), '3') => SubjectKind::Cooperative,
        _ => SubjectKind::Organisation,
    }
}

fn warnings(authority: Option<Authority>, region: &str, organisation: &str) -> Vec<Refusal> {
    let unknown = authority.is_none().then_some(USCC_AUTHORITY);
    let (body, found) = organisation.split_at(8);
    let expected = organisation_check(body);
    let inner = (!found.starts_with(expected)).then(|| USCC_INNER.with("found", found).with("expected", expected));
    unknown.into_iter().chain(region_warning(region)).chain(inner).collect()
}

fn region_warning(region: &str) -> Option<Refusal> {
    let known = region == NATIONAL || regions::find(region).is_some() || region_changes::valid_until(region).is_some();
    (!known).then(|| UNKNOWN_REGION.with("region", region))
}

refusals! {
    USCC_LENGTH "reference.uscc_length" "统一社会信用代码应为 18 位，现为 {found} 位。" "A unified social credit code has 18 characters; this has {found}.";
    USCC_OLD "reference.uscc_old" "这是旧的 15 位注册号，请填写营业执照上的 18 位统一社会信用代码。" "This is a former registration number of 15 digits; enter the 18-character unified social credit code of the business licence.";
    USCC_CHARACTER "reference.uscc_character" "统一社会信用代码第 {position} 位“{found}”不对，只能是数字和除 I、O、S、V、Z 以外的大写字母。" "Character {position} of the unified social credit code, “{found}”, is wrong: only digits and the letters other than I, O, S, V and Z are allowed.";
    USCC_REGION "reference.uscc_region" "统一社会信用代码第 {position} 位“{found}”不对，第 3 至 8 位为登记机关行政区划代码，应为数字。" "Character {position} of the unified social credit code, “{found}”, is wrong: characters 3 to 8 are the region of the registering authority and must be digits.";
    USCC_CHECK "reference.uscc_check" "统一社会信用代码校验未通过：按前 17 位计算，第 18 位应为“{expected}”，现为“{found}”，请逐位核对。" "The check of the unified social credit code fails: by its first 17 characters the 18th should be “{expected}” and is “{found}”; please compare character by character.";
    USCC_AUTHORITY "reference.uscc_authority" "统一社会信用代码第 1 位的登记管理部门代码未见使用，请核对。" "The first character of the unified social credit code is no registering authority in use; please check.";
    USCC_INNER "reference.uscc_inner" "代码内组织机构代码的校验位应为“{expected}”，现为“{found}”；部分早年赋码如此，请核对证照。" "The check character of the organisation code within should be “{expected}” and is “{found}”; some early codes are like that, please compare with the licence.";
    UNKNOWN_REGION "reference.unknown_region" "其中的行政区划代码 {region} 不在现行和 2000 年以来的代码之列，请核对。" "The region code {region} within it is neither in use nor was it since 2000; please check.";
    OLD_LENGTH "reference.old_number_length" "旧注册号应为 15 位数字，现为 {found} 位。" "A former registration number has 15 digits; this has {found}.";
    OLD_NOT_A_DIGIT "reference.old_number_digit" "旧注册号第 {position} 位“{found}”应为数字。" "Character {position} of the former registration number, “{found}”, should be a digit.";
    OLD_CHECK "reference.old_number_check" "旧注册号末位校验码应为 {expected}，现为 {found}，请核对证照。" "The last digit of the former registration number should be {expected} and is {found}; please compare with the licence.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_of_public_bodies_and_firms_pass() {
        for code in [
            "11500000MB1915499P",
            "11500236MB1822153Y",
            "11500000MB1805433L",
            "91330424MA28AQAQXU",
            "91350100M000100Y43",
        ] {
            let read = uscc(code).unwrap();
            assert_eq!((read.code.as_str(), read.warnings), (code, vec![]));
        }
    }

    #[test]
    fn a_code_says_who_registered_what_where() {
        let read = uscc("９１３５ ０１００ｍ０００１００ｙ４３").unwrap();
        assert_eq!(read.code, "91350100M000100Y43");
        assert_eq!((read.authority, read.kind), (Some(Authority::Market), SubjectKind::Enterprise));
        assert_eq!((read.region.as_str(), read.organisation.as_str()), ("350100", "M000100Y4"));
    }

    #[test]
    fn the_wrong_character_is_named() {
        let refused = |code| uscc(code).unwrap_err();
        assert_eq!(refused("91350100M000100Y4").zh, "统一社会信用代码应为 18 位，现为 17 位。");
        assert!(refused("91350100M0O0100Y43").zh.contains("第 11 位“O”"));
        assert!(refused("9135A100M000100Y43").en.contains("Character 5"));
        assert!(refused("91350100M000100Y44").zh.contains("应为“3”，现为“4”"));
        assert_eq!(refused("130123000000001").code, USCC_OLD.code);
        assert_eq!(refused("").code, USCC_LENGTH.code);
        assert_eq!(refused("石家庄市恒达水泥有限公司一二三四五六").code, USCC_CHARACTER.code);
    }

    #[test]
    fn an_inner_mismatch_only_warns() {
        let sum: Vec<u32> = "91130123DEM000010".chars().map(|c| value(c).unwrap()).collect();
        let code = format!("91130123DEM000010{}", value_char(check(&sum)));
        let codes: Vec<&str> = uscc(&code).unwrap().warnings.iter().map(|w| w.code).collect();
        assert_eq!(codes, [USCC_INNER.code]);
    }

    #[test]
    fn old_numbers_are_recognised() {
        let body = "13012300000123";
        let number = format!("{body}{}", mod_11_10(body));
        let Ok(SubjectCode::Old(old)) = subject(&number) else { panic!("{number}") };
        assert_eq!((old.region.as_str(), old.warnings.len()), ("130123", 0));
        assert!(matches!(subject(&make_uscc("130123", 7)), Ok(SubjectCode::Uscc(_))));
        // ISO 7064: 0794 has the check digit 5
        assert_eq!(mod_11_10("0794"), 5);
    }

    proptest! {
        #[test]
        fn made_codes_pass_and_differ(serial in 0u32..923_520) {
            let code = make_uscc("130123", serial);
            prop_assert_eq!(uscc(&code).unwrap().warnings, vec![]);
            prop_assert_ne!(make_uscc("130123", serial + 1), code);
        }

        #[test]
        fn any_wrong_character_is_detected(serial in 0u32..923_520, at in 0usize..18, other in 0usize..31) {
            let code = make_uscc("130123", serial);
            let mut chars: Vec<char> = code.chars().collect();
            chars[at] = ALPHABET.chars().nth(other).unwrap();
            let changed: String = chars.into_iter().collect();
            prop_assert_eq!(uscc(&changed).is_ok(), changed == code);
        }

        #[test]
        fn nothing_typed_breaks_it(typed in "\\PC{0,20}") {
            let _ = (uscc(&typed), old_number(&typed), subject(&typed));
        }
    }
}
