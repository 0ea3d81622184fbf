//! The type of a field that a document brings and the mapping does not know.

use serde_json::Value;

use super::{Field, FieldType, Mapping, NumberKind};
use crate::error::Result;
use crate::query::date::{DateFormats, parse_date_strict};
use crate::query::values;

/// Strings longer than this are not kept as exact values.
const DYNAMIC_IGNORE_ABOVE: usize = 256;

impl Mapping {
    /// The field that a value (no object, no list, not null) makes at a path: what the first
    /// dynamic template that fits says, else by the value. Strings become text with a `keyword`
    /// beside it, or dates when they are written so; whole numbers become long, others float (kept
    /// in full width); booleans stay.
    ///
    /// # Errors
    /// When a template's mapping cannot be.
    pub fn infer(&self, path: &str, value: &Value) -> Result<Option<Field>> {
        let (kind, field) = match value {
            Value::Bool(_) => ("boolean", Field::of(FieldType::Boolean)),
            Value::Number(number) if number.is_i64() => ("long", long()),
            Value::Number(_) => ("double", double()),
            Value::String(text) => self.string(text),
            Value::Null | Value::Array(_) | Value::Object(_) => return Ok(None),
        };
        Ok(Some(self.templated(path, kind)?.unwrap_or(field)))
    }

    /// The field that a template makes of an unknown object; `None` for an object like any other.
    ///
    /// # Errors
    /// When the template's mapping cannot be.
    pub fn infer_object(&self, path: &str) -> Result<Option<Field>> {
        self.templated(path, "object")
    }

    fn templated(&self, path: &str, kind: &str) -> Result<Option<Field>> {
        let name = path.rsplit('.').next().unwrap_or(path);
        self.dynamic_templates
            .iter()
            .find(|template| template.fits(path, kind))
            .map(|template| template.field(path, name, kind))
            .transpose()
    }

    fn string(&self, text: &str) -> (&'static str, Field) {
        if self.date_detection
            && let Some(format) = self.date_format(text)
        {
            return ("date", Field::of(FieldType::Date { format }));
        }
        if self.numeric_detection {
            if text.parse::<i64>().is_ok() {
                return ("long", long());
            }
            if text.parse::<f64>().is_ok_and(f64::is_finite) {
                return ("double", double());
            }
        }
        let mut field = Field::of(FieldType::Text {
            analyzer: "standard".to_owned(),
            search_analyzer: None,
        });
        let mut keyword = Field::of(FieldType::Keyword { normalizer: None });
        keyword.ignore_above = Some(DYNAMIC_IGNORE_ABOVE);
        field.fields.insert("keyword".to_owned(), keyword);
        ("string", field)
    }

    /// The format of a string that is a date: of the mapping's own, or `Some(None)` for the default.
    fn date_format(&self, text: &str) -> Option<Option<String>> {
        match &self.dynamic_date_formats {
            None => looks_like_date(text).then_some(None),
            Some(formats) => {
                let value = Value::from(text);
                let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
                formats
                    .iter()
                    .find(|format| {
                        !digits_only && values::date(Some(format.as_str()), &value).is_ok()
                    })
                    .map(|format| Some(format.clone()))
            }
        }
    }
}

fn long() -> Field {
    Field::of(FieldType::Number(NumberKind::Long))
}

fn double() -> Field {
    Field::of(FieldType::Number(NumberKind::Double))
}

/// Elasticsearch's `strict_date_optional_time`, of which a bare year is none here:
/// a title `2024` should not turn a field into a date.
fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && parse_date_strict(text, &DateFormats::default()).is_ok()
}
