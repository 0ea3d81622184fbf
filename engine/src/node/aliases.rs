//! Aliases: changed together or not at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::admin::names;
use super::{Node, Reserved, is_pattern, pattern_matches};
use crate::catalog::{Alias, Catalog, check_index_name};
use crate::error::{EngineError, Result};
use crate::query::ast::{ParseError, Query};

/// One action, read.
enum Action {
    Add {
        indices: Vec<String>,
        aliases: Vec<String>,
        alias: Alias,
    },
    Remove {
        indices: Vec<String>,
        aliases: Vec<String>,
        must_exist: Option<bool>,
    },
    RemoveIndex {
        indices: Vec<String>,
    },
}

impl Node {
    /// Applies a body `{"actions": [{"add": …}, {"remove": …}, {"remove_index": …}]}`: all of it
    /// or nothing, durably, and seen by others at one moment. Indices are removed first, so that an
    /// alias can take the name of one.
    ///
    /// # Errors
    /// When an action cannot be understood, or names what is not there or kept; nothing is changed then.
    pub fn update_aliases(&self, body: &Value) -> Result<()> {
        let actions = read_actions(body)?;
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let reserved = self.reserved();
        let mut removed: BTreeMap<String, String> = BTreeMap::new();
        for action in &actions {
            if let Action::RemoveIndex { indices } = action {
                let what = "be deleted; delete its documents instead";
                let indices = reserved.spared(&catalog, &indices.join(","), what)?;
                for name in names(&catalog, reserved, &indices, true)? {
                    self.check_deletable(&name)?;
                    if let Some(entry) = catalog.indices.remove(&name) {
                        removed.insert(name, entry.uuid);
                    }
                }
            }
        }
        let mut missing: BTreeSet<String> = BTreeSet::new();
        let mut effective = !removed.is_empty();
        for action in &actions {
            effective |= apply(&mut catalog, reserved, action, &mut missing)?;
        }
        // As Elasticsearch: what is to be removed and is not there matters where nothing else is done.
        if !effective && !missing.is_empty() {
            let missing: Vec<String> = missing.into_iter().collect();
            return Err(EngineError::AliasesNotFound(missing.join(",")));
        }
        check_write_indices(&catalog)?;
        catalog.save(&self.inner.store)?;
        *self.inner.catalog.write() = catalog;
        for (name, uuid) in removed {
            self.drop_index(&name, &uuid);
        }
        Ok(())
    }

    /// Lets an alias point at the indices of an expression; the body is `{}` or has `filter`,
    /// `is_write_index` and the like.
    ///
    /// # Errors
    /// As [`Node::update_aliases`].
    pub fn put_alias_of(&self, expression: &str, alias: &str, body: &Value) -> Result<()> {
        let mut add = match body {
            Value::Null => Map::new(),
            Value::Object(body) => body.clone(),
            other => {
                return Err(illegal(format!(
                    "the body of an alias is an object, not [{other}]"
                )));
            }
        };
        add.insert("index".to_owned(), json!(expression));
        add.insert("alias".to_owned(), json!(alias));
        self.update_aliases(&json!({"actions": [{"add": add}]}))
    }

    /// Takes aliases away from the indices of an expression.
    ///
    /// # Errors
    /// As [`Node::update_aliases`].
    pub fn delete_alias(&self, expression: &str, aliases: &str) -> Result<()> {
        self.update_aliases(&json!({"actions": [
            {"remove": {"index": expression, "alias": aliases, "must_exist": true}}
        ]}))
    }

    /// The aliases of the indices of an expression, `{index: {"aliases": {…}}}`; with a list of
    /// aliases (patterns allowed) only those, and only the indices that have one.
    ///
    /// # Errors
    /// When an index is not there, or a named alias is none.
    pub fn get_aliases(&self, expression: &str, aliases: Option<&str>) -> Result<Value> {
        let catalog = self.inner.catalog.read();
        let wanted: Option<Vec<&str>> =
            aliases.map(|list| list.split(',').map(str::trim).collect());
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut out = Map::new();
        for name in names(&catalog, self.reserved(), expression, true)? {
            let Some(entry) = catalog.indices.get(&name) else {
                continue;
            };
            let mut shown = Map::new();
            for (alias, definition) in &entry.aliases {
                if wanted.as_ref().is_none_or(|wanted| lists(wanted, alias)) {
                    found.insert(alias);
                    shown.insert(alias.clone(), alias_json(definition)?);
                }
            }
            if !shown.is_empty() || wanted.is_none() {
                out.insert(name, json!({"aliases": shown}));
            }
        }
        let wanted = wanted.unwrap_or_default();
        let patterns = wanted.iter().position(|name| is_pattern(name));
        let excludes = |at: usize, name: &str| {
            name.starts_with('-') && patterns.is_some_and(|first| first < at)
        };
        let mut missing: Vec<&str> = wanted
            .iter()
            .enumerate()
            .filter(|(at, name)| !is_pattern(name) && !excludes(*at, name))
            .map(|(_, name)| *name)
            .filter(|name| !found.contains(name))
            .collect();
        if !missing.is_empty() {
            missing.sort_unstable();
            return Err(EngineError::AliasesNotFound(missing.join(",")));
        }
        Ok(Value::Object(out))
    }
}

/// An alias as it is printed.
pub(super) fn alias_json(alias: &Alias) -> Result<Value> {
    let mut out = Map::new();
    if let Some(filter) = &alias.filter {
        let filter = serde_json::from_str(filter).map_err(|error| EngineError::Corrupt {
            file: "catalog.meta".to_owned(),
            reason: error.to_string(),
        })?;
        out.insert("filter".to_owned(), filter);
    }
    for (key, value) in [
        ("index_routing", &alias.index_routing),
        ("search_routing", &alias.search_routing),
    ] {
        if let Some(value) = value {
            out.insert(key.to_owned(), json!(value));
        }
    }
    for (key, value) in [
        ("is_write_index", alias.is_write_index),
        ("is_hidden", alias.is_hidden),
    ] {
        if let Some(value) = value {
            out.insert(key.to_owned(), json!(value));
        }
    }
    Ok(Value::Object(out))
}

/// Reads what an alias is: `filter`, `is_write_index`, routing (kept, without effect on one node).
pub(super) fn read_alias(name: &str, body: &Map<String, Value>) -> Result<Alias> {
    let mut alias = Alias::default();
    let mut routing = None;
    // Routes may be written as numbers.
    let route = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    for (key, value) in body {
        match (key.as_str(), value) {
            ("index" | "indices" | "alias" | "aliases" | "must_exist", _) | (_, Value::Null) => {}
            ("filter", filter) => {
                Query::from_json(filter)?;
                alias.filter = Some(filter.to_string());
            }
            ("is_write_index", Value::Bool(flag)) => alias.is_write_index = Some(*flag),
            ("is_hidden", Value::Bool(flag)) => alias.is_hidden = Some(*flag),
            ("routing", Value::String(_) | Value::Number(_)) => routing = route(value),
            ("index_routing", Value::String(_) | Value::Number(_)) => {
                alias.index_routing = route(value);
            }
            ("search_routing", Value::String(_) | Value::Number(_)) => {
                alias.search_routing = route(value);
            }
            (other, value) => {
                return Err(illegal(format!(
                    "Unknown field [{other}] of alias [{name}], or a wrong value: [{value}]"
                )));
            }
        }
    }
    alias.index_routing = alias.index_routing.or_else(|| routing.clone());
    alias.search_routing = alias.search_routing.or(routing);
    Ok(alias)
}

/// Whether a list names an alias: what begins with `-` after a pattern takes away.
fn lists(wanted: &[&str], alias: &str) -> bool {
    let (mut named, mut after_pattern) = (false, false);
    for part in wanted {
        match part.strip_prefix('-') {
            Some(excluded) if after_pattern => named &= !names_alias(excluded, alias),
            _ => {
                after_pattern |= is_pattern(part);
                named |= names_alias(part, alias);
            }
        }
    }
    named
}

fn names_alias(pattern: &str, alias: &str) -> bool {
    pattern == alias || (is_pattern(pattern) && pattern_matches(pattern, alias))
}

fn illegal(reason: String) -> EngineError {
    EngineError::IllegalArgument(reason)
}

fn read_actions(body: &Value) -> Result<Vec<Action>> {
    let Some(Value::Array(actions)) = body.get("actions") else {
        return Err(illegal("[aliases] needs a list [actions]".to_owned()));
    };
    if actions.is_empty() {
        return Err(illegal("No action specified".to_owned()));
    }
    actions.iter().map(read_action).collect()
}

fn read_action(value: &Value) -> Result<Action> {
    let entry = value.as_object().filter(|object| object.len() == 1);
    let Some((kind, Value::Object(body))) = entry.and_then(|object| object.iter().next()) else {
        return Err(illegal(format!(
            "an action is an object with one of [add, remove, remove_index], not [{value}]"
        )));
    };
    let list = |one: &str, several: &str| -> Result<Vec<String>> {
        match (body.get(one), body.get(several)) {
            (Some(Value::String(text)), None) | (None, Some(Value::String(text))) => {
                Ok(text.split(',').map(|part| part.trim().to_owned()).collect())
            }
            (None, Some(Value::Array(items))) | (Some(Value::Array(items)), None) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .filter(|items| !items.is_empty())
                .ok_or_else(|| illegal(format!("[{several}] can't be empty"))),
            (Some(_), Some(_)) => Err(illegal(format!(
                "Only one of [{one}] and [{several}] is allowed"
            ))),
            _ => Err(illegal(format!(
                "One of [{one}] or [{several}] is required"
            ))),
        }
    };
    match kind.as_str() {
        "add" => {
            let aliases = list("alias", "aliases")?;
            let alias = read_alias(&aliases.join(","), body)?;
            Ok(Action::Add {
                indices: list("index", "indices")?,
                aliases,
                alias,
            })
        }
        "remove" => Ok(Action::Remove {
            indices: list("index", "indices")?,
            aliases: list("alias", "aliases")?,
            must_exist: body.get("must_exist").and_then(Value::as_bool),
        }),
        "remove_index" => Ok(Action::RemoveIndex {
            indices: list("index", "indices")?,
        }),
        other => Err(EngineError::Parse(ParseError::illegal(format!(
            "[alias_action] unknown field [{other}]"
        )))),
    }
}

/// Applies an action: whether it had something to work on. `missing` learns which aliases were to be
/// removed and are not there, and need not be.
fn apply(
    catalog: &mut Catalog,
    reserved: Reserved,
    action: &Action,
    missing: &mut BTreeSet<String>,
) -> Result<bool> {
    const WHAT: &str = "be given or lose aliases";
    match action {
        Action::RemoveIndex { .. } => Ok(false),
        Action::Add {
            indices,
            aliases,
            alias,
        } => {
            for name in aliases {
                check_alias(catalog, reserved, name)?;
            }
            let indices = reserved.spared(catalog, &indices.join(","), WHAT)?;
            for index in names(catalog, reserved, &indices, false)? {
                if let Some(entry) = catalog.indices.get_mut(&index) {
                    for name in aliases {
                        entry.aliases.insert(name.clone(), alias.clone());
                    }
                }
            }
            Ok(true)
        }
        Action::Remove {
            indices,
            aliases,
            must_exist,
        } => {
            let mut found: BTreeSet<&str> = BTreeSet::new();
            let indices = reserved.spared(catalog, &indices.join(","), WHAT)?;
            for index in names(catalog, reserved, &indices, true)? {
                let Some(entry) = catalog.indices.get_mut(&index) else {
                    continue;
                };
                for wanted in aliases {
                    let before = entry.aliases.len();
                    entry.aliases.retain(|name, _| !names_alias(wanted, name));
                    if entry.aliases.len() < before {
                        found.insert(wanted);
                    }
                }
            }
            let lost: Vec<&str> = aliases
                .iter()
                .map(String::as_str)
                .filter(|name| !found.contains(name))
                .collect();
            match must_exist {
                Some(true) if !lost.is_empty() => {
                    return Err(EngineError::AliasesNotFound(lost.join(",")));
                }
                Some(_) => {}
                None => missing.extend(lost.into_iter().map(str::to_owned)),
            }
            Ok(!found.is_empty())
        }
    }
}

/// Checks that a name can be one of an alias.
pub(super) fn check_alias(catalog: &Catalog, reserved: Reserved, name: &str) -> Result<()> {
    let checked = check_index_name(name).and_then(|()| reserved.check_free(name));
    checked.map_err(|error| match error {
        EngineError::IndexName { name, reason } => {
            EngineError::Alias(format!("Invalid alias name [{name}]: {reason}"))
        }
        other => other,
    })?;
    if catalog.indices.contains_key(name) {
        return Err(EngineError::Alias(format!(
            "Invalid alias name [{name}]: an index or data stream exists with the same name as the alias"
        )));
    }
    Ok(())
}

pub(super) fn check_write_indices(catalog: &Catalog) -> Result<()> {
    let mut writers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (index, entry) in &catalog.indices {
        for (alias, definition) in &entry.aliases {
            if definition.is_write_index == Some(true) {
                writers.entry(alias).or_default().push(index);
            }
        }
    }
    for (alias, indices) in writers {
        if indices.len() > 1 {
            return Err(EngineError::IllegalState(format!(
                "alias [{alias}] has more than one write index [{}]",
                indices.join(",")
            )));
        }
    }
    Ok(())
}
