//! Suggestions while a query is typed. Whatever comes, the answer is a list.

use std::sync::Arc;

use poem_openapi::Object;
use poem_openapi::types::Example;
use serde_json::Value;

use super::answer::GifError;
use crate::app::App;
use crate::library::ALIAS;

/// The most suggestions.
const LIMIT: usize = 10;
/// Longer queries, in characters, are cut: no title that people complete is longer.
const MAX_QUERY: usize = 1_000;

/// Suggestions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Object)]
#[oai(rename = "GifSuggestData", example)]
pub struct SuggestData {
    /// At most ten texts, best first.
    pub suggestions: Vec<String>,
}

impl Example for SuggestData {
    fn example() -> Self {
        Self {
            suggestions: vec![
                "dancing robot".to_owned(),
                "dance of the planets".to_owned(),
            ],
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    query: String,
    target: &'static str,
    correct: bool,
}

impl Asked {
    /// Reads a body; what is missing or wrong has its default.
    fn of(body: &Value) -> Self {
        let query = body.get("query").and_then(Value::as_str);
        let target = body.get("target").and_then(Value::as_str);
        Self {
            query: query.unwrap_or_default().chars().take(MAX_QUERY).collect(),
            target: match target {
                Some("uploader") => "uploader",
                _ => "title",
            },
            correct: body.get("correct").and_then(Value::as_bool).unwrap_or(true),
        }
    }
}

/// Answers a body.
pub(super) async fn suggest(app: &Arc<App>, body: Result<Value, String>) -> SuggestData {
    let asked = Asked::of(&body.unwrap_or_default());
    let (node, hot) = (app.node.clone(), Arc::clone(&app.hot));
    let job = app.search_pool.submit(move || {
        let index = node.index(ALIAS)?;
        Ok(index.suggest(asked.target, &asked.query, LIMIT, asked.correct, &hot))
    });
    let result: Result<Vec<String>, GifError> = match job {
        Ok(job) => job.await.map_err(Into::into).and_then(|result| result),
        Err(error) => Err(error.into()),
    };
    let suggestions = result.unwrap_or_else(|error| {
        // The contract wants a list all the same.
        tracing::warn!(%error, "no suggestions");
        Vec::new()
    });
    SuggestData { suggestions }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_body_asks_something() {
        let default = Asked {
            query: String::new(),
            target: "title",
            correct: true,
        };
        for odd in [
            json!(null),
            json!([]),
            json!("x"),
            json!({"query": 5}),
            json!({"target": 7, "correct": "x"}),
            json!({"target": "tags"}),
        ] {
            assert_eq!(Asked::of(&odd), default, "{odd}");
        }
        let asked = Asked::of(&json!({"query": "q", "target": "uploader", "correct": false}));
        assert_eq!(
            (asked.query.as_str(), asked.target, asked.correct),
            ("q", "uploader", false)
        );
        let long = Asked::of(&json!({"query": "猫".repeat(5_000)}));
        assert_eq!(long.query.chars().count(), MAX_QUERY);
    }
}
