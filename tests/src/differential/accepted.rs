//! Differences that are meant, each with its reason.
//!
//! A line is `step | path | reason`. `*` in a step's name stands for anything. A path's parts are divided by
//! `/`; in a part `*` stands for anything, and a part `**` for any number of parts.

use serde_json::Value;

use super::Answer;

/// A difference that is meant.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Which steps.
    pub step: String,
    /// Which part of the answer.
    pub path: Vec<String>,
    /// Why.
    pub reason: String,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    /// In the order of the file.
    pub rules: Vec<Rule>,
}

impl Accepted {
    /// Reads them.
    ///
    /// # Panics
    /// When a line has not three parts.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let rules = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rules = rules.map(|line| {
            let parts: Vec<&str> = line.splitn(3, " | ").map(str::trim).collect();
            let [step, path, reason] = parts[..] else {
                panic!("not step | path | reason: {line}");
            };
            Rule {
                step: step.to_owned(),
                path: path.split('/').map(str::to_owned).collect(),
                reason: reason.to_owned(),
            }
        });
        Self {
            rules: rules.collect(),
        }
    }

    /// An answer less the parts that may differ.
    pub fn without(&self, step: &str, answer: &Answer) -> Answer {
        let mut value = answer.0.clone();
        for rule in self.rules.iter().filter(|rule| glob(&rule.step, step)) {
            let path: Vec<&str> = rule.path.iter().map(String::as_str).collect();
            remove(&mut value, &path);
        }
        Answer(value)
    }
}

fn remove(value: &mut Value, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if *first == "**" {
        remove(value, rest);
        match value {
            Value::Object(object) => object.values_mut().for_each(|inner| remove(inner, path)),
            Value::Array(items) => items.iter_mut().for_each(|inner| remove(inner, path)),
            _ => {}
        }
        return;
    }
    match value {
        Value::Object(object) if rest.is_empty() => object.retain(|key, _| !glob(first, key)),
        Value::Object(object) => {
            let inner = object.iter_mut().filter(|(key, _)| glob(first, key));
            inner.for_each(|(_, inner)| remove(inner, rest));
        }
        Value::Array(items) => {
            for (at, inner) in items.iter_mut().enumerate() {
                if glob(first, &at.to_string()) {
                    if rest.is_empty() {
                        *inner = Value::Null;
                    } else {
                        remove(inner, rest);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Whether a text is as a pattern with `*` says.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| glob(rest, &text[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_take_parts_of_answers_away() {
        let rules = Accepted::parse("# why\n* | **/took | time\na: * | body/hits/*/x* | because\n");
        let answer = Answer(
            json!({"status": 200, "body": {"took": 3, "hits": [{"x1": 1, "y": 2, "took": 1}]}}),
        );
        let all = json!({"status": 200, "body": {"hits": [{"x1": 1, "y": 2}]}});
        assert_eq!(rules.without("b", &answer).0, all);
        let fewer = json!({"status": 200, "body": {"hits": [{"y": 2}]}});
        assert_eq!(rules.without("a: b", &answer).0, fewer);
    }
}
