//! A JSON document as the text index takes it.
//!
//! Values go where the mapping says; fields that it does not know are inferred
//! and reported, so that the mapping grows before the document is accepted.

mod sink;
mod value;

pub(super) use sink::{Sink, push};
pub(super) use value::{bounded, string_of};

use std::collections::{BTreeMap, BTreeSet};

use analyzers::text::Registry;
use serde_json::{Map, Value};
use tantivy::TantivyDocument;
use tantivy::schema::OwnedValue;

use crate::error::{EngineError, Result};
use crate::mapping::{Dynamic, Field, FieldType, Mapping};
use crate::text::marks::list_mark;
use crate::text::values::joined;
use crate::text::{Slots, TextSchema};

/// The longest exact value, in bytes, as Lucene has it.
pub const MAX_KEYWORD_BYTES: usize = 32_766;

/// The deepest that documents may nest.
const MAX_DEPTH: usize = 50;

/// A field that a document brought along.
#[derive(Debug, Clone, PartialEq)]
pub struct NewField {
    /// Its path.
    pub path: String,
    /// What it was taken for.
    pub field: Field,
}

/// A document, ready for the index.
#[derive(Debug)]
pub struct Converted {
    /// Its values, without id, ordinal, sequence number and source.
    pub document: TantivyDocument,
    /// Fields that the mapping has to learn first; then the document is converted again.
    pub new_fields: Vec<NewField>,
}

/// Turns documents of an index into what its text index takes.
#[derive(Debug)]
pub struct Converter<'a> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// The slots.
    pub slots: &'a Slots,
    /// The schema.
    pub schema: &'a TextSchema,
    /// The index's analyzers, for normalizers.
    pub registry: &'a Registry,
    /// The text paths with trigrams.
    pub substring: &'a BTreeSet<String>,
    /// Whether values that do not fit their field are kept in the source only, in every field.
    pub ignore_malformed: bool,
}

impl Converter<'_> {
    /// Converts a document.
    ///
    /// # Errors
    /// When it is no object, or a value does not fit its field.
    pub fn convert(&self, source: &Value) -> Result<Converted> {
        let Some(object) = source.as_object() else {
            return Err(EngineError::document(
                "_source",
                "a document is a JSON object",
            ));
        };
        let mut sink = Sink {
            document: TantivyDocument::new(),
            names: BTreeSet::new(),
            keywords: BTreeMap::new(),
            numbers: BTreeMap::new(),
            trigrams: BTreeMap::new(),
            slots: BTreeMap::new(),
            overflow: BTreeMap::new(),
            new_fields: Vec::new(),
            values: 0,
        };
        self.object(&mut sink, object, "", self.mapping.dynamic, 0)?;
        let Sink {
            mut document,
            names,
            keywords,
            numbers,
            trigrams,
            slots,
            overflow,
            new_fields,
            ..
        } = sink;
        for name in names {
            document.add_text(self.schema.names, name);
        }
        add_json(&mut document, self.schema.keywords, keywords);
        add_json(&mut document, self.schema.numbers, numbers);
        add_json(&mut document, self.schema.trigrams, trigrams);
        for (slot, texts) in slots {
            document.add_text(slot, joined(&texts.values, texts.gap));
        }
        let mut by_analyzer: BTreeMap<String, BTreeMap<String, Vec<OwnedValue>>> = BTreeMap::new();
        for ((analyzer, path), texts) in overflow {
            let text = OwnedValue::Str(joined(&texts.values, texts.gap));
            by_analyzer
                .entry(analyzer)
                .or_default()
                .insert(path, vec![text]);
        }
        for (analyzer, values) in by_analyzer {
            if let Some(field) = self.schema.overflow(&analyzer) {
                add_json(&mut document, field, values);
            }
        }
        Ok(Converted {
            document,
            new_fields,
        })
    }

    fn object(
        &self,
        sink: &mut Sink,
        object: &Map<String, Value>,
        prefix: &str,
        dynamic: Dynamic,
        depth: usize,
    ) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(EngineError::document(
                prefix,
                format!("nests deeper than {MAX_DEPTH}"),
            ));
        }
        for (name, value) in object {
            if name.is_empty() || name.split('.').any(str::is_empty) || name.contains('\0') {
                return Err(EngineError::document(
                    prefix,
                    format!("field name [{name}] is empty, has an empty part or a NUL"),
                ));
            }
            let path = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            self.value(sink, value, &path, dynamic, depth)?;
        }
        Ok(())
    }

    fn value(
        &self,
        sink: &mut Sink,
        value: &Value,
        path: &str,
        dynamic: Dynamic,
        depth: usize,
    ) -> Result<()> {
        sink.count(path)?;
        if let Value::Array(items) = value {
            if depth > MAX_DEPTH {
                return Err(EngineError::document(
                    path,
                    format!("nests deeper than {MAX_DEPTH}"),
                ));
            }
            if !items.is_empty() {
                sink.names.insert(list_mark(path));
            }
            return items
                .iter()
                .try_for_each(|item| self.value(sink, item, path, dynamic, depth + 1));
        }
        let known = self.mapping.field(path).cloned().or_else(|| {
            sink.new_fields
                .iter()
                .find(|new| new.path == path)
                .map(|new| new.field.clone().into())
        });
        match (known.as_deref(), value) {
            (Some(field), Value::Object(object)) => match &field.kind {
                FieldType::Object { enabled: false, .. } => Ok(()),
                FieldType::Object { dynamic: own, .. } => {
                    sink.names.insert(path.to_owned());
                    self.object(sink, object, path, own.unwrap_or(dynamic), depth + 1)
                }
                FieldType::Flattened { depth_limit } => {
                    self.flattened(sink, field, object, path, *depth_limit)
                }
                FieldType::Completion(_) => self.leaf(sink, field, value, path, true),
                FieldType::Alias { .. } => Err(EngineError::document(
                    path,
                    format!("Cannot write to a field alias [{path}]."),
                )),
                other => Err(EngineError::document(
                    path,
                    format!("a {} cannot hold an object", other.name()),
                )),
            },
            (None, Value::Object(object)) => match dynamic {
                Dynamic::True => {
                    if let Some(field) = self.mapping.infer_object(path)? {
                        sink.new_fields.push(NewField {
                            path: path.to_owned(),
                            field,
                        });
                        return Ok(());
                    }
                    sink.names.insert(path.to_owned());
                    self.object(sink, object, path, dynamic, depth + 1)
                }
                Dynamic::False => Ok(()),
                Dynamic::Strict => Err(EngineError::StrictMapping(path.to_owned())),
            },
            (Some(field), Value::Null) => match &field.null_value {
                Some(stand_in) => self.leaf(sink, field, &stand_in.clone(), path, true),
                None => Ok(()),
            },
            (None, Value::Null) => Ok(()),
            (Some(field), value) => {
                let part = matches!(field.kind, FieldType::Object { enabled: true, .. });
                if part && !self.ignore_malformed {
                    return Err(EngineError::document(
                        path,
                        format!(
                            "object mapping for [{path}] tried to parse field [{path}] as object, but found a concrete value"
                        ),
                    ));
                }
                self.leaf(sink, field, value, path, true)
            }
            (None, value) => match dynamic {
                Dynamic::True => {
                    if let Some(field) = self.mapping.infer(path, value)? {
                        sink.new_fields.push(NewField {
                            path: path.to_owned(),
                            field,
                        });
                    }
                    Ok(())
                }
                Dynamic::False => Ok(()),
                Dynamic::Strict => Err(EngineError::StrictMapping(path.to_owned())),
            },
        }
    }
}

fn add_json(
    document: &mut TantivyDocument,
    field: tantivy::schema::Field,
    values: BTreeMap<String, Vec<OwnedValue>>,
) {
    if values.is_empty() {
        return;
    }
    let object = values
        .into_iter()
        .map(|(path, mut values)| {
            let value = match values.len() {
                1 => values.pop().unwrap_or(OwnedValue::Null),
                _ => OwnedValue::Array(values),
            };
            (path, value)
        })
        .collect();
    document.add_object(field, object);
}
