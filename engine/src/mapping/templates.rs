//! Dynamic templates: what a field becomes that a document brings.

use serde_json::{Map, Value, json};

use super::parameters::{object_of, texts};
use super::{Field, parse, wildcard_match};
use crate::error::{EngineError, Result};

/// The types of values that a template can ask for.
const TYPES: &[&str] = &[
    "*", "object", "string", "long", "double", "boolean", "date", "binary",
];

/// What unknown fields of some kind become.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicTemplate {
    /// Its name.
    pub name: String,
    /// The template as it was written.
    body: Value,
    matches: Vec<String>,
    unmatches: Vec<String>,
    path_matches: Vec<String>,
    path_unmatches: Vec<String>,
    types: Vec<String>,
    mapping: Map<String, Value>,
}

impl DynamicTemplate {
    /// Reads the list of templates.
    ///
    /// # Errors
    /// When a template has no mapping, one that cannot be, or an unknown condition.
    pub(super) fn list_from_json(value: &Value) -> Result<Vec<Self>> {
        let Value::Array(list) = value else {
            return Err(EngineError::Mapping(
                "Dynamic template syntax error. An array of named objects is expected.".to_owned(),
            ));
        };
        list.iter()
            .map(|item| match item {
                Value::Object(entry) if entry.len() == 1 => match entry.iter().next() {
                    Some((name, body)) => Self::from_json(name, body),
                    None => Err(unnamed()),
                },
                _ => Err(unnamed()),
            })
            .collect()
    }

    fn from_json(name: &str, body: &Value) -> Result<Self> {
        let mut out = Self {
            name: name.to_owned(),
            body: body.clone(),
            matches: Vec::new(),
            unmatches: Vec::new(),
            path_matches: Vec::new(),
            path_unmatches: Vec::new(),
            types: Vec::new(),
            mapping: Map::new(),
        };
        let mut has_mapping = false;
        for (key, value) in object_of(body, name)? {
            match key.as_str() {
                "match" => out.matches = texts(value, key, name)?,
                "unmatch" => out.unmatches = texts(value, key, name)?,
                "path_match" => out.path_matches = texts(value, key, name)?,
                "path_unmatch" => out.path_unmatches = texts(value, key, name)?,
                "match_mapping_type" => out.types = texts(value, key, name)?,
                "match_pattern" if value == "simple" => {}
                "mapping" => {
                    out.mapping = object_of(value, name)?.clone();
                    has_mapping = true;
                }
                other => {
                    return Err(EngineError::Mapping(format!(
                        "dynamic template [{name}]: [{other}: {value}] is not supported"
                    )));
                }
            }
        }
        if let Some(unknown) = out
            .types
            .iter()
            .find(|kind| !TYPES.contains(&kind.as_str()))
        {
            return Err(EngineError::Mapping(format!(
                "No field type matched on [{unknown}], possible values are {TYPES:?}"
            )));
        }
        let conditions = [&out.matches, &out.path_matches, &out.types];
        if conditions.iter().all(|condition| condition.is_empty()) {
            return Err(EngineError::Mapping(format!(
                "template must have match, path_match or match_mapping_type set [{name}]"
            )));
        }
        if !has_mapping {
            return Err(EngineError::Mapping(format!(
                "template must have mapping set [{name}]"
            )));
        }
        let kind = out.types.first().map_or("string", String::as_str);
        out.field("field", "field", if kind == "*" { "string" } else { kind })
            .map_err(|error| {
                EngineError::Mapping(format!(
                    "dynamic template [{name}] has invalid content [{body}]: {error}"
                ))
            })?;
        Ok(out)
    }

    /// The template as a mapping prints it.
    pub fn to_json(&self) -> Value {
        json!({ self.name.as_str(): self.body })
    }

    /// Whether the template is for a field with values of a type.
    pub(super) fn fits(&self, path: &str, kind: &str) -> bool {
        let name = path.rsplit('.').next().unwrap_or(path);
        let any = |patterns: &[String], text: &str| {
            patterns.iter().any(|pattern| wildcard_match(pattern, text))
        };
        let all_or_none =
            |patterns: &[String], text: &str| patterns.is_empty() || any(patterns, text);
        // A template without a type is for leaves only.
        let of_type = if self.types.is_empty() {
            kind != "object"
        } else {
            self.types
                .iter()
                .any(|wanted| wanted == "*" || wanted == kind)
        };
        of_type
            && all_or_none(&self.matches, name)
            && !any(&self.unmatches, name)
            && all_or_none(&self.path_matches, path)
            && !any(&self.path_unmatches, path)
    }

    /// The field that the template makes.
    ///
    /// # Errors
    /// When its mapping cannot be.
    pub(super) fn field(&self, path: &str, name: &str, kind: &str) -> Result<Field> {
        let dynamic_type = match kind {
            "string" => "text",
            other => other,
        };
        let mut mapping = Map::new();
        for (key, value) in &self.mapping {
            mapping.insert(
                filled(key, name, dynamic_type),
                filled_in(value, name, dynamic_type),
            );
        }
        if !mapping.contains_key("type") {
            mapping.insert("type".to_owned(), json!(dynamic_type));
        }
        parse::field(&mapping, path, 0)
    }
}

fn unnamed() -> EngineError {
    EngineError::Mapping("A dynamic template must be defined with a name".to_owned())
}

fn filled(text: &str, name: &str, dynamic_type: &str) -> String {
    text.replace("{name}", name)
        .replace("{dynamic_type}", dynamic_type)
        .replace("{dynamicType}", dynamic_type)
}

fn filled_in(value: &Value, name: &str, dynamic_type: &str) -> Value {
    match value {
        Value::String(text) => Value::String(filled(text, name, dynamic_type)),
        Value::Array(items) => items
            .iter()
            .map(|item| filled_in(item, name, dynamic_type))
            .collect(),
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| {
                    let key = filled(key, name, dynamic_type);
                    (key, filled_in(value, name, dynamic_type))
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
