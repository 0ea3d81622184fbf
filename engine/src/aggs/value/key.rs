//! Keys of buckets.

use std::sync::Arc;

use serde_json::Value;

use super::ValueKind;

/// A key of a bucket. Nothing comes before everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    /// No value.
    Null,
    /// A whole number, a boolean, or milliseconds.
    Whole(i64),
    /// A number with a fraction.
    Float(Real),
    /// A string.
    Text(Arc<str>),
}

/// A float with an order; both zeros are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Real(u64);

impl Real {
    pub(crate) fn new(value: f64) -> Self {
        Self(tantivy::f64_to_u64(if value == 0.0 { 0.0 } else { value }))
    }

    pub(crate) fn get(self) -> f64 {
        tantivy::u64_to_f64(self.0)
    }
}

impl Key {
    /// The key as a number, where it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Float(real) => Some(real.get()),
            Self::Null | Self::Text(_) => None,
        }
    }

    /// The same key among those of another kind: whole numbers among floats.
    pub(crate) fn among(self, kind: ValueKind) -> Self {
        match (self, kind) {
            (Self::Whole(whole), ValueKind::Float) => Self::Float(Real::new(whole as f64)),
            (key, _) => key,
        }
    }

    /// The key as JSON.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Whole(whole) => Value::from(*whole),
            Self::Float(real) => Value::from(real.get()),
            Self::Text(text) => Value::from(text.as_ref()),
        }
    }
}
