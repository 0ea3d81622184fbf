//! Values that are more than one value: addresses, flattened objects, completions.

use serde_json::{Map, Value};
use tantivy::schema::OwnedValue;

use super::Converter;
use super::document::{Sink, bounded, push, string_of};
use crate::error::{EngineError, Result};
use crate::mapping::{CompletionField, Field};
use crate::query::ip;

/// Where a flattened object's leaf is.
struct Leaf<'a> {
    root: &'a str,
    path: &'a str,
    depth: usize,
    limit: usize,
}

impl Converter<'_> {
    /// Adds an address; whether it is one.
    pub(super) fn address(
        &self,
        sink: &mut Sink,
        field: &Field,
        value: &Value,
        path: &str,
    ) -> Result<bool> {
        let address = value
            .as_str()
            .ok_or_else(|| format!("'{value}' is not an IP string literal."))
            .and_then(ip::parse);
        match address {
            Ok(address) => {
                let text = OwnedValue::Str(address.to_string());
                push(&mut sink.keywords, path, text);
                let key = OwnedValue::Str(ip::key(address));
                push(&mut sink.keywords, &ip::key_path(path), key);
                Ok(true)
            }
            Err(_) if field.ignore_malformed || self.ignore_malformed => Ok(false),
            Err(reason) => Err(EngineError::document(path, reason)),
        }
    }

    /// Adds the inputs of a completion; whether there are any.
    pub(super) fn completion(
        &self,
        sink: &mut Sink,
        field: &CompletionField,
        value: &Value,
        path: &str,
    ) -> Result<bool> {
        let analyzer = self.registry.analyzer(&field.analyzer).ok_or_else(|| {
            EngineError::document(path, format!("analyzer [{}] is not there", field.analyzer))
        })?;
        let inputs = field
            .inputs(value)
            .map_err(|reason| EngineError::document(path, reason))?;
        let mut any = false;
        for input in inputs {
            if let Some(entry) = field.entry(&analyzer, &input) {
                bounded(&entry, path)?;
                push(&mut sink.keywords, path, OwnedValue::Str(entry));
                any = true;
            }
        }
        Ok(any)
    }

    /// Adds the leaves of a flattened object, each under its own path and under the object's.
    pub(super) fn flattened(
        &self,
        sink: &mut Sink,
        field: &Field,
        object: &Map<String, Value>,
        path: &str,
        limit: usize,
    ) -> Result<()> {
        let leaf = Leaf {
            root: path,
            path,
            depth: 1,
            limit,
        };
        self.flattened_object(sink, field, object, &leaf)
    }

    fn flattened_object(
        &self,
        sink: &mut Sink,
        field: &Field,
        object: &Map<String, Value>,
        at: &Leaf<'_>,
    ) -> Result<()> {
        if at.depth > at.limit {
            return Err(EngineError::document(
                at.root,
                format!(
                    "The provided [flattened] field [{}] exceeds the maximum depth limit of [{}].",
                    at.root, at.limit
                ),
            ));
        }
        for (name, value) in object {
            if name.is_empty() || name.split('.').any(str::is_empty) || name.contains('\0') {
                return Err(EngineError::document(
                    at.path,
                    format!(
                        "Do not use keys with empty parts or a NUL in [flattened] fields: [{name}]"
                    ),
                ));
            }
            let path = format!("{}.{name}", at.path);
            let inner = Leaf {
                path: &path,
                depth: at.depth + 1,
                ..*at
            };
            self.flattened_value(sink, field, value, &inner)?;
        }
        Ok(())
    }

    fn flattened_value(
        &self,
        sink: &mut Sink,
        field: &Field,
        value: &Value,
        at: &Leaf<'_>,
    ) -> Result<()> {
        sink.count(at.root)?;
        match value {
            Value::Object(object) => return self.flattened_object(sink, field, object, at),
            Value::Array(items) => {
                if at.depth > at.limit {
                    return self.flattened_object(sink, field, &Map::new(), at);
                }
                let inner = Leaf {
                    depth: at.depth + 1,
                    ..*at
                };
                return items
                    .iter()
                    .try_for_each(|item| self.flattened_value(sink, field, item, &inner));
            }
            _ => {}
        }
        let value = match (value, &field.null_value) {
            (Value::Null, None) => return Ok(()),
            (Value::Null, Some(stand_in)) => stand_in,
            (value, _) => value,
        };
        let text = string_of(value, at.path, "leaf of a flattened object")?;
        let too_long = field
            .ignore_above
            .is_some_and(|limit| text.chars().count() > limit);
        if too_long || !field.is_kept() {
            return Ok(());
        }
        bounded(&text, at.path)?;
        sink.names.insert(at.root.to_owned());
        sink.names.insert(at.path.to_owned());
        push(&mut sink.keywords, at.root, OwnedValue::Str(text.clone()));
        push(&mut sink.keywords, at.path, OwnedValue::Str(text));
        Ok(())
    }
}
