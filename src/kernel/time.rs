//! Time as an argument. One zone: UTC+8, as in all of China.

use super::db::{Column, Value};
use jiff::{Timestamp, civil::Date, tz};
use std::sync::Arc;

/// The one zone of the country.
const ZONE: tz::Offset = tz::offset(8);

/// An instant, in whole milliseconds since 1970 (UTC). In JSON: `2023-06-14T09:30:00.000+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// From milliseconds since 1970 (UTC).
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Midnight at the beginning of `date`, in China.
    pub fn start_of(date: Date) -> Self {
        let at = ZONE.to_timestamp(date.at(0, 0, 0, 0));
        Self(at.map_or(0, Timestamp::as_millisecond))
    }

    /// Milliseconds since 1970 (UTC).
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The day it falls on, in China.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }

    /// Day and time of day, in China: what stands on papers.
    pub fn civil(self) -> jiff::civil::DateTime {
        let at = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        ZONE.to_datetime(at)
    }

    /// To the minute, as a field for day and time holds it: `2023-06-14T09:30`.
    pub fn local(self) -> String {
        self.civil().strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// To the minute, as on pages: `2023-06-14 09:30`.
    pub fn minute(self) -> String {
        self.civil().strftime("%Y-%m-%d %H:%M").to_string()
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+08:00", self.civil().strftime("%Y-%m-%dT%H:%M:%S%.3f"))
    }
}
impl std::str::FromStr for Moment {
    type Err = jiff::Error;
    /// With its offset, as programs write it, or without, as a form of a browser sends it: `2023-06-14T09:30` is in China.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let at = text.parse::<Timestamp>();
        let local = || ZONE.to_timestamp(text.parse::<jiff::civil::DateTime>().ok()?).ok();
        // a day alone is no instant
        at.or_else(|e| if text.contains('T') { local().ok_or(e) } else { Err(e) }).map(|t| Self(t.as_millisecond()))
    }
}
impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}
impl utoipa::PartialSchema for Moment {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .into()
    }
}
impl utoipa::ToSchema for Moment {}
impl From<Moment> for Value {
    fn from(at: Moment) -> Self {
        Self::Int(at.0)
    }
}
impl Column for Moment {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}

/// Where time comes from: the system, or a test's hand.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    pub fn system() -> Self {
        Self(Arc::new(|| Moment(Timestamp::now().as_millisecond())))
    }

    /// A clock that somebody sets.
    pub fn set_by(hand: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(hand))
    }

    /// Now.
    pub fn now(&self) -> Moment {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_china() {
        let at: Moment = "2023-06-13T16:00:00Z".parse().unwrap();
        assert_eq!(at, Moment::start_of(jiff::civil::date(2023, 6, 14)));
        assert_eq!(at.plus(-1).date(), jiff::civil::date(2023, 6, 13));
        assert_eq!(at.to_string(), "2023-06-14T00:00:00.000+08:00");
        assert_eq!("2023-06-14T00:00".parse::<Moment>().unwrap(), at);
        assert!("2023-06-14".parse::<Moment>().is_err());
    }
}
