//! The number of a CCC certificate (强制性产品认证证书编号): year, body, category, serial; a version may follow.

use super::{not_a_digit, tidy};
use crate::kernel::Refusal;

const LENGTH: usize = 16;
/// Compulsory certification began in 2002.
const FIRST_YEAR: u16 = 2002;
/// What stands in place of the certification body when the producer declares conformity himself.
const SELF_DECLARED: [&str; 2] = ["97", "98"];

/// A certificate's number and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CccNumber {
    /// The 16 digits.
    pub number: String,
    /// The version that follows: `B0`, `A`.
    pub version: Option<String>,
    /// The year of issue.
    pub year: u16,
    /// The certification body, two digits.
    pub body: String,
    /// The product category, four digits: 1119 is the electric bicycle.
    pub category: String,
    /// The serial number, six digits.
    pub serial: String,
    /// Whether the producer declared conformity himself.
    pub self_declared: bool,
    /// What is odd about it and does not make it wrong.
    pub warnings: Vec<Refusal>,
}

/// Reads a certificate number. Beyond its 16 digits nothing is refused: compare the category with the product.
pub fn ccc(typed: &str) -> Result<CccNumber, Refusal> {
    let code = tidy(typed);
    let end = code.char_indices().nth(LENGTH).map_or(code.len(), |(i, _)| i);
    let (number, rest) = code.split_at(end);
    if let Some((position, found)) = not_a_digit(number) {
        return Err(CCC_NOT_A_DIGIT.with("position", position).with("found", found));
    }
    if number.len() < LENGTH || rest.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = number.len() + rest.chars().take_while(char::is_ascii_digit).count();
        return Err(CCC_LENGTH.with("found", digits));
    }
    let version = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let year: u16 = number[..4].parse().unwrap_or_default();
    let body = number[4..6].to_owned();
    Ok(CccNumber {
        version: (!version.is_empty()).then(|| version.to_owned()),
        self_declared: SELF_DECLARED.contains(&body.as_str()),
        warnings: odd_year(year).into_iter().collect(),
        category: number[6..10].to_owned(),
        serial: number[10..].to_owned(),
        number: number.to_owned(),
        year,
        body,
    })
}

/// A made-up number of body 99, which is not given out, for tests and demonstration.
pub fn make_ccc(year: u16, category: u16, serial: u32) -> String {
    format!("{:04}99{:04}{:06}", year % 10_000, category % 10_000, serial % 1_000_000)
}

fn odd_year(year: u16) -> Option<Refusal> {
    (!(FIRST_YEAR..2100).contains(&year)).then(|| CCC_YEAR.with("found", year).with("first", FIRST_YEAR))
}

refusals! {
    CCC_LENGTH "reference.ccc_length" "CCC证书编号应为 16 位数字（其后可带版本号），现为 {found} 位。" "A CCC certificate number has 16 digits, and a version may follow; this has {found}.";
    CCC_NOT_A_DIGIT "reference.ccc_digit" "CCC证书编号第 {position} 位“{found}”应为数字。" "Character {position} of the CCC certificate number, “{found}”, should be a digit.";
    CCC_YEAR "reference.ccc_year" "CCC证书编号前 4 位为发证年份，“{found}”不合常理，强制性产品认证自 {first} 年起实施，请核对。" "The first four digits of a CCC certificate number are the year of issue; “{found}” is odd, for certification began in {first}. Please check.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_has_its_parts() {
        let read = ccc("2022 22 1101 000119").unwrap();
        assert_eq!((read.number.as_str(), read.year, read.body.as_str()), ("2022221101000119", 2022, "22"));
        assert_eq!((read.category.as_str(), read.serial.as_str(), read.self_declared), ("1101", "000119", false));
        assert!(read.warnings.is_empty() && read.version.is_none());
    }

    #[test]
    fn versions_follow_in_many_ways() {
        for typed in ["2016010706840003(B0)", "2016010706840003（b0）", "2016010706840003 B0", "2016010706840003-B0"]
        {
            assert_eq!(ccc(typed).unwrap().version.as_deref(), Some("B0"), "{typed}");
        }
        assert_eq!(ccc("2016010706840003A").unwrap().version.as_deref(), Some("A"));
    }

    #[test]
    fn declarations_of_the_producer_are_marked() {
        assert!(ccc("2020970101000001").unwrap().self_declared && ccc("2020980101000001").unwrap().self_declared);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(ccc("201601070684000").unwrap_err().zh, "CCC证书编号应为 16 位数字（其后可带版本号），现为 15 位。");
        assert!(ccc("20160107068400031").unwrap_err().en.contains("this has 17"));
        assert!(ccc("2O16010706840003").unwrap_err().zh.contains("第 2 位“O”"));
        assert_eq!(ccc("").unwrap_err().code, CCC_LENGTH.code);
        assert_eq!(ccc("1916010706840003").unwrap().warnings[0].code, CCC_YEAR.code);
    }

    proptest! {
        #[test]
        fn made_numbers_are_read_back(year in 2002u16..2100, category in 0u16..10_000, serial in 0u32..1_000_000) {
            let read = ccc(&make_ccc(year, category, serial)).unwrap();
            prop_assert_eq!((read.year, read.body.as_str(), read.warnings.len()), (year, "99", 0));
            prop_assert_eq!(read.serial.parse::<u32>().unwrap(), serial);
        }

        #[test]
        fn nothing_typed_breaks_it(typed in "[0-9]{0,17}\\PC{0,3}") {
            let _ = ccc(&typed);
        }
    }
}
