//! Which templates can be.

use serde_json::{Value, json};

use super::compose::stacked;
use super::{TemplateKind, components, illegal, patterns, priority};
use crate::catalog::{Catalog, check_index_name};
use crate::error::Result;
use crate::index::IndexSettings;
use crate::mapping::Mapping;
use crate::node::aliases::read_alias;

/// Checks a template's name.
pub(super) fn check_name(kind: TemplateKind, name: &str) -> Result<()> {
    let reason = if name.is_empty() {
        "must not be empty"
    } else if name.len() > 255 {
        "must not be longer than 255 bytes"
    } else if name.contains([' ', ',', '#', '*', '"', '\\', '/']) || name.starts_with('_') {
        "must not contain a space, ',', '#', '*', '\"', '\\' or '/', nor start with '_'"
    } else if name.chars().any(char::is_uppercase) {
        "must be lower cased"
    } else {
        return Ok(());
    };
    Err(illegal(format!(
        "{} [{name}] invalid, cause [name {reason}]",
        kind.words()
    )))
}

/// The template as it is kept; keys are checked, patterns become a list.
pub(super) fn normalised(kind: TemplateKind, name: &str, body: &Value) -> Result<Value> {
    let Value::Object(body) = body else {
        return Err(illegal(format!(
            "the body of a template is an object, not [{body}]"
        )));
    };
    let known: &[&str] = match kind {
        TemplateKind::Index => &[
            "index_patterns",
            "template",
            "priority",
            "composed_of",
            "version",
            "_meta",
            "allow_auto_create",
            "ignore_missing_component_templates",
        ],
        TemplateKind::Component => &["template", "version", "_meta", "allow_auto_create"],
        TemplateKind::Legacy => &[
            "index_patterns",
            "order",
            "settings",
            "mappings",
            "aliases",
            "version",
        ],
    };
    if let Some(key) = body.keys().find(|key| !known.contains(&key.as_str())) {
        let reason = if key == "data_stream" {
            "[data_stream] is not supported".to_owned()
        } else {
            format!("unknown field [{key}]")
        };
        return Err(illegal(format!(
            "{} [{name}] invalid, cause [{reason}]",
            kind.words()
        )));
    }
    let mut out = body.clone();
    if kind != TemplateKind::Component {
        let list: Vec<Value> = match body.get("index_patterns") {
            Some(Value::String(one)) => one.split(',').map(|part| json!(part.trim())).collect(),
            Some(Value::Array(list)) => list.clone(),
            _ => Vec::new(),
        };
        let valid = |pattern: &Value| {
            pattern.as_str().is_some_and(|text| {
                !text.is_empty()
                    && (text == "*" || check_index_name(&text.replace('*', "x")).is_ok())
            })
        };
        if list.is_empty() || !list.iter().all(valid) {
            return Err(illegal(format!(
                "{} [{name}] invalid, cause [index_patterns have to be a list of patterns]",
                kind.words()
            )));
        }
        out.insert("index_patterns".to_owned(), Value::Array(list));
    }
    // Settings are kept as indices print them.
    let holder = match kind {
        TemplateKind::Legacy => Some(&mut out),
        _ => out.get_mut("template").and_then(Value::as_object_mut),
    };
    if let Some(settings) = holder.and_then(|holder| holder.get_mut("settings")) {
        IndexSettings::check_names(settings)?;
        *settings = crate::node::admin::printed_settings(IndexSettings::dotted(settings)?)?;
    }
    if kind == TemplateKind::Legacy {
        for key in ["settings", "mappings", "aliases"] {
            out.entry(key).or_insert_with(|| json!({}));
        }
        out.entry("order").or_insert_with(|| json!(0));
    }
    if kind == TemplateKind::Component && !out.get("template").is_some_and(Value::is_object) {
        return Err(illegal(format!(
            "component template [{name}] invalid, cause [Required [template]]"
        )));
    }
    if kind == TemplateKind::Index {
        out.entry("composed_of").or_insert_with(|| json!([]));
        if !out.get("composed_of").is_some_and(Value::is_array) {
            return Err(illegal(format!(
                "index template [{name}] invalid, cause [composed_of has to be a list]"
            )));
        }
    }
    Ok(Value::Object(out))
}

/// Checks that settings, mappings and aliases of a template can be, with its components.
pub(super) fn check_parts(
    catalog: &Catalog,
    kind: TemplateKind,
    name: &str,
    body: &Value,
) -> Result<()> {
    let invalid = |cause: String| {
        illegal(format!(
            "{} [{name}] invalid, cause [{cause}]",
            kind.words()
        ))
    };
    let mut layers: Vec<&Value> = Vec::new();
    if kind == TemplateKind::Legacy {
        layers.push(body);
    } else {
        let missing: Vec<&str> = components(body)
            .filter(|component| !catalog.component_templates.contains_key(*component))
            .collect();
        if !missing.is_empty() {
            return Err(invalid(format!(
                "index template [{name}] specifies component templates [{}] that do not exist",
                missing.join(", ")
            )));
        }
        let shared =
            components(body).filter_map(|component| catalog.component_templates.get(component));
        layers.extend(shared.filter_map(|component| component.get("template")));
        layers.extend(body.get("template"));
    }
    for layer in &layers {
        let keys = layer.as_object().into_iter().flatten().map(|(key, _)| key);
        if kind != TemplateKind::Legacy
            && let Some(key) = keys
                .into_iter()
                .find(|key| !matches!(key.as_str(), "settings" | "mappings" | "aliases"))
        {
            return Err(invalid(format!("unknown field [{key}] in [template]")));
        }
    }
    let parts = stacked(&layers, "index").map_err(|error| invalid(error.to_string()))?;
    let settings =
        IndexSettings::from_json(&parts.settings).map_err(|error| invalid(error.to_string()))?;
    settings
        .registry()
        .map_err(|error| invalid(error.to_string()))?;
    // A component's alias may name a field of the template that uses it.
    if kind != TemplateKind::Component {
        Mapping::from_json(&parts.mappings).map_err(|error| invalid(error.to_string()))?;
    }
    for (alias, body) in parts.aliases.as_object().into_iter().flatten() {
        match body {
            Value::Object(body) => {
                read_alias(alias, body)?;
            }
            other => {
                return Err(invalid(format!(
                    "alias [{alias}] is an object, not [{other}]"
                )));
            }
        }
    }
    Ok(())
}

/// Refuses two composable templates that could count for the same name alike.
pub(super) fn check_conflicts(catalog: &Catalog, name: &str, body: &Value) -> Result<()> {
    let mut clashing = Vec::new();
    for (other, known) in &catalog.index_templates {
        if other == name || priority(known) != priority(body) {
            continue;
        }
        if patterns(body).any(|a| patterns(known).any(|b| overlap(a, b))) {
            let list: Vec<&str> = patterns(known).collect();
            clashing.push((other.as_str(), format!("{other} => [{}]", list.join(", "))));
        }
    }
    if clashing.is_empty() {
        return Ok(());
    }
    let own: Vec<&str> = patterns(body).collect();
    let names: Vec<&str> = clashing.iter().map(|(name, _)| *name).collect();
    let lists: Vec<&str> = clashing.iter().map(|(_, list)| list.as_str()).collect();
    Err(illegal(format!(
        "index template [{name}] has index patterns [{}] matching patterns from existing templates \
         [{}] with patterns ({}) that have the same priority [{}], multiple index templates may not \
         match during index creation, please use a different priority",
        own.join(", "),
        names.join(", "),
        lists.join(","),
        priority(body)
    )))
}

/// Whether a name can fit two patterns.
fn overlap(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // Whether what begins at each place of `b` can be what begins at the current place of `a`.
    let mut after: Vec<bool> = Vec::new();
    for i in (0..=a.len()).rev() {
        let mut here = vec![false; b.len() + 1];
        for j in (0..=b.len()).rev() {
            let at = |row: &[bool], j: usize| row.get(j).copied().unwrap_or(false);
            let fits = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(b'*'), _) => at(&after, j) || (j < b.len() && at(&here, j + 1)),
                (_, Some(b'*')) => at(&here, j + 1) || (i < a.len() && at(&after, j)),
                (Some(x), Some(y)) => x == y && at(&after, j + 1),
                _ => false,
            };
            if let Some(cell) = here.get_mut(j) {
                *cell = fits;
            }
        }
        after = here;
    }
    after.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mapping::wildcard_match;

    proptest! {
        #[test]
        fn patterns_that_share_a_name_overlap(
            a in "[ab*]{0,5}", b in "[ab*]{0,5}", name in "[ab]{0,6}"
        ) {
            if wildcard_match(&a, &name) && wildcard_match(&b, &name) {
                prop_assert!(overlap(&a, &b));
            }
        }
    }

    #[test]
    fn patterns_that_share_none_do_not() {
        for (a, b, expected) in [
            ("logs-*", "logs-a", true),
            ("logs-*", "*-a", true),
            ("logs-*", "metrics-*", false),
            ("a", "b", false),
            ("*", "", true),
            ("a*b", "b*", false),
        ] {
            assert_eq!(overlap(a, b), expected, "{a} {b}");
        }
    }
}
