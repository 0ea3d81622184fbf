//! Reading the `mappings` object.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::completion::CompletionField;
use super::field::DEPTH_LIMIT;
use super::parameters::{dynamic, finish, flag, object_of, parameter, texts};
use super::templates::DynamicTemplate;
use super::vector::VectorField;
use super::{Field, FieldType, MAX_DEPTH, Mapping, NumberKind, ScalingFactor};
use crate::error::{EngineError, Result};

/// Types of the contract that arrive with other capabilities: named, so that the error can say so.
const LATER: &[&str] = &[
    "nested",
    "geo_point",
    "binary",
    "join",
    "percolator",
    "wildcard",
];

/// Types that are another under a second name, which is printed again.
const SYNONYMS: &[&str] = &["date_nanos", "match_only_text", "constant_keyword"];

/// `_source`: everything here is read from it, so it is always kept, and whole.
fn source(value: &Value) -> Result<()> {
    for (key, value) in object_of(value, "_source")? {
        let harmless = match key.as_str() {
            "enabled" => flag(value, "_source.enabled")?,
            "includes" | "excludes" => value.as_array().is_some_and(Vec::is_empty),
            _ => false,
        };
        if !harmless {
            return Err(EngineError::Mapping(format!(
                "[_source] with [{key}: {value}] is not supported: the source is always kept whole"
            )));
        }
    }
    Ok(())
}

pub(super) fn mapping(value: &Value) -> Result<Mapping> {
    let object = object_of(value, "mappings")?;
    let mut mapping = Mapping::empty();
    for (key, value) in object {
        match key.as_str() {
            "dynamic" => {
                mapping.dynamic = dynamic(value, "dynamic")?;
                mapping.given.dynamic = true;
            }
            "date_detection" => {
                mapping.date_detection = flag(value, key)?;
                mapping.given.date_detection = true;
            }
            "numeric_detection" => {
                mapping.numeric_detection = flag(value, key)?;
                mapping.given.numeric_detection = true;
            }
            "dynamic_date_formats" => {
                mapping.dynamic_date_formats = Some(texts(value, key, "_doc")?);
            }
            "dynamic_templates" => {
                mapping.dynamic_templates = DynamicTemplate::list_from_json(value)?;
            }
            "_meta" => mapping.meta = Some(value.clone()),
            "_source" => source(value)?,
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

pub(super) fn properties(
    value: &Value,
    prefix: &str,
    depth: usize,
) -> Result<BTreeMap<String, Field>> {
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

pub(super) fn field(object: &Map<String, Value>, path: &str, depth: usize) -> Result<Field> {
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
    out.declared = SYNONYMS.iter().copied().find(|synonym| *synonym == name);
    for (key, value) in object {
        parameter(&mut out, key, value, name, path, depth)?;
    }
    finish(&out, path)?;
    Ok(out)
}

fn kind(name: &str, path: &str) -> Result<FieldType> {
    Ok(match name {
        "text" | "match_only_text" => FieldType::Text {
            analyzer: "standard".to_owned(),
            search_analyzer: None,
        },
        "keyword" | "constant_keyword" => FieldType::Keyword { normalizer: None },
        "long" => FieldType::Number(NumberKind::Long),
        "unsigned_long" => FieldType::Number(NumberKind::UnsignedLong),
        "integer" => FieldType::Number(NumberKind::Integer),
        "short" => FieldType::Number(NumberKind::Short),
        "byte" => FieldType::Number(NumberKind::Byte),
        "double" => FieldType::Number(NumberKind::Double),
        "float" => FieldType::Number(NumberKind::Float),
        "half_float" => FieldType::Number(NumberKind::HalfFloat),
        "scaled_float" => FieldType::Number(NumberKind::ScaledFloat(ScalingFactor::UNSET)),
        "boolean" => FieldType::Boolean,
        "date" | "date_nanos" => FieldType::Date { format: None },
        "ip" => FieldType::Ip,
        "flattened" => FieldType::Flattened {
            depth_limit: DEPTH_LIMIT,
        },
        "completion" => FieldType::Completion(CompletionField::default()),
        "alias" => FieldType::Alias {
            path: String::new(),
        },
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
