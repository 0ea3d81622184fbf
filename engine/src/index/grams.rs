//! How far the lengths of n-grams and shingles may differ, which multiplies the tokens of every text.

use serde_json::{Map, Value};

use super::IndexSettings;
use crate::error::{EngineError, Result};

impl IndexSettings {
    /// Checks the n-grams and shingles of analyzers against `index.max_ngram_diff` and
    /// `index.max_shingle_diff`, as they are when the index is made.
    ///
    /// # Errors
    /// When one differs by more.
    pub(super) fn check_grams(&self, settings: &Value) -> Result<()> {
        let (mut ngrams, mut shingles) = (1, 3);
        for (name, value) in Self::dotted(settings)? {
            match name.strip_prefix("index.").unwrap_or(&name) {
                "max_ngram_diff" => ngrams = number(Some(&value)).unwrap_or(ngrams),
                "max_shingle_diff" => shingles = number(Some(&value)).unwrap_or(shingles),
                _ => {}
            }
        }
        for (part, kind) in [("tokenizer", "NGram Tokenizer"), ("filter", "NGram Filter")] {
            for component in self.components(part) {
                match component.get("type").and_then(Value::as_str) {
                    Some("ngram" | "nGram") => check_ngram(component, kind, ngrams)?,
                    Some("shingle") => check_shingle(component, shingles)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn components(&self, part: &str) -> impl Iterator<Item = &Map<String, Value>> {
        let all = self.analysis.get(part).and_then(Value::as_object);
        all.into_iter()
            .flat_map(Map::values)
            .filter_map(Value::as_object)
    }
}

/// A whole number, perhaps as a string.
fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

fn check_ngram(component: &Map<String, Value>, kind: &str, most: i64) -> Result<()> {
    let least = number(component.get("min_gram")).unwrap_or(1);
    let longest = number(component.get("max_gram")).unwrap_or(2.max(least));
    let differ = longest.saturating_sub(least);
    if differ > most {
        return Err(EngineError::IllegalArgument(format!(
            "The difference between max_gram and min_gram in {kind} must be less than or equal to: \
             [{most}] but was [{differ}]. This limit can be set by changing the \
             [index.max_ngram_diff] index level setting."
        )));
    }
    Ok(())
}

fn check_shingle(component: &Map<String, Value>, most: i64) -> Result<()> {
    let least = number(component.get("min_shingle_size")).unwrap_or(2);
    let longest = number(component.get("max_shingle_size")).unwrap_or(2);
    let single = component.get("output_unigrams").is_none_or(|value| {
        !matches!(value, Value::Bool(false)) && value.as_str() != Some("false")
    });
    let differ = longest.saturating_sub(least) + i64::from(single);
    if differ > most {
        return Err(EngineError::IllegalArgument(format!(
            "In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size \
             (and +1 if outputting unigrams) must be less than or equal to: [{most}] but was \
             [{differ}]. This limit can be set by changing the [index.max_shingle_diff] index level \
             setting."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(index: &Value, tokenizer: &Value, filter: &Value) -> Result<(), String> {
        let mut index = index.clone();
        index["analysis"] = json!({"tokenizer": {"t": tokenizer}, "filter": {"f": filter}});
        let settings = json!({ "index": index });
        let read = IndexSettings::from_json(&settings).unwrap();
        read.check_grams(&settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn grams_differ_as_far_as_the_settings_allow() {
        let plain = json!({"type": "edge_ngram", "min_gram": 1, "max_gram": 50});
        let ngram = |min: u64, max: u64| json!({"type": "ngram", "min_gram": min, "max_gram": max});
        assert_eq!(check(&json!({}), &ngram(3, 4), &plain), Ok(()));
        let error = check(&json!({}), &ngram(1, 50), &plain).unwrap_err();
        assert!(
            error.contains("NGram Tokenizer must be less than or equal to: [1] but was [49]"),
            "{error}"
        );
        let wide = json!({"max_ngram_diff": 49});
        assert_eq!(check(&wide, &ngram(1, 50), &ngram(1, 50)), Ok(()));
        let error = check(&wide, &ngram(1, 50), &ngram(1, 51)).unwrap_err();
        assert!(error.contains("NGram Filter"), "{error}");
        let shingle = json!({"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 5});
        let error = check(&json!({}), &plain, &shingle).unwrap_err();
        assert!(error.contains("[3] but was [4]"), "{error}");
        let wide = json!({"max_shingle_diff": "4"});
        assert_eq!(check(&wide, &plain, &shingle), Ok(()));
    }
}
