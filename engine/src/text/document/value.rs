//! One value under its field, its multi-fields and those that it is copied to.

use serde_json::Value;
use tantivy::schema::OwnedValue;

use super::sink::{Sink, push};
use super::{Converter, MAX_KEYWORD_BYTES};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::query::values;
use crate::text::TextTarget;
use crate::text::marks::{is_faithful, is_utc, odd_mark, utc_mark};

impl Converter<'_> {
    pub(super) fn leaf(
        &self,
        sink: &mut Sink,
        field: &Field,
        value: &Value,
        path: &str,
        follow_copies: bool,
    ) -> Result<()> {
        let indexed = field.is_kept() && self.indexed(sink, field, value, path)?;
        if indexed {
            sink.names.insert(path.to_owned());
        }
        if !(indexed && is_faithful(field, value)) {
            sink.names.insert(odd_mark(path));
        } else if is_utc(field, value) {
            sink.names.insert(utc_mark(path));
        }
        for (name, sub) in &field.fields {
            let sub_path = format!("{path}.{name}");
            if sub.is_kept() && self.indexed(sink, sub, value, &sub_path)? {
                sink.names.insert(sub_path);
            }
        }
        if follow_copies {
            for target in &field.copy_to {
                if let Some(copy) = self.mapping.field(target) {
                    self.leaf(sink, &copy.clone(), value, target, false)?;
                }
            }
        }
        Ok(())
    }

    /// Adds a value under one field; whether it was indexed.
    fn indexed(&self, sink: &mut Sink, field: &Field, value: &Value, path: &str) -> Result<bool> {
        match &field.kind {
            FieldType::Text { analyzer, .. } => {
                let text = string_of(value, path, "text")?;
                let gap = field.position_gap();
                match self.slots.target(path, analyzer) {
                    Some(TextTarget::Slot(slot)) => {
                        if let Some(slot) = self.schema.slot(slot) {
                            sink.slots.entry(slot).or_default().push(&text, gap);
                        }
                    }
                    Some(TextTarget::Overflow(analyzer)) => {
                        let key = (analyzer, path.to_owned());
                        sink.overflow.entry(key).or_default().push(&text, gap);
                    }
                    None => {}
                }
                if self.substring.contains(path) {
                    bounded(&text, path)?;
                    push(&mut sink.trigrams, path, OwnedValue::Str(text.clone()));
                    push(&mut sink.keywords, path, OwnedValue::Str(text));
                }
            }
            FieldType::Keyword { normalizer } => {
                let text = string_of(value, path, "keyword")?;
                if field
                    .ignore_above
                    .is_some_and(|limit| text.chars().count() > limit)
                {
                    return Ok(false);
                }
                let text = values::normalized(self.registry, normalizer.as_deref(), &text);
                bounded(&text, path)?;
                push(&mut sink.keywords, path, OwnedValue::Str(text));
            }
            FieldType::Number(kind) => match values::number(*kind, value) {
                Ok(number) => push(&mut sink.numbers, path, number),
                Err(_) if field.ignore_malformed || self.ignore_malformed => return Ok(false),
                Err(reason) => return Err(EngineError::document(path, reason)),
            },
            FieldType::Boolean => match values::boolean(value) {
                Ok(flag) => push(&mut sink.numbers, path, OwnedValue::Bool(flag)),
                Err(_) if field.ignore_malformed || self.ignore_malformed => return Ok(false),
                Err(reason) => return Err(EngineError::document(path, reason)),
            },
            FieldType::Date { format } => match values::date(format.as_deref(), value) {
                Ok(nanos) => push(
                    &mut sink.numbers,
                    path,
                    OwnedValue::Date(tantivy::DateTime::from_timestamp_nanos(nanos)),
                ),
                Err(_) if field.ignore_malformed || self.ignore_malformed => return Ok(false),
                Err(reason) => return Err(EngineError::document(path, reason)),
            },
            FieldType::Ip => return self.address(sink, field, value, path),
            FieldType::Completion(completion) => {
                return self.completion(sink, completion, value, path);
            }
            FieldType::Flattened { .. } => {
                return Err(EngineError::document(
                    path,
                    format!("a flattened field takes an object, not [{value}]"),
                ));
            }
            FieldType::Alias { .. } => {
                return Err(EngineError::document(
                    path,
                    format!("Cannot write to a field alias [{path}]."),
                ));
            }
            FieldType::Object { .. } | FieldType::Vector(_) => return Ok(false),
        }
        Ok(true)
    }
}

pub(in crate::text) fn bounded(text: &str, path: &str) -> Result<()> {
    if text.len() > MAX_KEYWORD_BYTES {
        return Err(EngineError::document(
            path,
            format!(
                "the value has {} bytes; an exact value can have at most {MAX_KEYWORD_BYTES}",
                text.len()
            ),
        ));
    }
    Ok(())
}

pub(in crate::text) fn string_of(value: &Value, path: &str, kind: &str) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err(EngineError::document(
            path,
            format!("a {kind} is a string, not [{value}]"),
        )),
    }
}
