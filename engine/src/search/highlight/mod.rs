//! Marking what a query found.
//!
//! What a query looks for in a field is collected from its clauses; the field's text is analyzed
//! again, and the tokens that are meant are marked, those of a phrase where the phrase stands. Long texts are cut into
//! fragments, the ones with most marks first.

mod fragments;
mod marks;
mod texts;
mod wanted;

use fragments::Options;
use marks::Wanted;
use serde_json::{Map, Value};
use texts::texts_at;
use wanted::collect;

use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::request::{Highlight, Hit};
use crate::search::Context;

/// The longest text that is analyzed for marks, in bytes.
const MAX_ANALYZED: usize = 1_000_000;

/// Adds `highlight` to hits that have their source.
pub(super) fn highlight(
    context: &Context,
    planner: &Planner<'_>,
    request: &Highlight,
    query: &Query,
    hits: Option<&mut [Hit]>,
) -> Result<()> {
    let Some(hits) = hits else { return Ok(()) };
    for (pattern, own) in &request.fields {
        let paths = if pattern.contains('*') {
            context.definition.mapping.matching(pattern)
        } else {
            vec![pattern.clone()]
        };
        for path in paths {
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
            for hit in hits.iter_mut() {
                let mut fragments = Vec::new();
                for text in texts_at(hit.source.as_ref(), &path, context) {
                    if text.len() > MAX_ANALYZED {
                        continue;
                    }
                    let mut tokens = analyzer.analyze(&text);
                    for token in &mut tokens {
                        token.text = planner.written(field, &token.text);
                    }
                    let marks = united(wanted.marks(&tokens));
                    fragments.extend(options.fragments(&text, &marks, request.encoder));
                }
                options.order_and_cut(&mut fragments);
                if !fragments.is_empty() {
                    let list = fragments
                        .into_iter()
                        .map(|(_, text)| Value::from(text))
                        .collect();
                    hit.highlight
                        .get_or_insert_with(Map::new)
                        .insert(path.clone(), Value::Array(list));
                }
            }
        }
    }
    Ok(())
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
