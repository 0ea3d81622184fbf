//! One answer from those of several indices.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::direct::SortBy;
use super::parse::{Kind, read};

/// Merges the answers that several indices gave to the same request.
pub(crate) fn merge(body: &Value, parts: Vec<Value>) -> Value {
    let mut parts = parts.into_iter();
    let Some(mut merged) = parts.next() else {
        return json!({});
    };
    // Every index has read the request already.
    let Ok(suggesters) = read(body) else {
        return merged;
    };
    for part in parts {
        for suggester in &suggesters {
            let Some(Value::Array(from)) = part.get(&suggester.name) else {
                continue;
            };
            let Some(Value::Array(into)) = merged.get_mut(&suggester.name) else {
                continue;
            };
            for (into, from) in into.iter_mut().zip(from) {
                merge_entry(&suggester.kind, into, from);
            }
        }
    }
    merged
}

fn merge_entry(kind: &Kind, into: &mut Value, from: &Value) {
    let (Some(Value::Array(options)), Some(Value::Array(new))) =
        (into.get_mut("options"), from.get("options"))
    else {
        return;
    };
    match kind {
        Kind::Term(term) => {
            add_up(options, new);
            options.sort_by(|a, b| {
                let by_score = number(b, "score").total_cmp(&number(a, "score"));
                let by_frequency = number(b, "freq").total_cmp(&number(a, "freq"));
                match term.direct.sort {
                    SortBy::Score => by_score.then(by_frequency),
                    SortBy::Frequency => by_frequency.then(by_score),
                }
                .then_with(|| text(a).cmp(text(b)))
            });
            options.truncate(term.direct.size);
        }
        Kind::Phrase(phrase) => {
            add_up(options, new);
            options.sort_by(|a, b| by(a, b, "score"));
            options.truncate(phrase.size);
        }
        Kind::Completion(completion) => {
            options.extend(new.iter().cloned());
            options.sort_by(|a, b| by(a, b, "_score"));
            if completion.skip_duplicates {
                let mut seen = std::collections::BTreeSet::new();
                options.retain(|option| seen.insert(text(option).to_owned()));
            }
            options.truncate(completion.size);
        }
    }
}

/// Adds options to options: of the same text, frequencies add up and the better score counts.
fn add_up(options: &mut Vec<Value>, new: &[Value]) {
    for option in new {
        let known = options.iter_mut().find(|known| text(known) == text(option));
        match known.and_then(Value::as_object_mut) {
            None => options.push(option.clone()),
            Some(known) => join(known, option),
        }
    }
}

fn join(known: &mut Map<String, Value>, option: &Value) {
    if let (Some(a), Some(b)) = (
        known.get("freq").and_then(Value::as_u64),
        option.get("freq").and_then(Value::as_u64),
    ) {
        known.insert("freq".to_owned(), json!(a.saturating_add(b)));
    }
    let better = known
        .get("score")
        .and_then(Value::as_f64)
        .is_none_or(|score| number(option, "score") > score);
    if better && let Some(score) = option.get("score") {
        known.insert("score".to_owned(), score.clone());
    }
}

fn by(a: &Value, b: &Value, score: &str) -> Ordering {
    number(b, score)
        .total_cmp(&number(a, score))
        .then_with(|| text(a).cmp(text(b)))
}

fn number(option: &Value, key: &str) -> f64 {
    option.get(key).and_then(Value::as_f64).unwrap_or_default()
}

fn text(option: &Value) -> &str {
    option
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
