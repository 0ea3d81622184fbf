//! `term`: corrections of single words.

use serde_json::{Map, Value, json};

use super::direct::Direct;
use super::parse::{required, string, unknown};
use super::{MAX_WORDS, Run, entry, score_json};
use crate::error::{EngineError, Result};

/// A `term` suggester.
pub(super) struct TermOptions {
    pub(super) field: String,
    analyzer: Option<String>,
    pub(super) direct: Direct,
}

impl TermOptions {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut direct = Direct::default();
        let mut analyzer = None;
        for (key, value) in body {
            match key.as_str() {
                "analyzer" => analyzer = Some(string(value, key)?),
                key => {
                    if !direct.parameter("term", key, value)? {
                        return Err(unknown("term", key));
                    }
                }
            }
        }
        Ok(Self {
            field: required(direct.field.clone())?,
            analyzer,
            direct,
        })
    }
}

impl Run<'_> {
    /// One entry for each word.
    pub(super) fn term(&self, text: &str, options: &TermOptions) -> Result<Vec<Value>> {
        let words = self.words(&options.field, options.analyzer.as_deref())?;
        let tokens = words.analyzer.analyze(text);
        if tokens.len() > MAX_WORDS {
            return Err(EngineError::Limit(format!(
                "the text to correct has {} words; at most {MAX_WORDS} are allowed",
                tokens.len()
            )));
        }
        let mut entries = Vec::with_capacity(tokens.len());
        for token in tokens {
            self.check_time()?;
            let found =
                options
                    .direct
                    .candidates(self.planner.searcher(), &words.source, &token.text)?;
            let found = found.into_iter().map(|candidate| {
                json!({
                    "text": candidate.text,
                    "score": score_json(candidate.score),
                    "freq": candidate.documents,
                })
            });
            entries.push(entry(
                text,
                &token.text,
                token.start,
                token.end,
                found.collect(),
            ));
        }
        Ok(entries)
    }
}
