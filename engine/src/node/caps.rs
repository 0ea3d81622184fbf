//! `_field_caps`: what can be done with the fields of several indices.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Node;
use crate::error::Result;
use crate::mapping::{Field, FieldType, Mapping, wildcard_match};

/// Fields that every document has, with whether they can be searched and aggregated.
const METADATA: &[(&str, bool, bool)] = &[
    ("_id", true, false),
    ("_index", true, true),
    ("_source", false, false),
    ("_seq_no", false, true),
    ("_version", false, true),
];

/// A field's type in some indices.
#[derive(Default)]
struct Caps {
    metadata: bool,
    searchable: BTreeSet<String>,
    aggregatable: BTreeSet<String>,
    indices: BTreeSet<String>,
}

impl Node {
    /// The fields that patterns name, by type: `{"indices": […], "fields": {…}}`.
    ///
    /// # Errors
    /// When an index is not there.
    pub fn field_caps(&self, expression: &str, fields: &[String]) -> Result<Value> {
        let mut found: BTreeMap<String, BTreeMap<&'static str, Caps>> = BTreeMap::new();
        let mut names = Vec::new();
        for target in self.resolve(expression)? {
            let index = target.index.name().to_owned();
            let mapping = target.index.mapping();
            for (path, field) in mapping.fields() {
                if wanted(fields, path) {
                    let field = concrete(&mapping, field);
                    let caps = found.entry(path.to_owned()).or_default();
                    let caps = caps.entry(family(field)).or_default();
                    caps.add(&index, searchable(field), field.has_columns());
                    add_parents(&mut found, &index, path);
                }
            }
            for (path, search, aggregate) in METADATA {
                if wanted(fields, path) {
                    let caps = found.entry((*path).to_owned()).or_default();
                    let caps = caps.entry(path).or_default();
                    caps.metadata = true;
                    caps.add(&index, *search, *aggregate);
                }
            }
            names.push(index);
        }
        let printed: Map<String, Value> = found
            .into_iter()
            .map(|(path, types)| {
                let several = types.len() > 1;
                let types: Map<String, Value> = types
                    .into_iter()
                    .map(|(kind, caps)| (kind.to_owned(), caps.to_json(kind, several)))
                    .collect();
                (path, Value::Object(types))
            })
            .collect();
        Ok(json!({"indices": names, "fields": printed}))
    }
}

impl Caps {
    fn add(&mut self, index: &str, searchable: bool, aggregatable: bool) {
        self.indices.insert(index.to_owned());
        if searchable {
            self.searchable.insert(index.to_owned());
        }
        if aggregatable {
            self.aggregatable.insert(index.to_owned());
        }
    }

    fn to_json(&self, kind: &str, several: bool) -> Value {
        let all = |some: &BTreeSet<String>| some.len() == self.indices.len();
        let rest = |some: &BTreeSet<String>| -> Vec<String> {
            self.indices.difference(some).cloned().collect()
        };
        let mut out = Map::new();
        out.insert("type".to_owned(), json!(kind));
        out.insert("metadata_field".to_owned(), json!(self.metadata));
        out.insert("searchable".to_owned(), json!(all(&self.searchable)));
        out.insert("aggregatable".to_owned(), json!(all(&self.aggregatable)));
        if several {
            out.insert("indices".to_owned(), json!(self.indices));
        }
        for (key, some) in [
            ("non_searchable_indices", &self.searchable),
            ("non_aggregatable_indices", &self.aggregatable),
        ] {
            if !some.is_empty() && !all(some) {
                out.insert(key.to_owned(), json!(rest(some)));
            }
        }
        Value::Object(out)
    }
}

/// Adds the objects that a field lies in.
fn add_parents(
    found: &mut BTreeMap<String, BTreeMap<&'static str, Caps>>,
    index: &str,
    path: &str,
) {
    for (at, _) in path.match_indices('.') {
        let Some(parent) = path.get(..at) else {
            continue;
        };
        found
            .entry(parent.to_owned())
            .or_default()
            .entry("object")
            .or_default()
            .add(index, false, false);
    }
}

fn wanted(patterns: &[String], path: &str) -> bool {
    patterns.iter().any(|pattern| wildcard_match(pattern, path))
}

/// The field that an alias stands for.
fn concrete<'a>(mapping: &'a Mapping, field: &'a Field) -> &'a Field {
    match &field.kind {
        FieldType::Alias { path } => mapping.field(path).map_or(field, |field| field.as_ref()),
        _ => field,
    }
}

/// The type as queries see it: types that behave alike have one name.
fn family(field: &Field) -> &'static str {
    match field.type_name() {
        "match_only_text" => "text",
        "constant_keyword" => "keyword",
        other => other,
    }
}

fn searchable(field: &Field) -> bool {
    field.is_kept() && !matches!(field.kind, FieldType::Object { .. })
}
