//! Reading the `mappings` object.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::vector::VectorField;
use super::{Dynamic, Field, FieldType, MAX_DEPTH, Mapping, NumberKind};
use crate::error::{EngineError, Result};

/// Parameters that exist in Elasticsearch, are kept, and change no result here.
const INERT: &[&str] = &[
    "doc_values",
    "store",
    "norms",
    "index_options",
    "eager_global_ordinals",
    "fielddata",
    "similarity",
    "term_vector",
    "coerce",
    "meta",
    "position_increment_gap",
    "split_queries_on_whitespace",
    "search_quote_analyzer",
    "locale",
    "index_phrases",
    "index_prefixes",
    "boost",
];

/// Types of the contract that arrive with other capabilities: named, so that the error can say so.
const LATER: &[&str] = &[
    "ip",
    "flattened",
    "completion",
    "alias",
    "scaled_float",
    "nested",
    "geo_point",
    "binary",
    "date_nanos",
    "join",
    "percolator",
    "wildcard",
];

pub(super) fn mapping(value: &Value) -> Result<Mapping> {
    let object = object_of(value, "mappings")?;
    let mut mapping = Mapping::empty();
    for (key, value) in object {
        match key.as_str() {
            "dynamic" => mapping.dynamic = dynamic(value, "dynamic")?,
            "date_detection" => mapping.date_detection = flag(value, key)?,
            "numeric_detection" if value == &Value::Bool(false) => {}
            "_meta" => mapping.meta = Some(value.clone()),
            "_source" if value.get("enabled") != Some(&Value::Bool(false)) => {}
            "properties" => mapping.properties = properties(value, "", 0)?,
            other => {
                return Err(EngineError::Mapping(format!(
                    "Root mapping definition has unsupported parameters:  [{other} : {value}]"
                )));
            }
        }
    }
    mapping.flatten()?;
    Ok(mapping)
}

fn properties(value: &Value, prefix: &str, depth: usize) -> Result<BTreeMap<String, Field>> {
    if depth > MAX_DEPTH {
        return Err(EngineError::Mapping(format!(
            "Limit of mapping depth [{MAX_DEPTH}] has been exceeded due to object field [{prefix}]"
        )));
    }
    let mut out = BTreeMap::new();
    for (name, value) in object_of(
        value,
        if prefix.is_empty() {
            "properties"
        } else {
            prefix
        },
    )? {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        if name.is_empty() || name.split('.').any(str::is_empty) {
            return Err(EngineError::Mapping(format!(
                "field name cannot be an empty string in [{path}]"
            )));
        }
        if name.starts_with('_')
            && prefix.is_empty()
            && matches!(
                name.as_str(),
                "_id" | "_source" | "_index" | "_score" | "_ord" | "_seq_no" | "_version"
            )
        {
            return Err(EngineError::Mapping(format!(
                "Field [{name}] is a metadata field and cannot be added inside a document"
            )));
        }
        let parsed = field(object_of(value, &path)?, &path, depth)?;
        insert_dotted(&mut out, name, parsed, &path)?;
    }
    Ok(out)
}

/// A name with dots is a path of objects.
fn insert_dotted(
    out: &mut BTreeMap<String, Field>,
    name: &str,
    field: Field,
    path: &str,
) -> Result<()> {
    match name.split_once('.') {
        None => {
            out.insert(name.to_owned(), field);
            Ok(())
        }
        Some((head, rest)) => {
            let object = out.entry(head.to_owned()).or_insert_with(Field::object);
            match &mut object.kind {
                FieldType::Object { properties, .. } => {
                    insert_dotted(properties, rest, field, path)
                }
                _ => Err(EngineError::Mapping(format!(
                    "[{path}] goes through a field that is no object"
                ))),
            }
        }
    }
}

fn field(object: &Map<String, Value>, path: &str, depth: usize) -> Result<Field> {
    let name = match object.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(_) => {
            return Err(EngineError::Mapping(format!(
                "The type of field [{path}] is not a string"
            )));
        }
        None if object.contains_key("properties")
            || object.is_empty()
            || object.contains_key("dynamic")
            || object.contains_key("enabled") =>
        {
            "object"
        }
        None => {
            return Err(EngineError::Mapping(format!(
                "No type specified for field [{path}]"
            )));
        }
    };
    let mut out = Field::of(kind(name, path)?);
    for (key, value) in object {
        parameter(&mut out, key, value, name, path, depth)?;
    }
    Ok(out)
}

fn kind(name: &str, path: &str) -> Result<FieldType> {
    Ok(match name {
        "text" | "match_only_text" => FieldType::Text {
            analyzer: "standard".to_owned(),
            search_analyzer: None,
        },
        "keyword" | "constant_keyword" => FieldType::Keyword { normalizer: None },
        "long" | "unsigned_long" => FieldType::Number(NumberKind::Long),
        "integer" => FieldType::Number(NumberKind::Integer),
        "short" => FieldType::Number(NumberKind::Short),
        "byte" => FieldType::Number(NumberKind::Byte),
        "double" => FieldType::Number(NumberKind::Double),
        "float" => FieldType::Number(NumberKind::Float),
        "half_float" => FieldType::Number(NumberKind::HalfFloat),
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date { format: None },
        "dense_vector" => FieldType::Vector(VectorField::new(false)),
        "knn_vector" => FieldType::Vector(VectorField::new(true)),
        "object" => FieldType::Object {
            dynamic: None,
            enabled: true,
            properties: BTreeMap::new(),
        },
        later if LATER.contains(&later) => {
            return Err(EngineError::Mapping(format!(
                "type [{later}] declared on field [{path}] is not supported by this version"
            )));
        }
        other => {
            return Err(EngineError::Mapping(format!(
                "No handler for type [{other}] declared on field [{path}]"
            )));
        }
    })
}

fn parameter(
    out: &mut Field,
    key: &str,
    value: &Value,
    type_name: &str,
    path: &str,
    depth: usize,
) -> Result<()> {
    match (key, &mut out.kind) {
        ("type", _) => {}
        (
            "properties",
            FieldType::Object {
                properties: inner, ..
            },
        ) => {
            *inner = properties(value, path, depth + 1)?;
        }
        ("dynamic", FieldType::Object { dynamic: inner, .. }) => {
            *inner = Some(dynamic(value, path)?);
        }
        ("enabled", FieldType::Object { enabled, .. }) => *enabled = flag(value, path)?,
        (_, FieldType::Object { .. }) => return Err(unknown(key, path, type_name)),
        ("index", FieldType::Vector(_)) => out.index = flag(value, path)?,
        ("meta", FieldType::Vector(_)) => {
            out.inert.insert(key.to_owned(), value.clone());
        }
        (_, FieldType::Vector(vector)) => {
            if !vector.parameter(key, value, path)? {
                return Err(unknown(key, path, type_name));
            }
        }
        ("analyzer", FieldType::Text { analyzer, .. }) => *analyzer = text(value, key, path)?,
        (
            "search_analyzer",
            FieldType::Text {
                search_analyzer, ..
            },
        ) => {
            *search_analyzer = Some(text(value, key, path)?);
        }
        ("normalizer", FieldType::Keyword { normalizer }) => {
            *normalizer = Some(text(value, key, path)?);
        }
        ("format", FieldType::Date { format }) => *format = Some(text(value, key, path)?),
        ("ignore_above", FieldType::Keyword { .. }) => {
            let limit = value.as_u64().and_then(|limit| usize::try_from(limit).ok());
            out.ignore_above = Some(limit.ok_or_else(|| {
                EngineError::Mapping(format!(
                    "[ignore_above] of [{path}] must be a whole number, got [{value}]"
                ))
            })?);
        }
        ("index", _) => out.index = flag(value, path)?,
        (
            "ignore_malformed",
            FieldType::Number(_) | FieldType::Date { .. } | FieldType::Boolean,
        ) => {
            out.ignore_malformed = flag(value, path)?;
        }
        ("null_value", kind) if !matches!(kind, FieldType::Text { .. }) => {
            out.null_value = (!value.is_null()).then(|| value.clone());
        }
        ("copy_to", _) => {
            out.copy_to = match value {
                Value::String(one) => vec![one.clone()],
                Value::Array(list) => list
                    .iter()
                    .map(|item| text(item, key, path))
                    .collect::<Result<_>>()?,
                _ => {
                    return Err(EngineError::Mapping(format!(
                        "[copy_to] of [{path}] must be a string or a list"
                    )));
                }
            };
        }
        ("fields", _) => {
            out.fields = properties(value, path, depth + 1)?;
            for (name, sub) in &out.fields {
                if matches!(sub.kind, FieldType::Object { .. } | FieldType::Vector(_)) {
                    return Err(EngineError::Mapping(format!(
                        "Type [{}] cannot be used in multi field [{path}.{name}]",
                        sub.kind.name()
                    )));
                }
                if !sub.fields.is_empty() {
                    return Err(EngineError::Mapping(format!(
                        "multi fields cannot have multi fields: [{path}.{name}]"
                    )));
                }
            }
        }
        (inert, _) if INERT.contains(&inert) => {
            out.inert.insert(inert.to_owned(), value.clone());
        }
        _ => return Err(unknown(key, path, type_name)),
    }
    Ok(())
}

fn unknown(key: &str, path: &str, type_name: &str) -> EngineError {
    EngineError::Mapping(format!(
        "unknown parameter [{key}] on mapper [{path}] of type [{type_name}]"
    ))
}

fn object_of<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| {
        EngineError::Mapping(format!(
            "Expected map for property [{path}] but got [{value}]"
        ))
    })
}

fn text(value: &Value, key: &str, path: &str) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| {
        EngineError::Mapping(format!(
            "[{key}] of [{path}] must be a string, got [{value}]"
        ))
    })
}

fn flag(value: &Value, path: &str) -> Result<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => Err(EngineError::Mapping(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed, in [{path}]"
        ))),
    }
}

fn dynamic(value: &Value, path: &str) -> Result<Dynamic> {
    match value {
        Value::Bool(true) => Ok(Dynamic::True),
        Value::Bool(false) => Ok(Dynamic::False),
        Value::String(text) => match text.as_str() {
            "true" => Ok(Dynamic::True),
            "false" => Ok(Dynamic::False),
            "strict" => Ok(Dynamic::Strict),
            other => Err(EngineError::Mapping(format!(
                "unsupported value [{other}] for [dynamic] in [{path}]"
            ))),
        },
        other => Err(EngineError::Mapping(format!(
            "unsupported value [{other}] for [dynamic] in [{path}]"
        ))),
    }
}
