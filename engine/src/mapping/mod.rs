//! Mappings: what the fields of an index are, and where their values live.
//!
//! A mapping is a tree of [`Field`]s as the user wrote it, and a flat view of
//! it by path, which queries and documents use. Text gets a *slot*: a text
//! field of the index that was declared when the index was made (see
//! [`crate::text::schema`]).

mod dynamic;
mod field;
mod parse;
mod vector;

pub use dynamic::infer;
pub use field::{Dynamic, Field, FieldType, NumberKind};
pub use vector::{Similarity, VectorField};

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::error::{EngineError, Result};

/// The most fields that an index may have, multi-fields and objects included.
pub const MAX_FIELDS: usize = 1_000;
/// The deepest that objects may nest.
pub const MAX_DEPTH: usize = 20;
/// The longest path, in bytes.
pub const MAX_PATH: usize = 1_024;

/// What the fields of an index are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    /// What happens to fields that the mapping does not know.
    pub dynamic: Dynamic,
    /// Whether strings that look like dates become dates.
    pub date_detection: bool,
    /// The user's own notes (`_meta`).
    pub meta: Option<Value>,
    /// The top-level fields.
    pub properties: BTreeMap<String, Field>,
    flat: HashMap<String, Arc<Field>>,
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

    /// The field at a path, multi-fields included.
    pub fn field(&self, path: &str) -> Option<&Arc<Field>> {
        self.flat.get(path)
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
                !matches!(field.kind, FieldType::Object { .. }) && wildcard_match(pattern, path)
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
        merged.dynamic = other.dynamic;
        if other.meta.is_some() {
            merged.meta.clone_from(&other.meta);
        }
        field::merge_properties(&mut merged.properties, &other.properties, "")?;
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
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: Value) -> Mapping {
        Mapping::from_json(&value).unwrap()
    }

    #[test]
    fn reads_and_prints_what_it_read() {
        let body = json!({
            "dynamic": "strict",
            "properties": {
                "keys": {"properties": {"key": {"type": "keyword"}}},
                "like": {"type": "long"},
                "title": {
                    "type": "text", "analyzer": "chinese",
                    "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}
                },
                "pub_time": {"type": "date", "format": "epoch_millis"}
            }
        });
        let mapping = parsed(body.clone());
        assert_eq!(mapping.to_json(), body);
        assert_eq!(mapping.field("keys.key").unwrap().kind.name(), "keyword");
        assert_eq!(
            mapping.field("title.keyword").unwrap().ignore_above,
            Some(256)
        );
        assert!(mapping.field("nothing").is_none());
    }

    #[test]
    fn names_what_it_does_not_know() {
        let unknown_type = Mapping::from_json(&json!({"properties": {"a": {"type": "blob"}}}));
        assert_eq!(
            unknown_type.unwrap_err().to_string(),
            "No handler for type [blob] declared on field [a]"
        );
        let unknown_parameter =
            Mapping::from_json(&json!({"properties": {"a": {"type": "long", "wrong": 1}}}));
        assert_eq!(
            unknown_parameter.unwrap_err().to_string(),
            "unknown parameter [wrong] on mapper [a] of type [long]"
        );
    }

    #[test]
    fn merges_and_refuses_another_type() {
        let one = parsed(json!({"properties": {"a": {"type": "long"}}}));
        let two = parsed(json!({"properties": {"b": {"type": "text"}}}));
        let both = one.merged(&two).unwrap();
        assert!(both.field("a").is_some() && both.field("b").is_some());
        let other = parsed(json!({"properties": {"a": {"type": "text"}}}));
        assert_eq!(
            one.merged(&other).unwrap_err().to_string(),
            "mapper [a] cannot be changed from type [long] to [text]"
        );
    }

    #[test]
    fn adds_fields_on_the_way() {
        let mapping = Mapping::empty()
            .with_field("a.b.c", Field::of(FieldType::Boolean))
            .unwrap();
        assert_eq!(mapping.field("a.b.c").unwrap().kind, FieldType::Boolean);
        assert!(mapping.field("a.b").is_some());
        assert!(
            mapping
                .with_field("a.b.c.d", Field::of(FieldType::Boolean))
                .is_err()
        );
    }

    #[test]
    fn matches_wildcards() {
        assert!(wildcard_match("a*c", "abbbc"));
        assert!(wildcard_match("*", ""));
        assert!(!wildcard_match("a*c", "abbb"));
        assert!(wildcard_match("*.keyword", "title.keyword"));
    }
}
