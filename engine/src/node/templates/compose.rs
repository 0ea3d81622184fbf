//! What the templates that fit a name come to.

use serde_json::{Map, Value, json};

use super::{best, components, fits};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::index::IndexSettings;

/// What an index is made of.
pub(in crate::node) struct Parts {
    pub(in crate::node) settings: Value,
    pub(in crate::node) mappings: Value,
    pub(in crate::node) aliases: Value,
}

/// What the templates that fit a name and a request for it come to.
pub(in crate::node) fn composed(
    catalog: &Catalog,
    name: &str,
    body: &Map<String, Value>,
) -> Result<Parts> {
    let mut layers: Vec<&Value> = Vec::new();
    match best(catalog, name) {
        Some((_, template)) => layers.extend(layers_of(catalog, template)),
        None => {
            let mut fitting: Vec<(&String, &Value)> = catalog
                .legacy_templates
                .iter()
                .filter(|(_, body)| fits(body, name))
                .collect();
            fitting.sort_by_key(|(name, body)| {
                (
                    body.get("order").and_then(Value::as_i64).unwrap_or(0),
                    (*name).clone(),
                )
            });
            layers.extend(fitting.into_iter().map(|(_, body)| body));
        }
    }
    let own = Value::Object(body.clone());
    if layers.is_empty() {
        let part = |key: &str| body.get(key).cloned().unwrap_or_else(|| json!({}));
        return Ok(Parts {
            settings: part("settings"),
            mappings: part("mappings"),
            aliases: part("aliases"),
        });
    }
    layers.push(&own);
    stacked(&layers, name)
}

/// The components of a template, and what it says itself.
fn layers_of<'a>(catalog: &'a Catalog, template: &'a Value) -> impl Iterator<Item = &'a Value> {
    components(template)
        .filter_map(|component| catalog.component_templates.get(component))
        .filter_map(|component| component.get("template"))
        .chain(template.get("template"))
}

/// What one template comes to.
pub(super) fn of_template(catalog: &Catalog, template: &Value, name: &str) -> Result<Parts> {
    let layers: Vec<&Value> = layers_of(catalog, template).collect();
    stacked(&layers, name)
}

/// Layers on top of each other.
pub(super) fn stacked(layers: &[&Value], name: &str) -> Result<Parts> {
    let mut settings = Map::new();
    let mut mappings = Map::new();
    let mut aliases = Map::new();
    for layer in layers {
        if let Some(layer) = layer.get("settings") {
            for (key, value) in IndexSettings::dotted(layer)? {
                settings.insert(key, value);
            }
        }
        if let Some(Value::Object(layer)) = layer.get("mappings") {
            merge_mappings(&mut mappings, layer);
        }
        if let Some(Value::Object(layer)) = layer.get("aliases") {
            for (alias, body) in layer {
                aliases.insert(alias.replace("{index}", name), body.clone());
            }
        }
    }
    Ok(Parts {
        settings: Value::Object(settings),
        mappings: Value::Object(mappings),
        aliases: Value::Object(aliases),
    })
}

/// Puts a mapping over another: objects join, fields are replaced.
fn merge_mappings(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (key.as_str(), into.get_mut(key), value) {
            ("properties", Some(Value::Object(old)), Value::Object(new)) => {
                for (name, field) in new {
                    match (old.get_mut(name), field) {
                        (Some(Value::Object(known)), Value::Object(field))
                            if known.contains_key("properties")
                                && field.contains_key("properties") =>
                        {
                            merge_mappings(known, field);
                        }
                        _ => {
                            old.insert(name.clone(), field.clone());
                        }
                    }
                }
            }
            ("dynamic_templates", Some(Value::Array(old)), Value::Array(new)) => {
                for template in new {
                    let name = |item: &Value| {
                        item.as_object()
                            .and_then(|item| item.keys().next().cloned())
                    };
                    old.retain(|known| name(known) != name(template));
                    old.push(template.clone());
                }
            }
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
