//! Templates: what an index is made of whose name fits a pattern.
//!
//! Composable templates (`_index_template`, with `_component_template` to share parts) come first:
//! the one of the highest priority counts alone. Where none fits, all legacy templates (`_template`)
//! that fit are put on top of each other, the highest order last. What the request for the index
//! says goes over all of them.

mod check;
mod compose;
mod copy;

pub(super) use compose::composed;
use compose::{Parts, of_template};

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Node, is_pattern, pattern_matches};
use crate::catalog::Catalog;
use crate::error::{EngineError, Result};
use crate::index::IndexSettings;
use crate::mapping::wildcard_match;
use check::{check_conflicts, check_name, check_parts, normalised};

/// The most templates of a kind.
const MAX_TEMPLATES: usize = 1_000;

/// A kind of template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateKind {
    /// `_index_template`.
    Index,
    /// `_component_template`.
    Component,
    /// `_template`.
    Legacy,
}

impl TemplateKind {
    fn of(self, catalog: &Catalog) -> &BTreeMap<String, Value> {
        match self {
            Self::Index => &catalog.index_templates,
            Self::Component => &catalog.component_templates,
            Self::Legacy => &catalog.legacy_templates,
        }
    }

    fn of_mut(self, catalog: &mut Catalog) -> &mut BTreeMap<String, Value> {
        match self {
            Self::Index => &mut catalog.index_templates,
            Self::Component => &mut catalog.component_templates,
            Self::Legacy => &mut catalog.legacy_templates,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Index => "index template",
            Self::Component => "component template",
            Self::Legacy => "index_template",
        }
    }
}

impl Node {
    /// Keeps a template; with `create` only where none has the name.
    ///
    /// # Errors
    /// When the template cannot be, or names components that are not there.
    pub fn put_template(
        &self,
        kind: TemplateKind,
        name: &str,
        body: &Value,
        create: bool,
    ) -> Result<()> {
        check_name(kind, name)?;
        let body = normalised(kind, name, body)?;
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let templates = kind.of_mut(&mut catalog);
        if create && templates.contains_key(name) {
            return Err(illegal(format!("{} [{name}] already exists", kind.words())));
        }
        if templates.len() >= MAX_TEMPLATES {
            return Err(EngineError::Limit(format!(
                "a node has at most {MAX_TEMPLATES} templates of a kind"
            )));
        }
        templates.insert(name.to_owned(), body.clone());
        match kind {
            TemplateKind::Index => {
                check_conflicts(&catalog, name, &body)?;
                check_parts(&catalog, kind, name, &body)?;
            }
            TemplateKind::Legacy => check_parts(&catalog, kind, name, &body)?,
            TemplateKind::Component => {
                check_parts(&catalog, kind, name, &body)?;
                for (user, body) in &catalog.index_templates {
                    if components(body).any(|component| component == name) {
                        check_parts(&catalog, TemplateKind::Index, user, body)?;
                    }
                }
            }
        }
        catalog.save(&self.inner.store)?;
        *self.inner.catalog.write() = catalog;
        Ok(())
    }

    /// Templates by name or pattern (a comma list; `*` for all), in Elasticsearch's shape.
    ///
    /// # Errors
    /// When a name without a pattern is none.
    pub fn get_templates(&self, kind: TemplateKind, expression: &str) -> Result<Value> {
        let catalog = self.inner.catalog.read();
        let templates = kind.of(&catalog);
        let mut found: BTreeMap<&str, &Value> = BTreeMap::new();
        for part in expression.split(',').map(str::trim) {
            let before = found.len();
            let fits = |name: &str| part.is_empty() || part == "_all" || wildcard_match(part, name);
            found.extend(
                templates
                    .iter()
                    .filter(|(name, _)| fits(name))
                    .map(|(name, body)| (name.as_str(), body)),
            );
            if found.len() == before
                && !part.is_empty()
                && !is_pattern(part)
                && !templates.contains_key(part)
            {
                return Err(EngineError::ResourceNotFound(format!(
                    "{} matching [{part}] not found",
                    kind.words()
                )));
            }
        }
        let list = |key: &str| -> Vec<Value> {
            let found = found.iter();
            found
                .map(|(name, body)| json!({"name": name, key: body}))
                .collect()
        };
        Ok(match kind {
            TemplateKind::Index => json!({"index_templates": list("index_template")}),
            TemplateKind::Component => json!({"component_templates": list("component_template")}),
            TemplateKind::Legacy => found
                .into_iter()
                .map(|(name, body)| (name.to_owned(), body.clone()))
                .collect::<Map<_, _>>()
                .into(),
        })
    }

    /// Whether a template of a name is there.
    pub fn template_exists(&self, kind: TemplateKind, name: &str) -> bool {
        kind.of(&self.inner.catalog.read()).contains_key(name)
    }

    /// Deletes templates by name or pattern.
    ///
    /// # Errors
    /// When there is none, or an index template is made of a component.
    pub fn delete_template(&self, kind: TemplateKind, expression: &str) -> Result<()> {
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let mut gone = Vec::new();
        for part in expression.split(',').map(str::trim) {
            let names = kind.of(&catalog).keys();
            let fitting: Vec<String> = names
                .filter(|name| wildcard_match(part, name))
                .cloned()
                .collect();
            if fitting.is_empty() && part != "*" {
                return Err(match kind {
                    TemplateKind::Component => EngineError::ResourceNotFound(part.to_owned()),
                    _ => EngineError::TemplateMissing(part.to_owned()),
                });
            }
            gone.extend(fitting);
        }
        if kind == TemplateKind::Component {
            let users: Vec<&str> = catalog
                .index_templates
                .iter()
                .filter(|(_, body)| {
                    components(body).any(|component| gone.iter().any(|name| name == component))
                })
                .map(|(name, _)| name.as_str())
                .collect();
            if !users.is_empty() {
                return Err(illegal(format!(
                    "component templates [{}] cannot be removed as they are still in use by index \
                     templates [{}]",
                    gone.join(", "),
                    users.join(", ")
                )));
            }
        }
        for name in gone {
            kind.of_mut(&mut catalog).remove(&name);
        }
        catalog.save(&self.inner.store)?;
        *self.inner.catalog.write() = catalog;
        Ok(())
    }

    /// What an index of a name would be made of: `{"template": {…}, "overlapping": []}`.
    ///
    /// # Errors
    /// When a template is damaged.
    pub fn simulate_index(&self, name: &str) -> Result<Value> {
        let catalog = self.inner.catalog.read().clone();
        let parts = composed(&catalog, name, &Map::new())?;
        Ok(json!({"template": printed(&parts)?, "overlapping": []}))
    }

    /// What indices of a template would be made of: of one that is kept, or of `body` in its place.
    ///
    /// # Errors
    /// When the template is not there, cannot be, or names components that are not there.
    pub fn simulate_template(&self, name: Option<&str>, body: Option<&Value>) -> Result<Value> {
        let mut catalog = self.inner.catalog.read().clone();
        let name = name.unwrap_or("simulated");
        if let Some(body) = body {
            let body = normalised(TemplateKind::Index, name, body)?;
            check_parts(&catalog, TemplateKind::Index, name, &body)?;
            catalog.index_templates.insert(name.to_owned(), body);
        }
        let Some(template) = catalog.index_templates.get(name) else {
            return Err(illegal(format!(
                "unable to simulate template [{name}] that does not exist"
            )));
        };
        let parts = of_template(&catalog, template, name)?;
        Ok(json!({"template": printed(&parts)?, "overlapping": []}))
    }

    pub(super) fn check_auto_create(&self, name: &str) -> Result<()> {
        let catalog = self.inner.catalog.read();
        match best(&catalog, name) {
            Some((_, body)) if body.get("allow_auto_create") == Some(&Value::Bool(false)) => {
                Err(EngineError::IndexNotFound(name.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn printed(parts: &Parts) -> Result<Value> {
    Ok(json!({
        "settings": IndexSettings::nested(&IndexSettings::dotted(&parts.settings)?)?,
        "mappings": parts.mappings,
        "aliases": parts.aliases,
    }))
}

/// The composable template that counts for a name.
fn best<'a>(catalog: &'a Catalog, name: &str) -> Option<(&'a str, &'a Value)> {
    catalog
        .index_templates
        .iter()
        .filter(|(_, body)| fits(body, name))
        .max_by_key(|(_, body)| priority(body))
        .map(|(name, body)| (name.as_str(), body))
}

fn fits(body: &Value, name: &str) -> bool {
    patterns(body).any(|pattern| pattern_matches(pattern, name))
}

fn priority(body: &Value) -> i64 {
    body.get("priority").and_then(Value::as_i64).unwrap_or(0)
}

fn strings<'a>(body: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    let list = body.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

fn patterns(body: &Value) -> impl Iterator<Item = &str> {
    strings(body, "index_patterns")
}

fn components(body: &Value) -> impl Iterator<Item = &str> {
    strings(body, "composed_of")
}

fn illegal(reason: String) -> EngineError {
    EngineError::IllegalArgument(reason)
}
