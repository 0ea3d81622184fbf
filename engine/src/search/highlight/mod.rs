//! Marking what a query found.
//!
//! What a query looks for in a field is collected from its clauses; the field's text is analyzed
//! again, and the tokens that are meant are marked, those of a phrase where the phrase stands. Long texts are cut into
//! fragments, the ones with most marks first.

mod fragments;
mod marks;
mod texts;
mod wanted;

use analyzers::text::Analyzer;
use fragments::Options;
use marks::Wanted;
use serde_json::{Map, Value};
use texts::texts_at;
use wanted::collect;

use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::query::values;
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
    /// Writes a keyword as the field's terms are written.
    normalizer: Option<String>,
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
                let (analyzer, normalizer) = match &field.kind {
                    FieldType::Text { analyzer, .. } => (analyzer.as_str(), None),
                    FieldType::Keyword { normalizer } => ("keyword", normalizer.clone()),
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
                    normalizer,
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
                let mut tokens = field.analyzer.analyze(&text);
                if let Some(normalizer) = &field.normalizer {
                    for token in &mut tokens {
                        token.text =
                            values::normalized(&context.registry, Some(normalizer), &token.text);
                    }
                }
                let marks = united(field.wanted.marks(&tokens));
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
