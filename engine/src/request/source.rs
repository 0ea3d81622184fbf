//! What of a document's source is given.

use serde_json::{Map, Value};

use crate::mapping::wildcard_match;

/// What of a document's source is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SourceFilter {
    /// All of it.
    #[default]
    All,
    /// Nothing.
    None,
    /// Some of it.
    Filter {
        /// Patterns of paths to keep; empty for all.
        includes: Vec<String>,
        /// Patterns of paths to leave out, also of what is included.
        excludes: Vec<String>,
    },
}

impl SourceFilter {
    /// What is given of a source; `None` for nothing at all.
    pub fn filter(&self, source: Value) -> Option<Value> {
        match self {
            Self::All => Some(source),
            Self::None => None,
            Self::Filter { includes, excludes } => match source {
                Value::Object(object) => Some(Value::Object(kept(object, "", includes, excludes))),
                other => Some(other),
            },
        }
    }
}

fn kept(
    object: Map<String, Value>,
    prefix: &str,
    includes: &[String],
    excludes: &[String],
) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, value) in object {
        let path = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        if excludes.iter().any(|pattern| covers(pattern, &path)) {
            continue;
        }
        let included = includes.is_empty() || includes.iter().any(|pattern| covers(pattern, &path));
        // What is included is whole, unless something below it may be left out.
        if included && !excludes.iter().any(|pattern| reaches_below(pattern, &path)) {
            out.insert(key, value);
            continue;
        }
        // Below something included everything is; below the rest something may be.
        let below: &[String] = if included { &[] } else { includes };
        match below_of(value, &path, below, excludes) {
            Some(value) if included || !is_empty(&value) => {
                out.insert(key, value);
            }
            _ => {}
        }
    }
    out
}

/// A value with what is below it filtered; `None` for a leaf that is not included. Lists keep no
/// objects and lists that nothing is left of.
fn below_of(value: Value, path: &str, includes: &[String], excludes: &[String]) -> Option<Value> {
    match value {
        Value::Object(object) => Some(Value::Object(kept(object, path, includes, excludes))),
        Value::Array(items) => {
            let items = items
                .into_iter()
                .filter_map(|item| below_of(item, path, includes, excludes))
                .filter(|item| !is_empty(item));
            Some(Value::Array(items.collect()))
        }
        leaf => includes.is_empty().then_some(leaf),
    }
}

/// Whether a pattern may name something below a path.
fn reaches_below(pattern: &str, path: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    // The places in the pattern that the path may end at.
    let mut places = vec![0];
    for letter in path.chars().chain(['.']) {
        let mut next = Vec::new();
        for place in places {
            let mut at = place;
            while pattern.get(at) == Some(&'*') {
                next.push(at);
                at += 1;
            }
            if pattern.get(at) == Some(&letter) {
                next.push(at + 1);
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    !places.is_empty()
}

/// Whether a pattern names a path or something that holds it.
fn covers(pattern: &str, path: &str) -> bool {
    wildcard_match(pattern, path)
        || path.match_indices('.').any(|(at, _)| {
            path.get(..at)
                .is_some_and(|parent| wildcard_match(pattern, parent))
        })
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keeps_what_is_included_and_not_excluded() {
        let source = json!({"a": 1, "b": {"c": 2, "d": [{"e": 3, "f": 4}]}, "g": []});
        let filter = |includes: &[&str], excludes: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
            SourceFilter::Filter {
                includes: own(includes),
                excludes: own(excludes),
            }
            .filter(source.clone())
            .unwrap()
        };
        assert_eq!(filter(&["a"], &[]), json!({"a": 1}));
        assert_eq!(filter(&["b.d.e"], &[]), json!({"b": {"d": [{"e": 3}]}}));
        assert_eq!(filter(&["b"], &["b.d"]), json!({"b": {"c": 2}}));
        assert_eq!(filter(&[], &["b*"]), json!({"a": 1, "g": []}));
        assert_eq!(filter(&["*.c"], &[]), json!({"b": {"c": 2}}));
        assert_eq!(SourceFilter::None.filter(source.clone()), None);
    }

    #[test]
    fn lists_keep_nothing_empty() {
        let source = json!({"o": [{"n": 1}, {"k": "a"}, {}], "l": [[{"n": 1}], [{"k": 2}]]});
        for (includes, excludes, expected) in [
            (&["o.k"][..], &[][..], json!({"o": [{"k": "a"}]})),
            (&["o"], &["o.n"], json!({"o": [{"k": "a"}]})),
            (&["o"], &["x.y"], json!({"o": [{"n": 1}, {"k": "a"}, {}]})),
            (&["l.k"], &[], json!({"l": [[{"k": 2}]]})),
            (&["o.none"], &[], json!({})),
            (
                &[],
                &["o.*"],
                json!({"o": [], "l": [[{"n": 1}], [{"k": 2}]]}),
            ),
        ] {
            let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
            let filter = SourceFilter::Filter {
                includes: own(includes),
                excludes: own(excludes),
            };
            let found = filter.filter(source.clone());
            assert_eq!(found, Some(expected), "{includes:?} {excludes:?}");
        }
    }
}
