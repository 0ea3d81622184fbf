//! Values as aggregations see them: what they are, how they compare, how they print.

mod decimal;
mod format;
mod key;

pub(crate) use decimal::Decimal;
pub(crate) use format::{Format, double_text};
pub(crate) use key::{Key, Real};

use crate::error::{EngineError, Result};
use crate::mapping::FieldType;

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// The field is not there: it has no values.
    Unmapped,
    /// Whole numbers.
    Whole,
    /// Numbers with a fraction.
    Float,
    /// Booleans, as 0 and 1.
    Bool,
    /// Instants, in milliseconds.
    Date,
    /// Strings.
    Text,
}

impl ValueKind {
    /// The kind of a field that can be aggregated.
    pub(crate) fn of(kind: &FieldType) -> Option<Self> {
        match kind {
            FieldType::Keyword { .. } | FieldType::Ip | FieldType::Flattened { .. } => {
                Some(Self::Text)
            }
            FieldType::Number(kind) if kind.is_whole() => Some(Self::Whole),
            FieldType::Number(_) => Some(Self::Float),
            FieldType::Boolean => Some(Self::Bool),
            FieldType::Date { .. } => Some(Self::Date),
            FieldType::Text { .. }
            | FieldType::Object { .. }
            | FieldType::Vector(_)
            | FieldType::Completion(_)
            | FieldType::Alias { .. } => None,
        }
    }

    /// The kind of values of two indices together.
    pub(crate) fn joined(self, other: Self, name: &str) -> Result<Self> {
        match (self, other) {
            (a, b) if a == b => Ok(a),
            (Self::Unmapped, kind) | (kind, Self::Unmapped) => Ok(kind),
            (Self::Whole, Self::Float) | (Self::Float, Self::Whole) => Ok(Self::Float),
            _ => Err(EngineError::IllegalArgument(format!(
                "Merging/Reducing the aggregations failed when computing the aggregation [{name}] \
                 because the field you gave in the aggregation query existed as two different \
                 types in two different indices"
            ))),
        }
    }
}
