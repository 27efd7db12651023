//! Small values of subjects: lists kept as JSON, degrees as integers, secrets that are never shown by accident.

use crate::kernel::db::{Column, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use utoipa::{PartialSchema, ToSchema};

/// Several values in one column, as JSON. Read from a list, or from one text with 、 ；, or line ends between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<T>)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}
impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(text) => pieces(&text).collect(),
            value => value,
        };
        serde_json::from_value(value).map(Self).map_err(serde::de::Error::custom)
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '、', '；', ';', '，', ',']).map(str::trim).filter(|piece| !piece.is_empty())
}

impl<T: Serialize> From<&List<T>> for Value {
    fn from(list: &List<T>) -> Self {
        serde_json::to_string(&list.0).unwrap_or_else(|_| "[]".to_owned()).into()
    }
}
impl<T: DeserializeOwned> Column for List<T> {
    fn from_value(value: Value) -> Option<Self> {
        serde_json::from_str(&String::from_value(value)?).ok().map(Self)
    }
}

/// A longitude or latitude in millionths of a degree. Read from such an integer, or from degrees, as text or with a point:
/// `114.502461`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Micro(pub i64);

impl Micro {
    /// The angle written in degrees, exact to the millionth; further digits are cut off.
    pub fn from_degrees(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || !plain(whole) || !plain(part) {
            return None;
        }
        let part: String = part.chars().chain(std::iter::repeat('0')).take(6).collect();
        Some(Self(sign * (whole.parse::<i64>().ok()? * 1_000_000 + part.parse::<i64>().ok()?)))
    }

    /// In degrees: `114.502461`.
    pub fn degrees(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let n = self.0.unsigned_abs();
        format!("{sign}{}.{:06}", n / 1_000_000, n % 1_000_000)
    }
}
impl<'de> Deserialize<'de> for Micro {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("degrees such as \"114.502461\", or millionths of a degree");
        match serde_json::Value::deserialize(from)? {
            // what has a point can only be degrees
            serde_json::Value::Number(n) => {
                n.as_i64().map(Self).or_else(|| Self::from_degrees(&n.to_string())).ok_or_else(wrong)
            }
            serde_json::Value::String(text) => Self::from_degrees(text.trim()).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}
impl From<Micro> for Value {
    fn from(angle: Micro) -> Self {
        Self::Int(angle.0)
    }
}
impl Column for Micro {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}

/// A personal identifier, locked up. Written out it is only a mark that there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked(pub String);

impl Serialize for Locked {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("••••")
    }
}
impl PartialSchema for Locked {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}
impl ToSchema for Locked {}
impl From<&Locked> for Value {
    fn from(locked: &Locked) -> Self {
        Self::Text(locked.0.clone())
    }
}
impl From<Locked> for Value {
    fn from(locked: Locked) -> Self {
        Self::Text(locked.0)
    }
}
impl Column for Locked {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value).map(Self)
    }
}

/// A number that may have come from a form, where everything is text.
pub fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let wrong = || serde::de::Error::custom("a whole number is expected");
    match serde_json::Value::deserialize(from)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Number(n) => n.as_i64().map(Some).ok_or_else(wrong),
        serde_json::Value::String(text) => text.trim().parse().map(Some).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_exact() {
        assert_eq!(Micro::from_degrees("114.502461"), Some(Micro(114_502_461)));
        assert_eq!(Micro::from_degrees("-0.5").unwrap().degrees(), "-0.500000");
        assert_eq!(Micro::from_degrees("114.50246199"), Some(Micro(114_502_461)));
        for wrong in ["", ".", "1e3", "东经114度", "1234", "1.2.3"] {
            assert_eq!(Micro::from_degrees(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_angle_is_read_as_programs_and_people_write_it() {
        for text in ["114502461", "\"114.502461\"", "114.502461"] {
            assert_eq!(serde_json::from_str::<Micro>(text).unwrap(), Micro(114_502_461), "{text}");
        }
        assert!(serde_json::from_str::<Micro>("1e300").is_err());
    }

    #[test]
    fn a_list_is_read_from_a_text_as_from_a_list() {
        let lists: [List<String>; 2] =
            [r#""甲、乙；丙""#, r#"["甲","乙","丙"]"#].map(|text| serde_json::from_str(text).unwrap());
        assert_eq!(lists[0], lists[1]);
    }

    #[test]
    fn a_secret_is_never_written_out() {
        assert_eq!(serde_json::to_string(&Locked("x".into())).unwrap(), "\"••••\"");
    }
}
