//! The vectors in a document, taken out of its source.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::DocumentVectors;
use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, Mapping, Similarity, VectorField};
use crate::vector::{DocumentVector, MAX_DIMS, VectorError};

/// The most vectors of one document in one field.
const MAX_VECTORS: usize = 1_024;
/// How far from one the length of a vector for `dot_product` may be, squared.
const UNIT: f64 = 1e-3;

/// A vector of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnedVector {
    /// Which of the document's vectors; of a GIF, the frame.
    pub(crate) slot: u32,
    /// When it shows, in seconds.
    pub(crate) time: f32,
    /// The values.
    pub(crate) values: Vec<f32>,
}

impl OwnedVector {
    pub(crate) fn borrowed(&self) -> DocumentVector<'_> {
        DocumentVector {
            slot: self.slot,
            time: self.time,
            values: &self.values,
        }
    }
}

/// A document without its vectors, and these.
#[derive(Debug, Default)]
pub(crate) struct Extracted {
    /// What is left of the source; `None` where there was nothing to take out.
    pub(crate) rest: Option<Value>,
    /// The vectors by field, also of fields that are named and have none.
    pub(crate) vectors: DocumentVectors,
    /// Fields whose dimensions the mapping has to learn first.
    pub(crate) learned: Vec<(String, usize)>,
}

/// Takes the vectors out of a document.
///
/// A value is a list of numbers. In a field whose mapping names a model it may also be the same as
/// base64 of big-endian 32-bit floats, an object `{"vector": …, "slot": n, "time": seconds}`, or a
/// list of these.
///
/// # Errors
/// When a value is no vector of its field.
pub(crate) fn extract(mapping: &Mapping, source: &Value) -> Result<Extracted> {
    let mut out = Extracted::default();
    let has_fields = mapping
        .fields()
        .any(|(_, field)| matches!(field.kind, FieldType::Vector(_)));
    if !has_fields || !source.is_object() {
        return Ok(out);
    }
    let mut rest = source.clone();
    if let Value::Object(object) = &mut rest {
        take(mapping, object, "", &mut out)?;
    }
    for (path, vectors) in &mut out.vectors {
        let Some(FieldType::Vector(field)) = mapping.field(path).map(|field| &field.kind) else {
            continue;
        };
        let dims = field
            .dims
            .or(vectors.first().map(|first| first.values.len()));
        if let (None, Some(dims)) = (field.dims, dims) {
            out.learned.push((path.clone(), dims));
        }
        for vector in vectors {
            check(field, dims.unwrap_or_default(), vector, path)?;
        }
    }
    if !out.vectors.is_empty() {
        out.rest = Some(rest);
    }
    Ok(out)
}

fn take(
    mapping: &Mapping,
    object: &mut Map<String, Value>,
    prefix: &str,
    out: &mut Extracted,
) -> Result<()> {
    let mut emptied = Vec::new();
    let mut vectors = Vec::new();
    for (name, value) in object.iter_mut() {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match mapping.field(&path).map(|field| &field.kind) {
            Some(FieldType::Vector(field)) => {
                let slots = out.slots(&path);
                if field.takes_several() {
                    read_all(value, &path, slots)?;
                } else {
                    read_only(value, &path, field, slots)?;
                }
                vectors.push(name.clone());
            }
            Some(FieldType::Object { .. }) => {
                for inner in objects_of(value) {
                    let before = inner.len();
                    take(mapping, inner, &path, out)?;
                    if inner.is_empty() && before > 0 {
                        emptied.push(name.clone());
                    }
                }
            }
            _ => {}
        }
    }
    for name in vectors.into_iter().chain(emptied) {
        object.shift_remove(&name);
    }
    Ok(())
}

fn objects_of(value: &mut Value) -> Vec<&mut Map<String, Value>> {
    match value {
        Value::Object(object) => vec![object],
        Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).collect(),
        _ => Vec::new(),
    }
}

impl Extracted {
    fn slots(&mut self, path: &str) -> &mut Vec<OwnedVector> {
        let at = self.vectors.iter().position(|(known, _)| known == path);
        let at = at.unwrap_or_else(|| {
            self.vectors.push((path.to_owned(), Vec::new()));
            self.vectors.len() - 1
        });
        &mut self.vectors[at].1
    }
}

/// Reads the one vector of a document in a field that takes no more: a flat list of numbers.
fn read_only(
    value: &Value,
    path: &str,
    field: &VectorField,
    into: &mut Vec<OwnedVector>,
) -> Result<()> {
    let values = match value {
        Value::Null => return Ok(()),
        Value::Array(items) if !items.is_empty() => values_of(value, path)?,
        other => {
            return Err(EngineError::document(
                path,
                format!("a vector is a list of numbers, not [{other}]"),
            ));
        }
    };
    if !into.is_empty() {
        return Err(EngineError::document(
            path,
            format!(
                "Field [{path}] of type [{}] doesn't support indexing multiple values for the same \
                 field in the same document",
                field.type_name()
            ),
        ));
    }
    into.push(OwnedVector {
        slot: 0,
        time: 0.0,
        values,
    });
    Ok(())
}

/// Reads one vector or several.
fn read_all(value: &Value, path: &str, into: &mut Vec<OwnedVector>) -> Result<()> {
    match value {
        Value::Null => {}
        Value::Array(items) if items.first().is_none_or(|item| !item.is_number()) => {
            for item in items {
                read_one(item, path, into)?;
            }
        }
        one => read_one(one, path, into)?,
    }
    Ok(())
}

fn read_one(value: &Value, path: &str, into: &mut Vec<OwnedVector>) -> Result<()> {
    if into.len() >= MAX_VECTORS {
        return Err(EngineError::document(
            path,
            format!("a document has at most {MAX_VECTORS} vectors in a field"),
        ));
    }
    let next = u32::try_from(into.len()).unwrap_or(u32::MAX);
    let vector = match value {
        Value::Object(object) => {
            let values = object.get("vector").unwrap_or(&Value::Null);
            let slot = match object.get("slot") {
                None => next,
                Some(slot) => slot
                    .as_u64()
                    .and_then(|slot| u32::try_from(slot).ok())
                    .ok_or_else(|| {
                        EngineError::document(path, format!("[slot] is a number, not [{slot}]"))
                    })?,
            };
            let time = match object.get("time") {
                None => 0.0,
                Some(time) => time.as_f64().ok_or_else(|| {
                    EngineError::document(path, format!("[time] is a number, not [{time}]"))
                })?,
            };
            OwnedVector {
                slot,
                time: time as f32,
                values: values_of(values, path)?,
            }
        }
        values => OwnedVector {
            slot: next,
            time: 0.0,
            values: values_of(values, path)?,
        },
    };
    into.push(vector);
    Ok(())
}

fn values_of(value: &Value, path: &str) -> Result<Vec<f32>> {
    match value {
        Value::Array(items) if items.len() <= MAX_DIMS => items
            .iter()
            .map(|item| {
                item.as_f64().map(|number| number as f32).ok_or_else(|| {
                    EngineError::document(path, format!("a vector has numbers, not [{item}]"))
                })
            })
            .collect(),
        Value::Array(items) => Err(EngineError::document(
            path,
            format!(
                "a vector has at most {MAX_DIMS} dimensions, this one has {}",
                items.len()
            ),
        )),
        Value::String(text) => {
            let bytes = STANDARD
                .decode(text)
                .ok()
                .filter(|bytes| bytes.len() % 4 == 0 && bytes.len() <= 4 * MAX_DIMS);
            let bytes = bytes.ok_or_else(|| {
                let reason = "a vector as text is base64 of big-endian 32-bit floats";
                EngineError::document(path, reason)
            })?;
            let floats = bytes.chunks_exact(4);
            Ok(floats
                .filter_map(|bytes| bytes.try_into().ok())
                .map(f32::from_be_bytes)
                .collect())
        }
        other => Err(EngineError::document(
            path,
            format!("a vector is a list of numbers, not [{other}]"),
        )),
    }
}

fn check(field: &VectorField, dims: usize, vector: &OwnedVector, path: &str) -> Result<()> {
    let preview = || {
        let first: Vec<String> = vector.values.iter().take(5).map(f32::to_string).collect();
        format!("Preview of invalid vector: [{}]", first.join(", "))
    };
    let similarity = field.similarity;
    match similarity.metric().prepare(&vector.values, dims) {
        Ok(_) => {}
        Err(VectorError::Dimensions { expected, found }) => {
            return Err(EngineError::document(
                path,
                format!(
                    "the vector has a different number of dimensions [{found}] than defined in \
                     the mapping [{expected}]"
                ),
            ));
        }
        Err(VectorError::ZeroVector) => {
            return Err(EngineError::document(
                path,
                format!(
                    "The [{}] similarity does not support vectors with zero magnitude. {}",
                    similarity.name(),
                    preview()
                ),
            ));
        }
        Err(error) => return Err(EngineError::document(path, error.to_string())),
    }
    if similarity == Similarity::DotProduct {
        let square: f64 = vector
            .values
            .iter()
            .map(|&v| f64::from(v) * f64::from(v))
            .sum();
        if (square - 1.0).abs() > UNIT {
            return Err(EngineError::document(
                path,
                format!(
                    "The [dot_product] similarity can only be used with unit-length vectors. {}",
                    preview()
                ),
            ));
        }
    }
    Ok(())
}
