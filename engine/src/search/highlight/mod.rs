//! Marking what a query found.
//!
//! The terms that a query looks for in a field are collected from its clauses; the field's text
//! is analyzed again, and the tokens that are among them are marked. Long texts are cut into
//! fragments, the ones with most marks first.

mod fragments;
mod texts;
mod wanted;

use analyzers::text::Analyzer;
use fragments::Options;
use serde_json::{Map, Value};
use texts::texts_at;
use wanted::{Wanted, collect};

use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::request::{Bounds, Encoder, Highlight, Hit};
use crate::search::Context;

/// The longest text that is analyzed for marks, in bytes.
const MAX_ANALYZED: usize = 1_000_000;

/// Marks what a query found in the hits of one search of one index.
pub(super) struct Marker {
    fields: Vec<Marked>,
    encoder: Encoder,
}

/// A field in which marks are put.
struct Marked {
    path: String,
    analyzer: Analyzer,
    options: Options,
    wanted: Wanted,
}

impl Marker {
    /// Collects what is marked in each field.
    ///
    /// # Errors
    /// When a query does not fit the index.
    pub(super) fn new(
        context: &Context,
        planner: &Planner<'_>,
        request: &Highlight,
        query: &Query,
    ) -> Result<Self> {
        let mut fields = Vec::new();
        for (pattern, own) in &request.fields {
            let paths = if pattern.contains('*') {
                context.definition.mapping.matching(pattern)
            } else {
                vec![pattern.clone()]
            };
            for path in paths {
                planner.bounds.check_time()?;
                let Some(field) = context.definition.mapping.field(&path) else {
                    continue;
                };
                let analyzer = match &field.kind {
                    FieldType::Text { analyzer, .. } => analyzer.as_str(),
                    FieldType::Keyword { .. } => "keyword",
                    _ => continue,
                };
                let Some(analyzer) = context.registry.analyzer(analyzer) else {
                    return Err(EngineError::Internal(format!(
                        "analyzer of [{path}] is gone"
                    )));
                };
                let options = Options::of(own, &request.options);
                let mut wanted = Wanted::default();
                let source = own
                    .highlight_query
                    .as_ref()
                    .or(request.options.highlight_query.as_ref());
                let scope = options.require_field_match.then_some(path.as_str());
                collect(planner, source.unwrap_or(query), scope, &path, &mut wanted)?;
                if wanted.is_empty() && options.no_match_size == 0 {
                    continue;
                }
                fields.push(Marked {
                    path,
                    analyzer,
                    options,
                    wanted,
                });
            }
        }
        Ok(Self {
            fields,
            encoder: request.encoder,
        })
    }

    /// Adds `highlight` to a hit with a source.
    ///
    /// # Errors
    /// When the time is up.
    pub(super) fn mark(
        &self,
        context: &Context,
        bounds: &Bounds,
        source: &Value,
        hit: &mut Hit,
    ) -> Result<()> {
        for field in &self.fields {
            let mut fragments = Vec::new();
            for text in texts_at(Some(source), &field.path, context) {
                bounds.check_time()?;
                if text.len() > MAX_ANALYZED {
                    continue;
                }
                let mut marks: Vec<(usize, usize)> = field
                    .analyzer
                    .analyze(&text)
                    .into_iter()
                    .filter(|token| field.wanted.has(&token.text))
                    .map(|token| (token.start, token.end))
                    .collect();
                marks.sort_unstable();
                let marks = united(marks);
                fragments.extend(field.options.fragments(&text, &marks, self.encoder));
            }
            field.options.order_and_cut(&mut fragments);
            if !fragments.is_empty() {
                let list = fragments
                    .into_iter()
                    .map(|(_, text)| Value::from(text))
                    .collect();
                hit.highlight
                    .get_or_insert_with(Map::new)
                    .insert(field.path.clone(), Value::Array(list));
            }
        }
        Ok(())
    }
}

/// Overlapping marks as one; a word and its characters are one mark.
fn united(marks: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::with_capacity(marks.len());
    for (start, end) in marks {
        match out.last_mut() {
            Some((_, last)) if start < *last => *last = end.max(*last),
            _ => out.push((start, end)),
        }
    }
    out
}
