//! Degrees as a camera claims them.

use crate::kernel::db::{Column, Value};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// Degrees of latitude or longitude, kept in millionths (eleven centimetres). In JSON: 38.042307.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64)]
pub struct Degrees(i64);

impl Degrees {
    /// From degrees; none when they are beyond `limit` or no number.
    pub(super) fn within(degrees: f64, limit: f64) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 000 000")]
        (degrees.abs() <= limit).then(|| Self((degrees * 1e6).round() as i64))
    }

    /// As a number.
    pub fn value(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 180 000 000")]
        let millionths = self.0 as f64;
        millionths / 1e6
    }
}

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_f64(self.value())
    }
}
impl From<Degrees> for Value {
    fn from(degrees: Degrees) -> Self {
        degrees.0.into()
    }
}
impl Column for Degrees {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}
