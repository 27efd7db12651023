//! The number of a bar code (商品条码, GTIN-8, 12, 13, 14; GB 12904).

use super::{digit, not_a_digit, tidy};
use crate::kernel::Refusal;

/// A trade item number whose check digit holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gtin {
    /// The digits as printed.
    pub number: String,
    /// With zeros in front, 14 digits: the form in which numbers are compared.
    pub padded: String,
    /// Whether the prefix (690 to 699) was given out in mainland China; says nothing about where it was made.
    pub from_china: bool,
}

/// Reads the number of a bar code; spaces and hyphens do not matter.
pub fn gtin(typed: &str) -> Result<Gtin, Refusal> {
    let number = tidy(typed).replace('-', "");
    if let Some((position, found)) = not_a_digit(&number) {
        return Err(GTIN_NOT_A_DIGIT.with("position", position).with("found", found));
    }
    if !matches!(number.len(), 8 | 12 | 13 | 14) {
        return Err(GTIN_LENGTH.with("found", number.len()));
    }
    let (body, last) = number.split_at(number.len() - 1);
    let expected = check(body);
    if last != expected.to_string() {
        return Err(GTIN_CHECK.with("position", number.len()).with("expected", expected).with("found", last));
    }
    let padded = format!("{number:0>14}");
    let prefix = if number.len() == 8 { &number[..3] } else { &padded[1..4] };
    let from_china = ("690"..="699").contains(&prefix);
    Ok(Gtin { number, padded, from_china })
}

/// A made-up 13-digit number, for tests and demonstration. Its prefix 200 is kept for use inside a firm (GS1), so it is
/// on no product in trade.
pub fn make_gtin(serial: u64) -> String {
    let body = format!("200{:09}", serial % 1_000_000_000);
    format!("{body}{}", check(&body))
}

/// The check digit: weights 3 and 1 from the right.
fn check(body: &str) -> u32 {
    let sum: u32 = body.chars().rev().zip([3, 1].into_iter().cycle()).map(|(c, weight)| digit(c) * weight).sum();
    (10 - sum % 10) % 10
}

refusals! {
    GTIN_LENGTH "reference.gtin_length" "商品条码应为 8、12、13 或者 14 位数字，现为 {found} 位。" "The number of a bar code has 8, 12, 13 or 14 digits; this has {found}.";
    GTIN_NOT_A_DIGIT "reference.gtin_digit" "商品条码第 {position} 位“{found}”应为数字。" "Character {position} of the bar code, “{found}”, should be a digit.";
    GTIN_CHECK "reference.gtin_check" "商品条码校验未通过：第 {position} 位应为 {expected}，现为 {found}，请逐位核对。" "The check of the bar code fails: digit {position} should be {expected} and is {found}; please compare digit by digit.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_lengths_are_read() {
        // the examples of the check digit in the GS1 General Specifications, and numbers made by its rule
        for body in ["629104150021", "1234567", "01234567890", "1234567890123"] {
            let number = format!("{body}{}", check(body));
            let read = gtin(&number).unwrap();
            assert_eq!((read.number.as_str(), read.padded.len()), (number.as_str(), 14));
        }
        assert_eq!(check("629104150021"), 3);
    }

    #[test]
    fn the_prefix_tells_who_gave_it_out() {
        let with = |body: &str| gtin(&format!("{body}{}", check(body))).unwrap().from_china;
        assert!(with("690000000001") && with("1699000000000") && with("6901234"));
        assert!(!with("200000000001") && !with("700000000001"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            gtin("６２９ 1041-500212").unwrap_err().zh,
            "商品条码校验未通过：第 13 位应为 3，现为 2，请逐位核对。"
        );
        assert!(gtin("629104150021").is_err());
        assert!(gtin("62910415O0213").unwrap_err().en.contains("Character 9"));
        assert_eq!(gtin("123").unwrap_err().code, GTIN_LENGTH.code);
    }

    proptest! {
        #[test]
        fn any_wrong_digit_is_detected(serial in 0u64..1_000_000_000, at in 0usize..13, other in 0u32..10) {
            let number = make_gtin(serial);
            let mut digits: Vec<char> = number.chars().collect();
            digits[at] = char::from_digit(other, 10).unwrap();
            let changed: String = digits.into_iter().collect();
            prop_assert_eq!(gtin(&changed).is_ok(), changed == number);
        }

        #[test]
        fn zeros_in_front_change_nothing(serial in 0u64..1_000_000_000) {
            let number = make_gtin(serial);
            prop_assert_eq!(gtin(&format!("0{number}")).unwrap().padded, gtin(&number).unwrap().padded);
        }
    }
}
