//! Elasticsearch's suggesters, as a search's `suggest` asks for them: `term`, `phrase` and
//! `completion`. One file for each; [`merge`] makes one answer of several indices.

mod completion;
mod direct;
mod living;
mod merge;
mod parse;
mod phrase;
mod term;

#[cfg(test)]
mod tests;

pub(crate) use merge::merge;

use analyzers::text::Analyzer;
use serde_json::{Map, Value, json};

use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::plan::Planner;
use crate::request::{Bounds, SourceFilter};
use crate::search::Context;
use crate::text::TermSource;

use parse::{Kind, read};

/// The most words of one text.
const MAX_WORDS: usize = 1_024;

/// What all suggesters of a request work on.
pub(crate) struct Run<'a> {
    context: &'a Context,
    planner: Planner<'a>,
    source: &'a SourceFilter,
    bounds: &'a Bounds,
}

/// The answer of one index to `suggest`.
///
/// # Errors
/// When the request cannot be understood, does not fit the index, or runs out of time.
pub(crate) fn run(
    context: &Context,
    body: &Value,
    source: &SourceFilter,
    bounds: &Bounds,
) -> Result<Value> {
    let _suggesting = context.work.suggest.begin();
    let run = Run {
        context,
        planner: Planner::new(context, bounds),
        source,
        bounds,
    };
    let mut out = Map::new();
    for suggester in read(body)? {
        let entries = match &suggester.kind {
            Kind::Term(options) => run.term(&suggester.text, options)?,
            Kind::Phrase(options) => run.phrase(&suggester.text, options)?,
            Kind::Completion(options) => run.completion(&suggester.text, options)?,
        };
        out.insert(suggester.name, Value::Array(entries));
    }
    Ok(Value::Object(out))
}

/// A field whose words are suggested.
struct Words {
    source: TermSource,
    analyzer: Analyzer,
    /// Whether the index knows where words stand.
    positions: bool,
}

impl Run<'_> {
    fn words(&self, path: &str, named: Option<&str>) -> Result<Words> {
        let mapping = &self.context.definition.mapping;
        let path = mapping.concrete(path);
        let unmapped =
            || EngineError::IllegalArgument(format!("no mapping found for field [{path}]"));
        let field = mapping.field(path).ok_or_else(unmapped)?;
        let name = match (&field.kind, named) {
            (FieldType::Text { .. } | FieldType::Keyword { .. }, Some(name)) => name,
            (
                FieldType::Text {
                    analyzer,
                    search_analyzer,
                },
                None,
            ) => search_analyzer.as_deref().unwrap_or(analyzer),
            (FieldType::Keyword { .. }, None) => "keyword",
            (other, _) => {
                return Err(EngineError::IllegalArgument(format!(
                    "words of field [{path}] cannot be suggested: it is a {}",
                    other.name()
                )));
            }
        };
        let analyzer = self.context.registry.analyzer(name).ok_or_else(|| {
            EngineError::IllegalArgument(format!("analyzer [{name}] doesn't exists"))
        })?;
        Ok(Words {
            source: self.planner.term_source(path, field).ok_or_else(unmapped)?,
            analyzer,
            positions: matches!(field.kind, FieldType::Text { .. }),
        })
    }

    fn check_time(&self) -> Result<()> {
        self.bounds.check_time()
    }
}

/// One entry of an answer; offsets are in UTF-16 units, as clients of Elasticsearch count.
fn entry(whole: &str, text: &str, start: usize, end: usize, options: Vec<Value>) -> Value {
    let units = |range: Option<&str>| range.map_or(0, |text| text.encode_utf16().count());
    json!({
        "text": text,
        "offset": units(whole.get(..start)),
        "length": units(whole.get(start..end)),
        "options": options,
    })
}

/// A score as the shortest number that is it.
fn score_json(score: f32) -> Value {
    score
        .to_string()
        .parse::<f64>()
        .map_or(Value::Null, Value::from)
}
