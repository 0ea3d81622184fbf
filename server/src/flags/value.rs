//! A flag, and its values.

use rusqlite::Row;
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde_json::{Map, Number, Value};

/// The columns of what a client sends, in the order of the table. The first is needed.
pub const COLUMNS: [&str; 10] = [
    "image_prompt",
    "steps",
    "sampler",
    "cfg_scale",
    "seed",
    "size",
    "model_hash",
    "model_name",
    "seed_resize_from",
    "denoising_strength",
];

/// A value as it was given.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
}

impl Scalar {
    /// A string or a number of JSON; `None` for anything else.
    ///
    /// SQLite's whole numbers end at 2^63 - 1. Larger ones (seeds of 64 bits without a sign) become
    /// the text of their digits, since as a fraction they would be another number.
    pub fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text)),
            Value::Number(number) => Some(match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => Self::Whole(whole),
                (None, Some(_)) => Self::Text(number.to_string()),
                (None, None) => Self::Real(number.as_f64()?),
            }),
            _ => None,
        }
    }

    /// The same in JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Whole(whole) => Value::from(*whole),
            // Infinity can only have been put there by hand.
            Self::Real(real) => {
                Number::from_f64(*real).map_or_else(|| Value::from(real.to_string()), Value::Number)
            }
        }
    }

    fn read(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => None,
            ValueRef::Integer(whole) => Some(Self::Whole(whole)),
            ValueRef::Real(real) => Some(Self::Real(real)),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                Some(Self::Text(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Whole(_) | Self::Real(_) => size_of::<f64>(),
        }
    }
}

/// A value as SQLite takes it.
pub(super) fn bound(value: &Option<Scalar>) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match value {
        None => ValueRef::Null,
        Some(Scalar::Text(text)) => ValueRef::Text(text.as_bytes()),
        Some(Scalar::Whole(whole)) => ValueRef::Integer(*whole),
        Some(Scalar::Real(real)) => ValueRef::Real(*real),
    })
}

/// Why an object is no flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It lacks the prompt.
    #[error("[image_prompt] is missing")]
    NoPrompt,
    /// Its prompt says nothing.
    #[error("[image_prompt] is empty")]
    EmptyPrompt,
    /// A value is no string and no number.
    #[error("[{field}] must be a string or a number, not {found}")]
    Kind {
        /// The field.
        field: &'static str,
        /// What it is.
        found: &'static str,
    },
}

/// A flag to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFlag {
    /// The values of [`COLUMNS`].
    pub values: [Option<Scalar>; COLUMNS.len()],
    /// Further fields, as they were given.
    pub extra: Map<String, Value>,
}

impl NewFlag {
    /// Reads what a client sent. A field that is null is as good as absent.
    ///
    /// # Errors
    /// When the prompt is missing, or a value of a column is neither a string nor a number.
    pub fn from_json(mut fields: Map<String, Value>) -> Result<Self, Refusal> {
        let mut values = [const { None }; COLUMNS.len()];
        for (slot, field) in values.iter_mut().zip(COLUMNS) {
            let Some(value) = fields.shift_remove(field).filter(|value| !value.is_null()) else {
                continue;
            };
            let found = kind(&value);
            *slot = Some(Scalar::from_json(value).ok_or(Refusal::Kind { field, found })?);
        }
        match values.first() {
            Some(Some(Scalar::Text(prompt))) if prompt.trim().is_empty() => {
                Err(Refusal::EmptyPrompt)
            }
            Some(Some(_)) => Ok(Self {
                values,
                extra: fields,
            }),
            _ => Err(Refusal::NoPrompt),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A flag that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// Its number.
    pub id: i64,
    /// When it came, UTC (RFC 3339, with milliseconds).
    pub created_at: String,
    /// The values of [`COLUMNS`].
    pub values: [Option<Scalar>; COLUMNS.len()],
    /// Further fields, as JSON.
    pub extra: String,
}

impl Flag {
    /// Reads a row of `query::select`. Rows may have been changed by hand, so nothing is taken for granted
    /// but the id.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let text = |at| -> rusqlite::Result<String> {
            let value = Scalar::read(row.get_ref(at)?);
            Ok(match value {
                None => String::new(),
                Some(Scalar::Text(text)) => text,
                Some(other) => other.to_json().to_string(),
            })
        };
        let mut values = [const { None }; COLUMNS.len()];
        for (at, slot) in values.iter_mut().enumerate() {
            *slot = Scalar::read(row.get_ref(at + 2)?);
        }
        Ok(Self {
            id: row.get(0)?,
            created_at: text(1)?,
            values,
            extra: text(COLUMNS.len() + 2)?,
        })
    }

    /// Every column in the order of the table; absent values are null.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), Value::from(self.id));
        object.insert(
            "created_at".to_owned(),
            Value::from(self.created_at.as_str()),
        );
        for (name, value) in COLUMNS.iter().zip(&self.values) {
            let value = value.as_ref().map_or(Value::Null, Scalar::to_json);
            object.insert((*name).to_owned(), value);
        }
        // What somebody put there that is no JSON is shown as it is.
        let extra = serde_json::from_str(&self.extra);
        let extra = extra.unwrap_or_else(|_| Value::from(self.extra.as_str()));
        object.insert("extra".to_owned(), extra);
        Value::Object(object)
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let values = self.values.iter().flatten().map(Scalar::size);
        values.sum::<usize>() + self.extra.len() + 128
    }
}
