//! The settings of an index that change what it does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use analyzers::text::Registry;
use serde_json::{Map, Value};

use super::units::{flush_bytes, gc_deletes, interval};
use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, Mapping};

/// A field that suggestions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestField {
    /// The text field.
    pub field: String,
    /// The number that weighs its values.
    pub weight: Option<String>,
}

/// Settings that 0.1 kept without reading them.
const UNREAD: &[&str] = &["index.translog.flush_threshold_size", "index.gc_deletes"];

/// What an index refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Blocks {
    /// Every change.
    pub read_only: bool,
    /// Every change but its deletion.
    pub read_only_allow_delete: bool,
    /// Writes of documents.
    pub write: bool,
    /// Changes of mapping and settings.
    pub metadata: bool,
}

/// The settings of an index.
///
/// Beside Elasticsearch's own, `index.pictor` holds what only this engine has:
/// `substring`, the text fields whose inner parts are indexed (trigrams), and
/// `suggest`, the fields that suggestions come from, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexSettings {
    /// The object as it was given.
    pub raw: Value,
    /// `analysis`.
    pub analysis: Value,
    /// Text fields with trigrams.
    pub substring: BTreeSet<String>,
    /// Fields that suggestions come from.
    pub suggest: BTreeMap<String, SuggestField>,
    /// `max_result_window`.
    pub result_window: Option<usize>,
    /// `mapping.ignore_malformed`: values that do not fit their field are kept in the source only.
    pub ignore_malformed: bool,
    /// `mapping.exclude_source_vectors`: stored sources are without vectors, which then only searches see.
    pub exclude_source_vectors: bool,
    /// `refresh_interval`; `None` for the node's.
    pub refresh_interval: Option<Duration>,
    /// `translog.flush_threshold_size`: bytes of the log after which there is a commit.
    pub flush_bytes: u64,
    /// `gc_deletes`: how long versions of deleted documents are remembered.
    pub gc_deletes: Duration,
    /// `blocks`.
    pub blocks: Blocks,
}

impl IndexSettings {
    /// Reads the `settings` object, nested (`{"index":{"analysis":…}}`) or not, dotted keys too.
    ///
    /// # Errors
    /// When a value is not what its setting takes.
    pub fn from_json(value: &Value) -> Result<Self> {
        let mut flat = Map::new();
        match value {
            Value::Null => {}
            Value::Object(object) => nest(&mut flat, object)?,
            other => return Err(wrong("settings", other)),
        }
        let index = match flat.remove("index") {
            Some(Value::Object(inner)) => {
                let mut merged = flat;
                merge(&mut merged, inner);
                merged
            }
            Some(other) => return Err(wrong("index", &other)),
            None => flat,
        };
        let analysis = index
            .get("analysis")
            .cloned()
            .unwrap_or(Value::Object(Map::new()));
        let mut out = Self {
            raw: value.clone(),
            analysis,
            substring: BTreeSet::new(),
            suggest: BTreeMap::new(),
            result_window: None,
            ignore_malformed: false,
            exclude_source_vectors: false,
            refresh_interval: index
                .get("refresh_interval")
                .map(interval)
                .transpose()?
                .flatten(),
            flush_bytes: flush_bytes(index.get("translog"))?,
            gc_deletes: gc_deletes(index.get("gc_deletes"))?,
            blocks: Blocks::from_json(index.get("blocks"))?,
        };
        if let Some(mapping) = index.get("mapping") {
            out.ignore_malformed = switch(mapping, "ignore_malformed")?;
            out.exclude_source_vectors = switch(mapping, "exclude_source_vectors")?;
        }
        if let Some(window) = index.get("max_result_window") {
            let number = match window {
                Value::String(text) => text.parse().ok(),
                other => other.as_u64(),
            };
            out.result_window = Some(
                number
                    .and_then(|number| usize::try_from(number).ok())
                    .filter(|number| *number > 0)
                    .ok_or_else(|| wrong("index.max_result_window", window))?,
            );
        }
        match index.get("pictor") {
            None => {}
            Some(Value::Object(own)) => out.own(own)?,
            Some(other) => return Err(wrong("index.pictor", other)),
        }
        Ok(out)
    }

    /// Reads settings that an index was made with. Values of settings that older versions took and did not look
    /// at do not keep it from opening.
    ///
    /// # Errors
    /// When another value is not what its setting takes.
    pub(crate) fn of_stored(value: &Value) -> Result<Self> {
        let error = match Self::from_json(value) {
            Err(error) => error,
            read => return read,
        };
        let mut dotted = Self::dotted(value)?;
        for name in UNREAD {
            dotted.shift_remove(*name);
        }
        let read = Self::from_json(&Value::Object(dotted)).map_err(|_| error)?;
        Ok(Self {
            raw: value.clone(),
            ..read
        })
    }

    /// Settings by dotted name, `index.` before each.
    ///
    /// # Errors
    /// When they are no object.
    pub fn dotted(value: &Value) -> Result<Map<String, Value>> {
        let mut out = Map::new();
        match value {
            Value::Null => {}
            Value::Object(object) => flatten(&mut out, "", object, 0)?,
            other => return Err(wrong("settings", other)),
        }
        let named = out.into_iter().map(|(key, value)| {
            if key.starts_with("index.") {
                (key, value)
            } else {
                (format!("index.{key}"), value)
            }
        });
        Ok(named.collect())
    }

    /// Settings by dotted name as an object of objects.
    ///
    /// # Errors
    /// When a name is none.
    pub fn nested(dotted: &Map<String, Value>) -> Result<Value> {
        let mut out = Map::new();
        nest(&mut out, dotted)?;
        Ok(Value::Object(out))
    }

    fn own(&mut self, own: &Map<String, Value>) -> Result<()> {
        for (key, value) in own {
            match (key.as_str(), value) {
                ("substring", Value::Array(fields)) => {
                    for field in fields {
                        let field = field
                            .as_str()
                            .ok_or_else(|| wrong("index.pictor.substring", field))?;
                        self.substring.insert(field.to_owned());
                    }
                }
                ("suggest", Value::Object(targets)) => {
                    for (name, target) in targets {
                        let field = target
                            .get("field")
                            .and_then(Value::as_str)
                            .ok_or_else(|| wrong("index.pictor.suggest", target))?;
                        let weight = target
                            .get("weight")
                            .and_then(Value::as_str)
                            .map(str::to_owned);
                        self.suggest.insert(
                            name.clone(),
                            SuggestField {
                                field: field.to_owned(),
                                weight,
                            },
                        );
                    }
                }
                (_, other) => return Err(wrong(&format!("index.pictor.{key}"), other)),
            }
        }
        Ok(())
    }

    /// The analyzers that the settings describe.
    ///
    /// # Errors
    /// When one is described wrongly.
    pub fn registry(&self) -> Result<Registry> {
        Registry::from_settings(&self.analysis)
            .map_err(|error| EngineError::Settings(error.to_string()))
    }

    /// Checks the settings against a mapping.
    ///
    /// # Errors
    /// When they name fields of the wrong type.
    pub fn check(&self, mapping: &Mapping) -> Result<()> {
        let text = |setting: &str, path: &str| match mapping.field(path).map(|field| &field.kind) {
            Some(FieldType::Text { .. }) => Ok(()),
            _ => Err(EngineError::Settings(format!(
                "{setting}: [{path}] is no text field"
            ))),
        };
        self.substring
            .iter()
            .try_for_each(|path| text("index.pictor.substring", path))?;
        for target in self.suggest.values() {
            text("index.pictor.suggest", &target.field)?;
            if !self.substring.contains(&target.field) {
                return Err(EngineError::Settings(format!(
                    "index.pictor.suggest: [{}] must be among index.pictor.substring too",
                    target.field
                )));
            }
        }
        Ok(())
    }
}

/// A switch below `index.mapping`, off where it is not named.
fn switch(mapping: &Value, name: &str) -> Result<bool> {
    match mapping.get(name) {
        None => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(Value::String(text)) if text == "true" => Ok(true),
        Some(Value::String(text)) if text == "false" => Ok(false),
        Some(other) => Err(wrong(&format!("index.mapping.{name}"), other)),
    }
}

pub(super) fn wrong(setting: &str, value: &Value) -> EngineError {
    EngineError::Settings(format!(
        "Failed to parse value [{value}] for setting [{setting}]"
    ))
}

fn flatten(
    into: &mut Map<String, Value>,
    prefix: &str,
    object: &Map<String, Value>,
    depth: usize,
) -> Result<()> {
    const DEEPEST: usize = 32;
    if depth > DEEPEST {
        return Err(EngineError::Settings(format!(
            "[{prefix}] nests deeper than {DEEPEST}"
        )));
    }
    for (key, value) in object {
        let name = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            Value::Object(inner) if !inner.is_empty() => flatten(into, &name, inner, depth + 1)?,
            other => {
                into.insert(name, other.clone());
            }
        }
    }
    Ok(())
}

impl Blocks {
    fn from_json(value: Option<&Value>) -> Result<Self> {
        let mut blocks = Self::default();
        let object = match value {
            None | Some(Value::Null) => return Ok(blocks),
            Some(Value::Object(object)) => object,
            Some(other) => return Err(wrong("index.blocks", other)),
        };
        for (key, value) in object {
            let on = match value {
                Value::Null => false,
                Value::Bool(on) => *on,
                Value::String(text) if text == "true" => true,
                Value::String(text) if text == "false" => false,
                other => {
                    return Err(EngineError::Settings(format!(
                        "Failed to parse value [{other}] as only [true] or [false] are allowed."
                    )));
                }
            };
            match key.as_str() {
                "read_only" => blocks.read_only = on,
                "read_only_allow_delete" => blocks.read_only_allow_delete = on,
                "write" => blocks.write = on,
                "metadata" => blocks.metadata = on,
                other => {
                    return Err(EngineError::Settings(format!(
                        "setting [index.blocks.{other}] is not supported"
                    )));
                }
            }
        }
        Ok(blocks)
    }
}

/// Turns dotted keys into objects.
fn nest(into: &mut Map<String, Value>, from: &Map<String, Value>) -> Result<()> {
    for (key, value) in from {
        let mut parts: Vec<&str> = key.split('.').collect();
        if parts.len() > 32 || parts.iter().any(|part| part.is_empty()) {
            return Err(EngineError::Settings(format!("unknown setting [{key}]")));
        }
        let mut built = value.clone();
        while parts.len() > 1 {
            let Some(part) = parts.pop() else { break };
            let mut object = Map::new();
            object.insert(part.to_owned(), built);
            built = Value::Object(object);
        }
        if let Some(head) = parts.first() {
            let mut one = Map::new();
            one.insert((*head).to_owned(), built);
            merge(into, one);
        }
    }
    Ok(())
}

fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_nested_and_dotted_settings() {
        let nested = IndexSettings::from_json(&json!({"index": {"max_result_window": 5}})).unwrap();
        let dotted = IndexSettings::from_json(&json!({"index.max_result_window": "5"})).unwrap();
        let bare = IndexSettings::from_json(&json!({"max_result_window": 5})).unwrap();
        for settings in [nested, dotted, bare] {
            assert_eq!(settings.result_window, Some(5));
        }
        assert_eq!(
            IndexSettings::from_json(&json!({"max_result_window": -1}))
                .unwrap_err()
                .to_string(),
            "Failed to parse value [-1] for setting [index.max_result_window]"
        );
    }
}
