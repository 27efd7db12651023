//! Numbers of people: the resident identity number (居民身份证号码, GB 11643) and the mobile phone.

use super::{digit, not_a_digit, tidy};
use crate::{
    kernel::Refusal,
    reference::{region_changes, regions},
};
use jiff::civil::Date;

const LENGTH: usize = 18;
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &str = "10X98765432";

/// A resident identity number whose check character holds. Keep it encrypted, show it [masked](Self::masked).
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber {
    /// The 18 characters.
    pub number: String,
    /// The day of birth.
    pub born: Date,
    /// What is odd about it and does not make it wrong.
    pub warnings: Vec<Refusal>,
}

impl IdNumber {
    /// As it may be shown: `130123********1234`.
    pub fn masked(&self) -> String {
        format!("{}********{}", &self.number[..6], &self.number[14..])
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("IdNumber").field(&self.masked()).finish()
    }
}

/// Reads a resident identity number of 18 characters.
pub fn id_number(typed: &str) -> Result<IdNumber, Refusal> {
    let number = tidy(typed);
    let length = number.chars().count();
    if length != LENGTH {
        return Err(if length == 15 { ID_OLD } else { ID_LENGTH.with("found", length) });
    }
    let body: String = number.chars().take(LENGTH - 1).collect();
    if let Some((position, found)) = not_a_digit(&body) {
        return Err(ID_NOT_A_DIGIT.with("position", position).with("found", found));
    }
    let last = number.chars().last().unwrap_or('?');
    let born = birth(&body).ok_or_else(|| ID_BIRTH.with("found", &body[6..14]))?;
    // the number itself is not repeated in the sentence, which may end up in a log
    if check(&body) != last {
        return Err(ID_CHECK);
    }
    let region = &body[..6];
    let known = regions::find(region).is_some() || region_changes::valid_until(region).is_some();
    Ok(IdNumber { born, warnings: (!known).then_some(ID_REGION).into_iter().collect(), number })
}

/// Reads a mainland mobile phone number: 11 digits, with or without +86, spaces and hyphens.
pub fn mobile(typed: &str) -> Result<String, Refusal> {
    let digits: String = tidy(typed).chars().filter(|c| !matches!(c, '-' | '(' | ')')).collect();
    let bare = ["+86", "0086", "86"].iter().find_map(|prefix| digits.strip_prefix(prefix).filter(|d| d.len() == 11));
    let number = bare.unwrap_or(&digits);
    if let Some((position, found)) = not_a_digit(number) {
        return Err(MOBILE_NOT_A_DIGIT.with("position", position).with("found", found));
    }
    if number.len() != 11 {
        return Err(MOBILE_LENGTH.with("found", number.len()));
    }
    let begins = &number[..2];
    if ("13"..="19").contains(&begins) { Ok(number.to_owned()) } else { Err(MOBILE_FORM.with("found", begins)) }
}

/// A made-up identity number in the region 130199, which is not given out, so that it is nobody's.
pub fn make_id_number(born: Date, serial: u16) -> String {
    let body = format!("130199{}{:03}", born.strftime("%Y%m%d"), serial % 1000);
    format!("{body}{}", check(&body))
}

fn birth(body: &str) -> Option<Date> {
    let number = |from: usize, to: usize| body[from..to].parse::<i16>().ok();
    let (month, day) = (i8::try_from(number(10, 12)?).ok()?, i8::try_from(number(12, 14)?).ok()?);
    let year = number(6, 10).filter(|y| (1850..2100).contains(y))?;
    Date::new(year, month, day).ok()
}

fn check(body: &str) -> char {
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, weight)| digit(c) * weight).sum();
    CHECKS.chars().nth(sum as usize % 11).unwrap_or('?')
}

refusals! {
    ID_LENGTH "reference.id_length" "身份证号码应为 18 位，现为 {found} 位。" "A resident identity number has 18 characters; this has {found}.";
    ID_OLD "reference.id_old" "这是旧的 15 位身份证号码，请填写 18 位号码。" "This is a former identity number of 15 digits; enter the one of 18.";
    ID_NOT_A_DIGIT "reference.id_digit" "身份证号码第 {position} 位“{found}”应为数字。" "Character {position} of the identity number, “{found}”, should be a digit.";
    ID_BIRTH "reference.id_birth" "身份证号码第 7 至 14 位“{found}”不是有效的出生日期。" "Characters 7 to 14 of the identity number, “{found}”, are not a valid date of birth.";
    ID_CHECK "reference.id_check" "身份证号码校验未通过：第 18 位与前 17 位不符，请逐位核对。" "The check of the identity number fails: its 18th character does not agree with the first 17; please compare character by character.";
    ID_REGION "reference.id_region" "身份证号码前 6 位不在现行和 2000 年以来的行政区划代码之列，请核对证件。" "The first six digits of the identity number are neither a region code in use nor were they since 2000; please compare with the card.";
    MOBILE_LENGTH "reference.mobile_length" "手机号码应为 11 位数字，现为 {found} 位。" "A mobile phone number has 11 digits; this has {found}.";
    MOBILE_NOT_A_DIGIT "reference.mobile_digit" "手机号码第 {position} 位“{found}”应为数字。" "Character {position} of the phone number, “{found}”, should be a digit.";
    MOBILE_FORM "reference.mobile_form" "手机号码应以 13 至 19 开头，现为“{found}”；固定电话请填写在“其他联系方式”中。" "A mobile phone number begins with 13 to 19, not “{found}”; enter a fixed line under other contacts.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn an_identity_number_is_checked() {
        let made = make_id_number(date(1988, 1, 1), 123);
        let read = id_number(&made).unwrap();
        assert_eq!((read.born, read.warnings[0].code), (date(1988, 1, 1), ID_REGION.code));
        assert_eq!(read.masked(), format!("130199********{}", &made[14..]));
        assert!(!format!("{read:?}").contains("1988"));
        // 11010519491231002X is the example of the standard itself
        assert!(id_number("１１０１０５19491231002x").unwrap().warnings.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let code = |typed| id_number(typed).unwrap_err().code;
        assert_eq!(code("110105194912310021"), ID_CHECK.code);
        assert_eq!(code("110105194913310021"), ID_BIRTH.code);
        assert_eq!(code("11010519490229002X"), ID_BIRTH.code);
        assert_eq!(code("11O10519491231002X"), ID_NOT_A_DIGIT.code);
        assert_eq!(code("110105491231002"), ID_OLD.code);
        assert_eq!(code(""), ID_LENGTH.code);
    }

    #[test]
    fn phones_come_in_many_spellings() {
        for typed in ["13800000000", "+86 138-0000-0000", "（86）１３８００００００００", "008613800000000"]
        {
            assert_eq!(mobile(typed).unwrap(), "13800000000", "{typed}");
        }
        assert_eq!(mobile("0311-88880000").unwrap_err().code, MOBILE_LENGTH.code);
        assert_eq!(mobile("12345678901").unwrap_err().code, MOBILE_FORM.code);
        assert!(mobile("1380000000o").unwrap_err().zh.contains("第 11 位“O”"));
    }

    proptest! {
        #[test]
        fn any_wrong_character_is_detected(serial in 0u16..1000, days in 0i32..30_000, at in 0usize..18, other in 0u32..10) {
            let born = date(1930, 1, 1).saturating_add(jiff::Span::new().days(days));
            let number = make_id_number(born, serial);
            prop_assert_eq!(id_number(&number).unwrap().born, born);
            let mut digits: Vec<char> = number.chars().collect();
            digits[at] = char::from_digit(other, 10).unwrap();
            let changed: String = digits.into_iter().collect();
            prop_assert_eq!(id_number(&changed).is_ok(), changed == number);
        }

        #[test]
        fn nothing_typed_breaks_it(typed in "\\PC{0,20}") {
            let _ = (id_number(&typed), mobile(&typed));
        }
    }
}
