//! Adding a mapping to a mapping.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Field, FieldType, Mapping};
use crate::error::{EngineError, Result};

/// Parameters that may change on a field that is there.
const UPDATABLE: &[&str] = &[
    "ignore_above",
    "ignore_malformed",
    "search_analyzer",
    "search_quote_analyzer",
    "copy_to",
    "coerce",
    "meta",
    "boost",
    "depth_limit",
    "max_input_length",
    "eager_global_ordinals",
    "fielddata",
    "split_queries_on_whitespace",
    "path",
    // Without effect here, whatever they say.
    "index_options",
    "norms",
    "locale",
];

/// What a parameter is that is not written, where that is not `null`.
const DEFAULTS: &[(&str, &str)] = &[
    ("index", "true"),
    ("doc_values", "true"),
    ("store", "false"),
    ("index_phrases", "false"),
    ("term_vector", "no"),
    ("similarity", "BM25"),
    ("position_increment_gap", "100"),
    ("analyzer", "default"),
    ("preserve_separators", "true"),
    ("preserve_position_increments", "true"),
];

impl Mapping {
    /// Takes over what another mapping says at its root, and leaves what it does not name.
    pub(super) fn take_given(&mut self, other: &Self) {
        if other.given.dynamic {
            self.dynamic = other.dynamic;
        }
        if other.given.date_detection {
            self.date_detection = other.date_detection;
        }
        if other.given.numeric_detection {
            self.numeric_detection = other.numeric_detection;
        }
        if other.dynamic_date_formats.is_some() {
            self.dynamic_date_formats
                .clone_from(&other.dynamic_date_formats);
        }
        for template in &other.dynamic_templates {
            let known = self.dynamic_templates.iter_mut();
            match known.into_iter().find(|known| known.name == template.name) {
                Some(known) => known.clone_from(template),
                None => self.dynamic_templates.push(template.clone()),
            }
        }
    }
}

/// Adds fields to fields; what is there may only gain, never change its type.
pub(super) fn merge_properties(
    into: &mut BTreeMap<String, Field>,
    from: &BTreeMap<String, Field>,
    prefix: &str,
) -> Result<()> {
    for (name, new) in from {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match into.get_mut(name) {
            None => {
                into.insert(name.clone(), new.clone());
            }
            Some(old) => merge_field(old, new, &path)?,
        }
    }
    Ok(())
}

fn merge_field(old: &mut Field, new: &Field, path: &str) -> Result<()> {
    match (&mut old.kind, &new.kind) {
        (
            FieldType::Object {
                properties: old,
                dynamic,
                ..
            },
            FieldType::Object {
                properties: new,
                dynamic: new_dynamic,
                ..
            },
        ) => {
            if new_dynamic.is_some() {
                *dynamic = *new_dynamic;
            }
            return merge_properties(old, new, path);
        }
        (FieldType::Object { .. }, _) | (_, FieldType::Object { .. }) => {
            return Err(EngineError::IllegalArgument(format!(
                "can't merge a non object mapping [{path}] with an object mapping"
            )));
        }
        (FieldType::Vector(old), FieldType::Vector(new)) if old.opensearch == new.opensearch => {
            return old.merge(new, path);
        }
        _ => {}
    }
    if old.type_name() != new.type_name() {
        return Err(EngineError::IllegalArgument(format!(
            "mapper [{path}] cannot be changed from type [{}] to [{}]",
            old.type_name(),
            new.type_name()
        )));
    }
    let conflicts = conflicts(&parameters(old), &parameters(new));
    if !conflicts.is_empty() {
        return Err(EngineError::IllegalArgument(format!(
            "Mapper for [{path}] conflicts with existing mapper:\n\t{}",
            conflicts.join("\n\t")
        )));
    }
    let mut fields = std::mem::take(&mut old.fields);
    merge_properties(&mut fields, &new.fields, path)?;
    *old = Field {
        fields,
        ..new.clone()
    };
    Ok(())
}

/// The parameters of a field that have to stay as they are, defaults left out.
fn parameters(field: &Field) -> Map<String, Value> {
    let Value::Object(mut printed) = field.to_json() else {
        return Map::new();
    };
    printed.retain(|key, value| {
        !matches!(key.as_str(), "type" | "fields")
            && !UPDATABLE.contains(&key.as_str())
            && !DEFAULTS.contains(&(key.as_str(), plain(value).as_str()))
    });
    printed
}

fn conflicts(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| {
            let show = |value: Option<&Value>| match value {
                Some(value) => plain(value),
                None => DEFAULTS
                    .iter()
                    .find(|(name, _)| name == key)
                    .map_or("null", |(_, default)| default)
                    .to_owned(),
            };
            format!(
                "Cannot update parameter [{key}] from [{}] to [{}]",
                show(old.get(key)),
                show(new.get(key))
            )
        })
        .collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
