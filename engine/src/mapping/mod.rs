//! Mappings: what the fields of an index are, and where their values live.
//!
//! A mapping is a tree of [`Field`]s as the user wrote it, and a flat view of
//! it by path, which queries and documents use. Text gets a *slot*: a text
//! field of the index that was declared when the index was made (see
//! [`crate::text::schema`]).

mod aliases;
mod completion;
mod dynamic;
mod field;
mod merge;
mod number;
mod parameters;
mod parse;
mod templates;
mod vector;

#[cfg(test)]
mod tests;

pub use completion::{CompletionField, Input, Path as CompletionPath, RESERVED};
pub use field::{Dynamic, Field, FieldType};
pub use number::{NumberKind, ScalingFactor};
pub use templates::DynamicTemplate;
pub use vector::{Similarity, VectorField};

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::error::{EngineError, Result};

/// The most fields that an index may have, multi-fields and objects included.
pub const MAX_FIELDS: usize = 1_000;
/// The deepest that objects may nest.
pub const MAX_DEPTH: usize = 20;
/// The deepest that a flattened object may be allowed to nest.
pub const MAX_FLATTENED_DEPTH: usize = 40;
/// The longest path, in bytes.
pub const MAX_PATH: usize = 1_024;

/// Which of the settings at a mapping's root were written out, so that merging a mapping that does
/// not name one leaves it as it is. Two mappings that mean the same are equal whatever they name.
#[derive(Debug, Clone, Copy, Default)]
struct Given {
    dynamic: bool,
    date_detection: bool,
    numeric_detection: bool,
}

impl PartialEq for Given {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What the fields of an index are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    /// What happens to fields that the mapping does not know.
    pub dynamic: Dynamic,
    /// Whether strings that look like dates become dates.
    pub date_detection: bool,
    /// Whether strings that are numbers become numbers.
    pub numeric_detection: bool,
    /// The formats of strings that become dates; `None` for the default ones.
    pub dynamic_date_formats: Option<Vec<String>>,
    /// What unknown fields become, the first that fits.
    pub dynamic_templates: Vec<DynamicTemplate>,
    /// The user's own notes (`_meta`).
    pub meta: Option<Value>,
    /// The top-level fields.
    pub properties: BTreeMap<String, Field>,
    flat: HashMap<String, Arc<Field>>,
    /// What the leaves of flattened objects are, by the object's path.
    leaves: HashMap<String, Arc<Field>>,
    given: Given,
}

impl Mapping {
    /// The mapping of an index that was made without one.
    pub fn empty() -> Self {
        Self {
            date_detection: true,
            ..Self::default()
        }
    }

    /// Reads the `mappings` object.
    ///
    /// # Errors
    /// When a type or parameter is unknown, or the mapping is too large.
    pub fn from_json(value: &Value) -> Result<Self> {
        parse::mapping(value)
    }

    /// The field at a path, multi-fields and the leaves of flattened objects included.
    pub fn field(&self, path: &str) -> Option<&Arc<Field>> {
        self.flat.get(path).or_else(|| {
            if self.leaves.is_empty() {
                return None;
            }
            path.match_indices('.')
                .find_map(|(dot, _)| self.leaves.get(path.get(..dot)?))
        })
    }

    /// All fields by path, multi-fields and objects included, in no order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Arc<Field>)> {
        self.flat.iter().map(|(path, field)| (path.as_str(), field))
    }

    /// The paths that a pattern with `*` names, sorted.
    pub fn matching(&self, pattern: &str) -> Vec<String> {
        let mut paths: Vec<String> = self
            .flat
            .iter()
            .filter(|(path, field)| {
                !matches!(
                    field.kind,
                    FieldType::Object { .. } | FieldType::Alias { .. }
                ) && wildcard_match(pattern, path)
            })
            .map(|(path, _)| path.clone())
            .collect();
        paths.sort();
        paths
    }

    /// The `mappings` object.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        if self.dynamic != Dynamic::True {
            out.insert("dynamic".into(), json!(self.dynamic.as_str()));
        }
        if !self.date_detection {
            out.insert("date_detection".into(), json!(false));
        }
        if self.numeric_detection {
            out.insert("numeric_detection".into(), json!(true));
        }
        if let Some(formats) = &self.dynamic_date_formats {
            out.insert("dynamic_date_formats".into(), json!(formats));
        }
        if !self.dynamic_templates.is_empty() {
            let templates = self.dynamic_templates.iter().map(DynamicTemplate::to_json);
            out.insert("dynamic_templates".into(), templates.collect());
        }
        if let Some(meta) = &self.meta {
            out.insert("_meta".into(), meta.clone());
        }
        if !self.properties.is_empty() {
            out.insert(
                "properties".into(),
                field::properties_to_json(&self.properties),
            );
        }
        Value::Object(out)
    }

    /// This mapping with another's fields added.
    ///
    /// # Errors
    /// When a field is there with another type, or there are too many.
    pub fn merged(&self, other: &Self) -> Result<Self> {
        let mut merged = self.clone();
        merged.take_given(other);
        if other.meta.is_some() {
            merged.meta.clone_from(&other.meta);
        }
        merge::merge_properties(&mut merged.properties, &other.properties, "")?;
        merged.flatten()?;
        Ok(merged)
    }

    /// This mapping with the dimensions of a field of vectors, where nobody knew them.
    ///
    /// # Errors
    /// When it knows others, or there is no such field.
    pub fn with_dims(&self, path: &str, dims: usize) -> Result<Self> {
        let mut merged = self.clone();
        let mut properties = Some(&mut merged.properties);
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            let field = properties.take().and_then(|fields| fields.get_mut(part));
            match field.map(|field| &mut field.kind) {
                Some(FieldType::Object {
                    properties: inner, ..
                }) => properties = Some(inner),
                Some(FieldType::Vector(vector)) if parts.peek().is_none() => {
                    if *vector.dims.get_or_insert(dims) != dims {
                        return Err(EngineError::document(path, "the dimensions are known"));
                    }
                }
                _ => return Err(EngineError::document(path, "is no field of vectors")),
            }
        }
        merged.flatten()?;
        Ok(merged)
    }

    /// This mapping with one more field at a path; objects on the way are made.
    ///
    /// # Errors
    /// When a part of the path is a field of another kind, or there are too many fields.
    pub fn with_field(&self, path: &str, new: Field) -> Result<Self> {
        let mut merged = self.clone();
        let mut properties = &mut merged.properties;
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                properties
                    .entry(part.to_owned())
                    .or_insert_with(|| new.clone());
                break;
            }
            let object = properties
                .entry(part.to_owned())
                .or_insert_with(Field::object);
            match &mut object.kind {
                FieldType::Object {
                    properties: inner, ..
                } => properties = inner,
                other => {
                    return Err(EngineError::document(
                        path,
                        format!("[{part}] is a {} and cannot hold fields", other.name()),
                    ));
                }
            }
        }
        merged.flatten()?;
        Ok(merged)
    }

    /// Makes the flat view anew.
    fn flatten(&mut self) -> Result<()> {
        let mut flat = HashMap::new();
        flatten_into(&mut flat, &self.properties, "", 0)?;
        if flat.len() > MAX_FIELDS {
            return Err(EngineError::IllegalArgument(format!(
                "Limit of total fields [{MAX_FIELDS}] has been exceeded"
            )));
        }
        self.flat = flat;
        self.leaves = self.flattened_leaves();
        self.check_aliases()
    }
}

fn flatten_into(
    flat: &mut HashMap<String, Arc<Field>>,
    properties: &BTreeMap<String, Field>,
    prefix: &str,
    depth: usize,
) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(EngineError::IllegalArgument(format!(
            "Limit of mapping depth [{MAX_DEPTH}] has been exceeded due to object field [{prefix}]"
        )));
    }
    for (name, field) in properties {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        if path.len() > MAX_PATH {
            return Err(EngineError::IllegalArgument(format!(
                "a field's path is longer than {MAX_PATH} bytes"
            )));
        }
        match &field.kind {
            FieldType::Object { properties, .. } => {
                flatten_into(flat, properties, &path, depth + 1)?;
            }
            _ => flatten_into(flat, &field.fields, &path, depth + 1)?,
        }
        flat.insert(path, Arc::new(field.clone()));
    }
    Ok(())
}

/// Whether a pattern with `*` matches a whole text; linear in practice, never exponential.
pub fn wildcard_match(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if Some(byte) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}
